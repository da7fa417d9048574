"""An installation as its commands find it: one folder, and in it the file that says whose it is.

The folder holds the register, its keys and trust file, the officers' keys that the gateway signs
with, the documents that were uploaded, the dockets, and the web's own database, which is a cache.

Is trusted with whose installation this is and whom it sends to: whoever can change the file can
point it at another peer, whose messages are still believed only under keys that the register knows.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct

from habeas.adapters import text_files
from habeas.errors import Fault, SetupError

FILE, SECRET, DATABASE = "installation.json", "web.key", "web.sqlite3"
HOOKS, METRICS = "hooks.key", "metrics.key"
OFFICERS, DOCKETS, EVIDENCE, FACILITIES = "officers", "dockets", "evidence", "facilities"
ROLLS, STATISTICS = "rolls", "statistics"  # of which everybody may have every file
BYTES = 32
Text = Annotated[str, Meta(min_length=1, max_length=200)]
Address = Annotated[str, Meta(pattern=r"^https?://[^\s/]+$", max_length=200)]


class Peer(Struct, frozen=True, forbid_unknown_fields=True):
    """The other state's installation."""

    state: Text
    address: Address


class Provider(Struct, frozen=True, forbid_unknown_fields=True):
    """An identity provider whose people may sign in; the secret lies in a file of its own."""

    id: Text
    name: Text
    server: Annotated[str, Meta(pattern=r"^https?://\S+$", max_length=500)]
    client: Text
    secret_file: Text


class Installation(Struct, frozen=True, forbid_unknown_fields=True, rename={"format_": "format"}):
    """Whose installation this is, under which agreement, and with whom it talks."""

    format_: Literal["habeas-installation/1"]
    name: Text
    state: Text
    agreement: Text
    sending: Text
    receiving: Text
    address: Address  # as its people type it
    registrar: Text  # file of the key, under the folder of officers, that signs what it records
    log_key: Text  # file of the log's key, in the folder
    register: Text = "register.sqlite3"
    database: str = ""  # a postgresql:// address; empty: a file in the folder
    zone: str = ""  # of civil days on its pages; empty: the agreement's
    demonstration: bool = False
    peer: Peer | None = None
    providers: tuple[Provider, ...] = ()
    webhook_hosts: tuple[Text, ...] = ()  # the only hosts that may be told of anything


def read(folder: Path) -> Installation:
    """The installation of a folder.

    Raises:
        SetupError: H916, when the folder holds none.
    """
    path = folder / FILE
    try:
        return msgspec.json.decode(text_files.text(path), type=Installation)
    except (msgspec.MsgspecError, SetupError) as error:
        fix = "Make one with 'habeas demo --serve', or write the file as docs/web.md asks."
        why = "" if isinstance(error, SetupError) else f": {error}"
        what = f"the folder has no {FILE} that can be read{why}"
        raise SetupError(Fault("H916", what, fix, str(path))) from error


def write(folder: Path, found: Installation) -> None:
    """Write the file of a new installation."""
    (folder / FILE).write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n")


def secret(folder: Path, chance: Callable[[int], bytes], name: str = SECRET) -> str:
    """A secret of the installation in a file of its own, drawn where there is none.

    The one under which the web signs its sessions, where no other is named.
    """
    path = folder / name
    if not path.exists():
        # Two that draw at once keep the one that was linked first.
        draft = path.with_name(f"{name}.{chance(8).hex()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(chance(BYTES).hex() + "\n")
        with suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    return path.read_text(encoding="ascii").strip()


def provider_secret(folder: Path, provider: Provider) -> str:
    """What this installation and an identity provider both know, kept in a file of the folder.

    Raises:
        SetupError: H811, when the file is outside the folder, not there, or empty.
        SetupError: H812, when the provider would be asked over the open network in the clear.
    """
    where = urlsplit(provider.server)
    if where.scheme != "https" and not loopback(where.hostname):
        what = f"the identity provider '{provider.id}' has an address without https"
        raise SetupError(Fault("H812", what, "Write its https:// address.", FILE))
    path = folder / provider.secret_file
    inside = path.resolve().is_relative_to(folder.resolve())
    found = path.read_text(encoding="utf-8").strip() if inside and path.is_file() else ""
    if not found:
        what = f"the secret of the identity provider '{provider.id}' is not in {FILE}'s folder"
        fix = f"Put it into the file {provider.secret_file} there, readable by its owner alone."
        raise SetupError(Fault("H811", what, fix, provider.secret_file))
    return found


def loopback(host: str | None) -> bool:
    """Whether a name stands for this machine itself; None and a name that may move do not."""
    if host == "localhost":
        return True
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False
