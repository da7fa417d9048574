"""A draw's counts are those of its stays through the functions that count the register's."""

from datetime import date

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from habeas.custody import bulk
from habeas.law.calendar import day
from habeas.projection import simulate
from habeas.projection.chance import number_of
from habeas.projection.plan import Deal, Held, House, Plan, Stream, Uncertain
from habeas.projection.queue import FLOWS
from habeas.terms import Convention

pytestmark = pytest.mark.usefixtures("compiled")

DAYS = 730
FIRST = date(2026, 1, 1)
ZONES = ("America/El_Salvador", "Europe/Oslo")


def point(value: float) -> Uncertain:
    return Uncertain("", "point", value)


def stream(name: str, deal: int, **other: object) -> Stream:
    given = {
        "referrals": Uncertain(f"{name}.referrals", "lognormal", 6.0, 0.2),
        "growth": point(0.1),
        "eligible": Uncertain(f"{name}.eligible", "share", 0.5, 40.0),
        "lawful": Uncertain(f"{name}.lawful", "uniform", 0.1, 0.2),
        "mean": point(200.0),
        "returned": point(0.2),
        "died": point(0.1),
        "late": point(9.0),
        "log_sd": 0.6,
    }
    return Stream(name, deal, number_of(name), **(given | other))  # type: ignore[arg-type]


PLAN = Plan(
    DAYS,
    [(date(2026 + n // 12, n % 12 + 1, 1) - FIRST).days for n in range(25)],
    [House("one", [(0, 300), (400, 0)], 8), House("two", [(50, 200), (500, 700)], 0)],
    [
        Deal("a", [0, 1], every=7, batch=60, recalls=[600]),
        Deal("b", [1], most=250, every=5, pauses=[(100, 160, True)]),
    ],
    [
        stream("a1", 0),
        stream("b1", 1, late=point(0.0), batch=4.0),
        stream(
            "b2", 1, persons=120, first=30, growth=point(0.0), law="exponential", from_arrival=True,
        ),
    ],
    {"stays": Uncertain("stays", "lognormal", 1.0, 0.1)},
    [Held(0, 0, list(range(1, 200)), 0), Held(1, 1, [10, 500, 900], -1)],
)  # fmt: skip
PAYLOAD = msgspec.json.encode(PLAN)


def drawn_of(payload: bytes, seed: int, lo: int, hi: int) -> dict[str, NDArray[np.int64]]:
    """The whole numbers of some draws."""
    found = simulate.run(payload, seed, lo, hi)
    return {name: rows.astype(np.int64) for name, rows in found.items() if name != "values"}


@pytest.mark.parametrize("zone", ZONES)
def test_counts_are_those_of_the_custody_functions(zone: str) -> None:
    """Headcount by house and person-days by month, by the functions that bill the register."""
    drawn = drawn_of(PAYLOAD, 5, 0, 3)
    for number in range(3):
        found = simulate.stays(PAYLOAD, 5, number)
        rows = simulate.pieces(found, FIRST, zone, DAYS)
        window = bulk.Window(*(day(one) for one in (FIRST, date(2028, 1, 1))))
        held = bulk.by_day(rows, 2, window, Convention.MIDNIGHT, zone)
        for place, house in enumerate(PLAN.houses):
            assert (held[place] == drawn[f"held.{house.id}"][number]).all()
        total = sum(
            int(drawn[f"{what}.{deal}"][number].sum()) for what in ("days", "over") for deal in "ab"
        )
        assert total == held.sum()
        inside = np.minimum(found.t_out, DAYS) - found.t_in
        assert inside.sum() == held.sum()


def test_what_is_told_of_each_agreement_adds_up() -> None:
    drawn = drawn_of(PAYLOAD, 5, 0, 4)
    assert (drawn["held.one"] + drawn["held.two"] == drawn["by.a"] + drawn["by.b"]).all()
    for deal, there in (("a", 199), ("b", 3)):
        flow = dict(zip(FLOWS, np.moveaxis(drawn[f"flow.{deal}"], 2, 0), strict=True))
        left = sum(flow[one] for one in FLOWS[5:])
        ends = np.array(PLAN.months[1:]) - 1
        held = drawn[f"by.{deal}"][:, ends]
        assert (there + np.cumsum(flow["received"] - left, axis=1) == held).all()
        waits = np.cumsum(flow["eligible"] - flow["received"] - flow["expired"], axis=1)
        assert (waits == drawn[f"waiting.{deal}"]).all()
        assert (flow["eligible"] <= flow["referred"]).all()
        assert (drawn[f"stock.{deal}"] <= drawn[f"by.{deal}"]).all()
        assert (flow["lawful"].sum(axis=1) < flow["eligible"].sum(axis=1)).all()
    assert drawn["by.a"][:, 600].max() <= 60  # all were recalled that day; a flight may have come
    assert not drawn["held.one"][:, 400:].any()
    assert drawn["by.b"].max() <= 250
    assert (drawn["over.a"] > 0).any()
    assert (drawn["late.a"].sum(axis=1) > 100).all()


def test_draws_do_not_know_of_one_another() -> None:
    whole = drawn_of(PAYLOAD, 9, 0, 5)
    parts = [drawn_of(PAYLOAD, 9, lo, hi) for lo, hi in ((0, 2), (2, 3), (3, 5))]
    for name, rows in whole.items():
        assert (rows == np.concatenate([one[name] for one in parts])).all()
    assert not (whole["by.a"][0] == whole["by.a"][1]).all()


def test_the_cells_of_a_house_hold_no_more_than_they_may() -> None:
    drawn = drawn_of(PAYLOAD, 5, 0, 3)
    held, full = drawn["held.one"], drawn["cell.one"]
    assert (full * 8 >= held).all()
    assert full.max() <= 300 // 8 + 2
    assert "cell.two" not in drawn
