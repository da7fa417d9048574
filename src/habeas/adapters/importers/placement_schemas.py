"""Two public forms of placement records, as tables of columns. Only what stands here is read.

`ddp`: stints of the Deportation Data Project (deportationdata/ice, code/detention-stints-latest.R).
`uwchr`: placements of the University of Washington Center for Human Rights (UWCHR/ice-detain).
Where a release renamed a column, both names stand; the first that a file has is read. `stint_ID`
is the person's identifier, the start and the code in one text: it is not read, since those are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from habeas.docket.denied import denied
from habeas.errors import DocketError, Fault, SetupError

NEEDED = ("person", "start", "end", "code")


@dataclass(frozen=True, slots=True)
class PlacementSchema:
    """The columns of one public form: what each says, and its names."""

    name: str
    publisher: str  # who released or withheld
    columns: Mapping[str, Sequence[str]]

    def __post_init__(self) -> None:
        names = [name for found in self.columns.values() for name in found]
        if refused := denied(names):
            what = f"schema '{self.name}' names {', '.join(refused)}"
            raise SetupError(Fault("H460", what, "Such columns about a person are never read."))

    def picked(self, names: Sequence[str], file: str) -> dict[str, str]:
        """What a file has of each thing: the thing, and the name of its column.

        Raises:
            DocketError: H461 for each needed column that is missing.
        """
        found = {
            what: column
            for what, known in self.columns.items()
            if (column := next((name for name in known if name in names), None)) is not None
        }
        faults = [
            Fault(
                "H461",
                f"no column '{self.columns[what][0]}'",
                f"The schema {self.name} needs {' or '.join(self.columns[what])}.",
                file,
            )
            for what in NEEDED
            if what not in found
        ]
        if faults:
            raise DocketError(*faults)
        return found


SCHEMAS = {
    schema.name: schema
    for schema in (
        PlacementSchema(
            "ddp",
            "US Immigration and Customs Enforcement, by the Deportation Data Project",
            {
                "person": ("anonymized_identifier", "unique_identifier"),
                "stay": ("stay_ID",),
                "stay_start": ("stay_book_in_date_time",),
                "start": ("book_in_date_time",),
                "end": ("book_out_date_time", "detention_book_out_date_time"),
                "stay_end": ("stay_book_out_date_time", "stay_book_out_date"),
                "code": ("detention_facility_code",),
                "facility_name": ("detention_facility",),
                "reason": ("detention_release_reason",),
                "stay_reason": ("stay_release_reason",),
                "likely": ("duplicate_likely", "likely_duplicate"),
                "drop": ("duplicate_drop_row",),
                "file": ("file_original",),
                "sheet": ("sheet_original",),
                "source_row": ("row_original",),
            },
        ),
        PlacementSchema(
            "uwchr",
            "US Immigration and Customs Enforcement, by the UW Center for Human Rights",
            {
                "person": ("anonymized_identifier",),
                "stay": ("stayid",),
                "stay_start": ("stay_book_in_date_time",),
                "start": ("detention_book_in_date_and_time",),
                "end": ("detention_book_out_date_time",),
                "stay_end": ("stay_book_out_date_time",),
                "code": ("detention_facility_code",),
                "facility_name": ("detention_facility",),
                "area": ("area_of_responsibility",),
                "reason": ("detention_release_reason",),
                "stay_reason": ("stay_release_reason",),
                "source_row": ("recid",),
                "placements": ("placement_count",),
                "stays": ("stay_count",),
                "file": ("filename",),
            },
        ),
    )
}


def schema(name: str) -> PlacementSchema:
    """A public form by its name.

    Raises:
        SetupError: H460.
    """
    if name not in SCHEMAS:
        fix = f"Use {' or '.join(SCHEMAS)}."
        raise SetupError(Fault("H460", f"no schema '{name[:64]}'", fix))
    return SCHEMAS[name]
