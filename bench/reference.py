"""The 32 bench rules in plain three-valued Python, one case after another, from their definitions.

None is not established. It shares no code with habeas and none with the peers: it is what they are
compared with, so it is written to be read, not to be fast.
"""

import calendar
from collections.abc import Callable
from datetime import date
from typing import TypeVar

import pyarrow as pa

from bench.docket import AS_OF

Kleene = bool | None
Case = dict[str, bool | int | str | date | None]
V = TypeVar("V", int, str, date)


def negation(one: Kleene) -> Kleene:
    return None if one is None else not one


def every(*parts: Kleene) -> Kleene:
    if any(part is False for part in parts):
        return False
    return None if any(part is None for part in parts) else True


def some(*parts: Kleene) -> Kleene:
    return negation(every(*map(negation, parts)))


def compared(left: V | None, holds: Callable[[V, V], bool], right: V | None) -> Kleene:
    """A comparison is strict: not established where either side is not."""
    return None if left is None or right is None else holds(left, right)


def at_most(left: V | None, right: V | None) -> Kleene:
    return compared(left, lambda a, b: a <= b, right)


def at_least(left: V | None, right: V | None) -> Kleene:
    return at_most(right, left)


def less(left: V | None, right: V | None) -> Kleene:
    return compared(left, lambda a, b: a < b, right)


def same(left: V | None, right: V | None) -> Kleene:
    return compared(left, lambda a, b: a == b, right)


def among(value: str | None, *words: str) -> Kleene:
    return None if value is None else value in words


def days(first: date | None, second: date | None) -> int | None:
    return None if first is None or second is None else (second - first).days


def add_years(start: date | None, years: int) -> date | None:
    """Rounded down: 29 February becomes 28 February where the year has none."""
    if start is None:
        return None
    last = calendar.monthrange(start.year + years, start.month)[1]
    return date(start.year + years, start.month, min(start.day, last))


def times(value: int | None, factor: int) -> int | None:
    return None if value is None else value * factor


def either(condition: Kleene, then: int | None, otherwise: int | None) -> int | None:
    """CASE, strict: not established where its condition is not."""
    if condition is None:
        return None
    return then if condition else otherwise


class Row:
    """One case's facts by type; a name of another type is a KeyError or an AssertionError."""

    def __init__(self, case: Case) -> None:
        self.case = case

    def b(self, name: str) -> bool | None:
        value = self.case[name]
        assert value is None or isinstance(value, bool)
        return value

    def i(self, name: str) -> int | None:
        value = self.case[name]
        assert value is None or isinstance(value, int)
        return value

    def c(self, name: str) -> str | None:
        value = self.case[name]
        assert value is None or isinstance(value, str)
        return value

    def d(self, name: str) -> date | None:
        value = self.case[name]
        assert value is None or isinstance(value, date)
        return value


LINK = ("SV", "HN", "GT")

RULES: dict[str, Callable[[Row], Kleene]] = {
    "convicted_final": lambda r: every(r.b("convicted"), r.b("judgment_final")),
    "no_appeal": lambda r: every(
        negation(r.b("appeal_pending")), negation(r.b("collateral_pending"))
    ),
    "not_citizen": lambda r: negation(r.b("sending_state_citizen")),
    "citizenship_known": lambda r: every(
        r.b("citizenship_verified"),
        negation(same(r.c("nationality"), "US")),
        some(negation(same(r.c("second_nationality"), "US")), r.b("citizenship_verified")),
    ),
    "not_stateless": lambda r: negation(r.b("stateless")),
    "adult": lambda r: at_most(add_years(r.d("birth_date"), 18), AS_OF),
    "adult_at_offence": lambda r: at_most(add_years(r.d("birth_date"), 18), r.d("offence_date")),
    "min_remaining": lambda r: some(
        r.b("life_sentence"), at_least(days(AS_OF, r.d("release_date")), 180)
    ),
    "conviction_order": lambda r: every(
        at_least(r.d("conviction_date"), r.d("offence_date")),
        at_most(r.d("conviction_date"), AS_OF),
    ),
    "no_death": lambda r: negation(r.b("death_sentence")),
    "dual_criminality": lambda r: r.b("dual_criminality"),
    "no_political": lambda r: negation(among(r.c("offence_class"), "political", "military")),
    "removal_final": lambda r: every(
        r.b("removal_order_final"), at_least(days(r.d("removal_order_date"), AS_OF), 30)
    ),
    "no_asylum": lambda r: negation(
        among(r.c("asylum_status"), "pending", "granted", "withholding")
    ),
    "no_cat": lambda r: among(r.c("cat_claim"), "none", "denied"),
    "no_stay": lambda r: some(negation(r.b("stay_in_force")), less(r.d("stay_expiry"), AS_OF)),
    "consent": lambda r: every(
        r.b("consent_given"),
        at_most(r.d("consent_date"), AS_OF),
        same(r.c("consent_language"), r.c("person_language")),
    ),
    "consent_fresh": lambda r: some(
        negation(r.b("consent_given")),
        every(
            at_least(days(r.d("consent_date"), AS_OF), 0),
            at_most(days(r.d("consent_date"), AS_OF), 180),
        ),
    ),
    "counsel": lambda r: r.b("counsel_assigned"),
    "notice": lambda r: at_least(days(r.d("notice_served_date"), AS_OF), 30),
    "consular": lambda r: some(
        at_least(days(r.d("consular_notified_date"), AS_OF), 3), r.b("stateless")
    ),
    "medical": lambda r: every(
        r.b("medical_fit"),
        at_least(days(r.d("medical_exam_date"), AS_OF), 0),
        at_most(days(r.d("medical_exam_date"), AS_OF), 30),
    ),
    "not_pregnant": lambda r: negation(every(same(r.c("sex"), "F"), r.b("pregnant"))),
    "mental_health": lambda r: at_most(r.i("mental_health_level"), 2),
    "not_sole_carer": lambda r: negation(
        every(r.b("sole_carer"), less(0, r.i("dependent_children")))
    ),
    "space": lambda r: at_least(
        r.i("cell_area_dm2"),
        either(same(r.i("cell_occupants"), 1), 600, times(r.i("cell_occupants"), 400)),
    ),
    "facility_certified": lambda r: every(
        among(r.c("facility"), "F1", "F2", "F3"), at_least(r.d("facility_certified_until"), AS_OF)
    ),
    "no_other_charges": lambda r: negation(r.b("other_charges")),
    "national_link": lambda r: some(
        among(r.c("nationality"), *LINK), among(r.c("second_nationality"), *LINK)
    ),
    "served_share": lambda r: some(
        r.b("life_sentence"), less(times(r.i("days_served"), 100), times(r.i("sentence_days"), 85))
    ),
    "fee_band": lambda r: every(
        at_least(r.i("fee_per_diem_cents"), 2000), at_most(r.i("fee_per_diem_cents"), 12000)
    ),
    "security_match": lambda r: some(
        every(same(r.c("offence_class"), "terror"), at_least(r.i("security_level"), 4)),
        every(negation(same(r.c("offence_class"), "terror")), at_most(r.i("security_level"), 4)),
    ),
}


def findings(batches: list[pa.RecordBatch]) -> dict[str, list[Kleene]]:
    """Each rule's finding for each case of the batches, in order."""
    rows = [Row(case) for batch in batches for case in batch.to_pylist()]
    return {name: [rule(row) for row in rows] for name, rule in RULES.items()}
