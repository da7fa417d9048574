"""Settings come from a file and the environment, are told wrong all at once, and hide no secret."""

import json
import re
import tempfile
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.adapters import installation_files, settings_files
from habeas.adapters.installation_files import Installation
from habeas.errors import SetupError

PAGE = Path(__file__).parents[2] / "docs/operation.md"
GOOD: dict[str, Any] = {
    "format": "habeas-installation/1", "name": "Sweden", "state": "SE", "agreement": "SE-EE",
    "sending": "SE", "receiving": "EE", "address": "https://custody.example.se",
    "registrar": "SE-KVV.0.key", "log_key": "log.key",
}  # fmt: skip
WRONG: dict[str, Any] = {
    "format": "habeas-installation/9", "name": "", "state": 7, "agreement": 3, "sending": None,
    "receiving": "", "address": "ftp://x", "registrar": [], "log_key": "", "port": 99999,
    "zone": "Mars/Base", "workers": 0, "log_level": "loud", "database": "mysql://x",
    "peer": {"state": "EE", "address": "ee.example"}, "webhook_hosts": "a", "demonstration": "yes",
}  # fmt: skip


def laid(folder: Path, said: object) -> Path:
    folder.joinpath(installation_files.FILE).write_text(json.dumps(said))
    return folder


def faults(folder: Path, environment: dict[str, str] | None = None) -> dict[str, str]:
    """Code and sentence of every fault, by its place."""
    with pytest.raises(SetupError) as caught:
        settings_files.settled(folder, environment or {})
    return {one.where: f"{one.code} {one.what} {one.fix}" for one in caught.value.faults}


def test_what_the_file_says_is_what_is_settled(tmp_path: Path) -> None:
    found = settings_files.settled(laid(tmp_path, GOOD), {})
    assert found == installation_files.read(tmp_path)
    assert found.served_at() == 443


@given(st.sets(st.sampled_from(sorted(WRONG)), min_size=1))
def test_every_fault_is_told_at_once_with_its_key(keys: set[str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = laid(Path(name), GOOD | {key: WRONG[key] for key in keys})
        told = faults(folder)
    assert {where.partition(".")[0] for where in told} >= keys
    assert all(one.startswith("H958 ") for one in told.values())


@pytest.mark.parametrize(
    ("change", "where", "word"),
    [
        ({"state": "DK"}, "state", "neither"),
        ({"receiving": "SE"}, "receiving", "the same"),
        ({"peer": {"state": "SE", "address": "https://x"}}, "peer.state", "this very state"),
        ({"address": "https://x:99999"}, "address", "port"),
        ({"zone": "Europe/Talin"}, "zone", "no such time zone"),
    ],
)
def test_settings_that_do_not_go_together_are_told(
    tmp_path: Path, change: dict[str, Any], where: str, word: str
) -> None:
    assert word in faults(laid(tmp_path, GOOD | change))[where]


def test_a_setting_that_is_missing_or_unknown_is_told_with_the_nearest_name(tmp_path: Path) -> None:
    said = {key: value for key, value in GOOD.items() if key != "log_key"} | {"log_kye": "log.key"}
    told = faults(laid(tmp_path, said))
    assert "Write 'log_key'" in told["log_kye"]
    assert "it is missing" in told["log_key"]


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    said = {"HABEAS_PORT": "8410", "HABEAS_DEMONSTRATION": "true", "HABEAS_WEBHOOK_HOSTS": "a b:1"}
    found = settings_files.settled(laid(tmp_path, GOOD | {"port": 1}), said)
    assert (found.port, found.demonstration, found.webhook_hosts) == (8410, True, ("a", "b:1"))


@pytest.mark.parametrize("value", ["x", "-1", "70000", "8410 "])
def test_a_variable_that_is_wrong_is_told_by_its_name(tmp_path: Path, value: str) -> None:
    assert "HABEAS_PORT" in faults(laid(tmp_path, GOOD), {"HABEAS_PORT": value})


def test_a_secret_comes_from_a_file_alone_and_is_never_repeated(tmp_path: Path) -> None:
    laid(tmp_path, GOOD)
    secret = "postgresql://web:hunter2@db/web"  # noqa: S105 - of no server
    (tmp_path / "web.dsn").write_text(f"{secret}\n")
    found = settings_files.settled(tmp_path, {"HABEAS_DATABASE_FILE": "web.dsn"})
    assert found.database == secret
    told = faults(tmp_path, {"HABEAS_DATABASE": secret})
    assert "HABEAS_DATABASE_FILE" in told["HABEAS_DATABASE"]
    assert "hunter2" not in str(told)
    (tmp_path / "web.dsn").write_text("mysql://web:hunter2@db/web")
    assert "hunter2" not in str(faults(tmp_path, {"HABEAS_DATABASE_FILE": "web.dsn"}))
    assert "cannot be read" in str(faults(tmp_path, {"HABEAS_DATABASE_FILE": "gone"}))


@pytest.mark.parametrize("form", ["mysql://web@db/web?ssl=1", "web.sqlite3"])
def test_what_names_no_such_server_is_told(tmp_path: Path, form: str) -> None:
    assert (
        "no address of a database" in faults(laid(tmp_path, GOOD | {"database": form}))["database"]
    )


@pytest.mark.parametrize("form", ["postgresql://web@db/web", "host=/run dbname=web user=web"])
def test_a_database_is_named_in_either_form_of_the_server(tmp_path: Path, form: str) -> None:
    assert settings_files.settled(laid(tmp_path, GOOD | {"database": form}), {}).database == form


def test_a_variable_that_nobody_reads_is_told() -> None:
    said = {"HABEAS_PROT": "1", "HABEAS_PORT": "1", "HABEAS_LANG": "es", "PATH": "x"}
    assert settings_files.strange(said) == ["HABEAS_PROT"]


def test_every_variable_that_the_code_reads_is_known() -> None:
    sources = (Path(__file__).parents[2] / "src").rglob("*.py")
    form = re.compile(r'"(HABEAS_[A-Z_]*[A-Z])"')
    named = {one for path in sources for one in form.findall(path.read_text())}
    assert settings_files.strange(dict.fromkeys(named, "")) == []


@pytest.mark.parametrize("text", ["", "[]", "{", "\xff", '{"format": 1'])
def test_a_file_that_is_none_is_refused_as_one_thing(tmp_path: Path, text: str) -> None:
    (tmp_path / installation_files.FILE).write_bytes(text.encode("latin-1"))
    with pytest.raises(SetupError, match="H916"):
        settings_files.settled(tmp_path, {})


def shown() -> list[list[str]]:
    """The cells of the page's table."""

    def code(word: str) -> str:
        return word if word in {"-", "needed"} else f"`{word}`"

    return [[*map(code, row[:3]), row[3]] for row in settings_files.table()]


def test_the_page_shows_every_setting_as_the_type_has_it() -> None:
    text, rows = PAGE.read_text(), [f"| {' | '.join(row)} |" for row in shown()]
    assert [row for row in rows if row not in text] == []
    assert len(rows) == len(msgspec.structs.fields(Installation))
    assert text.count("| `HABEAS_") >= 4  # those that are no settings have a table of their own
