"""A mirror: what it takes in, what it refuses, what it proves against the log that it mirrors."""

import json
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from drills.commands import key
from drills.malicious import SIZE, History
from drills.peers import origin, trust
from hypothesis import given
from hypothesis import strategies as st

from habeas.adapters import mirror_files
from habeas.errors import RegisterError
from habeas.register import exchange, receipt, witness
from habeas.register.checkpoint import cosigned, read_note
from habeas.register.exchange import Side, Step
from habeas.register.merkle import included, leaf_hash
from habeas.service.mirror import Cosigner, Mirror, keep_lines, name_of, pursue

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
NAME, POLICY = name_of(origin("a")), trust("b").policy
TRUE = History([bytes([n]) * 32 for n in range(SIZE)])
FORKED = History([*TRUE.entries[:20], *(bytes([200 + n]) * 32 for n in range(SIZE - 20))])


class Shelves:
    """Mirrors of log B in folders of a test; each can be opened again."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self._stack, self._folder = stack, folder

    def mirror(self, name: str = "one") -> Mirror:
        (self._folder / name).mkdir(exist_ok=True)
        path = self._folder / name / "register.sqlite3"
        shelf = self._stack.enter_context(mirror_files.opened(path))
        return Mirror(shelf, POLICY, Cosigner(NAME, key(NAME)), lambda: NOW)


@pytest.fixture
def shelves(tmp_path: Path) -> Iterator[Shelves]:
    with ExitStack() as stack:
        yield Shelves(stack, tmp_path)


def text(history: History, start: int, end: int, size: int, **other: object) -> str:
    return exchange.canonical(history.publication(start, end, size) | other)


def code(mirror: Mirror, told: str) -> str:
    before = (mirror.size, mirror.note())
    with pytest.raises(RegisterError) as refused:
        mirror.take(told)
    assert (mirror.size, mirror.note()) == before
    return refused.value.code


def test_leaves_come_in_parts_again_and_overlapping(shelves: Shelves) -> None:
    mirror = shelves.mirror()
    assert mirror.take(text(TRUE, 0, 10, 30)).whole is False
    assert mirror.note() == ""
    taken = mirror.take(text(TRUE, 4, 30, 30))
    assert (taken.size, taken.added, taken.whole) == (30, 20, True)
    assert mirror.take(text(TRUE, 0, 10, 30)).added == 0
    assert mirror.take(text(TRUE, 30, 30, 30)).added == 0
    assert read_note(mirror.note()).checkpoint == TRUE.point(30)
    assert shelves.mirror().size == 30


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (text(TRUE, 11, 12, 12), "H934"),
        (text(TRUE, 10, 12, 12, entries=exchange.base64s([bytes(32), bytes(32)])), "H935"),
        (text(TRUE, 10, 12, 14, proof=[]), "H935"),
        (text(TRUE, 10, 12, 12, origin="log.example/c"), "H931"),
        (text(TRUE, 10, 12, 12, to=13), "H931"),
        (text(TRUE, 10, 12, 12, v=2), "H931"),
        (text(TRUE, 10, 12, 12, v=True), "H931"),
        (text(TRUE, 10, 12, 12, more=1), "H931"),
        (text(TRUE, 10, 12, 12).replace(",", ", ", 1), "H931"),
        (text(TRUE, 10, 10, 12), "H931"),
        (text(TRUE, 10, 12, 12).replace("=", "", 1), "H521"),
        ("[" * 100_000, "H931"),
        (" " * (exchange.CAP + 1), "H931"),
    ],
)
def test_what_does_not_lead_to_the_checkpoint_is_refused(
    shelves: Shelves, told: str, expected: str
) -> None:
    mirror = shelves.mirror()
    mirror.take(text(TRUE, 0, 10, 10))
    assert code(mirror, told) == expected
    assert mirror.contradiction() is None


def test_another_log_s_publication_and_another_key_are_refused(shelves: Shelves) -> None:
    mirror = shelves.mirror()
    document = TRUE.publication(0, 10, 10)
    document["checkpoint"] = document["checkpoint"].replace("/b", "/a")
    assert code(mirror, exchange.canonical(document | {"origin": origin("a")})) == "H522"
    unsigned = TRUE.point(10).text() + "\n" + cosigned(TRUE.point(10), "x", key("x"), 1)
    assert code(mirror, text(TRUE, 0, 10, 10, checkpoint=unsigned)) == "H523"


@given(st.integers(1, SIZE), st.integers(21, SIZE), st.booleans())
def test_a_fork_of_what_is_held_is_proven_to_anybody(held: int, size: int, whole: bool) -> None:  # noqa: FBT001
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        mirror = Shelves(stack, folder).mirror()
        mirror.take(text(TRUE, 0, held, held if whole else SIZE))
        with suppress(RegisterError):
            pursue(mirror.size, lambda after: text(FORKED, after, size, size), mirror.take)
        found = mirror.contradiction()
        if held <= 20:
            assert found is None
            return
        assert found is not None
        proven = exchange.check_split_view(found, POLICY)
        points = {proven.first, proven.second}
        assert points == {TRUE.point(held if whole else SIZE), FORKED.point(size)}
        assert mirror.size == held
        assert exchange.check_split_view(str(mirror.contradiction()), POLICY) == proven


def test_a_smaller_checkpoint_with_another_root_is_enough(shelves: Shelves) -> None:
    mirror = shelves.mirror()
    mirror.take(text(TRUE, 0, 30, 30))
    mirror.compare(TRUE.note(25))
    with pytest.raises(RegisterError, match="H936"):
        mirror.compare(FORKED.note(25))
    proven = exchange.check_split_view(str(shelves.mirror().contradiction()), POLICY)
    assert {proven.first, proven.second} == {TRUE.point(30), FORKED.point(25)}
    assert proven.size == 25


@pytest.mark.parametrize("change", ["same", "none", "steps", "proof", "root", "size", "note"])
def test_nothing_else_proves_a_split_view(change: str) -> None:
    one = Side(TRUE.note(30), (Step(25, TRUE.point(25).root), _step(TRUE, 25, 30)))
    two = Side(FORKED.note(25), (Step(25, FORKED.point(25).root),))
    document = json.loads(exchange.split_view(one, two))
    assert exchange.check_split_view(exchange.canonical(document), POLICY).size == 25
    side = document["sides"][0]
    match change:
        case "same":
            document["sides"][1] = side
        case "none":
            side["steps"] = []
        case "steps":
            side["steps"] = side["steps"][1:]
        case "proof":
            side["steps"][0]["proof"] = side["steps"][1]["proof"]
        case "root":
            side["steps"][0]["root"] = exchange.base64s([bytes(64)])[0]
        case "size":
            side["steps"][0]["size"] = 24
        case _:
            side["note"] = TRUE.note(29)
    with pytest.raises(RegisterError, match="H932"):
        exchange.check_split_view(exchange.canonical(document), POLICY)


@pytest.mark.parametrize(
    "row", [{"more": ""}, {"proof": [None]}, {"size": -25}, {"size": "25"}, {"root": 1}]
)
def test_a_step_of_another_form_proves_nothing(row: dict[str, object]) -> None:
    one, two = (Side(each.note(25), (Step(25, each.point(25).root),)) for each in (TRUE, FORKED))
    document = json.loads(exchange.split_view(one, two))
    document["sides"][0]["steps"][0] |= row
    with pytest.raises(RegisterError, match="a step is malformed"):
        exchange.check_split_view(exchange.canonical(document), POLICY)


def _step(history: History, old: int, new: int) -> Step:
    return Step(new, history.point(new).root, history.between(old, new))


def test_its_line_covers_only_what_is_held_and_is_stored_before_it_is_shown(
    shelves: Shelves,
) -> None:
    mirror = shelves.mirror()
    digest = witness.origin_digest(origin("b"))
    assert mirror.latest(digest) is None
    mirror.take(text(TRUE, 0, 10, 10))
    line = mirror.cosigned().removeprefix(TRUE.note(10))
    assert line == cosigned(TRUE.point(10), NAME, key(NAME), int(NOW.timestamp()))
    assert shelves.mirror().note() == TRUE.note(10) + line
    mirror.take(text(TRUE, 10, 12, 30))
    with pytest.raises(RegisterError, match="H937"):
        mirror.cosigned()
    assert mirror.latest(digest) == TRUE.note(10) + line
    assert mirror.latest("0" * 64) is None


def test_it_answers_whoever_asks_it_to_cosign(shelves: Shelves) -> None:
    mirror = shelves.mirror()

    def asked(note: str) -> tuple[int, str]:
        answer = mirror.add(witness.write_request(0, [], note).encode())
        return answer.status, answer.body

    assert asked(TRUE.note(10)) == (409, "0\n")
    mirror.take(text(TRUE, 0, 10, 10))
    assert asked(TRUE.note(12)) == (409, "10\n")
    assert asked(TRUE.note(9)) == (409, "10\n")
    assert asked(FORKED.note(10)) == (200, mirror.cosigned().removeprefix(TRUE.note(10)))
    mirror.take(text(TRUE, 10, 30, 30))
    assert asked(FORKED.note(30))[0] == 422
    assert asked(TRUE.note(30).replace("/b", "/a"))[0] == 404
    assert asked(TRUE.note(30).replace("\n30\n", "\n29\n"))[0] == 403
    assert mirror.add(b"old x").status == 400


def test_one_cosignature_of_each_witness_is_kept(shelves: Shelves) -> None:
    mirror, court = shelves.mirror(), "court.example/witness"
    mirror.take(text(TRUE, 0, 10, 10))
    for time in (1, 2, 3):
        note = TRUE.note(10) + cosigned(TRUE.point(10), court, key(court), time)
        mirror.take(text(TRUE, 10, 10, 10, checkpoint=note))
    assert mirror.note() == TRUE.note(10) + cosigned(TRUE.point(10), court, key(court), 1)
    assert mirror.quorum() == (10, mirror.note())
    with pytest.raises(RegisterError, match="H935"):
        keep_lines(mirror.store, POLICY, FORKED.note(25))


def test_its_proofs_are_those_of_the_log(shelves: Shelves) -> None:
    mirror, court = shelves.mirror(), "court.example/witness"
    mirror.take(text(TRUE, 0, 10, 10))
    assert mirror.proof(TRUE.entries[3]) is None
    note = TRUE.note(30) + cosigned(TRUE.point(30), court, key(court), 1)
    mirror.take(text(TRUE, 10, 30, 30, checkpoint=note))
    mirror.take(text(TRUE, 30, 35, 35))
    for at, entry in enumerate(TRUE.entries[:30]):
        proof = receipt.read_proof(str(mirror.proof(entry, b"salt")))
        point = proof.note.checkpoint
        assert (proof.index, point, proof.salt) == (at, TRUE.point(30), b"salt")
        assert included(leaf_hash(entry), at, 30, proof.hashes, point.root)
    assert mirror.proof(TRUE.entries[31]) is None
    assert mirror.holds(TRUE.entries[31])
    assert not mirror.holds(bytes([250]) * 32)


def test_a_mirror_of_another_log_and_changed_leaves_are_told_when_it_is_opened(
    tmp_path: Path,
) -> None:
    path = tmp_path / "register.sqlite3"
    with mirror_files.opened(path) as shelf:
        Mirror(shelf, POLICY, None, lambda: NOW).take(text(TRUE, 0, 10, 10))
        with pytest.raises(RegisterError, match="H933"):
            Mirror(shelf, trust("a").policy, None, lambda: NOW)
    with closing(sqlite3.connect(tmp_path / "mirror" / "register.sqlite3")) as db:
        db.execute("DROP TRIGGER leaf_update")
        db.execute("UPDATE leaf SET entry = zeroblob(32) WHERE idx = 4")
        db.commit()
    with mirror_files.opened(path) as shelf, pytest.raises(RegisterError, match="H558"):
        Mirror(shelf, POLICY, None, lambda: NOW)


def test_an_index_that_is_lost_is_made_again(tmp_path: Path) -> None:
    path = tmp_path / "register.sqlite3"
    with mirror_files.opened(path) as shelf:
        Mirror(shelf, POLICY, None, lambda: NOW).take(text(TRUE, 0, 30, 30))
    (tmp_path / "mirror" / mirror_files.INDEX).unlink()
    with mirror_files.opened(path) as shelf:
        assert Mirror(shelf, POLICY, None, lambda: NOW).index(TRUE.entries[29]) == 29
