"""Who signs in: a name to sign in with, an authority, an office, and the key that signs for them.

An officer's own key lies with the gateway, never here: this table holds the key's id alone.
"""

from django.contrib.auth.models import AbstractUser
from django.db import models

from habeas.terms import Office


class User(AbstractUser):
    """Somebody who signs in.

    `authority` and `office` are empty for somebody who may see nothing yet. `key` is the id of the
    enrolled key that signs for them, empty for whoever signs nothing.
    """

    authority = models.CharField(max_length=64, blank=True)
    office = models.CharField(
        max_length=32, blank=True, choices=[(one.value, one.value) for one in Office]
    )
    key = models.CharField(max_length=16, blank=True)
    language = models.CharField(max_length=2, default="en")
