"""Where one person and the case stand, and what the agreement fixes for it: plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from habeas.terms import Consent, Custody, Side, Stage

Period = tuple[datetime | None, datetime | None]  # UTC, half-open; None: no such end


@dataclass(frozen=True, slots=True)
class Terms:
    """What one agreement fixes for one pair of states."""

    sides: Mapping[str, Side]  # authority: the state that it acts for
    roles: Mapping[str, frozenset[str]]  # authority: roles in which it may sign
    consent_required: bool
    consent_binds_at_verification: bool  # else it may be withdrawn until departure
    notice: timedelta
    release_in_receiving_state: bool
    mandates: Mapping[str, Period] = field(default_factory=dict)  # of visiting bodies with dates


@dataclass(frozen=True, slots=True)
class State:
    """Where one person and the case stand; only `step` makes the next one."""

    custody: Custody = Custody.NOT_OPENED
    custodian: Side | None = None
    stage: Stage = Stage.NONE
    consent: Consent = Consent.NOT_TAKEN
    stays: frozenset[str] = frozenset()  # digests of the orders in force
    objections: frozenset[str] = frozenset()  # event ids not answered
    eligible_until: datetime | None = None  # UTC; None: no fact that it rests on lapses
    facts_changed: bool = False  # evidence was recorded after the last screening
    earliest: datetime | None = None  # first lawful departure by the notice period
    manifest: tuple[str, int] | None = None  # manifest and line while in transit
    at: datetime | None = None  # instant of the latest custody event

    @property
    def final(self) -> bool:
        """Whether only corrections, duties, complaints and reports may follow."""
        return self.custody in {Custody.RELEASED, Custody.DIED}


@dataclass(frozen=True, slots=True)
class Route:
    """What a departure must know of others on its route."""

    open_difference: bool = False  # the last manifest is not reconciled
