"""The printed sheet of a receipt: what it says, what its codes hold, and what it never carries."""

import io
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import segno
from pypdf import PdfReader

from habeas.adapters import documents
from habeas.errors import RegisterError
from habeas.register import cbor, printed, verify
from habeas.service import receipts
from habeas.terms import EventKind
from receipt_cases import EXAMPLE, Case, batched_case, case, rotated_case, trust

GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"
PAGE = GLOSSARY.parent / "spec" / "receipt.md"
LARGEST_CODE = 4296  # characters of a QR code of version 40, level L, alphanumeric
TOOLS = [shutil.which("pdftoppm") or "", shutil.which("zbarimg") or ""]


def _sheet(found: Case) -> bytes:
    page = receipts.page(found.receipt, found.trust)
    at = receipts.instant(found.receipt, found.trust)
    return documents.receipt(page, receipts.codes(found.receipt, found.trust), at)


def _text(pdf: bytes) -> str:
    pages = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def _unwitnessed() -> Case:
    good = case()
    head = good.receipt.proof.split("\N{EM DASH} witness", maxsplit=1)[0]
    return Case(replace(good.receipt, proof=head), good.trust)


def test_the_sheet_says_what_is_recorded_in_both_languages() -> None:
    found = _text(_sheet(case()))
    wanted = (
        "handover to the other state (custody.handed_over)",
        "entrega (custody.handed_over)",
        "p_7q3k9x2m4v8t1z5w0r6y3b8c9d",
        "SV-CECOT",
        "2026-03-02 20:05:00 UTC",
        "US-BOP (releasing, a18983194cfc0481); SV-DGCP (receiving, fb51ea06b8989f55)",
        "witness.court.sv.example/w1 2026-03-02 20:06:40 UTC",
        "WITNESSED: the independent witnesses",
        "CON TESTIGOS: los testigos independientes",
        "DEMONSTRATION on synthetic people",
        "DEMOSTRACIÓN con personas sintéticas",
        "habeas register receipt --check codes.txt",
        "No lawyer has reviewed this library.",
        "Enrolments of the keys that signed",
    )
    assert [words for words in wanted if words not in found] == []
    assert "NOT WITNESSED" not in found


def test_a_receipt_below_its_quorum_says_so_in_words() -> None:
    found = _text(_sheet(_unwitnessed()))
    assert "NOT WITNESSED: too few independent witnesses have cosigned" in found
    assert "SIN TESTIGOS: no han cofirmado" in found
    assert "CON TESTIGOS" not in found


def test_a_sheet_in_operation_has_no_banner() -> None:
    good = case()
    found = _text(_sheet(Case(good.receipt, replace(good.trust, demonstration=False))))
    assert "DEMONSTRATION" not in found
    assert "DEMOSTRACIÓN" not in found


def test_the_sheet_is_tagged_dated_by_the_last_cosignature_and_the_same_each_time() -> None:
    one, other = _sheet(case()), _sheet(case())
    assert one == other
    assert b"/MarkInfo" in one
    assert "<pdfuaid:part>1</pdfuaid:part>" in one.decode("latin-1")
    assert receipts.instant(case().receipt, trust()).isoformat() == "2026-03-02T20:06:43+00:00"


def test_a_receipt_without_cosignatures_is_dated_by_its_event() -> None:
    found = _unwitnessed()
    assert receipts.instant(found.receipt, found.trust).isoformat() == "2026-03-02T20:05:00+00:00"


def test_the_sheet_names_no_token_and_no_address() -> None:
    assert re.findall(r"https?:|token|t_[0-9a-z]{26}", _text(_sheet(case()))) == []


def test_the_figures_of_the_page_are_those_of_the_codes() -> None:
    worked = documents.code(printed.text(bytes.fromhex(EXAMPLE["receipt_cbor"]["hex"])))
    batched = documents.code(printed.text(batched_case().codes()[0]))
    told = [(one["characters"], one["version"], one["millimetres"]) for one in (worked, batched)]
    assert told == [(1897, 26, 64.5), (1749, 25, 62.5)]
    page = PAGE.read_text("utf-8")
    assert [n for n in ("1,897 characters", "version 26", "64.5 mm") if n not in page] == []


def test_a_code_of_ten_million_leaves_and_three_cosignatures_is_eighty_millimetres() -> None:
    parts = cbor.decode(case().codes()[0], 8192)
    assert isinstance(parts, tuple)
    rows: list[cbor.Value] = [[n, bytes(76)] for n in range(3)]
    held = cbor.encode(
        [*parts[:4], 9_999_999, 10_000_000, bytes(32 * 24), parts[7], parts[8], rows]
    )
    found = documents.code(printed.text(held))
    assert len(held) == 2053
    assert (found["characters"], found["version"], found["millimetres"]) == (3087, 34, 80.5)


def test_a_receipt_too_long_for_a_code_has_no_printed_form() -> None:
    assert documents.code("A" * LARGEST_CODE)["version"] == 40
    with pytest.raises(RegisterError, match="H547"):
        documents.code("A" * (LARGEST_CODE + 1))


@pytest.mark.parametrize("made", [case, batched_case, rotated_case])
def test_the_codes_read_back_from_paper_as_text_and_verify(
    tmp_path: Path, made: Callable[[], Case], program: Callable[[str], str]
) -> None:
    """Printed at 150 dots an inch and scanned as a telephone does: what is read is the receipt."""
    good = made()
    (tmp_path / "r.pdf").write_bytes(_sheet(good))
    subprocess.run(  # noqa: S603 - the tests' own tool and file
        [program("pdftoppm"), "-r", "150", "-png", tmp_path / "r.pdf", tmp_path / "p"], check=True
    )
    pages = sorted(tmp_path.glob("p-*.png"))
    read = subprocess.run(  # noqa: S603 - as above
        [program("zbarimg"), "--raw", "-q", *pages], check=True, capture_output=True, text=True
    ).stdout
    first, *others = read.splitlines()
    assert first == good.texts().splitlines()[0]
    assert sorted(others) == sorted(good.texts().splitlines()[1:])
    assert verify.receipt_verdict(read, good.trust).text == "VALID"


def test_a_code_of_bytes_is_still_read(tmp_path: Path, program: Callable[[str], str]) -> None:
    good = case()
    segno.make(good.codes()[0], mode="byte", error="L").save(str(tmp_path / "c.png"), scale=4)
    read = subprocess.run(  # noqa: S603 - the tests' own tool and file
        [program("zbarimg"), "--raw", "-q", "-Sbinary", "--oneshot", tmp_path / "c.png"],
        check=True,
        capture_output=True,
    ).stdout
    assert read == good.codes()[0]
    assert verify.receipt_verdict(read, good.trust, good.codes()[1:]).text == "VALID"


def test_every_kind_of_event_has_its_words_and_the_spanish_are_the_glossarys() -> None:
    rows = re.findall(r"^\| `([a-z_.]+)` \| ([^|]+?) \|", GLOSSARY.read_text("utf-8"), re.MULTILINE)
    said = receipts.words()["events"]
    assert set(said) == set(EventKind)
    known = dict(rows)
    assert [kind for kind, (_, es) in said.items() if known.get(kind, es) != es] == []
