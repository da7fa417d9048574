"""When a gateway signs: at its start, at each publication, and when absent witnesses answer again.

Rules
- Witnesses are asked outside of the log's lock: one that does not answer keeps nobody waiting. Two
  publications follow each other: the smaller is never shown after the larger.
- Where too few witnesses answer at the start, events are recorded and nothing is signed until
  enough of them have told what they have seen. So a peer that is away holds up proofs, and no act;
  and a copy that was restored unseen signs no second history.

Source: docs/spec/checkpoint.md.
"""

import threading
from collections.abc import Callable
from datetime import datetime

from habeas.errors import SigningRefused
from habeas.register.checkpoint import read_note
from habeas.register.log import Log
from habeas.register.policy import Policy
from habeas.service import publish
from habeas.service.asking import Found
from habeas.service.publish import Clients

UNHEARD = "H540"  # too few witnesses have told what they have seen


class Press:
    """Signs the checkpoints of one log, and asks its witnesses."""

    def __init__(
        self,
        log: Log,
        witnesses: tuple[Policy, Clients],
        clock: Callable[[], datetime],
        lock: threading.RLock,
        *,
        alone: bool = False,
    ) -> None:
        """Ask the witnesses what they have seen before anything is signed.

        Args:
            log: whose checkpoints.
            witnesses: the log's policy, and a way to each of its witnesses.
            clock: UTC.
            lock: of the log.
            alone: sign though too few answer: whoever starts it knows that no newer copy exists.

        Raises:
            SigningRefused: H539, when the log was rolled back.
        """
        self._log, (self._policy, self._clients) = log, witnesses
        self._alone = alone
        self.latest: tuple[int, str] | None = None  # size and note of the last publication
        self._clock, self._lock, self._turn = clock, lock, threading.Lock()
        self.waits: SigningRefused | None = None  # why nothing is signed yet; None: it is
        self._owes = False  # the last publication met no quorum
        self._begin()

    def _begin(self) -> None:
        try:
            publish.start(self._log, self._policy, self._clients)
            self.waits = None
        except SigningRefused as error:
            if error.code != UNHEARD:
                raise
            self.waits = None if self._alone else error
        with self._lock:
            self._log.sign(on=self.waits is None)

    def publish(self, *, pads: bool) -> Found:
        """Sign and keep a checkpoint, then ask the witnesses; call it without the lock.

        Raises:
            SigningRefused: H540, while too few witnesses have answered since the start; else as
                `publish.publish`.
        """
        with self._turn:
            if self.waits is not None:
                self._begin()
            if self.waits is not None:
                raise self.waits
            with self._lock:
                note = self._log.publish(self._clock(), pads=pads)
            asked = publish.cosign(self._log, self._policy, self._clients, note, self._lock)
            self._owes = asked.met is False
            self.latest = (read_note(note).checkpoint.size, asked.note)
        refused = {name: one.reason for name, one in asked.refused.items()}
        return {"checkpoint": asked.note, "witnessed": asked.met, "refused": refused}

    def keep_time(self) -> None:
        """What the cadence asks for; where too few witnesses are there yet, the next time then.

        Raises:
            SigningRefused: as `publish`, but H540.
        """
        try:
            self.publish(pads=True)
        except SigningRefused as error:
            if error.code != UNHEARD:
                raise

    def catch_up(self) -> bool:
        """Publish what waited for witnesses that are there again; returns whether anything did.

        Raises:
            SigningRefused: as `publish`.
        """
        if self.waits is None and not self._owes:
            return False
        self.publish(pads=self.waits is not None)
        return True
