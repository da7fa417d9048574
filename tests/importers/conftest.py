"""The command that reads published records, on files as the two public forms have them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from habeas.cli.main import run
from placement_cases import ROW, SHORT, Import, Imported


@pytest.fixture
def import_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Import:
    """Import a file under a salt of zeros; options may be added or replaced."""

    def run_it(path: Path, *words: str, schema: str = "uwchr", zone: str = "UTC") -> Imported:
        salt = tmp_path / "salt"
        salt.write_bytes(bytes(32))
        call = ["custody", "import", str(path), "--schema", schema, "--zone", zone, "--json"]
        call += [] if "--out" in words else ["--out", str(tmp_path / "out.parquet")]
        status = run([*call, *([] if "--salt" in words else ["--salt", str(salt)]), *words])
        printed = capsys.readouterr()
        return Imported(tmp_path, status, printed.out, printed.err)

    return run_it


@pytest.fixture
def import_rows(tmp_path: Path, import_file: Import) -> Import:
    """Import rows of the bar-separated form, each told by what differs from one whole row."""

    def run_it(rows: Sequence[Mapping[str, str]], *words: str, zone: str = "UTC") -> Imported:
        path = tmp_path / "in.txt"
        full = [ROW | {SHORT.get(name, name): cell for name, cell in row.items()} for row in rows]
        lines = ["|".join(ROW), *("|".join(row.values()) for row in full)]
        path.write_text("\n".join(lines) + "\n")
        return import_file(path, *words, zone=zone)

    return run_it
