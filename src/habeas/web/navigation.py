"""The ways on every page: only those that lead somewhere for whoever asks."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from habeas.access import Asker
from habeas.terms import Deed
from habeas.web.chrome import Item
from habeas.web.components import Words
from habeas.web.readmodels import visible

# Address name, words, and the deed about no person that opens it; None: see `_open`.
WAYS: tuple[tuple[str, Words, Deed | None], ...] = (
    ("home", _("Today"), None),
    ("docket", _("Docket"), Deed.SEE_DOCKET),
    ("transfers", _("Transfers"), None),
    ("duties", _("Duties"), None),
    ("facilities", _("Facilities"), Deed.SEE_FACILITY),
    ("roll", _("Roll"), Deed.SEE_ROLL),
    ("money", _("Money"), Deed.SEE_STATEMENT),
    ("projections", _("Projections"), Deed.SEE_PROJECTION),
    ("agreement", _("Agreement"), Deed.SEE_AGREEMENT),
    ("exchange", _("Exchange"), Deed.EXCHANGE),
    ("accounts_users", _("People"), Deed.MANAGE_USERS),
    ("webhooks", _("Webhooks"), Deed.MANAGE_WEBHOOKS),
)


def ways(request: HttpRequest, asker: Asker | None) -> list[Item]:
    """The navigation of whoever asks; nothing for nobody."""
    if asker is None:
        return []
    found = []
    for name, words, deed in WAYS:
        if _open(asker, name, deed):
            here = reverse(name)
            inside = request.path == here if name == "home" else request.path.startswith(here)
            found.append(Item(words, here, here=inside))
    return found


def _open(asker: Asker, name: str, deed: Deed | None) -> bool:
    if deed is not None:
        return visible.may(asker, deed)
    return name == "home" or visible.ever(asker, Deed.SEE_EVENT)
