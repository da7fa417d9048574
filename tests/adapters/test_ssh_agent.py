"""Signing by a real ssh-agent, and agents that lie."""

import base64
import socket
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

import gateways
from habeas.adapters import signers, ssh_agent
from habeas.cli.main import run
from habeas.errors import SetupError
from habeas.register.signing import good, keyid8

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def added(ssh_agent: Path) -> Callable[..., bytes]:
    """Make a key with ssh-keygen, add it with ssh-add; returns its public blob."""

    def add(comment: str, kind: str = "ed25519") -> bytes:
        path = ssh_agent.with_name(f"{kind} {comment} {len(list(ssh_agent.parent.iterdir()))}")
        words = ["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", comment, "-f", str(path)]
        subprocess.run(words, check=True)  # noqa: S603 - our own words
        subprocess.run(["ssh-add", "-q", str(path)], check=True)  # noqa: S603, S607 - our own words
        return base64.b64decode(path.with_name(path.name + ".pub").read_text().split()[1])

    return add


def code(call: Callable[..., object], *given: object) -> str:
    with pytest.raises(SetupError) as caught:
        call(*given)
    return caught.value.code


def test_without_an_agent_nothing_is_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    assert code(ssh_agent.keys) == "H914"


def test_a_key_that_the_agent_lacks_or_holds_twice_is_refused(added: Callable[..., bytes]) -> None:
    assert ssh_agent.keys() == []
    assert code(signers.signer, "agent:officer") == "H914"
    added("officer")
    added("officer")
    assert code(signers.signer, "agent:officer") == "H914"


def test_a_key_of_another_kind_is_not_seen(added: Callable[..., bytes]) -> None:
    added("officer", "ecdsa")
    assert ssh_agent.keys() == []


def test_an_agents_signature_verifies(added: Callable[..., bytes]) -> None:
    public = added("officer of SE-KVV")[-32:]
    added("another")
    by_id = signers.signer(f"agent:{keyid8(public).hex()}")
    by_comment = signers.signer("agent:officer of SE-KVV")
    assert by_id.public() == by_comment.public() == public
    for message in (b"", b"a body", bytes(100_000)):
        assert good(public, by_id.sign(message), message)


def test_an_agent_that_lost_the_key_is_told_so(added: Callable[..., bytes]) -> None:
    added("officer")
    signer = signers.signer("agent:officer")
    subprocess.run(["ssh-add", "-q", "-D"], check=True)  # noqa: S607 - our own words
    assert code(signer.sign, b"a body") == "H914"


def test_a_register_is_kept_with_keys_of_an_agent(
    tmp_path: Path, added: Callable[..., bytes], capsys: Captured
) -> None:
    for name in ("log", "root", "officer"):
        added(name)
    path = tmp_path / "register.sqlite3"
    roots = {"SE-KVV": signers.public("agent:root")}
    gateways.made(path, signers.public("agent:log"), roots)
    by = ["--authority", "SE-KVV", "--root", "agent:root", "--agreement", "SE-EE"]
    alone = ["--log-key", "agent:log"]
    assert run(["keys", "enrol", str(path), "agent:officer", *by, *alone]) == 0
    drafts, signed = tmp_path / "drafts.jsonl", tmp_path / "signed.jsonl"
    key = keyid8(signers.public("agent:officer")).hex()
    old = keyid8(gateways.key(gateways.OFFICER).public()).hex()
    drafts.write_text(gateways.opened(1).body.decode().replace(old, key) + "\n")
    assert run(["sign", str(drafts), "--keys", "agent", "--out", str(signed)]) == 0
    assert run(["register", "append", str(path), str(signed), "--agreement", "SE-EE", *alone]) == 0
    assert run(["register", "verify", str(path)]) == 0
    capsys.readouterr()


def _string(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


BLOB = _string(b"ssh-ed25519") + _string(bytes(32))
NAMED = _string(BLOB) + _string(b"officer")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\x00\x00",
        bytes(4),
        b"\xff\xff\xff\xff",
        _string(b"\x05"),
        _string(b"\x0e"),
        _string(b"\x0c"),
        _string(b"\x0c\xff\xff\xff\xff"),
        _string(b"\x0c\x00\x00\x00\x02" + NAMED),
        _string(b"\x0c\x00\x00\x00\x01" + _string(_string(b"ssh-ed25519") + _string(b"short"))),
        _string(b"\x0c\x00\x00\x00\x01" + NAMED[:-1]),
    ],
)
def test_an_agent_that_breaks_the_protocol_is_told_so(tmp_path: Path, answer: bytes) -> None:
    assert code(_against, tmp_path, answer, ssh_agent.keys) == "H914"


@pytest.mark.parametrize(
    "signature",
    [
        _string(b"ssh-ed25519") + _string(bytes(64)),
        _string(b"ssh-ed25519") + _string(bytes(63)),
        _string(b"ssh-rsa") + _string(bytes(64)),
        b"",
    ],
)
def test_a_signature_that_is_not_good_is_refused(tmp_path: Path, signature: bytes) -> None:
    public = gateways.key("log").public()
    answer = _string(b"\x0e" + _string(signature))

    def sign(path: Path) -> bytes:
        return ssh_agent.AgentKey(path, public, "log").sign(b"a body")

    assert code(_against, tmp_path, answer, sign) == "H914"


def _against(folder: Path, answer: bytes, call: Callable[[Path], object]) -> object:
    """A call against an agent that gives one answer and hangs up."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(folder / "false.sock"))
    listener.listen()

    def serve() -> None:
        peer, _ = listener.accept()
        with peer:
            peer.recv(65_536)
            peer.sendall(answer)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        return call(folder / "false.sock")
    finally:
        thread.join()
        listener.close()
