"""What every store keeps to, asked of each alike: it reads back, appends, and changes nothing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from habeas.errors import RegisterError
from habeas.register.events import PAD, Row
from habeas.register.sealed import SealedSection
from habeas.register.store import Batch, Store
from stores import TABLES, Place

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
ONE, TWO = "p_" + "1" * 26, "p_" + "2" * 26
TILE = (0, 0, bytes(range(256)) * 32)


def row(index: int, subject: str | None = None, seq: int | None = None, kind: str = "kind") -> Row:
    entry = sha256(b"%d" % index).digest()
    return Row(index, entry, f"id {index}", kind, subject, seq, b"content \x00 %d" % index)


PADDING = Row(5, bytes(32), "", PAD, None, None, b"salt")
ROWS = [
    row(0, kind="key.enrolled"),
    row(1, ONE, 0),
    row(2, TWO, 0),
    row(3, ONE),
    row(4, ONE, 1),
    PADDING,
]
SECTIONS = [SealedSection(3, name, bytes(32), b"sealed") for name in ("b", "a", "Z")]
FULL = Batch(0, ROWS, AT, SECTIONS, [TILE], (6, "a note\n"))


@pytest.fixture
def full(store: Store) -> Store:
    store.write(FULL)
    store.cosign(6, ["line b\n", "line a\n"])
    store.keep_evidence(AT, "what", b"data")
    return store


def everything(place: Place) -> dict[str, list[tuple[object, ...]]]:
    return {
        table: sorted(place.raw(f"SELECT * FROM {table}"), key=repr)  # noqa: S608 - our own names
        for table in TABLES
    }


def code(store: Store, batch: Batch) -> str:
    with pytest.raises(RegisterError) as caught:
        store.write(batch)
    return caught.value.code


def test_an_empty_register_holds_nothing(store: Store, place: Place) -> None:
    found = (store.size(), list(store.rows()), store.checkpoints(), store.latest())
    assert found == (0, [], [], None)
    asked = (store.by_ids(["id 0"]), store.heads([ONE]), store.persons([ONE]), store.entries(0, 9))
    assert asked == ({}, {}, set(), [])
    assert (list(store.of_person(ONE)), list(store.administrative(["a"]))) == ([], [])
    assert (store.tile(0, 0), store.sections(0)) == (None, [])
    assert list(place.bundle().rows) == []


def test_rows_read_back_in_order(full: Store) -> None:
    assert list(full.rows()) == ROWS
    assert [list(full.rows(start)) for start in (3, 6)] == [ROWS[3:], []]
    assert [list(full.rows(2, end)) for end in (4, 2, 99)] == [ROWS[2:4], [], ROWS[2:]]
    assert full.entries(1, 3) == [one.entry for one in ROWS[1:3]]
    assert (full.size(), full.entries(5, 99), full.entries(9, 12)) == (6, [PADDING.entry], [])


def test_rows_are_found_by_what_they_are_about(full: Store) -> None:
    assert list(full.of_person(ONE)) == [ROWS[1], ROWS[3], ROWS[4]]
    assert list(full.administrative(["key.enrolled", "other"])) == [ROWS[0]]
    assert list(full.administrative(["kind"])) == []
    assert list(full.administrative([])) == []
    assert full.by_ids(["id 4", "id 9", "", "' OR 1 = 1 --", "id 1"]) == {
        "id 1": ROWS[1],
        "id 4": ROWS[4],
    }


def test_a_head_is_the_latest_custody_entry(full: Store) -> None:
    absent = "p_" + "3" * 26
    heads = {ONE: (1, ROWS[4].entry), TWO: (0, ROWS[2].entry)}
    assert full.heads([ONE, TWO, absent]) == heads
    assert (full.persons([ONE, absent]), full.persons([]), full.heads([])) == ({ONE}, set(), {})


def test_more_names_than_one_question_holds_are_found(full: Store) -> None:
    many = [f"id {n}" for n in range(3_000)]
    assert len(full.by_ids(many)) == 5
    assert full.persons([ONE, *many]) == {ONE}
    assert len(full.heads([TWO, *many])) == 1


def test_sections_tiles_and_checkpoints_read_back(full: Store) -> None:
    assert full.sections(3) == [SECTIONS[2], SECTIONS[1], SECTIONS[0]]  # by name, byte by byte
    assert (full.tile(0, 0), full.tile(0, 1), full.tile(1, 0)) == (TILE[2], None, None)
    noted = (6, "a note\nline b\nline a\n")
    assert (full.checkpoints(), full.latest()) == ([noted], noted)


def test_the_instant_of_recording_is_kept_beside(full: Store) -> None:
    assert full.recorded([4, 0, 5, 9]) == {0: AT, 4: AT}
    assert (full.recorded([0])[0].tzinfo, full.recorded([])) == (UTC, {})


def test_checkpoints_come_smallest_first(store: Store) -> None:
    for size in (3, 10, 9):
        store.write(Batch(0, [], AT, checkpoint=(size, f"note {size}")))
    assert [size for size, _ in store.checkpoints()] == [3, 9, 10]
    assert store.latest() == (10, "note 10")


def test_a_cosignature_and_evidence_are_kept_once(full: Store, place: Place) -> None:
    full.cosign(6, ["line c\n", "line a\n"])
    full.cosign(6, [])
    full.keep_evidence(AT, "again", b"data")
    full.keep_evidence(AT, "other", b"other data")
    assert full.latest() == (6, "a note\nline b\nline a\nline c\n")
    assert sorted(place.raw("SELECT what FROM evidence")) == [("other",), ("what",)]


def test_the_verifier_reads_the_same(full: Store, place: Place) -> None:
    found = place.bundle()
    assert (list(found.rows), list(found.tiles or ())) == (ROWS, [TILE])
    assert list(found.checkpoints) == full.checkpoints()


def test_rows_of_no_leaf_are_shown_to_the_verifier(full: Store, place: Place) -> None:
    place.raw("INSERT INTO content VALUES (8, ?)", [b"x"])
    assert [one.index for one in place.bundle().rows] == [0, 1, 2, 3, 4, 5, 8]
    assert full.size() == 6


def test_a_register_is_made_once_and_opened_where_it_is(place: Place) -> None:
    with pytest.raises(RegisterError, match="H562"):
        place.open()
    assert place.open(create=True).size() == 0
    with pytest.raises(RegisterError, match="H562"):
        place.open(create=True)
    assert place.open().size() == 0


@pytest.mark.parametrize("start", [0, 5, 7, 2**40])
def test_a_batch_that_starts_elsewhere_is_refused(full: Store, place: Place, start: int) -> None:
    before = everything(place)
    for rows in ([replace(row(9), index=start)], []):
        assert code(full, Batch(start, rows, AT, checkpoint=(start, "note"))) == "H565"
    assert everything(place) == before


def _batch(*rows: Row) -> Batch:
    """Rows at the end of the full register, with something good in every other table."""
    return Batch(6, rows, AT, [replace(SECTIONS[0], index=7)], [(0, 7, b"t")], (8, "note"))


_BAD = {
    "leaves after a gap": _batch(row(7)),
    "leaves with a gap": _batch(row(6), row(8)),
    "a leaf that is there": _batch(row(6), row(5)),
    "one leaf twice": _batch(row(6), row(6)),
    "an id that is there": _batch(row(6), replace(row(7), event_id="id 1")),
    "an id twice": _batch(row(6), replace(row(7), event_id="id 6")),
    "a custody number that is there": _batch(row(6, TWO, 1), row(7, ONE, 1)),
    "a custody number twice": _batch(row(6, TWO, 1), row(7, TWO, 1)),
    "a section that is there": replace(_batch(row(6)), sections=[SECTIONS[0]]),
    "a section twice": replace(_batch(row(6)), sections=[replace(SECTIONS[0], index=6)] * 2),
    "a tile that is there": replace(_batch(row(6)), tiles=[(0, 1, b"x"), TILE]),
    "a checkpoint that is there": replace(_batch(row(6)), checkpoint=(6, "a note\n")),
    "another note of its size": replace(_batch(row(6)), checkpoint=(6, "another note\n")),
}


@pytest.mark.parametrize("name", _BAD)
def test_a_batch_of_which_one_part_fails_leaves_nothing(
    full: Store, place: Place, name: str
) -> None:
    before = everything(place)
    assert code(full, _BAD[name]) == "H563"
    assert everything(place) == before
    full.write(_batch(row(6), row(7)))
    assert (full.size(), full.latest()) == (8, (8, "note"))


# columns, a key that is there, and a row that would take its place
_AGAIN: dict[str, list[tuple[str, str, tuple[object, ...]]]] = {
    "leaf": [("idx, entry", "idx", (5, b"x")), ("idx, entry", "idx", (0, b"x"))],
    "event": [
        ("idx, event_id, kind, recorded_at", "idx", (1, "new", "kind", AT.isoformat())),
        ("idx, event_id, kind, recorded_at", "event_id", (9, "id 1", "kind", AT.isoformat())),
        (
            "idx, event_id, kind, subject, seq, recorded_at",
            "subject, seq",
            (9, "new", "kind", ONE, 1, AT.isoformat()),
        ),
    ],
    "content": [("idx, sealed", "idx", (0, b"x"))],
    "section": [("idx, name, digest, sealed", "idx, name", (3, "a", b"x", b"x"))],
    "tile": [("level, n, hashes", "level, n", (0, 0, b"x"))],
    "checkpoint": [("size, note", "size", (6, "another"))],
    "cosignature": [("size, line", "size, line", (6, "line a\n"))],
    "evidence": [
        ("digest, at, what, data", "digest", (sha256(b"data").digest(), AT.isoformat(), "", b""))
    ],
}


@pytest.mark.parametrize("table", TABLES)
def test_no_row_is_updated_or_taken_away(full: Store, place: Place, table: str) -> None:
    before = everything(place)
    columns = _AGAIN[table][0][0].split(", ")
    updates = ["UPDATE {table} SET name = name".replace("name", one) for one in columns]
    for statement in (*updates, *place.emptied):
        with pytest.raises(place.refused, match=f"{table} is append-only"):
            place.raw(statement.format(table=table))
    assert (everything(place), full.size()) == (before, 6)


@pytest.mark.parametrize(
    ("table", "case"), [(table, case) for table, cases in _AGAIN.items() for case in cases]
)
def test_no_row_takes_the_place_of_another(
    full: Store, place: Place, table: str, case: tuple[str, str, tuple[object, ...]]
) -> None:
    before, (columns, key, values) = everything(place), case
    first, marks = columns.split(", ")[0], ", ".join("?" * len(values))
    change = f"{first} = EXCLUDED.{first}"
    for statement in place.again:
        words = {"table": table, "columns": columns, "marks": marks, "key": key, "set": change}
        with pytest.raises(place.refused):
            place.raw(statement.format(**words), values)
    assert (everything(place), full.size()) == (before, 6)


@pytest.mark.parametrize("indexes", [(7,), (6, 8), (5,), (-1,), (0,), (2**40,)])
def test_no_leaf_is_put_elsewhere_than_next(
    full: Store, place: Place, indexes: Sequence[int]
) -> None:
    marks = ", ".join(["(?, ?)"] * len(indexes))
    values = [part for index in indexes for part in (index, b"x")]
    with pytest.raises(place.refused):
        place.raw(f"INSERT INTO leaf VALUES {marks}", values)  # noqa: S608 - question marks
    assert full.size() == 6
