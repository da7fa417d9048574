"""Signing by an ssh-agent: the key stays in the agent, or in the device behind it.

Is trusted with the authority's name as a key file is: whoever may open the agent's socket can sign
as that officer, for as long as it is open. The private key itself cannot be read out of it.
Ed25519 keys alone. Source: draft-miller-ssh-agent; RFC 8709.
"""

import os
import socket
from dataclasses import dataclass
from pathlib import Path

from habeas.errors import Fault, SetupError
from habeas.register.signing import good, keyid8

KIND = b"ssh-ed25519"
IDENTITIES, SIGN = b"\x0b", b"\x0d"
ANSWERS = {IDENTITIES: 12, SIGN: 14}
CAP, WAIT_S, SIGN_WAIT_S = 256 * 1024, 10.0, 120.0  # a device may ask to be touched
PUBLIC, SIGNATURE, NUMBER = 32, 64, 4


@dataclass(frozen=True, slots=True)
class AgentKey:
    """A signer whose key an agent holds."""

    agent: Path
    key: bytes  # 32 bytes, public
    comment: str

    def public(self) -> bytes:
        """The 32 bytes of the public key."""
        return self.key

    def sign(self, message: bytes) -> bytes:
        """The signature that the agent makes, once it is seen to verify.

        Raises:
            SetupError: H914, when the agent refuses, or its signature is not good.
        """
        blob = _string(KIND) + _string(self.key)
        body = SIGN + _string(blob) + _string(message) + bytes(NUMBER)
        answer = _Reader(_asked(self.agent, body, SIGN_WAIT_S))
        parts = _Reader(answer.string())
        kind, signature = parts.string(), parts.string()
        if kind != KIND or len(signature) != SIGNATURE or not good(self.key, signature, message):
            raise _fault("the agent's signature does not verify")
        return signature


def keys(agent: Path | None = None) -> list[AgentKey]:
    """The Ed25519 keys of an agent, of SSH_AUTH_SOCK where none is named.

    Raises:
        SetupError: H914, when there is no agent, or it answers otherwise than the protocol says.
    """
    named = agent or Path(os.environ.get("SSH_AUTH_SOCK") or "/nonexistent")
    answer = _Reader(_asked(named, IDENTITIES, WAIT_S))
    found = []
    for _ in range(answer.number()):
        blob, comment = _Reader(answer.string()), answer.string()
        if blob.string() == KIND:
            key = blob.string()
            if len(key) != PUBLIC:
                raise _malformed()
            found.append(AgentKey(named, key, comment.decode(errors="replace")))
    return found


def key(name: str, agent: Path | None = None) -> AgentKey:
    """The one key of an agent with a key id, in hexadecimal, or a comment.

    Raises:
        SetupError: H914, when none has it, or several.
    """
    held = keys(agent)
    found = [one for one in held if name in {keyid8(one.key).hex(), one.comment}]
    if len(found) != 1:
        there = ", ".join(sorted(keyid8(one.key).hex() for one in held)) or "none"
        what = f"the agent holds {len(found)} Ed25519 keys '{name}'; its key ids: {there}"
        raise _fault(what, "Add it with ssh-add, or name it by its key id.")
    return found[0]


def _string(data: bytes) -> bytes:
    return len(data).to_bytes(NUMBER, "big") + data


def _asked(agent: Path, body: bytes, wait_s: float) -> bytes:
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
            peer.settimeout(wait_s)
            peer.connect(str(agent))
            peer.sendall(_string(body))
            length = int.from_bytes(_exactly(peer, NUMBER), "big")
            if not 1 <= length <= CAP:
                raise _malformed()
            answer = _exactly(peer, length)
    except OSError as error:
        why = error.strerror or str(error)
        raise _fault(f"the ssh agent at '{agent}' cannot be asked: {why}") from error
    if answer[0] != ANSWERS[body[:1]]:
        raise _fault("the ssh agent refused", "Unlock it, or confirm what it asks.")
    return answer[1:]


def _exactly(peer: socket.socket, count: int) -> bytes:
    found = b""
    while len(found) < count:
        part = peer.recv(count - len(found))
        if not part:
            raise _malformed()
        found += part
    return found


class _Reader:
    """Numbers and strings out of an answer, each within its bytes."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def _take(self, count: int) -> bytes:
        found = self._data[self._at : self._at + count]
        if len(found) != count:
            raise _malformed()
        self._at += count
        return found

    def number(self) -> int:
        return int.from_bytes(self._take(NUMBER), "big")

    def string(self) -> bytes:
        return self._take(self.number())


def _malformed() -> SetupError:
    return _fault("the ssh agent's answer breaks its protocol")


def _fault(what: str, fix: str = "Start an agent and set SSH_AUTH_SOCK.") -> SetupError:
    return SetupError(Fault("H914", what, fix))
