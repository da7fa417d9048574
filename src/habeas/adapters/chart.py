"""A chart as data: its specification, its words and its table; light, for whoever hands it on."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Rows = Sequence[Mapping[str, str | int | float]]


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing with its words and its table; the table is the truth, the drawing the help."""

    name: str  # of its files
    title: str
    about: str  # one sentence that says in words what is seen
    spec: dict[str, Any]  # Any: Vega-Lite
    columns: tuple[str, ...]
    rows: Rows


def table(chart: Chart) -> str:
    """The rows of a chart as an HTML table."""
    heads = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in chart.columns)
    body = "".join(
        f"<tr>{''.join(f'<td>{html.escape(str(row[name]))}</td>' for name in chart.columns)}</tr>"
        for row in chart.rows
    )
    return (
        f"<details open><summary>The table behind the drawing</summary><table><caption>"
        f"{html.escape(chart.title)}</caption><thead><tr>{heads}</tr></thead><tbody>{body}</tbody>"
        "</table></details>"
    )
