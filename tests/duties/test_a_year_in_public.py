"""A year's duties month by month, as they are published, against what its generator left undone."""

from collections import Counter
from datetime import date

from duties.test_a_year import LIBRARY, stands
from duties.year import SIDE, year
from habeas.adapters.public_holidays import calendar
from habeas.service import issue_more
from habeas.statistics import acts
from habeas.statistics.acts import Place
from habeas.statistics.tables import month

PEOPLE, MONTHS = 150, 30  # from January 2027, until the last duty has fallen due
ASKED = issue_more.Asked(LIBRARY, calendar, ("NO", "NL"))
INQUIRY = "D-16"


def test_every_breach_of_a_year_stands_in_one_month_and_none_is_invented() -> None:
    made = year(PEOPLE, 20270104)
    _, read = stands(made)
    sums = Counter[Place]()
    for n in range(MONTHS):
        when = month(date(2027 + n // 12, n % 12 + 1, 1), "Europe/Oslo")
        found = issue_more.counted(read, ASKED, when)
        sums.update({place: one.value for place, one in found.items()})
    truth = Counter(
        (duty == INQUIRY, SIDE.get(side, side), state == "met")
        for (_, duty, _, side), state in made.truth.items()
    )
    for inquiry, measures in ((False, acts.DUTIES), (True, acts.INQUIRIES)):
        due, in_time, late, never = measures
        for state in SIDE.values():
            kept, broken = (truth[inquiry, state, met] for met in (True, False))
            assert sums[Place(state, in_time)] == kept
            assert sums[Place(state, late)] + sums[Place(state, never)] == broken
            assert sums[Place(state, due)] == kept + broken
    assert sums[Place(acts.EVERY, acts.RECEIVED)] == sums[Place(acts.EVERY, "inquiries_due")] > 5
    assert sums[Place(acts.EVERY, acts.BLOCKED)] == made.blocked == 1
    assert sums[Place(acts.EVERY, acts.DUE)] > 2 * PEOPLE
