"""What of an inflow is lawful, what goes wrong, and what duties arise of it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from habeas.projection import lawful
from habeas.projection.queue import FLOWS
from projection_cases import LIBRARY, arrays, cohort, drawn, scenario, values


def flows(**named: int) -> NDArray[np.int64]:
    found = np.zeros((2, 12, len(FLOWS)), np.int64)
    names: tuple[str, ...] = FLOWS
    for name, persons in named.items():
        found[:, 3, names.index(name)] = persons
        found[1, 4, names.index(name)] = 1
    return found


def work(**named: float) -> dict[str, Any]:
    ranges = {
        name: {"source": "assumption", "low": one, "high": one} for name, one in named.items()
    }
    return {"streams": [], "work": ranges}


def test_flows_are_those_of_the_draws() -> None:
    found = drawn(
        scenario(None), arrays(cohort(2), flow_d=flows(referred=900, lawful=12, received=10))
    )
    assert values(found, "people.referred") == [900, 901]
    assert values(found, "people.received") == [10, 11]
    assert values(found, "people.expired") == [0, 0]


def test_who_may_be_sent_is_known_only_where_everybody_was_screened() -> None:
    stay = {"law": "fixed", "mean": 100}
    asked = {"id": "a", "deal": "d", "stay": stay, "docket": {"consent_given": [[1, "yes"]]}}
    silent = {"id": "b", "deal": "d", "stay": stay}
    found = arrays(cohort(2), flow_d=flows(lawful=12))
    for streams, agreement, told in (
        ([asked], "SE-EE", [12, 13]), ([asked, silent], "SE-EE", None), ([asked], None, None),
    ):  # fmt: skip
        given = scenario(None, deal={"agreement": agreement}, assumed={"streams": streams})
        answered = drawn(given, found)
        assert values(answered, "people.lawful") == told
        courses = [one.key for one in answered.found.courses]
        assert ("people.lawful" in courses) == (told is not None)


def test_who_is_held_past_the_date_is_counted_in_persons_and_days() -> None:
    late, over = np.zeros((2, 12), np.int64), np.zeros((2, 12), np.int64)
    late[0, 5], over[0, 5:7] = 3, 40
    found = drawn(scenario(None), arrays(cohort(2), late_d=late, over_d=over))
    assert values(found, "overstay.persons") == [3, 0]
    assert values(found, "overstay.person_days") == [80, 0]


def test_expected_complaints_are_the_rate_times_the_years_held() -> None:
    found = drawn(
        scenario(
            None, assumed=work(complaints_a_year=0.5, hours_a_complaint=4, visits_a_month=0.25)
        ),
        arrays(cohort(2)),
    )
    # 201,250 person-days are 551.37 years; half of it is 275.68, four hours each are 138 days.
    assert values(found, "work.complaints", "") == [276, 276]
    assert values(found, "work.duties_at_least", "complaints") == [276, 276]
    assert values(found, "work.duties_at_most", "complaints") == [276 * 5, 276 * 5]
    assert values(found, "work.staff_days", "complaints") == [138, 138]
    assert values(found, "work.visits", "") == [3, 3]
    assert values(found, "work.incidents", "") is None
    assert values(found, "work.staff_days", "") is None  # not all of it is assumed


def test_days_past_the_date_count_and_halves_are_rounded_up() -> None:
    over = np.zeros((2, 12), np.int64)
    over[:, 0] = 201_250
    found = drawn(
        scenario(None, assumed=work(complaints_a_year=0.5, hours_a_complaint=0.1)),
        arrays(cohort(2), over_d=over),
    )
    assert values(found, "work.complaints", "") == [551, 551]
    assert values(found, "work.staff_days", "complaints") == [7, 7]  # 6.89


def test_a_facility_that_holds_nobody_is_not_visited() -> None:
    held = np.zeros((1, 365), np.int64)
    held[0, 40] = 1  # in February
    found = drawn(scenario(None, assumed=work(visits_a_month=2)), arrays(held))
    assert values(found, "work.visits", "") == [2]


def test_staff_days_are_of_eight_hours_over_all_that_is_assumed() -> None:
    hours = dict.fromkeys(
        ("hours_a_complaint", "hours_an_incident", "hours_a_visit", "hours_a_death",
         "hours_a_transfer"), 8.0)  # fmt: skip
    rates = {"complaints_a_year": 0.0, "incidents_a_year": 0.0, "visits_a_month": 1.0}
    found = drawn(
        scenario(None, assumed=work(**hours, **rates)),
        arrays(cohort(2), flow_d=flows(died=2, received=10)),
    )
    assert values(found, "work.staff_days", "") == [12 + 2 + 10, 12 + 3 + 11]


def test_a_death_starts_the_duties_that_the_library_says_each_for_who_owes_it() -> None:
    started = {(one.duty, one.step) for one in lawful.clocks(LIBRARY.duties, "deaths")}
    assert {("D-11", "inquiry"), ("D-11", "autopsy"), ("D-22", ""), ("D-23", "")} <= started
    for one in lawful.clocks(LIBRARY.duties, "deaths"):
        both = LIBRARY.duties.clocks[one.duty].owes == "both"
        assert len(one.owed_by) == 1 + both
        assert one.limit in {"text", "policy", "nobody"}
    found = drawn(scenario(None), arrays(cohort(2), flow_d=flows(died=2)))
    # The statistics page: a death opens fifteen of them.
    assert values(found, "work.duties_at_least", "deaths") == [30, 45]
    assert values(found, "work.duties_at_most", "deaths") == [30, 45]


def test_a_report_that_may_be_about_little_brings_fewer_duties_at_least_than_at_most() -> None:
    told = lawful.clocks(LIBRARY.duties, "complaints")
    assert {one.duty for one in told if one.always} == {"D-5"}
    assert {one.duty for one in told if not one.always} == {"D-1"}


def test_no_rate_is_no_number_of_duties() -> None:
    found = drawn(scenario(None), arrays(cohort()))
    assert values(found, "work.complaints", "") is None
    assert values(found, "work.duties_at_least", "complaints") is None
