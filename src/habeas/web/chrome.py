"""What stands on every page around its own content; read from the request, with plain absences.

Others put facts on the request: `asker` (None for nobody), `installation` (whose this is), `now`,
and `checkpoint` (what the page was computed from). Whatever is absent is left out of the page,
except the checkpoint, whose absence is said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.metadata import version
from typing import Protocol

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse, translate_url
from django.utils.translation import get_language, get_language_info, override

from habeas.web.components import Words


class Checkpoint(Protocol):
    """The state of the register that a page was computed from."""

    @property
    def size(self) -> int:
        """How many entries it covers."""

    @property
    def root(self) -> str:
        """The hash over them, as text."""


@dataclass(frozen=True, slots=True)
class Item:
    """A way in the navigation; `here` when the open page lies under it."""

    text: Words
    href: str
    here: bool = False


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language of the pages; an empty address is the language of this page."""

    code: str
    name: str
    href: str


@dataclass(frozen=True, slots=True)
class Chrome:
    """The frame of a page."""

    version: str
    home: str
    tongues: Sequence[Tongue]
    signed_in: bool = False
    person: str = ""  # who is signed in, as they are called here
    installation: str = ""
    demonstration: bool = False
    navigation: Sequence[Item] = ()
    search: str = ""  # address of the search by register number; empty: there is none
    checkpoint: Checkpoint | None = None
    as_of: datetime | None = None  # None: the page tells nothing of an instant
    ways: Mapping[str, str] = field(default_factory=dict)  # by name; an absent one has no address


# By address name. Whoever adds a page of one of these names has it linked on every page.
NAMES = (
    "account_login",
    "account_logout",
    "accessibility",
    "privacy",
    "licences",
    "open",
    "search",
    "home",
)


def chrome(request: HttpRequest) -> dict[str, Chrome]:
    """The context processor: `chrome` for the templates."""
    installation = getattr(request, "installation", None)
    ways = _ways(get_language())
    signed_in = getattr(request, "asker", None) is not None
    user = getattr(request, "user", None)
    known = user is not None and user.is_authenticated
    found = Chrome(
        version=_version(),
        home=ways.get("home", "/"),
        tongues=tongues(request.get_full_path()),
        signed_in=signed_in or known,
        person=user.get_username() if known and user is not None else "",
        installation=getattr(installation, "name", ""),
        demonstration=bool(getattr(installation, "demonstration", False)),
        navigation=tuple(getattr(request, "navigation", ())),
        search=ways.get("search", "") if signed_in else "",
        checkpoint=getattr(request, "checkpoint", None),
        as_of=getattr(request, "as_of", None),
        ways=ways,
    )
    return {"chrome": found}


@cache
def _version() -> str:
    return version("habeas")


@cache
def _ways(_language: str | None) -> Mapping[str, str]:
    """The addresses of the names; they are the language's, and the same for every page of it."""
    return {name: href for name in NAMES if (href := address(name))}


def address(name: str) -> str:
    """The address of that name; empty where this installation has no such page."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def tongues(path: str) -> list[Tongue]:
    """The languages of the pages, each in its own words, with the address of this page in it."""
    here = get_language()
    return [
        Tongue(code, _own_name(code), "" if code == here else translate_url(path, code))
        for code, _name in settings.LANGUAGES
    ]


@cache
def _own_name(code: str) -> str:
    with override(code):
        name = str(get_language_info(code)["name_local"])
    return name[:1].upper() + name[1:]
