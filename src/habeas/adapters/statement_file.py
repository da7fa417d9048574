"""Statement documents and claims by month, out of files."""

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from habeas.adapters import text_files
from habeas.errors import Fault, FeeError, SetupError

MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])\Z")
NUMBER = re.compile(r"[0-9]{1,12}\Z")
COLUMNS = {"month", "person_days"}


def read(path: Path) -> dict[str, Any]:  # Any: a document for a face
    """A statement document, not yet checked; `-` is standard input.

    Raises:
        FeeError: H761, when the file is not one JSON object whose keys stand once.
        SetupError: H902, when it cannot be read.
    """
    text = _stdin() if str(path) == "-" else text_files.text(path)
    try:
        # A number with a point is no amount: it stays text, and the check of the document says so.
        found = json.loads(text, object_pairs_hook=_once, parse_float=str, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        said = str(error) if isinstance(error, ValueError) else "it is nested too deeply"
        what = f"this is no statement: {said[:120]}"
        fix = "Give what 'habeas fees statement --json' prints."
        raise FeeError(Fault("H761", what, fix, str(path))) from error
    if not isinstance(found, dict):
        fix = "Give what 'habeas fees statement --json' prints."
        raise FeeError(Fault("H761", "this is no statement: it is no object", fix, str(path)))
    return found


def _stdin() -> str:
    try:
        return sys.stdin.read()
    except UnicodeDecodeError as error:
        raise SetupError(
            Fault("H902", "'-' cannot be read as text", "Give a statement in UTF-8.")
        ) from error


def _once(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        msg = "a key stands twice"
        raise ValueError(msg)
    return found


def _refuse(word: str) -> NoReturn:
    msg = f"{word} is no number"
    raise ValueError(msg)


def claim(path: Path) -> dict[str, int]:
    """Person-days claimed by month, out of a CSV with the columns `month` and `person_days`.

    Raises:
        FeeError: H770, with every row that is not a month and a number, or stands twice.
        SetupError: H902, when it cannot be read.
    """
    names, rows = text_files.rows(path)
    if not set(names) >= COLUMNS:
        what = "a claim has the columns 'month' and 'person_days'"
        raise FeeError(Fault("H770", what, "Name them in its first line.", str(path), 1))
    found, faults = dict[str, int](), list[Fault]()
    for line, row in rows:
        month, days = row["month"].strip(), row["person_days"].strip()
        if not MONTH.match(month) or not NUMBER.match(days) or month in found:
            what = f"'{month[:20]}', '{days[:20]}' is no month of its own with a number of days"
            fix = "Write YYYY-MM and whole person-days, each month once."
            faults.append(Fault("H770", what, fix, str(path), line))
            continue
        found[month] = int(days)
    if faults:
        raise FeeError(*faults)
    return found
