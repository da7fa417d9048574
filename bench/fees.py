"""F1: the statement of a year for 40,000 persons, with every line and its hash."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from statistics import median

import numpy as np
from msgspec import structs

from habeas.custody.intervals import Interval
from habeas.custody.pieces import Names, Pieces
from habeas.fees.held import Held, bill, held
from habeas.fees.quantity import Period, Quantities
from habeas.fees.rate import Rates
from habeas.law.agreement import Agreement
from habeas.law.cited import Text
from habeas.law.library import Library
from habeas.law.schedule import Band, BandedPerDiem, Credit, Indexation, Settlement, Step
from habeas.service import statements
from habeas.terms import Side, Status

YEAR = Period(date(2027, 1, 1), date(2028, 1, 1))
BEGIN = int(datetime(2027, 1, 1, tzinfo=UTC).timestamp())
SECONDS, T = 365 * 86_400, Text("bench", "bench")
FACILITIES, PIECES = 8, 3  # a move and a night in hospital a person


def deal() -> Agreement:
    """An agreement with bands, guarantee, index, credit and settlement; its prices are made up."""
    base = Library().agreement("SE-EE")
    assert base.fees is not None
    bands = (
        Band(1, (), 20_000, 5479),
        Band(20_001, (), 30_000, 5205),
        Band(30_001, (), None, 4931),
    )
    price = BandedPerDiem(
        id="held", text=T, bands=bands, basis="day", cite=(), guaranteed_persons=36_000
    )
    credit = Credit(id="space", text=T, measure="CPT-2", of="held", per_mille=100, cite=())
    step = Step(date(2027, 7, 1), "1.025", ())
    fees = structs.replace(
        base.fees,
        items=(price, credit),
        indexation=Indexation(price_level=2026, text=T, cite=(), steps=(step,)),
        settlement=Settlement(currency="SEK", exponent=2, source="ECB", fixing="period_end"),
    )
    return structs.replace(base, fees=fees)


def columns(persons: int, seed: int = 7) -> Held:
    """Stays of one year as columns: three pieces a person, eight facilities."""
    rng = np.random.default_rng(seed)
    start = BEGIN + rng.integers(-SECONDS // 2, SECONDS // 2, persons)
    ends = start[:, None] + np.cumsum(rng.integers(86_400, SECONDS // 3, (persons, PIECES)), axis=1)
    starts = np.concatenate([start[:, None], ends[:, :-1]], axis=1)
    facility = rng.integers(0, FACILITIES, (persons, PIECES))
    status = np.broadcast_to(np.array([0, 1, 0]), (persons, PIECES))
    person = np.repeat(np.arange(persons), PIECES)
    names = Names(
        {f"p{n}": n for n in range(persons)},
        {(f"p{n}", "SE-EE", "receiving", 0): n for n in range(persons)},
        {
            (f"F{n}", one): 2 * n + k
            for n in range(FACILITIES)
            for k, one in enumerate((Status.HELD, Status.HOSPITAL))
        },
    )
    pieces = Pieces(
        person,
        person,
        (2 * facility + status).ravel(),
        starts.ravel(),
        ends.ravel(),
        np.ones(persons * PIECES, np.int8),
    )
    late = np.where(rng.integers(0, 100, persons) == 0, ends[:, -1] - 5 * 86_400, 1 << 40)
    return Held(names, pieces, late)


def intervals(found: Held) -> tuple[list[Interval], dict[str, datetime]]:
    """The same as intervals of a register and its release dates."""
    people, keys = list(found.names.persons), list(found.names.keys)
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    rows = [
        Interval(
            people[person],
            "SE-EE",
            Side.RECEIVING,
            *(keys[key][0], ""),
            keys[key][1],
            epoch + timedelta(seconds=start),
            epoch + timedelta(seconds=end),
            0,
            "",
            0,
            0,
        )
        for person, key, start, end in zip(
            found.pieces.person.tolist(),
            found.pieces.key.tolist(),
            found.pieces.start.tolist(),
            found.pieces.end.tolist(),
            strict=True,
        )
    ]
    past = {
        people[n]: epoch + timedelta(seconds=at)
        for n, at in enumerate(found.until.tolist())
        if at < 1 << 39
    }
    return rows, past


def statement(agreement: Agreement, found: Held) -> dict[str, object]:
    """Days, bands, index, guarantee, credit, exchange, lines and hashes."""
    assert agreement.fees is not None
    below = {"CPT-2": np.full(YEAR.days, 500, np.int64)}
    made = bill(agreement, agreement.fees, Quantities(YEAR, {}, below=below), found)
    rates = Rates("bench", {"SEK": {date(2027, 12, 31): Fraction("11.1")}})
    return statements.document(made, agreement, {"bench": "F1"}, rates)


def yearly(persons: int, repeats: int = 5) -> dict[str, float]:
    """Median CPU seconds by form; the forms give the same bytes, which is checked first."""
    agreement, found = deal(), columns(persons)
    rows, past = intervals(found)
    works: dict[str, Callable[[], object]] = {
        "from columns": lambda: statement(agreement, found),
        "from intervals": lambda: statement(agreement, held(rows, past)),
    }
    one, other = (statement(agreement, each) for each in (found, held(rows, past)))
    assert one["hash"] == other["hash"]
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(repeats):
        for name, work in works.items():
            begun = time.process_time()
            work()
            times[name].append(time.process_time() - begun)
    return {name: median(each) for name, each in times.items()}


PERSONS, LIMIT = 40_000, 1.0  # CPU seconds


def main() -> None:
    """Print the table."""
    print(f"| {PERSONS:,} persons, {FACILITIES} facilities, a year | CPU s | of 1 s |")
    print("|---|---|---|")
    for name, seconds in yearly(PERSONS).items():
        told = f"{seconds:.2f} | {seconds / LIMIT:.2f}"
        print(f"| statement with every line and hash, {name} | {told} |")


if __name__ == "__main__":
    main()
