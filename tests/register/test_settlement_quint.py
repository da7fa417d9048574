"""The model of settlement in Quint, where its simulator is at hand."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

MODEL = Path(__file__).parents[2] / "docs/spec/settlement.qnt"
QUINT = os.environ.get("QUINT") or shutil.which("quint")
AT_HAND = pytest.mark.skipif(
    QUINT is None, reason="quint is not installed: npm install @informalsystems/quint (ADR 0026)"
)
RIGHT = "      prefix(laid, one.signed), // its leaves lead to its checkpoint\n"


def _ran(model: Path, samples: int) -> str:
    words = [str(QUINT), "run", "--backend", "typescript", "--invariant", "safe", "--seed", "9"]
    words += ["--witnesses", "someSettled", "someOverdue", "--max-steps", "40"]
    words += ["--max-samples", str(samples), str(model)]
    found = subprocess.run(words, capture_output=True, text=True, check=False, timeout=600)  # noqa: S603
    return found.stdout + found.stderr


@AT_HAND
def test_no_run_of_the_model_breaks_what_always_holds_and_some_settle() -> None:
    told = _ran(MODEL, 100)
    assert "No violation found" in told
    for name in ("someSettled", "someOverdue"):
        count = re.search(rf"{name} was witnessed in (\d+) trace", told)
        assert count is not None
        assert int(count[1]) > 0


@AT_HAND
def test_a_mirror_that_does_not_look_at_the_checkpoint_breaks_it(tmp_path: Path) -> None:
    text = MODEL.read_text("utf-8")
    assert RIGHT in text
    wrong = tmp_path / "settlement.qnt"
    wrong.write_text(text.replace(RIGHT, ""), "utf-8")
    assert "Invariant violated" in _ran(wrong, 100)
