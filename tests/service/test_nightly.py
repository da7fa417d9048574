"""Who has which row in a night's roll, by the register's events, and whether it adds up."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.errors import RegisterError
from habeas.register import public_roll
from habeas.register.public_roll import Flows, PublicRoll, Statement
from habeas.service import nightly
from habeas.service.nightly import Holding, Night, RollTerms, Source, Token
from habeas.terms import TERMINAL, EventKind, RollStatus, Side
from public_rolls import chance, secret

K, R = EventKind, RollStatus
Told = Any  # the fixture's class lives in conftest, which tests do not import
READY = (K.OPENED, K.PROPOSED, K.SCREENED, K.NOTIFIED, K.CONSENT_VERIFIED)
THERE = (K.AUTHORISED, K.ACCEPTED, K.SCHEDULED, K.DEPARTED, K.HANDED_OVER)
RULES = RollTerms(Side.RECEIVING, "B-COURT", 10, 48, "D-2")
DUTY = {"duty": "D-2"}


def told(new: type[Told], *kinds: EventKind) -> Told:
    found = new().tell(*READY)
    found.at += timedelta(days=3)
    return found.tell(*THERE, *kinds)


def source(*persons: Told) -> Source:
    """Several persons in one register, in order of time; the first is p_1."""
    rows = sorted(
        ((event, n) for n, one in enumerate(persons, 1) for event in one.events),
        key=lambda row: row[0].occurred_at,
    )
    events = [
        replace(event, index=index, subject=f"p_{n}") for index, (event, n) in enumerate(rows)
    ]
    terms = {"X": persons[0].terms} if persons else {}
    return Source(events, terms, {event.index: event.occurred_at for event in events})


def last(found: Source, *, days: float = 0) -> Night:
    at = found.events[-1].occurred_at + timedelta(days=days)
    return Night(at.date(), at, len(found.events))


def holding(n: int, *tokens: Token) -> Holding:
    return Holding(secret(f"own {n}"), tokens or (Token(secret(f"family {n}")),))


def rows(
    found: Source, rules: RollTerms = RULES, *, days: float = 0, held: Holding | None = None
) -> tuple[Statement | None, Statement | None]:
    """What the register's own row and the family's row of p_1 say; None where there is none."""
    one = held or holding(1)
    stated = nightly.statements(found, {"p_1": one}, rules, last(found, days=days))
    return stated.get(one.own), stated.get(one.tokens[0].secret)


def words(found: Source, rules: RollTerms = RULES, *, days: float = 0) -> tuple[object, object]:
    own, family = rows(found, rules, days=days)
    return own and own.status, family and family.status


STATES: list[tuple[tuple[EventKind, ...], Side, RollStatus, str | None]] = [
    ((), Side.RECEIVING, R.HELD, "B-1"),
    ((), Side.SENDING, R.HELD, "B-1"),
    ((K.PLACED, K.MOVED), Side.RECEIVING, R.HELD, "B-1"),
    ((K.ABSENCE_STARTED,), Side.RECEIVING, R.HOSPITAL, "B-1"),
    ((K.ABSENCE_STARTED, K.ABSENCE_ENDED), Side.RECEIVING, R.HELD, "B-1"),
    ((K.DEPARTED,), Side.RECEIVING, R.IN_TRANSFER, None),
    ((K.DEPARTED, K.RECEPTION_REFUSED), Side.RECEIVING, R.HELD, "B-1"),
    ((K.DEPARTED, K.HANDED_OVER), Side.RECEIVING, R.RETURNED, None),
    ((K.DEPARTED, K.HANDED_OVER), Side.SENDING, R.HELD, "A-1"),
    ((K.DEPARTED, K.HANDED_OVER, K.RELEASED), Side.RECEIVING, R.RETURNED, None),
    ((K.DEPARTED, K.HANDED_OVER, K.RELEASED), Side.SENDING, R.RELEASED, None),
    ((K.ESCAPED,), Side.RECEIVING, R.ASK, None),
    ((K.ESCAPED, K.RECAPTURED), Side.RECEIVING, R.HELD, "B-1"),
    ((K.RELEASED,), Side.RECEIVING, R.RELEASED, None),
    ((K.DIED,), Side.RECEIVING, R.DIED, None),
]


@pytest.mark.parametrize(("kinds", "side", "word", "facility"), STATES)
def test_each_state_of_custody_has_its_word(
    new_telling: type[Told],
    kinds: tuple[EventKind, ...],
    side: Side,
    word: RollStatus,
    facility: str | None,
) -> None:
    found = source(told(new_telling, *kinds))
    own, _ = rows(found, replace(RULES, side=side))
    seq = max(event.seq or 0 for event in found.events)
    court = "B-COURT" if word is R.ASK else None
    assert own == Statement(word, seq, facility, court)


def test_the_states_reach_every_word_but_disputed() -> None:
    assert {word for _, _, word, _ in STATES} == set(R) - {R.DISPUTED}


def test_a_person_not_yet_handed_over_is_held_where_the_sending_state_says(telling: Told) -> None:
    assert rows(source(telling.tell(K.OPENED)))[1] == Statement(R.HELD, 0, facility="A-1")


def test_absence_at_court_is_custody_of_the_facility(new_telling: type[Told]) -> None:
    one = told(new_telling)
    one.add(one.event(K.ABSENCE_STARTED, kind="court"))
    own, _ = rows(source(one))
    assert own is not None
    assert (own.status, own.facility) == (R.HELD, "B-1")


def test_events_that_cannot_follow_make_one_row_disputed_and_stop_nobody(
    new_telling: type[Told],
) -> None:
    broken, sound = told(new_telling, K.RELEASED), told(new_telling)
    broken.events.append(replace(sound.event(K.PLACED), id="late", occurred_at=broken.at, seq=4))
    found, held = source(broken, sound), {f"p_{n}": holding(n) for n in (1, 2)}
    stated = nightly.statements(found, held, RULES, last(found))
    assert stated[secret("family 1")] == Statement(R.DISPUTED, 4, court="B-COURT")
    assert stated[secret("family 2")].status is R.HELD


def test_a_person_whose_place_is_not_stated_reads_ask(telling: Told) -> None:
    telling.tell(K.OPENED)
    telling.events = [replace(event, facility=None) for event in telling.events]
    assert rows(source(telling))[0] == Statement(R.ASK, 0, court="B-COURT")


def test_what_happens_after_the_night_is_not_in_its_roll(new_telling: type[Told]) -> None:
    found = source(told(new_telling, K.RELEASED))
    night, held = last(found), {"p_1": holding(1)}
    for earlier in (
        replace(night, instant=night.instant - timedelta(hours=1)),
        replace(night, size=night.size - 1),
    ):
        stated = nightly.statements(found, held, RULES, earlier)
        assert {said.status for said in stated.values()} == {R.HELD}


# How long a row stays


@pytest.mark.parametrize("kinds", [(K.RELEASED,), (K.DEPARTED, K.HANDED_OVER)])
def test_a_terminal_row_stays_its_days_and_no_longer(
    new_telling: type[Told], kinds: tuple[EventKind, ...]
) -> None:
    found = source(told(new_telling, *kinds))
    assert None not in words(found, days=10)
    assert words(found, days=10.1) == (None, None)


def test_nobody_who_is_held_ever_leaves_the_roll(new_telling: type[Told]) -> None:
    for kinds in ((), (K.ESCAPED,), (K.DEPARTED,), (K.ABSENCE_STARTED,)):
        assert None not in words(source(told(new_telling, *kinds)), days=36_500)


def test_an_end_recorded_late_stays_from_when_it_was_recorded(new_telling: type[Told]) -> None:
    found = source(told(new_telling, K.RELEASED))
    end = found.events[-1]
    late = replace(found, recorded={end.index: end.occurred_at + timedelta(days=40)})
    unknown = replace(found, recorded={})
    assert None not in words(late, days=50)
    assert words(late, days=50.1) == (None, None)
    assert None not in words(unknown, days=36_500)


# Death


def died(new: type[Told], *, duty: str = "", hours: float = 5, before: bool = False) -> Source:
    one = told(new)
    met = one.event(K.DUTY_MET, "B:custodian", duty=duty)
    if before:
        one.add(met)
    one.tell(K.DIED, days=hours / 24)
    if duty and not before:
        one.add(replace(met, id="after", occurred_at=one.at))
    return source(one)


def test_a_death_reads_ask_until_the_next_of_kin_are_informed(new_telling: type[Told]) -> None:
    assert words(died(new_telling)) == (R.DIED, R.ASK)
    assert words(died(new_telling, duty="D-2")) == (R.DIED, R.DIED)


def test_a_death_is_told_when_the_stated_hours_have_passed(new_telling: type[Told]) -> None:
    found = died(new_telling)
    assert words(found, days=47 / 24) == (R.DIED, R.ASK)
    assert words(found, days=2) == (R.DIED, R.DIED)


def test_a_duty_of_another_kind_or_from_before_the_death_informs_nobody(
    new_telling: type[Told],
) -> None:
    assert words(died(new_telling, duty="D-3")) == (R.DIED, R.ASK)
    assert words(died(new_telling, duty="D-2", before=True)) == (R.DIED, R.ASK)


def test_a_death_stays_its_days_after_it_could_be_told(new_telling: type[Told]) -> None:
    found = died(new_telling)
    assert words(found, days=12) == (R.DIED, R.DIED)
    assert words(found, days=12.1) == (None, None)
    silent = replace(found, recorded={})
    assert words(silent, days=400) == (R.DIED, R.DIED)


# Tokens


def test_a_revoked_token_reads_ask_for_thirty_days_whatever_is_agreed(
    new_telling: type[Told],
) -> None:
    found = source(told(new_telling))
    at = last(found, days=1).instant
    held, rules = holding(1, Token(secret("x"), at)), replace(RULES, revoked_days=5)
    said = [rows(found, rules, days=days, held=held)[1] for days in (0.99, 1, 31, 31.1)]
    assert [one and one.status for one in said] == [R.HELD, R.ASK, R.ASK, None]
    assert said[1] == Statement(R.ASK, 2, court="B-COURT")
    longer = replace(RULES, revoked_days=60)
    assert rows(found, longer, days=61, held=held)[1] == said[1]


def test_a_token_revoked_near_the_end_still_reads_ask_when_the_row_is_gone(
    new_telling: type[Told],
) -> None:
    found = source(told(new_telling, K.RELEASED))
    held = holding(1, Token(secret("x"), last(found, days=9).instant))
    own, family = rows(found, days=20, held=held)
    assert own is None
    assert family is not None
    assert family.status is R.ASK


def test_a_fork_with_the_other_log_reads_disputed(new_telling: type[Told]) -> None:
    rules = replace(RULES, disputed=frozenset({"p_1"}))
    for kinds in ((), (K.RELEASED,)):
        assert words(source(told(new_telling, *kinds)), rules) == (R.DISPUTED, R.DISPUTED)


def test_a_protected_person_reads_ask_to_everybody(new_telling: type[Told]) -> None:
    rules = replace(RULES, protected=frozenset({"p_1"}))
    assert words(source(told(new_telling)), rules) == (R.ASK, R.ASK)
    assert words(source(told(new_telling, K.RELEASED)), rules) == (R.RELEASED, R.ASK)
    assert words(source(told(new_telling, K.ABSENCE_STARTED)), rules) == (R.ASK, R.ASK)


def test_nobody_is_left_out_for_want_of_a_secret_or_terms(new_telling: type[Told]) -> None:
    found = source(told(new_telling))
    same = holding(1, Token(secret("own 1")))
    for given_, held in (
        (found, {}),
        (found, {"p_1": same}),
        (replace(found, terms={}), {"p_1": holding(1)}),
    ):
        with pytest.raises(RegisterError, match="H581") as caught:
            nightly.statements(given_, held, RULES, last(found))
        assert "p_1" not in str(caught.value)


def test_a_row_holds_no_register_number_and_no_birth_date(new_telling: type[Told]) -> None:
    one = told(new_telling)
    one.add(one.event(K.EVIDENCE_RECORDED, "A:custodian", fact="birth_date", value="1990-01-02"))
    found = [public_roll.plaintext(said) for said in rows(source(one)) if said]
    assert found == [b'{"f":"B-1","s":"held","seq":2}'.ljust(64)] * 2


# Arithmetic

COURSES = [
    (K.PLACED, K.MOVED),
    (K.ABSENCE_STARTED, K.ABSENCE_ENDED, K.RELEASED),
    (K.DIED,),
    (K.DEPARTED, K.HANDED_OVER),
    (K.DEPARTED, K.HANDED_OVER, K.DIED),
    (K.ESCAPED, K.RECAPTURED, K.RELEASED),
    (K.ESCAPED,),
    (K.RELEASED,),
]
Tamper = Callable[[dict[bytes, Statement], dict[bytes, Statement], int], None]


def again(one: Told) -> Told:
    """A person who was returned and is received a second time."""
    one.tell(K.PROPOSED, K.SCREENED, K.NOTIFIED, K.CONSENT_VERIFIED)
    one.at += timedelta(days=3)
    return one.tell(*THERE)


def population(new: type[Told], courses: Sequence[tuple[int, int]]) -> Source:
    persons = []
    for course, late in courses:
        one = told(new, *COURSES[course])
        if COURSES[course] == (K.DEPARTED, K.HANDED_OVER) and late % 2:
            again(one)
        one.events = [
            replace(event, occurred_at=event.occurred_at + timedelta(days=late))
            for event in one.events
        ]
        persons.append(one)
    return source(*persons)


def nights(found: Source) -> Iterator[Night]:
    at, end = found.events[0].occurred_at, found.events[-1].occurred_at
    while at <= end + timedelta(days=1):
        yield Night(at.date(), at, sum(event.occurred_at <= at for event in found.events))
        at += timedelta(days=1)


def roll(night: Night, stated: dict[bytes, Statement]) -> PublicRoll:
    return public_roll.build(night.day, 1, stated, public_roll.stepped(len(stated)), chance)


PEOPLE = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 9)), min_size=1, max_size=4)


@settings(max_examples=25)
@given(PEOPLE, st.sampled_from(Side))
def test_the_rolls_of_all_nights_add_up(
    new_telling: type[Told], courses: list[tuple[int, int]], side: Side
) -> None:
    found, rules = population(new_telling, courses), replace(RULES, side=side)
    held = {f"p_{n}": holding(n) for n in range(1, len(courses) + 1)}
    before: tuple[Night, PublicRoll] | None = None
    for night in nights(found):
        now = roll(night, nightly.statements(found, held, rules, night))
        if before is not None:
            pair = (before[1], now)
            kept = nightly.account(pair, (before[0], night), found, held, rules)
            assert (kept.holds, kept) == (True, nightly.Account(0, (), ()))
        before = (night, now)


def test_flows_name_what_happened_between_two_nights(new_telling: type[Told]) -> None:
    found = population(new_telling, [(7, 0), (2, 0), (3, 0), (3, 1), (0, 0)])
    whole = (replace(last(found), size=0), last(found))
    assert nightly.flows(found, RULES, *whole) == Flows(6, 1, 1, 2)
    sending = replace(RULES, side=Side.SENDING)
    assert nightly.flows(found, sending, *whole) == Flows(5, 1, 1, 0)


def delete(today: dict[bytes, Statement], _: dict[bytes, Statement], n: int) -> None:
    for name in (f"own {n}", f"family {n}"):
        del today[secret(name)]


def freeze(today: dict[bytes, Statement], yesterday: dict[bytes, Statement], n: int) -> None:
    for name in (f"own {n}", f"family {n}"):
        today[secret(name)] = yesterday[secret(name)]


def add(today: dict[bytes, Statement], _: dict[bytes, Statement], n: int) -> None:
    today[secret("own 99")] = replace(today[secret(f"own {n}")], seq=0)


@settings(max_examples=25)
@given(PEOPLE, st.data())
@pytest.mark.parametrize("tamper", [delete, freeze, add])
def test_who_is_deleted_added_or_frozen_is_found_that_night(
    new_telling: type[Told], tamper: Tamper, courses: list[tuple[int, int]], data: st.DataObject
) -> None:
    found = population(new_telling, courses)
    held = {f"p_{n}": holding(n) for n in range(1, len(courses) + 1)} | {"p_99": holding(99)}
    dark = [
        (before, now, n)
        for before, now in zip(nights(found), [*nights(found)][1:], strict=False)
        for n in range(1, len(courses) + 1)
        if changed(found, held, before, now, n)
    ]
    before, now, n = data.draw(st.sampled_from(dark))
    was, true = (nightly.statements(found, held, RULES, night) for night in (before, now))
    said = dict(true)
    tamper(said, was, n)
    pair = (roll(before, was), roll(now, said))
    kept = nightly.account(pair, (before, now), found, held, RULES)
    row = public_roll.find(pair[1], secret(f"family {n}"))
    bearer = row.said if isinstance(row, public_roll.Found) else None
    expected = true[secret(f"family {n}")]
    assert not kept.holds
    if tamper is add:
        assert kept.difference == 1
    else:
        assert f"p_{n}" in kept.missing + kept.altered
        assert bearer is None or bearer.seq < expected.seq


def changed(found: Source, held: dict[str, Holding], before: Night, now: Night, n: int) -> bool:
    """Whether the person was still on the roll in both nights, with a new custody event between."""
    was, true = (nightly.statements(found, held, RULES, night) for night in (before, now))
    one, other = (rows_.get(secret(f"own {n}")) for rows_ in (was, true))
    if one is None or other is None or other.status in TERMINAL:
        return False
    return one.seq < other.seq
