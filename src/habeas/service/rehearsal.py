"""What the three stories of the demonstration have in common: dockets, keys, registers, people.

Every byte of chance comes from the draw that is handed in. Nothing here is used in operation.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from habeas.docket.synth import Draw, Shares, rows
from habeas.law.library import Library
from habeas.register.keys import read_trust
from habeas.register.log import Log, Store
from habeas.register.sealed import Vault
from habeas.register.signing import SeedSigner
from habeas.register.witness import WitnessStore
from habeas.service import agenda, courts, lease_story, night, record, tokens, treaty_story
from habeas.service.casework import Bodies, Casework, Person
from habeas.service.cast import DATED_BY_COURT, DATED_BY_OTHERS, OAS, SE_EE, US_SV
from habeas.service.intake import columns
from habeas.service.night import Works
from habeas.service.nightly import RollTerms, Source
from habeas.service.screen import Screened
from habeas.service.tokens import SecretStore
from habeas.service.transfer import Act, By, Desk, enrolments, pseudonym, terms, ulid
from habeas.terms import EventKind, Outcome, Role, Side

OFFICERS = 2
SEED = 32
EXPIRED_IN_256, UNDATED_IN_256 = 20, 8
NOON = time(8, tzinfo=UTC)
LEAD = timedelta(days=14)  # from the opening of a case to its flight


@dataclass(frozen=True, slots=True)
class Story:
    """One of the demonstration's stories."""

    agreement: str
    folder: str
    prefix: str  # of its register numbers
    shares: Shares
    part: int  # thousandths of all synthetic people
    docket: str  # file name
    dated: bool
    sending: str
    receiving: str
    bodies: Bodies | None = None  # None: nobody is transferred in this story
    assumes: str = ""


STORIES = (
    Story("US-SV-2025", "us-sv-2025", "USSV", US_SV, 320, "docket.csv", False, "US", "SV"),
    Story(
        "OAS-A57",
        "oas-a57",
        "OAS",
        OAS,
        320,
        "docket.parquet",
        True,
        "US",
        "SV",
        Bodies(
            "US-BOP",
            "US-DOJ-OIA",
            "SV-DGCP",
            "SV-MJSP",
            "US-COURT",
            "US-COUNSEL",
            "US-PRISON-1",
            "SV-PRISON-1",
            "US-MONITOR",
        ),
        "both states have named these authorities",
    ),
    Story(
        "SE-EE",
        "se-ee",
        "SEEE",
        SE_EE,
        360,
        "docket.parquet",
        True,
        "SE",
        "EE",
        Bodies(
            "SE-KVV",
            "SE-KVV",
            "EE-VANGLA",
            "EE-VANGLA",
            "SE-COURT",
            "SE-COUNSEL",
            "SE-PRISON-1",
            "TARTU",
            "SE-MONITOR",
        ),
        "ratification by both states, which is not established",
    ),
)


def docket_rows(story: Story, count: int, draw: Draw, day: date) -> Iterator[dict[str, str]]:
    """A story's synthetic docket; where it dates evidence, some certificates are old or undated."""
    fresh = datetime.combine(day, NOON)
    for row in rows(story.shares, count, draw, story.prefix):
        if story.dated:
            chance = draw.bytes(1, f"dated {row['case']}")[0]
            court = fresh - timedelta(days=10) if chance < EXPIRED_IN_256 else fresh
            undated = EXPIRED_IN_256 <= chance < EXPIRED_IN_256 + UNDATED_IN_256
            row |= {f"{fact}__at": "" if undated else court.isoformat() for fact in DATED_BY_COURT}
            row |= {f"{fact}__at": fresh.isoformat() for fact in DATED_BY_OTHERS}
        yield row


def columns_of(story: Story) -> list[str]:
    """The columns of a story's docket, in order."""
    marked = [f"{fact}__at" for fact in (*DATED_BY_COURT, *DATED_BY_OTHERS)] if story.dated else []
    return ["case", *story.shares, *marked]


@dataclass(frozen=True, slots=True)
class Keys:
    """Every key of one story, made of chance: good for nothing but the demonstration."""

    seeds: Mapping[str, bytes]  # file name: seed
    log: SeedSigner
    roots: Mapping[str, SeedSigner]
    officers: Mapping[str, list[SeedSigner]]
    courts: Mapping[str, SeedSigner]  # of each court's witness


def make_keys(story: Story, library: Library, draw: Draw, officers: int = OFFICERS) -> Keys:
    """A log key, and a root and some officers for every authority of the pair that signs."""
    names = [
        one.id
        for one in library.agreement(story.agreement).authorities
        if one.state in {story.sending, story.receiving} and one.roles
    ]
    seeds = {"log": draw.bytes(SEED, f"{story.folder} log")}
    for name in names:
        seeds[f"{name}.root"] = draw.bytes(SEED, f"{story.folder} {name} root")
        for number in range(officers):
            seeds[f"{name}.{number}"] = draw.bytes(SEED, f"{story.folder} {name} {number}")
    benches = [f"{state}-COURT" for state in (story.sending, story.receiving)]
    for name in benches:
        seeds[f"{name}.witness"] = draw.bytes(SEED, f"{story.folder} {name} witness")
    signers = {name: SeedSigner(seed) for name, seed in seeds.items()}
    return Keys(
        seeds,
        signers["log"],
        {name: signers[f"{name}.root"] for name in names},
        {name: [signers[f"{name}.{number}"] for number in range(officers)] for name in names},
        {name: signers[f"{name}.witness"] for name in benches},
    )


def trust_text(story: Story, keys: Keys) -> str:
    """The trust file of a story's register."""
    roots = {name: signer.public() for name, signer in keys.roots.items()}
    origin = f"demo.habeas.example/{story.folder}"
    statements = courts.statements(keys.courts)
    public = (keys.log.public(), None)
    return record.trust_text(origin, public, roots, statements, demonstration=True)


def chance(story: Story, draw: Draw) -> Callable[[int], bytes]:
    """Bytes for the keys and nonces of a story's content, never the same twice."""
    numbers = itertools.count()
    return lambda count: draw.bytes(count, f"{story.folder} content {next(numbers)}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a story is kept: its register, the keys of its content, and each court's witness."""

    store: Store
    vault: Vault
    witnesses: Mapping[str, WitnessStore]  # by court


def open_desk(
    story: Story, library: Library, place: Place, keys: Keys, draw: Draw, at: datetime
) -> Desk:
    """The desk over a story's new register, with every officer's key enrolled."""
    deal, trust = library.agreement(story.agreement), read_trust(trust_text(story, keys))
    log: Log = record.open_log(place.store, place.vault, trust, keys.log)
    group = [(name, root, keys.officers[name]) for name, root in sorted(keys.roots.items())]
    log.append(enrolments(group, deal.id, at, draw), at)
    desk = Desk(log, terms(deal, story.sending, story.receiving), deal.id, keys.officers, draw)
    asked = {name: (keys.courts[name], memory) for name, memory in place.witnesses.items()}
    desk.publishes = courts.press(log, trust, courts.clients(trust, asked))
    desk.publishes(at)
    return desk


Folder = tuple[Callable[[str], bytes | None], Callable[[str, bytes], None]]  # read, create


def works(
    story: Story,
    desk: Desk,
    keys: Keys,
    secrets: SecretStore,
    folder: Folder,
    draw: Draw,
) -> Works:
    """With what the nightly rolls of a story's register are made, by the receiving custodian."""
    if story.bodies is None:
        raise ValueError(story.agreement)
    authority, numbers = story.bodies.receiving, itertools.count()

    def drawn(count: int) -> bytes:
        return draw.bytes(count, f"{story.folder} roll {next(numbers)}")

    who = night.Signatory(
        authority,
        Role.REGISTRAR,
        keys.officers[authority][0],
        story.agreement,
        lambda at: ulid(at, drawn(10)),
        drawn,
    )
    trust = read_trust(trust_text(story, keys))
    rules = RollTerms(Side.RECEIVING, f"{story.receiving}-COURT", 30, 24, "D-2")
    by_agreement = {story.agreement: desk.terms}
    return Works(desk.log, trust, desk.publishes, secrets, who, by_agreement, rules, *folder)


def family(found: Works, desk: Desk, person: str, at: datetime) -> str:
    """A token for a person's family, as it is printed; its issue is recorded."""
    printed, inner = tokens.issue(found.secrets, person, "family", found.registrar.chance)
    by = (By(found.registrar.authority, Role.CUSTODIAN),)
    desk.act(Act(EventKind.TOKEN_ISSUED, person, at, by, inner))
    desk.commit()
    return printed


def seen(found: Works) -> Source:
    """The register as its rolls see it."""
    return night.source(found.log, found.terms)


def publish_night(found: Works, source: Source, at: datetime) -> None:
    """The roll of one night."""
    night.run(found, source, (at.date(), 1), at)


def people(screened: Screened, draw: Draw) -> list[Person]:
    """The cases that may go on, each with a random register number."""
    cases = {case.id: case for case in screened.docket.cases}
    return [
        Person(cases[one.case], pseudonym(draw.bytes(16, f"subject {one.case}")))
        for one in screened.decisions
        if one.outcome is Outcome.ELIGIBLE
    ]


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A story that has been played: what happened, and to whom."""

    course: agenda.Course
    people: list[Person]
    start: date


def play(
    story: Story, library: Library, desk: Desk, screened: Screened, draw: Draw, day: date
) -> Rehearsed:
    """Let a story run its course on the desk's register.

    Raises:
        ValueError: for a story in which nobody is transferred.
    """
    if story.bodies is None:
        raise ValueError(story.agreement)
    deal, program = library.agreement(story.agreement), screened.programs[story.agreement]
    casework = Casework(
        desk, program, columns(library.vocabulary), story.bodies, screened.docket.hash
    )
    chosen, zone = people(screened, draw), deal.calendar.zone
    if program.deal.workflow.consent == "required":
        return Rehearsed(treaty_story.treaty(casework, chosen, day, zone), chosen, day)
    start = agenda.months_later((day + LEAD).replace(day=1), 1)
    flown = chosen[: lease_story.MOST]
    return Rehearsed(lease_story.lease(casework, flown, start, zone, draw), flown, start)


def lease_months(start: date) -> list[tuple[date, date]]:
    """The months of the lease: first day, and first day of the next."""
    days = [agenda.months_later(start, month) for month in range(lease_story.MONTHS + 1)]
    return list(itertools.pairwise(days))
