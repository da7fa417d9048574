"""Rules under which a register can be recounted, and which single changes of rule are tried.

A rule is how days are counted (convention, zone, shift) and which custody is billed. A census at
the start of a day instead of its end names each midnight one day later: it is the shift +1. What
is tried explains a difference; it is never applied.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum, unique

from habeas.terms import Convention


@unique
class Cause(StrEnum):
    """Why a claim and a register differ on some days or some money."""

    MISSING = "missing on one side"
    ALIAS = "alias"
    DAY_BOUNDARY = "day boundary"
    COUNTING_RULE = "counting rule"
    OPEN = "open interval"
    DUPLICATE = "duplicate"
    OVERLAP = "overlap"
    EXCLUSION = "exclusion"
    PLAUSIBILITY = "plausibility"
    TIER = "tier"
    ROUNDING = "rounding"
    NOT_EXPLAINED = "not explained"


@dataclass(frozen=True, slots=True)
class Rule:
    """One way of counting the days of custody that are billed."""

    convention: Convention
    zone: str  # IANA name
    billed: frozenset[str]  # statuses of custody that are billed
    shift: int = 0  # days by which each counted day is dated later: 1 is a census at day start


@dataclass(frozen=True, slots=True)
class Change:
    """A single change of rule, in words, and the cause that it would be."""

    term: str  # convention, census_at, date, zone or exclusion
    words: str
    cause: Cause
    rule: Rule


MORE = {
    Convention.CALENDAR: "counting departures too",
    Convention.MIDNIGHT: "not counting the day of departure",
    Convention.MIN1: "counting one day at least for each stay",
    Convention.BLOCK24: "counting blocks of 24 hours",
}


def changes(base: Rule, statuses: Iterable[str], zones: Iterable[str]) -> list[Change]:
    """Every single change of a rule, the smallest kinds first.

    Args:
        base: the agreement's rule.
        statuses: those that occur; each may be billed instead of not, or the reverse.
        zones: other zones to try; none where the register holds civil days only.
    """
    found = [
        Change(
            "convention",
            f"{words} ({convention.value} instead of {base.convention.value})",
            Cause.COUNTING_RULE,
            replace(base, convention=convention),
        )
        for convention, words in MORE.items()
        if convention is not base.convention
    ]
    found += [dated(base, step) for step in (1, -1)]
    found += [
        Change(
            "zone",
            f"counting in {zone} instead of {base.zone}",
            Cause.DAY_BOUNDARY,
            replace(base, zone=zone),
        )
        for zone in zones
        if zone != base.zone
    ]
    return found + [
        Change(
            "exclusion",
            f"{'not ' if status in base.billed else ''}billing days '{status}'",
            Cause.EXCLUSION,
            replace(base, billed=base.billed ^ {status}),
        )
        for status in sorted(statuses)
        if status != "held"
    ]


def dated(base: Rule, step: int) -> Change:
    """The change that dates each counted day one day later (+1) or earlier (-1)."""
    later = "later" if step == 1 else "earlier"
    sides = ("start", "end") if step == 1 else ("end", "start")
    words, term = f"dating each counted day one day {later}", "date"
    if base.shift + step in {0, 1}:
        term = "census_at"
        words = (
            f"taking the census at the {sides[0]} of the day instead of its {sides[1]} "
            f"(dates one day {later})"
        )
    return Change(term, words, Cause.DAY_BOUNDARY, replace(base, shift=base.shift + step))
