"""The page of figures from real records says what the tests assert, and of whom it says nothing."""

import re
from pathlib import Path

from real.figures import FIGURES

PAGE = (Path(__file__).parents[2] / "docs/validation.md").read_text()


def stated() -> dict[str, dict[str, str]]:
    """The tables of the sections T1 to T11."""
    sections = re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]
    found = {}
    for section in sections:
        if number := re.match(r"(T\d+)\. ", section):
            rows = re.findall(r"^\| (.+?) \| (.+) \|$", section, re.MULTILINE)[2:]
            found[number[1]] = dict(rows)
    return found


def test_the_page_states_the_figures_that_the_tests_assert_and_no_other() -> None:
    assert stated() == FIGURES


def test_the_page_says_what_it_is_not() -> None:
    assert PAGE.startswith("# Validation on public records of another system\n")
    flat = " ".join(PAGE.split())
    for told in (
        "None of it concerns El Salvador, any transfer abroad or any agreement",
        "HABEAS_REAL_DATA",
        "FY15 fees apply one dated schedule to a year",
        "differences are measured, causes not established",
        "Listed capacity is contracted",
        "solitary files cover reported placements",
    ):
        assert told in flat


def test_each_test_that_the_page_names_exists() -> None:
    tests = Path(__file__).parents[1]
    names = re.findall(r"\| `(r\d+)` \|", PAGE)
    text = "".join(path.read_text() for path in tests.rglob("test_*.py"))
    assert len(names) == 15
    assert [name for name in names if not re.search(rf"def test_\w*{name}_", text)] == []
