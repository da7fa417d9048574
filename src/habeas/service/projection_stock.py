"""A scenario that starts from a register: who is held under a deal when it begins.

Only leaves that were recorded by then are read, and of them only what had happened by then. The
file's own text stays as it is; what was measured is written below it, so that the scenario can be
read, and drawn anew, by whoever does not have the register. No name and no number of a person is
in it.
"""

import json
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain, pairwise
from statistics import fmean

from msgspec import structs

from habeas.errors import Fault, LawError, SetupError
from habeas.law.library import Library
from habeas.projection import measure
from habeas.projection.measure import Basis
from habeas.projection.scenario import Deal, Scenario, Stock
from habeas.register import quick
from habeas.register.sealed import Vault
from habeas.register.store import Store
from habeas.service import hold, scenario
from habeas.statistics.publication import Policy

WIDTH = 100


def deal_of(found: Scenario, agreement: str, name: str) -> Deal:
    """The deal of a scenario whose people a register holds.

    Args:
        found: the scenario.
        agreement: of the register.
        name: the deal's id; empty: the only one that has the agreement.

    Raises:
        SetupError: H847.
    """
    deals = found.given.deals
    # A deal without an agreement may be held against any, where it is named.
    own = {agreement, None} if name else {agreement}
    fits = [one for one in deals if one.agreement in own and name in {"", one.id}]
    if len(fits) != 1:
        named = ", ".join(f"{one.id} ({one.agreement or 'no agreement'})" for one in deals)
        many, which = "several deals" if fits else "no deal", f" '{name}'" if name else ""
        what = f"scenario '{found.id}' has {many}{which} under {agreement}; its deals are {named}"
        raise SetupError(Fault("H847", what, "Name one of them with --deal."))
    if any(one.deal == fits[0].id for one in found.measured.stock):
        what = f"scenario '{found.id}' already says who is held under '{fits[0].id}'"
        fix = "Take its measured.stock out, or leave --register out."
        raise SetupError(Fault("H847", what, fix))
    return fits[0]


def within(first: date, after: date) -> None:
    """Refuse a first day of which the register cannot speak yet.

    Args:
        first: day of the scenario.
        after: that of the register's latest event.

    Raises:
        SetupError: H849.
    """
    if first > after:
        what = f"the register speaks of days before {after} only; the scenario begins on {first}"
        raise SetupError(Fault("H849", what, f"Let the scenario begin on {after} or earlier."))


def known(store: Store, vault: Vault, agreement: str, size: int) -> None:
    """Refuse a register that held nothing under an agreement at a size.

    Raises:
        SetupError: H847.
    """
    others = set[str]()
    for record in hold.readable(store, vault, size, (set[str](), set[str]())):
        name = quick.event(record.body, record.index).agreement
        if name == agreement:
            return
        others.add(name)
    there = f", but under {', '.join(sorted(others))}" if others else ""
    what = f"the first {size:,} leaves of the register hold nothing under {agreement}{there}"
    raise SetupError(Fault("H847", what, "Name its agreement, another register or a later day."))


def places(found: Scenario, deal: Deal) -> dict[str, str]:
    """The scenario's facility of each name that a register may use for it."""
    named = dict[str, str]()
    for one in found.given.facilities:
        if one.id in deal.facilities:
            named[one.id] = one.id
            named.setdefault(one.library or one.id, one.id)
    # Who is on the way, or in no place that was recorded, will be where the deal fills first.
    return named | {"": deal.facilities[0]}


def stocks(
    known_then: hold.Register, found: Scenario, deal: Deal, origin: str
) -> tuple[Stock, ...]:
    """Who is held under a deal when a scenario begins, by facility.

    Args:
        known_then: the register at the size that it had then.
        origin: of its log; empty: no checkpoint says it.
        found: the scenario.
        deal: of it.

    Raises:
        SetupError: H847, for people in a place that is no facility of the deal.
    """
    held, named = known_then.held, places(found, deal)
    basis = Basis(found.first, held.size, origin)
    mine = [one for one in held.received() if one.agreement == known_then.deal.id]
    spells = measure.spells(mine, found.first, found.zone)
    told, unknown = measure.stocks(spells, held.release_dates, found.zone, deal.id, basis)
    strange = sorted(({one.facility for one in told} | {*unknown}) - {*named})
    if strange:
        what = f"the register holds people in '{strange[0]}', which is no facility of '{deal.id}'"
        fix = "Give one of its facilities that id, or that library."
        raise SetupError(Fault("H847", what, fix))
    left, open_ = dict[str, list[int]](), Counter[str]()
    for one in told:
        left.setdefault(named[one.facility], []).extend(one.days_left)
    for name, persons in unknown.items():
        open_[named[name]] += persons
    return tuple(
        Stock(deal.id, name, basis.as_of, basis.tree_size, origin,
              tuple(sorted(left.get(name, []))), end_unknown=open_[name])
        for name in sorted({*left, *open_}) or [deal.facilities[0]]
    )  # fmt: skip


def grouped(found: Iterable[Stock]) -> tuple[Stock, ...]:
    """For publication: of each days left, the mean of a group of persons whose days are near.

    As many persons stand behind each as behind a count that public statistics tell.

    Raises:
        SetupError: H848, where there are fewer.
    """
    least, made = Policy().threshold, list[Stock]()
    for one in found:
        for persons in (len(one.days_left), one.end_unknown):
            if 0 < persons < least:
                what = f"fewer than {least} persons at '{one.facility}' have a known end, or none"
                fix = "Leave --public out, and publish nothing of it."
                raise SetupError(Fault("H848", what, fix))
        days, groups = one.days_left, len(one.days_left) // least
        edges = [len(days) * n // groups for n in range(groups + 1)] if groups else [0]
        means = ([round(fmean(days[begin:end]))] * (end - begin) for begin, end in pairwise(edges))
        left = tuple(chain.from_iterable(means))
        made.append(structs.replace(one, days_left=left, grouped=least))
    return tuple(made)


def with_stock(text: str, file: str, found: tuple[Stock, ...], library: Library) -> str:
    """A scenario's text with what was measured below it; it reads back as the same.

    Raises:
        SetupError: H847, where its own measured layer is not written as tables.
        LawError: as for any scenario.
    """
    made = text.rstrip("\n") + "\n" + "".join(_table(one) for one in found)
    before = scenario.checked(text, file, library)
    whole = _with(before, (*before.measured.stock, *found))
    try:
        if scenario.checked(made, file, library) == whole:
            return made
    except LawError as error:
        if error.faults[0].code != "H213":
            raise
    what = f"{file}: nothing can be added to its measured layer as it is written"
    raise SetupError(Fault("H847", what, "Write it as tables: [[measured.stock]]."))


def _with(found: Scenario, stock: tuple[Stock, ...]) -> Scenario:
    """A scenario with another measured stock."""
    return structs.replace(found, measured=structs.replace(found.measured, stock=stock))


def _table(one: Stock) -> str:
    numbers = textwrap.fill(", ".join(map(str, one.days_left)), WIDTH, break_long_words=False)
    lines = [
        "",
        "[[measured.stock]]",
        f"deal = {json.dumps(one.deal)}",
        f"facility = {json.dumps(one.facility)}",
        f"as_of = {one.as_of.isoformat()}",
        f"tree_size = {one.tree_size}",
        f"log = {json.dumps(one.log)}",
        f"days_left = [{numbers}]" if "\n" not in numbers else f"days_left = [\n{numbers}\n]",
    ]
    if one.grouped:
        lines.append(f"grouped = {one.grouped}")
    if one.end_unknown:
        lines.append(f"end_unknown = {one.end_unknown}")
    return "\n".join(lines) + "\n"


def said(found: Iterable[Stock]) -> Iterator[str]:
    """What was measured, in sentences."""
    for one in found:
        persons = len(one.days_left) + one.end_unknown
        log = f" of {one.log}" if one.log else ""
        yield (
            f"{persons:,} held under {one.deal} at {one.facility} when {one.as_of} begins, by"
            f" {one.tree_size:,} leaves{log}"
        )
        if past := sum(not days for days in one.days_left):
            yield (
                f"of these, {past:,} have no day left, as the sentence ends that day or has ended:"
                " they leave on the next"
            )
        if one.end_unknown:
            yield (
                f"of {one.end_unknown:,} the register knows no end of the sentence: they have no"
                " days left and are kept to the last day, unless they die, are returned or recalled"
            )
