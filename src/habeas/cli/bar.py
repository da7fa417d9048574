"""How far a long run has come: a bar on a terminal, a plain line a tenth elsewhere."""

import sys
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import Progress

from habeas.cli import output

TENTHS = 10


class Bar:
    """The progress of one run, for use in a with statement.

    Args:
        name: of what is read or written.
        total: its size in any unit; None until `resize` tells it.
        long: the size from which plain lines are written: a short run needs none.
    """

    def __init__(self, name: str, total: int | None, long: int) -> None:
        self._name, self._total, self._long = name, total, long
        self._done = self._told = 0
        self._shown = sys.stderr.isatty()
        self._bar = Progress(console=Console(stderr=True), disable=not self._shown, transient=True)
        self._task = self._bar.add_task(name, total=total)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def resize(self, total: int) -> None:
        """Tell the size of the whole."""
        self._total = total
        self._bar.update(self._task, total=total)

    def restart(self) -> None:
        """Begin again from nothing."""
        self._done = self._told = 0
        self._bar.reset(self._task)

    def advance(self, size: int) -> None:
        """So much more is done."""
        self._done += size
        self._bar.advance(self._task, size)
        if self._shown or self._total is None or self._total < self._long:
            return
        tenths = min(TENTHS, self._done * TENTHS // self._total)
        if tenths > self._told:
            self._told = tenths
            output.note(f"{self._name}: {tenths * TENTHS} %")
