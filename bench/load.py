"""An open-loop client: requests leave on time whether or not earlier ones were answered.

A request's time runs from the instant at which it was due, so that waiting behind a slow one
counts. Several people are signed in; each reads pages that the pages themselves lead to.
"""

import gzip
import http.client
import queue
import random
import re
import statistics
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlencode, urlsplit

WAIT_S, WORKERS, KEPT, STEPS = 30.0, 64, 400, 40
HREF = re.compile(r'href="([^"#]+)"')
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
SETTLED = 200


@dataclass(frozen=True, slots=True)
class Page:
    """A kind of page: which addresses are of it, and how often it is read."""

    name: str
    address: re.Pattern[str]
    weight: int


def page(name: str, path: str, weight: int) -> Page:
    """A kind by the path of its addresses below the language, a regular expression."""
    return Page(name, re.compile(rf"/en/{path}(\?.*)?"), weight)


PAGES = (
    page("home", "", 10),
    page("docket", "docket/", 14),
    page("case", "cases/.+/", 14),
    page("person", "person/[^/]+/", 16),
    page("timeline", "person/[^/]+/timeline/", 10),
    page("receipt", "person/[^/]+/receipt/[0-9]+/", 2),
    page("transfers", "transfers/", 5),
    page("manifest", "transfers/[^/]+/", 5),
    page("facilities", "facilities/", 3),
    page("facility", "facilities/[^/]+/", 4),
    page("roll", "roll/", 4),
    page("statements", "money/", 2),
    page("statement", "money/statements/[^/]+/", 2),
    page("agreement", "agreement/", 3),
    page("search", "search/", 6),
)


@dataclass(slots=True)
class Session:
    """Somebody signed in, and the addresses that their pages lead to."""

    name: str
    cookies: dict[str, str] = field(default_factory=dict)
    known: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one request."""

    name: str
    seconds: float  # from when it was due
    status: int  # 0: none came
    size: int  # bytes of the body as they were sent


class Client:
    """Reads pages of one installation, as from many desks: the one longest idle asks next."""

    def __init__(self, address: str, source: str = "127.0.0.1") -> None:
        self._host = urlsplit(address).netloc
        self._idle = queue.SimpleQueue[http.client.HTTPConnection]()
        for _ in range(WORKERS):
            peer = http.client.HTTPConnection(
                self._host, timeout=WAIT_S, source_address=(source, 0)
            )
            self._idle.put(peer)

    def close(self) -> None:
        """Hang up on every line; nobody may be asking."""
        while not self._idle.empty():
            self._idle.get().close()

    def get(self, session: Session, path: str) -> tuple[int, bytes]:
        """A page as it was sent."""
        return self._ask(session, "GET", path)

    def text(self, session: Session, path: str) -> str:
        """A page that must be there."""
        status, body = self.get(session, path)
        if status != SETTLED:
            raise LookupError(f"{session.name} {path}: {status}")
        return (gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body).decode()

    def sign_in(self, session: Session, password: str) -> None:
        """As a person does it, with the form."""
        path = "/en/accounts/login/"
        token = TOKEN.search(self.text(session, path))
        said = {"login": session.name, "password": password}
        stated = said | {"csrfmiddlewaretoken": token.group(1) if token else ""}
        status, _ = self._ask(session, "POST", path, urlencode(stated))
        if status not in {302, 303}:
            raise LookupError(f"{session.name} was not signed in: {status}")

    def _ask(
        self, session: Session, method: str, path: str, body: str | None = None
    ) -> tuple[int, bytes]:
        peer = self._idle.get()
        cookies = "; ".join(f"{name}={value}" for name, value in session.cookies.items())
        headers = {"Cookie": cookies, "Accept-Encoding": "gzip", "Accept-Language": "en"}
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded"}
            headers |= {"Referer": f"http://{self._host}{path}"}
        try:
            found, data = _exchanged(peer, method, path, body, headers)
        finally:
            self._idle.put(peer)
        for line in found.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            session.cookies[name] = value
        return found.status, data


def _exchanged(
    peer: http.client.HTTPConnection,
    method: str,
    path: str,
    body: str | None,
    headers: Mapping[str, str],
) -> tuple[http.client.HTTPResponse, bytes]:
    """One answer; where the server hung up on an idle line, reading is asked once more (RFC 9110).

    A browser does the same. The time that it takes counts.
    """
    used = peer.sock is not None
    for again in (used and method == "GET", False):
        try:
            peer.request(method, path, body, dict(headers))
            found = peer.getresponse()
            return found, found.read()
        except (OSError, http.client.HTTPException) as error:
            peer.close()  # it opens anew when it is used next
            if not again or not isinstance(error, ConnectionError):
                raise
    raise AssertionError


def kind_of(path: str) -> Page | None:
    """The kind of an address; None for another."""
    return next((one for one in PAGES if one.address.fullmatch(path)), None)


def _wanted(path: str) -> bool:
    return kind_of(path) is not None and "format=" not in path  # the page, not its CSV


def explore(client: Client, session: Session, seeds: Sequence[str], draw: random.Random) -> None:
    """Walk through the pages and keep what they lead to."""
    waiting, seen = list(seeds), set(seeds)
    for _ in range(STEPS):
        if not waiting:
            return
        path = waiting.pop(0)
        status, body = client.get(session, path)
        found = kind_of(path)
        if status != SETTLED or found is None:
            continue
        session.known[found.name].append(path)
        text = (gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body).decode()
        links = [unescape(one) for one in HREF.findall(text)]
        whole = [f"{path.partition('?')[0]}{one}" if one[:1] == "?" else one for one in links]
        fresh = [one for one in dict.fromkeys(whole) if one not in seen and _wanted(one)]
        draw.shuffle(fresh)
        fresh.sort(key=lambda one: len(session.known[getattr(kind_of(one), "name", "")]))
        seen.update(fresh)
        for one in fresh:
            kind = kind_of(one)
            if kind and len(session.known[kind.name]) < KEPT:
                session.known[kind.name].append(one)
        waiting += fresh[:6]


def schedule(
    sessions: Sequence[Session], rate: float, seconds: float, draw: random.Random
) -> list[tuple[float, Session, Page, str]]:
    """When whom reads what: evenly in time, by weight among what the person can reach."""
    found = []
    for number in range(int(rate * seconds)):
        session = sessions[number % len(sessions)]
        open_ = [one for one in PAGES if session.known.get(one.name)]
        chosen = draw.choices(open_, [one.weight for one in open_])[0]
        found.append((number / rate, session, chosen, draw.choice(session.known[chosen.name])))
    return found


def run(client: Client, planned: Sequence[tuple[float, Session, Page, str]]) -> list[Answer]:
    """Ask everything when it is due."""
    begun = time.perf_counter()

    def ask(due: float, session: Session, kind: Page, path: str) -> Answer:
        status, size = 0, 0
        try:
            status, body = client.get(session, path)
            size = len(body)
        except (OSError, http.client.HTTPException):
            pass
        return Answer(kind.name, time.perf_counter() - begun - due, status, size)

    with ThreadPoolExecutor(WORKERS) as pool:
        waiting = []
        for due, session, kind, path in planned:
            time.sleep(max(0.0, begun + due - time.perf_counter()))
            waiting.append(pool.submit(ask, due, session, kind, path))
        return [one.result() for one in waiting]


def quantile(times: Sequence[float], share: float) -> float:
    """A share of the times is not above it."""
    kept = sorted(times)
    return kept[min(len(kept) - 1, int(share * len(kept)))]


def table(answers: Sequence[Answer]) -> str:
    """Latencies by page, in milliseconds."""
    by_page: Mapping[str, list[Answer]] = defaultdict(list)
    for one in answers:
        by_page[one.name].append(one)
        by_page["all"].append(one)
    names = [one.name for one in PAGES if one.name in by_page] + ["all"]
    lines = ["| page | requests | errors | p50 ms | p95 ms | p99 ms | kB sent |", "|---" * 7 + "|"]
    for name in names:
        found = by_page[name]
        times = [1e3 * one.seconds for one in found]
        bad = sum(one.status != SETTLED for one in found)
        size = max(one.size for one in found) / 1e3
        lines.append(
            f"| {name} | {len(found):,} | {bad} | {statistics.median(times):.0f} "
            f"| {quantile(times, 0.95):.0f} | {quantile(times, 0.99):.0f} | {size:.1f} |"
        )
    return "\n".join(lines)
