"""Pages that are for everybody: help with errors, accessibility, privacy, licences, about."""

import json
from datetime import timedelta
from functools import cache
from importlib.metadata import version
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from habeas.adapters import error_pages
from habeas.service import agree
from habeas.terms import Deed
from habeas.web import wiring
from habeas.web.asked import AskedRequest
from habeas.web.components import Row
from habeas.web.desk import figures
from habeas.web.readmodels import visible

GOOD_FOR = timedelta(days=90)  # of security.txt, from when it is asked
GROUP = 2  # characters of a code that say what it is about


def help_index(request: AskedRequest) -> HttpResponse:
    """Every code of an error, by what it is about."""
    groups = [
        (code, about, [one for one in error_pages.pages() if one.startswith(code)])
        for code, about in error_pages.groups().items()
    ]
    return render(request, "desk/help_index.html", {"groups": groups})


def help_page(request: AskedRequest, code: str) -> HttpResponse:
    """What one code means and what to do."""
    found = error_pages.pages().get(code.upper())
    if found is None:
        raise Http404
    what, fix = found
    about = error_pages.groups().get(code.upper()[:GROUP], "")
    context = {"code": code.upper(), "what": what, "fix": fix, "about": about}
    return render(request, "desk/help.html", context)


def accessibility(request: AskedRequest) -> HttpResponse:
    """How far these pages can be used by everybody, and how that was found out."""
    return render(request, "desk/accessibility.html")


def privacy(request: AskedRequest) -> HttpResponse:
    """What is kept of persons and of whoever reads about them."""
    context = {
        "session": settings.SESSION_COOKIE_NAME,
        "reads": visible.may(request.asker, Deed.SEE_AGREEMENT),
    }
    return render(request, "desk/privacy.html", context)


@cache
def _vendored() -> list[dict[str, Any]]:  # Any: of a JSON file
    text = (settings.WEB / "static" / "vendor" / "MANIFEST.json").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = json.loads(text)["packages"]
    for one in found:
        licence = settings.WEB / "static" / "vendor" / one["licence_text"]
        one["text"] = licence.read_text(encoding="utf-8")
    return found


def licences(request: AskedRequest) -> HttpResponse:
    """The licences of what others wrote and these pages carry."""
    return render(request, "desk/licences.html", {"packages": _vendored()})


def about(request: AskedRequest) -> HttpResponse:
    """What runs here, under which rules, and how far it has read the register."""
    deal = wiring.ground().deal
    found = agree.in_force(wiring.library(), deal.id, figures.now(request).date())
    place = visible.position()
    rows = [
        Row(_("Installation"), wiring.installation().name),
        Row(_("Version"), f"habeas {version('habeas')}"),
        Row(_("Agreement"), f"{found['agreement']} {found['version']}"),
        Row(_("SHA-256 of the agreement's file"), found["file"]),
        Row(_("SHA-256 of the rules in force today"), found["rules"]),
        Row(_("Time zone data"), found["tzdata"]),
        Row(_("Entries of the register that were read"), place.size if place else 0),
    ]
    note = place.checkpoint if place else ""
    figures.footer(request, note)
    return render(request, "desk/about.html", {"rows": rows, "note": note})


def security(request: AskedRequest) -> HttpResponse:
    """Where a weakness is reported, as RFC 9116 has it."""
    until = figures.now(request) + GOOD_FOR
    with override("en"):
        contact = f"{settings.ADDRESS}{reverse('about')}"
    lines = (
        f"Contact: {contact}",
        f"Expires: {until.isoformat().replace('+00:00', 'Z')}",
        f"Preferred-Languages: {', '.join(code for code, _name in settings.LANGUAGES)}",
        f"Canonical: {settings.ADDRESS}{request.path}",
    )
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


urlpatterns = [
    path("help/", help_index, name="help_index"),
    path("help/<slug:code>/", help_page, name="help"),
    path("accessibility/", accessibility, name="accessibility"),
    path("privacy/", privacy, name="privacy"),
    path("licences/", licences, name="licences"),
    path("about/", about, name="about"),
]
well_known = [path(".well-known/security.txt", security, name="security_txt")]
