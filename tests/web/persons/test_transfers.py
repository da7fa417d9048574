"""Manifests, today's board and search: whom they show nothing, and what is recorded of them."""

import csv
import io
import json
import re

import pytest
from django.urls import reverse

import desks
from desks import Desk
from habeas.service import asking
from habeas.terms import Office, Role
from habeas.web import wiring
from habeas.web.readmodels.models import Line, Person

OFFICER = ("US-DOJ-OIA", Office.SENDING_OFFICER)
GUEST = ("SV-MJSP", Office.RECEIVING_OFFICER)
NOBODY = "p_" + "0" * 26
MINUTE = re.compile(r"\d\d:\d\d \+00:00")  # of which a page says that it is
NOBODYS = [
    ("SV-CONSULATE", Office.CONSULATE),
    ("US-AUDIT", Office.AUDITOR),
    ("US-FINANCE", Office.FINANCE),
    ("US-BOP", Office.ADMINISTRATOR),
    ("QM-STRANGER", Office.SENDING_OFFICER),
]


def _waiting() -> Line:
    return Line.objects.filter(boarded=None).order_by("line")[0]


def _reads_of(subject: str) -> list[str]:
    with wiring.gateway() as caller:
        asker = asking.Asker("US-AUDIT", Role.REGISTRAR)
        found = caller.ask(asking.Reads(subject, asker, "test"))
    return [str(one["what"]) for one in found["reads"]]


@pytest.mark.parametrize("who", NOBODYS)
def test_whoever_sees_no_event_sees_no_manifest(desk: Desk, who: tuple[str, Office]) -> None:
    client, number = desk.client(*who), _waiting().manifest
    pages = [reverse("transfers"), reverse("board")]
    pages += [reverse(name, args=[number]) for name in ("manifest", "manifest_list")]
    assert {client.get(address).status_code for address in pages} == {404}


def test_a_manifest_lists_everybody_and_records_each(desk: Desk) -> None:
    number = _waiting().manifest
    subjects = set(Line.objects.filter(manifest=number).values_list("subject", flat=True))
    before = {one: len(_reads_of(one)) for one in subjects}
    text = desk.client(*OFFICER).get(reverse("manifest", args=[number])).content.decode()
    assert all(one in text for one in subjects)
    assert {one: len(_reads_of(one)) - before[one] for one in subjects} == dict.fromkeys(
        subjects, 2
    )


def test_the_list_for_the_escort_holds_numbers_and_nothing_else(desk: Desk) -> None:
    line = _waiting()
    one = Person.objects.get(subject=line.subject)
    text = (
        desk.client(*OFFICER).get(reverse("manifest_list", args=[line.manifest])).content.decode()
    )
    assert line.subject in text
    for said in (one.case, one.outcome, "Next", one.stage):
        assert said not in text, said


def test_a_manifest_that_is_not_there_and_one_not_seen_are_the_same(desk: Desk) -> None:
    court = desk.client("SV-COURT", Office.COURT)
    answers = [court.get(reverse("manifest", args=[one])) for one in (_waiting().manifest, "m-0")]
    assert {one.status_code for one in answers} == {404}
    assert desks.plain(answers[0]) == desks.plain(answers[1])


def test_the_list_is_the_same_as_csv_and_as_json(desk: Desk) -> None:
    client = desk.client(*OFFICER)
    rows = list(
        csv.DictReader(io.StringIO(client.get("/en/transfers/?format=csv").content.decode()))
    )
    found = json.loads(client.get("/en/transfers/?format=json").content)["rows"]
    assert [one["manifest"] for one in rows] == [one["manifest"] for one in found]
    assert {one["manifest"] for one in rows} == set(Line.objects.values_list("manifest", flat=True))
    assert desk.client(*OFFICER).get("/en/transfers/?open=1").status_code == 200


def test_the_board_shows_who_waits(desk: Desk) -> None:
    text = desk.client(*OFFICER).get(reverse("board")).content.decode()
    assert _waiting().subject in text


# Search


def _search(desk: Desk, who: tuple[str, Office], asked: str) -> str:
    answer = desk.client(*who).get(reverse("search"), {"q": asked})
    return answer.headers.get("Location", desks.plain(answer))


def test_a_whole_number_leads_straight_there(desk: Desk) -> None:
    one = Person.objects.filter(custodian="receiving")[0]
    at = reverse("person", args=[one.subject])
    assert _search(desk, OFFICER, one.subject) == at
    assert _search(desk, OFFICER, one.subject[:12]) == at
    assert "search" in _reads_of(one.subject)
    assert _search(desk, OFFICER, one.case).endswith((at, f"{one.case}/"))
    manifest = one.manifest
    assert _search(desk, OFFICER, manifest) == reverse("manifest", args=[manifest])


def test_an_event_is_found_by_its_index_and_by_its_id(desk: Desk) -> None:
    one = Person.objects.filter(custodian="receiving")[0]
    row = next(iter(wiring.register().store.rows(one.latest_index, one.latest_index + 1)))
    for asked in (str(one.latest_index), row.event_id):
        found = _search(desk, OFFICER, asked)
        assert found.startswith(reverse("person_timeline", args=[one.subject])), asked
        assert found.endswith(f"#entry-{one.latest_index}")


def test_a_beginning_of_less_than_six_characters_finds_nothing(desk: Desk) -> None:
    one = Person.objects.all()[0]
    for asked in (one.subject[:5], "p_", "%", "p_____", ""):
        assert one.subject not in _search(desk, OFFICER, asked)


@pytest.mark.parametrize("who", [*NOBODYS, ("SV-COURT", Office.COURT)])
def test_what_is_not_seen_is_not_found_and_looks_like_nothing(
    desk: Desk, who: tuple[str, Office]
) -> None:
    one = Person.objects.filter(custodian="sending")[0]
    row = next(iter(wiring.register().store.rows(one.latest_index, one.latest_index + 1)))

    def said(asked: str) -> str:
        return MINUTE.sub("", _search(desk, who, asked).replace(asked, ""))

    nothing = said(NOBODY)
    for asked in (one.subject, one.case, one.manifest, str(one.latest_index), row.event_id):
        if asked:
            assert said(asked) == nothing, asked
