"""What an administrator may type of an address that is told."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from habeas.errors import SetupError
from habeas.web import wiring
from habeas.web.hooks import enrolled

KEY = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
INDEX = 2**53


class AddressForm(forms.Form):
    """A new address. `key` was drawn with the page: sent twice, it is added once."""

    name = forms.CharField(label=_("What to call it"), max_length=80)
    address = forms.CharField(label=_("Address"), max_length=500)
    key = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type] # handed on as they came
        hosts = ", ".join(wiring.installation().webhook_hosts)
        self.fields["address"].help_text = (
            _("It begins with https:// and leads to one of these hosts: %(hosts)s.")
            % {"hosts": hosts}
            if hosts
            else _("The installation's file names no host under webhook_hosts yet.")
        )

    def clean_address(self) -> str:
        """An address on an enrolled host."""
        address: str = self.cleaned_data["address"].strip()
        try:
            enrolled.target(address)
        except SetupError as error:
            raise forms.ValidationError(_ADDRESS, params={"code": error.code}) from error
        return address

    def clean_key(self) -> str:
        """The key that the page was given."""
        key: str = self.cleaned_data["key"]
        if not KEY.fullmatch(key):
            raise forms.ValidationError(_("Open the page again, and send the form once more."))
        return key


_ADDRESS = _(
    "%(code)s: nothing may be sent to that address. Write an https:// address on a host that the "
    "installation's file names."
)


class ReplayForm(forms.Form):
    """From where to tell an address anew."""

    index = forms.IntegerField(
        label=_("First index"),
        help_text=_("Everything in the register from this index on is told anew."),
        min_value=0,
        max_value=INDEX,
    )
