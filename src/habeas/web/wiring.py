"""Which adapters this installation uses; the only place."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from secrets import token_bytes
from typing import cast

from django.conf import settings

from habeas.adapters import gateway_socket, letterbox_files, public_holidays, register_files
from habeas.adapters.installation_files import DOCKETS, FACILITIES, Installation
from habeas.adapters.letterbox_files import Shelf, SqliteLetterbox
from habeas.adapters.logs import TRACEPARENT
from habeas.adapters.settlement_file import SETTLEMENTS, SettlementFile
from habeas.errors import Fault, SetupError
from habeas.service import agree, arising, keep, locate, measure, record, transfer
from habeas.service import letterbox as strangers
from habeas.service.agree import Library
from habeas.service.arising import Rules
from habeas.service.asking import Caller
from habeas.service.letterbox import Promise
from habeas.service.measure import Place
from habeas.service.transfer import Ground

WAIT_S = 15.0  # for a gateway that is busy, not for one that is not there
_here = threading.local()


def installation() -> Installation:
    """Whose installation this is.

    Raises:
        SetupError: H916, when the web was started without one.
    """
    found: Installation | None = settings.INSTALLATION
    if found is None:
        fix = "Start it with 'habeas serve DIR'."
        raise SetupError(Fault("H916", "no installation is named to the web", fix))
    return found


def folder() -> Path:
    """The folder of the installation."""
    installation()
    return cast("Path", settings.FOLDER)


def library() -> Library:
    """The library of law, the one that this process holds."""
    return agree.library()


@cache
def ground() -> Ground:
    """Under which agreement, between which states, everything here stands."""
    found = installation()
    deal = library().agreement(found.agreement)
    terms = transfer.terms(deal, found.sending, found.receiving)
    return Ground(deal, terms, found.demonstration)


@cache
def duties() -> Rules:
    """Under what duties arise here: the library's, by the agreement's numbers and zone."""
    deal, here = ground().deal, installation()
    pair = transfer.pair(deal, here.sending, here.receiving)
    return arising.rules(library(), deal, pair, public_holidays.calendar)


def register() -> register_files.Register:
    """The register, opened once a thread, to read."""
    if not hasattr(_here, "register"):
        _here.held = register_files.opened(folder() / installation().register, writes=False)
        _here.register = _here.held.__enter__()
    return cast("register_files.Register", _here.register)


def settlements() -> SettlementFile | None:
    """How what both states share stands, opened once a thread; None where nothing is mirrored."""
    path = _beside().with_name(SETTLEMENTS)
    if getattr(_here, "settlements", (None, None))[0] != path and path.exists():
        _here.settlements = (path, SettlementFile(path))
    found: SettlementFile | None = getattr(_here, "settlements", (None, None))[1]
    return found


def trust() -> record.Trust:
    """Whose keys the register's readers believe."""
    return register().trust()


@contextmanager
def gateway() -> Iterator[Caller]:
    """Whoever writes, signs and records reads here.

    Raises:
        SetupError: H910, when no gateway serves the register: then nothing is shown of a person.
    """
    line = gateway_socket.connected(folder() / installation().register, wait_s=WAIT_S)
    if line is None:
        fix = "Start it: 'habeas serve' starts it with the web."
        spanish = (
            "ninguna pasarela sirve este registro",
            "Iníciela: 'habeas serve' la inicia junto con la web.",
        )
        raise SetupError(Fault("H910", "no gateway serves this register", fix, spanish=spanish))
    with closing(line):
        yield Caller(line.ask, TRACEPARENT.get())


@cache
def _letterbox(register: Path) -> SqliteLetterbox:
    return SqliteLetterbox(register.with_name(letterbox_files.BOX), token_bytes)


@cache
def _shelf(register: Path) -> Shelf:
    return Shelf(register.with_name(letterbox_files.ANSWERS))


def _beside() -> Path:
    return folder() / installation().register


def letterbox() -> SqliteLetterbox:
    """Where what strangers ask waits for the gateway."""
    return _letterbox(_beside())


def letterbox_key() -> bytes:
    """The key to which it is sealed.

    Raises:
        SetupError: H871, where no gateway has written one.
    """
    return letterbox_files.public(_beside())


def sealed_answer(key: bytes, today: date, secret: bytes) -> tuple[date, bytes]:
    """Of which day the sealed answers are, and what they answer to a lookup key: hit or miss."""
    return locate.sealed(_shelf(_beside()).answers(), key, today, secret)


def promise() -> Promise:
    """By when whoever asks is answered, and which court hears an appeal."""
    return strangers.promise(library(), ground().deal, installation().state)


def dockets() -> list[Path]:
    """The docket files of the installation, oldest first."""
    return sorted((folder() / DOCKETS).glob("*.parquet"))


@cache
def facilities() -> dict[str, Place]:
    """The installation's own facility files, by id."""
    found = [
        measure.of_text(path.read_text(encoding="utf-8"), path.name)
        for path in sorted((folder() / FACILITIES).glob("*.toml"))
    ]
    return {one.facility.id: one for one in found}


def good_keys() -> dict[str, list[str]]:
    """The ids of every authority's officers' keys that are good in the register, oldest first."""
    register_ = register()
    register_.vault.forget()
    listed = keep.keys_listed(register_.store, register_.vault, register_.trust())
    found: dict[str, list[str]] = {}
    for one in listed:
        if "until" not in one:
            found.setdefault(str(one["authority"]), []).append(str(one["key"]))
    return found


def keys_at_hand() -> dict[str, list[str]]:
    """The ids of the officers' keys with which this installation's gateway signs, by authority.

    Their files are opened by nobody but the gateway: the register says whose each id is.
    """
    own = {one.id for one in ground().deal.authorities if one.state == installation().state}
    return {name: keys for name, keys in good_keys().items() if name in own}
