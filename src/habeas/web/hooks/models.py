"""Who is told, what was sent to them, and how the exchange with the other state goes.

Nothing here is of a person: a message names indexes. The secret of a subscription stands nowhere:
it is derived from the salt and a file that the web and the courier alone may read.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Subscription(models.Model):
    """An address that is told; `disabled_at` is None while it is.

    `upto` is the size of the register of which messages have been made; `failures` counts the
    messages in a row that were given up.
    """

    class Why(models.TextChoices):
        """Why an address is told nothing more."""

        BY_HAND = "by_hand", _("Disabled by an administrator")
        FAILURES = "failures", _("Disabled after repeated failures")

    key = models.CharField(max_length=26, unique=True)  # whoever adds it twice adds it once
    name = models.CharField(max_length=80)
    address = models.CharField(max_length=500)
    salt = models.BinaryField(max_length=32)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    made_at = models.DateTimeField()
    upto = models.BigIntegerField()
    failures = models.IntegerField(default=0)
    disabled_at = models.DateTimeField(null=True)
    disabled_why = models.CharField(max_length=16, choices=Why.choices, blank=True)

    class Meta:
        """In the order in which they were made."""

        ordering = ("id",)


class Delivery(models.Model):
    """One message to one address.

    `due` is from when it may be tried; `leased_until` by when whoever tries it must have told the
    end, None where nobody does; `status` and `reason` are of the last try, None and empty before.
    """

    class State(models.TextChoices):
        """How a message stands."""

        PENDING = "PENDING", _("Waiting")
        IN_PROGRESS = "IN_PROGRESS", _("Being sent")
        SUCCESSFUL = "SUCCESSFUL", _("Delivered")
        RETRY = "RETRY", _("To be tried again")
        FAILED = "FAILED", _("Given up")

    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="deliveries")
    message = models.CharField(max_length=32, unique=True)
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    made_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.PENDING)
    tries = models.IntegerField(default=0)
    due = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    status = models.IntegerField(null=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        """Latest first; what is due is asked for every second."""

        ordering = ("-id",)
        indexes = (models.Index(fields=["state", "due"]),)


class Exchange(models.Model):
    """One attempt to hand the other state what it should know, or one message that came from it.

    `taken` and `refused` count events; `reason` is empty where it went well.
    """

    class Way(models.TextChoices):
        """Which way it went."""

        SENT = "sent", _("Sent")
        RECEIVED = "received", _("Received")
        FED = "fed", _("Both logs compared")

    peer = models.CharField(max_length=200)
    way = models.CharField(max_length=8, choices=Way.choices)
    at = models.DateTimeField()
    bytes = models.IntegerField()
    taken = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        """Latest first."""

        ordering = ("-id",)
        indexes = (models.Index(fields=["way", "-at"]),)
