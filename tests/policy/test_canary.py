"""Nothing that is public says who somebody is: canaries are planted, and looked for everywhere.

The whole public way runs through real commands, with a real witness and a real gateway. Every
canary must be found where content is opened, or this could not fail.
"""

import base64
import io
import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote

import pytest

import gateways
from canaries import forms
from gateways import AUTHORITIES, OFFICER, key, seed, signed
from habeas.adapters import gateway_socket, key_files
from habeas.cli.main import run
from habeas.errors import HabeasError
from habeas.register.checkpoint import LOG, NoteKey
from habeas.register.events import Json
from habeas.register.log import Signed
from habeas.register.sealed import Section
from habeas.service import record
from habeas.service.asking import OneEvent, Read

ORIGIN, WITNESS = "log.example/canary", "court.example/canary"
PERSON, OTHER = "p_7q3k9x2m4v8t1z5w0r6y3b8c9d", "p_5c4n4ryc4n4ryc4n4ryc4n4ryc"
SAID = {
    "name": "\u00d6d\u00f6n Kan\u00e1riv\u00f6gel",
    "nationality": "Zemblanian",
    "born": "1961-07-23",
    "passport": "XK-4417093-Q",
    "cell": "wing-Q77-bunk-9",
    "medical": "porphyria-variegata",
    "tax": "612307.4417",
}
SECTION = Section("detail", bytes(32), json.dumps(SAID, ensure_ascii=False).encode())
CANARIES: Mapping[str, str] = {**SAID, "register number": PERSON, "another's number": OTHER}
TABLES = ("leaf", "tile", "checkpoint", "cosignature")


FORMS = {name: forms(text) for name, text in CANARIES.items()}


def seen(data: bytes) -> set[str]:
    """The canaries that stand in some bytes, in any form."""
    return {name for name, texts in FORMS.items() if any(one in data for one in texts)}


@dataclass(slots=True)
class Way:
    """A register's folder, and everything that its commands said."""

    folder: Path
    public: dict[str, bytes] = field(default_factory=dict)  # what anybody may see, by its place
    opened: dict[str, bytes] = field(default_factory=dict)  # content in the clear

    @property
    def path(self) -> Path:
        return self.folder / "register.sqlite3"

    def call(self, *words: object, status: int | None = 0, opens: bool = False) -> str:
        """One command; what it says is public, unless it opens content."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            found = run([str(one) for one in words])
        told = out.getvalue() + err.getvalue()
        assert status in {found, None}, told
        assert "Traceback" not in told
        place = f"{len(self.public) + len(self.opened)} {' '.join(map(str, words[:3]))}"
        (self.opened if opens else self.public)[place] = told.encode()
        return out.getvalue()

    def submit(self, *batch: Signed, status: int | None = 0) -> None:
        """Append through the command, with the keys at hand."""
        file = self.folder / "signed.jsonl"
        file.write_text(record.write_signed(batch))
        words = ["register", "append", self.path, file, "--agreement", "SE-EE"]
        self.call(*words, "--log-key", self.folder / "log.key", status=status)

    def keep(self, *paths: Path) -> None:
        """Count files, and all files of folders, as public, with their names."""
        for one in paths:
            for file in [one] if one.is_file() else sorted(one.rglob("*")):
                data = file.read_bytes() if file.is_file() else b""
                self.public[str(file)] = str(file.relative_to(self.folder)).encode() + b"\n" + data


def _event(kind: str, number: int, role: str, subject: str, /, **fields: Json) -> Signed:
    return signed(kind, number, role, subject=subject, **fields)


def _link(before: Signed, seq: int) -> dict[str, Json]:
    return {"seq": seq, "prev": base64.b64encode(before.entry).decode()}


def _bodies() -> list[Signed]:
    """Canaries in bodies of custody and case events, and in a section."""
    named: Json = [
        {"name": SECTION.name, "digest": base64.b64encode(SECTION.digest).decode()},
    ]
    inner: dict[str, Json] = {"order": "o-1", "ordered_by": "SE-COURT", **SAID}
    opened = _event("custody.opened", 1, "custodian", PERSON, seq=0, body=inner)
    other = _event("custody.opened", 2, "custodian", OTHER, seq=0, body=inner)
    placed = _event("custody.placed", 3, "custodian", PERSON, **_link(opened, 1), body=dict(SAID))
    duty = _event("duty.met", 4, "custodian", PERSON, body={"duty": "d"}, sections=named)
    return [opened, other, placed, replace(duty, sections=(SECTION,))]


def _refused(good: list[Signed]) -> list[Signed]:
    """Bad events of that person, which bring errors of every layer about."""
    body = json.loads(good[2].body)

    def spelled(**fields: object) -> Signed:
        return replace(good[2], body=json.dumps(body | fields, ensure_ascii=False).encode())

    told = dict[str, Json](SAID)
    return [
        replace(good[2], sigblock=b""),
        replace(good[2], body=good[2].body.replace(b"wing", b"ring")),
        replace(good[0], salt=bytes(32)),
        _event("custody.moved", 5, "custodian", PERSON, **_link(good[0], 2), body=told),
        _event("custody.moved", 6, "custodian", PERSON, seq=9, prev="x", body=told),
        _event(
            "custody.moved",
            7,
            "custodian",
            PERSON,
            **_link(good[2], 2),
            body={"name": SAID["name"]},
        ),
        _event("custody.opened", 8, "custodian", PERSON, seq=0, body=told),
        _event("custody.released", 9, "court", PERSON, **_link(good[2], 2), body=told),
        _event("case.stay_lifted", 10, "court", PERSON, body={"order": SAID["medical"]}),
        _event("correction", 11, "custodian", PERSON, body=told, corrects=SAID["name"]),
        _event("duty.met", 12, "custodian", SAID["name"], body=told),
        _event("duty.met", 13, "custodian", PERSON, body=told, occurred_at=SAID["born"]),
        _event("duty.met", 14, "custodian", PERSON, body=told, time_basis=SAID["medical"]),
        _event("roll.published", 15, "registrar", PERSON, body=told),
        _event("duty.met", 16, "custodian", PERSON, body=told, **{SAID["passport"]: SAID["name"]}),
        spelled(body={"born": SAID["born"], "tax": float(SAID["tax"])}),
        spelled(body={"name": SAID["name"], "x": None}),
        spelled(actors=[{"authority": SAID["name"]}]),
        spelled(sections=[{"name": SAID["name"]}]),
        replace(good[3], sections=(replace(SECTION, salt=bytes(31)),)),
        Signed(SAID["name"].encode(), PERSON.encode(), b""),
    ]


def _wrong_calls(way: Way) -> None:
    """Calls that fail over files in which canaries stand."""
    bad = way.folder / "bad.json"
    bad.write_text(json.dumps({"person": PERSON, **SAID}, ensure_ascii=False))
    log_key, keys = way.folder / "log.key", ("--keys", way.folder)
    for words in (
        ("register", "verify", way.path, "--trust", bad),
        ("register", "verify", way.path, "--kept", bad),
        ("register", "verify", bad),
        ("register", "append", way.path, bad, "--agreement", "SE-EE", "--log-key", log_key),
        ("register", "append", way.path, bad, "--agreement", "SE-EE", "--log-key", bad),
        ("register", "receipt", "--check", bad, "--trust", way.folder / "trust.json"),
        ("register", "receipt", way.path, "999"),
        ("register", "prove", way.path, "999"),
        ("register", "prove", way.path, "--since", "999"),
        ("register", "show", bad),
        ("register", "publish", way.path, "--log-key", bad),
        ("register", "export", way.path, "--out", way.folder),
        ("register", "public-roll", "check", bad, "--trust", way.folder / "trust.json"),
        ("register", "restore", way.folder / "none", bad, "--log-key", log_key),
        ("register", "evidence", way.folder / "none"),
        (
            "register",
            "init",
            way.path,
            "--origin",
            "x",
            "--log-key",
            log_key,
            "--roots",
            way.folder,
        ),
        ("sign", bad, *keys, "--out", way.folder / "out"),
        ("locate", "--roll", bad, "--token-file", bad),
        ("register", "nothing"),
        ("register", "verify", way.path, "--nothing", "x"),
    ):
        told = way.call(*words, status=None)
        assert "Traceback" not in told


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("canary") / "r"
    (found / "roots").mkdir(parents=True)
    found.chmod(0o700)
    key_files.write(found / "log.key", "LOG", seed("log"))
    key_files.write(found / "officer.key", "SE-KVV", seed(OFFICER))
    key_files.write(found / "witness.key", "COURT", seed("witness"))
    for name in AUTHORITIES:
        key_files.write(found / "roots" / f"{name}.key", name, seed(f"{name} root"))
    (found / "logs").write_text(NoteKey(ORIGIN, LOG, key("log").public()).vkey() + "\n")
    return found


@pytest.fixture(scope="module")
def way(folder: Path) -> Way:
    """Everything public, after the whole way was gone."""
    found = Way(folder)
    words = [sys.executable, "-m", "habeas", "register", "witness", str(folder / "w")]
    words += ["--name", WITNESS, "--key", str(folder / "witness.key")]
    words += ["--logs", str(folder / "logs"), "--port", "0", "--make"]
    with (folder / "witness.err").open("wb") as err:
        court = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=err, text=True)  # noqa: S603
    try:
        assert court.stdout is not None
        _gone(found, court.stdout.readline().strip())
    finally:
        court.send_signal(signal.SIGTERM)
        court.communicate(timeout=60)
    found.keep(folder / "w", folder / "witness.err")
    return found


def _gone(way: Way, witness: str) -> None:
    folder, log_key = way.folder, ("--log-key", way.folder / "log.key")
    policy = folder / "policy"
    policy.write_text(f"witness court {witness}\nquorum court\n")
    made = ("--origin", ORIGIN, "--roots", folder / "roots", "--policy", policy)
    way.call("register", "init", way.path, *made, *log_key)
    way.submit(*map(gateways.enrolment, AUTHORITIES))
    good = _bodies()
    way.submit(*good)
    way.call("register", "publish", way.path, *log_key, "--json")
    for one in _refused(good):
        way.submit(one, status=None)
    roll = ("--agreement", "SE-EE", "--side", "sending", "--court", "SE-COURT")
    desk = (*log_key, "--registrar-key", folder / "officer.key", "--out", folder / "rolls")
    way.call("register", "public-roll", "build", way.path, *roll, *desk)
    _shown(way)
    _served(way, good)
    _wrong_calls(way)
    with closing(sqlite3.connect(way.path)) as raw:
        for table in TABLES:
            rows = raw.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608
            cells = (
                one if isinstance(one, bytes) else str(one).encode() for row in rows for one in row
            )
            way.public[f"table {table}"] = b"\n".join(cells)


def _shown(way: Way) -> None:
    """What is read by anybody, and what is opened by whoever has the keys."""
    folder, register = way.folder, ("register", "verify")
    for more in ((), ("--json",), ("--keys", folder / "person-keys.sqlite3")):
        way.call(*register, way.path, *more)
    way.call("register", "export", way.path, "--out", folder / "public")
    way.call(*register, folder / "public", "--trust", folder / "trust.json", "--json")
    for index in range(6):
        way.call("register", "prove", way.path, index)
    way.call("register", "prove", way.path, "--since", 2)
    way.call("register", "evidence", folder / "w")
    way.call("keys", "list", way.path)
    way.keep(folder / "public", folder / "rolls", folder / "trust.json")
    way.call("register", "show", way.path, "--json", opens=True)
    way.call("register", "export", way.path, "--out", folder / "auditor", "--content", opens=True)
    for file in (folder / "auditor" / "content").iterdir():
        way.opened[str(file)] = file.read_bytes()


def _served(way: Way, good: list[Signed]) -> None:
    """A gateway that is asked rightly and wrongly; what it says, and its log of reads."""
    with gateways.running(way.path) as served:
        with gateways.asking(way.path) as caller:
            for index in range(6):
                what = Read(OneEvent(index), gateways.ASKER, "an inspection")
                way.opened[f"gateway {index}"] = json.dumps(caller.ask(what)).encode()
            line = gateway_socket.connected(way.path)
            assert line is not None
            with closing(line):
                for text in (*SAID.values(), PERSON, json.dumps({"op": PERSON, **SAID})):
                    way.public[f"gateway of {text}"] = line.ask(text.encode())
            for one in _refused(good):
                try:
                    caller.append([one], gateways.UNDER)
                except HabeasError as error:
                    way.public[f"gateway refuses {len(way.public)}"] = str(error).encode()
        for one in _refused(good):
            way.submit(one, status=None)
        served.process.send_signal(signal.SIGTERM)
        way.public["gateway's log"] = served.process.communicate(timeout=60)[1].encode()
    way.keep(way.folder / "reads")


@pytest.mark.parametrize("name", CANARIES)
def test_nothing_public_says_who_somebody_is(way: Way, name: str) -> None:
    assert len(way.public) > 100
    assert [place for place, data in way.public.items() if name in seen(data)] == []


def test_whoever_opens_content_sees_every_canary(way: Way) -> None:
    whole = b"\n".join(way.opened.values())
    assert [name for name, text in CANARIES.items() if text.encode() not in whole] == []


def test_a_stolen_register_file_holds_register_numbers_and_no_more(way: Way) -> None:
    files = [one for one in way.folder.glob("register.sqlite3*") if one.suffix != ".lock"]
    stolen = b"".join(one.read_bytes() for one in files)
    assert seen(stolen) == {"register number", "another's number"}


def test_a_canary_is_seen_in_every_form() -> None:
    for name, text in CANARIES.items():
        data = text.encode()
        for shift in range(3):
            assert name in seen(base64.b64encode(b"z" * shift + data + b"!"))
        for one in (data.hex(), quote(text, safe=""), json.dumps({"a": text}), text.upper()):
            assert name in seen(b"x" + one.encode() + b"y")
    assert seen(b"nobody at all") == set()
