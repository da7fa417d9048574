"""The report of a projection: what it must say, what it must never say, in both languages."""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from html.parser import HTMLParser
from importlib import resources
from typing import Any

import pytest

from habeas.adapters import projection_files, projection_page
from habeas.errors import Language
from habeas.service import NOT_REVIEWED, projecting, projection_layers
from habeas.service.paper import Say
from habeas.service.projected import Crossing
from habeas.service.projection_report import WORDS, report
from habeas.service.projection_told import Told
from projected_cases import band, both, projection, scenario

NEVER = re.compile(
    r"\b(probab|probable|likelihood|confidence interval|intervalo de confianza)", re.IGNORECASE
)
HOSTILE = "<script>alert(1)</script>"


def data(lang: Language = "en", **changed: object) -> dict[str, Any]:
    return asdict(report(projection(**changed), Say(lang, WORDS), "1"))


def texts(found: object) -> Iterator[str]:
    if isinstance(found, str):
        yield found
    elif isinstance(found, dict):
        for one in found.values():
            yield from texts(one)
    elif isinstance(found, list | tuple):
        for one in found:
            yield from texts(one)


@pytest.mark.parametrize("lang", ["en", "es"])
def test_a_range_is_never_called_a_probability(lang: Language) -> None:
    assert [one for one in texts(data(lang)) if NEVER.search(one)] == []


@pytest.mark.parametrize("lang", ["en", "es"])
def test_no_place_of_a_text_is_left_unfilled(lang: Language) -> None:
    assert [one for one in texts(data(lang)) if re.search(r"\{[a-z_]+\}", one)
            and "{shown}" not in one] == []  # fmt: skip


def test_every_word_is_there_in_both_languages() -> None:
    text = (resources.files("habeas") / "documents" / WORDS).read_text("utf-8")
    places = re.compile(r"\{[a-z_]+\}")
    for group, rows in json.loads(text).items():
        for name, (english, spanish) in rows.items():
            filled = [sorted(places.findall(one)) for one in (english, spanish)]
            assert filled[0] == filled[1], f"{group}.{name}"


def test_the_first_page_answers_in_its_order() -> None:
    questions = [one["question"] for one in data()["answers"]]
    assert questions == ["What would it do?", "By when?", "At what price?",
                         "What could not lawfully happen at all?", "How sure is this?"]  # fmt: skip
    told = {one["question"]: " ".join(one["texts"]) for one in data()["answers"]}
    assert "about 33,400 people" in told["What would it do?"]
    assert "USD 27,500 million" in told["At what price?"]
    assert "none could lawfully be sent" in told["What could not lawfully happen at all?"]


def test_a_box_says_first_that_the_rules_are_set_aside() -> None:
    assert data()["warnings"]
    assert data(scenario=scenario(rules="applied"))["warnings"] == ()


def test_unknown_is_never_a_yes_and_nothing_unknown_is_invented() -> None:
    told = data(lawful=(), never=(), paid=(), totals={}, worths=(), crossings=())
    answers = {one["question"]: one["texts"] for one in told["answers"]}
    assert answers["At what price?"] == ("No price is known for this scenario; none is invented.",)
    assert "nothing is said" in answers["What could not lawfully happen at all?"][0]


def test_every_report_says_that_no_lawyer_reviewed_it() -> None:
    assert NOT_REVIEWED in data()["notes"]
    assert any("Ningún abogado" in one for one in data("es")["notes"])


def test_the_layers_are_apart_with_source_size_and_range() -> None:
    told = Told(Say("en", WORDS), "USD", 2)
    given, measured, assumed = projection_layers.grids(scenario(), told, {"USSC": "a report"})
    rows = {row[0].text: row for row in assumed.rows}
    stay = rows["Length of sentence: sentenced"]
    assert (
        stay[1].text
        == "mean in days: 900 to 1,500, any alike; lognormal, spread 0.7 of its logarithm"
    )
    assert stay[2].text == "USSC: a report"
    assert rows["Put forward a day: sentenced"][2].text == "assumption of this scenario"
    assert "Nothing was measured" in measured.rows[0][0].text
    assert any(row[2].text == "CECOT_PRESS" for row in given.rows)


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0"), (0.04, "under 0.1"), (0.4, "0.4"), (7, "7"), (999, "999"), (1234, "1,230"),
     (33_449, "33,400"), (1_275_000, "1,280,000"), (-1234, "-1,230")],
)  # fmt: skip
def test_people_are_rounded_to_three_figures(number: float, said: str) -> None:
    assert Told(Say("en", WORDS), "USD", 2).count(number) == said


@pytest.mark.parametrize(
    ("minor", "said"),
    [(5479, "USD 54.79"), (1_234_500, "USD 12,300"), (123_456_700, "USD 1.23 million"),
     (2_750_000_000_000, "USD 27,500 million"), (-500_000_000, "USD -5.00 million")],
)  # fmt: skip
def test_sums_are_rounded_to_three_figures(minor: int, said: str) -> None:
    assert Told(Say("en", WORDS), "USD", 2).sum(minor) == said


class Page(HTMLParser):
    """What a page asks of a browser."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.asked, self.tags, self.ids = list[str](), list[str](), list[str]()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name in {"src", "href", "xlink:href", "action"} and value:
                self.asked.append(value)
            if name == "id" and value:
                self.ids.append(value)


def test_the_page_asks_nothing_of_a_network_and_runs_nothing() -> None:
    files = projection_files.files({"en": data()}, "report")
    text = files["report.html"].decode()
    page = Page(text)
    assert "script" not in page.tags
    assert [one for one in page.asked if not one.startswith(("#", "data:text/csv;base64,"))] == []
    assert len(page.ids) == len(set(page.ids)), "a drawing would take another's parts"
    assert page.tags.count("figure") == sum(len(one["pictures"]) for one in data()["sections"])
    assert page.tags.count("caption") >= page.tags.count("figure")
    assert {f"charts/{name}.csv" for name in ("money", "persons-CECOT", "first-days")} <= set(files)


def test_what_is_hostile_in_a_scenario_stays_text() -> None:
    crossing = Crossing(both(HOSTILE, HOSTILE), HOSTILE, 3, date(2027, 1, 1), None, None, HOSTILE)
    found = data(crossings=(crossing,), scenario=scenario(title={"en": HOSTILE, "es": HOSTILE}))
    files = projection_files.files({"en": found}, "report")
    assert HOSTILE not in files["report.html"].decode()
    assert not any(HOSTILE.encode() in one for name, one in files.items() if name.endswith(".svg"))


def test_a_run_that_is_too_long_says_how_long_and_what_to_ask() -> None:
    said = projecting.longer(600, 60, 1000).faults[0]
    assert (said.code, "600 seconds" in said.what) == ("H833", True)
    assert "--draws 100" in said.fix
    assert "--at-most 910" in said.fix


def test_the_middle_of_a_range_is_between_its_ends() -> None:
    one = band(100)
    assert one.p5 < one.p25 < one.p50 < one.p75 < one.p95


def test_the_parts_of_a_drawing_are_its_own() -> None:
    svg = '<svg><clipPath id="clip0"/><g clip-path="url(#clip0)"/></svg>'
    own = '<svg><clipPath id="a-clip0"/><g clip-path="url(#a-clip0)"/></svg>'
    assert projection_page.apart(svg, "a") == own
