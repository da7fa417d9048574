"""Who is shown what of a person's event: whoever is named nowhere is shown nothing."""

import shutil
from pathlib import Path
from typing import get_args

import pytest

from erasure_cases import OPENED
from habeas.law.library import Library
from habeas.law.records import Disclosures, Unsigned
from habeas.law.references import reference_faults
from habeas.register.events import Actor, Event
from habeas.service.disclose import May, header, may, permissions
from habeas.terms import Role

TABLE: Disclosures = Library().disclosure
READERS = [*Role, *get_args(Unsigned)]
GOLDEN = Path(__file__).parents[1] / "golden" / "disclosure.txt"
EVENT = Event(
    "01JNQ7Z8M3K4V0T2R5X6000001", "custody.opened", "T", "p_" + "1" * 26, 0, None, None, "F",
    OPENED, "observed", (Actor("A", "custodian", "0" * 16),), {"order": "o"}, None,
)  # fmt: skip
NAMES = [name for name, part in TABLE.parts.items() if part.kind == "section"]
NOTHING = May(header=False, body=False, sections=frozenset())


def sections(reader: str) -> frozenset[str]:
    return may(TABLE, reader).sections


@pytest.mark.parametrize("reader", ["", "admin", "CUSTODIAN", "custodian ", "header", "consulate"])
def test_default_deny(reader: str) -> None:
    assert may(TABLE, reader) == NOTHING


@pytest.mark.parametrize("reader", READERS)
def test_a_section_that_the_table_does_not_declare_is_shown_to_nobody(reader: str) -> None:
    assert sections(reader) <= set(NAMES)
    assert not sections(reader) & {"psychiatric", "header", "body", "", "Medical"}


def test_the_matrix_of_every_reader_and_part_is_the_golden_one() -> None:
    lines = []
    for reader in READERS:
        rows, found = permissions(TABLE, reader), may(TABLE, reader)
        seen = {
            "header": found.header,
            "body": found.body,
            "confidential": found.confidential,
            **{name: name in found.sections for name in NAMES},
        }
        assert seen == {part: part in rows for part in TABLE.parts}
        lines += [f"{reader:16}{part:16}{', '.join(rows.get(part, ())) or '-'}" for part in seen]
    assert "\n".join(lines) + "\n" == GOLDEN.read_text()


def test_medical_files_are_for_health_care_and_the_person_alone() -> None:
    assert [one for one in READERS if "medical" in sections(one)] == ["health", "person"]


def test_no_custodian_and_no_court_reads_what_passed_with_counsel() -> None:
    assert [one for one in READERS if "legal" in sections(one)] == ["counsel", "person"]


def test_the_header_tells_who_where_and_when_and_no_key() -> None:
    told = header(EVENT)
    assert (told["subject"], told["facility"], told["type"]) == (
        "p_" + "1" * 26, "F", "custody.opened",
    )  # fmt: skip
    assert "0" * 16 not in str(told)


def test_what_is_not_policy_cites_and_what_is_cites_nothing() -> None:
    odd = [name for name, row in TABLE.rows.items() if (row.standing == "policy") == bool(row.cite)]
    assert odd == []


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('part = "legal"', 'part = "letters"', "H229"),
        ('at = "Rule 61", ', "", "H214"),
        ('roles = ["data_protection"]', 'roles = ["press"]', "H214"),
        ('standing = "policy"', 'standing = "treaty"', "H201"),
        ('source = ["OPCAT20_TEXT"]', 'source = ["OPCAT99"]', "H223"),
    ],
)
def test_a_row_that_names_nothing_or_rests_on_nothing_is_told(
    changed_library: Library, old: str, new: str, code: str
) -> None:
    path = Path(str(changed_library.root)) / "disclosure.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    faults = changed_library.faults() or reference_faults(changed_library)
    assert [fault.code for fault in faults] == [code]


@pytest.fixture
def changed_library(tmp_path: Path) -> Library:
    """A copy of the shipped library, to be changed."""
    library = Library()
    shutil.copytree(Path(str(library.root)), tmp_path / "library")
    library.root = tmp_path / "library"
    return library
