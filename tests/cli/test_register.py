"""The operator's whole way on the command line: init, sign, append, show, verify, receipt."""

import json
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from habeas.adapters import key_files
from habeas.cli.main import run
from habeas.register.signing import keyid8
from office import AUTHORITIES, ONE, TWO, Office, Row

Captured = pytest.CaptureFixture[str]
Document = Callable[[Sequence[object]], tuple[int, Row]]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


@pytest.fixture
def running(office: Office, capsys: Captured) -> Office:
    """A register with the officers' keys, one person held, and a transfer proposed."""
    assert office.init() == 0
    assert office.append(office.sign(*map(office.enrolment, AUTHORITIES), keys="roots")) == 0
    assert office.append(office.sign(office.opened(), office.proposed())) == 0
    capsys.readouterr()
    return office


@pytest.fixture
def document(capsys: Captured) -> Document:
    """The exit status of a call, and the one JSON document that it prints."""

    def called(words: Sequence[object]) -> tuple[int, Row]:
        status = run([str(word) for word in words])
        found: Row = json.loads(capsys.readouterr().out)
        return status, found

    return called


def test_a_new_register_has_its_trust_file_beside_it(office: Office) -> None:
    assert office.init() == 0
    trust = json.loads(office.trust.read_text())
    roots = {name: office.key(name, root=True).hex() for name in AUTHORITIES}
    assert (trust["roots"], trust["demonstration"]) == (roots, True)
    assert trust["policy"].startswith("log log.example/se-ee+")


def test_a_register_is_made_once(running: Office) -> None:
    before = running.register.read_bytes(), running.trust.read_bytes()
    assert running.init() == 2
    assert (running.register.read_bytes(), running.trust.read_bytes()) == before


def test_the_whole_way_verifies(running: Office, document: Document) -> None:
    status, found = document(["register", "verify", running.register, "--json"])
    counts = [found[name] for name in ("leaves", "covered", "checkpoints", "witnessed")]
    assert (status, found["verdict"], found["faults"]) == (0, "holds", [])
    assert counts == [5, 5, 2, None]


def test_append_answers_indexes_and_size(running: Office, capsys: Captured) -> None:
    signed = running.sign(running.opened(TWO))
    capsys.readouterr()
    for _again in range(2):
        assert running.append(signed) == 0
        found = json.loads(capsys.readouterr().out)
        assert (found["indexes"], found["size"]) == ([5], 6)


def test_show_lists_events_with_their_entries(running: Office, document: Document) -> None:
    status, found = document(["register", "show", running.register, "--json"])
    assert (status, found["size"]) == (0, 5)
    kinds = ["key.enrolled"] * 3 + ["custody.opened", "case.proposed"]
    assert [row["event"]["type"] for row in found["records"]] == kinds


@pytest.mark.parametrize(
    ("more", "indexes"),
    [
        (["--kind", "custody.opened"], [3, 5]),
        (["--subject", TWO], [5]),
        (["--last", "2"], [4, 5]),
        (["--kind", "custody.opened", "--last", "1"], [5]),
        (["--subject", "p_" + "3" * 26], []),
    ],
)
def test_show_lists_one_kind_one_person_or_the_latest(
    running: Office, document: Document, more: list[str], indexes: list[int]
) -> None:
    document(running.append_words(running.sign(running.opened(TWO))))
    _, found = document(["register", "show", running.register, "--json", *more])
    assert [row["index"] for row in found["records"]] == indexes


def test_show_prints_a_table(running: Office, capsys: Captured) -> None:
    assert run(["register", "show", str(running.register)]) == 0
    printed = capsys.readouterr().out
    assert "5 leaves" in " ".join(printed.split())
    assert all(word in printed for word in ("custody.opened", "case.proposed", "SE-KVV"))


def _head(office: Office, document: Document) -> str:
    _, found = document(["register", "show", office.register, "--json", "--kind", "custody.opened"])
    return str(found["records"][0]["entry"])


def test_a_custody_event_is_drafted_from_the_head(running: Office, document: Document) -> None:
    assert running.append(running.sign(running.placed(_head(running, document)))) == 0
    assert run(["register", "verify", str(running.register)]) == 0


def _forbidden(office: Office, head: str) -> list[tuple[str, Row]]:
    lifted = office.draft("case.stay_lifted", "SE-COURT", "court", body={"order": "s-1"})
    unnumbered = office.draft("custody.placed", "SE-KVV", "custodian", body={"cell": "A1"})
    return [
        ("H601", office.opened() | {"seq": 1, "prev": head}),
        ("H601", office.proposed(TWO)),
        ("H601", office.proposed()),
        ("H602", office.placed(head, "EE-VANGLA")),
        ("H602", office.placed(head, "SE-KVV", "court")),
        ("H603", lifted),
        ("H611", office.placed(head, body={})),
        ("H611", unnumbered),
        ("H615", office.draft("correction", "SE-KVV", "custodian")),
    ]


def _kept(office: Office, *but: str) -> list[str]:
    """Everything that the register's file holds, row by row, but for some tables."""
    with closing(sqlite3.connect(office.register)) as raw:
        rows = list(raw.iterdump())
    return [row for row in rows if not any(f'INSERT INTO "{one}"' in row for one in but)]


def test_what_the_table_forbids_is_refused_with_exit_status_3(
    running: Office, document: Document, capsys: Captured
) -> None:
    before = _kept(running)
    for code, draft in _forbidden(running, _head(running, document)):
        signed = running.sign(draft)
        capsys.readouterr()
        assert running.append(signed) == 3, code
        assert capsys.readouterr().err.startswith(code)
    assert _kept(running) == before


def test_a_batch_with_one_forbidden_event_is_refused_whole(
    running: Office, capsys: Captured
) -> None:
    before = _kept(running)
    signed = running.sign(running.opened(TWO), running.proposed(TWO), running.proposed(TWO))
    assert running.append(signed) == 3
    assert "H601" in capsys.readouterr().err
    assert _kept(running) == before


def _wrong(office: Office) -> list[tuple[str, Row, str]]:
    root = keyid8(office.key("SE-KVV", root=True)).hex()
    actors = [{"authority": "SE-KVV", "role": "custodian", "key": root}]
    return [
        ("H535", office.opened(TWO) | {"occurred_at": "2026-03-02T12:05:01Z"}, "keys"),
        ("H531", office.opened(TWO) | {"seq": 1, "prev": "A" * 43 + "="}, "keys"),
        ("H533", office.opened(TWO) | {"id": "01JNQ7Z8M3K4V0T2R5X6000001"}, "keys"),
        ("H515", office.opened(TWO) | {"actors": actors}, "roots"),
    ]


def test_what_the_register_refuses_has_exit_status_2(running: Office, capsys: Captured) -> None:
    before = _kept(running)
    for code, draft, keys in _wrong(running):
        signed = running.sign(draft, keys=keys)
        capsys.readouterr()
        assert running.append(signed) == 2, code
        assert capsys.readouterr().err.startswith(code)
    assert _kept(running, "evidence") == before
    evidence = [row for row in _kept(running) if 'INSERT INTO "evidence"' in row]
    assert len(evidence) == 1  # of the event that came under an id that is taken


def test_only_the_logs_own_key_appends(running: Office, capsys: Captured) -> None:
    signed = running.sign(running.opened(TWO))
    key_files.write(running.log_key, "LOG", bytes([9]) * 32)
    assert running.append(signed) == 2
    assert "H537" in capsys.readouterr().err


def test_an_event_that_was_changed_after_signing_is_refused(
    running: Office, capsys: Captured
) -> None:
    signed = running.sign(running.opened(TWO))
    row = json.loads(signed.read_text())
    signed.write_text(json.dumps(row | {"sigblock": row["sigblock"][:-8] + "AAAAAAAA"}))
    capsys.readouterr()
    assert running.append(signed) == 2
    assert capsys.readouterr().err.startswith("H514")


def _check(office: Office) -> int:
    return run(["register", "receipt", "--check", str(office.folder / "receipt.json")])


def test_a_receipt_is_handed_out_and_checked(running: Office, capsys: Captured) -> None:
    assert run(["register", "receipt", str(running.register), "3"]) == 0
    assert _check(running) == 0
    printed, place = capsys.readouterr().out, "index 3 of a tree of 5"
    wanted = ("VALID, NOT WITNESSED", "DEMONSTRATION", "custody.opened", ONE, place)
    assert [word for word in wanted if word not in printed] == []


def test_a_receipt_has_a_proof_file_and_a_page(running: Office) -> None:
    assert run(["register", "receipt", str(running.register)]) == 0
    text = (running.folder / "receipt.txt").read_text("utf-8")
    proof = (running.folder / "receipt.tlog-proof").read_text("utf-8")
    assert json.loads((running.folder / "receipt.json").read_text())["proof"] == proof
    assert [word for word in ("case.proposed", "4 of 5 leaves") if word not in text] == []


def test_an_empty_register_has_no_receipt_and_no_checkpoint(
    office: Office, capsys: Captured
) -> None:
    assert office.init() == 0
    for command, status, code in (("receipt", 2, "H543"), ("verify", 1, "H556")):
        assert run(["register", command, str(office.register)]) == status
        assert code in capsys.readouterr().err
