"""A scenario file with one fault is refused for it, at its line; one with many for all of them."""

import pytest

from scenario_cases import SMALL, faults, instead, line, told

COHORT = 'id = "cohort"\ndeal = "deal"\nsource = "assumption"\npersons'
AGAIN = """\
[[given.deals.fees.items]]
kind = "at_cost"
id = "day"
text = {en = "a", es = "b"}
cite = []
"""
STOCK = '[[measured.stock]]\ndeal = "deal"'
# what stands in the small scenario, what stands there instead, the code, where it is told
FAULTS: list[tuple[str, str, str, str]] = [
    # numbers
    ("returned_a_year = 0.02", "returned_a_year = -0.02", "H806", "returned_a_year = -"),
    ("{low = 1.0, high = 2.0", "{low = -1.0, high = 2.0", "H806", "referrals_a_day"),
    ("{low = 1.0, high = 2.0", "{low = 1.0, high = inf", "H806", "referrals_a_day"),
    ("mean = 900.0", "mean = nan", "H806", "mean = nan"),
    ("mean = 900.0", "mean = 0.0", "H806", "mean = 0.0"),
    ("log_sd = 0.7", "log_sd = 0.0", "H806", "log_sd"),
    ("mean = 5.0", "mean = 1.0", "H806", "batches"),
    ("{low = 0.2, high = 0.6", "{low = 0.2, high = 1.6", "H806", "consent_given"),
    ("{about = 0.5, like = 40.0", "{about = 1.5, like = 40.0", "H806", "eligible"),
    ("{low = -0.02, high = 0.03", "{low = -0.02, high = 3.0", "H806", "growth_a_year"),
    ("{low = 1.0, high = 2.0", "{low = 1.0, high = 501.0", "H806", "referrals_a_day"),
    ("persons = 100", "persons = 1_000_001", "H806", "persons = 1_000_001"),
    ("{about = 0.002, spread = 0.2", "{about = 0.0, spread = 0.2", "H806", "died_a_year"),
    # ranges
    ("{low = 1.0, high = 2.0", "{low = 2.0, high = 1.0", "H807", "referrals_a_day"),
    ("{low = 1.0, high = 2.0", "{low = 2.0, high = 2.0", "H807", "referrals_a_day"),
    ("{low = 1.0, high = 2.0", "{low = 1.0", "H807", "referrals_a_day"),
    ("{low = 1.0, high = 2.0", "{about = 1.0", "H807", "referrals_a_day"),
    ("{low = 1.0, high = 2.0", "{low = 1.0, high = 2.0, about = 1.5", "H807", "referrals_a_day"),
    ("{about = 0.5, like = 40.0", "{about = 0.5, like = 4.0, spread = 0.1", "H807", "eligible"),
    ("{about = 0.5, like = 40.0", "{about = 0.5, spread = 0.1", "H807", "eligible"),
    ("{about = 0.5, like = 40.0", "{about = 1.0, like = 40.0", "H807", "eligible"),
    ("{about = 0.002, spread = 0.2", "{about = 0.002, spread = 0.0", "H807", "died_a_year"),
    ("{about = 0.002, spread = 0.2", "{about = 0.002, like = 9.0", "H807", "died_a_year"),
    ('stays = {about = 1.0, spread = 0.1, source = "assumption"}', "", "H807", "mean = 900.0"),
    ('referrals_a_day = {low = 1.0, high = 2.0, source = "assumption"}',
     "referrals_a_day = 1", "H807", "referrals_a_day"),
    ("returned = {low = 0.5", ('eligible = {low = 0.5, high = 0.9, source = "assumption"}\n'
     "returned = {low = 0.5"), "H807", "eligible = {low = 0.5"),
    # sources
    ('high = 2.0, source = "assumption"}', 'high = 2.0, source = "none"}', "H808",
     "referrals_a_day"),
    ('source = "SV_DEBT"\n', "", "H808", "[[given.sums]]"),
    ('source = "SV_DEBT"', 'source = "SV_DEPT"', "H808", 'source = "SV_DEPT"'),
    ('source = "SV_DEBT"', 'source = "assumption"', "H808", "[[given.sums]]"),
    ('high = 2.0, source = "assumption"}', "high = 2.0}", "H808", "referrals_a_day"),
    # names
    ('agreement = "OAS-A57"', 'agreement = "OAS-57"', "H809", 'agreement = "OAS-57"'),
    ('library = "CECOT"', 'library = "CECOTE"', "H809", 'library = "CECOTE"'),
    ('standards = ["UN-4"]', 'standards = ["UN-44"]', "H809", "standards"),
    ('facilities = ["house", "wing"]', 'facilities = ["house", "wings"]', "H809", "facilities = ["),
    ("{text_published = true}", "{text_publish = true}", "H809", "established"),
    ('deal = "deal"\nsource = "assumption"\npersons', ('deal = "dual"\nsource = "assumption"\n'
     "persons"), "H809", 'deal = "dual"'),
    (STOCK, STOCK.replace('"deal"', '"dale"'), "H809", 'deal = "dale"'),
    ('facility = "house"', 'facility = "horse"', "H809", "facility"),
    ("convicted = [[1", "convinced = [[1", "H809", "convinced"),
    ('deal = "deal"\nset', 'deal = "dial"\nset', "H809", 'deal = "dial"'),
    ('minor_per_person_day" = 4000', 'minor_per_person" = 4000', "H809", "set = {"),
    ('fees.items.0.minor_per_person_day" = 4000', 'fees.items.7.id" = "x"', "H809", "set = {"),
    ('minor_per_person_day" = 4000', 'minor_per_person_day" = -1', "H809", "set = {"),
    # days
    ("after = 2028-01-01", "after = 2025-01-01", "H810", "after"),
    ("after = 2028-01-01", "after = 2087-01-01", "H810", "after"),
    ("from = 2026-03-01", "from = 2026-02-01", "H810", "from = 2026-02-01\nplaces = 200"),
    ("until = 2027-12-01", "until = 2026-01-02", "H810", "until = 2026-01-02"),
    ("first = 2026-01-06", "first = 2025-01-06", "H810", "flights"),
    ("from = 2026-05-01", "from = 2025-05-01", "H810", "from = 2025-05-01"),
    ("until = 2026-08-01", "until = 2026-05-30", "H810", "until = 2026-05-30"),
    ("until = 2026-06-01", "until = 2026-06-02", "H810", "from = 2026-06-01"),
    ("2027-05-01, 2027-06-01", "2027-06-01, 2027-05-01", "H810", "recalls"),
    ("2027-05-01, 2027-06-01", "2027-05-01, 2029-06-01", "H810", "recalls"),
    ("until = 2027-01-01", "until = 2025-01-01", "H810", "until = 2025-01-01"),
    ("on = 2026-01-15", "on = 2028-01-01", "H810", "on = 2028-01-01"),
    ("as_of = 2025-12-31", "as_of = 2026-01-02", "H810", "as_of"),
    # places
    ("places = 400", "places = 401", "H815", "places = [{from"),
    ("places = 500", "places = 601", "H815", "places = 601"),
    ("cells = 16\n", "", "H815", "[[given.facilities]]"),
    ('library = "CECOT"', 'library = "CECOT"\ncells = 1\ncell_cm2 = 1', "H815",
     '[[given.facilities]]\nid = "wing"'),
    ("beds_per_cell = 80", "beds_per_cell = 24", "H815", "places = [{from"),
    ("places = [{from = 2026-01-01, places = 400}]", "places = []", "H815",
     "[[given.facilities]]"),
    # streams
    ("persons = 100\non = 2026-01-15\n", "", "H816", '[[assumed.streams]]\nid = "cohort"'),
    ("on = 2026-01-15\n", "", "H816", "persons = 100"),
    ("persons = 100\n", ("persons = 100\nreferrals_a_day = {low = 1.0, high = 2.0, "
     'source = "assumption"}\n'), "H816", ("referrals_a_day = {low = 1.0, high = 2.0, "
     'source = "assumption"}\non')),
    ("log_sd = 0.7\n", "", "H816", "[assumed.streams.stay]"),
    ("table = [1.0, 30.0, 400.0]", "table = [1.0, 30.0, 3.0]", "H816", "table = ["),
    ("table = [1.0, 30.0, 400.0]\n", "", "H816", '[assumed.streams.stay]\nlaw = "table"'),
    ('[assumed.streams.docket]\nconvicted = [[1, "true"]]', "", "H816",
     '[[assumed.streams]]\nid = "cohort"'),
    ("convicted = [[1", "pathway = [[1", "H817", "pathway = [["),
    ('agreement = "OAS-A57"\n', "", "H817", "[[assumed.streams]]"),
    ('convicted = [[1, "true"]]', 'convicted = [[1, "perhaps"]]', "H817", "convicted"),
    ('convicted = [[1, "true"]]', 'planned_m2 = [[1, "128.01"]]', "H817", "planned_m2"),
    ('convicted = [[1, "true"]]', 'convicted = [[0, "true"]]', "H817", "convicted"),
    ("consent_given = {", "age_years = {", "H817", "age_years"),
    ("consent_given = {", "sex = {", "H817", "sex = {"),
    (COHORT, COHORT.replace("cohort", "rate"), "H818", COHORT.replace("cohort", "rate")),
    ('id = "wing"', 'id = "house"', "H818", 'id = "house"\nsource = "CECOT_VRT"\nlibrary'),
    ('receiving = "SV"', 'receiving = "XK"', "H819", "receiving"),
    ('pathway = "treaty_transfer"', 'pathway = "lease"', "H819", "pathway"),
    ('currency = "USD"\nexponent = 2\nrules', 'currency = "EUR"\nexponent = 2\nrules', "H819",
     "[given.deals.fees]"),
    ('receiving = "SV"', 'receiving = "US"', "H819", "receiving"),
    ('facilities = ["house", "wing"]', "facilities = []", "H819", "[[given.deals]]"),
    # of schedules and zones, by the codes that they have everywhere
    ('zone = "America/El_Salvador"', 'zone = "America/Nowhere"', "H711", "zone"),
    ("5479\ncite = []", "5479\ncite = []\n" + AGAIN, "H706", "[given.deals.fees]"),
    # of the shape
    ('rules = "applied"', 'rules = "bent"', "H214", "rules"),
    ("persons = 100", 'persons = "many"', "H214", "persons"),
    ("on = 2026-01-15", "day = 2026-01-15", "H214", "day = 2026-01-15"),
]  # fmt: skip


def test_the_small_scenario_has_no_fault() -> None:
    assert told(SMALL) == []


@pytest.mark.parametrize(("old", "new", "code", "where"), FAULTS)
def test_a_fault_is_told_at_its_line(old: str, new: str, code: str, where: str) -> None:
    text = instead(old, new)
    found = told(text)
    assert (code, line(where, text)) in found
    assert all(one.file == "small.toml" and one.fix for one in faults(text))
    assert all(one.spanish[0] for one in faults(text) if not one.code.startswith("H7"))
    assert len(found) <= 3  # of what hangs on it: no more than two faults besides


def test_all_faults_are_told_in_one_run_in_the_order_of_lines() -> None:
    text = SMALL
    for old, new in (
        ("returned_a_year = 0.02", "returned_a_year = -0.02"),
        ("{low = 1.0, high = 2.0", "{low = 2.0, high = 1.0"),
        ('source = "SV_DEBT"\n', ""),
        ('agreement = "OAS-A57"', 'agreement = "OAS-57"'),
        ("places = 400", "places = 4000"),
    ):
        text = instead(old, new, text)
    found = told(text)
    assert [code for code, _ in found] == ["H815", "H815", "H809", "H808", "H807", "H806"]
    assert [place for _, place in found] == sorted(place for _, place in found)


def test_a_change_adds_no_key_that_its_deal_does_not_have() -> None:
    text = instead('minor_per_person_day" = 4000', 'minor_per_person" = 4000')
    named = "changes 'fees.items.0.minor_per_person', which deal 'deal' does not have"
    assert named in faults(text)[0].what


def test_what_the_floor_cannot_hold_is_no_fault_where_rules_are_set_aside() -> None:
    text = instead("places = 400", "places = 4000")
    assert told(instead('rules = "applied"', 'rules = "set_aside"', text)) == []
    assert told(instead('standards = ["UN-4"]', "", text)) == []


def test_two_streams_that_get_the_same_number_of_chance_are_refused() -> None:
    # The first four bytes of SHA-256 over the deal's and the stream's id are alike for these two.
    text = instead('id = "rate"', 'id = "s69216"', instead('id = "cohort"', 'id = "s113376"'))
    assert told(text) == [("H818", line('id = "s113376"', text))]
