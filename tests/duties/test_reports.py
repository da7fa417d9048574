"""Reports as duties: replies to findings, addenda, and what a complaint is about."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import K
from habeas.adapters.public_holidays import calendar
from habeas.duties.deadline import Clocked
from habeas.duties.owed import Asked, Mark, owed
from habeas.law.agreement import Deadline
from habeas.law.cited import Due
from habeas.register.events import Actor, Event, Json
from habeas.service import agree, duties
from habeas.service.hold import Held, Read, Register
from habeas.terms import ComplaintKind, DutyState, EventKind, Side
from habeas.transfer.state import Terms

LIBRARY = agree.library()
DEAL = LIBRARY.agreement("NO-NL")  # zone Europe/Amsterdam
START = datetime(2027, 3, 1, 12, tzinfo=UTC)
TERMS = Terms(
    {"A": Side.SENDING, "B": Side.RECEIVING}, {}, False, False, timedelta(), False
)  # fmt: skip
DAY, ZONED = timedelta(days=1), Clocked("UTC", "down")
ABOUT = ["", "serious_injury", "damage"]
FINDING = {"addressed_to": "receiving", "visit": "v", "recommendation": "r"}


def event(number: int, kind: EventKind, by: str = "A", /, **body: Json) -> Event:
    return Event(
        f"e{number}", kind, "X", "p", None, None, None, None, START + number * DAY, "observed",
        (Actor(by, "r", "k"),), body, None, number,
    )  # fmt: skip


def standing(*events: Event, deal: object = DEAL, days: float = 100) -> list[tuple[str, ...]]:
    """Duty, who owes it, until when, who fixes that, and how it stands."""
    assert isinstance(deal, type(DEAL))
    read = Read(Register(deal, Held((), 0, {}), ""), events, TERMS, ("NO", "NL"))
    found = duties.standing(read, LIBRARY, calendar, START + days * DAY)
    return [
        (
            one.asked.duty, one.side.value if one.side else "",
            one.due.isoformat() if one.due else "", one.asked.limit, one.state(found.at).value,
        )
        for one in found.rows()
    ]  # fmt: skip


# Findings


@pytest.mark.parametrize(
    ("said", "due", "limit"),
    [
        ({"reply_by": "2027-03-20"}, "2027-03-20T22:59:59+00:00", "finding"),
        ({"reply_by": "2027-03-20T08:00:00+01:00"}, "2027-03-20T07:00:00+00:00", "finding"),
        ({"reply_by": "soon"}, "2027-03-31T21:59:59+00:00", "policy"),
        ({}, "2027-03-31T21:59:59+00:00", "policy"),
    ],
)
def test_a_reply_is_due_when_the_finding_says_else_by_policy(
    said: dict[str, str], due: str, limit: str
) -> None:
    found = event(0, K.FINDING_MADE, **FINDING, **said)
    assert standing(found) == [("D-24", "receiving", due, limit, "overdue")]


def test_an_agreements_number_takes_the_place_of_the_policy_not_of_the_findings_own() -> None:
    deal = replace_deadline(10)
    assert standing(event(0, K.FINDING_MADE, **FINDING), deal=deal)[0][2:4] == (
        "2027-03-11T22:59:59+00:00",
        "agreement",
    )
    own = event(0, K.FINDING_MADE, **FINDING, reply_by="2027-05-01")
    assert standing(own, deal=deal)[0][3] == "finding"


def replace_deadline(days: int) -> object:
    return msgspec.structs.replace(DEAL, deadlines={"D-24": Deadline(Due(None, days=days))})


@pytest.mark.parametrize(("by", "state"), [("A", "overdue"), ("B", "met")])
def test_only_the_state_that_is_addressed_answers(by: str, state: str) -> None:
    found = event(0, K.FINDING_MADE, **FINDING)
    answer = event(5, K.FINDING_ANSWERED, by, finding="e0", reply="r")
    assert standing(found, answer)[0][4] == state


def test_a_late_reply_is_late_for_ever_and_a_second_changes_nothing() -> None:
    found = event(0, K.FINDING_MADE, **FINDING, reply_by="2027-03-02")
    late = event(5, K.FINDING_ANSWERED, "B", finding="e0", reply="r")
    again = event(6, K.FINDING_ANSWERED, "B", finding="e0", reply="r")
    assert [one[4] for one in standing(found, late, again)] == ["met late"]


# Complaints


@pytest.mark.parametrize("kind", [*ComplaintKind, "", "torture!", 7])
def test_ill_treatment_opens_the_report_and_so_does_a_word_that_nobody_knows(
    kind: str | int,
) -> None:
    names = {one[0] for one in standing(event(0, K.COMPLAINT_MADE, kind=kind))}
    known = kind in set(ComplaintKind) and kind != ComplaintKind.ILL_TREATMENT
    assert names == ({"D-5"} if known else {"D-1", "D-5"})


# Addenda


def test_an_addendum_opens_nothing_anew_and_a_graver_one_what_the_first_did_not() -> None:
    first = event(0, K.INCIDENT_REPORTED, kind="serious_injury", document="d")
    more = event(1, K.INCIDENT_REPORTED, kind="serious_injury", document="d", adds_to="e0")
    assert standing(first, more) == standing(first)
    mild = event(0, K.INCIDENT_REPORTED, kind="damage", document="d")
    assert standing(mild) == []
    found = standing(mild, more)
    assert {one[0] for one in found} == {"D-1", "D-2"}
    alone = event(1, K.INCIDENT_REPORTED, kind="serious_injury", document="d")
    assert found == standing(alone)


def test_an_addendum_to_what_is_not_there_opens_its_duties() -> None:
    lost = event(1, K.INCIDENT_REPORTED, kind="serious_injury", document="d", adds_to="gone")
    assert {one[0] for one in standing(lost)} == {"D-1", "D-2"}


reports = st.lists(st.tuples(st.sampled_from(ABOUT), st.integers(-1, 8)), max_size=8)


@given(reports)
def test_each_chain_of_reports_opens_a_duty_once_at_its_first_grave_word(
    told: list[tuple[str, int]],
) -> None:
    """The oracle follows each report to the first of its chain, without the code's own walk."""
    marks = [
        Mark(
            START + n * DAY, n, "incident.reported", "p", f"e{n}", None, about=about,
            adds_to=f"e{to}" if 0 <= to < n else "",
        )
        for n, (about, to) in enumerate(told)
    ]  # fmt: skip
    asked = Asked("D", "", {"incident.reported": ("serious_injury",)}, frozenset(), Due(None), "")
    found = [one.opened.index for one in owed([asked], marks, {}, {None: ZONED})]

    def above(n: int) -> list[int]:
        to = told[n][1]
        return [to, *above(to)] if 0 <= to < n else []

    grave = [about != "damage" for about, _to in told]
    wanted = [n for n, one in enumerate(grave) if one and not any(grave[up] for up in above(n))]
    assert found == wanted


def test_a_civil_day_of_a_reply_ends_in_the_zone_of_the_state_that_is_asked() -> None:
    mark = Mark(
        START, 0, K.FINDING_MADE, "p", "e", None, to=Side.SENDING, reply_by=date(2027, 3, 9)
    )
    asked = Asked("D", "", {K.FINDING_MADE: ()}, frozenset(), Due(None), "policy")
    clocks = {None: ZONED, Side.SENDING: replace(ZONED, zone="America/New_York")}
    (one,) = owed([asked], [mark], {"e": Side.RECEIVING}, clocks)
    assert one.due == datetime(2027, 3, 10, 4, 59, 59, tzinfo=UTC)
    assert one.state(datetime(2027, 3, 10, 5, tzinfo=UTC)) is DutyState.OVERDUE
