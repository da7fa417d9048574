"""A published case of overbilling, on synthetic register numbers, found without being told.

Figures: DHS Office of Inspector General, OIG-07-08 (November 2006), table 2: eight persons billed
for 24, 8, 24, 28, 62, 26, 28 and 8 days too many at 46.25, printed amounts that add up to 9,621
under a printed total of 9,620, and two persons held for 36 days who were never billed.
"""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from habeas.cli.main import run

RATE = 4625
OVER = (24, 8, 24, 28, 62, 26, 28, 8)
PRINTED = (1110, 370, 1110, 1295, 2868, 1203, 1295, 370)  # dollars, each rounded half up
UNBILLED = (20, 16)
TRUE = 16  # days held and billed of every other row: whole dollars
IN, PERIOD = date(2005, 1, 10), ["--from", "2005-01-01", "--to", "2005-07-01"]
COLUMNS = "person=number,facility=place,in=from,out=until,days=days,rate=rate,amount=billed"


def days(count: int) -> str:
    return (IN + timedelta(days=count)).isoformat()


def stays() -> str:
    held = [f"R-{n:02d},PIEDMONT,{IN},{days(TRUE)}" for n in range(20)]
    held += [f"R-{30 + n},PIEDMONT,{IN},{days(length)}" for n, length in enumerate(UNBILLED)]
    return "\n".join(["person,facility,in,out", *held]) + "\n"


def whole_claim() -> str:
    """Every stay with its own days, eight of them billed on: printed to the dollar."""
    rows, total = [], 0
    for n in range(20):
        more, printed = (OVER[n], PRINTED[n]) if n < len(OVER) else (0, 0)
        amount = TRUE * RATE // 100 + printed
        rows.append(f"R-{n:02d},PIEDMONT,{IN},{days(TRUE + more)},{TRUE + more},46.25,{amount}")
        total += TRUE * RATE // 100
    return "\n".join(
        ["number,place,from,until,days,rate,billed", *rows, f"TOTAL,,,,,,{total + 9620}"]
    )


def table_alone() -> str:
    """The table as printed: the days billed too many, as rows of their own."""
    rows = [
        f"R-{n:02d},PIEDMONT,{days(40)},{days(40 + more)},{more},46.25,{printed}"
        for n, (more, printed) in enumerate(zip(OVER, PRINTED, strict=True))
    ]
    return "\n".join(["number,place,from,until,days,rate,billed", *rows, "Total,,,,,,9620"])


def reconciled(
    folder: Path, capsys: pytest.CaptureFixture[str], claim: str, *more: str
) -> dict[str, object]:
    (folder / "claim.csv").write_text(claim)
    (folder / "stays.csv").write_text(stays())
    call = ["fees", "reconcile", "--claim", str(folder / "claim.csv"), "--columns", COLUMNS]
    call += ["--stays", str(folder / "stays.csv"), *PERIOD, "--currency", "USD", *more]
    assert run([*call, "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    assert run(call) == 1
    page = capsys.readouterr().out
    assert max(map(len, page.splitlines())) <= 100
    return {**found, "page": page}


def test_what_was_billed_too_much_and_never_is_found_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = reconciled(tmp_path, capsys, whole_claim())
    of = found["totals"]
    assert isinstance(of, dict)
    assert {key: of[key] for key in of if key.startswith(("over", "under", "gross", "net"))} == {
        "overclaimed_days": 208,
        "underclaimed_days": 36,
        "gross_days": 244,
        "net_days": 172,
        "overclaimed_minor": 962_000,
        "underclaimed_minor": 166_500,
        "gross_minor": 1_128_500,
        "net_minor": 795_500,
    }
    assert "USD 11,285.00" in str(found["page"])
    assert "USD 7,955.00" in str(found["page"])


def test_each_person_has_a_line_of_just_the_days_billed_too_many(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "lines.csv"
    reconciled(tmp_path, capsys, whole_claim(), "--out", str(out))
    lines = [line.split(",") for line in out.read_text().splitlines()[1:]]
    over = {line[1]: int(line[9]) for line in lines if line[6] == "not explained"}
    unbilled = {line[1]: line[9] for line in lines if line[6] == "missing on one side"}
    assert over == {f"R-{n:02d}": more for n, more in enumerate(OVER)}
    assert unbilled == {"R-30": "-20", "R-31": "-16"}


def test_no_change_of_rule_is_blamed_for_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = reconciled(tmp_path, capsys, whole_claim())["diagnosis"]
    assert isinstance(told, dict)
    assert (told["best"], "Of 208 days the cause is not established" in told["sentence"]) == (
        None,
        True,
    )


def test_the_rounding_of_each_row_and_the_printed_total_are_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = reconciled(tmp_path, capsys, table_alone())
    claim, causes = found["claim"], found["causes"]
    assert isinstance(claim, dict)
    assert isinstance(causes, list)
    assert claim["printed_totals"] == [
        {
            "row": 10,
            "printed_minor": 962_000,
            "rows_minor": 962_100,
            "exact_minor": 962_000,
            "off_minor": -100,
        }
    ]
    rounding = [one for one in causes if one["cause"] == "rounding"]
    assert [(one["lines"], one["minor"]) for one in rounding] == [(2, 100)]
    assert "rounded half up to whole units" in str(found["page"])


def test_the_causes_sum_to_the_claim_less_the_register(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for claim in (whole_claim(), table_alone()):
        found = reconciled(tmp_path, capsys, claim)
        causes, of = found["causes"], found["totals"]
        assert isinstance(causes, list)
        assert isinstance(of, dict)
        assert sum(one["minor"] for one in causes) == of["difference_minor"]
        assert of["difference_minor"] == of["claimed_minor"] - of["register_minor"]
