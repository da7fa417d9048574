"""No secret of an installation stands in a log, an error, a page, a header or a number.

A served installation is asked for things that go well and things that go wrong, by people, by
programs and by strangers; secrets are planted in all that is sent and lie in every file that holds
one. Then everything that came out is searched for each of them, in every form.
"""

import contextlib
import io
import json
import os
import re
import shutil
import sqlite3
import stat
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from secrets import token_bytes

import pytest

import served
from canaries import forms
from habeas.adapters import installation_files
from habeas.adapters.installation_files import FILE, Provider
from habeas.cli.main import run
from served import State

WORD = re.compile(rb"[0-9a-f]{64}")
PASSWORD, CODE, COOKIE = "pw-Kanarienvogel-4417", "90417733", "k4n4r13k4n4r13k4n4r13k4n4r13k4n4r"
BEARER, PROVIDER = "hb_k4n4r1e_" + "Zq7" * 12, "provider-Kanarienvogel-88213"
SERVER = "postgresql://web:Kanarienvogel-pg-551@127.0.0.1:9/nothing"
ASKED = "query-Kanarienvogel-3301"  # a page may lead back to its own query, and no log says it
SENT = {
    "a typed password": PASSWORD, "a typed code": CODE, "a cookie": COOKIE, "a bearer": BEARER,
    "the provider's secret": PROVIDER, "the database's password": "Kanarienvogel-pg-551",
}  # fmt: skip


class Told:
    """All that came out, by where."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.said = folder, dict[str, bytes]()

    def ask(self, state: State, method: str, path: str, token: str = "", **more: object) -> int:
        found = state.ask(method, path, token, **more)  # type: ignore[arg-type]  # as it takes them
        # A cookie is where a session key belongs, and nowhere else.
        others = (one for one in found.headers.items() if one[0] != "set-cookie")
        lines = "".join(f"{name}: {value}\n" for name, value in others)
        self.said[f"{method} {path} {len(self.said)}"] = lines.encode() + found.body
        return found.status

    def call(self, *words: object) -> int:
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            status = run([str(one) for one in words])
        self.said[f"habeas {words[0]} {words[1]} {len(self.said)}"] = out.getvalue().encode()
        return status


def secrets_of(folder: Path) -> dict[str, str]:
    """Each word that a key file of an installation holds, by the file."""
    found = {}
    for path in sorted(folder.rglob("*.key")):
        for number, word in enumerate(WORD.findall(path.read_bytes())):
            found[f"{path.relative_to(folder)} {number}"] = word.decode()
    return found


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Told, dict[str, str]]]:
    folder = Path(tempfile.mkdtemp(prefix="habeas-secret-"))  # short: it holds a socket
    provider = Provider("state-id", "ID", "http://localhost:9", "habeas", "state-id.secret")
    try:
        own, _ = served.made(folder, factory=tmp_path_factory, providers=(provider,))
        (own / "state-id.secret").write_text(PROVIDER + "\n")
        installation_files.secret(own, token_bytes, installation_files.HOOKS)
        found = Told(own)
        with served.running([own]) as (state,):
            planted = _session(found, state)
        found.said["serve.log"] = (own / "serve.log").read_bytes()
        _calls(found)
        yield found, planted
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _session(told: Told, state: State) -> dict[str, str]:
    """Things that go well and things that go wrong; answers every secret that there was."""
    officer = state.somebody("sending_officer")
    words = state.tokens[officer]
    cookie = served.session_of(state, officer)
    metrics = state.folder / "metrics.key"
    forwarded = {"X-Forwarded-For": "203.0.113.9"}
    for given in ("wrong", BEARER):  # the first one makes the key
        sent = forwarded | {"Authorization": f"Bearer {given}"}
        assert told.ask(state, "GET", "/-/metrics", headers=sent) == 404
    sent = forwarded | {"Authorization": f"Bearer {metrics.read_text().strip()}"}
    assert told.ask(state, "GET", "/-/metrics", headers=sent) == 200
    for path in ("/-/ready", "/en/", "/en/nowhere/", "/open/", "/api/v1/nothing", "/peer/v1/x"):
        told.ask(state, "GET", path, headers={"Cookie": cookie})
        told.ask(state, "GET", path, headers={"Cookie": cookie.partition("=")[0] + "=" + COOKIE})
        told.ask(state, "GET", path, words)
        told.ask(state, "GET", f"{path}?password={ASKED}", BEARER)
    form = f"login=ana&password={PASSWORD}&code={CODE}".encode()
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
    for path in ("/en/accounts/login/", "/en/accounts/factors/authenticate/", "/en/persons/"):
        assert told.ask(state, "POST", path, body=form, headers=kind) in {403, 404, 405}
    for body in (b"{", PASSWORD.encode(), {"password": PASSWORD, "token": words}):
        assert told.ask(state, "POST", "/api/v1/openings", words, body=body) >= 400
        told.ask(state, "POST", "/peer/v1/messages", body=body)
    told.ask(state, "GET", "/en/", headers={"Host": f"{PASSWORD}.example"})
    with closing(sqlite3.connect(state.folder / "web.sqlite3")) as tables, tables:
        tables.execute("ALTER TABLE accounts_accesstoken RENAME TO gone")
    assert told.ask(state, "GET", "/api/v1/persons", words) == 500
    return secrets_of(state.folder) | SENT | {
        "the officer's token": words, "the officer's session": cookie.partition("=")[2],
    }  # fmt: skip


def _calls(told: Told) -> None:
    """Commands that are given the wrong file, or a server that is not there."""
    folder = told.folder
    register, trust = folder / "register.sqlite3", folder / "trust.json"
    for key in ("web.key", "hooks.key", "person-keys.epoch-1.key", "installation.json"):
        assert told.call("gateway", register, "--log-key", folder / key) != 0
    assert told.call("register", "verify", folder / "log.key", "--trust", trust) != 0
    assert told.call("register", "verify", register, "--trust", folder / "log.key") != 0
    assert told.call("register", "verify", register, "--trust", trust) == 0
    place = folder / "elsewhere.json"
    place.write_text(json.dumps({"format": "habeas-register-place/1", "address": SERVER}))
    assert told.call("register", "verify", place, "--trust", trust) != 0
    broken = folder / "log2.key"
    broken.write_text((folder / "log.key").read_text().replace("demonstration", "other"))
    assert told.call("gateway", register, "--log-key", broken) != 0


def seen(data: bytes, planted: dict[str, str]) -> list[str]:
    return [name for name, word in planted.items() if any(one in data for one in forms(word))]


def test_no_secret_is_found_where_it_must_not_be(told: tuple[Told, dict[str, str]]) -> None:
    found, planted = told
    assert {"web.key 0", "hooks.key 0", "metrics.key 0", "log.key 0", "installation.key 0"} <= set(
        planted
    ), planted.keys()
    assert len(found.said) > 40
    out = {place: seen(data, planted) for place, data in found.said.items()}
    assert {place: names for place, names in out.items() if names} == {}


def test_the_log_holds_what_went_wrong_and_no_traceback(
    told: tuple[Told, dict[str, str]],
) -> None:
    log = told[0].said["serve.log"].decode()
    lines = [json.loads(one) for one in log.splitlines() if one.startswith("{")]
    wrong = [one for one in lines if (one["from"], one["level"]) == ("django.request", "error")]
    assert "api:persons" in {one["page"] for one in wrong if one["status"] == 500}
    assert "OperationalError" in {one.get("error") for one in lines}
    assert "habeas.refused" in {one["from"] for one in lines}
    assert "Traceback" not in log
    assert re.findall(r"\bp_[0-9a-z]{26}\b", log) == []
    assert seen(log.encode(), {"a query": ASKED}) == []


def test_a_secret_that_came_out_would_be_found(told: tuple[Told, dict[str, str]]) -> None:
    planted = told[1]
    key = planted["log.key 0"]
    for said in (key, key.upper(), bytes.fromhex(key).hex(), f"x{PASSWORD}y"):
        assert seen(said.encode(), planted)


def test_every_secret_of_an_installation_is_its_owners_alone(
    told: tuple[Told, dict[str, str]],
) -> None:
    folder = told[0].folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    made = [path for path in folder.rglob("*.key") if path.name != "log2.key"]
    assert len(made) > 20
    assert [path.name for path in made if stat.S_IMODE(path.stat().st_mode) != 0o600] == []
    assert (folder / FILE).stat().st_uid == os.getuid()
