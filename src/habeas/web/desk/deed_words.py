"""Words for deeds, offices and steps: what is asked, and what it is called once it is done."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from habeas.service.deeds import DOINGS
from habeas.service.procedure import Standing
from habeas.terms import Deed, EventKind
from habeas.web import words
from habeas.web.components import Tag, Words

K = EventKind
DEEDS: Mapping[Deed, Words] = {one: words.DEEDS[one] for one in DOINGS}  # that record an event
STEPS: Mapping[EventKind, Words] = {
    K.PROPOSED: _("The transfer is proposed"),
    K.SCREENED: _("The case is screened"),
    K.NOTIFIED: _("Notice is served on the person and counsel"),
    K.CONSENT_VERIFIED: _("A court verifies the person's consent"),
    K.OBJECTION_ANSWERED: _("Objections are answered"),
    K.AUTHORISED: _("Two officers of the sending state authorise"),
    K.ACCEPTED: _("Two officers of the receiving state accept"),
    K.SCHEDULED: _("The person is put on a manifest"),
    K.DEPARTED: _("The person departs"),
    K.HANDED_OVER: _("Both states sign the handover"),
}
STANDINGS: Mapping[Standing, Tag] = {
    Standing.DONE: Tag(_("Done"), "green", "yes"),
    Standing.NOW: Tag(_("Now"), "teal"),
    Standing.NOT_YET: Tag(_("Not yet"), "grey"),
    Standing.NOT_ASKED: Tag(_("Not asked"), "grey"),
}
OVERDUE = Tag(_("Overdue"), "red")
