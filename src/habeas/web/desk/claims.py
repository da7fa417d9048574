"""Claims: upload one, say what its columns are, and see where it differs from the register."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from habeas.adapters.importers import claim_file, text_columns
from habeas.errors import Fault, FeeError, HabeasError, SetupError
from habeas.service import reconcile as use
from habeas.service.reconcile_document import COLUMNS, document, rows
from habeas.service.reconcile_page import page
from habeas.terms import Deed
from habeas.web import doing, wiring
from habeas.web.asked import AskedRequest
from habeas.web.components import Cell, Column, Link, Money, Table, Value
from habeas.web.desk import figures
from habeas.web.desk.claim_forms import Compare, Upload, Why, refused
from habeas.web.desk.place_words import CAUSES, Shown, word
from habeas.web.desk.statements_of import month, owed
from habeas.web.readmodels import visible
from habeas.web.told import refusal

KEPT = "claims"
MOST = 500  # claims kept
Document = Mapping[str, Any]  # Any: a document of a use case


class Compared(NamedTuple):
    """A reconciliation, and its document."""

    outcome: use.Outcome
    document: Document


def claims(request: AskedRequest) -> HttpResponse:
    """The claims that were uploaded, with a form for another."""
    who = doing.demand(request, Deed.SEE_STATEMENT)
    _owed()
    may = visible.may(who, Deed.CLAIM)
    form = Upload(request.POST, request.FILES) if request.method == "POST" else Upload()
    if request.method == "POST":
        doing.demand(request, Deed.CLAIM)
        if form.is_valid():
            data: bytes = form.cleaned_data["file"]
            if (name := _kept(data)) is not None:
                return redirect("claim", name)
            form.add_error(
                "file", refused("H845", _("No more claims can be kept. Remove old ones first."))
            )
    found: list[list[Shown]] = [
        [Link(one.stem[:16], reverse("claim", args=[one.stem])), one.stem, one.stat().st_size]
        for one in sorted(_folder().glob("*.csv"), key=lambda one: -one.stat().st_mtime)
    ]
    columns = (
        Column(_("Claim")),
        Column(_("SHA-256")),
        Column(_("Bytes"), numeric=True),
    )
    table = Table(_("Claims, latest first"), columns, found, empty=_("No claim was uploaded."))
    context = {"table": table, "form": form, "may": may}
    return render(request, "desk/claims.html", context, status=422 if form.errors else 200)


def _owed() -> None:
    if not owed():
        raise Http404


def _folder() -> Path:
    return wiring.folder() / KEPT


def _kept(data: bytes) -> str | None:
    """The name under which a claim is kept: its hash, and nothing that its sender chose.

    None where too many are kept.
    """
    name = hashlib.sha256(data).hexdigest()
    path_ = _folder() / f"{name}.csv"
    if not path_.exists():
        if sum(1 for _one in _folder().glob("*.csv")) >= MOST:
            return None
        figures.keep(path_, data)
    return name


def claim_path(name: str) -> Path:
    """The file of a claim.

    Raises:
        Http404: when there is none.
    """
    found = _folder() / f"{name}.csv"
    if not all(letter in "0123456789abcdef" for letter in name) or not found.is_file():
        raise Http404
    return found


def claim(request: AskedRequest, name: str) -> HttpResponse:
    """A claim against the register."""
    who = doing.demand(request, Deed.SEE_STATEMENT)
    _owed()
    path_ = claim_path(name)
    faults: list[str] = []
    try:
        columns = list(text_columns.read(path_, None).names)
    except HabeasError as error:
        columns, faults = [], _sentences(error)
    asked = "month" in request.GET
    form = Compare(columns, request.GET.dict() if asked else None)
    found: Compared | None = None
    if asked and form.is_valid():
        try:
            found = compared(request, path_, form)
        except (FeeError, SetupError) as error:
            faults = _sentences(error)
    if found is not None and request.GET.get("format") in FILES:
        _seen(request, found.document)
        return FILES[request.GET["format"]](found)
    context = {"name": name, "form": form, "faults": faults, "may": visible.may(who, Deed.DISPUTE)}
    if found is not None:
        _seen(request, found.document)
        context |= _shown(request, found)
    status = 422 if faults or form.errors else 200
    return render(request, "desk/claim.html", context, status=status)


def _sentences(error: HabeasError) -> list[str]:
    # A file is told by its hash, never by where it lies.
    return [refusal(replace(one, file="", line=0, column=0)) for one in error.faults]


def compared(request: AskedRequest, path_: Path, form: Compare) -> Compared:
    """A claim compared with the register, as `habeas fees reconcile` does.

    Raises:
        FeeError: H751 to H755, when the claim cannot be read.
        SetupError: H903, for a price that is none.
    """
    chosen, deal = month(form.cleaned_data["month"]), wiring.ground().deal
    asked = use.Asked(use.window(chosen.first, chosen.after), deal)
    shape, names = claim_file.mapped(form.mapped() or None, path_, ("persons", "quantities"))
    if not use.currency(asked):
        asked = use.in_currency(asked, claim_file.stated_currency(path_, names))
    asked = use.priced(asked, _minor(form.cleaned_data["rate"], use.exponent(asked)))
    how = claim_file.How(
        use.zone_of(asked), use.exponent(asked), use.currency(asked), asked.window.after
    )
    register = figures.register(request, Deed.SEE_STATEMENT)
    ours = use.custody(register.held, asked)
    if shape == "persons":
        claimed, said = claim_file.persons(path_, names, how)
        found = use.persons(claimed, said, ours, asked, [])
    else:
        cells, said = claim_file.quantities(path_, names, how, asked.window.first)
        found = use.of_facilities(cells, said, ours, asked, [], _bucket(names))
    basis = {"register": wiring.installation().register, **register.basis()}
    return Compared(found, document(found, basis))


def _bucket(names: Mapping[str, str]) -> use.Bucket:
    return "month" if "month" in names else "period"


def _minor(rate: str, places: int) -> int | None:
    if not rate.strip():
        return None
    try:
        return claim_file.money(places, claim_file.RATE)(rate.strip())
    except ValueError as error:
        raise SetupError(Fault("H903", f"the price {error}", "Write it as 46.25.")) from error


def _seen(request: AskedRequest, found: Document) -> None:
    """Record whose register numbers are about to be shown."""
    told = [one["register_number"] for key in ("largest", "of_rows") for one in found[key]]
    named = found["unmatched"]["names"]["persons_only_on_register"]
    who = doing.asker(request)
    on_register = visible.everybody(who, Deed.SEE_STATEMENT).filter(subject__in={*told, *named})
    doing.seen(request, "claim differences", on_register.values_list("subject", flat=True))


def _csv(found: Compared) -> HttpResponse:
    return figures.csv("differences", COLUMNS, rows(found.outcome))


def _json(found: Compared) -> HttpResponse:
    return figures.json_of("reconciliation", found.document)


def _text(found: Compared) -> HttpResponse:
    return HttpResponse(page(found.document), content_type="text/plain; charset=utf-8")


FILES = {"csv": _csv, "json": _json, "txt": _text}


def _shown(request: AskedRequest, found: Compared) -> dict[str, object]:
    told, query = found.document, request.GET.dict()
    query.pop("format", None)
    return {
        "found": told,
        "sums": _sums(told),
        "causes": _causes(told),
        "tried": _tried(told),
        "largest": _largest(told),
        "why": Why(),
        "query": urlencode(query),
    }


def _money(minor: int | None, found: Document) -> Value:
    if minor is None:
        return _("no price")
    return Money(minor, found["currency"] or "", found["exponent"])


def _sums(found: Document) -> Table:
    of = found["totals"]
    columns = (
        Column(_("What")),
        Column(_("Days"), numeric=True),
        Column(_("Amount"), numeric=True),
    )
    told = (
        (_("Claimed"), "claimed"),
        (_("Recomputed from the register"), "register"),
        (_("Overclaimed"), "overclaimed"),
        (_("Underclaimed"), "underclaimed"),
        (_("Gross: all that differs"), "gross"),
        (_("Net: hides what cancels out"), "net"),
    )
    table = [[said, of[f"{key}_days"], _money(of[f"{key}_minor"], found)] for said, key in told]
    return Table(_("Claim and register"), columns, table)


def _causes(found: Document) -> Table:
    columns = (
        Column(_("Cause")),
        Column(_("Days over"), numeric=True),
        Column(_("Days under"), numeric=True),
        Column(_("Lines"), numeric=True),
        Column(_("Amount"), numeric=True),
    )
    table: list[list[Shown]] = [
        [
            word(CAUSES, one["cause"]),
            one["over_days"],
            one["under_days"],
            one["lines"],
            _money(one["minor"], found),
        ]
        for one in found["causes"]
    ]
    return Table(_("Why they differ"), columns, table, empty=_("Every day and amount agrees."))


def _tried(found: Document) -> Table:
    columns = (
        Column(_("Change of rule, if it held for everybody")),
        Column(_("Days it explains"), numeric=True),
        Column(_("Days it brings"), numeric=True),
        Column(_("Days it leaves"), numeric=True),
    )
    table: list[list[Shown]] = [
        [
            one["change"],
            one["explained_over_days"] + one["explained_under_days"],
            one["brought_days"],
            one["over_days"] + one["under_days"],
        ]
        for one in found["diagnosis"]["tried"]
        if one["explained_over_days"] + one["explained_under_days"]
    ]
    empty = _("No single change of rule explains anything.")
    return Table(_("Changes of rule that were tried; none is applied"), columns, table, empty=empty)


def _largest(found: Document) -> Table:
    columns = (
        Column(_("Line")),
        Column(_("Register number")),
        Column(_("Facility")),
        Column(_("From")),
        Column(_("To")),
        Column(_("Days"), numeric=True),
        Column(_("Cause")),
        Column(_("Detail")),
    )
    table: list[list[Shown]] = [
        [
            one["line"],
            one["register_number"],
            one["facility"],
            one["from"],
            one["to"],
            Cell(f"{int(one['difference_days']):+,}", one["difference_days"]),
            word(CAUSES, one["cause"]),
            one["detail"],
        ]
        for one in found["largest"]
    ]
    return Table(_("Largest differences"), columns, table, empty=_("Nothing differs."))


urlpatterns = [
    path("money/claims/", claims, name="claims"),
    path("money/claims/<slug:name>/", claim, name="claim"),
]
