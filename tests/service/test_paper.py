"""The words of a report, and names that become names of files."""

import json
import re
from pathlib import Path
from string import Formatter

from hypothesis import given
from hypothesis import strategies as st

import habeas
from habeas.service.paper import Say, last_day, safe

WORDS = Path(habeas.__file__).parent / "documents" / "report_words.json"


def test_every_word_has_both_languages_with_the_same_places() -> None:
    def places(text: str) -> list[str]:
        return sorted({name for _, name, _, _ in Formatter().parse(text) if name})

    for group, rows in json.loads(WORDS.read_text("utf-8")).items():
        for name, pair in rows.items():
            english, spanish = pair
            assert spanish, (group, name)
            assert english or group == "definitions", (group, name)
            if english:
                assert places(english) == places(spanish), (group, name)


@given(st.text(max_size=90), st.text(max_size=90))
def test_a_name_of_a_file_stays_in_its_folder_and_is_nobody_elses(one: str, other: str) -> None:
    assert re.fullmatch(r"[0-9A-Za-z_.-]+", safe(one))
    assert not safe(one).startswith(".")
    assert (safe(one) == safe(other)) == (one == other)


def test_numbers_and_months_are_written_as_each_language_has_them() -> None:
    english, spanish = Say("en"), Say("es")
    assert (english.figure(12032), spanish.figure("12032.50")) == ("12,032", "12.032,50")
    for odd in ("TARTU-1", "NaN", "1e9", "9" * 5000, "", "-", "1_000"):
        assert english.figure(odd) == odd
    assert (english.month("2027-03"), spanish.month("2027-03")) == ("March 2027", "marzo de 2027")
    assert [last_day(one).isoformat() for one in ("2028-02", "2027-12")] == [
        "2028-02-29", "2027-12-31",
    ]  # fmt: skip
