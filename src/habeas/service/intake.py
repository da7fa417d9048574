"""A docket file's rows to cases, against the library's facts and the agreements' hard terms."""

from collections.abc import Iterable, Sequence

from habeas.docket.check import Bounds, Contract, Docket, Row, docket
from habeas.docket.columns import EPOCH, Column, header
from habeas.law.agreement import Agreement, Fact, Vocabulary
from habeas.law.library import Library

__all__ = ["Docket", "Row", "bounds", "columns", "contract", "given", "read"]


def _ends(fact: Fact) -> tuple[int | None, int | None]:
    if fact.type == "date":
        return fact.earliest.toordinal() - EPOCH, fact.latest.toordinal() - EPOCH
    return fact.min, fact.max


def columns(vocabulary: Vocabulary) -> dict[str, Column]:
    """The column contract of a vocabulary."""
    return {
        name: Column(
            name,
            fact.type,
            vocabulary.codes[fact.codes] if fact.codes else None,
            *_ends(fact),
            fact.scale,
            fact.unit or "",
            fact.valid_for_hours,
        )
        for name, fact in vocabulary.facts.items()
    }


def bounds(deal: Agreement) -> Bounds:
    """The hard terms of an agreement: who may send whom where, by which pathways."""
    sides = {
        side: frozenset(party.code for party in deal.parties if party.role in {side, "either"})
        for side in ("sending", "receiving")
    }
    ways = frozenset(deal.pathways)
    return Bounds(deal.id, sides["sending"], sides["receiving"], ways, deal.calendar.rounding)


def given(deal: Agreement | None) -> dict[str, str]:
    """Key facts that naming one agreement states for every row of a docket."""
    if deal is None:
        return {}
    found = {"agreement": deal.id}
    terms = bounds(deal)
    for key, values in (
        ("sending", terms.sending),
        ("receiving", terms.receiving),
        ("pathway", terms.pathways),
    ):
        if len(values) == 1:
            found[key] = next(iter(values))
    return found


def contract(
    names: Sequence[str], library: Library, file: str, agreement: str | None = None
) -> Contract:
    """What every row of a docket file is held against.

    Args:
        names: the file's column names.
        library: facts and agreements.
        file: its name, for messages.
        agreement: the agreement of every row, where the call names one.

    Raises:
        DocketError: every fault of the header.
    """
    known = columns(library.vocabulary)
    terms = {name: bounds(deal) for name, (_, deal) in library.agreements.items()}
    stated = given(library.agreement(agreement) if agreement else None)
    return Contract(header(names, known, file, frozenset(stated)), known, terms, stated)


def read(
    names: Sequence[str],
    rows: Iterable[Row],
    library: Library,
    file: str,
    agreement: str | None = None,
    earlier: bytes = b"",
) -> Docket:
    """Check a docket file's header and rows.

    Args:
        names: the file's column names.
        rows: its rows as text.
        library: facts and agreements.
        file: its name, for messages.
        agreement: the agreement of every row, where the call names one.
        earlier: hash of rows set aside when the file was made, where it is a snapshot.

    Raises:
        DocketError: for the file as a whole; single bad rows are set aside in the result.
    """
    return docket(rows, contract(names, library, file, agreement), earlier)
