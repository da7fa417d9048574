"""The report of a projection as files: pages, drawings, and their rows."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from habeas.adapters import charts, projection_charts, projection_page
from habeas.adapters.chart import Chart
from habeas.adapters.projection_folder import document
from habeas.errors import Language

Report = Mapping[str, Any]  # Any: a report as plain data
Drawn = Mapping[str, tuple[Chart, bytes]]


def files(reports: Mapping[Language, Report], name: str) -> dict[str, bytes]:
    """Each report as a page, and for a page of the web app; drawings with their rows.

    Args:
        reports: in each language.
        name: of the page.
    """
    made = dict[str, bytes]()
    for lang, report in reports.items():
        found = drawn(report, lang)
        end = "" if lang == "en" else f".{lang}"
        made[f"{name}{end}.html"] = projection_page.page(report, found).encode()
        made[f"pages/{name}.{lang}.json"] = document(_thin(report, found))
        for of, (chart, svg) in found.items():
            own = projection_page.apart(svg.decode(), of)
            made[f"pages/{of}.{lang}.svg"] = charts.fluid(own).encode()
            if lang == "en":
                made[f"charts/{of}.svg"] = charts.svg(chart)
                made[f"charts/{of}.csv"] = projection_page.rows(chart).encode()
    return made


def drawn(report: Report, lang: Language) -> Drawn:
    """Every picture of a report, and its SVG without the title, which the page has in words."""
    found = dict[str, tuple[Chart, bytes]]()
    for section in report["sections"]:
        for picture in section["pictures"]:
            chart = projection_charts.chart(picture["kind"], picture)
            spec = chart.spec | {"title": chart.spec["title"] | {"text": ""}}
            untitled = replace(chart, spec=spec)
            found[picture["name"]] = (chart, charts.svg(untitled, language=lang))
    return found


def _thin(report: Report, found: Drawn) -> dict[str, Any]:  # Any: plain data
    """A report of which each picture has so many rows as anybody reads below it."""
    sections = [
        {**one, "pictures": [_few(each, found[each["name"]][0]) for each in one["pictures"]]}
        for one in report["sections"]
    ]
    return {**report, "sections": sections}


def _few(picture: Mapping[str, Any], chart: Chart) -> dict[str, Any]:
    kept = projection_page.few(chart)
    return {
        "name": picture["name"], "title": picture["title"], "about": picture["about"],
        "columns": chart.columns, "every": len(chart.rows),
        "rows": [[row[name] for name in chart.columns] for row in kept],
    }  # fmt: skip
