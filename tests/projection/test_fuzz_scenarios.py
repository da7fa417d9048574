"""Whatever stands in a scenario file: it is refused with codes and lines, or it runs to its end.

More cases: HYPOTHESIS_PROFILE, or `--hypothesis-seed=N`.
"""

import json
import re
import tomllib
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from typing import Any

import msgspec
import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from habeas.errors import LawError
from habeas.projection import simulate
from habeas.service import projecting
from habeas.service import scenario as read_scenario
from scenario_cases import SMALL, faults, instead, library

Path = tuple[str | int, ...]
CODE = re.compile(r"H\d{3}")
WHOLE: dict[str, Any] = tomllib.loads(instead('rules = "applied"', 'rules = "set_aside"'))
NUMBERS = [
    0, 1, -1, 2, 63, 255, 32_767, 10**6, 2**31, 2**63, 10**30, 0.0, 0.5, 1.0, 5e-324, 1e-9, 1e6,
    1e300, float("nan"), float("inf"), -float("inf"),
]  # fmt: skip
DAYS = [date(1, 1, 1), date(2025, 6, 1), date(2026, 1, 1), date(2027, 3, 1), date(2029, 1, 1),
        date(9999, 12, 31)]  # fmt: skip
OTHERS = ["", "x", "\0", "\x1b[2J", "\u202e", "x y" * 1000, "assumption", "SV", True, False, [], {},
          [[]], [1], ["a"], {"low": 0.0, "high": 1.0, "source": "assumption"},
          {"about": 1.0, "spread": 2.9, "source": "assumption"}]  # fmt: skip
GONE = object()


def paths(value: object, here: Path = ()) -> Iterator[Path]:
    """Of everything that stands in a document."""
    found = enumerate(value) if isinstance(value, list) else ()
    for key, one in value.items() if isinstance(value, dict) else found:
        yield (*here, key)
        yield from paths(one, (*here, key))


PATHS = list(paths(WHOLE))


def written(value: object) -> str:
    """A value as TOML in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {written(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return json.dumps(value) if isinstance(value, str | bool) else str(value)


def at(path: Path) -> object:
    """What stands there."""
    found: Any = WHOLE
    for key in path:
        found = found[key]
    return found


@st.composite
def broken(draw: st.DrawFn) -> str:
    """The small scenario with one to three things otherwise; most keep their kind."""
    document = deepcopy(WHOLE)
    for path in draw(st.lists(st.sampled_from(PATHS), min_size=1, max_size=3)):
        old, other = at(path), draw(st.integers(0, 4)) == 0
        alike = [GONE, *DAYS] if isinstance(old, date) else NUMBERS
        kept = isinstance(old, int | float | date) and not isinstance(old, bool)
        new = draw(st.sampled_from(alike if kept and not other else [GONE, at(path[:1]), *OTHERS]))
        if isinstance(old, float) and isinstance(new, int):
            new = float(min(new, 10**9))
        held: Any = document
        try:
            for key in path[:-1]:
                held = held[key]
            _ = held[path[-1]]
            if new is GONE:
                del held[path[-1]]
            else:
                held[path[-1]] = deepcopy(new)
        except (KeyError, IndexError, TypeError):
            continue  # what held it is gone
    return "".join(f"{json.dumps(key)} = {written(one)}\n" for key, one in document.items())


@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(broken())
def test_a_broken_scenario_is_told_and_another_runs(text: str) -> None:
    told = faults(text)
    for one in told:
        assert CODE.fullmatch(one.code), one
        assert one.what, one
        assert one.line >= 1, one
    if told:
        return
    try:
        ready = read_scenario.ready(text, "fuzz.toml", library())
    except LawError as error:
        told = error.faults
        ready = None
    assert {one.code for one in told} <= {"H820"}  # a docket whose cases cannot be judged
    if ready is None:
        return
    arrays = simulate.run(projecting.payload(ready), 1, 0, 1)
    for house in ready.plan.houses:
        assert int(arrays[f"held.{house.id}"].astype(np.int64).min()) >= 0
    found = projecting.done(ready, arrays, 1, library())
    assert msgspec.json.encode(projecting.document(found.result))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(SMALL) - 1), st.integers(0, 40), st.text(max_size=6))
def test_a_text_that_was_cut_or_spoilt_is_told(where: int, many: int, put: str) -> None:
    for one in faults(SMALL[:where] + put + SMALL[where + many :]):
        assert CODE.fullmatch(one.code), one
        assert one.line >= 1, one
