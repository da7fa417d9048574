"""The ledger of messages: made as the register grows, leased to whoever sends, told how it ended.

Rules
- A message is there before anybody tries to send it, and stays until its end was written down: a
  courier that is killed in the middle loses nothing, and another one sends it again under its id.
- Whoever sends holds a lease; when it is over the message is anybody's.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet

from habeas.errors import Fault, RegisterError
from habeas.service import hooks
from habeas.web.accounts.models import User
from habeas.web.hooks.models import Delivery, Exchange, Subscription

LEASE = timedelta(seconds=60)
OPEN = 50  # messages that may wait for one address
KEPT = 1000  # attempts of an exchange that are remembered
SALT, NAME = 32, 16
State = Delivery.State
Chance = Callable[[int], bytes]


def subscriptions() -> QuerySet[Subscription]:
    """Every address that is or was told."""
    return Subscription.objects.all()


def deliveries(subscription: Subscription) -> QuerySet[Delivery]:
    """The messages to one address, latest first."""
    return Delivery.objects.filter(subscription=subscription)


def subscribe_once(
    key: str, named: tuple[str, str], by: User, at: datetime, size: int, chance: Chance
) -> tuple[Subscription, bool]:
    """The subscription of an idempotency key, and whether it is new.

    Raises:
        RegisterError: H533, when the key stands for another name or address.
    """
    name, address = named
    made, new = Subscription.objects.get_or_create(
        key=key,
        defaults={
            "name": name, "address": address, "salt": chance(SALT), "made_by": by, "made_at": at,
            "upto": size,
        },
    )  # fmt: skip
    if (made.name, made.address) != named:
        what = f"the key {key} stands for another subscription"
        raise RegisterError(Fault("H533", what, "Draw a key of its own."))
    return made, new


def renew_secret(subscription: Subscription, chance: Chance) -> None:
    """Give a subscription another secret, at once."""
    subscription.salt = chance(SALT)
    subscription.save(update_fields=["salt"])


def disable(subscription: Subscription, at: datetime, why: Subscription.Why) -> None:
    """Tell an address nothing more; what waits for it waits on."""
    known = Subscription.objects.filter(pk=subscription.pk, disabled_at=None)
    known.update(disabled_at=at, disabled_why=why)


def enable(subscription: Subscription) -> None:
    """Tell an address again, of everything that came meanwhile too."""
    known = Subscription.objects.filter(pk=subscription.pk)
    known.update(disabled_at=None, disabled_why="", failures=0)


def replay(subscription: Subscription, index: int, size: int, at: datetime, chance: Chance) -> int:
    """Tell an address anew of every entry from an index on; returns how many messages that makes.

    They are made as room for them comes: a message is never more than the address can hear.
    """
    first = max(0, index)
    with transaction.atomic():
        Subscription.objects.filter(pk=subscription.pk).update(upto=min(first, size))
    return spread(size, at, chance)


def spread(size: int, at: datetime, chance: Chance) -> int:
    """Make the messages about what the register has got since; returns how many."""
    made = 0
    for one in Subscription.objects.filter(disabled_at=None, upto__lt=size):
        waiting = deliveries(one).exclude(state__in=(State.SUCCESSFUL, State.FAILED)).count()
        if waiting < OPEN:
            made += spread_to(one, size, at, chance, OPEN - waiting)
    return made


def spread_to(one: Subscription, size: int, at: datetime, chance: Chance, room: int) -> int:
    """Make the messages for one address, as it was read; none where another made them meanwhile."""
    found = hooks.ranges(one.upto, size, room)
    with transaction.atomic():
        # Two who do this at once make each message once: the second finds another size there.
        known = Subscription.objects.filter(pk=one.pk, upto=one.upto)
        if not found or not known.update(upto=found[-1][1] + 1):
            return 0
        Delivery.objects.bulk_create(
            Delivery(
                subscription=one,
                message=chance(NAME).hex(),
                first=first,
                last=last,
                made_at=at,
                due=at,
            )
            for first, last in found
        )
    return len(found)


def leased(at: datetime, most: int) -> list[Delivery]:
    """Messages that are due, now held by whoever asks."""
    due = Q(state__in=(State.PENDING, State.RETRY), due__lte=at)
    lost = Q(state=State.IN_PROGRESS, leased_until__lte=at)
    here = Delivery.objects.filter(due | lost, subscription__disabled_at=None)
    return [one for one in here.select_related("subscription").order_by("due", "id")[:most]
            if _lease(one, at)]  # fmt: skip


def _lease(one: Delivery, at: datetime) -> bool:
    known = Delivery.objects.filter(pk=one.pk, state=one.state, tries=one.tries, due=one.due)
    if one.leased_until is not None:
        known = known.filter(leased_until=one.leased_until)
    one.leased_until, one.state, one.tries = at + LEASE, State.IN_PROGRESS, one.tries + 1
    return bool(known.update(leased_until=one.leased_until, state=one.state, tries=F("tries") + 1))


def delivered(one: Delivery, status: int, at: datetime) -> None:
    """Write down that a message was heard."""
    with transaction.atomic():
        if _end(one, State.SUCCESSFUL, at, status=status, done_at=at):
            Subscription.objects.filter(pk=one.subscription_id).update(failures=0)


def failed(one: Delivery, status: int | None, reason: str, at: datetime) -> None:
    """Write down that a try failed: it is tried again, or given up, and with it the address."""
    wait = hooks.wait(one.tries)
    if wait is not None:
        _end(one, State.RETRY, at, status=status, reason=reason, due=at + wait)
        return
    with transaction.atomic():
        if not _end(one, State.FAILED, at, status=status, reason=reason, done_at=at):
            return
        known = Subscription.objects.filter(pk=one.subscription_id)
        known.update(failures=F("failures") + 1)
        known.filter(failures__gte=hooks.GIVEN_UP, disabled_at=None).update(
            disabled_at=at, disabled_why=Subscription.Why.FAILURES
        )


def _end(one: Delivery, state: State, at: datetime, **said: object) -> bool:
    """Whether the end was ours to tell: whoever lost the lease tells nothing."""
    del at
    known = Delivery.objects.filter(
        pk=one.pk, state=State.IN_PROGRESS, leased_until=one.leased_until
    )
    one.state = state
    return bool(known.update(state=state, leased_until=None, **said))


def counts() -> dict[str, int]:
    """How many messages stand how; every state is named."""
    found = Delivery.objects.order_by().values_list("state").annotate(Count("id"))
    return dict.fromkeys(State.values, 0) | dict(found)


def exchanged(found: Exchange) -> None:
    """Remember one attempt; the oldest are forgotten."""
    found.save()
    for old in Exchange.objects.values_list("id", flat=True)[KEPT : KEPT + 1]:
        Exchange.objects.filter(id__lte=old).delete()


def exchanges() -> QuerySet[Exchange]:
    """Attempts of the exchange, latest first."""
    return Exchange.objects.all()


def silent(at: datetime) -> int:
    """Seconds since the other state was last told something; -1: it never was."""
    told = Exchange.objects.filter(way=Exchange.Way.SENT, reason="")
    last = told.values_list("at", flat=True).first()
    return -1 if last is None else int((at - last).total_seconds())
