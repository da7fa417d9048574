"""A person's pages: whom they show nothing, what each office is shown, what was recorded first."""

import pytest
from desks import Desk
from django.urls import reverse

from habeas.terms import Office
from habeas.web.readmodels.models import Person


def test_first(desk: Desk) -> None:
    one = Person.objects.filter(custodian="receiving").first()
    client = desk.client("US-DOJ-OIA", Office.SENDING_OFFICER)
    for name in ("person", "person_timeline", "person_sentence", "person_documents"):
        answer = client.get(reverse(name, args=[one.subject]))
        assert answer.status_code == 200, name
        print(name, len(answer.content))
