"""Every construct that the language refuses: code, place, and the sentence in both languages."""

from dataclasses import replace

import pytest

from banned_texts import BANNED, PARAMS, VOCABULARY
from habeas.errors import LawError
from habeas.law import messages
from habeas.law.check import checked
from habeas.law.grammar import parse
from habeas.law.grammar import text as printed


def faults(text: str) -> list[tuple[str, int]]:
    try:
        checked(text, VOCABULARY, PARAMS)
    except LawError as error:
        return [(fault.code, fault.column) for fault in error.faults]
    return []


@pytest.mark.parametrize(("text", "code", "column"), BANNED, ids=[row[0] for row in BANNED])
def test_what_the_language_does_not_have_is_refused_by_name(
    text: str, code: str, column: int
) -> None:
    assert (code, column) in faults(text)
    assert {found for found, _ in faults(text)} <= {code, "H122", "H105"}


@pytest.mark.parametrize(
    "text",
    [
        "convicted and not final",
        "served * 100 < served * 85 + 3",
        "area >= CASE WHEN served = 1 THEN 6.0 ELSE 4.0 END",
        "ADD_MONTHS(release, :least) <= as_of",
        "DAYS_BETWEEN(as_of, release) BETWEEN 0 AND 180",
        "18 <= YEARS_OLD(born, release)",
        "LEAST(release, born, as_of) < DATE '2026-01-31'",
        "GREATEST(area, 4.5, area * 2) > 3",
        "CASE WHEN convicted THEN final WHEN final THEN convicted ELSE NOT final END",
        "born IN (DATE '2004-02-29', DATE '2004-03-01')",
        "-served > -3 AND served NOT BETWEEN 1 AND -(-2)",
        "convicted = (final OR sex = 'male')",
        "CASE WHEN convicted THEN 'male' ELSE sex END <> 'female'",
        "RULE('R-1') OR convicted",
        "served > 0 OR release > ADD_DAYS(as_of, -30)",
    ],
)
def test_what_the_language_has_is_read(text: str) -> None:
    assert faults(text) == []
    assert parse(printed(parse(text))) == parse(text)


def test_all_faults_of_one_text_are_told_in_one_run() -> None:
    text = "convictd AND served / 2 > 1 OR sex IN ('man', NULL) AND NOW() > release"
    assert [code for code, _ in faults(text)] == ["H101", "H114", "H112", "H115"]


def told(text: str) -> str:
    try:
        checked(text, VOCABULARY, PARAMS)
    except LawError as error:
        return error.faults[0].sentence("es")
    return ""


def test_each_fault_is_told_in_spanish_too() -> None:
    english = {code for _, code, _ in BANNED}
    assert told("convicted IS NULL") == (
        "H110 'IS NULL' no se admite: un hecho que falta es «no establecido» y no puede usarse "
        "como hecho. Para exigir prueba, declárela en [facts.<nombre>]."
    )
    assert all(told(text).startswith(("H1", "H2")) for text, _, _ in BANNED)
    assert {key.partition(".")[0] for key in messages.MESSAGES} >= english


@pytest.mark.parametrize("key", messages.MESSAGES)
def test_both_languages_of_a_message_say_the_same_of_the_same(key: str) -> None:
    what, fix, que, remedio = messages.MESSAGES[key]
    assert what != que
    assert fix != remedio
    assert all((what, fix, que, remedio))


def test_the_caret_stands_under_the_word() -> None:
    with pytest.raises(LawError) as caught:
        checked("convicted AND convictd", VOCABULARY)
    (fault,) = caught.value.faults
    shown = replace(fault, file="x.toml", line=3, source='require = "convicted AND convictd"')
    shown = replace(shown, column=fault.column + len('require = "'))
    assert shown.told() == (
        "x.toml:3:26: H101 unknown fact 'convictd'\n"
        '  require = "convicted AND convictd"\n'
        "                           ^^^^^^^^\n"
        "help: Did you mean 'convicted'?"
    )
