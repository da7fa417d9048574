"""habeas erase: the plan, the execution, and the list of what is unfinished."""

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from erasure_cases import LATE, Case, closed, made, opened, person, trust
from habeas.adapters import key_files
from habeas.cli.main import run
from habeas.law.library import Library
from habeas.register.log import Signed
from habeas.service import record

Row = dict[str, Any]
Captured = pytest.CaptureFixture[str]
Document = Callable[[Sequence[object]], tuple[int, Row]]
SEATS = (
    ("A", "SE", '"custodian"'),
    ("A-DATA", "SE", '"data_protection"'),
    ("B", "EE", '"custodian"'),
    ("B-DATA", "EE", '"data_protection"'),
    ("COURT", "EE", '"court"'),
    ("CLINIC", "EE", '"health"'),
)


def library(folder: Path, retention: str) -> Path:
    """A folder with one agreement of one's own, between the authorities of the test."""
    text = Library().agreements["SE-EE"][0].text
    text = text.replace('id = "SE-EE"', 'id = "T"').replace("SEEE-", "OWN-")
    text = re.sub(r"\[\[authorities\]\].*?(?=\[workflow\])", "", text, flags=re.DOTALL)
    text = text.replace("return_margin_months = 1\n", f"return_margin_months = 1\n{retention}")
    seats = "".join(
        f'[[authorities]]\nid = "{name}"\nstate = "{state}"\n'
        f'name = {{en = "Body", es = "Cuerpo"}}\nroles = [{roles}]\n\n'
        for name, state, roles in SEATS
    )
    (folder / "agreements").mkdir(parents=True)
    text = text.replace("[workflow]", f"{seats}[workflow]")
    (folder / "agreements" / "t.toml").write_text(text)
    return folder


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two persons who were released, with trust file, keys and library; never to be changed."""
    folder = tmp_path_factory.mktemp("shop")
    closed(made(folder, 2))
    (folder / "trust.json").write_text(trust().text)
    for name, authority in (("log", "LOG"), ("B/0", "B"), ("A-DATA/0", "A-DATA")):
        key_files.write(folder / f"{authority}.key", authority, _seed(name))
    library(folder / "own", "retention_days = 1000\n")
    library(folder / "silent", "")
    return folder


def _seed(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


@pytest.fixture
def folder(shop: Path, tmp_path: Path) -> Path:
    """A copy of the shop."""
    return Path(shutil.copytree(shop, tmp_path / "shop"))


@pytest.fixture
def document(capsys: Captured) -> Document:
    """The exit status of a call, and the one JSON document that it prints."""

    def called(words: Sequence[object]) -> tuple[int, Row]:
        capsys.readouterr()
        status = run([*map(str, words), "--json"])
        found: Row = json.loads(capsys.readouterr().out or "{}")
        return status, found

    return called


def words(folder: Path, *more: object, own: str = "own") -> list[object]:
    base = ["erase", folder / "register.sqlite3", "--agreement", "T", "--library", folder / own]
    return [*base, "--as-of", LATE.isoformat(), *more]


def signed(folder: Path, *persons: int) -> list[object]:
    """The options that execute the erasure of some persons."""
    case: Case = opened(folder)
    drafts: list[Signed] = [case.erased(case.indexes(number)) for number in persons]
    closed(case)
    (folder / "erased.jsonl").write_text(record.write_signed(drafts))
    keys = ["--log-key", folder / "LOG.key", "--key", folder / "B.key"]
    return ["--signed", folder / "erased.jsonl", *keys]


def test_an_agreement_without_a_retention_refuses(folder: Path, capsys: Captured) -> None:
    more = ["--plan", "--person", person(0)]
    assert run([str(word) for word in words(folder, *more, own="silent")]) == 3
    told = capsys.readouterr().err
    assert told.startswith("H618 T states no retention")
    assert person(0) in told


def test_no_shipped_agreement_states_a_retention() -> None:
    stated = [deal.workflow.retention_days for _, deal in Library().agreements.values()]
    assert stated == [None] * 6


def test_within_the_retention_only_sections_may_go(folder: Path, document: Document) -> None:
    call = [*words(folder, "--plan", "--person", person(0))]
    call[call.index("--as-of") + 1] = "2027-06-01"
    assert document(call)[0] == 3
    status, found = document([*call, "--sections", "medical"])
    assert (status, found["what"], found["sections"]) == (0, "sections", ["medical"])


@pytest.mark.parametrize(
    ("more", "status"),
    [
        (["--plan"], 2),
        (["--plan", "--person", "p_" + "9" * 26], 2),
        (["--plan", "--person", person(0), "--sections", "facility"], 2),
        (["--signed", "absent.jsonl"], 2),
    ],
)
def test_a_call_that_names_too_little_or_what_is_not_there_is_told(
    folder: Path, more: list[str], status: int, capsys: Captured
) -> None:
    assert run([str(word) for word in words(folder, *more)]) == status
    assert re.match(r"H\d{3} ", capsys.readouterr().err)


def test_who_asked_does_not_execute(folder: Path, capsys: Captured) -> None:
    call = words(folder, *signed(folder, 0)[:-1], folder / "A-DATA.key")
    assert run([str(word) for word in call]) == 3
    assert capsys.readouterr().err.startswith("H619")


def test_a_plan_says_what_goes_and_what_stays(folder: Path, capsys: Captured) -> None:
    assert run([str(word) for word in words(folder, "--plan", "--person", person(0))]) == 0
    shown = capsys.readouterr().out
    assert "the whole content of 3 events would go for ever" in shown
    assert "Receipts in other hands still verify" in shown


def test_what_was_signed_is_executed_and_the_register_still_holds(
    folder: Path, document: Document
) -> None:
    status, found = document(words(folder, *signed(folder, 0)))
    assert (status, [one["keys"] for one in found["erased"]]) == (0, [3])
    verify = ["register", "verify", folder / "register.sqlite3"]
    status, report = document([*verify, "--keys", folder / "person-keys.sqlite3"])
    assert (status, report["verdict"], report["erased"]) == (0, "holds", 3)
    assert document(words(folder)) == (0, {"unfinished": [], "habeas": found["habeas"]})


def test_the_same_call_again_changes_nothing(folder: Path, document: Document) -> None:
    call = words(folder, *signed(folder, 0, 1))
    first = document(call)
    size = (folder / "register.sqlite3").stat().st_size
    assert document(call) == first
    assert (folder / "register.sqlite3").stat().st_size == size


def test_an_erasure_that_was_stopped_is_listed_and_goes_on(
    folder: Path, document: Document, capsys: Captured
) -> None:
    call = words(folder, *signed(folder, 0))
    case = opened(folder)
    batch = record.read_signed((folder / "erased.jsonl").read_text(), "erased.jsonl")
    case.log.append(batch, LATE, publish=True)  # and stopped before the keys went
    closed(case)
    status, found = document(words(folder))
    assert (status, [one["left"] for one in found["unfinished"]]) == (1, [3])
    assert run([str(word) for word in words(folder)]) == 1
    assert "Unfinished erasures" in capsys.readouterr().out
    assert (document(call)[0], document(words(folder))[0]) == (0, 0)


def test_an_erasure_is_never_appended_like_another_event(folder: Path, capsys: Captured) -> None:
    signed(folder, 0)
    more = ["--agreement", "T", "--library", folder / "own", "--log-key", folder / "LOG.key"]
    call = ["register", "append", folder / "register.sqlite3", folder / "erased.jsonl", *more]
    assert run([*map(str, call), "--as-of", LATE.isoformat()]) == 3
    assert capsys.readouterr().err.startswith("H619")
