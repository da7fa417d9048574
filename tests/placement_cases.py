"""Files of placements as the two public forms have them, and the command that reads them."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

NEVER = {"birth_year": "QX1981", "citizenship_country": "QXLAND", "gender": "QXG",
         "religion": "QXR", "most_serious_conviction": "QXC", "race": "QXA",
         "case_threat_level": "QXT", "suspected_gang_yes_no": "QXN"}  # fmt: skip
ROW = {
    "anonymized_identifier": "person-a", "stay_book_in_date_time": "2020-01-01 09:00:00",
    "detention_book_in_date_and_time": "2020-01-01 10:00:00",
    "detention_book_out_date_time": "2020-01-05 12:00:00",
    "stay_book_out_date_time": "2020-02-01 10:00:00", "detention_facility_code": "AAA",
    "detention_facility": "A HALL", "area_of_responsibility": "North",
    "detention_release_reason": "Transferred", "stay_release_reason": "Released", "recid": "7",
    "stayid": "person-a_1", "placement_count": "1", "stay_count": "1", "filename": "one.xlsx",
}  # fmt: skip
SHORT = {"person": "anonymized_identifier", "start": "detention_book_in_date_and_time",
         "end": "detention_book_out_date_time", "code": "detention_facility_code",
         "stay_start": "stay_book_in_date_time"}  # fmt: skip


class Imported:
    """What one call of `custody import` wrote."""

    def __init__(self, folder: Path, status: int, printed: str, notes: str) -> None:
        self.folder, self.status, self.notes = folder, status, notes
        self.told: dict[str, Any] = json.loads(printed) if printed else {}

    @property
    def rows(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = pq.read_table(self.folder / "out.parquet").to_pylist()
        return found

    def table(self, name: str) -> list[dict[str, str]]:
        with (self.folder / name).open(newline="") as file:
            return list(csv.DictReader(file))

    def written(self) -> str:
        names = ("out.quarantine.csv", "out.possible-duplicates.csv")
        files = [self.folder / name for name in names]
        texts = [path.read_text() for path in files if path.exists()]
        return "\n".join([str(self.rows), json.dumps(self.told), self.notes, *texts])


Import = Callable[..., Imported]
