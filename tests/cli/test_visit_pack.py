"""A visit's pack of the demonstration, and the calls that it names, at a terminal."""

import json
import shlex
from pathlib import Path

import pytest

from habeas.cli.main import run
from report_cases import Document, page, printed, taken

EE = ["--agreement", "SE-EE"]
AT = ["--as-of", "2027-11-20"]
SIZE = "1500"  # no checkpoint is of that size, and fewer are held as known later
NAME = f"visit-TARTU-2027-11-20-{SIZE}"
Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def lease(demo: Path) -> Path:
    return demo / "se-ee/register.sqlite3"


def packed(capsys: Captured, lease: Path, out: Path, *more: str) -> Document:
    capsys.readouterr()
    call = ["report", "visit", str(lease), *EE, *AT, "--size", SIZE, "--facility", "TARTU"]
    assert run([*call, "--out", str(out), "--json", *more]) == 0, capsys.readouterr().err
    found: Document = json.loads(capsys.readouterr().out)
    return found


def test_every_call_of_a_pack_gives_its_figure_again(
    lease: Path, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = packed(capsys, lease, tmp_path, "--seed", "draw 1,204: 4 8 15", "--count", "5")
    monkeypatch.chdir(lease.parent)
    known = dict[str, Document]()
    for one in told["figures"]:
        call, take = one["call"].rsplit(" | jq ", 1)
        if call not in known:
            capsys.readouterr()
            assert run(shlex.split(call)[1:]) in {0, 1}
            known[call] = json.loads(capsys.readouterr().out)
        (wanted,) = shlex.split(take)
        assert taken(known[call], wanted) == one["value"], one
    values = {one["figure"]: one["value"] for one in told["figures"]}
    assert int(values["held"]) > 50
    assert values["sample"] == "5"
    assert int(values["overdue"]) > 20


def test_every_figure_of_a_pack_is_shown_with_its_call(
    lease: Path, tmp_path: Path, capsys: Captured
) -> None:
    told = packed(capsys, lease, tmp_path)
    found = page(tmp_path, f"{NAME}.en")
    assert {one[1:] for one in found.value("href")} <= set(found.value("id"))
    typed = "\n".join(found.typed)
    for one in told["figures"]:
        call, take = one["call"].rsplit(" | jq ", 1)
        assert call in typed
        assert take in typed
    held = next(one["value"] for one in told["figures"] if one["figure"] == "held")
    assert "the 220 leaves after it stand under no checkpoint here" in found.words
    roll = next(table for table in found.tables if table[0][:2] == ["Register number", "Cell"])
    assert len(roll) - 1 == int(held)


def test_a_pack_is_the_same_each_time_and_says_whose_people_these_are(
    lease: Path, tmp_path: Path, capsys: Captured
) -> None:
    for out in ("a", "b"):
        packed(capsys, lease, tmp_path / out, "--language", "es")
    for end in ("html", "pdf"):
        one, other = (tmp_path / out / f"{NAME}.es.{end}" for out in ("a", "b"))
        assert one.read_bytes() == other.read_bytes()
    pages = printed(tmp_path / "a", f"{NAME}.es")
    assert [one for one in pages if "DEMOSTRACIÓN con personas sintéticas" not in one] == []


def test_a_pack_of_a_smaller_register_knows_less(
    lease: Path, tmp_path: Path, capsys: Captured
) -> None:
    call = ["report", "visit", str(lease), *EE, *AT, "--facility", "TARTU", "--json"]
    assert run([*call, "--size", "5", "--out", str(tmp_path / "r")]) == 2
    assert "H749" in capsys.readouterr().err
    assert run([*call, "--size", "99999999", "--out", str(tmp_path / "r")]) == 2
    assert "H717" in capsys.readouterr().err
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize(
    "command",
    [["custody", "roll"], ["custody", "segregation"], ["custody", "overstays"], ["duties", "list"],
     ["inquiry", "list"]],
)  # fmt: skip
def test_of_one_facility_a_command_tells_of_who_is_there(
    lease: Path, command: list[str], capsys: Captured
) -> None:
    def rows(*more: str) -> list[Document]:
        capsys.readouterr()
        run([*command, str(lease), *EE, *AT, "--json", *more])
        found: list[Document] = json.loads(capsys.readouterr().out)["rows"]
        return found

    every, here = rows(), rows("--facility", "TARTU")
    assert rows("--facility", "NOWHERE") == []
    assert [one for one in here if one not in every] == []
    if command == ["custody", "roll"]:
        assert here == [one for one in every if one["facility"] == "TARTU"]
