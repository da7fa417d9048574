"""The style guide: every component with synthetic values, as page writers and tests use it."""

from datetime import UTC, date, datetime
from decimal import Decimal

from allauth.account.forms import LoginForm
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from habeas.terms import Finding, Outcome
from habeas.web import components as c
from habeas.web.forms import DayField, FilterForm, NamedFaults

AT = datetime(2026, 11, 14, 15, 2, tzinfo=UTC)
BEFORE_CHANGE = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)  # 01:30 in New York, for the first time
AFTER_CHANGE = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)  # 01:30 again, an hour later
ZONE, CLOCK_CHANGES = "America/El_Salvador", "America/New_York"
LISTS = [
    ("", gettext_lazy("Choose one")),
    ("a", gettext_lazy("Facility A")),
    ("b", gettext_lazy("Facility B")),
]
ANSWERS = [
    ("yes", gettext_lazy("Yes")),
    ("no", gettext_lazy("No")),
    ("unknown", gettext_lazy("Nobody asked")),
]
CELLS_A_ROW = 8


class EveryWidget(NamedFaults):
    """One field for each widget that a page may use."""

    reference = forms.CharField(
        label=gettext_lazy("Register number"), help_text=gettext_lazy("For example, p_0001.")
    )
    email = forms.EmailField(label=gettext_lazy("E-mail address of the office"), required=False)
    people = forms.IntegerField(label=gettext_lazy("How many people"), min_value=0)
    area = forms.DecimalField(label=gettext_lazy("Floor area in square metres"), decimal_places=2)
    served_on = DayField(
        label=gettext_lazy("Day of service"), help_text=gettext_lazy("For example, 27 3 2027.")
    )
    seen_on = forms.DateField(label=gettext_lazy("Day of the visit"), required=False)
    heard_at = forms.DateTimeField(
        label=gettext_lazy("Hearing"),
        help_text=gettext_lazy("On the register's clock, as 2027-03-27 14:30."),
    )
    facility = forms.ChoiceField(label=gettext_lazy("Facility"), choices=LISTS)
    consents = forms.ChoiceField(
        label=gettext_lazy("Does the person consent?"), choices=ANSWERS, widget=forms.RadioSelect
    )
    needs = forms.MultipleChoiceField(
        label=gettext_lazy("What is missing"),
        choices=[
            ("order", gettext_lazy("The court's order")),
            ("space", gettext_lazy("A certified place")),
        ],
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), widget=forms.Textarea({"rows": 5}))
    document = forms.FileField(
        label=gettext_lazy("Document"), help_text=gettext_lazy("A PDF file of at most 2 MB.")
    )
    secret = forms.CharField(label=gettext_lazy("Password"), widget=forms.PasswordInput)
    declared = forms.BooleanField(label=gettext_lazy("I have read the decision"))
    draft = forms.CharField(widget=forms.HiddenInput, required=False)


class Filters(FilterForm):
    """A short form of filters."""

    facility = forms.ChoiceField(label=gettext_lazy("Facility"), choices=LISTS, required=False)
    findings = forms.MultipleChoiceField(
        label=gettext_lazy("Findings"),
        choices=[(one.value, c.FINDINGS[one].text) for one in Finding],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


@require_http_methods(["GET", "POST"])
def guide(request: HttpRequest) -> HttpResponse:
    """Every component; posting the form shows what its faults look like, and stores nothing."""
    sent = request.method == "POST"
    form = EveryWidget(request.POST, request.FILES) if sent else EveryWidget()
    status = 200 if not sent or form.is_valid() else 422
    filters = Filters(request.GET or None, prefix="filter")
    shown = {
        "form": form,
        "sign_in": LoginForm(request=request, prefix="sign-in"),
        "filter_form": filters,
        "chosen": [c.Chosen(_("Facility A"), "?"), c.Chosen(_("Not established"), "?")],
        **_values(),
    }
    return render(request, "guide.html", shown, status=status)


def _values() -> dict[str, object]:
    return {
        "findings": list(Finding),
        "outcomes": list(Outcome),
        "at": AT,
        "zone": ZONE,
        "clock_changes": CLOCK_CHANGES,
        "changes": [BEFORE_CHANGE, AFTER_CHANGE],
        "birth": date(1990, 2, 3),
        "minor": 255_000_000,
        "cm2": 34_200,
        "identity": _identity(),
        "alerts": _alerts(),
        "summary": _summary(),
        "table": _table(),
        "events": _events(),
        "tasks": _tasks(),
        "heat": _heat(),
        "chart": _chart(DRAWING.format(width=640), DRAWING.format(width=330)),
        "undrawn": _chart("", ""),
        "pages": c.Pages(6, 12, {"facility": "a"}),
        "tabs": [
            c.Tab("where", _("Where held"), "guide/where.html"),
            c.Tab("seen", _("Who saw this"), "guide/seen.html"),
        ],
        "quote": _quote(),
        "link": c.Link(_("See the decision"), "#main-content"),
        "buttons": [c.Button(_("Save and go on")), c.Button(_("Save for later"), kind="secondary")],
        "cancel": c.Link(_("Cancel"), "#main-content"),
    }


def _identity() -> c.Identity:
    facts = [c.Row(_("Born"), date(1990, 2, 3)), c.Row(_("Nationality"), "SV")]
    return c.Identity("p_0000000000000000000000A1", facts, [c.Tag(_("Synthetic person"), "orange")])


def _alerts() -> list[c.Alert]:
    return [
        c.Alert(_("1 requirement is not met and 2 are not established"), kind="warning"),
        c.Alert(_("The departure was refused"), _("A court's stay is in force."), "error"),
        c.Alert(_("The notice was recorded"), kind="success"),
        c.Alert(_("The other state has not answered yet")),
    ]


def _quote() -> c.Quote:
    text = "Nadie será sometido a torturas ni a penas o tratos crueles, inhumanos o degradantes."
    ours = "Nobody shall be subjected to torture or to cruel, inhuman or degrading treatment."
    return c.Quote(
        text, "es", _("American Convention on Human Rights, art. 5(2)"), "#main-content", ours
    )


def _summary() -> list[c.Row]:
    change = c.Link(_("Change"), "#main-content", _("the facility"))
    return [
        c.Row(_("Facility"), _("Facility A, module 2, cell 14"), [change]),
        c.Row(_("Held since"), [AT, c.Local(AT, ZONE)]),
        c.Row(_("Sentence ends"), date(2031, 5, 9)),
        c.Row(_("Right to hold"), Finding.MET),
        c.Row(_("Next hearing"), None),
        c.Row(_("Cost to date"), c.Money(1_234_567, "USD")),
        c.Row(_("Ground"), _quote()),
    ]


def _table() -> c.Table:
    columns = [
        c.Column(_("Requirement"), sort="ascending"),
        c.Column(_("Result")),
        c.Column(_("Established")),
        c.Column(_("Days left"), numeric=True),
    ]
    here = "#main-content"
    rows: list[list[c.Value | c.Cell]] = [
        [c.Link(_("Consent verified by a judge"), here), Finding.NOT_ESTABLISHED, None, 12],
        [c.Link(_("No appeal pending"), here), Finding.MET, date(2026, 10, 2), 110],
        [c.Link(_("Place in a certified cell"), here), Finding.NOT_MET, AT, Decimal("3.5")],
    ]  # fmt: skip
    return c.Table(_("Findings of one case"), columns, rows, sortable=True)


def _events() -> list[c.Event]:
    proof = [c.Link(_("Receipt"), "#main-content")]
    return [
        c.Event(
            _("Received"),
            AT,
            _("facility B"),
            _("No differences with the manifest."),
            1_204,
            proof,
            ZONE,
        ),
        c.Event(
            _("Departed"), datetime(2026, 11, 14, 6, 40, tzinfo=UTC), _("facility A"), "", 1_203
        ),
        c.Event(_("Notice served"), datetime(2026, 10, 2, 18, 0, tzinfo=UTC), index=988),
    ]


def _tasks() -> list[c.Task]:
    return [
        c.Task(_("Notice served"), _("Completed")),
        c.Task(
            _("Consent verified"),
            c.Tag(_("To do"), "teal"),
            "#main-content",
            _("By a judge of the sending state"),
        ),
        c.Task(_("Fit to travel"), Finding.NOT_ESTABLISHED, "#main-content"),
    ]


def _heat() -> c.Heat:
    areas = (19_900, 20_000, 33_900, 34_000, 39_900, 40_000, None, 61_250)
    rows = [
        (
            f"{_('Module')} {n}",
            [_cell(n, at, areas[(at + n) % CELLS_A_ROW]) for at in range(CELLS_A_ROW)],
        )
        for n in range(1, 4)
    ]
    short = (f"{_('Module')} 4", [_cell(4, 0, 52_000), *[None] * (CELLS_A_ROW - 1)])
    return c.Heat(
        _("Square metres a person, by cell"),
        [str(n + 1) for n in range(CELLS_A_ROW)],
        [*rows, short],
    )


def _cell(module: int, at: int, cm2: int | None) -> c.HeatCell:
    return c.HeatCell(f"{module}-{at + 1:02}", "#main-content", cm2, 0 if cm2 is None else 4)


DRAWING = (
    '<svg width="{width}" height="160" viewBox="0 0 {width} 160">'
    '<path d="M40 10V130H320" fill="none" stroke="#5c6b70"/>'
    '<path d="M40 110H120V80H200V95H320" fill="none" stroke="#2a6f97" stroke-width="3"/>'
    '<path d="M40 60H320" stroke="#8a3200" stroke-width="2" stroke-dasharray="6 4"/>'
    '<text x="44" y="54" font-size="14" fill="#8a3200">4 m²</text></svg>'
)


def _chart(drawing: str, narrow: str) -> c.Chart:
    columns = [c.Column(_("Day")), c.Column(_("Square metres a person"), numeric=True)]
    rows: list[list[c.Value | c.Cell]] = [
        [date(2026, 11, 1), Decimal("2.90")],
        [date(2026, 11, 8), Decimal("3.42")],
        [date(2026, 11, 14), Decimal("3.15")],
    ]
    table = c.Table(_("Floor area a person, by day"), columns, rows, size="s")
    return c.Chart(
        _("Floor area a person"),
        _("Since 1 November it has stayed below 4 square metres."),
        table,
        "#main-content",
        drawing,
        narrow,
    )
