"""The scenarios that come with the package: what they hold, and what the rules say of them."""

import json
import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.errors import Fault, LawError, SetupError
from habeas.law.cited import Text
from habeas.projection.misfits import parts
from habeas.projection.plan import Uncertain
from habeas.projection.scenario import Range
from habeas.service import NOT_REVIEWED
from habeas.service import scenario as service
from habeas.service.scenario import Ready
from habeas.terms import Finding
from scenario_cases import SMALL, instead, library

COHORT = '[[assumed.streams]]\nid = "cohort"'
IDS = [name for name, _ in service.shipped(library())]
NUMBER = re.compile(r"(?<![\w.\-\"])\d[\d_]*(?:\.\d+)?(?![\w\-.\"])")
# referrals a day, eligible, mean stay, log sd, early return and death a year: the specification's
P1 = """
20 .55 900 .6 .020 .002
14 .50 1500 .7 .020 .002
10 .45 2200 .7 .020 .003
8 .50 3000 .8 .015 .003
5 .60 4000 .8 .010 .004
3 .40 6000 .6 .010 .005
"""


@cache
def ready(name: str) -> Ready:
    return service.ready(service.shipped_text(name), f"{name}.toml", library())


@pytest.mark.parametrize("name", IDS)
def test_a_shipped_scenario_is_read_screened_and_put_in_numbers(name: str) -> None:
    found = ready(name)
    assert found.scenario.id == name
    assert found.plan.days == found.plan.months[-1] > 0
    assert len(found.plan.streams) == len(found.scenario.assumed.streams)
    assert {one.form for one in found.plan.world.values()} <= {"point", "lognormal"}


@pytest.mark.parametrize("name", [name for name in IDS if name != "p1"])
def test_every_number_that_nobody_knows_says_why_its_range_is_so(name: str) -> None:
    held = [(path, one) for path, one in parts(ready(name).scenario) if isinstance(one, Range)]
    assert [path for path, one in held if one.note is None] == []


@pytest.mark.parametrize("name", IDS)
def test_every_text_is_there_in_both_languages(name: str) -> None:
    for path, one in parts(ready(name).scenario):
        assert not isinstance(one, Text) or (one.en.strip() and one.es.strip()), path


def test_the_same_file_gives_the_same_share() -> None:
    again = service.ready(service.shipped_text("us-sv-lawful"), "us-sv-lawful.toml", library())
    assert again == ready("us-sv-lawful")


def test_p1_holds_the_numbers_of_its_specification() -> None:
    plan = ready("p1").plan
    rows = [[float(one) for one in row.split()] for row in P1.split("\n") if row]
    for row, one in zip(rows, plan.streams, strict=True):
        told = [one.referrals.a, one.eligible.a, one.mean.a, one.log_sd, one.returned.a, one.died.a]
        assert told == row
        assert (one.referrals.form, one.referrals.b) == ("lognormal", 0.15)
        assert (one.eligible.form, one.eligible.b) == ("share", 40.0)
        assert (one.law, one.at_most) == ("lognormal", 30 * 365)
    spreads = {name: (one.a, one.b) for name, one in plan.world.items()}
    assert spreads == {"referrals": (1.0, 0.2), "stays": (1.0, 0.1), "eligible": (1.0, 0.0),
                       "returned": (1.0, 0.3), "died": (1.0, 0.2)}  # fmt: skip
    assert plan.days == 3652
    house, deal = plan.houses[0], plan.deals[0]
    assert (house.cells, house.beds, house.places) == (256, 160, [(0, 40_000)])
    assert (deal.every, deal.first, deal.batch) == (7, 0, 600)


def test_nobody_of_the_announced_offer_could_lawfully_be_sent_and_the_rules_are_named() -> None:
    found = ready("us-sv-announced")
    one = found.screened[0]
    assert one.share == Uncertain("", "point", 0.0)
    assert one.outcomes["barred"] == one.cases
    by_rule = {bar.rule: bar for bar in one.not_met}
    assert by_rule["L-2"].cases == one.cases  # no treaty
    assert by_rule["L-2"].cite
    assert {"B-CIT-1", "B-CONV-1", "B-SPC-1"} <= {*by_rule}
    assert "L-1" in {bar.rule for bar in one.not_established}  # no enabling statute was located
    assert ("L-1", "enabling_statute") in {(rule, fact) for rule, fact, _ in one.missing}
    assert found.plan.streams[0].lawful.a == 0.0
    assert found.plan.streams[0].eligible.form == "uniform"  # rules are set aside: they go


def test_the_announced_places_are_told_against_beds_and_standards() -> None:
    told = [note.what for note in ready("us-sv-announced").notes]
    assert "'cecot' has 40,000 places and 20,480 beds" in told
    assert "'cecot' has 40,000 places, and 6,400 fit at UN-4" in told
    assert "'cecot' has 40,000 places, and 8,448 fit at ECHR-1" in told


def test_no_agreement_rule_is_taken_as_met_that_nobody_established() -> None:
    found = ready("us-sv-announced").deals
    assert [one.rule for one in found] == ["A-1", "A-2", "A-3", "A-4", "A-5", "A-6"]
    assert {one.finding for one in found} == {Finding.NOT_ESTABLISHED}
    assert found[0].missing == ("independent_site_verification", "time_served_verifiable")


def test_what_is_established_of_an_agreement_counts_and_a_no_bars() -> None:
    text = service.shipped_text("us-sv-announced")
    said = "established = {monitor_access = false, responsibility_matrix_complete = true}\n"
    found = service.ready(instead('id = "us-sv"\n', 'id = "us-sv"\n' + said, text), "x", library())
    by_rule = {one.rule: one.finding for one in found.deals}
    assert by_rule["A-4"] is Finding.NOT_MET
    assert by_rule["A-5"] is Finding.MET


def test_some_consenting_nationals_may_go_and_only_they_do() -> None:
    found = ready("us-sv-lawful")
    one, stream = found.screened[0], found.plan.streams[0]
    assert 0 < one.share.a < 0.5
    assert one.share.b < one.cases / 50  # the docket is a range: its share is far less sure
    assert stream.eligible == stream.lawful
    assert one.not_met[0].rule == "T-4"  # consent
    assert found.notes == ()


def one_fact(given: str) -> service.Screened:
    """What the rules say of the small scenario's stream where all is proved but what is given."""
    clean = "\n".join(
        f'{fact} = [[1, "{value}"]]'
        for fact, value in CLEAN.items()
        if not re.search(rf"(?m)^{fact} = ", given)
    )
    old = SMALL[SMALL.index("[assumed.streams.docket]\nsex") : SMALL.index(COHORT)]
    put = instead(old, f"[assumed.streams.docket]\n{clean}\n{given}\n", SMALL)
    return service.ready(put, "small.toml", library()).screened[0]


CLEAN = dict.fromkeys(
    ("identity_confirmed", "is_receiving_national", "convicted", "judgment_final",
     "sentence_enforceable_in_receiving", "dual_criminality", "consent_given",
     "consent_verified_by_judge", "consent_conditions_explained", "consent_voluntary",
     "consent_recorded", "counsel_available", "competent_to_consent", "treaty_in_force",
     "sending_agrees", "receiving_agrees", "commitment_order_valid", "torture_risk_assessed",
     "written_notice_in_language", "consular_info_given", "fit_to_travel"), "true",
) | dict.fromkeys(
    ("is_sending_national", "citizenship_claim_unresolved", "appeal_pending",
     "collateral_attack_pending", "other_charges_pending", "stay_in_force", "state_prisoner",
     "protection_from_receiving", "torture_risk_substantial", "severe_mental_illness",
     "needs_care_outside_prison"), "false",
) | {"sex": "male", "age_years": "34", "sentence_type": "determinate", "months_remaining": "60",
     "offence_category": "ordinary", "planned_m2": "4.2"}  # fmt: skip


def test_rules_that_decide_every_case_decide_the_share_outright() -> None:
    assert one_fact("").share == Uncertain("", "point", 1.0)
    refused = one_fact('consent_given = [[1, "false"]]')
    assert refused.share == Uncertain("", "point", 0.0)
    assert [bar.rule for bar in refused.not_met] == ["T-4"]


def test_what_is_not_established_is_never_taken_for_yes() -> None:
    found = one_fact('consent_given = [[1, ""]]')
    assert found.share == Uncertain("", "point", 0.0)
    assert found.outcomes["not_established"] == found.cases
    assert {(rule, fact) for rule, fact, _ in found.missing} == {("T-4", "consent_given")}


def test_a_share_is_as_sure_as_the_cases_that_were_screened() -> None:
    found = one_fact('consent_given = [[3, "true"], [1, "false"]]')
    assert found.cases == 4096
    assert found.share.a == pytest.approx(0.75, abs=4 * (0.75 * 0.25 / 4096) ** 0.5)
    assert found.share.b == pytest.approx(4095, rel=0.01)


def test_a_share_is_less_sure_where_the_docket_itself_is_a_range() -> None:
    given = '[assumed.streams.yes]\nconsent_given = {low = 0.2, high = 0.6, source = "assumption"}'
    found = one_fact(given)
    assert found.share.a == pytest.approx(0.4, abs=0.02)
    assert found.share.b == pytest.approx(0.4 * 0.6 / (0.4**2 / 12) - 1, rel=0.25)


def test_a_docket_whose_cases_cannot_be_judged_is_refused() -> None:
    born = 'birth_date = [[1, "2001-01-01"]]'
    given = f'age_years = [[1, "34"]]\n{born}\nplanned_transfer_on = [[1, "2026-02-01"]]'
    with pytest.raises(LawError, match="H820 the docket of stream 'rate'"):
        one_fact(given)


def test_a_scenario_that_is_not_shipped_is_refused_with_the_nearest() -> None:
    with pytest.raises(LawError, match="H820 no shipped scenario 'us-sv-announce'") as error:
        service.shipped_text("us-sv-announce")
    told = "Did you mean 'us-sv-announced'? `habeas project --list` shows them."
    assert error.value.faults[0].fix == told


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_file_with_a_line_less_or_a_number_negated_is_told_or_read(
    data: st.DataObject,
) -> None:
    text = service.shipped_text(data.draw(st.sampled_from(IDS)))
    if data.draw(st.booleans()):
        lines = text.split("\n")
        del lines[data.draw(st.integers(0, len(lines) - 1))]
        text = "\n".join(lines)
    else:
        place = data.draw(st.sampled_from([one.start() for one in NUMBER.finditer(text)]))
        text = f"{text[:place]}-{text[place:]}"
    assert all(one.line for one in faults(text)), text


def faults(text: str) -> tuple[Fault, ...]:
    """What is wrong with a text."""
    try:
        service.checked(text, "odd.toml", library())
    except LawError as error:
        return error.faults
    return ()


def test_the_example_of_the_page_is_a_scenario_and_unknown_is_not_yes_in_it() -> None:
    page = (Path(__file__).parents[2] / "docs/scenarios.md").read_text("utf-8")
    text = page.partition("```toml\n")[2].partition("```")[0]
    found = service.ready(text, "example.toml", library())
    assert found.screened[0].share == Uncertain("", "point", 0.0)


def test_the_page_lists_every_shipped_scenario() -> None:
    page = (Path(__file__).parents[2] / "docs/scenarios.md").read_text("utf-8")
    table = page.partition("## The scenarios of the package")[2]
    assert sorted(re.findall(r"(?m)^\| `([a-z0-9-]+)` \|", table)) == sorted(IDS)


def test_a_file_is_opened_by_its_name_and_what_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(SMALL, "utf-8")
    assert service.opened(path) == (SMALL, str(path))
    with pytest.raises(SetupError, match="H902 no file"):
        service.opened(tmp_path)
    path.write_bytes(b'id = "a"\ntitle = "\xff"\n')
    with pytest.raises(LawError, match=r"own.toml:2: H213 the file is not UTF-8"):
        service.opened(path)


def test_a_docket_that_plans_more_floor_than_its_cells_have_is_refused() -> None:
    text = service.shipped_text("us-sv-announced")
    more = instead('planned_m2 = [[1, "0.64"]]', 'planned_m2 = [[1, "0.65"]]', text)
    assert [one.code for one in faults(more)] == ["H817"]


def test_the_document_of_a_scenario_is_json_and_says_that_nobody_reviewed_it() -> None:
    found = json.loads(json.dumps(service.document(ready("us-sv-announced"))))
    assert found["review"] == NOT_REVIEWED
    assert found["screened"][0]["standing"] == "reported"
    assert found["screened"][0]["share"] == {"form": "point", "about": 0.0, "like": 0.0}
    treaty = next(bar for bar in found["screened"][0]["not_met"] if bar["rule"] == "L-2")
    assert treaty["cases"] == found["screened"][0]["cases"]
    assert treaty["cite"]
    assert treaty["text"]["es"]
