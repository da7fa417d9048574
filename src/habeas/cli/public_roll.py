"""habeas register public-roll: check."""

from pathlib import Path

from habeas.adapters import roll_files, text_files
from habeas.cli import output
from habeas.errors import RegisterError
from habeas.service import locate

NAMED = "The file's name says another day or issue than its header: go by the header."


def check(path: Path, /, *, trust: Path | None = None, json: bool = False) -> int:
    """Check a whole roll: order, root, the event that commits to it, its proof and signatures.

    Args:
        path: the roll's .bin file; its .json stands beside it.
        trust: the trust file of the register's authority; trust.json beside the roll where absent.
        json: print one JSON document.
    """
    header = text_files.text(path.with_suffix(".json"))
    beside = trust or path.with_name("trust.json")
    said = text_files.trust(beside)
    data = roll_files.rows(path)
    try:
        found = locate.file_document(locate.check_roll(data, header, said))
    except RegisterError as error:
        if json:
            faults = [{"code": one.code, "what": one.what} for one in error.faults]
            output.document({"path": str(path), "verdict": "does not hold", "faults": faults})
        else:
            output.failure(error)
        return output.DOES_NOT_HOLD
    if json:
        output.document({"path": str(path), "verdict": "holds", "trust_file": str(beside), **found})
    else:
        output.lines([f"{path}: holds.", *told(found)])
    notes(path, found, beside=None if trust else beside)
    return output.DONE


def told(found: dict[str, object]) -> list[str]:
    """A checked roll in lines for people."""
    witnessed = "witnessed" if found["witnessed"] else "NOT WITNESSED"
    rows = f"{found['rows']} rows, dummies among them; root {found['root']}"
    place = f"index {found['event_index']} of a log of {found['checkpoint_size']} leaves"
    lines = [
        f"Roll of {found['date']}, issue {found['issue']}: {rows}.",
        f"Committed at {place}, {witnessed}.",
    ]
    return ["DEMONSTRATION on synthetic people", *lines] if found["demonstration"] else lines


def notes(path: Path, found: dict[str, object], *, beside: Path | None) -> None:
    """What a reader must know besides; `beside` is the trust file that nobody named."""
    output.note(locate.LIMITS)
    if not found["stepped"]:
        output.note("The number of rows is no step of the format: it may tell the true count.")
    if path.stem != f"{found['date']}.{found['issue']}":
        output.note(NAMED)
    if beside is not None:
        output.note(
            f"Keys from {beside}: compare it with what the authorities publish, or give --trust."
        )
