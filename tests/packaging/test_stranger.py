"""A stranger's way: the wheel of this tree, in an environment outside it, does what it promises.

The environment is empty but for the wheel and what requirements/demo.txt locks. To spare minutes
the locked packages are not downloaded again: each is linked, by the list of its own files, from the
environment that runs the tests; whatever is not in the locked file is not there. That nothing of
this tree can be imported is asserted. Whoever adds a command to the way adds a row to COMMANDS.
"""

import json
import os
import signal
import socket
import subprocess
import sys
from datetime import UTC, datetime
from http.client import HTTPConnection
from importlib.metadata import distribution
from pathlib import Path
from time import monotonic, sleep

import pytest
from packaging.requirements import Requirement
from tools.locked import FOLDER, ROOT, of_file

from laid import laid

WAIT_S = 90.0  # a guard against waiting for ever, not a measure
# Each in order, in the same empty folder: the words, and a part of what is said.
COMMANDS: tuple[tuple[str, str], ...] = (
    ("--version", "0."),
    ("doctor", "cryptography"),
    ("law list", "SE-EE"),
    ("demo --persons 100", "No lawyer has reviewed this library"),
    ("register verify demo/se-ee/register.sqlite3", "holds"),
    ("screen demo/us-sv-2025/docket.csv --as-of 2026-11-21", "eligible"),
)


class Stranger:
    """An environment of somebody who has the wheel and nothing else of ours."""

    def __init__(self, folder: Path) -> None:
        self.bin, self.home = folder / "env" / "bin", folder / "home"
        self.home.mkdir()

    def start(self, *words: str) -> "subprocess.Popen[str]":
        """One command, in a folder of theirs, told nothing of the environment of the tests."""
        env = {"PATH": f"{self.bin}:/usr/bin:/bin", "HOME": str(self.home), "LANG": "C.UTF-8"}
        return subprocess.Popen(  # noqa: S603 - what was installed
            list(words), cwd=self.home, env=env, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def run(self, *words: str) -> str:
        """What a command says; it must end well."""
        process = self.start(*words)
        out, err = process.communicate(timeout=10 * WAIT_S)
        assert process.returncode == 0, (words, out[-2000:], err[-2000:])
        return out + err


def linked(shelf: Path) -> None:
    """Link each package that the locked file asks for here, and no other."""
    wanted = {one.name for one in of_file(FOLDER / "demo.txt")}
    for name in sorted(wanted & here()):
        found = distribution(name)
        tops = {file.parts[0] for file in found.files or () if file.parts[0] not in {"..", "/"}}
        for top in tops - {"__pycache__"}:
            if not (shelf / top).exists():
                (shelf / top).symlink_to(str(found.locate_file(top)))


def here() -> set[str]:
    """The names that the locked file asks for under this Python and system."""
    lines = (FOLDER / "demo.txt").read_text().splitlines()
    rows = (Requirement(line.rstrip("\\ ")) for line in lines if "==" in line)
    return {row.name.lower() for row in rows if row.marker is None or row.marker.evaluate()}


@pytest.fixture(scope="module")
def stranger(released: Path, tmp_path_factory: pytest.TempPathFactory) -> Stranger:
    folder = tmp_path_factory.mktemp("elsewhere")
    env, shelf = folder / "env", folder / "shelf"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(env)], check=True)  # noqa: S603 - our own call
    (wheel,) = released.glob("*.whl")
    call = [
        sys.executable, "-m", "pip", "--python", str(env / "bin" / "python"), "install", "--quiet",
        "--no-deps", "--no-index", "--disable-pip-version-check", str(wheel),
    ]  # fmt: skip
    subprocess.run(call, check=True, capture_output=True)  # noqa: S603 - our own call
    shelf.mkdir()
    linked(shelf)
    (site,) = env.glob("lib/python*/site-packages")
    (site / "locked.pth").write_text(f"{shelf}\n")
    return Stranger(folder)


def test_nothing_of_this_tree_can_be_imported(stranger: Stranger) -> None:
    ours = ("pytest", "tests", "bench", "tools", "ray", "z3", "psycopg")
    said = (
        "import habeas, json, sys, importlib.util as u\n"
        f"found = [name for name in {ours} if u.find_spec(name)]\n"
        "print(json.dumps([habeas.__file__, sys.path, found]))"
    )
    file, path, found = json.loads(stranger.run("python", "-c", said))
    assert Path(file).is_relative_to(stranger.bin.parent)
    # The standard library lies where the interpreter does.
    own = (str(stranger.bin.parent.parent), sys.base_prefix, "")
    assert [one for one in path if not one.startswith(own[:2]) and one] == []
    assert [one for one in path if str(ROOT) in one] == []
    assert found == []


def test_each_command_of_the_way_does_what_it_promises(stranger: Stranger) -> None:
    for words, part in COMMANDS:
        assert part in stranger.run("habeas", *words.split()), words


def test_a_file_that_was_altered_is_told_there_too(stranger: Stranger) -> None:
    of = ("--trust", "demo/oas-a57/trust.json", "--keys", "demo/oas-a57/person-keys.sqlite3")
    words = ("habeas", "register", "verify", "demo/tampered/register.sqlite3", *of)
    process = stranger.start(*words)
    out, err = process.communicate(timeout=WAIT_S)
    assert process.returncode == 1, (out, err)
    assert "index" in out + err
    assert "Traceback" not in out + err


def test_an_installation_is_served_answers_and_stops(
    stranger: Stranger, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with socket.create_server(("localhost", 0)) as one, socket.create_server(("localhost", 0)) as o:
        ports = one.getsockname()[1], o.getsockname()[1]
    now = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 - what is served is of today
    folder = laid(tmp_path_factory, tmp_path_factory.mktemp("i"), "SE-EE", now, ports)[0]
    process = stranger.start("habeas", "serve", str(folder), "--threads", "1")
    try:
        statuses = [answers(ports[0], path, process) for path in ("/-/live", "/en/", "/open/")]
        assert statuses[0] == 200
        assert set(statuses) <= {200, 302}
        assert answers(ports[0], "/-/ready", process) == 200
    finally:
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=WAIT_S)
    assert process.returncode == 0, (out, err)
    log = (folder / "serve.log").read_text()
    assert "Traceback" not in log
    assert str(ROOT) + os.sep not in log


def answers(port: int, path: str, process: "subprocess.Popen[str]") -> int:
    """The status with which a page comes, once the server is up."""
    end = monotonic() + WAIT_S
    while process.poll() is None and monotonic() < end:
        line = HTTPConnection("127.0.0.1", port, timeout=WAIT_S)
        try:
            line.request("GET", path, headers={"Host": f"localhost:{port}"})
            return line.getresponse().status
        except OSError:
            sleep(0.2)
        finally:
            line.close()
    raise AssertionError(process.communicate(timeout=WAIT_S))
