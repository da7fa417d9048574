"""Every construct that the language refuses: code, place, and the sentence in both languages."""

from dataclasses import replace

import msgspec
import pytest

from habeas.errors import LawError
from habeas.law import agreement, messages
from habeas.law.check import checked
from habeas.law.grammar import parse
from habeas.law.grammar import text as printed

SAID = {"en": "-", "es": "-"}
FACT = {"ask": SAID, "established_by": SAID, "evidence": SAID}
VOCABULARY = msgspec.convert(
    {
        "format": "habeas-facts/1",
        "version": "1",
        "codes": {"sex": ["male", "female"], "status": ["none", "pending"]},
        "facts": {
            "convicted": {"type": "bool", **FACT},
            "final": {"type": "bool", **FACT},
            "sex": {"type": "code", "codes": "sex", **FACT},
            "status": {"type": "code", "codes": "status", **FACT},
            "served": {"type": "int", "min": 0, "max": 40_000, "unit": "days", **FACT},
            "area": {"type": "int", "min": 0, "max": 200, "scale": 10_000, "unit": "m2", **FACT},
            "wide": {"type": "int", "min": 0, "max": 9_000_000_000_000_000_000, **FACT},
            "born": {"type": "date", **FACT},
            "release": {"type": "date", **FACT},
        },
        "meta": {"authors": ["test"], "source_texts": SAID},
    },
    agreement.Vocabulary,
)
VALUE = {"from": "2026-01-01", "value": 6, "cite": []}
PARAMS = {
    "least": msgspec.convert({"unit": "months", "values": [VALUE]}, agreement.Param),
    "share": msgspec.convert(
        {"unit": "m2", "values": [{**VALUE, "value": "0.00001"}]}, agreement.Param
    ),
}


def faults(text: str) -> list[tuple[str, int]]:
    try:
        checked(text, VOCABULARY, PARAMS)
    except LawError as error:
        return [(fault.code, fault.column) for fault in error.faults]
    return []


BANNED = [
    ("convicted IS NULL", "H110", 11),
    ("convicted IS NOT NULL", "H110", 11),
    ("COALESCE(convicted, TRUE)", "H111", 1),
    ("NVL(convicted, TRUE)", "H111", 1),
    ("NULLIF(convicted, TRUE) AND final", "H111", 1),
    ("convicted IS NOT TRUE", "H118", 11),
    ("convicted IS FALSE", "H118", 11),
    ("convicted IS DISTINCT FROM final", "H118", 11),
    ("convicted <=> final", "H118", 11),
    ("sex IN ('male', NULL)", "H112", 17),
    ("sex = NULL", "H119", 7),
    ("CASE WHEN convicted THEN final END", "H120", 1),
    ("CASE sex WHEN 'male' THEN final ELSE final END", "H120", 1),
    ("1 < served < 3", "H113", 12),
    ("served / 2 > 3", "H114", 8),
    ("served // 2 > 3", "H114", 8),
    ("served % 2 = 1", "H114", 8),
    ("served DIV 2 = 1", "H114", 8),
    ("served MOD 2 = 1", "H114", 8),
    ("served > 4.5", "H107", 10),
    ("served * 1.5 > 4", "H107", 10),
    ("served > 1e2", "H107", 10),
    ("served > 1e400", "H107", 10),
    ("area > :share", "H107", 8),
    ("release + 30 > as_of", "H108", 1),
    ("release - born > 30", "H108", 1),
    ("release > INTERVAL '1' DAY", "H108", 11),
    ("sex < 'male'", "H106", 1),
    ("convicted > final", "H106", 1),
    ("LEAST(sex, 'male') = 'male'", "H106", 7),
    ("READ_CSV('x') > 1", "H115", 1),
    ("LOWER(sex) = 'male'", "H115", 1),
    ("NOW() > release", "H115", 1),
    ("release > CURRENT_DATE", "H115", 11),
    ("ADD_DAYS(release) > as_of", "H115", 1),
    ("LEAST(served) > 1", "H115", 1),
    ("as_of = as_of", "H109", 1),
    ("1 = 1", "H109", 1),
    ("ADD_MONTHS(release, served) > as_of", "H121", 1),
    ("YEARS_OLD(born, as_of) > 18", "H121", 1),
    ("YEARS_OLD(born, as_of) + 1 >= 18", "H121", 1),
    ("YEARS_OLD(born, as_of) >= served", "H121", 1),
    ("YEARS_OLD(born, release) >= 18.5", "H107", 29),
    ("(SELECT 1) = served", "H122", 2),
    ("EXISTS(convicted)", "H122", 1),
    ("sex LIKE 'm%'", "H122", 5),
    ("sex || 'x' = 'male'", "H122", 5),
    ("CAST(served AS INT) = 1", "H122", 1),
    ("served::int = 1", "H122", 7),
    ("served == 1", "H122", 8),
    ("served != 1", "H122", 8),
    ("@served = 1", "H122", 1),
    ("served = ?", "H122", 10),
    ("convicted; final", "H122", 10),
    ('"convicted"', "H122", 1),
    ("convicted -- final", "H122", 11),
    ("convicted /* final */", "H122", 11),
    ("served BETWEEN SYMMETRIC 1 AND 2", "H122", 16),
    ("sex COLLATE x = 'male'", "H122", 5),
    ("convicted XOR final", "H122", 11),
    ("Convicted", "H122", 1),
    ("_x", "H122", 1),
    ("release > DATE '2026-02-30'", "H116", 11),
    ("release > DATE '2026-2-3'", "H116", 11),
    ("release > DATE '20260203'", "H116", 11),
    ("release >= 180", "H103", 12),
    ("convicted = served", "H103", 13),
    ("sex = status", "H103", 7),
    ("served > area", "H103", 1),
    ("DAYS_BETWEEN(served, release) > 1", "H103", 14),
    ("served IN ('x')", "H103", 12),
    ("convicted IN (1)", "H103", 1),
    ("CASE WHEN convicted THEN 1 ELSE 'x' END = served", "H103", 26),
    ("sex = 'man'", "H102", 7),
    ("served", "H104", 1),
    ("served + 1", "H104", 1),
    ("convicted AND served", "H105", 15),
    ("NOT served", "H105", 5),
    ("CASE WHEN served THEN final ELSE final END", "H105", 11),
    ("convictd", "H101", 1),
    ("served > :leest", "H125", 10),
    ("wide * 2 > 1", "H117", 1),
    ("wide + wide > 1", "H117", 1),
    ("ADD_YEARS(born, 9000) < as_of", "H117", 1),
    ("served + 1 IN (1, 2)", "H127", 1),
    ("RULE('x'", "H126", 9),
]


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
