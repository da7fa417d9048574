"""Published tables as they are: signs for what is missing, notes in labels, names that change."""

from collections import Counter
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from habeas.adapters.importers import odd_file
from habeas.docket.facilities import candidates, naming
from habeas.docket.odd_cells import State
from habeas.docket.odd_tables import Reading
from habeas.docket.plausible import Monthly, parts, series

pytestmark = pytest.mark.real
REPORTS = {"p19t08": 53, "p19t11": 53, "p19t17": 51, "p19t18": 53, "p19at01": 42}


def bjs(real_data: Path, name: str) -> Reading:
    path = real_data / "us-prisons-monthly" / f"bjs_{name}.csv"
    return odd_file.read(path, odd_file.schema(f"bjs-{name}"))


def table(real_data: Path, folder: str, file: str, name: str) -> Reading:
    return odd_file.read(real_data / folder / file, odd_file.schema(name))


def names(reading: Reading) -> dict[str, str]:
    rows = (row.cells for row in reading.rows)
    return {
        str(row["facility"].value): row["name"].text
        for row in rows
        if row["facility"].state is State.VALUE
    }


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_r18_no_line_of_a_report_is_lost(real_data: Path, name: str) -> None:
    found = bjs(real_data, name)
    assert (len(found.rows), found.quarantined) == (REPORTS[name], [])
    assert found.lines == len(found.rows) + len(found.headings) + found.noted
    assert found.headings in ([], ["State"])
    assert len(found.above) == 10


def test_r18_and_r8_held_elsewhere_is_a_number_of_its_own(real_data: Path) -> None:
    found = bjs(real_data, "p19t18")
    rows = {row.cells["jurisdiction"].value: row.cells for row in found.rows}
    total = rows["U.S. total"]
    assert (total["private_2019"].value, total["jails_2019"].value) == (115_954, 78_625)
    assert total["private_2019"].text == "115,954"
    assert (str(total["private_change"].value), total["private_change"].unit) == ("-2.1", "%")
    assert rows["California"]["jurisdiction"].notes == ("d", "e")
    assert found.notes["d"].startswith("California ceased to house prisoners")
    assert rows["Delaware"]["private_2019"].state is State.NOT_APPLICABLE
    oregon = rows["Oregon"]["private_2019"]
    assert (oregon.state, oregon.reason, oregon.text) == (State.UNKNOWN, "not reported", "/")


def test_r18_each_sign_has_a_reason_of_its_own(real_data: Path) -> None:
    found = bjs(real_data, "p19t17")
    assert found.states("rated") >= Counter(
        {("unknown", "not available"): 3, ("unknown", "not reported"): 3}
    )
    assert found.states("share_of_lowest")["unknown", "not calculated"] >= 1
    assert {":", "/", "..."} == {*found.legend}


def test_r18_an_encoding_is_declared_never_guessed(real_data: Path) -> None:
    failing = []
    for name in REPORTS:
        data = (real_data / "us-prisons-monthly" / f"bjs_{name}.csv").read_bytes()
        try:
            data.decode()
        except UnicodeDecodeError:
            failing.append(name)
    assert len(failing) == 3


def test_r11_three_states_with_the_text_beside_them(real_data: Path) -> None:
    first = table(real_data, "ice-custody", "facilities_2015.csv", "facilities-2015")
    second = table(real_data, "ice-custody", "facilities_2017.csv", "facilities-2017")
    assert first.states("capacity")["unknown", "as needed"] == 49
    assert second.states("capacity")["unknown", "as needed"] == 1_536
    assert {
        row.cells["capacity"].text for row in first.rows if row.cells["capacity"].value is None
    } == {"AS NEEDED"}
    ratings = Counter(row.cells["inspection_rating"].text for row in first.rows)
    assert ratings == {
        "Acceptable": 131, "Pending": 63, "Meets Standard": 13,
        "Special Review - Pre-Occupancy": 2,
    }  # fmt: skip
    assert first.states("inspection_rating") == {
        ("value", ""): 146, ("unknown", "pending"): 63,
    }  # fmt: skip
    assert second.states("authorization_status")["unknown", "not inspected"] == 1_445
    status = Counter(row.cells["authorization_status"].value for row in second.rows)
    assert (status["AUTHORIZED"], status["USE PROHIBITED"]) == (228, 12)


def test_r11_the_form_of_days_is_declared_per_column(real_data: Path) -> None:
    srms = table(real_data, "segregation", "srms_2017_2023.csv", "srms-2017-2023").rows[0].cells
    nwdc = table(real_data, "segregation", "nwdc_log_2015_2020.csv", "nwdc-2015-2020").rows[0].cells
    assert srms["reported"].value == datetime(2023, 8, 17, 16, 53)  # noqa: DTZ001 - as written
    assert nwdc["in_date"].value == date(2015, 1, 3)
    assert (srms["reported"].text, nwdc["in_date"].text) == ("2023-08-17T16:53", "1/3/2015")


def test_r10_a_withheld_rate_is_no_rate(real_data: Path) -> None:
    found = table(real_data, "ice-custody", "facilities_2015.csv", "facilities-2015")
    hidden = [row.cells["per_diem_text"] for row in found.rows]
    hidden = [one for one in hidden if one.state is State.WITHHELD]
    assert {(one.text, one.value, one.reason) for one in hidden} == {("B4", None, "B4")}
    assert len(hidden) == 4


def test_r9_names_change_and_are_shared_and_never_join(real_data: Path) -> None:
    old = names(table(real_data, "ice-custody", "facilities_2015.csv", "facilities-2015"))
    new = names(table(real_data, "ice-custody", "facilities_2017.csv", "facilities-2017"))
    ddp = names(table(real_data, "ice-custody", "facility_names_ddp.csv", "facility-names"))
    first, second = naming(old, new), naming(new, ddp)
    assert (first.both, len(first.renamed)) == (209, 6)
    # Letter by letter; with runs of blanks made one the two are 5 and 232.
    assert (second.both, len(second.renamed)) == (511, 233)
    plain = [
        {code: " ".join(name.split()) for code, name in one.items()} for one in (old, new, ddp)
    ]
    assert [len(naming(*pair).renamed) for pair in (plain[:2], plain[1:])] == [5, 232]
    srms = table(real_data, "segregation", "srms_2017_2023.csv", "srms-2017-2023")
    spelled = {str(row.cells["facility_name"].value) for row in srms.rows}
    assert len(spelled) == 126
    # Letter by letter 5 are names of the code table, and 43 without " (ST)"; without case 6 and 44.
    for write, found in ((str, (5, 43)), (str.upper, (6, 44))):
        table_of = {code: write(name) for code, name in plain[2].items()}
        told = [write(name) for name in spelled]
        exact = sum(bool(candidates(name, table_of)) for name in told)
        without = {name.rsplit(" (", 1)[0] for name in told}
        assert (exact, sum(bool(candidates(name, table_of)) for name in without)) == found


def test_r16_parts_are_never_above_the_whole_and_the_rest_is_a_class(real_data: Path) -> None:
    columns = ["any_part_of_day", "male", "female"]
    found = pq.read_table(
        real_data / "ice-custody" / "daily_ddp_2022_2026.parquet", columns=columns
    )
    rows = parts(*(found.column(name).to_pylist() for name in columns))
    assert (rows.not_recorded, rows.above) == (17_037, ())


def test_r17_months_repeat_and_parts_are_inferred(real_data: Path) -> None:
    read = table(real_data, "us-prisons-monthly", "populations_states.csv", "prison-populations")
    found = series(
        Monthly(
            str(cells["state"].value),
            date.fromisoformat(cells["date"].text),
            Fraction(str(cells["population"].value)),
            "inferred" in cells["data_or_inferred"].text,
        )
        for cells in (row.cells for row in read.rows)
    )
    assert (found.rows, found.inferred, len(found.repeated)) == (8_307, 3_460, 186)


def test_both_flow_series_of_prisons_are_read_whole(real_data: Path) -> None:
    found = table(real_data, "us-prisons-monthly", "admissions_releases_states.csv", "prison-flows")
    assert (len(found.rows), found.quarantined) == (1_065, [])
    assert len({row.cells["state"].value for row in found.rows}) == 12
