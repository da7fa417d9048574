"""The same pages in the receiving state's installation: whom it knows, and who are guests there."""

import pytest
from django.urls import reverse

from desks import Desk
from habeas.terms import Office
from habeas.web.readmodels.models import Person

MAY = {
    ("SV-MJSP", Office.RECEIVING_OFFICER): True,
    ("SV-DGCP", Office.FACILITY_OFFICER): True,
    ("SV-COURT", Office.COURT): False,  # not seised of the case
    ("US-DOJ-OIA", Office.SENDING_OFFICER): True,  # a guest here, of the state that sent
    ("US-COURT", Office.COURT): True,
    ("SV-CONSULATE", Office.CONSULATE): False,
    ("QM-STRANGER", Office.SENDING_OFFICER): False,
}


@pytest.fixture(scope="module")
def state() -> str:
    """Whose installation it is."""
    return "SV"


@pytest.mark.parametrize("who", MAY)
def test_each_office_sees_somebody_held_here_or_a_404(desk: Desk, who: tuple[str, Office]) -> None:
    one = Person.objects.filter(custodian="receiving", custody="held")[0]
    for name in ("person", "person_timeline", "person_documents"):
        status = desk.client(*who).get(reverse(name, args=[one.subject])).status_code
        assert status == (200 if MAY[who] else 404), name


def test_whoever_was_never_authorised_is_nobody_here(desk: Desk) -> None:
    stages = set(Person.objects.values_list("stage", flat=True))
    assert not stages & {"proposed", "eligible", "notified"}
    guest = desk.client("US-DOJ-OIA", Office.SENDING_OFFICER)
    assert guest.get(reverse("exchange")).status_code == 404
    own = desk.client("SV-MJSP", Office.RECEIVING_OFFICER)
    assert own.get(reverse("exchange")).status_code == 200
