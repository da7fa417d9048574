"""What this installation asks of allauth that its settings cannot say."""

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.internal.stagekit import unstash_login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from habeas.web.accounts import demo, ledger, sessions
from habeas.web.accounts.models import Change, User
from habeas.web.clock import now

_log = logging.getLogger("habeas.sign_in")
STRONG = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_second_factor(user: User) -> bool:
    """Whether somebody has a factor of their own beside a password; recovery codes are none."""
    return Authenticator.objects.filter(user=user, type__in=STRONG).exists()


def proved_lately(request: HttpRequest) -> bool:
    """Whether whoever is signed in showed their second factor within the window of step-up.

    A password alone shows nothing, but for people who exist for a demonstration alone, and for
    whoever has no second factor yet and can do nothing but set one up.
    """
    user = request.user
    if not isinstance(user, User):
        return False
    enough = {"mfa"}
    if demo.may_sign_in_plainly(user) or not has_second_factor(user):
        enough |= {"password", "socialaccount", demo.SWITCHED}
    since = now().timestamp() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    return any(
        record["method"] in enough and record["at"] > since
        for record in get_authentication_records(request, user)
    )


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up; a second factor confirms; every sign-in is written down."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by an administrator."""
        del request
        return False

    def is_safe_url(self, url: str) -> bool:
        """Whether one may be sent on to an address: within this installation alone."""
        own = {self.request.get_host()}
        return url_has_allowed_host_and_scheme(url, own, require_https=self.request.is_secure())

    def is_reauthentication_required(self, *, app: str, **kwargs: object) -> bool:
        """Whether a change of one's own factors asks for one of them first."""
        del app, kwargs
        return not proved_lately(self.request)

    def get_reauthentication_methods(
        self, user: AbstractBaseUser | AnonymousUser
    ) -> list[dict[str, Any]]:
        """How somebody may confirm who they are: by a password only where they have no more."""
        found = super().get_reauthentication_methods(user)
        strong = [one for one in found if one["id"] != "reauthenticate"]
        return strong or found

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:  # noqa: ANN401 - allauth's own
        """Refuse whoever is deactivated, or waited too long to use a first password.

        Who exists for a demonstration alone is refused in every other installation.
        """
        over = user.first_password_until is not None and user.first_password_until < now()
        if user.is_active and (over or (user.demonstration and not demo.allowed())):
            return render(request, "account/first_password_over.html", status=403)
        return super().pre_login(request, user, **kwargs)

    def authentication_failed(self, request: HttpRequest, **credentials: object) -> None:
        """Log that a password was refused, and for which account; never what was typed."""
        del request
        found = User.objects.filter(username=str(credentials.get("username", ""))).first()
        _refused_sign_in("password", found)

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign somebody in, under a new session key."""
        super().login(request, user)
        ways = [record["method"] for record in get_authentication_records(request, user)]
        ledger.write(Change.Kind.SIGNED_IN, user, user, now(), {"by": ways})

    def set_password(self, user: User, password: str) -> None:
        """Set the password that somebody chose for themself."""
        user.first_password_until = None
        super().set_password(user, password)
        ledger.write(Change.Kind.PASSWORD, user, user, now())

    def send_notification_mail(
        self, template_prefix: str, user: User, *args: object, **kwargs: object
    ) -> None:
        """Write down a change of somebody's factors, where allauth would send a letter.

        Whoever adds a factor has just shown it.
        """
        del args, kwargs
        room, _letter, what = template_prefix.split("/")
        if room == "mfa":
            sessions.end_others(self.request, user)  # whoever had the old factor is out
            ledger.write(Change.Kind.FACTORS, user, user, now(), {"what": what})
        if what in {"totp_activated", "webauthn_added"}:
            record_authentication(self.request, user, "mfa", reauthenticated=True)


class FactorAdapter(DefaultMFAAdapter):
    """The last second factor stays."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _("Add another second factor before you remove this one.")
    }

    def validation_error(self, code: str, *args: object) -> ValidationError:
        """What a form is told; that a second factor was refused is logged."""
        if code == "incorrect_code":
            signing_in = unstash_login(self.request, peek=True)
            _refused_sign_in("second factor", signing_in.user if signing_in else self.request.user)
        return super().validation_error(code, *args)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whether another second factor would be left."""
        others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=STRONG)
        return others.exclude(pk=authenticator.pk).exists()


class ProviderAdapter(DefaultSocialAccountAdapter):
    """A state's identity provider signs in people who have an account, and makes none."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Refuse every use of a provider but to sign in, and a second person under one account."""
        if sociallogin.state.get("process") not in (None, "login"):
            raise ImmediateHttpResponse(_refused(request))
        known = SocialAccount.objects.filter(
            user_id=sociallogin.user.pk, provider=sociallogin.account.provider
        )
        if known.exclude(uid=sociallogin.account.uid).exists():
            raise ImmediateHttpResponse(_refused(request))

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Accounts are made by an administrator."""
        del request, sociallogin
        return False

    def authenticate_by_email(self, sociallogin: SocialLogin) -> tuple[User, str] | None:
        """The one person whose address the provider has verified; None where there is not one.

        Some providers write "false": only the value true is a yes.
        """
        said = [one.email for one in sociallogin.email_addresses if one.verified is True]
        found = list(User.objects.filter(email__iexact=said[0])[:2]) if len(said) == 1 else []
        return (found[0], said[0]) if len(found) == 1 else None


def _refused_sign_in(what: str, user: object) -> None:
    who = f"account {user.pk}" if isinstance(user, User) else "no account"
    _log.warning("a %s was refused, for %s", what, who)


def _refused(request: HttpRequest) -> HttpResponse:
    return render(request, "account/signup_closed.html", status=403)
