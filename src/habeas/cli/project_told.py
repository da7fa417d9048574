"""A projection's report on a terminal: its first page, with the days and the sums."""

from rich.console import Console

from habeas.cli import output
from habeas.service.paper import Grid
from habeas.service.projection_report import Report

SHOWN = {"people": 1, "space": 1, "money": 1, "numbers": 4}  # tables of each section


def shown(report: Report) -> None:
    """Print it."""
    console = output.console()
    console.print(f"[bold]{_plain(report.title)}[/bold]")
    for name, value in report.particulars:
        console.print(f"[dim]{_plain(name)}[/dim]  {_plain(value)}")
    for one in report.warnings:
        console.print(f"\n[bold]! {_plain(one)}[/bold]")
    for answer in report.answers:
        console.print(f"\n[bold]{_plain(answer.question)}[/bold]")
        for text in answer.texts:
            console.print(f"  {_plain(text)}")
        for point in answer.points:
            console.print(f"  - {_plain(point)}")
    for section in report.sections:
        for grid in section.grids[: SHOWN.get(section.id, 0)]:
            _table(grid, console)


def _table(grid: Grid, console: Console) -> None:
    rows = [[cell.text for cell in row] for row in grid.rows]
    right = [name for name, wide in zip(grid.heads, grid.widths, strict=True) if wide <= 0]
    console.print()
    console.print(output.table(grid.caption, grid.heads, rows, right=right))


def _plain(text: str) -> str:
    return output.shown(text).replace("[", r"\[")
