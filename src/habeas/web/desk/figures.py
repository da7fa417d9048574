"""What the pages of facilities, rolls and money are computed from: the table of intervals.

Everybody is counted; nobody is named here. Nothing is kept between requests but what was computed
of a size of the register, by content, in the installation's folder.
"""

import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse

from habeas.access import Asker
from habeas.adapters import csv_files
from habeas.errors import Fault, SetupError
from habeas.service import establishment, hold, kept
from habeas.service.establishment import Look
from habeas.terms import Deed, Side, Status
from habeas.web import doing, wiring
from habeas.web.asked import AskedRequest
from habeas.web.readmodels import remembered as lately
from habeas.web.readmodels import visible
from habeas.web.readmodels.models import Interval

Document = dict[str, Any]  # Any: a document of a use case
KEPT = "figures"
LINES = 3  # of a checkpoint's note: origin, size, root
LATEST_TEXT = 40


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a page was computed from, for its footer."""

    size: int
    root: str


def asked_at(request: AskedRequest) -> datetime:
    """The instant of `?as_of=`, UTC; now where it is absent.

    A day alone is its last second in UTC, as every command has it.

    Raises:
        SetupError: H841, for a text that is neither a day nor an instant with an offset, or one
            that has not come yet.
    """
    text = request.GET.get("as_of", "").strip()
    if not text:
        return now(request)
    fix = "Write 2026-11-14, or 2026-11-14T15:02:00+00:00."
    try:
        if len(text) == len("2026-11-14"):
            found = datetime.combine(date.fromisoformat(text), time(23, 59, 59), UTC)
            found = min(found, max(now(request), datetime.combine(found.date(), time(), UTC)))
        else:
            # A plus in an address that nobody escaped reads as a space.
            found = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
            found = found.astimezone(UTC) if found.tzinfo else _no_offset(text)
    except (ValueError, OverflowError) as error:
        what = f"'{text[:LATEST_TEXT]}' is neither a day nor an instant with an offset"
        spanish = (
            f"'{text[:LATEST_TEXT]}' no es un día ni un instante con desfase",
            "Escriba 2026-11-14, o 2026-11-14T15:02:00+00:00.",
        )
        raise SetupError(Fault("H841", what, fix, spanish=spanish)) from error
    if found > now(request):
        what = f"{found.isoformat()} has not come yet"
        spanish = (
            f"{found.isoformat()} aún no ha llegado",
            "Pregunte por el momento actual o por lo pasado.",
        )
        raise SetupError(Fault("H841", what, "Ask for now or for what has been.", spanish=spanish))
    return found


def _no_offset(text: str) -> datetime:
    raise ValueError(text)


def now(request: AskedRequest) -> datetime:
    """The instant of the request, UTC."""
    return request.now


def as_of(request: AskedRequest, instant: datetime) -> None:
    """Name at the foot of the page the instant that it is about."""
    request.as_of = instant


def position(request: AskedRequest) -> tuple[int, str]:
    """How many leaves the table follows, with the latest checkpoint; put on the footer too."""
    place = visible.position()
    size, note = (place.size, place.checkpoint) if place else (0, "")
    footer(request, note)
    return size, note


def basis(request: AskedRequest) -> kept.Basis:
    """The same with how many persons stand in no row, which asks the register itself."""
    size, note = position(request)
    erased, unreadable = _missing(size)
    return kept.Basis(size, note, erased, unreadable)


def footer(request: AskedRequest, note: str) -> None:
    """Name a checkpoint at the foot of the page; nothing where there is none."""
    lines = note.split("\n")
    if len(lines) > LINES:
        request.checkpoint = Checkpoint(int(lines[1]), lines[2])


def _missing(size: int) -> tuple[int, int]:
    def count() -> Document:
        shelf = wiring.register()
        erased, lost = hold.missing(shelf.store, shelf.vault, size)
        return {"erased": erased, "unreadable": lost}

    found = remembered(("missing", size), count)
    return found["erased"], found["unreadable"]


def received(asker: Asker, deed: Deed) -> QuerySet[Interval]:
    """The intervals under the receiving state's custody, of everybody."""
    return visible.everybody(asker, deed).filter(custodian=Side.RECEIVING.value)


def at(found: QuerySet[Interval], instant: datetime) -> QuerySet[Interval]:
    """Those that last at an instant; ends are exclusive."""
    return found.filter(start__lte=instant).filter(Q(end__isnull=True) | Q(end__gt=instant))


def rows(found: QuerySet[Interval]) -> Iterable[tuple[object, ...]]:
    """Intervals as the rows that `service.kept` reads."""
    ordered = found.order_by("subject", "start", "event_in")
    return ordered.values_list(*kept.Row._fields).iterator(chunk_size=5000)


def counted(found: QuerySet[Interval]) -> Callable[[datetime], Counter[tuple[str, str]]]:
    """A count of the persons who are physically in each cell at an instant."""

    def count(instant: datetime) -> Counter[tuple[str, str]]:
        there = at(found, instant).filter(status=Status.HELD.value)
        sums = there.values_list("facility", "cell").annotate(n=Count("pk")).order_by()
        return Counter({(facility, cell): n for facility, cell, n in sums})

    return count


def rolls(who: Asker, deed: Deed, instant: datetime, asked: str) -> dict[str, int]:
    """How many persons are on the roll of each facility, kept for a moment.

    Args:
        who: somebody who may do `deed`.
        deed: about nobody in particular.
        instant: of what is told, UTC.
        asked: the address's words for that instant, by which the answer is kept.
    """

    def count() -> dict[str, int]:
        there = at(visible.everybody(who, deed), instant)
        sums = there.values_list("facility").annotate(n=Count("pk")).order_by()
        return {name: n for name, n in sums if name}

    return lately.remembered(None, f"rolls {asked}", count)


def twice(who: Asker, name: str, instant: datetime, asked: str) -> tuple[frozenset[str], int]:
    """Who is in a facility and in another place at once: whom the asker may see; how many others.

    Args:
        who: somebody who may see facilities.
        name: of the facility.
        instant: of what is told, UTC.
        asked: the address's words for that instant, by which the answer is kept for a moment.
    """
    there = visible.everybody(who, Deed.SEE_FACILITY).filter(facility=name)
    doubled = lately.remembered(None, f"twice {asked}", lambda: _twice(who, instant))
    if not doubled:
        return frozenset(), 0
    here = at(there, instant).filter(status=Status.HELD.value, subject__in=doubled)
    subjects = {one for (one,) in here.values_list("subject")}
    named = visible.named(who, subjects)
    return named, len(subjects - named)


def look(who: Asker, name: str, instant: datetime, asked: str) -> Look:
    """A facility, kept for a moment; arguments as of `twice`."""
    named, _ = twice(who, name, instant, asked)
    said = f"facility {name} {asked} {sorted(named)}"
    return lately.remembered(None, said, lambda: looked(who, name, instant, named))


def looked(who: Asker, name: str, instant: datetime, named: frozenset[str]) -> Look:
    """A facility, with those of whoever is in two places at once whom the asker may see.

    Args:
        who: somebody who may see facilities.
        name: of the facility.
        instant: of what is told, UTC.
        named: what `twice` has found.
    """
    law, deal = wiring.library(), wiring.ground().deal
    there = visible.everybody(who, Deed.SEE_FACILITY).filter(facility=name)
    here = at(there, instant).filter(status=Status.HELD.value, subject__in=named)
    stays = kept.stays(rows(here), deal) if named else ()
    place = establishment.facility(law, wiring.facilities(), name)
    wanted = establishment.Asked(name, place, deal, instant)
    return establishment.look(law, wanted, counted(there), stays)


def _twice(who: Asker, instant: datetime) -> frozenset[str]:
    """Whoever is recorded in two places at once."""
    there = at(visible.everybody(who, Deed.SEE_FACILITY), instant).filter(status=Status.HELD.value)
    sums = there.values_list("subject").annotate(n=Count("pk")).filter(n__gt=1).order_by()
    return frozenset(subject for subject, _ in sums)


def register(request: AskedRequest, deed: Deed, until: datetime | None = None) -> hold.Register:
    """The register out of the table, as far as an instant where one is named.

    Raises:
        Http404: when the asker may not.
    """
    who = doing.demand(request, deed)
    found = received(who, deed)
    if until is not None:
        found = found.filter(start__lt=until)
    return kept.register(wiring.ground().deal, rows(found), releases(request, deed), basis(request))


def releases(request: AskedRequest, deed: Deed) -> dict[str, datetime]:
    """By person, from when no clock gives a basis to hold; of everybody, for a deed about nobody.

    Raises:
        Http404: when the asker may not.
    """
    who = doing.demand(request, deed)
    found = visible.releases(who, deed).values_list("subject", "release_on")
    return {subject: at for subject, at in found if at is not None}


def remembered(key: Sequence[object], make: Callable[[], Document]) -> Document:
    """A document by what it was computed from: read where it was kept, else made and kept.

    The key names everything that the document depends on; two that differ in it are two files.
    """
    name = hashlib.sha256(json.dumps([str(one) for one in key]).encode()).hexdigest()
    path = wiring.folder() / KEPT / f"{name}.json"
    try:
        found: Document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # not there, or torn by a crash: it is only a cache
        found = make()
        keep(path, json.dumps(found).encode())
    return found


def keep(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_bytes(data)
    part.replace(path)


def csv(name: str, columns: Sequence[str], found: Iterable[Mapping[str, str]]) -> HttpResponse:
    """Rows as a CSV download; no cell is one that a spreadsheet runs."""
    text = csv_files.text(list(columns), found)
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def json_of(name: str, found: Mapping[str, Any]) -> HttpResponse:  # Any: a document
    """A document as a JSON download."""
    text = json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False, default=str)
    response = HttpResponse(f"{text}\n", content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return response
