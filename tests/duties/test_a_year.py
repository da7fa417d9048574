"""Every breach of a year is found and none is invented: the generator knows which there are."""

import os
from datetime import UTC, datetime, timedelta

from conftest import ROLES, SIDES
from duties.year import Year, subjects, year
from habeas.adapters.public_holidays import calendar
from habeas.custody.intervals import Interval, intervals
from habeas.service import agree, duties
from habeas.service.hold import Held, Read, Register
from habeas.transfer.state import Terms

PEOPLE = int(os.environ.get("HABEAS_YEAR_PEOPLE", "400"))  # 10,000 is the full form
LIBRARY = agree.library()
END = datetime(2030, 1, 1, tzinfo=UTC)


def stands(made: Year) -> tuple[duties.Standing, Read]:
    """The year through the same functions as a register."""
    deal = LIBRARY.agreement("NO-NL")
    terms = _terms()
    stays = list[Interval]()
    for mine in subjects(made.events).values():
        stays += intervals(mine, terms)
    read = Read(
        Register(deal, Held(tuple(stays), len(made.events), {}), ""),
        tuple(made.events),
        terms,
        ("NO", "NL"),
    )
    return duties.standing(read, LIBRARY, calendar, END), read


def _terms() -> Terms:
    return Terms(
        SIDES,
        ROLES,
        consent_required=True,
        consent_binds_at_verification=True,
        notice=timedelta(hours=72),
        release_in_receiving_state=True,
    )


def found(every: duties.Standing) -> dict[tuple[str, str, str, str], str]:
    return {
        (
            one.opened.event,
            one.asked.duty,
            one.asked.step,
            one.side.value if one.side else "",
        ): one.state(END).value
        for one in every.owed
        if one.asked.limit != "nobody"
    }


def compared(people: int, seed: int) -> tuple[int, int, int, int]:
    """How many duties arose, breaches there are, breaches missed, and breaches invented."""
    made = year(people, seed)
    every, read = stands(made)
    told = found(every)
    breaches = {key for key, state in made.truth.items() if state != "met"}
    claimed = {key for key, state in told.items() if state != "met"}
    assert told == made.truth
    assert len(duties.blocked(read, END)) == made.blocked == 1
    died = {one.opened.event for one in every.owed if one.opened.kind == "custody.died"}
    assert len(died) == 3
    return len(told), len(breaches), len(breaches - claimed), len(claimed - breaches)


def test_every_breach_of_a_year_is_found_and_none_is_invented() -> None:
    arose, there, missed, invented = compared(PEOPLE, 20270104)
    assert (missed, invented) == (0, 0)
    assert arose > 2 * PEOPLE
    assert there > PEOPLE / 8
