"""A projection from its draws to its report, and what may be asked of one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any, cast

import msgspec
import numpy as np
from numpy.typing import NDArray

from habeas.errors import Fault, Language, SetupError
from habeas.law.library import Library
from habeas.projection import parts as of_draws
from habeas.projection.parts import Arrays, Part
from habeas.projection.result import Actual, Projection
from habeas.service import project, projection_compare
from habeas.service.paper import Say
from habeas.service.project import Drawn
from habeas.service.projected import Seen
from habeas.service.projection_actual import drawn_over
from habeas.service.projection_compare import Compared
from habeas.service.projection_report import WORDS, Report, report
from habeas.service.projection_seen import Words, seen
from habeas.service.scenario import Ready

TASK = "habeas.projection.simulate:run"
AT = "habeas.projection.simulate:run_at"
MOST_DRAWS, MOST_SEED = 1_000_000, (1 << 32) - 1


@dataclass(frozen=True, slots=True)
class Done:
    """One scenario, all its draws and answers."""

    ready: Ready
    drawn: Drawn
    result: Projection
    seen: Seen


def words() -> Words:
    """The words of projections in both languages."""
    return Words(Say("en", WORDS), Say("es", WORDS))


def payload(ready: Ready) -> bytes:
    """What every draw is computed from."""
    return msgspec.json.encode(ready.plan)


def asked(draws: int, seed: int) -> None:
    """Refuse a number of draws or a seed that is none.

    Raises:
        SetupError: H836.
    """
    if not 1 <= draws <= MOST_DRAWS:
        fix = "Write 200, or 1000 for a finer range."
        raise SetupError(
            Fault("H836", f"{draws:,} draws are not between 1 and {MOST_DRAWS:,}", fix)
        )
    if not 0 <= seed <= MOST_SEED:
        raise SetupError(
            Fault("H836", f"the seed {seed} is not between 0 and {MOST_SEED}", "Write 1.")
        )


def longer(estimate: float, at_most: float, draws: int) -> SetupError:
    """What is said of a run that would take longer than somebody waits."""
    fewer = max(1, int(draws * at_most / estimate)) if 0 < at_most < estimate else 1
    what = (
        f"the run would take about {estimate:,.0f} seconds, more than the {at_most:,.0f} that are"
        " allowed"
    )
    fix = f"Allow more with --at-most {_round_up(estimate)}, or ask --draws {fewer}."
    return SetupError(Fault("H833", what, fix))


def _round_up(estimate: float) -> int:
    return int(estimate * 1.5 / 10 + 1) * 10


def merged(parts: Iterable[Part], draws: int) -> Arrays:
    """Every draw in order.

    Raises:
        SetupError: H870, where one is missing.
    """
    return of_draws.merged(parts, draws)


def done(ready: Ready, arrays: Arrays, seed: int, library: Library) -> Done:
    """Every answer of a run.

    Raises:
        HabeasError: when a schedule, a facility or a certificate of the scenario cannot answer.
    """
    draws = len(arrays["values"])
    stamp = project.stamp(
        ready.scenario, ready.plan, seed, range(draws), result=of_draws.digest(arrays)
    )
    numbers = cast(Mapping[str, NDArray[np.number]], arrays)
    found = project.drawn(ready.scenario, ready.plan, numbers, library, stamp)
    told = words()
    return Done(ready, found, project.answer(found, library), seen(ready, found, library, told))


def over(found: Done, actual: Actual | None) -> Done:
    """The same with what followed drawn over it; None: it is not known."""
    if actual is None:
        return found
    told = msgspec.structs.replace(found.result, actual=actual)
    return replace(found, result=told, seen=drawn_over(found.seen, actual, words()))


def reports(found: Seen) -> dict[Language, Report]:
    """The report in each language."""
    told = words()
    return {
        "en": report(found, told.english, version("habeas")),
        "es": report(found, told.spanish, version("habeas")),
    }


def comparisons(found: Compared) -> dict[Language, Report]:
    """The report of a comparison in each language."""
    told = words()
    return {
        "en": projection_compare.report(found, told.english, version("habeas")),
        "es": projection_compare.report(found, told.spanish, version("habeas")),
    }


def comparison(found: Compared) -> dict[str, Any]:  # Any: ready for JSON
    """A comparison as one JSON document."""
    made: dict[str, Any] = msgspec.to_builtins(found.result)
    return made


def with_sources(found: Seen, library: Library) -> Seen:
    """The same, with where each source of the scenario is read."""
    told = dict[str, str]()
    for key, source in library.sources.items():
        where = [*source.urls, " ".join(part for part in (source.repository, source.path) if part)]
        told[key] = next((one for one in where if one), "")
    return replace(found, sources=told)


def document(found: Projection) -> dict[str, Any]:  # Any: ready for JSON
    """The projection as one JSON document."""
    made: dict[str, Any] = msgspec.to_builtins(found)
    return made


def tables(found: Projection) -> dict[str, list[dict[str, Any]]]:
    """Every range as rows: of the whole period, and of each day that is shown."""
    whole = [
        {"section": section.id, "key": row.key, "of": row.of, "unit": row.unit,
         "draws": row.draws, "why": row.why, **_columns(row.band)}
        for section in found.sections for row in section.rows
    ]  # fmt: skip
    days = [
        {"key": one.key, "of": one.of, "unit": one.unit, "day": day, **_columns(band)}
        for section in found.sections for one in section.series
        for day, band in zip(one.days, one.bands, strict=True)
    ]  # fmt: skip
    return {"ranges": whole, "days": days}


def _columns(band: Any) -> dict[str, Any]:  # noqa: ANN401 - a band, or none
    names = ("p5", "p25", "p50", "p75", "p95", "mean")
    return {name: None if band is None else getattr(band, name) for name in names}
