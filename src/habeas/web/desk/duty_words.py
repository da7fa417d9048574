"""Words for duties: how one stands, who fixes its number, what it asks; in the page's language."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from habeas.service import arising, duties
from habeas.service.arising import Kept
from habeas.terms import DutyState
from habeas.web import told, wiring
from habeas.web.components import Tag, Words
from habeas.web.desk import person_words
from habeas.web.desk.ways import language

LONGEST = 60  # letters of what a duty asks, in a list
STATES: Mapping[DutyState, Tag] = {
    DutyState.OVERDUE: Tag(_("Overdue"), "red", "no"),
    DutyState.RUNNING: Tag(_("Running"), "teal"),
    DutyState.OPEN: Tag(_("No number fixed"), "yellow", "unknown"),
    DutyState.MET_LATE: Tag(_("Met late"), "orange", "no"),
    DutyState.MET: Tag(_("Met in time"), "green", "yes"),
}
LIMITS: Mapping[str, Words] = {
    "text": _("its text"),
    "agreement": _("the agreement"),
    "policy": _("a policy of ours"),
    "nobody": _("nobody"),
    arising.NO_CALENDAR: _("nobody: no calendar of public holidays"),
}
NOBODY_HELD = _("nobody: no state held the person")


def name(duty: str, step: str) -> str:
    """A duty with its part, by their ids."""
    return f"{duty} {step}".strip()


def asks(duty: str, step: str) -> str:
    """What a duty asks, or a part of it; its id where the library no longer has it."""
    return arising.asks(wiring.library(), duty, step, language())


def sentence(duty: str, step: str) -> str:
    """The same with its full stop."""
    found = asks(duty, step)
    return found if found.endswith(".") else f"{found}."


def short(duty: str, step: str) -> str:
    """A duty for a list: its id, and as much of what it asks as fits."""
    said = asks(duty, step).removesuffix(".")
    if len(said) > LONGEST:
        said = f"{said[:LONGEST].rpartition(' ')[0].rstrip(',;:')}…"
    return f"{duty} {said}"


def side(word: str) -> Words:
    """Who owes a duty."""
    return person_words.SIDES.get(word, NOBODY_HELD)


def standing(kept: Kept, now: datetime) -> Tag:
    """How a duty stands at an instant; of one that is or was late, by how many days."""
    one = arising.recalled(kept)
    tag = STATES[one.state(now)]
    days = duties.days_late(one, now)
    if not days:
        return tag
    said = ngettext("%(state)s, %(n)s day", "%(state)s, %(n)s days", days)
    return Tag(said % {"state": tag.text, "n": told.number(str(days))}, tag.colour, tag.shape)
