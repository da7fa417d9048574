"""Own ids of facilities, and the dated codes by which sources call them. Nothing joins by name.

A code belongs to one facility on one day; it may go to another later. A name is kept to be read
and compared, never to find a facility: one name stands for several places, and one place changes
its name.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from habeas.errors import DocketError, Fault


@dataclass(frozen=True, slots=True)
class Alias:
    """A code that meant a facility during [first, after)."""

    facility: str  # own id, never reused
    code: str
    name: str = ""
    first: date | None = None  # None: from the beginning
    after: date | None = None  # exclusive; None: until now
    source: str = ""  # which list says so

    def holds(self, day: date) -> bool:
        """Whether the code meant the facility on that day."""
        return (self.first is None or self.first <= day) and (
            self.after is None or day < self.after
        )


class Aliases:
    """A table of aliases.

    Raises:
        DocketError: H472, for an empty id or code, a period of no day, or a code that two
            facilities have on one day.
    """

    def __init__(self, rows: Iterable[Alias], file: str = "") -> None:
        self._by_code: dict[str, list[Alias]] = {}
        faults: list[Fault] = []
        for number, row in enumerate(rows, 1):
            told = self._fault(row)
            if told:
                fix = "Give each code one facility a day, with the days from and until."
                faults.append(Fault("H472", f"alias {number}: {told}", fix, file))
            else:
                self._by_code.setdefault(row.code, []).append(row)
        if faults:
            raise DocketError(*faults)

    def _fault(self, row: Alias) -> str:
        if not row.facility or not row.code:
            return "a facility or a code is empty"
        if row.first is not None and row.after is not None and row.after <= row.first:
            return f"'{row.code}' holds on no day"
        for other in self._by_code.get(row.code, ()):
            if other.facility != row.facility and _meet(row, other):
                return f"'{row.code}' is {other.facility} and {row.facility} on one day"
        return ""

    def __len__(self) -> int:
        return sum(map(len, self._by_code.values()))

    def dated(self, code: str) -> list[Alias]:
        """All that a code ever meant."""
        return list(self._by_code.get(code, ()))

    def facility(self, code: str, day: date) -> str | None:
        """The id of the facility that a code meant on a day; None where the table knows none."""
        found = (row.facility for row in self._by_code.get(code, ()) if row.holds(day))
        return next(found, None)

    def unmatched(self, codes: Mapping[str, int], day: date) -> dict[str, int]:
        """Codes that mean nothing on a day, with how often each stands; none is dropped."""
        return {code: n for code, n in sorted(codes.items()) if self.facility(code, day) is None}


def _meet(one: Alias, other: Alias) -> bool:
    first = max(one.first or date.min, other.first or date.min)
    return first < min(one.after or date.max, other.after or date.max)


@dataclass(frozen=True, slots=True)
class Naming:
    """How two lists of codes and names agree."""

    both: int  # codes that both have
    renamed: tuple[str, ...]  # codes with another name in the second
    shared: tuple[str, ...]  # names that stand for several codes in either


def naming(one: Mapping[str, str], other: Mapping[str, str]) -> Naming:
    """Two lists of code and name, compared letter by letter: a finding for people, never a join."""
    both = sorted(one.keys() & other.keys())
    renamed = tuple(code for code in both if one[code] != other[code])
    return Naming(len(both), renamed, tuple(sorted({*_shared(one), *_shared(other)})))


def _shared(names: Mapping[str, str]) -> list[str]:
    codes: dict[str, int] = {}
    for name in names.values():
        codes[name] = codes.get(name, 0) + 1
    return [name for name, count in codes.items() if count > 1]


def candidates(name: str, names: Mapping[str, str]) -> list[str]:
    """Codes that bear exactly this name: proposed to a person who decides, never taken."""
    return sorted(code for code, known in names.items() if known == name)
