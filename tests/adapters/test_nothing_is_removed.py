"""A person, a death, a report: nobody takes one away unseen, by act, by command, or by database.

Whoever owns the database and the keys of its content, but no officer's key, is named by the
verifier. Whoever signs checkpoints too is named by a checkpoint that anybody kept.
"""

# ruff: noqa: S608 - names of our own tables

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

import acting
import gateways
from acting import DEAL, ONE, Story
from habeas.adapters import register_files, sqlite_store
from habeas.cli.main import run
from habeas.errors import HabeasError
from habeas.register import checkpoint, content, events, merkle, verify
from habeas.register.checkpoint import Checkpoint
from habeas.register.events import Record, Row
from habeas.register.keys import read_trust
from habeas.register.store import Batch
from stores import LitePlace, Place, PostPlace

US, SV = ("US-BOP:custodian",), ("SV-DGCP:custodian",)
DIED = {"place": "US-1", "body_at": "morgue"}
UNDER = ["--agreement", DEAL, "--sending", "US", "--receiving", "SV"]
TABLES = ("content", "event", "leaf")


@dataclass(frozen=True)
class Told:
    """A register in which one person was received, hurt, and died; and what was kept of it."""

    path: Path
    opened: int  # indexes
    hurt: int
    died: int
    kept: str  # the checkpoint that somebody kept

    @property
    def person(self) -> list[events.Event]:
        with register_files.opened(self.path) as files:
            rows = list(files.store.of_person(ONE))
            found = files.vault.records(rows)
            return [events.event(events.parse(one.body), one.index) for one in found]


def died(path: Path) -> Told:
    with gateways.office(path, acting.hands("US", "SV")) as office:
        story = Story(office.caller)
        opened = story.act("custody.opened")["index"]
        hurt = story.act("incident.reported", US, 5, document="d")["index"]
        office.caller.ask(acting.publish())
        end = story.act("custody.died", US, 6, **DIED)["index"]
        story.act("duty.met", US, 7, duty="D-23")
        office.caller.ask(acting.publish())
        return Told(path, opened, hurt, end, office.log.note())


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return died(acting.installed(tmp_path_factory.mktemp("death") / "both", "US", "SV"))


@pytest.fixture
def told(kept: Told, tmp_path: Path) -> Told:
    """The same, in a folder of the test's own."""
    shutil.copytree(kept.path.parent, tmp_path / "own")
    return replace(kept, path=tmp_path / "own" / kept.path.name)


# by an act


@pytest.mark.parametrize(
    ("kind", "by", "body"),
    [
        ("custody.opened", US, {}),
        ("custody.placed", US, {"cell": "1"}),
        ("custody.released", US, {"ground": "order", "place": "US-1"}),
        ("custody.escaped", US, {"circumstances": "none"}),
        ("custody.recaptured", US, {"circumstances": "none"}),
        ("custody.counted", US, {"place": "US-1"}),
        ("custody.died", US, DIED),
        ("custody.died", SV, DIED),
    ],
)
def test_no_act_brings_the_dead_back(
    told: Told, kind: str, by: Sequence[str], body: dict[str, str]
) -> None:
    before = told.person
    with gateways.office(told.path, acting.hands("US", "SV")) as office:
        with pytest.raises(HabeasError) as caught:
            Story(office.caller).act(kind, by, 200, **body)
        assert caught.value.code.startswith("H6")
    assert told.person == before


@pytest.mark.parametrize(
    ("place", "body"), [(1, {"document": "x"}), (2, {"place": "SV-1", "body_at": "none"})]
)
def test_a_state_does_not_correct_for_the_other(
    told: Told, place: int, body: dict[str, str]
) -> None:
    before = told.person
    with gateways.office(told.path, acting.hands("US", "SV")) as office:
        asked = Story(office.caller).asked("correction", SV, 200, reason="not so", body=body)
        with pytest.raises(HabeasError) as caught:
            office.caller.ask(acting.replace(asked, corrects=before[place].id))
        assert caught.value.code == "H615"
        assert "signed as what it corrects was (US-BOP)" in str(caught.value)
    assert told.person == before


def test_an_id_is_never_used_for_something_else(told: Told) -> None:
    before = told.person
    with gateways.office(told.path, acting.hands("US", "SV")) as office:
        asked = Story(office.caller).asked("incident.reported", US, 7, document="nothing happened")
        again = acting.replace(asked, id=next(one.id for one in before if one.index == told.hurt))
        with pytest.raises(HabeasError):
            office.caller.ask(again)
    assert told.person == before


def test_a_correction_stands_beside_what_it_corrects(told: Told) -> None:
    before, body = told.person, {**DIED, "body_at": "with the family"}
    with gateways.office(told.path, acting.hands("US", "SV")) as office:
        asked = Story(office.caller).asked("correction", US, 8, reason="wrong", body=body)
        office.caller.ask(acting.replace(asked, corrects=before[2].id))
    assert told.person[: len(before)] == before
    assert told.person[-1].body["reason"] == "wrong"
    assert gateways.report(told.path).faults == ()


# by a command


def test_no_command_removes_who_died(
    told: Told, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, path = told.person, str(told.path)
    nothing = tmp_path / "nothing.jsonl"
    nothing.write_text("")
    erase = ["erase", path, *UNDER]
    for words in (
        [*erase, "--person", ONE, "--plan"],
        [*erase, "--signed", str(nothing)],
        ["register", "init", path, "--origin", "log.example/us", "--roots", str(tmp_path)],
        ["register", "append", path, str(nothing), *UNDER],
    ):
        run(words)
    capsys.readouterr()
    assert told.person == before
    assert gateways.report(told.path).faults == ()


# by the database's owner


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def place(request: pytest.FixtureRequest, told: Told) -> Place:
    """The register on each kind of store, with every trigger off."""
    if request.param == "sqlite":
        own: Place = LitePlace(told.path)
        for (name,) in own.raw("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            own.raw(f"DROP TRIGGER {name}")
        return own
    server: PostPlace = request.getfixturevalue("server")
    store = server.open(create=True)
    start = 0
    with register_files.opened(told.path) as files:
        for note in files.store.checkpoints():
            rows = list(files.store.rows(start, note[0]))
            store.write(Batch(start, rows, gateways.AT, checkpoint=note))
            start = note[0]
    for table in (*TABLES, "checkpoint", "head"):
        server.raw(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
    return server


def verified(place: Place, told: Told, kept: str = "") -> verify.Report:
    """What the verifier says, with the keys of the content and perhaps a checkpoint from before."""
    trust = read_trust(told.path.with_name(register_files.TRUST).read_text())
    with register_files.readable(place.bundle(), told.path.with_name(register_files.KEYS)) as (
        found,
        opened,
    ):
        return verify.register(found, trust, kept or None, opened=opened)


WAYS: dict[str, tuple[str, ...]] = {
    "taken out": tuple(f"DELETE FROM {table} WHERE idx = {{n}}" for table in TABLES),
    "emptied": ("DELETE FROM content WHERE idx = {n}",),
    "its leaf taken": ("DELETE FROM leaf WHERE idx = {n}",),
    "of another kind": ("UPDATE event SET kind = 'custody.counted' WHERE idx = {n}",),
    "of another person": (f"UPDATE event SET subject = 'p_{'9' * 26}' WHERE idx = {{n}}",),
    "of no person": ("UPDATE event SET subject = NULL WHERE idx = {n}",),
    "another's leaf": (
        "UPDATE leaf SET entry = (SELECT entry FROM leaf WHERE idx = 0) WHERE idx = {n}",
    ),
    "another's content": (
        "UPDATE content SET sealed = (SELECT sealed FROM content WHERE idx = 0) WHERE idx = {n}",
    ),
}


def test_the_register_holds_as_it_was_told(place: Place, told: Told) -> None:
    assert verified(place, told, told.kept).faults == ()


@pytest.mark.parametrize("way", WAYS)
def test_the_verifier_names_all_that_the_databases_owner_changed(
    place: Place, told: Told, way: str
) -> None:
    for index in (told.opened, told.hurt, told.died):
        for statement in WAYS[way]:
            place.raw(statement.format(n=index))
    faults = verified(place, told).faults
    missing = f"index {told.opened} is missing: the next record is {told.died + 1}"
    if missing in {fault.what for fault in faults}:
        return  # all three, by the first and what comes after the last
    wheres = {fault.where for fault in faults}
    assert {f"index {index}" for index in (told.opened, told.hurt, told.died)} <= wheres


def forged(told: Told, change: Callable[[Record], Record]) -> Sequence[Row]:
    """The register's rows with the death told otherwise, under the same keys of content."""
    with register_files.opened(told.path) as files:
        rows = list(files.store.rows())
        (record,) = files.vault.records([rows[told.died]])
        other = change(record)
        rows[told.died] = files.vault.seal(replace(other, entry=content.commitment(other)))
    return rows


def another_kind(record: Record) -> Record:
    body = {**json.loads(record.body), "type": "custody.counted", "body": {"place": "US-1"}}
    return replace(record, kind="custody.counted", body=events.canonical(body))


def rewritten(told: Told, place: Path, rows: Sequence[Row]) -> Place:
    """A register of other rows, with a checkpoint signed by the log's own key."""
    trust = read_trust(told.path.with_name(register_files.TRUST).read_text())
    root = merkle.root([merkle.leaf_hash(row.entry) for row in rows])
    point = Checkpoint(trust.policy.log.name, len(rows), root)
    note = checkpoint.signed(point, gateways.key("log US"))
    sqlite_store.SqliteStore(place, create=True).write(
        Batch(0, rows, gateways.AT, checkpoint=(len(rows), note))
    )
    return LitePlace(place)


def test_who_holds_the_logs_key_too_cannot_sign_for_an_officer(told: Told, tmp_path: Path) -> None:
    place = rewritten(told, tmp_path / "forged", forged(told, another_kind))
    named = {(fault.code, fault.where) for fault in verified(place, told).faults}
    assert ("H514", f"index {told.died}") in named, named


def test_who_leaves_the_death_out_is_named_by_a_checkpoint_that_anybody_kept(
    told: Told, tmp_path: Path
) -> None:
    with register_files.opened(told.path) as files:
        rows = list(files.store.rows(0, told.died))
    place = rewritten(told, tmp_path / "shorter", rows)
    assert verified(place, told).faults == ()  # by itself a shorter log is a log
    assert "H558" in {fault.code for fault in verified(place, told, told.kept).faults}
