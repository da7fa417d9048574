"""habeas register export, backup, restore, migrate: what is done with a register as a whole."""

from collections.abc import Iterator
from pathlib import Path

from habeas.adapters import (
    backup_files,
    bundle_files,
    key_files,
    one_writer,
    register_files,
    text_files,
    witness_client,
)
from habeas.adapters.bundle_files import Disclosed
from habeas.adapters.register_files import Register
from habeas.cli import clock, output
from habeas.errors import Fault, SetupError
from habeas.service import record, restore


def export(path: Path, /, *, out: Path, content: bool = False) -> int:
    """Write everything under the latest checkpoint as a plain folder of tiles.

    Args:
        path: the register's file.
        out: a new folder; any web server can serve it.
        content: disclose every event that can be read, in the clear: for an auditor alone.
    """
    with register_files.opened(path) as files:
        size = bundle_files.write(out, files.store, _disclosed(files) if content else None)
    output.note(
        f"Exported {size:,} leaves to {out}. Check it with:\n"
        f"  habeas register verify {out} --trust {path.with_name(register_files.TRUST)}"
    )
    if content:
        output.note("It holds events in the clear: give it to nobody but the auditor.")
    return output.DONE


def _disclosed(files: Register) -> Iterator[Disclosed]:
    latest = files.store.latest()
    for row in files.store.rows(0, latest[0] if latest else 0):
        yield Disclosed(row, files.vault.open(row))


def backup(path: Path, /, *, out: Path, keys: Path | None = None, as_of: str | None = None) -> int:
    """Copy a register in one consistent state, with its latest checkpoint beside it.

    Args:
        path: the register's file.
        out: a new folder for the copy.
        keys: another new folder for the keys of content, which must be destroyed after 30 days.
        as_of: when the copy is made; now where absent.
    """
    _, instant = clock.instant(as_of)
    with register_files.opened(path) as files:
        latest = files.store.latest()
    backup_files.back_up(path, out, latest[1] if latest else "")
    output.note(f"Copied to {out}. A restored copy signs nothing below what its witnesses saw.")
    if keys is not None:
        until = backup_files.back_up_keys(path, keys, instant)
        output.note(f"Keys copied to {keys}: destroy that folder by {until:%Y-%m-%d %H:%M}Z.")
    return output.DONE


def migrate(path: Path, /) -> int:
    """Bring the schema of a register on a PostgreSQL server up to date, as its owner.

    Stop the gateway first, and make a backup.

    Args:
        path: the file that says where the register lies, with the owner's address.
    """
    with one_writer.held(path):
        done = register_files.migrated(path)
    if done is None:
        output.note(f"{path} is a file: its form has not changed since the first release.")
    elif done[0] == done[1]:
        output.note(f"The schema is of version {done[1]} already.")
    else:
        output.note(f"Migrated the schema from version {done[0]} to {done[1]}.")
    return output.DONE


def restore_copy(folder: Path, path: Path, /, *, log_key: Path, mirror: Path | None = None) -> int:
    """Put a copy in a register's place and bring it up to what its witnesses have seen.

    The keys of content must lie beside the path first: they are kept and restored apart.

    Args:
        folder: the copy.
        path: where the register shall be; nothing may be there.
        log_key: the key file that signs checkpoints.
        mirror: an export with content, for leaves that the copy lacks.
    """
    if not path.with_name(register_files.KEYS).is_file():
        what = f"there is no {register_files.KEYS} beside '{path}'"
        fix = "Restore the keys of content there first; without them every event stays closed."
        raise SetupError(Fault("H902", what, fix))
    _, signer = key_files.read(log_key)
    leaves = () if mirror is None else _leaves(mirror)
    with backup_files.restored(folder, path) as draft, register_files.opened(draft) as files:
        trust = files.trust()
        log = record.open_log(files.store, files.vault, trust, signer)
        note = text_files.text(folder / backup_files.NOTE)
        if note:
            restore.agree(log, note, trust.policy)
        done = restore.mend(log, trust.policy, witness_client.clients(trust.policy), leaves)
    gained = done.after - done.before
    output.note(
        f"Restored {path}: {done.before:,} leaves of the copy, {gained:,} from the mirror. "
        f"Witnesses that agree: {', '.join(done.standing.seen) or 'none is asked for'}."
    )
    return output.DONE


def _leaves(mirror: Path) -> Iterator[restore.Leaf]:
    for row in bundle_files.bundle(mirror).rows:
        yield row, bundle_files.opened_leaf(row)
