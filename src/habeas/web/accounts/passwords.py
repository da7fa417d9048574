"""Which passwords are refused beside short and common ones: those of words that are at hand here.

The list (OWASP ASVS 6.1.2) is short and computed: the project's name and trade, the words of the
installation's own name, both states and the agreement, the authority of the account, and what its
owner is called. A password that is one of them with a little around it is refused; one in which
such a word is a part of a longer phrase is not.
"""

import re
from collections.abc import Iterable

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from habeas.web.accounts.models import User

TRADE = frozenset({"habeas", "custody", "custodia", "prison", "prision", "carcel", "jail"})
SHORTEST = 3  # letters of a word that counts
OWN = 8  # other letters and digits that make it a phrase of its own


def words(user: User | None) -> frozenset[str]:
    """What a password here may not come down to, in small letters; None is somebody not known."""
    said = list(TRADE)
    found = settings.INSTALLATION
    if found is not None:
        said += [found.name, found.agreement]
    if user is not None:
        said += [user.username, user.first_name, user.last_name, user.authority, user.email]
    return frozenset(one for one in _parts(said) if len(one) >= SHORTEST)


def _parts(said: Iterable[str]) -> Iterable[str]:
    for one in said:
        yield from re.split(r"[\W_]+", one.casefold())


class NoWordsAtHand:
    """Refuses a password that such a word nearly is; Django asks it."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Refuse it, or not.

        Raises:
            ValidationError: for a password in which too little stands beside those words.
        """
        left = password.casefold()
        for word in sorted(words(user), key=len, reverse=True):
            left = left.replace(word, "")
        if left != password.casefold() and len(set(re.sub(r"[\W_]", "", left))) < OWN:
            raise ValidationError(self.get_help_text(), code="password_at_hand")

    def get_help_text(self) -> str:
        """What the form says."""
        return _("Do not use your own name, your authority's, or a word of this work.")
