"""The acts of custody: departure, handover, places, absences, and how custody ends."""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from habeas.service.survey import OnManifest
from habeas.terms import SentenceAct, Side
from habeas.web.components import Row
from habeas.web.desk import person_words, spaces
from habeas.web.desk.deed_form import Body, DeedForm, DocumentField, MomentField, chosen, name, text
from habeas.web.forms import DayField
from habeas.web.readmodels import visible

MOST_LINES = 999


def last_line(form: DeedForm) -> OnManifest | None:
    """The person's last line on a manifest."""
    lines = form.setting.person.survey.lines
    return lines[-1] if lines else None


class ManifestForm(DeedForm):
    """An act of a person on a manifest."""

    manifest = name(_("The manifest"), _("The number of the list of this journey."))
    line = forms.IntegerField(label=_("The line"), min_value=1, max_value=MOST_LINES)

    def prepare(self) -> None:
        """Begin with the line on which the person stands."""
        found = last_line(self)
        if found is not None and found.arrived is None and found.refused is None:
            self.fields["manifest"].initial = found.manifest
            self.fields["line"].initial = found.line

    def body(self) -> Body:
        """The line."""
        return {"manifest": self.cleaned_data["manifest"], "line": self.cleaned_data["line"]}


class ScheduleForm(ManifestForm):
    """The person is put on a manifest."""

    route = forms.CharField(
        label=_("The route"), max_length=200, help_text=_("From which facility to which.")
    )

    def prepare(self) -> None:
        """Begin with the next free line of the last manifest, and the usual route."""
        super().prepare()
        here, there = (
            self.setting.person.survey.last,
            visible.usual_facility(self.setting.asker, Side.RECEIVING),
        )
        self.fields["route"].initial = f"{here.facility if here else ''} to {there}".strip()

    def body(self) -> Body:
        """The line and the route."""
        return {**super().body(), "route": self.cleaned_data["route"]}


class DepartForm(ManifestForm):
    """The person leaves; everything is judged again at this instant."""

    carries = (("fit", "fit_to_travel"),)
    explains = _(
        "Everything is judged again at the instant of departure. Under a stay, or where a fact has "
        "lapsed, it is refused."
    )
    escort = forms.CharField(label=_("The escort"), max_length=200, help_text=_("No names."))
    fit = DocumentField(_("Certificate that the person is fit to travel"))

    def facility(self) -> str | None:
        """Where from."""
        found = self.setting.person.survey.last
        return found.facility if found else None

    def body(self) -> Body:
        """The line, the escort and the certificate."""
        line = ManifestForm.body(self)
        return {**line, "escort": self.cleaned_data["escort"], **DeedForm.body(self)}


class HandOverForm(ManifestForm):
    """Both states sign that the one hands over and the other takes over."""

    later = True
    source = name(_("From the facility"))
    target = name(_("To the facility"))
    condition = text(_("The person's condition, as both sides noted it"))

    def prepare(self) -> None:
        """Begin with the manifest under which the person departed."""
        super().prepare()
        found = self.setting.person.survey
        if found.state.manifest:
            self.fields["manifest"].initial, self.fields["line"].initial = found.state.manifest
        side = found.state.custodian
        other = Side.RECEIVING if side is Side.SENDING else Side.SENDING
        self.fields["source"].initial = found.last.facility if found.last else ""
        self.fields["target"].initial = visible.usual_facility(self.setting.asker, other)

    def facility(self) -> str | None:
        """Where to."""
        return str(self.cleaned_data["target"])

    def body(self) -> Body:
        """The line, from where to where, and in which condition."""
        found = self.cleaned_data
        ends = {"from": found["source"], "to": found["target"]}
        return {**super().body(), **ends, "condition": found["condition"]}


class CellForm(DeedForm):
    """The person is in a cell from now on."""

    later = True
    cell = forms.CharField(label=_("The cell"), max_length=64)

    def prepare(self) -> None:
        """Offer the cells of the facility's file, where there is one."""
        found = spaces.cells(self.facility() or "", self.setting.today)
        if found:
            self.fields["cell"] = forms.ChoiceField(
                label=_("The cell"), choices=[(one, one) for one in found]
            )

    def facility(self) -> str | None:
        """Where the person is."""
        found = self.setting.person.survey.last
        return found.facility if found else None

    def body(self) -> Body:
        """The cell."""
        return {"cell": self.cleaned_data["cell"]}


class HereForm(DeedForm):
    """An act of custody that carries nothing of its own."""

    later = True

    def facility(self) -> str | None:
        """Where the person is, or belongs."""
        found = self.setting.person.survey.last
        return found.facility if found else None


class StartAbsenceForm(HereForm):
    """The person leaves the facility for a while and stays in custody."""

    carries = (("permission", "permission"),)
    kind = forms.ChoiceField(
        label=_("Why"), widget=forms.RadioSelect,
        choices=[("hospital", _("Hospital")), ("court", _("Court")), ("other", _("Another"))],
    )  # fmt: skip
    back_on = DayField(label=_("The day on which it should end"))
    back_at = MomentField(label=_("The time of day at which it should end"), max_length=8)
    permission = DocumentField(_("The permission"))

    def body(self) -> Body:
        """Why, by whose leave, and until when."""
        found = self.cleaned_data
        end = self.instant(found["back_on"], found["back_at"])
        return {"kind": found["kind"], "planned_end": end.isoformat(), **super().body()}


class CountForm(HereForm):
    """The person was seen at a count."""

    place = name(_("Where the person was seen"))

    def body(self) -> Body:
        """Where."""
        return {"place": self.cleaned_data["place"]}


class CircumstancesForm(HereForm):
    """What happened."""

    circumstances = text(_("Circumstances"))

    def body(self) -> Body:
        """What happened."""
        return {"circumstances": self.cleaned_data["circumstances"]}


class ReleaseForm(HereForm):
    """The person is free."""

    carries = (("ground", "ground"),)
    place = name(_("The place of release"))
    ground = DocumentField(_("The order or computation on which it rests"))

    def body(self) -> Body:
        """On which ground, and where."""
        return {"place": self.cleaned_data["place"], **super().body()}

    def computed(self) -> Sequence[Row]:
        """From when no clock gives a basis to hold the person."""
        found = self.setting.person.survey.release_on
        return [Row(_("From when no clock gives a basis to hold the person"), found)]


class DeathForm(HereForm):
    """The person has died."""

    place = name(_("Where the person died"))
    body_at = name(_("Where the body is"))

    def body(self) -> Body:
        """Where, and where the body is."""
        return {key: self.cleaned_data[key] for key in ("place", "body_at")}


class SentenceForm(DeedForm):
    """What a court, or the authority that pardons, records of a sentence."""

    carries = (("document", "document"),)
    acts: Sequence[SentenceAct] = (SentenceAct.IMPOSED,)
    kind = forms.ChoiceField(label=_("What is recorded"))
    release = DayField(label=_("The day of release"), required=False)
    days = forms.IntegerField(
        label=_("Days"), min_value=1, max_value=36_500, required=False,
        help_text=_("Of a remission, of days lost, or of days added."),
    )  # fmt: skip
    document = DocumentField(_("The judgment or order"))

    def prepare(self) -> None:
        """Offer the kinds."""
        chosen(self, "kind", [(one.value, person_words.SENTENCE_ACTS[one]) for one in self.acts])

    def clean(self) -> Body:
        """Ask for what the kind needs."""
        found = super().clean()
        kind = str(found.get("kind", ""))
        if kind in BY_DAYS and not found.get("days") and "days" not in self.errors:
            self.add_error("days", _("Enter the number of days."))
        if kind in BY_DATE and not found.get("release") and "release" not in self.errors:
            self.add_error("release", _("Enter the day of release."))
        return found

    def body(self) -> Body:
        """The kind with its date or days, and the document."""
        found = self.cleaned_data
        given: Body = {"kind": found["kind"]}
        if found.get("release") and found["kind"] not in BY_DAYS:
            given["release_date"] = found["release"].isoformat()
        if found.get("days") and found["kind"] in BY_DAYS:
            given["days"] = found["days"]
        return {**given, **super().body()}


class ChangeSentenceForm(SentenceForm):
    """A sentence is changed."""

    acts = (
        SentenceAct.REMISSION,
        SentenceAct.DAYS_LOST,
        SentenceAct.DAYS_ADDED,
        SentenceAct.COMPUTED_DATE,
        SentenceAct.PARDONED,
        SentenceAct.VACATED,
    )


BY_DAYS = frozenset({SentenceAct.REMISSION, SentenceAct.DAYS_LOST, SentenceAct.DAYS_ADDED})
BY_DATE = frozenset({SentenceAct.IMPOSED, SentenceAct.COMPUTED_DATE})
