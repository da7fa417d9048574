"""What somebody may ask of an installation, in words: a label for every deed.

Words that one area of the pages alone says stand with it, such as those of a person's record; a
test holds every table of words in the web against the members of its term.
"""

from collections.abc import Iterable, Mapping

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habeas.terms import Deed
from habeas.web.components import Words

DEEDS: Mapping[Deed, Words] = {
    Deed.SEE_AGREEMENT: _("See the agreement"),
    Deed.SEE_DOCKET: _("See the docket"),
    Deed.SEE_PERSON: _("See a person's record"),
    Deed.SEE_EVENT: _("See an event"),
    Deed.SEE_CASE: _("See a case"),
    Deed.SEE_CLOCKS: _("See a person's clocks"),
    Deed.SEE_RECEIPT: _("See a receipt"),
    Deed.SEE_PROOF: _("See that something stands in the log"),
    Deed.SEE_READS: _("See who read what"),
    Deed.SEE_FACILITY: _("See a facility"),
    Deed.SEE_ROLL: _("See how many are held"),
    Deed.SEE_STATEMENT: _("See a statement"),
    Deed.SEE_EVIDENCE: _("See the evidence of a case"),
    Deed.SEE_PROJECTION: _("See what a scenario would do"),
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
    Deed.CORRECT: _("Correct what was recorded"),
    Deed.REPORT: _("Report an inquiry"),
    Deed.MAKE_COMPLAINT: _("Record a complaint"),
    Deed.ANSWER_COMPLAINT: _("Answer a complaint"),
    Deed.REPORT_INCIDENT: _("Report an incident"),
    Deed.RECORD_VISIT: _("Record a visit"),
    Deed.RECORD_BLOCKED_VISIT: _("Record a visit that was prevented"),
    Deed.RECORD_FINDING: _("Record a finding of a visit"),
    Deed.ANSWER_FINDING: _("Answer a finding of a visit"),
    Deed.MAKE_INQUIRY: _("Make an inquiry"),
    Deed.ANSWER_INQUIRY: _("Answer an inquiry"),
    Deed.START_SEGREGATION: _("Record that the person is held apart"),
    Deed.END_SEGREGATION: _("Record that the person is no longer held apart"),
    Deed.ANSWER_DUTY: _("Record that a duty was done"),
    Deed.CERTIFY: _("Certify the places of a facility"),
    Deed.CLAIM: _("Enter a claim for fees"),
    Deed.DISPUTE: _("Dispute a line of a claim"),
    Deed.EXCHANGE: _("Exchange messages with the other state"),
    Deed.PROJECT: _("Ask what a scenario would do"),
    Deed.MANAGE_USERS: _("Manage accounts"),
    Deed.MANAGE_ACCESS_TOKENS: _("Manage access tokens"),
    Deed.MANAGE_WEBHOOKS: _("Manage the addresses of webhooks"),
}


def deeds(named: Iterable[str]) -> Words:
    """Deeds one after the other; one of a later version stands as it is written."""
    known = {one.value: word for one, word in DEEDS.items()}
    words = [known.get(one, one) for one in named]
    return format_lazy("; ".join(["{}"] * len(words)), *words) if words else ""
