"""What the two-state demonstration has at hand, and how it tells what happens."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from secrets import token_bytes
from time import monotonic, sleep

from rich.text import Text

from habeas.adapters import (
    installation_files,
    key_files,
    one_writer,
    register_files,
    roll_files,
    text_files,
    witness_client,
)
from habeas.cli import demo_clock, output
from habeas.cli.demo_line import Line
from habeas.cli.demo_sites import POLL_S, Site, never
from habeas.errors import HabeasError
from habeas.service import agree, feed_check, publish, record, two_states
from habeas.service.asking import Found, Publish
from habeas.service.feed_asks import Feed, Settlements
from habeas.service.night import Works
from habeas.service.publish import Clients
from habeas.service.rehearsal import Story
from habeas.service.transfer import Ground, terms
from habeas.service.two_states_acts import Bureau
from habeas.terms import Settlement

S = Settlement
PROOFS = "proofs"
ORDER = (S.LOGGED, S.PUBLISHED, S.MIRRORED, S.SETTLED, S.OVERDUE, S.DISPUTED)
AGAIN_S, LONGEST_S = 4.0, 180.0  # until both publish once more; until it is given up
WHO = 12  # characters of whoever acts


@dataclass(frozen=True, slots=True)
class Opened:
    """An installation's register while its gateway does not serve it."""

    log: record.Log
    ground: Ground
    works: Works
    clients: Clients


@dataclass(slots=True)
class Scene:
    """What the story has at hand."""

    folder: Path
    story: Story
    begun: datetime  # UTC, on the clock of the story
    clock: Path
    sites: tuple[Site, Site]  # the sending state's and the receiving state's
    bureau: Bureau
    lines: list[Line]
    checks: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])  # what, command
    now: datetime = field(init=False)

    def __post_init__(self) -> None:
        """The story begins at its beginning."""
        self.now = self.begun

    # The clock, and what is told

    def at(self, hours: float) -> datetime:
        """Set the clock of the story to so many hours after its beginning."""
        self.now = self.begun + timedelta(hours=hours)
        demo_clock.move(self.clock, self.now)
        return self.now

    def say(self, who: str, text: str) -> None:
        """What somebody did at this time."""
        day = (self.now.date() - self.begun.date()).days + 1
        head = Text(f"day {day} {self.now:%H:%M}  ", style="dim")
        told = Text.assemble((f"{who:<{WHO}}", "bold"), output.shown(text))
        output.console().print(_beside(head, told))

    def states(self, title: str) -> None:
        """How both installations stand, as their gateways say."""
        rows, counted = list[list[str]](), list[Mapping[str, int]]()
        for site in self.sites:
            stands, told = site.ask(Feed()), site.ask(Settlements(limit=0))
            counted.append(told["counts"])
            own, there = stands["own"], stands["mirror"]
            sizes = (own["size"], own["published"], there["size"])
            rows.append([site.state, *(f"{one:,}" for one in sizes)])
        used = [one for one in ORDER if any(counts.get(one) for counts in counted)]
        for row, counts in zip(rows, counted, strict=True):
            row += [f"{counts.get(one, 0):,}" for one in used]
        names = (
            "log of",
            "leaves",
            "under quorum",
            "other's mirrored",
            *(str(one) for one in used),
        )
        output.console().print(output.table(title, names, rows, right=names[1:]))

    # Proofs

    def trust(self, site: Site) -> Path:
        """Where an installation's trust file lies beside the proofs."""
        return self.folder / PROOFS / f"{site.state.lower()}.trust.json"

    def checked(self, name: str, text: str, own: Site) -> feed_check.Told:
        """Keep a proof about two logs, and check it as anybody would."""
        other = self.sites[own is self.sites[0]]
        one, two = self.trust(own), self.trust(other)
        (self.folder / PROOFS / name).write_text(text, encoding="utf-8")
        told = feed_check.checked(text, text_files.trust(one), text_files.trust(two))
        command = f"habeas feed check {name} --trust {one.name} --peer-trust {two.name}"
        self.checks.append((f"{name.partition('.')[0]} by {own.state}: {told.verdict}", command))
        return told

    # Both installations

    def settled(self) -> float:
        """Publish at both until every shared event is settled; returns the seconds that it took.

        Raises:
            SetupError: H953, when that does not come to be.
        """
        begun, again = monotonic(), 0.0
        while True:
            counts = [site.ask(Settlements(limit=0))["counts"] for site in self.sites]
            if counts[0] == counts[1] and set(_there(counts[0])) == {S.SETTLED}:
                return monotonic() - begun
            if monotonic() - begun > LONGEST_S:
                raise never("every shared event to be settled", self.folder)
            if monotonic() >= again:
                again = monotonic() + AGAIN_S
                for site in self.sites:
                    self.published(site)
            sleep(POLL_S)

    def published(self, site: Site) -> Found | None:
        """Let an installation publish; None while too few witnesses have answered to sign."""
        try:
            return site.ask(Publish(pads=True))
        except HabeasError as error:
            if error.code != "H540":
                raise
            return None

    @contextmanager
    def opened(self, site: Site) -> Iterator[Opened]:
        """An installation's register, while nothing serves it."""
        found, register = site.served.found, site.register
        with register_files.opened(register) as files, one_writer.held(register):
            trust = files.trust()
            _, signer = key_files.read(site.folder / found.log_key)
            officers = site.folder / installation_files.OFFICERS
            _, registrar = key_files.read(officers / found.registrar)
            log = record.open_log(files.store, files.vault, trust, signer)
            deal = agree.library().agreement(found.agreement)
            rules = terms(deal, found.sending, found.receiving)
            clients = witness_client.clients(trust.policy)
            rolls = site.folder / installation_files.ROLLS
            folder = (partial(roll_files.read, rolls), partial(roll_files.create, rolls))
            shelf = (trust, files.keys, folder)
            works = two_states.works(self.story, log, rules, shelf, (registrar, token_bytes))
            works = replace(works, publish=partial(publish.publish, log, trust.policy, clients))
            yield Opened(log, Ground(deal, rules, demonstration=True), works, clients)


def _there(counts: Mapping[str, int]) -> list[str]:
    return [state for state, count in counts.items() if count]


def _beside(head: Text, told: Text) -> Text:
    """Lines that begin under each other, after the time and whoever acts."""
    room = output.console().width - len(head.plain)
    lines = told.wrap(output.console(), room - WHO) if len(told.plain) > room else [told]
    found = Text()
    for place, line in enumerate(lines):
        line.rstrip()
        found.append_text(head if not place else Text(" " * (len(head.plain) + WHO)))
        found.append_text(line)
        found.append("\n" if place < len(lines) - 1 else "")
    return found
