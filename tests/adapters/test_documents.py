"""Letters as PDF: the same bytes each time, tagged, and the data set as plain text."""

import io
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pypdf import PdfReader

from habeas.adapters import documents
from habeas.cli.main import run
from habeas.errors import SetupError
from habeas.screening import letter

INSTANT = datetime(2026, 11, 21, 23, 59, 59, tzinfo=UTC)
HOSTILE = '#panic() *x* $a$ <b> @c `d` \\ \u202e // /* #read("/etc/passwd") "quoted" {{x}}'
HEAD = "case,agreement,sending,receiving,pathway,sex,age_years"


def data(**other: object) -> dict[str, object]:
    rule = {"id": HOSTILE, "layer": HOSTILE, "text": HOSTILE, "cites": [HOSTILE],
            "leaves": [HOSTILE], "remedy": HOSTILE, "missing": [], "ways": HOSTILE}  # fmt: skip
    fact = dict.fromkeys(("fact", "why", "ask", "by", "evidence"), HOSTILE)
    made: dict[str, object] = {
        "lang": "en", "mark": HOSTILE, "words": letter.WORDS["en"], "case": HOSTILE,
        "particulars": [["a", HOSTILE]], "asked": HOSTILE, "outcome": HOSTILE, "sentence": HOSTILE,
        "law": [HOSTILE], "not_met": [rule],
        "open": [{**rule, "missing": [fact]}], "met": [rule], "silent": HOSTILE,
        "next": [HOSTILE], "evidence": [HOSTILE], "hashes": [["r", "a" * 64]], "notes": [HOSTILE],
    }  # fmt: skip
    return made | other


def text(pdf: bytes) -> str:
    return " ".join(
        " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split()
    )


def test_what_stands_in_the_data_is_never_read_as_markup() -> None:
    found = text(documents.pdf("decision", data(), INSTANT))
    assert "#panic() *x* $a$ <b> @c `d` \\" in found
    assert '// /* #read("/etc/passwd") "quoted" {{x}}' in found


def test_a_control_character_is_shown_and_turns_nothing_around() -> None:
    found = text(documents.pdf("decision", data(asked="a\u202eb\u200bc\x00d\n\te"), INSTANT))
    assert "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c" in found
    assert "d e" in found


def test_a_script_that_the_fonts_do_not_hold_is_told() -> None:
    with pytest.raises(SetupError, match="H907 a letter cannot be set: PDF/UA-1 error"):
        documents.pdf("decision", data(asked="\u4e2d"), INSTANT)


def test_the_same_data_and_instant_give_the_same_bytes() -> None:
    one, two = (documents.pdf("decision", data(), INSTANT) for _ in range(2))
    assert one == two
    assert documents.pdf("decision", data(asked="another"), INSTANT) != one


def test_a_letter_is_tagged_titled_and_dated_by_the_instant() -> None:
    reader = PdfReader(io.BytesIO(documents.pdf("decision", data(case="C-1"), INSTANT)))
    root = reader.root_object
    assert (str(root["/Lang"]), "'/Marked': True" in str(root["/MarkInfo"])) == ("en", True)
    assert reader.metadata is not None
    assert reader.metadata.title == "Reasoned decision on a case put forward: C-1"
    assert reader.metadata.creation_date_raw is not None
    assert reader.metadata.creation_date_raw.startswith("D:20261121")


def docket(folder: Path, *rows: str) -> str:
    (folder / "docket.csv").write_text("\n".join([HEAD, *rows, ""]))
    return str(folder / "docket.csv")


def letters(folder: Path, *words: str) -> dict[str, bytes]:
    out = folder / "letters"
    assert run(["screen", *words, "--letters", str(out), "--as-of", "2026-11-21"]) == 0
    return {path.name: path.read_bytes() for path in sorted(out.iterdir())}


def test_one_letter_a_case_in_the_language_asked_for(tmp_path: Path) -> None:
    path = docket(tmp_path, "C-1,SE-EE,SE,EE,lease,female,17", "C-2,SE-EE,SE,EE,lease,male,30")
    made = letters(tmp_path, path, "--lang", "es")
    assert list(made) == ["C-1.es.pdf", "C-2.es.pdf"]
    found = text(made["C-1.es.pdf"])
    assert "Decisión motivada sobre un caso propuesto" in found
    assert "age_years 17 años es menor que 18 años" in found
    assert "EXCLUIDO" in found
    assert "unreviewed translation" in found
    assert "Ningún jurista ha revisado esta biblioteca" in found
    assert "DEMOSTRACIÓN" not in found


def test_letters_of_named_cases_alone_and_a_demonstration_on_every_page(tmp_path: Path) -> None:
    path = docket(tmp_path, "C-1,SE-EE,SE,EE,lease,female,17", "C-2,SE-EE,SE,EE,lease,male,30")
    made = letters(tmp_path, path, "--case", "C-2", "--demonstration")
    assert list(made) == ["C-2.en.pdf"]
    pages = PdfReader(io.BytesIO(made["C-2.en.pdf"])).pages
    assert all("DEMONSTRATION" in page.extract_text() for page in pages)


def test_an_id_like_a_path_never_leaves_the_folder(tmp_path: Path) -> None:
    made = letters(tmp_path, docket(tmp_path, "../../x/..:,SE-EE,SE,EE,lease,female,17"))
    (name,) = made
    assert (name[:2], name[-7:]) == ("x-", ".en.pdf")
    assert "../../x/..:" in text(made[name])
    assert {path.name for path in tmp_path.iterdir()} == {"docket.csv", "letters"}


def test_a_case_that_the_docket_does_not_hold_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = docket(tmp_path, "C-1,SE-EE,SE,EE,lease,female,17")
    assert run(["screen", path, "--letters", str(tmp_path / "l"), "--case", "C-9"]) == 2
    assert capsys.readouterr().err.startswith("H903 no case 'C-9'. ")


def test_without_the_typesetter_a_call_for_letters_says_what_to_type(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    monkeypatch.delitem(sys.modules, "habeas.adapters.documents")
    monkeypatch.delattr("habeas.adapters.documents")
    path = docket(tmp_path, "C-1,SE-EE,SE,EE,lease,female,17")
    assert run(["screen", path, "--letters", str(tmp_path / "l")]) == 2
    assert capsys.readouterr().err == (
        "H906 letters need the typesetter Typst. Type: pip install 'habeas[documents]'.\n"
    )
    assert not (tmp_path / "l").exists()
