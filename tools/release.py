"""Make what a release consists of, and check it as a stranger does (docs/release.md).

    python -m tools.release build --out dist --key KEY     sign with the key of releases
    python -m tools.release build --out dist --test-key    with a key drawn on the spot
    python -m tools.release verify dist                    signature, then every file

The wheel and the sdist are built twice, in two folders under two umasks, and must be the same
bytes; their times are that of the last commit, or SOURCE_DATE_EPOCH. Beside them lie the SBOM of
the demo set and SHA256SUMS, and the signature of that by ssh-keygen. What a key signs that
docs/allowed_signers does not name does not verify, but with --test-key, whose file lies beside it.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from tools.licences import TABLE
from tools.locked import ROOT

SIGNERS = ROOT / "docs" / "allowed_signers"
SUMS, SIGNATURE, TEST_SIGNERS = "SHA256SUMS", "SHA256SUMS.sig", "TEST-allowed_signers"
IDENTITY, TEST_IDENTITY, NAMESPACE = "release@habeas", "test@habeas", "habeas-release"
LEFT_OUT = shutil.ignore_patterns(
    ".git",
    ".venv",
    "demo",
    "dist",
    ".bench",
    ".*_cache",
    ".hypothesis",
    "__pycache__",
    ".coverage*",
)
UMASKS = (0o022, 0o077)


class NotGoodError(Exception):
    """What a release is not, in one sentence."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Build, or verify."""
    call = argparse.ArgumentParser(prog="python -m tools.release", description="Make a release.")
    acts = call.add_subparsers(dest="act", required=True)
    made = acts.add_parser("build", help="build, list and sign")
    made.add_argument("--out", type=Path, default=ROOT / "dist")
    by = made.add_mutually_exclusive_group(required=True)
    by.add_argument("--key", type=Path, help="the private key of releases; it is never in the tree")
    by.add_argument("--test-key", action="store_true", help="draw a key that signs nothing else")
    checked = acts.add_parser("verify", help="check what somebody was given")
    checked.add_argument("folder", type=Path)
    checked.add_argument("--signers", type=Path, default=SIGNERS)
    asked = call.parse_args(arguments)
    try:
        print(_build(asked) if asked.act == "build" else verify(asked.folder, asked.signers))
    except NotGoodError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _build(asked: argparse.Namespace) -> str:
    asked.out.mkdir(parents=True, exist_ok=True)
    if any(asked.out.iterdir()):
        msg = f"{asked.out} is not empty: what lies there would be taken for part of the release"
        raise NotGoodError(msg)
    if not asked.test_key:
        clean(ROOT)
    at = epoch(ROOT)
    artefacts(ROOT, asked.out, at)
    sbom(ROOT, asked.out, at)
    sums(asked.out)
    if asked.test_key:
        with drawn_key(TEST_IDENTITY) as (key, line):
            (asked.out / TEST_SIGNERS).write_text(line)
            sign(asked.out, key)
        return verify(asked.out, asked.out / TEST_SIGNERS, TEST_IDENTITY) + " (a test key)"
    sign(asked.out, asked.key)
    return verify(asked.out, SIGNERS)


def epoch(root: Path) -> int:
    """Seconds since 1970 that stand in the files: as asked for, or the last commit's."""
    asked = os.environ.get("SOURCE_DATE_EPOCH")
    if asked:
        return int(asked)
    call = ["git", "-C", str(root), "log", "-1", "--format=%ct"]
    return int(subprocess.run(call, capture_output=True, text=True, check=True).stdout)  # noqa: S603 - our own call


def clean(root: Path) -> None:
    """Refuse a tree that is not what its last commit says.

    Raises:
        NotGoodError: for a file that was changed or never committed.
    """
    call = ["git", "-C", str(root), "status", "--porcelain"]
    odd = subprocess.run(call, capture_output=True, text=True, check=True).stdout.split("\n")[0]  # noqa: S603 - our own call
    if odd:
        msg = f"the tree is not what its last commit says: {odd.strip()}"
        raise NotGoodError(msg)


def artefacts(root: Path, out: Path, at: int) -> list[Path]:
    """The wheel and the sdist of a tree.

    Raises:
        NotGoodError: where two builds differ.
    """
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        twice = [
            _built(root, Path(folder) / name, at, umask)
            for folder, name, umask in zip(
                (one, other), ("a", "another-place"), UMASKS, strict=True
            )
        ]
        first, second = ({path.name: path.read_bytes() for path in built} for built in twice)
        if first != second:
            odd = sorted(name for name in first if first[name] != second.get(name))
            msg = f"two builds of the same tree differ: {', '.join(odd)}"
            raise NotGoodError(msg)
        return [Path(shutil.copy(path, out)) for path in twice[0]]


def _built(root: Path, folder: Path, at: int, umask: int) -> list[Path]:
    before = os.umask(umask)
    try:
        shutil.copytree(root, folder, ignore=LEFT_OUT, symlinks=True)
        subprocess.run(
            [sys.executable, "-m", "hatchling", "build", "-d", "built"],
            cwd=folder, check=True, capture_output=True,
            env=os.environ | {"SOURCE_DATE_EPOCH": str(at)}, umask=umask,
        )  # fmt: skip
    finally:
        os.umask(before)
    return sorted((folder / "built").iterdir())


def sbom(root: Path, out: Path, at: int) -> Path:
    """What the demo set consists of, as CycloneDX: versions, hashes and licences; it is validated.

    Raises:
        NotGoodError: where it is not as the standard asks.
    """
    version = tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"]
    path = out / f"habeas-{version}.cdx.json"
    call = [
        sys.executable, "-W", "ignore", "-m", "cyclonedx_py", "requirements",
        "--output-reproducible", "--pyproject", str(root / "pyproject.toml"), "--sv", "1.6",
        "-o", str(path), str(root / "requirements" / "demo.txt"),
    ]  # fmt: skip
    environment = os.environ | {"SOURCE_DATE_EPOCH": str(at)}
    subprocess.run(call, check=True, capture_output=True, env=environment)  # noqa: S603 - our own call
    found = json.loads(path.read_text(encoding="utf-8"))
    licences = tomllib.loads(TABLE.read_text(encoding="utf-8"))["packages"]
    for one in found["components"]:
        one.pop("description", None)  # a line of the locked file with each hash once more
        one["licenses"] = [{"expression": licences[one["name"]]}]
    text = json.dumps(found, indent=1, sort_keys=True) + "\n"
    wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if wrong:
        msg = f"the SBOM is none: {wrong}"
        raise NotGoodError(msg)
    path.write_text(text, encoding="utf-8")
    return path


def sums(out: Path) -> None:
    """List every file with its hash, in the form that sha256sum checks."""
    lines = [f"{_hash(path)}  {path.name}\n" for path in _files(out)]
    (out / SUMS).write_text("".join(lines), encoding="ascii")


def _files(out: Path) -> list[Path]:
    own = {SUMS, SIGNATURE, TEST_SIGNERS}
    return sorted(path for path in out.iterdir() if path.name not in own)


def _hash(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def sign(out: Path, key: Path) -> None:
    """Sign the list with a private key that ssh-keygen reads."""
    (out / SIGNATURE).unlink(missing_ok=True)
    _ssh_keygen("-Y", "sign", "-f", str(key), "-n", NAMESPACE, str(out / SUMS))


def verify(out: Path, signers: Path, identity: str = IDENTITY) -> str:
    """Check the signature of the list, and then each file against it.

    Raises:
        NotGoodError: for whatever is altered, missing, or not listed.
    """
    listed = (out / SUMS).read_bytes() if (out / SUMS).exists() else b""
    words = ("-f", str(signers), "-I", identity, "-n", NAMESPACE, "-s", str(out / SIGNATURE))
    _ssh_keygen("-Y", "verify", *words, given=listed)
    rows = (line.split("  ", 1) for line in listed.decode("ascii").splitlines())
    wanted = {name: digest for digest, name in rows}
    there = {path.name: _hash(path) for path in _files(out)}
    if there != wanted:
        odd = sorted(
            name for name in wanted.keys() | there.keys() if there.get(name) != wanted.get(name)
        )
        msg = f"not as the signed list says: {', '.join(odd)}"
        raise NotGoodError(msg)
    return f"{len(there)} files are as {identity} signed them"


def _ssh_keygen(*words: str, given: bytes = b"") -> None:
    call = ["ssh-keygen", *words]
    done = subprocess.run(call, input=given, capture_output=True, check=False)  # noqa: S603 - our own call
    if done.returncode:
        said = (done.stderr + done.stdout).decode(errors="replace").strip()
        msg = f"ssh-keygen {words[1]}: {said or 'refused'}"
        raise NotGoodError(msg)


@contextmanager
def drawn_key(identity: str) -> Iterator[tuple[Path, str]]:
    """A new Ed25519 key and its line for a file of signers; it is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        key = Path(folder) / "key"
        _ssh_keygen("-q", "-t", "ed25519", "-N", "", "-C", identity, "-f", str(key))
        kind, public, *_ = key.with_suffix(".pub").read_text().split()
        yield key, f'{identity} namespaces="{NAMESPACE}" {kind} {public}\n'


if __name__ == "__main__":
    sys.exit(main())
