"""Compare two agreements, two versions of a file, or one agreement on two days."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from habeas.errors import Fault, SetupError
from habeas.law.differ import Difference, difference
from habeas.law.library import Library
from habeas.law.program import Program
from habeas.service import NOT_REVIEWED, replay, vignette
from habeas.service.agree import library as read

SAME, DIFFERENT, APART, OPEN = "same", "different", "nothing in common", "not decided"
SENTENCES = {
    SAME: "No possible case is judged differently; within what both admit this is proved.",
    DIFFERENT: "A case is judged differently; screening confirms it.",
    APART: "No case can stand under both: they share no pathway, parties or day.",
    OPEN: "H309 the solver did not decide whether a case is judged differently.",
}


@dataclass(frozen=True, slots=True)
class Compared:
    """Two programs with what tells them apart."""

    before: Program
    after: Program
    difference: Difference

    @property
    def verdict(self) -> str:
        """One of the words above."""
        if self.difference.found.case is not None:
            return DIFFERENT
        if not (self.difference.shared.decided and self.difference.found.decided):
            return OPEN
        return SAME if self.difference.shared.case is not None else APART

    @property
    def vignettes(self) -> str:
        """The case as a law case under each of the two; empty where there is none."""
        programs = (self.before, self.after)
        return vignette.file(
            vignette.Vignette(
                f"diff.{name}",
                f"as judged {name}, under {program.deal.id} {program.deal.version}",
                one.case,
                program,
                one.findings,
                one.outcome,
            )
            for name, program, one in zip(
                ("before", "after"), programs, self.difference.judged or (), strict=False
            )
        )


def _side(name: str, own: Path | None) -> tuple[Library, str]:
    """The library and id of an agreement that is named by its id, its file or its folder."""
    path = Path(name)
    if path.is_dir():
        files = sorted((path / "agreements").glob("*.toml"))
        if len(files) != 1:
            what = f"'{name}' holds {len(files)} agreements"
            fix = "Name a folder with one file under agreements/, or the file itself."
            raise SetupError(Fault("H902", what, fix))
        own, path = path, files[0]
    if path.suffix == ".toml":
        found = Library(own, alone=path)
        return found, next(iter(found.agreements))
    return read(own), name


def of_two(before: str, after: str, day: date, own: Path | None) -> Compared:
    """Two agreements, each by its id, file or folder, as their law stands on a day.

    Raises:
        LawError: H215 for an unknown id; every fault of the files.
        SetupError: H902 for a folder that is not one agreement's.
    """
    programs = [
        library.program(name, day) for library, name in (_side(before, own), _side(after, own))
    ]
    return Compared(programs[0], programs[1], difference(programs[0], programs[1], replay))


def of_days(name: str, days: tuple[date, date], own: Path | None) -> Compared:
    """One agreement on two days, each case as it would be screened on each.

    Raises:
        LawError: H215 for an unknown id; every fault of the files.
    """
    library, found = _side(name, own)
    one, other = (library.program(found, day) for day in days)
    return Compared(one, other, difference(one, other, replay, days))


def document(found: Compared) -> dict[str, object]:
    """The one JSON document that `habeas law diff --json` prints."""
    case, judged = found.difference.found.case, found.difference.judged
    return {
        "before": _program(found.before),
        "after": _program(found.after),
        "verdict": found.verdict,
        "changes": [
            {"kind": one.kind, "name": one.name, "before": one.before, "after": one.after}
            for one in found.difference.changes
        ],
        "case": vignette.natural(case, found.before.vocabulary) if case else None,
        "as_of": [vignette.day(one.case) for one in judged] if judged else None,
        "outcomes": [one.outcome.value for one in judged] if judged else None,
        "rules": [dict(zip(("rule", "before", "after"), row, strict=True)) for row in rules(found)],
        "vignettes": found.vignettes,
        "review": NOT_REVIEWED,
    }


def _program(program: Program) -> dict[str, str]:
    return {
        "agreement": program.deal.id,
        "version": program.deal.version,
        "day": program.day.isoformat(),
        "program": program.hash,
    }


def rules(found: Compared) -> list[list[str]]:
    """The rules that differ in the case: id, finding before, finding after."""
    if found.difference.judged is None:
        return []
    one, other = (each.findings for each in found.difference.judged)
    return [
        [name, *(each[name].value if name in each else "no such rule" for each in (one, other))]
        for name in found.difference.rules
    ]
