"""A price text is read whole or refused; what looks like a price and is none is never read."""

import pytest

from habeas.errors import FeeError
from habeas.fees.rate_text import Reader
from habeas.law.schedule import BandedPerDiem, CategoryRate, PerDiemByCategory
from habeas.service.prices import read

READER = Reader("F", ())


@pytest.mark.parametrize(
    "text",
    [
        "$1,00",
        "$,100",
        "-63",
        "63.005",
        "$1e3",
        "\N{FULLWIDTH DIGIT SIX}\N{FULLWIDTH DIGIT THREE}",
        "\N{ARABIC-INDIC DIGIT SIX}\N{ARABIC-INDIC DIGIT THREE}",
        "$" + "9" * 40,
        "$" + "9" * 5_000,
        "9" * 5_000 + " (GM); $5.00 (1-3)",
        "$5.00 (1-" + "9" * 30 + ")",
        "$100 (1-50) $90",
        "$100 (1-50), $90 (51-100),",
        "100 (GM); $50",
        "$63.00 daily",
        "$1.9 million",
        "$100 for",
        "$100 for, $50 for UAC",
        "$70 Adult,",
        "$63.00 (flat fee)",
        "B45",
    ],
)
def test_what_is_no_price_text_is_refused(text: str) -> None:
    with pytest.raises(FeeError, match="H709"):
        READER.items(text)


@pytest.mark.parametrize(
    ("text", "minor"), [("63", 6_300), ("$63.5", 6_350), ("$ 1,234.05", 123_405), ("0.07", 7)]
)
def test_dollars_are_read_in_cents(text: str, minor: int) -> None:
    (item,) = READER.items(text)
    assert isinstance(item, BandedPerDiem)
    assert item.bands[0].minor_per_person_day == minor


def test_categories_follow_one_another_with_or_without_a_comma() -> None:
    for text in ("$70.00  Adult $145.00 Juvenile", "$70.00 for Adult, $145.00 for Juvenile"):
        (item,) = READER.items(text)
        assert isinstance(item, PerDiemByCategory)
        assert item.rates == (CategoryRate("Adult", 7_000), CategoryRate("Juvenile", 14_500))


def test_a_facility_or_a_category_with_two_prices_is_refused_and_counted() -> None:
    rows = [("A", "63"), ("A", "64"), ("B", "$70 Adult $80 Adult"), ("C", "B4"), (" ", "5")]
    found = read([(n, *row) for n, row in enumerate(rows, 2)], "refuse")
    assert (found["rows"], found["read"], len(found["items"])) == (5, 2, 2)
    assert [(one["line"], one["code"]) for one in found["refused"]] == [
        (3, "H708"),
        (4, "H701"),
        (6, "H709"),
    ]
