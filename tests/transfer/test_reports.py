"""Reports: what each must name of what went before, who signs it, and what is never refused."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from habeas.errors import Fault, ImpossibleEvent
from habeas.register.events import Event
from habeas.terms import EventKind
from habeas.transfer.machine import step
from habeas.transfer.reports import check, hindrance

K = EventKind
Told = Any  # the fixture's class lives in conftest, which tests do not import
MONITORS = {"A-MONITOR": frozenset({"monitor"}), "B-MONITOR": frozenset({"monitor"})}
FINDING = {"addressed_to": "receiving", "recommendation": "open the cells", "finding": "23 hours"}
# kind: the key by which it names an event, and of which kinds that must be
NAMED = [
    (K.INQUIRY_ANSWERED, "inquiry", {K.INQUIRY_MADE}),
    (K.COMPLAINT_ANSWERED, "complaint", {K.COMPLAINT_MADE}),
    (K.INCIDENT_REPORTED, "adds_to", {K.INCIDENT_REPORTED}),
    (K.FINDING_MADE, "visit", {K.VISIT_MADE, K.VISIT_BLOCKED}),
    (K.FINDING_ANSWERED, "finding", {K.FINDING_MADE}),
    (K.SEGREGATION_ENDED, "segregation", {K.SEGREGATION_STARTED}),
    (K.DUTY_MET, "event", set(EventKind)),
]
ALL = [
    K.OPENED, K.INQUIRY_MADE, K.COMPLAINT_MADE, K.INCIDENT_REPORTED, K.VISIT_MADE, K.VISIT_BLOCKED,
    K.FINDING_MADE, K.COUNTED, K.SEGREGATION_STARTED,
]  # fmt: skip


@pytest.fixture
def visited(held: Told) -> Told:
    """A person held by the sending state, whom a monitor of either state may visit."""
    roles = {**held.terms.roles, **MONITORS}
    sides = {**held.terms.sides, "A-MONITOR": held.terms.sides["A"],
             "B-MONITOR": held.terms.sides["B"]}  # fmt: skip
    held.terms = replace(held.terms, roles=roles, sides=sides)
    return held


def told(told: Told, kind: EventKind, by: str, **body: object) -> Event:
    found: Event = replace(told.event(kind, by), body=body)
    return found


def refused(telling: Told, event: Event) -> str:
    with pytest.raises(ImpossibleEvent) as caught:
        step(telling.state, event, telling.terms)
    return caught.value.code


def why(telling: Told, event: Event) -> Fault | None:
    step(telling.state, event, telling.terms)  # the table itself admits it
    return hindrance(telling.events, event, telling.terms)


def code(telling: Told, event: Event) -> str:
    found = why(telling, event)
    return "" if found is None else found.code


@pytest.mark.parametrize("by", ["A:custodian", "B:transferring", "A-COURT:court", "A:proposing"])
def test_no_state_signs_a_blocked_visit_or_a_finding_in_the_place_of_who_visits(
    visited: Told, by: str
) -> None:
    assert refused(visited, told(visited, K.VISIT_BLOCKED, by, reason="shut")) == "H602"
    found = told(visited, K.FINDING_MADE, by, visit="v", **FINDING)
    assert refused(visited, found) == "H602"


def test_counsel_makes_no_finding_and_a_visiting_body_answers_none(visited: Told) -> None:
    found = told(visited, K.FINDING_MADE, "A-COUNSEL:counsel", visit="v", **FINDING)
    assert refused(visited, found) == "H602"
    answer = told(visited, K.FINDING_ANSWERED, "A-MONITOR:monitor", finding="f", reply="r")
    assert refused(visited, answer) == "H602"


@pytest.mark.parametrize("body", ["A-MONITOR", "B-MONITOR"])
def test_a_visit_of_either_states_body_is_unannounced_and_signed_by_it_alone(
    visited: Told, body: str
) -> None:
    by = f"{body}:monitor"
    for kind in (K.VISIT_MADE, K.VISIT_BLOCKED):
        visit = told(visited, kind, by, reason="shut")
        assert why(visited, visit) is None
        visited.add(visit)
        found = told(visited, K.FINDING_MADE, by, visit=visit.id, **FINDING)
        assert why(visited, found) is None
        visited.add(found)


@pytest.mark.parametrize(("kind", "key", "wanted"), NAMED)
def test_a_report_names_an_event_of_this_person_of_the_right_kind_or_is_refused(
    visited: Told, kind: EventKind, key: str, wanted: set[EventKind]
) -> None:
    by = {K.FINDING_MADE: "A-MONITOR:monitor", K.FINDING_ANSWERED: "B:transferring"}
    body = {**FINDING, "reply": "r", "duty": "D-2", "document": "d"}
    before = [
        replace(visited.event(one, "A-MONITOR:monitor"), kind=one, id=f"e-{one}", body=FINDING)
        for one in ALL
    ]
    said = {}
    for name in [*(one.id for one in before), "of another person", 7, ["e-inquiry.made"]]:
        event = told(visited, kind, by.get(kind, "A:custodian"), **{**body, key: name})
        fault = hindrance(before, event, visited.terms)
        said[str(name)] = (fault.code, fault.what) if fault else None
    right = {f"e-{one}" for one in ALL if one in wanted}
    assert {name for name, one in said.items() if one is None} == right
    wrong = {one for one in said.values() if one is not None}
    assert wrong == {("H623", f"'{key}' of '{kind}' names no such event of this person")}


@pytest.mark.parametrize("kind", [K.INCIDENT_REPORTED, K.DUTY_MET])
def test_a_report_that_names_nothing_stands_where_nothing_must_be_named(
    visited: Told, kind: EventKind
) -> None:
    event = told(visited, kind, "A:custodian", document="d", duty="D-2")
    assert why(visited, event) is None


@pytest.mark.parametrize(
    ("changed", "code_"),
    [
        ({"finding": ""}, "H626"),
        ({"addressed_to": "A"}, "H626"),
        ({"addressed_to": ["sending"]}, "H626"),
        ({"reply_by": "soon"}, "H627"),
        ({"reply_by": 14}, "H627"),
        ({"reply_by": "2020-01-01"}, "H627"),
        ({"reply_by": "2020-01-01T12:00:00Z"}, "H627"),
        ({"finding": "", "document": "d"}, ""),
        ({"reply_by": "2030-01-01"}, ""),
        ({"reply_by": "2030-01-01T12:00:00+02:00"}, ""),
    ],
)
def test_a_finding_says_something_to_one_state_and_leaves_time_to_reply(
    visited: Told, changed: dict[str, object], code_: str
) -> None:
    visit = told(visited, K.VISIT_MADE, "A-MONITOR:monitor")
    visited.add(visit)
    body = {**FINDING, "visit": visit.id, **changed}
    assert code(visited, told(visited, K.FINDING_MADE, "A-MONITOR:monitor", **body)) == code_


def test_a_reply_at_the_very_instant_of_the_finding_leaves_no_time(visited: Told) -> None:
    visit = told(visited, K.VISIT_MADE, "A-MONITOR:monitor")
    visited.add(visit)
    made = told(visited, K.FINDING_MADE, "A-MONITOR:monitor", **FINDING, visit=visit.id)
    for late, expected in ((0, "H627"), (1, "")):
        by = (made.occurred_at + timedelta(seconds=late)).isoformat().replace("+00:00", "Z")
        assert code(visited, replace(made, body={**made.body, "reply_by": by})) == expected


def test_a_finding_is_of_a_visit_of_ones_own(visited: Told) -> None:
    visit = told(visited, K.VISIT_MADE, "B-MONITOR:monitor")
    visited.add(visit)
    found = told(visited, K.FINDING_MADE, "A-MONITOR:monitor", visit=visit.id, **FINDING)
    assert code(visited, found) == "H628"


def test_only_the_state_that_is_addressed_answers_and_a_second_answer_stands(
    visited: Told,
) -> None:
    visit = told(visited, K.VISIT_MADE, "A-MONITOR:monitor")
    visited.add(visit)
    found = told(visited, K.FINDING_MADE, "A-MONITOR:monitor", visit=visit.id, **FINDING)
    visited.add(found)
    said = {"finding": found.id, "reply": "r"}
    assert code(visited, told(visited, K.FINDING_ANSWERED, "A:transferring", **said)) == "H624"
    for _ in range(2):
        answer = told(visited, K.FINDING_ANSWERED, "B:transferring", **said)
        assert why(visited, answer) is None
        visited.add(answer)


def test_a_body_signs_within_its_mandate_and_without_dates_always(visited: Told) -> None:
    at, day = visited.at, timedelta(days=1)
    visit = told(visited, K.VISIT_MADE, "A-MONITOR:monitor")
    codes = []
    for period in ((at + day, None), (None, at), (at, at + day), (None, None)):
        visited.terms = replace(visited.terms, mandates={"A-MONITOR": period})
        codes.append(code(visited, visit))
    assert codes == ["H625", "H625", "", ""]
    visited.terms = replace(visited.terms, mandates={"B-MONITOR": (at + day, None)})
    assert why(visited, visit) is None


@pytest.mark.parametrize("kind", [K.INCIDENT_REPORTED, K.COMPLAINT_MADE])
def test_nobody_alters_an_incident_or_a_complaint(visited: Told, kind: EventKind) -> None:
    first = told(visited, kind, "A:custodian", document="d")
    visited.add(first)
    for by in ("A:custodian", "A-COURT:court"):
        change = replace(
            told(visited, K.CORRECTION, by, reason="r", body={"document": "e"}), corrects=first.id
        )
        fault = hindrance(visited.events, change, visited.terms)
        assert fault is not None
        assert fault.code == "H629"
        with pytest.raises(ImpossibleEvent, match="H629"):
            check(visited.events, change, visited.terms)


def test_what_is_not_a_report_is_asked_nothing_here(visited: Told) -> None:
    odd = {"event": "x", "inquiry": "x", "complaint": "x", "finding": "x", "adds_to": "x"}
    for kind in (K.COUNTED, K.EVIDENCE_RECORDED, K.INQUIRY_MADE):
        event = told(visited, kind, "A:custodian", **odd)
        assert hindrance(visited.events, event, visited.terms) is None
