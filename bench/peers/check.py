"""`python -m bench.peers.check`: the peers' answers against the definitions, cell by cell.

Polars and DuckDB must equal the three-valued reference in every cell. OpenFisca is
two-valued: it must equal it on cases whose facts are all known, and its counter-example is shown.
"""

import subprocess
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa

from bench import reference
from bench.docket import RULES, docket, write
from bench.peers.run import ROOT, Peer, environment

CASES = 5_000
PEERS = {
    "polars": ("polars_peer",),
    "polars by hand": ("polars_peer", "by_hand"),
    "duckdb": ("duckdb_peer",),
    "openfisca": ("openfisca_peer",),
    "openfisca by hand": ("openfisca_peer", "by_hand"),
}
THREE_VALUED = ("polars", "polars by hand", "duckdb")
TWO_VALUED = ("openfisca", "openfisca by hand")

Findings = dict[str, list[bool | None]]


def answers(python: Path, name: str, batches: list[pa.RecordBatch]) -> Findings:
    """A peer's findings; the counts that it reports are checked with them."""
    with tempfile.TemporaryDirectory() as folder, Peer(python, *PEERS[name]) as peer:
        given, found = Path(folder) / "docket.arrow", Path(folder) / "planes.arrow"
        write(batches, given)
        peer.load(given)
        counts = peer.run()
        peer.planes(found)
        with pa.OSFile(str(found)) as source:
            table = pa.ipc.open_file(source).read_all()
    columns: Findings = table.to_pydict()
    assert list(columns) == list(RULES), name
    assert counts["true"] == [column.count(True) for column in columns.values()], name
    assert counts["false"] == [column.count(False) for column in columns.values()], name
    return columns


def differing(one: Findings, other: Findings) -> int:
    """How many cells are not the same."""
    assert list(one) == list(other)
    return sum(a is not b for name in one for a, b in zip(one[name], other[name], strict=True))


def counter_example(python: Path) -> str:
    """OpenFisca's answer to `convicted AND NOT is_sending_national`, citizenship not given."""
    call = [str(python), "-m", "bench.peers.openfisca_peer", "counter_example"]
    done = subprocess.run(  # noqa: S603 - our own program
        call, cwd=ROOT, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def edges() -> list[pa.RecordBatch]:
    """Births on 29 February and offences on the days about the eighteenth birthday.

    The drawn docket holds too few of either to show how ADD_YEARS rounds.
    """
    years = [year for year in range(1968, 2009, 4) for _ in range(4)]
    born = [date(year, 2, 29) for year in years]
    turned = [date(year + 18, 2, 28) for year in years]
    acts = [day + timedelta(days=n % 4 - 1) for n, day in enumerate(turned)]
    (batch,) = docket(len(years))
    columns = dict(zip(batch.schema.names, batch.columns, strict=True))
    columns |= {"birth_date": pa.array(born), "offence_date": pa.array(acts)}
    return [pa.RecordBatch.from_pydict(columns, schema=batch.schema)]


def check(python: Path) -> None:
    """Print what was compared; an AssertionError names the peer that differs."""
    for name in PEERS:
        found = answers(python, name, edges())["adult_at_offence"]
        assert found == reference.findings(edges())["adult_at_offence"], name
        assert found == [False, True, True, True] * (len(found) // 4), name
    print("everyone: births on 29 February come of age on 28 February")
    batches = docket(CASES)
    expected = reference.findings(batches)
    assert list(expected) == list(RULES)
    cells = CASES * len(RULES)
    for name in THREE_VALUED:
        wrong = differing(answers(python, name, batches), expected)
        print(f"{name}: {wrong} of {cells:,} cells differ")
        assert not wrong, name
    known = docket(CASES, null=0.0)
    for name in TWO_VALUED:
        wrong = differing(answers(python, name, known), reference.findings(known))
        print(f"{name}, every fact known: {wrong} of {cells:,} cells differ")
        assert not wrong, name
    two = differing(answers(python, "openfisca", batches), expected)
    print(f"openfisca, a tenth of the facts not given: {two:,} of {cells:,} cells differ")
    print(
        "openfisca, convicted AND NOT is_sending_national, citizenship not given: "
        f"{counter_example(python)} (established: nothing)"
    )


if __name__ == "__main__":
    check(Path(sys.argv[1]) if sys.argv[1:] else environment(ROOT / ".bench"))
