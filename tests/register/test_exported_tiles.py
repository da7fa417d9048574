"""An export's last tiles, which are not full, are those of its leaves."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from habeas.adapters import bundle_files
from habeas.adapters.sqlite_store import SqliteStore
from habeas.errors import RegisterError
from habeas.register import verify
from habeas.register.keys import Trust
from habeas.register.log import Log, Signed

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
Make = Callable[..., Signed]
EVENTS = 300  # a full tile of leaves, and at two levels one that is not full


@pytest.fixture
def export(log: Log, store: SqliteStore, make: Make, tmp_path: Path) -> Path:
    log.append([make("visit.made", "A", number=2 + n) for n in range(EVENTS - 2)], AT, publish=True)
    bundle_files.write(tmp_path / "export", store)
    return tmp_path / "export"


def _code(folder: Path, trust: Trust) -> str:
    try:
        report = verify.register(bundle_files.bundle(folder), trust, None, bundle_files.opened)
    except RegisterError as error:
        return error.code
    return "".join(fault.code for fault in report.faults) or "good"


def test_an_export_is_good(export: Path, trust: Trust) -> None:
    assert _code(export, trust) == "good"


@pytest.mark.parametrize("name", ["tile/0/001.p/44", "tile/1/000.p/1"])
def test_a_tile_that_is_not_full_is_held_to_the_leaves(
    export: Path, trust: Trust, name: str
) -> None:
    data = bytearray((export / name).read_bytes())
    data[7] ^= 1
    (export / name).write_bytes(data)
    assert _code(export, trust) == "H567"
    (export / name).write_bytes(data[:-1])
    assert _code(export, trust) == "H567"
    (export / name).unlink()
    assert _code(export, trust) == "good"


@pytest.mark.parametrize("gone", [True, False])
def test_a_full_tile_that_is_damaged_is_told_as_such(
    export: Path, trust: Trust, *, gone: bool
) -> None:
    tile = export / "tile/0/000"
    if gone:
        tile.unlink()
    else:
        tile.write_bytes(bytes(1) + tile.read_bytes()[1:])
    assert _code(export, trust) == "H559"
