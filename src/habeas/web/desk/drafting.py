"""Drafts: acts that two must sign, as they are shown to those who sign them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from habeas.service import deeds
from habeas.service.asking import Found
from habeas.terms import Deed, EventKind
from habeas.web import doing
from habeas.web.asked import AskedRequest
from habeas.web.components import Cell, Column, Link, Table, Value, Words
from habeas.web.desk import person_words
from habeas.web.desk.ways import link, to
from habeas.web.readmodels import visible

WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Signer:
    """One of those who sign, or have signed."""

    authority: str
    role: str
    key: str


@dataclass(frozen=True, slots=True)
class Draft:
    """An act that is not recorded yet."""

    id: str
    deed: Deed
    kind: str
    subject: str
    at: datetime  # UTC
    body: Mapping[str, object]
    facility: str
    signed: tuple[Signer, ...]
    waits_for: tuple[Signer, ...]
    state: str
    why: str  # it can no longer be signed; else empty

    @property
    def waits(self) -> bool:
        """Whether it may still be signed."""
        return self.state == WAITING


@dataclass(frozen=True, slots=True)
class Drafts:
    """The drafts that concern somebody."""

    mine: Sequence[Draft]  # that wait for my signature
    others: Sequence[Draft]  # that wait for others
    void: Sequence[Draft]

    @property
    def mine_table(self) -> Table:
        """Those that wait for me."""
        return _table(_("Drafts that wait for your signature"), self.mine)

    @property
    def others_table(self) -> Table:
        """Those that wait for others."""
        return _table(_("Drafts that wait for others"), self.others)

    @property
    def void_table(self) -> Table:
        """Those that nobody can sign any more."""
        return _table(_("Drafts that can no longer be signed"), self.void)


def of(request: AskedRequest) -> Drafts:
    """The drafts that concern whoever asks, of persons about whom they may do the deed."""
    asker = doing.asker(request)
    found = [one for one in map(_draft, doing.drafts(request)) if one is not None]
    kept = [one for one in found if visible.may(asker, one.deed, one.subject)]
    waits = [one for one in kept if one.waits]
    mine = [one for one in waits if any(_is_me(request, who) for who in one.waits_for)]
    others = [one for one in waits if one not in mine]
    return Drafts(mine, others, [one for one in kept if not one.waits])


def one_of(request: AskedRequest, name: str) -> Draft | None:
    """One draft that concerns whoever asks; None for another's, or none."""
    found = of(request)
    every = (*found.mine, *found.others, *found.void)
    return next((one for one in every if one.id == name), None)


def waits_for_me(request: AskedRequest, draft: Draft) -> bool:
    """Whether a draft lacks the asker's own signature."""
    return draft.waits and any(_is_me(request, who) for who in draft.waits_for)


def _is_me(request: AskedRequest, who: Signer) -> bool:
    asker = doing.asker(request)
    return (who.authority, who.key) == (asker.authority, doing.key(request))


def _draft(found: Found) -> Draft | None:
    kind = str(found["kind"])
    deed = deeds.OF_KIND.get(EventKind(kind))
    if deed is None:  # a correction, or a report: recorded elsewhere
        return None
    return Draft(
        str(found["draft"]),
        deed,
        kind,
        str(found["subject"]),
        datetime.fromisoformat(str(found["at"])),
        dict(found["body"]),
        str(found.get("facility") or ""),
        _signers(found["signed"]),
        _signers(found["waits_for"]),
        str(found["state"]),
        str(found.get("why", "")),
    )


def _signers(found: Sequence[Found]) -> tuple[Signer, ...]:
    return tuple(Signer(str(one["authority"]), str(one["role"]), str(one["key"])) for one in found)


def named(found: Sequence[Signer]) -> Words:
    """Authorities with the roles in which they sign."""
    return person_words.signers(tuple((one.authority, one.role) for one in found))


def _table(caption: Words, found: Sequence[Draft]) -> Table:
    columns = [Column(_("Act")), Column(_("Register number")), Column(_("As of"))]
    columns += [Column(_("Waits for")), Column(_("Why not"))]
    rows: list[list[Value | Cell]] = [
        [
            Link(person_words.event(one.kind), to("draft", one.id), one.subject),
            link(one.subject, "person", one.subject),
            one.at,
            named(one.waits_for),
            one.why or "",
        ]
        for one in found
    ]
    return Table(caption, columns, rows, size="s")
