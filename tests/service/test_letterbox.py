"""A stranger asks: what a gateway makes of it, what the register says, and what a token opens."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from secrets import token_bytes
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import acting
import gateways
from acting import DEAL, ONE, Story
from gateways import Office
from habeas.adapters import letterbox_files
from habeas.adapters.letterbox_files import ANSWERS, BOX, Shelf, SqliteLetterbox
from habeas.errors import HabeasError
from habeas.register import events, locator
from habeas.register.locator import read_token
from habeas.register.public_roll import Statement
from habeas.register.waiting import Answers
from habeas.service import asking, letterbox, locate, tokens
from habeas.service.asking import Asker, Decide, Requests, Take
from habeas.service.letterbox import Request
from habeas.terms import Role, RollStatus

TWO = gateways.person(2)
UNDER = (DEAL, "US", "SV")
COURT, CUSTODIAN = Asker("US-COURT", Role.COURT), Asker("US-BOP", Role.CUSTODIAN)
ASKED = Request(
    reference="0" * 4, day="2026-03-02", who="Ana Canary", how="telephone 555", text="w"
)
Body = dict[str, Any]  # Any: an event's


@dataclass
class Scene:
    """A gateway whose register holds two persons, and the letterbox beside it."""

    path: Path
    office: Office
    box: SqliteLetterbox

    def issue(self, subject: str = ONE, recipient: str = "family") -> str:
        """A token on paper, issued on the record."""
        store: Any = self.office.log.vault.keys
        words, inner = tokens.issue(store, subject, recipient, token_bytes)
        Story(self.office.caller, subject).act("token.issued", ["US-BOP:custodian"], 5, **inner)
        return words

    def put(self, words: str) -> None:
        """Ask with a token, as the page does."""
        public = letterbox_files.public(self.path)
        assert self.box.put(letterbox.with_token(public, words), self.office.now.date())

    def stand(self, asked: Request = ASKED) -> str:
        """Ask without one; returns the reference."""
        public, name = letterbox_files.public(self.path), letterbox.reference(token_bytes)
        named = msgspec.structs.replace(asked, reference=name)
        assert self.box.put(letterbox.without_token(public, named), self.office.now.date())
        return name

    def take(self) -> asking.Found:
        return self.office.caller.ask(Take(*UNDER))

    def inquiries(self) -> list[Body]:
        """What the register holds of inquiries, as it was signed."""
        bodies = (events.parse(one.body) for one in self.office.log.records())
        return [dict(one) for one in bodies if one["type"] == "inquiry.made"]

    def shelf(self) -> Answers:
        found = Shelf(self.path.with_name(ANSWERS)).answers()
        assert found is not None
        return found

    def look_up(self, words: str) -> bytes:
        """What a server sends."""
        held = self.shelf()
        return locate.sealed(held, locate.question(words), held.day, b"")[1]

    def opened(self, words: str) -> dict[str, Any] | None:
        """What the bearer reads today."""
        return locate.opened(words, self.office.now.date(), self.look_up(words))


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    path = acting.installed(tmp_path / "both", "US", "SV")
    with gateways.office(path, acting.hands("US", "SV")) as office:
        for subject in (ONE, TWO):
            asked = Story(office.caller, subject).asked("custody.opened")
            office.caller.ask(acting.replace(asked, facility="US-1"))
        with closing(SqliteLetterbox(path.with_name(BOX), token_bytes)) as box:
            yield Scene(path, office, box)


def stranger() -> str:
    """A token that nobody issued, well formed."""
    return locator.printed(token_bytes(16))


# What is recorded


def test_only_a_token_that_counts_makes_an_inquiry_and_all_are_counted(scene: Scene) -> None:
    words = scene.issue()
    for one in (words, stranger(), stranger()):
        scene.put(one)
    scene.stand()
    assert scene.take() == {"taken": 3, "left": 0}
    (made,) = scene.inquiries()
    assert (made["subject"], made["body"]) == (ONE, {"through": "token"})
    assert made["actors"] == [
        {"authority": "US-BOP", "role": "custodian", "key": acting.key_id("US-BOP")}
    ]
    assert scene.box.received() == {"2026-03-02": 4}
    assert list(scene.box.waiting()) == []


def test_the_register_learns_neither_which_token_asked_nor_when(scene: Scene) -> None:
    words, size = scene.issue(), scene.office.log.size
    scene.put(words)
    scene.office.now += timedelta(minutes=47)
    scene.take()
    found = b"".join(one.body for one in scene.office.log.records() if one.index >= size)
    secret = read_token(words)
    for trace in (words, tokens.hashed(secret), secret.hex(), "12:00"):
        assert trace.encode() not in found
    assert b"12:47" in found


def test_one_inquiry_a_person_a_day_whichever_token_asks(scene: Scene) -> None:
    words = [scene.issue(), scene.issue(recipient="counsel")]
    for one in (*words, *words):
        scene.put(one)
    scene.take()
    scene.put(words[1])
    scene.take()
    assert len(scene.inquiries()) == 1
    scene.office.now += timedelta(days=1)
    scene.put(words[1])
    scene.take()
    assert len(scene.inquiries()) == 2
    assert sum(scene.box.received().values()) == 6


def test_a_revoked_token_makes_nothing_and_its_answer_says_whom_to_ask(scene: Scene) -> None:
    words = scene.issue()
    scene.put(words)
    scene.take()
    assert scene.opened(words) is not None
    inner = {"token": tokens.hashed(read_token(words)), "reason": "coerced"}
    Story(scene.office.caller).act("token.revoked", ["US-BOP:custodian"], 6, **inner)
    scene.office.now += timedelta(days=1)
    scene.put(words)
    scene.take()
    assert len(scene.inquiries()) == 1
    found = scene.opened(words)
    assert found is not None
    assert (found["status"], found["court"], found["inquiry"]) == ("ask", "US-COURT", None)


def test_a_token_whose_issue_is_not_on_the_record_makes_nothing(scene: Scene) -> None:
    store: Any = scene.office.log.vault.keys
    words, _ = tokens.issue(store, ONE, "family", token_bytes)  # its event was refused
    scene.put(words)
    scene.take()
    assert scene.inquiries() == []
    assert scene.opened(words) is None


def test_what_nobody_sealed_here_is_dropped_and_stops_nobody(scene: Scene) -> None:
    words = scene.issue()
    for junk in (b"", b"x" * 6_448, locator.seal_request(letterbox_files.public(scene.path), b"{")):
        scene.box.put(junk, scene.office.now.date())
    scene.put(words)
    assert scene.take() == {"taken": 4, "left": 0}
    assert len(scene.inquiries()) == 1


# What a bearer opens


def test_an_answer_is_told_to_the_tokens_of_its_person_alone(scene: Scene) -> None:
    words, other, of_two = scene.issue(), scene.issue(recipient="counsel"), scene.issue(TWO)
    scene.put(words)
    scene.take()
    (made,) = scene.inquiries()
    for one in (words, other):
        found = scene.opened(one)
        assert found is not None
        assert found["inquiry"] == {"asked": "2026-03-02T12:00:00+00:00"}
    said = {"as_of": "2026-03-02T12:00:00+00:00", "facility": "US-1", "basis_until": "2027-01-01",
            "basis": {"order": "o" * 90, "ordered_by": "US-COURT"},
            "proof": {"size": 9, "root": "A" * 43 + "="}}  # fmt: skip
    Story(scene.office.caller).act(
        "inquiry.answered", ["US-BOP:custodian"], 239, inquiry=made["id"], **said
    )
    scene.take()
    found = scene.opened(words)
    assert found is not None
    assert found["inquiry"] == {
        "asked": "2026-03-02T12:00:00+00:00", "as_of": "2026-03-02T12:00:00+00:00",
        "by": "US-BOP", "place": "US-1", "order": "o" * 33 + "...", "ordered_by": "US-COURT",
        "until": "2027-01-01", "size": "9", "root": "A" * 43 + "=",
    }  # fmt: skip
    found = scene.opened(of_two)
    assert found is not None
    assert found["inquiry"] is None
    assert scene.opened(stranger()) is None


def test_a_hit_changes_when_and_only_when_a_miss_does(scene: Scene) -> None:
    words, miss = scene.issue(), stranger()
    scene.take()
    first = [scene.look_up(one) for one in (words, miss, words, miss)]
    assert first[:2] == first[2:]
    scene.take()
    again = [scene.look_up(one) for one in (words, miss)]
    assert all(old != new for old, new in zip(first, again, strict=False))
    assert {len(one) for one in (*first, *again)} == {560}


def test_the_file_of_answers_tells_no_number_of_tokens(scene: Scene) -> None:
    scene.take()
    none = scene.path.with_name(ANSWERS).stat().st_size
    scene.issue()
    scene.take()
    assert scene.path.with_name(ANSWERS).stat().st_size == none
    assert len(scene.shelf().stored) == 256


_ANYTHING = st.dictionaries(
    st.sampled_from(["as_of", "facility", "basis_until", "basis", "proof"]),
    st.one_of(
        st.text(max_size=600),
        st.none(),
        st.dictionaries(
            st.sampled_from(["order", "ordered_by", "size", "root"]),
            st.one_of(st.text(max_size=600), st.integers(), st.none()),
        ),
    ),
)


@given(_ANYTHING)
def test_whatever_an_officer_answers_fits_into_the_same_bytes(body: Body) -> None:
    actor = events.Actor("A" * 40, "custodian", "0" * 16)
    made = event("inquiry.made", "1", {"through": "token"}, actor)
    told = letterbox.inquired(
        [made, event("inquiry.answered", "2", {**body, "inquiry": "1"}, actor)]
    )
    said = Statement(RollStatus.HOSPITAL, 10**9 - 1, facility="F" * 24)
    token, day = bytes(16), gateways.AT.date()
    hashed = locator.lookup_hash(locator.lookup_key(token))
    sealed = locator.seal(locator.seal_key(token), hashed, day, said, told)
    assert (len(sealed), locator.open_answer(token, day, sealed)) == (560, (said, told))


def event(kind: str, name: str, body: Body, actor: events.Actor) -> events.Event:
    inner: Any = {
        "v": 1, "id": "0" * 25 + name, "type": kind, "agreement": DEAL, "subject": ONE,
        "occurred_at": "2026-03-02T11:00:00Z", "time_basis": "observed",
        "actors": [{"authority": "US-BOP", "role": "custodian", "key": actor.key}], "body": {},
    }  # fmt: skip
    plain = events.event(events.parse(events.canonical(inner)), 0)
    return replace(plain, id=name, body=body, actors=(actor,))


# What a person decides


FORBIDDEN = (
    CUSTODIAN,
    Asker("SV-DGCP", Role.CUSTODIAN),
    Asker("SV-DGCP", Role.TRANSFERRING),
    Asker("SV-MJSP", Role.TRANSFERRING),
    Asker("US-COUNSEL", Role.COUNSEL),
    Asker("US-COURT", Role.TRANSFERRING),
    Asker("US-COURT", Role.COURT, "0" * 16),
    Asker("FR-COURT", Role.COURT),
)


def test_nobody_who_holds_people_reads_or_decides_a_request(scene: Scene) -> None:
    name = scene.stand()
    scene.take()
    for who in FORBIDDEN:
        decide = Decide(name, "granted", "r", *UNDER, who, "p")
        for asked in (Requests(*UNDER, who, "p"), decide):
            with pytest.raises(HabeasError) as caught:
                scene.office.caller.ask(asked)
            assert caught.value.code == "H912"
            assert "Canary" not in str(caught.value)
    assert len(scene.office.read_events()) == 2 * len(FORBIDDEN)
    assert scene.box.standing()[0].outcome == ""


def test_a_request_is_read_decided_once_and_then_gone(scene: Scene) -> None:
    name = scene.stand()
    scene.take()
    found = scene.office.caller.ask(Requests(*UNDER, COURT, "p"))["requests"]
    assert found == [
        {
            "reference": name,
            "day": "2026-03-02",
            "who": "Ana Canary",
            "how": "telephone 555",
            "text": "w",
        }
    ]
    asked = Decide(name, "refused", "no tie", *UNDER, COURT, "p")
    sealed = scene.box.standing()[0].sealed
    assert sealed[1_000:1_400] in scene.path.with_name(BOX).read_bytes()
    told = scene.office.caller.ask(asked)
    assert told == {
        "reference": name, "outcome": "refused", "who": "Ana Canary", "how": "telephone 555"
    }  # fmt: skip
    with pytest.raises(HabeasError, match="H874"):
        scene.office.caller.ask(asked)
    found = scene.office.caller.ask(Requests(*UNDER, COURT, "p"))["requests"]
    assert found == [
        {"reference": name, "day": "2026-03-02", "decided": "2026-03-02", "outcome": "refused",
         "reason": "no tie", "authority": "US-COURT"}
    ]  # fmt: skip
    assert scene.inquiries() == []
    assert sealed[1_000:1_400] not in scene.path.with_name(BOX).read_bytes(), "it is overwritten"


def test_nothing_of_a_request_lies_in_the_clear(scene: Scene) -> None:
    words = scene.issue()
    scene.put(words)
    name = scene.stand()
    traces = [b"Canary", b"555", name.encode(), words.encode(), read_token(words)]
    whole = scene.path.with_name(BOX).read_bytes()
    assert [one for one in traces if one in whole] == []
    assert scene.path.with_name(BOX).stat().st_mode & 0o077 == 0
    with closing(sqlite3.connect(scene.path.with_name(BOX))) as db:
        sizes = [len(one) for (one,) in db.execute("SELECT sealed FROM asked")]
    assert sizes == [6_448, 6_448]


KEY = bytes(range(32))
LETTERS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])  # as a form lets through


@given(st.text(LETTERS, max_size=200), st.text(LETTERS, max_size=1_000))
def test_every_question_has_one_size(who: str, text: str) -> None:
    public = locator.request_key(KEY)
    asked = Request(reference="0" * 19, day="2026-03-02", who=who, how=who, text=text)
    found = letterbox.without_token(public, asked)
    assert len(found) == len(letterbox.with_token(public, stranger())) == 6_448
    assert letterbox.opened(KEY, found) == asked
