"""The benchmark of the queue on fewer people: equal answers, and a ratio not gone astray."""

import statistics
from pathlib import Path

import pytest
from bench.peers import heap_peer
from bench.peers.line import read
from bench.screening import interleaved

from bench import queueing

pytestmark = pytest.mark.no_cover  # a ratio is of our code alone, and not of counting its lines


def test_a_plain_heap_holds_the_same_people_and_takes_many_times_as_long(tmp_path: Path) -> None:
    path, given = tmp_path / "people.npz", queueing.given(0.1)
    assert given.table.shape[1] > 10_000
    for rules in (queueing.easier(given), given):
        rules.write(path)
        assert heap_peer.held(read(str(path))) == list(queueing.engine(rules)())
    people, engine = read(str(path)), queueing.engine(given)
    times = interleaved(
        {
            "ours": lambda: queueing.timed(engine),
            "heap": lambda: queueing.timed(lambda: heap_peer.held(people), 1),
        },
        3,
    )
    ours, heap = (statistics.median(row) for row in times.values())
    assert heap >= 10 * ours
