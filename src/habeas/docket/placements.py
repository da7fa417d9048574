"""Placements of a published custody record as half-open intervals: columns, marks and reasons.

A row of a source is taken, taken with marks, or set aside with a reason; the three add up to the
rows that came. A mark is a fact about a row that whoever uses it must know, and is never mended.
"""

from dataclasses import dataclass, field
from enum import IntFlag
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from habeas.docket.tally import Tally

Ints = NDArray[np.int64]
MANY, TIMES = 100, 10  # ends at one instant: so many, and so many times the average instant
INSTANT = pa.timestamp("s", "UTC")
WORDS = pa.dictionary(pa.int32(), pa.utf8())


class Mark(IntFlag):
    """What must be known of a placement that was taken."""

    OPEN_WITHOUT_AS_OF = 1  # no end, and the call does not say of which day the file is
    PERSON_WITHHELD = 2
    PERSON_MISSING = 4
    FACILITY_WITHHELD = 8
    FACILITY_MISSING = 16
    FACILITY_UNMATCHED = 32  # the alias table knows no such code on that day
    SAME_DAY = 64  # begins and ends on one day, and the source gives days alone
    SHOWN_TWICE = 128  # a clock time that the zone shows twice; the earlier is taken
    AFTER_AS_OF = 256
    POSSIBLE_DUPLICATE = 512  # equal to an earlier row, without a person and a place to tell
    LIKELY_DUPLICATE = 1024  # the publisher says so
    OUTSIDE_ITS_STAY = 2048  # begins before the stay that it belongs to
    STAY_UNREAD = 4096  # the stay's own times cannot be read
    CUT_OFF = 8192  # ends with so many others that it may be the export's end, not a release

    @property
    def word(self) -> str:
        """As it stands in a file."""
        return (self.name or "").lower()


SCHEMA = pa.schema(
    [
        ("row", pa.int64()),  # line of a text file, row of another, from 1
        ("subject", pa.utf8()),  # keyed hash; null where the source names no person
        ("stay", pa.utf8()),  # keyed hash of the source's stay
        ("facility", WORDS),  # the user's own id; the code where there is no alias table
        ("facility_code", WORDS),  # as in the source; null where withheld or missing
        ("facility_name", WORDS),  # as in the source: to be read, never a key
        ("area", WORDS),
        ("t_in", INSTANT),
        ("t_out", INSTANT),  # null: open as of the day in `as_of`
        ("day_in", pa.date32()),  # civil days in the declared zone
        ("day_out", pa.date32()),
        ("in_by_day", pa.bool_()),  # the source gives the day alone: t_in is its first second
        ("out_by_day", pa.bool_()),
        ("as_of", pa.date32()),  # of an open placement
        ("stay_in", INSTANT),
        ("stay_out", INSTANT),
        ("reason_out", WORDS),  # in the source's words
        ("stay_reason_out", WORDS),
        ("withheld", WORDS),  # which of person and facility, and under what
        ("source_row", pa.int64()),  # the publisher's own numbers
        ("source_placement", pa.int64()),
        ("source_stay", pa.int64()),
        ("source_file", WORDS),
        ("source_sheet", WORDS),
        ("marks", pa.int32()),
    ]
)


class Refused(NamedTuple):
    """A row that was set aside."""

    row: int
    code: str
    what: str
    fix: str
    cells: dict[str, str]  # times and facility alone: never what names a person


@dataclass(frozen=True, slots=True)
class Judged:
    """Some rows of a source."""

    taken: pa.RecordBatch  # of SCHEMA
    refused: list[Refused]
    size: int  # of the source, for the progress

    @property
    def rows(self) -> int:
        """Rows that came."""
        return len(self.refused) + int(self.taken.num_rows)


@dataclass(slots=True)
class CutOffs:
    """Ends that fall on one instant in such numbers that they may be the end of the export."""

    tally: Tally = field(default_factory=Tally)

    def add(self, taken: pa.RecordBatch) -> None:
        """Count the ends of some placements."""
        ends = taken.column("t_out").drop_null().cast(pa.int64())
        self.tally.add(np.asarray(ends).astype(np.int64))

    def found(self) -> dict[int, int]:
        """Instants, in seconds, with their number of ends; in order of time."""
        at, many = self.tally.counts()
        if not len(at):
            return {}
        least = max(MANY, TIMES * -(-int(many.sum()) // len(at)))
        places = np.flatnonzero(many >= least)
        return {int(at[place]): int(many[place]) for place in places}


def with_cut_offs(taken: pa.RecordBatch, instants: Ints) -> pa.RecordBatch:
    """The same placements, those that end at one of the instants marked."""
    ends = taken.column("t_out").cast(pa.int64())
    known = np.asarray(ends.is_valid())
    here = np.zeros(len(known), np.bool_)
    here[known] = np.isin(np.asarray(ends.drop_null()), instants)
    marks = np.asarray(taken.column("marks")) | np.where(here, int(Mark.CUT_OFF), 0)
    place = taken.schema.get_field_index("marks")
    return taken.set_column(place, "marks", pa.array(marks.astype(np.int32)))


def worded(taken: pa.RecordBatch) -> pa.RecordBatch:
    """The same placements with their marks as words, separated by blanks."""
    marks, places = np.unique(np.asarray(taken.column("marks")), return_inverse=True)
    told = [" ".join(mark.word for mark in Mark(int(one))) for one in marks]
    column = pa.DictionaryArray.from_arrays(
        pa.array(places.astype(np.int32)), pa.array(told, pa.utf8())
    )
    return pa.RecordBatch.from_arrays([*taken.columns[:-1], column], schema=TOLD)


TOLD = pa.schema([*list(SCHEMA)[:-1], pa.field("marks", WORDS)])
