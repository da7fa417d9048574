"""A gateway that should not work refuses or degrades as docs/operation.md says; nothing is lost."""

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateways import (
    ASKER,
    PURPOSE,
    UNDER,
    asking,
    enrolment,
    installed,
    key,
    opened,
    person,
    report,
)
from habeas.adapters import installation_files, register_files
from habeas.adapters.installation_files import Installation
from habeas.cli.main import run
from habeas.errors import HabeasError
from habeas.service import record
from habeas.service.asking import OnePerson, Publish, Read, Status

MB = 1_000_000
FIRST = 30.0  # seconds until a gateway must have said something: a guard, not a measure


def laid(folder: Path, **changes: object) -> Path:
    """An installation with a register of its own; returns its folder."""
    installed(folder)
    officers = folder / "officers"
    officers.mkdir(mode=0o700)
    (folder / "officer.key").rename(officers / "SE-KVV.0.key")
    found = Installation(
        "habeas-installation/1", "Sweden", "SE", "SE-EE", "SE", "EE", "http://localhost:8401",
        "SE-KVV.0.key", "log.key", demonstration=True,
    )  # fmt: skip
    installation_files.write(folder, found)
    if changes:
        path = folder / installation_files.FILE
        path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    return folder


@contextmanager
def started(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """`habeas gateway` on an installation, once it has said its first line; killed at the end."""
    words = [sys.executable, "-m", "habeas", "gateway", str(folder)]
    process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)  # noqa: S603 - our own
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def refused(folder: Path) -> tuple[int, str]:
    """The exit status of a gateway that does not start, and what it said."""
    words = [sys.executable, "-m", "habeas", "gateway", str(folder)]
    done = subprocess.run(  # noqa: S603 - our own
        words, capture_output=True, text=True, timeout=FIRST, check=False
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


def told(capsys: pytest.CaptureFixture[str], folder: Path) -> set[str]:
    """The codes of the faults that the doctor finds."""
    capsys.readouterr()
    status = run(["doctor", "--dir", str(folder), "--json"])
    checks = json.loads(capsys.readouterr().out)["checks"]
    found = {one["code"] for one in checks if one["state"] == "fault"}
    assert status == bool(found)
    return found


def test_wrong_settings_and_keys_are_all_told_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = laid(tmp_path / "se", zone="Mars", prot=1, workers=0)
    status, said = refused(folder)
    assert (status, said.count("H958")) == (2, 3)
    assert told(capsys, folder) == {"H958"}


def test_missing_and_open_keys_are_all_told_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = laid(tmp_path / "se")
    (folder / "log.key").unlink()
    (folder / "officers/SE-KVV.0.key").chmod(0o644)
    status, said = refused(folder)
    assert (status, "H959" in said, "H960" in said) == (2, True, True)
    assert "log.key" in said
    assert "SE-KVV.0.key" in said
    assert told(capsys, folder) >= {"H959", "H960"}


def test_a_register_of_a_newer_version_is_refused_and_left_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = laid(tmp_path / "se")
    with closing(sqlite3.connect(folder / "register.sqlite3")) as db:
        db.execute("PRAGMA user_version = 99")
    before = (folder / "register.sqlite3").read_bytes()
    status, said = refused(folder)
    assert (status, "H961" in said) == (2, True)
    assert (folder / "register.sqlite3").read_bytes() == before
    assert told(capsys, folder) == {"H961"}


def test_a_clock_behind_what_was_recorded_signs_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = laid(tmp_path / "se")
    path = folder / "register.sqlite3"
    tomorrow = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)  # noqa: TID251 - the gateway's clock is real
    with register_files.opened(path) as files:
        log = record.open_log(files.store, files.vault, files.trust(), key("log"))
        record.append(log, None, [enrolment("SE-KVV", "second")], tomorrow)
        size, note = log.size, log.note()
    status, said = refused(folder)
    assert (status, "H963" in said) == (2, True)
    with register_files.opened(path) as files:
        assert (files.store.size(), files.store.latest()) == (size, (size, note))
    assert told(capsys, folder) == {"H963"}


def test_on_a_full_disk_events_are_refused_reads_go_on_and_nothing_is_lost(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = laid(small_disk / "se", reserve_mb=6)
    monkeypatch.setenv("HABEAS_RESERV_MB", "1")
    with started(folder) as process:
        assert process.stderr is not None
        assert "HABEAS_RESERV_MB" in process.stderr.readline()  # nobody reads it: that is told
        assert "Gateway of" in process.stderr.readline()
        path, filler = folder / "register.sqlite3", small_disk / "filler"
        with asking(path) as caller:
            caller.append([opened(1)], UNDER, publish=True)
            size = caller.ask(Status())["size"]
            _fill(filler, small_disk, leave=4 * MB)
            with pytest.raises(HabeasError) as caught:
                caller.append([opened(2)], UNDER)
            assert caught.value.code == "H964"
            reads = caller.ask(Status())["reads"]["size"]
            assert caller.ask(Read(OnePerson(person(1)), ASKER, PURPOSE))["events"]
            status = caller.ask(Status())
            assert (status["size"], status["reads"]["size"]) == (size, reads + 1)
            assert status["numbers"]["refused"] == {"H964": 1}
            _fill(filler, small_disk, leave=0)
            for what in (Read(OnePerson(person(1)), ASKER, PURPOSE), Publish(pads=True)):
                with pytest.raises(HabeasError):  # what cannot be recorded is not shown
                    caller.ask(what)
            filler.unlink()
            assert caller.append([opened(2)], UNDER, publish=True)[1] == size + 1
        process.terminate()
        assert process.wait(FIRST) == 0
        assert report(path).faults == ()


def _fill(filler: Path, disk: Path, *, leave: int) -> None:
    """Let a file take all room of a disk but so many bytes."""
    with filler.open("ab") as file:
        while (free := shutil.disk_usage(disk).free - leave) > 0:
            try:
                file.write(bytes(min(free, MB)))
                file.flush()
            except OSError:
                break
    assert filler.stat().st_size
