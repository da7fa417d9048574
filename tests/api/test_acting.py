"""Acts through the API: once for each key, nothing set that is not stated, refused as elsewhere."""

import subprocess
import sys
from secrets import token_bytes

import pytest

import served
from habeas.service import asking, transfer
from habeas.terms import Role
from served import State

Row = dict[str, object]


def new_key() -> str:
    return transfer.ulid(served.now(), token_bytes(10))


def officer(state: State) -> str:
    return state.somebody("sending_officer", "SE-KVV")


@pytest.fixture(scope="module")
def rows(states: list[State]) -> list[Row]:
    """Everybody whom the sending state's officer sees."""
    found, state = list[Row](), states[0]
    for page in (1, 2):
        path = f"/api/v1/persons?limit=100&page={page}"
        found += state.get(path, officer(state)).json()["items"]
    return found


def one_of(rows: list[Row], **wanted: object) -> str:
    """Somebody whose case stands so."""
    return next(
        str(row["subject"])
        for row in rows
        if all(row["course"][name] == value for name, value in wanted.items())  # type: ignore[index]
    )


def departure(line: int = 1) -> Row:
    return {
        "at": served.now().isoformat(),
        "manifest": "mf-test",
        "line": line,
        "escort": "escort of both states",
        "fit_to_travel": "0" * 64,
        "facility": "SE-PRISON-1",
    }


def withdrawal(reason: str = "no longer asked for") -> Row:
    return {"at": served.now().isoformat(), "reason": reason}


def test_the_same_act_under_the_same_key_is_recorded_once(sending: State, rows: list[Row]) -> None:
    subject = one_of(rows, stage="eligible")
    path, key = f"/api/v1/persons/{subject}/deeds/withdraw", new_key()
    stated = withdrawal()
    first, again = (sending.post(path, officer(sending), stated, key) for _ in range(2))
    assert first.status == again.status == 200
    told = [
        {name: one.json()[name] for name in ("id", "index", "waits_for")} for one in (first, again)
    ]
    assert told[0] == told[1]
    assert told[0]["id"] == key
    other = sending.post(path, officer(sending), withdrawal("for another reason"), key)
    assert (other.status, other.json()["code"]) == (409, "H533")


@pytest.mark.parametrize(
    "key", ["", "1", "01JDG4Z7Q3V9X8W2Y1N5K6M7R", "01jdg4z7q3v9x8w2y1n5k6m7rs", "é"]
)
def test_nothing_is_written_without_a_key(sending: State, rows: list[Row], key: str) -> None:
    subject = one_of(rows, stage="authorised")
    headers = {"Idempotency-Key": key} if key else {}
    path = f"/api/v1/persons/{subject}/deeds/withdraw"
    found = sending.ask("POST", path, officer(sending), withdrawal(), headers)
    assert (found.status, found.json()["code"]) == (400, "H853")


@pytest.mark.parametrize(
    "name",
    ["actors", "seq", "prev", "head", "agreement", "subject", "index", "id", "sections", "v"],
)
def test_nothing_is_set_by_a_name_that_somebody_guessed(
    sending: State, rows: list[Row], name: str
) -> None:
    path = f"/api/v1/persons/{one_of(rows, stage='authorised')}/deeds/withdraw"
    found = sending.post(path, officer(sending), withdrawal() | {name: "x"}, new_key())
    assert found.status == 422
    assert name in [one["field"] for one in found.json()["fields"]]


def by_command(state: State, subject: str, stated: Row, key: str) -> str:
    """What `habeas act` says on its last line when it is asked for the same departure."""
    carried = [
        word
        for name in ("manifest", "line", "escort", "fit_to_travel")
        for word in (
            "--body",
            f'{name}="{stated[name]}"' if name != "line" else f"line={stated[name]}",
        )
    ]
    words = [
        sys.executable, "-m", "habeas", "act", str(state.folder / "register.sqlite3"),
        "custody.departed", subject, "--agreement", "SE-EE", "--by", f"SE-KVV/custodian/{key}",
        "--at", str(stated["at"]), "--facility", str(stated["facility"]), *carried,
    ]  # fmt: skip
    done = subprocess.run(words, check=False, capture_output=True, cwd=served.ROOT)  # noqa: S603 - our own
    assert done.returncode == 3, done.stderr.decode()
    return " ".join(done.stderr.decode().split())


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"stage": "notified"}, "H609"),  # nobody has authorised it
        ({"stage": "scheduled", "stays": 1}, "H603"),  # a court has stayed it
        ({"stage": "scheduled", "stays": 0, "manifest": "LAPSED"}, "H605"),  # a fact has lapsed
    ],
)
def test_a_departure_is_refused_as_the_command_refuses_it(
    sending: State, rows: list[Row], wanted: Row, code: str
) -> None:
    if "manifest" in wanted:
        old = min(
            str(row["course"]["fresh_until"])  # type: ignore[index]
            for row in rows
            if row["course"]["stage"] == "scheduled"  # type: ignore[index]
        )
        wanted = {"stage": "scheduled", "fresh_until": old}
    subject, stated = one_of(rows, **wanted), departure()
    path = f"/api/v1/persons/{subject}/deeds/depart"
    found = sending.post(path, officer(sending), stated, new_key())
    told = found.json()
    assert (found.status, told["code"]) == (409, code)
    key = served.key_of(sending, officer(sending))
    # The index is where the act would have stood: the log may have grown between the two.
    words, _, remedy = str(told["detail"]).partition(" (index ")
    told_by_command = by_command(sending, subject, stated, key)
    assert words in told_by_command
    assert remedy.partition("). ")[2] in told_by_command


def test_two_officers_authorise_and_one_cannot_sign_twice(
    sending: State, receiving: State, rows: list[Row]
) -> None:
    first = officer(sending)
    for row in rows:
        course = dict(row["course"])  # type: ignore[call-overload]
        over = str(course["earliest"]) < served.now().isoformat()
        if course["stage"] != "notified" or course["objections"] or not over:
            continue
        subject, at = str(row["subject"]), {"at": served.now().isoformat()}
        path = f"/api/v1/persons/{subject}/deeds/screen"
        assert sending.post(path, first, at, new_key()).status == 200
        found = sending.get(f"/api/v1/persons/{subject}", first).json()["person"]["course"]
        if found["outcome"] == "eligible":
            break
    else:
        raise AssertionError("nobody's notice is over and nobody is eligible anew")
    second = f"{officer(sending)}.2"
    stated = {
        "at": served.now().isoformat(),
        "decisions": ["0" * 64],
        "second": {"authority": "SE-KVV", "key": served.key_of(sending, second)},
    }
    key = new_key()
    drafted = sending.post(f"/api/v1/persons/{subject}/deeds/authorise", first, stated, key).json()
    assert (drafted["index"], drafted["waits_for"]) == (None, ["SE-KVV"])
    assert key in [one["draft"] for one in sending.get("/api/v1/drafts", second).json()["items"]]
    sign = f"/api/v1/drafts/{key}/sign"
    twice = sending.post(sign, first, {}, key)
    assert (twice.status, twice.json()["code"]) == (409, "H620")
    for who in ("court.se-court", "finance.se-finance", "sending-officer.qm-stranger"):
        assert sending.post(sign, who, {}, key).status == 404, who
    signed = sending.post(sign, second, {}, key).json()
    assert signed["index"] is not None
    told = served.until(
        lambda: receiving.get(
            f"/api/v1/persons/{subject}", receiving.somebody("receiving_officer", "EE-VANGLA")
        ).status == 200,
        "the person, in the other state's installation",
    )  # fmt: skip
    assert told


def test_a_draft_is_dropped_by_whoever_signs_it_and_by_nobody_else(
    sending: State, rows: list[Row]
) -> None:
    subject, first = one_of(rows, stage="authorised"), officer(sending)
    accept = {
        "at": served.now().isoformat(), "facility": "TARTU", "place": "reserved",
        "space_check": "0" * 64,
        "second": {"authority": "EE-VANGLA", "key": "0" * 16},
    }  # fmt: skip
    path = f"/api/v1/persons/{subject}/deeds/accept"
    assert sending.post(path, first, accept, new_key()).status == 404, "it is the other state's"
    key = new_key()
    found = sending.post(f"/api/v1/drafts/{key}/drop", first, {"reason": "none"}, key)
    assert found.status == 404


def test_a_case_of_the_docket_is_opened_and_proposed_once(sending: State) -> None:
    who = officer(sending)
    row = next(
        one
        for one in sending.get("/api/v1/docket?limit=100", who).json()["items"]
        if not one["subject"]
    )
    stated = {
        "case": row["case"], "at": served.now().isoformat(), "order": "0" * 64,
        "ordered_by": "SE-COURT", "facility": "SE-PRISON-1",
    }  # fmt: skip
    key = new_key()
    first, again = (sending.post("/api/v1/openings", who, stated, key).json() for _ in range(2))
    assert [first[one] for one in ("subject", "opened", "proposed")] == [
        again[one] for one in ("subject", "opened", "proposed")
    ]
    other = sending.post("/api/v1/openings", who, stated, new_key())
    assert (other.status, other.json()["code"]) == (409, "H533")
    screened = sending.post(
        f"/api/v1/persons/{first['subject']}/deeds/screen", who,
        {"at": served.now().isoformat()}, new_key(),
    )  # fmt: skip
    assert screened.status == 200, screened.body
    course = sending.get(f"/api/v1/persons/{first['subject']}", who).json()["person"]["course"]
    assert course["case"] == row["case"]
    assert course["outcome"] in {"eligible", "barred", "not established", "not_established"}


def test_a_document_is_kept_by_its_digest_and_nothing_else_is(
    sending: State, rows: list[Row]
) -> None:
    path = f"/api/v1/persons/{one_of(rows, stage='notified')}/documents"

    def sent(data: bytes) -> served.Reply:
        named = b'form-data; name="document"; filename="../../a.pdf"'
        head = b"--x\r\nContent-Disposition: " + named + b"\r\n\r\n"
        headers = {"Content-Type": "multipart/form-data; boundary=x", "Idempotency-Key": new_key()}
        return sending.ask("POST", path, officer(sending), head + data + b"\r\n--x--\r\n", headers)

    kept = sent(b"%PDF-1.7 synthetic")
    assert kept.status == 200, kept.body
    assert (
        sending.folder / "evidence" / kept.json()["digest"]
    ).read_bytes() == b"%PDF-1.7 synthetic"
    assert (sent(b"<script>").status, sent(b"<script>").json()["code"]) == (415, "H822")
    assert sent(b"a" * 12_000_000).status == 413


def test_an_act_in_the_future_or_of_another_form_is_refused_with_its_own_code(
    sending: State, rows: list[Row]
) -> None:
    path = f"/api/v1/persons/{one_of(rows, stage='authorised')}/deeds/withdraw"
    late = withdrawal() | {"at": "2199-01-01T00:00:00Z"}
    found = sending.post(path, officer(sending), late, new_key())
    assert (found.status, found.json()["code"]) == (422, "H535")
    bare = withdrawal() | {"at": "2026-11-21T09:00:00"}
    assert sending.post(path, officer(sending), bare, new_key()).json()["code"] == "H503"


def test_what_the_api_answers_is_what_the_gateway_recorded(sending: State, rows: list[Row]) -> None:
    subject = one_of(rows, stage="authorised")
    path, key = f"/api/v1/persons/{subject}/deeds/give_opinion", new_key()
    stated = {"at": served.now().isoformat(), "document": "a" * 64}
    index = sending.post(path, officer(sending), stated, key).json()["index"]
    asker = asking.Asker("SE-KVV", Role.TRANSFERRING)
    with served.gateway(sending) as caller:
        found = caller.ask(asking.Read(asking.OneEvent(index), asker, "test"))
    body = found["events"][0]["body"]
    assert f'"id":"{key}"' in body
    assert f'"document":"{"a" * 64}"' in body
