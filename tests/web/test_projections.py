"""Projections on the web: who may, bad scenarios, the queue, a result, and two compared."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from habeas.adapters import projection_runs
from habeas.service import scenario
from habeas.terms import Office
from installed import browser, served

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SEE = {
    Office.SENDING_OFFICER,
    Office.RECEIVING_OFFICER,
    Office.MONITOR,
    Office.FINANCE,
    Office.AUDITOR,
}
SHORT = "us-sv-reported"
WAIT_S = 240
pytestmark = pytest.mark.usefixtures("compiled", "folder")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, _made: Path) -> Iterator[Path]:
    with served(tmp_path_factory, "SE-EE", "EE", NOW) as own:
        yield own


@pytest.fixture
def officer() -> Client:
    return browser(Office.RECEIVING_OFFICER)


def form(**changed: object) -> dict[str, object]:
    return {"shipped": SHORT, "draws": "5", "seed": "1"} | changed


@pytest.mark.parametrize("office", list(Office))
def test_only_those_of_the_table_see_projections(office: Office) -> None:
    expected = 200 if office in SEE else 404
    assert browser(office).get("/en/projections/").status_code == expected


def test_a_stranger_sees_nothing_and_nobody_is_told_that_one_is_there(folder: Path) -> None:
    asked = projection_runs.Asked("x", {"en": "x", "es": "x"}, 5, 1, NOW.isoformat())
    name = projection_runs.ask(folder, ["never run"], asked)
    stranger = browser(Office.SENDING_OFFICER, "QM-STRANGER")
    for address in ("", f"{name}/", f"{name}/report.html"):
        assert stranger.get(f"/en/projections/{address}").status_code == 404
        assert browser(Office.COUNSEL).get(f"/en/projections/{address}").status_code == 404
    assert browser(None).get("/en/projections/").status_code in {302, 404}
    waiting = browser(Office.AUDITOR).get(f"/en/projections/{name}/").content.decode()
    assert 'http-equiv="refresh"' in waiting
    (folder / "projections" / str(name) / projection_runs.ASKED).unlink()


def test_an_auditor_sees_and_asks_nothing() -> None:
    auditor = browser(Office.AUDITOR)
    assert auditor.post("/en/projections/", form()).status_code == 404
    assert 'type="file"' not in auditor.get("/en/projections/").content.decode()


BAD: dict[str, tuple[dict[str, object], str]] = {
    "neither": ({"shipped": ""}, "H834"),
    "both": ({"file": b"x = 1"}, "H834"),
    "binary": ({"shipped": "", "file": b"a\0b"}, "H834"),
    "latin": ({"shipped": "", "file": "año".encode("latin-1")}, "H834"),
    "large": ({"shipped": "", "file": b"#" * (256 * 1024 + 1)}, "H834"),
    "no toml": ({"shipped": "", "file": b"this is no file"}, "scenario.toml:1"),
    "many draws": ({"draws": "1001"}, "1000"),
    "no draws": ({"draws": "0"}, "1"),
    "seed": ({"seed": "-1"}, "0"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_wrong_is_said_and_nothing_is_run(folder: Path, officer: Client, case: str) -> None:
    changed, said = BAD[case]
    data = form(**changed)
    content = data.get("file")
    if isinstance(content, bytes):
        data["file"] = SimpleUploadedFile("a.toml", content)
    before = projection_runs.every(folder)
    answer = officer.post("/en/projections/", data)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert projection_runs.every(folder) == before


def test_every_fault_of_a_scenario_is_said_with_its_line(officer: Client) -> None:
    text = scenario.shipped_text(SHORT).replace('currency = "USD"', 'currency = "USD"\nxyz = 1', 1)
    bad = text.replace("after = ", "after = 2020-01-01 # ", 1) if "xyz" not in text else text
    data = form(shipped="", file=SimpleUploadedFile("mine.toml", bad.encode()))
    page = officer.post("/en/projections/", data).content.decode()
    assert "scenario.toml:" in page
    assert "xyz" in page


@pytest.mark.parametrize("name", ["..", "a" * 64, "../installation", "A" * 64, "x"])
def test_a_projection_has_no_name_of_its_asker(officer: Client, name: str) -> None:
    assert officer.get(f"/en/projections/{name}/").status_code == 404
    assert officer.get(f"/en/projections/{name}/report.html").status_code == 404


def run(folder: Path) -> None:
    """What runs beside the web, until nothing waits."""
    runs, end = projection_runs.Runs(folder), monotonic() + WAIT_S
    try:
        while any(one.state in {"waits", "runs"} for one in projection_runs.every(folder)):
            assert monotonic() < end
            runs.round()
            sleep(0.2)
    finally:
        runs.close()


def test_two_are_asked_run_read_and_compared(folder: Path, officer: Client) -> None:
    places = []
    own = scenario.shipped_text(SHORT).replace(f'id = "{SHORT}"', 'id = "mine"', 1)
    for changed in ({"shipped": SHORT}, {"shipped": "", "file": own}):
        for _twice in range(2):  # the same is never run twice
            data = form(**changed)
            if "file" in changed:
                data["file"] = SimpleUploadedFile("a.toml", own.encode())
            answer = officer.post("/en/projections/", data)
            assert answer.status_code == 302, answer.content.decode()
            places.append(str(answer.headers["Location"]))
    assert places[0] == places[1] != places[2] == places[3]
    places = places[::2]
    run(folder)
    first = officer.get(places[0])
    page = first.content.decode()
    assert "What could not lawfully happen at all?" in page
    assert "<svg" in page
    assert "probability of" not in page
    assert "http-equiv" not in page
    spanish = officer.get(places[0].replace("/en/", "/es/")).content.decode()
    assert "¿Qué no podría ocurrir legalmente de ningún modo?" in spanish
    for file in ("report.html", "ranges.parquet", "projection.json"):
        given = officer.get(f"{places[0]}{file}")
        assert given.headers["Content-Disposition"].startswith("attachment")
        assert b"".join(given.streaming_content)  # type: ignore[attr-defined]  # Django's stubs
    for file in ("run.json", "asked.json", "..%2fasked.json", "page.en.json"):
        assert officer.get(f"{places[0]}{file}").status_code == 404
    other = places[1].rstrip("/").rpartition("/")[2]
    compared = officer.post(places[0], {"other": other})
    assert compared.status_code == 302
    run(folder)
    told = officer.get(str(compared.headers["Location"])).content.decode()
    assert "What differs?" in told


def test_what_cannot_be_drawn_says_why(folder: Path, officer: Client) -> None:
    asked = projection_runs.Asked("bad", {"en": "bad", "es": "mal"}, 5, 1, NOW.isoformat())
    name = projection_runs.ask(folder, ["no scenario"], asked)
    run(folder)
    page = officer.get(f"/en/projections/{name}/").content.decode()
    assert "scenario.toml:1" in page
    assert str(folder) not in page


def test_no_more_are_kept_than_may_wait(folder: Path, officer: Client) -> None:
    for seed in range(100, 100 + projection_runs.MOST_WAITING):
        assert officer.post("/en/projections/", form(seed=str(seed))).status_code == 302
    refused = officer.post("/en/projections/", form(seed="9999"))
    assert refused.status_code == 422
    assert "H835" in refused.content.decode()
    for one in projection_runs.every(folder):
        if one.state == "waits":
            one.folder.joinpath(projection_runs.ASKED).unlink()
