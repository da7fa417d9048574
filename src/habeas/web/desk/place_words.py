"""Words of the pages of facilities, rolls and money for the terms that the domain speaks in."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from habeas.service.measure import WORDS
from habeas.terms import EventKind, Finding, Side, Status
from habeas.web.components import Cell, Tag, Value, Words

Shown = Value | Cell  # in a table

STATUSES: dict[str, Promise] = {
    Status.HELD: _("held"),
    Status.IN_TRANSIT: _("in transit"),
    Status.HOSPITAL: _("in hospital"),
    Status.COURT: _("at court"),
    Status.ABSENT: _("absent"),
    "past_release_date": _("past the release date"),
}
SIDES: dict[str, Promise] = {
    Side.SENDING: _("sending state"),
    Side.RECEIVING: _("receiving state"),
}
TREATED: dict[str, Tag] = {
    "billed": Tag(_("Billed"), "green"),
    "not_billed": Tag(_("Not billed"), "grey"),
    "undecided": Tag(_("Undecided"), "yellow", "unknown"),
}
STANDARDS: dict[str, Tag] = {
    WORDS[Finding.MET]: Tag(_("Met"), "green", "yes"),
    WORDS[Finding.NOT_MET]: Tag(_("Below"), "red", "no"),
    WORDS[Finding.NOT_ESTABLISHED]: Tag(_("Not established"), "yellow", "unknown"),
}
WITHIN: dict[str, Tag] = {
    "within": Tag(_("Within"), "green", "yes"),
    "over": Tag(_("Over"), "red", "no"),
    "not established": Tag(_("Not established"), "yellow", "unknown"),
}
DEFINITIONS: dict[str, Promise] = {
    "certified_normal_accommodation": _("certified normal accommodation"),
    "working": _("working places"),
    "maximum": _("certified maximum"),
    "bunks": _("beds"),
    "signed_operational": _("operational capacity as signed"),
    "design": _("design capacity"),
    "planned": _("planned places"),
    "leased": _("leased places"),
    "declared": _("declared capacity"),
}
CERTIFICATES: dict[str, Tag] = {
    "approved": Tag(_("Approved"), "green", "yes"),
    "pending": Tag(_("Waiting for approval"), "yellow", "unknown"),
    "rejected": Tag(_("Rejected"), "red", "no"),
    "withdrawn": Tag(_("Withdrawn"), "grey"),
}
WENT: dict[str, Promise] = {
    EventKind.MOVED: _("moved to another cell"),
    EventKind.ABSENCE_STARTED: _("absence began"),
    EventKind.ESCAPED: _("escaped"),
    EventKind.RELEASED: _("released"),
    EventKind.DIED: _("died"),
    EventKind.DEPARTED: _("departed"),
    EventKind.HANDED_OVER: _("handed over"),
}


def word(known: dict[str, Promise], found: str) -> Words:
    """The word of a term; the term itself, with spaces, where the pages have none of their own."""
    return known.get(found, found.replace("_", " ").replace(".", " "))


LINES: dict[str, Promise] = {  # kinds of lines of a statement
    "occupied": _("Persons held"),
    "paid_for_empty": _("Paid for empty places"),
    "take_or_pay": _("Sum a year, whatever the use"),
    "annual_lump": _("Sum a year"),
    "flat": _("Flat sum for a band of places"),
    "blocks": _("Blocks of extra places"),
    "place_days": _("Places at disposal, by the day"),
    "per_unit": _("Things done, each at its price"),
    "advance_grant": _("Paid ahead"),
    "not_priced": _("Not priced by the agreement"),
    "excluded": _("Set apart, not billed"),
    "credit": _("Credit"),
    "deduction": _("Deduction"),
    "transport": _("Transport"),
    "medical": _("Medical care"),
    "milestone": _("Milestone"),
    "lump": _("Lump sum"),
}
UNITS: dict[str, Promise] = {
    "person-months": _("person-months"),
    "person-days": _("person-days"),
    "place-days": _("place-days"),
    "months": _("months"),
    "years": _("years"),
}
CAUSES: dict[str, Promise] = {  # why a claim and a register differ
    "missing on one side": _("missing on one side"),
    "alias": _("alias"),
    "day boundary": _("day boundary"),
    "counting rule": _("counting rule"),
    "open interval": _("open interval"),
    "duplicate": _("duplicate"),
    "overlap": _("overlap"),
    "exclusion": _("exclusion"),
    "plausibility": _("plausibility"),
    "tier": _("tier"),
    "rounding": _("rounding"),
    "not explained": _("not explained"),
}
STATES: dict[str, Tag] = {  # of a line of a reconciliation between the two states
    "matched": Tag(_("Matched"), "green", "yes"),
    "explained": Tag(_("Explained"), "teal"),
    "unexplained": Tag(_("Unexplained"), "yellow", "unknown"),
    "disputed": Tag(_("Disputed"), "red", "no"),
    "conceded": Tag(_("Conceded"), "green", "yes"),
    "withdrawn": Tag(_("Withdrawn"), "grey"),
    "settled": Tag(_("Settled"), "green", "yes"),
}
