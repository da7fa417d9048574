"""An installation is served whole or not at all, and stops when it is told to, however often."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from habeas.adapters import installation_files
from habeas.cli.serve import LOG, folders
from habeas.errors import SetupError
from laid import laid

STOPS_S = 45.0  # a guard against waiting for ever, not a measure


def free_ports() -> tuple[int, int]:
    with (
        socket.create_server(("localhost", 0)) as one,
        socket.create_server(("localhost", 0)) as two,
    ):
        return one.getsockname()[1], two.getsockname()[1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One installation of a demonstration."""
    now = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 - what is served is of today
    return laid(tmp_path_factory, tmp_path_factory.mktemp("d"), "SE-EE", now, free_ports())[0]


@pytest.fixture
def served(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """`habeas serve` on it, once it has said where to sign in."""
    words = [sys.executable, "-m", "habeas", "serve", str(folder)]
    process = subprocess.Popen(  # noqa: S603 - our own
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    said = iter(process.stdout.readline, "")
    assert any("sign in with the password" in line for line in said), process.communicate()
    yield process
    process.terminate()
    process.communicate(timeout=STOPS_S)


def below(number: int) -> dict[int, str]:
    """The processes that one has started, each with its words."""
    listed = subprocess.run(  # noqa: S603 - our own
        ["ps", "--ppid", str(number), "-o", "pid=,args="],  # noqa: S607 - the system's own
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    rows = (line.split(maxsplit=1) for line in listed.stdout.splitlines())
    return {int(pid): words for pid, words in rows if "defunct" not in words}


def test_it_stops_with_all_that_it_started_however_often_it_is_told(
    served: "subprocess.Popen[str]",
) -> None:
    children = below(served.pid)
    assert len(children) == 3
    for _ in range(20):
        served.send_signal(signal.SIGTERM)
    assert served.wait(STOPS_S) == 0
    assert [pid for pid in children if Path(f"/proc/{pid}").exists()] == []


@pytest.mark.parametrize("what", ["gateway", "courier", "granian"])
def test_where_one_process_ends_by_itself_all_do_and_it_is_said_where_to_look(
    served: "subprocess.Popen[str]", folder: Path, what: str
) -> None:
    os.kill(next(pid for pid, words in below(served.pid).items() if what in words), signal.SIGKILL)
    _, told = served.communicate(timeout=STOPS_S)
    assert served.returncode == 2
    assert "H917" in told
    assert str(folder / LOG) in "".join(told.split("\n"))


def test_the_folder_of_a_demonstration_leads_to_its_installations(tmp_path: Path) -> None:
    """One installation, those of an agreement, those of every agreement; none is refused."""
    both = [tmp_path / "se-ee" / state for state in ("ee", "se")]
    for one in both:
        one.mkdir(parents=True)
        (one / installation_files.FILE).touch()
    assert folders(both[0]) == both[:1]
    assert folders(tmp_path / "se-ee") == folders(tmp_path) == both
    with pytest.raises(SetupError, match="H916"):
        folders(tmp_path.parent / "none")
