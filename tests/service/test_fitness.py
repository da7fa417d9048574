"""A gateway whose clock goes back signs nothing and reads on; one that is ahead is told."""

from datetime import timedelta
from pathlib import Path

import pytest

from gateways import ASKER, AT, PURPOSE, UNDER, Hands, installed, office, opened, person
from habeas.errors import HabeasError
from habeas.register.checkpoint import Checkpoint, cosigned, signed
from habeas.register.signing import SeedSigner
from habeas.service import fitness
from habeas.service.asking import OnePerson, Publish, Read

DAY = timedelta(days=1)


def test_a_clock_that_goes_back_while_it_runs_is_refused_until_it_is_right(tmp_path: Path) -> None:
    with office(installed(tmp_path / "se")) as found:
        found.now = AT + DAY
        found.caller.append([opened(1)], UNDER, publish=True)
        size, note = found.log.size, found.log.note()
        found.now = AT
        for ask in (
            lambda: found.caller.append([opened(2)], UNDER),
            lambda: found.caller.ask(Publish()),
            found.gateway.keep_time,
        ):
            with pytest.raises(HabeasError) as caught:
                ask()
            assert caught.value.code == "H963"
        assert found.caller.ask(Read(OnePerson(person(1)), ASKER, PURPOSE))["events"]
        assert (found.log.size, found.log.note()) == (size, note)
        found.now = AT + DAY - fitness.SLACK  # within what clocks differ by
        assert found.caller.append([opened(2)], UNDER)[1] == size + 1


def test_a_gateway_does_not_begin_behind_what_it_recorded(tmp_path: Path) -> None:
    path = installed(tmp_path / "se")
    with office(path) as found:
        found.now = AT + DAY
        found.caller.append([opened(1)], UNDER, publish=True)
    with pytest.raises(HabeasError, match="H963"), office(path, Hands()):
        pass


def test_how_far_a_clock_is_ahead_is_what_the_witness_that_differs_most_says() -> None:
    key, point = SeedSigner(bytes([3]) * 32), Checkpoint("log.example/x", 1, bytes(32))
    note = signed(point, SeedSigner(bytes(32)))
    for hours in (1, -30):
        name = f"court.example/{'later' if hours < 0 else 'sooner'}"
        note += cosigned(point, name, key, int(AT.timestamp()) - hours * 3600)
    assert fitness.ahead_s(note, AT) == -30 * 3600
    assert fitness.ahead_s("", AT) == 0
    assert fitness.ahead_s(signed(point, SeedSigner(bytes(32))), AT) == 0
