"""Price texts of a list of facilities as typed fee items, and those that cannot be taken."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from habeas.errors import Fault, FeeError, SetupError
from habeas.fees.rate_text import Reader, disjoint
from habeas.law.schedule import BandedPerDiem, FeeItem
from habeas.law.tariff import price_faults

CHOICES = ("refuse", "after")


def read(rows: Iterable[tuple[int, str, str]], overlaps: str) -> dict[str, Any]:
    """Every price text of a list, as one JSON document.

    Args:
        rows: line of the file, facility and price text.
        overlaps: 'refuse' bands that overlap, or begin each 'after' the one before it.

    Returns:
        Counts by form, the items by facility, and the refused rows with line, code and reason;
        read and refused rows add up to all.

    Raises:
        SetupError: H903 for another choice.
    """
    if overlaps not in CHOICES:
        what = f"'{overlaps}' is no choice for bands that overlap"
        raise SetupError(Fault("H903", what, f"Use one of {', '.join(CHOICES)}."))
    taken, refused = dict[str, Any](), list[dict[str, Any]]()
    counts, mended = Counter[str](), list[str]()
    for line, name, text in rows:
        try:
            written = Reader(name, ()).items(text)
            items = _begun_after(written) if overlaps == "after" else written
            _sound(name, items, taken)
        except FeeError as error:
            refused.append(_refused(line, name, error.faults[0]))
            continue
        mended += [name] * (items != written)
        counts[_form(items)] += 1
        taken[name] = [msgspec.to_builtins(one) for one in items]
    return {
        "rows": counts.total() + len(refused),
        "read": counts.total(),
        "counts": dict(sorted(counts.items())),
        "overlaps": overlaps,
        "begun_after": mended,
        "items": taken,
        "refused": refused,
    }


def _begun_after(items: tuple[FeeItem, ...]) -> tuple[FeeItem, ...]:
    return tuple(disjoint(one) if isinstance(one, BandedPerDiem) else one for one in items)


def _sound(name: str, items: tuple[FeeItem, ...], taken: Mapping[str, object]) -> None:
    faults = [fault for one in items for fault in price_faults(one, name)]
    if not name.strip():
        faults.append(Fault("H709", "a price text names no facility", "Say whose price it is."))
    if name in taken:
        what = f"'{name}' has a price text above this one already"
        faults.append(Fault("H708", what, "Give each facility one price text."))
    if faults:
        raise FeeError(*faults)


def _form(items: tuple[FeeItem, ...]) -> str:
    kinds = [type(one).__name__ for one in items]
    if isinstance(items[0], BandedPerDiem) and len(items[0].bands) == 1:
        return "flat"
    names = {
        "BandedPerDiem": "bands",
        "PerDiemByCategory": "by category",
        "Withheld": "withheld",
        "Lump": "fee and unit",
    }
    return names[kinds[0]]


def _refused(line: int, name: str, fault: Fault) -> dict[str, Any]:
    return {
        "line": line, "facility": name, "code": fault.code, "what": fault.what, "fix": fault.fix,
    }  # fmt: skip
