"""What is too large to be computed: more than a stay's eight bytes name, a day has, or money holds.

Every bound is far above what any scenario asks; without them a slip of the keyboard would end in a
number that wraps, or in a run that never ends.
"""

from collections.abc import Iterator
from datetime import date
from math import exp, isfinite

from habeas.projection.check_given import EARLIEST, LATEST
from habeas.projection.check_streams import RATE
from habeas.projection.check_streams import highest as named
from habeas.projection.floor import MOST_CELLS
from habeas.projection.misfits import Misfit, Path, misfit, most_places, parts
from habeas.projection.scenario import Range, Scenario, Stream

# Of `queue`: a stay names its cell, house and agreement by so many bits; a person its stream.
HOUSES, DEALS, STREAMS = 63, 31, 255
ALL_STREAMS = 1_000
PERSONS = 10_000_000  # put forward in one draw
IN_A_CELL = 10_000
TOTAL = 1 << 52  # minor units: a thousand times as many still fit into eight bytes
FACTOR = 1_000_000  # of an index or a rate of exchange over all years
YEAR = 365.0
TOP, FAR = 3.67, 6.4  # standard deviations: the ends of the tables, and of one word of chance
MANY, MUCH = 10**7, 10**15
BETWEEN: dict[str, tuple[float, float]] = {
    "places": (0, 1_000_000),
    "every_days": (1, 36_600),
    "most": (1, 1_000_000),
    "cells": (0, MOST_CELLS),
    "cell_cm2": (0, 10**10),
    "beds_per_cell": (0, IN_A_CELL),
    "confined_hours": (0, 24),
    "exponent": (0, 4),
    "days_left": (0, 1_000_000),
    "at_most": (0, 1_000_000),
    "like": (0.001, 100_000),
    "spread": (0, 3),
    "log_sd": (0, 5),
}
ASSUMED = 1e9
WEIGHT = 1_000_000
BATCH = 1_000


def number(path: Path, value: object) -> Iterator[Misfit]:
    """One number of a scenario that is too large, or too near to nothing; or a day far away."""
    if isinstance(value, date) and not EARLIEST <= value <= LATEST:
        yield misfit("H810.era", path, day=value, first=EARLIEST, last=LATEST)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return
    if isinstance(value, float) and not isfinite(value):
        return  # `misfits.numbers` tells it
    least, most = _between(path, value)
    if (least and 0 < value < least) or value > most:
        yield misfit("H806.between", path, value=value, least=f"{least:,}", most=f"{most:,}")


def _between(path: Path, value: float) -> tuple[float, float]:
    name = next(one for one in reversed(path) if not one.isdigit())
    if "docket" in path:
        return 0, WEIGHT
    if path[-2:] == ("batches", "mean"):
        return 1, BATCH
    if name in BETWEEN:
        return BETWEEN[name]
    if isinstance(value, float):
        return 0, ASSUMED
    return 0, MANY if "fees" in path and "minor" not in name else MUCH


def counted(found: Scenario) -> Iterator[Misfit]:
    """More facilities, agreements or streams than a stay can name, and nobody at all."""
    given, streams = found.given, found.assumed.streams
    if not given.deals:
        yield misfit("H819.nobody", ("given",))
    for path, word, palabra, many, most in (
        (("given", "facilities"), "facilities", "establecimientos", len(given.facilities), HOUSES),
        (("given", "deals"), "deals", "acuerdos", len(given.deals), DEALS),
        (("assumed", "streams"), "streams", "flujos", len(streams), ALL_STREAMS),
    ):
        if many > most:
            yield misfit("H806.count", path, many=many, most=most, word=word, palabra=palabra)
    for place, deal in enumerate(given.deals):
        many = sum(one.deal == deal.id for one in streams)
        if many > STREAMS:
            path = ("given", "deals", str(place))
            said = {"word": "streams", "palabra": "flujos"}
            yield misfit("H806.count", path, many=many, most=STREAMS, **said)
    for place, house in enumerate(given.facilities):
        if house.cells and most_places(house) > house.cells * IN_A_CELL:
            path = ("given", "facilities", str(place), "cells")
            said = {"word": "persons a cell", "palabra": "personas por celda"}
            many = most_places(house) // house.cells
            yield misfit("H806.count", path, many=many, most=IN_A_CELL, **said)


def inflow(found: Scenario) -> Iterator[Misfit]:
    """More people in a draw than a day, or a machine, holds: at the upper end of every range."""
    years = _days(found) / YEAR
    world, everybody = highest(found.assumed.world.referrals, 1.0), 0.0
    for place, one in enumerate(found.assumed.streams):
        rate = _rate(one, years) * world
        groups = rate / (one.batches.mean if one.batches and one.batches.mean > 1 else 1.0)
        if groups > RATE >= named(one.referrals_a_day):  # else `check_streams` tells it
            path = ("assumed", "streams", str(place), "referrals_a_day")
            yield misfit("H806.rate", path, value=f"{groups:,.0f}", most=RATE)
        everybody += (one.persons or 0) + min(rate * _days(found), float(PERSONS * PERSONS))
    if everybody > PERSONS:
        many = f"{everybody:,.0f}"
        yield misfit("H806.persons", ("assumed", "streams"), value=many, most=f"{PERSONS:,}")


def money(found: Scenario) -> Iterator[Misfit]:
    """Sums that could come to more than is counted exactly, whatever the draw."""
    costs, days = found.assumed.costs, _days(found)
    rise, years = 1.0, int(days / YEAR) + 1
    for name in ("index_a_year", "exchange_a_year"):
        grown = (1.0 + min(max(highest(getattr(costs, name), z=FAR), 0.0), 10.0)) ** years
        rise *= grown
        if grown > FACTOR:
            path = ("assumed", "costs", name)
            yield misfit("H806.factor", path, years=years, most=f"{FACTOR:,}")
    held = sum(len(one.days_left) for one in found.measured.stock)
    held += sum(min(most_places(one), MANY) for one in found.given.facilities)
    part = 10.0 ** min(found.exponent, 9)
    sums: list[tuple[Path, float]] = [
        (("assumed", "costs", name), highest(getattr(costs, name), z=FAR) * part * times)
        for name, times in (
            ("receiving_a_day", held * days),
            ("sending_marginal_a_day", held * days),
            ("sending_average_a_day", held * days),
            ("transport_a_person", PERSONS),
            ("place", held),
        )
    ]
    for place, deal in enumerate(found.given.deals):
        prices = deal.fees.items if deal.fees is not None else ()
        for number_, item in enumerate(prices):
            path = ("given", "deals", str(place), "fees", "items", str(number_))
            sums += [((*path, *more), price) for more, price in _prices(item, held * days)]
    for path, most in sums:
        if most * rise > TOTAL:
            yield misfit("H806.money", path)


def _prices(item: object, times: int, path: Path = ()) -> Iterator[tuple[Path, float]]:
    """Every price of a fee item, at most for so many person-days."""
    for here, value in parts(item, path):
        if isinstance(value, int) and not isinstance(value, bool) and here and "minor" in here[-1]:
            each = any(word in here[-1] for word in ("person", "place", "unit", "base"))
            yield here, float(min(value, MUCH)) * (times if each else YEAR * 2)


def highest(value: Range | float | None, without: float = 0.0, *, z: float = TOP) -> float:
    """The highest number that a draw can take of a range."""
    if isinstance(value, Range):
        if value.spread is not None:
            return (value.about or 0.0) * exp(min(value.spread * z, 600.0))
        return max(one or 0.0 for one in (value.high, value.about))
    return without if value is None else value


def _rate(one: Stream, years: float) -> float:
    grown = 1.0 + min(max(highest(one.growth_a_year), 0.0), 10.0)
    return min(highest(one.referrals_a_day), 1e12) * grown ** int(years)


def _days(found: Scenario) -> int:
    return min(max((found.after - found.first).days, 0), 36_600)
