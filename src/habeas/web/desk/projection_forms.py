"""The forms of projections; what is wrong with a scenario is said with its line."""

from collections.abc import Sequence

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from habeas.web.desk.claim_forms import refused
from habeas.web.forms import NamedFaults

Choices = Sequence[tuple[str, str]]  # name and words
MOST_BYTES = 256 * 1024
MOST_DRAWS, DRAWS, MOST_SEED = 1000, 200, (1 << 32) - 1


class Ask(NamedFaults):
    """A scenario, how often it is drawn, and from which seed."""

    shipped = forms.ChoiceField(
        label=gettext_lazy("Scenario that comes with the library"),
        required=False,
    )
    file = forms.FileField(
        label=gettext_lazy("Or a scenario file of your own"),
        help_text=gettext_lazy("A TOML file in UTF-8 of at most 256 KB."),
        required=False,
    )
    draws = forms.IntegerField(
        label=gettext_lazy("Draws"),
        help_text=gettext_lazy("How many times the whole period is drawn: 1 to 1,000."),
        min_value=1,
        max_value=MOST_DRAWS,
        initial=DRAWS,
    )
    seed = forms.IntegerField(
        label=gettext_lazy("Seed"),
        help_text=gettext_lazy("The same seed gives the same draws."),
        min_value=0,
        max_value=MOST_SEED,
        initial=1,
    )

    def __init__(
        self, shipped: Sequence[tuple[str, str]], *args: object, **options: object
    ) -> None:
        super().__init__(*args, **options)
        choice = self.fields["shipped"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 - it is, above
        choice.choices = [("", _("None: a file of your own")), *shipped]

    def clean_file(self) -> str:
        """The text of the file; empty where there is none.

        Raises:
            ValidationError: H834, for a file that is too large or no text.
        """
        upload: UploadedFile[bytes] | None = self.cleaned_data.get("file")
        if upload is None:
            return ""
        if (upload.size or 0) > MOST_BYTES:
            raise refused("H834", _("The file is larger than 256 KB. Send a smaller one."))
        try:
            text: str = upload.read(MOST_BYTES + 1).decode()
        except UnicodeDecodeError as error:
            raise refused("H834", _("The file is not text in UTF-8. Save it as UTF-8.")) from error
        if not text.strip() or "\0" in text:
            raise refused("H834", _("The file holds no text. Choose another file."))
        return text

    def clean(self) -> dict[str, object]:
        """One scenario, and no more.

        Raises:
            ValidationError: H834, for none or two of them.
        """
        found = super().clean() or self.cleaned_data
        both = bool(found.get("shipped")), bool(found.get("file"))
        if "file" not in self.errors and both[0] == both[1]:
            raise ValidationError(
                {"shipped": refused("H834", _("Choose one scenario, or a file of your own."))}
            )
        return found


class Against(NamedFaults):
    """Another projection to hold one against."""

    other = forms.ChoiceField(label=gettext_lazy("The other scenario"))

    def __init__(self, others: Choices, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        choice = self.fields["other"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 - it is, above
        choice.choices = list(others)
