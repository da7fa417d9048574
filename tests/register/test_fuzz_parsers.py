"""Every parser of the register against hostile bytes: read, or refused by a code, and no third way.

The same targets as `python -m drills fuzz`, which runs them for minutes under caps on memory and
time; what it found stands here as fixed examples.
"""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random  # noqa: TID251 - hypothesis draws its seed

import pytest
from drills.parsers import Target, Unsound
from hypothesis import given, settings
from hypothesis import strategies as st

from drills import mutation, parsers

NAMES = (
    "note", "vkey", "policy", "trust", "proof", "receipt", "forms", "cbor", "printed", "event",
    "content", "sealed", "request", "roll", "header", "token", "asking", "signed", "keys",
    "bundle", "gateway",
)  # fmt: skip
DEEP = 100_000
HOSTILE = {
    "nothing": b"",
    "nul": b"\0" * 1000,
    "no UTF-8": b"\xff\xfe\x80",
    "a byte order mark": b"\xef\xbb\xbf{}",
    "a lone surrogate": b"\xed\xa0\x80\n",
    "an escaped lone surrogate": b'{"body":"\\ud800","v":"\\udfff"}',
    "lists in lists": b"[" * DEEP,
    "closed lists in lists": b"[" * DEEP + b"]" * DEEP,
    "objects in objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "arrays in arrays": b"\x81" * DEEP,
    "an array of 2^32": b"\x9a\xff\xff\xff\xff",
    "a text of 2^64": b"\x7b" + b"\xff" * 8 + b"a",
    "an array of 10^5": b"\x9a\x00\x01\x86\xa0" + b"\0" * 100_000,
    "a list of 10^5": b"[" + b"0," * 99_999 + b"0]",
    "an object of 10^5": b"{" + b",".join(b'"k%d":0' % n for n in range(100_000)) + b"}",
    "10^5 lines": b"a\n" * 100_000,
    "10^5 signatures": "\N{EM DASH} a AAAA\n".encode() * 100_000,
    "10^5 words": b"quorum " * 100_000,
    "a very long line": b"a" * 1_000_000,
    "very long base64": b"A" * 1_000_000,
    "very long hexadecimal": b"00" * 500_000,
    "a huge number": b"9" * 100_000,
    "a huge exponent": b'{"v":1e999999999}',
    "no number": b'{"v":NaN,"seq":-Infinity}',
    "digits of another script": "\u0661\u0662\u0663".encode(),
    "letters that look alike": '{"\u0430uthority":"\u0410","\u0455eed":"00"}'.encode(),
    "wide letters": "\uff4c\uff4f\uff47 \uff11".encode(),
    "a letter in two parts": '{"v":"e\u0301"}'.encode(),
    "a separator of lines": "log a\u2028quorum none\x85".encode(),
}
FOUND = [
    ("bundle", b"tile/entries/000.p/0255", b"x", ""),
    ("bundle", b"tile/entries/000.p/250/", b"", "H567"),
]


@pytest.fixture(scope="module")
def targets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Target]]:
    with ExitStack() as stack:
        yield parsers.targets(tmp_path_factory.mktemp("fuzz") / "made", stack)


def test_every_target_is_fuzzed(targets: dict[str, Target]) -> None:
    assert tuple(targets) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_good_documents_are_read(targets: dict[str, Target], name: str) -> None:
    codes = [targets[name](seed) for seed in targets[name].seeds]
    assert "" in codes  # else nothing behind the first check would be tried


@pytest.mark.parametrize("name", NAMES)
def test_hostile_bytes_are_read_or_refused(targets: dict[str, Target], name: str) -> None:
    one = targets[name]
    whole = {told: one(data) for told, data in HOSTILE.items()}
    assert [told for told, code in whole.items() if code and not code.startswith("H")] == []
    for seed in one.seeds[:2]:
        middle = len(seed) // 2
        for data in HOSTILE.values():
            assert one(data + seed) is not None
            assert one(seed[:middle] + data + seed[middle:]) is not None


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=40)
@given(number=st.integers(0, 2**64), raw=st.binary(max_size=300))
def test_altered_documents_are_read_or_refused(
    targets: dict[str, Target], name: str, number: int, raw: bytes
) -> None:
    draw, one = Random(number), targets[name]  # noqa: S311 - no secret
    data = mutation.mutated(draw, draw.choice(one.seeds))
    assert {code[:1] for code in (one(data), one(raw))} <= {"", "H"}


@pytest.mark.parametrize(("name", "place", "data", "code"), FOUND)
def test_what_the_drill_found_is_refused(
    targets: dict[str, Target], name: str, place: bytes, data: bytes, code: str
) -> None:
    number = parsers.ODD.index(place.decode()) - len(parsers.ODD)
    given_ = [*targets[name].seeds][number][:1] + data
    assert targets[name](given_) == code


# The drill itself


def test_an_error_without_a_code_is_no_answer() -> None:
    with pytest.raises(ZeroDivisionError):
        Target("broken", lambda _: 1 // 0, ())(b"")


def test_what_does_not_write_back_is_no_answer(targets: dict[str, Target]) -> None:
    seed = targets["note"].seeds[0]
    with pytest.raises(Unsound):
        parsers._same(seed, seed + b"\n")  # noqa: SLF001 - the oracle of many targets


@pytest.mark.parametrize(
    ("read", "status"),
    [
        ("lambda _: 1 // 0", 70),
        ("lambda _: bytes(1 << 31)", 70),
        ("lambda _: all(iter(int, 1)) or [0 for _ in iter(int, 1)]", -signal.SIGPROF),
        ("lambda _: __import__('re').match('(a+)+$', 'a' * 64 + 'b')", -signal.SIGPROF),
        ("lambda _: None", 0),
    ],
)
def test_what_a_parser_must_not_do_ends_its_process(tmp_path: Path, read: str, status: int) -> None:
    tape = tmp_path / "tape"
    tape.write_bytes(bytes(1 << 20))
    text = (
        "import resource; from pathlib import Path; from drills import fuzz_worker, parsers\n"
        "resource.setrlimit(resource.RLIMIT_AS, (fuzz_worker.MEMORY,) * 2)\n"
        f"fuzz_worker.CPU_S, target = 0.2, parsers.Target('t', {read}, ())\n"
        f"fuzz_worker.Worker(target, fuzz_worker.Tape(Path({str(tape)!r}))).one(b'x')\n"
    )
    root = Path(parsers.__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", text], cwd=root, check=False, capture_output=True)  # noqa: S603 - our own words
    assert done.returncode == status
