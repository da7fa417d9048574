"""Two writers, bad delivery, wrong clocks, old backups, lies and alterations: the small forms."""

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from drills.commands import Chance
from drills.rig import Site

from drills import artefacts, clock, delivery, mutations, restore, revoke, two_writers
from habeas.errors import RegisterError
from habeas.service import record


def test_of_two_sequencers_each_writes_and_of_two_claims_one_is_taken() -> None:
    found = two_writers.run(12, "sqlite")
    assert found.broken == ()
    assert found.figures["fork proofs that verify"] == 12


@pytest.mark.postgres
def test_so_it_is_on_a_server(postgres_programs: Path) -> None:
    assert postgres_programs.is_dir()
    assert two_writers.run(12, "postgres").broken == ()


def test_a_fork_proof_needs_two_signed_claims_of_one_number(tmp_path: Path) -> None:
    trust = Site(tmp_path / "register").make().trust()
    proof = record.read_signed(two_writers.fork_proof(1), "proof")
    other = record.read_signed(two_writers.fork_proof(2), "proof")
    assert two_writers.proven(record.write_signed(proof), trust) == (two_writers.claimed(1), 0)
    assert two_writers.proven(record.write_signed([*proof[:3], other[3]]), trust) is None
    assert two_writers.proven(record.write_signed([*proof[:3], proof[2]]), trust) is None


def test_a_fork_proof_with_a_claim_that_nobody_signed_is_refused(tmp_path: Path) -> None:
    trust = Site(tmp_path / "register").make().trust()
    *before, last = record.read_signed(two_writers.fork_proof(1), "proof")
    unsigned = replace(last, sigblock=last.sigblock[:-1] + bytes([last.sigblock[-1] ^ 1]))
    with pytest.raises(RegisterError) as refused:
        two_writers.proven(record.write_signed([*before, unsigned]), trust)
    assert refused.value.code == "H514"


def test_bad_delivery_changes_nothing_but_the_order_of_persons() -> None:
    found = delivery.run(1_200, "sqlite")
    assert found.broken == ()
    assert found.figures["refused H531"] > 0
    assert found.figures["deliveries"] > 2_400


def test_a_wrong_clock_changes_no_order() -> None:
    found = clock.run(150, "sqlite")
    assert found.broken == ()
    assert set(found.figures) == {"taken", "H503", "H535"}


def test_an_old_backup_is_not_signed_below_what_a_witness_saw() -> None:
    chosen = [case for case in restore.CASES if case.press in {"", "old"}]
    found = restore.drilled((10,), chosen)
    assert found.broken == ()
    assert found.figures == {"H539": 2, "H540": 5, "goes on": 1}


def test_a_witness_that_lies_stops_no_log_that_is_whole() -> None:
    chosen = [case for case in restore.CASES if case.court and case.press in {"more", "other root"}]
    found = restore.drilled((1,), chosen)
    assert found.broken == ()
    assert found.figures == {"H539": 3, "goes on": 1}


def test_keys_are_good_by_index_in_every_order() -> None:
    found = revoke.run(60, "sqlite")
    assert found.broken == ()
    assert found.figures["verifier: faults found"] > 0


def test_no_alteration_is_accepted() -> None:
    found = mutations.run(1_400, "sqlite")
    assert found.broken == ()
    assert found.figures["refused"] > 1_000


def test_an_alteration_of_every_kind_is_made() -> None:
    made = {mutations.altered(bytes(range(200)), Chance(str(n))) for n in range(60)}
    assert len(made) > 40
    assert {len(one) for one in made} > {200}
    assert any(len(one) > 200 for one in made)


def test_what_nothing_proves_is_named_and_nothing_else(tmp_path: Path) -> None:
    made = artefacts.made(tmp_path)
    with ExitStack() as stack:
        store = artefacts.of_store(made.site, tmp_path, stack)
        stamp, evident = b"2026-03-02T12:00:00+00:00", store.data
        assert store.unrecorded(evident) == "no record"
        assert store.unrecorded(evident.replace(stamp, stamp.replace(b"12", b"13"))) != ""
        leaf = next(iter(store.said(evident)[1])).entry  # type: ignore[index]
        changed = evident.replace(leaf, bytes(32))
        assert store.unrecorded(changed) == ""
        with pytest.raises(RegisterError):
            store.said(changed)
