"""What the rule language refuses, with code and column, and what it reads."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.errors import LawError
from habeas.law.check import checked
from habeas.law.grammar import parse
from habeas.law.library import Library
from habeas.law.tokens import MAX_LENGTH
from habeas.law.tree import AllOf, AnyOf, Compare, Fact, Node, Not

LIBRARY = Library()
VOCABULARY = LIBRARY.vocabulary
PARAMS = {name: one for _, law in LIBRARY.laws.values() for name, one in law.params.items()}
HOLDERS = [law for _, law in LIBRARY.laws.values()] + [
    deal for _, deal in LIBRARY.agreements.values()
]
TEXTS = sorted(
    {text for holder in HOLDERS for rule in holder.rules.values()
     for text in (rule.require, rule.applies)}
)  # fmt: skip


def faults(text: str) -> list[tuple[str, int]]:
    """Code and column of everything that is wrong with a rule text."""
    try:
        checked(text, VOCABULARY, PARAMS)
    except LawError as error:
        return [(fault.code, fault.column) for fault in error.faults]
    return []


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ("convicted IS NULL", "H110", 11),
        ("convicted IS NOT NULL", "H110", 11),
        ("convicted IS TRUE", "H118", 11),
        ("COALESCE(convicted, TRUE)", "H111", 1),
        ("judgment_final AND IFNULL(convicted, TRUE)", "H111", 20),
        ("convicted = NULL", "H119", 13),
        ("NULL", "H119", 1),
    ],
)
def test_what_would_turn_an_unknown_into_yes_or_no_is_refused(
    text: str, code: str, column: int
) -> None:
    assert faults(text) == [(code, column)]


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ("18 <= age_years < 21", "H113", 17),
        ("age_years = 18 = convicted", "H113", 16),
        ("age_years / 2 > 9", "H114", 11),
        ("age_years/2 > 9", "H114", 10),
        ("age_years % 2 = 0", "H114", 11),
        ("age_years == 18", "H122", 11),
        ("age_years != 18", "H122", 11),
        ("age_years ** 2 > 18", "H122", 11),
        ('sex = "male"', "H122", 7),
        ("sex = 'male", "H122", 7),
        ("sex LIKE 'm'", "H122", 5),
        ("CASE WHEN convicted THEN TRUE END", "H120", 1),
        ("convicted;", "H122", 10),
        ("EXISTS (convicted)", "H122", 1),
        ("age_years >= 18years", "H122", 14),
        ("age_years >= 1e3", "H107", 14),
        ("age_years >= .5", "H107", 14),
        ("convicted \x00", "H122", 11),
    ],
)
def test_what_is_no_part_of_the_language_is_refused_where_it_stands(
    text: str, code: str, column: int
) -> None:
    assert faults(text) == [(code, column)]


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("", 1),
        ("   ", 4),
        ("convicted AND", 14),
        ("AND convicted", 1),
        ("convicted OR OR judgment_final", 14),
        ("convicted judgment_final", 11),
        ("(convicted", 11),
        ("convicted)", 10),
        ("((convicted)", 13),
        ("()", 2),
        ("NOT", 4),
        ("age_years >", 12),
        ("age_years BETWEEN 18 OR convicted", 22),
        ("age_years BETWEEN 18 AND", 25),
        ("age_years = *18", 13),
        ("sex NOT 'male'", 9),
        ("sex IN ()", 9),
        ("sex IN 'male'", 8),
        ("sex IN ('male'", 15),
    ],
)
def test_an_expression_that_is_not_complete_is_refused(text: str, column: int) -> None:
    assert faults(text) == [("H126", column)]


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ("age_years", "H104", 1),
        ("18", "H104", 1),
        ("NOT sex", "H105", 5),
        ("convicted AND sex", "H105", 15),
        ("sex > 'male'", "H106", 1),
        ("convicted < TRUE", "H106", 1),
        ("age_years = 'old'", "H103", 13),
        ("convicted = 1", "H103", 13),
        ("sex = TRUE", "H103", 7),
        ("age_years = convicted", "H103", 13),
        ("age_years < months_remaining", "H103", 1),
        ("age_years IN ('old')", "H103", 15),
        ("1 = 1", "H109", 1),
        ("'male' = 'male'", "H109", 1),
        ("5 IN (5)", "H109", 1),
        ("sex IN (sending)", "H112", 9),
        ("convicted IN (TRUE)", "H112", 15),
        ("sex = 'man'", "H102", 7),
        ("sex IN ('male','man')", "H102", 16),
        ("pathway = 'LEASE'", "H102", 11),
    ],
)
def test_a_comparison_that_says_nothing_of_the_case_is_refused(
    text: str, code: str, column: int
) -> None:
    assert faults(text) == [(code, column)]


def test_an_unknown_fact_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(LawError, match="Did you mean 'convicted'") as caught:
        checked("judgment_final AND convictd", VOCABULARY)
    assert [(fault.code, fault.column) for fault in caught.value.faults] == [("H101", 20)]


def test_all_faults_of_a_text_are_told_at_once() -> None:
    text = "convictd AND sex = 'man' AND age_years > 17.5 AND stay_in_force"
    assert faults(text) == [("H101", 1), ("H102", 20), ("H107", 42)]


def test_a_wrong_code_is_refused_with_the_declared_ones() -> None:
    with pytest.raises(LawError, match="Declared values: male, female, other"):
        checked("sex = 'man'", VOCABULARY)


def test_a_text_of_2000_characters_is_read_and_one_more_is_refused() -> None:
    longest = "convicted".ljust(MAX_LENGTH)
    assert (len(longest), faults(longest)) == (2_000, [])
    assert faults(longest + " ") == [("H123", 1)]


DEEP = [
    "NOT " * 33 + "convicted",
    "(" * 33 + "convicted" + ")" * 33,
    "NOT (" * 17 + "TRUE" + ")" * 17,
]


@pytest.mark.parametrize("text", DEEP, ids=["negations", "brackets", "both"])
def test_a_text_that_nests_33_deep_is_refused(text: str) -> None:
    assert [code for code, _ in faults(text)] == ["H123"]


@pytest.mark.parametrize(("opening", "closing"), [("NOT ", ""), ("(", ")")])
def test_a_text_that_nests_31_deep_is_read(opening: str, closing: str) -> None:
    assert faults(opening * 31 + "convicted" + closing * 31) == []


def test_a_text_that_nests_beyond_all_bounds_is_refused_too() -> None:
    assert [code for code, _ in faults("(" * MAX_LENGTH)] == ["H123"]
    assert [code for code, _ in faults("NOT " * 500)] == ["H123"]


def one(name: str, at: int) -> Fact:
    return Fact(name, at)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a OR b AND c", AnyOf((one("a", 0), AllOf((one("b", 5), one("c", 11)))))),
        ("NOT a AND b", AllOf((Not(one("a", 4)), one("b", 10)))),
        ("NOT (a AND b)", Not(AllOf((one("a", 5), one("b", 11))))),
        ("a AND (b AND c)", AllOf((one("a", 0), one("b", 7), one("c", 13)))),
        ("a = b", Compare("=", one("a", 0), one("b", 4), 0)),
        ("a AND\n\tb", AllOf((one("a", 0), one("b", 7)))),
    ],
)
def test_a_text_is_read_in_the_order_of_sql(text: str, tree: Node) -> None:
    assert parse(text) == tree


PIECES = st.sampled_from(
    ["AND", "OR", "NOT", "IN", "BETWEEN", "IS", "NULL", "TRUE", "(", ")", ",", "'", "=", "<", "<>",
     "-", "/", ".", "0", "18", "convicted", "sex", "'male'", "age_years", " ", "\n", "ñ", "\x00",
     "é", "\u2028", "COALESCE(", "==", "99999999999", ":min_months", "RULE('", "')"]
)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A rule of the library with some pieces put in, taken out or turned about."""
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 12)))
        text = text[:start] + draw(PIECES | st.just(text[start:end][::-1])) + text[end:]
    return text


@pytest.mark.counted
@settings(max_examples=400)
@given(text=mutated() | st.text(max_size=60))
def test_a_spoiled_text_is_read_or_refused_inside_itself(text: str) -> None:
    assert [column for _, column in faults(text) if not 1 <= column <= len(text) + 1] == []


@pytest.mark.parametrize("text", [text for text in TEXTS if "'" in text])
def test_a_rule_of_the_library_with_an_open_quote_is_refused(text: str) -> None:
    assert "H122" in [code for code, _ in faults(text[: text.rindex("'")])]
