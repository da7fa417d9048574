"""Which log, which witnesses, whose root keys: the files that a reader believes."""

import json
from collections.abc import Callable

import pytest

from habeas.errors import RegisterError
from habeas.register.checkpoint import COSIGNATURE, LOG, NoteKey
from habeas.register.keys import Trust, read_trust, write_trust
from habeas.register.policy import Policy, read_policy
from habeas.register.signing import SeedSigner

Code = Callable[..., str]
Key = Callable[[str], SeedSigner]
NAMES = "abcde"


@pytest.fixture
def log(key: Key) -> str:
    return f"log {NoteKey('log.example', LOG, key('log').public()).vkey()}"


@pytest.fixture
def vkeys(key: Key) -> dict[str, str]:
    rows = {n: NoteKey(f"{n}.example", COSIGNATURE, key(n).public()) for n in NAMES}
    return {name: one.vkey() for name, one in rows.items()}


@pytest.fixture
def head(log: str, vkeys: dict[str, str]) -> list[str]:
    return [log, *(f"witness {name} {vkey}" for name, vkey in vkeys.items())]


def _policy(*lines: str) -> Policy:
    return read_policy("\n".join(lines) + "\n")


def _met(policy: Policy, cosigners: str) -> bool | None:
    return policy.met(frozenset(f"{name}.example" for name in cosigners))


def test_a_policy_without_a_quorum_of_witnesses_asks_for_none(log: str, head: list[str]) -> None:
    assert _met(_policy(log, "quorum none"), "") is None
    assert _met(_policy(*head, "quorum none"), "abc") is None


def test_a_quorum_may_be_one_witness(head: list[str]) -> None:
    policy = _policy(*head, "quorum b")
    assert [_met(policy, names) for names in ("", "a", "b", "ab")] == [False, False, True, True]


@pytest.mark.parametrize(
    ("count", "met"),
    [
        ("any", [False, True, True, True]),
        ("2", [False, False, True, True]),
        ("all", [False, False, False, True]),
    ],
)
def test_a_group_counts_its_members(head: list[str], count: str, met: list[bool]) -> None:
    policy = _policy(*head, f"group g {count} a b c", "quorum g")
    assert [_met(policy, names) for names in ("de", "a", "ab", "abc")] == met


def test_groups_stand_in_groups(head: list[str]) -> None:
    policy = _policy(*head, "group g 1 a b", "group h all g c", "group i any h d", "quorum i")
    assert [_met(policy, names) for names in ("ab", "c", "bc", "d")] == [False, False, True, True]


def test_comments_blank_lines_and_addresses_are_passed_over(
    log: str, vkeys: dict[str, str]
) -> None:
    policy = _policy(
        "# policy", "", log, f"  witness a {vkeys['a']} https://a.example", "#", "quorum a"
    )
    assert _met(policy, "a") is True


def test_an_unknown_cosigner_counts_for_nothing(head: list[str]) -> None:
    assert _met(_policy(*head, "group g any a b", "quorum g"), "xyz") is False


@pytest.mark.parametrize(
    "statement",
    [
        "log",
        "log x y z",
        "witness f",
        "quorum",
        "quorum a b",
        "quorum z",
        "group",
        "group g all",
        "group g all z",
        "group g all a a",
        "group g 0 a",
        "group g 3 a b",
        "group g -1 a",
        "group g many a b",
        "group g ² a b",
        "group a all b",
        "group none all b",
        "group g all g",
        "unknown a",
        "Quorum a",
    ],
)
def test_a_statement_that_may_not_stand_is_named_by_its_line(
    head: list[str], statement: str
) -> None:
    with pytest.raises(RegisterError) as caught:
        _policy(*head, "", statement, "quorum none")
    fault = caught.value.faults[0]
    assert (fault.code, fault.file, fault.line) == ("H525", "policy", len(head) + 2)


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        (["{log}", "{log}", "quorum none"], 2),
        (["{a}", "quorum none"], 2),
        (["{log}"], 1),
        (["{log}", "quorum a", "{a}", "quorum none"], 2),
        (["{log}", "quorum none", "quorum none"], 3),
        (["{log}", "{a}", "{a}", "quorum none"], 3),
        (["{log}", "{a}", "{a again}", "quorum none"], 3),
        (["{log}", "{a as none}", "quorum none"], 2),
        (["{log as witness}", "{log}", "quorum none"], 1),
        (["{a as log}", "{log}", "quorum none"], 1),
        (["{log}", "{a}", "{a with two urls}", "quorum none"], 3),
        (["{log}", "{a}", "{b}", "group g any a", "group h any a b", "quorum none"], 5),
        (["{log}", "{a}", "group h any g a", "group g any a", "quorum none"], 3),
        ([], 1),
    ],
)
def test_a_policy_out_of_order_is_refused(
    log: str, vkeys: dict[str, str], lines: list[str], line: int
) -> None:
    a, b, own = vkeys["a"], vkeys["b"], log.split()[1]
    words = {
        "{log}": log,
        "{a}": f"witness a {a}",
        "{b}": f"witness b {b}",
        "{a again}": f"witness b {a}",
        "{a as none}": f"witness none {a}",
        "{log as witness}": f"witness a {own}",
        "{a as log}": f"log {a}",
        "{a with two urls}": f"witness c {b} u v",
    }
    with pytest.raises(RegisterError) as caught:
        _policy(*(words.get(one, one) for one in lines))
    assert (caught.value.code, caught.value.faults[0].line) == ("H525", line)


@pytest.mark.parametrize("vkey", ["x", "x+00000000+AAAA", "x++"])
def test_a_policy_with_a_bad_key_is_refused(code: Code, log: str, vkey: str) -> None:
    assert code(_policy, f"log {vkey}") == "H521"
    assert code(_policy, log, f"witness a {vkey}") == "H521"


def test_a_trust_file_reads_back(trust: Trust, key: Key) -> None:
    assert read_trust(trust.text) == trust
    assert (trust.roots["A"], trust.demonstration) == (key("A root").public(), True)
    assert trust.policy.log.public == key("log").public()


def _changed(trust: Trust, **fields: object) -> str:
    return json.dumps(json.loads(trust.text) | fields)


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", '"x"', "{", '{"roots":{}}', '{"policy":""}']
)
def test_a_text_that_is_no_trust_file_is_refused(code: Code, text: str) -> None:
    assert code(read_trust, text) == "H526"


@pytest.mark.parametrize(
    "fields",
    [
        {"roots": []},
        {"roots": {"A": "zz"}},
        {"roots": {"A": "ab"}},
        {"roots": {"A": 1}},
        {"roots": {"A": None}},
        {"roots": {"A": "00" * 33}},
        {"demonstration": "yes"},
        {"demonstration": 1},
        {"demonstration": None},
    ],
)
def test_a_trust_file_with_a_malformed_key_or_mark_is_refused(
    code: Code, trust: Trust, fields: dict[str, object]
) -> None:
    assert code(read_trust, _changed(trust, **fields)) == "H526"


def test_a_trust_file_with_a_bad_policy_is_refused(code: Code, trust: Trust) -> None:
    assert code(read_trust, _changed(trust, policy="quorum none")) == "H525"
    assert code(read_trust, _changed(trust, policy=1)) == "H525"
    assert code(read_trust, _changed(trust, policy="log x")) == "H521"


def test_a_written_trust_file_names_roots_in_order() -> None:
    text = write_trust("p", {"B": b"\1" * 32, "A": b"\0" * 32}, demonstration=False)
    roots = {"A": "00" * 32, "B": "01" * 32}
    assert json.loads(text) == {"policy": "p", "roots": roots, "demonstration": False}
    assert list(json.loads(text)["roots"]) == ["A", "B"]
