"""A handover between two installations, its messages carried as files by officers of each state."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from secrets import token_bytes

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

import desks
from desks import Answer, Desk
from habeas.register.events import Json
from habeas.service import asking, transfer
from habeas.service.asking import Hand, Officer
from habeas.terms import Office, Role
from habeas.web import wiring
from habeas.web.clock import now
from habeas.web.readmodels import rebuild
from habeas.web.readmodels.models import Line, Person

US, SV = ("US-BOP", Office.SENDING_OFFICER), ("SV-DGCP", Office.RECEIVING_OFFICER)


def _key(authority: str) -> str:
    return wiring.keys_at_hand()[authority][0]


def _write(client: Client) -> bytes:
    answer = client.post(reverse("exchange_write"))
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment"), answer.content
    return bytes(answer.content)


def _take(client: Client, message: bytes) -> Answer:
    return client.post(
        reverse("exchange_take"), {"message": SimpleUploadedFile("message.txt", message)}
    )


def _act(kind: str, one: Line, body: dict[str, Json], hands: tuple[Hand, ...]) -> str:
    """An act at the gateway; returns the id of its event."""
    at = now()
    name = transfer.ulid(at, token_bytes(10))
    act = asking.Act(
        name, kind, one.subject, at.isoformat(), body, hands, "OAS-A57", "US", "SV", "SV-PRISON-1"
    )
    with wiring.gateway() as caller:
        caller.ask(act)
    return name


def _departs_and_is_handed_over(one: Line, theirs: str) -> str:
    """The departure, and the draft of the handover that lacks the other state's signature."""
    line: dict[str, Json] = {"manifest": one.manifest, "line": one.line}
    flight: dict[str, Json] = {**line, "escort": "two officers", "fit_to_travel": "0" * 64}
    _act("custody.departed", one, flight, (Hand("US-BOP", Role.CUSTODIAN, _key("US-BOP")),))
    over: dict[str, Json] = {**line, "from": "US-PRISON-1", "to": "SV-PRISON-1"}
    hands = (
        Hand("US-BOP", Role.RELEASING, _key("US-BOP")),
        Hand("SV-DGCP", Role.RECEIVING, theirs),
    )
    return _act("custody.handed_over", one, over, hands)


def _ready() -> Line:
    """Somebody who waits to depart under no stay, and of whom no fact has lapsed."""
    free = Person.objects.filter(next_deed="depart", stays=0, fresh_until__gt=now())
    one = free.exclude(manifest="").filter(custodian="sending").order_by("line")[0]
    return Line.objects.get(subject=one.subject, manifest=one.manifest)


class Post:
    """Both installations, opened one after the other, and the files carried between them."""

    def __init__(self, both: dict[str, Path], made: Path, folder: Path) -> None:
        self._stand, self._made, self._folder, self._turns = dict(both), made, folder, count()

    @contextmanager
    def at(self, state: str) -> Iterator[Desk]:
        """One of them, as it was left; what is done there stays."""
        keep = self._folder / f"{state}-{next(self._turns)}"
        with desks.open_over(self._stand[state], self._made, keep=keep) as desk:
            yield desk
        self._stand[state] = keep

    def carry(self, state: str, message: bytes | None) -> tuple[str, bytes]:
        """Take in what came and write what goes; returns the page that told, and the file."""
        with self.at(state) as desk:
            client = desks.proved(desk.client(*(US if state == "US" else SV)))
            told = "" if message is None else _take(client, message).content.decode()
            return told, _write(client)


def test_a_handover_goes_there_and_back_by_files(
    both: dict[str, Path], made: Path, tmp_path: Path
) -> None:
    post = Post(both, made, tmp_path)
    with post.at("SV"):
        theirs = _key("SV-DGCP")
    with post.at("US") as desk:
        one = _ready()
        draft = _departs_and_is_handed_over(one, theirs)
        rebuild.follow()
        client = desks.proved(desk.client(*US))
        assert one.subject in client.get(reverse("exchange")).content.decode()
        there = _write(client)
        manifest = client.get(reverse("manifest", args=[one.manifest])).content.decode()
        assert "Departures from the sending state are frozen" in manifest
    told, back = post.carry("SV", there)
    while "Waits for a signature" not in told:  # a file holds so much; the rest comes when it came
        told, there = post.carry("US", back)
        assert "refused" not in told
        told, back = post.carry("SV", there)
    assert draft in told
    with post.at("SV") as desk:
        client = desks.proved(desk.client(*SV))
        assert one.subject in client.get(reverse("exchange")).content.decode()
        with wiring.gateway() as caller:
            signed = caller.ask(asking.Sign(draft, Officer("SV-DGCP", theirs)))
        rebuild.follow()
        assert Person.objects.get(subject=one.subject).custodian == "receiving"
        back = _write(client)
    assert isinstance(signed["index"], int)
    with post.at("US") as desk:
        client = desks.proved(desk.client(*US))
        assert "Register entry" in _take(client, back).content.decode()
        assert Person.objects.get(subject=one.subject).custodian == "receiving"
        manifest = client.get(reverse("manifest", args=[one.manifest])).content.decode()
        assert "frozen" not in manifest
        assert "Arrived" in manifest


OTHERS = [
    ("SV-MJSP", Office.RECEIVING_OFFICER),  # a guest: of the other state
    ("US-BOP", Office.FACILITY_OFFICER),
    ("US-COURT", Office.COURT),
    ("US-MONITOR", Office.MONITOR),
    ("US-AUDIT", Office.AUDITOR),
    ("QM-STRANGER", Office.SENDING_OFFICER),
]


@pytest.mark.parametrize("who", OTHERS)
def test_only_officers_of_its_own_state_carry_messages(desk: Desk, who: tuple[str, Office]) -> None:
    client = desks.proved(desk.client(*who))
    assert client.get(reverse("exchange")).status_code == 404
    assert client.post(reverse("exchange_write")).status_code == 404
    assert _take(client, b"x").status_code == 404


def test_a_message_is_carried_away_only_with_the_second_factor_and_is_recorded(desk: Desk) -> None:
    plain = desk.client(*US)
    assert plain.post(reverse("exchange_write")).status_code == 302
    _write(desks.proved(plain))
    told = Person.objects.filter(custodian="receiving")[0]
    with wiring.gateway() as caller:
        asker = asking.Asker("US-AUDIT", Role.REGISTRAR)
        found = caller.ask(asking.Reads(told.subject, asker, "test"))
    assert "message" in [one["what"] for one in found["reads"]]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xff\xfe", "H832"),
        (b"a" * (3 * 1024 * 1024 + 1), "H831"),
        (b"not a message", "H921"),
        (b"<script>alert(1)</script>", "H921"),
    ],
)
def test_what_is_no_message_is_refused_at_its_field_and_nothing_is_repeated(
    desk: Desk, data: bytes, code: str
) -> None:
    answer = _take(desks.proved(desk.client(*US)), data)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert code in text
    assert 'href="#id_message"' in text
    assert "<script>alert" not in text


def test_without_a_file_the_form_says_so(desk: Desk) -> None:
    answer = desks.proved(desk.client(*US)).post(reverse("exchange_take"), {})
    assert answer.status_code == 422
    assert b"There is a problem" in answer.content
