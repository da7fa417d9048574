"""Why people do not fit: each planted fault has the sentence that is due, and no other."""

import pytest
from bench.shortfalls import FAULTS, NAMES, WOMAN, Fault, base, planted, room

from habeas.space import place_exact
from habeas.space.place import place
from habeas.space.placing import problem
from habeas.space.shortfall import least, shortfalls
from habeas.space.shortfall_words import refused, sentences

SOUND = base(600, 12)


def told(fault: Fault) -> tuple[list[str], int]:
    asked = problem(*planted(*SOUND, fault))
    found = shortfalls(asked)
    return sentences(found, asked, NAMES), least(found)


def test_a_facility_in_which_everybody_fits_has_no_certificate() -> None:
    assert shortfalls(problem(*SOUND)) == []
    enough = Fault("enough", (), 0, [WOMAN] * 72, [room(WOMAN, 12)] * 6)
    assert told(enough) == ([], 0)


@pytest.mark.parametrize("fault", FAULTS, ids=[one.name for one in FAULTS])
def test_each_planted_fault_is_explained_in_its_sentence(fault: Fault) -> None:
    """S2: at least 20 kinds; at 40,000 persons, with times, in docs/performance.md."""
    found, number = told(fault)
    assert sorted(found) == sorted(fault.due)
    assert number == fault.refused


@pytest.mark.parametrize("fault", FAULTS, ids=[one.name for one in FAULTS])
def test_as_many_as_the_certificate_says_find_no_place(fault: Fault) -> None:
    who, where = planted(*SOUND, fault)
    assert len(place(who, where, place_exact.solve).unplaced) == fault.refused


def test_there_are_twenty_kinds() -> None:
    assert len({one.name for one in FAULTS}) >= 20


def test_one_person_is_not_told_as_several() -> None:
    assert refused(1) == "Do not receive 1 person."
    assert refused(1_200) == "Do not receive 1,200 persons."
