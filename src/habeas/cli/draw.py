"""The seeded source of chance: made for demonstrations, and reached by no command for operation."""

import hashlib


class SeededSource:
    """Chance that repeats: SHAKE-256 over a seed and a label. For the demonstration alone."""

    def __init__(self, seed: int) -> None:
        self._seed = f"habeas demonstration {seed}\n".encode()

    def bytes(self, count: int, label: str) -> bytes:
        """That many bytes for a label."""
        return hashlib.shake_256(self._seed + label.encode()).digest(count)
