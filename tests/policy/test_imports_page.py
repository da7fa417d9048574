"""The page on imports names every column and every mark."""

from pathlib import Path

from habeas.adapters.importers.odd_file import ENCODINGS
from habeas.docket.placements import MANY, SCHEMA, TIMES, Mark

PAGE = (Path(__file__).parents[2] / "docs/imports.md").read_text()


def test_every_column_and_every_mark_is_explained() -> None:
    words = [*SCHEMA.names, *(mark.word for mark in Mark)]
    assert [word for word in words if f"`{word}`" not in PAGE] == []


def test_the_page_states_what_the_code_holds() -> None:
    assert f"{MANY} others or more" in PAGE
    assert TIMES == 10
    assert "utf-8-sig, utf-8, cp1252 or latin-1" in PAGE
    assert len(ENCODINGS) == 4
