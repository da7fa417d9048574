"""Truth tables: what is known, what is not, and that nothing in between is invented."""

from itertools import product

import pytest

from habeas.docket.columns import Value
from habeas.law.check import checked
from habeas.law.library import Library
from habeas.screening.evaluate import compiled, kleene_not

Three = bool | None
T, F, U = True, False, None
VOCABULARY = Library().vocabulary
AND = {
    (T, T): T, (T, F): F, (T, U): U,
    (F, T): F, (F, F): F, (F, U): F,
    (U, T): U, (U, F): F, (U, U): U,
}  # fmt: skip
OR = {
    (T, T): T, (T, F): T, (T, U): T,
    (F, T): T, (F, F): F, (F, U): U,
    (U, T): T, (U, F): U, (U, U): U,
}  # fmt: skip
TRIPLES = list(product((T, F, U), repeat=3))


def answer(rule: str, **given: Value | None) -> Three:
    """What a rule text says of the facts; None among the given is a fact not established."""
    facts = {name: fact for name, fact in given.items() if fact is not None}
    told: Three = compiled(checked(rule, VOCABULARY)).test(facts)
    return told


@pytest.mark.parametrize(("one", "told"), [(T, F), (F, T), (U, U)])
def test_not_of_an_unknown_is_unknown(one: Three, told: Three) -> None:
    assert kleene_not(one) is told
    assert answer("NOT convicted", convicted=one) is told


@pytest.mark.parametrize(("pair", "told"), AND.items())
def test_and_is_false_where_either_is_false_and_else_unknown_where_either_is(
    pair: tuple[Three, Three], told: Three
) -> None:
    rule = "convicted AND judgment_final"
    assert answer(rule, convicted=pair[0], judgment_final=pair[1]) is told


@pytest.mark.parametrize(("pair", "told"), OR.items())
def test_or_is_true_where_either_is_true_and_else_unknown_where_either_is(
    pair: tuple[Three, Three], told: Three
) -> None:
    rule = "convicted OR judgment_final"
    assert answer(rule, convicted=pair[0], judgment_final=pair[1]) is told


@pytest.mark.parametrize("three", TRIPLES)
def test_three_joined_are_two_joined_with_the_third(three: tuple[Three, Three, Three]) -> None:
    a, b, c = three
    facts = {"convicted": a, "judgment_final": b, "appeal_pending": c}
    assert answer("convicted AND judgment_final AND appeal_pending", **facts) is AND[AND[a, b], c]
    assert answer("convicted OR judgment_final OR appeal_pending", **facts) is OR[OR[a, b], c]


@pytest.mark.parametrize("three", TRIPLES)
def test_and_binds_closer_than_or(three: tuple[Three, Three, Three]) -> None:
    a, b, c = three
    facts = {"convicted": a, "judgment_final": b, "appeal_pending": c}
    assert answer("convicted OR judgment_final AND appeal_pending", **facts) is OR[a, AND[b, c]]
    assert answer("(convicted OR judgment_final) AND appeal_pending", **facts) is AND[OR[a, b], c]


@pytest.mark.parametrize(
    ("sign", "told"),
    [
        ("=", (F, T, F)),
        ("<>", (T, F, T)),
        ("<", (T, F, F)),
        ("<=", (T, T, F)),
        (">", (F, F, T)),
        (">=", (F, T, T)),
    ],
)
def test_a_number_is_compared_and_an_unknown_number_is_not(
    sign: str, told: tuple[Three, Three, Three]
) -> None:
    below, at, above = (answer(f"age_years {sign} 18", age_years=age) for age in (17, 18, 19))
    assert (below, at, above) == told
    assert answer(f"age_years {sign} 18", age_years=None) is None


@pytest.mark.parametrize("sign", ["=", "<>", "<", "<=", ">", ">="])
@pytest.mark.parametrize("pair", [(None, 600), (600, None), (None, None)])
def test_two_facts_are_not_compared_where_either_is_unknown(
    sign: str, pair: tuple[int | None, int | None]
) -> None:
    rule = f"months_remaining {sign} sentence_months_imposed"
    assert answer(rule, months_remaining=pair[0], sentence_months_imposed=pair[1]) is None


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("sex = 'male'", (T, F, U)),
        ("sex <> 'male'", (F, T, U)),
        ("'male' = sex", (T, F, U)),
        ("sex IN ('male','other')", (T, F, U)),
        ("sex NOT IN ('male','other')", (F, T, U)),
        ("NOT sex IN ('male','other')", (F, T, U)),
    ],
)
def test_a_code_is_compared_and_an_unknown_code_is_in_no_list(
    rule: str, told: tuple[Three, Three, Three]
) -> None:
    assert tuple(answer(rule, sex=sex) for sex in ("male", "female", None)) == told


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("age_years BETWEEN 18 AND 20", (F, T, T, T, F, U)),
        ("age_years NOT BETWEEN 18 AND 20", (T, F, F, F, T, U)),
        ("age_years IN (17,21)", (T, F, F, F, T, U)),
        ("age_years NOT IN (17,21)", (F, T, T, T, F, U)),
    ],
)
def test_between_holds_both_its_ends(rule: str, told: tuple[Three, ...]) -> None:
    ages = (17, 18, 19, 20, 21, None)
    assert tuple(answer(rule, age_years=age) for age in ages) == told


@pytest.mark.parametrize(("pair", "told"), AND.items())
def test_between_two_facts_is_the_and_of_both_comparisons(
    pair: tuple[Three, Three], told: Three
) -> None:
    low = {T: 1_100, F: 1_300, U: None}[pair[0]]
    high = {T: 1_300, F: 1_100, U: None}[pair[1]]
    rule = "12 BETWEEN months_remaining AND sentence_months_imposed"
    assert answer(rule, months_remaining=low, sentence_months_imposed=high) is told


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("convicted = TRUE", (T, F, U)),
        ("convicted <> TRUE", (F, T, U)),
        ("FALSE = convicted", (F, T, U)),
        ("TRUE", (T, T, T)),
        ("FALSE", (F, F, F)),
    ],
)
def test_true_and_false_are_values_of_a_yes_or_no_fact(
    rule: str, told: tuple[Three, Three, Three]
) -> None:
    assert tuple(answer(rule, convicted=one) for one in (T, F, U)) == told
