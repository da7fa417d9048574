"""What is before, beyond or above what can be computed: told at its line, or counted as it is."""

import msgspec
import numpy as np
import pytest

from habeas.projection import bounds, draw, queue, simulate
from habeas.projection.plan import Deal, Plan
from habeas.projection.queue import FLOWS
from habeas.service import scenario as read_scenario
from scenario_cases import SMALL, faults, instead, library, line

ASIDE = instead('rules = "applied"', 'rules = "set_aside"')
LETTING = ASIDE.replace('eligible = {about = 0.5, like = 40.0, source = "assumption"}',
                        'eligible = {low = 0.9, high = 1.0, source = "assumption"}')  # fmt: skip


def plan(text: str) -> Plan:
    return read_scenario.ready(text, "small.toml", library()).plan


def run(made: Plan, draws: int = 2) -> simulate.Arrays:
    return simulate.run(msgspec.json.encode(made), 1, 0, draws)


def test_places_from_before_the_first_day_are_there_on_it() -> None:
    made = plan(instead("from = 2026-01-01, places = 400", "from = 2025-12-01, places = 400"))
    assert (draw.rules(made).places[0] == 400).all()


def test_a_facility_that_closes_after_the_last_day_stays_open() -> None:
    made = plan(instead("from = 2026-03-01\nplaces = 200", "from = 2028-03-01\nplaces = 0"))
    rules = draw.rules(made)
    assert not rules.closing.any()
    assert rules.places[1, -1] == 100


def test_nobody_is_received_under_a_deal_that_ended_before_it_begins() -> None:
    made = plan(instead("from = 2026-01-05\nuntil = 2027-12-01", "until = 2025-12-01"))
    assert not draw.rules(made).allowed.any()


def test_nobody_is_put_forward_in_a_stream_that_ended_before_it_begins() -> None:
    made = plan(instead("from = 2026-01-01\nuntil = 2027-01-01", "until = 2025-12-01"))
    rate = draw.frame(made, 0).base.row[:, 0]
    assert (rate < 0).all()


def test_whose_sentence_ended_before_the_first_day_is_not_held_on_it() -> None:
    made = plan(instead("days_left = [3, 400]", "days_left = [0, 1, 2]"))
    assert made.stock[0].days_left == [1]  # counted a day before
    assert run(made)["stock.deal"][0, :3].tolist() == [1, 0, 0]


def test_a_stock_of_nobody_is_nobody() -> None:
    text = instead("days_left = [3, 400]", "days_left = []", LETTING)
    found = run(plan(text.replace("recalls = [2027-05-01, 2027-06-01]\n", "")))
    assert not found["stock.deal"].any()
    assert found["by.deal"].any()


def test_a_scenario_without_streams_holds_its_stock_alone() -> None:
    begin, end = SMALL.index("[[assumed.streams]]"), SMALL.index("[assumed.world]")
    found = run(plan(SMALL[:begin] + "[assumed]\nstreams = []\n" + SMALL[end:]))
    assert found["by.deal"][0, :3].tolist() == [2, 2, 1]


def test_no_more_are_eligible_than_the_rules_let_go_in_any_draw() -> None:
    made = plan(SMALL)
    rate = msgspec.structs.replace(
        made.streams[0],
        lawful=msgspec.structs.replace(made.streams[0].lawful, form="share", a=0.5, b=4.0),
    )
    found = run(msgspec.structs.replace(made, streams=[rate, *made.streams[1:]]), 12)
    flow = found["flow.deal"].sum(axis=1)
    eligible, lawful = flow[:, FLOWS.index("eligible")], flow[:, FLOWS.index("lawful")]
    assert eligible.any()
    assert (eligible <= lawful).all()


def test_bounds_are_those_of_the_bits_of_a_stay() -> None:
    assert (1 << queue.HOUSE_BITS) - 1 == bounds.HOUSES
    assert (1 << queue.DEAL_BITS) - 1 == bounds.DEALS
    assert (1 << queue.CELL_BITS) - 2 == bounds.MOST_CELLS
    assert np.iinfo(np.uint8).max >= bounds.STREAMS
    bits = queue.REASON_BITS + queue.DEAL_BITS + queue.HOUSE_BITS + queue.CELL_BITS
    assert 1 << bits == queue.GONE
    full = (bounds.MOST_CELLS - 1, bounds.HOUSES, bounds.DEALS, 10)
    assert queue.told(queue._what(*full)) == full  # noqa: SLF001 - the word itself


def again(text: str, block: str, many: int) -> str:
    """A block of the small scenario, so many times more, each with an id of its own."""
    name = block[block.index('id = "') + 6 :].partition('"')[0]
    more = (block.replace(f'id = "{name}"', f'id = "{name}{n}"', 1) for n in range(many))
    return text.replace(block, block + "".join(more))


def block(begin: str, end: str) -> str:
    return SMALL[SMALL.index(begin) : SMALL.index(end, SMALL.index(begin) + 1)]


COHORT = block('[[assumed.streams]]\nid = "cohort"', "[assumed.world]")
HOUSE = block("[[given.facilities]]", "[[given.facilities]]")
DEAL = block("[[given.deals]]", "[[given.sums]]")
DAY = "assumed.streams.0.referrals_a_day"
TOO_MUCH = [
    (again(SMALL, HOUSE, 62), "64 facilities", "[[given.facilities]]"),
    (again(SMALL, DEAL, 31), "32 deals", "[[given.deals]]"),
    (again(SMALL, COHORT, 254), "256 streams", "[[given.deals]]"),
    (instead("cells = 16", "cells = 32_767"), "32767", "cells = 32_767"),
    (instead("cells = 16", "cells = 99_999_999_999"), "99999999999", "cells = "),
    (instead("cells = 16\n", "cells = 1\n", instead("places = 400", "places = 10_001")), "10,001",
     "cells = 1\n"),
    (instead("places = 400", "places = 3_000_000_000", ASIDE), "3000000000", "places = 3_000"),
    (instead("days_left = [3,", "days_left = [4_294_967_296,"), "4294967296", "days_left"),
    (instead('[9, "male"]', '[99_999_999_999, "male"]'), "99999999999", "sex = "),
    (instead("exponent = 2\nrules", "exponent = 99_999_999\nrules"), "99999999", "exponent = 99"),
    (instead("like = 40.0", "like = 1e12"), "1000000000000.0", "eligible = "),
    (instead("like = 40.0", "like = 1e-300"), "1e-300", "eligible = "),
    (instead("about = 1.0, spread = 0.1", "about = 1.0, spread = 9.0"), "9.0", "stays = "),
    (instead("log_sd = 0.7", "log_sd = 9.0"), "9.0", "log_sd = 9"),
    (instead("mean = 5.0", "mean = 1e30"), "1e+30", "batches"),
    (instead("low = 1.0, high = 2.0", "about = 300.0, spread = 0.4").replace(
        'batches = {mean = 5.0, source = "assumption"}\n', ""), DAY, "referrals_a_day"),
    (instead("minor_per_person_day = 5479", "minor_per_person_day = 54_790_000_000_000"),
     "counted exactly", "minor_per_person_day"),
    (instead("minor_per_year = 100", "minor_per_year = 1" + "0" * 400), "between", "minor_per_y"),
    (instead("first = 2026-01-01", "first = 0001-01-01"), "1800-01-01", "first = 0001"),
    (instead("until = 2026-06-01", "until = 0001-01-01"), "1800-01-01", "until = 0001"),
    (instead("after = 2028-01-01", "after = 9999-12-31"), "1800-01-01", "after = 9999"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "says", "where"), TOO_MUCH)
def test_what_is_too_large_is_told_at_its_line(text: str, says: str, where: str) -> None:
    found = faults(text)
    mine = [one for one in found if says in one.what and one.code in {"H806", "H810"}]
    assert mine, found
    assert line(where, text) in {one.line for one in mine}


def test_prices_may_double_each_year_but_not_for_sixty() -> None:
    more = '[assumed.costs]\nindex_a_year = {low = 0.0, high = 1.0, source = "assumption"}\n'
    assert not faults(SMALL + more)
    found = faults(instead("after = 2028-01-01", "after = 2080-01-01") + more)
    assert any("multiplies prices" in one.what for one in found)


def test_so_many_people_that_no_machine_holds_them_are_refused() -> None:
    found = faults(instead("low = 1.0, high = 2.0", "about = 300.0, spread = 2.9"))
    assert any("persons at their highest" in one.what for one in found)


def test_sixty_three_houses_and_thirty_one_deals_are_read() -> None:
    text = again(again(SMALL, HOUSE, 61), DEAL, 30)
    made = plan(text)
    assert (len(made.houses), len(made.deals)) == (63, 31)
    assert isinstance(made.deals[-1], Deal)
    assert np.asarray(run(made, 1)["held.house"]).any()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("id", '"other"'), ("facilities.0", '"nowhere"'), ("until", '"2020-01-01"'),
        ("places", "3_000_000_000"), ("agreement", '"NONE"'), ("sending", '"SV"'),
        ("fees.currency", '"EUR"'), ("fees.items.0.minor_per_person_day", "54_790_000_000_000"),
    ],
)  # fmt: skip
def test_a_change_that_makes_a_deal_which_cannot_be_is_refused(key: str, value: str) -> None:
    text = instead('"fees.items.0.minor_per_person_day" = 4000', f'"{key}" = {value}')
    assert "H809" in {one.code for one in faults(text)}
    assert {one.line for one in faults(text)} == {line("set = {", text)}
