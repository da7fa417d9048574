"""The tables of an issue of statistics as they stand in its files, for a page."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from habeas.terms import Side
from habeas.web.components import Column, Money, Table, Tag, Value, Words
from habeas.web.desk.place_words import DEFINITIONS, STANDARDS, word

Row = Mapping[str, Any]  # Any: of a JSON file
Rows = Sequence[Row]
Files = Mapping[str, list[dict[str, Any]]]  # Any: of JSON files
ALL, PLACES = "all", "places_"
STATES: Mapping[str, Words] = {
    Side.SENDING.value: gettext_lazy("Sending state"),
    Side.RECEIVING.value: gettext_lazy("Receiving state"),
    "both": gettext_lazy("Both states"),
    "neither": gettext_lazy("Neither state"),
    ALL: gettext_lazy("All"),
}
WITHHELD = Tag(gettext_lazy("Withheld"), "grey", "unknown")
NOTES: Mapping[str, Words] = {
    "no fee is owed": gettext_lazy("no fee is owed"),
    "the schedule gives no price": gettext_lazy("the schedule gives no price"),
    "not established": gettext_lazy("not established"),
    "nobody is held there": gettext_lazy("nobody is held there"),
}
STANDING: Mapping[str, Words] = {
    "final": gettext_lazy("Final"),
    "provisional": gettext_lazy("Provisional"),
}


class Named:
    """What each measure of an issue is called, in the language of the page."""

    def __init__(self, index: Mapping[str, Any]) -> None:
        self._measures: Mapping[str, Any] = index["measures"]

    def __call__(self, measure: str) -> str:
        """Its title; a measure of a standard has its id."""
        found = self._measures.get(measure)
        if found is None:
            return measure
        return str(found["title.es" if get_language() == "es" else "title"])


def tables(index: Mapping[str, Any], files: Files) -> list[tuple[str, Table]]:
    """Every table of an issue with its name; those that hold nothing are left out."""
    named, titles = Named(index), _titles(index)
    made = {
        "stock-and-flow": _flow,
        "average-daily-population": _average,
        "length-of-stay": _length,
        "duties": _duties,
        "fees": _fees,
        "space": _space,
    }
    return [
        (name, make(titles[name], files[name], named))
        for name, make in made.items()
        if files.get(name)
    ]


def _titles(index: Mapping[str, Any]) -> dict[str, str]:
    key = "title.es" if get_language() == "es" else "title"
    return {str(one["name"]): str(one[key]) for one in index["resources"]}


def _state(name: str) -> Words:
    return STATES.get(name, name)


def _place(row: Row) -> Words:
    state, facility = _state(row["custodian"]), row["facility"]
    return state if facility == ALL else f"{state}, {facility}"


def _value(value: int | None, note: str) -> Value:
    """A number; where there is none, why."""
    if value is not None:
        return value
    return WITHHELD if note.startswith("withheld") else NOTES.get(note, note)


def _decimal(value: str | None, note: str) -> Value:
    return _value(None, note) if value is None else Decimal(value)


def _crossed(
    title: str, head: Words, rows: Rows, across: Iterable[tuple[str, Words]], keys: tuple[str, str]
) -> Table:
    """Rows by one key and columns by another, each pair once."""
    down, over = keys
    columns = list(across)
    found = {(row[down], row[over]): _value(row["count"], row["note"]) for row in rows}
    lines = list(dict.fromkeys(row[down] for row in rows))
    return Table(
        title,
        [Column(head), *(Column(words, numeric=True) for _name, words in columns)],
        [[line, *(found[line, name] for name, _words in columns)] for line in lines],
    )


def _flow(title: str, rows: Rows, named: Named) -> Table:
    told = [{**row, "measure": named(row["measure"]), "place": str(_place(row))} for row in rows]
    places = dict.fromkeys(row["place"] for row in told)
    across = [(name, name) for name in places]
    return _crossed(title, _("Measure"), told, across, ("measure", "place"))


def _average(title: str, rows: Rows, named: Named) -> Table:
    columns = [
        Column(_("Where")),
        Column(named("person_days"), numeric=True),
        Column(_("Days"), numeric=True),
        Column(named("average_daily_population"), numeric=True),
    ]
    told: list[list[Value]] = [
        [
            _place(row),
            _value(row["person_days"], row["note"]),
            row["days"],
            _decimal(row["average_daily_population"], row["note"]),
        ]
        for row in rows
    ]
    return Table(title, columns, told)


def _length(title: str, rows: Rows, named: Named) -> Table:
    told = [{**row, "length": named(row["length"])} for row in rows]
    across = [(name, _state(name)) for name in dict.fromkeys(row["custodian"] for row in rows)]
    return _crossed(title, _("Length of stay"), told, across, ("length", "custodian"))


def _duties(title: str, rows: Rows, named: Named) -> Table:
    told = [{**row, "measure": named(row["measure"])} for row in rows]
    across = [(name, _state(name)) for name in dict.fromkeys(row["state"] for row in rows)]
    return _crossed(title, _("Measure"), told, across, ("measure", "state"))


def _fees(title: str, rows: Rows, named: Named) -> Table:
    columns = [Column(_("Measure")), Column(_("Amount"), numeric=True), Column(_("Standing"))]
    return Table(title, columns, [[named(r["measure"]), _money(r), _standing(r)] for r in rows])


def _money(row: Row) -> Value:
    if row["amount_minor"] is None:
        return _value(None, row["note"])
    return Money(row["amount_minor"], row["currency"], row["exponent"])


def _standing(row: Row) -> Words:
    return STANDING.get(row["standing"], row["standing"])


def _space(title: str, rows: Rows, named: Named) -> Table:
    columns = [
        Column(_("Where")),
        Column(_("Measure")),
        Column(_("Value"), numeric=True),
        Column(_("Unit")),
        Column(_("Finding")),
    ]
    told: list[list[Value]] = [
        [
            _place(row),
            _measure(row["measure"], named),
            _decimal(row["value"], row["note"]),
            _("square metres") if row["unit"] == "m2" else _("number of places"),
            STANDARDS.get(row["finding"], ""),
        ]
        for row in rows
    ]
    return Table(title, columns, told)


def _measure(name: str, named: Named) -> Words:
    if name.startswith(PLACES):
        return word(DEFINITIONS, name.removeprefix(PLACES))
    return named(name)
