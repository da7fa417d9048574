"""From the draws of a scenario to what its report shows: days, years, limits, law, work.

Every number was computed by the room that owns it; here it is only put together, summed over
agreements draw by draw, and made a range.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from habeas.law.cited import Text
from habeas.law.library import Library
from habeas.projection import bands as of_draws
from habeas.projection.bands import Ints, Outcome
from habeas.projection.plan import Plan
from habeas.projection.queue import FLOWS
from habeas.service.paper import Say
from habeas.service.project import Drawn
from habeas.service.projected import (
    Band,
    Crossing,
    Daily,
    Flow,
    Kind,
    Limit,
    Paid,
    Seen,
    Work,
    Worth,
)
from habeas.service.projection_lawful import barred_by_deal, lawful, never, not_established
from habeas.service.projection_limits import Named, limits
from habeas.service.scenario import Ready

YEAR = 365.25
NEAR = 0.07  # of the height of a drawing: closer lines would hide each other's words
TOTALS: Mapping[Kind, str] = {
    "occupied": "money.occupied",
    "empty": "money.paid_for_empty",
    "other": "money.other",
    "whole": "money.total",
    "transport": "sending.transport",
    "avoided": "sending.saves",
    "own": "receiving.cost",
}
YEARLY: Mapping[Kind, str] = {
    "occupied": "money.occupied",
    "empty": "money.paid_for_empty",
    "other": "money.other",
}
WORTHS = (
    "break_even.receiving_fee", "break_even.sending_fee", "break_even.occupancy",
    "guarantee.months", "receiving.left", "sending.left", "sending.average_cost_less_paid",
)  # fmt: skip
EVENTS = ("deaths", "complaints", "incidents", "transfers", "visits")
NEVER_PASSED = np.iinfo(np.int64).max


class Words(NamedTuple):
    """Both languages: the report is made in either."""

    english: Say
    spanish: Say

    def text(self, name: str, **parts: str) -> Text:
        """One text in both."""
        return Text(self.english(name).format(**parts), self.spanish(name).format(**parts))


def seen(ready: Ready, found: Drawn, library: Library, words: Words) -> Seen:
    """All that a report shows.

    Args:
        ready: the scenario, screened.
        found: its answers in every draw.
        library: of law and standards.
        words: both languages, with the words of projections.
    """
    named = limits(ready, library)
    given = ready.scenario
    years = (given.after - given.first).days / YEAR
    return Seen(
        scenario=given,
        draws=found.stamp.draws,
        seed=found.stamp.seed,
        people=tuple(_people(ready, found, named, words)),
        there=_there(found),
        crossings=tuple(sorted(_crossings(ready, found, library, words), key=_when)),
        flows=tuple(_flow(deal.id, deal.title, found) for deal in given.given.deals),
        paid=tuple(_paid(found)),
        totals=_totals(found),
        worths=tuple(_worths(found, words)),
        lawful=tuple(lawful(ready, found, band, barred_by_deal(ready))),
        never=tuple(never(ready)),
        open=tuple(not_established(ready)),
        work=tuple(_work(found, years, words)),
        aside=tuple(Text(one.what, one.spanish[0] or one.what) for one in ready.notes),
        notes=tuple(_unscreened(ready, words)),
        stamp=tuple(_stamp(ready, found)),
    )


def band(values: NDArray[np.integer], part: float = 1.0) -> Band:
    """The range of one number over its draws, each multiplied by a part."""
    made = of_draws.bands(values)
    low, lower, middle, upper, high = (one * part for one in made.shares[0].tolist())
    return Band(low, lower, middle, upper, high, float(made.mean(0)) * part)


def _daily(values: NDArray[np.integer]) -> tuple[Band, ...]:
    made = of_draws.bands(values)
    columns = [*made.shares.T.tolist(), (made.sums / made.draws).tolist()]
    return tuple(
        Band(low, lower, middle, upper, high, mean)
        for low, lower, middle, upper, high, mean in zip(*columns, strict=True)
    )


def _people(
    ready: Ready, found: Drawn, named: Mapping[str, Sequence[Named]], words: Words
) -> Iterator[Daily]:
    given, daily = ready.scenario, found.found.daily
    houses = {one.id: daily[f"capacity.held {one.id}"] for one in given.given.facilities}
    places = _places(ready.plan)
    titles = {one.id: one.title or Text(one.id, one.id) for one in given.given.facilities}
    if len(houses) > 1:
        whole = np.sum(np.stack(list(houses.values())).astype(np.int64), axis=0)
        every = np.sum(np.stack([places[name] for name in houses]), axis=0)
        yield Daily("all", words.text("people.all"), given.first, _daily(whole),
                    tuple(every.tolist()))  # fmt: skip
    for name, held in houses.items():
        most = max(int(held.max(initial=1)), int(places[name].max(initial=1)))
        near = _apart(named.get(name, ()), most)
        yield Daily(name, titles[name], given.first, _daily(held), tuple(places[name].tolist()),
                    near)  # fmt: skip
    if len(given.given.deals) > 1:
        for deal in given.given.deals:
            title = deal.title or Text(deal.id, deal.id)
            yield Daily(
                f"deal-{deal.id}", title, given.first, _daily(daily[f"people.held {deal.id}"])
            )


def _there(found: Drawn) -> tuple[Band, ...]:
    """Of all who are held on each day, those of the starting stock."""
    key = "people.of_the_stock "
    parts = [held for name, held in found.found.daily.items() if name.startswith(key)]
    return _daily(np.sum(np.stack(parts).astype(np.int64), axis=0)) if parts else ()


def _apart(named: Sequence[Named], most: int) -> tuple[Limit, ...]:
    """The limits that a drawing up to so many can show beside each other, the lowest first."""
    kept = list[Limit]()
    for one in named:
        if one.persons <= 2 * most and all(
            abs(one.persons - other.persons) >= NEAR * most for other in kept
        ):
            kept.append(Limit(one.words, one.persons))
    return tuple(kept)


def _places(plan: Plan) -> dict[str, Ints]:
    found = dict[str, Ints]()
    for one in plan.houses:
        days = np.zeros(plan.days, np.int64)
        for day, places in one.places:
            days[max(day, 0) :] = places
        found[one.id] = days
    return found


def _crossings(ready: Ready, found: Drawn, library: Library, words: Words) -> Iterator[Crossing]:
    titles = {one.id: one.title or Text(one.id, one.id) for one in ready.scenario.given.facilities}
    measures = {measure.id: (standard, measure) for _, standard in library.standards.values()
                for measure in standard.measures}  # fmt: skip
    for one in found.found.outcomes:
        place, _, which = one.of.partition("/")
        if one.key == "capacity.first_day_full":
            yield _crossing(one, words.text("space.full"), titles[place].en, found)
        elif one.key == "space.first_day_below" and which in measures and one.values is not None:
            standard, measure = measures[which]
            cite = ", ".join(f"{each.instrument} {each.at}" for each in measure.cite[:1])
            said = Text(f"{standard.id}: {measure.value.en}", f"{standard.id}: {measure.value.es}")
            yield replace(_crossing(one, said, titles[place].en, found), cite=cite,
                          standard=standard.title)  # fmt: skip


def _when(one: Crossing) -> tuple[date, int]:
    return one.p50 or one.p5 or date.max, -one.draws


def _crossing(one: Outcome, words: Text, of: str, found: Drawn) -> Crossing:
    days = np.zeros(0, np.int64) if one.values is None else one.values
    known = np.ones(days.size, np.bool_) if one.known is None else one.known
    inner = np.sort(np.where(known, days, NEVER_PASSED))
    first = found.scenario.first
    ends = [
        None if not inner.size or inner[place] == NEVER_PASSED
        else first + timedelta(int(inner[place]))
        for place in of_draws.ranks(max(inner.size, 1))
    ]  # fmt: skip
    return Crossing(words, of, int(known.sum()), ends[0], ends[2], ends[4])


def _flow(deal: str, title: Text | None, found: Drawn) -> Flow:
    courses = {one.key: one.values for one in found.found.courses if one.of == deal}
    counts = {
        name: band(courses[f"people.{name}"].sum(axis=1))
        for name in FLOWS if f"people.{name}" in courses
    }  # fmt: skip
    for name, key in (("waiting", "people.waiting"), ("late", "overstay.persons"),
                      ("over", "overstay.person_days")):  # fmt: skip
        one = found.found.of(key, deal)
        if one is not None and one.values is not None:
            counts[name] = band(one.values)
    return Flow(deal, title or Text(deal, deal), counts)


def _sum(found: Drawn, key: str) -> Ints | None:
    """One number over all agreements, draw by draw; None: of one of them it is not known."""
    unit = f"minor {found.scenario.currency}"
    all_ = [one for one in found.found.outcomes if one.key == key]
    if not all_ or any(one.values is None or one.unit != unit for one in all_):
        return None
    values = [one.values for one in all_ if one.values is not None]
    whole: Ints = np.sum(np.stack(values), axis=0)
    return whole


def _totals(found: Drawn) -> dict[Kind, Band]:
    made = dict[Kind, Band]()
    for kind, key in TOTALS.items():
        one = _sum(found, key)
        if one is not None and one.any():
            made[kind] = band(one)
    return made


def _paid(found: Drawn) -> Iterator[Paid]:
    if _sum(found, "money.total") is None:
        return
    first = found.scenario.first
    parts = dict[Kind, Ints]()
    days: Sequence[int] = ()
    for kind, key in YEARLY.items():
        same = [one for one in found.found.courses if one.key == key]
        if same:
            parts[kind] = np.sum(np.stack([one.values for one in same]), axis=0)
            days = same[0].days
    years = np.array([(first + timedelta(day)).year for day in days])
    for year in dict.fromkeys(years.tolist()):
        inside = years == year
        whole = np.zeros(found.stamp.draws, np.int64)
        for kind, one in parts.items():
            part = one[:, inside].sum(axis=1)
            whole += part
            if part.any():
                yield Paid(year, kind, band(part))
        yield Paid(year, "whole", band(whole))


def _worths(found: Drawn, words: Words) -> Iterator[Worth]:
    several = len(found.scenario.given.deals) > 1
    for key in WORTHS:
        for one in found.found.outcomes:
            if one.key == key and one.numbers.any():
                said = words.text(f"worths.{key}")
                if several:
                    said = Text(f"{said.en} ({one.of})", f"{said.es} ({one.of})")
                money = one.unit.startswith("minor")
                yield Worth(said, band(one.numbers), "minor" if money else "persons")
    sums = {f"{one.of}/{one.id}": one for one in found.scenario.given.sums}
    for one in found.found.outcomes:
        if one.key == "against.fees_per_mille" and one.numbers.size:
            said = words.text("worths.against", other=sums[one.of].title.en)
            spanish = words.text("worths.against", other=sums[one.of].title.es)
            yield Worth(Text(said.en, spanish.es), band(one.numbers, 0.001), "share")


def _work(found: Drawn, years: float, words: Words) -> Iterator[Work]:
    for name in EVENTS:
        count = found.found.of(f"work.{name}", "")
        days = found.found.of("work.staff_days", name)
        if count is not None and count.values is not None:
            hours = None
            if days is not None and days.values is not None:
                hours = band(days.values, 1 / years)
            yield Work(words.text(f"work.{name}"), band(count.values, 1 / years), hours)


def _unscreened(ready: Ready, words: Words) -> Iterable[Text]:
    for deal, stream in ready.unscreened:
        yield words.text("law.unscreened", deal=deal, stream=stream)


def _stamp(ready: Ready, found: Drawn) -> Iterator[tuple[str, str]]:
    stamp = found.stamp
    yield "SHA-256 (scenario.toml)", ready.hash
    yield "SHA-256 (plan)", stamp.plan
    yield "SHA-256 (draws)", stamp.result
    for name, version in stamp.versions.items():
        if name != "habeas":
            yield name, version
