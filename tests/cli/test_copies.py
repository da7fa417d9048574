"""A register under a real witness: published, exported, backed up, and restored or refused."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from habeas.adapters import key_files, register_files, text_files
from habeas.adapters.witness_server import WitnessServer, serving
from habeas.adapters.witness_store import SqliteWitnessStore
from habeas.cli.main import run
from habeas.register import events, signing
from habeas.register.checkpoint import COSIGNATURE, NoteKey
from habeas.register.events import Body
from habeas.register.log import Log, Pen, Signed
from habeas.service import witness as service
from public_rolls import AT, chance, key

ORIGIN, NAME = "log.example/copies", "court.example/witness"
FREE_PORT = 0


@dataclass
class Office:
    """A folder with a register, its keys, and the way to its witness."""

    folder: Path
    number: int = 0

    @property
    def path(self) -> Path:
        return self.folder / "register.sqlite3"

    def run(self, *call: str | Path) -> int:
        return run([str(word) for word in call])

    def publish(self) -> int:
        key_path = self.folder / "log.key"
        return self.run("register", "publish", self.path, "--log-key", key_path)

    def restore(self, copy: Path, to: Path, *more: str | Path) -> int:
        key_path = self.folder / "log.key"
        return self.run("register", "restore", copy, to, "--log-key", key_path, *more)

    def record(self, count: int) -> None:
        """Let an officer record visits of seven persons."""
        with register_files.opened(self.path) as files:
            trust = text_files.trust(self.folder / "trust.json")
            log = Log(files.store, Pen(ORIGIN, key("log"), files.vault), dict(trust.roots))
            log.append([self._visit() for _ in range(count)], AT)

    def enrol(self) -> None:
        public = key("officer").public().hex()
        inner: Body = {"authority": "A", "public": public}
        with register_files.opened(self.path) as files:
            trust = text_files.trust(self.folder / "trust.json")
            log = Log(files.store, Pen(ORIGIN, key("log"), files.vault), dict(trust.roots))
            log.append([self._signed("key.enrolled", inner, "root")], AT)

    def _visit(self) -> Signed:
        person = "p_" + f"{self.number % 7:026d}"
        return self._signed("visit.made", {"note": "canary"}, "officer", subject=person)

    def _signed(self, kind: str, inner: Body, by: str, **more: str) -> Signed:
        self.number += 1
        actor: Body = {
            "authority": "A",
            "role": "registrar",
            "key": signing.keyid8(key(by).public()).hex(),
        }
        body: Body = {
            "v": 1,
            "id": f"01JNQ7Z8M3K4V0T2R5X6{self.number:06d}",
            "type": kind,
            "agreement": "T",
            "occurred_at": "2026-03-02T22:00:00Z",
            "time_basis": "observed",
            "actors": [actor],
            "body": inner,
            **more,
        }
        data = events.canonical(body)
        return Signed(data, signing.sigblock(data, [key(by)]), chance(32, data))


@contextmanager
def _court(folder: Path, trust: Path) -> Iterator[str]:
    policy = json.loads(trust.read_text())["policy"]
    memory = folder / "witness.sqlite3"
    with closing(SqliteWitnessStore(memory, create=not memory.exists())) as store:
        found = service.open_witness(NAME, (key("witness"),), policy, store)
        with serving(WitnessServer(found, lambda: int(AT.timestamp()), "127.0.0.1")) as url:
            yield url


def _made(folder: Path) -> Office:
    (folder / "roots").mkdir()
    for path, name in ((folder / "log.key", "log"), (folder / "roots/A.root.key", "root")):
        key_files.write(path, "A", chance(32, name.encode()))
    vkey = NoteKey(NAME, COSIGNATURE, key("witness").public()).vkey()
    (folder / "policy").write_text(f"witness court {vkey} http://127.0.0.1:9\nquorum court\n")
    office = Office(folder)
    call: list[str | Path] = [
        "--origin",
        ORIGIN,
        "--log-key",
        folder / "log.key",
        "--roots",
        folder / "roots",
    ]
    assert office.run("register", "init", office.path, *call, "--policy", folder / "policy") == 0
    office.enrol()
    return office


def _point_to(office: Office, url: str) -> None:
    trust = office.folder / "trust.json"
    said = json.loads(trust.read_text())
    lines = said["policy"].splitlines()
    lines[1] = " ".join([*lines[1].split()[:3], url])
    said["policy"] = "\n".join(lines) + "\n"
    trust.write_text(json.dumps(said, indent=1, sort_keys=True) + "\n")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A register whose witness answers."""
    made = _made(tmp_path)
    with _court(tmp_path, tmp_path / "trust.json") as url:
        _point_to(made, url)
        yield made


def _verified(office: Office, path: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    capsys.readouterr()
    trust = ["--trust", str(office.folder / "trust.json"), "--json"]
    assert run(["register", "verify", str(path), *trust]) == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def _new_place(office: Office, name: str) -> Path:
    """A folder with the keys of content, where a copy can be restored."""
    place = office.folder / name
    place.mkdir()
    for path in (office.folder / "keys").iterdir():
        shutil.copy(path, place)
    return place / "register.sqlite3"


@pytest.fixture
def backed_up(office: Office) -> Office:
    """Ten visits published and copied, then three hundred more, published and exported."""
    office.record(10)
    assert office.publish() == 0
    copies: list[str | Path] = ["--out", office.folder / "copy", "--keys", office.folder / "keys"]
    assert office.run("register", "backup", office.path, *copies) == 0
    office.record(300)
    assert office.publish() == 0
    out: list[str | Path] = ["--out", office.folder / "mirror", "--content"]
    assert office.run("register", "export", office.path, *out) == 0
    return office


def test_a_publication_is_padded_and_witnessed(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    office.record(3)
    assert office.publish() == 0
    found = _verified(office, office.path, capsys)
    assert (found["leaves"], found["opened"], found["pads"]) == (256, 4, 252)
    assert found["witnessed"] is True


def test_an_export_shows_the_public_nothing_and_the_auditor_all(
    backed_up: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    public = backed_up.folder / "public"
    assert backed_up.run("register", "export", backed_up.path, "--out", public) == 0
    closed = _verified(backed_up, public, capsys)
    assert (closed["opened"], closed["unopened"], closed["leaves"]) == (0, 768, 768)
    shown = _verified(backed_up, backed_up.folder / "mirror", capsys)
    assert (shown["opened"], shown["pads"], shown["unopened"]) == (311, 457, 0)
    files = [path.read_bytes() for path in public.rglob("*") if path.is_file()]
    assert not any(b"canary" in data for data in files)


def test_an_old_copy_signs_nothing_below_what_its_witness_saw(
    backed_up: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    place = _new_place(backed_up, "restored")
    capsys.readouterr()
    assert backed_up.restore(backed_up.folder / "copy", place) == 3
    assert capsys.readouterr().err.startswith("H539")


def test_a_mirror_gives_back_what_the_copy_lacks(
    backed_up: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    place = _new_place(backed_up, "restored")
    mirror: list[str | Path] = ["--mirror", backed_up.folder / "mirror"]
    assert backed_up.restore(backed_up.folder / "copy", place, *mirror) == 0
    found = _verified(backed_up, place, capsys)
    assert (found["leaves"], found["opened"], found["unopened"]) == (768, 311, 0)


def test_a_public_mirror_is_not_enough(
    backed_up: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    public = backed_up.folder / "public"
    assert backed_up.run("register", "export", backed_up.path, "--out", public) == 0
    place = _new_place(backed_up, "restored")
    capsys.readouterr()
    assert backed_up.restore(backed_up.folder / "copy", place, "--mirror", public) == 3
    assert "does not disclose" in capsys.readouterr().err


def test_without_its_witness_a_register_is_read_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office = _made(tmp_path)
    with _court(tmp_path, tmp_path / "trust.json") as url:
        _point_to(office, url)
        office.record(1)
        assert office.publish() == 0
    office.record(1)
    capsys.readouterr()
    assert office.publish() == 3
    assert capsys.readouterr().err.startswith("H540")
    assert _verified(office, office.path, capsys)["leaves"] == 257


def test_growth_is_proved_between_two_publications(
    backed_up: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert backed_up.run("register", "prove", backed_up.path, "--since", "256") == 0
    assert len(capsys.readouterr().out.split()) == 2


Mistake = Callable[[Office], tuple[str | Path, ...]]
MISTAKES: list[tuple[Mistake, str]] = [
    (lambda one: ("export", one.path, "--out", one.folder / "x"), "H543"),
    (lambda one: ("backup", one.path, "--out", one.folder), "H562"),
    (lambda one: ("backup", one.folder / "none", "--out", one.folder / "x"), "H562"),
    (lambda one: ("prove", one.path, "--since", "999999"), "H543"),
    (lambda one: ("prove", one.path, "5"), "H543"),
    (lambda one: ("verify", one.folder / "roots"), "H902"),
    (
        lambda one: (
            *("restore", one.folder / "none", one.folder / "x"),
            *("--log-key", one.folder / "log.key"),
        ),
        "H562",
    ),
]


@pytest.mark.parametrize(("mistake", "code"), MISTAKES)
def test_a_mistaken_copy_is_one_sentence(
    office: Office, capsys: pytest.CaptureFixture[str], mistake: Mistake, code: str
) -> None:
    capsys.readouterr()
    assert office.run("register", *mistake(office)) == 2
    told = capsys.readouterr().err.strip().splitlines()
    assert (len(told), code in told[0].split()) == (1, True)
