"""Faults found in the reading of law by these tests; each states what should be."""

import csv
from pathlib import Path

import pytest

from habeas.cli.main import run
from habeas.errors import LawError
from habeas.law.check import checked
from habeas.law.library import Library
from habeas.law.tree import Compare, Number

LIBRARY = Library()
LEASE = LIBRARY.agreements["SE-EE"][0].text.replace('id = "SE-EE"', 'id = "X-Y"')
OWN = LEASE.replace("SEEE-", "OWN-")
HIRE = LIBRARY.laws["lease"][0].text.replace('id = "lease"', 'id = "hire"').replace("L-", "HIRE-")


def put(folder: Path, kind: str, text: str, name: str = "x.toml") -> Path:
    (folder / kind).mkdir(exist_ok=True)
    (folder / kind / name).write_text(text)
    return folder / kind / name


def check(folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    status = run(["law", "check", "--library", str(folder)])
    return status, capsys.readouterr().err.splitlines()


def codes(text: str) -> list[str]:
    try:
        checked(text, LIBRARY.vocabulary)
    except LawError as error:
        return [fault.code for fault in error.faults]
    return []


@pytest.mark.parametrize(
    "text", ["sex < sending", "convicted < judgment_final", "sex BETWEEN sending AND receiving"]
)
def test_no_order_is_asked_of_two_facts_that_have_none(text: str) -> None:
    assert "H106" in codes(text)


def test_a_long_number_is_kept_to_its_last_digit() -> None:
    tree = checked("age_years < 9223372036854775807", LIBRARY.vocabulary)
    assert isinstance(tree, Compare)
    assert isinstance(tree.right, Number)
    assert int(tree.right.value) == 2**63 - 1


@pytest.mark.parametrize("text", ["age_years < {}", "age_years + 1 < {}", "age_years IN (1, -{})"])
def test_a_number_that_no_engine_holds_is_refused(text: str) -> None:
    assert codes(text.format(2**63)) == ["H117"]


def test_a_number_finer_than_its_fact_is_refused_however_fine_it_is() -> None:
    assert codes("planned_m2 >= 3.9999" + "9" * 30) == ["H107"]


def test_the_digits_of_a_rule_are_those_of_its_language() -> None:
    assert codes("age_years >= １８") == ["H122"]  # noqa: RUF001


@pytest.mark.parametrize("constant", ["TRUE", "FALSE", "(TRUE)"])
def test_a_rule_that_asks_no_fact_is_refused_however_it_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], constant: str
) -> None:
    required = "sex = 'male' AND age_years >= 18 AND NOT is_receiving_national"
    path = put(tmp_path, "agreements", OWN.replace(required, constant))
    told = check(tmp_path, capsys)
    assert told == (2, [f"{path}:218: H109 rule 'OWN-1' requires a constant. Ask for a fact."])


def block(text: str, rule: str) -> range:
    """The lines of a rule, its header included."""
    start = text.index(f"[rules.{rule}]")
    first = text[:start].count("\n") + 1
    return range(first, first + text[start : text.index("\n[", start)].count("\n") + 1)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("convicted OR TRUE", ["H109"]),
        ("convicted AND (FALSE)", ["H109"]),
        ("NOT FALSE", ["H109"]),
        ("NOT (FALSE AND FALSE)", ["H109", "H109"]),
        ("CASE WHEN TRUE THEN convicted ELSE stay_in_force END", ["H109"]),
        ("CASE WHEN convicted THEN TRUE ELSE FALSE END", []),
        ("convicted = TRUE", []),
    ],
)
def test_no_constant_decides_beside_a_fact(text: str, told: list[str]) -> None:
    assert codes(text) == told


@pytest.mark.parametrize(("opening", "closing"), [("NOT ", ""), ("(", ")")])
def test_a_text_that_nests_32_deep_is_read(opening: str, closing: str) -> None:
    assert codes(opening * 32 + "convicted" + closing * 32) == []


CITED = OWN[OWN.index("cite = [", OWN.index("[rules.OWN-3]")) : OWN.index('remedy = {en = "Keep')]
ASKED = OWN[OWN.index('require = "offence_category') :].split("\n")[0]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (CITED, "", "OWN-3"),
        (ASKED, "", "OWN-2"),
        (ASKED, "require = 5", "OWN-2"),
        ('care need", checked = "text"', 'care need", checked = "seen"', "OWN-3"),
    ],
    ids=["no citation", "no requirement", "a number required", "a word in a citation"],
)
def test_a_fault_of_form_inside_a_rule_is_told_with_a_line_of_that_rule(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, rule: str
) -> None:
    text = OWN.replace(old, new)
    put(tmp_path, "agreements", text)
    _, (told,) = check(tmp_path, capsys)
    assert int(told.split(":")[1]) in block(text, rule)


def test_a_day_in_quotes_is_a_text_and_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tmp_path, "agreements", OWN.replace("from = 2025-06-18", 'from = "2025-06-18"'))
    status, told = check(tmp_path, capsys)
    assert (status, [line.split(" ")[1] for line in told]) == (2, ["H214"])


def test_a_file_that_nests_without_end_is_told_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tmp_path, "agreements", "x = " + "[" * 5_000)
    status, told = check(tmp_path, capsys)
    assert (status, [line.split(" ")[1] for line in told]) == (2, ["H213"])


def test_the_faults_of_all_files_come_in_one_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = HIRE.replace('"enabling_statute"', '"enabling_statut"')
    again = wrong.replace('"hire"', '"let"').replace("HIRE-", "LET-")
    laws = [put(tmp_path, "laws", wrong, "a.toml"), put(tmp_path, "laws", again, "b.toml")]
    deal = put(tmp_path, "agreements", OWN.replace("NOT organised_crime", "NOT organized_crime"))
    status, told = check(tmp_path, capsys)
    assert status == 2
    files = {line.split(":")[0] for line in told if not line.startswith((" ", "help: "))}
    assert files == {str(path) for path in (*laws, deal)}


def test_a_rule_id_of_another_agreement_is_taken_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = put(tmp_path, "agreements", LEASE)
    status, told = check(tmp_path, capsys)
    lines = [f"{path}:{line}: H220" for line in (215, 225, 236)]
    assert (status, [" ".join(line.split(" ")[:2]) for line in told]) == (2, lines)


def test_a_finding_cites_the_law_of_its_own_agreement(tmp_path: Path) -> None:
    put(tmp_path, "agreements", LEASE.replace('at = "men, 18 or over"', 'at = "another place"'))
    docket, out = tmp_path / "docket.csv", tmp_path / "findings.csv"
    head = "case,agreement,sending,receiving,pathway,sex"
    docket.write_text(f"{head}\nC-1,SE-EE,SE,EE,lease,female\nC-2,X-Y,SE,EE,lease,female\n")
    run(["screen", str(docket), "--library", str(tmp_path), "--out", str(out)])
    rows = list(csv.DictReader(out.read_text().splitlines())) if out.exists() else []
    assert [row["case"] for row in rows if "another place" in row["citations"]] in ([], ["C-2"])


def test_a_folder_of_ones_own_does_not_reword_a_shipped_rule(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tmp_path, "agreements", LEASE.replace("Man, 18 or over", "Anybody"))
    run(["law", "show", "SEEE-1", "--library", str(tmp_path)])
    assert "Anybody" not in capsys.readouterr().out
