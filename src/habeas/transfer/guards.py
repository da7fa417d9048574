"""The conditions that an act of a transfer must meet, each with its own refusal."""

import re
from collections.abc import Callable
from functools import wraps

from habeas.errors import Fault, RegisterError
from habeas.register.events import Event, instant
from habeas.terms import Consent, Side, Stage
from habeas.transfer.refusals import refused
from habeas.transfer.state import Route, State, Terms

_SHA256 = re.compile(r"[0-9a-f]{64}")
Guard = Callable[[State, Event, Terms, Route], Fault | None]


def no_stay(state: State, _event: Event, _terms: Terms, _route: Route) -> Fault | None:
    """H603: no court's stay is in force, whatever else is signed."""
    if not state.stays:
        return None
    return refused("H603", count=len(state.stays))


def consent_stands(state: State, _event: Event, terms: Terms, _route: Route) -> Fault | None:
    """H604: where the agreement asks for consent, the person has given it before a court."""
    if not terms.consent_required or state.consent is Consent.GIVEN:
        return None
    return refused("H604", consent=state.consent)


def eligible_and_fresh(state: State, event: Event, _terms: Terms, _route: Route) -> Fault | None:
    """H605: no fact has changed or lapsed since the last screening."""
    if state.facts_changed:
        return refused("H605.changed")
    if state.eligible_until is not None and event.occurred_at >= state.eligible_until:
        return refused("H605.expired", at=state.eligible_until)
    return None


def notice_over(state: State, event: Event, _terms: Terms, _route: Route) -> Fault | None:
    """H606: notice was served and its period is over, so that a court could be asked."""
    if state.earliest is not None and event.occurred_at >= state.earliest:
        return None
    if state.earliest is None:
        return refused("H606.none")
    return refused("H606.runs", at=state.earliest)


def objections_answered(state: State, _event: Event, _terms: Terms, _route: Route) -> Fault | None:
    """H607: every objection has been answered with reasons."""
    if not state.objections:
        return None
    return refused("H607", count=len(state.objections))


def no_open_difference(_state: State, _event: Event, _terms: Terms, route: Route) -> Fault | None:
    """H608: the route's last manifest has no open difference."""
    if not route.open_difference:
        return None
    return refused("H608")


def authorised_by_both(state: State, _event: Event, _terms: Terms, _route: Route) -> Fault | None:
    """H609: both states have authorised, accepted and scheduled the transfer."""
    if state.stage is Stage.SCHEDULED:
        return None
    return refused("H609", state=state.stage)


def may_be_withdrawn(state: State, _event: Event, terms: Terms, _route: Route) -> Fault | None:
    """H604: consent may be withdrawn until the agreement makes it irrevocable."""
    if not (terms.consent_binds_at_verification and state.consent is Consent.GIVEN):
        return None
    return refused("H604.binding")


def same_line(state: State, event: Event, _terms: Terms, _route: Route) -> Fault | None:
    """H612: the handover is of the manifest and line that departed."""
    if state.manifest == (event.body.get("manifest"), event.body.get("line")):
        return None
    return refused("H612")


def release_allowed_here(state: State, _event: Event, terms: Terms, _route: Route) -> Fault | None:
    """H614: the agreement allows release where the person is."""
    if terms.release_in_receiving_state or state.custodian is Side.SENDING:
        return None
    return refused("H614")


def stay_known(state: State, event: Event, _terms: Terms, _route: Route) -> Fault | None:
    """H603: a stay can be lifted only where one is in force under that order."""
    if event.body.get("order") in state.stays:
        return None
    return refused("H603.unknown")


def forward_only(guard: Guard) -> Guard:
    """The guard for transfers to the receiving state; a return is a duty and asks none of it."""

    @wraps(guard)
    def asked(state: State, event: Event, terms: Terms, route: Route) -> Fault | None:
        return guard(state, event, terms, route) if state.custodian is Side.SENDING else None

    return asked


def validity_stated(_state: State, event: Event, _terms: Terms, _route: Route) -> Fault | None:
    """H605: a screening says until when it holds; without that it would hold for ever."""
    try:
        instant(str(event.body.get("valid_until")))
    except RegisterError:
        return refused("H605.validity")
    return None


def placement_reasoned(_state: State, event: Event, _terms: Terms, _route: Route) -> Fault | None:
    """H893: whoever decides on a proposal of cells names it, and says why it is not followed."""
    if "placement" not in event.body:
        return None
    told = event.body["placement"]
    if not isinstance(told, dict) or not _SHA256.fullmatch(str(told.get("proposal"))):
        return refused("H893.form")
    reason = told.get("reason")
    said = isinstance(reason, str) and bool(reason.strip())
    return None if said or told.get("proposed") == event.body.get("cell") else refused("H893")
