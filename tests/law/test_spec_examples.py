"""The worked examples of docs/spec: they load, and they say what the text under them says."""

from pathlib import Path

import pytest

from habeas.adapters.importers import docket_file
from habeas.docket.columns import Value, instant
from habeas.law.agreement import Law
from habeas.law.library import Library
from habeas.law.program import ProgramRule
from habeas.law.read import Names, decoded, drafts
from habeas.screening.evaluate import finding
from habeas.service import intake
from habeas.service.screen import screen
from habeas.terms import Finding

SPEC = Path(__file__).parents[2] / "docs" / "spec"
LIBRARY = Library()


def example(file: str, form: str) -> str:
    """The first block of a specification in that form."""
    return (SPEC / file).read_text().split(f"```{form}\n", 1)[1].split("```", 1)[0]


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"pathway": "removal"}, Finding.MET),
        ({"pathway": "removal", "judgment_final": False}, Finding.MET),
        ({"pathway": "lease", "judgment_final": False}, Finding.NOT_MET),
        ({"pathway": "lease"}, Finding.NOT_ESTABLISHED),
        ({"pathway": "lease", "judgment_final": True}, Finding.MET),
    ],
)
def test_the_law_file_of_the_specification_answers_as_it_says(
    facts: dict[str, Value], told: Finding
) -> None:
    text = example("agreement.md", "toml")
    law = decoded(text, Law, "example.toml")
    names = Names(LIBRARY.vocabulary, law.params, frozenset(law.rules))
    (draft,) = drafts(text, law.rules, names, LIBRARY.layers, "example.toml")
    (one,) = draft.wordings
    rule = ProgramRule(draft.id, draft.layer, one.source, one.applies, one.require)
    assert (rule.id, finding(rule, facts)) == ("B-FIN-1", told)


def test_the_docket_of_the_specification_is_screened_as_it_says(tmp_path: Path) -> None:
    path, at = tmp_path / "docket.csv", instant("2026-11-21", "as-of")
    path.write_text(example("docket.md", ""))
    docket = intake.read(*docket_file.read(path), LIBRARY, str(path))
    assert at is not None
    one, two = screen(docket, LIBRARY, at).decisions
    assert [(row.case, row.code) for row in docket.refused] == [("C-3", "H402"), ("C-4", "H416")]
    assert ("B-FIN-1" in one.not_established, one.lapsed) == (False, {})
    assert ("B-FIN-1" in two.not_established, two.lapsed) == (
        True, {"identity_confirmed": "expired"})  # fmt: skip
