"""The demonstration's two logs settled between each other once, as if they had talked all along.

Each side publishes under the other's witness, mirrors the other and cosigns what it holds, in one
process and without a network. Nothing here is used in operation.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from habeas.register import checkpoint, exchange
from habeas.register.keys import Trust
from habeas.register.log import Log
from habeas.register.signing import Signer
from habeas.register.waiting import Waiting
from habeas.register.witness import Witness
from habeas.service import mirror, publish, settle
from habeas.service.courts import InProcess
from habeas.service.feed_desk import WITNESS, Holdings
from habeas.service.judging import Bench
from habeas.service.mirror import Cosigner, Mirror
from habeas.service.post import Line
from habeas.service.settle import Both, Sharing
from habeas.service.transfer import Ground


@dataclass(frozen=True, slots=True)
class Side:
    """One of both installations, open."""

    log: Log
    trust: Trust
    waiting: Waiting
    holdings: Holdings
    line: Line

    def mirror(self, clock: datetime) -> Mirror:
        """Its mirror of the other log.

        Raises:
            ValueError: where its register enrolled nobody.
        """
        peer = mirror.enrolled(self.log)
        if peer is None:
            raise ValueError(self.log.origin)
        who = Cosigner(mirror.name_of(self.log.origin), self.holdings.signers["mirror"])
        return Mirror(self.holdings.shelf, peer, who, lambda: clock)

    def witness(self, of: Trust, clock: datetime) -> InProcess:
        """Its witness of the other log."""
        policy, name = of.policy, mirror.name_of(self.log.origin, WITNESS)
        signer: Signer = self.holdings.signers[WITNESS]
        logs = {policy.log.name: (policy.log, *policy.also)}
        found = Witness(name, (signer,), logs, self.holdings.memory)
        return InProcess(found, int(clock.timestamp()))


def line(log: Log, ground: Ground, own: str, peer: str) -> Line:
    """The exchange of a log's state with the other one."""
    return Line(Bench(log, ground), ground, own, peer)


def settled(sides: Sequence[Side], at: datetime) -> None:
    """Publish, mirror, cosign and settle between both, all at one instant."""
    for side, there in zip(sides, reversed(sides), strict=True):
        policy, name = side.trust.policy, mirror.name_of(there.log.origin, WITNESS)
        named = next(one for one, key in policy.witnesses.items() if key.name == name)
        clients = {named: there.witness(side.trust, at)}
        publish.publish(side.log, policy, clients, at)
        held = there.mirror(at)
        while held.size < side.log.size:
            held.take(exchange.publication(side.log.store, held.size))
        lines = checkpoint.lines_of(held.cosigned(), {mirror.name_of(there.log.origin)})
        side.log.store.cosign(side.log.size, lines)
    for side in sides:
        both = Both(side.log, side.trust.policy, side.mirror(at), side.holdings.ledger)
        settle.run(both, Sharing(side.log, side.line, side.waiting), at)
