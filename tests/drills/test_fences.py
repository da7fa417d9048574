"""What the drill of the two fences says of what each of them shows."""

from drills.fences import Told, compared

SAME: Told = {"ann": {"persons": [[2, "a"], [2, "a"]], "cases": [[1, "c"], [3, "d"]]}}


def test_the_same_rows_by_both_fences_on_both_databases_are_no_difference() -> None:
    assert compared(SAME, SAME) == []


def test_each_difference_is_told() -> None:
    loose: Told = {"ann": {"persons": [[2, "a"], [5, "b"]], "cases": [[3, "d"], [1, "c"]]}}
    assert [one.partition(":")[0] for one in compared(loose, SAME)] == [
        "ann, persons", "ann, cases", "ann, cases",
    ]  # fmt: skip
    other: Told = {"ann": {"persons": [[2, "x"], [2, "x"]]}}
    assert compared(other, {"ann": {"persons": SAME["ann"]["persons"]}}) == [
        "ann, persons: 2 on SQLite, 2 here"
    ]
    assert compared(SAME, {}) == ["ann: not asked on both databases"]
