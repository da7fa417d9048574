"""Segregation: that a person is held apart from everybody, how, and that it is over."""

from collections.abc import Mapping
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from habeas.service.deed_fields import HOURS
from habeas.terms import Deed
from habeas.web.components import Words
from habeas.web.desk import person_words
from habeas.web.desk.deed_form import Body, DeedForm, text
from habeas.web.desk.report_forms import ReportForm

DAY = 24  # hours
LIGHTS: list[tuple[str, Words]] = [("", _("Not recorded")), *person_words.LIGHTS.items()]


def hours(label: Words) -> forms.DecimalField:
    """A field for hours of a day."""
    return forms.DecimalField(
        label=str(label) if isinstance(label, str) else label,  # type: ignore[arg-type]
        min_value=0, max_value=DAY, decimal_places=2, required=False,
        widget=forms.NumberInput({"class": "govuk-input--width-5", "step": "0.01"}),
    )  # fmt: skip


class StartSegregationForm(ReportForm):
    """A person is held apart from everybody from here on."""

    explains = _(
        "Over 15 days on end is prolonged, also where a placement is ended and begun anew within a "
        "day. What you leave empty is not established."
    )
    reason = text(_("Why the person is held apart"), _("No names."))
    hours_in_cell = hours(_("Hours of a day in the cell"))
    hours_out_of_cell = hours(_("Hours of a day out of the cell"))
    hours_of_contact = hours(_("Hours of a day of meaningful human contact"))
    light = forms.ChoiceField(
        label=_("The light of the cell, day and night"), widget=forms.RadioSelect,
        choices=LIGHTS, required=False,
    )  # fmt: skip

    def clean(self) -> Body:
        """Hold the hours in the cell and out of it within one day."""
        found = super().clean()
        sums = [found.get(one) for one in ("hours_in_cell", "hours_out_of_cell")]
        if sum(one for one in sums if isinstance(one, Decimal)) > DAY:
            self.add_error("hours_out_of_cell", _("In the cell and out of it are over 24 hours."))
        return found

    def body(self) -> Body:
        """Why, and how the person is held; a number as a text."""
        given = {name: self.cleaned_data.get(name) for name in HOURS}
        told = {key: f"{one.normalize():f}" for key, one in given.items() if one is not None}
        return {**self.given("reason", "light"), **told, **super().body()}


class EndSegregationForm(ReportForm):
    """A placement apart is over."""

    segregation = forms.ChoiceField(label=_("Which placement"), widget=forms.RadioSelect)

    def prepare(self) -> None:
        """Offer the placements that last."""
        self.matters("segregation")

    def body(self) -> Body:
        """Which one."""
        return {**self.given("segregation"), **super().body()}


FORMS: Mapping[Deed, type[DeedForm]] = {
    Deed.START_SEGREGATION: StartSegregationForm,
    Deed.END_SEGREGATION: EndSegregationForm,
}
