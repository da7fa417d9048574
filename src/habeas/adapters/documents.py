"""PDF by Typst, and printed codes by segno: the only door to both.

Data goes in as JSON, never as markup.

The fonts are Typst's own and no file or package outside the package data is read, so that the same
data and day give the same bytes on every machine.
"""

import io
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib import resources

from habeas.errors import UNPRINTABLE, Fault, RegisterError, SetupError

try:
    import segno
    import typst
except ModuleNotFoundError as error:
    raise SetupError(
        Fault("H906", "letters need the typesetter Typst", "Type: pip install 'habeas[documents]'.")
    ) from error

MODULE_MM = 0.5  # the smallest that a telephone reads from paper
# Every reader takes any of the eight; to look for the most even one is most of the work, and of a
# packed text none is more than a tenth better than another.
MASK = 2


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


def code(text: str) -> dict[str, object]:
    """A printed code (QR, alphanumeric, level L) that holds the text: a picture and its measures.

    Raises:
        RegisterError: H547, when they are more than the largest code holds.
    """
    try:
        made = segno.make(
            text, mode="alphanumeric", error="L", boost_error=False, micro=False, mask=MASK
        )
    except segno.DataOverflowError as error:
        what = f"the receipt has no printed form: {len(text):,} characters are too many for a code"
        raise RegisterError(Fault("H547", what, "Hand out its file.")) from error
    picture = io.BytesIO()
    made.save(picture, kind="svg", xmldecl=False, light="white")
    return {
        "svg": picture.getvalue().decode(),
        "millimetres": made.symbol_size()[0] * MODULE_MM,  # with its quiet zone
        "version": made.version,
        "characters": len(text),
    }


def receipt(data: Mapping[str, object], codes: Sequence[str], instant: datetime) -> bytes:
    """The printed page of a receipt with its codes, the receipt's own first.

    Raises:
        RegisterError: H547, when one does not fit into a code.
        SetupError: H907, for a text in a script that the fonts do not hold.
    """
    return pdf("receipt", {**data, "codes": [code(one) for one in codes]}, instant)
