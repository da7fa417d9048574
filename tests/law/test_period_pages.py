"""`law show` of what changes in time: parameters, versions of a rule, overrides."""

import json
from pathlib import Path

import pytest

from habeas.cli.main import run
from own_law import TREATY, own, rule

PARAM = """
[params.least]
unit = "months"
text = {en = "Least time.", es = "Tiempo mínimo."}
values = [
  {until = 2026-01-01, value = 6, cite = [CITE]},
  {from = 2026-01-01, until = 2030-01-01, value = 9, cite = [CITE]},
  {from = 2030-01-01, value = 12, cite = [CITE], expected = true},
]
overridable = "treaty"
floor = 2
ceiling = 24
"""
LAW = (
    PARAM
    + rule("P-1", "months_remaining >= :least")
    + rule("P-2", "RULE('P-1')")
    + (
        rule(
            "P-3", "age_years >= 18", from_="2025-01-01", until="2026-11-21", overridable='"treaty"'
        )
        + '\n[[rules.P-3.version]]\nfrom = 2026-11-21\nrequire = "age_years >= 21"\n'
        + 'text = {en = "At 21.", es = "A los 21."}\n'
    )
)
OVERRIDES = """
[[overrides]]
target = "params.least"
value = 3
cite = OVER
why = {en = "The pact says three.", es = "El pacto dice tres."}

[[overrides]]
target = "rules.P-3"
require = "age_years >= 16"
cite = OVER
why = SAY
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    own(tmp_path, LAW, OVERRIDES + TREATY)
    return tmp_path


def shown(folder: Path, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    day = [] if "--as-of" in words else ["--as-of", "2026-11-21"]
    assert run(["law", "show", *words, *day, "--library", str(folder), "--markdown"]) == 0
    return capsys.readouterr().out


def test_a_parameter_shows_its_value_now_its_history_and_its_bounds(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = shown(folder, capsys, "least")
    for line in (
        "- **Value, 2026-11-21**: 9 months",
        "- **May it be overridden**: only by a clause of a treaty in force for each party",
        "- **Never below**: 2 months",
        "- **Never above**: 24 months",
        "- **6 months**: before: 2026-01-01\n  - act, s. 1 (read in the source)",
        "- **9 months**: From: 2026-01-01, before: 2030-01-01; in force on 2026-11-21",
        "- **12 months**: From: 2030-01-01; expected: never applied before its first day",
        "- **P-1**: One sentence.",
        "- **X-Y**: 3\n  - The pact says three.\n  - pact, art. 5 (read in the source)",
    ):
        assert line in told
    assert "- **Valor, 2030-01-01**: 12 meses" in shown(
        folder, capsys, "least", "--lang", "es", "--as-of", "2030-01-01"
    )


def test_a_rule_shows_the_parameters_and_the_rules_that_it_names(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = shown(folder, capsys, "P-1")
    assert "- **:least**: Value, 2026-11-21: 9 months\n  - Least time.\n" in told
    assert "  - Never below: 2 months" in told
    told = shown(folder, capsys, "P-2", "--lang", "es")
    assert "## Reglas que nombra\n\n- **P-1**: Una frase." in told


def test_a_rule_shows_each_wording_with_its_period_and_what_departs_from_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = shown(folder, capsys, "P-3")
    assert "From: 2025-01-01, before: 2026-11-21" in told
    assert "## Version: From: 2026-11-21\n\nAt 21.\n\n```sql\nage_years >= 21\n```" in told
    assert "## Overridden by\n\n- **X-Y**: age\\_years \\>= 16" in told
    assert "> Not in force on" not in told
    assert "> No está en vigor el 2024-12-31" in shown(
        folder, capsys, "P-3", "--lang", "es", "--as-of", "2024-12-31"
    )


def test_an_agreement_shows_where_it_departs_from_the_law(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = shown(folder, capsys, "X-Y", "--lang", "es")
    assert "## Excepciones al derecho base\n\n> Aquí el acuerdo se aparta" in told
    assert "- **params.least**: 3\n  - El pacto dice tres.\n  - pact, art. 5" in told


def test_a_law_file_shows_its_parameters(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "## Parameters\n\n- **:least**: Value" in shown(folder, capsys, "own")


def test_the_shipped_parameters_have_pages_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    for name, value in (("min_months", 6), ("shared_cell_m2", "4.0")):
        assert run(["law", "show", name, "--json"]) == 0
        (found,) = json.loads(capsys.readouterr().out)["found"]
        assert (found["kind"], found["thing"]["values"][0]["value"]) == ("parameter", value)
        assert found["thing"]["overridable"] == "treaty"
