"""What stands for a person, a stay or a facility in a column of texts: a key, a code, or neither.

A key is 16 bytes of BLAKE2b under the call's salt. Withheld text is no key: two rows that say
"Redacted" are not one person.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from habeas.docket.placements import WORDS
from habeas.docket.withheld import is_withheld
from habeas.errors import DocketError, Fault

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
KEY = 16
MASK = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Words:
    """A column of words, each distinct one once."""

    words: list[str]  # distinct, trimmed
    places: Ints  # of each row in `words`; -1 where the cell is empty
    withheld: Bools  # rows whose word says that the value was left out

    @property
    def missing(self) -> Bools:
        """Rows whose cell is empty."""
        return self.places < 0

    def column(self, write: Callable[[str], str] = str) -> pa.DictionaryArray:
        """The words that are values, as a column; null where there is none."""
        found = [write(word) for word in self.words]
        places = pa.array(
            np.where(self.withheld, -1, self.places).astype(np.int32),
            mask=self.missing | self.withheld,
        )
        return pa.DictionaryArray.from_arrays(places, pa.array(found, pa.utf8())).cast(WORDS)

    def numbers(self, write: Callable[[str], int]) -> Ints:
        """A number for each row's word; 0 where there is none."""
        found = np.array([write(word) for word in self.words] + [0], np.int64)
        return np.where(self.missing, 0, found[self.places])


def words(column: pa.Array, name: str) -> Words:
    """The distinct words of a column of text or whole numbers.

    Raises:
        DocketError: H470, for a column of another type.
    """
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if pa.types.is_null(kind):
        return Words([], np.full(len(column), -1), np.zeros(len(column), np.bool_))
    if not (
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_integer(kind)
        or pa.types.is_boolean(kind)
    ):
        fix = "Give text or whole numbers."
        raise DocketError(Fault("H470", f"column '{name}' is {kind}", fix))
    coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    raw = [str(word).strip() if word is not None else "" for word in coded.dictionary.to_pylist()]
    found = sorted({word for word in raw if word})
    place = {word: number for number, word in enumerate(found)}
    places = np.array([place.get(word, -1) for word in raw] + [-1], np.int64)
    indices = np.full(len(column), -1, np.int64)
    valid = np.asarray(coded.indices.is_valid())
    indices[valid] = np.asarray(coded.indices.drop_null())
    withheld = np.array([is_withheld(word) for word in found] + [False], np.bool_)
    at = places[indices]
    return Words(found, at, withheld[at] & (at >= 0))


@dataclass(frozen=True, slots=True)
class Keyed:
    """Hashes under one salt; those of one use tell nothing of those of another."""

    salt: bytes

    def _digest(self, text: str, use: bytes) -> bytes:
        return hashlib.blake2b(text.encode(), digest_size=KEY, key=self.salt, person=use).digest()

    def person(self, text: str) -> str:
        """The key of a person."""
        return self._digest(text, b"habeas person").hex()

    def stay(self, text: str) -> str:
        """The key of a stay."""
        return self._digest(text, b"habeas stay").hex()

    def lane(self, text: str) -> int:
        """A number for a text, by which rows are compared."""
        return int.from_bytes(self._digest(text, b"habeas lane")[:8], "big", signed=True)


def mixed(*lanes: Ints) -> Ints:
    """One number a row out of several, in their order: the finalizer of splitmix64 after each.

    Rows that differ share a number with a chance of 2^-64 a pair.
    """
    found = np.zeros(len(lanes[0]), np.uint64)
    with np.errstate(over="ignore"):
        for lane in lanes:
            found = found * np.uint64(0x9E3779B97F4A7C15) + lane.view(np.uint64)
            for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
                found = (found ^ (found >> np.uint64(shift))) * np.uint64(factor)
            found ^= found >> np.uint64(31)
    return found.view(np.int64)
