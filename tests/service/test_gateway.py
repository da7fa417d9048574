"""What a gateway refuses, what it records of reads, and what it tells nobody."""

import base64
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from secrets import token_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

import gateways
from gateways import ASKER, OFFICER, PURPOSE, SECTION, UNDER, Office, person
from habeas.errors import HabeasError
from habeas.law.library import Library
from habeas.register import checkpoint, events
from habeas.register.log import Signed
from habeas.register.sealed import Section
from habeas.register.signing import keyid8
from habeas.service import asking, disclose, keep, record
from habeas.service.asking import (
    Asker,
    Audit,
    Caller,
    Head,
    Latest,
    OneEvent,
    OnePerson,
    OneReceipt,
    OneSection,
    Publish,
    Read,
    Status,
    Under,
    What,
)
from habeas.service.gateway import ANSWERED
from habeas.terms import Role

STRANGER = Asker("FR-DAP", Role.REGISTRAR)
KNOWN, UNKNOWN = person(1), person(99)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return gateways.installed(tmp_path / "installation")


@pytest.fixture
def office(path: Path) -> Iterator[Office]:
    """A gateway whose register holds two persons: indexes 2 to 5, the last with a section."""
    with gateways.office(path) as found:
        batch = [gateways.opened(1), gateways.opened(2), gateways.proposed(2), gateways.reported(1)]
        found.caller.append(batch, UNDER, publish=True)
        yield found


def refused(call: Callable[..., object], *given: object) -> HabeasError:
    with pytest.raises(HabeasError) as caught:
        call(*given)
    return caught.value


def read(office: Office, what: What, asker: Asker | None = ASKER, purpose: str = PURPOSE) -> object:
    return office.caller.ask(Read(what, asker, purpose))


EVERYTHING: list[What] = [
    OneEvent(2),
    OnePerson(KNOWN),
    OneSection(5, SECTION.name),
    OneReceipt(2),
    Head(KNOWN),
    Latest(),
]


@pytest.mark.parametrize("what", EVERYTHING)
@pytest.mark.parametrize(
    ("asker", "purpose"), [(None, PURPOSE), (ASKER, ""), (ASKER, " \n"), (ASKER, "x" * 201)]
)
def test_a_read_without_asker_or_purpose_is_refused_and_shows_nothing(
    office: Office, what: What, asker: Asker | None, purpose: str
) -> None:
    assert refused(read, office, what, asker, purpose).code == "H911"
    assert office.read_events() == []


@pytest.mark.parametrize("what", EVERYTHING)
def test_a_read_that_cannot_be_recorded_shows_nothing(
    path: Path, office: Office, what: What
) -> None:
    with closing(sqlite3.connect(path.with_name("reads") / "register.sqlite3")) as other:
        other.executescript(
            "CREATE TRIGGER full BEFORE INSERT ON leaf BEGIN SELECT RAISE(ABORT, 'full'); END;"
        )
    assert refused(read, office, what).code == "H563"


@pytest.mark.parametrize("what", [*EVERYTHING[:-1], OnePerson(UNKNOWN), OneEvent(10**6)])
def test_every_read_leaves_exactly_one_record(office: Office, what: What) -> None:
    for asker in (ASKER, STRANGER):
        before = len(office.read_events())
        with suppress(HabeasError):  # nothing to show
            read(office, what, asker)
        assert len(office.read_events()) == before + 1


def test_a_list_leaves_one_record_a_person(office: Office) -> None:
    found = office.caller.ask(Read(Latest(), ASKER, PURPOSE))
    kept = office.read_events()
    assert (len(found["records"]), len(kept)) == (6, 2)
    assert len({str(one.body["person"]) for one in kept}) == 2


def test_a_record_says_who_whom_what_and_what_for_under_pseudonyms(office: Office) -> None:
    read(office, OneSection(5, SECTION.name))
    read(office, OnePerson(KNOWN))
    read(office, OnePerson(person(2)), Asker("EE-VANGLA", Role.CUSTODIAN))
    section, one, two = (event.body for event in office.read_events())
    assert (section["what"], one["what"]) == ("section medical-fitness", "person")
    assert section["person"] == one["person"] != two["person"]
    assert section["reader"] == one["reader"] != two["reader"]
    assert (one["purpose"], one["time"]) == (PURPOSE, gateways.AT.isoformat())


def _answers(office: Office, asker: Asker, subject: str, index: int) -> list[str]:
    asked: list[What] = [
        OnePerson(subject),
        OneEvent(index),
        OneReceipt(index),
        OneSection(index, "none"),
        Head(subject),
    ]
    return [str(refused(read, office, what, asker)) for what in asked]


def test_unknown_and_undisclosed_and_erased_look_the_same(office: Office) -> None:
    nobody = _answers(office, ASKER, UNKNOWN, 10**6)
    hidden = _answers(office, STRANGER, KNOWN, 2)
    borrowed = Asker("EE-VANGLA", Role.REGISTRAR, office_key())
    assert len(set(nobody)) == 1
    assert nobody == hidden == _answers(office, borrowed, KNOWN, 2)
    office.log.vault.keys.destroy([KNOWN])  # type: ignore[attr-defined]  # of the real key store
    office.log.vault.forget()
    erased = [str(refused(read, office, what)) for what in (OnePerson(KNOWN), OneReceipt(2))]
    assert set(erased) == set(nobody)


def office_key() -> str:
    """The key id of the officer of SE-KVV."""
    return keyid8(gateways.key(OFFICER).public()).hex()


def test_an_asker_may_name_a_key_of_its_own(office: Office) -> None:
    found = office.caller.ask(
        Read(OneEvent(2), Asker("SE-KVV", Role.CUSTODIAN, office_key()), PURPOSE)
    )
    assert json.loads(found["events"][0]["body"])["subject"] == KNOWN


def _shown(office: Office, role: Role, what: What) -> dict[str, object]:
    """What a role is answered; empty where there is nothing to show."""
    try:
        found: dict[str, object] = dict(
            office.caller.ask(Read(what, Asker("SE-KVV", role), PURPOSE))
        )
    except HabeasError:
        return {}
    return found


@pytest.mark.parametrize("role", Role)
def test_a_role_is_shown_what_the_table_names_and_nothing_else(office: Office, role: Role) -> None:
    may = disclose.may(Library().disclosure, role)
    event = str(_shown(office, role, OneEvent(2)))
    assert ("custody.opened" in event, "order-1" in event) == (may.header, may.body)
    person = str(_shown(office, role, OnePerson(KNOWN)))
    assert ("custody.opened" in person, "order-1" in person) == (may.header, may.body)
    latest = str(_shown(office, role, Latest()))
    assert ("custody.opened" in latest, "order-1" in latest) == (may.header, may.body)
    assert bool(_shown(office, role, OneReceipt(2))) == may.body
    assert bool(_shown(office, role, Head(KNOWN))) == may.header
    section = _shown(office, role, OneSection(5, SECTION.name))
    assert bool(section) == (SECTION.name in may.sections)


def test_a_role_may_not_read_what_was_decided_by_asking_for_its_receipt(office: Office) -> None:
    assert _shown(office, Role.REGISTRAR, OneReceipt(2)) == {}
    assert "order-1" not in str(_shown(office, Role.REGISTRAR, OneEvent(2)))
    assert _shown(office, Role.REGISTRAR, OneReceipt(0)) != {}  # of a key: about nobody


def test_what_is_read_is_what_was_signed(office: Office) -> None:
    ask = office.caller.ask
    events_ = ask(Read(OnePerson(KNOWN), ASKER, PURPOSE))["events"]
    assert [one["body"].encode() for one in events_] == [
        gateways.opened(1).body,
        gateways.reported(1).body,
    ]
    section = ask(Read(OneSection(5, SECTION.name), ASKER, PURPOSE))
    assert base64.b64decode(section["data"]) == SECTION.data
    head = ask(Read(Head(KNOWN), ASKER, PURPOSE))
    assert (head["seq"], head["entry"]) == (0, events_[0]["entry"])
    assert office.caller.receipt(2, ASKER, PURPOSE).body == gateways.opened(1).body
    assert office.caller.receipt(None, ASKER, PURPOSE).body == gateways.reported(1).body


def test_a_long_life_is_read_in_parts(path: Path) -> None:
    with gateways.office(path) as office:
        number = ANSWERED // 15_000 + 3
        text = "x" * 15_000
        batch = [gateways.opened(1)] + [
            gateways.signed(
                "duty.met", 1, "custodian", body={"duty": f"{n} {text}"}, id=f"{n:026d}"
            )
            for n in range(number)
        ]
        for start in range(0, len(batch), 50):
            office.caller.append(batch[start : start + 50], UNDER)
        first = office.caller.ask(Read(OnePerson(KNOWN), ASKER, PURPOSE))
        rest = office.caller.ask(Read(OnePerson(KNOWN, first["next"]), ASKER, PURPOSE))
        assert len(first["events"]) + len(rest["events"]) == number + 1
        assert ("next" in rest, len(office.read_events())) == (False, 2)


def test_the_log_of_reads_verifies_and_the_register_holds_its_head(
    path: Path, office: Office
) -> None:
    for what in EVERYTHING:
        read(office, what)
    found = office.caller.ask(Audit())
    office.caller.ask(Publish(pads=True))
    reads = gateways.report(path.with_name("reads") / "register.sqlite3")
    assert (reads.faults, reads.size, reads.covered) == ((), found["size"], found["size"])
    main = gateways.report(path)
    assert (main.faults, main.size, main.pads) == ((), 256, 256 - 7)
    (event,) = [
        events.event(events.parse(one.body))
        for one in office.log.records()
        if one.kind == "audit.checkpoint"
    ]
    latest = office.reads.store.latest()
    assert latest is not None
    point = checkpoint.read_note(latest[1]).checkpoint
    root = base64.b64encode(point.root).decode()
    assert event.body == {"origin": office.reads.origin, "size": point.size, "root": root}


def test_a_list_of_a_batch_is_all_or_nothing_and_a_submission_is_not(office: Office) -> None:
    unopened, opened = gateways.proposed(7), gateways.opened(8)
    assert refused(office.caller.append, [opened, unopened], UNDER).code == "H601"
    assert office.log.size == 6
    index, refusal = office.caller.submit([opened, unopened], UNDER)
    assert (index, getattr(refusal, "code", "")) == (6, "H601")
    assert type(refusal).__name__ == "ImpossibleEvent"


def test_a_submission_again_gets_the_old_indexes(office: Office) -> None:
    batch = [gateways.opened(8), gateways.proposed(8), gateways.opened(8), gateways.opened(9)]
    first = office.caller.submit(batch, UNDER)
    assert first == office.caller.submit(batch, UNDER)
    assert sorted({one for one in first if isinstance(one, int)}) == [6, 7, 8]


def test_a_refused_event_carries_no_other_with_it(office: Office) -> None:
    """The second event of a person stands on the first, which the register refuses."""
    bad = gateways.opened(8)
    bad = Signed(bad.body, bad.sigblock[:-1] + b"x", bad.salt)
    outcomes = office.caller.submit([bad, gateways.proposed(8), gateways.opened(9)], UNDER)
    codes = [one if isinstance(one, int) else one.code for one in outcomes]
    assert codes == ["H514", "H601", 6]


@pytest.mark.parametrize("under", [Under(), Under("DK-XK")])
def test_an_event_under_another_agreement_is_refused(office: Office, under: Under) -> None:
    assert refused(office.caller.append, [gateways.opened(8)], under).code == "H617"
    assert office.log.size == 6


def test_a_gateway_without_a_good_registrar_key_does_not_open(path: Path) -> None:
    with gateways.office(path) as office:
        root = keep.Root("SE-KVV", "SE-EE", gateways.key("SE-KVV root"))
        public = gateways.key(OFFICER).public()
        office.caller.append([keep.revocation(root, public, gateways.AT, token_bytes)], Under())
        assert refused(read, office, OneEvent(0)).code == "H515"
        assert (
            refused(Office, office.log, office.reads, office.trust, office.waiting).code == "H913"
        )


def test_keys_enrolled_through_the_gateway_reach_the_log_of_reads(office: Office) -> None:
    event = gateways.enrolment("EE-VANGLA", "second officer")
    office.caller.append([event], Under())
    kept = [one.body for one in office.reads.records()]
    assert kept == [gateways.enrolment(name).body for name in gateways.AUTHORITIES] + [event.body]


def test_status_tells_sizes_and_no_person(office: Office) -> None:
    found = office.caller.ask(Status())
    assert (found["size"], found["reads"]["size"], found["uptime_s"]) == (6, 2, 0)
    assert KNOWN not in json.dumps(dict(found))


def test_no_canary_is_found_where_it_must_not_be(office: Office) -> None:
    """Register numbers and purposes: not in tiles, entries, checkpoints or messages."""
    purpose = "canary-purpose-3141592"
    said = [str(refused(read, office, OnePerson(UNKNOWN), ASKER, purpose))]
    said += [str(refused(read, office, OnePerson(KNOWN), STRANGER, purpose))]
    said += [
        office.gateway.answer(text % {b"k": KNOWN.encode(), b"p": purpose.encode()}).decode()
        for text in (
            b'{"op": "%(k)s"}',
            b'{"op": "read", "%(k)s": "%(p)s"}',
            b'{"op": "read", "of": {"what": "person", "subject": ["%(k)s", "%(p)s"]}}',
            b'{"op": "read", "of": {"what": "%(k)s"}, "purpose": "%(p)s"}',
            b"%(k)s %(p)s",
        )
    ]
    said += [str(refused(office.caller.append, [gateways.proposed(99)], UNDER))]
    for what in EVERYTHING:
        read(office, what, ASKER, purpose)
    office.caller.ask(Audit())
    office.caller.ask(Publish(pads=True))
    store = office.log.store
    public = b"".join([*store.entries(0, 256), store.tile(0, 0) or b""]).decode("latin-1")
    public += "".join(note for _, note in store.checkpoints())
    reads = b"".join(one.body for one in office.reads.records()).decode()
    assert [text for text in (*said, public) if KNOWN in text or UNKNOWN in text] == []
    assert [text for text in (*said, public) if purpose in text] == []
    assert (KNOWN in reads, UNKNOWN in reads, purpose in reads) == (False, False, True)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_nothing_that_is_sent_ends_a_gateway(data: bytes) -> None:
    assert refused(asking.request, data).code == "H909"


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 100_000,
        b'{"op":"append","events":[]}',
        b'{"op":"append","events":['
        + b",".join([b'{"body":"","sigblock":"","salt":""}'] * 1001)
        + b"]}",
        b'{"op":"read","of":{"what":"event","index":-1}}',
        b'{"op":"read","of":{"what":"event","index":99999999999999999999}}',
        b'{"op":"read","of":{"what":"latest","last":101}}',
        b'{"op":"read","of":{"what":"event","index":1},"asker":{"authority":"A","role":"king"}}',
        b'{"op":"status","more":1}',
    ],
)
def test_a_request_of_another_form_is_refused(data: bytes) -> None:
    assert refused(asking.request, data).code == "H909"


@pytest.mark.parametrize(
    "answer", [b"", b"null", b"[]", b"{}", b'{"ok":1}', b'{"error":"X","faults":[{}]}', b"\xff"]
)
def test_an_answer_that_is_none_is_told_so(answer: bytes) -> None:
    assert refused(Caller(lambda _: answer).ask, Status()).code == "H909"


def test_a_refusal_arrives_as_it_was_raised(office: Office) -> None:
    with pytest.raises(HabeasError) as caught:
        record.append(office.log, None, [gateways.opened(8)], gateways.AT)
    far = refused(office.caller.append, [gateways.opened(8)], Under())
    assert (type(far), far.faults) == (type(caught.value), caught.value.faults)


def test_the_requests_of_the_specification_are_requests() -> None:
    page = Path(__file__).parents[2] / "docs" / "spec" / "gateway.md"
    lines = [one for one in page.read_text().splitlines() if one.startswith('{"op":')]
    kinds = {type(asking.request(one.encode())).__name__ for one in lines}
    assert (len(lines), len(kinds)) == (31, 25)
    assert f"{len(lines[0])} bytes" in page.read_text()


def test_a_section_that_is_not_the_one_its_event_names_is_not_shown(
    path: Path, office: Office
) -> None:
    vault = office.log.vault
    other = Section(SECTION.name, bytes(32), b"not fit to travel")
    row = next(office.log.store.rows(5, 6))
    [forged] = vault.seal_sections(5, row.event_id, [other])  # by whoever holds the keys
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("DROP TRIGGER section_update")
        raw.execute("UPDATE section SET digest = ?, sealed = ?", (forged.digest, forged.content))
    assert refused(read, office, OneSection(5, SECTION.name)).code == "H591"
