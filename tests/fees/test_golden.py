"""Golden fee figures of real agreements, through the command that a ministry would run."""

import json

import pytest

from habeas.cli.main import run

YEAR = ["--from", "2027-01-01", "--to", "2028-01-01"]
EUR = 100
# What is asked; what is owed in minor units, None where nothing prices it; where it is written.
GOLDEN = [
    (
        "SE-EE",
        [*YEAR, "--persons", "0"],
        30_600_000 * EUR,
        "max(300, n) x 8,500 a month, as reported",
    ),
    ("SE-EE", [*YEAR, "--persons", "300"], 30_600_000 * EUR, "as reported"),
    ("SE-EE", [*YEAR, "--persons", "450"], 45_900_000 * EUR, "arithmetic on the reported terms"),
    ("SE-EE", [*YEAR, "--persons", "600"], 61_200_000 * EUR, "as reported"),
    ("SE-EE", [*YEAR, "--persons", "601"], None, "600 persons at the most"),
    ("DK-XK", [*YEAR, "--persons", "120"], 15_000_000 * EUR, "take or pay"),
    ("DK-XK", [*YEAR, "--places", "301"], None, "300 places"),
    (
        "NO-NL",
        ["--from", "2016-01-01", "--to", "2017-01-01", "--persons", "0"],
        25_500_000 * EUR,
        "art. 27(1)",
    ),
    (
        "NO-NL",
        ["--from", "2016-01-01", "--to", "2017-01-01", "--persons", "242"],
        25_500_000 * EUR,
        "art. 27(1)",
    ),
    (
        "NO-NL",
        ["--from", "2016-01-01", "--to", "2017-01-01", "--places", "243"],
        None,
        "art. 27(1)",
    ),
    ("NO-NL", ["--from", "2015-09-01", "--to", "2016-01-01"], 8_500_000 * EUR, "art. 27(2)"),
    ("NO-NL", ["--from", "2015-09-01", "--to", "2018-09-01"], 76_500_000 * EUR, "arts. 27, 30"),
    (
        "BE-NL",
        ["--from", "2011-01-01", "--to", "2012-01-01", "--persons", "500", "--places", "500"],
        30_000_000 * EUR,
        "art. 26(1)",
    ),
    (
        "BE-NL",
        ["--from", "2011-01-01", "--to", "2012-01-01", "--persons", "0", "--places", "500"],
        30_000_000 * EUR,
        "art. 26(1)",
    ),
    (
        "BE-NL",
        ["--from", "2011-01-01", "--to", "2012-01-01", "--places", "550"],
        32_555_004 * EUR,
        "art. 26(2)",
    ),
    (
        "BE-NL",
        ["--from", "2011-01-01", "--to", "2012-01-01", "--places", "681"],
        39_249_112 * EUR,
        "art. 26(2)",
    ),
    (
        "BE-NL",
        ["--from", "2011-01-01", "--to", "2012-01-01", "--places", "682"],
        None,
        "681 is the maximum",
    ),
    (
        "US-SV-2025",
        ["--from", "2025-01-01", "--to", "2026-01-01", "--persons", "238"],
        4_760_000 * EUR,
        "grant letter",
    ),
]


@pytest.mark.parametrize(("agreement", "asked", "owed", "cite"), GOLDEN)
def test_the_statement_gives_the_golden_figure(
    capsys: pytest.CaptureFixture[str],
    agreement: str,
    asked: list[str],
    owed: int | None,
    cite: str,
) -> None:
    assert run(["fees", "statement", "--agreement", agreement, *asked, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    lines = [line["amount_minor"] for line in found["lines"]]
    assert (found["total_minor"], cite) == (owed, cite)
    assert owed is None or sum(lines) == owed


def test_round_trips_are_a_line_of_their_own(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--from", "2011-01-01", "--to", "2012-01-01", "--places", "500", "--round-trips", "10"]
    assert run(["fees", "statement", "--agreement", "BE-NL", *asked, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [line["amount_minor"] for line in found["lines"] if line["kind"] == "per_unit"] == [
        4_550 * EUR
    ]


@pytest.mark.parametrize(("after", "each"), [("2025-07-18", "161.29"), ("2026-03-16", "54.79")])
def test_a_grant_kept_whole_costs_more_a_day_the_shorter_people_are_held(
    capsys: pytest.CaptureFixture[str], after: str, each: str
) -> None:
    asked = ["--from", "2025-03-16", "--to", after, "--persons", "238", "--json"]
    assert run(["fees", "statement", "--agreement", "US-SV-2025", *asked]) == 0
    assert json.loads(capsys.readouterr().out)["per_person_day"] == f"USD {each}"


def test_an_unpriced_answer_says_unknown(capsys: pytest.CaptureFixture[str]) -> None:
    run(
        [
            "fees",
            "statement",
            "--agreement",
            "NO-NL",
            "--from",
            "2016-01-01",
            "--to",
            "2017-01-01",
            "--places",
            "243",
        ]
    )
    assert "UNKNOWN" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (["--agreement", "SE-EE"], "H901"),
        (["--agreement", "SE-EE", "--month", "2027-13"], "H903"),
        (["--agreement", "SE-EE", "--from", "2027-02-01", "--to", "2027-02-01"], "H725"),
        (["--agreement", "OAS-A57", "--month", "2027-01"], "H724"),
        (["--agreement", "SE-XX", "--month", "2027-01"], "H215"),
        (["--agreement", "US-SV-2025", "--from", "2025-01-01", "--to", "2026-06-01"], "H722"),
    ],
)
def test_a_bill_that_cannot_be_made_is_one_sentence(
    capsys: pytest.CaptureFixture[str], call: list[str], code: str
) -> None:
    assert run(["fees", "statement", *call]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.split()[0], len(said.err.splitlines())) == ("", code, 1)
