"""The real settings with one page, the style guide, and facts put on the request by hand."""

from dataclasses import dataclass
from datetime import UTC, datetime

from habeas.web.settings import *  # noqa: F403
from habeas.web.settings import MIDDLEWARE as REAL

# The sign-in and the tables have their own tests; here are pages alone.
LEFT_OUT = ("Asker", "Enrolment")
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
ROOT_URLCONF = "web.guide_urls"
MIDDLEWARE = [
    *(one for one in REAL if not one.rpartition(".")[2].startswith(LEFT_OUT)),
    "web.guide_settings.facts",
]
ALLOWED_HOSTS = ["localhost"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
STATIC_ROOT = None


@dataclass(frozen=True)
class Whose:
    name: str = "Sending state, demonstration"
    demonstration: bool = True


@dataclass(frozen=True)
class Point:
    size: int = 12_034
    root: str = "Vt2bK6Y9CTnYhTVZlvfpGZFQuNBP0cAJ8gQYG4nqN2w="


def facts(get_response):  # type: ignore[no-untyped-def]  # Django's own shape
    """Puts on each request what other middleware puts there in an installation."""
    from habeas.web.chrome import Item

    def _answer(request):  # type: ignore[no-untyped-def]
        request.installation = Whose()
        request.asker = object()
        request.checkpoint = Point()
        request.as_of = datetime(2026, 11, 14, 15, 2, tzinfo=UTC)
        request.navigation = [
            Item("Docket", "#main-content"),
            Item("Transfers", "#main-content", here=True),
            Item("Facilities", "#main-content"),
        ]
        return get_response(request)

    return _answer
