"""Evidence of one fact: chosen from what the case lacks, with a value of the fact's own type."""

from datetime import date, time
from typing import cast

from django import forms
from django.utils.translation import gettext_lazy as _

from habeas.errors import DocketError
from habeas.service import casefile, intake
from habeas.web import wiring
from habeas.web.components import Words
from habeas.web.desk.deed_form import Body, DeedForm, DocumentField, MomentField, Setting
from habeas.web.desk.ways import language
from habeas.web.forms import DayField

TRUTH = [("true", _("Yes")), ("false", _("No"))]
KEYS = frozenset({"agreement", "sending", "receiving", "pathway"})  # what a case is, not evidence


class FactForm(forms.Form):
    """Which fact: those that the case lacks first."""

    fact = forms.ChoiceField(
        label=_("Which fact does the document establish?"),
        error_messages={"required": _("Choose a fact.")},
    )

    def __init__(self, setting: Setting, data: dict[str, str] | None = None) -> None:
        super().__init__(data, use_required_attribute=False)
        groups = [(_("What the case lacks"), asked(missing(setting)))]
        groups.append((_("Every fact"), asked(facts())))
        self.fields["fact"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose a fact")), *((title, found) for title, found in groups if found)
        ]  # fmt: skip


def facts() -> list[str]:
    """Every fact that may be recorded of a person."""
    return sorted(set(wiring.library().vocabulary.facts) - KEYS)


def missing(setting: Setting) -> list[str]:
    """The facts that may decide the person's case now."""
    found = setting.opened.judged if setting.opened is not None else None
    return [] if found is None else casefile.missing(found.decision)


def asked(names: list[str]) -> list[tuple[str, Words]]:
    """Facts as choices, each with the question that it answers."""
    known, lang = wiring.library().vocabulary.facts, language()
    return [(one, f"{getattr(known[one].ask, lang)} [{one}]") for one in names]


class EvidenceForm(DeedForm):
    """The value of one fact, its dates, and the document that establishes it."""

    carries = (("document", "document"),)
    fact = forms.CharField(label=_("Fact"), widget=forms.HiddenInput, max_length=64)
    established_on = DayField(label=_("The day on which it was established"))
    established_at = MomentField(
        label=_("The time of day at which it was established"), max_length=8,
        help_text=_("In the zone of the agreement. For example, 15:02."),
        widget=forms.TextInput({"class": "govuk-input--width-5"}),
    )  # fmt: skip
    until = DayField(
        label=_("The last day on which it holds, where the document says one"), required=False
    )
    document = DocumentField(_("The document"))

    def prepare(self) -> None:
        """Ask for a value of the fact's own type."""
        found = self.setting.request.GET.get("fact", "") or str(self.data.get("fact", ""))
        known = wiring.library().vocabulary.facts
        if found not in facts():
            self.fields["value"] = forms.CharField(label=_("The value"), max_length=64)
            return
        self.fields["fact"].initial = found
        fact, lang = known[found], language()
        label, hint = getattr(fact.ask, lang), getattr(fact.evidence, lang)
        codes = wiring.library().vocabulary.codes.get(fact.codes or "")
        if fact.type == "bool" or codes:
            choices = TRUTH if fact.type == "bool" else [(one, one) for one in codes or ()]
            value: forms.Field = forms.ChoiceField(
                label=label, help_text=hint, choices=choices, widget=forms.RadioSelect
            )
        else:
            value = forms.CharField(
                label=label, help_text=cast("str", _hint(fact.type, fact.unit, hint))
            )
        self.fields = {"value": value, **self.fields}

    def clean_fact(self) -> str:
        """A fact that some rule asks."""
        found = str(self.cleaned_data["fact"])
        if found not in facts():
            raise forms.ValidationError(
                _("No rule asks this fact. Choose one from the list."), "H401"
            )
        return found

    def clean(self) -> Body:
        """Hold the value against the fact's contract, and the dates against this instant."""
        found = super().clean()
        value, fact = str(found.get("value") or ""), str(found.get("fact") or "")
        if value and fact:
            try:
                casefile.evidence(fact, value, intake.columns(wiring.library().vocabulary))
            except DocketError as error:
                fault = error.faults[0]
                self.add_error(
                    "value", forms.ValidationError(fault.sentence(language()), fault.code)
                )
        on, at, until = (found.get(name) for name in ("established_on", "established_at", "until"))
        if (
            isinstance(on, date)
            and isinstance(at, time)
            and self.instant(on, at) > self.setting.now
        ):
            self.add_error("established_on", _("This instant has not come yet."))
        if isinstance(on, date) and isinstance(until, date) and until < on:
            self.add_error("until", _("It cannot end before it was established."))
        return found

    def body(self) -> Body:
        """The fact as a docket would have it, with its dates."""
        found = self.cleaned_data
        fact, value = str(found["fact"]), found["value"]
        kind = wiring.library().vocabulary.facts[fact].type
        stated = {"true": True, "false": False}[value] if kind == "bool" else value
        at = self.instant(found["established_on"], found["established_at"])
        given: Body = {"fact": fact, "value": stated, "established_at": at.isoformat()}
        if found.get("until"):
            given["valid_until"] = self.end_of(found["until"]).isoformat()
        return {**given, **super().body()}


def _hint(kind: str, unit: str | None, evidence: str) -> Words:
    if kind == "date":
        return _("A day such as 2026-03-27. Evidence: %(evidence)s") % {"evidence": evidence}
    if unit:
        return _("A number in %(unit)s. Evidence: %(evidence)s") % {
            "unit": unit, "evidence": evidence,
        }  # fmt: skip
    return _("Evidence: %(evidence)s") % {"evidence": evidence}
