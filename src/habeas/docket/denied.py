"""Columns about a person that no importer reads, whatever a file or a schema says.

A record of custody needs who (as a keyed pseudonym), where, from when and until when. What else
public releases hold about a person is not read, not hashed and not counted. The list holds stems,
so that `birth_year` and `country_of_birth` are both meant; a test reads files that hold such
columns and looks for their values in everything that is written.
"""

import re
from collections.abc import Iterable

# Written as stems: anywhere in a name.
STEMS = (
    "birth", "nationalit", "citizen", "relig", "faith", "ethnic", "racial", "gender", "convict",
    "crimin", "crime", "felon", "offence", "offense", "threat", "terror", "gang", "biomet",
    "fingerprint", "photo", "tattoo", "marital", "spouse", "passport", "file_number", "surname",
    "first_name", "last_name", "given_name", "full_name", "person_name", "medical", "health",
    "disab", "pregnan", "political", "language", "occupation", "social_security",
)  # fmt: skip
# Too short to be stems: whole words of a name. An "agency" is no "age".
WORDS = frozenset({"race", "sex", "sexual", "age", "dob", "ssn", "charge", "msc", "tribe", "caste"})


def is_denied(name: str) -> bool:
    """Whether a column of a file about persons is never read."""
    # "BirthYear", "Birth Year" and "birth-year" are one name.
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    plain = re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")
    return any(stem in plain for stem in STEMS) or not WORDS.isdisjoint(plain.split("_"))


def denied(names: Iterable[str]) -> list[str]:
    """Those of some columns that are never read, in their order."""
    return [name for name in names if is_denied(name)]
