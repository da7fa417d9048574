"""A confidential complaint is not there for those who hold the person, whatever they ask."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import acting
import gateways
from acting import DEAL, ONE, Story, new_id
from gateways import Office, person
from habeas.errors import HabeasError
from habeas.law.library import Library
from habeas.service import asking, personfile, survey, transfer
from habeas.service.asking import Asker, Latest, OneEvent, OnePerson, OneReceipt, Read, Reads
from habeas.service.disclose import may
from habeas.service.transfer import Ground
from habeas.terms import Role

LIBRARY = Library()
MONITORS = ("US-MONITOR", "SV-MONITOR")
TWO = person(2)
OF_ROLE = {
    Role.COURT: "US-COURT", Role.COUNSEL: "US-COUNSEL", Role.MONITOR: "US-MONITOR",
}  # fmt: skip
TOLD = {Role.COURT, Role.COUNSEL, Role.MONITOR, Role.TRANSFERRING}
Found = Mapping[str, Any]


def asker(role: Role) -> Asker:
    return Asker(OF_ROLE.get(role, "US-BOP"), role)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Office, Office]]:
    """Two registers with as many entries: one person of the first complained, none of the second.

    In the second, an inquiry about a third person, its answer and a duty done for it stand where
    the first has the complaint, its answer and a duty done for it.
    """
    with ExitStack() as stack:
        offices = []
        for complained in (True, False):
            folder: Path = tmp_path_factory.mktemp("one") / "it"
            path = acting.installed(folder, "US", "SV", more=MONITORS)
            hands = acting.hands("US", "SV", more=MONITORS)
            office = stack.enter_context(gateways.office(path, hands))
            _tell(office, complained=complained)
            offices.append(office)
        yield offices[0], offices[1]


def _tell(office: Office, *, complained: bool) -> None:
    one, two = Story(office.caller), Story(office.caller, subject=TWO)
    one.tell("custody.opened")
    two.tell("custody.opened")
    three = Story(office.caller, subject=person(3))
    three.tell("custody.opened")
    about = one if complained else three
    kind = "complaint.made" if complained else "inquiry.made"
    about.act(kind, ["US-COUNSEL:counsel"], 10, text="beaten")
    name = about.ids[kind]
    said = {"complaint": name, "reply": "r"} if complained else {"inquiry": name}
    answered = "complaint.answered" if complained else "inquiry.answered"
    about.act(answered, ["US-BOP:transferring"], 20, **said)
    about.act("duty.met", ["US-BOP:transferring"], 21, duty="D-1", step="report", event=name)
    office.caller.ask(acting.publish())


def events_of(office: Office) -> list[int]:
    return [row.index for row in office.log.store.of_person(ONE)]


def asked(office: Office, what: asking.What, role: Role) -> Found | str:
    """What a role is answered; its refusal as one word."""
    try:
        return office.caller.ask(Read(what, asker(role), "test"))
    except HabeasError as error:
        return error.code


def hidden(office: Office) -> list[int]:
    return events_of(office)[1:]


@pytest.mark.parametrize("role", [one for one in Role if one not in TOLD])
def test_nobody_else_can_tell_a_register_with_the_complaint_from_one_without(
    both: tuple[Office, Office], role: Role
) -> None:
    """Every answer is as of a register in which nobody complained; entries drawn anew aside."""
    there, without = both
    assert len(hidden(there)) == 3
    assert hidden(without) == []
    for what in (OnePerson(ONE), OnePerson(ONE, hidden(there)[0]), Latest(50, None, ONE),
                 Latest(50, "complaint.made", ONE), Latest(50, "duty.met", ONE)):  # fmt: skip
        assert plain(asked(there, what, role)) == plain(asked(without, what, role)), what
    for index in hidden(there):
        for one in (OneEvent(index), OneReceipt(index)):
            assert asked(there, one, role) == asked(there, type(one)(10_000), role) == "H912"


def plain(found: Found | str) -> object:
    """An answer without what is drawn at random: ids, digests."""
    if isinstance(found, str):
        return found
    rows = found.get("events", found.get("records", []))
    kinds = [_kind(one) for one in rows]
    return kinds, [one["index"] for one in rows], found.get("next"), found.get("size")


def _kind(one: Found) -> str:
    for where in ("header", "event"):
        if isinstance(one.get(where), dict):
            return str(one[where]["type"])
    return str(one.get("kind") or one.get("body", "").partition('"type":"')[2].partition('"')[0])


@pytest.mark.parametrize("role", sorted(TOLD))
def test_who_must_answer_judge_or_inspect_reads_all_of_it_and_is_recorded(
    both: tuple[Office, Office], role: Role
) -> None:
    there, _ = both
    found = asked(there, OnePerson(ONE), role)
    assert isinstance(found, dict)
    kinds = [_kind(one) for one in found["events"]]
    assert kinds == ["custody.opened", "complaint.made", "complaint.answered", "duty.met"]
    assert "beaten" in found["events"][1]["body"]
    for index in hidden(there):
        receipt = asked(there, OneReceipt(index), role)
        assert isinstance(receipt, dict)


def test_a_read_of_what_is_not_told_is_recorded_like_any_other(
    both: tuple[Office, Office],
) -> None:
    there, _ = both
    before = len(there.read_events())
    assert asked(there, OneEvent(hidden(there)[0]), Role.CUSTODIAN) == "H912"
    assert len(there.read_events()) == before + 1


def test_the_custodian_still_gets_clocks_and_a_basis_of_a_person_who_complained(
    both: tuple[Office, Office],
) -> None:
    there, without = both
    files = []
    for office in (there, without):
        found = asked(office, OnePerson(ONE), Role.CUSTODIAN)
        deal = LIBRARY.agreement(DEAL)
        ground = Ground(deal, transfer.terms(deal, "US", "SV"), demonstration=True)
        files.append(personfile.read(ONE, [found], ground, office.now))  # type: ignore[list-item]
    assert files[0].basis is not None
    assert files[0].clocks is not None
    assert len(files[0].entries) == len(files[1].entries) == 1
    assert files[0].intervals[0].start == files[1].intervals[0].start


def test_a_list_of_persons_does_not_tell_that_one_complained(both: tuple[Office, Office]) -> None:
    deal = LIBRARY.agreement(DEAL)
    ground = Ground(deal, transfer.terms(deal, "US", "SV"), demonstration=True)
    rows = []
    for office in both:
        (found,) = survey.surveys(office.log, ground, [ONE])
        assert found[1] is not None
        rows.append((found[1].events, found[1].latest_index, found[1].latest_at))
    assert rows[0] == rows[1]


@pytest.mark.parametrize(
    ("said", "seen"), [(False, True), (True, False), ("no", False), (0, False)]
)
def test_only_a_plain_false_lets_the_custodian_know(
    tmp_path: Path,
    said: object,
    seen: bool,  # noqa: FBT001 - a parameter of a test
) -> None:
    path = acting.installed(tmp_path / "it", "US", "SV")
    with gateways.office(path, acting.hands("US", "SV")) as office:
        story = Story(office.caller).tell("custody.opened")
        story.act("complaint.made", ["US-COUNSEL:counsel"], 10, confidential=said)
        name = story.ids["complaint.made"]
        story.act("complaint.answered", ["US-BOP:transferring"], 20, complaint=name)
        story.act("complaint.answered", ["US-BOP:transferring"], 30, complaint=name)
        found = asked(office, OnePerson(ONE), Role.CUSTODIAN)
        assert isinstance(found, dict)
        assert len(found["events"]) == (4 if seen else 1)


def test_an_authority_sees_the_complaint_that_it_received_and_not_the_answer(
    tmp_path: Path,
) -> None:
    path = acting.installed(tmp_path / "it", "US", "SV")
    with gateways.office(path, acting.hands("US", "SV")) as office:
        story = Story(office.caller).tell("custody.opened")
        story.act("complaint.made", ["US-BOP:custodian"], 10)
        name = story.ids["complaint.made"]
        story.act("complaint.answered", ["US-BOP:transferring"], 20, complaint=name)
        found = asked(office, OnePerson(ONE), Role.CUSTODIAN)
        assert isinstance(found, dict)
        assert [_kind(one) for one in found["events"]] == ["custody.opened", "complaint.made"]


def test_the_table_names_four_roles_and_the_person_and_no_family() -> None:
    readers = {*Role, "person", "family", "consulate"}
    assert {one for one in readers if may(LIBRARY.disclosure, one).confidential} == {
        *TOLD, "person",
    }  # fmt: skip


def test_reads_of_a_person_are_told_without_saying_of_what_act(
    both: tuple[Office, Office],
) -> None:
    there, _ = both
    found = there.caller.ask(Reads(ONE, asker(Role.CUSTODIAN), "test"))
    assert not any("complaint" in str(one["what"]) for one in found["reads"])


# What names nothing of the person is refused


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("complaint.answered", {"complaint": "x"}),
        ("inquiry.answered", {"inquiry": "x"}),
        ("incident.reported", {"document": "d", "adds_to": "x"}),
        ("duty.met", {"duty": "D-2", "event": "x"}),
    ],
)
def test_an_answer_to_what_is_not_this_persons_is_refused_in_one_sentence(
    both: tuple[Office, Office], kind: str, body: dict[str, str]
) -> None:
    there, _ = both
    store = there.log.store
    other = next(row.event_id for row in store.of_person(TWO))
    said = set()
    key = next(name for name, one in body.items() if one == "x")
    for name in (other, new_id()):
        story = Story(there.caller)
        with pytest.raises(HabeasError) as caught:
            story.act(kind, ["US-BOP:transferring"], 40, **{**body, key: name})
        said.add((caught.value.code, caught.value.faults[0].what))
    assert said == {("H623", f"'{key}' of '{kind}' names no such event of this person")}


def test_what_comes_late_is_recorded(both: tuple[Office, Office]) -> None:
    there, _ = both
    late = Story(there.caller, subject=TWO, start=acting.START + timedelta(hours=1))
    late.act("inquiry.made", ["US-COUNSEL:counsel"], 1)
    name = late.ids["inquiry.made"]
    for hours in (200, 201):
        assert "index" in late.act("inquiry.answered", ["US-BOP:custodian"], hours, inquiry=name)


# Nobody of that number

REPORTS = {
    "complaint.made": {}, "incident.reported": {"document": "d"}, "visit.made": {},
    "visit.blocked": {"reason": "r"}, "inquiry.made": {}, "duty.met": {"duty": "D-2"},
    "complaint.answered": {"complaint": "x"}, "inquiry.answered": {"inquiry": "x"},
    "visit.finding": {"visit": "v", "addressed_to": "sending", "recommendation": "r"},
    "visit.finding_answered": {"finding": "f", "reply": "r"},
}  # fmt: skip
SIGNED = {"visit.finding": "US-MONITOR:monitor", "visit.finding_answered": "US-BOP:custodian"}


@pytest.mark.parametrize("kind", REPORTS)
def test_a_report_about_nobody_of_this_register_reads_the_same_wherever_else_the_number_is(
    both: tuple[Office, Office], kind: str
) -> None:
    """Numbers: nobody's anywhere, one of another register, one under another agreement here."""
    there, without = both
    if not list(without.log.store.of_person(person(7))):
        Story(without.caller, subject=person(7)).act("custody.opened")
    if not list(there.log.store.of_person(person(8))):
        elsewhere = Story(there.caller, subject=person(8)).asked("custody.opened")
        there.caller.ask(acting.replace(elsewhere, agreement="US-SV-2025"))
    said = set()
    for subject in (person(99), person(7), person(8)):
        story = Story(there.caller, subject=subject)
        with pytest.raises(HabeasError) as caught:
            story.act(kind, [SIGNED.get(kind, "US-COUNSEL:counsel")], 40, **REPORTS[kind])
        fault = caught.value.faults[0]
        assert fault.spanish is not None
        said.add((fault.code, fault.sentence(), fault.sentence("es")))
    ((code, sentence, _spanish),) = said
    assert code == "H601"
    assert "nobody is on this register under this number" in sentence
