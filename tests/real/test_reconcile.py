"""Claims of one public custody system against its records, recomputed; no cause is invented.

It validates arithmetic only and says nothing about any agreement, state or person of this project.
"""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from habeas.cli.main import run

CENSUS = "taking the census at the start of the day instead of its end (dates one day later)"
DDP = "facility=facility,date=date,count=midnight,present=any_part_of_day"
UWCHR = "facility=facility,date=date,count=midnight"


def asked(capsys: pytest.CaptureFixture[str], *call: str) -> dict[str, Any]:  # Any: a document
    assert run(["fees", "reconcile", *call, "--json"]) == 1
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.real
def test_two_derivations_of_one_register_differ_by_the_side_of_the_census(
    real_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = real_data / "ice-custody"
    found = asked(
        capsys,
        *("--claim", str(folder / "midnight_uwchr_2005_2024.parquet"), "--columns", UWCHR),
        *("--series", str(folder / "daily_ddp_2022_2026.parquet"), "--register-columns", DDP),
        *("--from", "2022-10-02", "--to", "2024-01-03"),
    )
    assert [tuple(one.values()) for one in found["agreements"]] == [
        ("as it is", 59_513, 15_867, "26.66", "8.87"),
        (CENSUS, 59_518, 30_837, "51.81", "1.79"),
        ("dating each counted day one day earlier", 57_136, 11_574, "20.26", "13.20"),
    ]
    best = found["diagnosis"]["best"]
    assert (best["term"], best["change"], found["diagnosis"]["applied"]) == (
        "census_at",
        CENSUS,
        False,
    )
    only = {"only in the claim": [0, 0], "only on the register": [0, 0]}
    for one in found["facilities"]:
        if one["class"] in only:
            only[one["class"]][0] += 1
            only[one["class"]][1] += abs(one["difference_days"])
    assert only == {"only in the claim": [120, 15_722], "only on the register": [7, 1_873]}
    assert [one["cause"] for one in found["causes"]] == [
        "missing on one side",
        "day boundary",
        "not explained",
    ]
    net = sum(one["over_days"] - one["under_days"] for one in found["causes"])
    assert net == found["totals"]["claimed_days"] - found["totals"]["register_days"]


@pytest.mark.real
def test_official_person_days_are_not_the_derived_ones_and_no_cause_is_established(
    real_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = real_data / "ice-custody"
    with (folder / "facilities_2017.csv").open(newline="", encoding="utf-8") as file:
        rows = [
            (one["facility"], one["fy17_total_mandays"], one["fy17_calendar_days_in_use"])
            for one in csv.DictReader(file)
            if one["facility"] == "Redacted"
            or (one["fy17_total_mandays"].isdigit() and int(one["fy17_total_mandays"]) > 365)
        ]
    claim, out = tmp_path / "claim.csv", tmp_path / "lines.csv"
    with claim.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("facility", "days", "in_use"), *rows])
    found = asked(
        capsys,
        *("--claim", str(claim), "--out", str(out)),
        *("--series", str(folder / "midnight_uwchr_2005_2024.parquet")),
        *("--register-columns", UWCHR, "--from", "2016-10-01", "--to", "2017-10-01"),
    )
    claimed = [one for one in found["facilities"] if one["claimed_days"]]
    adelanto = next(one for one in claimed if one["facility"] == "ADLNTCA")
    assert len(claimed) == 207
    assert sum(one["claimed_days"] for one in claimed) == 13_894_122
    assert sum(one["register_days"] for one in claimed) == 13_384_417
    assert sum(one["difference_days"] < 0 for one in claimed) == 10
    assert (adelanto["claimed_days"], adelanto["register_days"]) == (625_414, 596_338)
    assert found["diagnosis"]["best"] is None
    assert "days the cause is not established" in found["diagnosis"]["sentence"]
    assert {one["cause"] for one in found["causes"]} == {"missing on one side", "not explained"}
    assert "(up to 372 of 365)" in found["claim"]["findings"][0]
    withheld = {one["code"] for one in found["claim"]["set_aside_rows"]}
    assert (found["claim"]["set_aside"], withheld) == (207, {"H755"})
    assert found["claim"]["rows"] == found["claim"]["taken"] + found["claim"]["set_aside"]
