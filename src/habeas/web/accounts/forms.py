"""What an administrator, or the owner of a token, may type; nothing else that is sent counts."""

import re
from typing import ClassVar, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from habeas.terms import Deed, Office
from habeas.web import wiring
from habeas.web.accounts.administer import Work
from habeas.web.accounts.models import User
from habeas.web.readmodels import visible
from habeas.web.words import DEEDS

KEY = re.compile(r"[0-9a-f]{16}")
OFFICES = {
    Office.SENDING_OFFICER: _("Officer of the sending state"),
    Office.RECEIVING_OFFICER: _("Officer of the receiving state"),
    Office.FACILITY_OFFICER: _("Officer of a facility"),
    Office.COURT: _("Court"),
    Office.COUNSEL: _("Counsel"),
    Office.CONSULATE: _("Consulate"),
    Office.MONITOR: _("Monitor"),
    Office.FINANCE: _("Finance"),
    Office.AUDITOR: _("Auditor"),
    Office.ADMINISTRATOR: _("Administrator"),
}


class WorkForm(forms.Form):
    """Authority, office and key."""

    authority = forms.ChoiceField(label=_("Authority"))
    office = forms.ChoiceField(
        label=_("Office"), choices=[(one.value, said) for one, said in OFFICES.items()]
    )
    key = forms.CharField(
        label=_("Id of the signing key"),
        help_text=_("16 characters from 0 to 9 and a to f. Empty for whoever signs nothing."),
        required=False,
        max_length=16,
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type] # handed on as they came
        names = sorted(wiring.ground().terms.sides)
        self.fields["authority"] = forms.ChoiceField(
            label=_("Authority"), choices=[(name, name) for name in names]
        )
        self.order_fields(["username", "first_name", "last_name", "email", "authority"])

    def clean_key(self) -> str:
        """The id of a key, or nothing."""
        key: str = self.cleaned_data["key"]
        if key and not KEY.fullmatch(key):
            raise forms.ValidationError(_("Write the 16 characters of the key's id."))
        return key

    def work(self) -> Work:
        """What was typed."""
        said = self.cleaned_data
        return Work(said["authority"], Office(said["office"]), said["key"])


class AddForm(WorkForm, forms.ModelForm):  # type: ignore[type-arg] # no generic when it runs
    """Somebody new."""

    class Meta:
        """The fields that may be typed, and no other."""

        model = User
        fields = ("username", "first_name", "last_name", "email")
        labels: ClassVar = {
            "username": _("Name to sign in with"),
            "first_name": _("First name"),
            "last_name": _("Last name"),
            "email": _("E-mail address"),
        }
        help_texts: ClassVar = {
            "username": _("Letters, digits and . - _ only."),
            "email": _("The address under which the state's identity provider knows them."),
        }

    def clean_email(self) -> str:
        """An address that nobody else has: by it an identity provider's people are found."""
        address: str = self.cleaned_data["email"]
        if address and User.objects.filter(email__iexact=address).exists():
            raise forms.ValidationError(_("Another account has this address."))
        return address


class TokenForm(forms.Form):
    """A new access token."""

    name = forms.CharField(label=_("What the token is for"), max_length=80)
    days = forms.IntegerField(label=_("Days until it ends"), min_value=1, max_value=90, initial=30)
    deeds = forms.MultipleChoiceField(
        label=_("What it may do"),
        help_text=_("Tick nothing to let it do all that your office may do."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, office: Office, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type] # handed on as they came
        field = cast("forms.MultipleChoiceField", self.fields["deeds"])
        held = [one for one in Deed if (office, one) in visible.table()]
        field.choices = [(one.value, DEEDS[one]) for one in held]
