"""In a folder shared with the web's group the web meets what it needs, and no signing key."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from gateways import UNDER, asking, installed, opened
from habeas.adapters import gateway_files, modes
from habeas.errors import SetupError
from habeas.service.asking import Take

READ, WRITTEN, CLOSED = 0o040, 0o060, 0o000
EXPECTED = {
    "register.sqlite3": READ, "register.sqlite3-wal": READ, "register.sqlite3-shm": READ,
    "person-keys.sqlite3": READ, "person-keys.epoch-1.key": READ, "letterbox.pub": READ,
    "answers.bin": READ, "gateway.sock": WRITTEN, "letterbox.sqlite3": WRITTEN,
    "letterbox.key": CLOSED, "installation.key": CLOSED, "drafts.sqlite3": CLOSED,
    "gateway.lock": CLOSED, "log.key": CLOSED, "officer.key": CLOSED, "reads": CLOSED,
}  # fmt: skip


def test_what_the_gateway_writes_is_open_to_the_group_as_the_page_says(tmp_path: Path) -> None:
    folder = tmp_path / "se"
    before = os.umask(0o007)
    try:
        path = installed(folder)
    finally:
        os.umask(before)
    folder.chmod(0o3770)
    words = [
        sys.executable, "-m", "habeas", "gateway", str(path), "--log-key", str(folder / "log.key"),
        "--registrar-key", str(folder / "officer.key"),
    ]  # fmt: skip
    process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True, umask=0o007)  # noqa: S603 - our own words
    try:
        assert process.stderr is not None
        assert "Gateway of" in process.stderr.readline()
        with asking(path) as caller:
            caller.append([opened(1)], UNDER, publish=True)
            caller.ask(Take("SE-EE", "SE", "EE"))
            found = {one.name: one.stat().st_mode for one in folder.iterdir()}
    finally:
        process.terminate()
        process.communicate()
    assert {name: found[name] & 0o060 for name in EXPECTED} == EXPECTED
    assert [name for name, mode in found.items() if mode & 0o007] == ["letterbox.pub"]
    assert found.keys() == EXPECTED.keys() | {"trust.json"}


@pytest.mark.parametrize(
    ("mode", "good"),
    [(0o700, True), (0o3770, True), (0o770, False), (0o2770, False), (0o3775, False)],
)
def test_a_folder_is_closed_or_shared_and_nothing_between(
    tmp_path: Path, mode: int, *, good: bool
) -> None:
    tmp_path.chmod(mode)
    try:
        if good:
            assert gateway_files.private(tmp_path / "register.sqlite3") == tmp_path
        else:
            with pytest.raises(SetupError, match="H915"):
                gateway_files.private(tmp_path / "register.sqlite3")
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.parametrize(("mode", "told"), [(0o600, 0), (0o400, 0), (0o640, 1), (0o604, 1)])
def test_a_key_that_others_may_read_is_told(tmp_path: Path, mode: int, told: int) -> None:
    path = tmp_path / "log.key"
    path.write_text(json.dumps({}))
    path.chmod(mode)
    assert len(modes.open_keys([path])) == told
    assert stat.S_IMODE(path.stat().st_mode) == mode
