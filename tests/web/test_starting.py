"""Tables of another version are refused before anything is served; whoever asks is told so."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test import Client

from habeas.adapters import installation_files
from habeas.errors import SetupError
from habeas.web import starting

FIRST = 60.0  # seconds: a guard, not a measure
CALL = """
import io, sys
from habeas.web.wsgi import application
told = []
body = application({"REQUEST_METHOD": "GET", "PATH_INFO": "/"}, lambda *said: told.append(said[0]))
print(told[0], b"".join(body).decode())
"""


def _migrations(statement: str, *values: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _newer() -> None:
    _migrations(
        "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, '2031-01-01')",
        "readmodels", "9999_of_a_later_version",
    )  # fmt: skip


def _older() -> None:
    _migrations("DELETE FROM django_migrations WHERE app = %s", "hooks")


def _status() -> str:
    told: list[str] = []
    asked = {"REQUEST_METHOD": "GET", "PATH_INFO": "/"}
    answer = starting.answering(get_wsgi_application)
    body = b"".join(answer(asked, lambda *said: told.append(said[0]))).decode()
    return f"{told[0]} {body}"


def test_tables_of_a_newer_version_are_neither_prepared_nor_served(
    tables: Path, new_client: "type[Client]", capfd: pytest.CaptureFixture[str]
) -> None:
    del tables
    _newer()
    with pytest.raises(SetupError, match="H961"):
        starting.refuse(starting.NEWER)
    assert _status().startswith("503 Service Unavailable H961")
    assert new_client().get("/-/ready").json()["tables"] == "no"
    capfd.readouterr()


def test_tables_of_an_older_version_are_prepared_first(tables: Path) -> None:
    del tables
    _older()
    starting.refuse(starting.NEWER)  # what prepares them goes on
    with pytest.raises(SetupError, match=r"H962.*habeas\.web\.prepare"):
        starting.refuse(starting.OLDER, starting.NEWER)
    assert _status().startswith("503 Service Unavailable H962")


def _run(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    stated = {
        "HABEAS_INSTALLATION": str(folder), "DJANGO_SETTINGS_MODULE": "habeas.web.settings",
        "HABEAS_PROT": "1",
    }  # fmt: skip
    return subprocess.run(  # noqa: S603 - our own words
        [sys.executable, *words], env=os.environ | stated, capture_output=True, text=True,
        check=False, timeout=FIRST,
    )  # fmt: skip


@pytest.mark.parametrize("what", ["habeas.web.prepare", "habeas.web.courier"])
def test_a_process_of_the_web_tells_every_wrong_setting_and_ends(tmp_path: Path, what: str) -> None:
    said = {"format": "habeas-installation/1", "zone": "Mars", "workers": 0}
    (tmp_path / installation_files.FILE).write_text(json.dumps(said))
    done = _run(tmp_path, "-m", what)
    assert done.returncode == 2
    assert {"zone", "workers", "address"} <= {
        line.partition("(")[2].partition(")")[0] for line in done.stderr.splitlines()
    }
    assert "Traceback" not in done.stderr


def test_a_web_without_tables_answers_that_it_is_not_ready_and_says_why_once(
    tables: Path, tmp_path: Path
) -> None:
    (tmp_path / installation_files.FILE).write_bytes(
        (tables / installation_files.FILE).read_bytes().replace(b"provider.secret", b"p")
    )
    (tmp_path / "p").write_text("secret\n")
    done = _run(tmp_path, "-c", CALL)
    assert done.stdout.startswith("503 Service Unavailable H962")
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [one["level"] for one in lines] == ["warning", "error"]
    assert "HABEAS_PROT" in lines[0]["text"]
    assert "H962" in lines[1]["text"]


def test_what_a_web_has_read_at_its_start_is_not_looked_through_again(tables: Path) -> None:
    """The law among it: else the collector walks it while readers wait."""
    done = _run(
        tables, "-c",
        "import gc, sys; from habeas.web import wsgi, wiring; print(sys.getswitchinterval(),"
        " wiring.duties.cache_info().currsize, gc.get_freeze_count() > len(gc.get_objects()))",
    )  # fmt: skip
    turn, *said = done.stdout.split()
    assert said == ["1", "True"], done.stderr
    assert float(turn) < 0.002  # s; Python's own are 0.005
