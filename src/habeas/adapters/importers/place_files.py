"""Files of people, of cells and of who is kept apart, for a placement. Are not trusted.

A row that names nobody, or names twice, is set aside with its reason; the others go on. A word or
number that cannot be read is not established: that person stays, and nobody is put into that cell.
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path

from habeas.adapters.importers.cell_stays_file import Taken, taken
from habeas.errors import DocketError, Fault
from habeas.space.certified import Cell
from habeas.space.place_rows import Person, Use
from habeas.space.stated import number

CODE = "H890"
PEOPLE = ("register_number", "sex", "age_band", "security", "accessible")
CELLS = ("cell", "sex", "age_band", "security", "accessible")
APART = ("one", "other")
CM2 = 10_000  # in a square metre
MOST_M2 = 1_000_000


def _refused(what: str, fix: str) -> DocketError:
    return DocketError(Fault(CODE, what, fix))


def _once(row: Mapping[str, str], column: str, seen: set[str]) -> str:
    name = row[column]
    if not name:
        raise _refused(f"the row has no {column}", f"Fill {column}.")
    if name in seen:
        raise _refused(f"{column} '{name[:40]}' stands twice", "Give each one row.")
    seen.add(name)
    return name


def people(path: Path) -> Taken[Person]:
    """People by register number; columns group and cell where there is anything to say.

    Raises:
        SetupError: H902 for a file that is not there.
        DocketError: H421 for a column that lacks; as `docket_file.read` does.
    """
    seen: set[str] = set()

    def read(row: Mapping[str, str]) -> Person:
        return Person(
            _once(row, "register_number", seen),
            row["sex"],
            row["age_band"],
            row["security"],
            row["accessible"],
            row.get("group", ""),
            row.get("cell", ""),
            held=bool(row.get("cell", "")),
        )

    return taken(path, PEOPLE, read, CODE)


def cells(path: Path) -> Taken[tuple[Use, Cell]]:
    """Cells: for whom each is kept; and beds, floor_m2, sanitary_m2, furniture_m2, partitioned.

    The floor is the net one, the sanitary area in it. What a facility file says of a cell takes the
    place of these numbers.

    Raises:
        SetupError: H902 for a file that is not there.
        DocketError: H421 for a column that lacks; as `docket_file.read` does.
    """
    seen: set[str] = set()

    def read(row: Mapping[str, str]) -> tuple[Use, Cell]:
        name = _once(row, "cell", seen)
        use = Use(
            name, row["sex"], row["age_band"], row["security"], row["accessible"],
            row.get("label", ""),
        )  # fmt: skip
        floor = _cm2(row.get("floor_m2", ""))
        cell = Cell(
            row.get("module", ""),
            name,
            floor,
            floor is not None,
            _cm2(row.get("sanitary_m2", "")),
            {"yes": True, "no": False}.get(row.get("partitioned", "")),
            _cm2(row.get("furniture_m2", "")),
            number(row.get("beds", "")).value,
        )
        return use, cell

    return taken(path, CELLS, read, CODE)


def apart(path: Path) -> Taken[tuple[str, str]]:
    """Two who are never in one cell: columns one and other.

    Raises:
        SetupError: H902 for a file that is not there.
        DocketError: H421 for a column that lacks; as `docket_file.read` does.
    """

    def read(row: Mapping[str, str]) -> tuple[str, str]:
        if not row["one"] or not row["other"] or row["one"] == row["other"]:
            raise _refused("the row does not name two persons", "Name two register numbers.")
        return row["one"], row["other"]

    return taken(path, APART, read, CODE)


def _cm2(text: str) -> int | None:
    """Square metres as whole square centimetres, rounded down; None: no such number."""
    try:
        told = Decimal(text)
    except InvalidOperation:
        return None
    return int(told * CM2) if told.is_finite() and 0 <= told <= MOST_M2 else None
