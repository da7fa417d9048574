"""What the forms of all acts have in common: documents, the second officer, when it happened.

A form knows the person's case and whoever asks; it gives the body that the event carries. What may
follow what is not asked here: the gateway refuses, with its own sentence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import ClassVar, TypeAlias, cast
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from habeas.access import Asker
from habeas.adapters import evidence_files
from habeas.adapters.installation_files import EVIDENCE
from habeas.errors import SetupError
from habeas.service import deeds
from habeas.service.asking import Officer
from habeas.terms import Custody, Deed, Role, Side
from habeas.web import doing, uploads, wiring
from habeas.web.accounts import directory
from habeas.web.asked import AskedRequest
from habeas.web.components import Row, Value, Words
from habeas.web.desk.opened import Opened
from habeas.web.forms import DayField
from habeas.web.readmodels import visible

Body = dict[str, object]
Uploads: TypeAlias = "MultiValueDict[str, UploadedFile[bytes]]"  # generic for a checker alone
SHORT, LONG = 64, 1000  # letters of a name, and of a text
MISSING_UPLOAD = _("Choose a file: PDF, PNG, JPEG or plain text, up to 10 MB.")
ANY_UPLOAD = _("Choose a file of any kind, up to 10 MB. It is kept as it is and never opened.")


@dataclass(frozen=True)
class Setting:
    """What a form stands in: who asks, about whom, and what was uploaded on a page before."""

    request: AskedRequest
    asker: Asker
    deed: Deed
    subject: str
    opened: Opened | None = None  # None: nobody is on the register under this number yet
    kept: Mapping[str, str] = field(default_factory=dict)  # digests of documents, by field
    at: datetime | None = None  # of the page that is confirmed; None: now
    id: str = ""  # of the act that is confirmed; empty before it was checked

    @property
    def now(self) -> datetime:
        """The instant for which everything is computed."""
        return self.at or self.request.now

    @property
    def zone(self) -> str:
        """The zone of the agreement's civil days."""
        return wiring.installation().zone or wiring.ground().deal.calendar.zone

    @property
    def person(self) -> Opened:
        """The person's case.

        Raises:
            ValueError: where nobody is on the register yet.
        """
        if self.opened is None:
            raise ValueError(self.subject)
        return self.opened

    @property
    def today(self) -> date:
        """The civil day in the agreement's zone."""
        return self.now.astimezone(ZoneInfo(self.zone)).date()


class DocumentField(forms.FileField):
    """A document: it is kept on this machine, and its SHA-256 goes into the register."""

    def __init__(self, label: Words) -> None:
        super().__init__(label=cast("str", label), help_text=MISSING_UPLOAD)
        self.error_messages["required"] = MISSING_UPLOAD
        self.error_messages["empty"] = _("The file is empty. Choose another.")


class AttachmentField(DocumentField):
    """A document of a report, of any kind: it is kept as it is, and given out as a file alone."""

    def __init__(self, label: Words, *, required: bool = False) -> None:
        super().__init__(label)
        self.required = required
        self.help_text = cast("str", ANY_UPLOAD)
        self.error_messages["required"] = ANY_UPLOAD


class MomentField(forms.CharField):
    """A time of day, as `15:02`."""

    def clean(self, value: str) -> time | None:
        """The time; None where nothing was typed."""
        text = super().clean(value)
        try:
            return time.fromisoformat(text) if text else None
        except ValueError as error:
            raise ValidationError(_("Enter a time of day such as 15:02."), "invalid") from error


class DeedForm(forms.Form):
    """One act. `carries` names its documents: the field of each, and its key in the body."""

    carries: ClassVar[tuple[tuple[str, str], ...]] = ()
    later: ClassVar[bool] = False  # whether it may be recorded after it happened
    explains: ClassVar[Words] = ""

    def __init__(
        self,
        setting: Setting,
        data: Mapping[str, object] | None = None,
        files: "Uploads | None" = None,
    ) -> None:
        super().__init__(data, files, use_required_attribute=False)
        self.setting = setting
        self.prepare()
        if self.later:
            self._when()
        if self.second_of is not None:
            self.fields["second"] = self._second()
        self.keeps(setting.kept)

    def keeps(self, kept: Mapping[str, str]) -> None:
        """Say of each document that was kept that it need not be sent again."""
        for name in self.papers:
            if kept.get(name):
                self.fields[name].required = False
                self[name].help_text = _(
                    "Kept from the page before: SHA-256 %(digest)s. "
                    "Choose another file to replace it."
                ) % {"digest": kept[name][:16]}

    def prepare(self) -> None:
        """Fill in what depends on the person's case."""

    # Documents

    @property
    def papers(self) -> tuple[str, ...]:
        """The fields of documents."""
        return tuple(name for name, _key in self.carries)

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]  # Django's own, which the stubs leave out
        cut = self.setting.request.META.get(uploads.TOO_LARGE, set())
        for name in self.papers:
            if name in cut:
                self.errors.pop(name, None)
                self.add_error(name, _("The file is larger than 10 MB. Send a smaller copy."))
            elif name in self.cleaned_data:
                self.cleaned_data[name] = self._document(name, self.cleaned_data[name])

    def _document(self, name: str, upload: "UploadedFile[bytes] | None") -> str:
        """The digest of a document; empty where none was given."""
        if upload is None:
            return self.setting.kept.get(name, "")
        any_ = isinstance(self.fields[name], AttachmentField)
        kept = evidence_files.keep_any if any_ else evidence_files.keep
        try:
            return kept(wiring.folder() / EVIDENCE, upload.read())
        except SetupError as error:
            fault = error.faults[0]
            self.add_error(name, ValidationError(fault.sentence(), fault.code))
            return ""

    @property
    def documents(self) -> dict[str, str]:
        """The digests of this form's documents, by field."""
        found = {name: str(self.cleaned_data.get(name) or "") for name in self.papers}
        return {name: digest for name, digest in found.items() if digest}

    # When it happened

    def _when(self) -> None:
        zone = self.setting.zone
        self.fields["on"] = DayField(
            label=_("The day on which it happened"), required=False,
            help_text=_(
                "Leave it empty where it happens now. Days and times are those of %(zone)s."
            ) % {"zone": zone},
        )  # fmt: skip
        self.fields["at"] = MomentField(
            label=_("The time of day at which it happened"), required=False, max_length=8,
            help_text=_("For example, 15:02."),
            widget=forms.TextInput({"class": "govuk-input--width-5"}),
        )  # fmt: skip

    def clean(self) -> Body:
        """Hold the day and the time together."""
        found: Body = super().clean() or self.cleaned_data
        if self.later and (found.get("on") is None) != (found.get("at") is None):
            if not {"on", "at"} & set(self.errors):
                lacking = "at" if found.get("at") is None else "on"
                self.add_error(lacking, _("Enter the day and the time, or leave both empty."))
        elif self.later and self.at() > self.setting.now:
            self.add_error("on", _("This instant has not come yet."))
        return found

    def at(self) -> datetime:
        """When it happened, UTC."""
        on, moment = self.cleaned_data.get("on"), self.cleaned_data.get("at")
        if not self.later or not isinstance(on, date) or not isinstance(moment, time):
            return self.setting.now
        return self.instant(on, moment)

    def instant(self, on: date, moment: time) -> datetime:
        """A day and a time of the agreement's zone in UTC; the first of two such hours."""
        return datetime.combine(on, moment, ZoneInfo(self.setting.zone)).astimezone(UTC)

    def end_of(self, on: date) -> datetime:
        """The instant at which a day of the agreement's zone ends, UTC."""
        return self.instant(on + timedelta(days=1), time())

    # The second officer

    @property
    def receives(self) -> bool:
        """Whether whoever asks is the side that takes the person over."""
        opened = self.setting.opened
        if self.setting.deed is not Deed.HAND_OVER or opened is None:
            return False
        return self.setting.asker.side is not opened.survey.state.custodian

    @property
    def second_of(self) -> Side | None:
        """The state of whose officers one must sign too; None where one signature is enough."""
        which, side = deeds.DOINGS[self.setting.deed].second, self.setting.asker.side
        if which is None or side is None:
            return None
        if which == "own":
            return side
        return Side.RECEIVING if side is Side.SENDING else Side.SENDING

    def _second(self) -> forms.ChoiceField:
        choices = officers(self.setting, self.second_of, receives=self.receives)
        return forms.ChoiceField(
            label=_("Who must sign too"), choices=[("", _("Choose an officer")), *choices],
            help_text=_("The act waits as a draft until this officer has signed it."),
            error_messages={"required": _("Choose the officer who signs with you.")},
        )  # fmt: skip

    def second(self) -> Officer | None:
        """The second officer; None where one signature is enough."""
        authority, _colon, key = str(self.cleaned_data.get("second") or "").partition(":")
        return Officer(authority, key) if key else None

    # What it comes to

    def facility(self) -> str | None:
        """Where it happens; None where that is not of this act."""
        return None

    def body(self) -> Body:
        """What the event carries."""
        given = self.documents
        return {key: given.get(name, "") for name, key in self.carries if given.get(name)}

    def answers(self) -> list[Row]:
        """What was answered, for the page on which it is checked."""
        rows = []
        for name, one in self.fields.items():
            said = self.said(name, one)
            if said not in ("", None):
                rows.append(Row(one.label or name, said))
        return rows

    def said(self, name: str, one: forms.Field) -> Value:
        """One answer in words."""
        value = self.cleaned_data.get(name)
        if name in self.papers:
            return self.documents.get(name, "")
        if isinstance(one, forms.ChoiceField):
            return dict(_flat(one.choices)).get(str(value), str(value or ""))
        if isinstance(value, time):
            return f"{value:%H:%M}"
        return value if isinstance(value, date | int) else str(value or "")

    def computed(self) -> Sequence[Row]:
        """What follows from the case, for the page on which the act is checked."""
        return ()

    def warning(self) -> Words:
        """What whoever signs must be told before all else; empty: nothing."""
        return ""


def _flat(choices: object) -> list[tuple[str, Words]]:
    return [(str(value), said) for value, said in list(choices)]  # type: ignore[call-overload]


def officers(setting: Setting, side: Side | None, *, receives: bool) -> list[tuple[str, str]]:
    """Officers with a good key who may sign as the second, with the name they have here if any."""
    ground, mine = wiring.ground(), doing.key(setting.request)
    _first, wanted = deeds.hands(setting.deed, setting.asker.office, receives=receives)
    held = Role.CUSTODIAN if wanted in {Role.RELEASING, Role.RECEIVING} else wanted
    found = [
        (authority, key)
        for authority, keys in wiring.good_keys().items()
        if ground.terms.sides.get(authority) is side
        and held in ground.terms.roles.get(authority, frozenset())
        for key in keys
        if key != mine
    ]
    owners = directory.owners(key for _, key in found)
    return [
        (f"{who}:{key}", _called(who, key, owners[key].name if key in owners else ""))
        for who, key in found
        if key not in owners or visible.office_may(owners[key].office, setting.deed)
    ]


def _called(authority: str, key: str, name: str) -> str:
    said = _("%(authority)s, key %(key)s") % {"authority": authority, "key": key}
    return f"{name}: {said}" if name else str(said)


def chosen(form: forms.Form, name: str, choices: Sequence[tuple[str, Words]]) -> None:
    """Let a field of a form offer these choices."""
    cast("forms.ChoiceField", form.fields[name]).choices = list(choices)


def bodies(role: Role, side: Side | None = None) -> list[tuple[str, Words]]:
    """The agreement's authorities that may sign in a role, as choices; of one state, or of both."""
    terms = wiring.ground().terms
    return [
        (name, name)
        for name, roles in sorted(terms.roles.items())
        if role in roles
        and (terms.sides.get(name) is side if side is not None else name in terms.sides)
    ]


def text(
    label: Words, hint: Words = "", most: int = LONG, *, required: bool = True
) -> forms.CharField:
    """A field for a few sentences."""
    found = forms.CharField(max_length=most, widget=forms.Textarea({"rows": 4}), required=required)
    return _labelled(found, label, hint)


def name(label: Words, hint: Words = "", *, required: bool = True) -> forms.CharField:
    """A field for a name or a number."""
    return _labelled(forms.CharField(max_length=SHORT, required=required), label, hint)


def _labelled(field: forms.CharField, label: Words, hint: Words) -> forms.CharField:
    field.label, field.help_text = cast("str", label), cast("str", hint)  # lazy texts are texts
    return field


def travelling(opened: Opened) -> bool:
    """Whether a person is on the way between the two states."""
    return opened.survey.state.custody is Custody.IN_TRANSIT
