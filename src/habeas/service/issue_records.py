"""Issues of public statistics read again, as they were published."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from habeas.errors import Fault, StatisticsError
from habeas.service.issues import Earlier
from habeas.statistics.acts import GUARDED
from habeas.statistics.tables import ALL, AT_END, PERSON_DAYS, STOCK, Key, Row, month

Tables = Mapping[str, list[dict[str, Any]]]


def earlier(where: str, digest: str, index: Mapping[str, Any], tables: Tables) -> Earlier:
    """One issue out of its description and tables.

    Raises:
        StatisticsError: H885.
    """
    try:
        told = index["habeas"]
        when = month(date.fromisoformat(f"{told['month']}-01"), told["zone"])
        counts = dict[Key, int | None]()
        for row in tables["stock-and-flow"]:
            name, (start, end) = row["measure"], when.stocks()
            period = {"stock_at_start": start, "stock_at_end": end}.get(name, when.name)
            measure = STOCK if name.startswith("stock_at_") else name
            counts[Key(end if name in AT_END else period, _row(row), measure)] = _number(row)
        for row in tables["average-daily-population"]:
            counts[Key(when.name, _row(row), PERSON_DAYS)] = _number(row, PERSON_DAYS)
        for row in tables["length-of-stay"]:
            whole = Row(_custodian(row), ALL)
            counts[Key(when.name, whole, row["length"])] = _number(row)
        return Earlier(
            str(told["agreement"]),
            str(told["register_origin"]),
            when.name,
            int(told["issue"]),
            int(told["register_size"]),
            counts,
            digest,
            where,
            any(row["measure"] in GUARDED and _number(row) is not None for row in _acts(tables)),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        what = "the folder holds what is no issue of statistics"
        fix = "Name a folder of its own, or restore it."
        raise StatisticsError(Fault("H885", what, fix, where=where)) from error


def _acts(tables: Tables) -> list[dict[str, Any]]:
    """The rows of duties; none in an issue of before there was such a table."""
    return tables.get("duties", [])


def _custodian(row: Mapping[str, Any]) -> str:
    return ALL if row["custodian"] == "both" else str(row["custodian"])


def _row(row: Mapping[str, Any]) -> Row:
    return Row(_custodian(row), ALL if row["facility"] == "all" else str(row["facility"]))


def _number(row: Mapping[str, Any], column: str = "count") -> int | None:
    value = row[column]
    return None if value is None else int(value)
