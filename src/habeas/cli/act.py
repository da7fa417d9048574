"""habeas act: an officer's act, the second signature, what waits; all through a gateway."""

import json as json_text
from collections.abc import Mapping
from pathlib import Path
from secrets import token_bytes
from typing import Annotated, Any

from cyclopts import App, Parameter

from habeas.adapters import text_files
from habeas.cli import clock, gateway, output
from habeas.errors import Fault, SetupError
from habeas.service import asking, transfer
from habeas.service.asking import Asker, Caller, Found, Hand, Officer
from habeas.terms import Role

CHANCE = 10  # bytes of an id
Named = list[str]


def act(
    register: Path,
    kind: str,
    subject: str,
    /,
    *,
    agreement: str,
    by: str,
    with_: Annotated[Named | None, Parameter(name="--with")] = None,
    at: str | None = None,
    body: Named | None = None,
    body_file: Path | None = None,
    facility: str | None = None,
    corrects: str | None = None,
    sending: str | None = None,
    receiving: str | None = None,
    id_: Annotated[str | None, Parameter(name="--id")] = None,
    json: bool = False,
) -> int:
    """Draft an act, have the law asked, sign it; it is recorded where nobody else must sign.

    Args:
        register: the register's file; a gateway serves it.
        kind: the kind of event, as docs/spec/event.md names it.
        subject: the person's register number.
        agreement: the agreement whose terms hold.
        by: who acts, as AUTHORITY/ROLE/KEY; the key lies at the gateway.
        with_: who must sign too, as AUTHORITY/ROLE/KEY; once for each.
        at: when it happened, as an instant with offset; now where absent.
        body: what the kind carries, as KEY=VALUE; a value that is JSON is read as such.
        body_file: what the kind carries, as a file with one JSON object.
        facility: where the person is.
        corrects: the id of the event that is corrected.
        sending: the sending state, where the agreement has several.
        receiving: the receiving state, where the agreement has several.
        id_: the id of the act, to send the same again; drawn where absent.
        json: print one JSON document.
    """
    told, instant = clock.instant(at, "--at")
    asked = asking.Act(
        id_ or transfer.ulid(instant, token_bytes(CHANCE)),
        kind,
        subject,
        told if "T" in told else instant.isoformat(),
        _carried(body or [], body_file),
        tuple(hand(one) for one in [by, *(with_ or [])]),
        agreement,
        sending,
        receiving,
        facility,
        corrects,
    )
    if not json:
        output.note(f"id {asked.id}: give it with --id to send the same again")
    return _told(ask(register, asked), json=json)


def sign(register: Path, draft: str, /, *, by: str, json: bool = False) -> int:
    """Add an officer's signature to a draft; the last one records it.

    Args:
        register: the register's file; a gateway serves it.
        draft: the id of the draft.
        by: who signs, as AUTHORITY/KEY; the key lies at the gateway.
        json: print one JSON document.
    """
    return _told(ask(register, asking.Sign(draft, _officer(by))), json=json)


def drop(register: Path, draft: str, /, *, by: str, reason: str, json: bool = False) -> int:
    """Withdraw a draft, for one of those who sign it.

    Args:
        register: the register's file; a gateway serves it.
        draft: the id of the draft.
        by: who withdraws it, as AUTHORITY/KEY.
        reason: why; whoever would sign it is told.
        json: print one JSON document.
    """
    found = ask(register, asking.Drop(draft, _officer(by), reason))
    if json:
        output.document(found)
    else:
        output.lines([f"draft {found['draft']} is {found['state']}"])
    return output.DONE


def drafts(register: Path, /, *, reader: str, purpose: str, json: bool = False) -> int:
    """List the drafts that an authority, or one of its officers, has to do with.

    Args:
        register: the register's file; a gateway serves it.
        reader: who asks, as AUTHORITY/ROLE or AUTHORITY/ROLE/KEY; recorded for each person listed.
        purpose: what for; recorded too.
        json: print one JSON document.
    """
    found = ask(register, asking.Drafts(reader_of(reader), purpose))
    if json:
        output.document({"path": str(register), **found})
        return output.DONE
    output.note(f"{register}: {len(found['drafts'])} drafts")
    output.lines(line for one in found["drafts"] for line in _lines(one))
    return output.DONE


def _lines(one: Mapping[str, Any]) -> list[str]:
    waits = ", ".join(f"{who['authority']}/{who['key']}" for who in one["waits_for"])
    state = f"{one['state']}: {one['why']}" if "why" in one else f"waits for {waits or 'its place'}"
    about = f"{one['kind']} of {one['subject']}, {one['at']}"
    return [one["draft"], *(f"  {output.shown(text)}" for text in (about, state))]


def _told(found: Found, *, json: bool) -> int:
    if json:
        output.document(found)
    elif "index" in found:
        output.lines([f"recorded at index {found['index']}, entry {found['entry']}"])
    else:
        waits = ", ".join(f"{one['authority']}/{one['key']}" for one in found["waits_for"])
        output.lines([f"draft {found['draft']} waits for {waits}"])
    return output.DONE


def ask(register: Path, asked: asking.Request) -> Found:
    """What the gateway that serves a register answers.

    Raises:
        SetupError: H928, where none does.
    """
    with gateway.caller(register) as found:
        return serving(found, register).ask(asked)


def serving(found: Caller | None, register: Path) -> Caller:
    """The gateway that serves a register.

    Raises:
        SetupError: H928, where none does.
    """
    if found is None:
        fix = "Start 'habeas gateway'; without one, use 'habeas sign' and 'habeas register append'."
        raise SetupError(Fault("H928", "no gateway serves this register", fix, str(register)))
    return found


def _parts(text: str, option: str, form: str) -> list[str]:
    parts = text.split("/")
    if len(parts) != form.count("/") + 1 or not all(parts):
        raise SetupError(Fault("H903", f"{option} '{text}' is no {form}", f"Write {form}."))
    return parts


def _role(text: str) -> Role:
    if text not in set(Role):
        roles = ", ".join(sorted(Role))
        raise SetupError(Fault("H903", f"'{text}' is no role", f"Roles are {roles}."))
    return Role(text)


def hand(text: str) -> Hand:
    """Who signs an act, out of AUTHORITY/ROLE/KEY.

    Raises:
        SetupError: H903.
    """
    authority, role, key = _parts(text, "the signer", "AUTHORITY/ROLE/KEY")
    return Hand(authority, _role(role), key)


def _officer(text: str) -> Officer:
    return Officer(*_parts(text, "--by", "AUTHORITY/KEY"))


def reader_of(text: str) -> Asker:
    """Who asks to read, out of AUTHORITY/ROLE or AUTHORITY/ROLE/KEY.

    Raises:
        SetupError: H903.
    """
    form = "AUTHORITY/ROLE/KEY" if text.count("/") > 1 else "AUTHORITY/ROLE"
    authority, role, *key = _parts(text, "--reader", form)
    return Asker(authority, _role(role), *key)


def _carried(pairs: Named, file: Path | None) -> dict[str, Any]:
    """What the kind carries, out of a file and of KEY=VALUE; the latter hold over the former."""
    found: dict[str, Any] = {}
    if file is not None:
        read = _json(text_files.text(file))
        if not isinstance(read, dict):
            what, fix = f"'{file}' holds no JSON object", "Write what the kind carries as one."
            raise SetupError(Fault("H903", what, fix))
        found |= read
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            what = f"--body '{pair}' is no KEY=VALUE"
            raise SetupError(Fault("H903", what, "Write the name, '=', and the value."))
        found[key] = _json(value)
    return found


def _json(text: str) -> object:
    """A value as JSON; a text that is none stands for itself."""
    try:
        return json_text.loads(text)
    except (ValueError, RecursionError):
        return text


acts = App(
    name="act",
    help="An officer's act through the gateway: draft, sign, withdraw, list what waits.",
    default_parameter=Parameter(negative=()),
    result_action="return_value",
)
acts.default(act)
for command in (sign, drop, drafts):
    acts.command(command)
