"""Messages between two installations: what leaves, what is taken in, and that both converge."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from secrets import token_bytes
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import acting
import gateways
from acting import ONE, READY, Story
from gateways import Office
from habeas.errors import HabeasError
from habeas.service import keep, message
from habeas.service.asking import Drop, Found, Outgoing, Receive, Under

CANARY = "canary-2718281828"
SHARED = (*READY, "transfer.authorised")


@contextmanager
def two() -> Iterator[tuple[Office, Office]]:
    """The installations of both states, each with the keys of its own officers alone."""
    with TemporaryDirectory() as folder, ExitStack() as stack:
        made = [acting.installed(Path(folder) / state, state) for state in ("US", "SV")]
        opened = [
            stack.enter_context(gateways.office(path, acting.hands(state)))
            for path, state in zip(made, ("US", "SV"), strict=True)
        ]
        yield opened[0], opened[1]


@pytest.fixture
def offices() -> Iterator[tuple[Office, Office]]:
    with two() as found:
        yield found


def sent(office: Office) -> str:
    """The next message of an installation; empty where it has nothing to tell."""
    found = office.caller.ask(Outgoing(acting.DEAL, "US", "SV"))
    return str(found.get("message", ""))


def took(office: Office, text: str) -> Found:
    return office.caller.ask(Receive(text))


def exchanged(us: Office, sv: Office, most: int = 20) -> None:
    """Let both write and read until neither has anything to tell."""
    for _ in range(most):
        texts = [(sv, sent(us)), (us, sent(sv))]
        for reader, text in texts:
            if text:
                took(reader, text)
        if not any(text for _, text in texts):
            return
    raise AssertionError("they never fall silent")


def entries(office: Office, subject: str) -> set[bytes]:
    return {row.entry for row in office.log.store.of_person(subject)}


def code(call: Callable[..., object], *given: object) -> str:
    with pytest.raises(HabeasError) as caught:
        call(*given)
    return caught.value.code


def test_a_transfer_is_acted_from_both_sides_and_stands_in_both_registers_alike(
    offices: tuple[Office, Office],
) -> None:
    us, sv = offices
    here, there = Story(us.caller), Story(sv.caller)
    here.tell(*SHARED)
    exchanged(us, sv)
    there.tell("transfer.accepted")
    exchanged(us, sv)
    here.tell("transfer.scheduled", "custody.departed")
    drafted = here.act("custody.handed_over")
    took(sv, sent(us))
    there.ids = here.ids
    found = there.sign("custody.handed_over", "SV-DGCP")
    assert "index" in found
    exchanged(us, sv)
    assert entries(us, ONE) == entries(sv, ONE)
    assert [row.kind for row in us.log.store.of_person(ONE)] == list(acting.WAY)[:10]
    assert (us.waiting.drafts(), sv.waiting.drafts(), drafted["draft"]) == (
        [],
        [],
        here.ids["custody.handed_over"],
    )
    there.act("custody.placed", ["SV-DGCP:custodian"], hours=99, cell="c1")
    exchanged(us, sv)
    assert entries(us, ONE) == entries(sv, ONE)


def test_a_person_whose_transfer_was_not_authorised_never_leaves(
    offices: tuple[Office, Office],
) -> None:
    us, sv = offices
    kept = Story(us.caller, gateways.person(7))
    kept.tell(*READY)
    kept.act("duty.met", ["US-BOP:custodian"], duty=CANARY)
    kept.act("transfer.authorised", receiving="MX")
    assert sent(us) == ""
    Story(us.caller).tell(*SHARED)
    elsewhere = Story(us.caller, gateways.person(8))
    elsewhere.tell(*READY)
    elsewhere.act("duty.met", ["US-BOP:custodian"], duty=CANARY)
    found = elsewhere.act("transfer.authorised", receiving="MX")
    elsewhere.sign("transfer.authorised", "US-DOJ-OIA")
    text = sent(us)
    for secret in (CANARY, gateways.person(7), gateways.person(8), found["draft"]):
        assert secret not in text
        assert secret not in acting.plain(text)
    assert ONE in acting.plain(text)
    took(sv, text)
    assert sv.log.store.persons([gateways.person(7), gateways.person(8)]) == set()


def test_a_message_is_believed_by_its_signature_alone(offices: tuple[Office, Office]) -> None:
    us, sv = offices
    Story(us.caller).tell(*SHARED)
    text = sent(us)
    head, said, signed = text.splitlines()
    authority, key, signature = signed.split(" ")
    flipped = said.replace('"after":0', '"after":1')
    strange = acting.key_id("SV-DGCP")
    size = sv.log.size
    assert code(took, sv, f"{head}\n{flipped}\n{signed}\n") == "H923"
    assert code(took, sv, f"{head}\n{said}\nSV-DGCP {strange} {signature}\n") == "H923"
    assert code(took, sv, f"{head}\n{said}\nUS-DOJ-OIA {key} {signature}\n") == "H923"
    assert code(took, us, text) == "H923"
    for bad in ("", head, f"{head}\n{said}\n", text + "x", text.replace("v1", "v2", 1), said):
        assert code(took, sv, bad) == "H921"
    spaced = said.replace('"after":0', '"after": 0')
    assert code(took, sv, f"{head}\n{spaced}\n{signed}\n") == "H921"
    root = keep.Root(authority, acting.DEAL, gateways.key(f"{authority} root"))
    public = acting.key_of("US-BOP").public()
    sv.caller.append([keep.revocation(root, public, gateways.AT, token_bytes)], Under())
    assert code(took, sv, text) == "H923"
    assert sv.log.size == size + 1


def test_what_is_refused_is_told_kept_and_taken_in_once_it_may_follow(
    offices: tuple[Office, Office],
) -> None:
    us, sv = offices
    here = Story(us.caller)
    here.tell(*SHARED)
    first = sent(us)
    took(sv, first)
    broken = acting.signed_again(first, acting.without_first_event)
    with two() as (_, fresh):
        found = took(fresh, broken)
        codes = [one["faults"][0]["code"] for one in found["events"]]
        assert (set(codes) <= {"H601", "H531"}, found["parked"]) == (True, len(codes))
        assert entries(fresh, ONE) == set()
        again = took(fresh, first)
        assert again["parked"] == 0
        assert entries(fresh, ONE) == entries(sv, ONE)


def test_an_installation_that_lost_everything_is_told_everything_again(
    offices: tuple[Office, Office],
) -> None:
    us, sv = offices
    here = Story(us.caller).tell(*SHARED)
    exchanged(us, sv)
    here.act("duty.met", ["US-BOP:custodian"], duty="d")
    with two() as (_, fresh):
        found = took(fresh, sent(us))
        assert (found["received"], found["parked"]) == (0, 1)
        exchanged(us, fresh)
        assert entries(fresh, ONE) == entries(us, ONE)


def test_a_message_for_another_installation_or_of_another_log_is_not_taken_in(
    offices: tuple[Office, Office],
) -> None:
    us, sv = offices
    Story(us.caller).tell(*SHARED)
    text = sent(us)

    def other(**change: str) -> str:
        return acting.signed_again(text, lambda said: {**said, **change})

    assert code(took, sv, other(to="US")) == "H924"
    assert code(took, sv, other(**{"from": sv.log.origin})) == "H924"
    assert sv.log.store.persons([ONE]) == set()
    took(sv, text)
    assert code(took, sv, other(**{"from": "log.example/another"})) == "H924"


def test_only_events_of_persons_travel(offices: tuple[Office, Office]) -> None:
    us, sv = offices
    Story(us.caller).tell(*SHARED)
    enrolled = next(one for one in us.log.records() if one.subject is None)
    text = acting.signed_again(
        sent(us), lambda said: {**said, "events": [message.item(enrolled), *said["events"]]}
    )
    first, *rest = took(sv, text)["events"]
    assert first["faults"][0]["code"] == "H927"
    assert all("index" in one for one in rest)


def test_a_register_of_neither_state_writes_no_message(tmp_path: Path) -> None:
    with gateways.office(gateways.installed(tmp_path / "third")) as office:
        assert code(office.caller.ask, Outgoing("OAS-A57", "US", "SV")) == "H926"
        assert office.caller.ask(Outgoing()) == {"events": 0, "drafts": 0}


def test_a_draft_that_was_dropped_is_withdrawn_on_the_other_side(
    offices: tuple[Office, Office],
) -> None:
    us, sv = offices
    here = Story(us.caller)
    here.tell(*SHARED)
    exchanged(us, sv)
    Story(sv.caller).tell("transfer.accepted")
    exchanged(us, sv)
    here.tell("transfer.scheduled", "custody.departed")
    here.act("custody.handed_over")
    took(sv, sent(us))
    us.caller.ask(Drop(here.ids["custody.handed_over"], acting.officer("US-BOP"), "r"))
    took(sv, sent(us))
    there = Story(sv.caller, ids=here.ids)
    assert code(there.sign, "custody.handed_over", "SV-DGCP") == "H621"
    exchanged(us, sv)


def test_a_draft_with_a_false_signature_or_that_may_not_follow_is_not_kept(
    offices: tuple[Office, Office],
) -> None:
    us, sv = offices
    here = Story(us.caller)
    here.tell(*SHARED)
    exchanged(us, sv)
    Story(sv.caller).tell("transfer.accepted")
    exchanged(us, sv)
    here.tell("transfer.scheduled", "custody.departed")
    here.act("custody.handed_over")
    text = sent(us)
    early = took(sv, acting.signed_again(text, acting.without_events))
    assert early["drafts"][0]["faults"][0]["code"] == "H601"
    forged = took(sv, acting.signed_again(text, acting.with_a_false_signature))
    assert forged["drafts"][0]["faults"][0]["code"] == "H514"
    assert sv.waiting.drafts() == []
    assert took(sv, text)["drafts"][0]["state"] == "waiting"


def test_the_message_of_the_specification_is_one() -> None:
    page = (Path(__file__).parents[2] / "docs" / "spec" / "message.md").read_text("utf-8")
    text = page.split("```\n")[1]
    letter = message.read(text)
    key = acting.key_of("US-BOP")
    letter.check(key.public())
    assert key.public().hex() in page
    assert f"{len(text.rsplit(chr(10), 2)[0])} bytes" in page
    assert (letter.authority, letter.message.received) == ("US-BOP", 19)
    assert text == acting.signed_again(text, lambda said: said)
    named = set(re.findall(r"^\| (`.*?`) \|", page, re.MULTILINE))
    keys = {one.strip("`") for row in named for one in row.split(", ")}
    assert keys == set(json.loads(text.splitlines()[1]))


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["us acts", "sv acts", "us writes", "sv writes", "deliver", "authorise"]),
        st.integers(0, 5),
    ),
    max_size=24,
)


class Course:
    """What happened in both installations, and every message so far."""

    def __init__(self, us: Office, sv: Office) -> None:
        self.us, self.sv = us, sv
        self.shared, self.sent = set[str](), list[tuple[Office, str]]()

    def take(self, step: str, number: int, subject: str) -> None:
        us, sv, shared = self.us, self.sv, self.shared
        if step == "authorise" and subject not in shared and number < 2:
            Story(us.caller, subject).tell("transfer.authorised")
            shared.add(subject)
        elif step == "us acts":
            story = Story(us.caller, subject)
            story.act("duty.met", ["US-BOP:custodian"], duty=f"{CANARY} {subject}")
        elif step == "sv acts" and sv.log.store.persons([subject]):
            Story(sv.caller, subject).act("visit.made", ["SV-DGCP:custodian"])
        elif step.endswith("writes"):
            writer, reader = (us, sv) if step.startswith("us") else (sv, us)
            text = sent(writer)
            self.sent += [(reader, text)] if text else []
        elif step == "deliver" and self.sent:
            reader, text = self.sent[number % len(self.sent)]
            took(reader, text)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(STEPS)
def test_both_converge_whatever_is_lost_repeated_or_out_of_order(
    steps: list[tuple[str, int]],
) -> None:
    with two() as (us, sv):
        persons = [gateways.person(number) for number in (1, 2, 3)]
        for one in persons:
            Story(us.caller, one).tell(*READY)
        course = Course(us, sv)
        for step, number in steps:
            course.take(step, number, persons[number % len(persons)])
        shared, sent_so_far = course.shared, course.sent
        exchanged(us, sv)
        for subject in shared:
            assert entries(us, subject) == entries(sv, subject) != set()
        hidden = set(persons) - shared
        assert sv.log.store.persons(hidden) == set()
        plain = "".join(text + acting.plain(text) for _, text in sent_so_far)
        assert [one for one in hidden if one in plain] == []
