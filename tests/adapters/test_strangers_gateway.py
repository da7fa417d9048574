"""A family asks, end to end by command: taken, answered, opened; and a request that is decided."""

import json
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from secrets import token_bytes
from typing import Any

import pytest

import acting
import gateways
from acting import DEAL, ONE, Story
from habeas.adapters import letterbox_files, register_files
from habeas.adapters.letterbox_files import ANSWERS, BOX, Shelf, SqliteLetterbox
from habeas.cli import clock
from habeas.cli.main import run
from habeas.errors import SetupError
from habeas.register import locator
from habeas.register.waiting import Standing
from habeas.service import letterbox, locate, tokens
from habeas.service.letterbox import Request

UNDER = ["--agreement", DEAL, "--sending", "US", "--receiving", "SV"]
COURT = ["--reader", "US-COURT/court", "--purpose", "requests of the week"]
HOUR = timedelta(hours=1)
Found = dict[str, Any]  # Any: a document
Said = pytest.CaptureFixture[str]


@pytest.fixture
def held(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A register whose gateway is up, and the token of the one person in it."""
    path = acting.installed(tmp_path / "both", "US", "SV")
    with register_files.opened(path) as files:
        words, inner = tokens.issue(files.keys, ONE, "family", token_bytes)
    start = clock.instant(None)[1] - 4 * HOUR
    with gateways.running(path), gateways.asking(path) as caller:
        story = Story(caller, start=start)
        caller.ask(acting.replace(story.asked("custody.opened"), facility="US-1"))
        story.act("token.issued", ["US-BOP:custodian"], 1, **inner)
        yield path, words


def put(path: Path, sealed: bytes) -> None:
    """Put something in, as the page does."""
    with closing(SqliteLetterbox(path.with_name(BOX), token_bytes)) as box:
        assert box.put(sealed, clock.instant(None)[1].date())


def told(said: Said, status: int, *call: str) -> Found:
    said.readouterr()
    assert run([*call, "--json"]) == status, said.readouterr().err
    found: Found = json.loads(said.readouterr().out)
    return found


@contextmanager
def server(path: Path) -> Iterator[str]:
    """Somebody who answers `POST /locate` out of the file of answers."""

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            key = self.rfile.read(int(self.headers["Content-Length"]))
            held = Shelf(path.with_name(ANSWERS)).answers()
            assert held is not None
            answer = locate.sealed(held, key, held.day, b"")[1]
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
            """Say nothing."""

    with ThreadingHTTPServer(("localhost", 0), Answering) as found:
        thread = threading.Thread(target=found.serve_forever, daemon=True)
        thread.start()
        yield f"http://localhost:{found.server_port}"
        found.shutdown()
        thread.join()


def test_a_family_asks_is_answered_and_counted_with_everybody(
    held: tuple[Path, str], tmp_path: Path, capsys: Said
) -> None:
    (path, words), paper, file = held, tmp_path / "paper", tmp_path / "answer.json"
    paper.write_text(words)
    public = letterbox_files.public(path)
    for one in (words, locator.printed(token_bytes(16))):
        put(path, letterbox.with_token(public, one))
    take = ["inquiry", "take", str(path), *UNDER]
    assert told(capsys, 0, *take)["taken"] == 2
    found = told(capsys, 0, "inquiry", "list", str(path), *UNDER)
    assert found["sums"] == {
        "received": 1, "answered_in_time": 0, "answered_late": 0, "silent": 0, "running": 1,
        "asked_without_log_in": 2,
    }  # fmt: skip
    (row,) = found["rows"]
    answer = ["inquiry", "answer", str(path), ONE, "--inquiry", row["event"], *UNDER]
    capsys.readouterr()
    assert run(answer) == 0
    file.write_text(capsys.readouterr().out)
    by = f"US-BOP/custodian/{acting.key_id('US-BOP')}"
    said = ["act", str(path), "inquiry.answered", ONE, "--by", by, "--body-file", str(file)]
    told(capsys, 0, *said, *UNDER)
    told(capsys, 0, *take)
    assert told(capsys, 0, "inquiry", "list", str(path), *UNDER)["sums"]["answered_in_time"] == 1
    with server(path) as address:
        ask = ["locate", "--online", address, "--token-file", str(paper)]
        found = told(capsys, 0, *ask)
        assert run(ask) == 0
        shown = capsys.readouterr()
        paper.write_text(locator.printed(token_bytes(16)))
        assert told(capsys, 1, *ask)["found"] is False
    inquiry = found["inquiry"]
    assert (found["status"], found["facility"]) == ("held", "US-1")
    assert (inquiry["place"], inquiry["by"], inquiry["order"]) == ("US-1", "US-BOP", "o")
    assert inquiry["root"].endswith("=")
    assert "place: US-1" in shown.out
    assert words not in shown.out + shown.err


def test_a_request_without_a_token_is_listed_and_decided(
    held: tuple[Path, str], capsys: Said
) -> None:
    path, _ = held
    asked = Request(reference="ABCD-EFGH-JKMN-PQRS", day="2026-03-02", who="a sister",
                    how="the lawyer", text="my brother")  # fmt: skip
    put(path, letterbox.without_token(letterbox_files.public(path), asked))
    assert told(capsys, 0, "inquiry", "take", str(path), *UNDER)["taken"] == 0
    (row,) = told(capsys, 0, "inquiry", "requests", str(path), *UNDER, *COURT)["requests"]
    assert row["text"] == "my brother"
    decide = ["inquiry", "decide", str(path), "abcd-efgh-jkmn-pqrs"]
    why = ["--reason", "no tie was shown", *UNDER, *COURT]
    assert told(capsys, 0, *decide, "refused", *why)["how"] == "the lawyer"
    for call, code in (([*decide, "refused", *why], "H874"), ([*decide, "perhaps", *why], "H901")):
        assert run(call) == 2
        assert code in capsys.readouterr().err
    assert run(["inquiry", "requests", str(path), *UNDER, *COURT]) == 0
    shown = capsys.readouterr().out
    assert "refused" in shown
    assert "brother" not in shown


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--token", "-"], "H901"),
        (
            ["--online", "http://example.org", "--token", "4B09-39V3-87FH-J4JH-P0R4-WD9P-SG41"],
            "H858",
        ),
        (
            ["--online", "http://localhost:9", "--token", "4B09-39V3-87FH-J4JH-P0R4-WD9P-SG41"],
            "H859",
        ),
        (["--online", "http://localhost:9", "--token", "Canary"], "H587"),
        (["--roll", "x.bin", "--online", "https://x", "--token", "-"], "H901"),
    ],
)
def test_a_call_that_asks_nobody_is_one_sentence(words: list[str], code: str, capsys: Said) -> None:
    assert run(["locate", *words]) == 2
    last = capsys.readouterr().err.strip().splitlines()[-1]
    assert last.startswith(code)
    assert "4B09" not in last
    assert "Canary" not in last


@pytest.mark.parametrize("call", ["take", "requests"])
def test_without_a_gateway_nobody_is_asked(tmp_path: Path, call: str, capsys: Said) -> None:
    more = [] if call == "take" else COURT
    assert run(["inquiry", call, str(tmp_path / "r"), *UNDER, *more]) == 2
    assert "H928" in capsys.readouterr().err


# The files


def test_a_file_of_answers_that_is_none_is_told(tmp_path: Path, capsys: Said) -> None:
    del capsys
    path = tmp_path / ANSWERS
    shelf = Shelf(path)
    assert shelf.answers() is None
    for data in (b"", b"habeas/answers/v1\n2026-03-02\n" + bytes(32 + 591), b"x" * 700):
        path.write_bytes(data)
        with pytest.raises(SetupError, match="H872"):
            shelf.answers()


def test_a_box_with_too_many_for_a_person_keeps_the_rest_and_takes_tokens(tmp_path: Path) -> None:
    with closing(SqliteLetterbox(tmp_path / BOX, token_bytes, most=3, most_standing=1)) as box:
        day = clock.instant(None)[1].date()
        assert [box.put(bytes([n]), day) for n in range(4)] == [True, True, True, False]
        stood = [
            box.stand(place, Standing(str(n), sealed, "2026-03-02"))
            for n, (place, sealed) in enumerate(box.waiting())
        ]
        assert stood == [True, False, False]
        assert len(list(box.waiting())) == 2
        assert box.put(b"x", day)
        assert sum(box.received().values()) == 4


def test_a_key_that_is_none_is_told(tmp_path: Path) -> None:
    register = tmp_path / "register.sqlite3"
    with pytest.raises(SetupError, match="H871"):
        letterbox_files.public(register)
    key = letterbox_files.private(register, token_bytes)
    assert letterbox_files.private(register, token_bytes) == key
    assert letterbox_files.public(register) == locator.request_key(key)
    assert register.with_name("letterbox.key").stat().st_mode & 0o077 == 0
    register.with_name("letterbox.key").write_bytes(b"short")
    with pytest.raises(SetupError, match="H871"):
        letterbox_files.private(register, token_bytes)
