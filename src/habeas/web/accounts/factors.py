"""The pages of allauth that are kept, where they are not just as it has them."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from allauth.socialaccount.providers.openid_connect import views as openid
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse


class RemoveKeyView(RemoveWebAuthnView):
    """Remove a passkey or security key, unless it is the last second factor."""

    def form_valid(self, form: Form) -> HttpResponse:
        """Remove it, or say why it stays."""
        adapter = get_adapter()
        if adapter.can_delete_authenticator(self.get_object()):
            return super().form_valid(form)
        refused = adapter.error_messages["cannot_delete_authenticator"]
        messages.error(self.request, refused)
        return HttpResponseRedirect(reverse("mfa_list_webauthn"))


def to_provider(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send somebody on to their identity provider, by a page of its own.

    The policy of every page lets a form lead to this installation alone, and a browser holds the
    answer of a form to that too: so the answer is a page that goes on by itself, not a redirect.
    """
    found = openid.login(request, provider_id)
    if found.status_code == HttpResponseRedirect.status_code:
        onward = {"address": found["Location"]}
        return render(request, "socialaccount/onward.html", onward)
    return found
