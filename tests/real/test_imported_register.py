"""A generated register that reproduces a published series, through the importer of placements."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from habeas.adapters.importers import placement_schemas, slabs
from habeas.adapters.importers.placement_file import Placements
from habeas.adapters.importers.placement_part import Call
from habeas.docket.placements import INSTANT, CutOffs

pytestmark = pytest.mark.real
EPOCH = date(1970, 1, 1)


@pytest.fixture
def register(real_data: Path) -> pa.Table:
    """2,670,573 generated intervals, of nobody."""
    table = pq.read_table(real_data / "ice-custody" / "pseudo_register_2005_2024.parquet")
    for name in ("in_date", "out_date"):
        place = table.schema.get_field_index(name)
        table = table.set_column(place, name, table.column(name).cast(pa.date32()))
    return table


def test_r4_37_097_intervals_end_with_the_data_and_are_no_releases(register: pa.Table) -> None:
    ends = CutOffs()
    for batch in register.select(["out_date"]).to_batches():
        instants = batch.column(0).cast(pa.timestamp("s")).cast(INSTANT)
        ends.add(pa.record_batch({"t_out": instants}))
    last = (date(2024, 1, 5) - EPOCH).days * 86_400
    assert ends.found() == {last: 37_097}


def first_half(register: pa.Table) -> pa.Table:
    days = register.column("in_date")
    inside = [
        pc.call_function(name, [days, pa.scalar(day, days.type)])
        for name, day in (("greater_equal", date(2015, 1, 1)), ("less", date(2015, 7, 1)))
    ]
    return register.filter(pc.call_function("and", inside))


def imported(path: Path) -> Iterator[pa.RecordBatch]:
    call = Call("America/New_York", bytes(32))
    source = Placements(slabs.opened(path), placement_schemas.schema("uwchr"), call)
    for part in source.judged():
        assert part.refused == []
        yield part.taken


def test_90_112_intervals_come_out_as_they_went_in(register: pa.Table, tmp_path: Path) -> None:
    some = first_half(register)
    names = ("interval", "facility", "in_date", "out_date")
    columns = [some.column(name).cast(pa.utf8()).to_pylist() for name in names]
    head = (
        "anonymized_identifier|detention_facility_code|detention_book_in_date_and_time|"
        "detention_book_out_date_time"
    )
    lines = map("|".join, zip(*columns, strict=True))
    path = tmp_path / "in.txt"
    path.write_text("\n".join([head, *lines]))
    table = pa.Table.from_batches(imported(path))
    assert table.num_rows == 90_112
    for ours, theirs in (("day_in", "in_date"), ("day_out", "out_date")):
        found, wanted = (
            np.asarray(one.cast(pa.date32()).cast(pa.int32()))
            for one in (table.column(ours), some.column(theirs))
        )
        assert np.array_equal(found, wanted)
    assert table.column("facility").cast(pa.utf8()).equals(some.column("facility").cast(pa.utf8()))
