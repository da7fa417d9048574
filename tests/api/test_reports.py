"""Reports through the API and at a terminal: who learns of a complaint, and nobody's number."""

import json
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


def stated(**said: object) -> Row:
    return {"at": served.now().isoformat(), **said}


def test_an_inquiry_is_answered_with_what_the_register_says_or_with_what_is_stated(
    sending: State,
) -> None:
    subject = held(sending)
    path = f"/api/v1/persons/{subject}/deeds"
    court, facility = sending.somebody("court"), sending.somebody("facility_officer", "SE-KVV")
    there = sending.get(f"/api/v1/persons/{subject}", facility).json()["person"]["held"]
    for office in ("finance", "auditor", "monitor", "counsel"):
        answer = sending.post(f"{path}/answer_inquiry", sending.somebody(office),
                              stated(inquiry="x"), new_key())  # fmt: skip
        assert answer.status == 404, office
    made = sending.post(f"{path}/make_inquiry", court, stated(asked="Where?"), new_key())
    assert made.status == 200, made.json()
    said, key = stated(inquiry=made.json()["id"]), new_key()
    done = sending.post(f"{path}/answer_inquiry", facility, said, key)
    assert done.status == 200, done.json()
    more = sending.post(f"{path}/answer_inquiry", facility, said | {"facility": "X"}, new_key())
    assert more.status == 200, more.json()
    again = sending.post(f"{path}/answer_inquiry", facility, said, key)
    assert (again.status, again.json()["index"]) == (200, done.json()["index"]), "sent twice"
    other = sending.post(f"{path}/answer_inquiry", facility, said | {"reply": "r"}, key)
    assert (other.status, "H533" in str(other.json())) == (409, True)
    bodies = [
        json.loads(sending.get(f"/api/v1/events/{index}", court).json()["event"]["body"])["body"]
        for index in (done.json()["index"], more.json()["index"])
    ]
    assert [one["facility"] for one in bodies] == [there["facility"], "X"]
    for one in bodies:
        assert (one["status"], one["custodian"]) == (there["status"], there["custodian"])
        assert one["inquiry"] == made.json()["id"]
        assert {"as_of", "basis", "basis_until", "proof"} <= one.keys()


def test_a_placement_apart_ends_by_its_own_event_alone_and_says_hours_of_a_day(
    sending: State,
) -> None:
    path = f"/api/v1/persons/{held(sending)}/deeds"
    facility = sending.somebody("facility_officer", "SE-KVV")
    for hours in ("25", "24.5", "-1", "1,5", "many", 22):
        said = stated(reason="r", hours_in_cell=hours)
        answer = sending.post(f"{path}/start_segregation", facility, said, new_key())
        assert answer.status == 422, hours
    said = stated(reason="r", hours_in_cell="22.5", light="constant")
    begun = sending.post(f"{path}/start_segregation", facility, said, new_key())
    assert begun.status == 200, begun.json()
    for name in (new_key(), "x"):
        ended = sending.post(f"{path}/end_segregation", facility, stated(segregation=name),
                             new_key())  # fmt: skip
        assert (ended.status, "H623" in str(ended.json())) == (409, True)
    said = stated(segregation=begun.json()["id"])
    assert sending.post(f"{path}/end_segregation", facility, said, new_key()).status == 200


def elsewhere(state: State, other: State) -> str:
    """A number that one register has and the other has not."""
    mine = {str(one["subject"]) for one in _persons(other, other.somebody("monitor"))}
    found = (str(one["subject"]) for one in _persons(state, state.somebody("monitor")))
    return next(one for one in found if one not in mine)


@pytest.mark.parametrize(
    "deed",
    [
        Deed.MAKE_COMPLAINT, Deed.ANSWER_COMPLAINT, Deed.REPORT_INCIDENT, Deed.RECORD_VISIT,
        Deed.RECORD_BLOCKED_VISIT, Deed.RECORD_FINDING, Deed.ANSWER_FINDING, Deed.MAKE_INQUIRY,
        Deed.ANSWER_INQUIRY, Deed.START_SEGREGATION, Deed.END_SEGREGATION,
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
