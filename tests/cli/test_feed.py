"""habeas feed: both installations without a line between them, by files alone; proofs offline."""

import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

import acting
import feeding
import gateways
from acting import READY, Story
from gateways import Running
from habeas.adapters import register_files
from habeas.cli.main import run
from habeas.service.asking import Asker, Caller, OnePerson, Outgoing, Publish, Read, Receive
from habeas.terms import Role

SHARED = (*READY, "transfer.authorised")
READER = ("--reader", "US-BOP/custodian", "--purpose", "a test")


@pytest.fixture
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Running]]:
    """Both gateways as processes; nobody reaches anybody."""
    folder = tmp_path_factory.mktemp("f")
    with ExitStack() as stack:
        paths = {
            state: feeding.installed(folder / state.lower(), state) for state in feeding.STATES
        }
        yield {
            state: stack.enter_context(gateways.running(one, "--alone"))
            for state, one in paths.items()
        }


@contextmanager
def asked(one: Running) -> Iterator[Caller]:
    with gateways.asking(one.path) as found:
        yield found


def done(capsys: pytest.CaptureFixture[str], *words: str | Path, status: int = 0) -> str:
    """A call; returns what it printed."""
    capsys.readouterr()
    assert run(["feed", *map(str, words)]) == status, capsys.readouterr().err
    return capsys.readouterr().out


def told(capsys: pytest.CaptureFixture[str], one: Running, status: int = 0) -> dict[str, int]:
    found: dict[str, int] = json.loads(done(capsys, "status", one.path, "--json", status=status))[
        "counts"
    ]
    return found


def carried(capsys: pytest.CaptureFixture[str], us: Running, sv: Running, folder: Path) -> None:
    """The files of each to the other, the messages too; twice, as they were carried twice."""
    for writer, reader in ((us, sv), (sv, us), (us, sv)):
        with asked(writer) as here, asked(reader) as there:
            text = here.ask(Outgoing(acting.DEAL, "US", "SV")).get("message")
            if text is not None:
                there.ask(Receive(str(text)))
            here.ask(Publish(pads=True))
        out = folder / f"{writer.path.parent.name}-out"
        shutil.rmtree(out, ignore_errors=True)
        done(capsys, "export", writer.path, "--out", out)
        for _ in range(2):
            done(capsys, "import", reader.path, out)


def test_what_both_share_is_settled_by_files_and_proven_to_anybody(
    both: dict[str, Running], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    us, sv = both["US"], both["SV"]
    for one in (us, sv):
        assert "neither" not in done(capsys, "keys", one.path)
    with asked(us) as caller:
        Story(caller, valid=timedelta(days=3650)).tell(*SHARED)
    for _ in range(3):
        carried(capsys, us, sv, tmp_path)
    assert told(capsys, us) == told(capsys, sv) == {"settled": len(SHARED)}
    with asked(us) as caller:
        read = Read(OnePerson(acting.ONE), Asker("US-BOP", Role.CUSTODIAN), "a test")
        index = int(caller.ask(read)["events"][0]["index"])
    proof = tmp_path / "proof.json"
    done(capsys, "proof", us.path, str(index), "--out", proof, *READER)
    trusts = {state: one.path.with_name(register_files.TRUST) for state, one in both.items()}
    for one in both.values():
        one.end()
    words = ("check", proof, "--trust", trusts["US"], "--peer-trust", trusts["SV"])
    assert done(capsys, *words).startswith("SETTLED\n")
    turned = ("check", proof, "--trust", trusts["SV"], "--peer-trust", trusts["US"])
    assert done(capsys, *turned, status=1).startswith("INVALID")
    said = json.loads(proof.read_text())
    at = next(one for one in said["peer"].split("\n") if one.startswith("index "))
    said["peer"] = said["peer"].replace(at, f"{at}1", 1)
    proof.write_text(json.dumps(said))
    assert not done(capsys, *words, status=1).startswith("SETTLED")
    done(capsys, "mirror", sv.path, "--out", tmp_path / "tiles")
    assert run(["register", "verify", str(tmp_path / "tiles"), "--trust", str(trusts["US"])]) == 0
