"""Many read while many write: a burst of a few seconds, of which nothing is lost; never seconds."""

import socket
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from bench.installation import Scale

from bench import burst, installation
from habeas.adapters import installation_files

pytestmark = pytest.mark.no_cover
FEW = Scale("few", 96, 2, 8, 3)


def test_nothing_that_was_acknowledged_in_a_burst_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HABEAS_BENCH_WEB", str(tmp_path))
    folder = installation.made(FEW)
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    stated = installation_files.read(folder)
    address = f"http://localhost:{port}"
    installation_files.write(folder, msgspec.structs.replace(stated, address=address))
    found = burst.measure(folder, FEW, burst.LITTLE)
    handed_in = int(burst.LITTLE.rate * burst.LITTLE.seconds)
    assert [one.code for one in found.events] == [""] * handed_in
    assert found.lost == []
    assert found.added.get("custody.counted", 0) + found.added.get("custody.moved", 0) == handed_in
    assert {one.status for one in found.pages} == {200}
    assert (found.followed, found.verdict) == (True, "holds")
