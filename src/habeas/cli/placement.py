"""habeas space place and decide: a cell for each person with its proof, and what is decided."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from habeas.adapters import tables, text_files
from habeas.adapters.importers import place_files
from habeas.adapters.importers.cell_stays_file import Taken
from habeas.cli import act, clock, gateway, output, registers
from habeas.cli.main import loaded
from habeas.cli.space import set_aside
from habeas.errors import Fault, ImpossibleEvent, RegisterError, SetupError
from habeas.service import NOT_REVIEWED, agree, asking, measure, place, place_decide

Document = dict[str, Any]  # Any: what --json prints
SHOWN = 20
HEADS = ("act", "register number", "from", "to", "why")


class People(NamedTuple):
    """Who is to be placed, and what every output says of where that stands."""

    persons: list[place.Person]
    basis: dict[str, object]
    lost: bool  # somebody of the register, or a row of the file, could not be read


def _lacks(what: str) -> SetupError:
    return SetupError(Fault("H901", what, "See --help of the command."))


def propose(
    *,
    people: Path | None = None,
    cells: Path,
    apart: Path | None = None,
    standard: list[str],
    facility: str,
    register: Path | None = None,
    agreement: str | None = None,
    as_of: str | None = None,
    size: int | None = None,
    exact: bool = False,
    seconds: float | None = None,
    sending: str | None = None,
    receiving: str | None = None,
    library: Path | None = None,
    out: Path | None = None,
    json: bool = False,
) -> int:
    """Propose a lawful cell for each person with as few moves as are found; an officer decides.

    Exit status 1 where somebody has no place, or a row could not be read.

    Args:
        people: a file of people: register_number, sex, age_band, security, accessible; group, cell.
        cells: a file of cells and for whom each is kept: cell, sex, age_band, security, accessible;
            label, beds, floor_m2, sanitary_m2, furniture_m2, partitioned.
        apart: a file of who is never in one cell with whom: one, other.
        standard: a measure of floor area by which places are counted, such as ECHR-1; all named
            must be met.
        facility: its id in the library, or a facility file (.toml): its beds and floors count; else
            any name, with those of the file of cells.
        register: a register's file, with --agreement: who is in which cell, with recorded facts.
        agreement: the agreement of the register.
        as_of: YYYY-MM-DD (its last second in UTC) or an instant with offset; now where absent.
        size: only what was known when the register had this many leaves; all where absent.
        exact: ask the exact solver where the count leaves a gap or somebody has no place.
        seconds: of the exact solver at most; 60 where absent.
        sending: the sending state, where the agreement has several.
        receiving: the receiving state, where the agreement has several.
        library: a folder of your own files, read beside the shipped ones.
        out: write the moves to this CSV, Parquet or Arrow file.
        json: print one JSON document: what `space decide` reads.
    """
    law = agree.library(library)
    measures = place.standards(law, standard)
    told, instant = clock.instant(as_of)
    uses = place_files.cells(cells)
    set_aside(uses, cells)
    own = _own(law, facility)
    name = facility if own is None else own.facility.id
    rooms = uses.good if own is None else place.of_facility(own, instant.date(), uses.good)
    source = _people(people, name, register, agreement, (sending, receiving), (instant, size))
    pairs = _pairs(apart)
    basis = source.basis | _read((people, cells, apart), own, told)
    hours = None if own is None else own.facility.confined_hours
    asked = place.Asked(name, instant, source.persons, rooms, pairs.good, measures, hours, basis)
    found = place.propose(asked, _solver(seconds) if exact or seconds is not None else None)
    _shown(found, out, json=json)
    lost = source.lost or uses.aside or pairs.aside
    return output.DOES_NOT_HOLD if lost or found["unplaced"] else output.DONE


def _pairs(apart: Path | None) -> Taken[tuple[str, str]]:
    """Who is never in one cell with whom; rows that cannot be read are told."""
    if apart is None:
        return Taken()
    found = place_files.apart(apart)
    set_aside(found, apart)
    return found


def _read(files: Sequence[Path | None], own: measure.Place | None, told: str) -> dict[str, object]:
    """What was read besides a register."""
    named = [one for one in files if one is not None]
    return {
        "files": [{"file": one.name, "sha256": _hash(one)} for one in named],
        "facility_hash": "" if own is None else own.hash,
        "as_of": told,
    }


def _solver(seconds: float | None) -> Any:  # noqa: ANN401 - the solver is an extra, loaded here
    if seconds is None:
        return loaded("habeas.space.place_exact:solve")
    if not seconds > 0:
        raise SetupError(Fault("H903", f"{seconds} seconds are none", "Give more than 0."))
    return loaded("habeas.space.place_exact:within")(seconds)


def _own(law: agree.Library, name: str) -> measure.Place | None:
    if name.lower().endswith(".toml"):
        path = Path(name)
        return measure.of_text(text_files.text(path), str(path))
    return measure.of_library(law, name) if name in law.facilities else None


def _hash(path: Path) -> str:
    return sha256(text_files.content(path)).hexdigest()


def _people(
    path: Path | None,
    facility: str,
    register: Path | None,
    agreement: str | None,
    states: registers.States,
    known: tuple[datetime, int | None],
) -> People:
    """The people of a register, of a file, or of both."""
    if path is None and register is None:
        raise _lacks("name --people or --register")
    taken = Taken[place.Person]() if path is None else place_files.people(path)
    if path is not None:
        set_aside(taken, path)
    if register is None:
        return People(taken.good, {}, bool(taken.aside))
    if agreement is None:
        raise _lacks("a register needs --agreement")
    instant, size = known
    read = registers.read(register, agreement, states, size)
    persons, differ = place.joined(place.held(read, facility, instant), taken.good)
    for one in differ[:SHOWN]:
        output.note(one)
    lost = bool(taken.aside) or bool(read.found.held.unreadable)
    return People(persons, read.found.basis() | {"differs": differ}, lost)


def _shown(found: Document, out: Path | None, *, json: bool) -> None:
    rows: Sequence[dict[str, str]] = found["rows"]
    if out is not None:
        tables.write(out, place.ROWS, rows)
        output.note(f"{len(rows):,} rows: {out}")
    if json:
        output.document(found)
        return
    title = f"Proposal for {found['facility']}: {found['moves']:,} moves"
    console = output.console()
    console.print(output.table(title, ("what", "number"), _numbers(found), right=("number",)))
    if out is None and rows:
        cells = [tuple(one[name] for name in place.ROWS) for one in rows[:SHOWN]]
        console.print(output.table("Who moves", HEADS, cells))
    output.lines(found["certificates"])
    output.lines(found["do_not_receive"]["says"])
    for name in ("unplaced", "set_aside"):
        for one in found[name][:SHOWN]:
            output.note(f"{name.replace('_', ' ')}: {one['register_number']}: {one['why']}")
    if len(rows) > SHOWN and out is None:
        output.note(f"{len(rows) - SHOWN:,} more rows: --out FILE, or --json")
    if found["proof"] == "none" and not found["solver"]:
        output.note("whether fewer moves would do is open: --exact asks a solver")
    output.note(f"{found['decision']} {NOT_REVIEWED}")


PROOFS = {
    "count": "as few as can be: the moves equal the count",
    "solver": "as few as can be, by the solver",
    "none": "the gap is open",
}


def _numbers(found: Document) -> list[tuple[str, str]]:
    counts: Mapping[str, int] = found["counts"]
    told = [(name.replace("_", " "), f"{number:,}") for name, number in counts.items()]
    gap = [(name.replace("_", " "), f"{found[name]:,}") for name in ("moves", "bound", "gap")]
    return [*told, *gap, ("proof", PROOFS[found["proof"]])]


def decide(
    proposal: Path,
    register: Path,
    /,
    *,
    agreement: str,
    by: str,
    only: list[str] | None = None,
    instead: list[str] | None = None,
    reason: str = "",
    at: str | None = None,
    sending: str | None = None,
    receiving: str | None = None,
    json: bool = False,
) -> int:
    """Decide on a proposal: record each move, or what is done instead, through a gateway.

    The same decision again is the same act; give --at the same instant too. Who is to be received
    comes by the transfer's own acts. Exit status 3 where the register refuses an act; the others
    are recorded.

    Args:
        proposal: what `habeas space place --json` printed.
        register: the register's file; a gateway serves it.
        agreement: the agreement whose terms hold.
        by: who decides, as AUTHORITY/custodian/KEY; the key lies at the gateway.
        only: a register number; once for each. Everybody whom the proposal moves where absent.
        instead: REGISTER_NUMBER=CELL where the officer decides otherwise; the present cell: stays.
        reason: why otherwise; needed with --instead.
        at: when it is done, as an instant with offset; now where absent.
        sending: the sending state, where the agreement has several.
        receiving: the receiving state, where the agreement has several.
        json: print one JSON document.
    """
    found = place_decide.read(text_files.text(proposal), str(proposal))
    decided = place_decide.decisions(found, _others(instead or []), reason, only or [])
    told, instant = clock.instant(at, "--at")
    stated = told if "T" in told else instant.astimezone(UTC).isoformat()
    rows: list[dict[str, object]] = []
    status = output.DONE
    with gateway.caller(register) as asked:
        caller = act.serving(asked, register)
        for one in decided:
            wanted = asking.Act(
                one.id, one.kind.value, one.subject, stated, dict(one.body),
                (act.hand(by),), agreement, sending, receiving, str(found["facility"]),
            )  # fmt: skip
            row: dict[str, object] = {"register_number": one.subject, "cell": one.cell}
            try:
                row |= caller.ask(wanted)
            except RegisterError as error:
                row |= {"refused": error.faults[0].sentence(), "code": error.code}
                status = ImpossibleEvent.status
            rows.append(row)
    _told(rows, found["proposal"], json=json)
    return status


def _others(texts: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in texts:
        subject, equals, cell = text.partition("=")
        if not equals or not subject or not cell:
            fix = "Write REGISTER_NUMBER=CELL."
            raise SetupError(Fault("H903", f"--instead '{text[:60]}' names no cell", fix))
        found[subject] = cell
    return found


def _told(rows: Sequence[Mapping[str, object]], proposal: str, *, json: bool) -> None:
    refused = [one for one in rows if "refused" in one]
    if json:
        output.document({"proposal": proposal, "rows": list(rows), "review": NOT_REVIEWED})
        return
    for one in refused[:SHOWN]:
        output.note(f"{one['register_number']}: {one['refused']}")
    output.lines([f"{len(rows) - len(refused):,} recorded, {len(refused):,} refused"])
    output.note(NOT_REVIEWED)
