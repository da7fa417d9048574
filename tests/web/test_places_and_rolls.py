"""Facilities and rolls: who may see them, and that their figures are the command's."""

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client

from habeas.access import Asker
from habeas.terms import ABOUT_NO_PERSON, Deed, Office, Side
from habeas.web.desk import drawings
from habeas.web.readmodels import rebuild, visible
from habeas.web.readmodels.models import Interval
from habeas.web.rounds import Drawer
from installed import browser, command, served

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
AT = "2026-11-20T12:00:00+00:00"
ASKED = AT.replace("+", "%2B")
SEE = {
    Office.RECEIVING_OFFICER, Office.SENDING_OFFICER, Office.FACILITY_OFFICER, Office.COURT,
    Office.COUNSEL, Office.MONITOR, Office.CONSULATE,
}  # fmt: skip
ROLL = {
    Office.RECEIVING_OFFICER, Office.SENDING_OFFICER, Office.FACILITY_OFFICER, Office.MONITOR,
    Office.AUDITOR,
}  # fmt: skip
pytestmark = pytest.mark.usefixtures("folder")
PLACES = ("facilities/", "facilities/TARTU/", "facilities/TARTU/cells/E-01/")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, _made: Path) -> Iterator[Path]:
    with served(tmp_path_factory, "SE-EE", "EE", NOW) as own:
        yield own


@pytest.fixture
def officer() -> Client:
    return browser(Office.RECEIVING_OFFICER, "EE-VANGLA")


@pytest.mark.parametrize("office", list(Office))
def test_only_those_of_the_table_see_facilities(office: Office) -> None:
    client = browser(office)
    expected = 200 if office in SEE else 404
    assert [client.get(f"/en/{one}").status_code for one in PLACES] == [expected] * 3


@pytest.mark.parametrize("office", list(Office))
def test_only_those_of_the_table_see_the_roll(office: Office) -> None:
    assert browser(office).get("/en/roll/").status_code == (200 if office in ROLL else 404)


@pytest.mark.parametrize("page", [*PLACES, "roll/", "facilities/TARTU/occupancy.csv"])
def test_a_stranger_and_nobody_see_nothing(page: str) -> None:
    stranger = browser(Office.SENDING_OFFICER, "QM-STRANGER")
    assert stranger.get(f"/en/{page}").status_code == 404
    assert browser(None).get(f"/en/{page}").status_code in (302, 404)


@pytest.mark.parametrize("page", ["facilities/NOWHERE/", "facilities/TARTU/cells/E-99/"])
def test_what_is_not_there_looks_as_what_is_not_allowed(officer: Client, page: str) -> None:
    assert officer.get(f"/en/{page}").status_code == 404


def test_the_figures_of_a_facility_are_those_of_the_command(folder: Path, officer: Client) -> None:
    told = command(
        "space", "density", str(folder / "facilities/tartu.toml"), "--register",
        str(folder / "register.sqlite3"), "--agreement", "SE-EE", "--as-of", AT,
    )  # fmt: skip
    shown = officer.get(f"/en/facilities/TARTU/?as_of={ASKED}&format=json").json()
    assert shown["rows"] == told["rows"]
    assert shown["findings"] == told["findings"]
    assert shown["counts"]["physically_here"] == told["counts"]["physically_here"]
    page = officer.get(f"/en/facilities/TARTU/?as_of={ASKED}").content.decode()
    heat = page[page.index("hab-heat") : page.index("</table>", page.index("hab-heat"))]
    figures = re.findall(r"([0-9]+\.[0-9]{2})<span", heat)
    order = {row["cell"]: row["m2_per_person"] for row in told["rows"]}
    assert sorted(figures) == sorted(order.values())
    assert len(re.findall("Over the maximum", page)) == len(
        [one for one in told["findings"] if one["kind"] == "over the maximum"]
    )


def test_a_cell_says_the_words_of_the_command(folder: Path, officer: Client) -> None:
    told = command(
        "space", "density", str(folder / "facilities/tartu.toml"), "--register",
        str(folder / "register.sqlite3"), "--agreement", "SE-EE", "--as-of", AT,
    )  # fmt: skip
    row = next(one for one in told["rows"] if one["cell"] == "E-01")
    page = officer.get(f"/en/facilities/TARTU/cells/E-01/?as_of={ASKED}").content.decode()
    results = re.findall(r"</svg>(Met|Below|Not established)</strong>", page)
    words = {"met": "Met", "below": "Below", "not established": "Not established"}
    expected = [words[one] for one in row["standards"].values() if one in words]
    assert sorted(results[-len(expected) :]) == sorted(expected)


def test_the_roll_is_that_of_the_command(folder: Path, officer: Client) -> None:
    told = command(
        "custody", "roll", str(folder / "register.sqlite3"), "--agreement", "SE-EE", "--as-of", AT
    )
    shown = officer.get(f"/en/roll/?as_of={ASKED}&format=json").json()
    keys = ("facility", "custodian", "status")
    counts = Counter(tuple(one[key] for key in keys) for one in told["rows"])
    assert {tuple(one[key] for key in keys): one["persons"] for one in shown["counts"]} == counts
    mine = {one["register_number"] for one in shown["roll"]}
    assert shown["roll"] == [one for one in told["rows"] if one["register_number"] in mine]
    assert mine >= {
        one["register_number"] for one in told["rows"] if one["custodian"] == "receiving"
    }


def test_who_may_not_see_a_person_sees_a_count_and_no_number() -> None:
    auditor = browser(Office.AUDITOR)
    page = auditor.get(f"/en/roll/?as_of={ASKED}").content.decode()
    assert "Nobody whom you may see." in page
    numbers = Interval.objects.values_list("subject", flat=True).distinct()
    assert numbers
    assert not [one for one in numbers if one in page]
    found = auditor.get(f"/en/roll/?as_of={ASKED}&format=json").json()
    assert found["roll"] == []
    assert sum(one["persons"] for one in found["counts"]) > 50


def test_counsel_sees_no_number_of_whom_they_do_not_defend() -> None:
    page = browser(Office.CONSULATE).get("/en/facilities/TARTU/").content.decode()
    numbers = Interval.objects.values_list("subject", flat=True).distinct()
    assert not [one for one in numbers if one in page]


def test_movements_name_those_whom_the_asker_may_see_and_nobody_else(officer: Client) -> None:
    came = Interval.objects.filter(facility="TARTU", status="held").order_by("start")[5]
    asked = {"as_of": (came.start + timedelta(hours=1)).isoformat()}
    assert came.subject in officer.get("/en/facilities/TARTU/", asked).content.decode()
    for office in (Office.CONSULATE, Office.COUNSEL):
        mine = visible.subjects(Asker(f"EE-{office.name}", Side.RECEIVING, office))
        page = browser(office, f"EE-{office.name}").get("/en/facilities/TARTU/", asked)
        text = page.content.decode()
        assert "came in" in text
        hidden = Interval.objects.exclude(subject__in=mine).values_list("subject", flat=True)
        assert [one for one in hidden if one in text] == []


@pytest.mark.parametrize("deed", Deed)
@pytest.mark.parametrize("office", Office)
def test_everybody_is_counted_only_for_deeds_about_nobody_that_the_table_grants(
    office: Office, deed: Deed
) -> None:
    asker = Asker("EE-VANGLA", Side.RECEIVING, office)
    counted = deed in ABOUT_NO_PERSON and visible.may(asker, deed)
    assert visible.everybody(asker, deed).exists() == counted
    assert visible.releases(asker, deed).exists() == counted


@pytest.mark.parametrize("text", ["x", "2026-13-01", "2026-11-20T12:00:00", "2099-01-01"])
def test_an_instant_that_is_none_is_refused_and_kept(officer: Client, text: str) -> None:
    for page in ("facilities/TARTU/", "roll/"):
        found = officer.get(f"/en/{page}", {"as_of": text})
        assert found.status_code == 422
        assert "H841" in found.content.decode()
        assert f'value="{text}"' in found.content.decode()


def test_filters_narrow_and_a_word_that_is_none_narrows_to_nothing(officer: Client) -> None:
    everything = officer.get(f"/en/roll/?as_of={ASKED}&format=json").json()["roll"]
    held = officer.get(f"/en/roll/?as_of={ASKED}&status=held&format=json").json()["roll"]
    assert 0 < len(held) < len(everything)
    assert {one["status"] for one in held} == {"held"}
    odd = officer.get(f"/en/roll/?as_of={ASKED}&status=x&format=json").json()["roll"]
    assert odd == everything


def test_a_roll_offers_every_facility_that_holds_somebody_then(officer: Client) -> None:
    def offered(**query: str) -> list[str]:
        page = officer.get("/en/roll/", query).content.decode()
        choice = page.partition('id="facility"')[2].partition("</select>")[0]
        return re.findall(r'<option value="([^"]+)"', choice)

    counts = officer.get(f"/en/roll/?as_of={ASKED}&format=json").json()["counts"]
    there = sorted({one["facility"] for one in counts} - {""})
    assert len(there) > 1
    assert offered(as_of=AT) == offered(as_of=AT, facility=there[0], status="held") == there
    assert offered(as_of="2020-01-01") == []
    assert offered(as_of="2020-01-01", facility="NOWHERE") == ["NOWHERE"]
    page = officer.get("/en/roll/", {"as_of": AT}).content.decode()
    assert f"{sum(one['persons'] for one in counts):,} in all;" in page


def test_what_is_shown_of_persons_is_recorded_first(folder: Path, officer: Client) -> None:
    reads = folder / "reads" / "register.sqlite3"
    before = reads.stat().st_mtime_ns, _leaves(reads)
    officer.get(f"/en/roll/?as_of={ASKED}")
    assert _leaves(reads) == before[1] + 25


def _leaves(path: Path) -> int:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as found:
        count: int = found.execute("SELECT count(*) FROM leaf").fetchone()[0]
    return count


def test_a_page_has_the_table_until_the_drawing_is_there(officer: Client) -> None:
    page = officer.get("/es/facilities/TARTU/").content.decode()
    assert '<details class="govuk-details hab-chart__table" open>' in page
    assert drawings.possible()
    Drawer().round()
    drawn = officer.get("/es/facilities/TARTU/").content.decode()
    assert 'role="img"' in drawn
    assert "style=" not in drawn
    assert len(drawn.encode()) < 150_000
    assert drawings.draw() == 0


def test_the_table_of_intervals_is_the_registers_after_a_rebuild() -> None:
    before = list(Interval.objects.order_by("event_in").values_list("subject", "start", "end"))
    rebuild.rebuild()
    assert before == list(
        Interval.objects.order_by("event_in").values_list("subject", "start", "end")
    )


def test_who_is_in_no_cell_is_told_in_the_language_of_the_page(officer: Client) -> None:
    held = Interval.objects.filter(cell="", end=None, status="held").exclude(facility="")
    said = {
        language: officer.get(f"/{language}/facilities/{held[0].facility}/").content.decode()
        for language in ("en", "es")
    }
    assert "floor of “no cell recorded”" in said["en"]
    assert "no cell recorded" not in said["es"]
