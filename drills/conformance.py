"""Many requests to the API as everybody: no fault, nothing undescribed, nothing told that must not.

`python -m drills.conformance [EXAMPLES]`: that many of each operation for each asker; 50 where none
is said. `tests/api/test_conformance.py` sends a few of the same.
"""

import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import conformance
import served

USUAL = 50


def main() -> int:
    examples = int(sys.argv[1]) if len(sys.argv) > 1 else USUAL
    folder = Path(tempfile.mkdtemp(prefix="habeas-d-"))
    try:
        for place in (0, 1):
            _state(folder / str(place), place, examples)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _state(folder: Path, place: int, examples: int) -> None:
    with served.running(served.made(folder)[place : place + 1]) as (state,):
        askers = list(state.tokens)
        plant = conformance.planted(state, askers) if not place else _unplanted(state, askers)
        for who in askers:
            sent = sum(
                conformance.conforms(one, plant, who, examples) for one in conformance.operations()
            )
            hidden = len(plant.hidden(who))
            print(f"{state.folder.name} {who}: {sent} requests, {hidden} persons hidden")


def _unplanted(state: served.State, askers: list[str]) -> conformance.Planted:
    """The other state's installation holds nobody whom its own officers may not see."""
    found = conformance.Planted(state, set(), {})
    found.seen = {who: conformance.listed(state, who) for who in askers}
    found.everybody = set().union(*found.seen.values())
    return found


if __name__ == "__main__":
    sys.exit(main())
