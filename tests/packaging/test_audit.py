"""A finding fails the audit, and so does whatever could not be looked up.

A server on this machine speaks the API of OSV (POST of a package and version, `vulns` or nothing
back), and the real pip-audit asks it.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tools import audit
from tools.locked import FOLDER, Locked, everything, files, of_file

BAD = {
    "id": "PYSEC-2026-1",
    "summary": "it runs what it reads",
    "affected": [
        {
            "package": {"name": "attrs", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}],
        }
    ],
}
LOCK = """\
attrs==26.1.0 \\
    --hash=sha256:00
numpy==2.4.6 ; python_full_version < '3.12' \\
    --hash=sha256:00
numpy==2.5.5 ; python_full_version >= '3.12' \\
    --hash=sha256:00
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:00
"""
Asked = list[tuple[str, str]]


@contextmanager
def osv(answers: dict[str, object], status: int = 200) -> Iterator[tuple[str, Asked]]:
    """A vulnerability service, its address, and what it was asked."""
    asked: Asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append((sent["package"]["name"], sent["version"]))
            body = json.dumps(answers.get(sent["package"]["name"], {})).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1/query", asked
        server.shutdown()
        thread.join()


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "lock.txt"
    path.write_text("attrs==26.1.0\n")
    return path


def asked_of(url: str, lock: Path, accepted: str = "") -> int:
    table = lock.with_name("accepted.toml")
    table.write_text(accepted)
    call = [str(lock), "--service", "osv", "--osv-url", url, "--accepted", str(table)]
    return audit.main(call)


def test_every_package_of_the_lock_is_asked_for_under_whatever_marker(lock: Path) -> None:
    lock.write_text(LOCK)
    with osv({}) as (url, asked):
        assert asked_of(url, lock) == audit.GOOD
    assert sorted(asked) == [
        ("attrs", "26.1.0"), ("colorama", "0.4.6"), ("numpy", "2.4.6"), ("numpy", "2.5.5"),
    ]  # fmt: skip


def test_a_finding_fails_unless_it_is_accepted_with_a_reason_and_until_a_day(
    lock: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = '[[accepted]]\npackage="attrs"\nid="PYSEC-2026-1"\nreason="{}"\nuntil={}\n'
    with osv({"attrs": {"vulns": [BAD]}}) as (url, _):
        assert asked_of(url, lock) == audit.FOUND
        assert "attrs 26.1.0: PYSEC-2026-1" in capsys.readouterr().out
        assert asked_of(url, lock, row.format("Never called.", "2999-01-01")) == audit.GOOD
        assert asked_of(url, lock, row.format("Never called.", "2020-01-01")) == audit.FOUND
        with pytest.raises(ValueError, match="no reason"):
            asked_of(url, lock, row.format(" ", "2999-01-01"))


def test_a_service_that_fails_or_is_not_there_fails_the_audit(
    lock: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with osv({}, status=500) as (url, asked):
        assert asked_of(url, lock) == audit.NOT_LOOKED_UP
    assert asked
    assert "attrs 26.1.0: could not be looked up" in capsys.readouterr().out
    assert asked_of(url, lock) == audit.NOT_LOOKED_UP  # it is stopped by now


def test_an_answer_of_which_a_part_was_left_out_is_no_answer(lock: Path) -> None:
    without = {name: value for name, value in BAD.items() if name != "affected"}
    later = BAD | {"schema_version": "2.0.0"}
    for odd in (without, later):
        with osv({"attrs": {"vulns": [odd]}}) as (url, _):
            assert asked_of(url, lock) == audit.NOT_LOOKED_UP


def test_the_index_that_cannot_be_reached_fails_the_audit(
    lock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # nobody listens
    assert audit.main([str(lock)]) == audit.NOT_LOOKED_UP


def test_what_an_index_does_not_know_is_not_looked_up(capsys: pytest.CaptureFixture[str]) -> None:
    skipped = {"name": "attrs", "skip_reason": "Dependency not found on PyPI"}
    known = {"name": "numpy", "version": "2.4.6", "vulns": []}
    wanted = [Locked("attrs", "26.1.0"), Locked("numpy", "2.4.6")]
    answers = audit._looked_up([skipped, known])  # noqa: SLF001 - pip-audit's own form
    assert audit.report(wanted, answers, [], {}) == audit.NOT_LOOKED_UP
    assert "2 locked, 1 looked up, 1 not" in capsys.readouterr().out
    assert audit.report([], {}, [], {}) == audit.NOT_LOOKED_UP


def test_every_line_of_every_locked_file_pins_a_version(tmp_path: Path) -> None:
    names = [path.stem for path in files()]
    assert {"core", "demo", "test", "dev", "build"} <= set(names)
    assert len(everything(files())) > 150
    loose = tmp_path / "loose.txt"
    loose.write_text("attrs>=26\n")
    with pytest.raises(ValueError, match="pins no version"):
        of_file(loose)


def test_what_is_accepted_now_has_a_reason_and_a_last_day() -> None:
    assert isinstance(audit.accepted(FOLDER / "accepted.toml", date(2020, 1, 1)), dict)
