"""The tables that pages are made of: a cache of the register and the dockets, and nothing else.

Every row can be made again by `rebuild.py`; whoever may see it is said by `visible.py` alone.
"""

import hashlib
import json
from collections.abc import Collection, Mapping

from django.db import models

from habeas.web.readmodels.lookups import Begins

models.CharField.register_lookup(Begins)

NUMBER, WORD = 40, 32
NOBODY = 0  # the circle in which no authority stands


class Position(models.Model):
    """How far the register was read: one row."""

    size = models.BigIntegerField(default=0)
    figures = models.BigIntegerField(default=0)  # the size after which figures were made anew
    checkpoint = models.TextField(blank=True)
    origin = models.CharField(max_length=200, blank=True)


class Person(models.Model):
    """A person on the register, as the fold over their events has them now."""

    subject = models.CharField(max_length=NUMBER, primary_key=True)
    circle = models.BigIntegerField(default=NOBODY)
    case = models.CharField(max_length=64, blank=True, db_index=True)  # of the docket
    docket = models.CharField(max_length=64, blank=True)  # its hash
    custody = models.CharField(max_length=WORD)
    custodian = models.CharField(max_length=WORD)  # a side
    facility = models.CharField(max_length=64, blank=True)
    cell = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=WORD, blank=True)
    since = models.DateTimeField(null=True)  # in the present custody interval
    stage = models.CharField(max_length=WORD)
    consent = models.CharField(max_length=WORD)
    stays = models.IntegerField(default=0)
    objections = models.IntegerField(default=0)
    outcome = models.CharField(max_length=WORD, blank=True)  # of the last screening on record
    not_met = models.JSONField(default=list)
    not_established = models.JSONField(default=list)
    fresh_until = models.DateTimeField(null=True)  # of the last screening
    facts_changed = models.BooleanField(default=False)
    earliest = models.DateTimeField(null=True)  # lawful departure
    manifest = models.CharField(max_length=64, blank=True)
    line = models.IntegerField(null=True)
    release_on = models.DateTimeField(null=True)  # from when no clock gives a basis to hold
    next_deed = models.CharField(max_length=WORD, blank=True)  # what the case waits for
    next_from = models.DateTimeField(null=True)  # earliest instant at which it may be done
    due = models.DateTimeField(null=True)
    events = models.IntegerField(default=0)
    latest_index = models.BigIntegerField(default=-1)
    latest_at = models.DateTimeField(null=True)

    class Meta:
        """Orders that lists ask for."""

        indexes = (
            models.Index(fields=["next_deed", "due"]),
            models.Index(fields=["stage", "due"]),
            models.Index(fields=["facility", "cell"]),
            models.Index(fields=["-latest_index"]),
        )


class Standing(models.Model):
    """An authority's relation to everybody of a circle.

    Persons to whom the same authorities stand in the same relations are of one circle: thousands of
    persons are of a few, so that whom somebody may see is asked of a few rows. See `Circle.of`.
    """

    circle = models.BigIntegerField()
    authority = models.CharField(max_length=64)
    relation = models.CharField(max_length=WORD)

    class Meta:
        """One row a relation."""

        constraints = (
            models.UniqueConstraint(
                fields=["authority", "relation", "circle"], name="standing_once"
            ),
        )


class Circle(models.Model):
    """Of which circle a person is; for whoever stands to them in any relation."""

    subject = models.CharField(max_length=NUMBER, primary_key=True)
    circle = models.BigIntegerField(db_index=True)

    @staticmethod
    def of(relations: Mapping[str, Collection[str]]) -> int:
        """The number of the circle in which these authorities stand in these relations.

        It follows from them alone: SHA-256, its first 63 bits. NOBODY where there are none.
        """
        told = sorted((name, sorted(found)) for name, found in relations.items() if found)
        digest = hashlib.sha256(json.dumps(told).encode()).digest()
        return int.from_bytes(digest[:8]) >> 1 if told else NOBODY


class Interval(models.Model):
    """One custody interval; `end` is None while it lasts."""

    subject = models.CharField(max_length=NUMBER, db_index=True)
    circle = models.BigIntegerField(default=NOBODY)
    facility = models.CharField(max_length=64)
    cell = models.CharField(max_length=64, blank=True)
    custodian = models.CharField(max_length=WORD)
    status = models.CharField(max_length=WORD)
    start = models.DateTimeField()
    end = models.DateTimeField(null=True)
    custody_period = models.IntegerField()
    reason_out = models.CharField(max_length=64, blank=True)
    event_in = models.BigIntegerField()
    event_out = models.BigIntegerField()

    class Meta:
        """What rolls ask for."""

        indexes = (
            models.Index(fields=["facility", "-start", "subject", "end", "circle"]),
            models.Index(fields=["custodian", "end"]),
            # Who is held at an instant, and where, is counted without looking at a row.
            models.Index(
                fields=["end", "start", "facility", "custodian", "status", "subject", "circle"]
            ),
            models.Index(fields=["status", "custodian", "-start"]),
        )


class Line(models.Model):
    """One person on one manifest: listed, boarded, arrived or refused."""

    manifest = models.CharField(max_length=64, db_index=True)
    line = models.IntegerField()
    subject = models.CharField(max_length=NUMBER, db_index=True)
    circle = models.BigIntegerField(default=NOBODY)
    route = models.CharField(max_length=200, blank=True)
    listed = models.DateTimeField(null=True)
    boarded = models.DateTimeField(null=True)
    arrived = models.DateTimeField(null=True)
    refused = models.DateTimeField(null=True)
    arrived_line = models.IntegerField(null=True)

    class Meta:
        """One row a line of a manifest and person."""

        constraints = (models.UniqueConstraint(fields=["manifest", "subject"], name="line_once"),)


class Obligation(models.Model):
    """A duty that arose from an event of a person; how it stands is said by the clock, not here.

    The names are those of `service.arising.Kept`.
    """

    subject = models.CharField(max_length=NUMBER, db_index=True)
    circle = models.BigIntegerField(default=NOBODY)
    duty = models.CharField(max_length=WORD)
    step = models.CharField(max_length=WORD, blank=True)
    side = models.CharField(max_length=WORD, blank=True)  # who owes it; empty: nobody held then
    limit = models.CharField(max_length=WORD)  # who fixes the number
    kind = models.CharField(max_length=64)  # of the event from which it arose
    event = models.CharField(max_length=26)  # its id
    opened_at = models.DateTimeField()
    opened_index = models.BigIntegerField()
    due = models.DateTimeField(null=True)  # None: no number is fixed
    answered_at = models.DateTimeField(null=True)
    answered_index = models.BigIntegerField(null=True)
    place = models.SmallIntegerField()  # in a list: unanswered, without a number, late, in time
    by = models.DateTimeField()  # when it is due; where no number is fixed, when it arose
    confidential = models.BooleanField(default=False)  # of a complaint that the holder is not told

    class Meta:
        """Orders that lists ask for, and what they are narrowed to."""

        indexes = (
            models.Index(fields=["place", "by", "opened_index", "duty", "step", "circle"]),
            models.Index(fields=["duty", "place", "by", "circle"]),
            models.Index(fields=["side", "place", "by", "circle"]),
            # What is overdue or due soon is counted without looking at a row.
            models.Index(
                fields=["due", "side", "circle", "answered_at", "opened_at", "confidential"]
            ),
        )


class Contradiction(models.Model):
    """A signed answer, or what a visitor found, that the register does not bear out."""

    subject = models.CharField(max_length=NUMBER, db_index=True)
    circle = models.BigIntegerField(default=NOBODY)
    index = models.BigIntegerField()  # of the event that says so
    event = models.CharField(max_length=26)
    signed_by = models.CharField(max_length=200)
    what = models.CharField(max_length=WORD)
    says = models.TextField()
    register_says = models.TextField()
    at = models.DateTimeField()  # as of when


class BlockedVisit(models.Model):
    """A visit that somebody prevented, as whoever was turned away signed it."""

    subject = models.CharField(max_length=NUMBER, db_index=True)
    circle = models.BigIntegerField(default=NOBODY)
    index = models.BigIntegerField()  # of the event that says so
    at = models.DateTimeField()
    facility = models.CharField(max_length=64, blank=True)
    signed_by = models.CharField(max_length=200)
    reason = models.TextField(blank=True)


class DocketCase(models.Model):
    """A row of a docket, with what screening said when it was last asked.

    `cells` is the file's row by column; `subject` is empty until the case is opened.
    """

    case = models.CharField(max_length=64, primary_key=True)
    docket = models.CharField(max_length=64)  # its hash
    file = models.CharField(max_length=64)
    cells = models.JSONField(default=dict)
    subject = models.CharField(max_length=NUMBER, blank=True, db_index=True)
    circle = models.BigIntegerField(default=NOBODY)  # of that person
    outcome = models.CharField(max_length=WORD)
    not_met = models.JSONField(default=list)
    not_established = models.JSONField(default=list)
    missing = models.JSONField(default=list)  # facts that may decide it
    fresh_until = models.DateTimeField(null=True)
    screened_at = models.DateTimeField()

    class Meta:
        """Orders that lists ask for."""

        indexes = (
            models.Index(fields=["outcome", "case"]),
            models.Index(fields=["file", "circle"]),
            # Which rows a page of the list has, and who may see them, without looking at a row.
            models.Index(fields=["-file", "case", "circle", "subject"]),
            models.Index(fields=["fresh_until", "case"]),
        )


class Wanted(models.Model):
    """A kind of document that cases of the dockets wait for, and what it would do for them.

    Over the dockets as they were last screened: the cases that nobody has opened, each once.
    """

    place = models.IntegerField(primary_key=True)  # the most useful first
    evidence = models.JSONField()  # text by language
    established_by = models.JSONField()
    facts = models.JSONField()
    waiting = models.IntegerField()
    decides = models.IntegerField()
    eligible = models.IntegerField()
    screened_at = models.DateTimeField()
