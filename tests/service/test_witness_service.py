"""A log asks the witnesses of its policy; some are slow, some lie, one is ahead."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from habeas.adapters.witness_store import SqliteWitnessStore
from habeas.errors import RegisterError
from habeas.register import checkpoint
from habeas.register.checkpoint import COSIGNATURE, LOG, NoteKey
from habeas.register.policy import Policy, read_policy
from habeas.register.witness import (
    Cosigned,
    Refused,
    Reply,
    Stated,
    Witness,
    WitnessClient,
    origin_digest,
)
from habeas.service import witness as service
from witnesses import (
    LOG_KEY,
    LOG_SECOND,
    NOW,
    ORIGIN,
    ml_dsa_key,
    note,
    point,
    proof,
    seed_key,
)

NAMES: tuple[str, ...] = ("a", "b", "c")
KEYS = {one: NoteKey(f"{one}.example", COSIGNATURE, seed_key(one).public()) for one in NAMES}


@dataclass
class Direct:
    """A way to a witness without a network; keeps what it was asked."""

    witness: Witness
    now: int = NOW
    asked: list[str] = field(default_factory=list[str])

    def add(self, request: str) -> Reply:
        self.asked.append(request.partition("\n")[0])
        answer = self.witness.add(request.encode(), self.now)
        if answer.status == 200:
            return Cosigned(answer.body)
        return Stated(int(answer.body)) if answer.status == 409 else Refused(answer.status, "no")

    def latest(self, origin: str) -> str | None:
        return self.witness.latest(origin_digest(origin))


@dataclass(frozen=True)
class Always:
    """A witness that gives one answer, whatever it is asked."""

    reply: Reply
    note: str | None = None

    def add(self, request: str) -> Reply:
        assert request.startswith("old ")
        return self.reply

    def latest(self, origin: str) -> str | None:
        assert origin == ORIGIN
        return self.note


@pytest.fixture
def policy() -> Policy:
    """Two of three witnesses."""
    lines = [f"log {LOG_KEY.vkey()}", *(f"witness {n} {one.vkey()}" for n, one in KEYS.items())]
    return read_policy("\n".join([*lines, "group g 2 a b c", "quorum g"]) + "\n")


@pytest.fixture
def courts(tmp_path: Path) -> Iterator[dict[str, Direct]]:
    with ExitStack() as stack:
        found = {}
        for name in NAMES:
            store = SqliteWitnessStore(tmp_path / name, create=True)
            stack.callback(store.close)
            keys = (seed_key(name),)
            found[name] = Direct(
                service.open_witness(KEYS[name].name, keys, LOG_KEY.vkey() + "\n", store)
            )
        yield found


def _line(name: str, size: int = 5) -> str:
    return checkpoint.cosigned(point(size), KEYS[name].name, seed_key(name), NOW)


def _names(text: str) -> list[str]:
    return [line.name for line in checkpoint.read_note(text).lines]


def test_every_witness_cosigns_and_the_quorum_is_met(
    policy: Policy, courts: Mapping[str, Direct]
) -> None:
    first = service.ask(policy, courts, note(5), {}, proof)
    assert (first.met, first.refused, first.sizes) == (True, {}, dict.fromkeys(NAMES, 5))
    assert _names(first.note) == [ORIGIN, "a.example", "b.example", "c.example"]
    assert policy.cosigners(checkpoint.read_note(first.note)) == {one.name for one in KEYS.values()}
    second = service.ask(policy, courts, note(9), first.sizes, proof)
    assert (second.met, second.sizes) == (True, dict.fromkeys(NAMES, 9))
    assert courts["a"].asked == ["old 0", "old 5"], "the log remembers what each witness holds"


def test_a_log_that_forgot_what_a_witness_holds_is_told_once(
    policy: Policy, courts: Mapping[str, Direct]
) -> None:
    service.ask(policy, courts, note(5), {}, proof)
    found = service.ask(policy, courts, note(9), {"a": 5, "b": 3}, proof)
    assert (found.met, found.refused) == (True, {})
    asked = [courts[name].asked[1:] for name in NAMES]
    assert asked == [["old 5"], ["old 3", "old 5"], ["old 0", "old 5"]]


def test_the_same_checkpoint_again_gives_one_line_each(
    policy: Policy, courts: dict[str, Direct]
) -> None:
    first = service.ask(policy, courts, note(5), {}, proof)
    later = {name: replace(one, now=NOW + 9) for name, one in courts.items()}
    second = service.ask(policy, later, first.note, first.sizes, proof)
    assert _names(second.note) == _names(first.note)
    times = [checkpoint.time_of(one) for one in checkpoint.read_note(second.note).lines[1:]]
    assert times == [NOW + 9] * 3


def test_a_witness_that_is_ahead_stops_the_log(policy: Policy, courts: dict[str, Direct]) -> None:
    service.ask(policy, courts, note(9), {}, proof)
    for held in ({}, {"a": 5}, {"a": 9}):
        with pytest.raises(RegisterError) as caught:
            service.ask(policy, courts, note(7), held, proof)
        assert [fault.code for fault in caught.value.faults] == ["H570"] * 3
        assert "'a' is ahead" in caught.value.faults[0].what
    assert service.standing(policy, courts) == dict.fromkeys(NAMES, point(9))


def test_one_witness_that_shows_more_is_enough(policy: Policy, courts: dict[str, Direct]) -> None:
    with pytest.raises(RegisterError) as caught:
        service.ask(policy, {**courts, "c": Always(Stated(6), note(6))}, note(5), {}, proof)
    assert [fault.code for fault in caught.value.faults] == ["H570"]


@pytest.mark.parametrize(
    "shown", [None, "", "nonsense", note(3), note(6).replace("\n6\n", "\n7\n")]
)
def test_a_number_that_nobody_signed_stops_no_log(
    policy: Policy, courts: dict[str, Direct], shown: str | None
) -> None:
    found = service.ask(policy, {**courts, "c": Always(Stated(9), shown)}, note(5), {}, proof)
    assert (found.met, found.refused["c"].status) == (True, 409)


def test_a_second_history_is_refused_by_all(policy: Policy, courts: Mapping[str, Direct]) -> None:
    service.ask(policy, courts, note(5), {}, proof)
    held: dict[str, int] = dict.fromkeys(NAMES, 5)
    for size in (5, 9):
        found = service.ask(policy, courts, note(size, 2), held, lambda o, n: proof(o, n, 2))
        assert (found.met, _names(found.note)) == (False, [ORIGIN])
        assert {one.status for one in found.refused.values()} == {422}


@pytest.mark.parametrize(
    ("reply", "status"),
    [
        (Refused(0, "no answer"), 0),
        (Refused(403, "who?"), 403),
        (Stated(0), 409),
        (Stated(3), 409),
        (Cosigned(""), 200),
        (Cosigned("thanks\n"), 200),
        (Cosigned(_line("a")), 200),
        (Cosigned(_line("c", 6)), 200),
        (Cosigned(_line("c") + _line("c", 6)), 200),
        (Cosigned(_line("c") + _line("b", 6)), 200),
        (Cosigned(_line("c")[:-9]), 200),
        (Cosigned(_line("c") * 100), 200),
        (Cosigned(f"\n{point(6).text()}\n{_line('c', 6)}"), 200),
        (Cosigned(checkpoint.cosigned(point(5), "c.example", seed_key("x"), NOW)), 200),
    ],
)
def test_a_witness_that_does_not_cosign_stops_nothing(
    policy: Policy, courts: dict[str, Direct], reply: Reply, status: int
) -> None:
    found = service.ask(policy, {**courts, "c": Always(reply)}, note(5), {}, proof)
    assert found.met is True
    assert _names(found.note) == [ORIGIN, "a.example", "b.example"]
    assert (list(found.refused), found.refused["c"].status) == (["c"], status)


def test_strange_lines_are_passed_over(policy: Policy, courts: dict[str, Direct]) -> None:
    strange = checkpoint.cosigned(point(5), "s.example", seed_key("s"), NOW)
    reply = Cosigned(strange + _line("c"))
    found = service.ask(policy, {**courts, "c": Always(reply)}, note(5), {}, proof)
    assert _names(found.note) == [ORIGIN, "a.example", "b.example", "c.example"]


def test_below_its_quorum_a_note_is_handed_out_and_says_so(
    policy: Policy, courts: dict[str, Direct]
) -> None:
    found = service.ask(policy, {"b": courts["b"], "z": courts["a"]}, note(5), {}, proof)
    assert (found.met, _names(found.note), found.sizes) == (False, [ORIGIN, "b.example"], {"b": 5})
    alone = service.ask(policy, {}, note(5), {}, proof)
    assert (alone.met, alone.note) == (False, note(5))


def test_a_policy_without_witnesses_asks_nobody() -> None:
    found = service.ask(read_policy(f"log {LOG_KEY.vkey()}\nquorum none\n"), {}, note(5), {}, proof)
    assert (found.met, found.note) == (None, note(5))


def test_a_note_that_the_log_did_not_sign_is_not_sent(policy: Policy) -> None:
    stolen = checkpoint.signed(point(5), seed_key("thief"))
    with pytest.raises(RegisterError) as caught:
        service.ask(policy, {"a": Always(Refused(0, ""))}, stolen, {}, proof)
    assert caught.value.code == "H523"


def test_standing_believes_only_what_the_log_signed(
    policy: Policy, courts: dict[str, Direct]
) -> None:
    service.ask(policy, {"a": courts["a"]}, note(5), {}, proof)
    forged = checkpoint.signed(point(99), seed_key("thief"))
    shown: dict[str, WitnessClient] = {**courts, "c": Always(Refused(0, ""), forged)}
    assert service.standing(policy, shown) == {"a": point(5)}
    assert service.standing(policy, {"c": Always(Refused(0, ""), note(9))}) == {"c": point(9)}


def test_a_file_of_logs_is_a_policy_or_a_list_of_keys() -> None:
    other = NoteKey("log.example/other", LOG, seed_key("other").public())
    text = f"# logs\n\n{LOG_KEY.vkey()}\n log {other.vkey()}\t\n{LOG_SECOND.vkey()}\n"
    assert service.read_logs(text) == {ORIGIN: (LOG_KEY, LOG_SECOND), other.name: (other,)}
    policy = f"log {LOG_SECOND.vkey()}\nlog {LOG_KEY.vkey()}\nquorum none\n"
    assert service.read_logs(policy) == {ORIGIN: (LOG_KEY, LOG_SECOND)}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "H577"),
        ("# nothing\n", "H577"),
        ("x\n", "H521"),
        (f"{LOG_KEY.vkey()}\n{LOG_KEY.vkey()}\n", "H577"),
        (f"{KEYS['a'].vkey()}\n", "H577"),
        ("".join(f"{NoteKey(f'l{n}', LOG, bytes([n]) * 32).vkey()}\n" for n in range(65)), "H577"),
        (f"log {LOG_KEY.vkey()}\nquorum a\n", "H525"),
    ],
)
def test_another_file_names_no_logs(text: str, code: str) -> None:
    with pytest.raises(RegisterError) as caught:
        service.read_logs(text)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("name", "key", "code"),
    [(ORIGIN, "a", "H577"), ("a.example", "log", "H577"), ("a b", "a", "H521"), ("", "a", "H521")],
)
def test_a_log_is_not_its_own_witness(tmp_path: Path, name: str, key: str, code: str) -> None:
    store = SqliteWitnessStore(tmp_path / "w", create=True)
    with pytest.raises(RegisterError) as caught:
        service.open_witness(name, (seed_key(key),), LOG_KEY.vkey(), store)
    store.close()
    assert caught.value.code == code


def test_a_log_of_two_keys_is_cosigned_under_both(courts: dict[str, Direct]) -> None:
    lines = [f"log {LOG_KEY.vkey()}", f"log {LOG_SECOND.vkey()}", f"witness a {KEYS['a'].vkey()}"]
    policy = read_policy("\n".join([*lines, "quorum a"]) + "\n")
    second = checkpoint.cosigned(point(5), ORIGIN, ml_dsa_key("log"), NOW)
    found = service.ask(policy, courts, note(5) + second, {}, proof)
    assert (found.met, found.note) == (True, note(5) + second + _line("a"))
