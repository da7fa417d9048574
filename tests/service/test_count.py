"""What a count says of an instant never changes with what came after it."""

from datetime import date

from custody_cases import SV, piece, seconds, utc
from habeas.service.count import Counting, of_intervals, stock
from habeas.terms import Convention

DAYS = (date(2026, 1, 1), date(2026, 2, 1))
AS_OF = utc("2026-01-15T12:00")


def test_a_count_as_of_an_instant_knows_nothing_later() -> None:
    terms = Counting(Convention.MIDNIGHT, SV, as_of=seconds(AS_OF))
    before = [piece(utc("2026-01-05"), utc("2026-01-10"), subject="p"),
              piece(utc("2026-01-10"), None, subject="q")]  # fmt: skip
    later = [piece(utc("2026-01-16"), utc("2026-01-25"), subject=f"s{n}") for n in range(30)]
    ended = [before[0], piece(utc("2026-01-10"), utc("2026-01-25"), subject="q")]
    opened = [*later, piece(utc("2026-01-20"), None, subject="r")]
    known = stock(of_intervals(before), DAYS, terms)
    afterwards = stock(of_intervals([*ended, *opened]), DAYS, terms)
    assert afterwards == known
    assert (known.facts["open"], known.facts["censored"]) == (1, 0)


def test_a_file_that_was_cut_before_the_instant_is_told() -> None:
    terms = Counting(Convention.MIDNIGHT, SV, as_of=seconds(AS_OF))
    rows = [piece(utc("2026-01-02"), utc("2026-01-12"), subject=f"s{n}") for n in range(30)]
    found = stock(of_intervals(rows), DAYS, terms).facts
    assert (found["censored"], found["censored_at"]) == (30, "2026-01-12T00:00:00+00:00")
