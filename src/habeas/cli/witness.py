"""habeas register witness, evidence: cosign known logs' checkpoints; show what was refused."""

import signal
from contextlib import closing
from pathlib import Path
from threading import Event

from habeas.adapters import key_files, text_files
from habeas.adapters.witness_server import WitnessServer, serving
from habeas.adapters.witness_store import SqliteWitnessStore
from habeas.cli import clock, output
from habeas.service import witness as service

MEMORY = "witness.sqlite"


def witness(
    folder: Path,
    /,
    *,
    name: str,
    key: Path,
    logs: Path,
    port: int = 8765,
    address: str = "127.0.0.1",
    anywhere: bool = False,
    make: bool = False,
) -> int:
    """Cosign the checkpoints of known logs until interrupted.

    Args:
        folder: where the witness keeps what it cosigned; never restore an old copy of it.
        name: the witness's name for ever, such as court.example/witness.
        key: its key file, used for nothing else.
        logs: the logs that it knows: a policy, or one vkey of a log a line.
        port: where it listens; 0 takes a free port.
        address: this machine's own address on which it listens.
        anywhere: allow another address; it speaks plain HTTP, so put a proxy with TLS before it.
        make: make the folder and an empty memory; only for a new key.
    """
    _, signer = key_files.read(key)
    known = text_files.text(logs)
    if make:
        folder.mkdir(parents=True, exist_ok=True)
    with closing(SqliteWitnessStore(folder / MEMORY, create=make)) as store:
        found = service.open_witness(name, (signer,), known, store)
        server = WitnessServer(found, _now, address, port, anywhere=anywhere)
        with serving(server) as url:
            output.lines([f"{found.vkeys()[0]} {url}"])
            _until_interrupted()
    output.note("stopped; what was cosigned stays")
    return output.DONE


def evidence(folder: Path, /) -> int:
    """Show the checkpoints that a witness refused because they do not extend what it cosigned.

    Args:
        folder: where the witness keeps what it cosigned; it may be serving.
    """
    with closing(SqliteWitnessStore(folder / MEMORY)) as store:
        rows = service.refused(store.evidence())
    output.document({"path": str(folder / MEMORY), "refused": rows})
    return output.DOES_NOT_HOLD if rows else output.DONE


def _now() -> int:
    return int(clock.now().timestamp())


def _until_interrupted() -> None:
    for number in (signal.SIGTERM, signal.SIGINT):  # also where the parent ignores the latter
        signal.signal(number, signal.default_int_handler)
    try:
        Event().wait()
    except KeyboardInterrupt:
        return
