"""A claim against a real register, its disputes, and every wrong call, through the command."""

import csv
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from claims import counted
from habeas.cli.main import run
from habeas.terms import Convention

EE = ["--agreement", "SE-EE"]
ZONE = "Europe/Tallinn"
FIRST, AFTER = date(2028, 2, 1), date(2028, 3, 1)
PERIOD = ["--month", "2028-02", "--currency", "EUR"]
Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def register(demo: Path) -> str:
    return str(demo / "se-ee/register.sqlite3")


def true_claim(
    register: str,
    capsys: pytest.CaptureFixture[str],
) -> Rows:
    """One row a stay under the receiving state, counted by midnights from the intervals."""
    capsys.readouterr()
    assert run(["custody", "intervals", register, *EE, "--json"]) == 0
    found, rows = [], json.loads(capsys.readouterr().out)["rows"]
    for row in rows:
        if row["custodian"] != "receiving" or row["status"] != "held":
            continue
        start = datetime.fromisoformat(row["start"])
        end = datetime.fromisoformat(row["end"] or "2028-06-01T00:00:00+00:00")
        first, after = counted(start, end, Convention.MIDNIGHT, ZONE)
        first, after = max(first, FIRST), min(after, AFTER)
        if after > first:
            days = str((after - first).days)
            found.append(
                {
                    "person": row["register_number"],
                    "facility": row["facility"],
                    "in": row["start"],
                    "out": row["end"],
                    "days": days,
                }
            )
    return found


def written(path: Path, rows: Rows) -> str:
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.DictWriter(file, list(rows[0]))
        out.writeheader()
        out.writerows(rows)
    return str(path)


def asked(capsys: pytest.CaptureFixture[str], status: int, *call: str) -> dict[str, Any]:
    capsys.readouterr()
    assert run([*call, "--json"]) == status
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_a_claim_of_what_the_register_holds_matches(
    register: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    claim = written(tmp_path / "c.csv", true_claim(register, capsys))
    call = ["fees", "reconcile", register, *EE, "--claim", claim, *PERIOD]
    found = asked(capsys, 0, *call)
    assert (found["matches"], found["totals"]["gross_days"]) == (True, 0)
    bill = asked(capsys, 0, "fees", "statement", register, *EE, "--month", "2028-02")
    assert found["totals"]["register_days"] == bill["person_days"]["billed"]
    assert run(call) == 0
    assert "Every day and amount agrees." in capsys.readouterr().out


def test_a_claim_by_another_rule_is_diagnosed_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    held, claimed = [], []
    for number in range(24):
        start = datetime(2026, 2, 1 + number % 9, 16, tzinfo=UTC)
        length = 4 + number % 5
        end = start + timedelta(days=length, hours=-2)
        name = {"person": f"p{number}", "facility": "A"}
        held.append({**name, "in": start.isoformat(), "out": end.isoformat()})
        days = length + (1 if number < 20 else 9)  # the last four were billed on
        row = {"in": str(start.date()), "out": str(end.date()), "days": str(days)}
        claimed.append({**name, **row})
    stays, claim = written(tmp_path / "s.csv", held), written(tmp_path / "c.csv", claimed)
    call = ["fees", "reconcile", "--stays", stays, "--zone", "America/El_Salvador"]
    found = asked(capsys, 1, *call, "--claim", claim, "--month", "2026-02")
    assert found["totals"]["overclaimed_days"] == 20 + 4 * 9
    assert found["diagnosis"]["sentence"] == (
        "Counting departures too (calendar instead of midnight) explains 20 of 20 overclaimed "
        "days, and would bring 4 new ones."
    )
    causes = {one["cause"]: one["over_days"] for one in found["causes"]}
    assert causes == {"counting rule": 20, "plausibility": 36}
    assert found["diagnosis"]["applied"] is False


def test_own_numbers_and_codes_are_aligned_by_dated_aliases(
    register: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = true_claim(register, capsys)
    place = rows[0]["facility"]
    own = [
        {**row, "person": f"EE{number}", "facility": "VANGLA"} for number, row in enumerate(rows)
    ]
    numbers = [("person", f"EE{n}", row["person"], "", "") for n, row in enumerate(rows)]
    codes = [
        ("facility", "VANGLA", place, "2020-01-01", ""),
        ("facility", "VANGLA", "X", "", "2020-01-01"),
    ]
    with (tmp_path / "a.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(
            [("what", "claim", "register", "from", "until"), *numbers, *codes]
        )
    call = [
        "fees",
        "reconcile",
        register,
        *EE,
        "--claim",
        written(tmp_path / "c.csv", own),
        *PERIOD,
    ]
    assert asked(capsys, 1, *call)["unmatched"]["persons_only_in_claim"] == len(
        {r["person"] for r in own}
    )
    found = asked(capsys, 0, *call, "--aliases", str(tmp_path / "a.csv"))
    assert (found["matches"], found["against"]["aliases_count"]) == (True, len(rows) + 2)


def test_quantities_of_a_month_are_compared_with_the_register(
    register: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    days = asked(capsys, 0, "fees", "statement", register, *EE, "--month", "2028-02")
    held = days["person_days"]["billed"]
    place = true_claim(register, capsys)[0]["facility"]
    for claimed, status in ((held, 0), (held + 7, 1)):
        rows = [{"facility": place, "month": "2028-02", "days": str(claimed), "in_use": "29"}]
        claim = written(tmp_path / "q.csv", rows)
        found = asked(capsys, status, "fees", "reconcile", register, *EE, "--claim", claim, *PERIOD)
        assert found["totals"]["overclaimed_days"] == claimed - held


def test_lines_are_opened_disputed_answered_and_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "s.csv").write_text(
        "person,facility,in,out\np,A,2026-02-02,2026-02-09\nq,A,2026-02-02,2026-02-09\n"
    )
    (tmp_path / "c.csv").write_text(
        "person,facility,in,out,rate\np,A,2026-02-02,2026-02-20,46.25\n"
    )
    out, file = tmp_path / "lines.csv", str(tmp_path / "d.jsonl")
    call = [
        "--claim",
        str(tmp_path / "c.csv"),
        "--stays",
        str(tmp_path / "s.csv"),
        "--out",
        str(out),
    ]
    assert run(["fees", "reconcile", *call, "--month", "2026-02", "--currency", "USD"]) == 1
    said = ["--officer", "T-1", "--why", "February", "--as-of"]
    opened = ["fees", "dispute", "open", file, "--lines", str(out), "--by", "sending", *said]
    assert run([*opened, "2026-03-01"]) == 0
    assert run([*opened, "2026-03-01"]) == 3  # they are open
    lines = {
        one["cause"]: one for one in asked(capsys, 0, "fees", "dispute", "list", file)["lines"]
    }
    assert {cause: one["days"] for cause, one in lines.items()} == {
        "": 0,
        "missing on one side": -7,
        "not explained": 11,
    }
    name = lines["not explained"]["line"]
    answer = ["fees", "dispute", "answer", file, name, *said]
    assert run([*answer, "2026-03-02", "--to", "disputed", "--by", "sending"]) == 0
    capsys.readouterr()
    assert run([*answer, "2026-03-03", "--to", "withdrawn", "--by", "receiving"]) == 3
    assert "H758" in capsys.readouterr().err
    assert run([*answer, "2026-03-03", "--to", "conceded", "--by", "receiving"]) == 0
    found = asked(capsys, 0, "fees", "dispute", "list", file)
    assert (found["moves"], found["payable_minor"], found["waiting"]) == (5, 7 * 4625, 1)
    assert run(["fees", "dispute", "list", file, "--seen", found["head"]]) == 0
    assert found["head"] in capsys.readouterr().out
    whole = Path(file).read_bytes().splitlines(keepends=True)
    Path(file).write_bytes(b"".join(whole[:-1]))
    assert run(["fees", "dispute", "list", file, "--seen", found["head"]]) == 2
    Path(file).write_bytes(b"".join(whole[:1] + whole[2:]))
    assert run(["fees", "dispute", "list", file]) == 2
    assert capsys.readouterr().err.count("H757") == 2


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (["--month", "2026-02"], "H901"),
        (["--stays", "S"], "H901"),
        (["--stays", "S", "--series", "S", "--month", "2026-02"], "H901"),
        (["nowhere.sqlite3", "--month", "2026-02"], "H901"),
        (["--stays", "S", "--month", "2026-2"], "H903"),
        (["--stays", "S", "--from", "2026-02-01", "--to", "2026-02-01"], "H725"),
        (["--stays", "S", "--month", "2026-02", "--rate", "1e9"], "H903"),
        (["--stays", "S", "--month", "2026-02", "--zone", "Mars/North"], "H711"),
        (["--stays", "S", "--month", "2026-02", "--try-zone", "Mars/North"], "H711"),
        (["--stays", "S", "--month", "2026-02", "--convention", "lunar"], "H903"),
        (["--stays", "S", "--month", "2026-02", "--convention", "block24"], "H760"),
        (["--stays", "S", "--month", "2026-02", "--columns", "who=person"], "H752"),
        (["--stays", "nowhere.csv", "--month", "2026-02"], "H902"),
        (["--stays", "S", "--month", "2026-02", "--aliases", "S"], "H756"),
        (["--series", "D", "--month", "2026-02"], "H760"),
        (["--stays", "S", "--month", "2026-02", *EE, "--currency", "USD"], "H754"),
    ],
)
def test_a_call_that_is_wrong_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str], code: str
) -> None:
    (tmp_path / "s.csv").write_text("person,facility,in,out\np,A,2026-02-02,2026-02-09\n")
    (tmp_path / "d.csv").write_text("facility,date,count\nA,2026-02-02,3\n")
    names = {"S": str(tmp_path / "s.csv"), "D": str(tmp_path / "d.csv")}
    call = [names.get(word, word) for word in more]
    assert run(["fees", "reconcile", *call, "--claim", names["S"]]) == 2
    said = capsys.readouterr()
    assert (said.out, code in said.err, len(said.err.splitlines())) == ("", True, 1)


def test_a_claim_of_which_no_row_can_be_read_is_told_and_is_no_agreement(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "s.csv").write_text("person,facility,in,out\np,A,2026-02-02,2026-02-09\n")
    (tmp_path / "c.csv").write_text("person,facility,in,out\np,A,soon,later\n")
    call = ["--claim", str(tmp_path / "c.csv"), "--stays", str(tmp_path / "s.csv")]
    out = tmp_path / "lines.csv"
    assert run(["fees", "reconcile", *call, "--month", "2026-02", "--out", str(out)]) == 2
    said = capsys.readouterr()
    assert "H751" in said.err
    assert (tmp_path / "lines.quarantine.csv").read_text().count("H751") == 1
