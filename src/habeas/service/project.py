"""What a projection answers, with its stamp; and two of them held against each other."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib.metadata import version

import msgspec
import numpy as np

from habeas.errors import Fault, SetupError
from habeas.law.calendar import ZONES
from habeas.law.library import Library
from habeas.law.schedule import Fees
from habeas.projection import costs, lawful, result
from habeas.projection.answers import Answers, answers
from habeas.projection.bands import Course, Outcome, bands
from habeas.projection.plan import Plan
from habeas.projection.result import Comparison, Difference, Projection, Row, Series, Stamp
from habeas.projection.run import Arrays, Run
from habeas.projection.scenario import Scenario
from habeas.projection.uncertainty import paired, parted, same_draws
from habeas.service import NOT_REVIEWED


@dataclass(frozen=True, slots=True)
class Drawn:
    """A scenario with all its draws: what an answer, and a comparison, is made of."""

    scenario: Scenario
    stamp: Stamp
    found: Answers


def stamp(
    scenario: Scenario, plan: Plan, seed: int, draws: range, *, result: str, tables: str = ""
) -> Stamp:
    """From what exactly a run comes.

    Args:
        scenario: as its file was read.
        plan: what it became.
        seed: of chance.
        draws: which of them were run.
        result: SHA-256 of their arrays.
        tables: SHA-256 of the tables of quantiles.
    """
    return Stamp(
        scenario=_hash(scenario),
        plan=_hash(plan),
        seed=seed,
        first_draw=draws.start,
        draws=len(draws),
        result=result,
        tables=tables,
        versions={"habeas": version("habeas"), "numpy": version("numpy"), "tzdata": ZONES},
    )


def _hash(value: msgspec.Struct) -> str:
    return hashlib.sha256(msgspec.json.encode(value, order="deterministic")).hexdigest()


def prices(scenario: Scenario, library: Library) -> dict[str, Fees]:
    """The schedule of each agreement of a scenario: its own, or that of the library's agreement."""
    found = dict[str, Fees]()
    for deal in scenario.given.deals:
        fees = deal.fees
        if fees is None and deal.agreement is not None:
            fees = library.agreement(deal.agreement).fees
        if fees is not None:
            found[deal.id] = fees
    return found


def drawn(
    scenario: Scenario,
    plan: Plan,
    arrays: Arrays,
    library: Library,
    stamped: Stamp,
    rates: Mapping[str, Fraction] | None = None,
) -> Drawn:
    """Every answer in every draw.

    Args:
        scenario: as its file was read.
        plan: what it became.
        arrays: of all draws.
        library: of law, standards, facilities and duties.
        stamped: from what they come.
        rates: of a currency on the first day, in that of the scenario; None: none is known.

    Raises:
        SetupError: H827, H828, when the arrays are not those of the plan and the stamp.
        LawError: H218, H826.
        FeeError: H733 to H738.
    """
    draws = range(stamped.first_draw, stamped.first_draw + stamped.draws)
    if "values" not in arrays:
        raise SetupError(Fault("H827", "the draws hold no 'values'", "Run the scenario anew."))
    same_draws(len(draws), int(arrays["values"].shape[0]))
    numbers = costs.drawn(scenario, stamped.seed, draws)
    run = Run(scenario, plan, arrays, numbers, prices(scenario, library), rates or {})
    return Drawn(scenario, stamped, answers(run, library))


def answer(found: Drawn, library: Library) -> Projection:
    """The projection as every face shows it."""
    given = found.scenario
    clocks = tuple(
        result.Clock(**{name: getattr(one, name) for name in result.Clock.__struct_fields__})
        for event in lawful.KINDS
        for one in lawful.clocks(library.duties, event)
    )
    return Projection(
        id=given.id,
        version=given.version,
        title=given.title,
        about=given.about,
        first=given.first,
        after=given.after,
        zone=given.zone,
        currency=given.currency,
        exponent=given.exponent,
        rules=given.rules,
        notices=_notices(given),
        review=NOT_REVIEWED,
        stamp=found.stamp,
        sections=result.sections(found.found.outcomes, found.found.courses, given.first),
        clocks=clocks,
        measured=tuple(
            result.Held(
                one.deal, one.facility, one.as_of, one.tree_size, one.log,
                len(one.days_left) + one.end_unknown, one.end_unknown,
            )
            for one in given.measured.stock
        ),
    )  # fmt: skip


def held(found: Drawn, days: Sequence[int]) -> tuple[Series, ...]:
    """Who is held at the end of any days, such as every seventh, by facility and agreement.

    Args:
        found: a scenario with its draws.
        days: from the first, 0, in order.
    """
    made = list[Series]()
    for name, daily in found.found.daily.items():
        key, _, of = name.partition(" ")
        values = daily[:, list(days)].astype(np.int64)
        course = Course(key, of, "persons", tuple(days), values)
        made.append(result.series(course, found.scenario.first))
    return tuple(made)


def _notices(*given: Scenario) -> tuple[str, ...]:
    aside = any(one.rules == "set_aside" for one in given)
    return (result.RANGE, result.SET_ASIDE) if aside else (result.RANGE,)


def compare(one: Drawn, other: Drawn) -> Comparison:
    """Two scenarios draw by draw.

    Raises:
        SetupError: H828, when they were not run under the same chance.
    """
    mine, theirs = (
        (each.stamp.seed, each.stamp.first_draw, each.stamp.draws) for each in (one, other)
    )
    if mine != theirs:
        what = f"seed, first draw and draws are {mine} of one scenario and {theirs} of the other"
        raise SetupError(Fault("H828", what, "Run both with one seed and as many draws."))
    named = {(each.key, each.of): each for each in other.found.outcomes}
    own = {(each.key, each.of): each for each in one.found.outcomes}
    return Comparison(
        first=one.stamp,
        second=other.stamp,
        titles=(one.scenario.title, other.scenario.title),
        notices=_notices(one.scenario, other.scenario),
        review=NOT_REVIEWED,
        rows=tuple(_difference(own[key], named[key]) for key in own if key in named),
        partings=tuple(_partings(one, other)),
        only_first=tuple(" ".join(key).strip() for key in own if key not in named),
        only_second=tuple(" ".join(key).strip() for key in named if key not in own),
    )


def _difference(one: Outcome, other: Outcome) -> Difference:
    if one.unit != other.unit:
        return Difference(one.key, one.of, one.unit, None, 0, 0, 0, "other_unit")
    found = paired(one, other)
    size = found.difference.size
    band = result.band(bands(found.difference), 0) if size else None
    return Difference(one.key, one.of, one.unit, band, size, found.more, found.less, found.why)


def _partings(one: Drawn, other: Drawn) -> Iterator[Row]:
    """The first day on which not as many are held, where both have the facility or agreement."""
    for name, mine in one.found.daily.items():
        theirs = other.found.daily.get(name)
        key, _, of = name.partition(" ")
        if key == "people.of_the_stock":  # a part of who is held
            continue
        if theirs is not None and one.scenario.first == other.scenario.first:
            day, known = parted(mine, theirs)
            yield result.row(Outcome(key, of, "day", day, known))
