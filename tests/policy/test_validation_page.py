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


ELSEWHERE = {"70", "95"}  # measured on a prototype, and said so


def plain(text: str) -> str:
    """Numbers without the marks between their thousands."""
    return re.sub(r"(?<=\d)[,_](?=\d{3})", "", text)


def test_each_number_of_the_page_stands_in_a_test_on_real_data() -> None:
    folder = Path(__file__).parents[1] / "real"
    code = plain("\n".join(path.read_text() for path in sorted(folder.glob("test_*.py"))))
    numbers = set(re.findall(r"\d+(?:\.\d+)?", code))
    shares = {f"{float(one) * 100:g}" for one in numbers if one.startswith("0.")}
    for name, figures in FIGURES.items():
        if any(f'FIGURES["{name}"]' in path.read_text() for path in folder.glob("test_*.py")):
            continue  # asserted from the table itself
        for label, value in figures.items():
            told = set(re.findall(r"\d+(?:\.\d+)?", plain(re.sub(r"FY\d\d", "", value))))
            assert told - numbers - shares <= ELSEWHERE, (name, label)
