"""Workload P1: six streams, 40,000 places in 256 cells, weekly flights, ten years; or a part."""

from calendar import isleap, monthrange
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

import msgspec
from msgspec import structs

from habeas.projection.draw import WORLD
from habeas.projection.plan import Deal, House, Plan, Stream, Uncertain

YEARS = range(2026, 2036)
MONTHS = [0, *accumulate(monthrange(year, month)[1] for year in YEARS for month in range(1, 13))]
DAYS = sum(366 if isleap(year) else 365 for year in YEARS)
# referrals a day, share eligible, mean sentence in days, log sd, returned and died a year
STREAMS = (
    (20.0, 0.55, 900.0, 0.6, 0.020, 0.002),
    (14.0, 0.50, 1500.0, 0.7, 0.020, 0.002),
    (10.0, 0.45, 2200.0, 0.7, 0.020, 0.003),
    (8.0, 0.50, 3000.0, 0.8, 0.015, 0.003),
    (5.0, 0.60, 4000.0, 0.8, 0.010, 0.004),
    (3.0, 0.40, 6000.0, 0.6, 0.010, 0.005),
)
SPREADS = {"referrals": 0.20, "stays": 0.10, "returned": 0.30, "died": 0.20}
OWN, LIKE = 0.15, 40.0  # spread of each stream's referrals; persons a share is as sure as
PLACES, CELLS, BATCH = 40_000, 256, 600


def point(name: str, value: float) -> Uncertain:
    """A number that stays."""
    return Uncertain(name, "point", value)


class Rates(NamedTuple):
    """What a stream is made of where a case says nothing else."""

    referrals: float = 0.0
    eligible: float = 1.0
    mean: float = 1.0
    log_sd: float = 0.0
    returned: float = 0.0
    died: float = 0.0


def stream(number: int, rates: Rates, law: str = "lognormal", **other: object) -> Stream:
    """A stream of agreement 0 whose numbers are all known."""

    def known(name: str, value: float) -> Uncertain:
        return point(f"streams.{number}.{name}", value)

    eligible, nothing = known("eligible", rates.eligible), point("nothing", 0.0)
    plain = Stream(
        id=f"s{number}", deal=0, number=number,
        referrals=known("referrals", rates.referrals), growth=nothing,
        eligible=eligible, lawful=eligible, mean=known("mean", rates.mean),
        returned=known("returned", rates.returned), died=known("died", rates.died), late=nothing,
        law=law, log_sd=rates.log_sd,
    )  # fmt: skip
    return structs.replace(plain, **other)


def plan(
    streams: Sequence[Stream],
    days: int,
    house: House | None = None,
    deal: Deal | None = None,
    world: Mapping[str, Uncertain] | None = None,
    months: Sequence[int] = (),
) -> Plan:
    """One house that all go to, with room for everybody where no other is given."""
    places = house or House("house", [(0, 1 << 29)])
    factors = {name: point(f"world.{name}", 1.0) for name in WORLD} | dict(world or {})
    return Plan(
        days, [*(months or (0, days))], [places], [deal or Deal("deal", [0])], [*streams], factors
    )


def p1(part: float = 1.0, more: float = 1.0, years: int = 10) -> Plan:
    """P1, or a plan of a part of its people and places; `more` referrals of each stream.

    Args:
        part: of the referrals, the places, the cells and the seats of a flight.
        more: a factor of the referrals alone.
        years: at most ten.
    """
    streams = []
    for number, row in enumerate(STREAMS):
        known = stream(number, Rates(*row))
        rate = Uncertain(f"streams.{number}.referrals", "lognormal", row[0] * part * more, OWN)
        share = Uncertain(f"streams.{number}.eligible", "share", row[1], LIKE)
        streams.append(structs.replace(known, referrals=rate, eligible=share, lawful=share))
    world = {name: Uncertain(f"world.{name}", "lognormal", 1.0, sd) for name, sd in SPREADS.items()}
    cells = max(round(CELLS * part), 1)
    house = House("house", [(0, round(PLACES * part))], cells)
    deal = Deal("deal", [0], every=7, batch=max(round(BATCH * part), 1))
    months = MONTHS[: 12 * years + 1]
    return plan(streams, months[-1], house, deal, world, months)


def payload(of: Plan) -> bytes:
    """A plan as workers get it."""
    return msgspec.json.encode(of)
