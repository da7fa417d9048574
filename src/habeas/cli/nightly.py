"""habeas register public-roll build; habeas register token issue, revoke."""

import secrets
from collections.abc import Mapping
from contextlib import closing
from datetime import date, datetime
from functools import partial
from pathlib import Path

from habeas.adapters import (
    key_files,
    one_writer,
    register_files,
    roll_files,
    witness_client,
)
from habeas.adapters.draft_store import DRAFTS, SqliteDrafts
from habeas.cli import clock, output, public_roll
from habeas.errors import Fault, SetupError
from habeas.service import agree, forks, locate, night, record, tokens, transfer
from habeas.service import publish as publishing
from habeas.service.nightly import Account, RollTerms
from habeas.terms import EventKind, Role, Side

INFORMED = "D-2"  # the duty by which the next of kin are informed
LONGEST = 100_000  # days, or hours


def _new_id(at: datetime) -> str:
    return transfer.ulid(at, secrets.token_bytes(10))


def build(
    path: Path,
    /,
    *,
    out: Path,
    agreement: str,
    side: Side,
    court: str,
    log_key: Path,
    registrar_key: Path,
    day: str | None = None,
    issue: int = 1,
    terminal_days: int = 30,
    informed_hours: int = 24,
    sending: str | None = None,
    receiving: str | None = None,
    as_of: str | None = None,
) -> int:
    """Build the public roll of a night, commit its root in the log, publish, and check it.

    Args:
        path: the register's file.
        out: the folder of rolls; a roll that is there is never built again.
        agreement: the agreement whose workflow orders the events.
        side: whose roll it is: sending or receiving.
        court: whom a family asks where the roll may not say more; at most 24 letters.
        log_key: the key file that signs checkpoints.
        registrar_key: the key file of the authority that keeps the register, enrolled in it.
        day: the day of the night; that of --as-of where absent.
        issue: 1; a correction is the next.
        terminal_days: for how many days the end of a custody stays on the roll.
        informed_hours: after how many hours a death is told though no duty says that kin know.
        sending: the sending state, where the agreement has several.
        receiving: the receiving state, where the agreement has several.
        as_of: the instant of the roll; now where absent.
    """
    _spans({"--terminal-days": terminal_days, "--informed-hours": informed_hours})
    _, instant = clock.instant(as_of)
    civil = clock.day(day, "--day") if day else instant.date()
    ground, who = _desk(agreement, (sending, receiving), registrar_key, Role.REGISTRAR)
    out.mkdir(parents=True, exist_ok=True)
    with register_files.opened(path) as files, one_writer.held(path):
        log, trust = _log(files, log_key), files.trust()
        works = night.Works(
            log,
            trust,
            partial(publishing.publish, log, trust.policy, witness_client.clients(trust.policy)),
            files.keys,
            who,
            {agreement: ground.terms},
            RollTerms(
                side, court, terminal_days, informed_hours, INFORMED, disputed=_disputed(path, log)
            ),
            partial(roll_files.read, out),
            partial(roll_files.create, out),
        )
        found, sum_ = _built(works, (civil, issue), instant)
    output.lines([f"{out / civil.isoformat()}.{issue}.bin", *public_roll.told(found)])
    _beside(out / register_files.TRUST, trust.text)
    return _told_sum(sum_)


def _beside(path: Path, trust: str) -> None:
    if not path.exists():
        path.write_text(trust, encoding="utf-8")


def _disputed(path: Path, log: record.Log) -> frozenset[str]:
    """Those in whose events a fork with the other state's log stands."""
    beside = path.with_name(DRAFTS)
    if not beside.exists():
        return frozenset()
    with closing(SqliteDrafts(beside)) as waiting:
        return forks.disputed(log, waiting.parked(None))


def _built(
    works: night.Works, of: tuple[date, int], at: datetime
) -> tuple[dict[str, object], Account | None]:
    seen = night.source(works.log, works.terms)
    made, earlier = night.run(works, seen, of, at), night.before(works, of[0])
    account = None if earlier is None else night.add_up(works, seen, earlier, made)
    return locate.file_document(made), account


def _spans(given: Mapping[str, int]) -> None:
    for option, count in given.items():
        if not 0 <= count <= LONGEST:
            fix = f"Write a number from 0 to {LONGEST:,}."
            raise SetupError(Fault("H903", f"{option} {count} is no span of time", fix))


def _told_sum(found: Account | None) -> int:
    if found is None:
        output.note("There is no roll of the day before to compare it with.")
    elif found.holds:
        output.note("It adds up: the roll before, and who came and left since, give this one.")
    else:
        output.note(
            f"It does NOT add up: {found.difference:+} against the roll before, "
            f"{len(found.missing)} rows missing, {len(found.altered)} rows that say something else."
        )
        return output.DOES_NOT_HOLD
    return output.DONE


def issue(
    path: Path,
    /,
    *,
    person: str,
    recipient: str,
    agreement: str,
    log_key: Path,
    officer_key: Path,
    role: Role = Role.CUSTODIAN,
    sending: str | None = None,
    receiving: str | None = None,
    as_of: str | None = None,
) -> int:
    """Draw a token for a recipient, record that it was issued, and print it: once, and only here.

    Args:
        path: the register's file.
        person: the register number of the person whose row it opens.
        recipient: family, counsel or consulate.
        agreement: the agreement whose terms hold.
        log_key: the key file that signs checkpoints.
        officer_key: the key file of the officer who issues it.
        role: in which role that officer's authority signs.
        sending: the sending state, where the agreement has several.
        receiving: the receiving state, where the agreement has several.
        as_of: when it is issued; now where absent.
    """
    _, instant = clock.instant(as_of)
    ground, who = _desk(agreement, (sending, receiving), officer_key, role)
    with register_files.opened(path) as files, one_writer.held(path):
        log = _log(files, log_key)
        if not person.isascii() or not files.store.persons([person]):
            fix = "Copy the register number as it stands in the register."
            raise SetupError(Fault("H903", f"'{person}' is not on this register", fix))
        printed, inner = tokens.issue(files.keys, person, recipient, secrets.token_bytes)
        night.report(log, ground, who, EventKind.TOKEN_ISSUED, inner, (person, instant))
    output.lines([printed])
    output.note(
        "Hand it over on paper; nobody can print it again. Its row in a downloaded roll:\n"
        "  habeas locate --roll FILE.bin --token -"
    )
    return output.DONE


def revoke(
    path: Path,
    /,
    *,
    person: str,
    token: str,
    reason: str,
    agreement: str,
    log_key: Path,
    officer_key: Path,
    role: Role = Role.CUSTODIAN,
    sending: str | None = None,
    receiving: str | None = None,
    as_of: str | None = None,
) -> int:
    """Revoke a token: for a month its row says whom to ask, then it is gone.

    Args:
        path: the register's file.
        person: the register number of the person.
        token: the hash by which the event of its issue names it.
        reason: why; it stands in the register.
        agreement: the agreement whose terms hold.
        log_key: the key file that signs checkpoints.
        officer_key: the key file of the officer who revokes it.
        role: in which role that officer's authority signs.
        sending: the sending state, where the agreement has several.
        receiving: the receiving state, where the agreement has several.
        as_of: when it is revoked; now where absent.
    """
    _, instant = clock.instant(as_of)
    ground, who = _desk(agreement, (sending, receiving), officer_key, role)
    with register_files.opened(path) as files, one_writer.held(path):
        log = _log(files, log_key)
        inner = tokens.revoke(files.keys, person, token, reason)
        night.report(log, ground, who, EventKind.TOKEN_REVOKED, inner, (person, instant))
    output.note("Revoked. Tell the person and counsel.")
    return output.DONE


def _desk(
    agreement: str, pair: tuple[str | None, str | None], key: Path, role: Role
) -> tuple[transfer.Ground, night.Signatory]:
    deal = agree.library().agreement(agreement)
    rules = transfer.terms(deal, *transfer.pair(deal, *pair))
    authority, signer = key_files.read(key)
    who = night.Signatory(authority, role, signer, deal.id, _new_id, secrets.token_bytes)
    return transfer.Ground(deal, rules, demonstration=True), who


def _log(files: register_files.Register, log_key: Path) -> record.Log:
    _, signer = key_files.read(log_key)
    trust = files.trust()
    log = record.open_log(files.store, files.vault, trust, signer)
    publishing.start(log, trust.policy, witness_client.clients(trust.policy))
    return log
