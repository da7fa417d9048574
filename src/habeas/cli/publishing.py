"""habeas register publish, prove: checkpoints under witnesses, and proofs from the tiles."""

from pathlib import Path

from habeas.adapters import key_files, one_writer, register_files, witness_client
from habeas.cli import clock, output
from habeas.service import head, record
from habeas.service import publish as service


def publish(
    path: Path,
    /,
    *,
    log_key: Path,
    ml_dsa_key: Path | None = None,
    no_pads: bool = False,
    as_of: str | None = None,
    json: bool = False,
) -> int:
    """Fill up with pads, sign a checkpoint, and ask the policy's witnesses to cosign it.

    Args:
        path: the register's file; trust.json stands beside it.
        log_key: the key file that signs checkpoints.
        ml_dsa_key: the key file of a second signature by ML-DSA-44, where the policy names it.
        no_pads: publish the size as it is; it then tells how many events there were.
        as_of: the instant of the publication; now where absent.
        json: print one JSON document.
    """
    _, instant = clock.instant(as_of)
    _, signer = key_files.read(log_key)
    second = None if ml_dsa_key is None else key_files.read_ml_dsa(ml_dsa_key)
    with register_files.opened(path) as files, one_writer.held(path):
        trust = files.trust()
        clients = witness_client.clients(trust.policy)
        log = record.open_log(files.store, files.vault, trust, signer, second)
        service.start(log, trust.policy, clients)
        asked = service.publish(log, trust.policy, clients, instant, pads=not no_pads)
        size = log.size
    words = {None: "the policy asks for no witness", True: "witnessed", False: "BELOW ITS QUORUM"}
    if json:
        output.document(
            {
                "path": str(path),
                "size": size,
                "witnessed": asked.met,
                "note": asked.note,
                "refused": {name: one.reason for name, one in asked.refused.items()},
            }
        )
    else:
        output.console().print(
            f"{path}: {size:,} leaves published, {words[asked.met]}.", markup=False
        )
    for name, refusal in asked.refused.items():
        output.note(
            f"Witness {name} did not sign: {refusal.reason}. Publish again to ask it again."
        )
    return output.DONE if asked.met is not False else output.DOES_NOT_HOLD


def prove(
    path: Path, index: int | None = None, /, *, since: int | None = None, latest: bool = False
) -> int:
    """Print a proof: that an event stands in the log, or that the log grew from an older size.

    Args:
        path: the register's file.
        index: the event's index; prints its tlog-proof.
        since: an older size; prints the hashes of the consistency proof to the latest checkpoint.
        latest: print the latest checkpoint itself, to be kept beside a copy.
    """
    with register_files.opened(path) as files:
        if latest:
            output.lines([head.note(files.store).removesuffix("\n")])
        elif since is not None:
            output.lines(record.consistency(files.store, since))
        else:
            place = record.last_index(files.store) if index is None else index
            output.lines([record.make_receipt(files.store, files.vault, place).proof])
    return output.DONE
