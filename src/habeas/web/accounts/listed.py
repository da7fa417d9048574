"""Accounts, tokens and what was done to them, as tables."""

from collections.abc import Iterable
from datetime import datetime

from django.core.paginator import Page
from django.urls import reverse
from django.utils.translation import gettext as _

from habeas.terms import Office
from habeas.web.accounts.forms import OFFICES
from habeas.web.accounts.models import AccessToken, Change, User
from habeas.web.components import Column, Link, Pages, Table, Tag
from habeas.web.words import deeds


def users(found: Iterable[User]) -> Table:
    """Everybody with an account."""
    titles = (
        _("Name to sign in with"),
        _("Authority"),
        _("Office"),
        _("State of the account"),
        _("Last signed in"),
    )
    rows = [
        (
            Link(one.username, reverse("accounts_user", args=[one.pk])),
            one.authority or _("None"),
            OFFICES[Office(one.office)] if one.office else _("None"),
            account(one),
            one.last_login or _("Never"),
        )
        for one in found
    ]
    return Table(_("Everybody with an account"), [Column(title) for title in titles], rows)


def account(one: User) -> Tag:
    """Whether somebody may sign in."""
    return Tag(_("Active"), "green") if one.is_active else Tag(_("Deactivated"), "red")


def done(found: Iterable[Change]) -> Table:
    """What was done to accounts."""
    titles = (_("When"), _("Account"), _("What"), _("By"), _("Details"))
    rows = [
        (
            one.at,
            one.user.username,
            str(one.get_kind_display()),
            one.by.username if one.by else _("A command of the installation"),
            ", ".join(f"{name}={value}" for name, value in one.detail.items()),
        )
        for one in found
    ]
    return Table(_("What was done, latest first"), [Column(title) for title in titles], rows)


def tokens(found: Iterable[AccessToken], caption: str, now: datetime) -> Table:
    """Access tokens, each with the way to revoke it while it is valid."""
    titles = (
        _("Token"),
        _("Begins with"),
        _("Owner"),
        _("May do"),
        _("Ends"),
        _("Last used"),
        _("State of the token"),
    )
    rows = [
        (
            Link(one.name, reverse("accounts_revoke", args=[one.pk]), _("to revoke it"))
            if _valid(one, now)
            else one.name,
            one.prefix,
            one.user.username,
            _("All that the office may do") if one.deeds is None else deeds(one.deeds),
            one.expires_at,
            one.last_used_at or _("Never"),
            _state(one, now),
        )
        for one in found
    ]
    return Table(caption, [Column(title) for title in titles], rows)


def pages(page: Page, **query: str) -> Pages:  # type: ignore[type-arg] # no generic when it runs
    """Which page of how many, with the filters kept."""
    return Pages(page.number, page.paginator.num_pages, query)


def _valid(one: AccessToken, now: datetime) -> bool:
    return one.revoked_at is None and one.expires_at > now


def _state(one: AccessToken, now: datetime) -> Tag:
    if one.revoked_at is not None:
        return Tag(_("Revoked"), "red")
    return Tag(_("Valid"), "green") if _valid(one, now) else Tag(_("Over"), "grey")
