"""`python -m bench.installation [small]`: an installation as large as a country's, made once.

The sending state's, with every event signed, judged by the workflow's table, admitted by the log
and sealed as in earnest: what is written is what years of work would have written. Synthetic people
out of a fixed seed. It lies in the folder that HABEAS_BENCH_WEB names, or in `.bench/web`.
"""

import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.peers.run import ROOT
from habeas.adapters import installation_files, key_files, register_files, tables, text_files
from habeas.adapters.importers import docket_file
from habeas.cli import installations
from habeas.cli.draw import SeededSource
from habeas.docket.check import Docket, Row
from habeas.law.library import Library
from habeas.law.program import Program
from habeas.screening.decision import Decision
from habeas.service import (
    agree,
    intake,
    present_story,
    rehearsal,
    screen,
    synthetic_cells,
    two_states,
)
from habeas.service.agenda import Agenda, fly, prepare, together
from habeas.service.casework import Bodies, Casework, Person, digest
from habeas.service.intake import columns
from habeas.service.rehearsal import Story
from habeas.service.transfer import By, pseudonym
from habeas.terms import EventKind, Outcome, Role

K, R = EventKind, Role
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
AGREEMENT, SEED, PORT, TEMPLATES = "SE-EE", 11, 18471, 600
BEGUN, LAST, LEAD = 1500 * DAY, 20 * DAY, 20 * DAY  # before today; before a flight
FIRST = 1400 * DAY
WAITING = 14 * DAY  # after today: the flights that are being prepared
DECIDED = 26 * HOUR  # before a departure; whoever has something in the way has it by then
ILL_OF, HOME_OF, STAY_OF, OBJECTION_OF = 30, 9, 50, 40  # of so many persons one
NOW = datetime(2026, 11, 26, 4, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Scale:
    """How large it is."""

    name: str
    persons: int
    facilities: int
    flight: int  # persons on one
    counts: int  # of everybody held, a month apart, until today

    @property
    def flights(self) -> int:
        """Of the past and of the next days together."""
        return self.persons // self.flight

    @property
    def ahead(self) -> int:
        """Flights that are being prepared."""
        return max(3, self.flights // 20)


FULL = Scale("full", 40_000, 40, 40, 17)
SMALL = Scale("small", 400, 4, 8, 17)


def made(scale: Scale) -> Path:
    """The folder of the installation; made where it is not there yet."""
    base = Path(os.environ.get("HABEAS_BENCH_WEB", str(ROOT / ".bench" / "web")))
    folder = base / scale.name
    if not (folder / "done").exists():
        shutil.rmtree(folder, ignore_errors=True)
        _make(folder, scale)
        (folder / "done").touch()
    return folder / "se"


def _make(folder: Path, scale: Scale) -> None:
    law, draw = agree.library(), SeededSource(SEED)
    story = two_states.story(AGREEMENT)
    keys = rehearsal.make_keys(story, law, draw, two_states.OFFICERS)
    states = (story.sending, story.receiving)
    folders = {state: folder / state.lower() for state in states}
    there = {state: (state, PORT + place) for place, state in enumerate(states)}
    installations.lay_out(folders, story, keys, there, NOW)
    shutil.rmtree(folders[story.receiving])
    path = folders[story.sending]
    bodies = list(_bodies(story, scale))
    for one in bodies:
        _facility(path, story, one.facility_to, scale)
    begun, cpu = time.perf_counter(), time.process_time()
    docket, program = _docket(path, story, law, scale)
    print(f"docket of {len(docket.cases):,} cases: {time.process_time() - cpu:.0f} CPU-s")
    with register_files.made(path / "register.sqlite3") as files:
        trust = text_files.trust(path / register_files.TRUST)
        shelf = two_states.Shelf(files.store, files.vault)
        log = two_states.opened(shelf, trust, key_files.read(path / installations.LOG_KEY)[1])
        desk = two_states.begin(log, story, law, keys, draw, NOW - BEGUN)
        works = [
            Casework(desk, program, columns(law.vocabulary), one, docket.hash) for one in bodies
        ]
        people = [
            Person(case, pseudonym(draw.bytes(16, f"subject {case.id}"))) for case in docket.cases
        ]
        _play(works, people, scale)
        told = f"{scale.persons:,} persons, {log.size:,} events"
    spent = time.process_time() - cpu
    size = sum(one.stat().st_size for one in path.iterdir() if one.is_file())
    print(
        f"{told}, {size / 1e6:,.0f} MB: {spent:.0f} CPU-s, {time.perf_counter() - begun:.0f} s wall"
    )


def _bodies(story: Story, scale: Scale) -> Iterator[Bodies]:
    if story.bodies is None:
        raise ValueError(story.agreement)
    for number in range(scale.facilities):
        name = story.bodies.facility_to
        yield replace(story.bodies, facility_to=f"{name}-{number}" if number else name)


def _facility(path: Path, story: Story, name: str, scale: Scale) -> None:
    cells = max(synthetic_cells.CELLS, scale.persons // scale.facilities // 4)
    text = synthetic_cells.facility(name, story.receiving, (2020, 2021), cells)
    file = path / installation_files.FACILITIES / f"{name.lower()}.toml"
    file.write_text(text, encoding="utf-8")


# The docket


def _docket(path: Path, story: Story, law: Library, scale: Scale) -> tuple[Docket, Program]:
    """A case for each person, dated 20 days before their flight; today's docket beside it."""
    draw = SeededSource(SEED)
    names = rehearsal.columns_of(story)
    today = two_states.part(story, "T")
    rows = list(rehearsal.docket_rows(today, TEMPLATES, draw, NOW.date()))
    folder = path / installation_files.DOCKETS
    tables.write(folder / f"{NOW:%Y-%m-%d}.parquet", names, rows)
    screened = screen.screen(_read(names, rows, law), law, NOW.replace(hour=12))
    templates = _eligible(rows, screened.decisions)
    cases = []
    for place in range(scale.persons):
        depart = departures(scale)[place // scale.flight]
        known = f"{min(depart - LEAD, NOW):%Y-%m-%dT00:00:00+00:00}"
        row = templates[place % len(templates)]
        dated = {name: known for name in row if name.endswith("__at")}
        cases.append(row | dated | {"case": f"{story.prefix}-{place + 1:05d}"})
    file = folder / f"{NOW - BEGUN:%Y-%m-%d}.parquet"
    tables.write(file, names, cases)
    read_names, read = docket_file.read(file)
    docket = intake.read(read_names, read, law, file.name)
    if len(docket.cases) != scale.persons:
        raise ValueError(docket.refused[:3])
    return docket, screened.programs[AGREEMENT]


def _read(names: list[str], rows: Sequence[dict[str, str]], law: Library) -> Docket:
    found = [Row(n, tuple(one.get(name, "") for name in names)) for n, one in enumerate(rows, 2)]
    return intake.read(names, found, law, "templates")


def _eligible(
    rows: Sequence[dict[str, str]], decisions: Sequence[Decision]
) -> list[dict[str, str]]:
    by_case = {row["case"]: row for row in rows}
    return [by_case[one.case] for one in decisions if one.outcome is Outcome.ELIGIBLE]


def departures(scale: Scale) -> list[datetime]:
    """When each flight departs, evenly over the past years, and over the next days."""
    start = NOW.replace(minute=0)
    past, ahead = scale.flights - scale.ahead, scale.ahead
    hours = (FIRST - LAST) // HOUR
    found = [start - FIRST + number * hours // past * HOUR for number in range(past)]
    after = WAITING // HOUR
    return found + [start + (2 + number * after // ahead) * HOUR for number in range(ahead)]


# The register


def _play(works: Sequence[Casework], people: Sequence[Person], scale: Scale) -> None:
    agendas = [Agenda(work) for work in works]
    cells = [_cells(scale) for _ in works]
    counted = [NOW - month * 30 * DAY - HOUR for month in reversed(range(scale.counts))]
    for number, depart in enumerate(departures(scale)):
        group = people[number * scale.flight : (number + 1) * scale.flight]
        place = number % len(works)
        agenda, manifest = agendas[place], f"mf-{number:04d}-{depart:%Y-%m-%d}"
        for line, person in enumerate(group, 1):
            prepare(agenda, person, depart, manifest, line, "sv")
            nth = number * scale.flight + line
            present_story.sentence(agenda, person, depart, NOW, place=nth)
            if depart > NOW:
                _in_the_way(agenda, person, depart, nth)
            else:
                _custody(agenda, person, depart, next(cells[place]), counted, nth)
        if depart <= NOW:
            fly(agenda, group, depart, manifest, "E")
    weeks = [NOW - BEGUN + week * 7 * DAY for week in range(BEGUN // (7 * DAY))]
    together(agendas, weeks, until=NOW)


def _in_the_way(agenda: Agenda, person: Person, depart: datetime, nth: int) -> None:
    """A stay, or an objection that nobody has answered, the day after notice was served."""
    work, at = agenda.casework, depart - 10 * DAY
    order, document = digest("stay", person.case.id), digest("objection", person.case.id)
    if nth % STAY_OF == 0:
        by = [By(work.bodies.court, R.COURT)]
        kind, body = K.STAY_ORDERED, {"order": order, "scope": "case"}
    elif nth % OBJECTION_OF == 0:
        by = [By(work.bodies.counsel, R.COUNSEL)]
        kind, body = K.OBJECTION_LODGED, {"document": document}
    else:
        return
    agenda.course.stopped[person.case.id] = kind.value
    agenda.at(at, lambda: work.act(person, kind, at, by, body))


def _custody(
    agenda: Agenda,
    person: Person,
    depart: datetime,
    cell: str,
    counted: Sequence[datetime],
    nth: int,
) -> None:
    work, moved = agenda.casework, depart + 11 * HOUR + DAY
    agenda.at(moved, lambda: work.holder(person, K.MOVED, moved, {"cell": cell}))
    until = NOW
    if nth % HOME_OF == 0:
        until = depart + (80 + nth % 40) * DAY
        present_story.home(agenda, person, until, nth)
    ill = moved + (10 + nth % 5) * DAY
    away = (ill, ill + 6 * DAY) if nth % ILL_OF == 0 and nth % HOME_OF else (NOW, NOW)
    if away[0] < NOW:
        present_story.hospital(agenda, person, ill, ends=True)
    for at in counted:
        if moved < at < until and not away[0] <= at <= away[1]:
            _counted(agenda, person, at, cell)


def _counted(agenda: Agenda, person: Person, at: datetime, cell: str) -> None:
    work = agenda.casework
    agenda.at(at, lambda: work.holder(person, K.COUNTED, at, {"place": cell}))


def _cells(scale: Scale) -> Iterator[str]:
    """Two persons to a cell, from the first one on again and again."""
    count = max(synthetic_cells.CELLS, scale.persons // scale.facilities // 4)
    while True:
        for cell in range(1, count + 1):
            for module in synthetic_cells.MODULES:
                yield f"{module}-{cell:02d}"
                yield f"{module}-{cell:02d}"


def main() -> None:
    """Make it where it is not there, and say where it lies."""
    print(made(SMALL if sys.argv[1:] == ["small"] else FULL))


if __name__ == "__main__":
    main()
