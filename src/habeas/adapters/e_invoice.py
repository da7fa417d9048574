"""An invoice as EN 16931 in UBL 2.1, written by factur-x: the only door to it.

Of the two kept libraries factur-x is the one that writes UBL, credit notes too, from the standard's
own numbers of terms; drafthorse writes CII alone. What it writes is checked here against the XSD of
UBL, and in the tests against the official Schematron. Nothing is sent anywhere: the library's own
check by a server is never asked for.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from habeas.adapters import text_files
from habeas.errors import UNPRINTABLE, Fault, FeeError, SetupError
from habeas.fees.business_terms import Particulars, Terms

try:
    from facturx.generate_xml import generate_ubl_xml
except ModuleNotFoundError as error:
    raise SetupError(
        Fault("H769", "invoices need the library factur-x", "Type: pip install 'habeas[invoice]'.")
    ) from error


def particulars(path: Path) -> Particulars:
    """What an invoice needs and no statement holds, out of a TOML file.

    Raises:
        FeeError: H767, when the file is not what an invoice asks.
        SetupError: H902, when it cannot be read.
    """
    try:
        return msgspec.convert(tomllib.loads(text_files.text(path)), Particulars)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        what = f"this is no file of particulars: {_plainly(str(error))}"
        fix = "Write number, issued, due, [seller] and [buyer] as docs/exports.md has them."
        raise FeeError(Fault("H767", what, fix, str(path))) from error


def _plainly(error: str) -> str:
    return error[:1].lower() + error[1:].replace("`", "'").replace("$.", "")


def _printable(value: object) -> object:
    """The same terms, with characters that XML cannot hold made visible."""
    if isinstance(value, str):
        shown = " ".join(value.split())
        return "".join(char if char.isprintable() else UNPRINTABLE for char in shown)
    if isinstance(value, Mapping):
        return {name: _printable(one) for name, one in value.items()}
    return [_printable(one) for one in value] if isinstance(value, list) else value


def ubl(terms: Terms) -> bytes:
    """An invoice, or a credit note, as UBL 2.1: the same terms give the same bytes.

    Args:
        terms: business terms of EN 16931 by their numbers; amounts are text, never numbers.

    Raises:
        FeeError: H766, for terms that no invoice can hold, such as a year of three digits.
    """
    said = _printable(terms)  # a copy: the library writes into what it is given
    try:
        made: bytes = generate_ubl_xml(said, level="en16931", check_xsd=True, check_schematron="")
    except Exception as error:
        if type(error) is not Exception:  # what the library itself raises has no type of its own
            raise
        what = f"an invoice cannot say this: {str(error.__cause__ or error)[-160:]}"
        fix = "Correct the statement, or the file of particulars."
        raise FeeError(Fault("H766", what, fix)) from error
    return made
