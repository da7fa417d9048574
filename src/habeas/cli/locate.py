"""habeas locate: a family's question to a downloaded public roll, without a network."""

import sys
from datetime import date
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from habeas.adapters import roll_files, text_files
from habeas.cli import clock, output, public_roll
from habeas.errors import Fault, SetupError
from habeas.service import locate as service
from habeas.service.locate import Answer

LONGEST = 256  # characters read from standard input


def locate(
    *,
    roll: Path,
    token: Annotated[str | None, Parameter(allow_leading_hyphen=True)] = None,  # it may be '-'
    token_file: Path | None = None,
    trust: Path | None = None,
    as_of: str | None = None,
    json: bool = False,
) -> int:
    """Find a person by token in a downloaded public roll; nobody learns what you asked.

    Args:
        roll: the roll's .bin file; its .json stands beside it.
        token: the token from the paper, or '-' to read it from standard input.
        token_file: a file that holds the token.
        trust: the trust file of the register's authority; trust.json beside the roll where absent.
        as_of: the day of the question; today where absent.
        json: print one JSON document.
    """
    words = _token(token, token_file)
    today = clock.today(as_of)
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
