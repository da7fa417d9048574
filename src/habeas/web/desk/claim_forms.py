"""The forms of claims, notes and disputes; what is wrong with a file is said beside its field."""

from collections.abc import Mapping, Sequence

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from habeas.errors import HabeasError
from habeas.web.desk.statements_of import month
from habeas.web.told import refusal

MOST_BYTES = 5 * 1024 * 1024
MANY = 500  # lines answered at once
ROLES = {
    "person": gettext_lazy("Register number of the person"),
    "facility": gettext_lazy("Facility"),
    "in": gettext_lazy("First day, or instant of arrival"),
    "out": gettext_lazy("Last day, or instant of departure"),
    "days": gettext_lazy("Days claimed"),
    "rate": gettext_lazy("Price of a day"),
    "amount": gettext_lazy("Amount"),
    "currency": gettext_lazy("Currency"),
    "month": gettext_lazy("Month"),
}


def refused(code: str, said: str) -> ValidationError:
    """What is wrong with a field, with the code that its help page has."""
    return ValidationError(f"{code} {said}", code)


def text_of(upload: "UploadedFile[bytes]") -> bytes:
    """The bytes of an uploaded file, which is text and not too large.

    Raises:
        ValidationError: H843, for one that is neither; H844 for one that is no table by its name.
    """
    size = upload.size or 0
    if size > MOST_BYTES:
        most = MOST_BYTES // 1024 // 1024
        said = _("The file is larger than %(most)s MB. Send a smaller one.") % {"most": most}
        raise refused("H843", said)
    data: bytes = upload.read(MOST_BYTES + 1)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise refused("H843", _("The file is not text in UTF-8. Save it as UTF-8.")) from error
    if not text.strip() or "\0" in text:
        raise refused("H843", _("The file holds no text. Choose another file."))
    return data


class Upload(forms.Form):
    """A claim of the receiving state."""

    file = forms.FileField(
        label=gettext_lazy("Claim"),
        help_text=gettext_lazy(
            "A CSV file in UTF-8 of at most 5 MB, with its columns named in the first line."
        ),
        error_messages={"required": gettext_lazy("Choose the file of the claim.")},
    )

    def clean_file(self) -> bytes:
        """The bytes of the file.

        Raises:
            ValidationError: H843, H844.
        """
        upload: UploadedFile[bytes] = self.cleaned_data["file"]
        if not str(upload.name).lower().endswith(".csv"):
            raise refused("H844", _("The file is no CSV. Save the table as CSV in UTF-8."))
        return text_of(upload)


class Note(forms.Form):
    """A statement that was sent before."""

    file = forms.FileField(
        label=gettext_lazy("The statement that was sent"),
        help_text=gettext_lazy("The JSON file of the statement, at most 5 MB."),
        error_messages={"required": gettext_lazy("Choose the file of the statement.")},
    )

    def clean_file(self) -> bytes:
        """The bytes of the file.

        Raises:
            ValidationError: H843.
        """
        return text_of(self.cleaned_data["file"])


class Compare(forms.Form):
    """Which month a claim is about, and which of its columns says what."""

    month = forms.CharField(
        label=gettext_lazy("Month that the claim covers"),
        help_text=gettext_lazy("Such as 2026-10."),
        max_length=7,
        error_messages={"required": gettext_lazy("Enter the month, such as 2026-10.")},
    )
    rate = forms.CharField(
        label=gettext_lazy("Price of a person-day"),
        help_text=gettext_lazy("Such as 46.25, where the agreement states none or several."),
        max_length=16,
        required=False,
    )

    def __init__(self, columns: Sequence[str], data: Mapping[str, str] | None = None) -> None:
        super().__init__(data)
        choices = [("", gettext_lazy("not in the file")), *((one, one) for one in columns)]
        for role, label in ROLES.items():
            first = role if role in columns else ""
            self.fields[f"column_{role}"] = forms.ChoiceField(
                label=label, choices=choices, required=False, initial=first
            )

    def clean_month(self) -> str:
        """The month.

        Raises:
            ValidationError: H842.
        """
        text: str = self.cleaned_data["month"].strip()
        try:
            return month(text).name
        except HabeasError as error:
            raise ValidationError(refusal(error.faults[0])) from error

    def mapped(self) -> str:
        """The columns by role, as the reader of claims takes them."""
        chosen = {role: self.cleaned_data.get(f"column_{role}", "") for role in ROLES}
        return ",".join(f"{role}={column}" for role, column in chosen.items() if column)


class Why(forms.Form):
    """On what ground lines are opened."""

    why = forms.CharField(
        label=gettext_lazy("For what claim and period"),
        max_length=2000,
        error_messages={"required": gettext_lazy("Say for what claim and period.")},
    )


class Answer(forms.Form):
    """What a side says about some lines."""

    lines = forms.CharField(
        label=gettext_lazy("Lines"),
        help_text=gettext_lazy("Such as L000012, L000013: all are answered, or none."),
        max_length=10_000,
        error_messages={"required": gettext_lazy("Name one line or more.")},
    )
    to = forms.ChoiceField(
        label=gettext_lazy("What they become"),
        choices=[
            ("disputed", gettext_lazy("Disputed")),
            ("explained", gettext_lazy("Explained")),
            ("conceded", gettext_lazy("Conceded")),
            ("withdrawn", gettext_lazy("Withdrawn")),
            ("settled", gettext_lazy("Settled")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what the lines become.")},
    )
    why = forms.CharField(
        label=gettext_lazy("Why"),
        widget=forms.Textarea({"rows": 3}),
        max_length=2000,
        error_messages={"required": gettext_lazy("Say on what ground.")},
    )

    def clean_lines(self) -> list[str]:
        """The lines by name, each once.

        Raises:
            ValidationError: when there are too many at once.
        """
        text: str = self.cleaned_data["lines"]
        found = list(dict.fromkeys(text.replace(",", " ").split()))
        if not found or len(found) > MANY:
            said = _("Name between 1 and %(most)s lines.") % {"most": MANY}
            raise ValidationError(said)
        return found
