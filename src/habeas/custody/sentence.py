"""What sentence events say: untrusted bodies to small typed acts; what cannot be read is refused.

A refused event is told with its code and place, and the others go on. A field that its kind does
not have is told and not read: what is derived, such as an overstay, is never typed in. Days are
civil days in the agreement's zone. Source: docs/spec/event.md, "Sentence events".
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import NamedTuple

from habeas.errors import Fault, RegisterError
from habeas.law.agreement import EARLIEST, LATEST
from habeas.law.calendar import zone
from habeas.register.events import Event, Json, instant
from habeas.terms import Ending, EventKind, Role, SentenceAct, Side
from habeas.transfer.state import Terms

K, R = SentenceAct, Role
SENTENCES = frozenset({EventKind.SENTENCE_RECORDED, EventKind.SENTENCE_CHANGED})
WAIVER = "return_margin_waived"
WORDS = {one.value: one for one in (Ending.LIFE, Ending.INDETERMINATE, Ending.UNKNOWN)}
EVERYWHERE = frozenset({"kind", "document", "reason", "release_date"})
LONGEST_DAYS = 73_000  # 200 years: more is a slip of the pen
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


@dataclass(frozen=True, slots=True)
class Length:
    """How long a sentence is: whole numbers with their units."""

    years: int = 0
    months: int = 0
    weeks: int = 0
    days: int = 0


@dataclass(frozen=True, slots=True)
class Until:
    """How far a sentence reaches: a day, or the word why there is none."""

    ending: Ending
    day: date | None = None  # the last day on which anybody may hold; None: there is no day
    instant: datetime | None = None  # UTC, from which nobody may; None: from the day's end
    why: str = ""  # of what is not computed or not recorded

    def __str__(self) -> str:
        return self.ending.value if self.day is None else self.day.isoformat()


@dataclass(frozen=True, slots=True)
class Act:
    """One sentence event that could be read; a field that its kind lacks is None or empty."""

    event_id: str
    index: int
    kind: SentenceAct
    side: Side  # the state whose authority signed
    at: datetime  # UTC
    on: date  # its civil day
    sentence: str = ""  # its name; empty: none is named
    begins: date | None = None
    length: Length | None = None
    minimum: Length | None = None  # to be served before release may be asked for
    ends: Until | None = None  # the stated end of the sentence
    release: Until | None = None  # the stated release date, whatever the sentence
    after: str = ""  # the sentence that this one is consecutive to
    beside: str = ""  # the sentence that this one is concurrent with
    span: tuple[date, date] | None = None  # of a credit, half-open
    days: int | None = None
    preliminary: bool = False  # a date that nobody has confirmed: it ends nothing


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence event that was refused, or a field of one that was not read."""

    event_id: str
    index: int
    at: datetime  # UTC, of the event
    fault: Fault


@dataclass(frozen=True, slots=True)
class Waiver:
    """What a state's designated authority says of the return margin in this case."""

    at: datetime
    index: int
    side: Side
    waived: bool


@dataclass(frozen=True, slots=True)
class Sentenced:
    """Everything recorded about one person's sentences, in register order."""

    acts: tuple[Act, ...] = ()
    refused: tuple[Told, ...] = ()
    ignored: tuple[Told, ...] = ()
    waivers: tuple[Waiver, ...] = ()

    def known(self, as_of: datetime) -> "Sentenced":
        """What had happened by an instant: later events are not known yet."""
        return Sentenced(
            tuple(one for one in self.acts if one.at <= as_of),
            tuple(one for one in self.refused if one.at <= as_of),
            tuple(one for one in self.ignored if one.at <= as_of),
            tuple(one for one in self.waivers if one.at <= as_of),
        )


class _Form(NamedTuple):
    may: frozenset[str]
    one_of: tuple[str, ...] = ()  # at least one must stand
    all_of: tuple[str, ...] = ()
    side: Side | None = None  # whose act alone it is; None: either state's


def _of(*names: str) -> frozenset[str]:
    return EVERYWHERE | set(names)


_TERM = ("begins", "length", "ends", "minimum")
_DAYS = _Form(_of("days"), all_of=("days",))
FORMS: Mapping[SentenceAct, _Form] = {
    K.IMPOSED: _Form(_of("sentence", "consecutive_to", "concurrent_with", *_TERM)),
    K.CREDIT: _Form(_of("from", "to", "days"), all_of=("from", "to")),
    K.REMISSION: _DAYS,
    K.DAYS_LOST: _DAYS,
    K.DAYS_ADDED: _DAYS,
    K.COMMUTED: _Form(
        _of("sentence", "begins", "length", "ends"), ("length", "ends", "release_date")
    ),
    K.PARDONED: _Form(_of("sentence")),
    # Review lies with the sentencing state alone (duty D-12), conversion with the other.
    K.VACATED: _Form(_of("sentence"), side=Side.SENDING),
    K.CONVERSION: _Form(_of(*_TERM), ("length", "ends", "release_date"), side=Side.RECEIVING),
    K.COMPUTED_DATE: _Form(_of("status"), all_of=("release_date",)),
}


def refuse(code: str, what: str, fix: str) -> RegisterError:
    """A refusal without its place, which `sentenced` and the fold add."""
    return RegisterError(Fault(code, what, fix))


def sentenced(events: Iterable[Event], terms: Terms, zone_name: str) -> Sentenced:
    """One person's sentence events and waivers, read; what cannot be read is refused and told.

    Args:
        events: as corrected, in register order.
        terms: who signs for which state.
        zone_name: the agreement's zone, in which days are civil days.
    """
    acts, refused, ignored, waivers = list[Act](), list[Told](), list[Told](), list[Waiver]()
    for event in events:
        waivers += _waivers(event, terms)
        if event.kind not in SENTENCES:
            continue
        try:
            act, strange = _act(event, terms, zone_name)
        except RegisterError as error:
            refused.append(told(event.id, event.index, event.occurred_at, error))
            continue
        acts.append(act)
        ignored += [
            Told(event.id, event.index, event.occurred_at, _placed(one, event.index))
            for one in strange
        ]
    return Sentenced(tuple(acts), tuple(refused), tuple(ignored), tuple(waivers))


def told(event_id: str, index: int, at: datetime, error: RegisterError) -> Told:
    """A refusal with its place."""
    return Told(event_id, index, at, _placed(error.faults[0], index))


def _placed(fault: Fault, index: int) -> Fault:
    return Fault(fault.code, fault.what, fault.fix, where=f"index {index}")


def _waivers(event: Event, terms: Terms) -> list[Waiver]:
    if event.kind != EventKind.EVIDENCE_RECORDED or event.body.get("fact") != WAIVER:
        return []
    waived = event.body.get("value") is True
    return [
        Waiver(event.occurred_at, event.index, terms.sides[actor.authority], waived)
        for actor in event.actors
        if actor.role == R.TRANSFERRING and actor.authority in terms.sides
    ]


def _act(event: Event, terms: Terms, zone_name: str) -> tuple[Act, list[Fault]]:
    body, kind = event.body, _kind(event.body)
    form, side = FORMS[kind], terms.sides.get(event.actors[0].authority)
    if side is None or form.side not in {None, side}:
        what = f"'{kind}' is no act of the {side or 'signing'} state"
        raise refuse("H747", what, "Have the other state's authority sign it.")
    lacking = [key for key in form.all_of if key not in body]
    if form.one_of and not set(form.one_of) & set(body):
        lacking.append(" or ".join(form.one_of))
    if lacking:
        raise refuse("H745", f"'{kind}' lacks {', '.join(lacking)}", "State it.")
    there, strange = zone(zone_name), sorted(set(body) - form.may)
    body = {key: value for key, value in body.items() if key in form.may}
    made = Act(
        event.id,
        event.index,
        kind,
        side,
        event.occurred_at,
        event.occurred_at.astimezone(there).date(),
        _name(body, "sentence"),
        _day(body, "begins"),
        _length(body, "length"),
        _length(body, "minimum"),
        _until(body, "ends", zone_name),
        _until(body, "release_date", zone_name),
        _name(body, "consecutive_to"),
        _name(body, "concurrent_with"),
        _span(body),
        _days(body),
        _preliminary(body),
    )
    _coherent(made)
    return made, [_stranger(kind, name) for name in strange]


def _kind(body: Mapping[str, Json]) -> SentenceAct:
    found = body.get("kind")
    if isinstance(found, str) and found in set(SentenceAct):
        return SentenceAct(found)
    fix = f"Write one of {', '.join(SentenceAct)}."
    raise refuse("H745", "'kind' is no act about a sentence", fix)


def _stranger(kind: str, name: str) -> Fault:
    what = f"'{name[:40]}' is no field of '{kind}': it was not read"
    return Fault("H745", what, "What is derived, such as an overstay, is never typed in.")


def _coherent(act: Act) -> None:
    """Refuse what contradicts itself: two starts, two ends, an end before its start."""
    if (act.after and (act.beside or act.begins)) or (act.length and act.ends):
        what = f"'{act.kind}' states two starts or two ends of one sentence"
        raise refuse("H745", what, "State one of consecutive_to, begins; one of length, ends.")
    if act.length and act.kind is not K.COMMUTED and not (act.begins or act.after):
        raise refuse("H745", "a length has no start", "State begins, or consecutive_to.")
    for until in (act.ends, act.release):
        if act.begins and until and until.day and until.day < act.begins:
            raise refuse("H743", "a sentence ends before it begins", "Correct one of the days.")


def _name(body: Mapping[str, Json], key: str) -> str:
    found = body.get(key, "")
    if isinstance(found, str) and (found or key not in body):
        return found
    raise refuse("H745", f"'{key}' is no name of a sentence", "Write a text.")


def _civil(found: Json, key: str) -> date:
    text = found if isinstance(found, str) else ""
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:  # no such day
        day = None
    if day is None or not EARLIEST <= day <= LATEST:
        fix = f"Write YYYY-MM-DD, between {EARLIEST.year} and {LATEST.year}: all four digits."
        raise refuse("H741", f"'{key}' is no day", fix)
    return day


def _day(body: Mapping[str, Json], key: str) -> date | None:
    return _civil(body[key], key) if key in body else None


def _until(body: Mapping[str, Json], key: str, zone_name: str) -> Until | None:
    found = body.get(key)
    if key not in body:
        return None
    if isinstance(found, str) and found in WORDS:
        return Until(WORDS[found])
    if isinstance(found, str) and "T" in found and key == "release_date":
        return _moment(found, key, zone_name)
    return Until(Ending.DATE, _civil(found, key))


def _moment(text: str, key: str, zone_name: str) -> Until:
    try:
        at = instant(text)
        last = (at - timedelta(seconds=1)).astimezone(zone(zone_name)).date()
    except (RegisterError, OverflowError):
        what = f"'{key}' is no instant"
        raise refuse("H741", what, "Write it as RFC 3339 with offset, or a day.") from None
    return Until(Ending.DATE, _civil(last.isoformat(), key), at)


def _whole(found: Json, most: int) -> int | None:
    """A whole number of 0 or more; None for anything else."""
    good = isinstance(found, int) and not isinstance(found, bool) and 0 <= found <= most
    return int(found) if good and isinstance(found, int) else None


def _length(body: Mapping[str, Json], key: str) -> Length | None:
    if key not in body:
        return None
    found = body[key]
    units = [one.name for one in fields(Length)]
    parts = found if isinstance(found, dict) else {}
    numbers = {name: _whole(value, LONGEST_DAYS) for name, value in parts.items()}
    known = {name: value for name, value in numbers.items() if name in units and value is not None}
    days = [366, 31, 7, 1]
    total = sum(known.get(name, 0) * size for name, size in zip(units, days, strict=True))
    if len(known) < len(numbers) or not 0 < total <= 2 * LONGEST_DAYS:
        what = f"'{key}' is no length in whole {', '.join(units)}"
        raise refuse("H742", what, 'Write it with its units, such as {"years":3,"months":10}.')
    return Length(**known)


def _days(body: Mapping[str, Json]) -> int | None:
    if "days" not in body:
        return None
    found = _whole(body["days"], LONGEST_DAYS)
    if not found:
        raise refuse("H742", "'days' is no whole number of days", "Write 1 or more.")
    return found


def _span(body: Mapping[str, Json]) -> tuple[date, date] | None:
    first, after = _day(body, "from"), _day(body, "to")
    if first is None or after is None:
        return None
    if after <= first:
        what = "a credit ends before it begins, or has no day"
        raise refuse("H743", what, "Give its first day, and the day after its last.")
    return first, after


def _preliminary(body: Mapping[str, Json]) -> bool:
    found = body.get("status", "confirmed")
    if not isinstance(found, str) or found not in {"confirmed", "preliminary"}:
        raise refuse("H745", "'status' is no word", "Write confirmed or preliminary.")
    return found == "preliminary"
