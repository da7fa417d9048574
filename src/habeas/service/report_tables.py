"""The tables of an issue as tables of a report, each figure tied to its file, row and column."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from habeas.service.paper import NUMBER, SHARED, WIDE, Cell, Grid, Say, grid, pick
from habeas.service.published import Published, Row, Table, is_withheld
from habeas.statistics.words import STAY

ACROSS = 5  # places beside each other on a page
STATE = ("custodian", "state")  # columns that name a state
STATES = ("both", "all", "receiving", "sending")
PLACES = frozenset({"custodian", "state", "facility"})
NAMES = frozenset({"facility"})  # whose values are names, and never words of this project
Place = tuple[str, ...]


class Figures:
    """Every figure that a report shows of one issue, numbered in the order in which it is shown."""

    def __init__(self, issue: Published, say: Say, prefix: str = "f") -> None:
        self.issue, self.say, self._prefix = issue, say, prefix
        self._ids = dict[tuple[str, int, str], str]()

    def cell(self, table: Table, at: int, column: str) -> Cell:
        """One figure, linked to where it stands.

        Args:
            table: of the issue.
            at: the place of its row, from 0.
            column: its column.
        """
        key = (table.name, at, column)
        self._ids.setdefault(key, f"{self._prefix}{len(self._ids) + 1}")
        return self._told(table.rows[at], column, self._ids[key])

    def _told(self, row: Row, column: str, to: str) -> Cell:
        if is_withheld(row, column):
            return Cell(self.say("common.withheld"), to, quiet=True)
        if row[column] is None:
            return Cell(self.say("common.no_number"), to, quiet=True)
        return Cell(self.say.figure(row[column]), to)

    def text(self, table: Table, at: int, column: str) -> str:
        """The same as text."""
        return self.cell(table, at, column).text

    def stand(self) -> Iterator[Grid]:
        """For every table that was shown: each figure's row and column in its file."""
        for table in self.issue.tables:
            order = {name: n for n, name in enumerate(table.values)}
            mine = sorted(
                (key for key in self._ids if key[0] == table.name),
                key=lambda key: (key[1], order[key[2]]),
            )
            if mine:
                yield self._stands(table, mine)

    def _stands(self, table: Table, mine: Sequence[tuple[str, int, str]]) -> Grid:
        say = self.say
        rows = [
            (
                Cell(self.text(table, at, column), id=self._ids[table.name, at, column]),
                Cell(say.figure(at + 1)),
                Cell(", ".join(f"{key}={table.rows[at][key]}" for key in table.keys)),
                Cell(column),
            )
            for _, at, column in mine
        ]
        heads = [say(f"where.{name}") for name in ("figure", "row", "which", "column")]
        caption = say("where.caption").format(file=f"{self.issue.folder}/{table.file}")
        return grid(f"{caption} SHA-256 {table.digest}", heads, rows, (NUMBER, NUMBER, 3, WIDE))


def shown(table: Table, figures: Figures) -> list[Grid]:
    """A table of an issue: measures by place where it has one figure a row, else row by row."""
    if len(table.values) == 1 and len(table.keys) > 1 and not table.words:
        return _crossed(table, figures)
    return [_listed(table, figures)]


def _crossed(table: Table, figures: Figures) -> list[Grid]:
    """The last key downwards, the others across."""
    *across, down = table.keys
    column = table.values[0]
    cells = {
        (tuple(str(row[key]) for key in across), str(row[down])): at
        for at, row in enumerate(table.rows)
    }
    places = _ordered({place for place, _ in cells}, across)
    names = list(dict.fromkeys(str(row[down]) for row in table.rows))
    head = head_of(table, down, figures.say)
    made = list[Grid]()
    for first in range(0, len(places), ACROSS):
        some = places[first : first + ACROSS]
        rows = [
            (
                Cell(named(figures, down, name)),
                *(
                    figures.cell(table, cells[place, name], column)
                    if (place, name) in cells
                    else Cell(figures.say("common.no_row"), quiet=True)
                    for place in some
                ),
            )
            for name in names
        ]
        heads = [head, *(placed(figures, across, place) for place in some)]
        made.append(grid(_caption(table, figures), heads, rows, (3, *(SHARED for _ in some))))
    return made


def _listed(table: Table, figures: Figures) -> Grid:
    """Row by row: what names it, what is said of it, and its figures."""
    words = [name for name in table.words if any(row[name] for row in table.rows)]
    texts, say = (*table.keys, *words), figures.say
    order = {place: n for n, place in enumerate(_ordered(map(tuple, _keys(table)), table.keys))}
    rows = [
        (
            *(Cell(named(figures, name, str(table.rows[at][name] or ""))) for name in texts),
            *(figures.cell(table, at, column) for column in table.values),
        )
        for at in sorted(range(len(table.rows)), key=lambda at: order[_keys(table)[at]])
    ]
    heads = [head_of(table, name, say) for name in (*texts, *table.values)]
    widths = [*(WIDE for _ in texts), *(NUMBER for _ in table.values)]
    return grid(_caption(table, figures), heads, rows, widths)


def _keys(table: Table) -> list[Place]:
    return [tuple(str(row[key]) for key in table.keys) for row in table.rows]


def _ordered(places: Iterable[Place], columns: Sequence[str]) -> list[Place]:
    """Wholes before parts, and places of one state together; else as they come."""
    first = list(dict.fromkeys(places))
    state = next((columns.index(name) for name in STATE if name in columns), None)
    facility = columns.index("facility") if "facility" in columns else None

    def rank(place: Place) -> tuple[int, bool, str]:
        side = 0 if state is None else (*STATES, place[state]).index(place[state])
        where = "all" if facility is None else place[facility]
        return side, where != "all", where if where != "all" else ""

    if state is None and facility is None:
        return first
    return sorted(sorted(first) if isinstance(places, set) else first, key=rank)


def placed(figures: Figures, columns: Sequence[str], place: Place) -> str:
    """What a place is called: a facility with its state, or a state."""
    said = dict(zip(columns, place, strict=True))
    facility, state = said.pop("facility", "all"), said.get("custodian")
    words = [named(figures, name, value) for name, value in said.items()]
    if facility == "all":
        return ", ".join(words) if words else figures.say("words.all")
    if state == "both" and len(words) == 1:
        return facility
    if figures.say.lang == "en":
        words = [word[:1].lower() + word[1:] for word in words]
    return ", ".join([facility, *words])


def named(figures: Figures, column: str, value: str) -> str:
    """A value of a column in words; a facility's name as it is."""
    if column in NAMES and value != "all":
        return value
    return figures.say.get(f"words.{value}") or figures.issue.measure(value, figures.say.lang)


def head_of(table: Table, column: str, say: Say) -> str:
    """What a column is called."""
    return pick(table.fields[column], "title", say.lang) or column


def _caption(table: Table, figures: Figures) -> str:
    month = figures.say.month(figures.issue.month)
    return f"{pick(table.titles, 'title', figures.say.lang) or table.name}, {month}"


def definitions(table: Table, issue: Published, say: Say) -> list[str]:
    """What each measure of a table counts; neighbours that count alike are named together."""
    found, down = list[tuple[str, list[str]]](), table.keys[-1]
    said: Mapping[str, Any] = issue.index["measures"]  # Any: as it was read
    own = {str(row[down]): str(row.get("definition") or "") for row in table.rows}
    for name in dict.fromkeys((*(own if down not in PLACES else ()), *table.values)):
        text = str(said.get(name, {}).get("definition") or own.get(name, "")).rstrip(".")
        told = _defined(name, text, say)
        if found and found[-1][0] == told:
            found[-1][1].append(issue.measure(name, say.lang))
        elif text:
            found.append((told, [issue.measure(name, say.lang)]))
    return [f"{', '.join(titles)}: {text}." for text, titles in found]


def _defined(name: str, text: str, say: Say) -> str:
    """A definition in the language of the report; as the issue has it, where there is no other."""
    return say.get("definitions.stay" if text == STAY else f"definitions.{name}") or text


def unknown(table: Table, say: Say) -> list[str]:
    """Why figures have no number that nobody withheld, in the words of the issue."""
    told = [
        str(row.get("note"))
        for row in table.rows
        for column in table.values
        if row[column] is None and row.get("note") and not is_withheld(row, column)
    ]
    return [f"{say('common.no_number')}: {one}." for one in dict.fromkeys(told)]
