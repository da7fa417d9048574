"""habeas locate: a family's question, to a downloaded roll without a network, or to a server."""

import sys
from collections.abc import Mapping
from datetime import date, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from habeas.adapters import outgoing, roll_files, text_files
from habeas.cli import clock, output, public_roll
from habeas.errors import Fault, SetupError
from habeas.service import locate as service
from habeas.service.locate import Answer

LONGEST = 256  # characters read from standard input
PATH = "/locate"
LATEST = 8  # days back that an answer may be of
SEALED = (
    "An answer is sealed, not signed: the roll is the proof. An answer that you need in court is "
    "the signed event on the register, which counsel or the court can ask for."
)


def locate(
    *,
    roll: Path | None = None,
    online: str | None = None,
    token: Annotated[str | None, Parameter(allow_leading_hyphen=True)] = None,  # it may be '-'
    token_file: Path | None = None,
    trust: Path | None = None,
    as_of: str | None = None,
    json: bool = False,
) -> int:
    """Find a person by token in a downloaded public roll; nobody learns what you asked.

    Online a server is asked instead: it is sent a key that opens nothing, and its answer opens here
    alone. It tells of an inquiry too, and that somebody asked is seen on the line.

    Args:
        roll: the roll's .bin file; its .json stands beside it.
        online: the address of an installation, https://HOST, in the place of a roll.
        token: the token from the paper, or '-' to read it from standard input.
        token_file: a file that holds the token.
        trust: the trust file of the register's authority; trust.json beside the roll where absent.
        as_of: the day of the question; today where absent.
        json: print one JSON document.
    """
    if (roll is None) == (online is None):
        what = "a question goes to one place: --roll FILE or --online ADDRESS"
        raise SetupError(Fault("H901", what, "Better the roll: it needs no server."))
    words = _token(token, token_file)
    today = clock.today(as_of)
    if roll is None:
        return _online(str(online), words, today, json=json)
    beside = trust or roll.with_name("trust.json")
    said, header = text_files.trust(beside), text_files.text(roll.with_suffix(".json"))
    answer = service.find_in_roll(roll_files.rows(roll), header, said, words)
    found = service.document(answer)
    old = (today - date.fromisoformat(str(found["date"]))).days
    if json:
        output.document({"path": str(roll), "trust_file": str(beside), "days_old": old, **found})
    else:
        output.lines([*_told(answer), *public_roll.told(found)])
    if old > 1:
        output.note(f"This roll is {old} days old: no newer one was asked.")
    if answer.said is None:
        output.note(service.IF_ABSENT)
    public_roll.notes(roll, found, beside=None if trust else beside)
    return output.DONE if answer.said is not None else output.DOES_NOT_HOLD


def _online(address: str, token: str, today: date, *, json: bool) -> int:
    sealed = _asked(address, service.question(token))
    days = (today - timedelta(days=back) for back in range(LATEST))
    tried = (service.opened(token, day, sealed) for day in days)
    found = next((one for one in tried if one is not None), None)
    if json:
        output.document({"found": found is not None, "address": address, **(found or {})})
    elif found is None:
        output.lines(["NOTHING OPENS: the server has no answer for this token, or is silent."])
    else:
        output.lines(_said(found))
    output.note(SEALED if found else service.IF_ABSENT)
    return output.DONE if found else output.DOES_NOT_HOLD


def _asked(address: str, question: bytes) -> bytes:
    to = outgoing.target(address.rstrip("/") + PATH, plain=True)
    kind = {"Content-Type": "application/octet-stream"}
    try:
        answer = outgoing.post(to, outgoing.resolved(to, inside=True), question, kind)
    except SetupError as error:
        raise _silent(error.faults[0].what) from error
    if answer.status != HTTPStatus.OK:
        raise _silent(f"the server answered {answer.status}")
    return answer.body


def _silent(what: str) -> SetupError:
    return SetupError(Fault("H859", what, "Ask again later, or look into a downloaded roll."))


def _said(found: Mapping[str, Any]) -> list[str]:
    names = ("facility", "court")
    row = "".join(f" {name.title()}: {found[name]}." for name in names if found[name])
    told = found["inquiry"] or {}
    asked = [f"  {name}: {output.shown(value)}" for name, value in told.items()]
    if told and "as_of" not in told:
        asked.append("  not answered yet")
    head = [f"{found['status']}.{row} Sealed on {found['date']}."]
    return head + (["Inquiry:", *asked] if told else [])


def _token(token: str | None, token_file: Path | None) -> str:
    if (token is None) == (token_file is None):
        what = "a token is needed once: --token or --token-file"
        raise SetupError(Fault("H903", what, "Better a file, or '--token -' and type it."))
    if token_file is not None:
        return text_files.text(token_file).strip()
    if token == "-":  # noqa: S105 - the word for standard input
        return sys.stdin.read(LONGEST).strip()
    output.note("The token may now stand in your shell's history: '--token -' reads it unseen.")
    return str(token)


def _told(answer: Answer) -> list[str]:
    said = answer.said
    if said is None:
        places = [f"row {at.index}" for at in (answer.below, answer.above) if at is not None]
        beside = "between " if len(places) > 1 else "at the edge, beside "
        return [f"NOT IN THIS ROLL: its place is {beside}{' and '.join(places)}, which is proved."]
    where = f" Facility: {said.facility}." if said.facility else ""
    whom = f" Ask the court: {said.court}." if said.court else ""
    at = answer.row.index if answer.row else 0
    return [f"{said.status.value}.{where}{whom} Latest custody number {said.seq}, row {at}."]
