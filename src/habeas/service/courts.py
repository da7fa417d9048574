"""The courts' witnesses of a demonstration: asked in this process, as over HTTP otherwise."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from habeas.register.checkpoint import COSIGNATURE, NoteKey
from habeas.register.keys import Trust
from habeas.register.log import Log
from habeas.register.signing import SeedSigner
from habeas.register.witness import (
    Cosigned,
    Refused,
    Reply,
    Stated,
    Witness,
    WitnessStore,
    origin_digest,
)
from habeas.service import publish
from habeas.service.witness import open_witness

OK, BEHIND = 200, 409  # what a witness answers


def name(court: str) -> str:
    """The name of a court's witness."""
    return f"demo.habeas.example/{court.lower()}/witness"


def statements(courts: Mapping[str, SeedSigner]) -> str:
    """The policy's lines: the witnesses of both states' courts make the quorum."""
    lines = [
        f"witness {court.lower()} {NoteKey(name(court), COSIGNATURE, signer.public()).vkey()}"
        for court, signer in courts.items()
    ]
    named = " ".join(court.lower() for court in courts)
    return "\n".join([*lines, f"group courts all {named}", "quorum courts", ""])


@dataclass(slots=True)
class InProcess:
    """A way to a witness in the same process; its clock is set by whoever publishes."""

    witness: Witness
    now: int = field(default=1)

    def add(self, request: str) -> Reply:
        """Send an add-checkpoint request."""
        answer = self.witness.add(request.encode(), self.now)
        if answer.status == OK:
            return Cosigned(answer.body)
        if answer.status == BEHIND:
            return Stated(int(answer.body))
        return Refused(answer.status, answer.body.strip())

    def latest(self, origin: str) -> str | None:
        """The latest note of a log that the witness shows; empty where it has none."""
        return self.witness.latest(origin_digest(origin)) or ""


def clients(
    trust: Trust, courts: Mapping[str, tuple[SeedSigner, WitnessStore]]
) -> dict[str, InProcess]:
    """A way to the witness of each court, by its name in the policy."""
    policy = str(json.loads(trust.text)["policy"])
    return {
        court.lower(): InProcess(open_witness(name(court), (signer,), policy, store))
        for court, (signer, store) in courts.items()
    }


def press(log: Log, trust: Trust, found: Mapping[str, InProcess]) -> Callable[[datetime], None]:
    """What publishes a demonstration's log: a full tile of pads at least, and both courts."""

    def published(at: datetime) -> None:
        for one in found.values():
            one.now = int(at.timestamp())
        publish.publish(log, trust.policy, found, at)

    return published
