"""Whatever somebody sends, the API answers as its description says, and tells nothing it must not.

A few requests an operation; `python -m drills.conformance` sends many, as everybody.
"""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import conformance
import served
from conformance import Planted

EXAMPLES = 2
ASKERS = (
    "sending-officer.se-kvv", "facility-officer.se-kvv", "counsel.se-counsel",
    "receiving-officer.ee-vangla", "finance.se-finance", "sending-officer.qm-stranger",
)  # fmt: skip


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planted]:
    """An installation of its own: what is sent here changes what is recorded."""
    folder = Path(tempfile.mkdtemp(prefix="habeas-c-"))
    try:
        with served.running(served.made(folder, factory=tmp_path_factory)[:1]) as states:
            yield conformance.planted(states[0], ASKERS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_there_is_something_that_must_not_be_told(plant: Planted) -> None:
    assert len(plant.words) > 5
    for who in ("receiving-officer.ee-vangla", "sending-officer.qm-stranger"):
        assert set(plant.hidden(who)) & plant.words.keys(), who
    assert not plant.hidden("sending-officer.se-kvv")
    shown = next(iter(plant.words))
    path = f"/api/v1/persons/{shown}/events"
    assert plant.words[shown].encode() in plant.state.get(path, ASKERS[0]).body


@pytest.mark.parametrize("who", ASKERS)
def test_every_answer_is_as_described_and_tells_nothing_it_must_not(
    plant: Planted, who: str
) -> None:
    sent = sum(
        conformance.conforms(operation, plant, who, EXAMPLES)
        for operation in conformance.operations()
    )
    assert sent >= 54


@pytest.mark.parametrize("path", ["", "/events", "/clocks", "/intervals"])
def test_a_number_that_is_known_opens_nothing(plant: Planted, path: str) -> None:
    for who in ASKERS[3:]:
        for subject in plant.hidden(who)[:3]:
            found = plant.state.get(f"/api/v1/persons/{subject}{path}", who)
            unheld = plant.state.get(f"/api/v1/persons/{conformance.NOBODY}{path}", who)
            assert (found.status, found.body) == (404, unheld.body)
