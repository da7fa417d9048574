"""The library's duties as clocks: who owes, from which event, and who fixes the number."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from conftest import K, Telling
from habeas.adapters.public_holidays import calendar
from habeas.custody.intervals import intervals
from habeas.law.agreement import Deadline
from habeas.law.cited import Due
from habeas.register.events import Event, Json
from habeas.service import agree, duties
from habeas.service.hold import Held, Read, Register
from habeas.terms import EventKind, Side

LIBRARY = agree.library()
DEAL = LIBRARY.agreement("NO-NL")


def rows(
    told: Telling, at: datetime, deal: object = DEAL
) -> list[tuple[str, str, str | None, str]]:
    """Duty, step, who owes it and how it stands."""
    assert isinstance(deal, type(DEAL))
    found = Register(deal, Held(tuple(intervals(told.events, told.terms)), 0, {}), "")
    every = duties.standing(
        Read(found, tuple(told.events), told.terms, ("NO", "NL")), LIBRARY, calendar, at
    )
    return [
        (one.asked.duty, one.asked.step, one.side and one.side.value, one.state(at).value)
        for one in every.rows()
    ]


def add(told: Telling, kind: EventKind, by: str, hours: float, /, **body: Json) -> Event:
    plain = told.event(kind, by, at=told.at + timedelta(hours=hours))
    event = replace(plain, body={**plain.body, **body})
    told.add(event, days=0)
    return event


def test_every_clock_is_of_a_duty_and_its_steps_are_of_one_name() -> None:
    known = LIBRARY.duties
    assert set(known.clocks) <= set(known.duties)
    for name, clock in known.clocks.items():
        duty = known.duties[name]
        assert set(clock.only) <= set(clock.from_), name
        assert set(clock.from_) <= set(duty.from_), name
        assert len({one.id for one in clock.steps}) == len(clock.steps), name


def test_a_number_that_no_text_fixes_is_called_a_policy() -> None:
    limits = {(one.duty, one.limit) for one in duties.asked(LIBRARY, DEAL)}
    assert {limit for duty, limit in limits if duty == "D-6"} == {"text"}
    assert {limit for duty, limit in limits if duty in ("D-1", "D-2", "D-16")} == {"policy"}
    assert ("D-20", "nobody") in limits


def test_an_agreement_fixes_a_number_and_a_step_its_own() -> None:
    by = {"D-11": Deadline(Due(days=2)), "D-11.autopsy": Deadline(Due(days=1))}
    deal = msgspec.structs.replace(DEAL, deadlines=by)
    found = {
        one.step: (one.by.days, one.limit)
        for one in duties.asked(LIBRARY, deal)
        if one.duty == "D-11"
    }
    assert found == {
        "inquiry": (2, "agreement"), "autopsy": (1, "agreement"), "family": (2, "agreement"),
        "report": (2, "agreement"),
    }  # fmt: skip


def test_a_death_opens_its_chain_in_both_states_at_once(held: Telling) -> None:
    add(held, K.DIED, "", 0)
    found = [
        one[:3] for one in rows(held, held.at) if one[0] in ("D-1", "D-2", "D-11", "D-22", "D-23")
    ]
    both = [
        (duty, step, side)
        for duty, steps in (
            ("D-1", ("report", "preservation")),
            ("D-11", ("inquiry", "autopsy", "family", "report")),
        )
        for step in steps
        for side in ("sending", "receiving")
    ]
    single = [("D-2", "", "receiving"), ("D-22", "", "receiving"), ("D-23", "", "receiving")]
    assert sorted(found) == sorted(both + single)


def test_one_state_never_answers_for_the_other(held: Telling) -> None:
    add(held, K.DIED, "", 0)
    add(held, K.DUTY_MET, "B:custodian", 2, duty="D-1", step="report")
    found = {
        one[2]: one[3]
        for one in rows(held, held.at + timedelta(days=2))
        if one[:2] == ("D-1", "report")
    }
    assert found == {"receiving": "met", "sending": "overdue"}


@pytest.mark.parametrize(
    ("kind", "about", "opened"),
    [
        (K.INCIDENT_REPORTED, "serious_injury", True),
        (K.INCIDENT_REPORTED, "damage", False),
        (K.COMPLAINT_MADE, "ill_treatment", True),
        (K.COMPLAINT_MADE, "food", False),
    ],
)
def test_ill_treatment_is_reported_whether_or_not_somebody_complained(
    held: Telling,
    kind: EventKind,
    about: str,
    opened: bool,  # noqa: FBT001 - a table of cases
) -> None:
    add(held, kind, "A-COUNSEL:counsel", 1, kind=about, document="d")
    assert ("D-1" in {one[0] for one in rows(held, held.at + timedelta(hours=2))}) is opened


@pytest.mark.parametrize(
    ("days", "kind", "state"),
    [
        (14, K.SEGREGATION_ENDED, "met"),
        (16, K.SEGREGATION_ENDED, "met late"),
        (14, K.RELEASED, "met"),
    ],
)
def test_segregation_ends_within_fifteen_days_and_with_custody(
    held: Telling, days: int, kind: EventKind, state: str
) -> None:
    begun = add(held, K.SEGREGATION_STARTED, "B:custodian", 0, reason="r")
    body: dict[str, Json] = {"segregation": begun.id} if kind is K.SEGREGATION_ENDED else {}
    add(held, kind, "B:custodian", 24 * days, **body)
    found = rows(held, held.at + timedelta(days=20))
    assert [one[3] for one in found if one[0] == "D-6"] == [state]


def test_segregation_that_lasts_is_overdue_from_the_sixteenth_day(held: Telling) -> None:
    begun = add(held, K.SEGREGATION_STARTED, "B:custodian", 0, reason="r")
    for days, state in ((15, "running"), (16, "overdue")):
        at = begun.occurred_at + timedelta(days=days)
        assert [one[3] for one in rows(held, at) if one[0] == "D-6"] == [state]


def test_what_has_not_happened_yet_is_not_owed(held: Telling) -> None:
    died = add(held, K.DIED, "", 48).occurred_at
    for at, owed in ((died - timedelta(seconds=1), False), (died, True)):
        assert ("D-11" in {one[0] for one in rows(held, at)}) is owed


def test_of_the_dead_whoever_held_them_last_owes_the_answer(held: Telling) -> None:
    add(held, K.DIED, "", 0)
    add(held, K.INQUIRY_MADE, "A-COUNSEL:counsel", 24 * 30)
    found = rows(held, datetime(2030, 1, 1, tzinfo=UTC))
    assert ("D-16", "", "receiving", "overdue") in found


def test_both_states_have_a_calendar_here_and_say_which(held: Telling) -> None:
    found = Register(DEAL, Held(tuple(intervals(held.events, held.terms)), 0, {}), "")
    read = Read(found, tuple(held.events), held.terms, ("NO", "NL"))
    clocks = duties.standing(read, LIBRARY, calendar, held.at).clocks
    assert {side: clocked.calendar.rpartition(", ")[2] for side, clocked in clocks.items()} == {
        None: "", Side.SENDING: "NO", Side.RECEIVING: "NL",
    }  # fmt: skip
