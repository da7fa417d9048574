"""ONE table: state, event, who must sign, what must be attached, what must hold, what follows.

Theory of operation. A person's state is a fold over the events of that person in register order;
nothing is written but events. `step` looks the event up in TABLE, asks its five questions in this
order, and returns the next state or raises, leaving the state as it was:

1. Is the person (custody) and the case (stage) where this event may stand?
2. Did the right authorities sign, in the right roles, of the right state, as different officers?
3. Is everything attached that must be?
4. Does it happen after the custody event before it?
5. Does every guard hold: no stay, consent, fresh screening, notice over, objections answered?

Permission, plan and fact are three things, and facts win: a handover is recorded even where a
later stay arrives, but no departure is. A correction takes the place of the event that it corrects
before the fold (`effective`). Left out in this version: forks between two logs.
Source: docs/spec/event.md.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from habeas.errors import Fault, ImpossibleEvent
from habeas.register.events import Event, instant
from habeas.terms import Consent, Custody, EventClass, EventKind, Outcome, Role, Side, Stage
from habeas.transfer import guards
from habeas.transfer.refusals import refused
from habeas.transfer.state import Route, State, Terms

K, C, S = EventKind, Custody, Stage
KINDS = frozenset(kind.value for kind in EventKind)


Effect = Callable[[State, Event, Terms], State]


ON_REGISTER = frozenset(C) - {C.NOT_OPENED}
LIVING = ON_REGISTER - {C.RELEASED, C.DIED}
HELD = frozenset({C.HELD})
BEFORE_DEPARTURE = frozenset(S) - {S.NONE, S.DEPARTED, S.ENDED}
AFTER_NOTICE = frozenset({S.NOTIFIED, S.AUTHORISED, S.ACCEPTED, S.SCHEDULED})
NOT_BEGUN = frozenset({S.NONE, S.ENDED, S.NOT_ELIGIBLE})


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table."""

    kind: EventClass
    custody: frozenset[Custody]
    signed_by: tuple[Role, ...]  # one different key each, in these roles; empty: see `one_of`
    effect: Effect
    carries: tuple[str, ...] = ()  # keys that the event's body must hold
    stage: frozenset[Stage] | None = None  # None: whatever the case's stage
    side: Side | None = None  # the state whose authority must sign; None: see `_side`
    asks: tuple[guards.Guard, ...] = ()
    one_of: frozenset[Role] = frozenset()  # where `signed_by` is empty; empty too: any role


def _unmoved(state: State, _event: Event, _terms: Terms) -> State:
    return state


def _opened(state: State, event: Event, _terms: Terms) -> State:
    return replace(state, custody=C.HELD, custodian=Side.SENDING, at=event.occurred_at)


def _held(state: State, event: Event, _terms: Terms) -> State:
    return replace(state, custody=C.HELD, manifest=None, at=event.occurred_at)


def _to(custody: Custody) -> Effect:
    return lambda state, event, _terms: replace(state, custody=custody, at=event.occurred_at)


def _departed(state: State, event: Event, _terms: Terms) -> State:
    line = event.body.get("line")
    return replace(
        state,
        custody=C.IN_TRANSIT,
        at=event.occurred_at,
        stage=S.DEPARTED,
        manifest=(str(event.body.get("manifest")), line if isinstance(line, int) else -1),
    )


def _handed_over(state: State, event: Event, _terms: Terms) -> State:
    other = Side.RECEIVING if state.custodian is Side.SENDING else Side.SENDING
    return replace(
        state,
        custody=C.HELD,
        custodian=other,
        stage=S.ENDED,
        manifest=None,
        at=event.occurred_at,
        consent=Consent.NOT_TAKEN,
        earliest=None,
        eligible_until=None,
    )


def _refused_reception(state: State, event: Event, _terms: Terms) -> State:
    return replace(state, custody=C.HELD, stage=S.ENDED, manifest=None, at=event.occurred_at)


def _moves(stage: Stage) -> Effect:
    return lambda state, _event, _terms: replace(state, stage=stage)


def _proposed(state: State, _event: Event, _terms: Terms) -> State:
    # A new proposal starts with nothing of an earlier one: no consent, notice or screening.
    return replace(
        state,
        stage=S.PROPOSED,
        consent=Consent.NOT_TAKEN,
        objections=frozenset(),
        eligible_until=None,
        facts_changed=False,
        earliest=None,
    )


def _recaptured(state: State, event: Event, _terms: Terms) -> State:
    stage = S.ENDED if state.stage is S.DEPARTED else state.stage
    return replace(state, custody=C.HELD, stage=stage, manifest=None, at=event.occurred_at)


def _screened(state: State, event: Event, _terms: Terms) -> State:
    eligible = event.body.get("outcome") == Outcome.ELIGIBLE.value
    kept = state.stage if state.stage in AFTER_NOTICE else S.ELIGIBLE
    until = instant(str(event.body["valid_until"]))
    stage = kept if eligible else S.NOT_ELIGIBLE
    return replace(state, stage=stage, facts_changed=False, eligible_until=until)


def _evidence(state: State, _event: Event, _terms: Terms) -> State:
    return replace(state, facts_changed=True)


def _notified(state: State, event: Event, terms: Terms) -> State:
    stated = event.body.get("earliest_departure")
    earliest = event.occurred_at + terms.notice
    if isinstance(stated, str):
        earliest = max(earliest, instant(stated))
    return replace(state, stage=S.NOTIFIED, earliest=earliest)


def _consent(state: State, event: Event, _terms: Terms) -> State:
    given = event.body.get("consents") is True
    return replace(
        state,
        consent=Consent.GIVEN if given else Consent.REFUSED,
        stage=state.stage if given else S.NOT_ELIGIBLE,
    )


def _withdrawn(state: State, _event: Event, _terms: Terms) -> State:
    return replace(state, consent=Consent.WITHDRAWN)


def _objected(state: State, event: Event, _terms: Terms) -> State:
    return replace(state, objections=state.objections | {event.id})


def _answered(state: State, event: Event, _terms: Terms) -> State:
    return replace(state, objections=state.objections - {str(event.body.get("objection"))})


def _stayed(state: State, event: Event, _terms: Terms) -> State:
    return replace(state, stays=state.stays | {str(event.body.get("order"))})


def _lifted(state: State, event: Event, _terms: Terms) -> State:
    return replace(state, stays=state.stays - {str(event.body.get("order"))})


def _custody(
    custody: frozenset[Custody],
    effect: Effect,
    carries: tuple[str, ...] = (),
    asks: tuple[guards.Guard, ...] = (),
) -> Transition:
    signed_by = (Role.CUSTODIAN,)
    return Transition(EventClass.CUSTODY, custody, signed_by, effect, carries, asks=asks)


def _report(*carries: str, by: Collection[Role] = ()) -> Transition:
    # Duties, inquiries, complaints, incidents, visits: any time, by whoever the duty names.
    return Transition(EventClass.CASE, ON_REGISTER, (), _unmoved, carries, one_of=frozenset(by))


_CASE = EventClass.CASE
VISITS = frozenset({Role.MONITOR, Role.COUNSEL})  # a consulate visits too, and signs nothing
ANSWERS = frozenset({Role.CUSTODIAN, Role.TRANSFERRING})  # for the state that is addressed
_TWO = (Role.TRANSFERRING, Role.TRANSFERRING)  # two different officers: one key never acts twice
_DECIDING = (
    guards.eligible_and_fresh,
    guards.notice_over,
    guards.consent_stands,
    guards.no_stay,
    guards.objections_answered,
)
_LEAVING = (
    guards.no_stay,
    guards.forward_only(guards.authorised_by_both),
    guards.forward_only(guards.consent_stands),
    guards.forward_only(guards.eligible_and_fresh),
    guards.forward_only(guards.notice_over),
    guards.forward_only(guards.objections_answered),
    guards.no_open_difference,
)

# fmt: off
TABLE: Mapping[EventKind, Transition] = {
    # custody: only the custodian writes; a handover takes both and passes the pen
    K.OPENED: _custody(frozenset({C.NOT_OPENED}), _opened, ("order", "ordered_by")),
    K.DEPARTED: _custody(HELD, _departed, ("manifest", "line", "escort", "fit_to_travel"),
                         _LEAVING),
    K.HANDED_OVER: Transition(
        EventClass.CUSTODY, frozenset({C.IN_TRANSIT}), (Role.RELEASING, Role.RECEIVING),
        _handed_over, ("manifest", "line", "from", "to"), asks=(guards.same_line,)),
    K.RECEPTION_REFUSED: _custody(frozenset({C.IN_TRANSIT}), _refused_reception, ("reason",)),
    K.PLACED: _custody(HELD, _held, ("cell",), (guards.placement_reasoned,)),
    K.MOVED: _custody(HELD, _held, ("cell",), (guards.placement_reasoned,)),
    K.ABSENCE_STARTED: _custody(HELD, _to(C.ABSENT), ("kind", "permission", "planned_end")),
    K.ABSENCE_ENDED: _custody(frozenset({C.ABSENT}), _held),
    K.COUNTED: _custody(HELD, _held, ("place",)),
    K.ESCAPED: _custody(frozenset({C.HELD, C.ABSENT, C.IN_TRANSIT}), _to(C.ESCAPED),
                        ("circumstances",)),
    K.RECAPTURED: _custody(frozenset({C.ESCAPED}), _recaptured, ("circumstances",)),
    K.RELEASED: _custody(HELD, _to(C.RELEASED), ("ground", "place"),
                         (guards.release_allowed_here,)),
    K.DIED: _custody(LIVING, _to(C.DIED), ("place", "body_at")),
    # case: no custody number, so that nobody can block a court by holding the pen
    K.PROPOSED: Transition(_CASE, HELD, (Role.PROPOSING,), _proposed, ("pathway",),
                           NOT_BEGUN, Side.SENDING),
    K.EVIDENCE_RECORDED: Transition(_CASE, ON_REGISTER, (), _evidence,
                                    ("fact", "value", "document")),
    K.SCREENED: Transition(_CASE, LIVING, (Role.SCREENING,), _screened,
                           ("decision", "rules_hash", "docket_hash", "outcome", "valid_until"),
                           BEFORE_DEPARTURE, Side.SENDING, (guards.validity_stated,)),
    K.NOTIFIED: Transition(_CASE, LIVING, (Role.TRANSFERRING,), _notified,
                           ("language", "served_on", "proof_of_service"),
                           frozenset({S.ELIGIBLE}), Side.SENDING),
    K.CONSENT_VERIFIED: Transition(_CASE, LIVING, (Role.COURT,), _consent,
                                   ("hearing_record", "consents", "counsel"), AFTER_NOTICE),
    K.CONSENT_WITHDRAWN: Transition(_CASE, LIVING, (), _withdrawn, ("through",), BEFORE_DEPARTURE,
                                    asks=(guards.may_be_withdrawn,),
                                    one_of=frozenset({Role.COUNSEL, Role.COURT})),
    K.OBJECTION_LODGED: Transition(_CASE, LIVING, (Role.COUNSEL,), _objected, ("document",),
                                   BEFORE_DEPARTURE),
    K.OBJECTION_ANSWERED: Transition(_CASE, LIVING, (Role.TRANSFERRING,), _answered,
                                     ("objection", "reasons"), BEFORE_DEPARTURE),
    K.OPINION_TAKEN: Transition(_CASE, LIVING, (), _unmoved, ("document",), BEFORE_DEPARTURE),
    K.STAY_ORDERED: Transition(_CASE, ON_REGISTER, (Role.COURT,), _stayed, ("order", "scope")),
    K.STAY_LIFTED: Transition(_CASE, ON_REGISTER, (Role.COURT,), _lifted, ("order",),
                              asks=(guards.stay_known,)),
    K.AUTHORISED: Transition(_CASE, HELD, _TWO, _moves(S.AUTHORISED), ("decisions",),
                             frozenset({S.NOTIFIED}), Side.SENDING, _DECIDING),
    K.ACCEPTED: Transition(_CASE, HELD, _TWO, _moves(S.ACCEPTED),
                           ("facility", "place", "space_check"),
                           frozenset({S.AUTHORISED}), Side.RECEIVING, (guards.no_stay,)),
    K.REFUSED: Transition(_CASE, LIVING, _TWO, _moves(S.ENDED), ("reason",),
                          frozenset({S.AUTHORISED}), Side.RECEIVING),
    K.SCHEDULED: Transition(_CASE, HELD, (Role.TRANSFERRING,), _moves(S.SCHEDULED),
                            ("manifest", "line", "route"), frozenset({S.ACCEPTED, S.SCHEDULED}),
                            asks=(guards.no_stay,)),
    K.WITHDRAWN: Transition(_CASE, LIVING, (Role.TRANSFERRING,), _moves(S.ENDED), ("reason",),
                            BEFORE_DEPARTURE),
    K.SENTENCE_RECORDED: Transition(_CASE, ON_REGISTER, (Role.COURT,), _unmoved, ("kind",)),
    K.SENTENCE_CHANGED: Transition(_CASE, ON_REGISTER, (Role.COURT,), _unmoved, ("kind",)),
    # reports: nothing moves but the duties
    K.DUTY_MET: _report("duty"), K.INQUIRY_MADE: _report(), K.INQUIRY_ANSWERED: _report("inquiry"),
    K.COMPLAINT_MADE: _report(), K.COMPLAINT_ANSWERED: _report("complaint"),
    K.INCIDENT_REPORTED: _report("document"), K.VISIT_MADE: _report(),
    K.VISIT_BLOCKED: _report("reason", by=VISITS),
    K.FINDING_MADE: _report("visit", "addressed_to", "recommendation", by={Role.MONITOR}),
    K.FINDING_ANSWERED: _report("finding", "reply", by=ANSWERS),
    K.SEGREGATION_STARTED: Transition(_CASE, HELD, (Role.CUSTODIAN,), _unmoved, ("reason",)),
    K.SEGREGATION_ENDED: Transition(_CASE, HELD, (Role.CUSTODIAN,), _unmoved, ("segregation",)),
    K.TOKEN_ISSUED: _report("token", "recipient"), K.TOKEN_REVOKED: _report("token", "reason"),
}
# fmt: on
AFTER_THE_END = frozenset(
    {
        K.DUTY_MET,
        K.INQUIRY_MADE,
        K.INQUIRY_ANSWERED,
        K.COMPLAINT_MADE,
        K.COMPLAINT_ANSWERED,
        K.INCIDENT_REPORTED,
        K.VISIT_MADE,
        K.VISIT_BLOCKED,
        K.FINDING_MADE,
        K.FINDING_ANSWERED,
        K.TOKEN_ISSUED,
        K.TOKEN_REVOKED,
        K.EVIDENCE_RECORDED,
    }
)


def _where(state: State, event: Event, row: Transition) -> Fault | None:
    kind = event.kind
    if state.final and kind not in AFTER_THE_END:
        return refused("H610", kind=kind, state=state.custody)
    if state.custody is C.NOT_OPENED and C.NOT_OPENED not in row.custody:
        return refused("H601.nobody")
    if state.custody not in row.custody:
        return refused("H601.custody", kind=kind, state=state.custody)
    if row.stage is not None and state.stage not in row.stage:
        return refused("H601.stage", kind=kind, state=state.stage)
    return None


def _who(state: State, event: Event, row: Transition, terms: Terms) -> Fault | None:
    roles = sorted(actor.role for actor in event.actors)
    if row.signed_by and roles != sorted(role.value for role in row.signed_by):
        return refused("H602.roles", kind=event.kind, roles=_roles(roles), needed=row.signed_by)
    if row.one_of and not set(roles) <= {role.value for role in row.one_of}:
        needed = sorted(row.one_of)
        return refused("H602.one_of", kind=event.kind, roles=_roles(roles), needed=needed)
    for actor in event.actors:
        side, may = terms.sides.get(actor.authority), terms.roles.get(actor.authority, frozenset())
        wanted = _side(state, event, row, actor.role)
        held = Role.CUSTODIAN if actor.role in {Role.RELEASING, Role.RECEIVING} else actor.role
        if side is None or held not in may:
            return refused("H602.role", authority=actor.authority, role=_roles([actor.role]))
        if wanted is not None and side is not wanted:
            said = {"authority": actor.authority, "kind": event.kind}
            return refused("H602.side", **said, side=side, wanted=wanted)
    return None


def _roles(names: Sequence[str]) -> list[str]:
    known = {role.value: role for role in Role}
    return [known.get(name, name) for name in names]


def _side(state: State, event: Event, row: Transition, role: str) -> Side | None:
    if row.kind is not EventClass.CUSTODY:
        return row.side
    if event.kind == K.OPENED:
        return Side.SENDING
    if role == Role.RECEIVING:
        return Side.RECEIVING if state.custodian is Side.SENDING else Side.SENDING
    return state.custodian


def _what(event: Event, row: Transition) -> Fault | None:
    lacking = [key for key in row.carries if event.body.get(key) in (None, "", [], {})]
    if lacking:
        return refused("H611.lacks", kind=event.kind, keys=lacking)
    if (event.seq is None) == (row.kind is EventClass.CUSTODY):
        name = "H611.number" if event.seq is None else "H611.no_number"
        return refused(name, kind=event.kind)
    return None


def _when(state: State, event: Event, row: Transition) -> Fault | None:
    if row.kind is EventClass.CUSTODY and state.at is not None and event.occurred_at < state.at:
        return refused("H613")
    return None


def step(state: State, event: Event, terms: Terms, route: Route | None = None) -> State:
    """The state after an event.

    Raises:
        ImpossibleEvent: H601 to H614; the state is unchanged.
    """
    row = TABLE.get(K(event.kind)) if event.kind in KINDS else None
    if row is None:
        raise impossible(refused("H601.kind", kind=event.kind), event)
    fault = (
        _where(state, event, row)
        or _who(state, event, row, terms)
        or _what(event, row)
        or _when(state, event, row)
    )
    if fault is None:
        asked = (guard(state, event, terms, route or Route()) for guard in row.asks)
        fault = next((found for found in asked if found is not None), None)
    if fault is not None:
        raise impossible(fault, event)
    return row.effect(state, event, terms)


# Guards that judge what an event says: before it says anything, nothing is known of them.
_OF_BODY = frozenset(
    {guards.same_line, guards.stay_known, guards.validity_stated, guards.no_open_difference}
)


def hindrance(state: State, kind: EventKind, at: datetime, terms: Terms) -> Fault | None:
    """Why an event of a kind may not stand now, as far as the state alone tells; None: it may.

    For whoever offers acts; the event itself is judged by `step` alone.
    """
    row = TABLE.get(kind)
    if row is None:
        return refused("H601.kind", kind=kind)
    event = Event("", kind.value, "", "", None, None, None, None, at, "", (), {}, None)
    fault = _where(state, event, row)
    if fault is not None:
        return fault
    asked = (guard(state, event, terms, Route()) for guard in row.asks if guard not in _OF_BODY)
    return next((found for found in asked if found is not None), None)


def impossible(fault: Fault, event: Event) -> ImpossibleEvent:
    """A refusal that says which event it is about: by its index, or by its id before it has one."""
    place = f"index {event.index}" if event.index >= 0 else f"event {event.id}"
    return ImpossibleEvent(replace(fault, where=place))


def _corrected(target: Event, correction: Event, terms: Terms) -> Event:
    wanted = {(actor.authority, actor.role) for actor in target.actors}
    signed = {(actor.authority, actor.role) for actor in correction.actors}
    by_court = all(
        actor.role == Role.COURT and Role.COURT in terms.roles.get(actor.authority, frozenset())
        for actor in correction.actors
    )
    if signed != wanted and not by_court:
        fault = refused("H615.signed", names=sorted(name for name, _ in wanted))
        raise impossible(fault, correction)
    inner = correction.body.get("body")
    if not correction.body.get("reason") or not isinstance(inner, dict):
        fault = refused("H615.carries")
        raise impossible(fault, correction)
    return replace(
        target,
        occurred_at=correction.occurred_at,
        body=inner,
        facility=correction.facility or target.facility,
    )


def effective(events: Iterable[Event], terms: Terms) -> list[Event]:
    """The events as corrected: each correction takes the place of the event that it names.

    Raises:
        ImpossibleEvent: H615, when a correction names nothing before it, or the wrong hand signed.
    """
    standing: dict[str, Event] = {}
    for event in events:
        if event.kind != K.CORRECTION:
            standing[event.id] = event
            continue
        target = standing.get(event.corrects or "")
        if target is None:
            raise impossible(
                refused("H615.target"),
                event,
            )
        standing[target.id] = _corrected(target, event, terms)
    return list(standing.values())


def fold(events: Sequence[Event], terms: Terms) -> State:
    """The state of one person after events in register order.

    Raises:
        ImpossibleEvent: at the first event that may not stand where it stands.
    """
    state = State()
    for event in effective(events, terms):
        state = step(state, event, terms)
    return state
