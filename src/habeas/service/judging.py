"""Whether an event may follow what the register holds: the workflow's table, asked in one place.

Whoever appends asks here: a command, a gateway, an officer's act, a message of the other state.
"""

from collections.abc import Sequence
from dataclasses import replace

from habeas.errors import Fault, ImpossibleEvent, RegisterError
from habeas.register import events
from habeas.register.events import Event
from habeas.register.log import Log
from habeas.service.manifests import Manifests, Routes
from habeas.service.persons import of_person
from habeas.service.transfer import Ground, may_lead_on
from habeas.terms import EventKind
from habeas.transfer import reports
from habeas.transfer.machine import fold, impossible, step
from habeas.transfer.refusals import refused


class Bench:
    """Judges events under one agreement by what one register holds."""

    def __init__(self, log: Log, ground: Ground | None) -> None:
        """Sit.

        Args:
            log: the register.
            ground: the agreement; None, where only administrative events may come.
        """
        self.log, self.ground = log, ground
        self._manifests = None if ground is None else _followed(log, ground)

    def judge(self, event: Event) -> None:
        """Ask whether one event may follow what the register holds.

        Raises:
            ImpossibleEvent: H601 to H617, H623 to H629; H619 for an erasure, which has a way of its
            own.
        """
        self._judge(event, {}, None)

    def judge_in_turn(self, found: Sequence[Event]) -> None:
        """Ask whether events may follow, each as if those before it had been appended.

        Raises:
            ImpossibleEvent: as `judge`, for the first that may not.
        """
        known: dict[str, list[Event]] = {}
        departs = any(one.kind == EventKind.DEPARTED for one in found)
        ahead = self._manifests.routes().copy() if departs and self._manifests else None
        for event in found:
            self._judge(event, known, ahead)
            if ahead is not None and event.kind not in events.ADMIN:
                ahead.take(event)

    def known(self, subject: str) -> list[Event]:
        """A person's events in register order.

        Raises:
            RegisterError: H592, when one of them cannot be read.
        """
        return of_person(self.log, subject)

    def _judge(self, event: Event, known: dict[str, list[Event]], ahead: Routes | None) -> None:
        if event.kind in events.ADMIN:
            _no_erasure(event)
            return
        ground = self._under(event)
        if event.subject is None:
            what = f"'{event.kind}' names no person"
            raise ImpossibleEvent(Fault("H601", what, "Name the subject.", where=event.id))
        may_lead_on(ground, event.kind)
        before = known.setdefault(event.subject, [])
        if not before:
            before += of_person(self.log, event.subject)
        if any(one.agreement != event.agreement for one in before):
            # A number is of one agreement: under another it reads as if it were not there.
            raise impossible(refused("H601.nobody"), event)
        if event.kind == EventKind.DEPARTED and self._manifests is not None:
            routes = ahead or self._manifests.routes()
            step(fold(before, ground.terms), event, ground.terms, routes.route(event))
        else:
            fold([*before, event], ground.terms)
        reports.check(before, event, ground.terms)
        before.append(event)

    def _under(self, event: Event) -> Ground:
        ground = self.ground
        if ground is None or event.agreement != ground.deal.id:
            under = ground.deal.id if ground else "no agreement that the call names"
            what = f"'{event.kind}' is under '{event.agreement}', not {under}"
            raise ImpossibleEvent(Fault("H617", what, "Name its own agreement.", where=event.id))
        return ground


def _followed(log: Log, ground: Ground) -> Manifests:
    return Manifests(log, ground.deal.id, ground.terms)


def refusal(bench: Bench, event: Event) -> RegisterError | None:
    """Why an event may not follow what the register holds; None where it may."""
    try:
        bench.judge(replace(event, index=bench.log.size))
    except RegisterError as error:
        return error
    return None


def _no_erasure(event: Event) -> None:
    if event.kind in {EventKind.ERASED, EventKind.ERASURE_COMPLETED}:
        what = f"'{event.kind}' is not appended like another event: nobody has asked the law"
        raise ImpossibleEvent(Fault("H619", what, "Use 'habeas erase'.", where=event.id))
