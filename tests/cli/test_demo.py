"""The main job: one command, the whole way, the same bytes for the same seed."""

import json
from pathlib import Path

import pytest

from habeas.cli.main import run
from habeas.register.locator import printed

PERSONS = "500"  # as the demonstration of conftest has


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.no_cover  # the same lines again and again
def test_the_same_seed_gives_the_same_bytes_in_every_file(demo: Path) -> None:
    before = contents(demo)
    assert run(["demo", "--dir", str(demo), "--persons", PERSONS, "--seed", "7"]) == 0
    after = contents(demo)
    assert [name for name in before if before[name] != after.get(name)] == []
    assert set(before) == set(after)


def test_another_seed_gives_other_people(demo: Path, tmp_path: Path) -> None:
    assert run(["demo", "--dir", str(tmp_path / "D"), "--persons", PERSONS, "--seed", "8"]) == 0
    name = "us-sv-2025/docket.csv"
    assert (tmp_path / "D" / name).read_bytes() != (demo / name).read_bytes()


def test_every_page_bill_and_receipt_says_that_it_is_a_demonstration(demo: Path) -> None:
    pages = [*demo.rglob("*.txt"), *(demo / "se-ee/statements").glob("*.json")]
    assert [page.name for page in pages if "DEMONSTRATION" not in page.read_text()] == []
    assert len(pages) > 48


def test_nobody_is_eligible_under_the_offer_of_2025(
    demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        run(["screen", str(demo / "us-sv-2025/docket.csv"), "--as-of", "2026-11-21", "--json"]) == 0
    )
    counts = json.loads(capsys.readouterr().out)["counts"]
    assert (counts["eligible"], counts["quarantined"]) == (0, 0)


@pytest.mark.parametrize("story", ["oas-a57", "se-ee"])
def test_its_registers_verify(demo: Path, story: str) -> None:
    assert run(["register", "verify", str(demo / story / "register.sqlite3")]) == 0


def test_the_tampered_copy_does_not_verify_and_names_the_index(
    demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = [
        "register",
        "verify",
        str(demo / "tampered/register.sqlite3"),
        "--trust",
        str(demo / "oas-a57/trust.json"),
        "--keys",
        str(demo / "oas-a57/person-keys.sqlite3"),
        "--json",
    ]
    assert run(call) == 1
    named = (demo / "tampered/README.txt").read_text().split("name index ")[1].split(".")[0]
    assert json.loads(capsys.readouterr().out)["faults"][0]["where"] == f"index {named}"


def test_its_receipt_verifies_with_the_trust_file_alone(
    demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["register", "receipt", str(demo / "oas-a57/receipt.json"), "--check"]) == 0
    assert "\nVALID\n" in capsys.readouterr().out


def test_a_family_finds_its_row_and_a_stranger_learns_that_there_is_none(
    demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nights = sorted((demo / "se-ee/rolls").glob("*.bin"))
    assert len(nights) == 7
    call = ["locate", "--roll", str(nights[-1]), "--json", "--token-file"]
    assert run([*call, str(demo / "se-ee/family.token")]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["status"], found["facility"], found["witnessed"]) == ("held", "TARTU", True)
    stranger = demo / "stranger.token"
    stranger.write_text(printed(bytes(16)))
    assert run([*call, str(stranger)]) == 1
    assert json.loads(capsys.readouterr().out)["found"] is False
    stranger.unlink()


def test_every_forbidden_act_was_attempted_and_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["demo", "--dir", str(tmp_path / "D"), "--persons", PERSONS]) == 0
    out = capsys.readouterr().out
    codes = {word for word in out.split() if word.startswith("H6") and len(word) == 4}
    assert codes == {"H601", "H602", "H603", "H604", "H605", "H606", "H608", "H609", "H610", "H614"}


def statements(demo: Path) -> list[dict[str, object]]:
    return [
        json.loads(path.read_text()) for path in sorted((demo / "se-ee/statements").glob("*.json"))
    ]


def test_every_statement_sums_and_accounts_for_every_person_day(demo: Path) -> None:
    for found in statements(demo):
        lines, days = found["lines"], found["person_days"]
        assert isinstance(lines, list)
        assert isinstance(days, dict)
        assert sum(line["amount_minor"] for line in lines) == found["total_minor"]
        assert days["billed"] + days["not_billed"] + days["undecided"] == days["all"]


def test_the_guarantee_is_paid_from_the_first_month(demo: Path) -> None:
    totals = [found["total_minor"] for found in statements(demo)]
    assert (len(totals), min(totals, key=str)) == (24, 255_000_000)


def test_a_folder_of_other_files_is_never_cleared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    assert run(["demo", "--dir", str(tmp_path), "--persons", PERSONS]) == 2
    assert capsys.readouterr().err.startswith("H905")
    assert (tmp_path / "letter.txt").read_text() == "mine"


@pytest.mark.parametrize("call", [["--persons", "3"], ["--as-of", "soon"], ["--persons", "x"]])
def test_a_demonstration_that_cannot_be_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], call: list[str]
) -> None:
    assert run(["demo", "--dir", str(tmp_path / "D"), *call]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
