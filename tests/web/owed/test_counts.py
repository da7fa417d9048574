"""Counting people writes no row anew, and the tables are those that a rebuilding makes."""

from collections.abc import Callable

import pytest

from desks import Desk
from habeas.service import survey
from habeas.terms import Role
from habeas.web.readmodels import rebuild
from habeas.web.readmodels.models import Interval, Obligation, Person
from web.follows import rows
from web.owed.acts import handed_in, held, told


def counting(desk: Desk, subject: str) -> None:
    handed_in(desk, "custody.counted", subject, "US-BOP", Role.CUSTODIAN, place="A-1")


def numbers(subject: str) -> set[tuple[str, int]]:
    """Those that the database gave the rows of a person: a row written anew gets another."""
    return {
        (table.__name__, number)
        for table in (Interval, Obligation)
        for number in table.objects.filter(subject=subject).values_list("pk", flat=True)
    }


def test_who_was_counted_keeps_every_row(desk: Desk) -> None:
    one, two = held("eligible", 1), held("eligible", 2)
    before, kept = Person.objects.get(pk=one), numbers(one)
    for _ in range(3):
        counting(desk, one)
        counting(desk, two)
    rebuild.follow()
    after = Person.objects.get(pk=one)
    assert numbers(one) == kept
    assert kept
    assert after.events == before.events + 3
    assert after.latest_index > before.latest_index
    found = rows()
    rebuild.rebuild()
    assert rows() == found


def test_who_was_counted_and_more_is_computed_anew(desk: Desk) -> None:
    one, kept = held("eligible", 1), numbers(held("eligible", 1))
    counting(desk, one)
    told(desk, "complaint.made", one, "US-COURT", Role.COURT, kind="conditions", document="0" * 64)
    assert numbers(one).isdisjoint(kept)
    counting(desk, one)  # the latest that is told is then before a confidential event
    rebuild.follow()
    found = rows()
    rebuild.rebuild()
    assert rows() == found


def test_who_has_no_row_gets_all_of_them(desk: Desk) -> None:
    one = held("eligible", 1)
    found = rows()
    Person.objects.filter(pk=one).delete()
    counting(desk, one)
    rebuild.follow()
    assert [len(told) for told in rows().values()] == [len(told) for told in found.values()]


def test_a_count_that_was_taken_in_is_not_taken_in_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = held("eligible", 1)
    counting(desk, one)
    rebuild.follow()
    before, other = Person.objects.get(pk=one).events, held("eligible", 2)
    whole = Person.objects.get(pk=other).events
    first: Callable[..., object] = survey.touched

    def again(store: object, start: int, *kinds: object) -> object:
        """As whoever was stopped before the position was written: a little from before."""
        return first(store, start - 1, *kinds)

    monkeypatch.setattr(survey, "touched", again)
    counting(desk, other)
    rebuild.follow()
    assert Person.objects.get(pk=other).events == whole + 1
    assert Person.objects.get(pk=one).events == before
