"""Charts authored once in Vega-Lite (Altair), drawn by vl-convert: the only door to both.

A chart is drawn from plain rows and carries them: its table is the truth, the drawing the help.
Nothing is fetched: the fonts are those that vl-convert carries, the page of a chart holds the whole
of Vega. The same rows give the same bytes of SVG and PNG. The colours are blue against orange, and
differ in lightness too, so that they are told apart in grey and by eyes that see fewer colours; a
limit is a dashed line with its own words.
"""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from habeas.adapters.chart import Chart, Rows, table
from habeas.errors import Fault, Language, SetupError

try:
    import altair as alt
    import vl_convert
except ModuleNotFoundError as error:
    raise SetupError(
        Fault("H769", "charts need Altair and vl-convert", "Type: pip install 'habeas[charts]'.")
    ) from error

FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
BLUE, ORANGE, PALE, BURNT, DARK = "#1f5a96", "#e8964a", "#a9c8e6", "#b3541a", "#222222"
DASHES = ([8, 4], [2, 3], [10, 3, 2, 3], [4, 2])
NEAR = 0.05  # of the height: a line closer than this below another is labelled below itself
NUMBERS = {  # as the public tables write them
    "es": {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["", ""]}
}
ROOT_TAG = re.compile(r"(<svg[^>]*?) (?:width|height)=\"[^\"]*\"")
WIDTH, HEIGHT, SCALE = 720, 320, 2


def whole(
    layers: Sequence[alt.Chart], title: str, subtitle: Sequence[str], height: int = HEIGHT
) -> dict[str, Any]:  # Any: Vega-Lite
    """Layers as one drawing of the house."""
    drawn = (
        alt.layer(*layers)
        .properties(
            width=WIDTH,
            height=height,
            title=alt.TitleParams(
                title, subtitle=list(subtitle), anchor="start", fontSize=17, subtitleFontSize=12,
                subtitleColor="#444444", offset=14, subtitlePadding=5, font=FONT, subtitleFont=FONT,
            ),
            padding={"left": 14, "right": 20, "top": 14, "bottom": 14},
            background="white",
        )
        .configure(font=FONT, aria=False)
        .configure_view(stroke=None)
        .configure_axis(
            labelFontSize=12, titleFontSize=12, titleFontWeight="normal", gridColor="#e2e2e2",
            domainColor="#555555", tickColor="#555555", labelColor=DARK, titleColor=DARK,
        )
        .configure_legend(
            orient="bottom", direction="horizontal", titleFontSize=12, labelFontSize=12,
            labelLimit=420, symbolSize=160, symbolType="square", title=None, columnPadding=18,
        )
    )  # fmt: skip
    made: dict[str, Any] = drawn.to_dict(validate=False)  # each part was, when it was made
    return made


def inline(rows: Rows) -> alt.InlineData:
    """Rows as the data of a layer."""
    kept = [dict(row) for row in rows]
    # Amounts are text up to here: no float of Python's ever holds money.
    return (
        alt.InlineData(values=kept, format=alt.JsonDataFormat(parse={"amount": "number"}))
        if (kept and "amount" in kept[0])
        else alt.InlineData(values=kept)
    )


def days_axis(form: str) -> alt.Axis:
    """An axis of days, each written in this form."""
    return alt.Axis(format=form, grid=False, labelOverlap="greedy", labelFlush=False, tickCount=6)


@dataclass(frozen=True, slots=True)
class Words:
    """The words on the drawing of an occupancy, in the language of its page."""

    held: str = "Held there"
    absent: str = "In custody, elsewhere (hospital, court, leave, transit)"
    day: str = "Day"
    persons: str = "Persons"
    days: str = "%-d %b %Y"  # of the axis; digits alone read the same in every language


ENGLISH = Words()


def occupancy(
    rows: Rows,
    limits: Sequence[tuple[str, int]],
    title: str,
    subtitle: Sequence[str],
    about: str,
    words: Words = ENGLISH,
) -> Chart:
    """Persons by day against capacity, guarantee and standards.

    Args:
        rows: `day` (ISO), `held` (persons held there) and `absent` (in custody, elsewhere) a day.
        limits: the words and the number of persons of each line to hold it against.
        title: what the chart is called.
        subtitle: what it was computed from.
        about: what is seen, in a sentence.
        words: in another language.
    """
    kinds = {"held": words.held, "absent": words.absent}
    seen = {key: said for key, said in kinds.items() if key == "held" or any(r[key] for r in rows)}
    closing = dict(rows[-1]) | {"day": _next(str(rows[-1]["day"]))}  # the last step has its width
    long = [
        {"day": row["day"], "who": said, "persons": row[key], "place": place}
        for row in [*rows, closing]
        for place, (key, said) in enumerate(seen.items())
    ]
    top = _top(rows, limits)
    area = (
        alt.Chart(inline(long))
        .mark_area(interpolate="step-after")
        .encode(
            x=alt.X("utcyearmonthdate(day):T", title=words.day, axis=days_axis(words.days),
                    scale=alt.Scale(type="utc", nice=False)),
            y=alt.Y("sum(persons):Q", title=words.persons,
                    scale=alt.Scale(domainMin=0, domainMax=top, nice=True),
                    axis=alt.Axis(format=",d", tickCount=6)),
            color=alt.Color("who:N", scale=alt.Scale(
                domain=list(seen.values()), range=[PALE, BURNT][: len(seen)])),
            order=alt.Order("place:Q"),
        )
    )  # fmt: skip
    layers = [area, *lines(limits, top)]
    held_against = {f"{said}, persons": number for said, number in limits}
    table = [{**row, **held_against} for row in rows]
    columns = ("day", "held", "absent", *held_against)
    return Chart("occupancy", title, about, whole(layers, title, subtitle), columns, table)


def _next(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def lines(limits: Sequence[tuple[str, int]], top: float) -> list[alt.Chart]:
    """A dashed line for each limit, with its words on it."""
    layers, above = list[alt.Chart](), float("inf")
    for place, (words, number) in enumerate(sorted(limits, key=lambda one: -one[1])):
        data = inline([{"limit": f"{words}: {number:,}", "persons": number}])
        below = above - number < NEAR * top
        above = number
        line = alt.Chart(data).mark_rule(
            strokeWidth=1.8, color=DARK, strokeDash=DASHES[place % len(DASHES)]
        )
        text = alt.Chart(data).mark_text(
            align="left", dx=6, dy=11 if below else -8, fontSize=12, color=DARK, x=0
        )
        layers += [line.encode(y="persons:Q"), text.encode(y="persons:Q", text="limit:N")]
    return layers


def _top(rows: Rows, limits: Sequence[tuple[str, int]]) -> float:
    most = max((int(row["held"]) + int(row["absent"]) for row in rows), default=0)
    return max([most, *(number for _, number in limits), 1]) * 1.08


def paid(
    rows: Rows, kinds: Sequence[str], currency: str, title: str, subtitle: Sequence[str], about: str
) -> Chart:
    """What is paid by month: for persons held, for empty places, and for everything else.

    Args:
        rows: `month` (ISO day), `kind` (one of `kinds`), `amount` (an exact decimal, as text) and
            `amount_minor` (text), a month and a kind each.
        kinds: in the order in which they are stacked.
        currency: of the amounts.
        title: what the chart is called.
        subtitle: what it was computed from.
        about: what is seen, in a sentence.
    """
    colours = [BLUE, ORANGE, PALE, "#8a8a8a"]
    bars = (
        alt.Chart(inline([{**row, "place": kinds.index(str(row["kind"]))} for row in rows]))
        .mark_bar(stroke="white", strokeWidth=0.8)
        .encode(
            x=alt.X("utcyearmonth(month):O", title="Month", axis=_months_axis(),
                    scale=alt.Scale(paddingInner=0.25)),
            y=alt.Y("sum(amount):Q", title=f"Amount ({currency})",
                    axis=alt.Axis(format=",.0f", tickCount=6)),
            color=alt.Color("kind:N", scale=alt.Scale(
                domain=list(kinds), range=colours[: len(kinds)])),
            order=alt.Order("place:Q"),
        )
    )  # fmt: skip
    spec = whole([bars], title, subtitle)
    return Chart("paid", title, about, spec, ("month", "kind", "amount_minor"), rows)


def _months_axis() -> alt.Axis:
    return alt.Axis(format="%b %Y", labelAngle=-40, labelOverlap="greedy")


def claim(rows: Rows, title: str, subtitle: Sequence[str], about: str) -> Chart:
    """The claim against the register by month, person-days side by side.

    Args:
        rows: `month` (ISO day), `register`, `claimed` and `difference` in person-days.
        title: what the chart is called.
        subtitle: what it was computed from.
        about: what is seen, in a sentence.
    """
    words = {"register": "Register", "claimed": "Claim of the receiving state"}
    long = [
        {"month": row["month"], "whose": said, "days": row[key]}
        for row in rows
        for key, said in words.items()
    ]
    top = max([int(row[key]) for row in rows for key in words] or [1]) * 1.1 + 1
    axis = alt.X("utcyearmonth(month):O", title="Month", axis=_months_axis(),
                 scale=alt.Scale(paddingInner=0.3))  # fmt: skip
    bars = (
        alt.Chart(inline(long))
        .mark_bar(stroke=DARK, strokeWidth=0.5)
        .encode(
            x=axis,
            xOffset=alt.XOffset("whose:N", sort=list(words.values())),
            y=alt.Y("days:Q", title="Person-days (above: claim less register)",
                    axis=alt.Axis(format=",d", tickCount=6),
                    scale=alt.Scale(domainMin=0, domainMax=top, nice=True)),
            color=alt.Color("whose:N", sort=list(words.values()), scale=alt.Scale(
                domain=list(words.values()), range=[BLUE, ORANGE])),
        )
    )  # fmt: skip
    over = [
        {"month": row["month"], "top": max(int(row["register"]), int(row["claimed"])),
         "said": f"{int(row['difference']):+,}".replace("-", "\N{MINUS SIGN}")}
        for row in rows if row["difference"]
    ]  # fmt: skip
    labels = (
        alt.Chart(inline(over))
        .mark_text(dy=-7, fontSize=11, fontWeight="bold", color=DARK)
        .encode(x=axis, y="top:Q", text="said:N")
    )
    columns = ("month", "register", "claimed", "difference")
    return Chart("claim", title, about, whole([bars, labels], title, subtitle), columns, rows)


def svg(chart: Chart, width: int = WIDTH, language: Language = "en") -> bytes:
    """The drawing as SVG, with its words for those who do not see it."""
    made = vl_convert.vegalite_to_svg(
        {**chart.spec, "width": width}, allowed_base_urls=[], format_locale=NUMBERS.get(language)
    )
    words = f"<title>{html.escape(chart.title)}</title><desc>{html.escape(chart.about)}</desc>"
    return re.sub(r"<svg([^>]*)>", rf'<svg\1 role="img">{_literal(words)}', made, count=1).encode()


def fluid(drawing: str) -> str:
    """A drawing that takes the width of its column: its own size is its view box alone."""
    for _side in ("width", "height"):
        drawing = ROOT_TAG.sub(r"\1", drawing, count=1)
    return drawing


def _literal(text: str) -> str:
    return text.replace("\\", r"\\")


def png(chart: Chart) -> bytes:
    """The drawing as PNG, twice as fine as on a screen."""
    found: bytes = vl_convert.vegalite_to_png(chart.spec, scale=SCALE, allowed_base_urls=[])
    return found


def page(chart: Chart) -> bytes:
    """The drawing as a page that needs no network, with its sentence and its table below it."""
    spec = {name: _harmless(value) for name, value in chart.spec.items()}
    spec |= {"usermeta": {"embedOptions": {"actions": False}}}
    made: str = vl_convert.vegalite_to_html(spec, bundle=True, renderer="svg")
    tail = f"<p>{html.escape(chart.about)}</p>{table(chart)}"
    made = made.replace("<html>", '<html lang="en">', 1)
    made = made.replace("<title>Chart</title>", f"<title>{html.escape(chart.title)}</title>", 1)
    head, _, rest = made.rpartition("</body>")  # the scripts hold the same word
    return f"{head}{tail}</body>{rest}".encode()


def _harmless(value: object) -> object:
    """A specification none of whose texts can end the script that holds it."""
    if isinstance(value, str):
        return value.replace("</", "<\N{ZERO WIDTH SPACE}/").replace("<!", "<\N{ZERO WIDTH SPACE}!")
    if isinstance(value, Mapping):
        return {name: _harmless(one) for name, one in value.items()}
    return [_harmless(one) for one in value] if isinstance(value, list) else value
