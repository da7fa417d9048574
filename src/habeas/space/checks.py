"""What is wrong with the certificates of a facility file; all of it in one run, with its lines."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from habeas.errors import Fault, FeeError
from habeas.law.certificates import CellRun, Certificate
from habeas.law.places import line_of
from habeas.law.records import Facility, Module
from habeas.space import certified

Told = tuple[str, str, str]  # code, what, what to do
NAMES = ("names", "cells", "withdraws")


@dataclass(frozen=True, slots=True)
class _File:
    """A facility file, and what was found in it."""

    name: str
    text: str
    found: list[Fault] = field(default_factory=list)

    def tell(self, told: Iterator[Told], *path: str) -> None:
        line = line_of(self.text, *path)
        self.found.extend(Fault(code, what, fix, self.name, line) for code, what, fix in told)


def faults(facility: Facility, text: str = "", name: str = "") -> list[Fault]:
    """Everything that is wrong with the cells and certificates of a facility.

    Args:
        facility: as its file was decoded.
        text: of the file, by which lines are told.
        name: of the file.
    """
    file = _File(name, text)
    for place, module in enumerate(facility.modules):
        file.tell(_module(module), "modules", str(place))
    file.tell(_twice(facility), "modules")
    ids = Counter(one.id for one in facility.certificates)
    row = 0
    for place, one in enumerate(facility.certificates):
        at = ("certificates", str(place))
        file.tell(_request(one, ids[one.id]), *at)
        file.tell(_people(one), *at, "approved_by")
        for run in one.cells:
            file.tell(_run(run, one.id, facility), "certificates", "cells", str(row))
            row += 1
        file.tell(_names(one.withdraws, one.id), *at, "withdraws")
    if not any(one.code == "H738" for one in file.found):  # else names stand for nothing
        _together(facility, file)
    return file.found


def sound(facility: Facility, text: str = "", name: str = "") -> None:
    """Refuse a facility whose certificates do not hold.

    Raises:
        FeeError: H733 to H738, every fault of them.
    """
    found = faults(facility, text, name)
    if found:
        raise FeeError(*found)


def _names(texts: tuple[str, ...], owner: str) -> Iterator[Told]:
    try:
        found = certified.names(texts)
    except ValueError as error:
        what = f"'{owner}' names no cells by '{str(error)[:60]}'"
        yield "H738", what, 'Write a name without spaces, or a range such as "S-01..S-40".'
        return
    if twice := sorted(name for name, times in Counter(found).items() if times > 1):
        yield "H738", f"'{owner}' names cell '{twice[0]}' twice", "Name each cell once."


def _module(one: Module) -> Iterator[Told]:
    yield from _names(one.names, one.id)
    if one.cell_area_cm2 is not None and one.area_basis is None:
        what = f"module '{one.id}' states an area and not what is in it"
        yield "H738", what, "Add area_basis in words, and measured where it is net."
    try:
        named = len(certified.names(one.names))
    except ValueError:
        return
    if named and named != (one.cells or 0):
        what = f"module '{one.id}' has {one.cells or 0} cells and {named} names"
        yield "H738", what, "Name each of them, or none."


def _twice(facility: Facility) -> Iterator[Told]:
    for name, times in Counter(one.id for one in facility.modules).items():
        if times > 1:
            yield "H738", f"module '{name}' stands twice", "Keep one of the two."
    try:
        every = Counter(cell.name for one in facility.modules for cell in certified.of_module(one))
    except ValueError:
        return
    for name, times in every.items():
        if times > 1:
            what = f"cell '{name}' stands in two modules"
            yield "H738", what, "Give each cell a name of its own in the facility."


def _request(one: Certificate, times: int) -> Iterator[Told]:
    if times > 1:
        yield "H738", f"certificate '{one.id}' stands {times} times", "Give each its own id."
    if not one.reason.strip():
        yield "H735", f"certificate '{one.id}' gives no reason", "Say why it was asked for."
    if one.effective_until is not None and one.effective_until <= one.effective_from:
        what = f"certificate '{one.id}' ends before it begins"
        yield "H736", what, "Write a later effective_until; that day is exclusive."


def _people(one: Certificate) -> Iterator[Told]:
    if not one.requested_by.strip():
        yield "H733", f"certificate '{one.id}' was asked for by nobody", "Name the office."
    by = (one.approved_by or "").strip()
    if one.status != "approved":
        if by or one.approved_on is not None:
            what = f"certificate '{one.id}' is {one.status} and names an approval"
            yield "H733", what, 'Leave the approval out, or write status = "approved".'
        return
    if not by or one.approved_on is None:
        what = f"certificate '{one.id}' is approved by nobody, or on no day"
        yield "H733", what, "Name who approved it, and when."
        return
    if certified.same(by, one.requested_by):
        what = f"certificate '{one.id}' was approved by '{by}', who asked for it"
        yield "H733", what, "Another person must approve it."
    if one.approved_on < one.requested_on:
        what = f"certificate '{one.id}' was approved before it was asked for"
        yield "H733", what, "Correct requested_on or approved_on."


def _run(one: CellRun, owner: str, facility: Facility) -> Iterator[Told]:
    yield from _names(one.cells, owner)
    if one.module not in {module.id for module in facility.modules}:
        what = f"certificate '{owner}' names module '{one.module}', which is not there"
        yield "H738", what, "Add it under [[modules]]."
    if one.floor_cm2 is not None:
        parts = (one.sanitary_cm2 or 0) + (one.furniture_cm2 or 0)
        if not one.floor_cm2 or parts > one.floor_cm2:
            what = f"certificate '{owner}': {parts} cm2 of parts in {one.floor_cm2} cm2 of floor"
            yield "H738", what, "The floor holds its sanitary area and furniture."
    if one.maximum == 0:
        what = f"certificate '{owner}' gives a maximum of no person"
        yield "H734", what, "A cell that holds nobody is named under withdraws."
    for word, value in (("working", one.working), ("cna", one.cna)):
        if value is not None and one.maximum is not None and value > one.maximum:
            what = f"certificate '{owner}' gives {word} {value} above maximum {one.maximum}"
            yield "H734", what, "Correct the two: working and cna are at most the maximum."


def _together(facility: Facility, file: _File) -> None:
    """What shows only between certificates."""
    place = {id(one): str(n) for n, one in enumerate(facility.certificates)}
    pending: dict[str, str] = {}
    for one in facility.certificates:
        if one.status == "pending":
            file.tell(_pending(one, pending), "certificates", place[id(one)])
    held = {cell.name for module in facility.modules for cell in certified.of_module(module)}
    ends: dict[str, Certificate] = {}
    moved: dict[str, str] = {}
    for one in certified.in_order(facility):
        at = ("certificates", place[id(one)])
        named = [cell for run in one.cells for cell in certified.of_run(run, one.id)]
        touched = {cell.name for cell in named}
        file.tell(_overlaps(one, sorted({*touched, *certified.names(one.withdraws)}), ends), *at)
        file.tell(_moved(one, named, moved), *at)
        file.tell(_gone(one, held | ends.keys()), *at, "withdraws")
        ends |= dict.fromkeys(touched, one)
        for name in certified.names(one.withdraws):
            ends.pop(name, None)
            held.discard(name)
        file.tell(_signed(facility, one), *at, "signed_operational")
    _lost(facility, file, place)


def _pending(one: Certificate, pending: dict[str, str]) -> Iterator[Told]:
    cells = {name for run in one.cells for name in certified.names(run.cells)}
    for name in sorted({*cells, *certified.names(one.withdraws)}):
        if name in pending:
            what = f"cell '{name}' waits on two requests, '{pending[name]}' and '{one.id}'"
            yield "H735", what, "Withdraw one of the two."
        pending.setdefault(name, one.id)


def _overlaps(one: Certificate, touched: list[str], ends: dict[str, Certificate]) -> Iterator[Told]:
    for name in touched:
        before = ends.get(name)
        if before is None:
            continue
        until = before.effective_until
        if before.effective_from == one.effective_from or (
            until is not None and until > one.effective_from
        ):
            what = f"certificates '{before.id}' and '{one.id}' of cell '{name}' overlap"
            yield "H736", what, "End one before the other begins; the end is exclusive."


def _moved(one: Certificate, named: list[certified.Cell], moved: dict[str, str]) -> Iterator[Told]:
    for cell in named:
        if moved.setdefault(cell.name, cell.module) != cell.module:
            what = f"certificate '{one.id}' puts cell '{cell.name}' into another module"
            yield "H738", what, "A cell stays where it was built; withdraw it and name a new one."


def _gone(one: Certificate, held: set[str]) -> Iterator[Told]:
    for name in certified.names(one.withdraws):
        if name not in held:
            what = f"certificate '{one.id}' withdraws cell '{name}', which is not there"
            yield "H737", what, "Name a cell that is in use on that day."


def _signed(facility: Facility, one: Certificate) -> Iterator[Told]:
    signed = certified.signed_operational(facility, one.effective_from)
    most = [cell.maximum for cell in certified.cells(facility, one.effective_from)]
    day = [
        other
        for other in certified.in_order(facility)
        if other.effective_from == one.effective_from
    ]
    if signed is None or None in most or one is not day[-1]:
        return  # a sum with an unknown in it bounds nothing
    total = sum(value for value in most if value is not None)
    if signed[0] > total:
        what = f"'{one.id}': signed operational capacity {signed[0]} is above the maximum {total}"
        yield "H734", what, "It is at most the sum over the cells."


def _lost(facility: Facility, file: _File, place: dict[int, str]) -> None:
    """Cells whose certificate ends with none after it, and which none withdraws."""
    for one in certified.in_order(facility):
        if one.effective_until is None:
            continue
        told = _unnamed(facility, one, one.effective_until)
        file.tell(told, "certificates", place[id(one)], "effective_until")


def _unnamed(facility: Facility, one: Certificate, day: date) -> Iterator[Told]:
    there = {cell.name for cell in certified.cells(facility, day)}
    withdrawn = {
        name
        for other in certified.in_order(facility)
        if one.effective_from < other.effective_from <= day
        for name in certified.names(other.withdraws)
    }
    cells = [name for run in one.cells for name in certified.names(run.cells)]
    lost = [name for name in cells if name not in there and name not in withdrawn]
    if lost:
        what = f"certificate '{one.id}' ends on {day}, and none holds for cell '{lost[0]}'"
        what += f" and {len(lost) - 1} more" if lost[1:] else ""
        yield "H737", what, "Certify them from that day, or name them under withdraws."
