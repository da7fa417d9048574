"""Enrolment, rotation and revocation in random orders: the index decides, never the clock.

A plain model says which step stands at which index. The log must take exactly those steps, and the
verifier must find fault with exactly the others, in a register that somebody wrote who took all.
"""

from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from drills.commands import AT, AUTHORITIES, ORIGIN, Chance, Drafter, MemoryKeys, key, log_over
from drills.rig import Plain, Result, person
from habeas.adapters.sqlite_store import SqliteStore
from habeas.register import checkpoint, events, verify
from habeas.register.checkpoint import Checkpoint
from habeas.register.events import Json, Record
from habeas.register.intake import Signed
from habeas.register.keys import Trust, read_trust
from habeas.register.sealed import Vault
from habeas.register.verify import Bundle
from habeas.service import record

RUNS = 10_000
STEPS, KEYS, OVERLAP = 14, 4, 3
TAKEN = "taken"
ROOT = {"A": key("A root")}


@dataclass(frozen=True, slots=True)
class Step:
    """Something that an authority does with one of its keys, or signs with it."""

    what: str  # enrolled, rotated, revoked, signs
    key: int
    other: int = 0  # that a rotation replaces
    overlap: int = 0  # leaves for which the replaced one stays good


@dataclass(slots=True)
class Model:
    """Which key is good where, by the plainest rules."""

    since: dict[int, int] = field(default_factory=dict)
    until: dict[int, int] = field(default_factory=dict)

    def stands(self, key_: int, index: int) -> bool:
        return key_ in self.since and self.until.get(key_, index + 1) > index

    def step(self, step: Step, index: int) -> str:
        """What must come of a step at an index."""
        if step.what == "signs":
            good = self.stands(step.key, index) and self.since[step.key] < index
            return TAKEN if good else "H515"
        if step.what == "revoked":
            if not self.stands(step.key, index):
                return "H516"
            self.until[step.key] = index
            return TAKEN
        if step.key in self.since:
            return "H516"
        if step.what == "rotated":
            if step.other not in self.since or step.other in self.until:
                return "H516"
            self.until[step.other] = index + step.overlap + 1
        self.since[step.key] = index
        return TAKEN


def order(seed: str) -> list[Step]:
    """A random order of steps."""
    chance, found = Chance(seed), [Step("enrolled", 0)]
    for _ in range(STEPS):
        one, other = chance.below(KEYS), chance.below(KEYS)
        what = ("enrolled", "rotated", "revoked", "signs", "signs", "signs")[chance.below(6)]
        found.append(Step(what, one, other, chance.below(OVERLAP)))
    return found


def signed(step: Step, drafter: Drafter) -> Signed:
    """The event of a step."""
    officer = key(f"A officer {step.key}")
    if step.what == "signs":
        return drafter.signed("visit.made", {"A": officer}, subject=person(step.key))
    body: dict[str, Json] = {"authority": "A", "public": officer.public().hex()}
    if step.what == "rotated":
        replaced = key(f"A officer {step.other}").public().hex()
        body |= {"replaces": replaced, "overlap": step.overlap}
    return drafter.signed(f"key.{step.what}", ROOT, body=body)


def run(count: int, store: str) -> Result:
    """Try so many orders."""
    del store
    broken, figures = list[str](), Counter[str]()
    roots = {name: key(f"{name} root").public() for name in AUTHORITIES}
    text = record.trust_text(ORIGIN, (key("log").public(), None), roots, demonstration=True)
    trust = read_trust(text)
    for number in range(count):
        steps = order(f"order {number}")
        drafter = Drafter(f"order {number}", number * 100)
        batch = [signed(step, drafter) for step in steps]
        wrong = _in_the_log(steps, batch, trust, figures)
        wrong += _in_the_verifier(steps, batch, trust, figures)
        broken += [f"order {number}: {one}" for one in wrong]
    return Result("rotation and revocation by index", count, tuple(broken), dict(figures))


def _in_the_log(
    steps: Sequence[Step], batch: Sequence[Signed], trust: Trust, figures: Counter[str]
) -> list[str]:
    model, wrong, index = Model(), list[str](), 0
    with closing(SqliteStore(Path(":memory:"), create=True)) as store:
        log = log_over(store)
        for step, one in zip(steps, batch, strict=True):
            expected = model.step(step, index)
            outcome = log.append_each([one], AT)[0]
            got = TAKEN if isinstance(outcome, int) else outcome.code
            index += got == TAKEN
            figures[f"log: {got}"] += 1
            if got != expected:
                wrong.append(f"the log answered {got}, not {expected}, to {step}")
        log.publish(AT)
        bundle = Bundle(list(store.rows()), store.checkpoints(), [])
        report = verify.register(bundle, trust, None, log.vault.open)
    return wrong + [f"the verifier: {fault.sentence()}" for fault in report.faults]


def _in_the_verifier(
    steps: Sequence[Step], batch: Sequence[Signed], trust: Trust, figures: Counter[str]
) -> list[str]:
    """A register whose writer took everything: the verifier finds exactly what may not stand."""
    model, tree, expected, rows = Model(), Plain(), dict[str, str](), []
    vault = Vault(MemoryKeys(), Chance("vault"))
    for index, (step, one) in enumerate(zip(steps, batch, strict=True)):
        stood = model.step(step, index)
        if stood != TAKEN:
            expected[f"index {index}"] = stood
        event = events.event(events.parse(one.body), index)
        vault.draw(vault.without_key([event.subject] if event.subject else []))
        columns = (event.id, event.kind, event.subject, event.seq)
        found = Record(index, one.entry, *columns, one.salt, one.body, one.sigblock)
        rows.append(vault.seal(found))
        tree.add(one.entry)
    note = checkpoint.signed(Checkpoint(ORIGIN, len(rows), tree.root()), key("log"))
    report = verify.register(Bundle(rows, [(len(rows), note)]), trust, None, vault.open)
    got = {fault.where: fault.code for fault in report.faults}
    figures["verifier: faults found"] += len(got)
    return [] if got == expected else [f"the verifier found {got}, not {expected}"]
