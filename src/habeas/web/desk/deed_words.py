"""Words for deeds, offices and steps: what is asked, and what it is called once it is done."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from habeas.service.procedure import Standing
from habeas.terms import Deed, EventKind
from habeas.web.components import Tag, Words

K = EventKind
DEEDS: Mapping[Deed, Words] = {
    Deed.OPEN: _("Open the custody record"),
    Deed.PROPOSE: _("Propose the transfer"),
    Deed.RECORD_EVIDENCE: _("Record evidence"),
    Deed.SCREEN: _("Screen the case"),
    Deed.NOTIFY: _("Record that notice was served"),
    Deed.VERIFY_CONSENT: _("Record what the person said before the court"),
    Deed.WITHDRAW_CONSENT: _("Withdraw consent"),
    Deed.OBJECT: _("Lodge an objection"),
    Deed.ANSWER_OBJECTION: _("Answer an objection"),
    Deed.GIVE_OPINION: _("Give an opinion"),
    Deed.ORDER_STAY: _("Order a stay"),
    Deed.LIFT_STAY: _("Lift a stay"),
    Deed.AUTHORISE: _("Authorise the transfer"),
    Deed.ACCEPT: _("Accept the transfer"),
    Deed.REFUSE: _("Refuse the transfer"),
    Deed.SCHEDULE: _("Put the person on a manifest"),
    Deed.WITHDRAW: _("Withdraw the transfer"),
    Deed.DEPART: _("Record the departure"),
    Deed.HAND_OVER: _("Record the handover"),
    Deed.REFUSE_RECEPTION: _("Record that reception was refused"),
    Deed.PLACE: _("Place the person in a cell"),
    Deed.MOVE: _("Move the person to another cell"),
    Deed.START_ABSENCE: _("Record that an absence has begun"),
    Deed.END_ABSENCE: _("Record that an absence has ended"),
    Deed.COUNT: _("Record that the person was counted"),
    Deed.RECORD_ESCAPE: _("Record an escape"),
    Deed.RECORD_RECAPTURE: _("Record a recapture"),
    Deed.RELEASE: _("Record the release"),
    Deed.RECORD_DEATH: _("Record a death"),
    Deed.RECORD_SENTENCE: _("Record a sentence"),
    Deed.CHANGE_SENTENCE: _("Record a change of a sentence"),
}
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
