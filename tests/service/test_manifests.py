"""A route's last manifest, whichever way events reach the register."""

import base64
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

import acting
import gateways
from acting import SCHEDULED, Story, key_of
from gateways import Office, person
from habeas.errors import HabeasError
from habeas.register import events, signing
from habeas.register.events import Actor
from habeas.register.log import Signed
from habeas.service import draft
from habeas.service.asking import Under

UNDER = Under(acting.DEAL, "US", "SV")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return acting.installed(tmp_path / "both", "US", "SV")


@pytest.fixture
def office(path: Path) -> Iterator[Office]:
    with gateways.office(path, acting.hands("US", "SV")) as found:
        yield found


def signed(
    office: Office, number: int, kind: str, hours: float, before: Signed | None = None
) -> Signed:
    """The next custody event of a person, as its officers sign it elsewhere.

    It follows the person's head in the register, or an event that is not there yet.
    """
    asked = Story(office.caller, person(number)).asked(kind, hours=hours, manifest=f"m{number}")
    head = office.log.head(person(number))
    if before is not None:
        seq = int(str(events.parse(before.body)["seq"]))
        head = (seq, base64.b64encode(before.entry).decode())
    actors = [Actor(one.authority, one.role.value, one.key) for one in asked.signers]
    stated = draft.Stated(asked.id, kind, acting.DEAL, asked.subject, asked.at, actors, asked.body)
    data = events.canonical(draft.body(stated, head, moves_custody=True))
    block = signing.sigblock(data, [key_of(one.authority) for one in asked.signers])
    return Signed(data, block, gateways.seed(asked.id))


def ready(office: Office, *numbers: int) -> None:
    """Persons who are scheduled, each on a manifest of the person's number."""
    for number in numbers:
        story = Story(office.caller, person(number)).tell(*SCHEDULED[:-1])
        story.act("transfer.scheduled", manifest=f"m{number}")


def leaves(office: Office, number: int, hours: float) -> Signed:
    return signed(office, number, "custody.departed", hours)


def arrives(office: Office, number: int, hours: float, before: Signed) -> Signed:
    return signed(office, number, "custody.handed_over", hours, before)


def codes(outcomes: list[int | HabeasError]) -> list[str]:
    return ["" if isinstance(one, int) else one.code for one in outcomes]


def test_an_appended_batch_does_not_leave_past_its_own_open_manifest(office: Office) -> None:
    ready(office, 1, 2)
    one, two = leaves(office, 1, 90), leaves(office, 2, 120)
    size = office.log.size
    with pytest.raises(HabeasError) as caught:
        office.caller.append([one, two], UNDER)
    assert (caught.value.code, office.log.size) == ("H608", size)
    office.caller.append([one, arrives(office, 1, 98, one), two], UNDER)
    assert office.log.size == size + 3


def test_a_submission_is_refused_past_an_open_manifest_and_in_its_own_order(
    office: Office,
) -> None:
    ready(office, 1, 2, 3)
    one, two, three = (leaves(office, n, 80 + 10 * n) for n in (1, 2, 3))
    arrived = arrives(office, 1, 98, one)
    assert codes(office.caller.submit([one, two, arrived, three], UNDER)) == ["", "H608", "", ""]
    assert codes(office.caller.submit([two], UNDER)) == ["H608"]
    assert codes(office.caller.submit([one, arrived], UNDER)) == ["", ""]


def test_a_gateway_that_starts_anew_still_knows_the_open_manifest(path: Path) -> None:
    with gateways.office(path, acting.hands("US", "SV")) as office:
        ready(office, 1, 2)
        office.caller.append([leaves(office, 1, 90)], UNDER)
    with gateways.office(path, acting.hands("US", "SV")) as office:
        with pytest.raises(HabeasError) as caught:
            office.caller.append([leaves(office, 2, 120)], UNDER)
        assert caught.value.code == "H608"


def test_a_return_is_another_route(office: Office) -> None:
    ready(office, 1, 2)
    Story(office.caller, person(1)).act("custody.departed", manifest="m1")
    story = Story(office.caller, person(1))
    found = story.act("custody.handed_over", manifest="m1")
    office.caller.ask(acting.signature(found))
    Story(office.caller, person(2)).act("custody.departed", hours=120, manifest="m2")
    back = {"manifest": "b1", "line": 1, "escort": "e", "fit_to_travel": "f"}
    assert "index" in story.act("custody.departed", ["SV-DGCP:custodian"], hours=121, **back)


def test_a_corrected_manifest_counts_as_corrected(office: Office) -> None:
    ready(office, 1, 2, 3)
    story = Story(office.caller, person(1))
    departed = story.asked("custody.departed", manifest="m1")
    office.caller.ask(departed)
    later = Story(office.caller, person(2))
    with pytest.raises(HabeasError):
        later.act("custody.departed", hours=120, manifest="m2")
    body = {**departed.body, "manifest": "m2"}
    asked = story.asked("correction", ["US-BOP:custodian"], reason="r", body=body)
    at = datetime.fromisoformat(departed.at).isoformat()
    office.caller.ask(acting.replace(asked, corrects=departed.id, at=at))
    assert "index" in later.act("custody.departed", hours=100, manifest="m2")
    third = Story(office.caller, person(3))
    with pytest.raises(HabeasError) as caught:
        third.act("custody.departed", hours=120, manifest="m3")
    assert caught.value.code == "H608"


def test_who_boards_with_the_next_manifest_waits_for_the_one_before_it(office: Office) -> None:
    """What was written before anybody asked for the route may have left too early."""
    ready(office, 1, 2)
    third = Story(office.caller, person(3)).tell(*SCHEDULED[:-1])
    third.act("transfer.scheduled", manifest="m2", line=2)
    one, two = leaves(office, 1, 90), leaves(office, 2, 100)
    office.log.append([one, two], office.now)
    with pytest.raises(HabeasError) as caught:
        third.act("custody.departed", hours=101, manifest="m2", line=2)
    assert caught.value.code == "H608"
    office.caller.append([arrives(office, 1, 98, one)], UNDER)
    assert "index" in third.act("custody.departed", hours=101, manifest="m2", line=2)
