"""Who signs in: a name to sign in with, an authority, an office, and the key that signs for them.

An officer's own key lies with the gateway, never here: this table holds the key's id alone. Of a
password and of an access token there are digests here, never the words.
"""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from habeas.terms import Office


class User(AbstractUser):
    """Somebody who signs in.

    `authority` and `office` are empty for somebody who may see nothing yet. `key` is the id of the
    enrolled key that signs for them, empty for whoever signs nothing. `first_password_until` is
    None once the password is one that they chose. `demonstration` marks who exists for a
    demonstration alone. `sessions_ended` counts how often all of their sessions were ended at once.
    """

    authority = models.CharField(max_length=64, blank=True)
    office = models.CharField(
        max_length=32, blank=True, choices=[(one.value, one.value) for one in Office]
    )
    key = models.CharField(max_length=16, blank=True)
    language = models.CharField(max_length=2, default="en")
    first_password_until = models.DateTimeField(null=True)
    demonstration = models.BooleanField(default=False)
    sessions_ended = models.PositiveIntegerField(default=0)

    def get_session_auth_hash(self) -> str:
        """What a session of theirs is checked against at each request."""
        said = f"{self.password}\n{self.sessions_ended}"
        return salted_hmac("habeas.accounts.session", said, algorithm="sha256").hexdigest()


class Change(models.Model):
    """One thing that was done to somebody's account. The database refuses to change or delete it.

    `by` is None where the command of the installation did it.
    """

    class Kind(models.TextChoices):
        """What was done."""

        ADDED = "added", _("Account added")
        OFFICE = "office", _("Authority, office or key changed")
        DEACTIVATED = "deactivated", _("Deactivated")
        REACTIVATED = "reactivated", _("Activated again")
        FACTORS_RESET = "factors_reset", _("Second factors and password reset")
        FACTORS = "factors", _("Own second factors changed")
        PASSWORD = "password", _("Own password changed")
        SIGNED_IN = "signed_in", _("Signed in")
        SESSIONS_ENDED = "sessions_ended", _("Signed out everywhere else")
        TOKEN_MADE = "token_made", _("Access token made")
        TOKEN_REVOKED = "token_revoked", _("Access token revoked")

    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="changes_made")
    user = models.ForeignKey(User, models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    detail = models.JSONField(default=dict)

    class Meta:
        """Latest first."""

        ordering = ("-at", "-id")


class AccessToken(models.Model):
    """A token with which a program acts in somebody's office, or in less than it.

    `authority` and `office` are those in which it was made: in another its owner makes another.
    `deeds` narrows the office; None leaves all that the office may do. `last_used_at` and
    `revoked_at` are None until it was.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="access_tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=8)
    digest = models.CharField(max_length=64, unique=True)
    authority = models.CharField(max_length=64)
    office = models.CharField(max_length=32)
    deeds = models.JSONField(null=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        """Latest first."""

        ordering = ("-made_at", "-id")
