"""What screening found, in bulk: a row a case, a nullable boolean a rule."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa

from habeas.adapters import batch_files
from habeas.terms import Outcome

OUTCOMES = tuple(one.value for one in Outcome)  # the dictionary of `outcome`, in this order
CODES = pa.dictionary(pa.int16(), pa.utf8())


def schema(rules: Sequence[str]) -> pa.Schema:
    """The columns of a findings file.

    A rule is true where it is met, false where it is not met, null where it is not established:
    in Arrow two bits a rule and case.
    """
    fields = [
        pa.field("case", pa.utf8(), nullable=False),
        pa.field("agreement", CODES),
        pa.field("outcome", pa.dictionary(pa.int8(), pa.utf8())),
        *(pa.field(rule, pa.bool_()) for rule in rules),
    ]
    return pa.schema(fields)


def write(path: Path, rules: Sequence[str], batches: Iterable[pa.RecordBatch]) -> Iterator[int]:
    """Write the batches to CSV, Parquet or Arrow; yields the rows of each when it is written.

    Args:
        path: the file, its form by its extension.
        rules: ids, in the program's order.
        batches: each of `schema(rules)`, all with the same dictionaries.

    Raises:
        SetupError: H902, for an extension of no known form.
    """
    yield from batch_files.write(path, schema(rules), batches)
