"""The sums of docs/scale.md, done again from the units that it states."""

import ast
import operator
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "docs/scale.md").read_text()
DOES = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
}  # fmt: skip


def rows(title: str) -> list[list[str]]:
    """The cells of the table under a heading."""
    part = PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]
    found = re.findall(r"^\| (.+) \|$", part, re.MULTILINE)
    return [[cell.strip() for cell in line.split("|")] for line in found[1:]]


UNITS = {row[0].strip("`"): float(row[1]) for row in rows("Units")}
SUMS = rows("Ten million persons")


def value(text: str, units: Mapping[str, float]) -> float:
    """What a sum comes to; only numbers, units and the four operations are known."""

    def of(node: ast.expr) -> float:
        match node:
            case ast.Constant(value=int() | float() as number):
                return number
            case ast.Name(id=name):
                return units[name]
            case ast.BinOp(left=left, op=op, right=right):
                return float(DOES[type(op)](of(left), of(right)))
            case _:
                raise ValueError(ast.dump(node))

    return of(ast.parse(text, mode="eval").body)


def spelled(number: float) -> str:
    """As the page has it: three digits, or whole from a thousand on."""
    return f"{number:,.0f}" if number >= 1000 else f"{number:#.3g}".rstrip(".")


@pytest.mark.parametrize(("what", "arithmetic", "stated"), SUMS)
def test_every_sum_comes_to_what_is_stated(what: str, arithmetic: str, stated: str) -> None:
    assert what
    assert spelled(value(arithmetic.strip("`"), UNITS)) == stated


def test_every_unit_is_used_and_no_other() -> None:
    used = set(re.findall(r"[a-z_]{2,}", " ".join(row[1] for row in SUMS)))
    assert used == set(UNITS)


def test_another_unit_gives_another_sum() -> None:
    twice = UNITS | {"persons": 2 * UNITS["persons"]}
    changed = [value(row[1].strip("`"), twice) for row in SUMS]
    assert all(
        new == pytest.approx(2 * value(row[1].strip("`"), UNITS))
        for new, row in zip(changed, SUMS, strict=True)
    )
