"""The charts of a projection, out of plain rows: ranges of draws, money, limits, what drives it.

A range is three shades of one colour, from pale to dark, so that it is read in grey; a limit is a
dashed line with its words. What a drawing thins out stands whole in its rows.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import altair as alt

from habeas.adapters import charts
from habeas.adapters.chart import Chart, Rows
from habeas.adapters.charts import BLUE, BURNT, DARK, ORANGE, PALE

Words = Mapping[str, str]  # what stands on a drawing, in the language of its page
Lines = Sequence[tuple[str, int]]  # the words of a limit, and its number
MIDDLE, NIGHT, GREY = "#6ba3d6", "#123c66", "#8a8a8a"
KINDS_OF_MONEY = (BLUE, ORANGE, PALE, GREY, BURNT)
ROW_PX, LEAST_PX = 34, 60
MOST_POINTS = 540  # of a range: more is not seen at its width
FEW_POINTS = 60  # of what was: each is marked
AMOUNTS = alt.JsonDataFormat(
    parse=dict.fromkeys(("amount", "low", "high", "base", "number"), "number")
)


def fan(rows: Rows, lines: Lines, words: Words) -> tuple[list[alt.Chart], tuple[str, ...], int]:
    """A number by day: where nine and where five of ten draws lie, and the middle one.

    Args:
        rows: `day` (ISO), `p5`, `p25`, `p50`, `p75`, `p95`, `mean`; `places` where there is a
            capacity; `actual` where it is known.
        lines: limits that stay the same.
        words: `ninety`, `fifty`, `middle`, `places`, `actual`, `day`, `number`, `days`.
    """
    thin = thinned(rows)
    legend = [words["ninety"], words["fifty"], words["middle"]]
    colour = alt.Color(
        "range:N", scale=alt.Scale(domain=legend, range=[PALE, MIDDLE, NIGHT]), sort=legend
    )
    x = alt.X("utcyearmonthdate(day):T", title=words["day"], axis=charts.days_axis(words["days"]),
              scale=alt.Scale(type="utc", nice=False))  # fmt: skip
    most = max([float(row["p95"]) for row in rows] + [float(r.get("places", 0)) for r in rows])
    top = max([most, *(number for _, number in lines), 1]) * 1.08
    least = min([float(row["p5"]) for row in rows] + [0.0]) * 1.08
    y = alt.Scale(domainMin=least, domainMax=top, nice=True)
    layers = [
        alt.Chart(charts.inline([
            {"day": row["day"], "low": row[low], "high": row[high], "range": said} for row in thin
        ])).mark_area(interpolate="step-after").encode(
            x=x, y=alt.Y("low:Q", title=words["number"], scale=y,
                         axis=alt.Axis(format=",d", tickCount=6)), y2="high:Q", color=colour)
        for low, high, said in (("p5", "p95", legend[0]), ("p25", "p75", legend[1]))
    ]  # fmt: skip
    layers.append(
        alt.Chart(charts.inline([
            {"day": row["day"], "low": row["p50"], "range": legend[2]} for row in thin
        ])).mark_line(interpolate="step-after", strokeWidth=2.2).encode(
            x=x, y=alt.Y("low:Q", scale=y), color=colour)
    )  # fmt: skip
    layers += [*_places(thin, words, x, y), *_actual(rows, words, x, y), *_limits(lines, top)]
    told = ("day", "p5", "p25", "p50", "p75", "p95", "mean")
    extra = tuple(name for name in ("places", "actual") if any(name in row for row in rows))
    return layers, (*told, *extra), charts.HEIGHT


def _limits(lines: Lines, top: float) -> list[alt.Chart]:
    """A dashed line for each limit, with its words on it, readable over what is drawn there."""
    layers, above = list[alt.Chart](), float("inf")
    for place, (words, number) in enumerate(sorted(lines, key=lambda one: -one[1])):
        data = charts.inline([{"limit": words, "number": number}])
        below = above - number < charts.NEAR * top
        above = number
        rule = alt.Chart(data).mark_rule(
            strokeWidth=1.8, color=DARK, strokeDash=charts.DASHES[place % len(charts.DASHES)]
        )
        layers.append(rule.encode(y="number:Q"))
        far = 11 if below else -8
        below_it = alt.Chart(data).mark_text(
            align="left", dx=6, dy=far, fontSize=12, x=0, stroke="white", strokeWidth=4,
            strokeJoin="round",
        )  # fmt: skip
        text = alt.Chart(data).mark_text(align="left", dx=6, dy=far, fontSize=12, color=DARK, x=0)
        layers += [one.encode(y="number:Q", text="limit:N") for one in (below_it, text)]
    return layers


def thinned(rows: Rows) -> Rows:
    """At most so many rows as are seen, the first and the last among them."""
    step = max(1, -(-len(rows) // MOST_POINTS))
    kept = list(rows[::step])
    return kept if not rows or kept[-1] is rows[-1] else [*kept, rows[-1]]


def _places(rows: Rows, words: Words, x: alt.X, y: alt.Scale) -> list[alt.Chart]:
    """The capacity, with its words at the last day."""
    have = [{"day": row["day"], "low": row["places"]} for row in rows if "places" in row]
    if not have:
        return []
    line = alt.Chart(charts.inline(have)).mark_line(
        interpolate="step-after", strokeWidth=2, color=BURNT, strokeDash=[7, 3]
    )
    said = [{**have[-1], "said": words["places"]}]
    text = alt.Chart(charts.inline(said)).mark_text(
        align="right", dy=-8, dx=-4, fontSize=12, fontWeight="bold", color=BURNT
    )
    of = alt.Y("low:Q", scale=y)
    return [line.encode(x=x, y=of), text.encode(x=x, y=of, text="said:N")]


def _actual(rows: Rows, words: Words, x: alt.X, y: alt.Scale) -> list[alt.Chart]:
    told = thinned([row for row in rows if "actual" in row])
    if not told:
        return []
    have = [{"day": row["day"], "low": row["actual"]} for row in told]
    of = alt.Y("low:Q", scale=y)
    dots = {"size": 18, "color": DARK} if len(have) <= FEW_POINTS else False
    line = alt.Chart(charts.inline(have)).mark_line(strokeWidth=1.6, color=DARK, point=dots)
    said = [{**have[-1], "said": words["actual"]}]
    text = alt.Chart(charts.inline(said)).mark_text(align="left", dx=5, fontSize=12, color=DARK)
    return [line.encode(x=x, y=of), text.encode(x=x, y=of, text="said:N")]


def money(rows: Rows, lines: Lines, words: Words) -> tuple[list[alt.Chart], tuple[str, ...], int]:
    """What is paid by year and for what, in the mean of the draws, and how far the whole ranges.

    Args:
        rows: `year`, `kind`, `amount` (an exact decimal, as text, the mean of the draws), in the
            order in which they are stacked; with `kind` empty the whole of a year, with `low` and
            `high` (5 and 95 of 100 draws, as text).
        lines: sums a year to hold it against, in whole units.
        words: `year`, `amount`, and `unit` in which the axis counts.
    """
    parts = [row for row in rows if row["kind"]]
    wholes = [row for row in rows if not row["kind"]]
    kinds = list(dict.fromkeys(str(row["kind"]) for row in parts))
    top = max([*(float(row["high"]) for row in wholes), *(n for _, n in lines), 1.0]) * 1.08
    x = alt.X("year:O", title=words["year"], axis=alt.Axis(labelAngle=0),
              scale=alt.Scale(paddingInner=0.3))  # fmt: skip
    y = alt.Scale(domainMin=0, domainMax=top, nice=True)
    counted = f"format(datum.value / {int(words['unit'])}, ',')"
    placed = [{**row, "place": kinds.index(str(row["kind"]))} for row in parts]
    bars = (
        alt.Chart(alt.InlineData(values=placed, format=AMOUNTS))
        .mark_bar(stroke="white", strokeWidth=0.8)
        .encode(
            x=x,
            y=alt.Y("sum(amount):Q", title=words["amount"], scale=y,
                    axis=alt.Axis(tickCount=6, labelExpr=counted)),
            color=alt.Color("kind:N", scale=alt.Scale(
                domain=kinds, range=list(KINDS_OF_MONEY[: len(kinds)]))),
            order=alt.Order("place:Q"),
        )
    )  # fmt: skip
    ends = alt.Chart(alt.InlineData(values=[dict(one) for one in wholes], format=AMOUNTS))
    range_ = ends.mark_rule(color=DARK, strokeWidth=1.6).encode(
        x=x, y=alt.Y("low:Q", scale=y), y2="high:Q"
    )
    caps = [
        ends.mark_tick(color=DARK, thickness=1.6, size=12, orient="horizontal").encode(
            x=x, y=alt.Y(f"{side}:Q", scale=y)
        )
        for side in ("low", "high")
    ]
    layers = [bars, range_, *caps, *_limits(lines, top)]
    return layers, ("year", "kind", "amount", "low", "high"), charts.HEIGHT


def tornado(rows: Rows, lines: Lines, words: Words) -> tuple[list[alt.Chart], tuple[str, ...], int]:
    """How far one number alone moves a result: from its lowest to its highest, longest first.

    Args:
        rows: `name`, `low` and `high` (the result at either end), `base` (as things are), and what
            stands at the ends, `low_said` and `high_said`.
        lines: none.
        words: `result`, `low_end`, `high_end`.
    """
    del lines
    order = [str(row["name"]) for row in sorted(rows, key=lambda one: -_reach(one))]
    ends = [
        {"name": row["name"], "base": row["base"], "to": row[side], "said": row[f"{side}_said"],
         "end": words[f"{side}_end"], "left": float(row[side]) < float(row["base"])}
        for row in rows for side in ("low", "high")
    ]  # fmt: skip
    y = _names(order)
    every = [float(row[key]) for row in rows for key in ("low", "high", "base")] or [0.0]
    margin = (max(every) - min(every) or 1) * 0.22
    scale = alt.Scale(domain=[min(every) - margin, max(every) + margin], zero=False, nice=False)
    domain = [words["low_end"], words["high_end"]]
    bars = (
        alt.Chart(charts.inline(ends))
        .mark_bar(height=18, stroke=DARK, strokeWidth=0.5)
        .encode(
            x=alt.X("base:Q", title=words["result"], scale=scale,
                    axis=alt.Axis(format=words.get("form", ",d"), tickCount=6)),
            x2="to:Q",
            y=y,
            color=alt.Color("end:N", sort=domain, scale=alt.Scale(
                domain=domain, range=[ORANGE, BLUE])),
        )
    )  # fmt: skip
    texts = [
        alt.Chart(charts.inline([one for one in ends if one["left"] is left]))
        .mark_text(align="right" if left else "left", dx=-5 if left else 5, color=DARK, fontSize=11)
        .encode(x=alt.X("to:Q", scale=scale), y=y, text="said:N")
        for left in (True, False)
    ]
    at = alt.Chart(charts.inline([{"base": rows[0]["base"]}] if rows else []))
    middle = at.mark_rule(color=DARK, strokeWidth=1.4).encode(x=alt.X("base:Q", scale=scale))
    columns = ("name", "low_said", "low", "base", "high", "high_said")
    return [bars, *texts, middle], columns, _height(len(order))


def _reach(row: Mapping[str, str | int | float]) -> float:
    return abs(float(row["high"]) - float(row["low"]))


def _names(order: list[str]) -> alt.Y:
    axis = alt.Axis(labelLimit=300, labelPadding=8, ticks=False, domain=False, labelFontSize=12)
    return alt.Y("name:N", sort=order, title=None, scale=alt.Scale(domain=order), axis=axis)


def _height(rows: int) -> int:
    return LEAST_PX + ROW_PX * rows


def sobol(rows: Rows, lines: Lines, words: Words) -> tuple[list[alt.Chart], tuple[str, ...], int]:
    """What part of the spread each uncertain number makes: alone, and with the others.

    Args:
        rows: `name`, `alone` and `together`, shares from 0 to 1.
        lines: none.
        words: `share`, `alone`, `together`.
    """
    del lines
    order = [str(row["name"]) for row in sorted(rows, key=lambda one: -float(one["together"]))]
    kinds = [words["alone"], words["together"]]
    long = [
        {"name": row["name"], "kind": said, "number": max(0.0, float(row[key]))}
        for row in rows for key, said in (("alone", kinds[0]), ("together", kinds[1]))
    ]  # fmt: skip
    bars = (
        alt.Chart(charts.inline(long))
        .mark_bar(stroke=DARK, strokeWidth=0.5)
        .encode(
            x=alt.X("number:Q", title=words["share"], scale=alt.Scale(domain=[0, 1]),
                    axis=alt.Axis(format=".0%", tickCount=6)),
            y=_names(order),
            yOffset=alt.YOffset("kind:N", sort=kinds),
            color=alt.Color("kind:N", sort=kinds, scale=alt.Scale(
                domain=kinds, range=[BLUE, PALE])),
        )
    )  # fmt: skip
    return [bars], ("name", "alone", "together"), _height(len(order))


def firsts(rows: Rows, lines: Lines, words: Words) -> tuple[list[alt.Chart], tuple[str, ...], int]:
    """On which day each limit is first passed: earliest, middle and latest of the draws.

    Args:
        rows: `name`, `said` (in how many draws it is passed at all), `p5`, `p50` and `p95` (ISO
            days, empty where it is not passed in so many draws).
        lines: none.
        words: `day`, `days`, `first` and `after` (ISO days of the scenario).
    """
    del lines
    order, end = [str(row["name"]) for row in rows], words["after"]
    passed = [{**row, "p95": row["p95"] or end, "p50": row["p50"] or end}
              for row in rows if row["p5"]]  # fmt: skip
    data, y = charts.inline(passed), _names(order)
    scale = alt.Scale(type="utc", nice=False, domain=[words["first"], end])
    x = alt.X("utcyearmonthdate(p5):T", title=words["day"], scale=scale,
              axis=charts.days_axis(words["days"]))  # fmt: skip
    bars = (
        alt.Chart(data)
        .mark_bar(height=14, color=MIDDLE, stroke=DARK, strokeWidth=0.5, minBandSize=3)
        .encode(x=x, x2="utcyearmonthdate(p95):T", y=y)
    )
    ticks = (
        alt.Chart(charts.inline([row for row in rows if row["p50"]]))
        .mark_tick(color=NIGHT, thickness=4, size=20)
        .encode(x=alt.X("utcyearmonthdate(p50):T", scale=scale), y=y)
    )
    labels = (
        alt.Chart(charts.inline([{**row, "at": words["first"]} for row in rows]))
        .mark_text(align="left", dx=4, dy=18, fontSize=11, color="#444444")
        .encode(x=alt.X("utcyearmonthdate(at):T", scale=scale), y=y, text="said:N")
    )
    columns = ("name", "said", "p5", "p50", "p95")
    return [bars, ticks, labels], columns, LEAST_PX + 46 * len(order)


def shares(rows: Rows, lines: Lines, words: Words) -> tuple[list[alt.Chart], tuple[str, ...], int]:
    """What became of everybody put forward, as one bar each.

    Args:
        rows: `name`, `kind`, `number`; kinds in the order in which they are stacked.
        lines: none.
        words: `number`.
    """
    del lines
    order = list(dict.fromkeys(str(row["name"]) for row in rows))
    kinds = list(dict.fromkeys(str(row["kind"]) for row in rows))
    bars = (
        alt.Chart(charts.inline([{**r, "place": kinds.index(str(r["kind"]))} for r in rows]))
        .mark_bar(height=26, stroke="white", strokeWidth=0.8)
        .encode(
            x=alt.X("sum(number):Q", title=words["number"],
                    axis=alt.Axis(format=",d", tickCount=6)),
            y=_names(order),
            color=alt.Color("kind:N", sort=kinds, scale=alt.Scale(
                domain=kinds, range=[BLUE, GREY, ORANGE, BURNT, PALE][: len(kinds)])),
            order=alt.Order("place:Q"),
        )
    )  # fmt: skip
    return [bars], ("name", "kind", "number"), _height(len(order))


Drawer = Callable[[Rows, Lines, Words], tuple[list[alt.Chart], tuple[str, ...], int]]
DRAWERS: Mapping[str, Drawer] = {
    "fan": fan,
    "money": money,
    "tornado": tornado,
    "sobol": sobol,
    "firsts": firsts,
    "shares": shares,
}


def chart(kind: str, picture: Mapping[str, Any]) -> Chart:  # Any: plain data of a use case
    """A picture of a report, drawn.

    Args:
        kind: one of `DRAWERS`.
        picture: `name`, `title`, `subtitle`, `about`, `rows`, `lines` and `words`.
    """
    layers, columns, height = DRAWERS[kind](picture["rows"], picture["lines"], picture["words"])
    spec = charts.whole(layers, picture["title"], picture["subtitle"], height)
    rows = [{name: row.get(name, "") for name in columns} for row in picture["rows"]]
    return Chart(picture["name"], picture["title"], picture["about"], spec, columns, rows)
