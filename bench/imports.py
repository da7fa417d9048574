"""Synthetic files of the two public forms of placements, imported; rows a CPU second, and memory.

`python -m bench.imports [ROWS]`. No row is, or comes from, a person: all is drawn from a seed.
"""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

FACILITIES, STARTS = 700, (1_325_376_000, 1_700_000_000)
MEAN = 30 * 86_400
# The kernel's figure for this memory alone: a child's rusage also counts what it was forked from.
CHILD = """
import sys, time
from pathlib import Path
from habeas.cli.main import run
status = run(sys.argv[1:])
lines = Path("/proc/self/status").read_text().splitlines()
peak = next(line for line in lines if line.startswith("VmHWM")).split()[1]
print(status, time.process_time(), peak, file=sys.stderr)
"""


@dataclass(frozen=True)
class Cost:
    """What an import cost."""

    rows: int
    cpu: float  # seconds, start of the program included
    peak: int  # kB
    told: dict[str, Any]  # the document that the command printed


def placements(rows: int, seed: int = 7) -> dict[str, pa.Array]:
    """Placements with 1 in 100 open and 1 in 200 an exact repetition of the row before."""
    draw = np.random.default_rng(seed)
    start = draw.integers(*STARTS, rows)
    end = start + 60 + draw.exponential(MEAN, rows).astype(np.int64)
    place, person = draw.integers(0, FACILITIES, rows), draw.integers(0, rows // 2, rows)
    source = np.arange(rows)
    again = np.flatnonzero(draw.random(rows) < 1 / 200)
    source[again[again > 0]] -= 1
    start, end, place, person = (one[source] for one in (start, end, place, person))
    still_open = (draw.random(rows) < 1 / 100)[source]
    return {
        "person": pa.array([f"{one:040x}" for one in person]),
        "start": pa.array(start).cast(pa.timestamp("s")),
        "end": pa.array(end, mask=still_open).cast(pa.timestamp("s")),
        "code": pa.array([f"F{one:05}" for one in place]),
        "name": pa.array([f"FACILITY {one}" for one in place]),
        "row": pa.array(np.arange(rows)),
    }


def _constant(text: str, rows: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int32)), pa.array([text]))


def _ddp(rows: int, path: Path) -> None:
    found = placements(rows)
    stay = [f"{who}_{n}" for n, who in enumerate(found["person"].to_pylist())]
    table = pa.table(
        {
            "stay_ID": stay,
            "anonymized_identifier": found["person"],
            "stay_book_in_date_time": found["start"],
            "book_in_date_time": found["start"],
            "book_out_date_time": found["end"],
            "stay_book_out_date_time": found["end"],
            "detention_facility": found["name"],
            "detention_facility_code": found["code"],
            "detention_release_reason": _constant("Transferred", rows),
            "file_original": _constant("a.xlsx", rows),
            "row_original": found["row"],
            "birth_year": _constant("never read", rows),
        }
    )
    pq.write_table(table, path, compression="zstd", row_group_size=1 << 17)


def _uwchr(rows: int, path: Path) -> None:
    found = placements(rows)
    starts, ends = (
        [str(one) if one is not None else "" for one in found[name].to_pylist()]
        for name in ("start", "end")
    )
    head = (
        "anonymized_identifier|stay_book_in_date_time|detention_book_in_date_and_time|"
        "detention_book_out_date_time|stay_book_out_date_time|detention_facility_code|"
        "detention_facility|area_of_responsibility|detention_release_reason|recid|stayid|birth_year"
    )
    columns = (found[name].to_pylist() for name in ("person", "code", "name", "row"))
    with path.open("w") as file:
        file.write(f"{head}\n")
        for who, code, name, row, start, end in zip(*columns, starts, ends, strict=True):
            told = f"{who}|{start}|{start}|{end}|{end}|{code}|{name}|North|Transferred|{row}"
            file.write(f"{told}|{who}_{row}|never read\n")


FORMS = {"ddp": (_ddp, "in.parquet"), "uwchr": (_uwchr, "in.txt")}


def cost(form: str, rows: int) -> Cost:
    """One import of a synthetic file, in a process of its own."""
    write, name = FORMS[form]
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / name, Path(folder) / "out.parquet"
        write(rows, path)
        words = ["custody", "import", str(path), "--schema", form, "--zone", "UTC", "--json"]
        call = [sys.executable, "-c", CHILD, *words, "--as-of", "2024-01-04", "--out", str(out)]
        done = subprocess.run(call, capture_output=True, text=True, check=True)  # noqa: S603 - our own
        status, cpu, peak = done.stderr.splitlines()[-1].split()
        assert status == "0"
        return Cost(rows, float(cpu), int(peak), json.loads(done.stdout))


def main(rows: int = 1_000_000) -> None:
    """Print the table."""
    print("| form | rows | rows a CPU-s | peak memory |\n|---|---|---|---|")
    for form in FORMS:
        found = cost(form, rows)
        rate, peak = found.rows / found.cpu, found.peak / 1024
        print(f"| {form} | {found.rows:,} | {rate:,.0f} | {peak:,.0f} MiB |")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
