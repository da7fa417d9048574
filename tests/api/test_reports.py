"""Reports through the API and at a terminal: who learns of a complaint, and nobody's number."""

import subprocess
import sys
from secrets import token_bytes

import pytest

import served
from habeas.service import transfer
from habeas.terms import Deed
from served import State

Row = dict[str, object]
NOBODY = "p_" + "0" * 25 + "1"


def new_key() -> str:
    return transfer.ulid(served.now(), token_bytes(10))


def held(state: State) -> str:
    """Somebody whom the sending state's facility holds."""
    token = state.somebody("facility_officer", "SE-KVV")
    found = state.get("/api/v1/persons?limit=1", token).json()["items"]
    return str(found[0]["subject"])


def of_facility(state: State, subject: str) -> list[tuple[int, object]]:
    """Every answer about a person that the facility's officer is given, but its footing."""
    token = state.somebody("facility_officer", "SE-KVV")
    told = []
    for what in ("", "/events", "/clocks", "/intervals"):
        found = state.get(f"/api/v1/persons/{subject}{what}", token)
        body = found.json()
        for name in ("basis", "as_of"):
            body.pop(name, None)
        told.append((found.status, body))
    return told


def test_the_facility_learns_nothing_of_a_complaint_and_the_answering_state_all_of_it(
    sending: State,
) -> None:
    subject = held(sending)
    before = of_facility(sending, subject)
    monitor = sending.somebody("monitor")
    stated = {"at": served.now().isoformat(), "kind": "ill_treatment", "text": "beaten"}
    path = f"/api/v1/persons/{subject}/deeds"
    made = sending.post(f"{path}/make_complaint", monitor, stated, new_key()).json()
    officer = sending.somebody("sending_officer", "SE-KVV")
    reply = {"at": served.now().isoformat(), "complaint": made["id"], "reply": "looked into"}
    answered = sending.post(f"{path}/answer_complaint", officer, reply, new_key())
    assert answered.status == 200, answered.json()
    again = sending.post(f"{path}/answer_complaint", officer, reply, new_key())
    assert again.status == 200, again.json()
    assert of_facility(sending, subject) == before
    facility = sending.somebody("facility_officer", "SE-KVV")
    nothing = sending.get("/api/v1/events/999999", facility).json()
    for index in (made["index"], answered.json()["index"]):
        for what in ("", "/receipt"):
            found = sending.get(f"/api/v1/events/{index}{what}", facility)
            assert (found.status, found.json()) == (404, nothing)
    for token in (officer, monitor):
        found = sending.get(f"/api/v1/events/{made['index']}", token)
        assert "beaten" in str(found.json())


def elsewhere(state: State, other: State) -> str:
    """A number that one register has and the other has not."""
    mine = {str(one["subject"]) for one in _persons(other, other.somebody("monitor"))}
    found = (str(one["subject"]) for one in _persons(state, state.somebody("monitor")))
    return next(one for one in found if one not in mine)


@pytest.mark.parametrize(
    "deed",
    [
        Deed.MAKE_COMPLAINT, Deed.ANSWER_COMPLAINT, Deed.REPORT_INCIDENT, Deed.RECORD_VISIT,
        Deed.RECORD_BLOCKED_VISIT, Deed.RECORD_FINDING, Deed.ANSWER_FINDING,
    ],
)  # fmt: skip
def test_a_report_about_a_number_that_is_not_here_is_answered_alike_wherever_else_it_is(
    states: list[State], deed: Deed
) -> None:
    """Nobody's number, and one that the other state's register has and this one has not."""
    here, there = states
    token = there.somebody("facility_officer")
    said = {"at": served.now().isoformat()}
    answers = [
        there.post(f"/api/v1/persons/{subject}/deeds/{deed.value}", token, said, new_key())
        for subject in (NOBODY, elsewhere(here, there))
    ]
    told = {(one.status, str(one.json())) for one in answers}
    assert len(told) == 1, told
    assert answers[0].status in {404, 422}


def _persons(state: State, token: str) -> list[Row]:
    found = list[Row]()
    for page in (1, 2, 3):
        there = state.get(f"/api/v1/persons?limit=100&page={page}", token)
        found += there.json().get("items", []) if there.status == 200 else []
    return found


def test_at_a_terminal_too_a_number_that_is_not_here_is_refused_in_one_sentence(
    sending: State, receiving: State
) -> None:
    key = served.key_of(receiving, receiving.somebody("receiving_officer"))
    said, text = list[bool](), ""
    for subject in (NOBODY, elsewhere(sending, receiving)):
        words = [
            sys.executable, "-m", "habeas", "act", str(receiving.folder / "register.sqlite3"),
            "incident.reported", subject, "--agreement", "SE-EE", "--body", "document=d",
            "--by", f"EE-VANGLA/transferring/{key}", "--at", served.now().isoformat(),
        ]  # fmt: skip
        done = subprocess.run(words, check=False, capture_output=True, cwd=served.ROOT)  # noqa: S603 - our own
        assert done.returncode == 3, done.stderr.decode()
        text = " ".join(done.stderr.decode().split())
        said.append("H601 nobody is on this register under this number (index " in text)
    assert said == [True, True], text


@pytest.mark.parametrize("data", [b"MZ\x90\x00", b"<script>alert(1)</script>", b"PK\x03\x04"])
def test_what_is_attached_to_a_report_is_kept_by_its_digest_whatever_it_is(
    sending: State, data: bytes
) -> None:
    path, monitor = f"/api/v1/persons/{held(sending)}/attachments", sending.somebody("monitor")

    def sent(data: bytes, token: str) -> served.Reply:
        named = b'form-data; name="document"; filename="../../a.pdf"'
        head = b"--x\r\nContent-Disposition: " + named + b"\r\n\r\n"
        headers = {"Content-Type": "multipart/form-data; boundary=x", "Idempotency-Key": new_key()}
        return sending.ask("POST", path, token, head + data + b"\r\n--x--\r\n", headers)

    kept = sent(data, monitor)
    assert kept.status == 200, kept.body
    assert (sending.folder / "evidence" / kept.json()["digest"]).read_bytes() == data
    assert sent(b"a" * 12_000_000, monitor).status == 413
    assert sent(data, "sending-officer.qm-stranger").status == 404
