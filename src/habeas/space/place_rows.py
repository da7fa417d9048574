"""People and cells as files and registers tell them, in words; and the columns out of them.

A word that is not known is not established, and an empty one too: of a person it never means "fits
anywhere", of a cell it means that nobody fits.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from habeas.law.records import Measure
from habeas.space.certified import Cell
from habeas.space.method import judged
from habeas.space.placing import NOWHERE, Cells, Ints, People
from habeas.space.shortfall_words import Names
from habeas.terms import Finding

SEXES = {"female": 1, "male": 2}
AGES = {"adult": 1, "child": 2}
NEEDS = {"no": 1, "yes": 2}
UNKNOWN = "not established"


@dataclass(frozen=True, slots=True)
class Person:
    """One person: registered facts alone, and the present cell."""

    subject: str
    sex: str = ""
    age: str = ""  # band
    security: str = ""  # class
    accessible: str = ""  # whether an accessible cell is needed
    group: str = ""  # among rival groups; empty: none is registered
    cell: str = ""  # empty: in no cell yet
    held: bool = False  # in the facility; else to be received


@dataclass(frozen=True, slots=True)
class Use:
    """For whom a cell is kept."""

    cell: str
    sex: str = ""
    age: str = ""
    security: str = ""
    accessible: str = ""
    label: str = ""  # the rival group that is kept here; empty: none


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns, and the words for their rows and codes."""

    people: People
    cells: Cells
    subjects: tuple[str, ...]
    rooms: tuple[str, ...]
    names: Names


def places(cell: Cell, measures: Sequence[Measure], hours: int | None = None) -> int:
    """For how many persons a cell has places: beds, less where a measure asks for more floor.

    A number of persons at which a measure is not shown to be met is none.
    """
    most = cell.beds or 0
    if cell.maximum is not None:
        most = min(most, cell.maximum)
    for number in range(most, 0, -1):
        told = (judged(cell, measure, number, hours) for measure in measures)
        if all(one is None or one is Finding.MET for one in told):
            return number
    return 0


def columns(
    persons: Sequence[Person],
    rooms: Sequence[tuple[Use, int, int]],
    pairs: Iterable[tuple[str, str]],
    standard: str = "",
) -> Columns:
    """Rows as columns.

    Args:
        persons: each once.
        rooms: each cell's use, its beds, and its places by the standard.
        pairs: who is never in one cell with whom; of persons who stand in a row.
        standard: its name, for sentences.
    """
    at = {use.cell: number for number, (use, _beds, _places) in enumerate(rooms)}
    uses = [use for use, _beds, _places in rooms]
    securities = _codes((*(one.security for one in persons), *(use.security for use in uses)))
    groups = _codes((*(one.group for one in persons), *(use.label for use in uses)))
    row = {one.subject: number for number, one in enumerate(persons)}
    both = [(row[one], row[other]) for one, other in pairs]
    people = People(
        *_shared(persons, securities),
        _column(groups[one.group] for one in persons),
        _column(at.get(one.cell, NOWHERE) for one in persons),
        np.array(both, np.int64).reshape(-1, 2),
    )
    cells = Cells(
        *_shared(uses, securities),
        _column(groups[use.label] for use in uses),
        _column(beds for _use, beds, _places in rooms),
        _column(number for _use, _beds, number in rooms),
    )
    words = Names((UNKNOWN, *list(securities)[1:]), tuple(groups), standard)
    return Columns(people, cells, tuple(row), tuple(at), words)


def _shared(
    rows: Sequence[Person] | Sequence[Use], securities: Mapping[str, int]
) -> tuple[Ints, Ints, Ints, Ints]:
    return (
        _column(SEXES.get(one.sex, 0) for one in rows),
        _column(AGES.get(one.age, 0) for one in rows),
        _column(securities[one.security] for one in rows),
        _column(NEEDS.get(one.accessible, 0) for one in rows),
    )


def _codes(words: Iterable[str]) -> dict[str, int]:
    """A code for each word, in order; the empty word is 0."""
    return {word: code for code, word in enumerate(["", *sorted(set(words) - {""})])}


def _column(values: Iterable[int]) -> Ints:
    return np.fromiter(values, np.int64)
