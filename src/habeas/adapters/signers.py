"""A signer by its name in a call: a key file, or `agent:` and a key of the ssh agent."""

from pathlib import Path

from habeas.adapters import key_files, ssh_agent
from habeas.errors import Fault, SetupError
from habeas.register.signing import Signer

AGENT = "agent"
PUBLIC = 32


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
