"""The acts of a case: proposal, screening, notice, consent, objection, stay, both decisions."""

from collections.abc import Mapping, Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from habeas.service import casefile, procedure
from habeas.service.vacancy import Vacancy
from habeas.terms import Outcome, Role, Side
from habeas.web import wiring
from habeas.web.components import OUTCOMES, Row, Words
from habeas.web.desk import spaces
from habeas.web.desk.deed_form import Body, DeedForm, DocumentField, bodies, chosen, name, text
from habeas.web.desk.opened import judged
from habeas.web.readmodels import visible

LANGUAGES: Sequence[tuple[str, Words]] = (
    ("ar", _("Arabic")), ("de", _("German")), ("en", _("English")), ("es", _("Spanish")),
    ("et", _("Estonian")), ("fa", _("Persian")), ("fi", _("Finnish")), ("fr", _("French")),
    ("ht", _("Haitian Creole")), ("pl", _("Polish")), ("pt", _("Portuguese")),
    ("ro", _("Romanian")), ("ru", _("Russian")), ("so", _("Somali")), ("sv", _("Swedish")),
    ("tr", _("Turkish")), ("uk", _("Ukrainian")), ("zh", _("Chinese")),
)  # fmt: skip


class OpenForm(DeedForm):
    """A person is written on the register."""

    carries = (("order", "order"),)
    explains = _("A random register number is drawn; nothing of the person's name enters it.")
    order = DocumentField(_("The order by which the person is held"))
    ordered_by = forms.ChoiceField(label=_("The authority that ordered it"))
    where = name(_("The facility in which the person is held"), _("As the register writes it."))

    def prepare(self) -> None:
        """Offer the courts of the sending state, and the facility where most are held."""
        chosen(self, "ordered_by", bodies(Role.COURT, Side.SENDING))
        self.fields["where"].initial = visible.usual_facility(self.setting.asker, Side.SENDING)

    def facility(self) -> str | None:
        """Where the person is held."""
        return str(self.cleaned_data["where"])

    def body(self) -> Body:
        """The order, and who gave it."""
        return {**super().body(), "ordered_by": self.cleaned_data["ordered_by"]}


class ProposeForm(DeedForm):
    """A case of the docket is put forward for a person on the register."""

    case = name(_("The case of the docket"), _("As it stands on the docket."))

    def prepare(self) -> None:
        """Take the case from the page before."""
        opened = self.setting.opened
        told = self.setting.request.GET.get("case", "")
        self.fields["case"].initial = told or (opened.survey.case if opened else "")

    def clean_case(self) -> str:
        """A case that is there, and that nobody else is."""
        found = str(self.cleaned_data["case"])
        row = visible.row(self.setting.asker, found)
        if row is None or row.subject not in {"", self.setting.subject}:
            raise forms.ValidationError(
                _("No case of that id waits to be proposed. Copy it from the docket."), "unknown"
            )
        return found

    def body(self) -> Body:
        """The case, its pathway and the docket's hash."""
        row = visible.row(self.setting.asker, str(self.cleaned_data["case"]))
        if row is None:
            return {}
        return {"pathway": row.cells["pathway"], "case": row.case, "docket": row.docket}


class ScreenForm(DeedForm):
    """The decision is computed here and now; nobody types it."""

    explains = _(
        "The decision is computed from the docket's row and the evidence recorded since, "
        "as everything stands at this instant."
    )

    @property
    def found(self) -> casefile.Judged | None:
        """The decision; None where no docket of this installation holds the case."""
        opened = self.setting.person
        if opened.row is None:
            return None
        return judged(opened.row, opened.events, self.setting.now)

    def clean(self) -> Body:
        """Refuse where there is nothing to compute from."""
        found = super().clean()
        if self.found is None:
            raise forms.ValidationError(
                _("No docket here holds the case. Screen it where it was put forward."),
                "H823",
            )
        return found

    def body(self) -> Body:
        """The decision with the hashes that it rests on."""
        found = self.found
        return {} if found is None else {**casefile.screened(found, casefile.decision_id(found))}

    def computed(self) -> Sequence[Row]:
        """The decision in words."""
        found = self.found
        if found is None:
            return ()
        one = found.decision
        rows = [Row(_("Outcome"), OUTCOMES[one.outcome])]
        if one.outcome is not Outcome.ELIGIBLE:
            rows.append(Row(_("Rules not met"), ", ".join(one.not_met) or _("none")))
            rows.append(
                Row(_("Rules not established"), ", ".join(one.not_established) or _("none"))
            )
        rows.append(Row(_("Holds until"), one.valid_until or found.instant + casefile.AT_MOST))
        return rows


def offer_counsel(form: DeedForm) -> None:
    """Offer counsel of both states, the sending state's first."""
    own, others = bodies(Role.COUNSEL, Side.SENDING), bodies(Role.COUNSEL, Side.RECEIVING)
    chosen(form, "counsel", [*own, *others])


class NotifyForm(DeedForm):
    """Written notice was served."""

    carries = (("proof", "proof_of_service"),)
    language = forms.ChoiceField(
        label=_("The language of the notice"), choices=[("", _("Choose a language")), *LANGUAGES],
        help_text=_("One that the person understands."),
    )  # fmt: skip
    served_on = forms.ChoiceField(
        label=_("On whom it was served"),
        choices=[("person and counsel", _("The person and counsel")), ("person", _("The person"))],
        widget=forms.RadioSelect,
    )
    counsel = forms.ChoiceField(label=_("The authority of counsel"))
    proof = DocumentField(_("Proof of service"))

    def prepare(self) -> None:
        """Offer counsel of both states, the sending state's first."""
        offer_counsel(self)

    def body(self) -> Body:
        """What the clock of the notice rests on."""
        kept = ("language", "served_on", "counsel")
        return {**{key: self.cleaned_data[key] for key in kept}, **super().body()}

    def computed(self) -> Sequence[Row]:
        """From when a departure is lawful."""
        return [
            Row(_("Earliest lawful departure"), self.setting.now + wiring.ground().terms.notice)
        ]


class ConsentForm(DeedForm):
    """What the person said before the court, with counsel."""

    carries = (("hearing", "hearing_record"),)
    consents = forms.ChoiceField(
        label=_("Does the person consent to the transfer?"),
        choices=[("yes", _("Yes, the person consents")), ("no", _("No, the person refuses"))],
        widget=forms.RadioSelect,
        help_text=_("After counsel was heard, and in words that the person understands."),
    )
    counsel = forms.ChoiceField(label=_("The authority of counsel who was present"))
    hearing = DocumentField(_("Record of the hearing"))

    def prepare(self) -> None:
        """Offer counsel of both states, the sending state's first."""
        offer_counsel(self)

    def body(self) -> Body:
        """The answer and the record of it."""
        given = {"consents": self.cleaned_data["consents"] == "yes"}
        return {**given, "counsel": self.cleaned_data["counsel"], **super().body()}


class WithdrawConsentForm(DeedForm):
    """The person takes consent back."""

    through = forms.ChoiceField(
        label=_("Through whom"), widget=forms.RadioSelect,
        choices=[("counsel", _("Through counsel")), ("court", _("Before a court"))],
    )  # fmt: skip

    def body(self) -> Body:
        """Through whom."""
        return {"through": self.cleaned_data["through"]}


class ObjectForm(DeedForm):
    """Counsel objects."""

    carries = (("document", "document"),)
    document = DocumentField(_("The objection"))


class AnswerForm(DeedForm):
    """An objection is answered with reasons."""

    objection = forms.ChoiceField(label=_("Which objection"), widget=forms.RadioSelect)
    reasons = text(_("Reasons"), _("They are shown to whoever may see the case."))

    def prepare(self) -> None:
        """Offer those without an answer."""
        chosen(
            self,
            "objection",
            [
                (
                    one.id,
                    _("%(who)s, register entry %(index)d")
                    % {"who": one.authority, "index": one.index},
                )
                for one in self.setting.person.course.objections
            ],
        )

    def body(self) -> Body:
        """Which one, and why."""
        return {key: self.cleaned_data[key] for key in ("objection", "reasons")}


class OpinionForm(DeedForm):
    """A competent authority gives its opinion."""

    carries = (("document", "document"),)
    document = DocumentField(_("The opinion"))


class OrderStayForm(DeedForm):
    """A court forbids the departure."""

    carries = (("order", "order"),)
    scope = forms.ChoiceField(
        label=_("What it covers"), widget=forms.RadioSelect,
        choices=[("case", _("This case")), ("agreement", _("Every case under the agreement"))],
    )  # fmt: skip
    order = DocumentField(_("The order"))

    def body(self) -> Body:
        """The order and what it covers."""
        return {"scope": self.cleaned_data["scope"], **super().body()}


class LiftStayForm(DeedForm):
    """A court lifts a stay."""

    order = forms.ChoiceField(label=_("Which stay"), widget=forms.RadioSelect)

    def prepare(self) -> None:
        """Offer those in force."""
        chosen(
            self,
            "order",
            [
                (
                    one.id,
                    _("Ordered by %(who)s, register entry %(index)d")
                    % {"who": one.authority, "index": one.index},
                )
                for one in self.setting.person.course.stays
            ],
        )

    def body(self) -> Body:
        """Which order is lifted."""
        return {"order": self.cleaned_data["order"]}


class AuthoriseForm(DeedForm):
    """Two officers of the sending state decide on the last screening."""

    def body(self) -> Body:
        """The decision on which it rests, and to which state."""
        decisions = [procedure.decision(self.setting.person.events)]
        return {"decisions": decisions, "receiving": wiring.installation().receiving}

    def computed(self) -> Sequence[Row]:
        """What the officers decide on."""
        found = self.setting.person.survey
        said = (
            OUTCOMES[Outcome(found.screening.outcome)] if found.screening else _("never screened")
        )
        rows = [Row(_("Last screening on record"), said)]
        until = found.state.eligible_until
        rows += [Row(_("It holds until"), until)] if until else []
        earliest = found.state.earliest
        return rows + ([Row(_("Earliest lawful departure"), earliest)] if earliest else [])


class AcceptForm(DeedForm):
    """Two officers of the receiving state name a place that is free."""

    where = forms.ChoiceField(label=_("The facility"))
    place = forms.ChoiceField(
        label=_("The place"), help_text=_("A cell whose certificate has a place free today.")
    )

    def prepare(self) -> None:
        """Offer the facilities of this installation, and their free cells."""
        chosen(self, "where", [(one, one) for one in wiring.facilities()])
        chosen(
            self,
            "place",
            [
                (f"{facility} {one.cell}", f"{facility} {one.cell} ({one.free})")
                for facility in wiring.facilities()
                for one in self.vacancy(facility).cells
            ],
        )

    def vacancy(self, facility: str) -> Vacancy:
        """The space check of a facility as of the instant."""
        return spaces.vacancy(self.setting.asker, facility, self.setting.today)

    def clean(self) -> Body:
        """Hold the place and the facility together; refuse where nothing is free."""
        found = super().clean()
        where, place = str(found.get("where", "")), str(found.get("place", ""))
        if where and self.vacancy(where).free < 1:
            self.add_error("where", _("No certified place of this facility is free."))
        elif where and place and not place.startswith(f"{where} "):
            self.add_error("place", _("This cell is not in the facility. Choose one that is."))
        return found

    def body(self) -> Body:
        """The place, and the hash of the check that it is free."""
        where = str(self.cleaned_data["where"])
        place = str(self.cleaned_data["place"]).removeprefix(f"{where} ")
        return {"facility": where, "place": place, "space_check": self.vacancy(where).digest}

    def computed(self) -> Sequence[Row]:
        """The space check."""
        found = self.vacancy(str(self.cleaned_data["where"]))
        return [
            Row(_("Certified places"), found.places),
            Row(_("Held there"), found.held),
            Row(_("Promised to others"), found.promised),
            Row(_("Free"), found.free),
        ]


class ReasonForm(DeedForm):
    """An act that says why."""

    reason = text(_("Reason"), _("It is shown to whoever may see the case."))

    def body(self) -> Body:
        """Why."""
        return {"reason": self.cleaned_data["reason"]}


Forms = Mapping[str, type[DeedForm]]
