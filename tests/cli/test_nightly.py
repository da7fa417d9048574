"""A night's roll built by the command, the token by which a family finds a row, and the sum."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from habeas.cli.main import run

PERSONS = "200"
Call = Callable[..., int]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "D"
    assert run(["demo", "--dir", str(path), "--persons", PERSONS]) == 0
    # The demonstration's witnesses run in its own process: without them, as an authority alone.
    trust = path / "oas-a57/trust.json"
    said = json.loads(trust.read_text())
    said["policy"] = said["policy"].splitlines()[0] + "\nquorum none\n"
    trust.write_text(json.dumps(said, indent=1, sort_keys=True) + "\n")
    return path / "oas-a57"


@pytest.fixture
def call(folder: Path) -> Call:
    """A command about the register, with its agreement, its log's key and an officer's."""

    def called(*words: str, key: str = "--officer-key", officer: str = "SV-DGCP.0") -> int:
        register = str(folder / "register.sqlite3")
        pair = ["--sending", "US", "--receiving", "SV"]
        keys = ["--log-key", str(folder / "keys/log.key"), key, str(folder / f"keys/{officer}.key")]
        return run([*words, register, "--agreement", "OAS-A57", *pair, *keys])

    return called


def _build(call: Call, folder: Path, day: date, *more: str) -> int:
    words = ["register", "public-roll", "build", "--out", str(folder / "rolls"), "--side"]
    at = f"{day.isoformat()}T22:00:00Z"
    return call(
        *words, "receiving", "--court", "SV-COURT", "--as-of", at, *more, key="--registrar-key"
    )


def _held(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    register = str(folder / "register.sqlite3")
    capsys.readouterr()
    assert run(["register", "show", register, "--kind", "custody.placed", "--json"]) == 0
    found: str = json.loads(capsys.readouterr().out)["records"][-1]["event"]["subject"]
    return found


def _locate(folder: Path, day: date, token: str, capsys: pytest.CaptureFixture[str]) -> object:
    paper = folder / "paper.token"
    paper.write_text(token)
    roll = folder / f"rolls/{day.isoformat()}.1.bin"
    capsys.readouterr()
    run(["locate", "--roll", str(roll), "--token-file", str(paper), "--json"])
    return json.loads(capsys.readouterr().out)


def test_a_token_is_issued_found_revoked_and_the_nights_add_up(
    folder: Path, call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    person, first = _held(folder, capsys), date(2028, 6, 1)
    issue = ["register", "token", "issue", "--person", person, "--recipient", "family"]
    assert call(*issue, "--as-of", "2028-06-01T09:00:00Z") == 0
    token = capsys.readouterr().out.strip()
    assert _build(call, folder, first) == 0
    assert "no roll of the day before" in capsys.readouterr().err
    found = _locate(folder, first, token, capsys)
    assert isinstance(found, dict)
    assert (found["status"], found["facility"]) == ("held", "SV-PRISON-1")

    shown = ["register", "show", str(folder / "register.sqlite3"), "--kind", "token.issued"]
    assert run([*shown, "--json"]) == 0
    event = json.loads(capsys.readouterr().out)["records"][-1]["event"]
    assert token.replace("-", "") not in json.dumps(event)
    revoke = ["register", "token", "revoke", "--person", person, "--reason", "lost paper"]
    named = ["--token", event["body"]["token"], "--as-of", "2028-06-02T09:00:00Z"]
    assert call(*revoke, *named) == 0
    second = first + timedelta(days=1)
    assert _build(call, folder, second) == 0
    assert "It adds up" in capsys.readouterr().err
    found = _locate(folder, second, token, capsys)
    assert isinstance(found, dict)
    assert (found["status"], found["court"]) == ("ask", "SV-COURT")


def test_a_roll_is_built_once(folder: Path, call: Call, capsys: pytest.CaptureFixture[str]) -> None:
    day = date(2028, 7, 1)
    assert _build(call, folder, day) == 0
    before = (folder / "rolls/2028-07-01.1.bin").read_bytes()
    assert _build(call, folder, day) == 2
    assert "H589" in capsys.readouterr().err
    assert (folder / "rolls/2028-07-01.1.bin").read_bytes() == before
    assert _build(call, folder, day, "--issue", "2") == 0


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["issue", "--person", "p_" + "0" * 26, "--recipient", "family"], "H903"),
        (["issue", "--person", "HELD", "--recipient", "press"], "H587"),
        (["revoke", "--person", "HELD", "--token", "ab" * 32, "--reason", "r"], "H587"),
    ],
)
def test_a_token_for_nobody_is_one_sentence(
    folder: Path, call: Call, capsys: pytest.CaptureFixture[str], words: list[str], code: str
) -> None:
    person = _held(folder, capsys)
    given = [person if word == "HELD" else word for word in words]
    assert call("register", "token", *given, "--as-of", "2028-06-01T09:00:00Z") == 2
    told = capsys.readouterr().err.strip().splitlines()
    assert told[-1].startswith(code)
