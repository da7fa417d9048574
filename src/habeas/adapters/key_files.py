"""Signing keys in files: for demonstration and offline tests only; refused in operation.

Is trusted with the authority's name: whoever reads a file can sign as that officer.
"""

import json
from pathlib import Path

from habeas.errors import Fault, SetupError
from habeas.register.signing import MlDsaSigner, SeedSigner, Signer

PURPOSE = "demonstration"
SEED = 32


def write(path: Path, authority: str, seed: bytes) -> None:
    """Keep a seed in a file that says what it is for; only its owner may read it."""
    path.touch(mode=0o600)
    path.chmod(0o600)  # also where the file was there before
    text = {"authority": authority, "purpose": PURPOSE, "seed": seed.hex()}
    path.write_text(json.dumps(text, indent=1, sort_keys=True) + "\n")


def read(path: Path) -> tuple[str, Signer]:
    """The authority and the signer of one key file.

    Raises:
        SetupError: H904, when the file is no key for demonstration.
    """
    try:
        found = json.loads(path.read_text())
        authority, purpose, seed = (
            found["authority"],
            found["purpose"],
            bytes.fromhex(found["seed"]),
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise _fault(path) from error
    if purpose != PURPOSE or len(seed) != SEED:
        raise _fault(path)
    return str(authority), SeedSigner(seed)


def read_ml_dsa(path: Path) -> MlDsaSigner:
    """The ML-DSA-44 signer of one key file, for the second line under checkpoints.

    Raises:
        SetupError: H904, when the file is no key for demonstration.
    """
    try:
        seed = bytes.fromhex(json.loads(path.read_text())["seed"])
        return MlDsaSigner(seed)
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise _fault(path) from error


def read_folder(folder: Path) -> dict[str, list[Signer]]:
    """Every key of a folder, by authority, in order of file name."""
    found: dict[str, list[Signer]] = {}
    for path in sorted(folder.glob("*.key")):
        authority, signer = read(path)
        found.setdefault(authority, []).append(signer)
    return found


def _fault(path: Path) -> SetupError:
    return SetupError(
        Fault(
            "H904",
            f"'{path}' is no demonstration key",
            "In operation, sign with a device; here, name a file made by the demo.",
        )
    )
