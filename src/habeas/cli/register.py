"""habeas register: init, append, show, receipt; habeas sign."""

import secrets
from pathlib import Path

from habeas.adapters import key_files, register_files, signers, text_files
from habeas.cli import gateway, output, verify
from habeas.cli.main import loaded
from habeas.errors import Fault, SetupError
from habeas.service import receipts, record
from habeas.service.asking import Latest, Read, Under
from habeas.service.record import Receipt, Trust


def init(
    path: Path,
    /,
    *,
    origin: str,
    log_key: str,
    roots: Path,
    policy: Path | None = None,
    ml_dsa_key: Path | None = None,
    postgres: str | None = None,
    schema: str = "register",
) -> int:
    """Make an empty register and its trust file beside it.

    Args:
        path: the register's file, which must not exist.
        origin: the log's name for ever, such as log.example/agreement.
        log_key: the key that signs checkpoints: a key file, or agent:KEYID of the ssh agent.
        roots: a folder with the root key of each authority: NAME.pub of ssh-keygen, or a key file.
        policy: the `witness`, `group` and `quorum` lines of the log's policy; none where absent.
        ml_dsa_key: the key file of a second signature under checkpoints, by ML-DSA-44.
        postgres: the address of a PostgreSQL server that holds the register instead; the file then
            says where it is. Keep a password in a password file, not here.
        schema: the new schema of the register on that server.
    """
    signer = signers.signer(log_key)
    keys = signers.roots(roots)
    if not keys:
        raise SetupError(Fault("H902", f"'{roots}' holds no key file", "Name the roots' folder."))
    beside = path.with_name("trust.json")
    if beside.exists():
        fix = "Give each register a folder of its own."
        raise SetupError(Fault("H902", f"'{beside}' is another register's trust file", fix))
    second = None if ml_dsa_key is None else key_files.read_ml_dsa(ml_dsa_key).public()
    statements = "quorum none\n" if policy is None else text_files.text(policy)
    text = record.trust_text(
        origin, (signer.public(), second), keys, statements, demonstration=True
    )
    place = register_files.Place(postgres, schema) if postgres else None
    with register_files.made(path, place=place):
        beside.write_text(text)
    output.note(
        f"Made {path} and trust.json beside it: give the trust file to whoever will verify."
    )
    return output.DONE


def sign(drafts: Path, /, *, keys: str, out: Path) -> int:
    """Sign drafted events, one JSON body a line, without a network.

    Args:
        drafts: the bodies as docs/spec/event.md asks.
        keys: a folder with the key files of every actor, or 'agent' for the ssh agent's keys.
        out: where the signed events go.
    """
    found = signers.group(keys)
    lines = record.lines_of(text_files.text(drafts))
    signed = [
        record.sign_draft(line, found, secrets.token_bytes(32), str(drafts), number)
        for number, line in lines
    ]
    out.write_text(record.write_signed(signed))
    output.note(f"{len(signed)} events signed: {out}")
    return output.DONE


def append(
    path: Path,
    signed: Path,
    /,
    *,
    agreement: str,
    log_key: str | None = None,
    sending: str | None = None,
    receiving: str | None = None,
    as_of: str | None = None,
    library: Path | None = None,
    ml_dsa_key: Path | None = None,
) -> int:
    """Append signed events, after the workflow's table has allowed every one; all or nothing.

    Asks the gateway where one serves the register; otherwise writes by itself, and no other
    process may write meanwhile.

    Args:
        path: the register's file; trust.json stands beside it.
        signed: a file made by 'habeas sign'.
        agreement: the agreement whose terms hold.
        log_key: the key that signs checkpoints, where no gateway serves the register: a key
            file, or agent:KEYID of the ssh agent.
        sending: the sending state, where the agreement has several.
        receiving: the receiving state, where the agreement has several.
        as_of: when the events are recorded; now where absent.
        library: a folder of your own agreements and laws.
        ml_dsa_key: the key file of a second signature under checkpoints, by ML-DSA-44.
    """
    batch = record.read_signed(text_files.text(signed), str(signed))
    under = Under(agreement, sending, receiving)
    indexes, size = gateway.append(
        path, batch, under, gateway.Own(log_key, as_of, library, ml_dsa_key)
    )
    output.document({"path": str(path), "indexes": indexes, "size": size})
    return output.DONE


def show(
    path: Path,
    /,
    *,
    kind: str | None = None,
    subject: str | None = None,
    last: int = 20,
    json: bool = False,
    reader: str | None = None,
    purpose: str = "",
) -> int:
    """Show the latest events of a register.

    Args:
        path: the register's file.
        kind: only this kind of event.
        subject: only this person's register number.
        last: how many.
        json: print one JSON document.
        reader: who reads, as AUTHORITY/ROLE, where a gateway serves the register.
        purpose: what for; the gateway records both.
    """
    with gateway.caller(path) as asked:
        if asked is not None:
            what = Read(Latest(last, kind, subject), gateway.reader(reader), purpose)
            found = asked.ask(what)
            rows, size = list(found["records"]), int(found["size"])
        else:
            with register_files.opened(path) as files:
                rows = record.shown(files.store, files.vault, kind=kind, subject=subject, last=last)
                size = files.store.size()
    if json:
        output.document({"path": str(path), "size": size, "records": rows})
        return output.DONE
    output.console().print(
        output.table(
            f"{path}: {size:,} leaves",
            ("index", "event", "person", "at", "signed by"),
            record.lines(rows),
            right=("index",),
        )
    )
    return output.DONE


def receipt(
    path: Path,
    index: int | None = None,
    /,
    *,
    out: Path | None = None,
    check: bool = False,
    trust: Path | None = None,
    beside: tuple[Path, ...] = (),
    kept: Path | None = None,
    consistency: Path | None = None,
    pdf: bool = False,
    html: bool = False,
    reader: str | None = None,
    purpose: str = "",
) -> int:
    """Hand out the receipt of one event, or check one with the trust file alone.

    Args:
        path: the register's file; with --check, the receipt: its file, a .tlog-proof, or what a
            telephone or scanner read from its printed codes, a code a line.
        index: the event's index in the register.
        out: where the receipt goes; a .tlog-proof and a page to print go beside it.
        check: check the receipt instead; needs no register, no network and no law.
        trust: the trust file; trust.json beside the file where absent.
        beside: with --check, what the receipt does not carry: the signed event of a .tlog-proof,
            or the enrolments printed on the same page.
        kept: with --check, the last checkpoint that you saw; the receipt must not contradict it.
        consistency: with --kept of another size, the proof between both: what the command
            'habeas register prove PATH --since N' prints for the smaller size.
        pdf: write a sheet to print as well, with codes that hold the receipt.
        html: write a verifier page as well, which checks the receipt in a browser, offline.
        reader: who reads, as AUTHORITY/ROLE, where a gateway serves the register.
        purpose: what for; the gateway records both.
    """
    said_by = trust or path.with_name("trust.json")
    if check:
        return verify.receipt(path, said_by, beside, kept, consistency)
    said = text_files.trust(said_by)
    with gateway.caller(path) as asked:
        if asked is not None:
            found = asked.receipt(index, gateway.reader(reader), purpose)
        else:
            with register_files.opened(path) as files:
                place = record.last_index(files.store) if index is None else index
                found = record.receipt_of(files.store, files.vault, place, said)
    target = _target(out or path.with_name("receipt.json"))
    if pdf:
        _print(target.with_suffix(".pdf"), found, said)
    if html:
        target.with_suffix(".html").write_text(receipts.verifier(said, found), "utf-8")
    record_files(target, found, said)
    output.note(
        f"Receipt: {target}. Check it with:\n"
        f"  habeas register receipt --check {target} --trust {said_by}"
    )
    return output.DONE


def _target(path: Path) -> Path:
    if path.suffix != ".json":
        fix = "Its proof and its page go beside it under other endings."
        raise SetupError(Fault("H902", f"the receipt '{path}' must end in .json", fix))
    return path


def _print(target: Path, found: Receipt, trust: Trust) -> None:
    made = loaded("habeas.adapters.documents:receipt")
    page, codes = receipts.page(found, trust), receipts.codes(found, trust)
    target.write_bytes(made(page, codes, receipts.instant(found, trust)))


def record_files(target: Path, found: Receipt, trust: Trust) -> list[Path]:
    """Write a receipt with its proof file and its page; returns the three paths."""
    files = {
        target: record.receipt_text(found),
        target.with_suffix(".tlog-proof"): found.proof,
        target.with_suffix(".txt"): record.receipt_page(found, trust),
    }
    for path, text in files.items():
        path.write_text(text)
    return list(files)
