"""Text that stands where a publisher left something out: a value of its own, and never a key.

Withheld is not unknown: the publisher has the fact. `under` is the provision that the text names,
as the publisher writes it; where the text names none ("Redacted"), it is empty.
"""

import re
from dataclasses import dataclass

_PART = r"\(?b\)?\s*\(?\d\)?(?:\s*\(?[a-f]\)?)?"  # b(6), (b)(7)(C), b7c, B4
_EXEMPTIONS = re.compile(rf"{_PART}(?:\s*[,;/&]?\s*(?:and\s+)?{_PART})*", re.IGNORECASE)
_FIRST = frozenset("bB([rRwW")
_WORDS = frozenset({"redacted", "[redacted]", "(redacted)", "withheld", "[withheld]"})


@dataclass(frozen=True, slots=True)
class Withheld:
    """A value that its publisher did not release."""

    by: str  # the publisher
    under: str  # the provision that the text names; empty where it names none
    text: str  # as it stands in the file


def is_withheld(text: str) -> bool:
    """Whether a cell says that its value was left out."""
    plain = text.strip()
    if plain[:1] not in _FIRST:  # nearly always, and many times as fast
        return False
    return plain.lower() in _WORDS or _EXEMPTIONS.fullmatch(plain) is not None


def withheld(text: str, by: str) -> Withheld | None:
    """What a cell says was left out; None where it is any other text."""
    plain = text.strip()
    if plain.lower() in _WORDS:
        return Withheld(by, "", text)
    if _EXEMPTIONS.fullmatch(plain):
        return Withheld(by, " ".join(plain.split()), text)
    return None
