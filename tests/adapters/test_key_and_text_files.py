"""Key files that say what they are for, and text files with a sentence where one cannot be read."""

import json
from pathlib import Path

import pytest

from habeas.adapters import key_files, text_files
from habeas.errors import HabeasError, SetupError
from habeas.register.signing import SeedSigner

SEED = bytes(range(32))
GOOD = {"authority": "A", "purpose": "demonstration", "seed": SEED.hex()}


def test_a_written_key_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "a.key"
    key_files.write(path, "A", SEED)
    authority, signer = key_files.read(path)
    assert (authority, signer.public()) == ("A", SeedSigner(SEED).public())
    assert signer.sign(b"x") == SeedSigner(SEED).sign(b"x")


def test_a_key_file_says_its_purpose_and_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.key"
    key_files.write(path, "A", SEED)
    assert json.loads(path.read_text()) == GOOD
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        '"x"',
        "{}",
        json.dumps(GOOD | {"purpose": "operation"}),
        json.dumps(GOOD | {"purpose": None}),
        json.dumps(GOOD | {"seed": "00" * 31}),
        json.dumps(GOOD | {"seed": "00" * 33}),
        json.dumps(GOOD | {"seed": "zz" * 32}),
        json.dumps(GOOD | {"seed": 7}),
        json.dumps({"purpose": "demonstration", "seed": SEED.hex()}),
    ],
)
def test_a_file_that_is_no_demonstration_key_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.key"
    path.write_text(text)
    with pytest.raises(SetupError, match="H904"):
        key_files.read(path)


def test_bytes_a_folder_or_nothing_are_no_key(tmp_path: Path) -> None:
    (tmp_path / "bytes.key").write_bytes(b"\xff\xfe")
    for path in (tmp_path / "bytes.key", tmp_path, tmp_path / "missing.key"):
        with pytest.raises(SetupError, match="H904"):
            key_files.read(path)


def test_a_folder_gives_keys_by_authority_in_order_of_file_name(tmp_path: Path) -> None:
    for name, authority in (("2", "A"), ("1", "B"), ("3", "A"), ("1 again", "A")):
        key_files.write(tmp_path / f"{name}.key", authority, name.encode().ljust(32))
    (tmp_path / "readme.txt").write_text("not a key")
    found = key_files.read_folder(tmp_path)
    seeds = {name: [SeedSigner(n.encode().ljust(32)).public() for n in order]
             for name, order in (("A", ("1 again", "2", "3")), ("B", ("1",)))}  # fmt: skip
    assert {name: [one.public() for one in rows] for name, rows in found.items()} == seeds


def test_an_error_does_not_show_a_seed(tmp_path: Path) -> None:
    path = tmp_path / "a.key"
    path.write_text(json.dumps(GOOD | {"purpose": "operation"}))
    with pytest.raises(SetupError) as caught:
        key_files.read(path)
    assert SEED.hex() not in str(caught.value)


def test_a_text_is_read_as_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("é\n—".encode())
    assert text_files.text(path) == "é\n—"


def test_what_cannot_be_read_as_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bytes").write_bytes(b"\xff")
    for path in (tmp_path / "bytes", tmp_path, tmp_path / "missing"):
        with pytest.raises(SetupError, match="H902"):
            text_files.text(path)


def test_a_text_over_the_cap_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(text_files.CAP + 1)
    with pytest.raises(SetupError, match="larger"):
        text_files.text(path)


@pytest.mark.parametrize(("text", "expected"), [(None, "H902"), ("{}", "H526"), ("x", "H526")])
def test_a_trust_file_that_is_none_is_refused(
    tmp_path: Path, text: str | None, expected: str
) -> None:
    path = tmp_path / "trust.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(HabeasError, match=expected):
        text_files.trust(path)
