"""The conditions that an act of a transfer must meet, each with its own refusal."""

from collections.abc import Callable

from habeas.errors import Fault, RegisterError
from habeas.register.events import Event, instant
from habeas.terms import Consent, Side, Stage
from habeas.transfer.state import Route, State, Terms

Guard = Callable[[State, Event, Terms, Route], Fault | None]


def fault(code: str, what: str, fix: str) -> Fault:
    """A refusal: code, what, what to do."""
    return Fault(code, what, fix)


def no_stay(state: State, _event: Event, _terms: Terms, _route: Route) -> Fault | None:
    """H603: no court's stay is in force, whatever else is signed."""
    if not state.stays:
        return None
    return fault(
        "H603", f"{len(state.stays)} stay by a court is in force", "Wait until the court lifts it."
    )


def consent_stands(state: State, _event: Event, terms: Terms, _route: Route) -> Fault | None:
    """H604: where the agreement asks for consent, the person has given it before a court."""
    if not terms.consent_required or state.consent is Consent.GIVEN:
        return None
    return fault(
        "H604",
        f"the agreement asks for the person's consent, which is {state.consent}",
        "Have a court verify it; without it the person stays.",
    )


def eligible_and_fresh(state: State, event: Event, _terms: Terms, _route: Route) -> Fault | None:
    """H605: no fact has changed or lapsed since the last screening."""
    fix = "Screen the case again with facts that hold today."
    if state.facts_changed:
        return fault("H605", "a fact was recorded after the last screening", fix)
    if state.eligible_until is not None and event.occurred_at >= state.eligible_until:
        return fault(
            "H605",
            f"a fact of the last screening expired at {state.eligible_until:%Y-%m-%d %H:%M}Z",
            fix,
        )
    return None


def notice_over(state: State, event: Event, _terms: Terms, _route: Route) -> Fault | None:
    """H606: notice was served and its period is over, so that a court could be asked."""
    if state.earliest is not None and event.occurred_at >= state.earliest:
        return None
    until = (
        f"until {state.earliest:%Y-%m-%d %H:%M}Z"
        if state.earliest
        else "because no notice was served"
    )
    return fault("H606", f"the notice period runs {until}", "Wait, so that a court can be asked.")


def objections_answered(state: State, _event: Event, _terms: Terms, _route: Route) -> Fault | None:
    """H607: every objection has been answered with reasons."""
    if not state.objections:
        return None
    return fault(
        "H607",
        f"{len(state.objections)} objection is not answered",
        "Answer it with reasons first.",
    )


def no_open_difference(_state: State, _event: Event, _terms: Terms, route: Route) -> Fault | None:
    """H608: the route's last manifest has no open difference."""
    if not route.open_difference:
        return None
    return fault(
        "H608",
        "the last manifest of this route has an open difference",
        "Reconcile who was listed and who arrived first.",
    )


def authorised_by_both(state: State, _event: Event, _terms: Terms, _route: Route) -> Fault | None:
    """H609: both states have authorised, accepted and scheduled the transfer."""
    if state.stage is Stage.SCHEDULED:
        return None
    return fault(
        "H609",
        f"both states must have authorised, accepted and scheduled; the case is {state.stage}",
        "Have two officers of each state decide first.",
    )


def may_be_withdrawn(state: State, _event: Event, terms: Terms, _route: Route) -> Fault | None:
    """H604: consent may be withdrawn until the agreement makes it irrevocable."""
    if not (terms.consent_binds_at_verification and state.consent is Consent.GIVEN):
        return None
    return fault(
        "H604",
        "consent became irrevocable when the court verified it",
        "Lodge an objection or ask a court for a stay.",
    )


def same_line(state: State, event: Event, _terms: Terms, _route: Route) -> Fault | None:
    """H612: the handover is of the manifest and line that departed."""
    if state.manifest == (event.body.get("manifest"), event.body.get("line")):
        return None
    return fault(
        "H612",
        "the manifest and line are not those of the departure",
        "Record it as a difference of the manifest.",
    )


def release_allowed_here(state: State, _event: Event, terms: Terms, _route: Route) -> Fault | None:
    """H614: the agreement allows release where the person is."""
    if terms.release_in_receiving_state or state.custodian is Side.SENDING:
        return None
    return fault(
        "H614", "the agreement forbids release in the receiving state", "Return the person first."
    )


def stay_known(state: State, event: Event, _terms: Terms, _route: Route) -> Fault | None:
    """H603: a stay can be lifted only where one is in force under that order."""
    if event.body.get("order") in state.stays:
        return None
    return fault("H603", "no stay under this order is in force", "Name the order that is lifted.")


def forward_only(guard: Guard) -> Guard:
    """The guard for transfers to the receiving state; a return is a duty and asks none of it."""

    def asked(state: State, event: Event, terms: Terms, route: Route) -> Fault | None:
        return guard(state, event, terms, route) if state.custodian is Side.SENDING else None

    return asked


def validity_stated(_state: State, event: Event, _terms: Terms, _route: Route) -> Fault | None:
    """H605: a screening says until when it holds; without that it would hold for ever."""
    try:
        instant(str(event.body.get("valid_until")))
    except RegisterError:
        what = "the screening does not say until when it holds"
        return fault("H605", what, "State valid_until as an RFC 3339 instant.")
    return None
