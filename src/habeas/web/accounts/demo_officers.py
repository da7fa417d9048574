"""Whom a demonstration's installation has: one for each office of its own bodies, and guests.

Read off the agreement and the officers' keys that lie in the installation: nothing is typed in.
"""

from collections.abc import Iterator, Mapping, Sequence

from habeas.terms import Office, Role
from habeas.web import wiring
from habeas.web.accounts.demo import Officer

BY_ROLE = {Role.COURT: Office.COURT, Role.COUNSEL: Office.COUNSEL, Role.MONITOR: Office.MONITOR}
SIGNS_NOTHING = {"CONSULATE": Office.CONSULATE, "FINANCE": Office.FINANCE, "AUDIT": Office.AUDITOR}


def officers() -> Iterator[Officer]:
    """Everybody who gets a log-in, own people first."""
    found, keys = wiring.installation(), wiring.keys_at_hand()
    bodies = sorted(wiring.ground().deal.authorities, key=lambda one: one.state != found.state)
    for body in bodies:
        if body.state in {found.sending, found.receiving}:
            yield from _of(body.id, body.state, frozenset(body.roles), keys)


def _of(
    authority: str, state: str, roles: frozenset[str], keys: Mapping[str, Sequence[str]]
) -> Iterator[Officer]:
    own = keys.get(authority, ())
    sends = state == wiring.installation().sending
    if Role.TRANSFERRING in roles:
        office = Office.SENDING_OFFICER if sends else Office.RECEIVING_OFFICER
        yield Officer(authority, office, _nth(own, 0))
        if state == wiring.installation().state:
            yield Officer(authority, office, _nth(own, 1))
    if Role.CUSTODIAN in roles:
        yield Officer(authority, Office.FACILITY_OFFICER, _nth(own, 2))
        if state == wiring.installation().state:
            yield Officer(authority, Office.ADMINISTRATOR)
    for role in roles & BY_ROLE.keys():
        yield Officer(authority, BY_ROLE[Role(role)], _nth(own, 0))
    if not roles and (office_of := SIGNS_NOTHING.get(authority.rpartition("-")[2])):
        yield Officer(authority, office_of, _nth(own, 0))


def _nth(keys: Sequence[str], place: int) -> str:
    return keys[place] if place < len(keys) else ""
