"""What the project promises about itself, by name."""

import ast
import re
import tomllib
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest

from habeas import terms

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src" / "habeas").rglob("*.py"))
TRACKED = [
    path
    for folder in ("src", "tests", "docs", "requirements", ".ci", "bench")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.is_file() and "__pycache__" not in path.parts
] + [path for path in ROOT.iterdir() if path.is_file() and path.name != ".coverage"]


def test_no_module_is_longer_than_500_lines() -> None:
    long = {path.name: n for path in SOURCES if (n := len(path.read_text().splitlines())) > 500}
    assert long == {}


def test_no_test_file_is_longer_than_400_lines() -> None:
    files = (ROOT / "tests").rglob("*.py")
    long = {path.name: n for path in files if (n := len(path.read_text().splitlines())) > 400}
    assert long == {}


def test_the_library_holds_no_code() -> None:
    kinds = {path.suffix for path in (ROOT / "src/habeas/library").rglob("*") if path.is_file()}
    assert kinds == {".toml"}


def test_every_package_says_what_it_decides_and_holds_no_code() -> None:
    inits = [
        path
        for path in SOURCES
        if path.name == "__init__.py" and path.parent.name not in {"service", "migrations"}
    ]
    bodies = {path.parent.name: ast.parse(path.read_text()).body for path in inits}
    assert {name for name, body in bodies.items() if len(body) != 1} == set()


def test_every_error_code_is_explained_and_no_other() -> None:
    used = {code for path in SOURCES for code in re.findall(r'"(H\d{3})[".]', path.read_text())}
    explained = re.findall(r"^\| (H\d{3}) \|", (ROOT / "docs/errors.md").read_text(), re.MULTILINE)
    assert (used, len(explained)) == (set(explained), len(set(explained)))


def words() -> Iterator[StrEnum]:
    for value in vars(terms).values():
        if isinstance(value, type) and issubclass(value, StrEnum):
            yield from value


def test_every_term_is_in_the_glossary() -> None:
    glossary = (ROOT / "docs/glossary.md").read_text()
    assert [word.value for word in words() if f"`{word.value}`" not in glossary] == []


def test_every_event_kind_is_specified() -> None:
    spec = (ROOT / "docs/spec/event.md").read_text()
    assert [kind.value for kind in terms.EventKind if f"`{kind.value}`" not in spec] == []


def test_every_adapter_has_its_trust_sentence() -> None:
    trust = (ROOT / "docs/trust.md").read_text()
    adapters = [path for path in SOURCES if "adapters" in path.parts]
    classes = [
        node.name
        for path in adapters
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
    ]
    assert [name for name in classes if name not in trust] == []


def test_requirements_name_no_address() -> None:
    text = "".join(path.read_text() for path in (ROOT / "requirements").glob("*.txt"))
    assert "://" not in text
    assert "--index" not in text


def test_every_requirement_has_a_hash() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        pinned = re.findall(r"^[a-z].*==", path.read_text(), re.MULTILINE)
        assert pinned
        assert len(
            re.findall(r"^[a-z][^\n]*\\\n +--hash=sha256:", path.read_text(), re.MULTILINE)
        ) == len(pinned)


def test_no_file_names_a_path_of_a_machine() -> None:
    root, work = "/" + "root/", "/" + "work/"
    named = [
        path
        for path in TRACKED
        if path.suffix != ".parquet"
        and any(mark in path.read_text(errors="ignore") for mark in (root, work))
    ]
    assert named == []


@pytest.mark.parametrize(
    "word", ["unittest" + ".mock", "pytest" + ".skip(", "pytest.mark.x" + "fail"]
)
def test_no_test_is_mocked_or_left_out(word: str) -> None:
    files = [path for path in (ROOT / "tests").rglob("*.py") if word in path.read_text()]
    assert [path.name for path in files] in ([], ["conftest.py"])


def test_nothing_in_the_code_judges_a_person() -> None:
    banned = re.compile(
        r"risk_?score|dangerous|biometric|profiling|\binmate|\balien\b", re.IGNORECASE
    )
    assert [path.name for path in SOURCES if banned.search(path.read_text())] == []


def test_no_unknown_is_given_a_default() -> None:
    rooms = ("law", "docket", "screening")
    banned = re.compile(r"coalesce\(|fillna|fill_null|ifnull\(", re.IGNORECASE)
    found = [
        path.name
        for path in SOURCES
        if path.parent.name in rooms and banned.search(path.read_text())
    ]
    assert found == []


def test_every_room_stands_in_the_contracts() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contract = project["tool"]["importlinter"]["contracts"][0]
    named = set(re.findall(r"[a-z]+", " ".join(contract["layers"])))
    rooms = {
        path.name.removesuffix(".py")
        for path in (ROOT / "src/habeas").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").is_file()
    }
    assert rooms - {"__init__", "__main__"} <= named


def test_what_is_installed_together_is_locked_to_one_version() -> None:
    pin = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[.*\])?==([^ ;\\]+)", re.MULTILINE)
    together = ("core", "demo", "build", "test", "dev")
    found: dict[str, dict[str, set[str]]] = {}
    for name in together:
        text = (ROOT / "requirements" / f"{name}.txt").read_text()
        for package, version in pin.findall(text):
            found.setdefault(package.lower(), {}).setdefault(name, set()).add(version)
    apart = {one for one, sets in found.items() if len({frozenset(v) for v in sets.values()}) > 1}
    assert apart == set()
