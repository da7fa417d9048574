"""Scenarios and draws that are made by hand, for the tests of what a projection answers."""

from datetime import date
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from habeas.law.cited import Text
from habeas.law.library import Library
from habeas.projection.plan import Deal, House, Plan
from habeas.projection.queue import FLOWS
from habeas.projection.run import Arrays
from habeas.projection.scenario import Scenario
from habeas.service import project
from habeas.service.project import Drawn

FIRST, AFTER = date(2026, 1, 1), date(2027, 1, 1)
MONTHS = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365]
LIBRARY = Library()
TEXT = Text("t", "t")
CITE = [{"instrument": "i", "at": "1", "checked": "text"}]
FLAT: dict[str, Any] = {
    "kind": "banded_per_diem", "id": "fee", "text": {"en": "t", "es": "t"}, "basis": "period",
    "bands": [{"from_person": 1, "minor_per_person_day": 5479, "cite": CITE}], "cite": CITE,
}  # fmt: skip
GUARANTEED: dict[str, Any] = FLAT | {"guaranteed_per_mille": 800, "places": 1000}
PER_DIEM: dict[str, Any] = {
    "kind": "per_diem", "id": "fee", "text": {"en": "t", "es": "t"},
    "minor_per_person_day": 5479, "cite": CITE,
}  # fmt: skip
COHORT = ((400, 100), (350, 200), (250, 365))


def fees(*items: dict[str, Any], **more: object) -> dict[str, Any]:
    """A schedule in US dollars."""
    return {
        "currency": "USD", "exponent": 2, "rounding": "half_up", "items": list(items), **more,
    }  # fmt: skip


def scenario(
    schedule: dict[str, Any] | None, *, house: dict[str, Any] | None = None, **more: object
) -> Scenario:
    """One agreement, one facility, one year; `assumed`, `deal` and other keys are added."""
    parts = {name: _table(more.pop(name, {})) for name in ("deal", "given", "assumed")}
    deal = {
        "id": "d", "sending": "US", "receiving": "SV", "facilities": ["h"], "source": "assumption",
        "pathway": "lease", "fees": schedule,
    } | parts["deal"]  # fmt: skip
    where = {"id": "h", "places": [{"from": "2026-01-01", "places": 1000}], "source": "assumption"}
    whole = {
        "format": "habeas-scenario/1", "id": "cohort", "version": "1",
        "title": {"en": "t", "es": "t"}, "about": {"en": "t", "es": "t"},
        "first": str(FIRST), "after": str(AFTER), "zone": "America/El_Salvador",
        "currency": "USD", "exponent": 2, "rules": "applied",
        "given": {"facilities": [where | (house or {})], "deals": [deal]} | parts["given"],
        "assumed": {"streams": []} | parts["assumed"],
    } | more  # fmt: skip
    return msgspec.convert(whole, Scenario)


def _table(value: object) -> dict[str, object]:
    assert isinstance(value, dict)
    return value


def plan() -> Plan:
    """The same in numbers."""
    return Plan(365, MONTHS, [House("h", [(0, 1000)])], [Deal("d", [0])], [], {})


def monthly(daily: NDArray[np.integer]) -> NDArray[np.int64]:
    """Sums of each month."""
    parts = [daily[:, a:b].sum(axis=1) for a, b in pairwise(MONTHS)]
    return np.stack(parts, axis=1).astype(np.int64)


def arrays(held: NDArray[np.integer], **more: NDArray[Any]) -> Arrays:
    """Draws in which so many are held each day; nothing else happens but what is added."""
    draws, days = held.shape[0], monthly(held)
    found: dict[str, NDArray[Any]] = {
        "held.h": held.astype(np.int32),
        "by.d": held.astype(np.int32),
        "flow.d": np.zeros((draws, 12, len(FLOWS)), np.int64),
        "waiting.d": np.zeros((draws, 12), np.int32),
        "days.d": days,
        "over.d": np.zeros_like(days),
        "late.d": np.zeros_like(days),
        "values": np.zeros((draws, 0)),
    }
    return found | {name.replace("_", ".", 1): one for name, one in more.items()}


def cohort(draws: int = 1) -> NDArray[np.int64]:
    """400 persons for 100 nights, 350 for 200, 250 for 365."""
    days = np.zeros(365, np.int64)
    for persons, nights in COHORT:
        days[:nights] += persons
    return np.tile(days, (draws, 1))


def drawn(given: Scenario, found: Arrays, seed: int = 1, how: Plan | None = None) -> Drawn:
    """Every answer of these draws."""
    of = how or plan()
    stamp = project.stamp(given, of, seed, range(len(found["values"])), result="r")
    return project.drawn(given, of, found, LIBRARY, stamp)


def values(found: Drawn, key: str, of: str = "d") -> list[int] | None:
    """One number in each draw; None: not established."""
    one = found.found.of(key, of)
    assert one is not None, key
    return None if one.values is None else one.numbers.tolist()
