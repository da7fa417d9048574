"""What lies beside a register for its feed: two keys that cosign, and what the witness remembers.

    mirror.key        signs that the peer's data is held here
    witness.key       signs that the peer's log showed one history
    witness.sqlite    what was cosigned last; made with the key, never restored from an old copy

Each key is used for nothing else, and may lie in the ssh agent in the place of its file. They are
trusted with this installation's word on the peer's log, and with nothing of its own.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from habeas.adapters import key_files, signers
from habeas.adapters.witness_store import SqliteWitnessStore
from habeas.register.signing import Signer

ROLES = ("mirror", "witness")
MEMORY = "witness.sqlite"
SEED = 32


def draw(register: Path, origin: str, chance: Callable[[int], bytes]) -> list[str]:
    """Draw the keys that are not there, and an empty memory for a new witness's.

    Args:
        register: the register's file.
        origin: the register's log; each key is named after it and its role.
        chance: draws the seeds.

    Returns:
        The roles of which a key was drawn.

    Raises:
        RegisterError: H573, when a memory lies there whose key is gone.
    """
    new = [role for role in ROLES if not _path(register, role).exists()]
    lay(register, origin, {role: chance(SEED) for role in new})
    return new


def lay(register: Path, origin: str, seeds: Mapping[str, bytes]) -> None:
    """Keep new keys beside a register, and an empty memory for a new witness's.

    Args:
        register: the register's file.
        origin: the register's log.
        seeds: by role.

    Raises:
        RegisterError: H573, when a memory lies there whose key is gone.
    """
    for role, seed in seeds.items():
        if role == "witness":
            SqliteWitnessStore(register.with_name(MEMORY), create=True).close()
        key_files.write(_path(register, role), f"{origin}/{role}", seed)


def keys(register: Path, named: dict[str, str | None] | None = None) -> dict[str, Signer]:
    """The key of each role: as it is named, else the file beside the register where one lies.

    Raises:
        SetupError: H904, H914 for a key that is none.
    """
    found = dict[str, Signer]()
    for role in ROLES:
        path = _path(register, role)
        name = (named or {}).get(role) or (str(path) if path.exists() else None)
        if name is not None:
            found[role] = signers.signer(name)
    return found


@contextmanager
def memory(register: Path) -> Iterator[SqliteWitnessStore]:
    """What the witness remembers.

    Raises:
        RegisterError: H573, when it is gone: the key must not be used again; H574.
    """
    with closing(SqliteWitnessStore(register.with_name(MEMORY))) as store:
        yield store


def _path(register: Path, role: str) -> Path:
    return register.with_name(f"{role}.key")
