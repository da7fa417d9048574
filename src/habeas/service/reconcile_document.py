"""A reconciliation as one JSON document, and as rows of a table."""

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import PurePath

from habeas.claims.lines import Line
from habeas.claims.reconcile import Agreement, Reconciliation, Sum
from habeas.claims.rules import Cause
from habeas.claims.search import Tried
from habeas.law.calendar import ZONES, civil
from habeas.service import NOT_REVIEWED
from habeas.service.reconcile import Outcome, currency, exponent
from habeas.units import two_places

LARGEST = 10
NAMES = 1000  # of unmatched names in a document
COLUMNS = (
    "line", "register_number", "facility", "from", "to", "outcome", "cause", "claimed_days",
    "register_days", "difference_days", "claimed_minor", "register_minor", "difference_minor",
    "row", "detail",
)  # fmt: skip


def _day(number: int) -> str:
    return "" if number < 0 else civil(number).isoformat()


def _text(number: int | None) -> str:
    return "" if number is None else str(number)


def outcome_of(line: Line) -> str:
    """Matched, explained or unexplained."""
    if line.cause is None:
        return "matched"
    return "unexplained" if line.cause.value == "not explained" else "explained"


def row(line: Line, number: int) -> dict[str, str]:
    """A line as a row of text; its number names it within one reconciliation."""
    return {
        "line": f"L{number:06d}",
        "register_number": line.person,
        "facility": line.facility,
        "from": _day(line.first),
        "to": _day(line.after),
        "outcome": outcome_of(line),
        "cause": "" if line.cause is None else line.cause.value,
        "claimed_days": str(line.claimed_days),
        "register_days": str(line.register_days),
        "difference_days": str(line.days),
        "claimed_minor": _text(line.claimed_minor),
        "register_minor": _text(line.register_minor),
        "difference_minor": _text(line.minor),
        "row": "" if line.row < 0 else str(line.row),
        "detail": line.detail,
    }


def rows(found: Outcome) -> list[dict[str, str]]:
    """Every line, those that agree and those that do not."""
    return [row(line, number) for number, line in enumerate(found.done.lines, 1)]


def _sum(one: Sum) -> dict[str, object]:
    known = one.over_minor is not None and one.under_minor is not None
    return {
        "over_days": one.over,
        "under_days": one.under,
        "over_minor": one.over_minor,
        "under_minor": one.under_minor,
        "minor": one.minor,
        "gross_minor": (one.over_minor or 0) + (one.under_minor or 0) if known else None,
        "lines": one.lines,
    }


def _tried(one: Tried) -> dict[str, object]:
    return {
        "term": one.change.term,
        "change": one.change.words,
        "cause": one.change.cause.value,
        "over_days": one.over,
        "under_days": one.under,
        "explained_over_days": one.explained_over,
        "explained_under_days": one.explained_under,
        "brought_days": one.brought,
    }


def sentence(done: Reconciliation) -> str:
    """The diagnosis in a sentence or two."""
    told = done.diagnosis
    if not told.gross:
        return "Nothing differs that a change of rule could explain."
    if told.best is None:
        none = f"No single change of rule explains most of the {told.gross:,} days searched"
        return f"{none}, if it held for everybody.{_stay_by_stay(done)}"
    best, parts = told.best, list[str]()
    if told.over:
        parts.append(f"{best.explained_over:,} of {told.over:,} overclaimed days")
    if told.under:
        parts.append(f"{best.explained_under:,} of {told.under:,} underclaimed days")
    brought = f", and would bring {best.brought:,} new ones" if best.brought else ""
    words = best.change.words[0].upper() + best.change.words[1:]
    ties = "".join(f" As much is explained by {one.change.words}." for one in told.ties)
    return f"{words} explains {' and '.join(parts)}{brought}.{ties}"


def _stay_by_stay(done: Reconciliation) -> str:
    """What a change of rule explains in single stays, and of how many days nothing is known."""
    days = Counter[str]()
    for line in done.differing():
        if line.cause in {Cause.COUNTING_RULE, Cause.DAY_BOUNDARY}:
            days[line.detail] += abs(line.days)
    unknown = done.by_cause().get(Cause.NOT_EXPLAINED)
    single = [f" In single stays, {words} explains {n:,}." for words, n in days.most_common(1)]
    left = [f" Of {unknown.gross:,} days the cause is not established."] if unknown else []
    return "".join([*single, *left])


def _agreement(one: Agreement) -> dict[str, object]:
    share = Fraction(1000 * one.equal, one.compared) if one.compared else None
    apart = Fraction(one.apart, one.compared) if one.compared else None
    return {
        "change": one.words or "as it is",
        "compared": one.compared,
        "equal": one.equal,
        "equal_percent": None if share is None else two_places(share / 10),
        "mean_absolute_difference": None if apart is None else two_places(apart),
    }


def _facilities(found: Outcome) -> list[dict[str, object]]:
    sums: dict[str, list[int]] = {}
    for line in found.done.lines:
        both = sums.setdefault(line.facility, [0, 0])
        both[0] += line.claimed_days
        both[1] += line.register_days
    only = {
        **dict.fromkeys(found.done.facilities_only_claim, "only in the claim"),
        **dict.fromkeys(found.done.facilities_only_register, "only on the register"),
    }
    differing = {one.facility for one in found.done.differing()}
    return [
        {
            "facility": name,
            "claimed_days": claimed,
            "register_days": held,
            "difference_days": claimed - held,
            "class": only.get(name, "differs" if name in differing else "equal"),
        }
        for name, (claimed, held) in sorted(sums.items())
    ]


def _totals(found: Outcome) -> dict[str, object]:
    claimed, held = found.done.total("claimed"), found.done.total("register")
    days = found.done.of_days()
    return {
        "claimed_days": claimed[0],
        "register_days": held[0],
        "claimed_minor": claimed[1],
        "register_minor": held[1],
        "difference_minor": (
            None if claimed[1] is None or held[1] is None else claimed[1] - held[1]
        ),
        "overclaimed_days": days.over,
        "underclaimed_days": days.under,
        "gross_days": days.gross,
        "net_days": days.net,
        "overclaimed_minor": days.over_minor,
        "underclaimed_minor": days.under_minor,
        "gross_minor": _sum(days)["gross_minor"],
        "net_minor": days.minor,
    }


def _claim(found: Outcome) -> dict[str, object]:
    told, done = found.claim, found.done
    return {
        "file": PurePath(told.file).name,
        "sha256": told.hash,
        "rows": told.rows,
        "taken": told.taken,
        "set_aside": len(told.aside),
        "set_aside_rows": [
            {"row": one.row, "code": one.code, "reason": one.reason} for one in told.aside[:NAMES]
        ],
        "printed_totals": [
            {
                "row": one.row,
                "printed_minor": one.printed_minor,
                "rows_minor": one.rows_minor,
                "exact_minor": one.exact_minor,
                "off_minor": one.off,
            }
            for one in found.printed
        ],
        "outside_period": {"rows": done.outside, "days": done.outside_days},
        "findings": list(found.findings),
    }


def document(found: Outcome, basis: Mapping[str, object]) -> dict[str, object]:
    """The reconciliation as one JSON document.

    Args:
        found: the reconciliation.
        basis: what the register's side was computed from.
    """
    done, asked = found.done, found.asked
    deal, rule = asked.deal, done.terms.rule
    numbered = [(number, one) for number, one in enumerate(done.lines, 1) if one.cause is not None]
    largest = sorted(numbered, key=lambda pair: (-abs(pair[1].days), -abs(pair[1].minor or 0)))
    return {
        "agreement": deal.id if deal else None,
        "agreement_version": deal.version if deal else None,
        "standing": deal.standing if deal else None,
        "from": _day(asked.window.first),
        "to": _day(asked.window.after),
        "convention": rule.convention.value,
        "zone": rule.zone,
        "census_at": asked.census_at,
        "billed": sorted(rule.billed),
        "tzdata": ZONES,
        "currency": currency(asked),
        "exponent": exponent(asked),
        "price_minor": done.terms.price,
        "price_from": found.price_from,
        "claim": _claim(found),
        "against": dict(basis),
        "totals": _totals(found),
        "causes": [{"cause": cause.value, **_sum(one)} for cause, one in done.by_cause().items()],
        "diagnosis": _diagnosis(done),
        "agreements": [_agreement(one) for one in done.cells],
        "facilities": _facilities(found) if done.cells else [],
        "largest": [row(line, number) for number, line in largest[:LARGEST]],
        "of_rows": [
            row(line, number)
            for number, line in enumerate(done.lines, 1)
            if line.row >= 0 and line.cause is not None
        ][:NAMES],
        "unmatched": _unmatched(done),
        "overlapping_register_days": done.overlapping,
        "provisional": done.provisional,
        "matched_minor": _matched(done.lines),
        "matches": found.matches,
        "review": NOT_REVIEWED,
    }


def _diagnosis(done: Reconciliation) -> dict[str, object]:
    told = done.diagnosis
    return {
        "sentence": sentence(done),
        "applied": False,
        "searched_over_days": told.over,
        "searched_under_days": told.under,
        "best": _tried(told.best) if told.best else None,
        "ties": [_tried(one) for one in told.ties],
        "tried": [_tried(one) for one in told.tried],
    }


def _unmatched(done: Reconciliation) -> dict[str, object]:
    sides = {
        "persons_only_in_claim": done.only_claim,
        "persons_only_on_register": done.only_register,
        "facilities_only_in_claim": done.facilities_only_claim,
        "facilities_only_on_register": done.facilities_only_register,
    }
    counts = {key: len(names) for key, names in sides.items()}
    return {**counts, "names": {key: list(names[:NAMES]) for key, names in sides.items()}}


def _matched(lines: Sequence[Line]) -> int | None:
    amounts = [one.claimed_minor for one in lines if one.cause is None]
    return None if None in amounts else sum(amount for amount in amounts if amount is not None)
