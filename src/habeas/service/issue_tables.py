"""An issue of public statistics as rows and as a description of its files."""

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from typing import Any

from habeas.service import NOT_REVIEWED, SYNTHETIC
from habeas.service.export import DEMO
from habeas.service.issue_more import WITHHELD, Cells, More
from habeas.service.issues import Made, hidden, row_names
from habeas.statistics.tables import (
    ALL,
    AT_END,
    BANDS,
    ENTRIES,
    EXITS,
    PERSON_DAYS,
    STOCK,
    Key,
    Row,
    rows,
)
from habeas.statistics.words import COLUMNS, MEASURES, STAY, TABLES
from habeas.units import amount

PLACES = 2  # decimals of an average
BASIS = ["agreement", "issue", "zone", "register_origin", "register_size", "register_root",
         "habeas", "mark", "review"]  # fmt: skip
NAMES: dict[str, list[str]] = {
    "stock-and-flow": ["month", "custodian", "facility", "measure", "count", "note", "definition"],
    "average-daily-population": ["month", "custodian", "facility", "person_days", "days",
                                 "average_daily_population", "note", "definition"],
    "length-of-stay": ["month", "custodian", "length", "count", "note", "definition"],
    "duties": ["month", "state", "measure", "count", "note", "definition"],
    "fees": ["month", "measure", "currency", "exponent", "amount_minor", "amount", "standing",
             "note", "definition"],
    "space": ["month", "custodian", "facility", "measure", "value", "unit", "finding", "note",
              "definition"],
}  # fmt: skip
HELD = ("stock-and-flow", "average-daily-population", "length-of-stay")
KEYS = {
    "stock-and-flow": ["custodian", "facility", "measure"],
    "average-daily-population": ["custodian", "facility"],
    "length-of-stay": ["custodian", "length"],
    "duties": ["state", "measure"],
    "fees": ["measure"],
    "space": ["custodian", "facility", "measure"],
}
TYPES = {"count": "integer", "person_days": "integer", "days": "integer", "issue": "integer",
         "register_size": "integer", "average_daily_population": "number", "exponent": "integer",
         "amount_minor": "integer", "amount": "number", "value": "number"}  # fmt: skip
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
RESOURCE = "https://datapackage.org/profiles/2.0/dataresource.json"
SCHEMA = "https://datapackage.org/profiles/2.0/tableschema.json"
SPACE = "Places and floor area come from the facility files that are named, not from the register."
Table = list[Cells]


def note(threshold: int) -> str:
    """Why there is no number; the same words everywhere, since other words would tell which."""
    few = f"fewer than {threshold} persons stand behind it"
    return f"withheld: {few}, or behind a count that it would tell"


def measured(made: Made) -> list[tuple[str, str, str]]:
    """Measure, period and name in the tables of every count of stock and flow, in order."""
    when = made.issue.month
    start, end = when.stocks()
    flows = [(name, when.name, name) for name in (*ENTRIES, *EXITS)]
    ends = [(name, when.period(name), name) for name in AT_END]
    return [(STOCK, start, "stock_at_start"), *flows, (STOCK, end, "stock_at_end"), *ends]


def basis(made: Made, version: str) -> dict[str, str | int | None]:
    """What every row says of where it comes from."""
    origin, size, root = made.source.checkpoint
    return {
        "agreement": made.source.deal.id,
        "issue": made.issue.number,
        "zone": made.issue.month.zone,
        "register_origin": origin,
        "register_size": size,
        "register_root": root,
        "habeas": version,
        "mark": SYNTHETIC if origin.startswith(DEMO) else "",
        "review": NOT_REVIEWED,
    }


def tables(made: Made, version: str, more: More) -> dict[str, Table]:
    """Every table of an issue: each withheld count without its number, and with a note."""
    told = {"month": made.issue.month.name}, basis(made, version)
    return _held(made, version) | {
        "duties": [told[0] | row | told[1] for row in _acts(made, more)],
        "fees": [told[0] | _noted(made, _fees(more)) | told[1]],
        "space": [told[0] | _noted(made, row) | told[1] for row in more.space],
    }


def _noted(made: Made, row: Cells) -> Cells:
    """A row with the words that every withheld number has."""
    return row | {"note": note(made.asked.policy.threshold)} if row["note"] == WITHHELD else row


def _acts(made: Made, more: More) -> Table:
    return [
        _noted(
            made,
            {
                "state": at.state,
                "measure": at.measure,
                "count": None if at in more.acts.withheld else found.value,
                "note": WITHHELD if at in more.acts.withheld else "",
                "definition": MEASURES[at.measure].definition,
            },
        )
        for at, found in more.acts.counts.items()
    ]


def _fees(more: More) -> Cells:
    return {"measure": "amount_due"} | more.fees | {"definition": MEASURES["amount_due"].definition}


def shown(made: Made, version: str) -> Table:
    """Stock and flow alone, for whoever publishes to look at."""
    return _held(made, version)["stock-and-flow"]


def _held(made: Made, version: str) -> dict[str, Table]:
    told, kept, when = basis(made, version), hidden(made), made.issue.month
    found: dict[str, Table] = {name: [] for name in HELD}
    for row in rows(made.issue.among):
        custodian, facility = row_names(row)
        head = {"month": when.name, "custodian": custodian}
        for measure, period, name in measured(made):
            count = _count(made, Key(period, row, measure), kept)
            at = {"facility": facility, "measure": name, "definition": MEASURES[name].definition}
            found["stock-and-flow"].append(head | at | count | told)
        found["average-daily-population"].append(
            head | {"facility": facility} | _average(made, row, kept) | told
        )
        if row.facility == ALL:
            for band in BANDS:
                count = _count(made, Key(when.name, row, band), kept)
                at = {"length": band, "definition": STAY}
                found["length-of-stay"].append(head | at | count | told)
    return found


def _count(made: Made, key: Key, kept: Collection[Key]) -> dict[str, str | int | None]:
    if key in kept:
        return {"count": None, "note": note(made.asked.policy.threshold)}
    return {"count": made.issue.counts[key].value, "note": ""}


def _average(made: Made, row: Row, kept: Collection[Key]) -> dict[str, str | int | None]:
    when = made.issue.month
    key = Key(when.name, row, PERSON_DAYS)
    count = _count(made, key, kept)
    value = made.issue.counts[key].value
    mean = amount(round(Fraction(value * 10**PLACES, when.days)), PLACES)
    return {
        "person_days": count["count"],
        "days": when.days,
        "average_daily_population": None if key in kept else mean,
        "note": count["note"],
        "definition": MEASURES[PERSON_DAYS].definition,
    }


def columns(name: str) -> list[str]:
    """The columns of a table, in order."""
    return [*NAMES[name], *BASIS]


def package(
    made: Made, version: str, more: More, files: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The description of an issue's files.

    Args:
        made: the issue.
        version: of habeas.
        more: its tables beside those of who was held.
        files: of each, `table`, `path`, `format`, `mediatype`, `bytes` and `hash`.
    """
    when, deal, policy = made.issue.month, made.source.deal, made.asked.policy
    return {
        "$schema": PROFILE,
        "name": f"{deal.id.lower()}-{when.name}-{made.issue.number}",
        "title": f"{deal.title.en}: custody in {when.name}",
        "title.es": f"{deal.title.es}: custodia en {when.name}",
        "description": f"{NOT_REVIEWED} {SPACE}",
        "version": f"{when.name}.{made.issue.number}",
        "resources": [_resource(one) for one in files],
        "habeas": basis(made, version)
        | {
            "month": when.name,
            "checkpoint": made.source.note,
            "standing": deal.standing,
            "reason": made.asked.reason,
            "supersedes": made.supersedes,
            "facilities": dict(more.files),
            "erased": "Persons whose content was erased stand in no count.",
            "withholding": {
                "threshold": policy.threshold,
                "standing": "policy",
                "source": "a choice of whoever publishes; no instrument of the library sets it",
                "zero": "shown: it is about nobody, and no deaths must be seen to be none",
            },
        },
        "measures": {
            name: {
                "title": one.title,
                "title.es": one.spanish,
                "definition": one.definition or STAY,
            }
            for name, one in MEASURES.items()
        },
    }


def _resource(one: Mapping[str, Any]) -> dict[str, Any]:
    name = one["table"]
    made: dict[str, Any] = {
        "$schema": RESOURCE,
        "name": name if one["format"] == "csv" else f"{name}-{one['format']}",
        "path": one["path"],
        "type": "table",
        "title": TABLES[name].title,
        "title.es": TABLES[name].spanish,
        "format": one["format"],
        "mediatype": one["mediatype"],
        "bytes": one["bytes"],
        "hash": one["hash"],
        "schema": {
            "$schema": SCHEMA,
            "fields": [_field(column) for column in columns(name)],
            "missingValues": [""],
            "primaryKey": KEYS[name],
        },
    }
    if one["format"] == "csv":
        made |= {"encoding": "utf-8", "dialect": {"lineTerminator": "\n"}}
    return made


def _field(column: str) -> dict[str, Any]:
    word = COLUMNS[column]
    made = {"name": column, "type": TYPES.get(column, "string"), "title": word.title}
    return (
        made
        | {"title.es": word.spanish}
        | ({"description": word.definition} if word.definition else {})
    )
