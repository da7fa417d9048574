import re
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from habeas.terms import Finding, Outcome
from habeas.web import components as c
from habeas.web import settings
from habeas.web.drawn import finding, outcome, shown

AT = datetime(2026, 11, 14, 15, 2, tzinfo=UTC)
HOSTILE = "<script>x</script>\"'&"
TABLE = c.Table(HOSTILE, [c.Column(HOSTILE), c.Column("n", numeric=True)], [[HOSTILE, 1_000]])


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


@pytest.mark.parametrize(
    ("one", "word", "colour"),
    [
        (Finding.MET, "Met", "green"),
        (Finding.NOT_MET, "Not met", "red"),
        (Finding.NOT_ESTABLISHED, "Not established", "yellow"),
    ],
)
def test_a_finding_is_told_by_word_and_shape(one: Finding, word: str, colour: str) -> None:
    assert words(finding(one)) == word
    assert f"govuk-tag--{colour}" in finding(one)


def test_each_finding_and_each_outcome_has_a_shape_of_its_own() -> None:
    for tags in (c.FINDINGS, c.OUTCOMES):
        assert len({tag.shape for tag in tags.values()} - {""}) == len(tags)
    drawn = {re.sub(r".*?<svg(.*)</svg>.*", r"\1", finding(one)) for one in Finding}
    assert len(drawn) == len(Finding)


def test_what_is_not_established_never_looks_like_a_yes() -> None:
    for tag in (c.FINDINGS[Finding.NOT_ESTABLISHED], c.OUTCOMES[Outcome.NOT_ESTABLISHED]):
        assert (tag.colour, tag.shape) == ("yellow", "unknown")


def test_every_finding_and_outcome_has_a_tag() -> None:
    assert (set(c.FINDINGS), set(c.OUTCOMES)) == (set(Finding), set(Outcome))
    assert words(outcome(Outcome.BARRED)) == "Barred"


@pytest.mark.parametrize(
    ("cm2", "band"),
    [
        (0, "under-2"),
        (19_999, "under-2"),
        (20_000, "2-to-34"),
        (33_999, "2-to-34"),
        (34_000, "34-to-4"),
        (39_999, "34-to-4"),
        (40_000, "4-and-over"),
        (None, "empty"),
    ],
)
def test_a_cell_is_in_the_band_of_its_area(cm2: int | None, band: str) -> None:
    assert c.HeatCell("1", "#", cm2).band == band


def test_a_cell_says_its_figure_its_name_and_its_people() -> None:
    rows = [("M", [c.HeatCell("1-01", "/c/1", 33_999, 1), None, c.HeatCell("1-03", "/c/3", None)])]
    html = render_to_string(
        "components/heat_map.html", {"heat": c.Heat("H", ["1", "2", "3"], rows)}
    )
    assert "Cell 1-01: 3.40 square metres a person, 1 person" in words(html)
    assert "Cell 1-03: empty" in words(html)
    assert 'role="region" aria-label="H" tabindex="0"' in html


def test_a_cell_that_was_drawn_before_is_drawn_in_the_language_of_the_page() -> None:
    odd = c.HeatCell("<1>", "/c/1?a&b", None)
    heat = {"heat": c.Heat("H", ["1"], [("M", [odd])])}
    for language, empty in (("en", "empty"), ("es", "vacía"), ("en", "empty")):
        with override(language):
            html = render_to_string("components/heat_map.html", heat)
        assert empty in words(html)
        assert "&lt;1&gt;" in html
        assert 'href="/c/1?a&amp;b"' in html


@pytest.mark.parametrize(
    "drawing",
    [
        "<svg><script>x</script></svg>",
        '<svg style="x"></svg>',
        "<svg onload='x'></svg>",
        "<svg><style>x</style></svg>",
        "<svg><foreignObject/></svg>",
        '<svg><a href="javascript:x"/></svg>',
    ],
)
def test_a_drawing_that_could_run_or_break_the_policy_is_refused(drawing: str) -> None:
    for given_as in ({"drawing": drawing}, {"narrow": drawing}):
        with pytest.raises(ValueError, match="neither styles nor"):
            c.Chart("t", "s", TABLE, "", **given_as)


def test_a_chart_without_a_drawing_shows_its_table() -> None:
    html = render_to_string("components/chart.html", {"chart": c.Chart("t", "s", TABLE, "/x.csv")})
    assert "<details" in html
    assert re.search(r"<details[^>]* open>", html)
    drawn = c.Chart("t", "s", TABLE, "/x.csv", "<svg></svg>")
    html = render_to_string("components/chart.html", {"chart": drawn})
    assert not re.search(r"<details[^>]* open>", html)
    assert 'role="img" aria-label="t"><div aria-hidden="true"><svg></svg></div>' in html


def test_a_row_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        _ = c.Table("t", [c.Column("a")], [["x", "y"]]).body


def test_a_table_is_sorted_by_amounts_and_instants_not_by_their_words() -> None:
    values: list[c.Value | c.Cell] = [c.Money(5, "USD"), AT, Decimal("2.5"), c.Cell("x", "7")]
    table = c.Table("t", [c.Column("c")] * 4, [values])
    assert [cell.sort for _, cell in table.body[0]] == ["5", AT.isoformat(), "2.5", "7"]


def test_a_table_without_rows_says_so() -> None:
    html = render_to_string("components/table.html", {"table": c.Table("t", [c.Column("a")], [])})
    assert words(html).endswith("Nothing to show.")


def test_a_table_has_caption_and_heads() -> None:
    html = render_to_string("components/table.html", {"table": TABLE})
    assert (html.count("<caption"), html.count('scope="col"'), html.count('scope="row"')) == (
        1,
        2,
        1,
    )
    assert ">1,000<" in html


@given(st.integers(1, 30).flatmap(lambda last: st.tuples(st.integers(1, last), st.just(last))))
def test_pages_offer_the_first_the_last_and_the_neighbours(where: tuple[int, int]) -> None:
    page, last = where
    pages = c.Pages(page, last, {"q": "a b"})
    shown_pages = [item[0] for item in pages.items if item]
    assert shown_pages == sorted(set(shown_pages))
    assert {1, last, page} <= set(shown_pages)
    assert set(range(max(1, page - 1), min(last, page + 1) + 1)) <= set(shown_pages)
    assert (bool(pages.previous), bool(pages.next)) == (page > 1, page < last)
    assert pages.href(page) == f"?q=a+b&page={page}"


def test_a_quotation_keeps_its_language_and_ours_is_called_unofficial() -> None:
    html = shown(c.Quote("Nadie", "es", "art. 5", "/law", "Nobody"))
    assert '<q lang="es">Nadie</q>' in html
    assert "Unofficial translation: Nobody" in words(html)


def test_a_value_without_a_way_is_never_shown_by_chance() -> None:
    for value in (1.5, [1], {"a": 1}, object()):
        with pytest.raises(TypeError, match="no way to show"):
            shown(value)


def test_each_kind_of_value_is_shown_in_its_way() -> None:
    values = [
        None,
        1_000,
        Decimal("1000.50"),
        date(2026, 1, 2),
        AT,
        c.Local(AT, "America/El_Salvador"),
        c.Money(100, "USD"),
    ]
    assert [words(shown(value)) for value in values] == [
        "not recorded",
        "1,000",
        "1,000.50",
        "2 January 2026",
        "14 November 2026, 15:02 +00:00 (UTC)",
        "14 November 2026, 09:02 -06:00 (America/El_Salvador)",
        "USD 1.00",
    ]


LINK = c.Link(HOSTILE, HOSTILE, HOSTILE)
EVERY: dict[str, dict[str, object]] = {
    "tag": {"tag": c.Tag(HOSTILE)},
    "link": {"link": LINK},
    "quote": {"quote": c.Quote(HOSTILE, "es", HOSTILE, HOSTILE, HOSTILE)},
    "summary_list": {"rows": [c.Row(HOSTILE, [HOSTILE, LINK], [LINK])]},
    "table": {"table": TABLE},
    "timeline": {"events": [c.Event(HOSTILE, AT, HOSTILE, HOSTILE, 1, [LINK])]},
    "alert": {"alert": c.Alert(HOSTILE, HOSTILE)},
    "identity_bar": {"identity": c.Identity(HOSTILE, [c.Row(HOSTILE, HOSTILE)], [c.Tag(HOSTILE)])},
    "pagination": {"pages": c.Pages(1, 2, {"q": HOSTILE})},
    "filter": {"chosen": [c.Chosen(HOSTILE, HOSTILE)]},
    "task_list": {"tasks": [c.Task(HOSTILE, HOSTILE, HOSTILE, HOSTILE)]},
    "heat_map": {
        "heat": c.Heat(HOSTILE, [HOSTILE], [(HOSTILE, [c.HeatCell(HOSTILE, HOSTILE, 1)])])
    },
    "heat_cell": {"cell": c.HeatCell(HOSTILE, HOSTILE, 1)},
    "chart": {"chart": c.Chart(HOSTILE, HOSTILE, TABLE, HOSTILE)},
    "tabs": {"tabs": [c.Tab(HOSTILE, HOSTILE, "forms/form.html")]},
    "warning_text": {"text": HOSTILE},
    "panel": {"title": HOSTILE, "body": HOSTILE},
    "notification_banner": {"text": HOSTILE, "link": LINK},
    "button_group": {"buttons": [c.Button(HOSTILE, HOSTILE), c.Button(HOSTILE)], "cancel": LINK},
    "message": {"message": HOSTILE, "kind": "error"},
    "role_switch": {"demo_people": [{"username": HOSTILE, "pk": 1}]},
    "error_summary": {"faults": [HOSTILE]},
    "as_of_field": {"as_of": HOSTILE, "faults": [HOSTILE]},
}


@pytest.mark.parametrize("name", EVERY)
def test_no_component_lets_text_become_markup(name: str) -> None:
    html = render_to_string(f"components/{name}.html", EVERY[name])
    assert "<script" not in html
    assert not re.search(r"=\"[^\"]*<", html)
    assert "&lt;script&gt;" in html or "%3Cscript%3E" in html


def test_every_component_is_tried_with_hostile_text() -> None:
    ours = {path.stem for path in settings.WEB.glob("*/components/*.html")}
    assert ours == set(EVERY)


def test_a_finding_is_told_in_the_page_s_language() -> None:
    with override("es"):
        assert words(finding(Finding.MET)) in ("Met", "Cumplida")


def test_no_word_of_a_page_hides_a_way_of_writing() -> None:
    """A page calls its instant `instant`, and a row `number`: the frame writes with these names."""
    hidden = dict.fromkeys(("instant", "local_instant", "number", "shown", "static", "url"), AT)
    point = SimpleNamespace(size=1_000, root="x")
    frame = SimpleNamespace(checkpoint=point, as_of=AT, version="1", ways={})
    html = render_to_string("frame/footer.html", {**hidden, "chrome": frame})
    assert "14 November 2026, 15:02 +00:00 (UTC)" in words(html)
    assert "checkpoint of 1,000 entries" in words(html)
    for name, context in EVERY.items():
        assert render_to_string(f"components/{name}.html", {**hidden, **context})
