"""What an earlier version wrote, this version verifies and reads: receipts live thirty years."""

import json
import shutil
from pathlib import Path

import pytest

from habeas.cli.main import run
from habeas.projection import simulate
from habeas.projection.parts import digest

VERSIONS = Path(__file__).parents[1] / "golden"
GOLDEN = VERSIONS / "v0.1.0"
# Leaves, and how many of them are pads.
SIZES = {
    "v0.1.0": (8448, 8223),
    "v0.2.0": (8448, 8220),
    "v0.3.0": (8448, 8216),
    "v0.4.0": (8448, 8150),
    "v0.5.0": (8448, 8150),
}


@pytest.fixture(params=SIZES)
def golden(request: pytest.FixtureRequest) -> Path:
    """What one version wrote."""
    return VERSIONS / str(request.param)


@pytest.fixture
def register(golden: Path, tmp_path: Path) -> Path:
    """The golden register under the names by which commands find its parts."""
    shutil.copy(golden / "person-keys.db", tmp_path / "person-keys.sqlite3")
    for name in ("person-keys.epoch-1.key", "trust.json"):
        shutil.copy(golden / name, tmp_path)
    return Path(shutil.copy(golden / "register.db", tmp_path / "register.sqlite3"))


def _asked(capsys: pytest.CaptureFixture[str], *call: str) -> dict[str, object]:
    capsys.readouterr()
    assert run([*call, "--json"]) == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_its_register_holds_and_every_event_of_it_is_read(
    golden: Path, register: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = _asked(capsys, "register", "verify", str(register))
    assert (found["verdict"], found["witnessed"], found["faults"]) == ("holds", True, [])
    assert (found["leaves"], found["pads"], found["unopened"]) == (*SIZES[golden.name], 0)


def test_its_export_holds(capsys: pytest.CaptureFixture[str]) -> None:
    trust = ["--trust", str(GOLDEN / "export-trust.json")]
    found = _asked(capsys, "register", "verify", str(GOLDEN / "export"), *trust)
    assert (found["verdict"], found["leaves"], found["unopened"]) == ("holds", 512, 0)


def test_its_receipt_is_valid(golden: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = ["register", "receipt", "--check", str(golden / "receipt.json")]
    assert run([*call, "--trust", str(golden / "trust.json")]) == 0
    assert "\nVALID\n" in capsys.readouterr().out


def test_a_family_still_finds_its_row(capsys: pytest.CaptureFixture[str]) -> None:
    roll = str(GOLDEN / "roll/2028-01-08.1.bin")
    token = str(GOLDEN / "roll/family.token")
    found = _asked(capsys, "locate", "--roll", roll, "--token-file", token)
    assert (found["status"], found["facility"], found["witnessed"]) == ("held", "TARTU", True)


def test_its_statement_is_billed_again_to_the_cent(
    golden: Path, register: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = ["fees", "statement", str(register), "--agreement", "SE-EE", "--month", "2027-07"]
    bill = _asked(capsys, *call)
    kept = json.loads((golden / "statement-2027-07.json").read_text())
    assert (bill["total_minor"], bill["person_days"]) == (kept["total_minor"], kept["person_days"])
    # A later version may say more of a line, never something else.
    lines = bill["lines"]
    assert isinstance(lines, list)
    assert [line | was for line, was in zip(lines, kept["lines"], strict=True)] == lines


def test_its_statement_is_read_and_exported(
    golden: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, saved = tmp_path / "books.beancount", golden / "statement-2027-07.json"
    assert run(["fees", "export", str(saved), "--out", str(out)]) == 0
    capsys.readouterr()
    assert "EUR" in out.read_text()


def test_it_goes_on_growing(
    golden: Path, register: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = _asked(capsys, "register", "show", str(register), "--last", "1")
    assert shown["size"] == SIZES[golden.name][0]
    receipt = register.with_name("again.json")
    assert run(["register", "receipt", str(register), "--out", str(receipt)]) == 0
    trust = ["--trust", str(golden / "trust.json")]
    assert run(["register", "receipt", "--check", str(receipt), *trust]) == 0


@pytest.mark.parametrize("golden", ["v0.4.0"], indirect=True)  # before it nothing was published
def test_its_public_month_is_reported(tmp_path: Path, register: Path, golden: Path) -> None:
    call = ["report", "monthly", str(register), "--agreement", "SE-EE", "--month", "2027-05"]
    more = ["--statistics", str(golden / "statistics"), "--out", str(tmp_path / "out")]
    assert run([*call, *more]) == 0
    (page,) = (tmp_path / "out").glob("*.html")
    assert "At its start: withheld." in page.read_text()


@pytest.mark.parametrize("golden", ["v0.5.0"], indirect=True)  # before it nothing was drawn
def test_its_draws_are_the_same_persons(golden: Path) -> None:
    """Of a plan that was kept, whatever the law has become since: bit for bit, on any machine."""
    kept = json.loads((golden / "projection/draws.json").read_text())
    plan = (golden / "projection/plan.json").read_bytes()
    found = simulate.run(plan, kept["seed"], 0, kept["draws"])
    assert digest(found) == kept["sha256"]
