"""The pages of allauth that are kept, where they are not just as it has them."""

from typing import cast

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from allauth.socialaccount.providers.openid_connect import views as openid
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from habeas.web.accounts import ledger, sessions
from habeas.web.accounts.models import Change, User
from habeas.web.accounts.step_up import stepped_up
from habeas.web.clock import now


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


@require_POST
@stepped_up
def sign_out_elsewhere(request: HttpRequest) -> HttpResponse:
    """End every other session of whoever asks."""
    user = cast("User", request.user)  # nobody else passes the step-up
    sessions.end_others(request, user)
    ledger.write(Change.Kind.SESSIONS_ENDED, user, user, now())
    messages.success(request, _("You are signed out everywhere else."))
    return HttpResponseRedirect(reverse("mfa_index"))


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
