"""Who of those that wait is received when and where, and when each leaves: days in order.

Order within a day is the specification: (1) who leaves leaves, those received last first; of a
house that closes everybody leaves, to the next one with room or for good; (2) who is put forward
joins the queue, whose patience is over leaves it; (3) flights, agreement by agreement, each in the
order of its queue, into its first house with room and there into the emptiest cell, of several the
one that came to that number last; (4) the census. Work is done for each event, never for each
person and day. Tables are whole numbers with a person or a stay a column; without a compiler the
same lines run slowly.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from habeas.custody.compiled import inlined
from habeas.projection.people import DIED_ON, END, HOLD, LATE, OTHER, PATIENCE, READY, STREAM, Days

Counts = NDArray[np.int64]
Number = Any  # in a compiled loop, what numba makes of it: a whole number
FLOWS = (
    "referred", "eligible", "lawful", "received", "expired",
    "sentence_end", "returned", "died", "recalled", "closed",
)  # fmt: skip
RECEIVED, EXPIRED, ENDED, RETURNED, DIED, RECALLED, CLOSED = range(3, 10)
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
BY, WAITS, FIRST, NEXT = range(4)  # held; waiting; first of the queue; first who has not joined it
HELD, LEAST, MOST, SEEN = range(4)  # held; of its cells: a lower bound, the most, the day's most
COUNTERS = 4


class Rules(NamedTuple):
    """What can be done on each day; houses and agreements by their place in the plan."""

    places: Days  # (houses, days)
    closing: NDArray[np.bool_]  # (houses, days): everybody must leave
    cells: Days  # (houses,): 0 where they are not known
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
    waiting: Days  # (agreements, months) at the end
    flow: Counts  # (agreements, months, flows)


class Cells(NamedTuple):
    """The cells of each house by how many are in them: a chain of cells for each number."""

    chain: Days  # (houses, 3, cells): how many are inside; the next and the one before of its chain
    head: Days  # (houses, numbers): the cell that came to the number last


class State(NamedTuple):
    """What the loop over days carries along."""

    links: Days  # (stays, 2): `AFTER` and `WHAT` of each
    leaving: Days  # (days,): the last received of those who leave then
    lapsing: Days  # (agreements, days + 1): whose patience is over then, of those that wait
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
def _link(chain: Days, head: Days, house: Number, cell: Number, number: Number) -> None:
    first = head[house, number]
    chain[house, 0, cell], chain[house, 1, cell], chain[house, 2, cell] = number, first, NOBODY
    if first != NOBODY:
        chain[house, 2, first] = cell
    head[house, number] = cell


@inlined
def _unlink(chain: Days, head: Days, house: Number, cell: Number) -> None:
    number, after, before = chain[house, 0, cell], chain[house, 1, cell], chain[house, 2, cell]
    if before == NOBODY:
        head[house, number] = after
    else:
        chain[house, 1, before] = after
    if after != NOBODY:
        chain[house, 2, after] = before


@inlined
def _enter(chain: Days, head: Days, houses: Days, house: Number) -> Number:
    number = houses[LEAST, house]
    while head[house, number] == NOBODY:
        number += 1
    houses[LEAST, house] = number
    cell = head[house, number]
    _unlink(chain, head, house, cell)
    _link(chain, head, house, cell, number + 1)
    houses[MOST, house] = max(houses[MOST, house], number + 1)
    houses[SEEN, house] = max(houses[SEEN, house], number + 1)
    return cell


@inlined
def _leave(chain: Days, head: Days, houses: Days, house: Number, cell: Number) -> None:
    number = chain[house, 0, cell] - 1
    _unlink(chain, head, house, cell)
    _link(chain, head, house, cell, number)
    houses[LEAST, house] = min(houses[LEAST, house], number)
    while houses[MOST, house] > 0 and head[house, houses[MOST, house]] == NOBODY:
        houses[MOST, house] -= 1


@inlined
def _depart(  # noqa: PLR0913, PLR0917
    first: Number,
    month: Number,
    links: Days,
    flow: Counts,
    chain: Days,
    head: Days,
    deals: Days,
    houses: Days,
) -> None:
    one = first
    while one != NOBODY:
        what = links[one, WHAT]
        if what & GONE == 0:
            cell, house, deal, reason = _told(what)
            houses[HELD, house] -= 1
            deals[BY, deal] -= 1
            flow[deal, month, reason] += 1
            if cell != NOBODY:
                _leave(chain, head, houses, house, cell)
        one = links[one, AFTER]


@inlined
def _put(  # noqa: PLR0913, PLR0917
    one: Number,
    who: tuple[Number, Number, Number, Number],
    day: Number,
    recall: Number,
    people: Days,
    stays: Days,
    links: Days,
    leaving: Days,
    chain: Days,
    head: Days,
    deals: Days,
    houses: Days,
    cells: Days,
) -> None:
    """A stay from `day` of (person, agreement, house, day of arrival)."""
    person, deal, house, begin = who
    end = people[END, person]
    right = end if end >= 0 else begin - end
    out, reason = right, ENDED
    if people[STREAM, person] & OTHER != 0:
        out += people[LATE, person]
        if people[DIED_ON, person] <= out:
            out, reason = people[DIED_ON, person], DIED
        if begin + people[HOLD, person] < out:
            out, reason = begin + people[HOLD, person], RETURNED
    if recall < out:
        out, reason = recall, RECALLED
    if stays.shape[1] > 0:
        stays[PERSON, one], stays[BEGIN, one], stays[IN, one] = person, begin, day
        stays[OUT, one], stays[RIGHT_ENDS, one] = out, right
    if out < leaving.size:
        links[one, AFTER] = leaving[out]
        leaving[out] = one
    houses[HELD, house] += 1
    deals[BY, deal] += 1
    cell = _enter(chain, head, houses, house) if cells[house] > 0 else NOBODY
    links[one, WHAT] = _what(cell, house, deal, reason)


@inlined
def _close(  # noqa: PLR0913, PLR0917
    closed: Number,
    day: Number,
    made: Number,
    people: Days,
    stays: Days,
    flow: Counts,
    rules: Rules,
    cells: Cells,
    state: State,
) -> Number:
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
            _leave(cells.chain, cells.head, houses, closed, cell)
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
        _put(
            made, who, day, rules.recall[deal, day], people, stays, links,
            state.leaving, cells.chain, cells.head, state.deals, state.houses, rules.cells,
        )  # fmt: skip
        made += 1
    return made


@inlined
def _patience(people: Days, one: Number) -> Number:
    return people[PATIENCE, one] if people[STREAM, one] & OTHER != 0 else people[END, one] - 1


@inlined
def _join(  # noqa: PLR0913, PLR0917
    deal: Number,
    day: Number,
    month: Number,
    last: Number,
    people: Days,
    flow: Counts,
    lapsing: Days,
    deals: Days,
) -> None:
    one, days = deals[NEXT, deal], lapsing.shape[1] - 1
    while one < last and people[READY, one] <= day:
        lapsing[deal, min(_patience(people, one) + 1, days)] += 1
        one += 1
    gone = lapsing[deal, day]
    deals[WAITS, deal] += one - deals[NEXT, deal] - gone
    deals[NEXT, deal] = one
    flow[deal, month, EXPIRED] += gone


@inlined
def _fly(  # noqa: PLR0913, PLR0917
    deal: Number,
    day: Number,
    made: Number,
    people: Days,
    stays: Days,
    rules: Rules,
    state: State,
    chain: Days,
    head: Days,
) -> Number:
    """Those who are received on one flight; how many stays there are now."""
    lapsing, leaving, deals, houses = state.lapsing, state.leaving, state.deals, state.houses
    links = state.links
    order, places, cells, recall = rules.order, rules.places, rules.cells, rules.recall[deal, day]
    room = min(rules.allowed[deal, day], rules.most[deal] - deals[BY, deal])
    choice, one, days, before = 0, deals[FIRST, deal], lapsing.shape[1] - 1, made
    house = order[deal, 0]
    while room > 0 and one < deals[NEXT, deal]:
        patience = _patience(people, one)
        if patience >= day:
            while house != NOBODY and houses[HELD, house] >= places[house, day]:
                choice += 1
                house = order[deal, choice]
            if house == NOBODY:
                break
            lapsing[deal, min(patience + 1, days)] -= 1
            who = (one, deal, house, day)
            _put(
                made, who, day, recall, people, stays, links,
                leaving, chain, head, deals, houses, cells,
            )  # fmt: skip
            room -= 1
            made += 1
        one += 1
    deals[FIRST, deal] = one
    deals[WAITS, deal] -= made - before
    return made


@inlined
def _census(day: Number, month: Number, daily: Daily, deals: Days, houses: Days) -> None:
    for deal in range(deals.shape[1]):
        daily.by[deal, day] = deals[BY, deal]
        daily.waiting[deal, month] = deals[WAITS, deal]
    for house in range(houses.shape[1]):
        daily.held[house, day] = houses[HELD, house]
        daily.fullest[house, day] = houses[SEEN, house]


@inlined
def receive(  # noqa: PLR0913, PLR0917
    people: Days,
    first: Counts,
    there: Days,
    rules: Rules,
    stays: Days,
    daily: Daily,
    cells: Cells,
    state: State,
) -> Number:
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
    deals, made = rules.allowed.shape[0], 0
    chain, head, flow = cells.chain, cells.head, daily.flow
    for one in range(there.shape[0]):
        deal = there[one, 0]
        who = (np.int64(first[deals] + one), deal, there[one, 1], 0)
        _put(
            made, who, 0, rules.recall[deal, 0], people, stays, state.links,
            state.leaving, chain, head, state.deals, state.houses, rules.cells,
        )  # fmt: skip
        made += 1
    for day in range(rules.month.size):
        month = rules.month[day]
        last = state.leaving[day]
        _depart(last, month, state.links, flow, chain, head, state.deals, state.houses)
        for house in range(rules.places.shape[0]):
            if rules.closing[house, day]:
                made = _close(house, day, made, people, stays, flow, rules, cells, state)
            state.houses[SEEN, house] = state.houses[MOST, house]
        for deal in range(deals):
            _join(deal, day, month, first[deal + 1], people, flow, state.lapsing, state.deals)
            before = made
            made = _fly(deal, day, made, people, stays, rules, state, chain, head)
            flow[deal, month, RECEIVED] += made - before
        _census(day, month, daily, state.deals, state.houses)
    return made
