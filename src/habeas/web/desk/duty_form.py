"""Recording that a duty was done: one that waits, and that the asker's state owes."""

from datetime import datetime

from django import forms
from django.db.models import Q
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from habeas.access import Asker
from habeas.service import arising
from habeas.web import told, wiring
from habeas.web.desk import duty_words, person_words
from habeas.web.desk.deed_form import Body, DeedForm, DocumentField, chosen
from habeas.web.readmodels import owing, visible
from habeas.web.readmodels.models import Obligation


def waiting(asker: Asker, subject: str, now: datetime) -> list[Obligation]:
    """The duties about a person that a word of the asker's state answers; late ones first.

    A word of the other state answers nothing: it is not asked for one.
    """
    owed = Q(side=asker.side.value if asker.side else "") | Q(side="")
    found = owing.arisen(visible.obligations(asker), now).filter(owed, subject=subject)
    rows = found.filter(answered_at=None).order_by(*owing.LISTED)
    return [one for one in rows if arising.by_hand(wiring.library(), one.duty)]


def key(one: Obligation) -> str:
    """What an address and a form name a duty of a person by."""
    return f"{one.event} {duty_words.name(one.duty, one.step)}"


class DutyForm(DeedForm):
    """A duty was done."""

    carries = (("document", "document"),)
    later = True
    explains = _("What is recorded answers one duty from one event, and no other.")
    duty = forms.ChoiceField(label=_("Which duty was done"), widget=forms.RadioSelect)
    document = DocumentField(_("What shows it, where there is a document"))

    def prepare(self) -> None:
        """Offer what waits; the address may name one of them."""
        self.fields["document"].required = False
        self.waiting = {
            key(one): one
            for one in waiting(self.setting.asker, self.setting.subject, self.setting.now)
        }
        chosen(self, "duty", [(name, _label(one)) for name, one in self.waiting.items()])
        asked = self.setting.request.GET.get("of", "")
        self.fields["duty"].initial = asked if asked in self.waiting else None

    def clean(self) -> Body:
        """Refuse what was done before the duty arose: it would answer nothing."""
        found = super().clean()
        one = self.waiting.get(str(found.get("duty", "")))
        if one is not None and not self.errors and self.at() < one.opened_at:
            self.add_error("on", _("The duty arose later than this. Nothing can answer it before."))
        return found

    def body(self) -> Body:
        """Which duty, which part of it, and from which event."""
        one = self.waiting[str(self.cleaned_data["duty"])]
        said: Body = {"duty": one.duty, "event": one.event}
        return {**said, **({"step": one.step} if one.step else {}), **super().body()}


def _label(one: Obligation) -> SafeString:
    asks = duty_words.sentence(one.duty, one.step)
    arose = gettext("From: %(event)s, register entry %(index)s.") % {
        "event": person_words.event(one.kind),
        "index": told.number(str(one.opened_index)),
    }
    name = duty_words.name(one.duty, one.step)
    said = format_html("{}: {} {}", name, asks, arose)
    return (
        said
        if one.due is None
        else format_html("{} {} {}.", said, gettext("Due"), told.instant(one.due))
    )
