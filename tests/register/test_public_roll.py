"""The public roll: the vectors byte for byte, what is refused, and what nobody can alter unseen."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from habeas.errors import RegisterError
from habeas.register import merkle, public_roll
from habeas.register.public_roll import ROW, Absent, Counts, Flows, Found, PublicRoll, Statement
from habeas.terms import RollStatus
from public_rolls import ASK, DAY, HELD, Office, built, chance, held, secret, trusted, witnessed

Code = Callable[..., str]
TOKENS = st.binary(min_size=16, max_size=16)
IDS = st.text(st.sampled_from("ABCXYZabc019-_/.:"), min_size=1, max_size=24)
SEQS = st.integers(0, 10**9 - 1)
STATEMENTS = st.one_of(
    st.builds(lambda w, n, f: Statement(w, n, facility=f),
              st.sampled_from([HELD, RollStatus.HOSPITAL]), SEQS, IDS),
    st.builds(lambda w, n, c: Statement(w, n, court=c),
              st.sampled_from([ASK, RollStatus.DISPUTED]), SEQS, IDS),
    st.builds(Statement, st.sampled_from([RollStatus.IN_TRANSFER, RollStatus.RELEASED,
                                          RollStatus.RETURNED, RollStatus.DIED]), SEQS),
)  # fmt: skip


def of_vector(status: dict[str, Any]) -> Statement:
    return Statement(RollStatus(status["s"]), status["seq"], status.get("f"), status.get("c"))


@pytest.fixture
def vector(example: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = example["roll"]
    return found


def vector_roll(vector: dict[str, Any], issue: int = 1) -> PublicRoll:
    stated = {bytes.fromhex(one["token_hex"]): of_vector(one["status"]) for one in vector["tokens"]}
    return public_roll.build(date.fromisoformat(vector["date"]), issue, stated, 5, chance)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


# What is refused


def test_a_place_that_does_not_fit_is_refused_and_not_repeated(code: Code) -> None:
    for name in ("SV-" + "X" * 22, "", 'A"B', "A B", "Ñ", "A\\B", "A\n"):
        assert code(public_roll.plaintext, Statement(HELD, 1, facility=name)) == "H580"
        with pytest.raises(RegisterError) as caught:
            public_roll.plaintext(Statement(ASK, 1, court=name))
        assert not name or name not in str(caught.value)
        assert "court" in str(caught.value)


@pytest.mark.parametrize(
    "said",
    [
        Statement(HELD, 1),
        Statement(HELD, 1, court="C"),
        Statement(HELD, 1, facility="F", court="C"),
        Statement(ASK, 1),
        Statement(ASK, 1, facility="F"),
        Statement(RollStatus.DIED, 1, facility="F"),
        Statement(RollStatus.DIED, -1),
        Statement(RollStatus.DIED, 10**9),
    ],
)
def test_a_word_takes_its_own_fields_and_no_others(said: Statement, code: Code) -> None:
    assert code(public_roll.plaintext, said) == "H580"


def test_a_roll_that_would_show_its_count_or_reuse_a_key_is_not_built(code: Code) -> None:
    stated = held(3)

    def short(count: int) -> bytes:
        return chance(count - 1)

    for given_ in (
        (DAY, 1, stated, 2, chance),
        (DAY, 1, {}, 0, chance),
        (DAY, 0, stated, 256, chance),
        (DAY, 100, stated, 256, chance),
        (DAY, 1, {b"short": Statement(HELD, 1, facility="F")}, 256, chance),
        (DAY, 1, stated, 256, short),
        (DAY, 1, stated, 256, bytes),
    ):
        assert code(public_roll.build, *given_) == "H581"


def test_a_file_of_other_than_sorted_whole_rows_is_refused(code: Code) -> None:
    data = built(held(3)).data
    swapped = data[ROW : 2 * ROW] + data[:ROW] + data[2 * ROW :]
    twice = data[:ROW] + data
    for wrong in (b"", data[:-1], data + b"x", swapped, twice):
        assert code(public_roll.read, wrong, DAY, 1) == "H582"


def test_a_roll_whose_rows_and_header_differ_is_refused(office: Office, code: Code) -> None:
    data, header = office.pair(built(held(3)))
    other, other_header = office.pair(built(held(4)))
    check = public_roll.verified
    assert code(check, other, header, trusted()) == "H584"
    assert code(check, data, other_header, trusted()) == "H584"
    mixed = json.loads(header) | {"event": json.loads(other_header)["event"]}
    text = json.dumps(mixed, indent=1, sort_keys=True) + "\n"
    assert code(check, data, text, trusted()) == "H584"


def test_an_event_of_another_kind_commits_to_no_roll(office: Office, code: Code) -> None:
    roll = built(held(3))
    office.append("duty.met", public_roll.commitment(roll))
    assert code(public_roll.verified, *office.pair(roll), trusted()) == "H584"


def test_a_roll_under_keys_that_the_reader_does_not_trust_is_refused(
    office: Office, code: Code
) -> None:
    pair = office.pair(built(held(3)))
    stranger = replace(trusted(), roots={"A": bytes(32)})
    assert code(public_roll.verified, *pair, stranger) == "H584"


def test_a_row_with_the_tokens_label_that_does_not_open_is_told(code: Code) -> None:
    roll = built(held(3))
    found = public_roll.find(roll, secret("token 1"))
    assert isinstance(found, Found)
    place = found.at.index * ROW + 40
    data = roll.data[:place] + bytes([roll.data[place] ^ 1]) + roll.data[place + 1 :]
    altered = public_roll.read(data, DAY, 1)
    assert code(public_roll.find, altered, secret("token 1")) == "H585"


@pytest.mark.parametrize(
    "text",
    [
        b'{"s":"held","seq":1}',
        b'{"s":"dead","seq":1}',
        b'{"s":"died","seq":01}',
        b'{"s":"died","seq":1,"x":1}',
        b'{"s":"died", "seq":1}',
        b'{"f":"F","s":"died","seq":1}',
        b"\xff" * 64,
        b"",
    ],
)
def test_a_status_of_another_form_is_no_status(text: bytes, code: Code) -> None:
    assert code(public_roll.read_plaintext, text.ljust(64)) == "H585"


# The vectors


def test_the_vector_comes_out_byte_for_byte(vector: dict[str, Any]) -> None:
    roll = vector_roll(vector)
    assert roll.data.hex() == "".join(vector["rows_sorted_hex"])
    assert roll.root.hex() == vector["root_hex"]
    again = public_roll.read(roll.data, roll.day, 1)
    assert (again.data, again.root) == (roll.data, roll.root)


def test_each_row_of_the_vector_has_its_label_text_and_proof(vector: dict[str, Any]) -> None:
    roll = vector_roll(vector)
    for one in vector["tokens"]:
        token, said = bytes.fromhex(one["token_hex"]), of_vector(one["status"])
        assert public_roll.label(token, roll.day, 1).hex() == one["label_hex"]
        assert public_roll.plaintext(said).decode() == one["plaintext_utf8"]
        found = public_roll.find(roll, token)
        assert isinstance(found, Found)
        assert (found.said, found.at.row.hex()) == (said, one["row_hex"])
        proof = vector["all_inclusion_hex"][found.at.index]
        assert [part.hex() for part in found.at.proof] == proof
        public_roll.check_inclusion(found.at, 5, bytes.fromhex(vector["root_hex"]))


def test_absence_in_the_vector_lies_between_its_neighbours(vector: dict[str, Any]) -> None:
    roll = vector_roll(vector)
    for one in vector["absent"]:
        found = public_roll.find(roll, bytes.fromhex(one["token_hex"]))
        assert isinstance(found, Absent)
        places = [at and at.index for at in (found.below, found.above)]
        assert places == [one["row_below"], one["row_above"]]
        public_roll.check_absence(found, bytes.fromhex(one["label_hex"]), 5, roll.root)


def test_the_second_issue_of_a_day_shares_no_label_with_the_first(vector: dict[str, Any]) -> None:
    roll, wanted = vector_roll(vector, issue=2), vector["second_issue"]
    token = bytes.fromhex(vector["tokens"][0]["token_hex"])
    assert roll.root.hex() == wanted["root_hex"]
    assert public_roll.label(token, roll.day, 2).hex() == wanted["token_0_label_hex"]


# What holds for every roll


@given(STATEMENTS)
def test_a_status_is_canonical_json_of_64_bytes(said: Statement) -> None:
    text = public_roll.plaintext(said)
    fields = {"s": said.status.value, "seq": said.seq, "f": said.facility, "c": said.court}
    given_ = {name: value for name, value in fields.items() if value is not None}
    assert (len(text), text.rstrip()) == (64, rfc8785.dumps(given_))
    assert public_roll.read_plaintext(text) == said


@given(st.dictionaries(TOKENS, STATEMENTS, max_size=12), TOKENS, st.dates(), st.integers(1, 99))
def test_every_bearer_finds_the_row_and_nobody_else_does(
    stated: dict[bytes, Statement], stranger: bytes, day: date, issue: int
) -> None:
    roll = public_roll.build(day, issue, stated, 16, chance)
    for token, said in stated.items():
        found = public_roll.find(roll, token)
        assert isinstance(found, Found)
        assert found.said == said
        assert merkle.included(
            merkle.leaf_hash(found.at.row), found.at.index, 16, found.at.proof, roll.root
        )
    found = public_roll.find(roll, stranger)
    assert isinstance(found, Absent) is (stranger not in stated)


@given(st.integers(0, 70), st.integers(0, 10**6))
def test_absence_is_proved_at_every_place_and_no_other(size: int, chosen: int) -> None:
    roll = built(held(1), size=size + 1)
    token = chance(16, b"%d" % chosen)
    wanted, found = public_roll.label(token, DAY, 1), public_roll.find(roll, token)
    assert isinstance(found, Absent)
    public_roll.check_absence(found, wanted, roll.size, roll.root)
    there = public_roll.label(secret("token 0"), DAY, 1)
    wrong = [
        (found, there, roll.size, roll.root),
        (found, wanted, roll.size, bytes(32)),
        (Absent(None, None), wanted, roll.size, roll.root),
        (Absent(found.above, found.below), wanted, roll.size, roll.root),
    ]
    if found.below and found.above:
        wrong += [
            (Absent(None, found.above), wanted, roll.size, roll.root),
            (Absent(found.below, None), wanted, roll.size, roll.root),
        ]
    for given_ in wrong:
        with pytest.raises(RegisterError, match="H586"):
            public_roll.check_absence(*given_)


def test_neighbours_with_a_row_between_them_prove_nothing() -> None:
    roll = built(held(5))
    there = public_roll.find(roll, secret("token 2"))
    assert isinstance(there, Found)
    below, above = (
        public_roll.Placed(n, roll.row(n), tuple(roll.tree.inclusion(n)))
        for n in (there.at.index - 1, there.at.index + 1)
    )
    wanted = public_roll.label(secret("token 2"), DAY, 1)
    with pytest.raises(RegisterError, match="H586"):
        public_roll.check_absence(Absent(below, above), wanted, roll.size, roll.root)


def test_a_size_tells_only_its_step() -> None:
    sizes = [public_roll.stepped(count) for count in range(5000)]
    assert all(size > count for count, size in enumerate(sizes))
    assert sorted(set(sizes)) == [256, 512, 1024, 2048, 3072, 4096, 5120]
    assert len(built(held(7)).data) == len(built(held(8)).data) == 256 * ROW


def test_one_day_and_issue_of_the_same_persons_is_one_file() -> None:
    assert built(held(9)).data == built(held(9)).data
    labels = [
        public_roll.label(secret("token 1"), DAY + timedelta(days=n), issue)
        for n in range(40)
        for issue in (1, 2, 3)
    ]
    assert len(set(labels)) == len(labels)


# Nothing can be altered unseen


def flipped(data: bytes, place: int, bit: int) -> bytes:
    return data[:place] + bytes([data[place] ^ (1 << bit)]) + data[place + 1 :]


def unseen(data: bytes, header: bytes, *, cosigned: bool) -> bool:
    try:
        text = header.decode()
        found = public_roll.verified(data, text, witnessed() if cosigned else trusted())
    except (RegisterError, UnicodeDecodeError):
        return False
    return found.witnessed is cosigned


@pytest.mark.no_cover  # the same lines again and again
@pytest.mark.parametrize("cosigned", [False, True])
def test_any_byte_of_either_file_that_is_altered_is_told(office: Office, *, cosigned: bool) -> None:
    data, text = office.pair(built(held(5), size=6), cosigned=cosigned)
    header = text.encode()
    assert unseen(data, header, cosigned=cosigned)
    bits = chance(len(data) + len(header), b"bits")
    rows = [n for n in range(len(data))
            if unseen(flipped(data, n, bits[n] % 8), header, cosigned=cosigned)]  # fmt: skip
    heads = [n for n in range(len(header))
             if unseen(data, flipped(header, n, bits[-n] % 8), cosigned=cosigned)]  # fmt: skip
    assert (rows, heads) == ([], [])


@given(st.integers(0, 512 * ROW - 1), st.integers(0, 7))
def test_any_byte_of_a_larger_roll_moves_its_root(place: int, bit: int) -> None:
    def root(data: bytes) -> bytes | str:
        try:
            return public_roll.read(data, DAY, 1).root
        except RegisterError as error:
            return error.code

    assert root(flipped(LARGER.data, place, bit)) != root(LARGER.data) == LARGER.root


LARGER = built(held(300))


def test_neither_file_holds_a_person_a_token_or_a_place_in_the_clear(office: Office) -> None:
    data, header = office.pair(built({secret("canary"): Statement(HELD, 7, facility="CANARY-1")}))
    inner = b"".join(base64.b64decode(json.loads(header)["event"][k]) for k in ("body", "sigblock"))
    open_ = data + header.encode() + inner
    token = secret("canary")
    forms = (token, token.hex().encode(), base64.b64encode(token), b"CANARY", b"held", b"seq")
    assert [one for one in forms if one in open_] == []


# Arithmetic


def test_counts_leave_out_who_has_left_and_name_who_is_missing() -> None:
    stated = {
        secret("a"): Statement(HELD, 1, facility="F"),
        secret("b"): Statement(ASK, 1, court="C"),
        secret("c"): Statement(RollStatus.DIED, 1),
        secret("d"): Statement(RollStatus.RETURNED, 1),
    }
    found = public_roll.counts(built(stated), [(name, secret(name)) for name in "abcde"])
    assert (found.standing, found.missing) == (2, ("e",))


def test_the_arithmetic_tells_each_kind_of_change() -> None:
    def of(standing: int) -> Counts:
        return Counts({HELD: standing, RollStatus.RELEASED: 5})

    flows = Flows(receptions=4, releases=2, deaths=1, returns=3)
    assert [public_roll.arithmetic(of(10), of(now), flows) for now in (7, 8, 9)] == [-1, 0, 1]


def test_a_roll_of_no_issue_is_not_read(code: Code) -> None:
    data = built(held(1)).data
    assert public_roll.read(data, DAY, 1).data == data
    assert code(public_roll.read, data, DAY, 0) == "H581"
