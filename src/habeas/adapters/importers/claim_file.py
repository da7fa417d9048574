"""Claims, stays and facility-day series out of CSV, Parquet and Arrow files. Are not trusted.

Every cell is read as text, and each distinct text of a column is read once. A row with a cell that
cannot be read, or is withheld, is set aside with its reason; a printed total is no row. A number is
digits and a point: "1,110" is one thousand in one country and one and a bit in another.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import numpy as np

from habeas.adapters.importers.text_columns import Columns, read
from habeas.claims.claim import UNSTATED, Aside, Bools, Cells, Claim, Ints, Printed, Told
from habeas.claims.custody_days import Custody
from habeas.custody.civil import SECONDS
from habeas.errors import Fault, FeeError
from habeas.law.calendar import day, zone

Side = Custody | Cells
ROLES = {
    "persons": ("person", "facility", "in", "out", "days", "rate", "amount", "currency"),
    "quantities": ("facility", "month", "days", "rate", "amount", "currency", "in_use", "places"),
    "series": ("facility", "date", "count", "present"),
    "stays": ("person", "facility", "in", "out", "status"),
}
NEEDED = {
    "persons": ("person", "in", "out"),
    "quantities": ("facility", "days"),
    "series": ("facility", "date", "count"),
    "stays": ("person", "in", "out"),
}
TOTALS = frozenset({"total", "totals", "grand total", "sum"})
WITHHELD = frozenset({"redacted", "withheld", "[redacted]"})
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?")
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_NAME = re.compile(r"[^\s=+\-@\x00-\x1f][^\x00-\x1f\x7f]{0,63}")
DAYS, MONEY, RATE = 10**9, 10**12, 10**8
PERSON_DAYS = 36_525  # of one row: a hundred years
YEARS = 1900, 2200
DATE = len("YYYY-MM-DD")
BEYOND = 2  # days
NEVER = -(1 << 62)  # a time that is not stated: no day and no second, as -1 is one of 1969


def mapped(text: str | None, path: Path, forms: tuple[str, ...]) -> tuple[str, dict[str, str]]:
    """The form of a file and which of its columns has which role.

    Args:
        text: `role=column,role=column`; None: each role is the column of its name.
        path: the file.
        forms: those that the file may have.

    Raises:
        FeeError: H752, when the columns make none of the forms.
    """
    there = read(path, None).names
    pairs = [part.partition("=") for part in (text or "").split(",") if part]
    given = {role.strip(): column.strip() for role, _, column in pairs}
    known = {role for form in forms for role in ROLES[form]}
    wrong = [role for role in given if role not in known or not given[role]]
    if wrong:
        raise _columns(path, f"no role '{wrong[0]}'", f"Roles: {', '.join(sorted(known))}.")
    names = given if text else {role: role for role in known if role in there}
    lost = [column for column in names.values() if column not in there]
    if lost:
        raise _columns(path, f"no column '{lost[0]}'", f"The file has {', '.join(there)[:300]}.")
    for form in forms:
        if all(role in names for role in NEEDED[form]):
            return form, {role: name for role, name in names.items() if role in ROLES[form]}
    asked = " or ".join(", ".join(NEEDED[form]) for form in forms)
    fix = f"Map them: --columns role=column; the file has {', '.join(there)[:300]}."
    raise _columns(path, f"the columns do not name {asked}", fix)


def _columns(path: Path, what: str, fix: str) -> FeeError:
    return FeeError(Fault("H752", what, fix, str(path)))


Parse = Callable[[str], int]


@dataclass(slots=True)
class Rows:
    """The rows of a file: columns of numbers, and what is wrong with some of them."""

    columns: Columns
    names: Mapping[str, str]
    reasons: dict[int, str] = field(default_factory=dict)  # by place, the first that was found

    def _distinct(self, role: str) -> tuple[Ints, list[str]]:
        return self.columns.distinct(self.names[role])

    def numbers(self, role: str, parse: Parse) -> Ints:
        """A column by its parser; -1 where the file has no such column, or the cell is wrong."""
        if role not in self.names:
            return np.full(self.columns.rows, UNSTATED, np.int64)
        index, texts = self._distinct(role)
        values, wrong = np.full(len(texts) + 1, UNSTATED, np.int64), dict[int, str]()
        for number, text in enumerate(texts):
            try:
                values[number] = parse(text.strip())
            except (ValueError, OverflowError) as error:
                wrong[number] = f"{role} {str(error) or 'cannot be read'}"
        if wrong:
            for place in np.flatnonzero(np.isin(index, list(wrong))).tolist():
                self.reasons.setdefault(place, wrong[int(index[place])])
        return values[index]

    def named(self, role: str) -> tuple[tuple[str, ...], Ints]:
        """A column of names as places in their list; -1 where none is stated."""
        if role not in self.names:
            return (), np.full(self.columns.rows, UNSTATED, np.int64)
        index, texts = self._distinct(role)
        stripped = [text.strip() for text in texts]
        wrong = {n: self._no_name(role, text) for n, text in enumerate(stripped)}
        bad = {n: why for n, why in wrong.items() if why}
        for place in np.flatnonzero(np.isin(index, list(bad))).tolist():
            self.reasons.setdefault(place, bad[int(index[place])])
        final = ["" if n in bad else text for n, text in enumerate(stripped)]
        names = tuple(sorted(set(final) - {""}))
        place_of = {name: number for number, name in enumerate(names)}
        places = np.array([place_of.get(name, UNSTATED) for name in final], np.int64)
        return names, places[index]

    @staticmethod
    def _no_name(role: str, text: str) -> str:
        if text.casefold() in WITHHELD:
            return f"{role} is withheld: it is no key"
        if not text:
            return f"{role} is empty"
        return "" if _NAME.fullmatch(text) else f"{role} '{text[:40]}' is no name or number"

    def is_total(self, role: str) -> Bools:
        """Rows that print a total instead of naming somebody."""
        index, texts = self._distinct(role)
        words = np.array([text.strip().casefold() in TOTALS for text in texts], np.bool_)
        return words[index] if index.size else np.zeros(0, np.bool_)

    def refuse(self, where: Bools, reason: str) -> None:
        """Set rows aside that have no other reason yet."""
        for place in np.flatnonzero(where).tolist():
            self.reasons.setdefault(place, reason)

    def kept(self, totals: Bools) -> Bools:
        """Rows that are neither totals nor set aside."""
        found = ~totals
        found[list(self.reasons)] = False
        return found

    def told(self, path: Path, printed: tuple[Printed, ...]) -> Told:
        """What became of the rows."""
        totals = {one.row for one in printed}
        aside = [
            Aside(row, _code(reason), reason, self.columns.cells(place))
            for place, reason in sorted(self.reasons.items())
            if (row := int(self.columns.number[place])) not in totals
        ]
        ragged = [Aside(one.row, "H751", one.what, (one.text,)) for one in self.columns.ragged]
        whole = tuple(sorted((*aside, *ragged), key=lambda one: one.row))
        rows = self.columns.rows + len(ragged)
        return Told(str(path), sha256(path.read_bytes()).hexdigest(), rows, whole, printed)


def _code(reason: str) -> str:
    return "H755" if "is withheld" in reason else "H751"


def whole(most: int) -> Parse:
    """A parser of whole numbers from 0 up to a bound; an empty cell is -1."""

    def parse(text: str) -> int:
        return _scaled(text, 0, most)

    return parse


def money(exponent: int, most: int) -> Parse:
    """A parser of amounts in natural units, into minor units; an empty cell is -1."""

    def parse(text: str) -> int:
        return _scaled(text, exponent, most)

    return parse


def _scaled(text: str, exponent: int, most: int) -> int:
    if not text:
        return UNSTATED
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"'{text[:40]}' is not digits and a point")
    value = Decimal(text).scaleb(exponent)
    if value < 0:
        raise ValueError(f"'{text}' is negative")
    if value != int(value):
        what = "a whole number" if not exponent else "a whole number of minor units"
        raise ValueError(f"'{text}' is not {what}")
    if value > most:
        raise ValueError(f"'{text[:40]}' is larger than anything that can be claimed")
    return int(value)


def civil(text: str) -> int:
    """A civil day as a number; an instant is refused."""
    found = date.fromisoformat(text) if len(text) == DATE else None
    if found is None or not YEARS[0] <= found.year < YEARS[1]:
        raise ValueError(f"'{text[:40]}' is no day written YYYY-MM-DD")
    return day(found)


def seconds(text: str) -> int:
    """An instant as seconds since 1970."""
    found = datetime.fromisoformat(text.replace(" ", "T", 1))
    if found.tzinfo is None:
        raise ValueError(f"'{text[:40]}' has no offset: a local time is no instant")
    if not YEARS[0] <= found.year < YEARS[1]:
        raise ValueError(f"'{text[:40]}' is of no calendar in use")
    return int(found.timestamp())


def _there(zone_name: str, *, before: int = 0) -> Parse:
    """A parser of a civil day, or of an instant as the civil day of a zone, seconds before it."""
    local = zone(zone_name)

    def parse(text: str) -> int:
        if not text:
            return NEVER
        if len(text) == DATE:
            return civil(text)
        instant = datetime.fromtimestamp(seconds(text) - before, UTC)
        return day(instant.astimezone(local).date())

    return parse


@dataclass(frozen=True, slots=True)
class How:
    """How the cells of a claim are read."""

    zone: str  # the agreement's, in which instants have their days
    exponent: int  # decimal places of the minor unit
    currency: str  # of the agreement or the call; empty: none is stated there
    until: int  # the civil day up to which an open row is claimed


def stated_currency(path: Path, names: Mapping[str, str]) -> str:
    """The one currency that the rows of a claim state; empty where they state none.

    Raises:
        FeeError: H753; H754, when they state several: nothing adds one currency to another.
    """
    if "currency" not in names:
        return ""
    _, texts = read(path, [names["currency"]]).distinct(names["currency"])
    found = sorted({text.strip() for text in texts} - {""})
    if len(found) > 1:
        what = f"the claim states {len(found)} currencies: {', '.join(found)[:60]}"
        fix = "Say with --currency which rows are compared; the others are set aside."
        raise FeeError(Fault("H754", what, fix, str(path)))
    return "".join(found)


def _currency(rows: Rows, totals: Bools, how: How, *, asked: bool) -> None:
    """Set rows of another currency aside.

    Raises:
        FeeError: H754, when money is claimed and nothing says in which currency.
    """
    if "currency" in rows.names and how.currency:
        index, texts = rows.columns.distinct(rows.names["currency"])
        other = np.array([text.strip() != how.currency for text in texts], np.bool_)
        rows.refuse(other[index] & ~totals, f"the currency is not {how.currency}")
    elif not how.currency and asked:
        what = "the claim states money and no currency"
        raise FeeError(Fault("H754", what, "Map a column to currency, or give --currency."))


def _printed(rows: Rows, totals: Bools, days: Ints, amount: Ints) -> tuple[Printed, ...]:
    return tuple(
        Printed(int(rows.columns.number[place]), int(days[place]), int(amount[place]))
        for place in np.flatnonzero(totals).tolist()
    )


def persons(path: Path, names: Mapping[str, str], how: How) -> tuple[Claim, Told]:
    """A claim person by person.

    Raises:
        FeeError: H753, H754.
    """
    rows = Rows(read(path, list(dict.fromkeys(names.values()))), names)
    totals = rows.is_total("person")
    who, person = rows.named("person")
    where, facility = rows.named("facility")
    first = rows.numbers("in", _there(how.zone))
    after = rows.numbers("out", _there(how.zone))
    last = rows.numbers("out", _last(how.zone))
    days = rows.numbers("days", whole(PERSON_DAYS))
    rate = rows.numbers("rate", money(how.exponent, RATE))
    amount = rows.numbers("amount", money(how.exponent, MONEY))
    rows.reasons = {n: why for n, why in rows.reasons.items() if not totals[n]}
    _currency(rows, totals, how, asked=bool((rate != UNSTATED).any() or (amount != UNSTATED).any()))
    opened = (after == NEVER) & ~totals
    rows.refuse((first == NEVER) & ~totals, "in is empty")
    after, last = (np.where(opened, how.until, one) for one in (after, last))
    rows.refuse((after < first) & ~opened & ~totals, "the row ends before it begins")
    kept = rows.kept(totals)
    claim = Claim(
        who, where, rows.columns.number, person, facility, first, after, last, opened, days, rate,
        amount,
    )  # fmt: skip
    return claim.take(kept), rows.told(path, _printed(rows, totals, days, amount))


def _last(zone_name: str) -> Parse:
    """A parser of a departure as the day after the last day on which the person was there."""
    touched, exact = _there(zone_name, before=1), _there(zone_name)

    def parse(text: str) -> int:
        found = exact(text) if len(text) == DATE else touched(text)
        return found if found == NEVER else found + 1

    return parse


def quantities(path: Path, names: Mapping[str, str], how: How, bucket: int) -> tuple[Cells, Told]:
    """Quantities by facility and month; `bucket` is the first day of the window, without a month.

    Raises:
        FeeError: H753, H754.
    """
    rows = Rows(read(path, list(dict.fromkeys(names.values()))), names)
    totals = rows.is_total("facility")
    where, facility = rows.named("facility")
    month = rows.numbers("month", _month)
    days = rows.numbers("days", whole(DAYS))
    rate = rows.numbers("rate", money(how.exponent, RATE))
    amount = rows.numbers("amount", money(how.exponent, MONEY))
    in_use, places = rows.numbers("in_use", whole(DAYS)), rows.numbers("places", _places)
    rows.reasons = {n: why for n, why in rows.reasons.items() if not totals[n]}
    _currency(rows, totals, how, asked=bool((rate != UNSTATED).any() or (amount != UNSTATED).any()))
    rows.refuse((days == UNSTATED) & ~totals, "days is empty")
    if "month" in names:
        rows.refuse((month == UNSTATED) & ~totals, "month is empty")
    kept = rows.kept(totals)
    start = np.where(month == UNSTATED, bucket, month) if "month" not in names else month
    columns = (facility, start, days, rate, amount, in_use, places, rows.columns.number)
    cells = Cells(where, *(column[kept] for column in columns))
    return cells, rows.told(path, _printed(rows, totals, days, amount))


def _month(text: str) -> int:
    found = _MONTH.fullmatch(text)
    if not text:
        return UNSTATED
    if found is None or not YEARS[0] <= int(found[1]) < YEARS[1]:
        raise ValueError(f"'{text[:40]}' is no month written YYYY-MM")
    return day(date(int(found[1]), int(found[2]), 1))


def _places(text: str) -> int:
    """A capacity: what is no number ("as needed") is unknown, neither zero nor without limit."""
    return _scaled(text, 0, DAYS) if _NUMBER.fullmatch(text) else UNSTATED


def series(path: Path, names: Mapping[str, str]) -> tuple[Cells, Told]:
    """A series of facility-days; a day that is not present, or is zero, is no row of the cells.

    Raises:
        FeeError: H753.
    """
    rows = Rows(read(path, list(dict.fromkeys(names.values()))), names)
    where, facility = rows.named("facility")
    date_, count = rows.numbers("date", civil), rows.numbers("count", whole(DAYS))
    present = rows.numbers("present", whole(DAYS)) if "present" in names else count
    rows.refuse(count == UNSTATED, "count is empty")
    kept = rows.kept(np.zeros(count.size, np.bool_)) & (present > 0)
    none = np.full(count.size, UNSTATED, np.int64)
    columns = (facility, date_, count, none, none, none, none, rows.columns.number)
    return Cells(where, *(column[kept] for column in columns)), rows.told(path, ())


def stays(path: Path, names: Mapping[str, str], how: How) -> tuple[Custody, Told]:
    """The register's side from a file of stays: all civil days, or all instants.

    Raises:
        FeeError: H753.
    """
    rows = Rows(read(path, list(dict.fromkeys(names.values()))), names)
    who, person = rows.named("person")
    where, facility = rows.named("facility")
    status, states = rows.named("status") if "status" in names else ((), None)
    index, texts = rows.columns.distinct(names["in"])
    days_only = all(len(text.strip()) == DATE for text in texts)
    parse = civil if days_only else seconds
    first = rows.numbers("in", parse)
    after = rows.numbers("out", lambda text: parse(text) if text else NEVER)
    opened = after == NEVER
    rows.refuse(~opened & (after < first), "the stay ends before it begins")
    kept = rows.kept(np.zeros(index.size, np.bool_))
    names_of = (who, where or ("",), status or ("held",))
    places = (
        person[kept],
        np.maximum(facility[kept], 0),
        states[kept] if states is not None else np.zeros(int(kept.sum()), np.int64),
    )
    ends = np.where(opened, _far(how.until, civil_days=days_only), after)[kept]
    begins, still = first[kept], opened[kept]
    order = np.lexsort((ends, begins, places[0]))
    who_, where_, state = (column[order] for column in places)
    side = Custody(
        *names_of, who_, where_, state, still[order], begins[order], ends[order], days_only
    )
    return side, rows.told(path, ())


def _far(until: int, *, civil_days: bool) -> int:
    """Up to where an open stay lasts: beyond the window, so that a shift of dates shows."""
    return until + BEYOND if civil_days else (until + BEYOND) * SECONDS
