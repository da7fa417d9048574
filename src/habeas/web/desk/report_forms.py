"""Reports: complaints and their answers, incidents, visits, findings and replies to them."""

from collections.abc import Mapping
from typing import cast

from django import forms
from django.utils.translation import gettext_lazy as _

from habeas.service import deeds
from habeas.terms import Deed
from habeas.web.desk import person_words
from habeas.web.desk.deed_form import (
    AttachmentField,
    Body,
    DeedForm,
    chosen,
    name,
    text,
)
from habeas.web.forms import DayField


class ReportForm(DeedForm):
    """A report: it moves nothing, and may be about what happened before."""

    later = True

    def facility(self) -> str | None:
        """Where the person is."""
        found = self.setting.person.survey.last
        return found.facility if found else None

    def matters(self, field: str) -> None:
        """Offer the events that this report may name; the address may name one of them."""
        who, person = self.setting.asker, self.setting.person
        # Whoever confirms twice confirms the same act: what it answered is still offered to it.
        events = [one for one in person.events if one.id != self.setting.id]
        found = deeds.matters(
            self.setting.deed, events, person.survey.intervals, (who.authority, who.side)
        )
        if not found and self.fields[field].required:
            none = _("There is none now, so that nothing can be recorded here.")
            self.fields[field].help_text = cast("str", none)
        asked = self.setting.request.GET.get("of", "")
        self.fields[field].initial = asked if asked in {one.id for one in found} else None
        said = _("%(what)s, register entry %(index)d")
        chosen(
            self,
            field,
            [
                (one.id, said % {"what": person_words.event(one.kind), "index": one.index})
                for one in found
            ],
        )

    def given(self, *names: str) -> Body:
        """The fields that were answered."""
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data.get(name)}


class ComplaintForm(ReportForm):
    """A complaint, for the person who makes it."""

    carries = (("document", "document"),)
    explains = _(
        "A complaint cannot be deleted or changed. Unless the person allows it, whoever holds the "
        "person is not told that there is one; courts, counsel, visiting bodies and the central "
        "administration are."
    )
    kind = forms.ChoiceField(
        label=_("What it is about"),
        widget=forms.RadioSelect,
        choices=list(person_words.COMPLAINTS.items()),
    )
    text = text(_("What the person complains of"), _("No names."), required=False)
    document = AttachmentField(_("The complaint as it was written"))
    known = forms.ChoiceField(
        label=_("May those who hold the person know of it?"), widget=forms.RadioSelect,
        choices=[("no", _("No")), ("yes", _("Yes, the person allows it"))],
    )  # fmt: skip

    def body(self) -> Body:
        """What it is about, and who may know."""
        hidden = self.cleaned_data["known"] != "yes"
        return {**self.given("kind", "text"), "confidential": hidden, **super().body()}


class AnswerComplaintForm(ReportForm):
    """A complaint is answered with reasons; a second answer may come."""

    carries = (("document", "document"),)
    complaint = forms.ChoiceField(label=_("Which complaint"), widget=forms.RadioSelect)
    reply = text(_("The answer, with its reasons"))
    document = AttachmentField(_("The answer as it was written"))

    def prepare(self) -> None:
        """Offer the complaints that this reader may know of."""
        self.matters("complaint")

    def body(self) -> Body:
        """Which one, and the answer."""
        return {**self.given("complaint", "reply"), **super().body()}


class IncidentForm(ReportForm):
    """An incident, or an addendum to one that was reported."""

    carries = (("document", "document"),)
    explains = _("A report cannot be changed. Report again, and name the first report.")
    kind = forms.ChoiceField(
        label=_("What happened"),
        widget=forms.RadioSelect,
        choices=list(person_words.INCIDENTS.items()),
    )
    document = AttachmentField(_("The report"), required=True)
    adds_to = forms.ChoiceField(label=_("The report to which this adds"), required=False)

    def prepare(self) -> None:
        """Offer the reports that there are."""
        self.matters("adds_to")
        field = self.fields["adds_to"]
        choices = list(getattr(field, "choices", ()))
        chosen(self, "adds_to", [("", _("None: this is the first report")), *choices])

    def body(self) -> Body:
        """What happened, and to which report it adds."""
        return {**self.given("kind", "adds_to"), **super().body()}


class VisitForm(ReportForm):
    """A visit, announced or not."""

    seen = forms.ChoiceField(
        label=_("Was the person seen?"), widget=forms.RadioSelect,
        choices=[("yes", _("Yes")), ("no", _("No"))],
    )  # fmt: skip
    seed = forms.CharField(
        label=_("The published seed of the sample"), max_length=200, required=False,
        help_text=_("Only where the person was drawn; then fill in all three."),
    )  # fmt: skip
    size = forms.IntegerField(
        label=_("The size of the register that fixed the roll"), min_value=1, required=False
    )
    drawn = forms.IntegerField(label=_("How many were drawn"), min_value=1, required=False)
    drawn_from = name(
        _("The facility of whose roll it was drawn"),
        _("Leave it empty where it was drawn of everybody."), required=False,
    )  # fmt: skip

    def clean(self) -> Body:
        """Hold the three words of a sample together."""
        found = super().clean()
        parts = ("seed", "size", "drawn")
        lacking = [one for one in parts if not found.get(one) and one not in self.errors]
        if 0 < len(lacking) < len(parts):
            self.add_error(lacking[0], _("Fill in all three of a sample, or none."))
        return found

    def body(self) -> Body:
        """Whether the person was seen, and how the person was drawn."""
        seen = self.cleaned_data["seen"] == "yes"
        return {"seen": seen, **self.given("seed", "size", "drawn", "drawn_from"), **super().body()}


class BlockedForm(ReportForm):
    """A visit that somebody prevented, as whoever was turned away tells it."""

    reason = text(_("What happened"), _("No names."))

    def body(self) -> Body:
        """What happened."""
        return self.given("reason")


class FindingForm(ReportForm):
    """What a visiting body found on a visit of its own, and what it recommends."""

    carries = (("document", "document"),)
    visit = forms.ChoiceField(label=_("Which visit"), widget=forms.RadioSelect)
    addressed_to = forms.ChoiceField(
        label=_("Who shall reply"),
        widget=forms.RadioSelect,
        choices=list(person_words.ASKED.items()),
    )
    finding = text(_("What was found"), _("No names."))
    recommendation = text(_("What is recommended"))
    reply_by = DayField(label=_("Until which day a reply is asked"), required=False)
    document = AttachmentField(_("The report of the visit"))

    def prepare(self) -> None:
        """Offer the body's own visits."""
        self.matters("visit")

    def body(self) -> Body:
        """The finding and the recommendation."""
        found = self.given("visit", "addressed_to", "finding", "recommendation")
        by = self.cleaned_data.get("reply_by")
        return {**found, **({"reply_by": by.isoformat()} if by else {}), **super().body()}


class AnswerFindingForm(ReportForm):
    """The state to which a finding is addressed replies."""

    carries = (("document", "document"),)
    finding = forms.ChoiceField(label=_("Which finding"), widget=forms.RadioSelect)
    reply = text(_("The reply"))
    document = AttachmentField(_("The reply as it was written"))

    def prepare(self) -> None:
        """Offer the findings addressed to the reader's state."""
        self.matters("finding")

    def body(self) -> Body:
        """Which one, and the reply."""
        return {**self.given("finding", "reply"), **super().body()}


FORMS: Mapping[Deed, type[DeedForm]] = {
    Deed.MAKE_COMPLAINT: ComplaintForm,
    Deed.ANSWER_COMPLAINT: AnswerComplaintForm,
    Deed.REPORT_INCIDENT: IncidentForm,
    Deed.RECORD_VISIT: VisitForm,
    Deed.RECORD_BLOCKED_VISIT: BlockedForm,
    Deed.RECORD_FINDING: FindingForm,
    Deed.ANSWER_FINDING: AnswerFindingForm,
}
