"""What the manual's pages call things is what they are called; explanations are short."""

import re
from pathlib import Path

import pytest

from habeas import terms
from manual_pages import DOCS, PAGES, blocks, text

CATALOGUE = (DOCS.parent / "src/habeas/web/locale/es/LC_MESSAGES/django.po").read_text("utf-8")
SAID = dict(re.findall(r'^msgid "(.+)"\nmsgstr "(.*)"$', CATALOGUE, re.MULTILINE))
GUIDES = [one for one in PAGES if "/how-to/" in one or one in {"es/familia.md", "es/defensa.md"}]
EXPLAINED = [one for one in PAGES if "/explanation/" in one]
MOST = 600  # words of an explanation
KINDS = {kind.value for kind in terms.EventKind}
ROOMS = {kind.partition(".")[0] for kind in KINDS}


@pytest.mark.parametrize("page", GUIDES)
def test_each_button_that_a_guide_names_is_on_the_pages_in_its_language(page: str) -> None:
    labels = re.findall(r"\*\*(.+?)\*\*", text(page))
    known = set(SAID.values() if page.startswith("es/") else SAID)
    assert [one for one in labels if one not in known] == []


@pytest.mark.parametrize("page", PAGES)
def test_each_event_that_a_page_names_exists(page: str) -> None:
    named = re.findall(r"`([a-z]+\.[a-z_]+)`", text(page))
    assert [one for one in named if one.partition(".")[0] in ROOMS and one not in KINDS] == []


@pytest.mark.parametrize("page", PAGES)
def test_each_code_that_a_page_names_is_explained(page: str) -> None:
    rows = re.findall(r"^\| (H\d{3}) \|", (DOCS / "errors.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(set(re.findall(r"\bH\d{3}\b", text(page))) - set(rows)) == []


@pytest.mark.parametrize("page", EXPLAINED)
def test_an_explanation_is_short(page: str) -> None:
    assert 150 < len(text(page).split()) < MOST


@pytest.mark.parametrize("page", [one for one in PAGES if one.startswith("es/")])
def test_a_page_in_spanish_says_that_nobody_reviewed_it(page: str) -> None:
    assert "*Traducción propia no revisada" in text(page)


def test_every_reader_finds_a_guide_on_the_first_page() -> None:
    first, spanish = (text(one) for one in ("index.md", "es/index.md"))
    guides = [one for one in PAGES if "/how-to/" in one or "/explanation/" in one]
    assert [one for one in guides if f"({one})" not in first] == []
    there = [Path(one).name for one in PAGES if one.startswith("es/") and one != "es/index.md"]
    assert [one for one in there if f"({one})" not in spanish] == []


@pytest.mark.parametrize("page", PAGES)
def test_the_lines_of_a_page_fit(page: str) -> None:
    shown = {line for _, block in blocks(page) for line in block.split("\n")}
    plain = [line for line in text(page).split("\n") if line not in shown and line[:1] != "|"]
    assert [line for line in plain if len(line) > 160] == []
