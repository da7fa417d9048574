"""The report of a projection as one page for a browser: no script, no address, no font of its own.

Its drawings stand in it; all rows behind each are a CSV file that the page itself carries.
"""

import base64
import re
from collections.abc import Mapping
from typing import Any

from habeas.adapters import csv_files, report_page
from habeas.adapters.chart import Chart, Rows
from habeas.adapters.report_page import text

Data = Mapping[str, Any]  # Any: plain data of a use case
ROWS = 40  # of a table behind a drawing: its file has all
CLIP = re.compile(r'(id="|url\(#|href="#)')


def page(report: Data, drawn: Mapping[str, tuple[Chart, bytes]]) -> str:
    """The page of a report.

    Args:
        report: as plain data.
        drawn: each chart with its SVG, without its title, by the name of its picture.
    """
    look = report_page.style("report.css") + report_page.style("projection.css")
    words = report["words"]
    facts = _facts(report["particulars"], "facts")
    boxed = "".join(f"<p>{text(one)}</p>" for one in report["warnings"])
    contents = "".join(
        f'<li><a href="#{text(one["id"])}">{text(one["title"])}</a></li>'
        for one in report["sections"]
    )
    return "".join(
        (
            report_page.head(report["lang"], report["title"], look + report_page.margin(())),
            f'<main><div class="first"><p class="kind">{text(report["kind"])}</p>',
            f'<h1>{text(report["title"])}</h1><p class="about">{text(report["about"])}</p>',
            facts,
            f'<div class="boxed" role="note">{boxed}</div>' if boxed else "",
            f'<h2 id="answers">{text(words["first"])}</h2><div class="answers">',
            *(_answer(one) for one in report["answers"]),
            '</div></div><nav aria-labelledby="contents"><h2 id="contents">',
            f"{text(words['contents'])}</h2><ol>{contents}</ol></nav>",
            *(_section(one, words, drawn) for one in report["sections"]),
            f"<section><h2>{text(report['stamp_title'])}</h2>",
            _facts(report["stamp"], "facts stamp"),
            f"</section><section><h2>{text(report['notes_title'])}</h2><ul>",
            *(f"<li>{text(one)}</li>" for one in report["notes"]),
            "</ul></section></main></body></html>\n",
        )
    )  # fmt: skip


def _facts(rows: Any, name: str) -> str:  # noqa: ANN401 - pairs of plain data
    told = "".join(
        f'<tr><th scope="row">{text(what)}</th><td>{text(said)}</td></tr>' for what, said in rows
    )
    return f'<table class="{name}"><tbody>{told}</tbody></table>'


def _answer(one: Data) -> str:
    texts = "".join(f"<p>{text(said)}</p>" for said in one["texts"])
    points = "".join(f"<li>{text(said)}</li>" for said in one["points"])
    points = f"<ul>{points}</ul>" if points else ""
    return f'<div class="answer"><h3>{text(one["question"])}</h3><div>{texts}{points}</div></div>'


def _section(one: Data, words: Data, drawn: Mapping[str, tuple[Chart, bytes]]) -> str:
    texts = "".join(f"<p>{text(said)}</p>" for said in one["texts"])
    figures = "".join(
        _figure(place, *drawn[picture["name"]], words)
        for place, picture in enumerate(one["pictures"])
        if picture["name"] in drawn
    )
    grids = "".join(report_page.table(grid) for grid in one["grids"])
    items = "".join(f"<li>{text(said)}</li>" for said in one["items"])
    items = f"<ul>{items}</ul>" if items else ""
    return (
        f'<section id="{text(one["id"])}"><h2>{text(one["title"])}</h2>'
        f"{texts}{figures}{grids}{items}</section>"
    )


def _figure(place: int, chart: Chart, svg: bytes, words: Data) -> str:
    own = apart(svg.decode(), f"{chart.name}-{place}")
    file = f"{chart.name}.csv"
    data = base64.b64encode(rows(chart).encode()).decode()
    return (
        f"<figure><h3>{text(chart.title)}</h3>{own}<figcaption>{text(chart.about)}</figcaption>"
        f"<details><summary>{text(words['table'])}</summary>{_table(chart, file, words)}</details>"
        f'<p class="down"><a download="{text(file)}" href="data:text/csv;base64,{data}">'
        f"{text(words['download'])} ({text(file)})</a></p></figure>"
    )


def apart(svg: str, name: str) -> str:
    """A drawing whose names are its own: another's on the page would be taken else."""
    return CLIP.sub(rf"\g<1>{name}-", svg)


def few(chart: Chart) -> Rows:
    """So many rows of a chart as anybody reads below it."""
    return chart.rows[:: max(1, -(-len(chart.rows) // ROWS))]


def _table(chart: Chart, file: str, words: Data) -> str:
    kept = few(chart)
    caption = chart.title
    if len(kept) < len(chart.rows):
        told = str(words["some"]).format(shown=len(kept), every=len(chart.rows), file=file)
        caption = f"{caption}. {told}"
    heads = "".join(f'<th scope="col">{text(name)}</th>' for name in chart.columns)
    body = "".join(f"<tr>{_row(row, chart.columns)}</tr>" for row in kept)
    return (
        f'<div class="scroll" tabindex="0"><table><caption>{text(caption)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row(row: Mapping[str, object], columns: tuple[str, ...]) -> str:
    first, *others = (text(str(row[name])) for name in columns)
    return f'<th scope="row">{first}</th>' + "".join(f'<td class="n">{one}</td>' for one in others)


def rows(chart: Chart) -> str:
    """All rows behind a chart as CSV."""
    told = ({name: str(row[name]) for name in chart.columns} for row in chart.rows)
    return csv_files.text(list(chart.columns), told)
