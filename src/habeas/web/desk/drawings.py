"""The chart of a facility's occupancy: its figures now, its drawing where one was made.

Drawing is slow and heavy, so that no request does it: `draw` is for whoever runs beside the web.
What is drawn is kept by content; a page whose figures are newer than every drawing shows the table.
"""

import hashlib
import json
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import date, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _

from habeas.service import establishment, export, hold, kept, measure, series
from habeas.terms import Deed, Side
from habeas.web import doing, wiring
from habeas.web.asked import AskedRequest
from habeas.web.clock import now
from habeas.web.components import Chart, Column, Table
from habeas.web.desk import figures
from habeas.web.desk.place_words import Shown
from habeas.web.readmodels import fenced, rebuild, visible
from habeas.web.readmodels.models import Interval
from habeas.web.readmodels.remembered import remembered

KEPT = "charts"
DAYS = 42
WIDE, NARROW = 640, 260


class Figures(NamedTuple):
    """What stands on a drawing, in one language."""

    title: str
    about: str
    rows: list[dict[str, str | int]]
    limits: list[tuple[str, int]]
    language: str

    def file(self, width: int) -> Path:
        """Where its drawing lies, or would."""
        said = json.dumps([*self, width], sort_keys=True, default=str)
        return wiring.folder() / KEPT / f"{hashlib.sha256(said.encode()).hexdigest()}.svg"


def occupancy(request: AskedRequest, name: str, instant: datetime) -> SafeString:
    """The chart of a facility's last days; empty where nobody ever was there.

    Raises:
        Http404: when the asker may not see facilities.
    """
    who = doing.demand(request, Deed.SEE_FACILITY)
    found = _figures(visible.everybody(who, Deed.SEE_FACILITY), name, instant)
    if found is None:
        return SafeString()
    drawn = [_drawn(found, width) for width in (WIDE, NARROW)]
    said = f"chart {found.language} {name} {found.rows[-1]['day']} {[bool(one) for one in drawn]}"
    return remembered(None, said, lambda: _chart(found, drawn, name, instant))


def _chart(found: Figures, drawn: Sequence[str], name: str, instant: datetime) -> SafeString:
    rows: list[list[Shown]] = [
        [date.fromisoformat(str(one["day"])), one["held"], one["absent"]]
        for one in reversed(found.rows)
    ]
    columns = (
        Column(_("Day")),
        Column(_("Held there"), numeric=True),
        Column(_("In custody, elsewhere"), numeric=True),
    )
    query = f"?as_of={instant:%Y-%m-%dT%H:%M:%S}%2B00:00"
    chart = Chart(
        found.title,
        found.about,
        Table(_("Persons by day, latest first"), columns, rows),
        f"{reverse('facility_occupancy', args=[name])}{query}",
        *drawn,
    )
    return render_to_string("components/chart.html", {"chart": chart, "level": 2})


def _drawn(found: Figures, width: int) -> str:
    try:
        return found.file(width).read_text(encoding="utf-8")
    except OSError:  # nobody has drawn it yet
        return ""


def _figures(everyone: QuerySet[Interval], name: str, instant: datetime) -> Figures | None:
    deal = wiring.ground().deal
    first, after = establishment.lately(deal, instant, DAYS)
    said = f"occupancy {name} {first} {after}"

    def make() -> tuple[list[dict[str, str | int]], int]:
        return _counted(everyone, name, first, after), _most(name, after)

    rows, most = remembered(None, said, make, minutes=10)
    if not any(one["held"] or one["absent"] for one in rows):
        return None
    held = [int(one["held"]) for one in rows]
    last = ngettext("%(n)s person", "%(n)s persons", held[-1]) % {"n": held[-1]}
    about = _(
        "The last %(days)s days that are over: from %(least)s to %(most)s persons held there at the"
        " end of a day, %(last)s at the end of %(day)s."
    ) % {
        "days": len(rows),
        "least": min(held),
        "most": max(held),
        "last": last,
        "day": date_format(date.fromisoformat(str(rows[-1]["day"])), "DATE_FORMAT"),
    }
    title = _("Persons held at %(name)s by day") % {"name": name}
    limits = [(_("Certified maximum"), most)] if most else []
    return Figures(title, about, rows, limits, get_language() or "en")


def _most(name: str, day: date) -> int:
    """How many persons the certificates of a facility allow on a day; 0 where none says."""
    place = establishment.facility(wiring.library(), wiring.facilities(), name)
    cells = [] if place is None else measure.cell_rows(place, day)
    return sum(int(cell["maximum"] or 0) for cell in cells)


def _counted(
    everyone: QuerySet[Interval], name: str, first: date, after: date
) -> list[dict[str, str | int]]:
    deal = wiring.ground().deal
    begun, _over = export.edges(deal, first, after)
    touched = everyone.filter(facility=name, custodian=Side.RECEIVING.value).filter(
        Q(end__isnull=True) | Q(end__gt=begun)
    )
    found = hold.Held(tuple(kept.intervals(figures.rows(touched), deal)), 0, {})
    return series.occupancy(found, deal, first, after)


def download(request: AskedRequest, name: str) -> HttpResponse:
    """The figures of a facility's chart as CSV."""
    who = doing.demand(request, Deed.SEE_FACILITY)
    found = _figures(visible.everybody(who, Deed.SEE_FACILITY), name, figures.asked_at(request))
    rows = [] if found is None else found.rows
    texts = [{key: str(value) for key, value in row.items()} for row in rows]
    return figures.csv(f"occupancy-{name}", ("day", "held", "absent"), texts)


def possible() -> bool:
    """Whether the libraries that draw are installed."""
    return all(find_spec(one) is not None for one in ("altair", "vl_convert"))


def draw() -> int:
    """Draw what the pages of facilities show now, in each language; returns how many were new.

    Raises:
        SetupError: H769, without the libraries that draw.
    """
    # Where nobody is fenced off, a transaction would only keep others from writing.
    with fenced.kept() if fenced.possible() else nullcontext():
        return _draw(rebuild.everyone())


def _draw(everyone: QuerySet[Interval]) -> int:
    from habeas.adapters import charts  # noqa: PLC0415 - heavy, and not in every installation

    count = 0
    names = everyone.exclude(facility="").order_by().values_list("facility", flat=True).distinct()
    for name in names:
        for code, _name in settings.LANGUAGES:
            with override(code):
                found = _figures(everyone, name, now())
                words = charts.Words(
                    _("Held there"), _("In custody, elsewhere"), _("Day"), _("Persons"), "%Y-%m-%d"
                )
            if found is None:
                continue
            chart = charts.occupancy(found.rows, found.limits, "", (), found.about, words)
            for width in (WIDE, NARROW):
                path = found.file(width)
                if not path.exists():
                    drawing = charts.fluid(charts.svg(chart, width).decode())
                    figures.keep(path, drawing.encode())
                    count += 1
    return count
