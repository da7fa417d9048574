"""Both installations of a demonstration, made once for all workers of a run; each asks for a copy.

What `habeas.cli.installations` makes is the same for the same agreement, instant and seed, but for
the ports. Of today's, those of the same hour are as good: theirs are events of the past.
"""

import shutil
from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from habeas.adapters import installation_files, register_files
from habeas.cli import installations
from once import made_once

SEED = 7


def laid(
    factory: pytest.TempPathFactory,
    folder: Path,
    agreement: str,
    now: datetime,
    ports: tuple[int, int] = installations.PORTS,
) -> list[Path]:
    """The folders of both states in a folder, the sending state's first; anybody may change them.

    Args:
        factory: of the run.
        folder: with none of them in it yet.
        agreement: SE-EE or OAS-A57.
        now: UTC; exact where it is a whole hour.
        ports: of both on this machine.
    """
    whole = made_once(
        factory,
        f"{agreement}-{now:%Y-%m-%dT%H}{'' if now.minute or now.second else 'Z'}",
        lambda half: installations.make(half, agreement, now, SEED),
    )
    shutil.copytree(whole, folder, dirs_exist_ok=True)
    said = installation_files.read(next(folder.glob(f"*/{installation_files.FILE}")).parent)
    made = [folder / state.lower() for state in (said.sending, said.receiving)]
    for one, here, there in zip(made, ports, ports[::-1], strict=True):
        _at(one, here, there)
    return made


def _at(folder: Path, port: int, other: int) -> None:
    found = installation_files.read(folder)
    assert found.peer is not None
    there = msgspec.structs.replace(found.peer, address=f"http://localhost:{other}")
    here = msgspec.structs.replace(found, address=f"http://localhost:{port}", peer=there)
    installation_files.write(folder, here)
    trust = folder / register_files.TRUST  # the policy says where the other's witness is
    moved = trust.read_text().replace(found.peer.address + "/", there.address + "/")
    trust.write_text(moved)
