"""The demonstration's two installations, one for each state, as they stand today."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime, timedelta
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from habeas.adapters import (
    feed_files,
    installation_files,
    key_files,
    public_holidays,
    register_files,
    roll_files,
    tables,
    text_files,
)
from habeas.adapters.draft_store import DRAFTS, SqliteDrafts
from habeas.adapters.importers import docket_file
from habeas.adapters.installation_files import Installation, Peer
from habeas.cli import gateway
from habeas.cli.draw import SeededSource
from habeas.service import (
    agree,
    first_settlement,
    intake,
    rehearsal,
    synthetic_cells,
    transfer,
    two_states,
)
from habeas.service import screen as screening
from habeas.service.first_settlement import Side
from habeas.service.post import Line
from habeas.service.record import Log
from habeas.service.rehearsal import Keys, Story
from habeas.service.screen import Screened
from habeas.service.transfer import Ground

PORTS = (8401, 8402)
LOG_KEY, REGISTER = "log.key", "register.sqlite3"
CELLS = 36  # of each module: a place is free for whoever waits today
ROWS = 600  # of the past docket, from which whoever is eligible is taken
TODAY = 200  # of today's
EARLY = timedelta(hours=9)  # a docket of today is of a morning that has been
OVER = timedelta(days=2)  # after which a month is over in every zone
YEAR = timedelta(days=345)  # the past docket's age


def make(
    folder: Path,
    agreement: str,
    now: datetime,
    seed: int,
    ports: tuple[int, int] = PORTS,
    court: str = "",
) -> list[Path]:
    """Make both installations, each the mirror and a witness of the other's log.

    Args:
        folder: in which each has a folder of its own.
        agreement: SE-EE or OAS-A57.
        now: UTC, whole seconds: until when everything has happened.
        seed: of the synthetic people.
        ports: of both on this machine.
        court: vkey and address of a court's witness; empty where none runs.

    Returns:
        The folder of each, the sending state's first.
    """
    draw, law = SeededSource(seed), agree.library()
    story = two_states.story(agreement)
    signing = rehearsal.make_keys(story, law, draw, two_states.OFFICERS)
    keys = two_states.with_everybody(signing, story, law, draw)
    states = (story.sending, story.receiving)
    folders = {state: folder / state.lower() for state in states}
    names = {one.code: one.name.en for one in law.agreement(agreement).parties}
    there = {state: (names[state], port) for state, port in zip(states, ports, strict=True)}
    lay_out(folders, story, keys, there, now, court)
    with ExitStack() as stack:
        logs, shelves = [], []
        for path in folders.values():
            files = stack.enter_context(register_files.made(path / REGISTER))
            shelves.append(files)
            trust = text_files.trust(path / register_files.TRUST)
            shelf = two_states.Shelf(files.store, files.vault)
            logs.append(two_states.opened(shelf, trust, key_files.read(path / LOG_KEY)[1]))
        begun = now - two_states.BEGUN
        desks = [two_states.begin(log, story, law, keys, draw, begun) for log in logs]
        for log, other in zip(logs, reversed(shelves), strict=True):
            two_states.enrol(log, story, (keys, draw), other.trust().text, begun)
        asked = (("P", ROWS, now - YEAR), ("T", TODAY, now - EARLY))
        dockets = [_docket(folders[states[0]], story, law, draw, one) for one in asked]
        two_states.play(desks[0], story, law, dockets, now, draw)
        two_states.copy(list(two_states.shared(logs[0])), logs[1], now)
        for desk, kept in zip(desks, shelves, strict=True):
            rolls = (kept.trust(), kept.keys, _rolls(kept.path.parent))
            two_states.publish_roll(story, desk, (keys, draw), rolls, now)
        _statistics(folders[states[0]], shelves[0], story, law, now)
        deal = law.agreement(agreement)
        grounds = [Ground(deal, desk.terms, demonstration=True) for desk in desks]
        _settle(list(zip(logs, shelves, grounds, strict=True)), states, now)
    return list(folders.values())


def _settle(
    there: Sequence[tuple[Log, register_files.Register, Ground]],
    states: tuple[str, str],
    now: datetime,
) -> None:
    """Let both logs, the sending state's first, show each other what they share."""
    with ExitStack() as stack:
        sides = [
            stack.enter_context(_side(log, files, first_settlement.line(log, ground, *pair)))
            for (log, files, ground), pair in zip(there, (states, states[::-1]), strict=True)
        ]
        first_settlement.settled(sides, now)


@contextmanager
def _side(log: Log, files: register_files.Register, line: Line) -> Iterator[Side]:
    waiting = SqliteDrafts(files.path.with_name(DRAFTS))
    seeds = feed_files.keys(files.path)
    with closing(waiting), gateway.feed(files.path, seeds) as held:
        if held is not None:
            yield Side(log, files.trust(), waiting, held, line)


def lay_out(
    folders: Mapping[str, Path],
    story: Story,
    keys: Keys,
    there: Mapping[str, tuple[str, int]],
    now: datetime,
    court: str = "",
) -> None:
    """Make the new folders of both installations, with all but their registers and dockets.

    Args:
        folders: by state.
        story: whose agreement and bodies they have.
        keys: of every authority.
        there: by state: its name, and the port of its address.
        now: UTC; facilities were certified years before.
        court: vkey and address of a court's witness; empty where none runs.
    """
    draw_log = two_states.log_seeds(story, keys)
    address = {one: f"http://localhost:{port}" for one, (_, port) in there.items()}
    for state, path in folders.items():
        path.mkdir(parents=True, mode=0o700)
        for name in (
            installation_files.OFFICERS,
            installation_files.DOCKETS,
            installation_files.FACILITIES,
            "roots",
        ):
            path.joinpath(name).mkdir(mode=0o700)
        key_files.write(path / LOG_KEY, "log", draw_log[state])
        registrar = _officers(path, story, keys, state)
        other = two_states.other(story, state)
        seeds = two_states.cosigner_seeds(state, keys)
        feed_files.lay(path / REGISTER, two_states.origin(story, state), seeds)
        peer = two_states.cosigners(story, other, keys, address[other])
        cosigned = two_states.Cosigned(peer, court)
        text = two_states.trust_text(story, state, keys, draw_log[state], cosigned)
        path.joinpath(register_files.TRUST).write_text(text, encoding="utf-8")
        installation_files.write(
            path,
            Installation(
                "habeas-installation/1",
                there[state][0],
                state,
                story.agreement,
                story.sending,
                story.receiving,
                address[state],
                registrar,
                LOG_KEY,
                demonstration=True,
                peer=Peer(other, address[other]),
            ),
        )
        _facility(path, story, now)


def _officers(path: Path, story: Story, keys: Keys, state: str) -> str:
    """Write the keys of a state's authorities; gives the file of the registrar's."""
    registrar = ""
    for name, seed in sorted(keys.seeds.items()):
        authority, _, number = name.rpartition(".")
        if not authority.startswith(f"{state}-") or number == "witness":
            continue
        inner = "roots" if number == "root" else installation_files.OFFICERS
        key_files.write(path / inner / f"{name}.key", authority, seed)
        if number == "0" and authority == two_states.custodian(story, state):
            registrar = f"{name}.key"
    return registrar


def _rolls(folder: Path) -> rehearsal.Folder:
    path = folder / installation_files.ROLLS
    path.mkdir(mode=0o755)
    return partial(roll_files.read, path), partial(roll_files.create, path)


def _statistics(
    folder: Path, files: register_files.Register, story: Story, law: agree.Library, now: datetime
) -> None:
    """The last month that is over, out of the sending state's register alone.

    Both states' tables of the same persons would tell more than each of them.
    """
    if find_spec("scipy") is None or find_spec("holidays") is None:  # extras
        return
    from habeas.cli import statistics  # noqa: PLC0415 - needs an extra
    from habeas.service import issue_more, issues  # noqa: PLC0415 - the same

    pair, deal = (story.sending, story.receiving), law.agreement(story.agreement)
    rules = transfer.terms(deal, *pair)
    found = issues.source(files.store, files.vault, deal, rules, None)
    before = (now - OVER).replace(day=1) - timedelta(days=1)
    asked = issues.Asked(before.date().replace(day=1), now, issues.policy(5))
    made = issues.issue(found, asked, ())
    asks = issue_more.Asked(law, public_holidays.calendar, pair)
    statistics.written(made, (), asks, folder / installation_files.STATISTICS)


def _facility(path: Path, story: Story, now: datetime) -> None:
    if story.bodies is not None:
        name = story.bodies.facility_to
        years = (now.year - 3, now.year - 2)
        text = synthetic_cells.facility(name, story.receiving, years, CELLS)
        path.joinpath(installation_files.FACILITIES, f"{name.lower()}.toml").write_text(
            text, encoding="utf-8"
        )


def _docket(
    folder: Path,
    story: Story,
    law: agree.Library,
    draw: SeededSource,
    asked: tuple[str, int, datetime],
) -> Screened:
    when, count, at = asked
    part = two_states.part(story, when)
    path = folder / installation_files.DOCKETS / f"{at:%Y-%m-%d}.parquet"
    rows = rehearsal.docket_rows(part, count, draw, at.date())
    tables.write(path, rehearsal.columns_of(part), rows)
    names, read = docket_file.read(path)
    docket = intake.read(names, read, law, path.name)
    return screening.screen(docket, law, max(at, datetime.combine(at.date(), rehearsal.NOON)))
