"""How what both states share stands between their two logs, on pages and in numbers."""

import csv
import io
import json
from contextlib import closing
from datetime import timedelta

from django.urls import reverse

import desks
from desks import Desk
from habeas.adapters.settlement_file import SETTLEMENTS, SettlementFile
from habeas.register.settlement import Change
from habeas.terms import Office, Settlement
from habeas.web import operation, wiring
from habeas.web.readmodels.models import Person

US = ("US-BOP", Office.SENDING_OFFICER)


def _late(desk: Desk, count: int = 2) -> list[Change]:
    """Some events that were settled are overdue, as if the peer had never published them."""
    with closing(SettlementFile(desk.folder / SETTLEMENTS)) as ledger:
        found = list(ledger.listed(Settlement.SETTLED, 5000))[-count:]
        late = [
            Change(
                one.event_id, one.entry, Settlement.OVERDUE, one.at, one.since,
                one.since + timedelta(hours=24), one.own_index,
            )
            for one in found
        ]  # fmt: skip
        ledger.keep(late)
    return late


def test_the_page_of_the_exchange_shows_what_is_overdue_first_and_in_files(desk: Desk) -> None:
    client = desks.proved(desk.client(*US))
    page = client.get(reverse("exchange")).content.decode()
    assert "All is settled." in page
    late = _late(desk)
    page = client.get(reverse("exchange")).content.decode()
    assert page.count("Overdue: not settled in time") == len(late) + 1
    assert all(one.event_id in page for one in late)
    rows = client.get(reverse("exchange") + "?format=csv").content.decode()
    found = list(csv.DictReader(io.StringIO(rows)))
    assert [(one["event"], one["state"]) for one in found] == [
        (one.event_id, "overdue") for one in late
    ]
    told = json.loads(client.get(reverse("exchange") + "?format=json").content)
    assert (told["counts"]["overdue"], len(told["rows"])) == (len(late), len(late))
    numbers = operation.numbers()
    assert numbers["habeas_overdue_settlements"] <= numbers["habeas_unsettled_events"]


def test_a_persons_timeline_says_how_each_event_stands(desk: Desk) -> None:
    one = Person.objects.filter(custodian="receiving")[0]
    client = desks.proved(desk.client(*US))
    place = reverse("person_timeline", args=[one.subject])
    assert "Settled in both logs" in client.get(place).content.decode()
    with closing(SettlementFile(desk.folder / SETTLEMENTS)) as ledger:
        rows = list(wiring.register().store.of_person(one.subject))
        known = ledger.kept([row.event_id for row in rows])
        late = [Change(
            was.event_id, was.entry, Settlement.DISPUTED, was.at, was.since, was.due, was.own_index,
        ) for was in known.values()]  # fmt: skip

    def disputed(address: str, words: str) -> bool:
        for _ in range(20):  # the gateway may settle them again before the page is asked for
            with closing(SettlementFile(desk.folder / SETTLEMENTS)) as ledger:
                ledger.keep(late)
            if words in client.get(address).content.decode():
                return True
        return False

    assert disputed(place, "Disputed between both logs")
    client.get("/es/")
    assert disputed(place.replace("/en/", "/es/"), "Controvertido entre ambos registros")


def test_while_the_other_state_is_away_the_installation_is_ready_and_says_what_it_knows(
    desk: Desk,
) -> None:
    client = desk.client(*US)
    assert client.get("/-/ready").json() == {"tables": "ok", "gateway": "ok", "log_head": "ok"}
    found = operation.numbers()
    assert found["habeas_mirror_behind"] == 0
    assert found["habeas_unsettled_events"] >= 0
