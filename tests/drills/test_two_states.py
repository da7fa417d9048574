"""Two installations: parted, out of order, and one that lies; the small forms."""

import pytest

from drills import interleavings, malicious, partition
from habeas.register import exchange
from habeas.register.exchange import Publication


def test_what_was_parted_comes_to_agree_and_was_listed() -> None:
    found = partition.run(50, "sqlite")
    assert found.broken == ()
    assert found.figures["settled in both logs"] == 100
    assert found.figures["overdue, and settled later"] > 0
    assert found.figures["settlement documents that verify"] == 200


def test_a_person_has_one_custodian_in_any_order_of_arrival() -> None:
    found = interleavings.run(12, "sqlite")
    assert found.broken == ()
    assert found.figures["persons forked"] > 0
    assert found.figures["refused H531 when submitted"] > 0


def test_no_lie_is_accepted() -> None:
    found = malicious.run(800, "sqlite")
    assert found.broken == ()
    assert found.figures["split views proven"] > 0
    assert found.figures["taken, and true"] > 0


def test_a_mirror_that_believes_the_proof_accepts_lies(monkeypatch: pytest.MonkeyPatch) -> None:
    """The drill would see it."""
    monkeypatch.setattr(Publication, "shows", lambda *_: True)
    assert any("no history that was signed" in one for one in malicious.run(100, "sqlite").broken)


def test_a_checker_that_believes_the_steps_accepts_lies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "consistent", lambda *_: True)
    assert malicious.run(600, "sqlite").broken != ()
