"""habeas erase: what would go, and the erasure that three persons signed."""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from habeas.adapters import key_files, register_files, text_files, witness_client
from habeas.adapters.register_files import Register
from habeas.cli import clock, output
from habeas.errors import Fault, SetupError
from habeas.service import agree, erasures, publish, record, transfer
from habeas.service import erase as erasure
from habeas.service.erase import Hand, Plan, Rules, Signed
from habeas.service.erasures import Erasure

T = TypeVar("T")


def erase(
    path: Path,
    /,
    *,
    agreement: str,
    person: str | None = None,
    sections: str = "",
    plan: bool = False,
    signed: Path | None = None,
    log_key: Path | None = None,
    ml_dsa_key: Path | None = None,
    key: Path | None = None,
    sending: str | None = None,
    receiving: str | None = None,
    as_of: str | None = None,
    library: Path | None = None,
    json: bool = False,
) -> int:
    """Destroy the keys of a person's content; without --plan or --signed, list what is unfinished.

    Args:
        path: the register's file; trust.json and the key store stand beside it.
        agreement: the agreement whose terms and retention hold.
        person: with --plan, the register number.
        sections: with --plan, names of sections, joined by commas; absent: the whole content.
        plan: say what would go and what stays; nothing is written.
        signed: a file made by 'habeas sign' of the 'erased' events; executes them.
        log_key: with --signed, the key file that signs checkpoints.
        ml_dsa_key: the key file of a second signature by ML-DSA-44, where the policy names it.
        key: with --signed, the key file of the registrar who executes.
        sending: the sending state, where the agreement has several.
        receiving: the receiving state, where the agreement has several.
        as_of: by when the retention must have passed; now where absent.
        library: a folder of your own agreements and laws.
        json: print one JSON document.
    """
    told, instant = clock.instant(as_of)
    deal = agree.library(library).agreement(agreement)
    days = deal.workflow.retention_days
    terms = transfer.terms(deal, *transfer.pair(deal, sending, receiving))
    rules = Rules(deal.id, terms, None if days is None else timedelta(days=days))
    with register_files.opened(path) as files:
        if plan:
            file = erasure.person_file(files.store, files.vault, _given(person, "--person"))
            names = [one for one in sections.split(",") if one]
            return _planned(erasure.plan(file, names, rules, instant), told, json=json)
        if signed is None:
            return _listed(erasures.unfinished(files.store, files.keys), json=json)
        batch = record.read_signed(text_files.text(signed), str(signed))
        keys = _Keys(_given(log_key, "--log-key"), ml_dsa_key, _given(key, "--key"))
        done = _executed(files, batch, rules, instant, keys)
    return _done(done, json=json)


@dataclass(frozen=True, slots=True)
class _Keys:
    log_key: Path
    ml_dsa_key: Path | None
    key: Path


def _executed(
    files: Register, batch: list[Signed], rules: Rules, instant: datetime, keys: _Keys
) -> list[Erasure]:
    trust, (authority, signer) = files.trust(), key_files.read(keys.key)
    second = None if keys.ml_dsa_key is None else key_files.read_ml_dsa(keys.ml_dsa_key)
    _, pen = key_files.read(keys.log_key)
    clients = witness_client.clients(trust.policy)
    log = record.open_log(files.store, files.vault, trust, pen, second)
    publish.start(log, trust.policy, clients)
    published = erasure.witnessed(trust.policy, clients)
    hand = Hand(authority, signer, secrets.token_bytes, published)
    return erasure.execute(log, files.keys, batch, rules, hand, instant)


def _given(value: T | None, option: str) -> T:
    if value is None:
        raise SetupError(Fault("H901", f"erase needs {option}", "See --help of the command."))
    return value


def _planned(found: Plan, told: str, *, json: bool) -> int:
    if json:
        bodies = {"bodies": found.bodies(), "keys": len(found.keys), "stays": erasure.STAYS}
        named = {"person": found.subject, "what": found.what, "sections": found.sections}
        output.document({**named, **bodies, "indexes": found.indexes, "as_of": told})
        return output.DONE
    what = f"the sections {', '.join(found.sections)}" if found.sections else "the whole content"
    indexes = ", ".join(map(str, found.indexes))
    lines = [
        f"Of {found.subject}, {what} of {len(found.indexes):,} events would go for ever:",
        f"  indexes {indexes}",
        f"  keys destroyed: {len(found.keys):,}",
        "What stays, and why:",
        *(f"  {line}" for line in erasure.STAYS),
    ]
    output.lines(lines)
    return output.DONE


def _rows(found: list[Erasure]) -> list[list[str]]:
    return [
        [
            str(one.index),
            one.event_id,
            one.what,
            f"{one.events:,}",
            f"{one.keys:,}",
            f"{one.left:,}",
        ]
        for one in found
    ]


def _table(title: str, found: list[Erasure]) -> None:
    columns = ("index", "erasure", "what", "events", "keys", "keys still there")
    right = ("index", "events", "keys", "keys still there")
    output.console().print(output.table(title, columns, _rows(found), right=right))


def _listed(found: list[Erasure], *, json: bool) -> int:
    if json:
        output.document({"unfinished": [asdict(one) for one in found]})
    else:
        _table("Unfinished erasures: run each again with its signed file", found)
    return output.DOES_NOT_HOLD if found else output.DONE


def _done(found: list[Erasure], *, json: bool) -> int:
    if json:
        erased = [asdict(one) for one in found]
        output.document({"erased": erased, "stays": erasure.STAYS})
        return output.DONE
    _table("Erased", found)
    output.lines(erasure.STAYS)
    return output.DONE
