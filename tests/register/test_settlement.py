"""States of settlement, and the documents that prove them with two trust files alone."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from drills.commands import AT, Drafter, key
from drills.peers import Pair, Peer, origin
from drills.rig import person
from hypothesis import given
from hypothesis import strategies as st

from habeas.adapters.settlement_file import SettlementFile
from habeas.errors import RegisterError
from habeas.register import events, exchange, settled
from habeas.register.events import Json
from habeas.register.policy import read_policy
from habeas.register.receipt import Receipt
from habeas.register.settlement import HOURS, MAY_FOLLOW, Change, Facts, Reach, follows, stand
from habeas.register.signing import keyid8
from habeas.service import record, settle
from habeas.terms import Settlement

S = Settlement
FACTS = st.builds(
    Facts,
    st.none() | st.integers(0, 9),
    st.none() | st.booleans(),
    st.booleans(),
    st.none() | st.integers(0, 9),
    st.booleans(),
    st.just(AT),
    st.sampled_from([AT - timedelta(1), AT, AT + timedelta(1)]),
    st.booleans(),
)


@given(FACTS)
def test_settled_needs_both_proofs_and_nothing_is_later_than_it_is(facts: Facts) -> None:
    state = stand(facts)
    both = facts.own_published and facts.peer_published and facts.peer_index is not None
    if state is S.SETTLED:
        assert both
        assert facts.own_index is not None
    if state is S.OVERDUE:
        assert facts.now >= facts.due
    if facts.own_published is None:
        assert state in {S.LOGGED, S.DRAFT, S.DISPUTED}
    assert state is not S.NOT_APPLICABLE


@given(st.sampled_from(sorted(S)), FACTS)
def test_a_state_goes_forward_or_stays(before: S, facts: Facts) -> None:
    after = follows(before, facts)
    assert after is before or after in MAY_FOLLOW[before]
    assert follows(after, facts) is after


def test_nothing_comes_back_to_where_it_was() -> None:
    assert set(MAY_FOLLOW) == set(S)
    assert MAY_FOLLOW[S.SETTLED] == frozenset()
    later = {one: set(MAY_FOLLOW[one]) for one in S}
    for _ in S:
        later = {
            one: {two for each in after for two in {each} | later[each]}
            for one, after in later.items()
        }
    assert [one for one, after in later.items() if one in after] == []


# The ledger


def change(number: int, state: S, own: int, peer: int | None, due: int) -> Change:
    times = (AT, AT, AT + timedelta(hours=due))
    return Change(f"E{number:03d}", bytes([number]) * 32, state, *times, own, peer)


@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(S)), st.none() | st.integers(0, 9), st.integers(-2, 2)),
        max_size=12,
    ),
    st.builds(Reach, *[st.integers(0, 12)] * 5),
)
def test_whatever_may_have_moved_is_taken_up(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[S, int | None, int]],
    reach: Reach,
) -> None:
    ledger = SettlementFile(tmp_path_factory.mktemp("ledger") / "settlement.sqlite3")
    kept = [change(n, state, n, peer, due) for n, (state, peer, due) in enumerate(rows)]
    ledger.keep(kept, reach)
    found = {one.event_id for one in ledger.moved(reach, AT, -1, 99)}
    for one in kept:
        facts = Facts(
            one.own_index,
            one.own_index < reach.published,
            one.own_index < reach.mirrored,
            one.peer_index,
            one.peer_index is not None and one.peer_index < reach.peer_published,
            one.due,
            AT,
        )
        known = {S.LOGGED, S.PUBLISHED, S.MIRRORED, S.OVERDUE, S.DISPUTED, S.SETTLED}
        if one.state in known and follows(one.state, facts) is not one.state:
            assert one.event_id in found
    assert ledger.reach() == reach
    assert ledger.kept([one.event_id for one in kept]) == {one.event_id: one for one in kept}
    assert list(ledger.changes()) == kept
    assert list(ledger.changes(2)) == kept[2:]
    unseen = {one.event_id for one in ledger.unseen([one.entry for one in kept])}
    assert unseen == {one.event_id for one in kept if one.peer_index is None}
    ledger.close()


# Documents


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Three settled events of A; then B hears nothing more, and two of A are overdue."""
    found = Pair.made(tmp_path_factory.mktemp("pair"))
    a, b = found.peers["a"], found.peers["b"]
    drafter = Drafter("settlement", 1000)
    a.append([drafter.custody(person(1)) for _ in range(3)])
    for _ in range(3):
        found.round()
    found.cut(up=False)
    a.append([drafter.custody(person(1)), drafter.visit(person(2))])
    a.publish()
    found.sleep(timedelta(hours=HOURS))
    b.append([Drafter("b", 2000).visit(person(3))])
    b.publish()
    a.mirror.take(b.publication(a.mirror.size))
    a.settle()
    yield found
    found.close()


def named(peer: Peer, state: S) -> list[str]:
    return [one.event_id for one in peer.ledger.listed(state, 99)]


def test_a_settled_event_is_proven_and_one_that_is_not_is_not(pair: Pair) -> None:
    a, b = pair.peers["a"], pair.peers["b"]
    for one, other in ((a, b), (b, a)):
        text = settle.document(one.both, named(one, S.SETTLED)[0])
        found = settled.check(text, one.trust, other.trust)
        assert (found.text, found.proven) == ("SETTLED", True)
        assert settled.check(text, other.trust, one.trust).text.startswith("INVALID")
    with pytest.raises(RegisterError, match=r"H940.*the other log"):
        settle.document(a.both, named(a, S.OVERDUE)[0])


def test_the_proof_of_another_event_proves_nothing(pair: Pair) -> None:
    a, b = pair.peers["a"], pair.peers["b"]
    one, two = (json.loads(settle.document(a.both, name)) for name in named(a, S.SETTLED)[:2])
    mixed = exchange.canonical(one | {"peer": two["peer"]})
    assert settled.check(mixed, a.trust, b.trust).text.startswith("INVALID (H941")
    twice = exchange.canonical(one | {"peer": one["receipt"]["proof"]})
    assert settled.check(twice, a.trust, a.trust).text.startswith("INVALID (H941")
    bare = one["peer"].split("— court")[0]
    found = settled.check(exchange.canonical(one | {"peer": bare}), a.trust, b.trust)
    assert (found.text, found.proven) == ("IN BOTH LOGS, NOT WITNESSED", False)
    for wrong in ("{}", "[", json.dumps(one | {"more": 1}), json.dumps(one | {"format": "x"})):
        with pytest.raises(RegisterError, match="H939"):
            settled.check(wrong, a.trust, b.trust)


def acknowledged(peer: Peer, received: Json, log: str = "b") -> tuple[str, Receipt]:
    officer = key("B officer")
    told = events.canonical({"from": origin(log), "received": received})
    said = b"habeas/message/v1\n" + told
    signature = exchange.base64s([officer.sign(said)])[0]
    line = f"B {keyid8(officer.public()).hex()} {signature}\n"
    own = record.make_receipt(peer.log.store, peer.log.vault, 1)
    return said.decode() + "\n" + line, own


def test_an_overdue_event_is_proven_with_the_other_log_s_leaves(pair: Pair) -> None:
    a, b = pair.peers["a"], pair.peers["b"]
    name, leaves = named(a, S.OVERDUE)[0], a.mirror.store.entries(0, a.mirror.size)
    text = settle.overdue(a.both, name, HOURS, acknowledged(a, a.log.size))
    found = settled.check_overdue(text, a.trust, b.trust, leaves)
    assert (found.text, found.proven) == ("OVERDUE", True)
    assert found.notes == (f"acknowledged: B has signed that it took in {a.log.size} leaves",)
    bare = settled.check_overdue(text, a.trust, b.trust)
    assert (bare.text, bare.proven) == ("NOT SHOWN TO BE OVERDUE", False)
    for wrong in (leaves[:-1], [*leaves[:-1], bytes(32)], leaves[::-1]):
        told = settled.check_overdue(text, a.trust, b.trust, wrong)
        assert told.text.startswith("INVALID (H941")


def test_an_overdue_event_needs_the_hours_and_a_good_acknowledgement(pair: Pair) -> None:
    a, b = pair.peers["a"], pair.peers["b"]
    name, leaves = named(a, S.OVERDUE)[0], a.mirror.store.entries(0, a.mirror.size)
    late = settle.overdue(a.both, name, HOURS + 1)
    found = settled.check_overdue(late, a.trust, b.trust, leaves)
    assert found.text == "NOT SHOWN TO BE OVERDUE"
    assert any("before the deadline" in one for one in found.notes)
    assert found.notes[0].startswith("not acknowledged")
    index = a.ledger.kept([name])[name].own_index
    text = settle.overdue(a.both, name, HOURS, acknowledged(a, index))
    assert settled.check_overdue(text, a.trust, b.trust, leaves).text.startswith("INVALID (H941")
    with pytest.raises(RegisterError, match="H940"):
        settle.overdue(a.both, named(a, S.SETTLED)[0], HOURS)


def test_the_hours_are_a_number_of_hours_of_a_year_at_most(pair: Pair) -> None:
    a, b = pair.peers["a"], pair.peers["b"]
    document = json.loads(settle.overdue(a.both, named(a, S.OVERDUE)[0], HOURS))
    for hours in (0, -1, 24 * 366 + 1, True, "24", None):
        with pytest.raises(RegisterError, match="no number of hours"):
            settled.check_overdue(exchange.canonical(document | {"hours": hours}), a.trust, b.trust)
    year = exchange.canonical(document | {"hours": 24 * 366})
    assert settled.check_overdue(year, a.trust, b.trust).text == "NOT SHOWN TO BE OVERDUE"


def test_an_acknowledgement_of_nothing_has_its_own_code(pair: Pair) -> None:
    a, b = pair.peers["a"], pair.peers["b"]
    for other in (acknowledged(a, a.log.size, "c"), acknowledged(a, "all of it")):
        text = settle.overdue(a.both, named(a, S.OVERDUE)[0], HOURS, other)
        told = settled.check_overdue(text, a.trust, b.trust).text
        assert "the acknowledgement does not cover the event" in told
        assert re.match(r"INVALID \(H941\b(?!~)", told)


@pytest.mark.parametrize("half", ["\ud800", "\\ud800"])
def test_half_a_surrogate_pair_is_refused_wherever_it_stands(pair: Pair, half: str) -> None:
    a, b = pair.peers["a"], pair.peers["b"]
    name, leaves = named(a, S.OVERDUE)[0], a.mirror.store.entries(0, a.mirror.size)
    text = settle.overdue(a.both, name, HOURS, acknowledged(a, a.log.size))
    for place in range(text.index('"'), len(text), 7):
        try:
            found = settled.check_overdue(
                text[:place] + half + text[place:], a.trust, b.trust, leaves
            )
        except RegisterError:
            continue
        assert not found.proven


def test_what_the_other_log_has_is_not_overdue(pair: Pair) -> None:
    a, b = pair.peers["a"], pair.peers["b"]
    document = json.loads(settle.overdue(a.both, named(a, S.OVERDUE)[0], HOURS))
    settled_ = json.loads(settle.document(a.both, named(a, S.SETTLED)[0]))
    text = exchange.canonical(document | {"receipt": settled_["receipt"]})
    leaves = a.mirror.store.entries(0, a.mirror.size)
    found = settled.check_overdue(text, a.trust, b.trust, leaves)
    assert (found.text, found.proven) == ("NOT OVERDUE: the entry is in the other log", False)


def test_a_ledger_that_is_lost_is_computed_again(pair: Pair, tmp_path: Path) -> None:
    a = pair.peers["a"]
    ledger = SettlementFile(tmp_path / "settlement.sqlite3")
    again = settle.run(settle.Both(a.log, a.trust.policy, a.mirror, ledger), a.shared, pair.clock())
    assert again.counts == a.ledger.counts()
    assert again.changed == sum(again.counts.values())
    ledger.close()


def test_without_witnesses_of_the_own_log_nothing_goes_on(pair: Pair, tmp_path: Path) -> None:
    a = pair.peers["a"]
    ledger = SettlementFile(tmp_path / "settlement.sqlite3")
    text = json.loads(a.trust.text)["policy"].replace("quorum court", "quorum none")
    policy = read_policy(text)
    found = settle.run(settle.Both(a.log, policy, a.mirror, ledger), a.shared, pair.clock())
    assert found.witnessed is False
    assert found.counts == {S.LOGGED: 5}
    ledger.close()


def test_a_disputed_event_is_so_until_it_is_settled(pair: Pair, tmp_path: Path) -> None:
    a = pair.peers["a"]
    ledger = SettlementFile(tmp_path / "settlement.sqlite3")
    both = settle.Both(a.log, a.trust.policy, a.mirror, ledger)
    late = named(a, S.OVERDUE)[0]
    assert settle.run(both, a.shared, pair.clock(), HOURS, [late]).counts[S.DISPUTED] == 1
    assert settle.run(both, a.shared, pair.clock(), HOURS, [late]).changed == 0
    assert settle.run(both, a.shared, pair.clock()).counts[S.DISPUTED] == 1
    settled_ = named(a, S.SETTLED)[0]
    assert settle.run(both, a.shared, pair.clock(), HOURS, [settled_]).changed == 0
    ledger.close()
