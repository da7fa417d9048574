"""The feed between two gateways: what both share is settled at both, whatever happens between."""

import base64
import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

import feeding
import gateways
from acting import ONE, READY, Story
from feeding import Half
from habeas.errors import HabeasError
from habeas.register import checkpoint, witness
from habeas.register.checkpoint import Checkpoint
from habeas.register.keys import read_trust
from habeas.register.tiles import Grower
from habeas.service import feed_asks
from habeas.service.asking import Asker, OneSettlement, Read
from habeas.service.feed_check import Told, checked
from habeas.terms import Role, Settlement

SHARED = (*READY, "transfer.authorised")
SETTLED = {Settlement.SETTLED: len(SHARED)}


@pytest.fixture
def both() -> Iterator[tuple[Half, Half]]:
    with feeding.two() as found:
        yield found


def code(error: pytest.ExceptionInfo[HabeasError]) -> str:
    return error.value.code


def shared(us: Half, sv: Half) -> None:
    Story(us.caller).tell(*SHARED)
    feeding.messages(us, sv)


def test_what_one_records_is_settled_at_both(both: tuple[Half, Half]) -> None:
    us, sv = both
    shared(us, sv)
    feeding.settle(us, sv)
    assert us.states() == sv.states() == SETTLED
    for here, there in ((us, sv), (sv, us)):
        for one in here.events():
            assert one.peer_index is not None
            assert there.log.store.entries(one.peer_index, one.peer_index + 1) == [one.entry]
            assert here.log.store.entries(one.own_index, one.own_index + 1) == [one.entry]


def test_nothing_is_settled_before_both_have_published(both: tuple[Half, Half]) -> None:
    us, sv = both
    Story(us.caller).tell(*SHARED)
    assert us.states() == {Settlement.LOGGED: len(SHARED)}
    assert us.publish()["witnessed"] is True
    assert us.states() == {Settlement.PUBLISHED: len(SHARED)}
    sv.round()
    us.round()
    assert us.states() == {Settlement.MIRRORED: len(SHARED)}
    feeding.messages(us, sv)
    us.round()
    assert us.states() == {Settlement.MIRRORED: len(SHARED)}, "sv has logged it and not published"
    sv.publish()
    us.round()
    assert us.states() == SETTLED


def test_a_peer_that_is_away_holds_up_proofs_and_nothing_else(both: tuple[Half, Half]) -> None:
    us, sv = both
    us.publish()
    shared(us, sv)
    us.way.up = sv.way.up = False
    assert us.publish()["witnessed"] is False
    with pytest.raises(HabeasError) as away:
        us.round()
    assert code(away) == "H859"
    us.again()
    assert us.waits() == "H540"
    Story(us.caller).act("duty.met", ["US-BOP:custodian"], duty="recorded all the same")
    with pytest.raises(HabeasError) as waits:
        us.publish()
    assert code(waits) == "H540"
    us.way.up = sv.way.up = True
    feeding.messages(us, sv)
    us.round()  # the peer is heard: what waited is published
    assert us.waits() == ""
    feeding.settle(us, sv)
    assert us.states() == sv.states() == {Settlement.SETTLED: len(SHARED) + 1}


def test_twice_out_of_order_and_late_changes_nothing(both: tuple[Half, Half]) -> None:
    us, sv = both
    shared(us, sv)
    us.publish()
    first = us.way.there().ask  # sv's caller: us's publications are taken there
    early = us.caller.ask(feed_asks.Publication(0))
    Story(us.caller).act("duty.met", ["US-BOP:custodian"], duty="d")
    us.publish()
    late = us.caller.ask(feed_asks.Publication(int(early["to"])))
    with pytest.raises(HabeasError) as gap:
        first(feed_asks.TakePublication(str(late["publication"])))
    assert code(gap) == "H934"
    sizes = [
        first(feed_asks.TakePublication(str(one["publication"])))["size"]
        for one in (early, early, late, early, late)
    ]
    assert sizes == [early["to"], early["to"], late["to"], late["to"], late["to"]]
    feeding.messages(us, sv)
    feeding.settle(us, sv)
    assert us.states() == sv.states() == {Settlement.SETTLED: len(SHARED) + 1}


def altered(text: str) -> str:
    """One leaf is another."""
    found = json.loads(text)
    if found["entries"]:
        found["entries"][0] = "A" * 43 + "="
    return json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def resigned(text: str) -> str:
    """The signature is not the log's."""
    found = json.loads(text)
    head, lines = found["checkpoint"].split("\n\n")
    found["checkpoint"] = f"{head}\n\n{lines[:40]}{'B' * 4}{lines[44:]}"
    return json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@pytest.mark.parametrize(("lie", "known"), [(altered, {"H935"}), (resigned, {"H521", "H523"})])
def test_a_lie_is_refused_whole_and_stops_nothing(
    both: tuple[Half, Half], lie: feeding.Lie, known: set[str]
) -> None:
    us, sv = both
    shared(us, sv)
    us.publish()
    sv.publish()
    us.way.lie = lie
    with pytest.raises(HabeasError) as told:
        us.round()
    assert code(told) in known
    assert us.caller.ask(feed_asks.Feed())["mirror"]["size"] == 0
    Story(us.caller).act("duty.met", ["US-BOP:custodian"], duty="recorded all the same")
    us.way.lie = None
    feeding.messages(us, sv)
    feeding.settle(us, sv)
    assert us.states() == sv.states() == {Settlement.SETTLED: len(SHARED) + 1}


def test_a_gateway_that_ends_in_the_middle_goes_on_where_it_was(both: tuple[Half, Half]) -> None:
    us, sv = both
    shared(us, sv)
    us.publish()
    sv.round()
    sv.again()
    us.again()
    sv.publish()
    us.round()
    us.again()
    feeding.settle(us, sv)
    assert us.states() == sv.states() == SETTLED
    assert [one.at for one in us.events()] == [one.at for one in us.events()]


def test_what_is_not_shared_has_no_settlement(both: tuple[Half, Half]) -> None:
    us, sv = both
    Story(us.caller).tell(*READY)
    feeding.settle(us, sv)
    assert us.states() == sv.states() == {}
    assert sv.log.store.persons([ONE]) == set()


def test_what_is_late_is_overdue_and_may_still_be_settled(both: tuple[Half, Half]) -> None:
    us, sv = both
    Story(us.caller).tell(*SHARED)
    us.publish()
    us.now += timedelta(hours=25)
    assert us.states() == {Settlement.OVERDUE: len(SHARED)}
    told = us.told()["events"]
    assert [one["state"] for one in told] == ["overdue"] * len(SHARED)
    assert {"subject", "person", "body"} & set(told[0]) == set()
    sv.now = us.now
    feeding.messages(us, sv)
    feeding.settle(us, sv)
    assert us.states() == SETTLED
    assert proof_of(us, 0).verdict == "SETTLED"


def proof_of(half: Half, place: int) -> Told:
    """What the proof of a shared event says to whoever has both trust files, and the leaves."""
    index = half.events()[place].own_index
    asked = Read(OneSettlement(index), Asker("US-BOP", Role.CUSTODIAN), "a test")
    text = str(half.caller.ask(asked)["proof"])
    own, peer = (read_trust(feeding.trust_text(one)) for one in ("US", "SV"))
    return checked(text, own, peer, half.evidence.entries(0, half.evidence.size()))


def test_an_overdue_event_is_proven_with_what_the_peer_has_signed(both: tuple[Half, Half]) -> None:
    us, sv = both
    us.publish()
    sv.publish()
    shared(us, sv)
    us.publish()
    for one in both:
        one.now += timedelta(hours=25)
    us.round()
    assert us.states() == {Settlement.OVERDUE: len(SHARED)}
    found = proof_of(us, 0)
    assert found.notes[0].startswith("acknowledged: SV-DGCP has signed that it took in")
    assert found.verdict == "NOT SHOWN TO BE OVERDUE", "sv published last before the deadline"


def test_a_log_that_signs_two_histories_is_accused_with_proof(both: tuple[Half, Half]) -> None:
    us, sv = both
    us.publish()
    sv.round()
    held = us.caller.ask(feed_asks.Publication(0))
    said = json.loads(str(held["publication"]))
    leaves = [base64.b64decode(one) for one in said["entries"]]
    leaves[1] = bytes(32)
    grown = Grower()
    for one in leaves:
        grown.append(one)
    point = Checkpoint(us.log.origin, len(leaves), grown.root())
    said["checkpoint"] = checkpoint.signed(point, gateways.key("log US"))
    said["entries"][1] = base64.b64encode(leaves[1]).decode()
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    with pytest.raises(HabeasError) as told:
        sv.caller.ask(feed_asks.TakePublication(text))
    assert code(told) == "H936"
    assert sv.caller.ask(feed_asks.Feed())["mirror"]["split"] is True
    proof = str(sv.caller.ask(feed_asks.Accusation())["proof"])
    own, peer = (read_trust(feeding.trust_text(one)) for one in ("SV", "US"))
    found = checked(proof, own, peer)
    assert (found.proven, found.verdict[:10]) == (True, "SPLIT VIEW")
    with pytest.raises(HabeasError):
        checked(proof, peer, own)
    cosign = witness.write_request(len(leaves), [], said["checkpoint"])
    answer = sv.caller.ask(feed_asks.Cosign(cosign, "witness"))
    assert answer["status"] == 422, "its witness knows what its mirror holds"
