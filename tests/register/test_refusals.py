"""A bad event is refused with a code and a reason, and nothing of the register is another."""

import base64
import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

import gateways
from fakes import vault
from gateways import AT, key, person, seed
from habeas.adapters import key_files
from habeas.cli.main import run
from habeas.errors import RegisterError
from habeas.register import events, signing
from habeas.register.events import Body, Json
from habeas.register.log import Log, Pen, Signed
from habeas.register.sealed import Section
from habeas.register.store import Store
from habeas.service import agree, record, transfer
from habeas.service.transfer import Ground
from stores import TABLES, LitePlace, Place, PostPlace

ORIGIN, A, B, C = "log.example/se-ee", "SE-KVV", "EE-VANGLA", "SE-COURT"
ONE, NEW = person(1), person(7)
SENTENCE = re.compile(r"H\d{3} [^\n]+\. [A-Z][^\n]+\.")
REGISTER, LAW = 2, 3  # exit statuses: refused by the register; by the workflow's table
Batch = Sequence[Signed]


@dataclass(frozen=True, slots=True)
class Bad:
    """What is submitted, and how it must be refused."""

    code: str
    status: int
    batch: Batch


class World:
    """Two states that hold persons, a court whose key was revoked, and one person in a cell."""

    def __init__(self) -> None:
        self._number, self.heads = 0, dict[str, tuple[int, str]]()
        enrolled = [self.enrolment(name) for name in (A, B, C)]
        told: Body = {"authority": C, "public": key(f"{C} officer").public().hex()}
        revoked = self.event("key.revoked", {C: "root"}, subject=None, body=told)
        self.opened, self.placed = self.custody("opened"), self.custody("placed", cell="c1")
        self.batch: Batch = [*enrolled, revoked, self.opened, self.placed]

    def body(self, kind: str, by: Mapping[str, str], **fields: Json) -> Body:
        """The next event's body: who acts with which key; a field that is None is left out."""
        self._number += 1
        actors: list[Json] = [
            {
                "authority": name,
                "role": "custodian",
                "key": signing.keyid8(key(self.name(name, hand)).public()).hex(),
            }
            for name, hand in by.items()
        ]
        found: Body = {
            "v": 1,
            "id": f"01JNQ7Z8M3K4V0T2R5X6{self._number:06d}",
            "type": kind,
            "agreement": "SE-EE",
            "subject": ONE,
            "occurred_at": "2026-03-02T11:00:00Z",
            "time_basis": "observed",
            "actors": actors,
            "body": {},
        }
        return {name: value for name, value in (found | fields).items() if value is not None}

    @staticmethod
    def name(authority: str, hand: str) -> str:
        return hand if " " in hand else f"{authority} {hand}"

    def sign(self, body: Body, *names: str, section: Section | None = None) -> Signed:
        data = events.canonical(body)
        block = signing.sigblock(data, [key(one) for one in names])
        return Signed(data, block, seed(str(body["id"])), sections=(section,) if section else ())

    def event(self, kind: str, by: Mapping[str, str], **fields: Json) -> Signed:
        names = [self.name(one, hand) for one, hand in by.items()]
        return self.sign(self.body(kind, by, **fields), *names)

    def enrolment(self, authority: str) -> Signed:
        told: Body = {"authority": authority, "public": key(f"{authority} officer").public().hex()}
        return self.event("key.enrolled", {authority: "root"}, subject=None, body=told)

    def next(self, kind: str, inner: Body, subject: str = ONE) -> Body:
        """A body of a person's next custody event by its holder."""
        seq, entry = self.heads.get(subject, (-1, ""))
        link: Body = {"seq": seq + 1}
        if entry:
            link["prev"] = entry
        if kind == "opened":
            inner = {"order": "o-1", "ordered_by": C}
        return self.body(f"custody.{kind}", {A: "officer"}, subject=subject, body=inner, **link)

    def custody(self, kind: str, **inner: Json) -> Signed:
        body = self.next(kind, inner)
        found = self.sign(body, f"{A} officer")
        self.heads[ONE] = (int(str(body["seq"])), base64.b64encode(found.entry).decode())
        return found


def _signatures(world: World) -> dict[str, Bad]:
    """What is wrong with who signed."""
    moved = world.next("moved", {"cell": "c2"})
    good = world.sign(moved, f"{A} officer")
    both = world.body("x", {A: "officer", B: "officer"})["actors"]
    twice = {**moved, "actors": both}
    head = good.sigblock[:8]
    forged = world.sign(moved, f"{B} officer").sigblock
    link: Body = {name: moved[name] for name in ("seq", "prev", "body")}

    def of(by: Mapping[str, str]) -> Batch:
        return [world.event("custody.moved", by, **link)]

    return {
        "unsigned": Bad("H511", REGISTER, [replace(good, sigblock=b"")]),
        "cut off": Bad("H511", REGISTER, [replace(good, sigblock=good.sigblock[:-1])]),
        "one missing": Bad("H513", REGISTER, [world.sign(twice, f"{A} officer")]),
        "one too many": Bad("H513", REGISTER, [world.sign(moved, f"{A} officer", f"{B} officer")]),
        "the same twice": Bad("H512", REGISTER, [replace(good, sigblock=good.sigblock * 2)]),
        "another's signature": Bad("H513", REGISTER, [replace(good, sigblock=forged)]),
        "under a key's id": Bad("H514", REGISTER, [replace(good, sigblock=head + forged[8:])]),
        "another authority's key": Bad("H515", REGISTER, of({A: f"{B} officer"})),
        "a key not yet enrolled": Bad("H515", REGISTER, of({A: "second"})),
        "a root key": Bad("H515", REGISTER, of({A: "root"})),
        "a revoked key": Bad("H515", REGISTER, of({C: "officer"})),
    }


def _replays(world: World) -> dict[str, Bad]:
    """What was good once, or elsewhere."""
    opened = json.loads(world.opened.body)
    again = events.canonical(opened | {"id": "01JNQ7Z8M3K4V0T2R5X7000001", "subject": NEW})
    other = world.next("opened", {}, NEW) | {"agreement": "US-SV"}
    changed = json.loads(world.placed.body) | {"body": {"cell": "c9"}}
    elsewhere = replace(world.opened, body=events.canonical(opened | other))
    return {
        "under another id": Bad("H514", REGISTER, [replace(world.opened, body=again)]),
        "in another agreement": Bad("H617", LAW, [world.sign(other, f"{A} officer")]),
        "made another's": Bad("H617", LAW, [elsewhere]),
        "same id, other bytes": Bad("H533", REGISTER, [world.sign(changed, f"{A} officer")]),
        "same id, not signed": Bad(
            "H514", REGISTER, [replace(world.placed, body=events.canonical(changed))]
        ),
        "same id, other salt": Bad("H533", REGISTER, [replace(world.placed, salt=bytes(32))]),
    }


def _places(world: World) -> dict[str, Bad]:
    """What is wrong with when it happened, or where it stands."""
    moved = world.next("moved", {"cell": "c2"})
    late = (AT + timedelta(minutes=5, seconds=1)).isoformat()

    def of(**fields: Json) -> Batch:
        return [world.sign({**moved, **fields}, f"{A} officer")]

    first = base64.b64encode(world.opened.entry).decode()
    return {
        "in the future": Bad("H535", REGISTER, of(occurred_at=late)),
        "a number left out": Bad("H531", REGISTER, of(seq=3)),
        "a number twice": Bad("H531", REGISTER, of(seq=1)),
        "after another event": Bad("H532", REGISTER, of(prev=first)),
        "after itself": Bad("H532", REGISTER, of(prev=base64.b64encode(bytes(32)).decode())),
        "a first event twice": Bad("H601", LAW, [world.sign(_first(world), f"{A} officer")]),
        "two at one place": Bad("H531", REGISTER, [*of(), *of(id="01JNQ7Z8M3K4V0T2R5X7000002")]),
    }


def _first(world: World) -> Body:
    return world.next("opened", {}, NEW) | {"subject": ONE}


def _forms(world: World) -> dict[str, Bad]:
    """What is wrong with the event itself."""
    moved = world.next("moved", {"cell": "c2"})
    good = world.sign(moved, f"{A} officer")
    shared = signing.manifest([good.body], key(f"{A} officer"))
    batched = Signed(good.body, shared.blocks[0], good.salt, shared.paths[0], shared.signature)
    admin = world.event("roll.published", {A: "officer"}, body={"date": "x"})
    lacking = world.event("audit.checkpoint", {A: "officer"}, subject=None)
    by_officer = world.event(
        "key.enrolled", {A: "officer"}, subject=None, body={"authority": A, "public": "00" * 32}
    )
    not_theirs = world.event(
        "key.enrolled", {A: "root"}, subject=None, body={"authority": B, "public": "00" * 32}
    )
    spaced = replace(good, body=good.body.replace(b":", b": ", 1))
    section = Section("medical", bytes(32), b"{}")
    holder = world.event("custody.moved", {B: "officer"}, **{k: moved[k] for k in ("seq", "prev")})
    return {
        "an administrative event of a person": Bad("H503", REGISTER, [admin]),
        "in a batch where it may not be": Bad("H519", REGISTER, [batched]),
        "a manifest beside signatures": Bad("H519", REGISTER, [replace(good, manifest=b"x")]),
        "another spelling": Bad("H502", REGISTER, [spaced]),
        "no event": Bad("H502", REGISTER, [replace(good, body=b"")]),
        "a short salt": Bad("H534", REGISTER, [replace(good, salt=bytes(31))]),
        "a section that it does not name": Bad(
            "H593", REGISTER, [world.sign(moved, f"{A} officer", section=section)]
        ),
        "an enrolment by an officer": Bad("H515", REGISTER, [by_officer]),
        "an enrolment for another": Bad("H516", REGISTER, [not_theirs]),
        "an administrative event that lacks": Bad("H518", REGISTER, [lacking]),
        "by who does not hold": Bad("H602", LAW, [holder]),
        "a good one before a bad one": Bad("H502", REGISTER, [good, replace(good, body=b"{")]),
    }


def bad(world: World) -> dict[str, Bad]:
    """Everything that must be refused after the world's own events."""
    return {**_signatures(world), **_replays(world), **_places(world), **_forms(world)}


NAMES = tuple(bad(World()))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """A place for a register, on each kind of store in turn."""
    made: Callable[[], Place] = lambda: LitePlace(tmp_path / "register.sqlite3")  # noqa: E731
    if request.param == "postgres":
        address = str(request.getfixturevalue("postgres"))
        made = lambda: PostPlace(address)  # noqa: E731
    with closing(made()) as found:
        yield found


@pytest.fixture
def ground() -> Ground:
    deal = agree.library().agreement("SE-EE")
    return Ground(deal, transfer.terms(deal, *transfer.pair(deal, None, None)), demonstration=True)


def _log(store: Store) -> Log:
    roots = {name: key(f"{name} root").public() for name in (A, B, C)}
    return Log(store, Pen(ORIGIN, key("log"), vault()), roots)


def _kept(place: Place) -> dict[str, list[str]]:
    """Every row of every table, but for what was kept as evidence."""
    tables = [one for one in TABLES if one != "evidence"]
    return {one: sorted(map(repr, place.raw(f"SELECT * FROM {one}"))) for one in tables}  # noqa: S608


def _state(log: Log) -> object:
    return log.size, log.head(ONE), log.head(NEW), log.store.latest()


def test_a_bad_event_is_refused_and_changes_nothing(place: Place, ground: Ground) -> None:
    world = World()
    log = _log(place.open(create=True))
    record.append(log, ground, world.batch, AT)
    before, state = _kept(place), _state(log)
    for name, one in bad(world).items():
        submit = partial(record.append, log, ground) if one.status == LAW else log.append
        with pytest.raises(RegisterError) as caught:
            submit(one.batch, AT, publish=True)
        assert (name, caught.value.code, caught.value.status) == (name, one.code, one.status)
        assert SENTENCE.fullmatch(str(caught.value)), str(caught.value)
        assert (name, _kept(place), _state(log)) == (name, before, state)
    assert record.append(log, ground, [world.custody("moved", cell="c2")], AT) == [6]
    assert _state(log) == _state(_log(place.open()))


def test_a_bad_event_among_good_ones_is_refused_alone(place: Place, ground: Ground) -> None:
    world = World()
    log = _log(place.open(create=True))
    record.append(log, ground, world.batch, AT)
    before, state = _kept(place), _state(log)
    told = {name: one for name, one in bad(world).items() if one.status == REGISTER}
    alone = {name: one for name, one in told.items() if len(one.batch) == 1}
    answers = log.append_each([one.batch[0] for one in alone.values()], AT)
    codes = {name: str(getattr(one, "code", one)) for name, one in zip(alone, answers, strict=True)}
    assert codes == {name: one.code for name, one in alone.items()}
    assert (_kept(place), _state(log)) == (before, state)


@pytest.mark.parametrize("name", NAMES)
def test_the_command_refuses_it_in_one_sentence(
    name: str, installed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world, path = World(), installed
    with closing(LitePlace(path)) as place:
        before = _kept(place)
        signed = path.with_name("signed.jsonl")
        signed.write_text(record.write_signed(bad(world)[name].batch))
        assert run(_words(path, signed)) in {REGISTER, LAW}
        told = capsys.readouterr()
        assert SENTENCE.fullmatch(told.err.rstrip("\n")), told.err
        assert (told.out, _kept(place)) == ("", before)


def _words(path: Path, signed: Path) -> list[str]:
    words = ["register", "append", str(path), str(signed), "--agreement", "SE-EE"]
    return [*words, "--log-key", str(path.with_name("log.key")), "--as-of", AT.isoformat()]


@pytest.fixture
def installed(whole: Path, tmp_path: Path) -> Path:
    """A copy of a register that holds the world's own events, with its keys."""
    return Path(shutil.copytree(whole, tmp_path / "copy")) / "register.sqlite3"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a register that holds the world's own events; never to be changed."""
    path = tmp_path_factory.mktemp("world") / "register.sqlite3"
    gateways.made(
        path, key("log").public(), {one: key(f"{one} root").public() for one in (A, B, C)}
    )
    key_files.write(path.with_name("log.key"), "LOG", seed("log"))
    signed = path.with_name("signed.jsonl")
    signed.write_text(record.write_signed(World().batch))
    assert run(_words(path, signed)) == 0
    return path.parent
