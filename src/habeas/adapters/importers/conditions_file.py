"""Files of what was observed of places. Are not trusted.

A row that cannot be read is set aside with its reason; the others go on.
"""

import re
from collections.abc import Mapping
from datetime import MAXYEAR, MINYEAR, date, timedelta
from fractions import Fraction
from pathlib import Path

from habeas.adapters.importers import cell_stays_file
from habeas.adapters.importers.cell_stays_file import Taken
from habeas.custody.conditions import UNITS, Observation, value
from habeas.errors import DocketError, Fault
from habeas.terms import Condition, Observer

COLUMNS = ("place", "measure", "value", "observed_by")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def observations(path: Path) -> Taken[tuple[Observation, ...]]:
    """Observations: columns place, measure, value, observed_by, and day or from and to.

    `to` is exclusive. Columns unit, persons and reference may be there; persons at the place are an
    observation of their own.

    Raises:
        SetupError: H902 for a file that is not there.
        DocketError: H421 for a column that lacks; as `docket_file.read` does.
    """
    return cell_stays_file.taken(path, COLUMNS, _read, "H876")


def _read(row: Mapping[str, str]) -> tuple[Observation, ...]:
    if not row["place"]:
        raise _refused("the row names no place", "Write facility, facility/unit or facility/cell.")
    measure = _one_of("measure", row["measure"], tuple(Condition))
    by = Observer(_one_of("observed_by", row["observed_by"], tuple(Observer)))
    condition, (first, after) = Condition(measure), _days(row)
    unit = row.get("unit", "")
    if unit and unit not in UNITS[condition]:
        what = f"'{unit[:40]}' is no unit of {condition}"
        raise _refused(what, f"Give it in {UNITS[condition][0]}.")
    where = (row["place"], first, after)
    reference = row.get("reference", "")
    found = [Observation(*where, condition, _value(condition, row["value"]), by, reference)]
    if row.get("persons") and condition is not Condition.PERSONS:
        persons = _value(Condition.PERSONS, row["persons"])
        found.append(Observation(*where, Condition.PERSONS, persons, by, reference))
    return tuple(found)


def _refused(what: str, fix: str) -> DocketError:
    return DocketError(Fault("H876", what, fix))


def _one_of(column: str, text: str, known: tuple[str, ...]) -> str:
    if text not in known:
        raise _refused(f"'{column}' holds '{text[:40]}'", f"Write one of {', '.join(known)}.")
    return text


def _value(condition: Condition, text: str) -> Fraction | str:
    try:
        return value(condition, text)
    except ValueError as error:
        raise _refused(f"'{text[:40]}' is no value of {condition}", f"Write {error}.") from error


def _days(row: Mapping[str, str]) -> tuple[date, date]:
    day, first, after = (row.get(name, "") for name in ("day", "from", "to"))
    if day and not first and not after:
        begins = _day(day)
        return begins, begins + timedelta(days=1)
    if day or not first or not after:
        raise _refused("the row has no day, or several", "Fill day, or from and to.")
    begins, ends = _day(first), _day(after)
    if ends <= begins:
        what = f"'to' is {after[:40]}, not after 'from'"
        raise _refused(what, "Write the day after the last.")
    return begins, ends


def _day(text: str) -> date:
    try:
        if DAY.fullmatch(text) and MINYEAR < (found := date.fromisoformat(text)).year < MAXYEAR:
            return found
    except ValueError:
        pass
    raise _refused(f"'{text[:40]}' is no day", "Write YYYY-MM-DD.")
