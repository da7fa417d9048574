"""habeas law diff."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from habeas.cli import clock, output
from habeas.errors import Fault, SetupError
from habeas.service import NOT_REVIEWED
from habeas.service import differ as use


def diff(
    before: str,
    after: str | None = None,
    /,
    *,
    on: str | None = None,
    and_: Annotated[str | None, Parameter(name="--and")] = None,
    library: Path | None = None,
    json: bool = False,
) -> int:
    """Find a case that two agreements or versions judge differently, or prove there is none.

    Exit status 0: no difference; 1: a difference, or not decided.

    Args:
        before: the id of an agreement, its file, or a folder with one agreement.
        after: the other; absent where one agreement is compared on two days.
        on: the day whose law is compared, YYYY-MM-DD; today where absent.
        and_: the other day, for one agreement on two days.
        library: a folder of your own files, read beside the shipped ones.
        json: print one JSON document.
    """
    found = _compared(before, after, on, and_, library)
    if json:
        output.document(use.document(found))
    else:
        _print(found)
    return output.DONE if found.verdict == use.SAME else output.DOES_NOT_HOLD


def _compared(
    before: str, after: str | None, on: str | None, and_: str | None, library: Path | None
) -> use.Compared:
    if after is not None and and_ is None:
        return use.of_two(before, after, clock.today(on), library)
    if after is None and and_ is not None:
        return use.of_days(before, (clock.today(on), clock.day(and_, "--and")), library)
    fix = "Name two agreements, or one with --on DAY --and DAY."
    raise SetupError(Fault("H901", "nothing to compare, or too much", fix))


def _print(found: use.Compared) -> None:
    console = output.console()
    rows = [[one.kind, one.name, one.before, one.after] for one in found.difference.changes]
    if rows:
        console.print(
            output.table("Declared differently", ("what", "name", "before", "after"), rows)
        )
    differing = use.rules(found)
    if differing:
        console.print(output.table("In the case", ("rule", "before", "after"), differing))
    console.print(found.vignettes, markup=False, soft_wrap=True)
    output.note(use.SENTENCES[found.verdict])
    output.note(NOT_REVIEWED)
