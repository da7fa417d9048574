"""What a person's pages are made of: plain values to components, and nothing decided."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar

from django.http import HttpRequest
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from habeas.service import clocks as clock_service
from habeas.service.asking import Found
from habeas.service.clocks import Known
from habeas.service.personfile import Entry, PersonRecord
from habeas.service.transfer import Ground
from habeas.terms import Custody, Side
from habeas.web import wiring
from habeas.web.components import (
    Alert,
    Column,
    Digest,
    Link,
    Local,
    Pages,
    Row,
    Table,
    Tag,
    Value,
    Words,
)
from habeas.web.desk import person_words as words
from habeas.web.readmodels.models import Interval, Person
from habeas.web.told import own, refusal

T = TypeVar("T")
DIGEST = re.compile(r"[0-9a-f]{64}|[A-Za-z0-9+/]{43}=")
DIGITS = 6  # of a page's number
WIDTH = 1000  # of the bar, in its own units
LEAST = 4


@dataclass(frozen=True, slots=True)
class Told:
    """One event as the timeline shows it."""

    index: int
    title: str
    at: datetime
    zone: str
    by: str
    facility: str
    kind: str
    notes: Sequence[tuple[str, int]] = ()  # what it corrects, what corrected it
    rows: Sequence[Row] | None = None  # None: what it says is not shown
    links: Sequence[Link] = ()
    sections: Sequence[tuple[str, Words]] = ()  # that this reader may open
    settled: Tag | None = None  # between both logs; None where no other log is mirrored


@dataclass(frozen=True, slots=True)
class Piece:
    """One stretch of the bar."""

    x: int
    width: int
    kind: str


def zone() -> str:
    """The zone of the agreement, or the one that the installation names."""
    return wiring.installation().zone or wiring.ground().deal.calendar.zone


def at(instant: datetime | None, zone_name: str) -> Value:
    """An instant on the clocks of the agreement; empty where it did not happen."""
    return Local(instant, zone_name) if instant else ""


def paged(
    request: HttpRequest, rows: Sequence[T], size: int, place: int = 0
) -> tuple[Pages, Sequence[T]]:
    """The page of a list that was asked for, else the one with a place; the nearest there is."""
    last = max(1, -(-len(rows) // size))
    asked = request.GET.get("page", "")
    plain = asked.isascii() and asked.isdigit() and len(asked) <= DIGITS
    here = min(max(int(asked) if plain else place // size + 1, 1), last)
    kept = {key: str(value) for key, value in request.GET.items() if key not in {"page", "entry"}}
    return Pages(here, last, kept), rows[(here - 1) * size : here * size]


def docket_facts(cells: Mapping[str, object]) -> list[Row]:
    """Born, and of which of the two states a national; each only where the docket says it."""
    found = []
    born = parse_date(str(cells.get("birth_date") or ""))
    if born is not None:
        found.append(Row(_("Born"), born))
    for name, label in (
        ("is_sending_national", _("National of the sending state")),
        ("is_receiving_national", _("National of the receiving state")),
    ):
        said = str(cells.get(name) or "").lower()
        if said in {"true", "false"}:
            found.append(Row(label, _("yes") if said == "true" else _("no")))
    return found


def alerts(row: Person, known: Known | None, *, case: bool) -> list[Alert]:
    """What must be said before anything else; nothing where nothing is open."""
    told = []
    if case and row.stays:
        told.append(ngettext("%(n)s stay in force", "%(n)s stays in force", row.stays)
                    % {"n": row.stays})  # fmt: skip
    if case and row.not_met:
        count = len(row.not_met)
        told.append(ngettext("%(n)s requirement not met", "%(n)s requirements not met", count)
                    % {"n": count})  # fmt: skip
    if case and row.not_established:
        count = len(row.not_established)
        told.append(
            ngettext(
                "%(n)s requirement not established", "%(n)s requirements not established", count
            )
            % {"n": count}
        )
    found = []
    if told:
        found.append(Alert(_("Open in this case"), "; ".join(told) + ".", "warning"))
    return [*(clock_alerts(known) if known else ()), *found]


def clock_alerts(known: Known) -> list[Alert]:
    """Held past the date, or held without one."""
    past = known.held_past
    if past is not None and past.to is None:
        days = ngettext("%(n)s day past the last lawful day", "%(n)s days past the last lawful day",
                        past.days) % {"n": past.days}  # fmt: skip
        return [Alert(_("Held past the date"), days + ".", "error")]
    if known.no_date:
        return [Alert(_("No date established"), known.no_date, "warning")]
    return []


def where(row: Person, ground: Ground, zone_name: str) -> list[Row]:
    """Where somebody is now, and whose custody it is."""
    side = {one.value: state for one, state in zip(Side, states(), strict=True)}
    custodian = words.SIDES.get(row.custodian, "")
    held = row.custody not in {Custody.RELEASED, Custody.DIED, Custody.ESCAPED}
    name = side.get(row.custodian, "")
    found = [Row(_("Custody"), words.CUSTODY[row.custody])]
    if held:
        said = _("%(state)s, %(side)s") % {"state": name, "side": custodian} if name else None
        found.append(Row(_("Custodian"), said))
    found.append(Row(_("Facility") if held else _("Last facility"), row.facility or None))
    if held:
        found.append(Row(_("Cell"), row.cell or None))
        found.append(
            Row(_("Since"), [row.since, Local(row.since, zone_name)] if row.since else None)
        )
    found.append(Row(_("Agreement"), ground.deal.id))
    return found


def states() -> tuple[str, str]:
    """The sending and the receiving state."""
    found = wiring.installation()
    return found.sending, found.receiving


def right(file: PersonRecord) -> list[Row]:
    """By what right somebody is held, as far as the register says it."""
    basis = file.basis
    if basis is None:
        return []
    opened = basis.opened
    return [
        Row(_("Custody ordered by"), basis.ordered_by or None),
        Row(_("Order of custody"), _body(opened, "order") if opened else None),
        Row(_("Transfer authorised"), _act(basis.authorised)),
        Row(_("Transfer accepted"), _act(basis.accepted)),
    ]


def _act(one: Entry | None) -> Value | list[Value]:
    if one is None:
        return _("no authorisation stands")
    return [one.at, words.signers(one.signed), _("Register entry %(n)s") % {"n": one.index}]


def _body(one: Entry, name: str) -> str | None:
    found = one.body.get(name) if one.body else None
    return found if isinstance(found, str) else None


def clocks_short(known: Known) -> list[Row]:
    """The date of each clock, whose is earlier, the margin, and whether they disagree."""
    found = clock_service.person(known)
    sending, receiving = found["sending"], found["receiving"]
    rows = [
        Row(_("Clock of the sending state"), _until(sending)),
        Row(_("Clock of the receiving state"), _until(receiving)),
        Row(_("Earliest date"), _until(found["earliest"])),
        Row(_("Do the clocks agree?"), _("no") if found["disagree"] else _("yes")),
    ]
    margin = known.margin
    if margin is not None:
        rows.append(Row(_("Return before"), [margin.by, words.MARGINS[margin.state]]))
    past = known.held_past
    if past is not None:
        said = ngettext("%(n)s day", "%(n)s days", past.days) % {"n": past.days}
        rows.append(
            Row(_("Held past the date"), [said, past.since, past.to or _("and still held")])
        )
    if known.no_date:
        rows.append(Row(_("No date established"), known.no_date))
    return rows


def _until(found: object) -> Value | list[Value]:
    """A date of a clock, or the word why there is none, with the reason where one is given."""
    assert isinstance(found, Mapping)  # noqa: S101 - the document's own form
    if "last_day" in found:
        on = date.fromisoformat(str(found["last_day"]))
        return [on, parse_datetime(str(found["until"]))] if "until" in found else on
    word: Value = words.ENDINGS.get(str(found["ending"]), str(found["ending"]))
    return [word, str(found["why"])] if "why" in found else word


def clock_tables(known: Known) -> list[tuple[Words, Words, Sequence[Table]]]:
    """Each clock with a table of steps for each of its dates."""
    found = clock_service.person(known)
    heads = (
        ("sending", _("Clock of the sending state")),
        ("receiving", _("Clock of the receiving state")),
    )
    told: list[tuple[Words, Words, Sequence[Table]]] = []
    for name, head in heads:
        clock = found[name]
        assert isinstance(clock, Mapping)  # noqa: S101 - the document's own form
        note = _(
            "It follows the sending state: the receiving state has recorded nothing of its own."
        )
        tables = [_steps(one) for one in clock["dates"]]
        told.append((head, note if clock["follows_the_sending_state"] else "", tables))
    return told


def _steps(one: Mapping[str, object]) -> Table:
    steps = one["steps"]
    assert isinstance(steps, list)  # noqa: S101 - the document's own form
    kind = words.DATES.get(str(one["kind"]), str(one["kind"]))
    columns = [
        Column(_("Act")), Column(_("Register entry"), numeric=True), Column(_("Before")),
        Column(_("Days"), numeric=True), Column(_("After")), Column(_("Rule")),
    ]  # fmt: skip
    rows: list[list[Value]] = [
        [
            words.SENTENCE_ACTS.get(str(step["act"]), str(step["act"])),
            int(step["index"]),
            _day(step["unadjusted"]),
            int(step["adjusted_days"]),
            _day(step["date"]),
            str(step["rule"]),
        ]
        for step in steps
    ]
    return Table(kind, columns, rows, size="s")


def _day(text: object) -> Value:
    """A day, or the word in its place; nothing at the start of a computation."""
    said = str(text or "")
    return parse_date(said) or words.ENDINGS.get(said, said)


def refused(known: Known) -> Table | None:
    """Records of the sentence that could not be taken in; None where there are none."""
    rows: list[list[Value]] = [[one.index, refusal(one.fault)] for one in known.refused()]
    if not rows:
        return None
    columns = [Column(_("Register entry"), numeric=True), Column(_("Why it was not taken in"))]
    return Table(_("Records that could not be taken in"), columns, rows)


def intervals(pieces: Sequence[Interval], zone_name: str) -> Table:
    """Every custody interval, newest first."""
    columns = [
        Column(_("From")), Column(_("Until")), Column(_("Custody of")), Column(_("Facility")),
        Column(_("Cell")), Column(_("Status")), Column(_("Ended by")),
    ]  # fmt: skip
    rows: list[list[Value]] = [
        [
            Local(one.start, zone_name),
            Local(one.end, zone_name) if one.end else _("and still lasts"),
            words.SIDES.get(one.custodian, one.custodian),
            one.facility or None,
            one.cell or None,
            words.STATUSES.get(one.status, one.status),
            words.event(one.reason_out) if one.reason_out else "",
        ]
        for one in reversed(pieces)
    ]
    return Table(_("Custody intervals"), columns, rows)


def bar(pieces: Sequence[Interval], now: datetime) -> list[Piece]:
    """The intervals on a line from the first to now; the table beside it says the same."""
    if not pieces:
        return []
    first = pieces[0].start
    whole = max((now - first).total_seconds(), 1.0)

    def place(at: datetime) -> int:
        return round(min(max((at - first).total_seconds() / whole, 0.0), 1.0) * WIDTH)

    return [
        Piece(place(one.start), max(place(one.end or now) - place(one.start), LEAST),
              "transit" if one.status == "in_transit" else one.custodian)
        for one in pieces
    ]  # fmt: skip


def told(file: PersonRecord, one: Entry, zone_name: str) -> Told:
    """One event with what it says, as far as it was shown."""
    notes = []
    if one.corrects is not None:
        notes.append((_("It takes the place of register entry %(n)s."), one.corrects))
    if one.corrected_by is not None:
        notes.append((_("It was corrected by register entry %(n)s."), one.corrected_by))
    said = [(text % {"n": index}, index) for text, index in notes]
    return Told(
        one.index, words.event(one.kind), one.at, zone_name, words.signers(one.signed),
        one.facility, one.kind, said, body_rows(file, one),
    )  # fmt: skip


def with_proof(found: Told, links: Sequence[Link], sections: Sequence[str]) -> Told:
    """The same with what proves it and what may be opened."""
    named = [(name, words.SECTIONS.get(name, name)) for name in sections]
    return replace(found, links=links, sections=named)


def body_rows(file: PersonRecord, one: Entry) -> list[Row] | None:
    """What an event says, field by field; of a correction, beside it what it takes the place of."""
    if one.body is None:
        return None
    rows = [Row(words.field(name), _value(name, value)) for name, value in sorted(one.body.items())]
    before = file.entry(one.corrects) if one.corrects is not None else None
    if before is not None and before.body is not None:
        said = [
            f"{words.field(name)}: {_plain(name, value)}"
            for name, value in sorted(before.body.items())
        ]
        rows.append(Row(_("What stood before"), said))
    return rows


def _value(name: str, value: object) -> Value | list[Value]:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return [_plain(name, one) for one in value] or _("none")
    if isinstance(value, int):
        return value
    at = parse_datetime(value) if isinstance(value, str) and "T" in value else None
    if at is not None and at.utcoffset() is not None:
        return at
    plain = _plain(name, value)
    return own(plain) if plain == value else plain


def _plain(name: str, value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{words.field(key)}: {_plain(key, one)}" for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(_plain(name, one) for one in value)
    return words.value(name, str(value))


def digests(file: PersonRecord) -> Table:
    """Each document that an event names by its digest, newest first."""
    columns = [Column(_("Document")), Column(_("Event")), Column(_("On")), Column(_("SHA-256"))]
    rows: list[list[Value]] = [
        [words.field(name), words.event(one.kind), one.at, Digest(value)]
        for one in reversed(file.entries)
        for name, value in (one.body or {}).items()
        if isinstance(value, str) and DIGEST.fullmatch(value)
    ]
    return Table(_("Documents that events name"), columns, rows)


def receipts(file: PersonRecord) -> Sequence[Entry]:
    """The events whose receipts this reader may have, newest first."""
    return [one for one in reversed(file.entries) if one.body is not None]


def reads(found: Sequence[Found]) -> Table:
    """Who read, when, what and what for; the latest first."""
    columns = [
        Column(_("When")), Column(_("Authority")), Column(_("Role")), Column(_("Key")),
        Column(_("What")), Column(_("Purpose")),
    ]  # fmt: skip
    rows: list[list[Value]] = []
    for one in found:
        reader = one.get("reader") or {}
        rows.append(
            [
                parse_datetime(str(one.get("time", ""))),
                reader.get("authority", _("an office that no key explains")),
                words.ROLES.get(reader.get("role", ""), reader.get("role", "")),
                reader.get("key", ""),
                str(one.get("what", "")),
                str(one.get("purpose", "")),
            ]
        )
    return Table(_("Who read of this person"), columns, rows)
