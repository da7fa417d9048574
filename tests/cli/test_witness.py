"""habeas register witness: a process that serves until somebody stops it."""

import http.client
import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from habeas.adapters import key_files
from habeas.cli.main import run
from habeas.register import checkpoint
from witnesses import LOG_KEY, NAME, note, request

Start = Callable[..., tuple[subprocess.Popen[str], str, str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A key file of a witness and a file of the logs that it knows."""
    key_files.write(tmp_path / "witness.key", "COURT", bytes(range(32)))
    (tmp_path / "logs").write_text(f"# one log\n{LOG_KEY.vkey()}\n")
    return tmp_path


def _words(folder: Path, *more: str) -> list[str]:
    files = ["--key", str(folder / "witness.key"), "--logs", str(folder / "logs")]
    words = ["register", "witness", str(folder / "w"), "--name", NAME, *files]
    return [*words, "--port", "0", *more]


@pytest.fixture
def start(folder: Path) -> Iterator[Start]:
    """Start the command; give the process, its key and its address."""
    with ExitStack() as stack:

        def begun(*more: str) -> tuple[subprocess.Popen[str], str, str]:
            words = [sys.executable, "-m", "habeas", *_words(folder, *more)]
            found = subprocess.Popen(  # noqa: S603 - this package
                words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
            stack.enter_context(found)
            stack.callback(found.kill)
            assert found.stdout is not None
            vkey, url = found.stdout.readline().split()
            return found, vkey, url

        yield begun


def _post(url: str, body: bytes) -> tuple[int, str]:
    door = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    try:
        door.request("POST", "/add-checkpoint", body)
        answer = door.getresponse()
        return answer.status, answer.read().decode()
    finally:
        door.close()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_witness_serves_until_it_is_stopped_and_remembers(
    start: Start, how: signal.Signals
) -> None:
    process, vkey, url = start("--make")
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", url)
    status, lines = _post(url, request(0, 5))
    read = checkpoint.read_note(note(5) + lines)
    assert status == 200
    assert checkpoint.verified(read, LOG_KEY, (checkpoint.read_vkey(vkey),)) == {NAME}
    process.send_signal(how)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (0, "", "stopped; what was cosigned stays\n")
    _, again, url = start()
    assert (again, _post(url, request(0, 9))) == (vkey, (409, "5\n"))


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ([], "H573"),
        (["--make", "--address", "0.0.0.0"], "H575"),  # noqa: S104 - it is refused
        (["--make", "--name", "a b"], "H521"),
        (["--make", "--logs", "none"], "H902"),
        (["--make", "--key", "none"], "H904"),
        (["--make", "--port", "x"], "H901"),
    ],
)
def test_a_witness_that_cannot_serve_says_why(
    folder: Path, capsys: pytest.CaptureFixture[str], more: list[str], code: str
) -> None:
    words = _words(folder)
    for place, option in enumerate(more):
        if option.startswith("--") and option in words:
            at = words.index(option)
            words[at : at + 2] = more[place : place + 2]
        elif option == "--make" or option.startswith("--a"):
            words += more[place : place + (1 if option == "--make" else 2)]
    assert run(words) == 2
    assert code in capsys.readouterr().err


def test_a_memory_is_not_made_twice(
    start: Start, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start("--make")
    assert run(_words(folder, "--make")) == 2
    assert "H573" in capsys.readouterr().err


def test_what_was_refused_is_shown_while_it_serves(
    start: Start, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, _, url = start("--make")
    words = ["register", "evidence", str(folder / "w")]
    assert _post(url, request(0, 5))[0] == 200
    assert (run(words), json.loads(capsys.readouterr().out)["refused"]) == (0, [])
    assert _post(url, request(5, 5, 2))[0] == 422
    assert run(words) == 1
    (row,) = json.loads(capsys.readouterr().out)["refused"]
    assert (row["size"], row["note"]) == (5, note(5, 2))
    assert row["held"].startswith(note(5))
