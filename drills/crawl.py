"""Everybody of a demonstration goes through the pages of an installation, as far as links lead.

Pages are fetched by HTTP as each officer, one page a kind; then a browser opens each view once in
each language: words as scripts leave them, and axe.
"""

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import EnumType, StrEnum
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

from django.urls import (
    LocalePrefixPattern,
    NoReverseMatch,
    Resolver404,
    URLPattern,
    URLResolver,
    get_resolver,
    resolve,
    reverse,
)
from django.utils.translation import override

from drills.sites import Site
from drills.spoken import Page, Tongues
from habeas import terms

SEED, DEPTH, THREADS, WAIT_S = 7, 3, 2, 60
OK, GONE = 200, 404
SHOWN = frozenset({OK, 409, 422})  # a refusal in words is a page too
GOOD, TRIED, EVERY = 2, 12, 10**9
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
PASSWORD, PERSON = (
    re.compile(r"(http://\S+): .* password (\S+)"),
    re.compile(r"^ {2}(\S+) +(\S+) of", re.MULTILINE),
)
# Words of an address that name a kind of thing, and nobody and no thing.
TERMS = frozenset(
    str(member.value)
    for term in vars(terms).values()
    if isinstance(term, EnumType)
    for member in list[StrEnum](term)
)
LEFT = frozenset({"account_logout"})  # whoever follows it sees nothing more
LANGUAGES = ("es", "en")


@dataclass(frozen=True, slots=True)
class Kind:
    """A view, and the words of its address: what is alike but for whom or what it is about."""

    view: str
    words: tuple[str, ...]
    taken: Mapping[str, object] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Visit:
    """A page that somebody reached."""

    site: Site
    person: str  # empty: nobody signed in
    path: str
    status: int
    kind: Kind
    html: str
    cookies: Mapping[str, str]


SIGN_IN, HOME = "/es/accounts/login/", Kind("home", ())


class Walker:
    """Somebody who follows links, with cookies of their own."""

    def __init__(self, site: Site, person: str, lang: str) -> None:
        self.site, self.person, self.lang = site, person, lang
        self.jar = CookieJar()
        self.line: OpenerDirector = build_opener(HTTPCookieProcessor(self.jar))
        if person:
            self._sign_in()

    def _sign_in(self) -> None:
        path = f"/{self.lang}/accounts/login/"
        token = TOKEN.search(self.fetch(path)[2])
        assert token is not None
        given = {"login": self.person, "password": self.site.password}
        sent = urlencode(given | {"csrfmiddlewaretoken": token[1]}).encode()
        _, address, _ = self.fetch(path, sent)
        assert "login" not in address, f"{self.person} cannot sign in"

    def fetch(self, path: str, sent: bytes | None = None) -> tuple[int, str, str]:
        """Status, where one ends up, and the page there: a refusal's too; empty for a file."""
        request = Request(self.site.address + path, sent)  # noqa: S310 - our own server
        request.add_header("Referer", self.site.address + path)
        try:
            answer = self.line.open(request, timeout=WAIT_S)
        except HTTPError as refusal:
            answer = refusal
        with answer:
            kind = answer.headers.get_content_type()
            text = answer.read().decode() if kind == "text/html" else ""
            return int(answer.status), str(answer.url), text

    def walk(self, starts: Sequence[str], depth: int, met: "Met") -> Iterator[Visit]:
        """The pages within reach, as far as others have not met enough of their kind."""
        waiting, known = deque((one, depth) for one in starts), set(starts)
        while waiting:
            path, left = waiting.popleft()
            kind = kind_of(path)
            if kind is None or kind.view in LEFT or met.enough(kind, named=left == depth):
                continue
            status, address, html = self.fetch(path)
            here = _path(self.site, address, "", self.lang)
            met.note(kind, good=bool(html) and status == OK and here == path)
            if not html or not here or (left == depth and status == GONE):
                continue
            yield Visit(self.site, self.person, here, status, kind, html, self.cookies())
            if left:
                found = [_path(self.site, address, one, self.lang) for one in Page(html).links]
                new = [one for one in dict.fromkeys(found) if one and one not in known]
                known |= set(new)
                waiting += [(one, left - 1) for one in new]

    def cookies(self) -> dict[str, str]:
        """What the browser must carry to be the same person."""
        return {one.name: one.value or "" for one in self.jar}


def _path(site: Site, address: str, link: str, lang: str) -> str:
    """A link within the pages of a language, without its place on the page; empty for others."""
    whole = urlsplit(urljoin(address, link))
    inside = f"{whole.scheme}://{whole.netloc}" == site.address
    if not inside or not whole.path.startswith(f"/{lang}/"):
        return ""
    return whole.path + (f"?{whole.query}" if whole.query else "")


class Met:
    """How often each kind of page was met, and how often it is to be."""

    def __init__(self, good: int, tried: int) -> None:
        self.limits, self.good, self.tried = (good, tried), Counter[Kind](), Counter[Kind]()

    def enough(self, kind: Kind, *, named: bool) -> bool:
        """Whether no more of a kind are asked for; of an address that no link gave, fewer."""
        good, tried = self.limits
        return self.good[kind] >= good or (named and self.tried[kind] >= tried)

    def note(self, kind: Kind, *, good: bool) -> None:
        """Count a page; a good one is a page that was shown."""
        self.tried[kind] += 1
        self.good[kind] += good

    def forget(self, kind: Kind) -> None:
        """Let somebody else meet it again."""
        del self.tried[kind], self.good[kind]


def kind_of(path: str) -> Kind | None:
    """What kind of page lies at an address; None where there is none, as for a static file."""
    with override(path.split("/")[1]):
        try:
            found = resolve(urlsplit(path).path)
        except Resolver404:
            return None
    words = [value for value in map(str, found.kwargs.values()) if value in TERMS]
    return Kind(found.view_name, tuple(words), found.kwargs)


def starts(lang: str, known: Iterable[Mapping[str, object]] = ()) -> list[str]:
    """Addresses of all views, the shortest first.

    Args:
        lang: their language.
        known: what other addresses named; views that take just these things are asked for them too.
    """
    found = list[str]()
    with override(lang):
        for name in names():
            for taken in ({}, *known):
                with suppress(NoReverseMatch):
                    found.append(reverse(name, kwargs=dict(taken)))
    return sorted({one for one in found if one.startswith(f"/{lang}/")}, key=len)


def names() -> list[str]:
    """The names of all views that are in a language."""
    every = get_resolver().url_patterns
    return sorted(set(_names(one for one in every if isinstance(one.pattern, LocalePrefixPattern))))


def _names(patterns: Iterable[URLPattern | URLResolver]) -> Iterator[str]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from _names(one.url_patterns)
        elif one.name:
            yield one.name


def visits(site: Site, depth: int = DEPTH, *, every: bool = False) -> Iterator[Visit]:
    """What nobody and everybody reaches in Spanish: each kind a few times, or every page."""
    met = Met(EVERY, EVERY) if every else Met(GOOD, TRIED)
    things = dict[frozenset[str], Mapping[str, object]]()  # one of each sort that an address names
    yield from Walker(site, "", "es").walk([SIGN_IN], depth, met)
    for names in site.people.values():
        for person in names if every else names[:1]:
            met.forget(HOME)  # what needs them differs, whoever they are
            walker = Walker(site, person, "es")
            for visit in walker.walk(starts("es", things.values()), depth, met):
                things.setdefault(frozenset(visit.kind.taken), visit.kind.taken)
                yield visit


def faults(visit: Visit, tongues: Tongues) -> Iterator[str]:
    """What is wrong with a page in Spanish as it was sent."""
    page, who = Page(visit.html), visit.person or "nobody"
    if visit.status not in SHOWN:
        yield f"{visit.path} as {who}: status {visit.status}"
    for why in tongues.faults(page, "es"):
        yield f"{visit.path} as {who}: {why}"
    there = page.alternates.get("en")
    if there != visit.path.replace("/es/", "/en/", 1):
        yield f"{visit.path}: the English page is said to be {there!r}"


def once(found: Iterable[Visit]) -> list[Visit]:
    """The first page of each view that was shown."""
    views = dict[str, Visit]()
    for one in found:
        if one.status == OK and one.path and kind_of(one.path) == one.kind:
            views.setdefault(one.kind.view, one)
    return list(views.values())
