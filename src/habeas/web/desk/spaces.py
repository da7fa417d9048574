"""Which certified places are free, out of the facility files and who is there now."""

from datetime import date

from habeas.access import Asker
from habeas.service import vacancy as certified
from habeas.service.vacancy import Vacancy
from habeas.web import wiring
from habeas.web.readmodels import visible


def vacancy(asker: Asker, facility: str, day: date) -> Vacancy:
    """The space check of one of this installation's facilities on a civil day."""
    held, promised = visible.held_in(asker, facility), visible.promised(asker)
    return certified.vacancy(wiring.facilities()[facility], held, promised, day)


def cells(facility: str, day: date) -> list[str]:
    """The cells of a facility; none where no file of this installation says what it is."""
    place = wiring.facilities().get(facility)
    return [] if place is None else certified.names(place, day)
