"""Checkpoints under ML-DSA-44: bytes as C2SP tlog-cosignature has them; every change is refused."""

import base64
import struct
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from habeas.adapters.witness_store import SqliteWitnessStore
from habeas.register import checkpoint, signing
from habeas.register.checkpoint import ML_DSA, Checkpoint, NoteKey
from habeas.register.policy import MOST, POLICY_CAP, Policy, merged, read_policy, write_policy
from habeas.register.signing import MlDsaSigner
from habeas.register.witness import Witness, write_request
from witnesses import LOG_KEY, LOG_SECOND, NOW, ORIGIN, WITNESS_KEY, ml_dsa_key, note, point
from witnesses import seed_key as key

Code = Callable[..., str]
NAME = "pq.example/witness"
PQ = NoteKey(NAME, ML_DSA, ml_dsa_key("pq").public())
POINT = point(5)
VECTORS = Path(__file__).parents[1] / "vectors"


def _line(time: int = NOW, name: str = NAME, at: Checkpoint = POINT) -> str:
    return checkpoint.cosigned(at, name, ml_dsa_key("pq"), time)


def _verified(text: str, *witnesses: NoteKey, also: tuple[NoteKey, ...] = ()) -> frozenset[str]:
    return checkpoint.verified(checkpoint.read_note(text), LOG_KEY, witnesses, also)


def _stated(time: int) -> str:
    """A line of a good signature under another time than the one signed."""
    signature = checkpoint.read_note(note(5) + _line()).lines[-1].signature
    return _packed(time.to_bytes(8, "big") + signature[8:])


def _packed(signature: bytes) -> str:
    return f"\N{EM DASH} {NAME} {base64.b64encode(PQ.id + signature).decode()}\n"


def test_the_signed_bytes_are_those_of_the_format() -> None:
    # Written by hand from tlog-cosignature, not with the code under test.
    expected = b"subtree/v1\n\x00"
    expected += bytes([len(NAME)]) + NAME.encode() + struct.pack(">Q", NOW)
    expected += bytes([len(ORIGIN)]) + ORIGIN.encode() + struct.pack(">QQ", 0, 5) + POINT.root
    assert len(expected) == 12 + 1 + len(NAME) + 8 + 1 + len(ORIGIN) + 8 + 8 + 32
    assert checkpoint.cosigned_message(POINT, NAME, NOW) == expected
    signature = checkpoint.read_note(note(5) + _line()).lines[-1].signature
    assert (len(PQ.public), len(signature)) == (1312, 8 + 2420)
    public = MLDSA44PublicKey.from_public_bytes(PQ.public)
    assert public.verify(signature[8:], expected) is None


def test_a_checkpoint_of_another_implementation_verifies(tmp_path: Path) -> None:
    # filippo.io/torchwood, cmd/litewitness/testdata/mldsa.txt: a log's ML-DSA-44 key, one leaf.
    vkey, _, text = (VECTORS / "litewitness-mldsa.txt").read_text("utf-8").partition("\n\n")
    log, read = checkpoint.read_vkey(vkey), checkpoint.read_note(text)
    assert (log.type, read.checkpoint.origin, read.checkpoint.size) == (ML_DSA, log.name, 1)
    assert checkpoint.verified(read, log) == frozenset()
    with closing(SqliteWitnessStore(tmp_path / "w", create=True)) as store:
        court = Witness("w.example", (key("witness"),), {log.name: (log,)}, store)
        assert court.add(write_request(0, [], text).encode(), NOW).status == 200
        forged = text.replace("\n1\n", "\n2\n")
        assert court.add(write_request(1, [], forged).encode(), NOW).status == 403


def test_the_example_of_signed_note_verifies() -> None:
    # C2SP signed-note, "Verifier keys" and "Example": a note that is no checkpoint.
    vkey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    line = "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72"
    line += "IneyaQM="
    found, data = checkpoint.read_vkey(vkey), base64.b64decode(line)
    assert (found.vkey(), found.id) == (vkey, data[:4])
    assert signing.good(found.public, data[4:], b"This is an example message.\n")


def test_a_witness_with_an_ml_dsa_key_is_named() -> None:
    assert _verified(note(5) + _line(), PQ) == {NAME}
    assert _verified(note(5) + _line()) == frozenset()


@pytest.mark.parametrize(
    "line",
    [
        _line(at=point(6)),
        _line(at=replace(POINT, size=6)),
        _line(at=replace(POINT, root=bytes(32))),
        _line(at=replace(POINT, origin="log.example/other")),
        _stated(NOW + 1),
        _stated(0),
        _line(time=0),
        _line(time=1 << 63),
        _packed(NOW.to_bytes(8, "big") + bytes(2420)),
        _packed(checkpoint.read_note(note(5) + _line()).lines[-1].signature[:-1]),
        _packed(checkpoint.read_note(note(5) + _line()).lines[-1].signature + b"\0"),
        _packed(b"\1"),
        _packed(
            NOW.to_bytes(8, "big") + key("pq").sign(checkpoint.cosignature_message(POINT, NOW))
        ),
    ],
)
def test_a_line_of_anything_else_makes_the_note_invalid(code: Code, line: str) -> None:
    assert code(_verified, note(5) + line, PQ) == "H524"


def test_a_signature_is_bound_to_the_signers_name(code: Code) -> None:
    # The same key under another name: Ed25519 cosignatures would not tell, these do.
    other = NoteKey("other.example", ML_DSA, PQ.public)
    stolen = checkpoint.read_note(note(5) + _line()).lines[-1].signature
    packed = base64.b64encode(other.id + stolen).decode()
    text = f"{note(5)}\N{EM DASH} other.example {packed}\n"
    assert code(_verified, text, other) == "H524"
    assert _verified(note(5) + _line(name="other.example"), other) == {"other.example"}


def test_every_byte_of_a_signature_counts(code: Code) -> None:
    signature = checkpoint.read_note(note(5) + _line()).lines[-1].signature
    for place in range(0, len(signature), 61):
        changed = bytearray(signature)
        changed[place] ^= 1
        assert code(_verified, note(5) + _packed(bytes(changed)), PQ) == "H524", place


def test_malformed_keys_and_signatures_do_not_verify() -> None:
    message = b"m"
    signature = ml_dsa_key("pq").sign(message)
    assert signing.good_ml_dsa(PQ.public, signature, message)
    assert not signing.good_ml_dsa(PQ.public[:-1], signature, message)
    assert not signing.good_ml_dsa(b"", signature, message)
    assert not signing.good_ml_dsa(PQ.public, b"", message)
    assert not signing.good_ml_dsa(PQ.public, signature, b"n")


def test_a_key_comes_from_its_seed() -> None:
    assert MlDsaSigner(bytes(32)).public() == MlDsaSigner(bytes(32)).public()
    assert MlDsaSigner(bytes(32)).public() != MlDsaSigner(bytes([1]) * 32).public()


@pytest.mark.parametrize("length", [0, 32, 1311, 1313])
def test_an_ml_dsa_vkey_holds_1312_bytes(code: Code, length: int) -> None:
    assert checkpoint.read_vkey(PQ.vkey()) == PQ
    assert code(checkpoint.read_vkey, NoteKey(NAME, ML_DSA, bytes(length)).vkey()) == "H521"


def test_a_name_may_have_255_bytes() -> None:
    name = "é" * 127 + "x"
    at = Checkpoint(name, 1, bytes(32))
    assert checkpoint.read_vkey(NoteKey(name, ML_DSA, PQ.public).vkey()).name == name
    assert checkpoint.read_note(checkpoint.signed(at, key("log"))).checkpoint == at
    assert len(checkpoint.cosigned_message(at, name, 1)) == 12 + 256 + 8 + 256 + 16 + 32


def test_a_longer_name_is_refused(code: Code) -> None:
    name = "é" * 128
    text = checkpoint.signed(Checkpoint(name, 1, bytes(32)), key("log"))
    vkey = NoteKey(name, ML_DSA, PQ.public).vkey()
    assert code(checkpoint.read_vkey, vkey) == code(checkpoint.origin, name) == "H521"
    assert code(checkpoint.read_note, text) == "H521"


@pytest.fixture
def second() -> str:
    """The log's line under its ML-DSA key."""
    return checkpoint.cosigned(POINT, ORIGIN, ml_dsa_key("log"), NOW)


@pytest.fixture
def policy() -> Policy:
    """A log of two keys, two witnesses of which one has an ML-DSA key, and both needed."""
    lines = [f"log {LOG_SECOND.vkey()}", f"log {LOG_KEY.vkey()} https://log.example"]
    lines += [f"witness court {WITNESS_KEY.vkey()}", f"witness pq {PQ.vkey()} https://pq.example"]
    return read_policy("\n".join([*lines, "group g all court pq", "quorum g"]) + "\n")


def test_a_log_whose_ml_dsa_key_is_known_must_sign_with_it(
    code: Code, policy: Policy, second: str
) -> None:
    assert (policy.log, policy.also) == (LOG_KEY, (LOG_SECOND,))
    read = checkpoint.read_note
    assert policy.cosigners(read(note(5) + second + _line())) == {NAME}
    assert code(policy.cosigners, read(note(5))) == "H523"
    assert code(policy.cosigners, read(f"{POINT.text()}\n{second}")) == "H523"
    other = checkpoint.cosigned(point(6), ORIGIN, ml_dsa_key("log"), NOW)
    assert code(policy.cosigners, read(note(5) + other)) == "H523"
    assert _verified(note(5) + second) == frozenset(), "who does not know the key passes it over"


def test_a_logs_line_may_be_of_time_zero_but_not_a_witness(code: Code, policy: Policy) -> None:
    timeless = checkpoint.cosigned(POINT, ORIGIN, ml_dsa_key("log"), 0)
    assert policy.cosigners(checkpoint.read_note(note(5) + timeless)) == frozenset()
    text = note(5) + timeless + _line(time=0)
    assert code(policy.cosigners, checkpoint.read_note(text)) == "H524"


def test_a_log_may_have_several_ed25519_keys_of_which_one_signs(code: Code) -> None:
    old = NoteKey(ORIGIN, LOG_KEY.type, key("old log").public())
    found = read_policy(f"log {old.vkey()}\nlog {LOG_KEY.vkey()}\nquorum none\n")
    read = checkpoint.read_note
    assert found.cosigners(read(note(5))) == frozenset()
    assert found.cosigners(read(checkpoint.signed(POINT, key("old log")))) == frozenset()
    assert code(found.cosigners, read(checkpoint.signed(POINT, key("thief")))) == "H523"


def test_a_policy_reads_back_as_it_was_written(policy: Policy) -> None:
    text = write_policy(policy)
    assert read_policy(text) == policy
    assert [line.split()[0] for line in text.splitlines()] == [
        "log", "log", "witness", "witness", "group", "quorum",
    ]  # fmt: skip
    assert text.endswith("group g 2 court pq\nquorum g\n")


def test_witness_lines_are_only_ever_appended(code: Code, policy: Policy) -> None:
    rows = dict(policy.witnesses)
    third = NoteKey("third.example", WITNESS_KEY.type, key("third").public())
    longer = replace(policy, witnesses=rows | {"third": third})
    assert list(read_policy(write_policy(longer, policy)).witnesses) == ["court", "pq", "third"]
    turned = replace(policy, witnesses=dict(reversed(rows.items())))
    changed = replace(policy, witnesses=rows | {"court": third})
    shorter = replace(policy, witnesses={"court": rows["court"]}, groups={}, quorum="court")
    for other in (turned, changed, shorter, replace(turned, quorum="none")):
        assert code(write_policy, other, policy) == "H525"


@pytest.mark.parametrize("field", ["name", "url"])
def test_a_policy_that_would_not_read_back_is_not_written(
    code: Code, policy: Policy, field: str
) -> None:
    changes = {
        "name": replace(policy, witnesses={**policy.witnesses, "a\nquorum none": PQ}),
        "url": replace(policy, urls={PQ: "https://pq.example\nquorum none"}),
    }
    assert code(write_policy, changes[field]) in {"H525", "H521"}


def _many(count: int) -> str:
    names = [f"w{number}" for number in range(count)]
    keys = {name: NoteKey(f"{name}.example", ML_DSA, ml_dsa_key(name).public()) for name in names}
    logs = [LOG_KEY, *(NoteKey(ORIGIN, LOG_KEY.type, key(f"l{n}").public()) for n in range(count))]
    lines = [f"log {one.vkey()}" for one in logs[:count]]
    lines += [f"witness {name} {one.vkey()}" for name, one in keys.items()]
    lines += [f"group g{n} any {name}" for n, name in enumerate(names)]
    return "\n".join([*lines, f"quorum g{count - 1}"]) + "\n"


def test_a_policy_may_have_64_logs_witnesses_and_groups(code: Code) -> None:
    found = read_policy(_many(MOST))
    assert (1 + len(found.also), len(found.witnesses), len(found.groups)) == (MOST, MOST, MOST)
    assert found.met(frozenset({f"w{MOST - 1}.example"})) is True
    assert code(read_policy, _many(MOST + 1)) == "H525"
    assert code(read_policy, "#" * (POLICY_CAP + 1)) == "H525"
    body = "".join(_line(time) for time in range(1, 33))
    assert len(checkpoint.read_note(note(5) + body).lines) == 33


@pytest.mark.parametrize("kind", ["witness", "group"])
def test_a_65th_witness_or_group_is_refused(code: Code, kind: str) -> None:
    lines = _many(MOST).splitlines()
    more = {
        "witness": f"witness more {WITNESS_KEY.vkey()}",
        "group": "group more any g0",
    }
    assert code(read_policy, "\n".join([*lines[:-1], more[kind], lines[-1]])) == "H525"


@pytest.mark.parametrize("letter", ["\x0b", "\x0c", "\r", "\0", "\x1f", "\x7f"])
def test_a_policy_holds_no_control_characters(code: Code, policy: Policy, letter: str) -> None:
    text = write_policy(policy)
    assert code(read_policy, text.replace("\n", f" # {letter}\n", 1)) == "H525"
    assert code(read_policy, f"# {letter}\n{text}") == "H525"


def test_only_a_newline_ends_a_statement(code: Code, policy: Policy) -> None:
    text = write_policy(policy)
    assert read_policy(f"#\u2028quorum none\n# \u0085 x\n{text}") == policy
    assert code(read_policy, text.replace(" ", "\u00a0", 1)) == "H525"
    assert read_policy(text.replace(" ", "\t \t", 1)) == policy


@pytest.mark.parametrize("swap", ["log twice", "witness is log", "other origin", "only ml-dsa"])
def test_a_policy_of_one_log_names_each_key_once(code: Code, swap: str) -> None:
    log, third = LOG_KEY.vkey(), NoteKey("t.example", WITNESS_KEY.type, LOG_KEY.public).vkey()
    other = NoteKey("log.example/other", LOG_KEY.type, key("x").public()).vkey()
    lines = {
        "log twice": [f"log {log}", f"log {log}"],
        "witness is log": [f"log {log}", f"witness a {third}"],
        "other origin": [f"log {log}", f"log {other}"],
        "only ml-dsa": [f"log {LOG_SECOND.vkey()}"],
    }
    assert code(read_policy, "\n".join([*lines[swap], "quorum none"])) == "H525"


def test_a_merged_note_keeps_the_log_first_and_witnesses_in_policy_order(
    policy: Policy, second: str
) -> None:
    court = checkpoint.cosigned(POINT, WITNESS_KEY.name, key("witness"), NOW)
    later = checkpoint.cosigned(POINT, WITNESS_KEY.name, key("witness"), NOW + 5)
    strange = checkpoint.cosigned(POINT, "s.example", key("strange"), NOW)
    pq = _line()
    given = POINT.text() + "\n" + pq + note(5).rpartition("\n\n")[2] + second
    found = merged(policy, given, strange + later + court + pq)
    assert found == note(5) + second + later + pq
    assert merged(policy, found, pq + second) == found


def test_a_merge_with_a_false_line_of_a_known_witness_is_refused(
    code: Code, policy: Policy, second: str
) -> None:
    assert code(merged, policy, note(5) + second, _line(at=point(6))) == "H524"
    assert code(merged, policy, note(5) + second, "nothing\n") == "H521"
    assert code(merged, policy, note(5) + second, f"\n{point(6).text()}\n{_line()}") == "H521"
