"""habeas keys: enrol, rotate, revoke, list."""

from pathlib import Path
from secrets import token_bytes

from habeas.adapters import register_files, signers
from habeas.cli import clock, gateway, output
from habeas.service import keep
from habeas.service.asking import Under
from habeas.service.record import Signed


def enrol(
    path: Path,
    key: str,
    /,
    *,
    authority: str,
    root: str,
    agreement: str,
    log_key: str | None = None,
) -> int:
    """Enrol an officer's key: it is good for every event after its enrolment.

    Args:
        path: the register's file.
        key: the public key in hexadecimal, a key file, or agent:KEYID of the ssh agent.
        authority: whose officer it is.
        root: the authority's root key: a key file, or agent:KEYID.
        agreement: the agreement under which the enrolment stands.
        log_key: the key that signs checkpoints, where no gateway serves the register.
    """
    by = keep.Root(authority, agreement, signers.signer(root))
    _, at = clock.instant(None)
    return _append(path, keep.enrolment(by, signers.public(key), at, token_bytes), log_key)


def rotate(
    path: Path,
    old: str,
    new: str,
    /,
    *,
    authority: str,
    root: str,
    agreement: str,
    overlap: int = 256,
    log_key: str | None = None,
) -> int:
    """Put a new key in the place of an old one.

    Args:
        path: the register's file.
        old: the key that goes: in hexadecimal, a key file, or agent:KEYID.
        new: the key that comes.
        authority: whose officer it is.
        root: the authority's root key: a key file, or agent:KEYID.
        agreement: the agreement under which the rotation stands.
        overlap: for how many leaves the old key stays good.
        log_key: the key that signs checkpoints, where no gateway serves the register.
    """
    by = keep.Root(authority, agreement, signers.signer(root))
    _, at = clock.instant(None)
    both = (signers.public(old), signers.public(new))
    return _append(path, keep.rotation(by, both, overlap, at, token_bytes), log_key)


def revoke(
    path: Path,
    key: str,
    /,
    *,
    authority: str,
    root: str,
    agreement: str,
    log_key: str | None = None,
) -> int:
    """Revoke an officer's key: what was recorded before stays good.

    Args:
        path: the register's file.
        key: the public key in hexadecimal, a key file, or agent:KEYID.
        authority: whose officer it was.
        root: the authority's root key: a key file, or agent:KEYID.
        agreement: the agreement under which the revocation stands.
        log_key: the key that signs checkpoints, where no gateway serves the register.
    """
    by = keep.Root(authority, agreement, signers.signer(root))
    _, at = clock.instant(None)
    return _append(path, keep.revocation(by, signers.public(key), at, token_bytes), log_key)


def _append(path: Path, event: Signed, log_key: str | None) -> int:
    indexes, size = gateway.append(path, [event], Under(), gateway.Own(log_key))
    output.document({"path": str(path), "indexes": indexes, "size": size})
    return output.DONE


def listing(path: Path, /, *, json: bool = False) -> int:
    """Every key that was ever enrolled, and from which index to which it is good.

    Args:
        path: the register's file.
        json: print one JSON document.
    """
    with register_files.opened(path) as files:
        found = keep.keys_listed(files.store, files.vault, files.trust())
    if json:
        output.document({"path": str(path), "keys": found})
        return output.DONE
    rows = [
        [str(one["key"]), str(one["authority"]), str(one["since"]), str(one.get("until", ""))]
        for one in found
    ]
    columns = ("key", "authority", "after index", "before index")
    output.console().print(output.table(f"{path}: {len(found)} keys", columns, rows))
    return output.DONE
