"""The settings of an installation: its file, and what the environment says in its place.

Every key of `installation.json` that is one value may be given by a variable, `HABEAS_` and its
name in capitals, and the variable wins. A secret is never a variable's value: `HABEAS_..._FILE`
names the file that holds it. All faults are told at once, each with its key or variable.

Is trusted as the installation's file is: whoever sets the environment of a process can point it at
another register or peer.
"""

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec.structs import FieldInfo, fields

from habeas.adapters import text_files
from habeas.adapters.installation_files import FILE, Installation, Peer
from habeas.errors import Fault, SetupError

PREFIX, END = "HABEAS_", "_FILE"
FOLDER = "HABEAS_INSTALLATION"
SECRETS = frozenset({"database"})  # may hold a password
WHOLE = frozenset({"format", "peer", "providers"})  # of the file alone
OTHERS = frozenset(  # read elsewhere: by commands, or by tests, drills and benchmarks alone
    PREFIX + name
    for name in (
        "INSTALLATION", "LANG", "THREADS", "TRACE", "SMTP_PASSWORD", "MONTHS", "YEAR_PEOPLE",
        "BENCH_DIR", "BENCH_WEB", "DRILL_RUN", "NO_SKIPS", "POSTGRES", "REAL_DATA",
        "TEST_LATER_HOURS",
    )
)  # fmt: skip
AGENT = "agent"


def variable(name: str) -> str:
    """The variable of a setting; empty where the file alone says it."""
    if name in WHOLE:
        return ""
    return PREFIX + name.upper() + (END if name in SECRETS else "")


def settled(folder: Path, environment: Mapping[str, str]) -> Installation:
    """The settings of an installation.

    Args:
        folder: of the installation.
        environment: the variables of this process.

    Raises:
        SetupError: H916, when the folder holds no installation; H958, with every fault at once.
    """
    said, found = _said(folder / FILE), dict[str, Any]()
    known = {one.encode_name: one for one in fields(Installation)}
    faults = [_unknown(key, known, folder) for key in said.keys() - known.keys()]
    for field in known.values():
        try:
            found |= _one(field, said, folder, environment)
        except SetupError as error:
            faults += error.faults
    faults += _together(found, folder)
    if faults:
        raise SetupError(*sorted(faults, key=lambda one: one.where))
    return Installation(**found)


_FIX = "Correct it as docs/operation.md says."


def _fault(what: str, fix: str, folder: Path, key: str) -> Fault:
    return Fault("H958", what, fix, str(folder / FILE), where=key)


def _unknown(key: str, known: Mapping[str, FieldInfo], folder: Path) -> Fault:
    near = difflib.get_close_matches(key, known, 1)
    fix = f"Write '{near[0]}'." if near else "Take it out, or see docs/operation.md."
    return _fault("nobody knows this setting", fix, folder, key)


def _one(
    field: FieldInfo, said: Mapping[str, Any], folder: Path, environment: Mapping[str, str]
) -> dict[str, Any]:
    """One setting by its field's name; nothing where its default holds."""
    key = field.encode_name
    given = _given(field, folder, environment)
    if given is not None:
        return {field.name: given}
    if key not in said:
        if field.required:
            raise SetupError(_fault("it is missing", "Write it.", folder, key))
        return {}
    try:
        return {field.name: msgspec.convert(said[key], field.type)}
    except msgspec.ValidationError as error:
        what, _, at = str(error).partition(" - at `$")
        what = f"it is not as it must be: {what}"
        raise SetupError(_fault(what, _FIX, folder, key + at.rstrip("`"))) from error


def _said(path: Path) -> dict[str, Any]:
    try:
        return msgspec.json.decode(text_files.text(path), type=dict[str, Any])
    except (msgspec.MsgspecError, SetupError) as error:
        fix = "Make one with 'habeas demo --serve', or write the file as docs/operation.md says."
        why = "" if isinstance(error, SetupError) else f": {error}"
        what = f"the folder has no {FILE} that can be read{why}"
        raise SetupError(Fault("H916", what, fix, str(path))) from error


def _given(field: FieldInfo, folder: Path, environment: Mapping[str, str]) -> Any:  # noqa: ANN401 - whatever the field is
    """What the environment says in the file's place; None where it says nothing."""
    name = variable(field.encode_name)
    plain = PREFIX + field.encode_name.upper()
    if name.endswith(END) and plain in environment:
        fix = f"Put it into a file that its owner alone may read, and name that in {name}."
        raise SetupError(Fault("H958", "a secret is no variable's value", fix, where=plain))
    if not name or name not in environment:
        return None
    text = environment[name]
    if name.endswith(END):
        text = _held(folder / text, name)
    try:
        many = isinstance(field.default, tuple)
        return msgspec.convert(text.split() if many else text, field.type, strict=False)
    except msgspec.ValidationError as error:
        what = f"it is not as it must be: {str(error).partition(' - at')[0]}"
        raise SetupError(Fault("H958", what, _FIX, where=name)) from error


def _held(path: Path, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        fix = "Name a file that this process may read."
        raise SetupError(Fault("H958", f"'{path}' cannot be read", fix, where=name)) from error


def _together(found: Mapping[str, Any], folder: Path) -> Iterator[Fault]:
    """What is wrong with settings that are each well formed."""
    state = found.get("state")
    if state and {"sending", "receiving"} <= found.keys():
        if state not in (found["sending"], found["receiving"]):
            what = "the state is neither the sending nor the receiving one"
            yield _fault(what, "Write the code of one of them.", folder, "state")
        if found["sending"] == found["receiving"]:
            what = "the sending and the receiving state are the same"
            yield _fault(what, "Write the codes of two states.", folder, "receiving")
    if isinstance(found.get("peer"), Peer) and found["peer"].state == state:
        what = "the peer is this very state"
        yield _fault(what, "Write the other state's code.", folder, "peer.state")
    where = found.get("database")
    scheme, url, _ = (where or "").partition("://")
    if where and not (scheme in {"postgresql", "postgres"} if url else "=" in where):
        what = "that is no address of a database"
        fix = "Write postgresql://... or dbname=..., or leave it empty."
        yield _fault(what, fix, folder, "database")
    try:
        urlsplit(found.get("address", "")).port  # noqa: B018 - asked whether it is one
    except ValueError:
        yield _fault("its port is none", "Write 1 to 65535.", folder, "address")
    try:
        ZoneInfo(found.get("zone") or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        fix = "Write a name such as Europe/Tallinn."
        yield _fault("there is no such time zone", fix, folder, "zone")


def strange(environment: Mapping[str, str]) -> list[str]:
    """The variables that look as if they were of this program, and that nobody reads."""
    own = OTHERS | {variable(one.encode_name) for one in fields(Installation)}
    plain = {PREFIX + name.upper() for name in SECRETS}  # refused with a sentence of their own
    return sorted({name for name in environment if name.startswith(PREFIX)} - own - plain)


def keys(folder: Path, found: Installation) -> dict[str, Path]:
    """The files of the gateway's signing keys by their setting, without those of an agent."""
    officers = folder / found.officers
    named = {"log_key": (folder, found.log_key), "registrar": (officers, found.registrar)}
    files = {
        setting: base / name
        for setting, (base, name) in named.items()
        if not name.startswith(f"{AGENT}:")
    }
    if found.officers == AGENT:
        return files
    return files | {f"officers/{path.name}": path for path in sorted(officers.glob("*.key"))}


def table() -> list[tuple[str, str, str, str]]:
    """Every setting: its key, its variable or a dash, its default or `needed`, and what it is."""
    rows = []
    for one in fields(Installation):
        node = msgspec.json.schema(one.type)
        told = node.get("description") or "the form of the file: habeas-installation/1"
        default = "" if one.required else msgspec.json.encode(one.default).decode()
        rows.append((one.encode_name, variable(one.encode_name) or "-", default or "needed", told))
    return rows
