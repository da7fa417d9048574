"""A scenario to its plan: days counted from the first, ranges to numbers a draw can take anew.

What is uncertain keeps the name of its place in the file, such as `streams.nationals.eligible`.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from math import exp

from habeas.projection import plan
from habeas.projection.check_streams import number
from habeas.projection.floor import Floor
from habeas.projection.misfits import most_places
from habeas.projection.plan import Plan, Uncertain
from habeas.projection.scenario import Deal, Facility, Range, Scenario, Stock, Stream

FACTORS = ("referrals", "stays", "eligible", "returned", "died")
OVER = 1 << 30  # a day that never comes
YEAR = 12


def uncertain(name: str, value: Range | float | None, without: float = 0.0) -> Uncertain:
    """A range as a number that each draw takes anew; a plain number stays."""
    if not isinstance(value, Range):
        return Uncertain(name, "point", without if value is None else value)
    if value.low is not None and value.high is not None:
        return Uncertain(name, "uniform", value.low, value.high)
    about = without if value.about is None else value.about
    if value.spread is not None:
        return Uncertain(name, "lognormal", about, value.spread)
    return Uncertain(name, "share", about, 0.0 if value.like is None else value.like)


def moments(one: Uncertain) -> tuple[float, float]:
    """Mean and variance of an uncertain number."""
    if one.form == "uniform":
        return (one.a + one.b) / 2, (one.b - one.a) ** 2 / 12
    if one.form == "lognormal":
        mean = one.a * exp(one.b**2 / 2)
        return mean, mean**2 * (exp(one.b**2) - 1)
    if one.form == "share":
        return one.a, one.a * (1 - one.a) / (one.b + 1)
    return one.a, 0.0


def renamed(name: str, one: Uncertain) -> Uncertain:
    """The same number under another name."""
    return Uncertain(name, one.form, one.a, one.b)


def compiled(
    found: Scenario, floors: Mapping[str, Floor], lawful: Mapping[tuple[str, str], Uncertain]
) -> Plan:
    """The scenario in numbers.

    Args:
        found: a scenario without faults.
        floors: the cells of each of its facilities, by its id.
        lawful: the share of a stream that the rules let go, by the ids of its deal and its own;
            one that was not screened has none, and nobody of it is counted as lawful.
    """
    houses = {one.id: place for place, one in enumerate(found.given.facilities)}
    deals = {one.id: place for place, one in enumerate(found.given.deals)}
    world = found.assumed.world
    return Plan(
        days=(found.after - found.first).days,
        months=[_day(one, found) for one in months(found.first, found.after)],
        houses=[_house(one, floors[one.id], found) for one in found.given.facilities],
        deals=[_deal(one, houses, found) for one in found.given.deals],
        streams=[
            _stream(one, deals[one.deal], lawful.get((one.deal, one.id)), found)
            for one in found.assumed.streams
        ],
        world={
            name: uncertain(f"world.{name}", getattr(world, name), without=1.0) for name in FACTORS
        },
        stock=[
            plan.Held(
                deals[one.deal], houses[one.facility], _left(one, found), _first_of(one.deal, found)
            )
            for one in found.measured.stock
        ],
    )


def _left(one: Stock, found: Scenario) -> list[int]:
    """Days left on the first day; whose end nobody knows is kept beyond the last.

    Those whose sentence has ended by the first day have left.
    """
    passed, days = (found.first - one.as_of).days, (found.after - found.first).days
    known = [left - passed for left in one.days_left if left > passed]
    return [*known, *[days + 1] * one.end_unknown]


def _first_of(deal: str, found: Scenario) -> int:
    """The first stream of an agreement, whose hazards hold for whoever is there; -1: none."""
    streams = (n for n, one in enumerate(found.assumed.streams) if one.deal == deal)
    return next(streams, -1)


def months(first: date, after: date) -> Iterator[date]:
    """The days on which the calendar months of a term begin, its first day, and the day after."""
    day = first
    while day < after:
        yield day
        year, month = divmod(day.year * YEAR + day.month, YEAR)
        day = date(year, month + 1, 1)
    yield after


def _day(day: date, found: Scenario) -> int:
    return (day - found.first).days


def _until(day: date | None, found: Scenario) -> int:
    # One before the scenario begins is over with it: a day below zero would count from its end.
    return OVER if day is None else max(_day(day, found), 0)


def _house(one: Facility, place: Floor, found: Scenario) -> plan.House:
    cells = len(place.cells)
    beds = _beds(place)
    most = most_places(one)
    return plan.House(
        one.id,
        [(_day(row.from_, found), row.places) for row in one.places],
        cells,
        # Where the places are more than the beds, people are put where there is no bed.
        beds if cells * beds >= most else 0,
    )


def _beds(place: Floor) -> int:
    known = [cell.beds for cell in place.cells if cell.beds is not None]
    return max(known) if known and len(known) == len(place.cells) else 0


def _deal(one: Deal, houses: Mapping[str, int], found: Scenario) -> plan.Deal:
    flights = one.flights
    first = one.from_ if flights.first is None else flights.first
    begins = 0 if first is None else _day(first, found)
    before = [] if one.from_ is None or one.from_ <= found.first else [
        (0, _day(one.from_, found), False)
    ]  # fmt: skip
    return plan.Deal(
        one.id,
        [houses[name] for name in one.facilities],
        most=-1 if one.places is None else one.places,
        every=flights.every_days,
        first=begins,
        until=_until(one.until, found),
        batch=-1 if flights.most is None else flights.most,
        pauses=[
            *before,
            *(
                (_day(row.from_, found), _until(row.until, found), row.referrals == "stop")
                for row in one.pauses
            ),
        ],
        recalls=[_day(day, found) for day in one.recalls],
    )


def _stream(one: Stream, deal: int, lawful: Uncertain | None, found: Scenario) -> plan.Stream:
    name = f"streams.{one.deal}.{one.id}"
    may = Uncertain(f"{name}.lawful", "point", 0.0) if lawful is None else lawful
    may = renamed(f"{name}.lawful", may)
    stay = one.stay
    begins = one.on if one.on is not None else one.from_
    return plan.Stream(
        one.id,
        deal,
        number(one),
        referrals=uncertain(f"{name}.referrals_a_day", one.referrals_a_day),
        growth=uncertain(f"{name}.growth_a_year", one.growth_a_year),
        eligible=_eligible(one, name, may),
        lawful=may,
        mean=uncertain(f"{name}.stay.mean", stay.mean, without=1.0),
        returned=uncertain(f"{name}.returned_a_year", one.returned_a_year),
        died=uncertain(f"{name}.died_a_year", one.died_a_year),
        late=uncertain(f"{name}.leaves_late_days", one.leaves_late_days),
        first=0 if begins is None else _day(begins, found),
        after=_until(one.until, found),
        persons=one.persons or 0,
        batch=1.0 if one.batches is None else one.batches.mean,
        law=stay.law,
        log_sd=stay.log_sd or 0.0,
        table=list(stay.table),
        at_most=stay.at_most,
        from_arrival=stay.from_arrival,
        of_lawful=found.rules == "applied" and one.eligible is not None,
    )


def _eligible(one: Stream, name: str, may: Uncertain) -> Uncertain:
    """Who goes: those of whom it is stated, of those who may where rules are applied; else these.

    In one draw nobody goes who may not: both shares are of the same persons.
    """
    own = f"{name}.eligible"
    return may if one.eligible is None else uncertain(own, one.eligible)
