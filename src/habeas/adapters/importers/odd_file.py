"""Published tables as CSV in a declared encoding. A schema may be a user's own. Not trusted."""

import csv
from collections.abc import Iterator
from pathlib import Path

import msgspec

from habeas.adapters.importers.public_tables import TABLES
from habeas.docket.odd_tables import Line, Reading, TableSchema
from habeas.docket.odd_tables import read as read_table
from habeas.errors import DocketError, Fault, SetupError

CAP = 128 * 1024**2
ENCODINGS = ("utf-8-sig", "utf-8", "cp1252", "latin-1")


def schema(name: str) -> TableSchema:
    """A public form of table by its name, or the form that a TOML file declares.

    Raises:
        SetupError: H460, for no such name, or a file that declares none.
    """
    if name in TABLES:
        return TABLES[name].checked()
    path = Path(name)
    if path.suffix.lower() != ".toml" or not path.is_file():
        fix = f"Use {', '.join(TABLES)}, or name a .toml file."
        raise SetupError(Fault("H460", f"no schema '{name[:64]}'", fix))
    try:
        found = msgspec.toml.decode(path.read_bytes(), type=TableSchema)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        fault = Fault("H460", f"no schema: {str(error)[:200]}", "Correct it.", str(path))
        raise SetupError(fault) from error
    if found.encoding not in ENCODINGS:
        fault = Fault(
            "H460", f"no encoding '{found.encoding[:32]}'", f"Use {', '.join(ENCODINGS)}."
        )
        raise SetupError(fault)
    return found.checked()


def read(path: Path, form: TableSchema) -> Reading:
    """A table.

    Raises:
        SetupError: H902, for a file that is not there.
        DocketError: H470, for one too large or not in its encoding; H474 for its header.
    """
    file = str(path)
    if not path.is_file():
        raise SetupError(Fault("H902", f"no file '{path}'", "Name a file that exists."))
    if path.stat().st_size > CAP:
        what = f"the file is larger than {CAP:,} bytes"
        raise DocketError(Fault("H470", what, "Split it.", file))
    try:
        text = path.read_bytes().decode(form.encoding)
    except UnicodeDecodeError as error:
        what = f"the file is not {form.encoding}"
        raise DocketError(Fault("H470", what, "Declare its encoding.", file)) from error
    return read_table(_lines(text), form, file)


def _lines(text: str) -> Iterator[Line]:
    # A cell never holds a line end, so that an open quote spoils its own line and no other.
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        try:
            yield number, next(csv.reader([line], strict=True), [])
        except csv.Error:
            yield number, None
