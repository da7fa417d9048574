"""An exported register needs nothing but a server of files to be checked by whoever wants to."""

from pathlib import Path

import pytest
from bench.static_tiles import fetched, names, served
from drills.commands import commands, run
from drills.rig import Site

from habeas.adapters import bundle_files
from habeas.cli.main import run as habeas

EVENTS = 600  # more than two tiles


@pytest.fixture
def site(tmp_path: Path) -> Site:
    found = Site(tmp_path / "seat").make()
    with found.opened() as log:
        run(log, commands("tiles", EVENTS))
        bundle_files.write(tmp_path / "export", log.store, None)
    return found


def test_what_was_fetched_from_a_server_of_files_is_verified(site: Site, tmp_path: Path) -> None:
    with served(tmp_path / "export") as port:
        count = fetched(port, tmp_path / "copy")
    trust = str(site.folder / "trust.json")
    assert count == sum(one.is_file() for one in (tmp_path / "copy").rglob("*"))
    assert habeas(["register", "verify", str(tmp_path / "copy"), "--trust", trust]) == 0


def test_a_server_that_alters_one_file_is_found_out(site: Site, tmp_path: Path) -> None:
    tile = tmp_path / "export" / "tile/entries/000"
    data = bytearray(tile.read_bytes())
    data[77] ^= 1
    tile.write_bytes(data)
    with served(tmp_path / "export") as port:
        fetched(port, tmp_path / "copy")
    trust = str(site.folder / "trust.json")
    assert habeas(["register", "verify", str(tmp_path / "copy"), "--trust", trust]) != 0


@pytest.mark.parametrize("size", [1, 256, 257, 65_536, 70_000, 1_000_001])
def test_every_leaf_lies_in_one_file(size: int) -> None:
    found = [one for one in names(size) if one.startswith("tile/entries/")]
    parts = [int(one.rpartition("/")[2]) if ".p/" in one else 256 for one in found]
    assert (len(found), sum(parts)) == (len(set(found)), size)
