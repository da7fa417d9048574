"""pymerkle's tree on SQLite (GPL: an outside program): inclusion proofs, cold and warm."""

import sys
from importlib.metadata import version
from pathlib import Path

from pymerkle import SqliteTree

from bench.peers.answers import cpu, serve

ENTRY = 32


class Proving:
    """One tree, opened anew where a proof shall be cold."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.tree = SqliteTree(path)

    def fill(self, path: str) -> int:
        """Append the entries of a file, 32 bytes each; answers the number of leaves."""
        data = Path(path).read_bytes()
        self.tree.append_entries([data[n : n + ENTRY] for n in range(0, len(data), ENTRY)])
        return int(self.tree.get_size())

    def prove(self, index: str) -> dict[str, object]:
        """The proof of a leaf counted from zero, by whatever the reader has cached."""
        size = self.tree.get_size()
        begun = cpu()
        proof = self.tree.prove_inclusion(int(index) + 1, size)
        spent = cpu() - begun
        return {"cpu": spent, "path": [one.hex() for one in proof.path[1:]]}

    def cold(self, index: str) -> dict[str, object]:
        """The proof of a leaf by a fresh reader; opening it is not timed."""
        self.tree.close()
        self.tree = SqliteTree(self.path)
        return self.prove(index)


if __name__ == "__main__":
    ours = Proving(sys.argv[1])
    serve(
        {
            "version": lambda _: f"pymerkle {version('pymerkle')}",
            "fill": ours.fill,
            "prove": ours.prove,
            "cold": ours.cold,
        }
    )
