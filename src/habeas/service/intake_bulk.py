"""A docket file of any length to canonical batches, against the library's facts and hard terms."""

from habeas.docket.check import Refused
from habeas.docket.ingest import Sink, Source, Stamp, ingest
from habeas.docket.snapshot import Form
from habeas.errors import DocketError, Fault
from habeas.law.library import Library
from habeas.service.intake import contract

__all__ = ["Form", "Refused", "Sink", "Stamp", "take"]


def take(source: Source, library: Library, file: str, agreement: str | None, sink: Sink) -> Stamp:
    """Every row of a docket file of any length to the sink, as a case or set aside.

    Raises:
        DocketError: for the file as a whole, H410 where it holds no row.
    """
    stamp = ingest(source, contract(source.names, library, file, agreement), sink)
    if not stamp.rows:
        fix = "Put forward at least one case."
        raise DocketError(Fault("H410", "the docket holds no rows", fix, file))
    return stamp
