"""One state's installation of the demonstration behind the pages, with its gateway running."""

import pytest

from desks import Desk
from habeas.terms import Role
from web.owed.acts import held, told
from web.states import both, desk, english, made, state

__all__ = ["both", "desk", "english", "made", "state"]


@pytest.fixture(scope="module")
def injured(desk: Desk) -> str:
    """Somebody whom the other state has not seen yet, and of whose injury two days ago was told."""
    subject = held("eligible")
    told(desk, "incident.reported", subject, "US-BOP", Role.CUSTODIAN, 48,
         kind="serious_injury", document="0" * 64)  # fmt: skip
    told(desk, "evidence.recorded", subject, "US-BOP", Role.CUSTODIAN, 24,
         fact="consular_contact_accepted", value=True, consulate="SV-CONSULATE",
         document="0" * 64)  # fmt: skip
    return subject
