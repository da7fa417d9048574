"""What a release consists of, that it is built the same twice, and that nobody can alter it."""

import json
import os
import re
import shutil
import subprocess
import tarfile
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest
from tools import release
from tools.locked import FOLDER, ROOT, Locked, of_file

SRC = ROOT / "src"
SECRET = re.compile(r"\.(key|secret|sqlite3|pem)$|(^|/)\.env")


@pytest.fixture
def copy(released: Path, tmp_path: Path) -> Path:
    return shutil.copytree(released, tmp_path / "given")


def checked(folder: Path) -> str:
    signers = folder / release.TEST_SIGNERS
    return release.verify(folder, signers, release.TEST_IDENTITY)


def only(folder: Path, ending: str) -> Path:
    (found,) = folder.glob(f"*{ending}")
    return found


def in_source() -> set[str]:
    """Every file of the package as it lies in the tree."""
    found = (path for path in SRC.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {str(path.relative_to(SRC)) for path in found}


def test_a_release_that_nobody_altered_verifies(copy: Path) -> None:
    assert checked(copy) == "3 files are as test@habeas signed them"


@pytest.mark.parametrize("name", [".whl", ".tar.gz", ".cdx.json", "SHA256SUMS", "SHA256SUMS.sig"])
def test_no_byte_of_it_can_be_altered(copy: Path, name: str) -> None:
    path = only(copy, name)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(release.NotGoodError):
        checked(copy)


def test_nothing_is_taken_away_or_added_unseen(copy: Path) -> None:
    (copy / "more.whl").write_bytes(b"")
    with pytest.raises(release.NotGoodError, match=r"more\.whl"):
        checked(copy)
    (copy / "more.whl").unlink()
    only(copy, ".cdx.json").unlink()
    with pytest.raises(release.NotGoodError, match="cdx"):
        checked(copy)
    (copy / release.SUMS).unlink()
    with pytest.raises(release.NotGoodError):
        checked(copy)


def test_another_key_or_another_purpose_signs_no_release(copy: Path) -> None:
    with release.drawn_key(release.TEST_IDENTITY) as (key, line):
        release.sign(copy, key)
        with pytest.raises(release.NotGoodError):
            checked(copy)
        (copy / release.TEST_SIGNERS).write_text(line.replace("habeas-release", "mail"))
        with pytest.raises(release.NotGoodError):
            checked(copy)
        (copy / release.TEST_SIGNERS).write_text(line)
        assert checked(copy)


def test_a_key_that_the_documents_do_not_name_makes_no_release(copy: Path) -> None:
    with pytest.raises(release.NotGoodError):
        release.verify(copy, release.SIGNERS)
    with pytest.raises(release.NotGoodError):
        release.verify(copy, release.SIGNERS, release.TEST_IDENTITY)
    rows = [line for line in release.SIGNERS.read_text().splitlines() if line[:1] not in {"#", ""}]
    assert all(row.startswith(f'{release.IDENTITY} namespaces="habeas-release" ') for row in rows)


def test_into_a_folder_with_other_files_nothing_is_built(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert release.main(["build", "--out", str(copy), "--test-key"]) == 1
    assert "is not empty" in capsys.readouterr().err


def test_a_tree_with_something_uncommitted_is_not_released(tmp_path: Path) -> None:
    own = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    for words in (["init", "-q"], [*own, "commit", "-q", "--allow-empty", "-m", "first"]):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True, capture_output=True)  # noqa: S603, S607 - our own call
    release.clean(tmp_path)
    (tmp_path / "more.py").touch()
    with pytest.raises(release.NotGoodError, match=r"more\.py"):
        release.clean(tmp_path)


def test_two_builds_that_differ_are_no_release(tmp_path: Path) -> None:
    """A package that writes into itself where it was built."""
    root = tmp_path / "odd"
    (root / "odd").mkdir(parents=True)
    (root / "odd" / "__init__.py").touch()
    (root / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        '[project]\nname = "odd"\nversion = "1"\n[tool.hatch.build.hooks.custom]\n'
    )
    (root / "hatch_build.py").write_text(
        "from hatchling.builders.hooks.plugin.interface import BuildHookInterface\n"
        "from pathlib import Path\n"
        "class Own(BuildHookInterface):\n"
        "    def initialize(self, version, build_data):\n"
        "        Path(self.root, 'odd/where.txt').write_text(self.root)\n"
    )
    with pytest.raises(release.NotGoodError, match="two builds of the same tree differ"):
        release.artefacts(root, tmp_path, 1_700_000_000)


def test_the_wheel_holds_every_file_of_the_package_and_nothing_else(released: Path) -> None:
    with ZipFile(only(released, ".whl")) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}
        told = next(name for name in wheel.namelist() if name.endswith("METADATA"))
        said = wheel.read(told).decode()
    assert names == in_source() | {"habeas/documents/errors.md"}
    endings = {Path(name).suffix for name in names}
    assert {".html", ".mo", ".toml", ".css", ".js", ".typ", ".py"} <= endings
    assert "License-Expression: Apache-2.0" in said


def test_the_sdist_holds_the_tree_and_no_secret(released: Path) -> None:
    with tarfile.open(only(released, ".tar.gz")) as packed:
        names = {member.name.partition("/")[2] for member in packed.getmembers()}
        assert {member.mtime for member in packed.getmembers()} == {release.epoch(ROOT)}
        assert {(member.uid, member.uname) for member in packed.getmembers()} == {(0, "")}
    assert {f"src/{name}" for name in in_source()} <= names
    kept = {name for name in names if not name.startswith("tests/golden/")}  # registers of tests
    assert [name for name in kept if SECRET.search(name)] == []


def test_the_sbom_names_every_package_of_the_demo_set_with_hashes_and_licence(
    released: Path,
) -> None:
    found = json.loads(only(released, ".cdx.json").read_text())
    parts = found["components"]
    named = {Locked(one["name"], one["version"]) for one in parts}
    assert named == set(of_file(FOLDER / "demo.txt"))
    for one in parts:
        hashes = [h for ref in one["externalReferences"] for h in ref.get("hashes", [])]
        assert {h["alg"] for h in hashes} == {"SHA-256"}, one["name"]
        assert one["licenses"][0]["expression"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert found["metadata"]["component"]["version"] == project["version"]
    assert str(Path.home()) + os.sep not in json.dumps(found)
