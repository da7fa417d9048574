"""Documents are kept under their hash, are what their bytes say, and are never another's path."""

import hashlib
from pathlib import Path

import pytest

from habeas.adapters import evidence_files
from habeas.errors import SetupError

GOOD = {
    evidence_files.PDF: b"%PDF-1.4 x",
    evidence_files.PNG: b"\x89PNG\r\n\x1a\n0",
    evidence_files.JPEG: b"\xff\xd8\xff\xe0",
    evidence_files.TEXT: "Bescheinigung: ärztlich\n".encode(),
}
BAD = (
    b"MZ\x90", b"PK\x03\x04", b"<html>", b" \n<svg/>", "\ufeff<script>".encode(), b"", b"  \n",
    b"GIF89a\x00", b"plain\x00text", b"\xff\xfe", b"a\x1b[2J",
)  # fmt: skip


@pytest.mark.parametrize("kind", GOOD)
def test_a_document_is_what_its_bytes_say(kind: str, tmp_path: Path) -> None:
    data = GOOD[kind]
    digest = evidence_files.keep(tmp_path / "evidence", data)
    assert evidence_files.kind(data) == kind
    assert digest == hashlib.sha256(data).hexdigest()
    assert evidence_files.read(tmp_path / "evidence", digest) == data


@pytest.mark.parametrize("data", BAD)
def test_what_is_no_document_is_refused_and_not_kept(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(SetupError) as caught:
        evidence_files.keep(tmp_path / "evidence", data)
    assert caught.value.code == "H822"
    assert not (tmp_path / "evidence").exists()


def test_the_cap_is_the_last_byte_that_is_taken(tmp_path: Path) -> None:
    whole = b"%PDF-" + b"0" * (evidence_files.CAP - 5)
    assert evidence_files.keep(tmp_path, whole)
    with pytest.raises(SetupError) as caught:
        evidence_files.keep(tmp_path, whole + b"0")
    assert caught.value.code == "H821"


def test_the_same_document_is_kept_once(tmp_path: Path) -> None:
    assert evidence_files.keep(tmp_path, b"text") == evidence_files.keep(tmp_path, b"text")
    assert len(list(tmp_path.iterdir())) == 1


def test_a_document_that_was_changed_is_not_given_out(tmp_path: Path) -> None:
    digest = evidence_files.keep(tmp_path, b"text")
    (tmp_path / digest).write_bytes(b"other")
    assert evidence_files.read(tmp_path, digest) is None


@pytest.mark.parametrize("name", ["../key", "", "key", "A" * 64, "f" * 64, "f" * 63 + "\n"])
def test_nothing_but_a_digest_that_is_there_names_a_file(name: str, tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"secret")
    assert evidence_files.read(tmp_path, name) is None
