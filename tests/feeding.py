"""Two installations of OAS-A57, each the mirror and the witness of the other, without sockets.

The gateways, the mirrors, the witnesses and the files are real; only the line between both is a
call, which a test may cut or let lie.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from secrets import token_bytes
from tempfile import TemporaryDirectory

import acting
import gateways
from habeas.adapters import feed_files, gateway_files, mirror_files, register_files
from habeas.adapters.draft_store import DRAFTS, SqliteDrafts
from habeas.adapters.settlement_file import SETTLEMENTS, SettlementFile
from habeas.errors import Fault, HabeasError, RegisterError, SetupError
from habeas.register.log import Log
from habeas.register.settlement import Change
from habeas.register.witness import Cosigned, Refused, Reply, Stated, origin_digest
from habeas.service import agree, feed_asks, keep, record
from habeas.service.asking import Append, Caller, Found, Outgoing, Publish, Receive, Under, lines
from habeas.service.feed_desk import Holdings
from habeas.service.feed_round import Cosigners, Feeder, Round, vkeys
from habeas.service.gateway import Books, Gateway, Means
from habeas.terms import Settlement

STATES = ("US", "SV")
OK, BEHIND = 200, 409
Lie = Callable[[str], str]


def origin(state: str) -> str:
    return f"log.example/{state.lower()}"


def installed(folder: Path, state: str) -> Path:
    """A register with everybody's keys and the peer's enrolment; its policy asks for the peer."""
    path, other = acting.installed(folder, state), next(one for one in STATES if one != state)
    seeds = {role: gateways.seed(f"{state} {role}") for role in feed_files.ROLES}
    feed_files.lay(path, origin(state), seeds)
    path.with_name(register_files.TRUST).write_text(trust_text(state))
    root = keep.Root(
        acting.OF_STATE[state][0], acting.DEAL, gateways.key(f"{acting.OF_STATE[state][0]} root")
    )
    with register_files.opened(path) as files:
        log = record.open_log(files.store, files.vault, files.trust(), gateways.key(f"log {state}"))
        peer = keep.peer(root, trust_text(other), acting.START, token_bytes)
        record.append(log, None, [peer], acting.START)
    return path


def trust_text(state: str) -> str:
    """The trust file of a state's log: the other state's witness is its quorum."""
    other = next(one for one in STATES if one != state)
    keys = {role: gateways.key(f"{other} {role}") for role in feed_files.ROLES}
    said = [
        *vkeys(Cosigners(origin(other), keys), other.lower()),
        f"quorum {other.lower()}-witness",
    ]
    roots = {name: gateways.key(f"{name} root").public() for name in acting.ALL}
    statements = "".join(f"{one}\n" for one in said)
    public = (gateways.key(f"log {state}").public(), None)
    return record.trust_text(origin(state), public, roots, statements, demonstration=True)


@dataclass
class Way:
    """How one installation reaches the other: not at all, truly, or by a liar."""

    there: Callable[[], Caller]
    up: bool = True
    lie: Lie | None = None  # what becomes of each publication on its way
    asked: list[str] = field(default_factory=list[str])

    def _ask(self, what: feed_asks.Feeding) -> Found:
        self.asked.append(type(what).__name__)
        if not self.up:
            raise SetupError(Fault("H859", "nothing could be handed over: it is away", "Wait."))
        return self.there().ask(what)

    def publication(self, after: int) -> str:
        try:
            text = str(self._ask(feed_asks.Publication(after))["publication"])
        except RegisterError as error:
            if error.code != "H943":
                raise
            return ""
        return self.lie(text) if self.lie else text

    def shown(self, role: str, origin: str) -> str:
        digest = origin_digest(origin)
        asked = feed_asks.Shown("mirror" if role == "mirror" else "witness", digest)
        try:
            return str(self._ask(asked)["note"])
        except RegisterError:
            return ""

    def push(self, text: str) -> None:
        self._ask(feed_asks.TakePublication(text))


@dataclass
class Door:
    """The peer's witness, or its mirror, as the log asks it."""

    way: Way
    role: feed_asks.Cosigner

    def add(self, request: str) -> Reply:
        try:
            found = self.way._ask(feed_asks.Cosign(request, self.role))  # noqa: SLF001 - its other half
        except HabeasError as error:
            return Refused(0, error.faults[0].what)
        if found["status"] == OK:
            return Cosigned(str(found["body"]))
        if found["status"] == BEHIND:
            return Stated(int(str(found["body"])))
        return Refused(int(found["status"]), str(found["body"]))

    def latest(self, origin: str) -> str | None:
        try:
            return self.way.shown(self.role, origin)
        except SetupError:
            return None


class Half:
    """One installation: its gateway, opened and closed as often as a test wants."""

    def __init__(self, path: Path, state: str, way: Way) -> None:
        self.path, self.state, self.way, self.now = path, state, way, gateways.AT
        self._stack = ExitStack()
        self.feeder = Feeder(way)
        self.open()

    def open(self) -> None:
        """Start the gateway."""
        enter, path = self._stack.enter_context, self.path
        hands = acting.hands(self.state)
        files = enter(register_files.opened(path))
        trust = files.trust()
        self.log: Log = record.open_log(files.store, files.vault, trust, gateways.key(hands.log))
        text = record.trust_of_reads(trust)
        kept = enter(gateway_files.reads(path, lambda: text, token_bytes))
        reads = record.open_log(kept.store, kept.vault, kept.trust(), gateways.key(hands.log))
        waiting = enter(closing(SqliteDrafts(path.with_name(DRAFTS))))
        self.ledger = enter(closing(SettlementFile(path.with_name(SETTLEMENTS))))
        shelf, memory = enter(mirror_files.opened(path)), enter(feed_files.memory(path))
        under = Under(acting.DEAL, "US", "SV")
        feed = Holdings(shelf, memory, self.ledger, feed_files.keys(path), under)
        other = next(one for one in STATES if one != self.state).lower()
        doors = {f"{other}-{role}": Door(self.way, role) for role in ("witness", "mirror")}
        books = Books(self.log, reads, trust, waiting, doors, None, feed)
        registrar = gateways.key(hands.registrar)
        clock: Callable[[], datetime] = lambda: self.now  # noqa: E731 - it is set by hand
        means = Means(registrar, bytes(32), clock, token_bytes, agree.library(), hands.officers)
        self.gateway = Gateway(books, means)
        self.caller = Caller(self.gateway.answer)
        self.evidence = shelf.store
        self._stack.callback(self.gateway.close)

    def close(self) -> None:
        """End the gateway."""
        self._stack.close()

    def again(self) -> None:
        """Restart the gateway; its courier, which remembers nothing, too."""
        self.close()
        self._stack, self.feeder = ExitStack(), Feeder(self.way)
        self.open()

    def waits(self) -> str:
        """The code of why nothing is signed yet; empty where it is."""
        return self.gateway.waits.code if self.gateway.waits else ""

    def publish(self) -> Found:
        return self.caller.ask(Publish(pads=True))

    def round(self) -> Round:
        return self.feeder.round(self.caller)

    def states(self) -> dict[Settlement, int]:
        """How many shared events stand how."""
        return {Settlement(name): n for name, n in self.told()["counts"].items()}

    def told(self, only: Settlement | None = None) -> Found:
        return self.caller.ask(feed_asks.Settlements(only))

    def events(self) -> list[Change]:
        return list(self.ledger.listed(None, 1000))


@contextmanager
def two() -> Iterator[tuple[Half, Half]]:
    """Both installations, up."""
    with TemporaryDirectory(prefix="habeas-") as folder, ExitStack() as stack:
        halves = list[Half]()

        def other(place: int) -> Callable[[], Caller]:
            return lambda: halves[place].caller

        for place, state in enumerate(STATES):
            path = installed(Path(folder) / state, state)
            up = place > 0  # the first has nobody to ask yet
            halves.append(Half(path, state, Way(other(1 - place), up=up)))
        halves[0].way.up = True
        for one in halves:
            stack.callback(one.close)
        yield halves[0], halves[1]


def messages(us: Half, sv: Half) -> None:
    """Let both tell each other what they share, until neither has anything to tell."""
    for _ in range(20):
        silent = True
        for writer, reader in ((us, sv), (sv, us)):
            text = writer.caller.ask(Outgoing(acting.DEAL, "US", "SV")).get("message")
            if text is not None:
                silent = False
                reader.caller.ask(Receive(str(text)))
        if silent:
            return
    raise AssertionError("they never fall silent")


def settle(*halves: Half, most: int = 6) -> None:
    """Publish and go rounds until nothing changes."""
    for one in halves:
        one.publish()
    before: object = None
    for _ in range(most):
        for one in halves:
            one.round()
        now = [one.states() for one in halves]
        if now == before:
            return
        before = now


def enrolled(half: Half) -> None:
    """A register whose log went on by an event about nobody."""
    root = keep.Root("US-BOP", acting.DEAL, gateways.key("US-BOP root"))
    event = keep.enrolment(root, gateways.key("another").public(), half.now, token_bytes)
    half.caller.ask(Append(lines([event])))
