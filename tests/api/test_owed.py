"""Duties through the API: of whom the asker may see events, answered under a key like every act."""

from secrets import token_bytes
from typing import Any

import pytest

import served
from habeas.service import transfer
from served import State


def officer(state: State) -> str:
    return state.somebody("sending_officer", "SE-KVV")


def owed(state: State, who: str, query: str = "limit=100") -> dict[str, Any]:
    found = state.get(f"/api/v1/duties?{query}", who)
    assert found.status == 200, found.body
    told: dict[str, Any] = found.json()
    return told


@pytest.mark.parametrize("office", ["finance", "auditor", "administrator", "consulate"])
def test_an_office_that_reads_no_event_is_told_of_no_duty(sending: State, office: str) -> None:
    assert owed(sending, sending.somebody(office))["count"] == 0


def test_a_stranger_and_a_narrow_token_are_told_nothing(sending: State) -> None:
    assert owed(sending, sending.somebody("sending_officer", "QM-STRANGER"))["count"] == 0
    narrow = sending.made_tokens("see_docket")
    assert sending.get("/api/v1/duties", narrow[officer(sending)]).status == 404


def test_each_sees_the_duties_of_those_whose_events_they_see(sending: State) -> None:
    whole = owed(sending, officer(sending))
    guest = sending.somebody("receiving_officer", "EE-VANGLA")
    mine = owed(sending, guest)
    assert 0 < int(str(mine["count"])) <= int(str(whole["count"]))
    for one in mine["items"][:5]:
        assert sending.get(f"/api/v1/persons/{one['subject']}/events", guest).status == 200


def test_filters_narrow_and_a_wrong_one_names_the_field(sending: State) -> None:
    who = officer(sending)
    late = owed(sending, who, "state=overdue&side=receiving&limit=3")
    assert late["items"]
    for one in late["items"]:
        assert (one["state"], one["owed_by"]) == ("overdue", "receiving")
        assert one["days_late"] >= 0
    for query, field in (("state=late", "state"), ("side=mars", "side"), ("dutty=D-2", "dutty")):
        found = sending.get(f"/api/v1/duties?{query}", who)
        assert (found.status, found.json()["code"]) == (422, "H852")
        assert field in found.json()["where"]


def test_reads_are_recorded_of_each_whose_duty_is_shown(sending: State) -> None:
    before = served.reads_size(sending)
    found = owed(sending, officer(sending), "state=overdue&limit=9")
    shown = {one["subject"] for one in found["items"]}
    assert served.reads_size(sending) == before + len(shown)


def test_an_answer_closes_the_duty_that_it_names_and_no_unknown_one(sending: State) -> None:
    who = officer(sending)
    found = owed(sending, who, "duty=D-20&side=sending&state=no%20number%20fixed&limit=1")
    one = found["items"][0]
    path = f"/api/v1/persons/{one['subject']}/deeds/answer_duty"
    stated = {"at": served.now().isoformat(), "duty": "D-20", "event": one["event"]}
    wrong = sending.post(path, who, stated | {"duty": "D-999"}, _key())
    assert wrong.json()["code"] == "H901"
    assert sending.post(path, sending.somebody("finance"), stated, _key()).status == 404
    done = sending.post(path, who, stated, _key())
    assert done.status == 200, done.body
    met = owed(sending, who, "duty=D-20&state=met")["items"]
    index = done.json()["index"]
    assert [row["event"] for row in met if row["answer_index"] == index] == [one["event"]]


def _key() -> str:
    return transfer.ulid(served.now(), token_bytes(10))
