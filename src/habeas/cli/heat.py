"""Floor area a person as a table that reads without colour: a bar, a number and a word."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from rich.table import Table
from rich.text import Text

from habeas.cli import output

SHOWN = 20  # findings and rows that a terminal shows
ROWS = 200
STEP = Fraction(1, 2)  # m2 of one block of the bar
BLOCKS = 8
WIDE = {"cell": 6, "module": 4, "facility": 4}  # measures beside one another
LEGEND = (
    "One # is half a square metre. met, below; ? not established; - does not apply."
    " A floor with <= is an upper bound."
)
STYLES = {"below": "bold red", "met": "green", "not established": "yellow"}
SHORT = {"not established": "?", "does not apply": "-"}
CELLS = {
    "floor_cm2": "floor", "sanitary_cm2": "sanitary", "furniture_cm2": "furniture",
    "maximum": "most",
}  # fmt: skip
Row = Mapping[str, Any]  # Any: a row of a document


def bar(m2: str) -> str:
    """One block for each half square metre, eight at most; nothing where it is not known."""
    if not m2:
        return ""
    blocks = int(Fraction(m2.replace(",", "")) / STEP)
    return "#" * min(blocks, BLOCKS) + ("+" if blocks > BLOCKS else "")


def table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[str] = ()
) -> Table:
    """A table whose findings have a colour beside their word."""
    return output.table(title, columns, rows, right=right, style=_style)


def _style(cell: str) -> str:
    word = "not established" if cell == "?" else cell.split(" ", maxsplit=1)[0]
    return STYLES.get(word, "")


def flat(row: Row) -> dict[str, str]:
    """A row of cells, modules or facilities as text alone."""
    found = {key: str(value) for key, value in row.items() if not isinstance(value, dict)}
    for name, finding in row["standards"].items():
        if isinstance(finding, dict):
            found |= {f"{name} {word}": str(number) for word, number in finding.items()}
        else:
            found[name] = finding
    for name, m2 in row.get("m2_per_person_at_most", {}).items():
        found[f"{name} m2 at most"] = m2
    return found


def flat_total(one: Row) -> dict[str, str]:
    """A number of persons in a whole facility as text alone."""
    kept = ("facility", "persons", "m2_per_person", "reported_as", "claim", "on", "note")
    found = {key: str(one.get(key, "")) for key in kept}
    found["source"] = ", ".join(one.get("source", ()))
    return found | {row["measure"]: row["finding"] for row in one["standards"]}


def print_rows(document: Row) -> None:
    """Cells with the least floor a person first; modules and facilities in order."""
    by, rows = document["by"], document["rows"]
    names = [one["measure"] for one in document["measures"]]
    used = [name for name in names if any(_told(row["standards"][name]) for row in rows)]
    if by == "cell":
        rows = sorted(rows, key=_least)
    console, wide = output.console(), WIDE[by]
    for place in range(0, max(1, len(used)), wide):
        console.print(_part(document, rows[:ROWS], used[place : place + wide]))
    if len(rows) > ROWS:
        output.note(f"{len(rows) - ROWS:,} more rows: use --out FILE")
    console.print(Text(LEGEND, style="dim"))
    for one in document["measures"]:
        if one["measure"] in used:
            console.print(Text(f"{one['measure']}: {one['value']}. {one['method']}", style="dim"))


def _told(finding: object) -> bool:
    return finding != "does not apply" and set(finding if isinstance(finding, dict) else ()) != {
        "does not apply"
    }


def _least(row: Row) -> tuple[bool, Fraction, str]:
    m2 = row["m2_per_person"]
    return not m2, Fraction(m2.replace(",", "") or 0), row["cell"]


def _part(document: Row, rows: Sequence[Row], names: Sequence[str]) -> Table:
    by, places = document["by"], {row["facility"] for row in rows}
    heads = ["facility"] if len(places) > 1 or by == "facility" else []
    heads += [] if by == "facility" else [by]
    shown = [
        [
            *(str(row[head]) for head in heads),
            f"{row['persons']:,}",
            _m2(row),
            bar(row["m2_per_person"]),
            *(_finding(row["standards"][name]) for name in names),
        ]
        for row in rows
    ]
    where = next(iter(places)) if len(places) == 1 else f"{len(places)} facilities"
    title = f"{where}: floor area a person by {by}, {document.get('as_of', document['day'])}"
    columns = (*heads, "persons", "m² each", "", *names)
    return table(title, columns, shown, right=("persons", "m² each"))


def _m2(row: Row) -> str:
    if not row["m2_per_person"]:
        return "?"
    return f"{'<= ' if row['area'] == 'gross' else ''}{row['m2_per_person']}"


def _finding(found: str | Mapping[str, int]) -> str:
    if isinstance(found, str):
        return SHORT.get(found, found)
    told = sorted(found.items(), key=lambda one: one[0] != "below")
    return ", ".join(f"{SHORT.get(word, word)} {number:,}" for word, number in told if number)


def print_totals(document: Row) -> None:
    """Numbers of persons against each standard, side by side, then what they rest on."""
    console, found = output.console(), document["densities"]
    names = [row["measure"] for row in found[0]["standards"]]
    columns = ("persons", "on", "m² each", "", *names)
    rows = [
        [
            f"{one['persons']:,}",
            one.get("on", ""),
            f"{'<= ' if one['upper_bound'] else ''}{one['m2_per_person']}",
            bar(one["m2_per_person"]),
            *(_finding(row["finding"]) for row in one["standards"]),
        ]
        for one in found
    ]
    title = f"{found[0]['facility']}: floor area a person"
    console.print(table(title, columns, rows, right=("persons", "m² each")))
    for text in _under(found):
        console.print(Text(text, style="dim"))
    columns = ("m2_per_person", "measure", "places", "most_persons")
    heads = ("m² a person", "of", "places, cell by cell", "by the whole area")
    shown = [[row[key] for key in columns] for row in document["places"]]
    console.print(table("Persons for whom the floor is enough", heads, shown, right=heads[2:]))


def _as(one: Row) -> str:
    told = [one.get("reported_as", "").replace("_", " "), one.get("claim", ""), one.get("on", "")]
    return ", ".join(word for word in told if word)


def _under(found: Sequence[Row]) -> list[str]:
    """What stands under the table: legend, area, caveat, notes, sources, measures."""
    told = ["One # is half a square metre. ? not established. <= an upper bound."]
    told += [f"Area: {basis}" for basis in found[0]["area_basis"]]
    told.append(found[0]["caveat"])
    for one in found:
        if said := _as(one):
            words = (one["note"], f"[{', '.join(one['source'])}]" if one["source"] else "")
            told.append(" ".join((f"{one['persons']:,} ({said}):", *filter(None, words))))
    told += [f"{row['measure']}: {row['value']}" for row in found[0]["standards"]]
    return told


def print_days(document: Row) -> None:
    """Days and person-days by measure."""
    columns = (
        "measure",
        "days below",
        "person-days below",
        "met",
        "?",
        "-",
        "first day",
        "longest run",
    )
    rows = [
        [
            one["measure"],
            f"{one['days_below']:,}",
            f"{one['person_days_below']:,}",
            f"{one['person_days_met']:,}",
            f"{one['person_days_not_established']:,}",
            f"{one['person_days_apart']:,}",
            one["first_day_below"],
            _run(one["longest_run"]),
        ]
        for one in document["measures"]
    ]
    title = (
        f"{document['from']} to {document['to']} (exclusive), {document['person_days']:,}"
        f" person-days at the {document['persons_at']}, {document['zone']}"
    )
    console = output.console()
    console.print(table(title, columns, rows, right=columns[1:6]))
    told = "? not established; - the measure does not speak of the cell with so many persons."
    console.print(Text(told, style="dim"))
    for one in document["findings"][:SHOWN]:
        output.note(f"{one['kind']}: {one['what']}")
    output.note(f"{len(document['findings']):,} findings")


def _run(run: Row | None) -> str:
    return "" if run is None else f"{run['days']:,} days from {run['first']} in {run['cell']}"


def print_capacity(document: Row) -> None:
    """Places by definition, or cells."""
    rows = document["rows"]
    told = ("known", "stated", "basis", "note", "source")
    columns = [name for name in (rows[0] if rows else ()) if name not in told]
    shown = [[row[name] or ("?" if name == "places" else "") for name in columns] for row in rows]
    right = [name for name in columns if name in {"places", "persons", "occupancy_percent"}]
    title = f"{document['facility']} on {document['day']}"
    title += "; areas in cm²" if "floor_cm2" in columns else ""
    console = output.console()
    heads = [str(CELLS.get(name, name.replace("_", " "))) for name in columns]
    console.print(table(title, heads, shown, right=[name.replace("_", " ") for name in right]))
    for row in (row for row in rows if "stated" in row):
        words = (row["note"], f"[{row['source']}]" if row["source"] else "")
        head = f"{row['definition']}: '{row['stated']}' ({row['known']}), by {row['basis']}."
        console.print(Text(" ".join((head, *filter(None, words))), style="dim"))
