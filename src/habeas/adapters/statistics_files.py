"""A folder of public statistics: a folder an issue, written once, its files under their hashes."""

import hashlib
import io
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from habeas.adapters import csv_files
from habeas.errors import Fault, StatisticsError

INDEX = "datapackage.json"
Rows = Sequence[Mapping[str, str | int | None]]
INTEGERS = frozenset(
    {"count", "person_days", "days", "issue", "register_size", "exponent", "amount_minor"}
)
_CAP = 64 * 1024 * 1024  # bytes of one file of an issue


def csv(names: list[str], rows: Rows) -> bytes:
    """A table as CSV; an absent number is an empty cell."""
    return csv_files.text(
        names, ({name: _text(row[name]) for name in names} for row in rows)
    ).encode()


def _text(value: str | int | None) -> str:
    return "" if value is None else str(value)


def parquet(names: list[str], rows: Rows) -> bytes:
    """A table as Parquet; an absent number is null."""
    made = pa.table(
        {
            name: pa.array(
                [row[name] for row in rows], pa.int64() if name in INTEGERS else pa.string()
            )
            for name in names
        }
    )
    out = io.BytesIO()
    pq.write_table(made, out, compression="zstd")
    return out.getvalue()


def json_(names: list[str], rows: Rows) -> bytes:
    """A table as a JSON array of objects; an absent number is null."""
    return _json([{name: row[name] for name in names} for row in rows])


def _json(found: object) -> bytes:
    return (json.dumps(found, indent=1, ensure_ascii=False) + "\n").encode()


FORMS: dict[str, tuple[str, Callable[[list[str], Rows], bytes]]] = {
    "csv": ("text/csv", csv),
    "parquet": ("application/vnd.apache.parquet", parquet),
    "json": ("application/json", json_),
}


def files(
    tables: Mapping[str, Rows], columns: Callable[[str], list[str]]
) -> tuple[dict[str, bytes], list[dict[str, Any]]]:
    """Every table in every form, and what a description says of each file."""
    contents, told = dict[str, bytes](), list[dict[str, Any]]()
    for name, rows in tables.items():
        for form, (mediatype, write) in FORMS.items():
            path, data = f"{name}.{form}", write(columns(name), rows)
            contents[path] = data
            told.append(
                {"table": name, "path": path, "format": form, "mediatype": mediatype,
                 "bytes": len(data), "hash": f"sha256:{hashlib.sha256(data).hexdigest()}"}
            )  # fmt: skip
    return contents, told


def keep(folder: Path, name: str, contents: Mapping[str, bytes], index: object) -> Path:
    """Write one issue, whole or not at all; returns its folder.

    Raises:
        StatisticsError: H885, where it is there already.
    """
    place, part = folder / name, folder / f".{name}.part"
    if place.exists():
        raise _fault(place, "an issue of that number is there already", "Nothing was written.")
    part.mkdir(parents=True, exist_ok=True)
    for path in part.iterdir():
        path.unlink()
    for path_name, data in contents.items():
        (part / path_name).write_bytes(data)
    (part / INDEX).write_bytes(_json(index))
    part.rename(place)
    return place


def _fault(place: Path, what: str, fix: str) -> StatisticsError:
    return StatisticsError(Fault("H885", what, fix, where=str(place)))


def issues(folder: Path) -> list[tuple[str, str, dict[str, Any], dict[str, list[dict[str, Any]]]]]:
    """Every issue of a folder: where, the hash of its description, that, and its tables.

    Raises:
        StatisticsError: H885, for one that is not as it was written.
    """
    if not folder.is_dir():
        return []
    return [
        issue(place)
        for place in sorted(folder.iterdir())
        if place.is_dir() and not place.name.startswith(".")
    ]


def issue(place: Path) -> tuple[str, str, dict[str, Any], dict[str, list[dict[str, Any]]]]:
    """One issue: where, the hash of its description, that, and its tables.

    Raises:
        StatisticsError: H885, for one that is not as it was written.
    """
    try:
        data = _bytes(place / INDEX)
        index = json.loads(data)
        found = dict[str, list[dict[str, Any]]]()
        for one in index["resources"]:
            path = place / Path(one["path"]).name
            content = _bytes(path)
            if one["hash"] != f"sha256:{hashlib.sha256(content).hexdigest()}":
                raise _fault(path, "the file is not as it was published", "Restore the folder.")
            if one["format"] == "json":
                found[path.stem] = json.loads(content)
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        what = "the folder holds what is no issue of statistics"
        raise _fault(place, what, "Name a folder of its own, or restore it.") from error
    return str(place), hashlib.sha256(data).hexdigest(), index, found


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        found = file.read(_CAP + 1)
    if len(found) > _CAP:
        msg = "too large"
        raise ValueError(msg)
    return found
