"""A small scenario without faults, and how a test makes one of it."""

from functools import cache

from habeas.docket.columns import Column
from habeas.errors import Fault, LawError
from habeas.law.library import Library
from habeas.projection import read
from habeas.projection.scenario import Scenario
from habeas.service.intake import columns

SMALL = """\
format = "habeas-scenario/1"
id = "small"
version = "1"
title = {en = "Small", es = "Pequeño"}
about = {en = "Small", es = "Pequeño"}
first = 2026-01-01
after = 2028-01-01
zone = "America/El_Salvador"
currency = "USD"
exponent = 2
rules = "applied"
[given]
standards = ["UN-4"]
[[given.facilities]]
id = "house"
source = "CECOT_VRT"
places = [{from = 2026-01-01, places = 400}]
cells = 16
cell_cm2 = 1_000_000
beds_per_cell = 80
[[given.facilities]]
id = "wing"
source = "CECOT_VRT"
library = "CECOT"
[[given.facilities.places]]
from = 2026-02-01
places = 100
[[given.facilities.places]]
from = 2026-03-01
places = 200
[[given.deals]]
id = "deal"
sending = "US"
receiving = "SV"
pathway = "treaty_transfer"
agreement = "OAS-A57"
facilities = ["house", "wing"]
places = 500
source = "OAS_CABLE"
from = 2026-01-05
until = 2027-12-01
flights = {every_days = 7, first = 2026-01-06}
recalls = [2027-05-01, 2027-06-01]
established = {text_published = true}
[[given.deals.pauses]]
from = 2026-05-01
until = 2026-06-01
source = "assumption"
note = {en = "made up", es = "inventado"}
[[given.deals.pauses]]
from = 2026-06-01
until = 2026-08-01
source = "assumption"
note = {en = "made up", es = "inventado"}
[given.deals.fees]
currency = "USD"
exponent = 2
rounding = "half_up"
[[given.deals.fees.items]]
kind = "per_diem"
id = "day"
text = {en = "a day", es = "un día"}
minor_per_person_day = 5479
cite = []
[[given.sums]]
id = "debt"
title = {en = "debt", es = "deuda"}
minor_per_year = 100
of = "receiving"
source = "SV_DEBT"
[[measured.stock]]
deal = "deal"
facility = "house"
as_of = 2025-12-31
tree_size = 12
log = "demo.example"
days_left = [3, 400]
[[assumed.streams]]
id = "rate"
deal = "deal"
source = "assumption"
referrals_a_day = {low = 1.0, high = 2.0, source = "assumption"}
growth_a_year = {low = -0.02, high = 0.03, source = "assumption"}
eligible = {about = 0.5, like = 40.0, source = "assumption"}
returned_a_year = 0.02
died_a_year = {about = 0.002, spread = 0.2, source = "assumption"}
from = 2026-01-01
until = 2027-01-01
batches = {mean = 5.0, source = "assumption"}
[assumed.streams.stay]
law = "lognormal"
source = "assumption"
mean = 900.0
log_sd = 0.7
[assumed.streams.docket]
sex = [[9, "male"], [1, "female"]]
months_remaining = [[1, "12"], [1, "60"]]
[assumed.streams.yes]
consent_given = {low = 0.2, high = 0.6, source = "assumption"}
[[assumed.streams]]
id = "cohort"
deal = "deal"
source = "assumption"
persons = 100
on = 2026-01-15
[assumed.streams.stay]
law = "table"
source = "assumption"
table = [1.0, 30.0, 400.0]
[assumed.streams.docket]
convicted = [[1, "true"]]
[assumed.world]
stays = {about = 1.0, spread = 0.1, source = "assumption"}
returned = {low = 0.5, high = 1.5, source = "assumption"}
[[changes]]
id = "cheaper"
title = {en = "cheaper", es = "más barato"}
deal = "deal"
set = {"fees.items.0.minor_per_person_day" = 4000}
"""


@cache
def library() -> Library:
    """The shipped library, read once."""
    return Library()


@cache
def facts() -> dict[str, Column]:
    """The columns of a docket."""
    return columns(library().vocabulary)


def scenario(text: str = SMALL) -> Scenario:
    """A text as a scenario."""
    return read.scenario(text, "small.toml", library(), facts())


def told(text: str) -> list[tuple[str, int]]:
    """The codes of the faults of a text, each with its line; none where it has none."""
    return [(one.code, one.line) for one in faults(text)]


def faults(text: str) -> tuple[Fault, ...]:
    """The faults of a text."""
    try:
        scenario(text)
    except LawError as error:
        return error.faults
    return ()


def instead(old: str, new: str, text: str = SMALL) -> str:
    """A text with a part that it holds once put otherwise."""
    assert text.count(old) == 1, old
    return text.replace(old, new)


def line(part: str, text: str) -> int:
    """The line on which a part of a text begins."""
    assert part in text, part
    return text[: text.index(part)].count("\n") + 1
