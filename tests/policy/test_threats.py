"""Each threat of the model has a control, a rest, and tests that exist."""

import re
from pathlib import Path

from named_tests import missing

PAGE = (Path(__file__).parents[2] / "docs" / "threats.md").read_text(encoding="utf-8")
PARTS = re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]
IDS = re.compile(r"^- `(tests/[\w/]+\.py::test_\w+)`$", re.MULTILINE)


def test_the_threats_are_numbered_without_a_gap() -> None:
    assert [part.partition(".")[0] for part in PARTS] == [f"T{one}" for one in range(1, 21)]


def test_each_says_what_stands_against_it_and_what_is_left() -> None:
    for part in PARTS:
        control, _, rest = part.partition("\n\n")[2].partition("**Left:** ")
        assert len(control) > 60, part
        assert re.match(r"[A-Z].{5,}\.", rest), part


def test_each_names_tests_and_all_of_them_exist() -> None:
    named = [IDS.findall(part) for part in PARTS]
    assert [part[:20] for part, ids in zip(PARTS, named, strict=True) if len(ids) < 3] == []
    assert missing([one for ids in named for one in ids]) == []
    assert sum(map(len, named)) == PAGE.count("::test_")
