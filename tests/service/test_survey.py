"""What lists are made of is computed from a person's events alone, in any order of looking."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_bytes

import pytest

from habeas.adapters import public_holidays, register_files
from habeas.adapters.key_store import SqliteKeys
from habeas.adapters.register_files import Register
from habeas.cli import installations
from habeas.register.events import Actor, Event, Json
from habeas.register.sealed import Vault
from habeas.service import agree, arising, hold, survey, transfer, two_states
from habeas.service.persons import of_person
from habeas.service.survey import Survey
from habeas.service.today import GROWS_OLD, Waits, next_deed
from habeas.service.transfer import Ground
from habeas.terms import Consent, Custody, Deed, EventKind, Relation, Role, Side, Stage
from habeas.transfer.state import State

NOW = datetime(2026, 11, 20, 15, 40, 12, tzinfo=UTC)
LAW = agree.library()


def ground(agreement: str, sending: str, receiving: str) -> Ground:
    deal = LAW.agreement(agreement)
    return Ground(deal, transfer.terms(deal, sending, receiving), demonstration=True)


LEASE, TREATY = ground("SE-EE", "SE", "EE"), ground("OAS-A57", "US", "SV")


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Register, Register]]:
    folder = tmp_path_factory.mktemp("two")
    with ExitStack() as stack:
        made = installations.make(folder, "SE-EE", NOW, 7)
        found = [
            stack.enter_context(register_files.opened(one / "register.sqlite3")) for one in made
        ]
        yield found[0], found[1]


def all_of(register: Register) -> dict[str, Survey]:
    subjects = list(survey.touched(register.store, 0))
    found = survey.surveys(register, LEASE, subjects)
    return {name: one for name, one in found if one is not None}


def test_the_intervals_are_those_of_the_whole_register(two: tuple[Register, Register]) -> None:
    whole = hold.of_register(two[0].store, two[0].vault, LEASE.terms, LEASE.deal.calendar)
    found = all_of(two[0])
    pieces = [piece for one in found.values() for piece in one.intervals]
    assert Counter(pieces) == Counter(whole.intervals)
    dates = {name: one.release_on for name, one in found.items() if one.release_on}
    assert dates == whole.release_dates


def test_every_step_of_a_case_has_somebody_at_it_today(two: tuple[Register, Register]) -> None:
    deeds = {one.next.deed for one in all_of(two[0]).values()}
    wanted = {Deed.NOTIFY, Deed.AUTHORISE, Deed.ACCEPT, Deed.DEPART, Deed.LIFT_STAY}
    assert deeds >= wanted | {Deed.ANSWER_OBJECTION, Deed.END_ABSENCE}


def test_somebodys_screening_lapsed_overnight(two: tuple[Register, Register]) -> None:
    lapsed = [
        one
        for one in all_of(two[0]).values()
        if one.state.stage in GROWS_OLD
        and one.state.eligible_until is not None
        and NOW - timedelta(hours=24) < one.state.eligible_until <= NOW
    ]
    assert lapsed


def test_whoever_arrived_stands_on_their_manifest(two: tuple[Register, Register]) -> None:
    for one in all_of(two[0]).values():
        for line in one.lines:
            assert line.arrived is None or line.boarded is not None
            assert line.arrived_line in {None, line.line}
    abroad = [one for one in all_of(two[0]).values() if one.state.custodian is Side.RECEIVING]
    assert abroad
    assert all(one.lines[0].arrived for one in abroad)


def test_the_other_state_has_whoever_was_put_forward_and_nobody_else(
    two: tuple[Register, Register],
) -> None:
    here, there = all_of(two[0]), all_of(two[1])
    forward = {
        name
        for name, one in here.items()
        if any(Relation.RECEIVER in related for related in one.relations.values())
    }
    assert 0 < len(there) < len(here)
    assert set(there) == forward
    for name, one in there.items():
        assert one.state == here[name].state
        assert one.intervals[0].start == here[name].intervals[0].start
    entries = {row.entry for row in two[0].store.rows() if row.subject in there}
    assert entries == {row.entry for row in two[1].store.rows() if row.subject in there}


def test_a_person_whose_keys_are_gone_is_told_as_nobody(
    two: tuple[Register, Register], tmp_path: Path
) -> None:
    name = next(iter(survey.touched(two[0].store, 0)))
    with closing(SqliteKeys(tmp_path / "other.sqlite3", token_bytes, create=True)) as keys:
        shelf = two_states.Shelf(two[0].store, Vault(keys, token_bytes))
        assert list(survey.surveys(shelf, LEASE, [name])) == [(name, None)]


def test_half_of_the_events_give_the_state_of_that_day(two: tuple[Register, Register]) -> None:
    name = max(all_of(two[0]).values(), key=lambda one: one.events).subject
    events = of_person(two[0], name)
    for count in range(1, len(events) + 1):
        found = survey.survey(events[:count], LEASE)
        assert found.events == count
        assert found.latest_index == events[count - 1].index


def test_an_objection_waits_since_it_was_lodged(two: tuple[Register, Register]) -> None:
    found = all_of(two[0])
    name = next(name for name, one in found.items() if one.next.deed is Deed.ANSWER_OBJECTION)
    lodged = [one for one in of_person(two[0], name) if one.kind == EventKind.OBJECTION_LODGED]
    assert found[name].next.due == lodged[0].occurred_at


def counted(events: Sequence[Event], more: Mapping[str, Json]) -> Event:
    """Somebody counted where they are, an hour after whatever was last recorded of them."""
    last = max(one.occurred_at for one in events)
    held = survey.survey(events, LEASE)
    assert held.last is not None
    custodian = "SE-KVV" if held.state.custodian is Side.SENDING else "EE-VANGLA"
    return replace(
        next(one for one in events if one.kind == EventKind.OPENED),
        index=events[-1].index + 1, id="01M8EC0HW8CS9CV1M96FARK49Q",
        kind=EventKind.COUNTED.value, occurred_at=last + timedelta(hours=1),
        seq=1 + max(one.seq or 0 for one in events), facility=held.last.facility,
        actors=(Actor(custodian, Role.CUSTODIAN.value, "0" * 16),),
        body={"place": "A-01"} | dict(more),
    )  # fmt: skip


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"cell": "B-2", "facility": "X", "kind": "hospital", "fact": "waiver", "value": True},
        {"complaint": "x", "confidential": True, "adds_to": "x", "order": "x", "event": "x"},
        {"duty": "D-001", "step": "first", "court": "SE-COURT", "counsel": "SE-COUNSEL"},
        {"until": "2026-01-01", "days": 3, "release_on": "2026-01-01", "valid_until": "x"},
    ],
)
def test_a_count_moves_nobody_whatever_it_says(
    two: tuple[Register, Register], more: Mapping[str, Json]
) -> None:
    under = arising.rules(LAW, LEASE.deal, ("SE", "EE"), public_holidays.calendar)
    assert survey.silent(under) == {EventKind.COUNTED}
    held = [name for name, one in all_of(two[0]).items() if one.state.custody is Custody.HELD]
    for name in held:
        events = of_person(two[0], name)
        before = survey.survey(events, LEASE, under)
        extra = counted(events, more)
        after = survey.survey([*events, extra], LEASE, under)
        assert (after.events, after.latest_index) == (before.events + 1, extra.index)
        assert after.latest_at == extra.occurred_at
        told = replace(
            after,
            events=before.events,
            latest_index=before.latest_index,
            latest_at=before.latest_at,
            state=replace(after.state, at=before.state.at),  # no table has it
        )
        assert told == before


def test_what_a_duty_names_is_not_silent() -> None:
    clocks = arising.rules(LAW, LEASE.deal, ("SE", "EE"), public_holidays.calendar)
    one = clocks.asked[0]
    for asked in (
        replace(one, from_={EventKind.COUNTED.value: ()}),
        replace(one, answered_by=frozenset({EventKind.COUNTED})),
    ):
        assert survey.silent(replace(clocks, asked=(asked,))) == frozenset()


HELD = State(Custody.HELD, Side.SENDING)


@pytest.mark.parametrize(
    ("state", "ground", "deed"),
    [
        (State(Custody.RELEASED, Side.SENDING), LEASE, None),
        (State(Custody.DIED, Side.RECEIVING), LEASE, None),
        (HELD, LEASE, Deed.PROPOSE),
        (State(Custody.HELD, Side.SENDING, Stage.PROPOSED), LEASE, Deed.SCREEN),
        (State(Custody.HELD, Side.SENDING, Stage.NOT_ELIGIBLE), LEASE, Deed.RECORD_EVIDENCE),
        (State(Custody.HELD, Side.SENDING, Stage.ELIGIBLE), LEASE, Deed.NOTIFY),
        (State(Custody.HELD, Side.SENDING, Stage.NOTIFIED), LEASE, Deed.AUTHORISE),
        (State(Custody.HELD, Side.SENDING, Stage.NOTIFIED), TREATY, Deed.VERIFY_CONSENT),
        (
            State(Custody.HELD, Side.SENDING, Stage.NOTIFIED, Consent.GIVEN),
            TREATY,
            Deed.AUTHORISE,
        ),
        (State(Custody.HELD, Side.SENDING, Stage.SCHEDULED), LEASE, Deed.DEPART),
        (
            State(Custody.HELD, Side.SENDING, Stage.SCHEDULED, stays=frozenset({"x"})),
            LEASE,
            Deed.LIFT_STAY,
        ),
        (
            State(Custody.HELD, Side.SENDING, Stage.SCHEDULED, facts_changed=True),
            LEASE,
            Deed.SCREEN,
        ),
        (
            State(Custody.HELD, Side.SENDING, Stage.NOTIFIED, objections=frozenset({"x"})),
            LEASE,
            Deed.ANSWER_OBJECTION,
        ),
        (State(Custody.IN_TRANSIT, Side.SENDING, Stage.DEPARTED), LEASE, Deed.HAND_OVER),
        (State(Custody.ABSENT, Side.RECEIVING), LEASE, Deed.END_ABSENCE),
        (State(Custody.ESCAPED, Side.RECEIVING), LEASE, Deed.RECORD_RECAPTURE),
    ],
)
def test_what_a_case_waits_for(state: State, ground: Ground, deed: Deed | None) -> None:
    assert next_deed(state, ground.terms, None, Waits()).deed is deed


def test_who_is_held_abroad_goes_home_or_free_as_the_agreement_says() -> None:
    state, until = State(Custody.HELD, Side.RECEIVING, Stage.ENDED), NOW + timedelta(days=3)
    back = next_deed(state, LEASE.terms, until, Waits())
    free = next_deed(state, TREATY.terms, until, Waits())
    none = next_deed(state, TREATY.terms, None, Waits())
    cell = next_deed(state, TREATY.terms, until, Waits(cell=NOW))
    assert [one.deed for one in (back, free, none, cell)] == [
        Deed.DEPART,
        Deed.RELEASE,
        None,
        Deed.PLACE,
    ]
    assert back.due == free.due == until
    assert cell.due == NOW
