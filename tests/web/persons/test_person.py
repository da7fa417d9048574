"""A person's pages: whom they show nothing, what each office is shown, what is recorded first."""

import json
import logging
from pathlib import Path

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse

import desks
from desks import Desk
from habeas.register import receipt
from habeas.register.verify import receipt_verdict
from habeas.service import asking
from habeas.terms import Office, Relation, Role
from habeas.web import wiring
from habeas.web.readmodels.models import Person, Standing

PAGES = ("person", "person_timeline", "person_sentence", "person_documents", "person_record")
OFFICER = ("US-DOJ-OIA", Office.SENDING_OFFICER)
ALL = {"person", "person_timeline", "person_sentence", "person_documents", "person_record"}
# Of somebody whom the receiving state holds, in the sending state's installation.
MAY = {
    OFFICER: ALL,
    ("US-BOP", Office.FACILITY_OFFICER): set(),  # it holds the person no longer
    ("US-COURT", Office.COURT): ALL,
    ("US-COUNSEL", Office.COUNSEL): ALL,
    ("US-MONITOR", Office.MONITOR): ALL,
    ("US-AUDIT", Office.AUDITOR): set(),
    ("US-FINANCE", Office.FINANCE): set(),
    ("US-BOP", Office.ADMINISTRATOR): set(),
    ("SV-CONSULATE", Office.CONSULATE): set(),  # the person has consented to none
    ("SV-DGCP", Office.FACILITY_OFFICER): ALL,  # a guest, whose authority holds the person
    ("SV-COURT", Office.COURT): set(),
    ("QM-STRANGER", Office.SENDING_OFFICER): set(),
}


def _abroad() -> Person:
    return Person.objects.filter(custodian="receiving", custody="held").order_by("subject")[0]


def _address(name: str, subject: str) -> str:
    return reverse(name, args=[subject])


def _reads_of(subject: str) -> list[asking.Found]:
    asker = asking.Asker("US-AUDIT", Role.REGISTRAR)
    with wiring.gateway() as caller:
        found = caller.ask(asking.Reads(subject, asker, "test"))
    return list(found["reads"])


@pytest.mark.parametrize("who", MAY)
def test_each_office_opens_what_the_table_gives_it_and_nothing_else(
    desk: Desk, who: tuple[str, Office]
) -> None:
    one, client = _abroad(), desk.client(*who)
    opened = {name for name in PAGES if client.get(_address(name, one.subject)).status_code == 200}
    assert opened == MAY[who]


def test_nobody_signed_in_sees_nobody(desk: Desk) -> None:
    del desk
    one = _abroad()
    for name in (*PAGES, "person_reads"):
        assert (
            Client(headers={"host": "localhost"}).get(_address(name, one.subject)).status_code
            == 404
        )


def test_not_allowed_and_not_there_are_the_same_bytes(desk: Desk) -> None:
    client = desk.client("QM-STRANGER", Office.SENDING_OFFICER)
    answers = [
        client.get(_address("person", subject))
        for subject in (_abroad().subject, "p_" + "0" * 26, "x")
    ]
    assert {one.status_code for one in answers} == {404}
    assert len({desks.plain(one) for one in answers}) == 1


def test_a_guest_of_the_other_state_sees_somebody_only_once_authorised(desk: Desk) -> None:
    put_forward = Standing.objects.filter(relation=Relation.RECEIVER).values("circle")
    before = Person.objects.exclude(circle__in=put_forward)[0]
    assert before.stage not in {"authorised", "accepted", "scheduled"}
    guest = desk.client("SV-MJSP", Office.RECEIVING_OFFICER)
    assert guest.get(_address("person", before.subject)).status_code == 404
    after = Person.objects.filter(stage="authorised", circle__in=put_forward)[0]
    assert guest.get(_address("person", after.subject)).status_code == 200


def test_only_the_auditor_sees_who_read_and_every_page_stands_there(desk: Desk) -> None:
    one, officer = _abroad(), desk.client(*OFFICER)
    officer.get(_address("person_timeline", one.subject))
    auditor = desk.client("US-AUDIT", Office.AUDITOR)
    answer = auditor.get(_address("person_reads", one.subject))
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "page person_timeline" in text
    assert desk.people[OFFICER].key in text
    for who in MAY.keys() - {("US-AUDIT", Office.AUDITOR)}:
        assert desk.client(*who).get(_address("person_reads", one.subject)).status_code == 404
    assert auditor.get(_address("person_reads", "p_" + "0" * 26)).status_code == 404


def test_a_page_is_recorded_once_and_a_refused_one_not_at_all(desk: Desk) -> None:
    one = Person.objects.filter(custodian="receiving").order_by("-subject")[0]
    count = len(_reads_of(one.subject))
    desk.client(*OFFICER).get(_address("person", one.subject))
    desk.client("US-FINANCE", Office.FINANCE).get(_address("person", one.subject))
    assert len(_reads_of(one.subject)) == count + 2  # the page, and this asking before it


def test_the_overview_says_where_and_by_what_right(desk: Desk) -> None:
    one = _abroad()
    text = desk.client(*OFFICER).get(_address("person", one.subject)).content.decode()
    for said in (one.facility, one.cell, "US-COURT", "US-DOJ-OIA as transfer officer", one.case):
        assert said in text, said
    assert "Synthetic person" in text
    assert "(America/El_Salvador)" in text


def test_somebody_held_past_the_date_is_told_before_all_else(desk: Desk) -> None:
    late = Person.objects.filter(custody="held", release_on__lt=wiring_now()).first()
    assert late is not None
    text = desk.client(*OFFICER).get(_address("person", late.subject)).content.decode()
    assert text.index("Held past the date") < text.index("<h2")


def wiring_now() -> object:
    """The instant up to which the demonstration has happened."""
    from habeas.web.clock import now  # noqa: PLC0415 - beside its only use

    return now()


def test_a_stay_and_what_is_not_established_are_counted(desk: Desk) -> None:
    one = Person.objects.filter(stays__gt=0)[0]
    text = desk.client(*OFFICER).get(_address("person", one.subject)).content.decode()
    assert "1 stay in force" in text


def test_the_timeline_is_newest_first_and_whole(desk: Desk) -> None:
    one = _abroad()
    text = desk.client(*OFFICER).get(_address("person_timeline", one.subject)).content.decode()
    rows = [row.index for row in wiring.register().store.of_person(one.subject)]
    places = [text.index(f'id="entry-{index}"') for index in rows]
    assert places == sorted(places, reverse=True)
    assert text.count("moj-timeline__item") == len(rows)


def test_the_timeline_speaks_spanish(desk: Desk) -> None:
    one = _abroad()
    address = _address("person_timeline", one.subject).replace("/en/", "/es/")
    assert "Traslado autorizado" in desk.client(*OFFICER).get(address).content.decode()


def test_a_receipt_is_the_persons_and_verifies(desk: Desk) -> None:
    one, client = _abroad(), desk.client(*OFFICER)
    place = [one.subject, one.latest_index]
    text = client.get(reverse("person_receipt_json", args=place)).content.decode()
    trust = wiring.trust()
    assert receipt_verdict(text, trust).fault is None
    pdf = client.get(reverse("person_receipt_pdf", args=place))
    assert pdf.content.startswith(b"%PDF")
    page = client.get(reverse("person_receipt", args=place))
    assert b"DEMONSTRATION on synthetic people" in page.content


def test_no_receipt_of_another_under_somebodys_number(desk: Desk) -> None:
    one, client = _abroad(), desk.client(*OFFICER)
    other = Person.objects.exclude(subject=one.subject)[0]
    for name in ("person_receipt", "person_receipt_json", "person_receipt_pdf"):
        for index in (other.latest_index, 0, 10**9):
            answer = client.get(reverse(name, args=[one.subject, index]))
            assert answer.status_code == 404, (name, index)


def test_the_signed_record_holds_every_event_and_each_receipt_verifies(desk: Desk) -> None:
    one = _abroad()
    answer = desk.client(*OFFICER).get(_address("person_record", one.subject))
    found, trust = json.loads(answer.content), wiring.trust()
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert (found["register_number"], found["not_covered"]) == (one.subject, [])
    whole = len(list(wiring.register().store.of_person(one.subject)))
    assert len(found["receipts"]) == whole == found["events"]
    for text in map(json.dumps, found["receipts"]):
        assert receipt_verdict(text, trust).fault is None
    receipt.read(json.dumps(found["receipts"][0]))


def test_no_log_line_holds_a_register_number(
    desk: Desk, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    one = Person.objects.annotate(place=F("latest_index")).order_by("place")[0]
    with caplog.at_level(logging.DEBUG, logger="habeas"):
        for name in PAGES:
            desk.client(*OFFICER).get(_address(name, one.subject))
    said = capfd.readouterr()
    assert one.subject not in caplog.text + said.out + said.err
    assert Path(desk.folder).exists()
