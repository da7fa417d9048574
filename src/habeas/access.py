"""May this asker do this deed about this person? One pure function over one table, default deny.

The table is `library/access.toml`, handed in: nothing here reads it. Who stands in which relation
to a person comes in as a value (`custody.standing`); nothing here sees the register, the workflow
or a store, so that none of them can widen who may do what. Which parts of an event somebody who
may see it is shown is not decided here, but by `library/disclosure.toml`.

Rules, in order:

1. A line of the table speaks for one office, one deed, the states of which somebody must be, and
   the relations of which one suffices.
2. A deed about a person is never granted without a relation, whatever the table says.
3. An asker of neither state is granted nothing but by a relation.
4. Relations that are not known are never a yes: the answer is then *not established* where some
   relation would be one, else no.

Source: ADR "access is one pure function over the agreement's table".
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from habeas.terms import ABOUT_NO_PERSON, Deed, Finding, Office, Relation, Side

Whose = Literal["sending", "receiving", "either", "any"]


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody signed in, in the office in which they ask."""

    authority: str
    side: Side | None  # in the pair of states in question; None: of neither
    office: Office


@dataclass(frozen=True, slots=True)
class Permission:
    """The answer, and the rows of the table on which it rests; each has its citation there."""

    finding: Finding
    rows: tuple[str, ...]  # not established: the rows that would grant it; not met: none


class Row(Protocol):
    """One row of the table as the library has it."""

    @property
    def deeds(self) -> Collection[Deed]:
        """What it grants."""
        ...

    @property
    def offices(self) -> Collection[Office]:
        """To whom."""
        ...

    @property
    def side(self) -> Whose:
        """Of which state they must be."""
        ...

    @property
    def relations(self) -> Collection[Relation]:
        """Any one suffices; empty where the deeds are about no person."""
        ...


@dataclass(frozen=True, slots=True)
class Line:
    """What one row says of one office and one deed."""

    row: str
    sides: frozenset[Side | None]
    relations: frozenset[Relation]  # empty: none is asked


Table = Mapping[tuple[Office, Deed], tuple[Line, ...]]
_SIDES: Mapping[Whose, frozenset[Side | None]] = {
    "sending": frozenset({Side.SENDING}),
    "receiving": frozenset({Side.RECEIVING}),
    "either": frozenset({Side.SENDING, Side.RECEIVING}),
    "any": frozenset({Side.SENDING, Side.RECEIVING, None}),
}


def table(rows: Mapping[str, Row]) -> Table:
    """The rows of the library, found by office and deed; made once, asked often.

    A row that grants a deed about a person to whoever stands in no relation grants nothing.
    """
    found: dict[tuple[Office, Deed], tuple[Line, ...]] = {}
    for name, row in rows.items():
        related = frozenset(row.relations)
        # Whoever is of neither state comes in by a relation or not at all.
        line = Line(name, _SIDES[row.side] if related else _SIDES[row.side] - {None}, related)
        for deed in dict.fromkeys(row.deeds):
            if not related and deed not in ABOUT_NO_PERSON:
                continue
            for office in dict.fromkeys(row.offices):
                found[office, deed] = (*found.get((office, deed), ()), line)
    return found


def may(
    asker: Asker, deed: Deed, relations: frozenset[Relation] | None, table: Table
) -> Permission:
    """Whether somebody may do a deed.

    Args:
        asker: with the office in which they ask.
        deed: what they ask.
        relations: of the asker's authority to the person; empty where it has none or the deed is
            about no person; None where they are not known, which is never a yes.
        table: of the library.
    """
    lines = [line for line in table.get((asker.office, deed), ()) if asker.side in line.sides]
    if relations is None:
        finding = Finding.NOT_ESTABLISHED if lines else Finding.NOT_MET
        return Permission(finding, tuple(line.row for line in lines))
    granted = tuple(
        line.row for line in lines if not line.relations or not relations.isdisjoint(line.relations)
    )
    return Permission(Finding.MET if granted else Finding.NOT_MET, granted)


def before_opening(asker: Asker, deed: Deed, table: Table) -> Permission:
    """Whether somebody may do a deed about a case whose person is not on the register yet.

    Such a case is its sender's alone: whoever works for the sending state stands to it as that.
    """
    sender = frozenset({Relation.SENDER}) if asker.side is Side.SENDING else frozenset[Relation]()
    return may(asker, deed, sender, table)


def suffices(office: Office, deed: Deed, table: Table) -> frozenset[Relation]:
    """The relations any one of which lets an office do a deed, for whoever is of the right side."""
    return frozenset[Relation]().union(*(line.relations for line in table.get((office, deed), ())))
