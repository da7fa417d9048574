"""A stranger with random tokens and a watch: the small form; a server that leaks is found by it."""

from drills import locator as drill
from habeas.register import locator, public_roll
from habeas.register.public_roll import Found
from habeas.service import locate

NOISE, LEAK = 10, 20  # Welch's t: far beyond what a busy machine makes, far below a leak
SERVER = drill.served(300)


def test_random_tokens_find_nothing() -> None:
    figures, found = drill.tried(SERVER, 2_000)
    assert found == []
    assert figures["tokens tried"] == 2_000


def test_a_token_that_was_issued_is_found_so_that_the_trial_can_fail() -> None:
    (token, *_) = SERVER.known
    answer = SERVER.look_up(locator.lookup_key(token))
    opened = locate.opened(locator.printed(token), drill.DAY, answer)
    assert opened is not None
    assert (opened["status"], opened["facility"]) == ("held", "SV-PRISON-1")
    assert isinstance(public_roll.find(SERVER.roll, token), Found)


def test_a_watch_tells_no_hit_from_a_miss_and_finds_servers_that_leak() -> None:
    found = drill.times(SERVER, 1_000)
    assert {what for what, t in found.items() if abs(t) > NOISE} == {
        "handler that leaks", "page that leaks"
    }  # fmt: skip
    assert min(abs(found["handler that leaks"]), abs(found["page that leaks"])) > LEAK


def test_welchs_t_of_known_samples() -> None:
    # By hand, without the slowest of the ten: means 3 and 12.5, variances 2.5 and 5/3.
    assert round(drill.welch([1, 2, 3, 4, 5], [11, 12, 13, 14, 99]), 6) == round(
        (3 - 12.5) / (2.5 / 5 + 5 / 3 / 4) ** 0.5, 6
    )
