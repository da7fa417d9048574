"""Fork proofs: what two logs' trust files show, and that no alteration of one says otherwise."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fork_cases as cases
from fork_cases import ENROLLED, PERSON, SV, US, alone, handed_over, logs, refused
from habeas.errors import RegisterError
from habeas.register import events, exchange, forks, receipt
from habeas.register.forks import Claim, Fork
from habeas.register.keys import Trust, read_trust, write_trust
from second_verifier.policy import read_trust as second_trust
from second_verifier.receipt import receipt_verdict

TEXT = forks.write(cases.fork())
TRUSTS = cases.trusts()
Document = dict[str, Any]


def code(text: str, *trusts: Trust) -> str:
    with pytest.raises(RegisterError) as caught:
        forks.check(text, trusts or TRUSTS)
    return caught.value.code


def changed(change: Callable[[Document], object], text: str = TEXT) -> str:
    """The proof with something changed, in its one spelling."""
    found = json.loads(text)
    change(found)
    return events.canonical(found).decode()


def written(first: Claim, second: Claim, **stated: object) -> str:
    """Two claims that `write` would not take, as a proof."""
    rows = sorted((first, second), key=lambda one: one.entry)
    found = {"format": "habeas-fork/1", "claims": [forks._document(one) for one in rows]}  # noqa: SLF001 - to write what may not be written
    return exchange.canonical(found | (stated or {"subject": PERSON, "seq": 2}))


def test_a_fork_between_two_logs_names_who_signed_both() -> None:
    found = forks.check(TEXT, TRUSTS)
    assert (found.subject, found.seq, found.both) == (PERSON, 2, ("US-BOP",))
    assert {one.origin: one.event.kind for one in found.claims} == {
        US: "custody.reception_refused",
        SV: "custody.handed_over",
    }
    assert (found.witnessed, found.demonstration) == (True, True)
    assert {one.entry for one in found.claims} == {refused().entry, handed_over().entry}


def test_each_half_of_it_is_a_receipt_by_the_second_verifier() -> None:
    for row in json.loads(TEXT)["claims"]:
        trust = TRUSTS["log.example/sv" in row["proof"]]
        verdict = receipt_verdict(json.dumps(row).encode(), second_trust(trust.text.encode()))
        assert (verdict.holds, verdict.witnessed) == (True, True), str(verdict)


def test_the_order_in_which_it_is_made_changes_nothing() -> None:
    first, second = cases.fork()
    assert forks.write((second, first)) == TEXT
    assert forks.check(TEXT, TRUSTS[::-1]) == forks.check(TEXT, TRUSTS)


def test_one_id_with_two_contents_is_a_fork_too() -> None:
    ours, theirs = refused(11), handed_over(11, seq=3)
    us, sv = logs(ours, theirs)
    text = forks.write((us.claim(ours, ENROLLED[0]), sv.claim(theirs, *ENROLLED)))
    found = forks.check(text, TRUSTS)
    assert (found.seq, json.loads(text)["id"]) == (None, found.claims[0].event.id)
    assert found.both == ("US-BOP",)


def test_nobody_is_named_where_nobody_signed_both() -> None:
    theirs = cases.event("custody.opened", ["SV-DGCP:custodian"], 12, subject=PERSON, seq=0)
    ours = cases.event("custody.opened", ["US-BOP:custodian"], 13, subject=PERSON, seq=0)
    us, sv = logs(ours, theirs)
    text = forks.write((us.claim(ours, ENROLLED[0]), sv.claim(theirs, ENROLLED[1])))
    assert forks.check(text, TRUSTS).both == ()


def test_an_event_that_no_log_shows_yet_counts_by_its_signatures() -> None:
    us, _ = logs(refused(), handed_over())
    other = alone(handed_over(), *(us.receipt(one) for one in ENROLLED))
    text = forks.write((us.claim(refused(), ENROLLED[0]), other))
    found = forks.check(text, TRUSTS[:1])
    assert (found.both, found.witnessed) == (("US-BOP",), False)
    assert sorted(one.origin for one in found.claims) == ["", US]


def test_a_key_that_the_other_log_enrolled_counts() -> None:
    us, sv = logs(refused(), handed_over())
    sv.batch = sv.batch[2:]
    theirs = sv.claim(handed_over(), *ENROLLED, of=us)
    text = forks.write((us.claim(refused(), ENROLLED[0]), theirs))
    assert forks.check(text, TRUSTS).both == ("US-BOP",)


def test_without_witnesses_it_says_so() -> None:
    us, sv = logs(refused(), handed_over())
    sv.witnessed = False
    text = forks.write((us.claim(refused(), ENROLLED[0]), sv.claim(handed_over(), *ENROLLED)))
    found = forks.check(text, TRUSTS)
    assert [one.origin for one in found.claims if one.witnessed] == [US]
    assert not found.witnessed


def test_what_is_no_fork_is_refused() -> None:
    us, sv = logs(refused(), handed_over())
    ours = us.claim(refused(), ENROLLED[0])
    again = replace(handed_over(), salt=bytes(32))
    both = cases.Small(SV, [*ENROLLED, handed_over(), again])
    same = both.claim(handed_over(), *ENROLLED), both.claim(again, *ENROLLED)
    assert code(written(*same)) == "H951"  # nobody signed two things
    assert code(written(ours, ours)) == "H950"
    for fields in ({"seq": 3}, {"subject": "p_" + "2" * 26}):
        later = handed_over(12, **fields)
        elsewhere = cases.Small(SV, [*ENROLLED, later]).claim(later, *ENROLLED)
        assert code(written(ours, elsewhere)) == "H951"
        with pytest.raises(RegisterError) as caught:
            forks.write((ours, elsewhere))
        assert caught.value.code == "H951"
    theirs = sv.claim(handed_over(), *ENROLLED)
    for stated in ({"subject": PERSON, "seq": 3}, {"id": "01JNQ7Z8M3K4V0T2R5X6000010"}):
        assert code(written(ours, theirs, **stated)) == "H951"


def test_what_the_trust_files_do_not_bear_out_is_refused() -> None:
    us, sv = logs(refused(), handed_over())
    ours, theirs = us.claim(refused(), ENROLLED[0]), sv.claim(handed_over(), *ENROLLED)
    assert code(TEXT, TRUSTS[0]) == code(TEXT, TRUSTS[1]) == "H952"
    policy = json.loads(TRUSTS[1].text)["policy"]
    strange = {**TRUSTS[1].roots, "US-BOP": cases.key("another").public()}
    assert code(TEXT, TRUSTS[0], read_trust(write_trust(policy, strange, demonstration=True))) == (
        "H952"
    )
    assert code(written(us.claim(refused()), theirs)) == "H515"  # no enrolment is carried
    late = cases.Small(US, [refused(), *ENROLLED])
    assert code(written(late.claim(refused(), ENROLLED[0]), theirs)) == "H515"
    by_one = replace(handed_over(), sigblock=handed_over().sigblock[:72])
    halves = cases.Small(SV, [*ENROLLED, by_one])
    assert code(written(ours, halves.claim(by_one, *ENROLLED))) == "H513"
    assert code(written(alone(refused()), alone(handed_over()))) == "H950"
    twice = cases.Small(SV, [*ENROLLED, handed_over(), refused()])
    rewritten = cases.Small(SV, [*ENROLLED, refused(), handed_over()])
    pair = rewritten.claim(refused(), ENROLLED[0]), twice.claim(handed_over(), *ENROLLED)
    assert code(written(*pair)) == "H548"


FORM: list[Callable[[Document], object]] = [
    lambda found: found.update(format="habeas-fork/2"),
    lambda found: found.update(note="x"),
    lambda found: found.pop("seq"),
    lambda found: found.update(id="x"),
    lambda found: found["claims"].pop(),
    lambda found: found["claims"].append(found["claims"][0]),
    lambda found: found["claims"].reverse(),
    lambda found: found.update(claims={}),
    lambda found: found["claims"].__setitem__(0, "x"),
    lambda found: found["claims"][0].update(salt=base64.b64encode(bytes(32)).decode()),
    lambda found: found["claims"][0].pop("proof"),
    lambda found: found["claims"][0].update(salt=3, proof=None),
]


@pytest.mark.parametrize("change", FORM)
def test_another_form_is_refused(change: Callable[[Document], object]) -> None:
    assert code(changed(change)) == "H950"


def test_another_spelling_is_refused() -> None:
    for text in ("", "[]", "x", TEXT + "\n", " " + TEXT, json.dumps(json.loads(TEXT)), "\ud800"):
        assert code(text) == "H950"
    assert code(TEXT.replace('"seq":2', '"seq":2,"seq":2')) == "H950"
    assert code(TEXT.replace('"seq":2', '"seq":2.0')) == "H950"
    assert code(" " * (forks.CAP + 1)) == "H950"
    for length, said in ((forks.CAP, "not JSON"), (forks.CAP + 1, "longer than")):
        with pytest.raises(RegisterError, match=said):
            forks.read(" " * length)


def says(found: Fork) -> list[tuple[object, ...]]:
    return [(one.entry, one.event.id, one.origin, one.event.index) for one in found.claims]


def otherwise(text: str) -> Fork | None:
    """What it says other than the whole proof; None: it is refused, or says the very same."""
    whole = forks.check(TEXT, TRUSTS)
    try:
        found = forks.check(text, TRUSTS)
    except RegisterError:
        return None
    same = (says(found), found.both, found.seq) == (says(whole), whole.both, whole.seq)
    return None if same else found


def test_any_character_of_it_counts() -> None:
    for place in range(0, len(TEXT), 17):  # each place once took minutes, and held
        other = "B" if TEXT[place] == "A" else "A"
        assert otherwise(TEXT[:place] + other * (place % 2) + TEXT[place + 1 :]) is None, place


LEAVES = ("body", "sigblock", "proof")


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_no_part_of_it_can_stand_for_another(data: st.DataObject) -> None:
    found = json.loads(TEXT)
    objects = [*found["claims"], *(key for one in found["claims"] for key in one["keys"])]
    for _ in range(data.draw(st.integers(1, 3))):
        one, other = data.draw(st.permutations(objects))[:2]
        name = data.draw(st.sampled_from(LEAVES))
        how = data.draw(st.sampled_from(("copy", "swap", "flip", "drop", "repeat", "index")))
        if how == "copy":
            one[name] = other[name]
        elif how == "swap":
            one[name], other[name] = other[name], one[name]
        elif how == "flip" and name != "proof":
            raw = bytearray(base64.b64decode(one[name]))
            raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
            one[name] = base64.b64encode(raw).decode()
        elif how == "drop" and one.get("keys"):
            one["keys"].pop(data.draw(st.integers(0, len(one["keys"]) - 1)))
        elif how == "repeat" and "keys" in one and "keys" not in other:
            one["keys"].append(other)
        elif how == "index":
            proof = receipt.read_proof(one["proof"])
            stated = f"index {data.draw(st.integers(0, 9))}\n"
            one["proof"] = one["proof"].replace(f"index {proof.index}\n", stated)
    assert otherwise(events.canonical(found).decode()) is None
