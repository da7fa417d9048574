"""A page asks the database as often for many persons as for few."""

import json
from pathlib import Path
from typing import Any

import pytest
from bench.installation import Scale

from bench import installation
from web_databases import run

SCRIPT = str(Path(__file__).with_name("counts_queries.py"))
FEW = Scale("few", 80, 1, 8, 3)
MANY = Scale("many", 400, 1, 8, 3)


def counted(scale: Scale) -> dict[str, Any]:
    folder = installation.made(scale)
    prepared = run(folder, "-m", "habeas.web.prepare")
    assert prepared.returncode == 0, prepared.stderr
    asked = run(folder, SCRIPT)
    assert asked.returncode == 0, asked.stderr
    found: dict[str, Any] = json.loads(asked.stdout)
    return found


def test_no_page_asks_more_often_for_five_times_as_many_persons(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HABEAS_BENCH_WEB", str(tmp_path))
    few, many = counted(FEW), counted(MANY)
    there = {page for page, (status, _, _) in many.items() if status == 200}
    assert there >= {"/en/transfers/", "/en/facilities/", "/en/roll/", "/en/search/?q=SEEE-000"}
    more = {
        page: set(many[page][2]) - set(few[page][2])
        for page in there
        if many[page][1] > few[page][1]
    }
    assert not more
