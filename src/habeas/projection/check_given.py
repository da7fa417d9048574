"""What the given layer must be: deals the law knows, places that exist, days in order."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from habeas.errors import Fault
from habeas.law import tariff
from habeas.law.agreement import Agreement
from habeas.law.check import near
from habeas.law.library import Library
from habeas.projection import floor
from habeas.projection.misfits import Misfit, Path, misfit, most_places
from habeas.projection.scenario import Deal, Facility, Scenario

PLANNED = "planned_m2"
CM2 = 10_000  # in a square metre
YEARS = 60
DAYS = 366 * YEARS
EARLIEST, LATEST = date(1800, 1, 1), date(2300, 1, 1)
_M2 = re.compile(r"\d{1,4}(\.\d{1,4})?", re.ASCII)


def term(found: Scenario) -> Iterator[Misfit]:
    """The days of the scenario itself."""
    if found.first >= found.after:
        yield misfit("H810", ("after",), first=found.first, last=found.after)
    elif (found.after - found.first).days > DAYS:
        yield misfit("H810.long", ("after",), years=YEARS)


def facilities(found: Scenario, library: Library) -> Iterator[Misfit]:
    """Places in order, and cells said once and whole."""
    for number, one in enumerate(found.given.facilities):
        path: Path = ("given", "facilities", str(number))
        if not one.places:
            yield misfit("H815.none", path, name=one.id)
        for place, (before, row) in enumerate(pairwise(one.places), 1):
            if before.from_ >= row.from_:
                here = (*path, "places", str(place), "from")
                yield misfit("H810", here, first=before.from_, last=row.from_)
        if one.library is not None and one.library not in library.facilities:
            said = near(one.library, library.facilities)
            here = (*path, "library")
            yield misfit("H809", here, kind="facility", clase="el establecimiento", **said)
        own = (one.cells, one.cell_cm2)
        half = (one.cells is None) is not (one.cell_cm2 is None)
        if half or (one.library is not None and own != (None, None)):
            yield misfit("H815.cells", path, name=one.id)


def standards(found: Scenario, library: Library) -> Iterator[Misfit]:
    """Standards and measures that the library does not hold, or that measure no floor."""
    held = [one for _, one in library.standards.values()]
    for number, name in enumerate(found.given.standards):
        if not floor.chosen(held, [name]):
            known = [one.id for one in floor.chosen(held, ())]
            said = near(name, [*library.standards, *known])
            path = ("given", "standards", str(number))
            yield misfit("H809", path, kind="standard of floor", clase="la norma de superficie",
                         **said)  # fmt: skip


def too_many(found: Scenario, library: Library) -> Iterator[Misfit]:
    """Places that the beds or the floor of a facility's cells cannot hold by the standards."""
    held = [one for _, one in library.standards.values()]
    measures = floor.chosen(held, found.given.standards)
    known = {name: one for name, (_, one) in library.facilities.items()}
    for number, one in enumerate(found.given.facilities):
        if one.library is not None and one.library not in known:
            continue
        places = most_places(one)
        for limit in floor.limits(floor.floor(one, known, found.first), measures):
            if places > limit.persons:
                path = ("given", "facilities", str(number), "places")
                said = {"name": one.id, "places": f"{places:,}", "allowed": f"{limit.persons:,}"}
                if limit.measure is None:
                    yield misfit("H815.beds", path, **said)
                else:
                    yield misfit("H815", path, measure=limit.measure.id, **said)


def planned(found: Scenario, library: Library) -> Iterator[Misfit]:
    """A floor that a docket plans for each person, above that of the cells at full places."""
    known = {name: one for name, (_, one) in library.facilities.items()}
    most = {
        one.id: _floor_of_each(one, floor.floor(one, known, found.first))
        for one in found.given.facilities
        if one.library is None or one.library in known
    }
    held = {one.id: [most.get(name) for name in one.facilities] for one in found.given.deals}
    for number, stream in enumerate(found.assumed.streams):
        floors = [one for one in held.get(stream.deal, []) if one is not None]
        if len(floors) < len(held.get(stream.deal, [])) or not floors:
            continue
        for _, text in (stream.docket or {}).get(PLANNED, ()):
            if _M2.fullmatch(text) and Fraction(text) > max(floors):
                path = ("assumed", "streams", str(number), "docket", PLANNED)
                said = {"name": stream.id, "value": text}
                yield misfit("H817.floor", path, most=f"{float(max(floors)):.2f}", **said)


def _floor_of_each(one: Facility, place: floor.Floor) -> Fraction | None:
    """Square metres a person when the places are full, at most; None: not known."""
    areas = [cell.floor_cm2 for cell in place.cells]
    if not areas or None in areas or not most_places(one):
        return None
    return Fraction(sum(area or 0 for area in areas), most_places(one) * CM2)


def deals(found: Scenario, library: Library) -> Iterator[Misfit]:
    """Every deal against its agreement, its facilities and the scenario's term."""
    known = {one.id: one for one in found.given.facilities}
    for number, one in enumerate(found.given.deals):
        path: Path = ("given", "deals", str(number))
        if one.sending == one.receiving:
            yield misfit("H819.self", (*path, "receiving"), name=one.id, state=one.sending)
        yield from _agreement(one, path, library, found.currency)
        yield from _filled(one, path, known)
        yield from _deal_days(one, path, found)
        for fact in one.established:
            if fact not in library.agreement_rules.facts:
                said = near(fact, library.agreement_rules.facts)
                here = (*path, "established", fact)
                yield misfit("H809", here, kind="fact of an agreement",
                             clase="el hecho de un acuerdo", **said)  # fmt: skip


def _agreement(one: Deal, path: Path, library: Library, currency: str) -> Iterator[Misfit]:
    deal = library.agreements.get(one.agreement) if one.agreement is not None else None
    if one.agreement is not None and deal is None:
        said = near(one.agreement, library.agreements)
        yield misfit("H809", (*path, "agreement"), kind="agreement", clase="el acuerdo", **said)
    if deal is not None:
        yield from _bound(one, path, deal[1])
    fees = one.fees if one.fees is not None or deal is None else deal[1].fees
    if fees is not None and fees.currency != currency:
        said = {"name": one.id, "money": fees.currency, "own": currency}
        yield misfit("H819.money", (*path, "fees" if one.fees is not None else "id"), **said)


def _bound(one: Deal, path: Path, deal: Agreement) -> Iterator[Misfit]:
    for key, value in (("sending", one.sending), ("receiving", one.receiving)):
        bound = [party.code for party in deal.parties if party.role in {key, "either"}]
        if value not in bound:
            said = {"agreement": deal.id, "key": key, "value": value}
            yield misfit("H819", (*path, key), bound=", ".join(sorted(bound)), **said)
    if one.pathway not in deal.pathways:
        said = {"agreement": deal.id, "key": "pathway", "value": one.pathway}
        yield misfit("H819", (*path, "pathway"), bound=", ".join(deal.pathways), **said)


def _filled(one: Deal, path: Path, known: dict[str, Facility]) -> Iterator[Misfit]:
    here = (*path, "facilities")
    if not one.facilities:
        yield misfit("H819.none", path, name=one.id)
    for name in one.facilities:
        if name not in known:
            said = near(name, known)
            yield misfit("H809", here, kind="facility", clase="el establecimiento", **said)
    if len({*one.facilities}) < len(one.facilities):
        again = next(name for name in one.facilities if one.facilities.count(name) > 1)
        yield misfit("H818", here, kind="facility", clase="el establecimiento", name=again)
    allowed = sum(most_places(known[name]) for name in {*one.facilities} & {*known})
    if one.places is not None and one.places > allowed and {*one.facilities} <= {*known}:
        said = {"name": one.id, "places": f"{one.places:,}", "allowed": f"{allowed:,}"}
        yield misfit("H815.deal", (*path, "places"), **said)


def _deal_days(one: Deal, path: Path, found: Scenario) -> Iterator[Misfit]:
    days: list[tuple[Path, date | None]] = [
        (("from",), one.from_),
        (("flights", "first"), one.flights.first),
        *((("pauses", str(n), "from"), pause.from_) for n, pause in enumerate(one.pauses)),
        *((("recalls", str(n)), day) for n, day in enumerate(one.recalls)),
    ]
    for key, day in days if found.first < found.after else ():
        if day is not None and not found.first <= day < found.after:
            said = {"first": found.first, "last": found.after}
            yield misfit("H810.outside", (*path, *key), day=day, **said)
    for key, first, last in _ordered(one):
        if first is not None and last is not None and first >= last:
            yield misfit("H810", (*path, *key), first=first, last=last)


def _ordered(one: Deal) -> Iterator[tuple[Path, date | None, date | None]]:
    """Days of a deal that must follow one another, with the key of the later one."""
    yield ("until",), one.from_, one.until
    for number, pause in enumerate(one.pauses):
        yield ("pauses", str(number), "until"), pause.from_, pause.until
    for number, (before, pause) in enumerate(pairwise(one.pauses), 1):
        # A pause may begin on the day on which the one before it ends.
        until = before.until
        ends = pause.from_ if until is None else max(until, EARLIEST) - timedelta(days=1)
        yield ("pauses", str(number), "from"), ends, pause.from_
    for earlier, later in pairwise(one.recalls):
        yield ("recalls",), earlier, later


def prices(found: Scenario, text: str, file: str) -> list[Fault]:
    """What is wrong with the schedules that the file itself states."""
    return [
        fault
        for number, one in enumerate(found.given.deals)
        if one.fees is not None
        for fault in tariff.of_fees(text, one.fees, file, ("given", "deals", str(number), "fees"))
    ]


def stock(found: Scenario) -> Iterator[Misfit]:
    """Who is there when it begins: of a deal, in one of its facilities, as of a day before it."""
    known = {one.id: one for one in found.given.deals}
    for number, one in enumerate(found.measured.stock):
        path: Path = ("measured", "stock", str(number))
        if one.deal not in known:
            said = {"kind": "deal", "clase": "el acuerdo"} | near(one.deal, known)
            yield misfit("H809", (*path, "deal"), **said)
        elif one.facility not in known[one.deal].facilities:
            said = near(one.facility, known[one.deal].facilities)
            here = (*path, "facility")
            yield misfit("H809", here, kind="facility", clase="el establecimiento", **said)
        if one.as_of > found.first:
            yield misfit("H810.late", (*path, "as_of"), day=one.as_of, first=found.first)
