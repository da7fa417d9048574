"""No requirement of the standard is left out, and none is called met without a test."""

import re
from pathlib import Path

from tools import asvs

from named_tests import missing

NUMBERS = Path(__file__).with_name("asvs_numbers.txt")
ROWS = {number: row for _, rows in asvs.chapters().values() for number, row in rows.items()}
SENTENCE = re.compile(r"[A-Z].{15,}[.]")


def test_every_requirement_of_level_1_and_2_and_each_chosen_one_of_3_is_answered() -> None:
    lines = (line for line in NUMBERS.read_text().splitlines() if not line.startswith("#"))
    wanted = {number: int(level) for number, level in map(str.split, lines)}
    assert {number: row["level"] for number, row in ROWS.items()} == wanted
    levels = list(wanted.values())
    assert [levels.count(one) for one in (1, 2)] == [70, 183]  # as ASVS 5.0.0 has them


def test_what_is_met_has_tests_that_exist() -> None:
    named = [one for row in ROWS.values() for one in row.get("tests", [])]
    assert missing(named) == []
    met = {number for number, row in ROWS.items() if row["status"] in {"met", "partly"}}
    assert met == {number for number, row in ROWS.items() if row.get("tests")}


def test_what_is_not_met_or_in_part_has_a_reason_of_a_sentence() -> None:
    asked = {number: row for number, row in ROWS.items() if row["status"] != "met"}
    assert {row["status"] for row in ROWS.values()} <= set(asvs.STATUSES)
    assert [number for number, row in asked.items() if not SENTENCE.match(row["reason"])] == []
    assert [number for number, row in ROWS.items() if number not in asked and "reason" in row] == []


def test_the_page_is_as_the_tool_writes_it() -> None:
    assert asvs.main(["--check"]) == 0, "run python -m tools.asvs"


def test_a_test_that_does_not_exist_is_found() -> None:
    here = "tests/policy/test_asvs.py::test_a_test_that_does_not_exist_is_found"
    assert missing([here, f"{here}_not", "tests/none.py::test_x"]) == [
        f"{here}_not", "tests/none.py::test_x",
    ]  # fmt: skip
