"""A fork between two installations: found when the peer tells it, proved to anybody."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

import acting
import gateways
from acting import ONE, SCHEDULED, Story
from gateways import Office
from habeas.register import receipt
from habeas.register.events import Row
from habeas.register.forks import check
from habeas.register.keys import Trust
from habeas.register.tiles import TileTree
from habeas.service import feed_check, forks
from habeas.service.asking import Found, Outgoing, Publish, Receive
from habeas.service.forks import Clash

LINE = "OAS-A57 US SV"


@contextmanager
def two(folder: Path) -> Iterator[tuple[Office, Office]]:
    with ExitStack() as stack:
        made = [acting.installed(folder / state, state) for state in ("US", "SV")]
        opened = [
            stack.enter_context(gateways.office(path, acting.hands(state)))
            for path, state in zip(made, ("US", "SV"), strict=True)
        ]
        yield opened[0], opened[1]


@pytest.fixture
def forked(tmp_path: Path) -> Iterator[tuple[Office, Office, Found]]:
    """Both signed a handover; before the sending state heard so, it wrote that it was refused."""
    with two(tmp_path) as (us, sv):
        here, there = Story(us.caller), Story(sv.caller)
        here.tell(*SCHEDULED[:6])
        exchanged(us, sv)
        there.tell("transfer.accepted")
        exchanged(us, sv)
        here.tell("transfer.scheduled", "custody.departed")
        here.act("custody.handed_over")
        sv.caller.ask(Receive(sent(us)))
        there.ids = here.ids
        there.sign("custody.handed_over", "SV-DGCP")
        here.tell("custody.reception_refused")
        yield us, sv, us.caller.ask(Receive(sent(sv)))


def sent(office: Office) -> str:
    return str(office.caller.ask(Outgoing(acting.DEAL, "US", "SV")).get("message", ""))


def exchanged(us: Office, sv: Office) -> None:
    for reader, writer in ((sv, us), (us, sv), (sv, us)):
        text = sent(writer)
        if text:
            reader.caller.ask(Receive(text))


def parked(office: Office, peer: str) -> list[Row]:
    return office.waiting.parked(f"{LINE} {peer}")


def proving(office: Office) -> Callable[[bytes, bytes], str | None]:
    """What a mirror of a log answers: the proof of an entry there."""
    store = office.log.store

    def prove(entry: bytes, salt: bytes) -> str | None:
        latest = store.latest()
        index = next((row.index for row in store.rows() if row.entry == entry), None)
        if latest is None or index is None:
            return None
        return receipt.proof_text(
            salt, index, TileTree(store).inclusion(index, latest[0]), latest[1]
        )

    return prove


def clash(office: Office, peer: str) -> Clash:
    (found,) = forks.clashes(office.log, parked(office, peer))
    return found


def trusts(us: Office, sv: Office) -> tuple[Trust, Trust]:
    return us.trust, sv.trust


def test_a_fork_is_found_and_proved_on_both_sides_alike(
    forked: tuple[Office, Office, Found],
) -> None:
    us, sv, told = forked
    assert told["parked"] == 1
    sv.caller.ask(Receive(sent(us)))
    for office in (us, sv):
        office.caller.ask(Publish())
    texts = [
        forks.document(one.log, clash(one, peer), proving(other))
        for one, peer, other in ((us, "SV", sv), (sv, "US", us))
    ]
    shown = [check(text, trusts(us, sv)) for text in texts]
    assert [one.both for one in shown] == [("US-BOP",)] * 2
    assert shown[0].claims == shown[1].claims
    assert {one.event.kind for one in shown[0].claims} == {
        "custody.handed_over",
        "custody.reception_refused",
    }
    told_ = feed_check.checked(texts[0], us.trust, sv.trust)
    assert (told_.verdict, told_.proven) == ("FORK: US-BOP signed both events", True)
    assert [note.rpartition(": ")[2] for note in told_.notes] == [
        f"in {one.origin}, NOT WITNESSED" for one in shown[0].claims
    ]
    for office in (us, sv):
        assert forks.disputed(office.log, parked(office, "SV" if office is us else "US")) == {ONE}


def test_without_a_mirror_the_signatures_alone_prove_it(
    forked: tuple[Office, Office, Found],
) -> None:
    us, _, _ = forked
    text = forks.document(us.log, clash(us, "SV"), lambda *_: None)
    found = check(text, [us.trust])
    assert (found.both, found.seq, found.subject) == (("US-BOP",), 2, ONE)
    assert sorted(one.origin for one in found.claims) == ["", us.log.origin]


def test_neither_log_takes_the_other_event_and_both_verify(
    forked: tuple[Office, Office, Found], tmp_path: Path
) -> None:
    us, sv, _ = forked
    sv.caller.ask(Receive(sent(us)))
    for office, kind in ((us, "custody.reception_refused"), (sv, "custody.handed_over")):
        last = [row.kind for row in office.log.store.of_person(ONE) if row.seq == 2]
        assert last == [kind]
    for name in ("US", "SV"):
        assert gateways.report(tmp_path / name / "register.sqlite3").faults == ()


def test_what_merely_waits_for_its_predecessor_is_no_fork(tmp_path: Path) -> None:
    with two(tmp_path) as (us, sv):
        Story(us.caller).tell(*SCHEDULED[:6])
        broken = acting.signed_again(sent(us), acting.without_first_event)
        sv.caller.ask(Receive(broken))
        waits = parked(sv, "US")
        assert len(waits) > 1
        assert list(forks.clashes(sv.log, waits)) == []
        assert forks.disputed(sv.log, waits) == frozenset()
