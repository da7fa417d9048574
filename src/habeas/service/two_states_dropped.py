"""Two ways in which one side of the demonstration tries to drop a person, and what finds each.

It leaves the person out of a night's public roll; or it puts an older copy of its register in the
place of the newer one and signs on. Here its operator holds the keys and heeds no witness. Nothing
here is used in operation.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from habeas.register.log import Log
from habeas.register.witness import Refused
from habeas.service import night, publish, tokens
from habeas.service.night import Works
from habeas.service.nightly import Account
from habeas.service.publish import Clients
from habeas.service.transfer import Ground
from habeas.terms import EventKind, Role

PUBLICATIONS = 1000  # at most: each adds a tile


@dataclass(frozen=True, slots=True)
class Roll:
    """A night's roll, and whether it adds up with the one before."""

    rows: int
    account: Account | None  # None: the day before has no roll


def family(works: Works, ground: Ground, person: str, at: datetime) -> str:
    """A token for a person's family as it is printed; its issue is recorded."""
    printed, inner = tokens.issue(works.secrets, person, "family", works.registrar.chance)
    who = replace(works.registrar, role=Role.CUSTODIAN)
    night.report(works.log, ground, who, EventKind.TOKEN_ISSUED, inner, (person, at))
    return printed


def published(works: Works, of: tuple[date, int], at: datetime, without: str = "") -> Roll:
    """Build and publish a roll, and add it up for whoever holds the secrets of all persons.

    Args:
        works: with which it is made.
        of: its day and issue.
        at: its instant.
        without: who is left out; empty: nobody.
    """
    whole = night.source(works.log, works.terms)
    told = replace(whole, events=[one for one in whole.events if one.subject != without])
    made = night.run(works, told, of, at)
    before = night.before(works, of[0])
    account = None if before is None else night.add_up(works, whole, before, made)
    return Roll(made.roll.size, account)


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A log that was signed on from an older copy."""

    lost: int  # leaves that the copy lacks
    size: int  # of the checkpoint that was shown to the witnesses
    refused: dict[str, Refused]  # by policy name
    cosigned: tuple[str, ...]  # witnesses that signed it all the same


def signed_on(log: Log, clients: Clients, works: Works, size: int, at: datetime) -> Rewritten:
    """Sign another history above a size, and show it to every witness of the policy.

    Args:
        log: over the older copy.
        clients: a way to each witness.
        works: whose trust file names the witnesses.
        size: the leaves of the true log.
        at: UTC.
    """
    lost, policy = size - log.size, works.trust.policy
    for _ in range(PUBLICATIONS):
        log.publish(at, pads=True)
        if log.size > size:
            break
    asked = publish.cosign(log, policy, clients, log.note())
    signed = tuple(sorted(set(policy.witnesses) - set(asked.refused)))
    return Rewritten(lost, log.size, dict(asked.refused), signed)
