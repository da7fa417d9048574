"""PDF by Typst: the only door to it. Data goes in as JSON, never as markup.

The fonts are Typst's own and no file or package outside the package data is read, so that the same
data and day give the same bytes on every machine.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import resources

from habeas.errors import UNPRINTABLE, Fault, SetupError

try:
    import typst
except ModuleNotFoundError as error:
    raise SetupError(
        Fault("H906", "letters need the typesetter Typst", "Type: pip install 'habeas[documents]'.")
    ) from error


def _plain(value: object) -> object:
    """The same data with control characters made visible: none turns or hides what is read."""
    if isinstance(value, str):
        shown = " ".join(value.split())
        return "".join(char if char.isprintable() else UNPRINTABLE for char in shown)
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


def pdf(template: str, data: Mapping[str, object], instant: datetime) -> bytes:
    """A document of the package set from data.

    Args:
        template: its name under habeas/documents.
        data: what it says, ready for JSON.
        instant: the date that the document carries; the clock is never read.

    Raises:
        SetupError: H907, for a text in a script that the fonts do not hold.
    """
    at = instant.astimezone(UTC)
    source = (resources.files("habeas") / "documents" / f"{template}.typ").read_bytes()
    inputs = {
        "data": json.dumps(_plain(data), ensure_ascii=False),
        "year": str(at.year),
        "month": str(at.month),
        "day": str(at.day),
    }
    try:
        made: object = typst.compile(
            source,
            format="pdf",
            ignore_system_fonts=True,
            timestamp=int(at.timestamp()),
            pdf_standards="ua-1",  # tagged, so that a screen reader can read it
            sys_inputs=inputs,
        )
    except typst.TypstError as error:
        what = f"a letter cannot be set: {str(error).splitlines()[0][:120]}"
        fix = "Write its texts in Latin, Greek, Cyrillic, Hebrew or Arabic script."
        raise SetupError(Fault("H907", what, fix)) from error
    if not isinstance(made, bytes):
        msg = "Typst gave no single document"
        raise TypeError(msg)
    return made
