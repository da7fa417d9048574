"""The demonstration's two logs, one for each state, with the same entries for whom both know.

The sending state's log holds every case; the receiving state's only the persons who were once put
forward to it by an authorisation. Both logs hold the same keys. Nothing here is used in operation.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count

from habeas.docket.synth import Draw
from habeas.law.library import Library
from habeas.register.checkpoint import cosignature_key
from habeas.register.keys import Trust
from habeas.register.log import Log, Signed
from habeas.register.sealed import Vault
from habeas.register.signing import SeedSigner, Signer
from habeas.register.store import Store
from habeas.service import feed_round, keep, present_story, record, rehearsal
from habeas.service.casework import Casework
from habeas.service.feed_round import Cosigners
from habeas.service.intake import columns
from habeas.service.night import Signatory, Works
from habeas.service.nightly import RollTerms
from habeas.service.rehearsal import SEED, Keys, Story
from habeas.service.screen import Screened
from habeas.service.tokens import SecretStore
from habeas.service.transfer import Desk, enrolments, terms, ulid
from habeas.terms import EventKind, Role, Side
from habeas.transfer.state import Terms

BEGUN = timedelta(days=360)  # before today: the first key is enrolled
LANGUAGES = {"SE": "sv", "US": "es"}  # in which notice is served
BATCH = 1000
OFFICERS = 3  # with a key, of each authority that signs: two who decide, one in the facility


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where one log is kept."""

    store: Store
    vault: Vault


def story(agreement: str) -> Story:
    """The story of an agreement under which persons are transferred.

    Raises:
        KeyError: for another.
    """
    return {one.agreement: one for one in rehearsal.STORIES if one.bodies}[agreement]


def part(found: Story, when: str) -> Story:
    """The same story with register numbers of their own for one of its dockets."""
    return replace(found, prefix=f"{found.prefix}-{when}")


def with_everybody(keys: Keys, found: Story, library: Library, draw: Draw) -> Keys:
    """The keys, and a root and one key for each authority of the pair that signs nothing.

    Auditors, consulates and finance departments are known by them when they read.
    """
    silent = [
        one.id
        for one in library.agreement(found.agreement).authorities
        if one.state in {found.sending, found.receiving} and not one.roles
    ]
    seeds = {
        f"{name}.{which}": draw.bytes(SEED, f"{found.folder} {name} {which}")
        for name in silent
        for which in ("root", "0")
    }
    signers = {name: SeedSigner(seed) for name, seed in seeds.items()}
    return replace(
        keys,
        seeds={**keys.seeds, **seeds},
        roots={**keys.roots, **{name: signers[f"{name}.root"] for name in silent}},
        officers={**keys.officers, **{name: [signers[f"{name}.0"]] for name in silent}},
    )


def log_seeds(found: Story, keys: Keys) -> dict[str, bytes]:
    """The seed of each state's log key."""
    return {
        state: hashlib.sha256(f"habeas/demo/log/{state}\n".encode() + keys.seeds["log"]).digest()
        for state in (found.sending, found.receiving)
    }


def custodian(found: Story, state: str) -> str:
    """The prison service of one of the two states."""
    if found.bodies is None:
        raise ValueError(found.agreement)
    return found.bodies.sending if state == found.sending else found.bodies.receiving


def origin(found: Story, state: str) -> str:
    """The name of one state's log."""
    return f"demo.habeas.example/{found.folder}/{state.lower()}"


def cosigner_seeds(state: str, keys: Keys) -> dict[str, bytes]:
    """The seeds of the keys with which a state cosigns the other's log, by role."""
    return {
        role: hashlib.sha256(f"habeas/demo/{role}/{state}\n".encode() + keys.seeds["log"]).digest()
        for role in feed_round.ROLES
    }


def cosigners(found: Story, state: str, keys: Keys, address: str) -> Cosigners:
    """With which keys a state cosigns the other's log, and where it is asked."""
    seeds = cosigner_seeds(state, keys)
    signers = {role: SeedSigner(seed) for role, seed in seeds.items()}
    return Cosigners(origin(found, state), signers, address)


def other(found: Story, state: str) -> str:
    """The other state of the pair."""
    return found.receiving if state == found.sending else found.sending


@dataclass(frozen=True, slots=True)
class Cosigned:
    """Who cosigns one state's log."""

    peer: Cosigners  # the other state's mirror and witness
    court: str = ""  # vkey and address of a court's witness; empty where none runs

    def statements(self, name: str) -> str:
        """The lines of the log's policy; `name` is what the other state is called in it.

        Without a court the other state's witness makes the quorum: its mirror is the same party.
        With one, any two of three do: of any two quorums one cosigner stands in both, so that no
        two histories can each have one.
        """
        lines = [*feed_round.vkeys(self.peer, name)]
        if self.court:
            lines.append(f"witness court {self.court}")
            lines.append(f"group any-two 2 court {name}-witness {name}-mirror")
        quorum = "any-two" if self.court else f"{name}-witness"
        return "".join(f"{one}\n" for one in [*lines, f"quorum {quorum}"])


def trust_text(found: Story, state: str, keys: Keys, seed: bytes, cosigned: Cosigned) -> str:
    """The trust file of one state's log."""
    roots = {name: signer.public() for name, signer in keys.roots.items()}
    public = (SeedSigner(seed).public(), None)
    statements = cosigned.statements(other(found, state).lower())
    return record.trust_text(origin(found, state), public, roots, statements, demonstration=True)


def enrol(log: Log, found: Story, hands: tuple[Keys, Draw], policy: str, at: datetime) -> None:
    """Enrol the other state's log in one state's, after its keys.

    Args:
        log: the state's.
        found: the story.
        hands: keys of every authority, and chance.
        policy: the other log's trust file.
        at: UTC.
    """
    states = (found.sending, found.receiving)
    own = next(one for one in states if log.origin == origin(found, one))
    authority, numbers = custodian(found, own), count()
    root = keep.Root(authority, found.agreement, hands[0].roots[authority])

    def drawn(length: int) -> bytes:
        return hands[1].bytes(length, f"{found.folder} {own} peer {next(numbers)}")

    log.append([keep.peer(root, policy, at, drawn)], at)


def opened(shelf: Shelf, trust: Trust, log: Signer) -> Log:
    """A log over its shelf."""
    return record.open_log(shelf.store, shelf.vault, trust, log)


def begin(log: Log, found: Story, library: Library, keys: Keys, draw: Draw, at: datetime) -> Desk:
    """The desk over a new log, with every officer's key enrolled."""
    deal = library.agreement(found.agreement)
    group = [(name, root, keys.officers[name]) for name, root in sorted(keys.roots.items())]
    log.append(enrolments(group, deal.id, at, draw), at, publish=True)
    return Desk(log, terms(deal, found.sending, found.receiving), deal.id, keys.officers, draw)


def play(
    desk: Desk,
    found: Story,
    library: Library,
    dockets: Sequence[Screened],
    now: datetime,
    draw: Draw,
) -> None:
    """The past year, then those who wait today, out of a docket of each."""
    language = LANGUAGES[found.sending]
    if found.bodies is None:
        raise ValueError(found.agreement)
    works = [
        Casework(
            desk,
            one.programs[found.agreement],
            columns(library.vocabulary),
            replace(found.bodies, receiving_state=found.receiving),
            one.docket.hash,
        )
        for one in dockets
    ]
    past, today = (rehearsal.people(one, draw) for one in dockets)
    held, waiting = present_story.needed()
    present_story.past(works[0], past[:held], now, draw, language)
    present_story.present(works[1], today[:waiting], now, language)


def publish_roll(
    found: Story,
    desk: Desk,
    hands: tuple[Keys, Draw],
    shelf: tuple[Trust, SecretStore, rehearsal.Folder],
    at: datetime,
) -> None:
    """One night's public roll of the state whose log the desk is over.

    Args:
        found: the story.
        desk: over one state's log.
        hands: keys of every authority, and chance.
        shelf: the trust file of that log, its roll secrets, and its folder of rolls.
        at: the instant of the roll, UTC.
    """
    numbers = count()

    def drawn(length: int) -> bytes:
        return hands[1].bytes(length, f"{desk.log.origin} roll {next(numbers)}")

    keys = hands[0].officers[custodian(found, _state(found, desk.log))]
    made = works(found, desk.log, desk.terms, shelf, (keys[0], drawn))
    rehearsal.publish_night(made, rehearsal.seen(made), at)


def _state(found: Story, log: Log) -> str:
    """The state whose log it is."""
    return next(s for s in (found.sending, found.receiving) if log.origin == origin(found, s))


def works(
    found: Story,
    log: Log,
    terms_: Terms,
    shelf: tuple[Trust, SecretStore, rehearsal.Folder],
    pen: tuple[Signer, Callable[[int], bytes]],
) -> Works:
    """With what the nightly rolls of a state's log are made.

    Args:
        found: the story.
        log: the state's.
        terms_: of the agreement.
        shelf: the trust file of that log, its roll secrets, and its folder of rolls.
        pen: of the officer who signs rolls, and chance.
    """
    trust, secrets, folder = shelf
    state, (signer, chance) = _state(found, log), pen
    who = Signatory(
        custodian(found, state),
        Role.REGISTRAR,
        signer,
        found.agreement,
        lambda on: ulid(on, chance(10)),
        chance,
    )
    side = Side.SENDING if state == found.sending else Side.RECEIVING
    rules = RollTerms(side, f"{state}-COURT", 30, 24, "D-2")
    by_agreement = {found.agreement: terms_}
    return Works(log, trust, log.publish, secrets, who, by_agreement, rules, *folder)


def shared(log: Log) -> Iterator[Signed]:
    """Every event of the persons who were ever authorised, as it was signed."""
    put_forward = {row.subject for row in log.store.rows() if row.kind == EventKind.AUTHORISED}
    for one in log.vault.records(row for row in log.store.rows() if row.subject in put_forward):
        yield Signed(one.body, one.sigblock, one.salt)


def copy(events: Sequence[Signed], log: Log, at: datetime) -> None:
    """Let the other state's log have them too."""
    for start in range(0, len(events), BATCH):
        log.append(events[start : start + BATCH], at)
    log.publish(at)


def court_line(name: str, seed: bytes, address: str) -> str:
    """A court's witness as policies name it: its vkey and its address."""
    return f"{cosignature_key(name, SeedSigner(seed).public()).vkey()} {address}"


def logs_line(trusts: Sequence[Trust]) -> str:
    """The logs of some trust files, as a witness is told them: a vkey a line."""
    return "".join(
        f"{key.vkey()}\n" for one in trusts for key in (one.policy.log, *one.policy.also)
    )
