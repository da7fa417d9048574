"""Random alterations of everything that a register gives away: none may be accepted.

An alteration is accepted where the check is passed and something else is said than before. Where
the same is said (a blank in JSON, the free pages of a database) it is counted apart.
"""

import shutil
import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from drills import artefacts
from drills.artefacts import Artefact
from drills.commands import Chance
from drills.rig import Result
from habeas.errors import HabeasError

RUNS = 100_000
LONGEST = 64  # bytes of a piece that is cut, moved or doubled
MOST = 20  # broken promises that are told


def altered(data: bytes, chance: Chance) -> bytes:
    """The bytes with one alteration: a bit, a byte, a piece cut, moved or doubled, the end cut."""
    at, other = chance.below(len(data)), chance.below(len(data))
    size = 1 + chance.below(LONGEST)
    changed = bytearray(data)
    match chance.below(6):
        case 0:
            changed[at] ^= 1 << chance.below(8)
        case 1:
            changed[at] = chance.below(256)
        case 2:
            del changed[at : at + size]
        case 3:
            one, two = bytes(changed[at : at + size]), bytes(changed[other : other + size])
            size = min(len(one), len(two))
            changed[at : at + size], changed[other : other + size] = two[:size], one[:size]
        case 4:
            changed[other:other] = changed[at : at + size]
        case _:
            del changed[at:]
    return bytes(changed)


def run(count: int, store: str) -> Result:
    """Alter so often, the kinds of artefact in equal parts."""
    del store
    broken, figures = list[str](), Counter[str]()
    with tempfile.TemporaryDirectory(dir=_fast()) as name, ExitStack() as stack:
        scratch = Path(name)
        found = artefacts.made(scratch / "made")
        kinds: list[list[Artefact]] = [
            [artefacts.of_store(found.site, scratch, stack)],
            [artefacts.of_checkpoint(found.site)],
            *([one] for one in artefacts.of_receipts(found)),
            *([one] for one in artefacts.of_roll(found)),
            list(artefacts.of_export(found, scratch)),
        ]
        for kind in kinds:
            wanted = {one.name: one.said(one.data) for one in kind}
            for number in range(count // len(kinds)):
                chance = Chance(f"mutation {kind[0].name} {number}")
                one = kind[chance.below(len(kind))]
                told = _tried(one, wanted[one.name], chance)
                figures[told] += 1
                if told.startswith("ACCEPTED"):
                    broken.append(f"{told}: {one.name}, alteration {number}")
        shutil.rmtree(scratch / "made")
    done = sum(figures.values())
    return Result("random alterations", done, tuple(broken[:MOST]), dict(figures))


def _fast() -> str | None:
    memory = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
    return str(memory) if memory.is_dir() else None


def _tried(one: Artefact, wanted: object, chance: Chance) -> str:
    data = altered(one.data, chance)
    if data == one.data:
        return "no alteration"
    unrecorded = one.unrecorded(data)
    if unrecorded:
        return unrecorded
    try:
        said = one.said(data)
    except HabeasError:
        return "refused"
    except Exception as error:  # noqa: BLE001 - whatever it is, it is no refusal
        return f"ACCEPTED {type(error).__name__} instead of a refusal"
    return "the same is said" if said == wanted else "ACCEPTED"
