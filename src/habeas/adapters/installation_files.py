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
BYTES, HTTPS = 32, 443
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
    """Whose installation it is, with whom it talks, and how it is served.

    What each setting says here stands in docs/operation.md; `settings_files` reads them all.
    """

    format_: Literal["habeas-installation/1"]
    name: Annotated[Text, Meta(description="whose installation it is, as pages show it")]
    state: Annotated[Text, Meta(description="code of that state: the sending or the receiving one")]
    agreement: Annotated[Text, Meta(description="id of the agreement in the library")]
    sending: Annotated[Text, Meta(description="code of the sending state")]
    receiving: Annotated[Text, Meta(description="code of the receiving state")]
    address: Annotated[Address, Meta(description="scheme, host and port as its people type them")]
    registrar: Annotated[
        Text,
        Meta(
            description="key that signs what the gateway itself records: a file in the folder of "
            "officers, or agent:KEYID"
        ),
    ]
    log_key: Annotated[
        Text, Meta(description="key that signs checkpoints: a file in the folder, or agent:KEYID")
    ]
    register: Annotated[
        Text, Meta(description="the register's file, or one that names a PostgreSQL server")
    ] = "register.sqlite3"
    officers: Annotated[
        Text, Meta(description="folder of the officers' keys that sign here, or agent")
    ] = OFFICERS
    database: Annotated[
        str,
        Meta(
            max_length=2000,
            description="of the web: empty, a file in the folder; or postgresql://... or "
            "dbname=...",
        ),
    ] = ""
    zone: Annotated[
        str, Meta(max_length=60, description="of civil days on its pages; empty: the agreement's")
    ] = ""
    demonstration: Annotated[
        bool, Meta(description="synthetic people, with whom one may sign in without a factor")
    ] = False
    peer: Annotated[Peer | None, Meta(description="the other state's installation")] = None
    providers: Annotated[
        tuple[Provider, ...], Meta(description="identity providers whose people may sign in")
    ] = ()
    webhook_hosts: Annotated[
        tuple[Text, ...], Meta(description="the only hosts that may be told of anything")
    ] = ()
    listen: Annotated[
        Text, Meta(description="address of this machine on which the web answers")
    ] = "127.0.0.1"
    port: Annotated[
        int, Meta(ge=0, le=65535, description="on which it answers; 0: that of the address")
    ] = 0
    workers: Annotated[int, Meta(ge=1, le=256, description="processes of the web")] = 2
    threads: Annotated[int, Meta(ge=1, le=256, description="requests at once in each")] = 4
    cadence: Annotated[
        int, Meta(ge=0, le=1440, description="minutes between checkpoints; 0: only when asked")
    ] = 60
    reserve_mb: Annotated[
        int,
        Meta(
            ge=0,
            le=1_000_000,
            description="MB of disk kept free of new events, so that reads can still be recorded",
        ),
    ] = 64
    backups: Annotated[
        str,
        Meta(max_length=500, description="folder of copies, whose age `habeas doctor` tells"),
    ] = ""
    log_level: Annotated[
        Literal["error", "warning", "info"], Meta(description="the least that is logged")
    ] = "info"

    def served_at(self) -> int:
        """The port on which the web answers."""
        return self.port or urlsplit(self.address).port or HTTPS


def read(folder: Path) -> Installation:
    """What the file of an installation says; `settings_files.settled` heeds the environment too.

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
