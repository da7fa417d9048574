"""A signer by its name in a call: a key file, or `agent:` and a key of the ssh agent."""

import base64
from pathlib import Path

from habeas.adapters import key_files, ssh_agent
from habeas.errors import Fault, SetupError
from habeas.register.signing import Signer

AGENT = "agent"
PUBLIC = 32
SSH_HEAD = b"\x00\x00\x00\x0bssh-ed25519\x00\x00\x00\x20"  # of a public key of OpenSSH


def signer(name: str) -> Signer:
    """The signer of `agent:<key id or comment>`, or of a key file for demonstration.

    Raises:
        SetupError: H904 for a file that is no key, H914 for an agent without it.
    """
    kind, colon, key = name.partition(":")
    if kind == AGENT and colon:
        return ssh_agent.key(key)
    return key_files.read(Path(name))[1]


def group(name: str) -> dict[str, list[Signer]]:
    """Every signer of a folder of key files, by authority; of the ssh agent where it is `agent`."""
    if name == AGENT:
        return {"": list(ssh_agent.keys())}
    return key_files.read_folder(Path(name))


def roots(folder: Path) -> dict[str, bytes]:
    """The public root key of each authority: of `NAME.pub` as ssh-keygen writes it, or a key file.

    A root's private half need not come near the machine of the register.

    Raises:
        SetupError: H904, for a key file that is none; H903, for a public key that is no Ed25519.
    """
    found = {name: group[0].public() for name, group in key_files.read_folder(folder).items()}
    return found | {path.stem: _ssh_public(path) for path in sorted(folder.glob("*.pub"))}


def _ssh_public(path: Path) -> bytes:
    words = path.read_text(encoding="utf-8", errors="replace").split()
    try:
        blob = base64.b64decode(words[1], validate=True)
    except (IndexError, ValueError):
        blob = b""
    if len(blob) != len(SSH_HEAD) + PUBLIC or not blob.startswith(SSH_HEAD):
        fix = "Make it with ssh-keygen -t ed25519."
        raise SetupError(Fault("H903", "the file holds no public Ed25519 key", fix, str(path)))
    return blob[len(SSH_HEAD) :]


def public(name: str) -> bytes:
    """A public key by its 64 hexadecimal digits, or that of a signer.

    Raises:
        SetupError: H904, H914; H903 for digits that are no key of 32 bytes.
    """
    if len(name) == PUBLIC * 2:
        try:
            return bytes.fromhex(name)
        except ValueError as error:
            what = "the key is no 64 hexadecimal digits"
            raise SetupError(Fault("H903", what, "Write the public key in hexadecimal.")) from error
    return signer(name).public()
