"""The real settings with one page, the style guide, and facts put on the request by hand."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from habeas.web.chrome import Item
from habeas.web.security import Answer
from habeas.web.settings import *  # noqa: F403
from habeas.web.settings import MIDDLEWARE as REAL

# The sign-in and the tables have their own tests; here are pages alone.
LEFT_OUT = ("Asker", "Enrolment", "Fence")
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
ROOT_URLCONF = "web.look.guide_urls"
MIDDLEWARE = [
    *(one for one in REAL if not one.rpartition(".")[2].startswith(LEFT_OUT)),
    "web.look.guide_settings.facts",
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


def facts(get_response: Answer) -> Answer:
    """Puts on each request what other middleware puts there in an installation."""

    def _answer(request: HttpRequest) -> HttpResponseBase:
        vars(request).update(
            installation=Whose(),
            asker=object(),
            checkpoint=Point(),
            as_of=datetime(2026, 11, 14, 15, 2, tzinfo=UTC),
            navigation=[
                Item("Docket", "#main-content"),
                Item("Transfers", "#main-content", here=True),
                Item("Facilities", "#main-content"),
            ],
        )
        return get_response(request)

    return _answer
