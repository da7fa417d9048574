"""habeas demo: synthetic people, the whole way, one screen."""

import json
import shutil
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path

from habeas.adapters import key_files, register_files, roll_files, sqlite_store, tables, text_files
from habeas.adapters.importers import docket_file
from habeas.adapters.witness_store import SqliteWitnessStore
from habeas.cli import (
    clock,
    export,
    export_files,
    installations,
    locate,
    output,
    register,
    screen,
    verify,
)
from habeas.cli import serve as serving
from habeas.cli.draw import SeededSource
from habeas.errors import Fault, SetupError
from habeas.service import (
    NOT_REVIEWED,
    SYNTHETIC,
    agree,
    bill,
    hold,
    intake,
    measure,
    record,
    rehearsal,
    statements,
)
from habeas.service import screen as screening
from habeas.service.night import Works
from habeas.service.rehearsal import Rehearsed, Story
from habeas.service.transfer import Desk
from habeas.units import money

MARK = "DEMONSTRATION.txt"
CECOT_PERSONS = (14_500, 20_480, 40_000)
LEAST, STATES = 100, (1, 2)
ROLLS, NIGHTS = "rolls", 7
EXPORTED = 13  # of the months of the lease: places are paid for and empty, and persons are held
EXPORTS = (
    (".pdf", "pdf", "one month's statement to print"),
    (".csv", "lines", "its lines"),
    (".beancount", "beancount", "its postings in the sending state's books"),
    (".xml", "ubl", "its invoice by EN 16931"),
    (".svg", "chart-occupancy", "persons held by day against capacity and guarantee"),
)


@dataclass(slots=True)
class Stage:
    """One run: where it writes, what it has written, and what it draws from."""

    folder: Path
    library: agree.Library
    draw: SeededSource
    persons: int
    day: date
    files: list[tuple[Path, str]] = field(default_factory=list)

    def path(self, name: str, about: str = "") -> Path:
        """A file to be written; with `about` it stands in the closing list."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if about:
            self.files.append((path, about))
        return path

    def text(self, name: str, text: str, about: str = "") -> Path:
        """Write a text file."""
        path = self.path(name, about)
        path.write_text(text, encoding="utf-8")
        return path

    def say(self, text: str) -> None:
        """A line of the story."""
        output.console().print(text, markup=False)

    def table(
        self, title: str, columns: tuple[str, ...], rows: list[list[str]], *right: str
    ) -> None:
        """A table of the story."""
        output.console().print(output.table(title, columns, rows, right=right))


def demo(
    *,
    dir: Path = Path("demo"),  # noqa: A002 - the option's name
    persons: int = 5000,
    seed: int = 7,
    as_of: str = "2026-11-21",
    serve: bool = False,
    agreement: str = "SE-EE",
    states: int = 1,
    port: int = 8401,
) -> int:
    """The whole way on synthetic people under real agreements, from docket to proof.

    Args:
        dir: where everything is written; an earlier demonstration there is replaced.
        persons: number of synthetic people over the three stories.
        seed: the same seed gives the same bytes in every file.
        as_of: the day on which the dockets are screened, YYYY-MM-DD.
        serve: instead, open the web app of two states under one agreement, as they stand today.
        agreement: of those two states: SE-EE, or OAS-A57, which asks for consent.
        states: 2 shows two installations at work instead: a handover, a cut line and its healing,
            and one side trying to drop a person; with --serve it stays open after that.
        port: the first of five ports of this machine that --states 2 needs.
    """
    if states not in STATES:
        what = f"no demonstration has {states} states"
        raise SetupError(Fault("H903", what, "Write --states 2, or leave it out."))
    if states > 1:
        return _both(dir / "two-states", agreement, seed, port, stay=serve)
    if serve:
        return _two_states(dir / "web" / agreement.lower(), agreement, seed)
    day = clock.day(as_of, "--as-of")
    if persons < LEAST:
        what = f"{persons} people are too few for three stories"
        raise SetupError(Fault("H901", what, f"Give at least {LEAST}."))
    stage = Stage(_cleared(dir), agree.library(), SeededSource(seed), persons, day)
    said = f"{SYNTHETIC}\nSeed {seed}, {persons} people, as of {as_of}.\n{NOT_REVIEWED}\n"
    stage.text(MARK, said, "says that nothing here is real")
    output.console().rule(f"habeas demo: {persons:,} synthetic people, seed {seed}, as of {as_of}")
    stage.say(SYNTHETIC)
    offer, treaty, lease = rehearsal.STORIES
    _offer(stage, offer)
    _treaty(stage, treaty)
    _lease(stage, lease)
    _space(stage)
    _proofs(stage, treaty, lease)
    stage.table(
        "Files", ("file", "what it is"), [[str(path), about] for path, about in stage.files]
    )
    stage.say(NOT_REVIEWED)
    return output.DONE


def _two_states(folder: Path, agreement: str, seed: int) -> int:
    """Serve two installations; those that a run before has made go on."""
    if not folder.exists():
        folder.mkdir(parents=True)
        _, now = clock.instant(None)
        installations.make(folder, agreement, now, seed)
        folder.joinpath(MARK).write_text(f"{SYNTHETIC}\n{NOT_REVIEWED}\n", encoding="utf-8")
    output.note(f"{SYNTHETIC} Remove '{folder}' to begin anew.")
    return serving.serve(folder)


def _both(folder: Path, agreement: str, seed: int, port: int, *, stay: bool) -> int:
    """Play the story of two installations, in a folder that is made anew."""
    from habeas.cli import demo_states  # noqa: PLC0415 - it needs the web's libraries

    _cleared(folder).joinpath(MARK).write_text(f"{SYNTHETIC}\n{NOT_REVIEWED}\n", encoding="utf-8")
    return demo_states.play(folder, agreement, seed, port, stay=stay)


def _cleared(folder: Path) -> Path:
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).is_file():
            what = f"'{folder}' holds files that are no demonstration"
            raise SetupError(Fault("H905", what, "Name another --dir."))
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _screened(stage: Stage, story: Story, title: str) -> screening.Screened:
    path = stage.path(f"{story.folder}/{story.docket}", f"docket of {story.agreement}, synthetic")
    count = stage.persons * story.part // 1000
    rows = rehearsal.docket_rows(story, count, stage.draw, stage.day)
    tables.write(path, rehearsal.columns_of(story), rows)
    names, read = docket_file.read(path)
    docket = intake.read(names, read, stage.library, str(path))
    found = screening.screen(docket, stage.library, datetime.combine(stage.day, clock.LAST_SECOND))
    out = stage.path(
        f"{story.folder}/findings.csv", "outcome, rules, missing facts and citations, a row a case"
    )
    tables.write(out, screen.FINDINGS, screening.rows(found))
    output.console().rule(title)
    deal, counts = found.programs[story.agreement].deal, found.counts()
    assumed = f" This story assumes {story.assumes}." if story.assumes else ""
    stage.say(f"{deal.title.en}. Standing: {deal.standing}.{assumed}")
    stage.say(
        f"{len(docket.cases):,} cases screened: {counts['eligible']:,} eligible, "
        f"{counts['barred']:,} barred, "
        f"{counts['not_established']:,} not established."
    )
    return found


def _rules(stage: Stage, found: screening.Screened, title: str, key: str, most: int) -> None:
    rows = [
        screening.rule_row(found, rule, count) for rule, count in found.rules(key).most_common(most)
    ]
    stage.table(title, screening.RULE, rows, "cases")


def _offer(stage: Stage, story: Story) -> None:
    found = _screened(stage, story, "a. US-SV-2025: what was offered and done in 2025")
    _rules(stage, found, "Rules that bar, most cases first", "not_met", 8)
    nobody = [[fact, f"{count:,}"] for fact, count in found.missing_facts().most_common(8)]
    stage.table(
        "Facts that nobody has established",
        ("fact", "cases that wait for it"),
        nobody,
        "cases that wait for it",
    )
    stage.say(
        "Nobody is eligible: no treaty and no statute was located, and no case meets every rule."
        if not found.counts()["eligible"]
        else "Some cases are eligible: look at the findings."
    )


def _played(
    stage: Stage, story: Story, found: screening.Screened
) -> tuple[Rehearsed, hold.Register]:
    keys = rehearsal.make_keys(story, stage.library, stage.draw)
    for name, seed in sorted(keys.seeds.items()):
        folder = {"root": "roots", "witness": "witnesses"}.get(name.rpartition(".")[2], "keys")
        key_files.write(
            stage.path(f"{story.folder}/{folder}/{name}.key"), name.partition(".")[0], seed
        )
    stage.text(
        f"{story.folder}/trust.json",
        rehearsal.trust_text(story, keys),
        "root keys and log key: what a verifier needs",
    )
    path = stage.path(f"{story.folder}/register.sqlite3", "the signed register")
    opened = datetime.combine(stage.day - timedelta(days=1), time(8, tzinfo=UTC))
    with ExitStack() as stack:
        chance = rehearsal.chance(story, stage.draw)
        files = stack.enter_context(register_files.made(path, chance))
        place = rehearsal.Place(files.store, files.vault, _witnesses(stage, story, keys, stack))
        desk = rehearsal.open_desk(story, stage.library, place, keys, stage.draw, opened)
        played = rehearsal.play(story, stage.library, desk, found, stage.draw, stage.day)
        calendar = stage.library.agreement(story.agreement).calendar
        held = hold.held(desk.log.records(), desk.terms, desk.log.size, calendar)
        if story is rehearsal.STORIES[-1]:
            rolls = _folder(stage.folder / story.folder / ROLLS)
            works = rehearsal.works(story, desk, keys, files.keys, rolls, stage.draw)
            _nights(stage, story, held, works, desk)
            held = replace(held, size=desk.log.size)
        notes = files.store.checkpoints()
    stage.say(
        f"The register has {held.size:,} leaves, signed events and pads, under {len(notes)} "
        "checkpoints that both courts' witnesses cosigned."
    )
    return played, hold.Register(stage.library.agreement(story.agreement), held, notes[-1][1])


def _witnesses(
    stage: Stage, story: Story, keys: rehearsal.Keys, stack: ExitStack
) -> dict[str, SqliteWitnessStore]:
    return {
        name: stack.enter_context(
            closing(
                SqliteWitnessStore(
                    stage.path(f"{story.folder}/witnesses/{name}.sqlite3"), create=True
                )
            )
        )
        for name in keys.courts
    }


def _folder(path: Path) -> rehearsal.Folder:
    path.mkdir(parents=True)
    return partial(roll_files.read, path), partial(roll_files.create, path)


def _nights(stage: Stage, story: Story, held: hold.Held, works: Works, desk: Desk) -> None:
    """Seven nights of the public roll, and a family that finds its row in the last one."""
    last = max(one.start for one in held.intervals)
    person = next(one.subject for one in held.received() if one.end is None)
    printed = rehearsal.family(works, desk, person, last + timedelta(hours=1))
    seen = rehearsal.seen(works)
    days = [(last + timedelta(days=n)).replace(hour=22, minute=0) for n in range(1, NIGHTS + 1)]
    for at in days:
        rehearsal.publish_night(works, seen, at)
    folder = stage.folder / story.folder
    stage.files.append((folder / ROLLS, f"{NIGHTS} nights of the public roll, blinded"))
    paper = stage.text(
        f"{story.folder}/family.token", f"{printed}\n", "the token that a family got on paper"
    )
    stage.say(f"A family types its token, without a network ({paper}):")
    name = f"{days[-1].date().isoformat()}.1.bin"
    stage.path(f"{story.folder}/{ROLLS}/{register_files.TRUST}").write_text(works.trust.text)
    locate.locate(roll=folder / ROLLS / name, token_file=paper, as_of=days[-1].date().isoformat())


def _refusals(stage: Stage, played: Rehearsed) -> None:
    rows = [[one.attempt, f"{one.fault.code} {one.fault.what}"] for one in played.course.refusals]
    stage.table("Attempted and refused", ("attempt", "refusal"), rows)


def _treaty(stage: Stage, story: Story) -> None:
    found = _screened(
        stage, story, "b. OAS-A57: Salvadoran nationals who consent, US to El Salvador"
    )
    _rules(stage, found, "What keeps the others here", "not_met", 5)
    lapsed = found.lapsed_facts().most_common(3)
    stage.table(
        "Certificates too old or undated to count",
        ("fact", "cases"),
        [[a, f"{b:,}"] for a, b in lapsed],
        "cases",
    )
    played, held = _played(stage, story, found)
    course = played.course
    stage.say(
        f"{len(played.people):,} eligible cases went on; "
        f"{len(course.transferred):,} people were transferred."
    )
    stage.table(
        "Stopped on the way", ("case", "by"), [[case, why] for case, why in course.stopped.items()]
    )
    for manifest, one in course.differences:
        stage.say(
            f"Manifest {manifest}: one person {one.cause} on arrival; "
            "no departure until it was reconciled."
        )
    _refusals(stage, played)
    _roll(stage, story, held, played.start + timedelta(days=400))


def _roll(stage: Stage, story: Story, held: hold.Register, day: date) -> None:
    rows = hold.roll_rows(held.held, datetime.combine(day, clock.LAST_SECOND), None)
    path = stage.path(f"{story.folder}/roll-{day}.csv", f"who is held by whom on {day}")
    tables.write(path, hold.ROLL, rows)
    by_side = {
        side: sum(row["custodian"] == side for row in rows) for side in ("sending", "receiving")
    }
    stage.say(
        f"Roll on {day}: {by_side['receiving']:,} held by the receiving state, "
        f"{by_side['sending']:,} by the sending state."
    )


def _lease(stage: Stage, story: Story) -> None:
    found = _screened(
        stage, story, "c. SE-EE: a lease of 24 months with a guarantee for 300 people"
    )
    played, held = _played(stage, story, found)
    stage.say(
        f"{len(played.course.transferred):,} people were received in tens, at most 100 a quarter."
    )
    notable = [[case, what] for case, what in played.course.notable.items()]
    stage.table("In custody", ("case", "what happened"), notable)
    _refusals(stage, played)
    _statements(stage, story, played, held)
    _roll(stage, story, held, played.start + timedelta(days=540))


def _statements(stage: Stage, story: Story, played: Rehearsed, held: hold.Register) -> None:
    rows: list[list[str]] = []
    total = 0
    for first, after in rehearsal.lease_months(played.start):
        made = bill.from_intervals(
            held.deal,
            bill.Asked(bill.period(first, after)),
            held.held.received(),
            held.held.release_dates,
        )
        found = statements.document(made, held.deal, held.basis()) | {"demonstration": SYNTHETIC}
        name = f"{story.folder}/statements/{first:%Y-%m}"
        stage.text(
            f"{name}.json", json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        )
        stage.text(f"{name}.txt", f"{SYNTHETIC}\n\n{statements.page(found)}")
        rows.append(statements.row(made))
        total += made.total_minor or 0
    stage.files.append(
        (stage.folder / story.folder / "statements", "24 monthly statements, JSON and page")
    )
    _exports(stage, story, held, rehearsal.lease_months(played.start)[EXPORTED])
    stage.table(
        "Monthly statements: every person-day billed, not billed for a reason, or undecided",
        statements.ROW,
        rows,
        *statements.ROW[1:],
    )
    stage.say(
        f"Two years: {money(total, 'EUR')} by the persons reading of the guarantee; "
        "transport and whatever stays open are apart."
    )


def _exports(stage: Stage, story: Story, held: hold.Register, days: tuple[date, date]) -> None:
    """One month as the files that people use, as far as their libraries are installed."""
    asked = export.of_register(held, *days, (None, None))
    lines = [f'terms = "Nothing is payable. {SYNTHETIC}"']
    given = stage.text(f"{story.folder}/particulars.toml", "\n".join([*lines, ""]))
    asked = replace(asked, particulars=given)
    for ending, form, about in EXPORTS:
        name = f"{story.folder}/exports/{days[0]:%Y-%m}{ending}"
        try:
            export_files.write(asked, form, stage.path(name))
        except (
            SetupError
        ) as error:  # an extra that is not installed; its sentence says what to type
            output.note(str(error))
        else:
            stage.path(name, about)


def _space(stage: Stage) -> None:
    output.console().rule("CECOT: floor area a person against each standard")
    found = [measure.density(stage.library, "CECOT", persons) for persons in CECOT_PERSONS]
    names = [row["measure"] for row in found[0]["standards"]]
    rows = [
        [row["measure"], row["value"], *(one["standards"][place]["finding"] for one in found)]
        for place, row in enumerate(found[0]["standards"])
    ]
    heads = tuple(f"{one['m2_per_person']} m² at {one['persons']:,}" for one in found)
    stage.table(
        "256 cells of 100 m², toilets included: every figure is an upper bound",
        ("measure", "asks", *heads),
        rows,
    )
    path = stage.path("space/cecot.csv", "floor area a person at three numbers of people")
    tables.write(
        path,
        ["persons", "m2_per_person", *names],
        (
            {
                "persons": str(one["persons"]),
                "m2_per_person": one["m2_per_person"],
                **{row["measure"]: row["finding"] for row in one["standards"]},
            }
            for one in found
        ),
    )


def _proofs(stage: Stage, treaty: Story, lease: Story) -> None:
    output.console().rule("Proofs")
    for story in (treaty, lease):
        verify.register(
            stage.folder / story.folder / "register.sqlite3",
            trust=stage.folder / story.folder / "trust.json",
        )
    folder = stage.folder / treaty.folder
    trust = text_files.trust(folder / "trust.json")
    with register_files.opened(folder / "register.sqlite3") as files:
        index = record.last_handover(files.store)
        receipt = record.receipt_of(files.store, files.vault, index, trust)
    for path in register.record_files(folder / "receipt.json", receipt, trust):
        stage.files.append(
            (
                path,
                {".json": "receipt of a handover", ".txt": "the same to print"}.get(
                    path.suffix, "its tlog-proof"
                ),
            )
        )
    stage.say(f"\nReceipt of the handover at index {index}, checked with the trust file alone:")
    verify.receipt(folder / "receipt.json", folder / "trust.json")
    _tampered(stage, folder, index)


def _tampered(stage: Stage, folder: Path, index: int) -> None:
    data = bytearray((folder / "register.sqlite3").read_bytes())
    place, found = record.place_of_content(
        bytes(data), sqlite_store.bundle(folder / "register.sqlite3").rows, index
    )
    data[place] ^= 1
    copy = stage.path("tampered/register.sqlite3", f"a copy with one byte of event {found} changed")
    copy.write_bytes(bytes(data))
    stage.say(f"\nThe same register with one byte changed at offset {place:,} of the file:")
    keys = folder / register_files.KEYS
    verify.register(copy, trust=folder / "trust.json", keys=keys)
    stage.text(
        "tampered/README.txt",
        f"{SYNTHETIC}\n\nByte {place} of register.sqlite3 was changed; "
        f"'habeas register verify' with the keys of that register must name index {found}.\n",
    )
