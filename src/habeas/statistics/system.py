"""What anybody can compute of the published tables: every linear equation between their counts.

An inequality that holds by the definitions is an equation with a count that is never published.

    stock at the end = stock at the start + entries - exits
    stock at the end = past the date + not past the date
    each state       = the sum of its facilities     both states = the sum of the two
    moved in         = moved out, of a state         to the other state = from it, across the two
    who left         = the sum of the bands          stock at the start = bands from 31 days + rest

The stock at the end of a month is the stock at the start of the next: one count, which stands in
the equations of both. Person-days stand in none: they are published in rows of which everything is
published, and withheld in all others. Then they say nothing of the others: the entries and exits of
rows that withhold something sum to the same in every table that agrees with what is published, and
their days can be shared out among them as before.
"""

from collections.abc import Mapping, Sequence

from habeas.statistics.tables import (
    ALL,
    AT_END,
    BANDS,
    ENTRIES,
    EXITS,
    LEAVING,
    PERSON_DAYS,
    STOCK,
    Counts,
    Key,
    Month,
    Row,
)
from habeas.terms import Side

Equation = Mapping[Key, int]  # the sum of coefficient x count is 0
REST = "rest_of_stock"  # held at the start, and not gone in the month after 31 days or more


def equations(among: Sequence[Row], when: Month) -> list[Equation]:
    """Every equation between the counts of one month.

    Args:
        among: the places of its tables.
        when: the month.
    """
    found = [one for row in among for one in _of_place(row, when)]
    measures = (*AT_END, *ENTRIES, *EXITS)
    kinds = [(when.period(name), name) for name in measures]
    kinds += [(period, STOCK) for period in when.stocks()]
    for period, name in kinds:
        for side in Side:
            parts = [row for row in among if row.custodian == side.value]
            found.append(_sum(period, name, parts, Row(side.value, ALL)))
    states = [Row(side.value, ALL) for side in Side]
    both = [*kinds, *((when.name, band) for band in BANDS)]
    found += [_sum(period, name, states, Row(ALL, ALL)) for period, name in both]
    found += [one for row in states for one in _of_state(row, when)]
    for side, other in (tuple(Side), tuple(reversed(Side))):
        out = Key(when.name, Row(side.value, ALL), "to_other_state")
        found.append({out: 1, Key(when.name, Row(other.value, ALL), "from_other_state"): -1})
    return found


def _sum(period: str, name: str, parts: Sequence[Row], whole: Row) -> Equation:
    return {Key(period, row, name): 1 for row in parts} | {Key(period, whole, name): -1}


def _each(when: Month, row: Row, names: Sequence[str], times: int) -> dict[Key, int]:
    return {Key(when.name, row, name): times for name in names}


def _of_place(row: Row, when: Month) -> list[Equation]:
    start, end = (Key(period, row, STOCK) for period in when.stocks())
    return [
        {end: 1, start: -1} | _each(when, row, ENTRIES, -1) | _each(when, row, EXITS, 1),
        {end: 1} | {Key(when.period(name), row, name): -1 for name in AT_END},
    ]


def _of_state(row: Row, when: Month) -> list[Equation]:
    bands = list(BANDS)
    start = Key(when.stocks()[0], row, STOCK)
    return [
        _each(when, row, ("moved_in",), 1) | _each(when, row, ("moved_out",), -1),
        _each(when, row, bands, 1) | _each(when, row, LEAVING, -1),
        {start: 1} | _each(when, row, (*bands[1:], REST), -1),
    ]


def whole(found: Counts, when: Month) -> dict[Key, int]:
    """The value of every count of the equations of a month, the one never published too."""
    made = {key: one.value for key, one in found.items() if key.measure != PERSON_DAYS}
    for side in Side:
        row = Row(side.value, ALL)
        gone = sum(made[Key(when.name, row, band)] for band in list(BANDS)[1:])
        made[Key(when.name, row, REST)] = made[Key(when.stocks()[0], row, STOCK)] - gone
    return made
