"""Charts: the same bytes each time, no network, words and a table for those who do not see them."""

import colorsys
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from chromium import CHROMIUM, DRIVER, needed
from habeas.adapters import charts
from habeas.adapters.chart import Chart

HOSTILE = '</script><script>alert(1)</script> & "x" </title><!--'


def occupancy(title: str = "Persons held", days: int = 30) -> Chart:
    rows: list[dict[str, str | int]] = [
        {"day": (date(2028, 6, 1) + timedelta(n)).isoformat(), "held": 280 + n, "absent": n % 3}
        for n in range(days)
    ]
    limits = [("Capacity, reported", 933), ("Paid for whether used or not", 300)]
    return charts.occupancy(rows, limits, title, ["what it was computed from"], f"seen: {title}")


def paid() -> Chart:
    rows = [
        {"month": f"2027-{month:02d}-01", "kind": kind, "amount": f"{month * part}.50",
         "amount_minor": f"{month * part}50"}
        for month in range(1, 13)
        for kind, part in (("Persons held", 100), ("Paid for empty places", 50))
    ]  # fmt: skip
    kinds = ["Persons held", "Paid for empty places"]
    return charts.paid(rows, kinds, "EUR", "What is owed", ["from"], "seen")


def claim() -> Chart:
    rows: list[dict[str, str | int]] = [
        {"month": f"2027-0{n}-01", "register": 100 * n, "claimed": 100 * n + n - 2,
         "difference": n - 2}
        for n in range(1, 6)
    ]  # fmt: skip
    return charts.claim(rows, "Claimed and billed", ["from"], "seen")


ALL = [occupancy(), paid(), claim()]


@pytest.mark.parametrize("chart", ALL, ids=[chart.name for chart in ALL])
def test_the_same_rows_give_the_same_bytes(chart: Chart) -> None:
    for draw in (charts.svg, charts.png, charts.page):
        assert draw(chart) == draw(chart)
    assert charts.svg(chart) != charts.svg(occupancy("another"))


def test_another_process_another_zone_and_another_hash_seed_give_the_same_bytes() -> None:
    script = (
        "import hashlib, test_charts as t; from habeas.adapters import charts as c; "
        "print(*(hashlib.sha256(d(x)).hexdigest() for d in (c.svg, c.png) for x in t.ALL))"
    )
    here = [hashlib.sha256(d(x)).hexdigest() for d in (charts.svg, charts.png) for x in ALL]
    paths = [str(Path(__file__).parent), *sys.path]
    env = os.environ | {
        "TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "7", "PYTHONPATH": os.pathsep.join(paths),
        "LANG": "es_ES.UTF-8",
    }  # fmt: skip
    made = subprocess.run(  # noqa: S603 - this interpreter
        [sys.executable, "-c", script], env=env, capture_output=True, text=True, check=True
    )
    assert made.stdout.split() == here


@pytest.mark.parametrize("chart", ALL, ids=[chart.name for chart in ALL])
def test_a_drawing_says_in_words_what_it_shows(chart: Chart) -> None:
    root = ET.fromstring(charts.svg(chart))  # noqa: S314 - ours
    space = "{http://www.w3.org/2000/svg}"
    assert (root.get("role"), root.findtext(f"{space}title"), root.findtext(f"{space}desc")) == (
        "img",
        chart.title,
        chart.about,
    )
    shown = " ".join(str(one.text) for one in root.iter(f"{space}text"))
    assert all(words in shown for words in ("Persons", "Day")) is (chart.name == "occupancy")
    assert chart.title in shown
    tags = {one.tag.removeprefix(space) for one in root.iter()}
    assert not tags & {"style", "script", "image"}
    assert "style" not in {name for one in root.iter() for name in one.keys()}  # noqa: SIM118


def test_axes_have_titles_with_units_and_limits_have_words() -> None:
    shown = [b"".join(charts.svg(chart).split()) for chart in ALL]
    assert b">Persons<" in shown[0]
    assert b"Capacity,reported:933" in shown[0]
    assert b"Paidforwhetherusedornot:300" in shown[0]
    assert b"Amount(EUR)" in shown[1]
    assert b"Person-days(above:claimlessregister)" in shown[2]
    assert "\N{MINUS SIGN}1".encode() in shown[2]
    assert b">+3<" in shown[2]


def test_colours_differ_in_lightness_so_that_they_are_told_apart_in_grey() -> None:
    def grey(colour: str) -> float:
        r, g, b = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
        return colorsys.rgb_to_yiq(r, g, b)[0]

    pairs = (charts.BLUE, charts.ORANGE), (charts.PALE, charts.BURNT)
    assert all(abs(grey(one) - grey(two)) > 0.25 for one, two in pairs)


class Loads(HTMLParser):
    """What a page would fetch, and how many scripts it holds."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.fetched += [str(value) for name, value in attrs if name in {"src", "href", "srcset"}]


@pytest.mark.parametrize("chart", [*ALL, occupancy(HOSTILE)], ids=lambda chart: chart.title[:9])
def test_a_page_fetches_nothing_and_no_text_becomes_markup(chart: Chart) -> None:
    found = Loads()
    found.feed(charts.page(chart).decode())
    assert found.fetched == []
    assert (found.tags.count("script"), found.tags.count("table")) == (2, 1)
    assert found.tags.count("td") == len(chart.rows) * len(chart.columns)


def test_hostile_words_stay_words_in_the_drawing() -> None:
    root = ET.fromstring(charts.svg(occupancy(HOSTILE)))  # noqa: S314 - ours
    assert HOSTILE in {str(one.text) for one in root.iter("{http://www.w3.org/2000/svg}title")}
    assert not list(root.iter("{http://www.w3.org/2000/svg}script"))


@needed
def test_a_browser_draws_the_page_without_a_network(tmp_path: Path) -> None:
    (path := tmp_path / "c.html").write_bytes(charts.page(occupancy(HOSTILE)))
    options = Options()
    options.binary_location = CHROMIUM
    for flag in ("--headless=new", "--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = webdriver.Chrome(options=options, service=Service(DRIVER))
    try:
        browser.get(path.as_uri())
        WebDriverWait(browser, 20).until(
            lambda one: one.find_elements(By.CSS_SELECTOR, "#vega-chart svg path")
        )
        fetched = browser.execute_script("return performance.getEntriesByType('resource').length")
        assert fetched == 0
        log: Callable[[str], list[object]] = browser.get_log
        assert log("browser") == []
    finally:
        browser.quit()


def test_amounts_reach_the_drawing_as_text_and_no_float_is_made() -> None:
    values = [row for data in paid().spec["datasets"].values() for row in data]
    assert {type(row["amount"]) for row in values} == {str}


def test_a_period_is_drawn_to_the_end_of_its_last_day() -> None:
    days = [
        row["day"] for data in occupancy(days=3).spec["datasets"].values() for row in data
        if "day" in row
    ]  # fmt: skip
    assert max(days) == "2028-06-04"
    assert [row["day"] for row in occupancy(days=3).rows][-1] == "2028-06-03"
