"""Everybody of a demonstration goes through the pages of an installation, as far as links lead.

Pages are fetched by HTTP as each officer, one page a kind; then a browser opens each view once in
each language: words as scripts leave them, and axe.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from http.cookiejar import CookieJar
from itertools import chain
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

from django.urls import (
    NoReverseMatch,
    Resolver404,
    URLPattern,
    URLResolver,
    get_resolver,
    resolve,
    reverse,
)
from django.utils.translation import override

from drills.spoken import Page, Tongues
from habeas.adapters import installation_files
from habeas.cli import installations, serve

SEED, DEPTH, THREADS, WAIT_S, OK = 7, 3, 2, 60, 200
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
PASSWORD, PERSON = re.compile(r"(http://\S+): .* password (\S+)"), re.compile(r"^ {2}(\S+) +(\S+) of", re.M)
WORD = re.compile(r"[a-z][a-z_-]*")  # of an address: a kind of thing, and no name of one
LEFT = frozenset({"account_logout"})  # whoever follows it sees nothing more
LANGUAGES = ("es", "en")


@dataclass(frozen=True, slots=True)
class Site:
    """One served installation, and who signs in to it: the names of each office."""

    address: str
    password: str
    people: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A view, and the words of its address: what is alike but for whom or what it is about."""

    view: str
    words: tuple[str, ...]


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


@contextmanager
def sites(folder: Path, agreements: Iterable[str], ports: Iterator[int], states: int) -> Iterator[list[Site]]:
    """Serve demonstrations: of each agreement the sending state's alone, or both."""
    now, made = datetime.now(UTC).replace(microsecond=0), list[Path]()
    for one in agreements:
        pair = (next(ports), next(ports))
        made += installations.make(folder / one, one, now, SEED, pair)[:states]
    served = [serve.Served(one, installation_files.read(one)) for one in made]
    with serve.running(served, THREADS) as told:
        yield [_site(one) for one in told.strip().split("\n\n")]


def _site(told: str) -> Site:
    found = PASSWORD.search(told)
    assert found is not None, told
    people = dict[str, list[str]]()
    for name, office in PERSON.findall(told):
        people.setdefault(office, []).append(name)
    return Site(found[1], found[2], people)


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

    def walk(self, starts: Sequence[str], depth: int, *, every: bool) -> Iterator[Visit]:
        """Each kind of page within reach, once; or every page."""
        waiting, known, kinds = deque((one, depth) for one in starts), set(starts), set[Kind]()
        while waiting:
            path, left = waiting.popleft()
            kind = kind_of(path)
            if kind is None or kind.view in LEFT or (kind in kinds and not every):
                continue
            status, address, html = self.fetch(path)
            if not html:
                continue
            kinds.add(kind)
            here = _path(self.site, address, "")
            yield Visit(self.site, self.person, here, status, kind, html, self.cookies())
            if left:
                found = [_path(self.site, address, one) for one in Page(html).links]
                new = [one for one in dict.fromkeys(found) if one and one not in known]
                known |= set(new)
                waiting += [(one, left - 1) for one in new]

    def cookies(self) -> dict[str, str]:
        """What the browser must carry to be the same person."""
        return {one.name: one.value or "" for one in self.jar}


def _path(site: Site, address: str, link: str) -> str:
    """A link within the installation, without its place on the page; empty for any other."""
    whole = urlsplit(urljoin(address, link))
    if f"{whole.scheme}://{whole.netloc}" != site.address:
        return ""
    return whole.path + (f"?{whole.query}" if whole.query else "")


def kind_of(path: str) -> Kind | None:
    """What kind of page lies at an address; None where there is none, as for a static file."""
    with override(path.split("/")[1]):
        try:
            found = resolve(urlsplit(path).path)
        except Resolver404:
            return None
    words = [value for value in map(str, found.kwargs.values()) if WORD.fullmatch(value)]
    return Kind(found.view_name, tuple(words))


def starts(lang: str) -> list[str]:
    """The addresses of all views that take nothing from the address, the home page first."""
    found = list[str]()
    with override(lang):
        for name in names():
            with suppress(NoReverseMatch):
                found.append(reverse(name))
    return sorted((one for one in found if one.startswith(f"/{lang}/")), key=len)


def names() -> list[str]:
    """The names of all views."""
    return sorted(set(_names(get_resolver().url_patterns)))


def _names(patterns: Iterable[URLPattern | URLResolver]) -> Iterator[str]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from _names(one.url_patterns)
        elif one.name:
            yield one.name


def visits(site: Site, depth: int = DEPTH, *, every: bool = False) -> Iterator[Visit]:
    """What nobody, and then everybody, reaches in Spanish."""
    first = starts("es")
    yield from Walker(site, "", "es").walk(first, depth, every=every)
    everybody = [names if every else names[:1] for names in site.people.values()]
    for person in chain.from_iterable(everybody):
        yield from Walker(site, person, "es").walk(first, depth, every=every)


def faults(visit: Visit, tongues: Tongues) -> Iterator[str]:
    """What is wrong with a page in Spanish as it was sent."""
    page = Page(visit.html)
    if visit.status != OK:
        yield f"{visit.path} as {visit.person or 'nobody'}: status {visit.status}"
    for why in tongues.faults(page, "es"):
        yield f"{visit.path} as {visit.person or 'nobody'}: {why}"
    there = page.alternates.get("en")
    if there != visit.path.replace("/es/", "/en/", 1):
        yield f"{visit.path}: the English page is said to be {there!r}"
