"""How many matters stand open over everybody: numbers for whoever operates, and no person's."""

from datetime import datetime

from django.db.models import F

from habeas.terms import Custody
from habeas.web.readmodels.models import Line, Person, Position


def open_matters(now: datetime) -> dict[str, int]:
    """The numbers by name."""
    everybody, lines = Person.objects.all(), Line.objects.all()
    held = everybody.filter(custody__in=(Custody.HELD.value, Custody.ABSENT.value))
    arrived = lines.filter(arrived_line__isnull=False)
    return {
        "habeas_unestablished_findings": everybody.exclude(not_established=[]).count(),
        "habeas_overdue_obligations": everybody.exclude(next_deed="").filter(due__lt=now).count(),
        "habeas_persons_without_location": held.filter(facility="").count(),
        "habeas_departed_not_received": everybody.filter(custody=Custody.IN_TRANSIT.value).count(),
        "habeas_manifest_mismatch": arrived.exclude(arrived_line=F("line")).count(),
    }


def followed() -> int:
    """How many entries of the register the tables know."""
    return Position.objects.filter(pk=1).values_list("size", flat=True).first() or 0
