"""Acts through a gateway: each forbidden way by name, two signatures, drafts that become void."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from secrets import token_bytes
from typing import Any

import pytest

import acting
import gateways
from acting import ONE, READY, SCHEDULED, Story, key_id, officer
from gateways import Office
from habeas.errors import HabeasError
from habeas.service import keep
from habeas.service.asking import Asker, Drafts, Drop, Hand, OnePerson, Read, Sign, Under
from habeas.terms import Role

Call = Callable[..., object]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    path = acting.installed(tmp_path / "both", "US", "SV")
    with gateways.office(path, acting.hands("US", "SV")) as found:
        yield found


@pytest.fixture
def story(office: Office) -> Story:
    return Story(office.caller)


def refused(call: Call, *given: object, **more: object) -> tuple[str, str]:
    with pytest.raises(HabeasError) as caught:
        call(*given, **more)
    fault = caught.value.faults[0]
    return fault.code, fault.what


def seen(office: Office, subject: str = ONE) -> list[str]:
    """The kinds of a person's events in the register."""
    return [row.kind for row in office.log.store.of_person(subject)]


def test_a_case_is_acted_from_its_opening_to_the_handover(office: Office, story: Story) -> None:
    story.tell(*tuple(acting.WAY)[:10])
    assert seen(office) == list(acting.WAY)[:10]
    office.caller.ask(acting.publish())
    latest = office.log.store.latest()
    assert latest is not None
    assert latest[0] == office.log.size


@pytest.mark.parametrize(
    "stage", ["transfer.authorised", "transfer.accepted", "transfer.scheduled"]
)
def test_nobody_departs_without_both_authorisations(
    office: Office, story: Story, stage: str
) -> None:
    story.tell(*SCHEDULED[: SCHEDULED.index(stage)])
    code, what = refused(story.act, "custody.departed")
    assert code == "H609"
    assert what.startswith("both states must have authorised, accepted and scheduled; the case is")
    assert "custody.departed" not in seen(office)


def test_one_officer_does_not_act_twice(office: Office, story: Story) -> None:
    story.tell(*READY)
    twice = ["US-BOP:transferring", "US-BOP:transferring"]
    assert refused(story.act, "transfer.authorised", twice)[0] == "H503"
    alone = refused(story.act, "transfer.authorised", twice[:1])
    assert alone == (
        "H602",
        "'transfer.authorised' is signed as transferring, but needs transferring, transferring",
    )
    story.act("transfer.authorised")
    assert refused(story.sign, "transfer.authorised", "US-BOP") == (
        "H620",
        "this officer has signed 'transfer.authorised' already: another one must sign too",
    )
    assert seen(office) == list(READY)


def test_nobody_departs_under_a_stay(story: Story) -> None:
    story.tell(*SCHEDULED, "case.stay_ordered")
    assert refused(story.act, "custody.departed") == ("H603", "1 stay by a court is in force")


def test_nobody_departs_on_an_expired_fact(tmp_path: Path) -> None:
    path = acting.installed(tmp_path / "both", "US", "SV")
    hands = replace(acting.hands("US", "SV"), begun=acting.START + timedelta(hours=85))
    with gateways.office(path, hands) as office:
        story = Story(office.caller, valid=timedelta(hours=90))
        story.tell(*SCHEDULED)
        office.now += timedelta(hours=5)
        code, what = refused(story.act, "custody.departed")
    assert (code, what[:40]) == ("H605", "a fact of the last screening expired at ")


def test_nothing_is_authorised_with_consent_withdrawn(story: Story) -> None:
    story.tell(*READY[:4])
    story.act("case.consent_withdrawn", ["US-COUNSEL:counsel"], hours=5, through="counsel")
    assert refused(story.act, "transfer.authorised") == (
        "H604",
        "the agreement asks for the person's consent, which is withdrawn",
    )


def test_nothing_is_authorised_before_the_notice_is_over(story: Story) -> None:
    story.tell(*READY)
    code, what = refused(story.act, "transfer.authorised", hours=74)
    assert (code, what[:29]) == ("H606", "the notice period runs until ")


def other(story: Story, number: int = 2, manifest: str = "m2") -> Story:
    """Another person, ready to depart."""
    found = Story(story.caller, gateways.person(number), story.start)
    found.tell(*SCHEDULED[:-1])
    found.act("transfer.scheduled", manifest=manifest)
    return found


def test_nobody_departs_while_the_last_manifest_has_an_open_difference(story: Story) -> None:
    story.tell(*SCHEDULED, "custody.departed")
    second = other(story)
    depart = partial(second.act, "custody.departed", hours=120, manifest="m2")
    assert refused(depart) == (
        "H608",
        "the last manifest of this route has an open difference",
    )
    story.tell("custody.handed_over")
    assert "index" in depart()


@pytest.mark.parametrize(
    ("kind", "by", "body"),
    [
        ("custody.reception_refused", "US-BOP:custodian", {"reason": "no bed"}),
        ("custody.died", "US-BOP:custodian", {"place": "in flight", "body_at": "SV"}),
        ("custody.escaped", "US-BOP:custodian", {"circumstances": "at the gate"}),
    ],
)
def test_a_difference_is_closed_by_what_became_of_the_person(
    story: Story, kind: str, by: str, body: dict[str, Any]
) -> None:
    story.tell(*SCHEDULED, "custody.departed")
    second = other(story)
    story.act(kind, [by], hours=97, **body)
    assert "index" in second.act("custody.departed", hours=120, manifest="m2")


def test_those_of_one_manifest_board_one_after_another_and_none_after_the_first_arrived(
    story: Story,
) -> None:
    story.tell(*SCHEDULED)
    second, third, fourth = (other(story, n, "m1") for n in (2, 3, 4))
    story.tell("custody.departed")
    assert "index" in second.act("custody.departed", hours=91, line=2)
    story.tell("custody.handed_over")
    assert refused(third.act, "custody.departed", hours=99, line=3)[0] == "H608"
    second.act("custody.reception_refused", ["US-BOP:custodian"], hours=98)
    assert "index" in third.act("custody.departed", hours=99, line=3)
    assert refused(fourth.act, "custody.departed", hours=130, line=4)[0] == "H608"


def test_a_signature_comes_from_a_key_that_is_at_hand_enrolled_and_its_own(
    tmp_path: Path,
) -> None:
    path = acting.installed(tmp_path / "one", "US")
    with gateways.office(path, acting.hands("US")) as office:
        story = Story(office.caller)
        story.tell(*READY)
        story.act("transfer.authorised", ["US-BOP:transferring", "US-DOJ-OIA:transferring"])
        root = keep.Root("US-DOJ-OIA", acting.DEAL, gateways.key("US-DOJ-OIA root"))
        public = acting.key_of("US-DOJ-OIA").public()
        office.caller.append([keep.revocation(root, public, gateways.AT, token_bytes)], Under())
        assert refused(story.sign, "transfer.authorised", "US-DOJ-OIA")[0] == "H515"
        strange = ["US-BOP:transferring", "US-DOJ-OIA:transferring:third"]
        assert refused(story.act, "transfer.authorised", strange)[0] == "H515"
        absent = ["SV-DGCP:transferring", "SV-MJSP:transferring"]
        assert refused(story.act, "transfer.refused", absent, reason="r")[0] == "H517"
        borrowed = story.asked("duty.met", ["US-BOP:custodian"], duty="d")
        hand = Hand("US-COURT", Role.COURT, key_id("US-BOP"))
        borrowed = acting.replace(borrowed, signers=(hand,))
        assert refused(office.caller.ask, borrowed)[0] == "H515"
        assert seen(office) == list(READY)


def test_the_same_act_again_is_answered_as_before_and_another_under_its_id_is_refused(
    office: Office, story: Story
) -> None:
    asked = story.asked("custody.opened")
    first = office.caller.ask(asked)
    story.tell("case.proposed")
    again = office.caller.ask(asked)
    assert (again["index"], again["entry"]) == (first["index"], first["entry"])
    for change in ({"body": {"order": "x"}}, {"at": "2026-02-20T13:00:00Z"}, {"facility": "F"}):
        assert refused(office.caller.ask, acting.replace(asked, **change))[0] == "H533"
    story.tell(*READY[2:])
    draft = story.asked("transfer.authorised")
    assert office.caller.ask(draft) == office.caller.ask(draft)
    assert refused(office.caller.ask, acting.replace(draft, body={"decisions": ["e"]}))[0] == "H533"


def test_an_act_of_the_future_is_refused_before_anybody_signs(story: Story) -> None:
    assert refused(story.act, "custody.opened", hours=24 * 10 + 0.2)[0] == "H535"
    assert "index" in story.act("custody.opened", hours=24 * 10 + 0.05)


@pytest.mark.parametrize(
    ("change", "code"), [("stay", "H603"), ("expired", "H605"), ("evidence", "H605")]
)
def test_what_changed_since_the_draft_voids_it_and_says_why(
    office: Office, story: Story, change: str, code: str
) -> None:
    story.tell(*READY)
    story.act("transfer.authorised")
    if change == "stay":
        story.tell("case.stay_ordered")
    elif change == "expired":
        office.now += timedelta(days=51)
    else:
        by = ["US-COURT:court"]
        story.act("evidence.recorded", by, fact="sex", value="male", document="x")
    first, what = refused(story.sign, "transfer.authorised", "US-DOJ-OIA")
    assert first == code
    again, why = refused(story.sign, "transfer.authorised", "US-DOJ-OIA")
    assert (again, why[: 20 + len(code)]) == ("H621", f"the draft is void: {code} ")
    assert what in why
    assert "transfer.authorised" not in seen(office)
    [shown] = drafts(office, "US-BOP")
    assert (shown["state"], what in shown["why"]) == ("void", True)


def test_a_handover_whose_place_is_taken_is_void(story: Story) -> None:
    story.tell(*SCHEDULED, "custody.departed")
    story.act("custody.handed_over")
    story.tell("custody.reception_refused")
    assert refused(story.sign, "custody.handed_over", "SV-DGCP")[0] == "H601"
    assert refused(story.sign, "custody.handed_over", "SV-DGCP")[0] == "H621"


def test_an_officer_for_whom_nothing_waits_is_told_what_is_told_of_no_draft(
    office: Office, story: Story
) -> None:
    story.tell(*READY)
    story.act("transfer.authorised")
    strangers = ["US-BOP:second", "SV-DGCP", "US-COURT"]
    told = {refused(story.sign, "transfer.authorised", one) for one in strangers}
    nobody = Sign(acting.new_id(), officer("US-BOP"))
    told.add(refused(office.caller.ask, nobody))
    drop = Drop(story.ids["transfer.authorised"], officer("SV-DGCP"), "r")
    told.add(refused(office.caller.ask, drop))
    assert told == {("H922", "no draft of that id waits for this officer")}


def drafts(office: Office, authority: str, name: str | None = None) -> list[dict[str, Any]]:
    key = "" if name is None else key_id(authority, name)
    asker = Asker(authority, Role.TRANSFERRING, key)
    return list(office.caller.ask(Drafts(asker, "what waits"))["drafts"])


def test_a_draft_is_shown_to_those_who_sign_it_and_that_is_recorded(
    office: Office, story: Story
) -> None:
    story.tell(*READY)
    story.act("transfer.authorised")
    [made] = drafts(office, "US-BOP", "officer")
    [waits] = drafts(office, "US-DOJ-OIA")
    assert made == waits
    assert (made["kind"], made["subject"], made["state"]) == ("transfer.authorised", ONE, "waiting")
    assert made["body"]["decisions"] == ["d"]
    assert [one["authority"] for one in made["signed"]] == ["US-BOP"]
    assert [one["authority"] for one in made["waits_for"]] == ["US-DOJ-OIA"]
    assert [drafts(office, "SV-DGCP"), drafts(office, "US-BOP", "second")] == [[], []]
    read = [one.body for one in office.read_events()]
    assert [one["what"] for one in read] == ["drafts"] * 4
    assert [one["person"] == "none" for one in read] == [False, False, True, True]


def test_a_dropped_draft_is_not_signed_and_not_shown(office: Office, story: Story) -> None:
    story.tell(*READY)
    story.act("transfer.authorised")
    drop = Drop(story.ids["transfer.authorised"], officer("US-DOJ-OIA"), "the wrong person")
    office.caller.ask(drop)
    assert refused(story.sign, "transfer.authorised", "US-DOJ-OIA") == (
        "H621",
        "the draft is dropped: the wrong person",
    )
    assert drafts(office, "US-BOP") == []
    story.tell("transfer.authorised")
    late = Drop(story.ids["transfer.authorised"], officer("US-BOP"), "r")
    assert refused(office.caller.ask, late)[0] == "H622"


def test_a_draft_is_unreadable_once_its_person_is_erased(office: Office, story: Story) -> None:
    story.tell(*READY)
    story.act("transfer.authorised")
    office.log.vault.keys.destroy([ONE])  # type: ignore[attr-defined]  # of the real key store
    office.log.vault.forget()
    assert refused(story.sign, "transfer.authorised", "US-DOJ-OIA")[0] == "H922"
    assert (drafts(office, "US-BOP"), office.waiting.drafts()) == ([], [])


def test_a_section_is_sealed_with_its_draft_and_recorded_with_its_event(
    tmp_path: Path, office: Office, story: Story
) -> None:
    story.tell(*SCHEDULED, "custody.departed")
    asked = acting.replace(story.asked("custody.handed_over"), sections=(acting.SECTION,))
    office.caller.ask(asked)
    found = office.caller.ask(Sign(asked.id, officer("SV-DGCP")))
    assert len(office.log.store.sections(found["index"])) == 1
    raw = (tmp_path / "both" / "drafts.sqlite3").read_bytes()
    assert b"fit to travel" not in raw
    assert b"custody.handed_over" not in raw


def test_what_was_acted_is_read_like_everything_else(office: Office, story: Story) -> None:
    story.tell(*READY)
    asker = Asker("US-BOP", Role.CUSTODIAN, key_id("US-BOP"))
    found = office.caller.ask(Read(OnePerson(ONE), asker, "p"))
    assert len(found["events"]) == len(READY)
