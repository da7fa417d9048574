"""Words of the pages of facilities, rolls and money for the terms that the domain speaks in."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from habeas.service.measure import WORDS
from habeas.terms import EventKind, Finding, Side, Status
from habeas.web.components import Tag, Words

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
