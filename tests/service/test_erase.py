"""Erasure: what is refused, what is destroyed, and what stays, in this order."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from erasure_cases import (
    BOTH,
    HAND,
    LATE,
    OPENED,
    RELEASED,
    RULES,
    Case,
    closed,
    key,
    key_id,
    made,
    person,
)
from habeas.errors import HabeasError
from habeas.register.events import Json
from habeas.register.log import Signed
from habeas.service import erase
from habeas.service.erase import Hand, Rules

COURT = (("COURT/0", "court"), ("COURT/1", "court"))


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    """Two persons who were released."""
    found = made(tmp_path, 2)
    yield found
    closed(found)


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Case]:
    """One person who is held."""
    found = made(tmp_path, 1, release=False)
    yield found
    closed(found)


def refused(case: Case, *signed: Signed, rules: Rules = RULES, hand: Hand = HAND) -> str:
    """The code of a refusal that wrote and destroyed nothing."""
    before = case.store.size(), len(case.file(0).rows)
    with pytest.raises(HabeasError) as caught:
        erase.execute(case.log, case.keys, signed, rules, hand, LATE)
    assert (case.store.size(), len(case.file(0).rows)) == before
    return f"{caught.value.code} {caught.value.status}"


def test_no_single_authority_erases(case: Case) -> None:
    one = (("A-DATA/0", "data_protection"), ("A-DATA/1", "data_protection"))
    alone = case.erased(case.indexes(0), one, who=("A-DATA/0", "A-DATA/1"))
    assert refused(case, alone) == "H619 3"


def test_with_the_content_go_the_rows_of_the_public_roll(case: Case) -> None:
    own, given = f"roll/{person(0)}", f"token/{person(0)}/ab"
    others = (f"roll/{person(1)}", f"token/{person(1)}/cd")
    case.keys.keep(dict.fromkeys((own, given, *others), bytes(32)))
    erase.execute(case.log, case.keys, [case.erased(case.indexes(0))], RULES, HAND, LATE)
    assert [*case.keys.named("roll/"), *case.keys.named("token/")] == [*others]


def test_two_authorities_of_one_state_are_one_state(case: Case) -> None:
    sides = {**RULES.terms.sides, "B-DATA": RULES.terms.sides["A-DATA"]}
    rules = replace(RULES, terms=replace(RULES.terms, sides=sides))
    assert refused(case, case.erased(case.indexes(0)), rules=rules) == "H619 3"


@pytest.mark.parametrize(
    "who",
    [
        ("A-DATA/0", "A-DATA/0"),
        ("A-DATA/0", "A-DATA/1"),
        ("B/0", "A-DATA/0"),
    ],
)
def test_who_asked_and_who_reviewed_are_two_who_signed(case: Case, who: tuple[str, str]) -> None:
    assert refused(case, case.erased(case.indexes(0), who=who)) == "H619 3"


@pytest.mark.parametrize("officer", ["A-DATA/0", "B-DATA/0"])
def test_who_asked_or_reviewed_does_not_execute(case: Case, officer: str) -> None:
    hand = replace(HAND, authority=officer[:6], signer=key(officer))
    assert refused(case, case.erased(case.indexes(0)), hand=hand) == "H619 3"


def test_an_authority_that_the_agreement_gives_no_such_role_does_not_erase(case: Case) -> None:
    by = (("A/0", "data_protection"), ("B-DATA/0", "data_protection"))
    assert refused(case, case.erased(case.indexes(0), by, who=("A/0", "B-DATA/0"))) == "H619 3"


def test_a_court_needs_two_officers_as_well(case: Case) -> None:
    alone = case.erased(case.indexes(0), COURT[:1], who=("COURT/0", "COURT/0"))
    assert refused(case, alone) == "H619 3"


def test_nobody_who_is_held_is_erased(held: Case) -> None:
    assert refused(held, held.erased(held.indexes(0))) == "H618 3"


def test_nobody_is_erased_within_the_retention(case: Case) -> None:
    early = case.erased(case.indexes(0), at=LATE - timedelta(seconds=1))
    assert refused(case, early) == "H618 3"


def test_the_clock_of_the_operator_alone_ends_no_retention(case: Case) -> None:
    early = case.erased(case.indexes(0), at=RELEASED)
    assert refused(case, early) == "H618 3"


def test_an_agreement_that_states_no_retention_erases_no_content(case: Case) -> None:
    whole = case.erased(case.indexes(0))
    assert refused(case, whole, rules=replace(RULES, retention=None)) == "H618 3"


@pytest.mark.parametrize("kind", ["inquiry.made", "complaint.made"])
def test_nobody_is_erased_while_something_about_him_is_not_answered(case: Case, kind: str) -> None:
    asked = case.sign(kind, (("COURT", "court"),), RELEASED, subject=person(0))
    case.log.append([asked], RELEASED)
    assert refused(case, case.erased(case.indexes(0))) == "H618 3"


def test_an_answered_inquiry_hinders_nothing(case: Case) -> None:
    asked = case.sign("inquiry.made", (("COURT", "court"),), RELEASED, subject=person(0))
    case.log.append([asked], RELEASED)
    made_id = case.file(0).events[-1].id
    body: dict[str, Json] = {"inquiry": made_id}
    answer = case.sign(
        "inquiry.answered", (("A", "custodian"),), RELEASED, subject=person(0), body=body
    )
    case.log.append([answer], RELEASED)
    assert len(erase.plan(case.file(0), (), RULES, LATE).indexes) == 5


def test_a_stay_hinders_the_erasure(held: Case) -> None:
    order: dict[str, Json] = {"order": "o", "scope": "all"}
    stay = held.sign(
        "case.stay_ordered", (("COURT", "court"),), OPENED, subject=person(0), body=order
    )
    held.log.append([stay], OPENED)
    held.custody(
        "released", person(0), (("A", "custodian"),), RELEASED, body={"ground": "g", "place": "p"}
    )
    assert refused(held, held.erased(held.indexes(0))) == "H618 3"


def test_a_corrected_release_date_does_not_shorten_the_retention(case: Case) -> None:
    release = case.file(0).events[-1]
    body: dict[str, Json] = {"reason": "typing", "body": {"ground": "g", "place": "p"}}
    head = case.log.head(person(0))
    assert head is not None
    correction = case.sign(
        "correction", (("A", "custodian"),), OPENED + timedelta(days=1),
        subject=person(0), seq=head[0] + 1, prev=head[1], corrects=release.id, body=body,
    )  # fmt: skip
    case.log.append([correction], RELEASED)
    assert erase.custody_end(case.file(0).events, RULES.terms) == RELEASED


def test_an_unknown_person_is_refused(case: Case) -> None:
    with pytest.raises(HabeasError) as caught:
        case.file(7)
    assert caught.value.code == "H596"


def test_a_section_that_is_not_there_is_refused(case: Case) -> None:
    with pytest.raises(HabeasError) as caught:
        erase.plan(case.file(0), ["medical", "family"], RULES, LATE)
    assert caught.value.code == "H596"


@pytest.mark.parametrize("name", ["facility", "occurred_at", "subject", "custody.opened", "body"])
def test_what_tells_where_a_person_is_held_is_no_section(held: Case, name: str) -> None:
    more: dict[str, Json] = {"what": "sections", "sections": [name]}
    assert refused(held, held.erased(held.indexes(0), more=more)) == "H596 2"


@pytest.mark.parametrize(
    "more",
    [
        {"what": "all"},
        {"what": "sections"},
        {"what": "sections", "sections": []},
        {"what": "sections", "sections": "medical"},
        {"sections": ["medical"]},
        {"indexes": [13, 13]},
        {"indexes": ["12"]},
        {"indexes": [-1]},
        {"indexes": [True]},
        {"indexes": 12},
        {"indexes": [0]},
        {"indexes": [10**9]},
    ],
)
def test_an_erasure_that_does_not_say_what_it_erases_is_refused(
    case: Case, more: dict[str, Json]
) -> None:
    assert refused(case, case.erased(case.indexes(0), more=more)) == "H597 2"


def test_an_erasure_names_every_event_that_it_erases_and_no_other(case: Case) -> None:
    one, two = case.indexes(0), case.indexes(1)
    found = [refused(case, case.erased(given)) for given in (one[:-1], [one[0]], sorted(one + two))]
    assert found == ["H597 2"] * 3


def test_another_agreement_is_refused(case: Case) -> None:
    other = replace(RULES, agreement="U")
    assert refused(case, case.erased(case.indexes(0)), rules=other) == "H597 2"
    with pytest.raises(HabeasError) as caught:
        erase.plan(case.file(0), (), other, LATE)
    assert caught.value.code == "H617"


def test_one_unlawful_erasure_stops_its_whole_batch(case: Case) -> None:
    good, bad = case.erased(case.indexes(0)), case.erased(case.indexes(1)[:1])
    assert refused(case, good, bad) == "H597 2"


# what may be done


def done(case: Case, *signed: Signed) -> list[tuple[int, int, bool]]:
    found = erase.execute(case.log, case.keys, signed, RULES, HAND, LATE)
    return [(one.events, one.keys, one.finished) for one in found]


def test_two_states_erase_a_person_after_the_retention(case: Case) -> None:
    assert done(case, case.erased(case.indexes(0))) == [(3, 3, True)]
    assert list(case.log.vault.records(case.store.of_person(person(0)))) == []
    assert len(case.file(1).rows) == 3


def test_a_court_erases_a_person_after_the_retention(case: Case) -> None:
    order = case.erased(case.indexes(0), COURT, who=("COURT/0", "COURT/1"))
    assert done(case, order) == [(3, 3, True)]


def test_sections_go_before_the_release(held: Case) -> None:
    wanted = erase.plan(held.file(0), ["medical"], RULES, OPENED)
    body = wanted.bodies()[0]
    assert done(held, held.erased(list(wanted.indexes), more=body)) == [(1, 1, True)]
    left = held.file(0)
    assert ([one.name for one in left.sections], len(left.rows)) == (["security"], 2)


def test_a_long_stay_is_erased_in_parts(case: Case) -> None:
    one, two, three = case.indexes(0)
    parts = [case.erased([one, three]), case.erased([two])]
    assert done(case, *parts) == [(2, 1, True), (1, 2, True)]


def test_the_completion_is_signed_by_who_executed(case: Case) -> None:
    signed = case.erased(case.indexes(0), BOTH)
    done(case, signed)
    last = list(case.log.records())[-1]
    assert key_id("B/0").encode() in last.body
    assert b'"keys_destroyed":3' in last.body
