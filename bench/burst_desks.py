"""The officers of a burst: they sign custody events and hand each in until it is acknowledged.

They work in a process of their own, so that whoever reads pages meanwhile is not slowed by it.
"""

import base64
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.installation import AGREEMENT, HOME_OF, ILL_OF, NOW, SEED, Scale, departures
from habeas.adapters import gateway_socket
from habeas.adapters.gateway_socket import GatewayLine
from habeas.cli.draw import SeededSource
from habeas.errors import Fault, HabeasError, SetupError
from habeas.register import events, signing
from habeas.register.events import Actor
from habeas.register.intake import Signed
from habeas.register.signing import Signer
from habeas.service import agree, draft, rehearsal, two_states
from habeas.service.asking import Caller, Under
from habeas.service.draft import Stated
from habeas.service.transfer import pseudonym, ulid
from habeas.terms import EventKind, Role

DESKS, MOVED_OF = 16, 10  # of so many events one tells of another cell, the others of a count
PAUSE_S, PATIENCE_S = 0.2, 120.0  # between two attempts; until an event is given up
SETTLED = timedelta(days=3)  # after a departure; by then somebody has a cell
AGAIN = frozenset({"H563", "H565", "H568", "H569", "H909", "H910"})  # says nothing of the event


@dataclass(frozen=True, slots=True)
class Held:
    """Somebody in a facility of the receiving state."""

    subject: str
    facility: str


@dataclass(frozen=True, slots=True)
class Told:
    """What came of one event."""

    id: str
    entry: bytes
    index: int  # -1: not acknowledged
    seconds: float  # from when it was due until the answer
    attempts: int
    code: str = ""  # why it was refused


@dataclass(frozen=True, slots=True)
class Burst:
    """What the officers are to do."""

    register: Path
    scale: Scale
    heads: Mapping[str, tuple[int, bytes]]
    seed: int
    rate: float  # events a second
    seconds: float


def held(scale: Scale) -> list[Held]:
    """Whom the receiving state holds, as the installation was made."""
    story, draw = two_states.story(AGREEMENT), SeededSource(SEED)
    name, found = story.bodies.facility_to if story.bodies else "", []
    for flight, depart in enumerate(departures(scale)):
        place = flight % scale.facilities
        for nth in range(flight * scale.flight + 1, (flight + 1) * scale.flight + 1):
            if depart + SETTLED < NOW and nth % HOME_OF and nth % ILL_OF:
                subject = pseudonym(draw.bytes(16, f"subject {story.prefix}-{nth:05d}"))
                found.append(Held(subject, f"{name}-{place}" if place else name))
    return found


class Desk:
    """One officer: what they sign follows on what they signed before."""

    def __init__(self, burst: Burst, number: int, people: Sequence[Held], key: Signer) -> None:
        self._burst, self._number, self._people, self._signer = burst, number, people, key
        story = two_states.story(AGREEMENT)
        self._authority = story.bodies.receiving if story.bodies else ""
        self._under = Under(AGREEMENT, story.sending, story.receiving)
        self._heads = {one.subject: burst.heads[one.subject] for one in people}
        self._draw = SeededSource(burst.seed)
        self._line: GatewayLine | None = None

    def work(self, begins: float) -> list[Told]:
        """Sign and hand in whatever is due at this desk; one after another."""
        burst, found = self._burst, []
        for number in range(self._number, int(burst.rate * burst.seconds), DESKS):
            due = begins + number / burst.rate
            who = self._people[number // DESKS % len(self._people)]
            name, signed = self._signed(who, number)
            time.sleep(max(0.0, due - time.time()))
            index, attempts, code = self._handed_in(signed, due + PATIENCE_S)
            found.append(Told(name, signed.entry, index, time.time() - due, attempts, code))
            if index >= 0:
                self._heads[who.subject] = (self._heads[who.subject][0] + 1, signed.entry)
        self._hang_up()
        return found

    def _signed(self, who: Held, number: int) -> tuple[str, Signed]:
        at = datetime.now(UTC).replace(microsecond=0)
        moves = number % MOVED_OF == 0
        kind, body = (EventKind.MOVED, "cell") if moves else (EventKind.COUNTED, "place")
        key = signing.keyid8(self._signer.public()).hex()
        stated = Stated(
            ulid(at, self._draw.bytes(10, f"burst id {number}")), kind.value, AGREEMENT,
            who.subject, at.isoformat(), [Actor(self._authority, Role.CUSTODIAN.value, key)],
            {body: f"{'AB'[number % 2]}-{number % 9 + 1:02d}"}, who.facility,
        )  # fmt: skip
        seq, entry = self._heads[who.subject]
        head = seq, base64.b64encode(entry).decode()
        data = events.canonical(draft.body(stated, head, moves_custody=True))
        salt = self._draw.bytes(32, f"burst salt {number}")
        return stated.id, Signed(data, signing.sigblock(data, [self._signer]), salt)

    def _handed_in(self, signed: Signed, until: float) -> tuple[int, int, str]:
        """Its index, or -1 and the code of the refusal; and after how many attempts."""
        attempts, code = 0, ""
        while not attempts or time.time() < until:
            attempts += 1
            try:
                answer = self._caller().submit([signed], self._under)[0]
            except HabeasError as error:
                answer = error
                self._hang_up()
            if isinstance(answer, int):
                return answer, attempts, ""
            code = answer.code
            if code not in AGAIN:
                break
            time.sleep(PAUSE_S)
        return -1, attempts, code

    def _caller(self) -> Caller:
        if self._line is None:
            self._line = gateway_socket.connected(self._burst.register)
        if self._line is None:
            raise SetupError(Fault("H910", "no gateway serves it", "Start it.", "gateway"))
        return Caller(self._line.ask)

    def _hang_up(self) -> None:
        if self._line is not None:
            with suppress(OSError):
                self._line.close()
        self._line = None


def work(burst: Burst) -> list[Told]:
    """All desks at once, each with people of its own; what came of each event."""
    story, people = two_states.story(AGREEMENT), held(burst.scale)
    keys = rehearsal.make_keys(story, agree.library(), SeededSource(SEED), two_states.OFFICERS)
    key = keys.officers[story.bodies.receiving if story.bodies else ""][0]
    desks = [Desk(burst, number, people[number::DESKS], key) for number in range(DESKS)]
    begins = time.time()
    with ThreadPoolExecutor(DESKS) as pool:
        return [one for found in pool.map(lambda one: one.work(begins), desks) for one in found]
