"""What a reader is told of a person: no more than was handed out, with corrections linked."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

import gateways
from gateways import ASKER, AT, PURPOSE, UNDER, Office, person
from habeas.service import agree, personfile, transfer
from habeas.service.asking import Asker, OnePerson, OneSection, Read
from habeas.service.personfile import PersonRecord
from habeas.service.transfer import Ground
from habeas.terms import Role

REASON = "the wrong order was named"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A gateway whose register holds a person with a section, and one who was corrected."""
    with gateways.office(gateways.installed(tmp_path / "installation")) as found:
        first = gateways.opened(2)
        batch = [gateways.opened(1), gateways.reported(1), first, gateways.proposed(2)]
        found.caller.append(batch, UNDER, publish=True)
        yield found


def _ground() -> Ground:
    law = agree.library()
    deal = law.agreement("SE-EE")
    return Ground(deal, transfer.terms(deal, "SE", "EE"), demonstration=True)


def _shown(office: Office, number: int, asker: Asker = ASKER) -> PersonRecord:
    subject = person(number)
    answer = office.caller.ask(Read(OnePerson(subject), asker, PURPOSE))
    return personfile.read(subject, [answer], _ground(), AT + timedelta(days=1))


def test_headers_alone_give_no_clock_no_basis_and_no_word_of_what_is_said(office: Office) -> None:
    found = _shown(office, 1, Asker("SE-KVV", Role.REGISTRAR))
    assert [one.body for one in found.entries] == [None, None]
    assert (found.basis, found.clocks, found.intervals) == (None, None, ())
    assert {one.sections for one in found.entries} == {()}


def test_whoever_is_shown_bodies_is_told_who_ordered_custody(office: Office) -> None:
    found = _shown(office, 1)
    assert found.basis is not None
    assert (found.basis.ordered_by, found.basis.authorised) == ("SE-COURT", None)
    assert len(found.intervals) == 1
    assert found.clocks is not None
    assert found.clocks.no_date


def test_a_section_is_offered_only_to_roles_of_the_table(office: Office) -> None:
    reported = _shown(office, 1).entries[1]
    law = agree.library()
    assert personfile.sections(law, Role.HEALTH, reported) == ["medical-fitness"]
    assert personfile.sections(law, Role.COUNSEL, reported) == []
    told = office.caller.ask(Read(OneSection(reported.index, "medical-fitness"), ASKER, PURPOSE))
    assert personfile.section_text(told) == "fit to travel"


def test_a_section_that_is_no_plain_text_is_not_shown() -> None:
    for data in ("gIGC", "G1szMW0=", "not base64"):  # no UTF-8, an escape, neither
        assert personfile.section_text({"data": data}) is None


def test_a_correction_and_what_it_takes_the_place_of_name_each_other(office: Office) -> None:
    wrong = office.log.store.of_person(person(2))
    target = next(iter(wrong))
    fixed = gateways.signed(
        "correction", 2, "custodian", corrects=target.event_id,
        body={"reason": REASON, "body": {"order": "order-3", "ordered_by": "SE-COURT"}},
    )  # fmt: skip
    office.caller.append([fixed], UNDER, publish=True)
    found = _shown(office, 2)
    opened, correction = found.entries[0], found.entries[-1]
    assert (opened.corrected_by, correction.corrects) == (correction.index, opened.index)
    assert found.entry(opened.index) == opened
    assert found.entry(10**6) is None
