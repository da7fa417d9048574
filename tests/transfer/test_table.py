"""The table of events and the words of refusals, as whoever reviewed them read them.

`HABEAS_GOLDEN=write` writes tests/golden/transfer.txt anew; then read the difference.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from habeas.transfer.machine import AFTER_THE_END, KINDS, TABLE
from habeas.transfer.refusals import SENTENCES, SPANISH
from habeas.transfer.state import State

GOLDEN = Path(__file__).parent.parent / "golden" / "transfer.txt"


def listed(found: object) -> str:
    return ", ".join(sorted(map(str, found))) if isinstance(found, frozenset) else str(found)


def rows() -> Iterator[str]:
    yield f"-- nobody\n{State()}\n"
    for kind in sorted(KINDS & {one.value for one in TABLE}):
        row = next(value for one, value in TABLE.items() if one.value == kind)
        yield f"-- {kind}, {row.kind}"
        yield f"where: {listed(row.custody)}"
        yield f"stage: {listed(row.stage)}"
        yield f"signed by: {', '.join(row.signed_by)}; one of: {listed(row.one_of)}; {row.side}"
        yield f"carries: {', '.join(row.carries)}"
        yield f"asks: {', '.join(one.__name__ for one in row.asks)}\n"
    yield f"-- after the end\n{listed(AFTER_THE_END)}\n"
    for name, ((what, fix), (spanish, remedy)) in sorted(SENTENCES.items()):
        yield f"-- {name}\n{what}\n{fix}\n{spanish}\n{remedy}\n"
    yield "-- in Spanish"
    for one, said in SPANISH.items():
        yield f"{type(one).__name__} {one.value}: {said}"


@pytest.mark.no_cover  # a table is read when it is imported
def test_the_table_and_every_refusal_read_as_they_did() -> None:
    found = "\n".join(rows()) + "\n"
    if os.environ.get("HABEAS_GOLDEN") == "write":
        GOLDEN.write_text(found)
    assert found == GOLDEN.read_text()
