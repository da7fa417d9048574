"""A figure that grows old is shown once more, and made anew when its page has been sent."""

from collections.abc import Iterator
from itertools import count

import pytest
from django.core.cache import caches
from django.test import Client

from desks import Desk
from habeas.terms import Office
from habeas.web import fence
from habeas.web.desk import home
from habeas.web.readmodels import remembered as memory
from habeas.web.readmodels.remembered import growing_old, remembered
from web.states import both, desk, english, made, state

__all__ = ["both", "desk", "english", "made", "state"]
OLD, GONE = memory.OLD_S + 1, memory.KEPT_S + 1


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    found = Clock()
    monkeypatch.setattr(memory, "monotonic", found)
    yield found
    caches["figures"].clear()


@pytest.mark.usefixtures("desk")
def test_one_of_those_who_see_it_old_makes_it_anew(clock: Clock) -> None:
    numbers = count()
    assert remembered(None, "x", lambda: next(numbers)) == 0
    clock.now += OLD
    with growing_old() as one, growing_old() as other:
        assert remembered(None, "x", lambda: next(numbers)) == 0
        assert remembered(None, "x", lambda: next(numbers)) == 0
    assert [len(found) for found in (one, other)] == [0, 1]
    other[0]()
    assert remembered(None, "x", lambda: next(numbers)) == 1
    with growing_old() as young:
        assert remembered(None, "x", lambda: next(numbers)) == 1
    assert young == []
    clock.now += GONE
    assert remembered(None, "x", lambda: next(numbers)) == 2, "none is older than a minute"


@pytest.mark.usefixtures("desk")
def test_what_tells_of_days_that_are_over_is_kept_for_longer(clock: Clock) -> None:
    numbers = count()

    def days() -> int:
        return remembered(None, "days", lambda: next(numbers), minutes=10)

    assert days() == 0
    clock.now += 9.9 * memory.KEPT_S
    with growing_old() as old:
        assert days() == 0
    assert len(old) == 1
    clock.now += 0.2 * memory.KEPT_S
    assert days() == 1


@pytest.mark.usefixtures("desk")
def test_what_is_made_of_others_is_as_old_as_they_are(clock: Clock) -> None:
    numbers = count()

    def inner() -> int:
        return remembered(None, "inner", lambda: next(numbers))

    assert inner() == 0
    clock.now += OLD - 2
    assert remembered(None, "outer", inner) == 0
    clock.now += 2
    with growing_old() as old:
        assert remembered(None, "outer", inner) == 0
    old[0]()  # both anew: it is made of nothing old
    assert remembered(None, "outer", inner) == inner() == 1


def test_a_page_shows_it_and_whoever_comes_next_finds_it_anew(
    desk: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[bool]()
    first = home.visible.asked  # type: ignore[attr-defined]

    def counted(*words: object) -> object:
        asked.append(memory._OLD.get() is None)  # noqa: SLF001 - None: nobody waits
        return first(*words)

    monkeypatch.setattr(home.visible, "asked", counted)  # type: ignore[attr-defined]
    browser: Client = desk.client("US-BOP", Office.SENDING_OFFICER)
    assert browser.get("/en/").status_code == 200
    clock.now += OLD
    assert browser.get("/en/").status_code == 200
    assert browser.get("/en/").status_code == 200
    assert asked == [False, True]


def test_a_figure_that_cannot_be_made_anew_stops_nothing(
    desk: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    browser = desk.client("US-BOP", Office.SENDING_OFFICER)
    browser.get("/en/")
    clock.now += OLD

    def refused(*_words: object) -> object:
        raise fence.Error  # type: ignore[attr-defined]

    monkeypatch.setattr(home.visible, "asked", refused)  # type: ignore[attr-defined]
    assert browser.get("/en/").status_code == 200
    assert "was not made anew: Error" in caplog.text
