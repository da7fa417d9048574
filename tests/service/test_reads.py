"""Reads that a face shows by itself are recorded too, and a person's readers can be told."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import gateways
from gateways import ASKER, AT, OFFICER, PURPOSE, UNDER, Office, person
from habeas.errors import HabeasError
from habeas.register.signing import keyid8
from habeas.service import asking
from habeas.service.asking import AT_ONCE, Asker, Audit, OnePerson, Read, Reads, Seen
from habeas.terms import Role

MANY = tuple(person(number) for number in range(AT_ONCE))
COUNSEL = Asker("SE-KVV", Role.COUNSEL)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return gateways.installed(tmp_path / "installation")


@pytest.fixture
def office(path: Path) -> Iterator[Office]:
    with gateways.office(path) as found:
        found.caller.append([gateways.opened(1), gateways.opened(2)], UNDER)
        yield found


def code(office: Office, asked: asking.Request) -> str:
    with pytest.raises(HabeasError) as caught:
        office.caller.ask(asked)
    return caught.value.code


def test_a_list_that_is_shown_leaves_a_record_of_every_person_on_it(office: Office) -> None:
    before = office.reads.size
    assert office.caller.ask(Seen("docket list", MANY, ASKER, PURPOSE)) == {"recorded": AT_ONCE}
    kept = office.read_events()
    assert office.reads.size == before + AT_ONCE
    assert len({str(one.body["person"]) for one in kept}) == AT_ONCE
    assert {(one.body["what"], one.body["purpose"]) for one in kept} == {("docket list", PURPOSE)}


def test_nothing_is_seen_where_it_cannot_be_recorded(path: Path, office: Office) -> None:
    with closing(sqlite3.connect(path.with_name("reads") / "register.sqlite3")) as other:
        other.executescript(
            "CREATE TRIGGER full BEFORE INSERT ON leaf WHEN NEW.idx > 100 "
            "BEGIN SELECT RAISE(ABORT, 'full'); END;"
        )
    size = office.reads.size
    assert code(office, Seen("list", MANY, ASKER, PURPOSE)) == "H563"
    assert (office.reads.size, office.read_events()) == (size, [])


def test_a_stranger_who_says_to_have_seen_is_recorded_and_refused(office: Office) -> None:
    assert code(office, Seen("list", MANY[:2], Asker("FR-DAP", Role.COURT), PURPOSE)) == "H912"
    assert len(office.read_events()) == 2


def test_a_body_that_signs_nothing_is_recorded_as_one_that_the_agreement_names(
    office: Office,
) -> None:
    finance = Asker("SE-FINANCE", Role.REGISTRAR)
    assert office.caller.ask(Seen("statement", MANY[:2], finance, PURPOSE)) == {"recorded": 2}
    assert len(office.read_events()) == 2
    forged = Asker("SE-FINANCE", Role.REGISTRAR, "00" * 8)
    assert code(office, Seen("statement", MANY[:2], forged, PURPOSE)) == "H912"


@pytest.mark.parametrize(
    "asked",
    [
        b'{"op":"seen","what":"list","subjects":[],"purpose":"p"}',
        b'{"op":"seen","what":"P_1","subjects":["p_00000000000000000000000001"]}',
        b'{"op":"seen","what":"list","subjects":["somebody"]}',
    ],
)
def test_what_is_seen_is_of_persons_and_in_plain_words(asked: bytes) -> None:
    with pytest.raises(HabeasError) as caught:
        asking.request(asked)
    assert caught.value.code == "H909"


@pytest.mark.parametrize(("asker", "purpose"), [(None, PURPOSE), (ASKER, "")])
def test_whoever_sees_says_who_and_what_for(
    office: Office, asker: Asker | None, purpose: str
) -> None:
    assert code(office, Seen("list", MANY[:1], asker, purpose)) == "H911"
    assert code(office, Reads(person(1), asker, purpose)) == "H911"
    assert office.read_events() == []


def test_who_read_of_a_person_is_told_by_office_and_key(office: Office) -> None:
    key = keyid8(gateways.key(OFFICER).public()).hex()
    office.caller.ask(Read(OnePerson(person(1)), Asker("SE-KVV", Role.CUSTODIAN, key), "a count"))
    office.caller.ask(Seen("list", (person(1), person(2)), Asker("EE-VANGLA", Role.COURT), "b"))
    assert code(office, Seen("list", (person(1),), Asker("FR-DAP", Role.COURT), "c")) == "H912"
    found = office.caller.ask(Reads(person(1), COUNSEL, "who reads"))["reads"]
    assert [(one["what"], one["purpose"], one.get("reader")) for one in found] == [
        ("person", "a count", {"authority": "SE-KVV", "role": "custodian", "key": key}),
        ("list", "b", {"authority": "EE-VANGLA", "role": "court"}),
        ("list", "c", None),
        ("reads", "who reads", {"authority": "SE-KVV", "role": "counsel"}),
    ]
    assert {one["time"] for one in found} == {AT.isoformat()}
    assert len(office.caller.ask(Reads(person(2), COUNSEL, "p"))["reads"]) == 2


def test_a_purpose_that_quotes_a_pseudonym_is_no_read_of_that_person(office: Office) -> None:
    office.caller.ask(Seen("list", (person(1),), ASKER, PURPOSE))
    quoted = str(office.read_events()[0].body["person"])
    office.caller.ask(Seen("list", (person(2),), ASKER, quoted))
    found = office.caller.ask(Reads(person(1), COUNSEL, "p"))["reads"]
    assert [one["what"] for one in found] == ["list", "reads"]


def test_an_audit_follows_what_was_seen(office: Office) -> None:
    office.caller.ask(Seen("list", MANY, ASKER, PURPOSE))
    assert office.caller.ask(Audit())["size"] == office.reads.size
