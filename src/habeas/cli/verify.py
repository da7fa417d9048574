"""habeas register verify, receipt --check: the verifier alone, no service, no law, no network."""

from collections.abc import Iterable
from pathlib import Path

from habeas.adapters import bundle_files, register_files, text_files
from habeas.cli import output
from habeas.register import verify

MOST = 10
NO_KEY = "H515"
LACKS_KEY = (
    "Give the enrolments of its signers' keys with --beside: they are printed on the same page; "
    "and the trust file that the authority publishes."
)
COMPARED = {
    True: "The checkpoint that you kept and that of the receipt tell one history.",
    False: "It cannot be compared with the checkpoint that you kept: their sizes differ. Ask the "
    "register for the proof between them, 'habeas register prove PATH --since N' with the smaller "
    "size, and give it with --consistency.",
}


def register(
    path: Path,
    /,
    *,
    trust: Path | None = None,
    keys: Path | None = None,
    kept: Path | None = None,
    json: bool = False,
) -> int:
    """Check every event, leaf and checkpoint of a register; name each index or size that fails.

    Args:
        path: the register's file, or the folder of an export.
        trust: the trust file of its authority; trust.json beside the register where absent.
        keys: the key store of its content; person-keys.sqlite3 beside the register where absent
            and there. Without keys the events of persons stay closed and are counted.
        kept: a checkpoint that you kept from earlier; the register must begin with it.
        json: print one JSON document.
    """
    beside = trust or (path / "x" if path.is_dir() else path).with_name(register_files.TRUST)
    report = _report(path, beside, keys, text_files.text(kept) if kept else None)
    verdict = "does not hold" if report.faults else "holds"
    if json:
        head = {"path": str(path), "verdict": verdict, "trust_file": str(beside)}
        output.document(head | _document(report))
    else:
        witnessed = {None: "NOT WITNESSED", True: "witnessed", False: "BELOW ITS QUORUM"}
        output.console().print(
            f"{path}: {verdict}. {report.size:,} leaves, {report.covered:,} under "
            f"{report.checkpoints} checkpoints, {witnessed[report.witnessed]}.\n"
            f"{report.opened:,} events read, {report.pads:,} pads, {report.erased:,} erased, "
            f"{report.unopened:,} closed to this reader.",
            markup=False,
            soft_wrap=True,
        )
        for fault in report.faults[:MOST]:
            output.note(fault.sentence())
        if len(report.faults) > MOST:
            output.note(f"and {len(report.faults) - MOST:,} more")
    if trust is None:
        output.note(
            f"Keys from {beside}: compare it with what the authorities publish, or give --trust."
        )
    return output.DOES_NOT_HOLD if report.faults else output.DONE


def _document(report: verify.Report) -> dict[str, object]:
    faults = [{"code": one.code, "where": one.where, "what": one.what} for one in report.faults]
    return {
        "leaves": report.size,
        "covered": report.covered,
        "checkpoints": report.checkpoints,
        "witnessed": report.witnessed,
        "opened": report.opened,
        "pads": report.pads,
        "erased": report.erased,
        "unopened": report.unopened,
        "faults": faults,
    }


def _report(path: Path, trust: Path, keys: Path | None, kept: str | None) -> verify.Report:
    said = text_files.trust(trust)
    reader = register_files.READER
    if path.is_dir():
        bundle = bundle_files.bundle(path)
        return verify.register(bundle, said, kept, bundle_files.opened, reader)
    bundle = register_files.bundle(path)
    beside = keys or path.with_name(register_files.KEYS)
    if keys is None and not beside.is_file():
        return verify.register(bundle, said, kept, None, reader)
    with register_files.readable(bundle, beside) as (found, opened):
        return verify.register(found, said, kept, opened, reader)


def receipt(
    path: Path,
    trust: Path,
    beside: Iterable[Path] = (),
    kept: Path | None = None,
    consistency: Path | None = None,
) -> int:
    """Check a receipt in any form with the trust file alone: `habeas register receipt --check`."""
    verdict = verify.receipt_verdict(
        text_files.content(path),
        text_files.trust(trust),
        [text_files.content(one) for one in beside],
        text_files.text(kept) if kept else None,
        text_files.text(consistency) if consistency else None,
    )
    console = output.console()
    if verdict.demonstration:
        console.print("DEMONSTRATION on synthetic people")
    console.print(verdict.text, markup=False, soft_wrap=True)
    event = verdict.event
    if event is not None:
        console.print(
            f"  {event.kind} of {event.subject} at {event.occurred_at:%Y-%m-%d %H:%M}Z, "
            f"facility {event.facility or 'not stated'}",
            markup=False,
        )
        console.print(
            f"  signed by {', '.join(sorted({actor.authority for actor in event.actors}))}; "
            f"index {verdict.index} of a tree of {verdict.size}",
            markup=False,
        )
        output.note(
            "A receipt cannot show what was recorded after its checkpoint, nor that a "
            "signing key was not revoked or replaced before it."
        )
    if verdict.fault is not None:
        output.note(verdict.fault.fix if verdict.fault.code != NO_KEY else LACKS_KEY)
    if verdict.compared is not None:
        output.note(COMPARED[verdict.compared])
    return output.DOES_NOT_HOLD if verdict.fault else output.DONE
