"""Write docs/asvs.md from asvs.toml, or say with `--check` whether it is as it should be."""

import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
TABLE, PAGE = ROOT / "asvs.toml", ROOT / "docs" / "asvs.md"
STATUSES = ("met", "partly", "not_met", "not_applicable")
HEAD = """\
# OWASP ASVS 5.0

Written by `python -m tools.asvs` from [asvs.toml](../asvs.toml), which names the tests of each
requirement that is met. It holds every requirement of levels 1 and 2, and of level 3 those that
were chosen. Numbers and levels are those of OWASP's Application Security Verification Standard
5.0.0 (CC BY-SA 4.0); the words are ours: read theirs. We judged ourselves; nobody else has.

| chapter | met | partly | not met | not applicable |
| --- | --- | --- | --- | --- |
"""

Row = Mapping[str, Any]


def chapters(path: Path = TABLE) -> dict[str, tuple[str, dict[str, Row]]]:
    """Title and requirements of each chapter, by its number."""
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        name.removeprefix("V"): (
            rows["title"], {number: row for number, row in rows.items() if number != "title"}
        )
        for name, rows in found.items()
    }  # fmt: skip


def page() -> str:
    """The whole page."""
    return (
        HEAD
        + "".join(_counts())
        + "".join(_open("partly", "Met in part"))
        + "".join(_open("not_met", "Not met"))
    )


def _counts() -> Iterator[str]:
    total = Counter[str]()
    for number, (title, rows) in chapters().items():
        found = Counter(row["status"] for row in rows.values())
        total += found
        yield f"| {number}. {title} | {' | '.join(str(found[one]) for one in STATUSES)} |\n"
    yield f"| all | {' | '.join(str(total[one]) for one in STATUSES)} |\n"


def _open(status: str, heading: str) -> Iterator[str]:
    yield f"\n## {heading}\n\n"
    for _, rows in chapters().values():
        for number, row in rows.items():
            if row["status"] == status:
                yield f"- **{number}** (level {row['level']}), {row['about']}. {row['reason']}\n"


def main(arguments: list[str]) -> int:
    """Write it, or check it."""
    if arguments == ["--check"]:
        return int(PAGE.read_text(encoding="utf-8") != page())
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
