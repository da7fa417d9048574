"""One person's case as a page shows it: read, recorded as read, and computed for this instant."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.http import Http404

from habeas.errors import HabeasError
from habeas.service import casefile, disclose, persons, procedure, survey
from habeas.service.casefile import Judged
from habeas.service.procedure import Course
from habeas.service.survey import Survey
from habeas.terms import Deed
from habeas.web import doing, wiring
from habeas.web.asked import AskedRequest
from habeas.web.readmodels import visible
from habeas.web.readmodels.models import DocketCase


@dataclass(frozen=True)
class Opened:
    """A person on the register, with everything that was recorded."""

    request: AskedRequest
    subject: str
    events: survey.Events
    survey: Survey

    @cached_property
    def course(self) -> Course:
        """How far the case has come."""
        ground = wiring.ground()
        return procedure.course(
            self.events, self.survey.state, self.survey.next, ground, self.request.now
        )

    @cached_property
    def row(self) -> DocketCase | None:
        """The row of the docket on which the case rests; None where no docket here has it."""
        found = visible.row(doing.asker(self.request), self.survey.case)
        return found if self.survey.case else None

    @cached_property
    def judged(self) -> Judged | None:
        """What follows from the row and the evidence since; None without a row."""
        return None if self.row is None else judged(self.row, self.events, self.request.now)


def opened(request: AskedRequest, subject: str, deed: Deed, what: str) -> Opened:
    """Open a person's case for somebody who may do a deed about them; recorded before it is read.

    Args:
        request: by whom.
        subject: the register number.
        deed: what they come for.
        what: what is shown, in lower-case words.

    Raises:
        Http404: when they may not, or there is nobody of that number.
        HabeasError: when the read cannot be recorded.
    """
    doing.demand(request, deed, subject)
    doing.seen(request, what, [subject])
    doing.footing(request)
    register = wiring.register()
    register.vault.forget()
    try:
        events = persons.of_person(register, subject)
    except HabeasError as error:  # erased meanwhile: nothing of the person may be shown
        raise Http404 from error
    if not events:
        raise Http404
    reader = doing.reader(request)
    table = wiring.library().disclosure
    events = disclose.shown(table, events, reader.authority, reader.role)
    return Opened(request, subject, events, survey.survey(events, wiring.ground()))


def judged(row: DocketCase, events: survey.Events, instant: datetime) -> Judged:
    """A case as it stands at an instant: the docket's row, and what was recorded since."""
    law, cells = wiring.library(), row.cells
    if events:
        cells = casefile.with_evidence(cells, events, wiring.ground(), law)
    return casefile.judge(casefile.of_cells(law, cells), law, instant, row.docket)
