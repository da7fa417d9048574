"""A seeded run of commands to a log: the same seed gives the same bytes on any machine."""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from habeas.register import events, signing
from habeas.register.events import Body, Json
from habeas.register.intake import Signed
from habeas.register.log import Log, Pen, Store
from habeas.register.sealed import Section, Vault
from habeas.register.signing import SeedSigner

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
ORIGIN = "log.example/drill"
AUTHORITIES = ("A", "B")
PERSON_KINDS = ("visit.made", "evidence.recorded", "case.proposed")


class Chance:
    """Bytes that follow from a seed."""

    def __init__(self, seed: str) -> None:
        self._seed, self._count = seed, 0

    def __call__(self, size: int) -> bytes:
        """The next bytes."""
        self._count += 1
        return hashlib.shake_256(f"{self._seed} {self._count}".encode()).digest(size)

    def below(self, limit: int) -> int:
        """The next whole number under a limit."""
        return int.from_bytes(self(8), "big") % limit


class MemoryKeys:
    """Keys of content in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def keys(self, names: Iterable[str]) -> Mapping[str, bytes]:
        """Those of the named keys that are there."""
        return {name: self.kept[name] for name in names if name in self.kept}

    def keep(self, keys: Mapping[str, bytes]) -> None:
        """Keep new keys."""
        self.kept |= keys


def key(name: str) -> SeedSigner:
    """A key by its name: 'A root', 'A officer', 'log'."""
    return SeedSigner(hashlib.sha256(name.encode()).digest())


def log_over(store: Store, seed: str = "log", keys: MemoryKeys | None = None) -> Log:
    """A log whose every chance byte follows from a seed."""
    roots = {name: key(f"{name} root").public() for name in AUTHORITIES}
    vault = Vault(keys or MemoryKeys(), Chance(f"vault {seed}"))
    return Log(store, Pen(ORIGIN, key("log"), vault), roots)


@dataclass(frozen=True, slots=True)
class Command:
    """One call of a log: a batch of which each event is judged alone, then perhaps a checkpoint."""

    batch: tuple[Signed, ...]
    publish: bool
    pads: bool


class Drafter:
    """Drafts and signs events, and knows each person's latest custody entry."""

    def __init__(
        self, seed: str, first: int = 0, heads: Mapping[str, tuple[int, bytes]] | None = None
    ) -> None:
        self.chance, self._count = Chance(f"drafter {seed}"), first
        self._officers = {name: key(f"{name} officer") for name in AUTHORITIES}
        self._heads = dict(heads or {})

    def signed(self, kind: str, signers: Mapping[str, SeedSigner], **fields: Json) -> Signed:
        """An event of any kind, by any keys; its id is the next number."""
        self._count += 1
        actors: list[Json] = [
            {
                "authority": name,
                "role": "custodian",
                "key": signing.keyid8(one.public()).hex(),
            }
            for name, one in signers.items()
        ]
        body: Body = {
            "v": 1,
            "id": f"01JNQ7Z8M3K4V0{self._count:012d}",
            "type": kind,
            "agreement": "T",
            "occurred_at": "2026-03-02T11:00:00Z",
            "time_basis": "observed",
            "actors": actors,
            "body": {},
        }
        data = events.canonical(body | fields)
        return Signed(data, signing.sigblock(data, list(signers.values())), self.chance(32))

    def enrolments(self) -> list[Signed]:
        """The keys of every authority's officer, enrolled by its root key."""
        return [
            self.signed(
                "key.enrolled",
                {name: key(f"{name} root")},
                body={"authority": name, "public": one.public().hex()},
            )
            for name, one in self._officers.items()
        ]

    def visit(self, person: str) -> Signed:
        """An event about a person without a custody number."""
        kind = PERSON_KINDS[self.chance.below(len(PERSON_KINDS))]
        name = AUTHORITIES[self.chance.below(len(AUTHORITIES))]
        return self.signed(kind, {name: self._officers[name]}, subject=person)

    def custody(self, person: str, *, skip: int = 0) -> Signed:
        """The person's next custody event, by one authority or both; a wrong one with `skip`."""
        kept = self._heads.get(person)
        seq = 0 if kept is None else kept[0] + 1
        prev: Body = {} if kept is None else {"prev": base64.b64encode(kept[1]).decode()}
        if kept is None and skip:
            prev = {"prev": base64.b64encode(bytes(32)).decode()}
        count = 1 if seq == 0 else 1 + self.chance.below(2)
        signers = {name: self._officers[name] for name in AUTHORITIES[:count]}
        kind = "custody.opened" if seq == 0 else "custody.counted"
        found = self.signed(kind, signers, subject=person, seq=seq + skip, **prev)
        if not skip:
            self._heads[person] = (seq, found.entry)
        return found

    def detailed(self, person: str) -> Signed:
        """An event with a section."""
        section = Section("note", self.chance(32), self.chance(40))
        digest = base64.b64encode(section.digest).decode()
        signer = {"A": self._officers["A"]}
        named: list[Json] = [{"name": "note", "digest": digest}]
        found = self.signed("visit.made", signer, subject=person, sections=named)
        return replace(found, sections=(section,))


def commands(seed: str, count: int) -> Iterator[Command]:
    """About `count` events in batches of 1 to 256: good, refused and repeated ones among them."""
    drafter = Drafter(seed)
    yield Command(tuple(drafter.enrolments()), publish=True, pads=False)
    chance, made, earlier = drafter.chance, len(AUTHORITIES), list[Signed]()
    while made < count:
        size = min(1 + chance.below(256), count - made)
        batch = [_one(drafter, earlier, count) for _ in range(size)]
        made += size
        last = made >= count
        publish = last or chance.below(3) == 0
        yield Command(tuple(batch), publish, publish and chance.below(4) == 0)
        earlier = [*earlier[-1000:], *batch]


def _one(drafter: Drafter, earlier: list[Signed], count: int) -> Signed:
    chance = drafter.chance
    person = f"p_{chance.below(max(2, count // 20)):026d}"
    before = earlier[chance.below(len(earlier))] if earlier else drafter.visit(person)
    match chance.below(25):
        case 0:
            return before  # the very same again
        case 1:
            return replace(before, salt=chance(32))  # the same id with other bytes
        case 2:
            return drafter.custody(person, skip=1)  # a custody number too high
        case 3:
            return drafter.detailed(person)
        case way if way % 2:
            return drafter.custody(person)
        case _:
            return drafter.visit(person)


def run(log: Log, told: Iterable[Command]) -> list[str]:
    """Give the commands to a log; what it answered to each event, and each note."""
    found = []
    for command in told:
        answers = log.append_each(command.batch, AT, publish=command.publish and not command.pads)
        found += [str(one) if isinstance(one, int) else one.code for one in answers]
        if command.pads:
            found.append(log.publish(AT, pads=True))
    return found
