"""A docket file's rows to cases, against the library's facts and the agreements' hard terms."""

from collections.abc import Iterable, Mapping, Sequence

from habeas.docket.check import Bounds, Docket, Row, docket
from habeas.docket.columns import Column, header
from habeas.law.agreement import Agreement, Vocabulary
from habeas.law.library import Library


def columns(vocabulary: Vocabulary) -> dict[str, Column]:
    """The column contract of a vocabulary."""
    return {
        name: Column(
            name,
            fact.type,
            vocabulary.codes[fact.codes] if fact.codes else None,
            fact.min,
            fact.max,
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
    return Bounds(deal.id, sides["sending"], sides["receiving"], frozenset(deal.pathways))


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


def read(
    names: Sequence[str],
    rows: Iterable[Row],
    library: Library,
    file: str,
    agreement: str | None = None,
) -> Docket:
    """Check a docket file's header and rows.

    Args:
        names: the file's column names.
        rows: its rows as text.
        library: facts and agreements.
        file: its name, for messages.
        agreement: the agreement of every row, where the call names one.

    Raises:
        DocketError: for the file as a whole; single bad rows are set aside in the result.
    """
    contract = columns(library.vocabulary)
    terms: Mapping[str, Bounds] = {
        name: bounds(deal) for name, (_, deal) in library.agreements.items()
    }
    stated = given(library.agreement(agreement) if agreement else None)
    checked = header(names, contract, file, frozenset(stated))
    return docket(rows, checked, terms, stated)
