"""The docket: every case put forward, with filters in the address, and what would settle most."""

from collections.abc import Mapping
from datetime import datetime
from typing import cast
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from habeas.access import Asker
from habeas.terms import Deed, Outcome
from habeas.web import doing, wiring
from habeas.web.asked import AskedRequest
from habeas.web.components import OUTCOMES, Cell, Chosen, Column, Link, Table, Value, Words
from habeas.web.desk.ways import ROWS, exported, format_of, language, link, other_forms, page_of, to
from habeas.web.readmodels import visible
from habeas.web.readmodels.models import DocketCase, Wanted
from habeas.web.readmodels.remembered import remembered

SORTS: Mapping[str, tuple[Words, tuple[str, ...]]] = {
    "case": (_("Newest docket first, then case"), ("-file", "case")),
    "outcome": (_("Outcome"), ("outcome", "case")),
    "until": (_("Holds until, soonest first"), ("fresh_until", "case")),
}
COLUMNS = (
    "case", "docket", "subject", "outcome", "not_met", "not_established", "missing", "fresh_until",
    "screened_at",
)  # fmt: skip
USEFUL = 8  # documents shown beside the list


class FilterForm(forms.Form):
    """What of the docket is shown; whatever is no choice leaves everything in."""

    q = forms.CharField(label=_("Case begins with"), max_length=64, required=False)
    outcome = forms.ChoiceField(label=_("Outcome"), required=False)
    opened = forms.ChoiceField(
        label=_("On the register"),
        choices=[("", _("Either")), ("yes", _("Yes")), ("no", _("No"))],
        required=False,
    )
    missing = forms.ChoiceField(label=_("Waits for the fact"), required=False)
    file = forms.ChoiceField(label=_("Docket"), required=False)
    sort = forms.ChoiceField(
        label=_("Sorted by"), choices=[(name, said) for name, (said, _o) in SORTS.items()],
        required=False,
    )  # fmt: skip

    def __init__(self, given: Mapping[str, str], files: list[str], facts: list[str]) -> None:
        super().__init__(given)
        every = ("", _("Any"))
        outcomes: list[tuple[str, Words]] = [(one.value, OUTCOMES[one].text) for one in Outcome]
        for name, found in (
            ("outcome", outcomes),
            ("missing", _same(facts)),
            ("file", _same(files)),
        ):
            cast("forms.ChoiceField", self.fields[name]).choices = [every, *found]

    def kept(self) -> dict[str, str]:
        """The filters that count."""
        self.is_valid()
        return {name: str(value) for name, value in self.cleaned_data.items() if value}


def _same(names: list[str]) -> list[tuple[str, Words]]:
    return [(one, one) for one in names]


def docket(request: AskedRequest) -> HttpResponse:
    """The cases that the asker may see."""
    asker = doing.demand(request, Deed.SEE_DOCKET)
    doing.footing(request)
    wanted = list(visible.wanted(asker))
    form = _form(request, asker, wanted)
    kept = form.kept()
    found = _filtered(visible.cases(asker), kept)
    if wish := format_of(request):
        return _exported(request, wish, found)
    count = remembered(asker, f"docket {sorted(kept.items())}", found.count)
    pages = page_of(request, count)
    rows = visible.some(found.defer("cells"), (pages.page - 1) * ROWS, ROWS)
    doing.seen(request, "docket list", [one.subject for one in rows])
    said = {
        "form": form,
        "chosen": _chosen(form, kept),
        "count": count,
        "pages": pages,
        "forms": other_forms(request),
        "table": _table(rows, kept.get("sort", "case")),
        "wanted": _wanted(wanted) if wanted else None,
        "screened_at": rows[0].screened_at if rows else None,
    }
    return render(request, "desk/docket.html", said)


def _form(request: AskedRequest, asker: Asker, wanted: list[Wanted]) -> FilterForm:
    # Of each file whether there is one case to see, not of each case in which file it is.
    names = sorted(one.name for one in wiring.dockets())
    files = [one for one in names if visible.cases(asker).filter(file=one).exists()]
    facts = sorted({fact for one in wanted for fact in one.facts})
    return FilterForm(request.GET.dict(), files, facts)


def _filtered(found: QuerySet[DocketCase], kept: Mapping[str, str]) -> QuerySet[DocketCase]:
    if begins := kept.get("q"):
        found = found.filter(case__begins=begins)
    if outcome := kept.get("outcome"):
        found = found.filter(outcome=outcome)
    if file := kept.get("file"):
        found = found.filter(file=file)
    if fact := kept.get("missing"):
        found = visible.missing(found, fact)
    if opened := kept.get("opened"):
        found = found.filter(subject="") if opened == "no" else found.exclude(subject="")
    return found.order_by(*SORTS[kept.get("sort", "case")][1])


def _exported(request: AskedRequest, form: str, found: QuerySet[DocketCase]) -> HttpResponse:
    rows = list(found.values_list(*COLUMNS))
    place = COLUMNS.index("subject")
    doing.seen(request, "docket list", [str(row[place]) for row in rows])
    installation = wiring.installation()
    head: dict[str, object] = {
        "agreement": installation.agreement,
        "as_of": request.now.isoformat(),
        "demonstration": installation.demonstration,
    }
    return exported(form, "docket", COLUMNS, rows, head)


def _chosen(form: FilterForm, kept: Mapping[str, str]) -> list[Chosen]:
    """The filters that are applied, each with the address of the list without it."""
    found = []
    for name, value in kept.items():
        if name == "sort":
            continue
        field = form.fields[name]
        said = dict(field.choices).get(value, value) if hasattr(field, "choices") else value
        rest = urlencode({key: one for key, one in kept.items() if key != name})
        found.append(Chosen(f"{field.label}: {said}", f"?{rest}"))
    return found


def _table(rows: list[DocketCase], sort: str) -> Table:
    columns = [
        Column(_("Case"), sort="ascending" if sort == "case" else ""),
        Column(_("Outcome"), sort="ascending" if sort == "outcome" else ""),
        Column(_("Not met"), numeric=True),
        Column(_("Not established"), numeric=True),
        Column(_("Holds until"), sort="ascending" if sort == "until" else ""),
        Column(_("Record")),
    ]
    return Table(
        _("Cases of the docket"), columns, [_row(one) for one in rows], empty=_("No case.")
    )


def _row(one: DocketCase) -> list[Value | Cell]:
    until: Value = one.fresh_until
    return [
        link(one.case, "case", one.case),
        Outcome(one.outcome),
        len(one.not_met),
        len(one.not_established),
        until if isinstance(until, datetime) else _("no date"),
        Link(_("Record"), to("person", one.subject), one.subject) if one.subject else _("no"),
    ]


def _wanted(found: list[Wanted]) -> Table:
    lang = language()
    columns = [Column(_("Document")), Column(_("Established by"))]
    columns += [
        Column(_("Cases waiting"), numeric=True),
        Column(_("Decided by it alone"), numeric=True),
        Column(_("Made eligible by it alone"), numeric=True),
    ]
    rows: list[list[Value | Cell]] = [
        [
            _document(one, lang),
            one.established_by[lang],
            one.waiting,
            one.decides,
            one.eligible,
        ]
        for one in found[:USEFUL]
    ]
    return Table(_("Which document unblocks most"), columns, rows, size="m")


def _document(one: Wanted, lang: str) -> Value:
    if len(one.facts) != 1:
        return str(one.evidence[lang])
    return Link(str(one.evidence[lang]), f"{to('docket')}?missing={one.facts[0]}")


urlpatterns: list[URLPattern] = [path("docket/", docket, name="docket")]
