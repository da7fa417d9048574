"""Columns about a person that no importer reads, whatever a file or a schema says.

A record of custody needs who (as a keyed pseudonym), where, from when and until when. What else
public releases hold about a person is not read, not hashed and not counted. The list holds stems,
so that `birth_year` and `country_of_birth` are both meant; a test reads files that hold such
columns and looks for their values in everything that is written. English and Spanish: those are
the languages of the agreements' authorities and of the records that they publish.
"""

import re
import unicodedata
from collections.abc import Iterable

# Written as stems: anywhere in a name.
STEMS = (
    "birth", "nationalit", "citizen", "relig", "faith", "ethnic", "racial", "gender", "convict",
    "crimin", "crime", "felon", "offence", "offense", "threat", "terror", "gang", "biomet",
    "fingerprint", "photo", "tattoo", "marital", "spouse", "passport", "file_number", "surname",
    "first_name", "last_name", "given_name", "full_name", "person_name", "medical", "health",
    "disab", "pregnan", "political", "language", "occupation", "social_security",
    "nacimiento", "nacionalidad", "ciudadan", "etni", "delito", "pandill", "amenaza", "apellido",
    "huella", "fotograf", "estado_civil", "conyug", "pasaporte", "discapaci", "embaraz",
    "enfermedad", "politic", "idioma", "ocupacion",
)  # fmt: skip
# Too short to be stems: whole words of a name, also in the plural. An "agency" is no "age".
WORDS = frozenset(
    {
        "race", "sex", "sexual", "age", "dob", "ssn", "charge", "msc", "tribe", "caste",
        "raza", "sexo", "genero", "edad", "mara", "salud",
    }
)  # fmt: skip
NAMES = frozenset({"name", "names", "nombre", "nombres"})  # of whom a row about persons is
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def is_denied(name: str) -> bool:
    """Whether a column of a file about persons is never read."""
    # "BirthYear", "Birth Year" and "birth-year" are one name, and so are "Género" and "genero".
    bare = "".join(one for one in unicodedata.normalize("NFKD", name) if not _accent(one))
    plain = re.sub(r"[^a-z]+", "_", CAMEL.sub("_", bare).lower()).strip("_")
    together = plain.replace("_", "")
    words = plain.split("_")
    return (
        plain in NAMES
        or any(stem in plain for stem in STEMS)
        or any("_" in stem and stem.replace("_", "") in together for stem in STEMS)
        or any(not WORDS.isdisjoint({word, word.removesuffix("s")}) for word in words)
    )


def _accent(char: str) -> bool:
    return unicodedata.combining(char) != 0


def denied(names: Iterable[str]) -> list[str]:
    """Those of some columns that are never read, in their order."""
    return [name for name in names if is_denied(name)]
