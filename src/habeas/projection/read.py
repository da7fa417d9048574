"""A scenario file to its shapes: all of its faults in one run, each with file and line."""

from collections.abc import Iterator
from dataclasses import replace

import msgspec

from habeas.docket.columns import Column
from habeas.errors import Fault, LawError
from habeas.law import calendar
from habeas.law.check import near
from habeas.law.library import Library
from habeas.law.places import line_of
from habeas.law.read import decoded
from habeas.projection import bounds, changes, check_given, check_streams, messages, misfits
from habeas.projection.misfits import Misfit, misfit
from habeas.projection.scenario import Deal, Scenario

PAGE = "docs/scenarios.md"
SPEC = "docs/spec/agreement.md"
TOLD = {"H815": "H815.told", "H815.beds": "H815.beds_told"}


def scenario(text: str, file: str, library: Library, columns: dict[str, Column]) -> Scenario:
    """A scenario that can be projected.

    Args:
        text: of the file, TOML.
        file: its name, for messages.
        library: the law, facilities and sources that it may name.
        columns: of a docket, by fact.

    Raises:
        LawError: every fault of its form; or, where the form is right, every fault of its content.
    """
    try:
        found = decoded(text, Scenario, file)
    except LawError as error:
        told = tuple(_at_home(fault) for fault in error.faults)
        raise LawError(*told) from error
    said = [*_misfits(found, library, columns)]
    faults = [messages.placed(one.key, file, line_of(text, *one.path), **one.said) for one in said]
    faults += [*_zone(found, text, file), *check_given.prices(found, text, file)]
    if faults:
        raise LawError(*sorted(faults, key=lambda fault: fault.line))
    return found


def notes(found: Scenario, library: Library) -> list[Misfit]:
    """What a scenario that sets rules aside may hold, and what its reader must be told.

    Places above the beds, or above what a standard allows on the floor of the cells.
    """
    if _claims(found):
        return []
    return [
        Misfit(TOLD[one.key], one.path, one.said) for one in check_given.too_many(found, library)
    ]


def _claims(found: Scenario) -> bool:
    return found.rules == "applied" and bool(found.given.standards)


def _at_home(fault: Fault) -> Fault:
    fix, remedio = fault.fix, fault.spanish[1]
    return replace(
        fault,
        fix=fix.replace(SPEC, PAGE),
        spanish=(fault.spanish[0], remedio.replace(SPEC, PAGE)),
    )


def _misfits(found: Scenario, library: Library, columns: dict[str, Column]) -> Iterator[Misfit]:
    for path, value in misfits.parts(found):
        yield from misfits.sources(path, value, library.sources)
        yield from misfits.numbers(path, value)
        yield from bounds.number(path, value)
    yield from misfits.plain(found)
    yield from misfits.twice(found)
    yield from bounds.counted(found)
    yield from bounds.inflow(found)
    yield from bounds.money(found)
    yield from check_given.term(found)
    yield from check_given.facilities(found, library)
    yield from check_given.standards(found, library)
    yield from check_given.deals(found, library)
    yield from check_given.stock(found)
    yield from check_given.planned(found, library)
    yield from check_streams.streams(found, columns)
    yield from _changes(found, library)
    if _claims(found):
        yield from check_given.too_many(found, library)


def _zone(found: Scenario, text: str, file: str) -> list[Fault]:
    try:
        calendar.zone(found.zone)
    except LawError as error:
        return [replace(one, file=file, line=line_of(text, "zone")) for one in error.faults]
    return []


def _changes(found: Scenario, library: Library) -> Iterator[Misfit]:
    known = {one.id: one for one in found.given.deals}
    for number, one in enumerate(found.changes):
        path = ("changes", str(number))
        if one.deal not in known:
            said = {"kind": "deal", "clase": "el acuerdo"} | near(one.deal, known)
            yield misfit("H809", (*path, "deal"), **said)
            continue
        deal = known[one.deal]
        if deal.agreement is None or deal.agreement in library.agreements:
            deal = changes.priced(deal, library)
        other = deal
        for key, value in one.set.items():
            here = (*path, "set", key)
            try:
                other = changes.changed(other, key, value)
            except LookupError:
                yield misfit("H809.key", here, name=key, deal=one.deal)
            except msgspec.ValidationError as error:
                yield misfit("H809.value", here, name=key, value=value, told=str(error))
        said = {"name": ", ".join(one.set), "value": ", ".join(map(str, one.set.values()))}
        for told in _new(found, deal, other, library):
            yield misfit("H809.value", (*path, "set"), told=told, **said)


def _new(found: Scenario, deal: Deal, other: Deal, library: Library) -> list[str]:
    """What is wrong with a deal that was changed, and was not before."""
    if other.id != deal.id:
        return ["a deal keeps its id"]
    before, after = (_of_deal(found, each, library) for each in (deal, other))
    return [one for one in after if one not in before]


def _of_deal(found: Scenario, deal: Deal, library: Library) -> list[str]:
    rest = tuple(deal if one.id == deal.id else one for one in found.given.deals)
    given = msgspec.structs.replace(found.given, deals=rest)
    whole = msgspec.structs.replace(found, given=given)
    said = [*check_given.deals(whole, library), *bounds.money(whole)]
    for path, value in misfits.parts(deal, ("given", "deals")):
        said += bounds.number(path, value)
    told = [messages.placed(one.key, "", 0, **one.said).what for one in said]
    return told + [one.what for one in check_given.prices(whole, "", "")]
