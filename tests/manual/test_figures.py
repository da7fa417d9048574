"""The page of figures shows what its sources say, and nothing else."""

import re

import pytest

from manual_pages import DOCS, text

ROWS = re.findall(
    r"^\| (.+?) \| (.+?) \| \[.+?\]\((.+?)\) \|$", text("manual/figures.md"), re.MULTILINE
)
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def numbers(said: str) -> set[str]:
    return set(NUMBER.findall(said))


def statements(page: str) -> list[str]:
    """The rows of a page's tables, and its paragraphs and points."""
    parts = [part for part in page.split("\n\n") if not part.startswith("|")]
    points = [point for part in parts for point in re.split(r"^- ", part, flags=re.MULTILINE)]
    return points + [line for line in page.split("\n") if line.startswith("|")]


@pytest.mark.parametrize(("what", "figure", "source"), ROWS)
def test_each_figure_stands_on_the_page_that_it_comes_from(
    what: str, figure: str, source: str
) -> None:
    page = (DOCS / "manual" / source).resolve().read_text("utf-8")
    assert any(numbers(figure) <= numbers(one) for one in statements(page))
    assert numbers(what) <= numbers(page)


def test_every_source_is_shown_and_no_figure_stands_elsewhere() -> None:
    assert {source for _, _, source in ROWS} == {
        "../performance.md", "../reliability.md", "../projection-checks.md",
    }  # fmt: skip
    rest = re.sub(r"^\|.*$", "", text("manual/figures.md"), flags=re.MULTILINE)
    assert numbers(rest) - {"2", "3.11"} == set()


def test_a_figure_that_the_source_does_not_have_is_found() -> None:
    assert not numbers("25.6 ns") <= numbers("| **habeas** | **25.5** | 3.6 |")
