"""A clock that is wrong: the order is that of the indexes; what lies in the future is refused.

The log's clock jumps between right, five minutes, an hour and a day off, and 1970; the events
lie on both sides of an hour that is put back. An event is refused exactly where it happened more
than five minutes after the clock's instant (H535), or where its instant is none (H503: a leap
second, an hour without an offset).
"""

import tempfile
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from drills.commands import Chance, Drafter, key
from drills.rig import FIRST, Result, Site, Told, id_of, judged, person
from habeas.adapters.sqlite_store import SqliteStore
from habeas.register.intake import Signed

RUNS = 10_000
SLACK = timedelta(minutes=5)
MIDDLE = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)  # an hour is put back in Central Europe
SKEWS = (
    timedelta(0),
    SLACK,
    -SLACK,
    timedelta(days=1),
    timedelta(days=-1),
    datetime(1970, 1, 1, tzinfo=UTC) - MIDDLE,
    timedelta(hours=1),
    timedelta(hours=-1),
)
TEXTS = (  # what stands for the same hour, before and after it is put back; and what is no instant
    "2026-10-25T02:30:00+02:00",
    "2026-10-25T02:30:00+01:00",
    "2026-03-29T03:00:00+02:00",
    "2026-03-29T01:59:59+01:00",
    "1970-01-01T00:00:00Z",
    "2016-12-31T23:59:60Z",
    "2026-10-25T02:30:00",
    "2026-02-30T00:00:00Z",
)
NONE = frozenset(TEXTS[5:])


def run(count: int, store: str) -> Result:
    """Append as many events as asked under a clock that jumps."""
    del store
    figures, broken, told = Counter[str](), list[str](), Told()
    chance, drafter = Chance("clock"), Drafter("clock", FIRST)
    with tempfile.TemporaryDirectory() as name:
        site = Site(Path(name) / "register").make()
        with site.opened() as log:
            for number in range(count):
                clock = MIDDLE + SKEWS[chance.below(len(SKEWS))]
                text = _instant(chance)
                signed = _event(drafter, text, number)
                expected = _expected(text, clock)
                outcome = log.append_each([signed], clock)[0]
                got = "taken" if isinstance(outcome, int) else outcome.code
                figures[got] += 1
                if got != expected:
                    broken.append(f"{text} under the clock {clock}: {got}, not {expected}")
                if isinstance(outcome, int):
                    told.acks[id_of(signed)] = outcome, signed.entry
            log.publish(MIDDLE)
        broken += judged(site, told)
        broken += _order(site, told)
    return Result("clock skew", count, tuple(broken), dict(figures))


def _instant(chance: Chance) -> str:
    way = chance.below(3 * len(TEXTS))
    if way < len(TEXTS):
        return TEXTS[way]
    offset = timedelta(seconds=chance.below(2 * 700) - 700)  # around the slack, to the second
    return (MIDDLE + offset).isoformat().replace("+00:00", "Z")


def _event(drafter: Drafter, text: str, number: int) -> Signed:
    signer = {"A": key("A officer")}
    return drafter.signed("visit.made", signer, subject=person(number % 50), occurred_at=text)


def _expected(text: str, clock: datetime) -> str:
    if text in NONE:
        return "H503"
    return "H535" if datetime.fromisoformat(text) > clock + SLACK else "taken"


def _order(site: Site, told: Told) -> list[str]:
    """The order is that of submission, whatever the clock said of it."""
    submitted = sorted(told.acks)
    with closing(SqliteStore(site.path)) as store:
        rows = [row.event_id for row in store.rows() if row.subject is not None]
    return [] if rows == submitted else ["the order is not that of submission"]
