"""The table of events and the words of refusals, as whoever reviewed them read them.

`HABEAS_GOLDEN=write` writes tests/golden/transfer.txt anew; then read the difference.
"""

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from habeas.transfer.machine import AFTER_THE_END, TABLE, hindrance
from habeas.transfer.refusals import SENTENCES, SPANISH, refused
from habeas.transfer.state import State

START = datetime(2027, 1, 4, 9, tzinfo=UTC)
Told = Any  # the fixture's class lives in conftest, which tests do not import
GOLDEN = Path(__file__).parent.parent / "golden" / "transfer.txt"


def listed(found: object) -> str:
    return ", ".join(sorted(map(str, found))) if isinstance(found, frozenset) else str(found)


def rows(person: Told) -> Iterator[str]:
    yield f"-- nobody\n{State()}\nat an end: {State().final}\n"
    for kind, row in sorted(TABLE.items()):
        yield f"-- {kind}, {row.kind}"
        yield f"where: {listed(row.custody)}"
        yield f"stage: {listed(row.stage)}"
        yield f"signed by: {', '.join(row.signed_by)}; one of: {listed(row.one_of)}; {row.side}"
        yield f"carries: {', '.join(row.carries)}"
        yield f"asks: {', '.join(one.__name__ for one in row.asks)}"
        fault = hindrance(State(), kind, START, person.terms)
        yield f"of nobody: {fault.what if fault else 'it may stand'}\n"
    yield f"-- after the end\n{listed(AFTER_THE_END)}\n"
    for name in sorted(SENTENCES):
        yield f"-- {name}\n{said(name)}\n"
    for one in SPANISH:
        yield f"-- {type(one).__name__} {one.value}\n{said('H601.stage', state=one)}\n"


def said(name: str, **known: object) -> str:
    """What a refusal says in both languages, with the names of what it is not told."""
    keys = set(re.findall(r"\{(\w+)\}", str(SENTENCES[name])))
    fault = refused(name, **{key: f"<{key}>" for key in keys} | known)
    return "\n".join((fault.code, fault.what, fault.fix, *fault.spanish))


def test_the_table_and_every_refusal_read_as_they_did(held: Told) -> None:
    found = "\n".join(rows(held)) + "\n"
    if os.environ.get("HABEAS_GOLDEN") == "write":
        GOLDEN.write_text(found)
    assert found == GOLDEN.read_text()
