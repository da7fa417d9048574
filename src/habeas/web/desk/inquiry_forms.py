"""Inquiries: where a person is and by what right; and what the register says, to be signed."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from habeas.service.inquiry import UNKNOWN
from habeas.terms import Deed
from habeas.web import answering
from habeas.web.components import Row, Value, Words
from habeas.web.desk import person_words
from habeas.web.desk.deed_form import AttachmentField, Body, DeedForm, name, text
from habeas.web.desk.report_forms import ReportForm

WORDS: Mapping[str, Mapping[str, Words]] = {
    "status": person_words.HELD_AS,
    "custodian": person_words.HELD_BY,
}
STATUS, CUSTODIAN = (
    _("How the person is held, or how custody ended"),
    _("Which state holds the person"),
)
COMPARED: Mapping[str, Words] = {
    "status": STATUS,
    "custodian": CUSTODIAN,
    "facility": _("Where the person is"),
}
SAYS = _("The register says: %(said)s.")


class InquiryForm(ReportForm):
    """Somebody asks where the person is, or how."""

    carries = (("document", "document"),)
    explains = _("The state that holds the person owes an answer, signed and dated.")
    asked = text(
        _("What is asked"),
        _("Leave it empty to ask where the person is, and by what right. No names."),
        required=False,
    )
    document = AttachmentField(_("The inquiry as it was written"))

    def body(self) -> Body:
        """What is asked."""
        return {**self.given("asked"), **super().body()}


class AnswerInquiryForm(ReportForm):
    """What the register says, filled in; whoever signs may state otherwise."""

    later = False
    explains = _(
        "Filled in is what the register says now. You may state otherwise. It is then listed with "
        "your signature among what the register does not bear out."
    )
    inquiry = forms.ChoiceField(label=_("Which inquiry"), widget=forms.RadioSelect)
    status = forms.ChoiceField(
        label=STATUS, widget=forms.RadioSelect, choices=list(WORDS["status"].items())
    )
    custodian = forms.ChoiceField(
        label=CUSTODIAN,
        widget=forms.RadioSelect,
        choices=list(WORDS["custodian"].items()),
    )
    where = name(COMPARED["facility"], required=False)
    reply = text(_("What is said beside it"), _("No names."), required=False)

    def prepare(self) -> None:
        """Offer the inquiries that are open, and begin with what the register says."""
        self.matters("inquiry")
        self.truth = answering.known(self.setting.person.events, self.setting.now)
        for key, label in COMPARED.items():
            field = self.fields[_field(key)]
            field.label = label  # type: ignore[assignment]  # lazy texts are texts
            field.help_text = str(SAYS % {"said": _word(key, str(self.truth[key]))})
            unknown = self.truth[key] == UNKNOWN
            field.initial = "" if unknown and key == "facility" else self.truth[key]

    def stated(self) -> Body:
        """What was filled in."""
        found = self.given("inquiry", "status", "custodian", "reply")
        where = self.cleaned_data.get("where")
        return {**found, **({"facility": where} if where else {})}

    def otherwise(self) -> list[str]:
        """What is stated otherwise than the register says."""
        said = self.stated()
        return [key for key in COMPARED if key in said and said[key] != self.truth[key]]

    def warning(self) -> Words:
        """That the register does not bear out what is about to be signed."""
        found = [
            _("%(what)s: %(said)s. The register says: %(register)s.")
            % {
                "what": COMPARED[key],
                "said": _word(key, str(self.stated()[key])),
                "register": _word(key, str(self.truth[key])),
            }
            for key in self.otherwise()
        ]
        if not found:
            return ""
        against = _("The register does not bear out this answer, and it will be listed as such.")
        return " ".join(map(str, [against, *found]))

    def computed(self) -> Sequence[Row]:
        """All else that the register says, and that is signed with it."""
        said, rows = self.truth, list[Row]()
        basis, last, end = said["basis"], said["last_seen"], said.get("end", {})
        where = self.cleaned_data.get("where")
        told: list[tuple[Words, object]] = [
            (COMPARED["facility"], "" if where else said["facility"]),
            (_("There since"), said["since"]),
            (_("Ordered by"), basis["ordered_by"]),
            (_("Order (digest)"), basis["order"]),
            (_("Transfer authorised"), basis.get("transfer", {}).get("authorised")),
            (_("Basis to hold the person until"), said["basis_until"]),
            (_("Last seen"), last["at"] if isinstance(last, dict) else last),
            (_("Custody ended"), end.get("at")),
            (_("Where the body is"), end.get("body_at")),
        ]
        rows += [Row(label, _said(one)) for label, one in told if one]
        return rows

    def body(self) -> Body:
        """What is stated, and all else as the register says it."""
        setting = self.setting
        return answering.body(setting.person.events, setting.id, setting.now, self.stated())


def _field(key: str) -> str:
    return "where" if key == "facility" else key  # a form has a `facility` of its own


def _word(key: str, said: str) -> Words:
    return person_words.NOT_KNOWN if said == UNKNOWN else WORDS.get(key, {}).get(said, said)


def _said(one: object) -> Value:
    try:
        return datetime.fromisoformat(str(one))
    except ValueError:
        return person_words.NOT_KNOWN if one == UNKNOWN else str(one)


FORMS: Mapping[Deed, type[DeedForm]] = {
    Deed.MAKE_INQUIRY: InquiryForm,
    Deed.ANSWER_INQUIRY: AnswerInquiryForm,
}
