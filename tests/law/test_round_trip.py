"""Rule texts there and back: print and parse, spoil and refuse.

`HABEAS_TEXTS=10000` gives the full form.
"""

import os
import re
import time
from random import Random  # noqa: TID251 - seeded, for synthetic texts

import pytest

import random_rules as random
from banned_texts import BANNED, PARAMS, VOCABULARY
from habeas.errors import Fault, LawError
from habeas.law import grammar
from habeas.law.check import checked
from habeas.law.grammar import parse
from habeas.law.library import Library
from habeas.law.tokens import MAX_LENGTH, tokens
from habeas.law.tree import Node

COUNT = int(os.environ.get("HABEAS_TEXTS", "1000"))
AT_ONCE = 100
SLOW = 10.0  # CPU seconds for one text: what takes longer hangs
LIBRARY = Library()
SHIPPED = [
    text
    for _, holder in LIBRARY.holders()
    for rule in holder.rules.values()
    for text in (rule.require, rule.applies)
    if text != "TRUE"
]
READ = [
    "-signed > -3 AND signed NOT BETWEEN 1 AND -(-2)",
    "units IN (-(-5), -(5), -0, 7)",
    "a - (b - c) - -(d + 1) * -2 < -(-(e))",
    "(a = b) <> (c AND NOT (d OR e))",
    "NOT NOT (a AND (b OR c)) OR NOT (d) = e",
    "CASE WHEN a THEN b WHEN c THEN d ELSE CASE WHEN e THEN f ELSE g END END = TRUE",
    "CASE " + "WHEN a THEN b " * 31 + "ELSE c END",
    "ADD_DAYS(ADD_MONTHS(LEAST(a, b, as_of), :p), -3) >= DATE '2026-02-28'",
    "RULE('R-1.a') OR x BETWEEN (1 + 2) * 3 AND GREATEST(-1, 4.50)",
]
# Signs and words that no rule of the language can hold outside of quotes.
FORBIDDEN = re.compile(
    r"\b(IS|NULL|COALESCE|IFNULL|NVL|NULLIF|LIKE|CAST|INTERVAL|XOR|DIV|MOD|EXISTS|SELECT|NOW"
    r"|CURRENT_DATE|DISTINCT|COLLATE|SYMMETRIC)\b|[/%;?@\"\\|&!~^`\[\]{}$#]|--|==|\*\*|=>"
    r"|\d\.(?!\d)|\d[eE]\d",
    re.IGNORECASE,
)
PIECES = (
    *("AND", "OR", "NOT", "IN", "BETWEEN", "IS", "NULL", "TRUE", "CASE", "WHEN", "ELSE", "END"),
    *("(", ")", ",", "'", "=", "<", "<>", "-", "/", ".", "0", "18", " ", "\n", "ñ", "\x00", "\t"),
    *("is_a", "code_a", "'red'", "units", "COALESCE(", "==", "9" * 19, "as_of", "DATE '", ":p"),
    *("ADD_DAYS(", "LEAST(", "RULE('", "\u2028", "\xa0", "\x1b[31m", "\ud800", "--", "1e400"),
)


def drawn(chance: Random) -> str:
    """A text that is a rule, or nearly."""
    while len(text := random.Drawn(chance).truth(chance.randint(1, 5))) > MAX_LENGTH:
        pass
    return text


def spoiled(text: str, chance: Random) -> str:
    for _ in range(chance.randint(1, 4)):
        start = chance.randint(0, len(text))
        end = chance.randint(start, min(len(text), start + 12))
        piece = chance.choice((*PIECES, text[start:end][::-1], text[start:end] * 2, ""))
        text = text[:start] + piece + text[end:]
    return text


def faults(text: str) -> tuple[Fault, ...]:
    try:
        checked(text, random.VOCABULARY)
    except LawError as error:
        return error.faults
    return ()


def there_and_back(tree: Node) -> bool:
    """Whether the canonical text of a tree gives the tree; it may be too long or deep to read."""
    told = grammar.text(tree)
    try:
        again = parse(told)
    except LawError as error:
        return {fault.code for fault in error.faults} == {"H123"}
    return again == tree and grammar.text(again) == told


@pytest.mark.parametrize("text", [*SHIPPED, *READ])
def test_a_text_is_printed_as_the_same_tree(text: str) -> None:
    tree = parse(text)
    assert parse(grammar.text(tree)) == tree
    assert grammar.text(parse(grammar.text(tree))) == grammar.text(tree)


@pytest.mark.parametrize("first", range(0, COUNT, AT_ONCE))
def test_random_texts_are_printed_as_the_same_trees(first: int) -> None:
    chance = random.seeded(f"texts {first}")
    wrong = [
        text
        for text in (drawn(chance) for _ in range(AT_ONCE))
        if not there_and_back(parse(text))
    ]  # fmt: skip
    assert wrong == []


@pytest.mark.parametrize("first", range(0, COUNT, AT_ONCE))
def test_spoiled_texts_are_read_or_refused_inside_themselves(first: int) -> None:
    chance = random.seeded(f"spoiled {first}")
    for _ in range(AT_ONCE):
        text = spoiled(chance.choice((drawn(chance), chance.choice(SHIPPED))), chance)
        began = time.process_time()
        found = faults(text)
        assert time.process_time() - began < SLOW, text
        assert all(1 <= fault.column <= len(text) + 1 for fault in found), text
        assert all(fault.code.startswith("H1") for fault in found), text
        if not found:
            assert FORBIDDEN.search(re.sub(r"'[^']*'", "''", text)) is None, text
            assert there_and_back(parse(text)), text


@pytest.mark.parametrize(("banned", "code"), [(text, code) for text, code, _ in BANNED])
def test_no_text_is_accepted_with_a_banned_part_in_it(banned: str, code: str) -> None:
    chance = random.seeded(banned)
    for _ in range(COUNT // 100):
        whole = drawn(chance)
        places = [token.at for token in tokens(whole)]
        at = chance.choice(places)
        text = f"{whole[:at]} {banned} {whole[at:]}"
        around = (f"({whole}) AND ({banned})", f"NOT ({banned}) OR {whole}", text)
        for one in around:
            with pytest.raises(LawError):
                checked(one, random.VOCABULARY)
    with pytest.raises(LawError) as caught:
        checked(f"({banned}) AND convicted", VOCABULARY, PARAMS)
    assert {fault.code for fault in caught.value.faults} & {code, "H105", "H126"}
