"""Files that a call reads are never those that it writes."""

from pathlib import Path

from habeas.errors import Fault, SetupError

BESIDE = ("quarantine", "possible-duplicates")


def spared(out: Path | None, *read: Path | None) -> None:
    """Refuse to write over what a call reads, or to lay what is set aside over it.

    Raises:
        SetupError: H902.
    """
    if out is None:
        return
    written = [out, *(out.with_name(f"{out.stem}.{word}.csv") for word in BESIDE)]
    for path in read:
        if path is not None and any(_one(path, other) for other in written):
            what = f"'{path}' would be written over by what is computed from it"
            raise SetupError(Fault("H902", what, "Name another file with --out."))


def _one(path: Path, other: Path) -> bool:
    if path.exists() and other.exists():
        return path.samefile(other)
    return path.resolve() == other.resolve()
