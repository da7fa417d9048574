"""What a person's case waits for: the next deed, from when it may be done, and until when.

A suggestion for whoever opens the page, out of the same state that the workflow's table judges;
what may really be done is said by the table alone, when it is done.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from habeas.terms import Consent, Custody, Deed, Side, Stage
from habeas.transfer.state import State, Terms

_BY_STAGE = {
    Stage.NONE: Deed.PROPOSE,
    Stage.PROPOSED: Deed.SCREEN,
    Stage.NOT_ELIGIBLE: Deed.RECORD_EVIDENCE,
    Stage.ELIGIBLE: Deed.NOTIFY,
    Stage.AUTHORISED: Deed.ACCEPT,
    Stage.ACCEPTED: Deed.SCHEDULE,
    Stage.SCHEDULED: Deed.DEPART,
}
GROWS_OLD = frozenset(
    {Stage.ELIGIBLE, Stage.NOTIFIED, Stage.AUTHORISED, Stage.ACCEPTED, Stage.SCHEDULED}
)  # a screening that holds no longer is asked anew here


# Deeds that rest on a screening: where it has lapsed, the case is screened anew first.
RESTS_ON_SCREENING = frozenset(
    {
        Deed.NOTIFY, Deed.VERIFY_CONSENT, Deed.AUTHORISE, Deed.ACCEPT, Deed.SCHEDULE, Deed.DEPART
    }
)  # fmt: skip
PREPARED = timedelta(days=45)  # before a term ends: from then on its end asks for somebody's work


@dataclass(frozen=True, slots=True)
class Next:
    """The next deed; `deed` None: the case waits for nobody.

    `since` is None where it may be done at once, `due` where nothing says until when.
    """

    deed: Deed | None = None
    since: datetime | None = None  # UTC
    due: datetime | None = None  # UTC


@dataclass(frozen=True, slots=True)
class Waits:
    """Since when a person waits for what others must do, UTC; None: for nothing of the kind."""

    cell: datetime | None = None  # since they are where no cell of theirs is recorded
    back: datetime | None = None  # when their absence should end
    answer: datetime | None = None  # since their oldest objection without an answer was lodged


def next_deed(state: State, terms: Terms, release_on: datetime | None, waits: Waits) -> Next:
    """What a person's case waits for.

    Args:
        state: the fold over the person's events.
        terms: the agreement's.
        release_on: from when no clock gives a basis to hold; None where none is established.
        waits: what the state does not say.
    """
    if state.custody is Custody.IN_TRANSIT:
        return Next(Deed.HAND_OVER, due=state.at)
    if state.custody is Custody.ABSENT:
        return Next(Deed.END_ABSENCE, due=waits.back)
    if state.custody is Custody.ESCAPED:
        return Next(Deed.RECORD_RECAPTURE, due=state.at)
    if state.custody is not Custody.HELD:
        return Next()
    if state.custodian is Side.RECEIVING:
        return _abroad(terms, release_on, waits)
    return _at_home(state, terms, release_on, waits)


def _abroad(terms: Terms, release_on: datetime | None, waits: Waits) -> Next:
    if waits.cell is not None:
        return Next(Deed.PLACE, due=waits.cell)
    deed = Deed.RELEASE if terms.release_in_receiving_state else Deed.DEPART
    return Next(deed, due=release_on) if release_on else Next()


def _at_home(state: State, terms: Terms, release_on: datetime | None, waits: Waits) -> Next:
    if state.stage is Stage.ENDED:
        return Next(Deed.RELEASE, due=release_on) if release_on else Next()
    if state.stays:
        return Next(Deed.LIFT_STAY)
    if state.objections:
        return Next(Deed.ANSWER_OBJECTION, due=waits.answer)
    asks = terms.consent_required and state.consent is Consent.NOT_TAKEN
    if state.facts_changed and state.stage in GROWS_OLD:
        found = Next(Deed.SCREEN)
    elif state.stage is Stage.NOTIFIED and asks:
        found = Next(Deed.VERIFY_CONSENT, due=state.earliest)
    elif state.stage is Stage.NOTIFIED:
        found = Next(Deed.AUTHORISE, since=state.earliest, due=state.eligible_until)
    else:
        found = Next(_BY_STAGE.get(state.stage), due=state.eligible_until)
    return found


def as_of(
    found: Next, stage: Stage, fresh_until: datetime | None, instant: datetime
) -> Next | None:
    """What a case asks of somebody at an instant; None: nothing yet, or of nobody.

    `readmodels.visible.today` says the same in SQL; a test holds both together.

    Args:
        found: what the case waits for, by its events alone.
        stage: of the case.
        fresh_until: of the last screening; None: it does not lapse, or there is none.
        instant: UTC.
    """
    lapsed = fresh_until is not None and fresh_until <= instant
    if lapsed and stage in GROWS_OLD and found.deed in RESTS_ON_SCREENING:
        return Next(Deed.SCREEN, due=fresh_until)
    early = found.since is not None and found.since > instant
    far = stage is Stage.ENDED and found.due is not None and found.due > instant + PREPARED
    return None if found.deed is None or early or far else found
