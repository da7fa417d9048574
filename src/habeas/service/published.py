"""Issues of public statistics as anybody may read them: the only source of a public report.

Nothing here looks at an event. What an issue withholds is not to be had, whoever asks.
"""

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from habeas.errors import Fault, Language, StatisticsError
from habeas.register.checkpoint import read_note
from habeas.register.store import Store
from habeas.service.paper import pick

Row = Mapping[str, Any]  # Any: as it was read from JSON
BESIDE = frozenset({"month", "note", "definition"})
ORDER = (
    "stock-and-flow", "average-daily-population", "length-of-stay", "space", "fees", "duties",
    "visits", "inquiries",
)  # fmt: skip
MACHINE = frozenset({"exponent", "amount_minor"})  # of an amount, which stands beside them
NUMBERS = frozenset({"integer", "number"})
WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Table:
    """One table of an issue, as its description tells of it."""

    name: str
    file: str  # the CSV
    digest: str  # of that file
    titles: Mapping[str, str]  # title, title.es
    fields: Mapping[str, Mapping[str, Any]]  # by column
    keys: tuple[str, ...]  # columns that name a row, beside the month
    values: tuple[str, ...]  # columns of figures
    words: tuple[str, ...]  # other columns that are not the same in every row
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """One issue of one month."""

    folder: str  # its name
    digest: str  # SHA-256 of datapackage.json
    index: Mapping[str, Any]
    tables: tuple[Table, ...]

    def told(self, name: str) -> str:
        """What the issue says of itself."""
        return str(self.index["habeas"].get(name) or "")

    @property
    def month(self) -> str:
        """YYYY-MM."""
        return self.told("month")

    @property
    def number(self) -> int:
        """Of the month's issues, from 1."""
        return int(self.index["habeas"]["issue"])

    @property
    def size(self) -> int:
        """Leaves of the checkpoint that it was computed from."""
        return int(self.index["habeas"]["register_size"])

    @property
    def threshold(self) -> int:
        """Counts behind which fewer persons stand are withheld."""
        return int(self.index["habeas"]["withholding"]["threshold"])

    def measure(self, name: str, lang: Language) -> str:
        """What a measure is called; the name itself, where the issue does not say."""
        return pick(self.index["measures"].get(name, {}), "title", lang) or name

    def withheld(self) -> tuple[int, int]:
        """How many figures are withheld, and how many there are."""
        every = [
            (row, column) for table in self.tables for row in table.rows for column in table.values
        ]
        return sum(is_withheld(row, column) for row, column in every), len(every)


def is_withheld(row: Row, column: str) -> bool:
    """Whether an issue keeps a figure back; any other figure that is not there is unknown."""
    return row[column] is None and str(row.get("note") or "").startswith(WITHHELD)


def published(
    where: str, digest: str, index: Mapping[str, Any], tables: Mapping[str, Sequence[Row]]
) -> Published:
    """One issue out of its description and the rows of its tables.

    Raises:
        StatisticsError: H885, for a folder that holds something else.
    """
    try:
        told = index["habeas"]
        basis = {name for name in told if name != "month"}
        found = [
            _table(one, tables[PurePath(one["path"]).stem], basis)
            for one in index["resources"]
            if one["format"] == "csv"
        ]
        found.sort(key=lambda one: ORDER.index(one.name) if one.name in ORDER else len(ORDER))
        made = Published(PurePath(where).name, digest, index, tuple(found))
        _ = (
            made.month,
            made.number,
            made.size,
            made.threshold,
            made.withheld(),
            told["checkpoint"],
        )
        _ = {name: dict(words) for name, words in index["measures"].items()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        what = "the folder holds what is no issue of statistics"
        fix = "Name a folder of its own, or restore it."
        raise StatisticsError(Fault("H885", what, fix, where=where)) from error
    return made


def _table(one: Mapping[str, Any], rows: Sequence[Row], basis: set[str]) -> Table:
    fields = {field["name"]: field for field in one["schema"]["fields"]}
    own = [name for name in fields if name not in basis | BESIDE | MACHINE]
    keys = tuple(name for name in one["schema"]["primaryKey"] if name != "month")
    rest = [name for name in own if name not in keys]
    values = tuple(name for name in rest if fields[name]["type"] in NUMBERS)
    words = tuple(name for name in rest if name not in values)
    for row in rows:
        _ = [row[name] for name in own]
    return Table(
        str(one["name"]), str(one["path"]), str(one["hash"]).removeprefix("sha256:"),
        {name: str(one[name]) for name in ("title", "title.es") if name in one},
        fields, keys, values, words, tuple(rows),
    )  # fmt: skip


def of_month(
    found: Iterable[Published], agreement: str, month: str, size: int | None = None
) -> Published:
    """The latest issue of a month, or the latest of a register of at most so many leaves.

    Raises:
        StatisticsError: H866, where nobody published that month; H867, for another agreement's.
    """
    every = list(found)
    others = {one.told("agreement") for one in every} - {agreement}
    if others:
        what = f"an issue of {min(others)} lies in the folder, not of {agreement}"
        raise StatisticsError(Fault("H867", what, "Name the folder of this agreement's issues."))
    fitting = [one for one in every if one.month == month and (size is None or one.size <= size)]
    if not fitting:
        until = "" if size is None else f" from a register of at most {size:,} leaves"
        what = f"no issue of {month}{until} is published"
        fix = "Publish it with `habeas statistics publish`: a report shows what is public already."
        raise StatisticsError(Fault("H866", what, fix))
    return max(fitting, key=lambda one: one.number)


def stands_in(one: Published, store: Store) -> None:
    """Refuse an issue that names a checkpoint which a register has not signed.

    Raises:
        StatisticsError: H867.
    """
    named = (one.told("register_origin"), one.size, one.told("register_root"))
    for _, note in store.checkpoints():
        found = read_note(note).checkpoint
        if (found.origin, found.size, base64.b64encode(found.root).decode()) == named:
            return
    what = f"the register has no checkpoint of {one.size:,} leaves with the root of the issue"
    fix = "Name the register that the issue was published from."
    raise StatisticsError(Fault("H867", what, fix, where=one.folder))
