"""Columns that no snapshot has, and numbers at the ends of their width: the same answers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import msgspec
import numpy as np
import pyarrow as pa
import pytest

import random_rules as random
from arrow_cases import batch
from habeas.docket.columns import Value
from habeas.law.agreement import Vocabulary
from habeas.law.check import checked
from habeas.law.library import Library
from habeas.law.resolve import settled
from habeas.screening import evaluate
from habeas.screening.bulk import Bulk
from habeas.terms import Finding

MET, NOT_MET, NOT_ESTABLISHED = Finding.MET, Finding.NOT_MET, Finding.NOT_ESTABLISHED
ALWAYS, NEVER, EITHER = {MET}, {NOT_MET}, {MET, NOT_MET}
BASE = replace(Library().program("OAS-A57", random.DAY), vocabulary=random.VOCABULARY)
Words = Sequence[str | None]
Places = Sequence[int | None]
HUGE = msgspec.structs.replace(random.FACTS["large"], min=-(2**62), max=2**62)
WIDE = msgspec.structs.replace(
    random.VOCABULARY, facts=random.VOCABULARY.facts | {"signed": HUGE, "large": HUGE}
)
CASES: list[dict[str, Value]] = [
    {"code_a": "red", "code_b": "red"},
    {"code_a": "Blue", "code_b": "green"},
    {},
]


def agrees(
    text: str,
    cases: Sequence[Mapping[str, Value]],
    rows: pa.RecordBatch,
    vocabulary: Vocabulary = random.VOCABULARY,
) -> list[Finding]:
    """What a rule finds in a batch, which must be what it finds case by case."""
    rule = random.rule("R", settled(checked(text, vocabulary), random.DAY, "down"))
    program = replace(BASE, rules=(rule,), vocabulary=vocabulary)
    (plane,) = Bulk(program).run(rows, {}).rules
    true, false = (np.unpackbits(one, count=len(cases), bitorder="little")
                   for one in (plane.true, plane.false))  # fmt: skip
    found = [NOT_ESTABLISHED, MET, NOT_MET]
    told = [found[a + 2 * b] for a, b in zip(true, false, strict=True)]
    assert told == [evaluate.finding(rule, case) for case in cases]
    return told


def coded(words: Words, places: Places, kind: pa.DataType) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(places, kind), pa.array(words, pa.utf8()))


def batch_of(**columns: pa.Array) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(list(columns.values()), list(columns))


MANY = [f"w{number}" for number in range(200)]
CODES = [
    (["Blue", "red"], [1, 0, None], ["green", "unheard", "red"], [2, 0, None]),
    (["red", "Blue", "red"], [0, 1, None], ["red", "red", "green"], [1, 2, None]),  # twice
    (["Blue", None, "red"], [2, 0, 1], ["green", "red", None], [1, 0, 2]),  # none
    ([*MANY, "red", "Blue"], [200, 201, None], [*MANY, "green", "red"], [201, 200, None]),
]


@pytest.mark.parametrize("columns", CODES)
@pytest.mark.parametrize("kind", [pa.uint8(), pa.int16(), pa.int64()], ids=str)
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("code_a = 'red'", (MET, NOT_MET)),
        ("code_a NOT IN ('red', 'Blue')", (NOT_MET, NOT_MET)),
        ("code_a = code_b", (MET, NOT_MET)),
        ("code_a <> CASE WHEN code_b = 'red' THEN 'Blue' ELSE code_b END", (MET, MET)),
    ],
)
def test_a_code_is_its_word_whatever_its_number(
    text: str,
    found: tuple[Finding, ...],
    kind: pa.DataType,
    columns: tuple[Words, Places, Words, Places],
) -> None:
    words, places, others, at = columns
    rows = batch_of(code_a=coded(words, places, kind), code_b=coded(others, at, kind))
    assert agrees(text, CASES, rows) == [*found, NOT_ESTABLISHED]


@pytest.mark.parametrize(
    "text", ["units > 1", "is_a", "code_a = 'red'", "born < as_of", "area = 1"]
)
def test_a_column_of_no_type_is_not_established(text: str) -> None:
    name = text.split(" ", maxsplit=1)[0]
    found = agrees(text, [{}] * 3, batch_of(**{name: pa.nulls(3)}))
    assert found == [NOT_ESTABLISHED] * 3


@pytest.mark.parametrize("kind", [pa.int8(), pa.uint16(), pa.int64(), pa.uint64()], ids=str)
def test_a_number_is_read_in_whatever_width_it_comes(kind: pa.DataType) -> None:
    rows = batch_of(units=pa.array([60, None], kind), signed=pa.array([50, 1], kind))
    text = "units * 2 + signed > 160 AND units > 59"
    assert agrees(text, [{"units": 60, "signed": 50}, {}], rows) == [MET, NOT_ESTABLISHED]


@pytest.mark.parametrize(
    ("text", "possible"),
    [
        ("DAYS_BETWEEN(ADD_YEARS(asked, 18), due) >= 9000000000", NEVER),
        ("DAYS_BETWEEN(due, ADD_YEARS(asked, 18)) > -9000000000", ALWAYS),
        ("units < 9000000000 AND units <> 9000000000", ALWAYS),
        ("units IN (9000000000, 1)", EITHER),
        ("units + signed < 9000000000000", ALWAYS),
        ("units * signed <> -9000000000000000000", ALWAYS),
        ("large + large = 9223372036854775807", NEVER),
        ("NOT (units > -9223372036854775807)", NEVER),
        ("area * 3 <= 92233720368547758.07", ALWAYS),
        ("large * 4294967295 < large * 4294967294", EITHER),
    ],
)
def test_constants_wider_than_a_column_compare_as_numbers(
    text: str, possible: set[Finding]
) -> None:
    chance = random.seeded(text)
    cases = [random.facts(chance) for _ in range(203)]
    found = agrees(text, cases, batch(cases, list(random.FACTS), random.VOCABULARY, chance))
    assert {*found} == possible | {NOT_ESTABLISHED}


@pytest.mark.parametrize(
    "text",
    [
        "signed > units - signed",
        "-(units - signed) <= -signed",
        "signed <= -signed",
        "signed - units >= -large",
        "signed = -large AND signed + units <> large - units",
        "signed < 2 OR -signed * 1 >= signed + -units",
    ],
)
def test_facts_as_wide_as_a_number_may_be_do_not_wrap(text: str) -> None:
    ends = (-(2**62), 1 - 2**62, -1, 0, 1, 2**62 - 1, 2**62, None)
    cases: list[dict[str, Value]] = [
        {name: value for name, value in (("signed", a), ("large", b), ("units", c))
         if value is not None}
        for a in ends for b in ends for c in (0, 1, 60, None)
    ]  # fmt: skip
    rows = batch(cases, ["signed", "large", "units"], WIDE, random.seeded(text))
    found = agrees(text, cases, rows, WIDE)
    assert {*found} == EITHER | {NOT_ESTABLISHED}
