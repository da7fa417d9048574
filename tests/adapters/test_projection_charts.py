"""The drawings of a projection: same bytes, words and limits on them, told apart in grey."""

import colorsys
import re
from typing import Any

import pytest

from habeas.adapters import charts, projection_charts
from habeas.service import projection_pictures, projection_report
from habeas.service.paper import Say
from habeas.service.projection_report import WORDS
from habeas.service.projection_told import Told
from projected_cases import people, projection

HOSTILE = '</title><script>alert(1)</script> & "x"'
PICTURES = projection_report.report(projection(), Say("en", WORDS), "1").pictures


def picture(kind: str) -> dict[str, Any]:
    return next(one for one in PICTURES if one.kind == kind).data()


@pytest.mark.parametrize("kind", ["fan", "money", "firsts", "tornado", "sobol", "shares"])
def test_each_is_drawn_the_same_twice_with_its_words(kind: str) -> None:
    found = picture(kind)
    chart = projection_charts.chart(kind, found)
    drawing = charts.svg(chart)
    assert drawing == charts.svg(projection_charts.chart(kind, found))
    text = drawing.decode()
    assert f"<title>{found['title']}" in text
    assert " style=" not in text
    assert len(chart.rows) == len(found["rows"])


def test_what_is_hostile_in_a_name_stays_text() -> None:
    found = picture("tornado")
    rows = [{**found["rows"][0], "name": HOSTILE}]
    chart = projection_charts.chart("tornado", {**found, "rows": rows, "title": HOSTILE})
    assert "<script>" not in charts.svg(chart).decode()


def test_limits_and_places_stand_on_the_fan_with_their_words() -> None:
    drawing = charts.svg(projection_charts.chart("fan", picture("fan"))).decode()
    for said in ("Places: 40,000", "4 m² a person: 6,400", "90 of 100 draws"):
        assert said in drawing, said


def test_a_fan_thins_out_its_drawing_and_never_its_rows() -> None:
    rows = [{"day": n} for n in range(3652)]
    thin = projection_charts.thinned(rows)
    assert len(thin) <= projection_charts.MOST_POINTS + 1
    assert (thin[0], thin[-1]) == (rows[0], rows[-1])
    assert projection_charts.thinned(rows[:3]) == rows[:3]
    assert projection_charts.thinned([]) == []
    assert len(projection_charts.chart("fan", picture("fan")).rows) == len(people().bands)


def test_a_number_below_zero_is_on_the_drawing() -> None:
    told = Told(Say("en", WORDS), "USD", 2)
    found = projection_pictures.difference(people(40, -500), ("a", "b"), told, 10)
    spec = projection_charts.chart("fan", found.data()).spec
    lowest = min(row["p5"] for row in found.rows if isinstance(row["p5"], int | float))
    domains = [one["encoding"]["y"]["scale"]["domainMin"] for one in spec["layer"][:2]]
    assert all(one <= lowest for one in domains)


def test_spanish_numbers_have_spanish_marks() -> None:
    made = projection_report.report(projection(), Say("es", WORDS), "1").pictures
    found = next(one for one in made if one.kind == "fan")
    drawing = charts.svg(projection_charts.chart("fan", found.data()), language="es").decode()
    assert "40.000" in drawing
    assert "40,000" not in drawing


def test_the_three_shades_of_a_range_differ_in_lightness() -> None:
    shades = (charts.PALE, projection_charts.MIDDLE, projection_charts.NIGHT)
    light = [colorsys.rgb_to_hls(*(int(one[n : n + 2], 16) / 255 for n in (1, 3, 5)))[1]
             for one in shades]  # fmt: skip
    assert light[0] - light[1] > 0.15
    assert light[1] - light[2] > 0.15
    assert re.fullmatch(r"#[0-9a-f]{6}", projection_charts.NIGHT)
