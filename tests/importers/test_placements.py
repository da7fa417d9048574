"""What becomes of a published record: taken, marked or set aside, and always counted."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from habeas.cli.main import run
from placement_cases import Import, Imported

OTHER = {"person": "person-b"}
INSTANT = "2020-03-01 10:00:00"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def marks(found: Imported) -> list[str]:
    return [row["marks"] for row in found.rows]


def codes(found: Imported) -> list[str]:
    return [row["code"] for row in found.table("out.quarantine.csv")]


def adds_up(found: Imported) -> bool:
    told = found.told
    return bool(told["rows"] == told["accepted"] + told["flagged"] + told["quarantined"])


def test_a_placement_becomes_one_half_open_interval(import_rows: Import) -> None:
    (row,) = import_rows([{}]).rows
    assert (row["facility"], row["t_in"], row["t_out"], row["marks"]) == (
        "AAA", at("2020-01-01 10:00:00"), at("2020-01-05 12:00:00"), "",
    )  # fmt: skip
    assert (row["day_in"], row["day_out"]) == (date(2020, 1, 1), date(2020, 1, 5))


def test_clock_times_become_instants_of_the_declared_zone(import_rows: Import) -> None:
    (row,) = import_rows([{"start": "2020-07-01 23:30:00", "end": ""}], zone="America/Chicago").rows
    assert (row["t_in"], row["day_in"]) == (at("2020-07-02 04:30:00"), date(2020, 7, 1))


def test_r4_an_open_placement_has_no_end_and_a_day_as_of_which_it_is_open(
    import_rows: Import,
) -> None:
    (row,) = import_rows([{"end": ""}], "--as-of", "2024-01-04").rows
    assert (row["t_out"], row["day_out"], row["as_of"]) == (None, None, date(2024, 1, 4))
    assert marks(import_rows([{"end": ""}])) == ["open_without_as_of"]


def test_r5_an_interval_that_ends_before_it_starts_is_set_aside_and_the_import_goes_on(
    import_rows: Import,
) -> None:
    found = import_rows([{"end": "2019-12-31 10:00:00"}, OTHER])
    assert (codes(found), len(found.rows), adds_up(found)) == (["H464"], 1, True)
    assert "in.txt:2: H464 it ends before it starts (quarantined)" in found.notes


def test_an_interval_of_no_second_is_set_aside_but_a_day_known_alone_is_not(
    import_rows: Import,
) -> None:
    found = import_rows(
        [
            {"end": "2020-01-01 10:00:00"},
            {"start": "2020-01-01", "end": "2020-01-01"},
            {"start": "2020-01-01 10:00:00", "end": "2020-01-01", **OTHER},
        ]
    )
    assert (codes(found), marks(found)) == (["H465"], ["same_day", "same_day"])
    assert [(row["in_by_day"], row["out_by_day"]) for row in found.rows] == [
        (True, True), (False, True),
    ]  # fmt: skip
    assert all(row["t_in"] <= row["t_out"] for row in found.rows)


@pytest.mark.parametrize(
    ("start", "code"),
    [
        ("1/2/20", "H463"), ("20-01-02", "H463"), ("4/6/2015", "H462"), ("2020-02-30", "H462"),
        ("2020-01-02 25:00:00", "H462"), ("1,234", "H462"), ("3.84", "H462"), ("", "H466"),
        ("1066-10-14", "H462"), ("b(6), b(7)c", "H466"),
    ],
)  # fmt: skip
def test_r20_a_time_that_is_not_of_the_declared_form_is_set_aside(
    import_rows: Import, start: str, code: str
) -> None:
    found = import_rows([{"start": start}, OTHER])
    assert (codes(found), len(found.rows), adds_up(found)) == ([code], 1, True)


def test_a_withheld_end_is_no_open_end(import_rows: Import) -> None:
    assert codes(import_rows([{"end": "Redacted"}])) == ["H466"]


def test_the_form_of_dates_is_declared_never_guessed(import_rows: Import) -> None:
    rows = [{"start": "4/6/2015 1:05 PM", "end": "", "stay_start": "4/6/2015"}]
    (month_first,) = import_rows(rows, "--dates", "mdy").rows
    (day_first,) = import_rows(rows, "--dates", "dmy").rows
    assert (month_first["t_in"], day_first["t_in"]) == (
        at("2015-04-06 13:05:00"), at("2015-06-04 13:05:00"),
    )  # fmt: skip


def test_a_time_that_the_zone_skips_is_set_aside_and_one_shown_twice_is_the_earlier(
    import_rows: Import,
) -> None:
    rows = [
        {"start": "2020-03-08 02:30:00", "end": ""},
        {"start": "2020-11-01 01:30:00", "end": "", **OTHER},
    ]
    found = import_rows(rows, "--as-of", "2021-01-01", zone="America/New_York")
    assert (codes(found), marks(found)) == (["H467"], ["shown_twice"])
    assert found.rows[0]["t_in"] == at("2020-11-01 05:30:00")


def test_r10_withheld_text_is_a_value_of_its_own_and_never_a_key(import_rows: Import) -> None:
    found = import_rows(
        [
            {"person": "b(6), b(7)c", "code": "Redacted"},
            {"person": "b(6), b(7)c", "code": "B4", "start": "2020-01-02"},
            {"person": "person-c", "code": "Redacted", "start": "2020-01-03"},
        ]
    )
    assert [row["subject"] is None for row in found.rows] == [True, True, False]
    assert [row["facility"] for row in found.rows] == [None, None, None]
    assert found.rows[0]["withheld"] == "person: b(6), b(7)c; facility: Redacted"
    assert found.told["totals_exclude"]["facility_withheld"] == 3
    assert found.told["totals_exclude"]["person_withheld"] == 2
    told = {(one["of"], one["text"]): one["rows"] for one in found.told["withheld"]}
    assert told == {
        ("person", "b(6), b(7)c"): 2, ("facility", "Redacted"): 2, ("facility", "B4"): 1,
    }  # fmt: skip
    assert all(one["by"].startswith("US Immigration") for one in found.told["withheld"])


def test_r7_with_a_key_a_repetition_is_a_duplicate_and_without_one_it_may_be(
    import_rows: Import,
) -> None:
    nobody = {"person": ""}
    found = import_rows([{}, {}, nobody, nobody, {**nobody, "detention_release_reason": "Bond"}])
    assert (codes(found), adds_up(found)) == (["H468"], True)
    assert marks(found) == [
        "", "person_missing", "person_missing possible_duplicate", "person_missing",
    ]  # fmt: skip
    assert [row["row"] for row in found.table("out.possible-duplicates.csv")] == ["5"]


def test_two_placements_of_one_person_that_differ_are_no_duplicates(import_rows: Import) -> None:
    found = import_rows([{}, {"code": "BBB"}, {"end": "2020-01-06"}, {"start": "2020-01-02"}])
    assert (found.told["accepted"], found.told["quarantined"]) == (4, 0)


def test_a_stay_may_begin_before_its_first_placement_and_both_are_kept(
    import_rows: Import,
) -> None:
    found = import_rows(
        [
            {},
            {**OTHER, "stay_start": "2020-01-02 10:00:00"},
            {"person": "c", "stay_start": "1/2/20"},
        ]
    )
    assert marks(found) == ["", "outside_its_stay", "stay_unread"]
    assert found.rows[0]["stay_in"] == at("2020-01-01 09:00:00")


def test_r19_days_come_from_placements_never_from_first_in_and_last_out(
    import_rows: Import,
) -> None:
    # A person received in every second month of six years: half the time between is not custody.
    months = [(year, month) for year in range(2014, 2020) for month in range(1, 13, 2)]
    whole = {"stay_start": "2014-01-01", "stay_book_out_date_time": "2019-11-29"}
    rows = [
        whole | {"start": f"{year}-{month:02}-01", "end": f"{year}-{month:02}-29"}
        for year, month in months
    ]
    found = import_rows([row for row in rows if row["start"] != "2015-03-01"])
    first_to_last = (date(2019, 11, 29) - date(2014, 1, 1)).days
    assert found.told["midnights_of_closed"] == 28 * (len(months) - 1)
    assert found.told["midnights_of_closed"] < first_to_last / 2


def test_the_days_of_an_import_are_those_that_custody_counts(
    import_rows: Import, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    rows = [{"person": f"p-{n}", "end": f"2020-02-{n + 1:02} 05:00:00"} for n in range(28)]
    found = import_rows([*rows, {"end": ""}], zone="Asia/Tokyo")
    columns = "facility=facility,in=day_in,out=day_out"
    path = str(tmp_path / "out.parquet")
    assert run(["custody", "person-days", "--stays", path, "--columns", columns, "--json"]) == 0
    counted = json.loads(capsys.readouterr().out)
    assert counted["person_days"] == found.told["midnights_of_closed"] == sum(range(31, 59))
    assert (counted["open"], found.told["totals_exclude"]["open"]) == (1, 1)


def test_what_happens_after_the_day_of_the_file_is_marked(import_rows: Import) -> None:
    found = import_rows([{}, {**OTHER, "end": "2020-02-02"}], "--as-of", "2020-02-01")
    assert marks(found) == ["", "after_as_of"]


def test_r4_many_ends_at_one_instant_are_the_end_of_an_export_not_releases(
    import_rows: Import,
) -> None:
    rows = [
        {"person": f"p-{n}", "end": f"2020-02-{n % 28 + 1:02} 0{n % 9}:{n % 60:02}:00"}
        for n in range(300)
    ]
    rows += [{"person": f"q-{n}", "end": "2020-03-05 00:00:00"} for n in range(150)]
    found = import_rows(rows)
    assert found.told["cut_offs"] == {"2020-03-05T00:00:00+00:00": 150}
    assert (marks(found).count("cut_off"), found.told["flagged"], adds_up(found)) == (
        150,
        150,
        True,
    )


def test_no_row_is_lost_where_lines_cannot_be_split(tmp_path: Path, import_file: Import) -> None:
    path = tmp_path / "odd.csv"
    head = "anonymized_identifier,book_in_date_time,book_out_date_time,detention_facility_code"
    good = b"a,2020-01-01,2020-01-02,AAA"
    lines = [head.encode(), good, b'"b,2020-01-01,,AAA', b"c,2020-01-01", b"d,\xff,,AAA"]
    lines += [b'"e, f",2020-01-01,,"A ""B"""', b"", b"g,2020-01-01,,AAA\r"]
    path.write_bytes(b"\n".join(lines))
    found = import_file(path, "--as-of", "2021-01-01", schema="ddp")
    assert [(one["row"], one["code"]) for one in found.table("out.quarantine.csv")] == [
        ("3", "H469"), ("4", "H469"), ("5", "H469"),
    ]  # fmt: skip
    assert [(row["row"], row["facility"]) for row in found.rows] == [
        (2, "AAA"), (6, 'A "B"'), (8, "AAA"),
    ]  # fmt: skip
    assert adds_up(found)


def stints(**columns: object) -> pa.Table:
    base = {
        "unique_identifier": ["a", "b"], "detention_facility_code": ["AAA", "BBB"],
        "book_in_date_time": pa.array([0, 10**12], pa.timestamp("us", "UTC")),
        "detention_book_out_date_time": pa.array([None, date(2020, 1, 1)], pa.date32()),
    }  # fmt: skip
    return pa.table({**base, **columns})


def test_the_older_names_of_a_release_are_read_as_the_newer(
    tmp_path: Path, import_file: Import
) -> None:
    path = tmp_path / "old.parquet"
    pq.write_table(stints(), path)
    found = import_file(path, "--as-of", "2021-01-01", schema="ddp", zone="America/New_York")
    # The label UTC is a tool's: the clock times are those of the declared zone.
    assert [row["t_in"] for row in found.rows] == [
        at("1970-01-01 05:00:00"), at("1970-01-12 18:46:40"),
    ]  # fmt: skip
    assert [row["out_by_day"] for row in found.rows] == [None, True]
    assert found.told["days_alone"] == ["end"]


def test_what_the_publisher_calls_a_duplicate_is_marked_or_set_aside(
    tmp_path: Path, import_file: Import
) -> None:
    path = tmp_path / "marked.parquet"
    pq.write_table(stints(duplicate_likely=[True, True], duplicate_drop_row=[False, True]), path)
    found = import_file(path, "--as-of", "2021-01-01", schema="ddp")
    assert (marks(found), codes(found)) == (["likely_duplicate"], ["H473"])


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"book_in_date_time": [1.5, 2.5]}, "H470"),
        ({"book_in_date_time": pa.array([0, 1], pa.timestamp("s", "Asia/Tokyo"))}, "H470"),
        ({"unique_identifier": [1.5, 2.5]}, "H470"),
    ],
)
def test_a_column_of_another_type_is_refused(
    tmp_path: Path, import_file: Import, columns: dict[str, Any], code: str
) -> None:
    path = tmp_path / "typed.parquet"
    pq.write_table(stints(**columns), path)
    found = import_file(path, schema="ddp")
    assert (found.status, code in found.notes, found.told) == (2, True, {})
    assert not (tmp_path / "out.parquet").exists()


def test_every_missing_column_is_told_at_once(tmp_path: Path, import_file: Import) -> None:
    path = tmp_path / "few.csv"
    path.write_text("anonymized_identifier,x\na,b\n")
    found = import_file(path)
    assert (found.status, found.notes.count("H461")) == (2, 3)
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith("out")] == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--schema", "none"], "H460"), (["--dates", "any"], "H903"), (["--zone", "Mars"], "H711"),
        (["--as-of", "today"], "H903"), (["--out", "x.doc"], "H902"),
    ],
)  # fmt: skip
def test_a_wrong_call_is_one_sentence_with_its_code(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, words: list[str], code: str
) -> None:  # fmt: skip
    path = tmp_path / "in.csv"
    path.write_text("a\n1\n")
    call = {"--schema": "ddp", "--zone": "UTC", "--out": str(tmp_path / "o.parquet")}
    call |= dict(zip(words[::2], words[1::2], strict=True))
    status = run(["custody", "import", str(path), *(w for pair in call.items() for w in pair)])
    assert (status, code in capsys.readouterr().err) == (2, True)


def test_a_file_where_every_row_is_unusable_is_a_wrong_input(import_rows: Import) -> None:
    found = import_rows([{"start": ""}])
    assert (found.status, found.told["quarantined"], adds_up(found)) == (2, 1, True)
