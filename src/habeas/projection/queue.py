"""Who of those that wait is received when and where, and when each leaves: days in order.

Order within a day is the specification: (1) who leaves leaves, those received last first; of a
house that closes everybody leaves, to the next one with room or for good; (2) who is put forward
joins the queue, whose patience is over leaves it; (3) flights, agreement by agreement, each in the
order of its queue, into its first house with room and there into the emptiest cell, of several as
`Cells` says; (4) the census. Work is done for each event, never for each
person and day. Tables are whole numbers with a person or a stay a column; without a compiler the
same lines run slowly.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from habeas.custody.compiled import inlined
from habeas.projection.people import DIED_ON, END, HOLD, LATE, OTHER, OWN_END, PATIENCE, READY, Days

Counts = NDArray[np.int64]
Number = Any  # in a compiled loop, what numba makes of it: a whole number
Who = tuple[Number, Number, Number, Number]
FLOWS = (
    "referred", "eligible", "lawful", "received", "expired",
    "sentence_end", "returned", "died", "recalled", "closed",
)  # fmt: skip
REFERRED, ELIGIBLE, LAWFUL, RECEIVED, EXPIRED = range(5)
ENDED, RETURNED, DIED, RECALLED, CLOSED = range(5, 10)
NOBODY = -1
# Rows of the table of stays: a stay in one house a column, in the order in which they began.
(
    PERSON,  # the column in the table of people
    BEGIN,  # arrival under the agreement, maybe in another house
    IN,
    OUT,  # as it was to be; days from the end of the scenario on have not come
    RIGHT_ENDS,  # the day from which on there is no right to hold
) = range(5)
STAY_ROWS = 5
# What is asked of a stay when it ends, in eight bytes: the departures of a day lie far apart.
AFTER, WHAT = range(2)  # the stay that ends next on the same day; see `what`
REASON_BITS, DEAL_BITS, HOUSE_BITS, CELL_BITS = 4, 5, 6, 15
GONE = 1 << 30  # a mark on a stay that ended before its day
MOVED = 10  # its reason where the person went on to another house
# Rows of the counters of agreements, and of houses.
BY, FIRST, NEXT = range(3)  # held; first of the queue; first who has not joined it
HELD, CELLS, LEAST, SEEN = range(4)  # held; cells; the fewest in one; the most that a day has seen
COUNTERS = 4


class Rules(NamedTuple):
    """What can be done on each day; houses and agreements by their place in the plan."""

    places: Days  # (houses, days)
    closing: NDArray[np.bool_]  # (houses, days): everybody must leave
    allowed: Days  # (agreements, days): how many may be received; 0: there is no flight
    most: Days  # (agreements,): at once
    order: Days  # (agreements, houses + 1): which are filled, in order; then NOBODY
    recall: Days  # (agreements, days): the next day after it on which all must leave; FAR: none
    month: Days  # (days,)


class Daily(NamedTuple):
    """What is seen of every day, and of every month."""

    held: Days  # (houses, days) at the census
    by: Days  # (agreements, days)
    fullest: Days  # (houses, days) the most in one cell at any time after departures
    flow: Counts  # (agreements, months, flows)


class Cells(NamedTuple):
    """The cells of each house in a row, from the emptiest to the fullest; of each house a line.

    Whoever enters takes the last of the emptiest cells, which then is the first of those with one
    more; a cell that somebody leaves changes places with the first of its number, and then is the
    last of those with one fewer. So a row stays ordered, and no cell is ever looked for.
    """

    row: Days  # (houses, cells)
    place: Days  # (houses, cells): where each stands in the row
    inside: Days  # (houses, cells): how many are in it
    begin: Days  # (houses, numbers + 1): where the cells with so many inside begin


class State(NamedTuple):
    """What the loop over days carries along."""

    links: Days  # (stays, 2): `AFTER` and `WHAT` of each
    leaving: Days  # (days,): the last received of those who leave then
    deals: Days  # (counters, agreements)
    houses: Days  # (counters, houses)


@inlined
def _what(cell: Number, house: Number, deal: Number, reason: Number) -> Number:
    where = ((cell + 1) << HOUSE_BITS | house) << DEAL_BITS | deal
    return where << REASON_BITS | reason


def told(what: Number) -> tuple[Number, Number, Number, Number]:
    """Cell (NOBODY: not known), house, agreement and reason of a stay."""
    reason, where = what & ((1 << REASON_BITS) - 1), what >> REASON_BITS
    deal, where = where & ((1 << DEAL_BITS) - 1), where >> DEAL_BITS
    house, cell = where & ((1 << HOUSE_BITS) - 1), where >> HOUSE_BITS & ((1 << CELL_BITS) - 1)
    return cell - 1, house, deal, reason


_told = inlined(told)


@inlined
def _enter(cells: Cells, houses: Days, house: Number) -> Number:
    number = houses[LEAST, house]
    last = cells.begin[house, number + 1] - 1
    cell = cells.row[house, last]
    cells.begin[house, number + 1] = last
    cells.inside[house, cell] = number + 1
    if last == 0:
        houses[LEAST, house] = number + 1
    houses[SEEN, house] = max(houses[SEEN, house], number + 1)
    return cell


@inlined
def _leave(cells: Cells, houses: Days, house: Number, cell: Number) -> None:
    number, at = cells.inside[house, cell], cells.place[house, cell]
    first = cells.begin[house, number]
    other = cells.row[house, first]
    cells.row[house, first], cells.row[house, at] = cell, other
    cells.place[house, cell], cells.place[house, other] = first, at
    cells.begin[house, number] = first + 1
    cells.inside[house, cell] = number - 1
    houses[LEAST, house] = min(houses[LEAST, house], number - 1)


@inlined
def _depart(day: Number, month: Number, flow: Counts, cells: Cells, state: State) -> None:
    links, houses, one = state.links, state.houses, state.leaving[day]
    while one != NOBODY:
        what = links[one, WHAT]
        if what & GONE == 0:
            cell, house, deal, reason = _told(what)
            houses[HELD, house] -= 1
            state.deals[BY, deal] -= 1
            flow[deal, month, reason] += 1
            if cell != NOBODY:
                _leave(cells, houses, house, cell)
        one = links[one, AFTER]


@inlined
def _put(  # noqa: PLR0913, PLR0917
    one: Number, who: Who, day: Number, recall: Number,
    people: Days, stays: Days, cells: Cells, state: State,
) -> None:  # fmt: skip
    """A stay from `day` of (person, agreement, house, day of arrival)."""
    person, deal, house, begin = who
    right = out = people[END, person]
    reason = ENDED
    if right == OTHER:
        end = people[OWN_END, person]
        right = end if end >= 0 else begin - end
        out = right + people[LATE, person]
        if people[DIED_ON, person] <= out:
            out, reason = people[DIED_ON, person], DIED
        if begin + people[HOLD, person] < out:
            out, reason = begin + people[HOLD, person], RETURNED
    if recall < out:
        out, reason = recall, RECALLED
    if stays.shape[1] > 0:
        stays[PERSON, one], stays[BEGIN, one], stays[IN, one] = person, begin, day
        stays[OUT, one], stays[RIGHT_ENDS, one] = out, right
    if out < state.leaving.size:
        state.links[one, AFTER] = state.leaving[out]
        state.leaving[out] = one
    known = state.houses[CELLS, house] > 0
    cell = _enter(cells, state.houses, house) if known else NOBODY
    state.links[one, WHAT] = _what(cell, house, deal, reason)


@inlined
def _close(  # noqa: PLR0913, PLR0917
    closed: Number, day: Number, made: Number, people: Days, stays: Days, flow: Counts,
    rules: Rules, cells: Cells, state: State,
) -> Number:  # fmt: skip
    """Everybody out of a house that closes; how many stays there are now."""
    houses, links = state.houses, state.links
    for one in range(made):
        if links[one, WHAT] & GONE != 0 or stays[OUT, one] <= day:
            continue
        cell, was, deal, _ = _told(links[one, WHAT])
        if was != closed:
            continue
        houses[HELD, closed] -= 1
        state.deals[BY, deal] -= 1
        if cell != NOBODY:
            _leave(cells, houses, closed, cell)
        house = NOBODY
        for place in range(rules.order.shape[1]):
            other = rules.order[deal, place]
            free = other != NOBODY and houses[HELD, other] < rules.places[other, day]
            if free and house == NOBODY:
                house = other
        stays[OUT, one] = day
        reason = CLOSED if house == NOBODY else MOVED
        links[one, WHAT] = _what(cell, was, deal, reason) | GONE
        if house == NOBODY:
            flow[deal, rules.month[day], CLOSED] += 1
            continue
        who = (stays[PERSON, one], deal, house, stays[BEGIN, one])
        _put(made, who, day, rules.recall[deal, day], people, stays, cells, state)
        houses[HELD, house] += 1
        state.deals[BY, deal] += 1
        made += 1
    return made


@inlined
def _patience(people: Days, one: Number) -> Number:
    end = people[END, one]
    return people[PATIENCE, one] if end == OTHER else end - 1


@inlined
def _join(deal: Number, day: Number, last: Number, people: Days, deals: Days) -> None:
    one = deals[NEXT, deal]
    while one < last and people[READY, one] <= day:
        one += 1
    deals[NEXT, deal] = one


@inlined
def _fly(  # noqa: PLR0913, PLR0917
    deal: Number, day: Number, made: Number, people: Days, stays: Days, flow: Counts,
    rules: Rules, cells: Cells, state: State,
) -> Number:  # fmt: skip
    """Those who are received on one flight; how many stays there are now.

    Whoever gave up before is met here, and counted on the day on which it was.
    """
    deals, houses, recall = state.deals, state.houses, rules.recall[deal, day]
    room = min(rules.allowed[deal, day], rules.most[deal] - deals[BY, deal])
    choice, one, last, before = 0, deals[FIRST, deal], deals[NEXT, deal], made
    while room > 0 and one < last:
        house = rules.order[deal, choice]
        if house == NOBODY:
            break
        free = min(room, rules.places[house, day] - houses[HELD, house])
        came = made
        while made - came < free and one < last:
            patience = _patience(people, one)
            if patience >= day:
                _put(made, (one, deal, house, day), day, recall, people, stays, cells, state)
                made += 1
            else:
                flow[deal, rules.month[patience + 1], EXPIRED] += 1
            one += 1
        houses[HELD, house] += made - came
        room -= made - came
        choice += 1
    deals[FIRST, deal] = one
    deals[BY, deal] += made - before
    flow[deal, rules.month[day], RECEIVED] += made - before
    return made


@inlined
def _give_up(deal: Number, people: Days, flow: Counts, rules: Rules, state: State) -> None:
    """Those who still stand in the queue at the end, and would not wait so long."""
    for one in range(state.deals[FIRST, deal], state.deals[NEXT, deal]):
        after = _patience(people, one) + 1
        if after < rules.month.size:
            flow[deal, rules.month[after], EXPIRED] += 1


@inlined
def _census(day: Number, daily: Daily, deals: Days, houses: Days) -> None:
    for deal in range(deals.shape[1]):
        daily.by[deal, day] = deals[BY, deal]
    for house in range(houses.shape[1]):
        daily.held[house, day] = houses[HELD, house]
        daily.fullest[house, day] = houses[SEEN, house]


@inlined
def receive(  # noqa: PLR0913, PLR0917
    people: Days, first: Counts, there: Days, rules: Rules,
    stays: Days, daily: Daily, cells: Cells, state: State,
) -> Number:  # fmt: skip
    """Fill `stays` and `daily` for all days; how many stays there are.

    Args:
        people: the tables of people of all agreements, one after another.
        first: where those of each agreement begin; at last, where those who are there already do.
        there: their agreement and house, a row each.
        rules: `Rules`.
        stays: a table with room for everybody, and once more for each house that closes; or for
            nobody, where only counts are wanted and no house closes.
        daily: `Daily`, its flows zero.
        cells: `Cells`, all empty.
        state: `State` at the beginning.
    """
    deals, made, houses, flow = rules.allowed.shape[0], 0, state.houses, daily.flow
    for one in range(there.shape[0]):
        deal = there[one, 0]
        who = (np.int64(first[deals] + one), deal, there[one, 1], 0)
        _put(made, who, 0, rules.recall[deal, 0], people, stays, cells, state)
        houses[HELD, there[one, 1]] += 1
        state.deals[BY, deal] += 1
        made += 1
    for day in range(rules.month.size):
        _depart(day, rules.month[day], flow, cells, state)
        for house in range(rules.places.shape[0]):
            if rules.closing[house, day]:
                made = _close(house, day, made, people, stays, flow, rules, cells, state)
            if houses[CELLS, house] > 0:
                fullest = cells.row[house, houses[CELLS, house] - 1]
                houses[SEEN, house] = cells.inside[house, fullest]
        for deal in range(deals):
            _join(deal, day, first[deal + 1], people, state.deals)
            made = _fly(deal, day, made, people, stays, flow, rules, cells, state)
        _census(day, daily, state.deals, houses)
    for deal in range(deals):
        _give_up(deal, people, flow, rules, state)
    return made
