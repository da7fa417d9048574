"""The report of a projection as files: pages, drawings, and their rows."""

from collections.abc import Mapping
from typing import Any

from habeas.adapters import charts, projection_charts, projection_page
from habeas.adapters.chart import Chart
from habeas.adapters.projection_folder import document
from habeas.errors import Language

Report = Mapping[str, Any]  # Any: a report as plain data
Drawn = Mapping[str, tuple[Chart, bytes]]


def drawn(report: Report, lang: Language) -> Drawn:
    """Every picture of a report with its SVG, by its name."""
    found = dict[str, tuple[Chart, bytes]]()
    for section in report["sections"]:
        for picture in section["pictures"]:
            chart = projection_charts.chart(picture["kind"], picture)
            found[picture["name"]] = (chart, charts.svg(chart, language=lang))
    return found


def pages(reports: Mapping[Language, Report], name: str) -> dict[str, bytes]:
    """Each report as a page, and the English drawings with their rows."""
    made = dict[str, bytes]()
    for lang, report in reports.items():
        found = drawn(report, lang)
        end = "" if lang == "en" else f".{lang}"
        made[f"{name}{end}.html"] = projection_page.page(report, found).encode()
        if lang == "en":
            for of, (chart, svg) in found.items():
                made[f"charts/{of}.svg"] = svg
                made[f"charts/{of}.csv"] = projection_page.rows(chart).encode()
    return made


def web(reports: Mapping[Language, Report], name: str) -> dict[str, bytes]:
    """Each report for a page of the web app: its words as JSON, its drawings without a title."""
    made = dict[str, bytes]()
    for lang, report in reports.items():
        plain = dict(report)
        plain["sections"] = [
            {**section, "pictures": [_thin(one) for one in section["pictures"]]}
            for section in report["sections"]
        ]
        made[f"pages/{name}.{lang}.json"] = document(plain)
        for section in report["sections"]:
            for one in section["pictures"]:
                chart = projection_charts.chart(one["kind"], {**one, "title": ""})
                svg = charts.svg(chart, language=lang)
                own = projection_page.apart(svg.decode(), one["name"])
                made[f"pages/{one['name']}.{lang}.svg"] = charts.fluid(own).encode()
    return made


def _thin(picture: Mapping[str, Any]) -> dict[str, Any]:
    chart = projection_charts.chart(picture["kind"], picture)
    kept = projection_page.few(chart)
    return {
        "name": picture["name"], "title": picture["title"], "about": picture["about"],
        "columns": chart.columns, "every": len(chart.rows),
        "rows": [[row[name] for name in chart.columns] for row in kept],
    }  # fmt: skip
