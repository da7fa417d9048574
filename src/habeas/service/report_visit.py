"""The pack of a visit: who is held, what is late, and the calls that give each figure again."""

import base64
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace

from habeas.law.cited import Cite
from habeas.law.library import Library
from habeas.register.checkpoint import read_note
from habeas.service.hold import Register
from habeas.service.paper import NUMBER, WIDE, Call, Cell, Grid, Paper, Part, Say, grid, safe
from habeas.service.receipts import words
from habeas.service.visit import Figure, Row, Visit

MONITOR = "A-4"  # the rule of the library that says what a visiting body may do
SHOWN = 60  # rows of duties; the call lists them all
MINUTE = len("2026-11-14T15:02")
INSTANTS = frozenset({"since", "to", "end", "due", "answered", "at"})
COUNTS = frozenset({"days", "placements", "days_past", "days_late", "index", "event_in"})
WORDS = frozenset({"status", "state", "limit", "prolonged"})
SIDES = frozenset({"custodian", "owed_by", "clocks"})
ROLL = {"register_number": 8, "cell": 3, "status": 3, "custodian": 3, "since": 5, "event_in": 0}
APART = {"register_number": 8, "since": 5, "to": 5, "days": 0, "placements": 0, "prolonged": 3,
         "reasons": 5}  # fmt: skip
PAST = {"register_number": 8, "last_day": 4, "finding_on": 4, "to": 5, "clocks": 3, "days_past": 0}
LATE = {"duty": 2, "register_number": 8, "owed_by": 3, "from": 4, "due": 5, "limit": 3,
        "days_late": 0}  # fmt: skip
DEATHS = {"register_number": 8, "end": 5, "index": 0}
BLOCKED = {"at": 4, "signed_by": 4, "reason": 8, "index": 0}
ASKED = {"state": 3, "register_number": 8, "since": 5, "due": 5, "answered": 5}
WRONG = {"register_number": 8, "index": 0, "signed_by": 4, "what": 3, "says": 4, "register_says": 4}
APART_FIGURES = frozenset({"overdue_of", "places", "floor"})
NOTES = ("visit.note_true", "visit.note_law", "common.bytes", "common.review",
         "common.spanish")  # fmt: skip
BRIEF = ("held", "apart_now", "apart_long_now", "past_now", "no_date", "overdue", "deaths")


def pack(found: Visit, library: Library, say: Say, mark: str, version: str) -> Paper:
    """The pack.

    Args:
        found: what stands in it.
        library: the words of duties and of the rule about visits.
        say: the words of one language.
        mark: of synthetic persons; empty in operation.
        version: of habeas, now.
    """
    asks, calls = found.asks, _Calls(found.figures, say)
    day = asks.at.date()
    brief = {one.name: say.figure(one.value) for one in found.of(*BRIEF)}
    marks = (say("visit.mark"), *((say("common.mark"),) if mark else ()))
    return Paper(
        say.lang,
        f"visit-{safe(asks.facility)}-{safe(asks.as_of)}-{asks.size}.{say.lang}",
        say("visit.kind"),
        say("visit.title").format(facility=asks.facility, day=day),
        marks,
        f"{asks.agreement} · {asks.facility} · {asks.as_of} · {asks.size:,}",
        (say("common.page"), say("common.of")),
        _particulars(found, say),
        (say("visit.brief_held").format_map(brief), say("visit.brief_late").format_map(brief)),
        (
            _right(library, say),
            _figures(found, calls),
            _sample(found, calls),
            *_persons(found, calls),
            *_reported(found, library, calls),
            _space(found, calls),
            _rows("roll", found.roll, ROLL, calls, "held"),
            calls.part(asks.register),
        ),
        (*(say(name) for name in NOTES), say("common.made").format(version=version)),
        say("common.notes"),
        day,
    )  # fmt: skip


class _Calls:
    """The calls of a pack in the order of its figures; one call gives several figures."""

    def __init__(self, figures: Sequence[Figure], say: Say) -> None:
        self.say, self.figures = say, figures
        self._takes = dict[tuple[str, ...], list[str]]()
        for one in figures:
            self._takes.setdefault(one.call, []).append(one.take)
        self._number = {call: f"Q{n}" for n, call in enumerate(self._takes, 1)}

    def number(self, one: Figure) -> str:
        """How a figure's call is called, and which of its figures it is."""
        return f"{self._number[one.call]}.{self._takes[one.call].index(one.take) + 1}"

    def of(self, name: str) -> str:
        """The call of the first figure of a name; empty where there is none."""
        return next((self._number[one.call] for one in self.figures if one.name == name), "")

    def cells(self, one: Figure, name: str) -> tuple[Cell, Cell, Cell]:
        """A figure with what it is, linked to its call."""
        to = self._number[one.call]
        value = self.say.figure(one.value) if one.value else self.say("common.unknown")
        return Cell(name), Cell(value, to), Cell(self.number(one), to)

    def part(self, register: str) -> Part:
        """Every call and what picks its figures out, for whoever holds the register."""
        told = [
            Call(to, to, (f"habeas {shlex.join(call)} > {to}.json", *self._picked(call, to)))
            for call, to in self._number.items()
        ]
        text = self.say("visit.calls_text").format(register=register)
        return Part(self.say("visit.calls"), (text,), calls=tuple(told))

    def _picked(self, call: tuple[str, ...], to: str) -> list[str]:
        takes = enumerate(self._takes[call], 1)
        return [f"{to}.{n}: jq {shlex.quote(take)} {to}.json" for n, take in takes]


def _particulars(found: Visit, say: Say) -> tuple[tuple[str, str], ...]:
    asks, register = found.asks, found.read.found
    title = register.deal.title.es if say.lang == "es" else register.deal.title.en
    size, told = say.figure(asks.size), _checkpoint(register)
    if told is None:
        checkpoint = say("visit.checkpoint_none").format(size=size)
    elif told[1] == asks.size:
        checkpoint = say("common.checkpoint_is").format(size=size, root=told[2])
    else:
        checkpoint = say("visit.checkpoint_less").format(
            size=say.figure(told[1]), root=told[2], more=say.figure(asks.size - told[1])
        )
    return (
        (say("visit.facility"), asks.facility),
        (say("common.agreement"), f"{asks.agreement}: {title}"),
        (say("visit.as_of"), f"{asks.as_of} ({asks.at.isoformat()})"),
        (say("visit.known"), say("visit.known_is").format(size=size)),
        (say("common.register"), told[0] if told else asks.register),
        (say("common.checkpoint"), checkpoint),
    )


def _checkpoint(found: Register) -> tuple[str, int, str] | None:
    """Origin, size and root of the latest checkpoint of that size; None before the first."""
    if not found.checkpoint:
        return None
    told = read_note(found.checkpoint).checkpoint
    return told.origin, told.size, base64.b64encode(told.root).decode()


def _right(library: Library, say: Say) -> Part:
    """The rule about visits with its citations, as far as each was checked."""
    file = library.agreement_rules
    rule, titles = file.rules[MONITOR], {one.id: one.title for one in file.instruments}

    def cited(one: Cite) -> str:
        title = titles[one.instrument]
        name = title.es if say.lang == "es" else title.en
        return f"{name}, {one.at} ({say(f'visit.{one.checked}')})"

    text = rule.text.es if say.lang == "es" else rule.text.en
    about = say("visit.right_text").format(rule=MONITOR)
    return Part(say("visit.right"), (about, text), items=tuple(map(cited, rule.cite)))


def _figures(found: Visit, calls: _Calls) -> Part:
    """Every figure but those that stand in tables of their own."""
    say, held = calls.say, found.read.found.held
    rows = [
        calls.cells(one, say(f"fact.{one.name}").format(of=_what(one, say)))
        for one in found.figures
        if one.name not in APART_FIGURES
    ]
    without = say("visit.without").format(
        erased=say.figure(held.erased), unreadable=say.figure(held.unreadable)
    )
    heads = [say(f"visit.{name}") for name in ("what", "figure", "call")]
    table = grid("", heads, rows, (WIDE, NUMBER, NUMBER))
    return Part(say("visit.figures"), (say("visit.figures_text"), without), (table,))


def _what(one: Figure, say: Say) -> str:
    """What a figure is of, in words: a kind of event, or a status."""
    return _event(one.of, say) if one.name == "reports" else say.get(f"words.{one.of}", one.of)


def _event(kind: str, say: Say) -> str:
    pair = words()["events"].get(kind, (kind, kind))
    return pair[1] if say.lang == "es" else pair[0]


def _sample(found: Visit, calls: _Calls) -> Part:
    say, seed = calls.say, found.asks.seed
    if seed is None:
        return Part(say("visit.sample"), (say("visit.sample_none"),))
    made = _rows("sample", found.sample, ROLL, calls, "sample")
    return replace(made, texts=(say("visit.sample_text").format(seed=seed), *made.texts))


def _rows(
    name: str, rows: Sequence[Row], columns: Mapping[str, int], calls: _Calls, of: str
) -> Part:
    """A table of rows under its heading; says in a word where there are none."""
    say = calls.say
    about = say.get(f"visit.{name}_text")
    texts = (about,) if about and name != "sample" else ()
    from_call = say("visit.from_call").format(call=calls.of(of))
    if not rows:
        return Part(say(f"visit.{name}"), (*texts, f"{say('common.none')} {from_call}"))
    return Part(say(f"visit.{name}"), texts, (_grid(rows, columns, say, from_call),))


def _grid(rows: Sequence[Row], columns: Mapping[str, int], say: Say, caption: str) -> Grid:
    heads = [say(f"column.{name}") for name in columns]
    cells = [[_cell(name, one[name], say) for name in columns] for one in rows]
    return grid(caption, heads, cells, list(columns.values()))


def _cell(name: str, value: str, say: Say) -> Cell:
    if name in INSTANTS:
        return Cell(value[:MINUTE].replace("T", " "))
    if name == "from":
        return Cell(_event(value, say))
    if name in SIDES:
        side, comma, more = value.partition(", ")
        return Cell(say.get(f"side.{side}", side) + comma + say.get(f"side.{more}", more))
    if name in WORDS:
        return Cell(say.get(f"words.{value}", value))
    return Cell(say.figure(value) if name in COUNTS and value else value)


def _persons(found: Visit, calls: _Calls) -> list[Part]:
    """Who is held apart, who past the date, and who died."""
    return [
        _rows("apart", found.apart, APART, calls, "apart_now"),
        _rows("past", found.past, PAST, calls, "past_now"),
        _rows("deaths", found.deaths, DEATHS, calls, "deaths"),
    ]


def _reported(found: Visit, library: Library, calls: _Calls) -> list[Part]:
    """What is late, what nobody replied to, and what the register does not bear out."""
    return [
        _late(found, library, calls),
        _rows("open", found.open, LATE, calls, "findings"),
        _rows("blocked", found.blocked, BLOCKED, calls, "overdue"),
        _rows("inquiries", found.inquiries, ASKED, calls, "inquiries"),
        _rows("contradictions", found.contradictions, WRONG, calls, "contradictions"),
    ]


def _late(found: Visit, library: Library, calls: _Calls) -> Part:
    """Duties overdue: how many of each, in words, and the longest overdue one by one."""
    say = calls.say
    made = _rows("late", found.late[:SHOWN], LATE, calls, "overdue")
    counts = [
        (*calls.cells(one, one.of)[:2], Cell(_duty(library, one.of, say)))
        for one in found.of("overdue_of")
    ]
    if not counts:
        return made
    heads = [say(f"column.{name}") for name in ("duty", "overdue", "text")]
    more = len(found.late) - SHOWN
    told = say("visit.more").format(more=say.figure(more), call=calls.of("overdue"))
    table = grid("", heads, counts, (WIDE, NUMBER, 8))
    return replace(made, grids=(table, *made.grids), items=(told,) if more > 0 else ())


def _duty(library: Library, name: str, say: Say) -> str:
    duty = library.duties.duties.get(name)
    if duty is None:
        return ""
    return duty.text.es if say.lang == "es" else duty.text.en


def _space(found: Visit, calls: _Calls) -> Part:
    """Places by each definition, and persons by how they stand against each measure."""
    say, title = calls.say, calls.say("visit.space")
    if not found.places:
        return Part(title, (say("visit.space_none"),))
    rows = [
        calls.cells(one, say(f"fact.{one.name}").format(of=_against(one, say)))
        for one in found.of("places", "floor")
    ]
    heads = [say(f"visit.{name}") for name in ("what", "figure", "call")]
    table = grid("", heads, rows, (WIDE, NUMBER, NUMBER))
    return Part(title, (say("visit.space_text"),), (table,))


def _against(one: Figure, say: Say) -> str:
    measure, _, word = one.of.partition(": ")
    return (
        f"{measure}: {say.get(f'words.{word}', word)}"
        if word
        else say.get(f"words.{measure}", measure)
    )
