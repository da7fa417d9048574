"""Two sequencers on one log, and two hosts that claim one person.

Each sequencer is a process with a connection of its own. Where the other wrote first, the store
refuses the batch (H565), the log reads itself anew and the batch is submitted again. Every round
also holds a race: both sign the same custody number of one person. One is taken, the other refused
by a code; both signed events together prove the fork to anybody who has the trust file.
"""

import os
import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from psycopg.conninfo import make_conninfo

from drills.commands import AT, AUTHORITIES, Drafter, key
from drills.rig import FIRST, Result, Site, Told, acks, ended, id_of, judged, person
from drills.server import NAME, Server, served
from habeas.adapters.register_files import Place
from habeas.errors import HabeasError
from habeas.register import events, signing
from habeas.register.events import Event
from habeas.register.intake import Signed
from habeas.register.keys import Keyring, Trust
from habeas.register.log import Log
from habeas.service import record

RUNS = 10_000
OTHERS = 3  # further events of each sequencer in a round
PATIENCE = 2_000  # tries of one batch
LOST = "H565"  # another writer wrote meanwhile
LATER = frozenset({LOST, "H563", "H595", "H561"})  # submit it again
SLICE = 1_000  # rounds of one register


def run(count: int, store: str) -> Result:
    """Race as often as asked, in registers of a thousand rounds."""
    broken, figures, done = list[str](), Counter[str](), 0
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        server = stack.enter_context(served()) if store == "postgres" else None
        for first in range(0, count, SLICE):
            if ended():
                break
            done += min(count - first, SLICE)
            site = Site(Path(name) / str(first), _place(server, first) if server else None).make()
            broken += _races(site, range(first, min(count, first + SLICE)), figures)
    kind = "PostgreSQL" if store == "postgres" else "SQLite"
    return Result(f"two sequencers, two claims, {kind}", done, tuple(broken), dict(figures))


def _place(server: Server, number: int) -> Place:
    return Place(make_conninfo(server.address, application_name=NAME), f"drill_{number}")


def _races(site: Site, rounds: range, figures: Counter[str]) -> list[str]:
    children = []
    for name in AUTHORITIES:
        pid = os.fork()
        if pid == 0:
            _child(site, name, rounds)
        children.append(pid)
    for pid in children:
        os.waitpid(pid, 0)
    told = Told()
    for name in AUTHORITIES:
        told.hear(_said(site, name).read_text())
    figures.update(f"refused {code}" for code in told.refused)
    figures["events acknowledged"] += len(told.acks)
    wrong = judged(site, told)
    for number in rounds:
        wrong += _claim(site, number, told, figures)
    return wrong


def _said(site: Site, name: str) -> Path:
    return site.folder / f"said-by-{name}"


def _child(site: Site, name: str, rounds: range) -> None:
    try:
        with _said(site, name).open("w") as out:
            _sequence(site, name, rounds, out)
    except BaseException as error:  # noqa: BLE001 - the child ends here; who reads must hear why
        os.write(2, f"{name}: {error!r}\n".encode())
    finally:
        os._exit(1)


def claimed(number: int) -> str:
    """The person whom both claim in a race."""
    return person(1_000_000 + number)


def claim(name: str, number: int) -> Signed:
    """One authority's claim that a person was opened in its custody."""
    place = AUTHORITIES.index(name)
    drafter = Drafter(f"claim {name} {number}", FIRST + (2 * number + place) * 100)
    signer = {name: key(f"{name} officer")}
    return drafter.signed("custody.opened", signer, subject=claimed(number), seq=0)


def _sequence(site: Site, name: str, rounds: range, out: TextIO) -> None:
    place = AUTHORITIES.index(name)
    with site.opened() as log:
        for number in rounds:
            drafter = Drafter(f"others {name} {number}", FIRST + (2 * number + place) * 100 + 1)
            batch = [drafter.visit(person(place * 10 + n)) for n in range(OTHERS)]
            _submit(log, [claim(name, number), *batch], out)


def _submit(log: Log, batch: list[Signed], out: TextIO) -> None:
    for _ in range(PATIENCE):
        try:
            outcomes = log.append_each(batch, AT, publish=True)
        except HabeasError as error:
            out.write(f"refused {error.code}\n")
            if error.code not in LATER:
                raise
            continue
        if any(not isinstance(one, int) and one.code in LATER for one in outcomes):
            continue
        for signed, outcome in zip(batch, outcomes, strict=True):
            if isinstance(outcome, int):
                out.write(acks([signed], [outcome]))
            else:
                out.write(f"refused {outcome.code}\n")
        out.flush()
        return
    msg = "the other writer never let it write"
    raise AssertionError(msg)


def fork_proof(number: int) -> str:
    """Both claims and the enrolments of the keys that signed them: all that a stranger needs."""
    claims = [claim(name, number) for name in AUTHORITIES]
    return record.write_signed([*Drafter("enrolments").enrolments(), *claims])


def proven(proof: str, trust: Trust) -> tuple[str | None, int | None] | None:
    """The person and the custody number that two signed events claim; None for no fork.

    Raises:
        RegisterError: H511 to H516, when a signature or a key is not good.
    """
    ring, stated = Keyring(trust.roots), list[Event]()
    for index, one in enumerate(record.read_signed(proof, "fork proof")):
        event = events.event(events.parse(one.body), index)
        signing.check_sigblock(one.body, one.sigblock, ring.signers(event, index))
        ring.learn(event, index)
        stated += [event] if event.subject else []
    first, second = stated
    same = (first.subject, first.seq) == (second.subject, second.seq)
    return (first.subject, first.seq) if same and first.id != second.id else None


def _claim(site: Site, number: int, told: Told, figures: Counter[str]) -> list[str]:
    """What is wrong with how one race ended."""
    taken = [name for name in AUTHORITIES if id_of(claim(name, number)) in told.acks]
    if len(taken) != 1:
        return [f"race {number}: {len(taken)} claims were taken"]
    figures[f"races won by {taken[0]}"] += 1
    if proven(fork_proof(number), site.trust()) != (claimed(number), 0):
        return [f"race {number}: the two signed claims prove no fork"]
    figures["fork proofs that verify"] += 1
    return []
