"""Whom the installation may tell: hosts that its own file names, and the secret of each address."""

from secrets import token_bytes

from habeas.adapters import installation_files, outgoing
from habeas.adapters.loopback import is_loopback
from habeas.adapters.outgoing import Target
from habeas.errors import Fault, SetupError
from habeas.service import hooks
from habeas.web import wiring
from habeas.web.hooks.models import Subscription


def target(address: str) -> Target:
    """An address that may be told, in its parts.

    Raises:
        SetupError: H858, for a host that the installation's file does not name.
    """
    here = wiring.installation()
    found = outgoing.target(address, plain=here.demonstration)
    if found.place not in here.webhook_hosts:
        what = f"the host '{found.place}' is not enrolled"
        fix = "Have it named under 'webhook_hosts' in the installation's file."
        raise SetupError(Fault("H858", what, fix))
    return found


def inside(to: Target) -> bool:
    """Whether an address may lie on this machine: only of a demonstration, by the host's name."""
    return wiring.installation().demonstration and is_loopback(to.host)


def secret(subscription: Subscription) -> bytes:
    """The secret of a subscription."""
    master = installation_files.secret(wiring.folder(), token_bytes, installation_files.HOOKS)
    return hooks.secret(bytes.fromhex(master), bytes(subscription.salt))
