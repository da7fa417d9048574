"""The files that everybody may have: checkpoint, trust, verifier, rolls, tables and rules."""

import json
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path, re_path, reverse
from django.views.decorators.http import require_safe

from habeas.adapters import open_files, register_files
from habeas.adapters.installation_files import ROLLS, STATISTICS
from habeas.service import open_law
from habeas.service.open_law import RuleFile
from habeas.web import wiring
from habeas.web.asked import AskedRequest
from habeas.web.public.everybody import FOR_A_WHILE, FOR_EVER, kept
from habeas.web.security import SANDBOX

TEXT, JSON = "text/plain; charset=utf-8", "application/json"
KINDS = {
    ".csv": "text/csv; charset=utf-8", ".json": JSON, ".parquet": "application/vnd.apache.parquet",
    ".bin": "application/octet-stream",
}  # fmt: skip


def note() -> str:
    """The latest checkpoint, signed; empty before the first."""
    latest = wiring.register().store.latest()
    return "" if latest is None else latest[1]


@cache
def rules() -> dict[str, RuleFile]:
    """The files of the library by name."""
    return {one.name: one for one in open_law.rule_files(wiring.library())}


def _sent(data: bytes | str, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Content-Security-Policy"] = SANDBOX
    return answer


@kept()
def checkpoint(request: AskedRequest) -> HttpResponse:
    """The latest checkpoint as the note that a verifier reads."""
    del request
    text = note()
    if not text:
        raise Http404
    return _sent(text, TEXT, "checkpoint.txt")


@kept()
def trust(request: AskedRequest) -> HttpResponse:
    """Whose keys a verifier believes: the log's, its witnesses' and every authority's root key."""
    del request
    return _sent(wiring.trust().text, JSON, register_files.TRUST)


@kept()
def policy(request: AskedRequest) -> HttpResponse:
    """The log's key and its witnesses, as the policy that other verifiers of such logs read."""
    del request
    return _sent(str(json.loads(wiring.trust().text)["policy"]), TEXT, "policy.txt")


@kept()
def verifier(request: AskedRequest) -> HttpResponse:
    """The page that checks a receipt in a browser of one's own; it runs nowhere here."""
    del request
    return _sent(open_law.verifier(), "text/html; charset=utf-8", "verifier.html")


@kept()
def rule(request: AskedRequest, name: str) -> HttpResponse:
    """One file of the library, byte by byte."""
    del request
    found = rules().get(name)
    if found is None:
        raise Http404
    return _sent(found.data, "application/toml", Path(name).name)


def _file(found: Path | None, how_long: str) -> HttpResponseBase:
    if found is None:
        raise Http404
    answer = FileResponse(
        found.open("rb"), as_attachment=True, filename=found.name, content_type=KINDS[found.suffix]
    )
    answer["Content-Security-Policy"], answer["Cache-Control"] = SANDBOX, how_long
    return answer


@require_safe
def roll(request: AskedRequest, name: str) -> HttpResponseBase:
    """A file of a public roll, which is never written again."""
    del request
    return _file(open_files.roll_file(wiring.folder() / ROLLS, name), FOR_EVER)


@require_safe
def table(request: AskedRequest, issue: str, name: str) -> HttpResponseBase:
    """A file of an issue of statistics; the name says the month, the issue and the table."""
    del request
    answer = _file(open_files.table_file(wiring.folder() / STATISTICS, issue, name), FOR_EVER)
    answer["Content-Disposition"] = f'attachment; filename="{issue}.{name}"'
    return answer


@kept(FOR_A_WHILE)
def catalogue(request: AskedRequest) -> HttpResponse:
    """All of it for machines that gather catalogues of data, as DCAT in JSON-LD."""
    del request
    here, found = settings.ADDRESS, wiring.installation()
    datasets = [
        {
            "@type": "dcat:Dataset",
            "@id": f"{here}{reverse('open_table', args=[one.name, 'datapackage.json'])}",
            "dct:title": f"{found.agreement}: custody in {one.month}, issue {one.number}",
            "dct:temporal": one.month,
            "dcat:distribution": [
                _distribution(reverse("open_table", args=[one.name, name]))
                for name in sorted(_names(wiring.folder() / STATISTICS / one.name))
            ],
        }
        for one in open_files.issued(wiring.folder() / STATISTICS)
    ]
    nights = [
        {
            "@type": "dcat:Dataset",
            "@id": f"{here}{reverse('open_roll', args=[f'{one.name}.json'])}",
            "dct:title": f"{found.agreement}: blinded roll of {one.day}, issue {one.issue}",
            "dct:temporal": one.day,
            "dcat:distribution": [
                _distribution(reverse("open_roll", args=[f"{one.name}.{end}"]))
                for end in ("bin", "json")
            ],
        }
        for one in open_files.rolls(wiring.folder() / ROLLS)
    ]
    told = {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
        },
        "@type": "dcat:Catalog",
        "@id": f"{here}{reverse('open_catalogue')}",
        "dct:title": found.name,
        "dcat:dataset": [*datasets, *nights],
    }
    return _sent(json.dumps(told, indent=1, ensure_ascii=False), "application/ld+json", "c.jsonld")


def _names(folder: Path) -> list[str]:
    return [one.name for one in folder.iterdir() if open_files.TABLE.fullmatch(one.name)]


def _distribution(address: str) -> dict[str, str]:
    return {
        "@type": "dcat:Distribution",
        "dcat:downloadURL": f"{settings.ADDRESS}{address}",
        "dcat:mediaType": KINDS[Path(address).suffix].partition(";")[0],
    }


urlpatterns = [
    path("open/checkpoint.txt", checkpoint, name="open_checkpoint"),
    path("open/trust.json", trust, name="open_trust"),
    path("open/policy.txt", policy, name="open_policy"),
    path("open/verifier.html", verifier, name="open_verifier"),
    path("open/catalog.jsonld", catalogue, name="open_catalogue"),
    path("open/rolls/<str:name>", roll, name="open_roll"),
    path("open/statistics/<str:issue>/<str:name>", table, name="open_table"),
    re_path(r"^open/library/(?P<name>[a-z0-9/.-]{1,100})$", rule, name="open_rule"),
]
