"""What the courier does in each round, and how long it waits for whoever does not answer."""

import logging
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from http import HTTPStatus
from secrets import token_bytes

import msgspec

from habeas.adapters import outgoing, projection_runs, spans
from habeas.adapters.feed_client import HttpPeer
from habeas.adapters.installation_files import Peer
from habeas.adapters.logs import TRACEPARENT
from habeas.errors import HabeasError, SetupError
from habeas.service import asking, feed_asks, hooks
from habeas.service.feed_round import Feeder
from habeas.service.hooks import Grown
from habeas.web import wiring
from habeas.web.clock import now
from habeas.web.desk import drawings
from habeas.web.hooks import enrolled, ledger
from habeas.web.hooks.models import Delivery, Exchange
from habeas.web.readmodels import rebuild

MOST = 20  # messages of a round
LETTERS = 100  # that one round hands over: then others are let to the gateway
PATH, CONTENT = "/peer/v1/messages", "text/plain; charset=utf-8"
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=1), timedelta(minutes=1)
DRAWN = timedelta(minutes=5)  # between two drawings, however much is recorded
TAKEN = timedelta(hours=1)  # between two takings of what strangers asked, on the full hour
AGAIN = timedelta(minutes=1)  # how often what did not change is told once more
FED = timedelta(seconds=10)  # between two rounds of the feed
Way = Exchange.Way
_log = logging.getLogger("habeas.courier")


def rounds() -> list[Callable[[], None]]:
    """All rounds of this installation's courier."""
    peer = wiring.installation().peer
    drawing = [Drawer().round] if drawings.possible() else []
    projecting = [projection_runs.Runs(wiring.folder()).round] if drawings.possible() else []
    exchanging = [Post(peer).round, Feed(peer).round] if peer else []
    return [follow, deliver, Taker().round, *drawing, *projecting, *exchanging]


def follow() -> None:
    """Take what the register got into the tables, and make the messages about it."""
    ledger.spread(rebuild.follow(sparing=True), now(), token_bytes)


class Drawer:
    """Draws the charts that pages show, after the register grew or the day turned."""

    def __init__(self) -> None:
        self._done = (-1, date.min)
        self._not_before = datetime.min.replace(tzinfo=UTC)

    def round(self) -> None:
        """Draw what is new; not sooner than a while after the last time."""
        at = now()
        here = (wiring.register().store.size(), at.date())
        if here == self._done or at < self._not_before:
            return
        self._not_before = at + DRAWN
        drawings.draw()
        self._done = here


class Taker:
    """Lets the gateway take what strangers asked, at each full hour and at the start.

    The instant of an inquiry in the register is that of the taking, and of no question.
    """

    def __init__(self) -> None:
        self._done = -1

    def round(self) -> None:
        """Take what there is, where an hour has begun since."""
        hour = int(now().timestamp() // TAKEN.total_seconds())
        if hour == self._done:
            return
        with wiring.gateway() as caller:
            caller.ask(asking.Take(*_line()))
        self._done = hour


def deliver() -> None:
    """Send what is due to whoever asked to be told."""
    for one in ledger.leased(now(), MOST):
        try:
            status = _send(one)
        except SetupError as error:
            ledger.failed(one, None, error.faults[0].what[:200], now())
            continue
        if HTTPStatus(200) <= status < HTTPStatus(300):
            ledger.delivered(one, status, now())
        else:
            ledger.failed(one, status, f"answered {status}", now())


def _send(one: Delivery) -> int:
    to = enrolled.target(one.subscription.address)
    at = outgoing.resolved(to, inside=enrolled.inside(to))
    message = Grown(
        one.message, wiring.installation().address, one.first, one.last,
        one.made_at.astimezone(UTC),
    )  # fmt: skip
    headers = hooks.headers(message, enrolled.secret(one.subscription), now())
    return outgoing.post(to, at, hooks.body(message), headers).status


class Pause:
    """How long whoever asks the other state's installation waits after it gave no answer."""

    def __init__(self) -> None:
        self._fails, self._not_before = 0, datetime.min.replace(tzinfo=UTC)

    def over(self) -> bool:
        """Whether it may be asked again."""
        return now() >= self._not_before

    def failed(self) -> bool:
        """It gave none: the next pause is longer, up to a minute. Whether it was the first time."""
        self._fails += 1
        self._not_before = now() + min(FIRST_WAIT * 2 ** min(self._fails - 1, 10), LONGEST_WAIT)
        return self._fails == 1

    def ended(self, rest: timedelta = timedelta()) -> bool:
        """It answered, and is asked again after a rest; returns whether it had not before."""
        failed, self._fails, self._not_before = self._fails > 0, 0, now() + rest
        return failed


class Feed:
    """Both logs: takes what the peer published, and what it cosigned of the own log.

    A peer that is away, or that sends what is refused, is told of once, and again when the reason
    is another; nothing else waits for it.
    """

    def __init__(self, peer: Peer) -> None:
        self.peer, self._feeder = peer, Feeder(HttpPeer(peer.address))
        self._pause, self._told = Pause(), ""

    def round(self) -> None:
        """Go one round, where the last is long enough ago."""
        if not self._pause.over():
            return
        try:
            with wiring.gateway() as caller:
                found = self._feeder.round(caller)
        except HabeasError as error:
            self._pause.failed()
            self._failed(error.faults[0].code, error.faults[0].what)
            return
        self._pause.ended(FED)
        self._told = ""
        if found.added or found.pushed:
            ledger.exchanged(
                Exchange(
                    peer=self.peer.state, way=Way.FED, at=now(), bytes=found.bytes,
                    taken=found.added,
                )
            )  # fmt: skip

    def _failed(self, code: str, why: str) -> None:
        if code == self._told:
            return
        self._told = code
        _log.warning("feed of %s: %s", self.peer.state, code)
        ledger.exchanged(
            Exchange(peer=self.peer.state, way=Way.FED, at=now(), bytes=0, reason=why[:200])
        )


def fed(text: str) -> asking.Found:
    """Hand a publication that the peer has pushed to the gateway.

    Raises:
        HabeasError: what the gateway refuses.
    """
    with wiring.gateway() as caller:
        return caller.ask(feed_asks.TakePublication(text))


class Post:
    """The exchange with the other state's installation."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self._span = spans.begin("courier")
        self._target = outgoing.target(peer.address.rstrip("/") + PATH, plain=True)
        self._pause = Pause()
        self._told, self._told_at = b"", datetime.min.replace(tzinfo=UTC)  # what, and when

    def round(self) -> None:
        """Hand over what there is, until nothing is left or the other side does not take it."""
        if not self._pause.over():
            return
        for _ in range(LETTERS):
            if not self._next():
                return

    def _next(self) -> bool:
        """Hand over one message; returns whether there may be more."""
        with wiring.gateway() as caller:
            found = caller.ask(asking.Outgoing(*_line()))
        text = found.get("message")
        if text is None or self._just_told(str(text), now()):
            return False
        try:
            outcomes = self._handed(str(text))
        except HabeasError as error:
            if self._failed(len(str(text)), error.faults[0].what):  # once, until it is mended
                _log.warning("the other state's installation takes no messages: %s", error.code)
            return False
        if self._pause.ended():
            _log.warning("the other state's installation takes messages again")
        self._told, self._told_at = _digest(str(text)), now()
        ledger.exchanged(_attempt(self.peer, Way.SENT, len(str(text)), outcomes))
        return bool(found.get("more"))

    def _just_told(self, text: str, at: datetime) -> bool:
        # What waits for the other state's signature is told until it is signed: not every second.
        return _digest(text) == self._told and at - self._told_at < AGAIN

    def _handed(self, text: str) -> asking.Found:
        at = outgoing.resolved(self._target, inside=True)  # the installation's own file names it
        with self._span("courier post", ""):
            headers = {"Content-Type": CONTENT, "Traceparent": TRACEPARENT.get()}
            found = outgoing.post(self._target, at, text.encode(), headers)
        if found.status != HTTPStatus.OK:
            raise outgoing.unreachable(f"the other state's installation answered {found.status}")
        try:
            return msgspec.json.decode(found.body, type=dict[str, object])
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return {}  # taken in, in more words than are read

    def _failed(self, size: int, why: str) -> bool:
        ledger.exchanged(
            Exchange(peer=self.peer.state, way=Way.SENT, at=now(), bytes=size, reason=why[:200])
        )
        return self._pause.failed()


def received(text: str) -> asking.Found:
    """Hand a message of the other state to the gateway; the tables follow.

    Raises:
        HabeasError: what the gateway refuses: then nothing of it was taken in.
    """
    with wiring.gateway() as caller:
        found = caller.ask(asking.Receive(text))
    peer = wiring.installation().peer
    if peer is not None:
        ledger.exchanged(_attempt(peer, Way.RECEIVED, len(text), found))
    rebuild.follow()
    return found


def _line() -> tuple[str, str, str]:
    found = wiring.installation()
    return found.agreement, found.sending, found.receiving


def _attempt(peer: Peer, way: Way, size: int, outcomes: asking.Found) -> Exchange:
    events = [*outcomes.get("events", ()), *outcomes.get("drafts", ())]
    bad = sum("error" in one for one in events)
    return Exchange(
        peer=peer.state, way=way, at=now(), bytes=size, taken=len(events) - bad, refused=bad
    )


def _digest(text: str) -> bytes:
    return sha256(text.encode()).digest()
