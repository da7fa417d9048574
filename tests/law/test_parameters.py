"""Parameters of the law: their periods, their bounds, and what may name them."""

from datetime import date
from pathlib import Path

import pytest

from habeas.cli.main import run
from habeas.law.resolve import overlaps
from habeas.terms import Finding
from own_law import LOCAL, Own, own, rule

HELD = """
[params.least]
unit = "months"
values = [VALUES]
"""
ALWAYS = "{value = 6, cite = [CITE]}"
LEAST = rule("P-1", "months_remaining >= :least")


def held(values: str, **keys: str) -> str:
    lines = "".join(f"{key} = {value}\n" for key, value in keys.items())
    return HELD.replace("VALUES", values) + lines


def change(first: str, second: str) -> str:
    """Two values, 6 then 9, each with its period."""
    return held(f"{{value = 6, cite = [CITE]{first}}}, {{value = 9, cite = [CITE]{second}}}")


@pytest.mark.no_cover  # the same lines again and again
@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (", until = 2026-03-01", ", from = 2026-01-01", "overlap 2026-01-01..2026-03-01"),
        ("", ", from = 2026-01-01", "overlap 2026-01-01..;"),
        ("", "", "overlap ..;"),
        (", from = 2026-01-01", ", from = 2026-01-01", "overlap 2026-01-01..;"),
    ],
)
def test_values_that_overlap_are_refused_with_the_days(
    tmp_path: Path, first: str, second: str, said: str
) -> None:
    made = own(tmp_path, change(first, second) + LEAST)
    (fault,) = made.faults()
    assert made.codes() == [("H202", "own.toml", made.line("[params.least]"))]
    assert said.rstrip(";") == fault.what.partition("versions of parameter 'least' ")[2]
    assert fault.told("es").partition("H202 ")[2].startswith("el parámetro 'least': sus versiones")


def test_every_overlap_is_told_also_behind_a_long_period() -> None:
    days = [date(2020 + n, 1, 1) for n in range(5)]
    periods = [(days[0], None), (days[1], days[2]), (days[3], days[4])]
    assert list(overlaps(periods)) == [(days[1], days[2]), (days[3], days[4])]


def test_a_value_may_begin_on_the_day_on_which_the_one_before_it_ends(tmp_path: Path) -> None:
    made = own(tmp_path, change(", until = 2026-11-21", ", from = 2026-11-21") + LEAST)
    assert made.faults() == []
    assert made.program(date(2026, 11, 20)).params["least"] == 6
    assert made.program(date(2026, 11, 21)).params["least"] == 9


@pytest.mark.parametrize("until", ["2026-01-01", "2025-01-01"])
def test_a_period_that_ends_before_it_begins_is_refused(tmp_path: Path, until: str) -> None:
    value = f"{{from = 2026-01-01, until = {until}, value = 6, cite = [CITE]}}"
    made = own(tmp_path, held(f"{value}, {{value = 3, cite = [CITE], until = 2024-01-01}}") + LEAST)
    assert made.codes() == [("H202", "own.toml", made.line("[params.least]"))]


def test_a_day_without_a_value_is_told_where_the_rule_names_it(tmp_path: Path) -> None:
    made = own(tmp_path, change(", until = 2026-01-01", ", from = 2027-01-01") + LEAST)
    told = made.faults()[0]
    assert made.codes() == [("H203", "own.toml", made.line(":least"))]
    assert told.what.endswith("parameter 'least' is in force on 2026-01-01")
    assert told.told().splitlines()[1:3] == [
        '  require = "months_remaining >= :least"',
        "                                 ^^^^^^",
    ]
    assert "ningún valor del parámetro 'least'" in told.told("es")
    assert [one.code for one in made.refused(date(2026, 6, 1))] == ["H203"]
    assert made.refused(date(2025, 12, 31)) == ()
    assert made.refused(date(2027, 1, 1)) == ()


def test_a_gap_that_no_rule_in_force_needs_is_no_fault(tmp_path: Path) -> None:
    asked = rule("P-1", "months_remaining >= :least", until="2026-01-01")
    values = change(", until = 2026-01-01", ", from = 2027-01-01")
    assert own(tmp_path, values + asked).faults() == []


def test_a_name_that_another_law_has_is_refused_in_both(tmp_path: Path) -> None:
    made = own(tmp_path, held(ALWAYS) + LEAST)
    (made.law.parent / "two.toml").write_text(
        made.law.read_text().replace('id = "own"', 'id = "two"').replace("P-1", "P-2")
    )
    names = [(code, name) for code, name, _ in made.codes()]
    assert names == [("H224", "own.toml"), ("H224", "two.toml")]


def test_a_name_of_the_law_is_not_taken_by_an_agreement(tmp_path: Path) -> None:
    made = own(tmp_path, held(ALWAYS), held("{value = 1, cite = [OVER]}"))
    codes = [code for code, *_ in made.codes()]
    assert set(codes) == {"H224", "H222"}
    assert made.faults()[0].told("es").endswith("Déle un nombre propio.")


def test_a_parameter_of_one_agreement_is_unknown_to_others_and_to_the_law(tmp_path: Path) -> None:
    made = own(tmp_path, LEAST, held(ALWAYS).replace("CITE", LOCAL))
    (fault,) = made.faults()
    assert (fault.code, fault.line, fault.column) == ("H125", made.line(":least"), 32)


def test_an_unknown_parameter_is_told_with_the_nearest(tmp_path: Path) -> None:
    made = own(tmp_path, held(ALWAYS) + rule("P-1", "months_remaining >= :lest"))
    (fault,) = made.faults()
    assert fault.told().splitlines()[2:] == [
        "                                 ^^^^^",
        "help: Did you mean 'least'?",
    ]
    assert "parámetro desconocido ':lest' en la regla P-1" in fault.told("es")


@pytest.mark.no_cover  # the same lines again and again
@pytest.mark.parametrize("value", ["4.5", "6.0", "true", '"4,5"', '"1e3"', '""', "1979-05-27"])
def test_a_value_is_a_whole_number_or_a_decimal_in_quotes(tmp_path: Path, value: str) -> None:
    made = own(tmp_path, held(f"{{value = {value}, cite = [CITE]}}") + LEAST)
    assert [code for code, *_ in made.codes()] == ["H214"]


def test_a_decimal_in_quotes_is_exact(tmp_path: Path) -> None:
    made = own(tmp_path, held('{value = "0.29", cite = [CITE]}') + LEAST)
    assert made.faults() == []
    assert made.finding("P-1", months_remaining=29) is Finding.MET
    assert made.finding("P-1", months_remaining=28) is Finding.NOT_MET


def test_a_value_of_any_period_must_fit_the_fact_that_it_meets(tmp_path: Path) -> None:
    values = """{until = 2090-01-01, value = 6, cite = [CITE]},
      {from = 2090-01-01, value = "6.005", cite = [CITE], expected = true}"""
    made = own(tmp_path, held(values) + LEAST)
    assert made.codes() == [("H107", "own.toml", made.line(":least"))]


def test_a_known_future_value_is_never_applied_before_its_day(tmp_path: Path) -> None:
    values = """{until = 2027-01-01, value = 6, cite = [CITE]},
      {from = 2027-01-01, value = 9, cite = [CITE], expected = true}"""
    made = own(tmp_path, held(values) + LEAST)
    assert made.faults() == []
    assert made.finding("P-1", date(2026, 12, 31), months_remaining=700) is Finding.MET
    assert made.finding("P-1", date(2027, 1, 1), months_remaining=700) is Finding.NOT_MET


@pytest.mark.parametrize(
    ("value", "keys"), [("2", {"floor": "3"}), ('"2.99"', {"floor": "3"}), ("9", {"ceiling": "8"})]
)
def test_no_value_of_the_law_is_beyond_its_own_bound(
    tmp_path: Path, value: str, keys: dict[str, str]
) -> None:
    made = own(tmp_path, held(f"{{value = {value}, cite = [CITE]}}", **keys) + LEAST)
    assert made.codes() == [("H205", "own.toml", made.line("[params.least]"))]


@pytest.mark.parametrize(
    ("cite", "code"),
    [
        ("", "H201"),
        ("{instrument = 'none', at = 'x', checked = 'text'}", "H222"),
        ("{instrument = 'act', at = 'x', checked = 'text', source = ['NOBODY']}", "H223"),
    ],
)
def test_a_value_cites_a_declared_instrument_and_a_known_source(
    tmp_path: Path, cite: str, code: str
) -> None:
    made = own(tmp_path, held(f"{{value = 6, cite = [{cite}]}}") + LEAST)
    assert made.codes() == [(code, "own.toml", made.line("[params.least]"))]
    assert "el parámetro 'least'" in made.faults()[0].told("es")


@pytest.mark.parametrize(
    ("require", "code"),
    [
        ("DAYS_BETWEEN(birth_date, as_of) >= :least", "H103"),
        ("birth_date >= :least", "H103"),
        ("ADD_DAYS(birth_date, :least) <= as_of", "H121"),
        ("YEARS_OLD(birth_date, as_of) >= :least", "H121"),
        (":least > 3", "H109"),
        ("convicted = :least", "H103"),
    ],
)
def test_a_parameter_is_used_in_its_unit_and_with_a_fact(
    tmp_path: Path, require: str, code: str
) -> None:
    made = own(tmp_path, held(ALWAYS) + rule("P-1", require))
    assert made.codes() == [(code, "own.toml", made.line(require))]


def test_a_rule_cites_the_value_in_force_once(tmp_path: Path) -> None:
    amended = "{instrument = 'act', at = 's. 2, as amended', checked = 'text'}"
    values = f"""{{until = 2026-01-01, value = 6, cite = [CITE]}},
      {{from = 2026-01-01, value = 9, cite = [{amended}]}}"""
    made = own(tmp_path, held(values) + LEAST)

    def cited(made: Own, day: date) -> list[str]:
        named = next(one for one in made.program(day).rules if one.id == "P-1")
        return [cite.at for cite in named.source.cite]

    assert cited(made, date(2025, 6, 1)) == ["s. 1"]
    assert cited(made, date(2026, 6, 1)) == ["s. 1", "s. 2, as amended"]


def test_the_program_changes_with_the_value_and_not_with_the_day(tmp_path: Path) -> None:
    made = own(tmp_path, change(", until = 2026-11-21", ", from = 2026-11-21") + LEAST)
    hashes = [made.program(date(2026, 11, day)).hash for day in (19, 20, 21, 22)]
    assert hashes[0] == hashes[1] != hashes[2] == hashes[3]


def test_where_a_rule_asks_the_day_each_day_has_its_own_program(tmp_path: Path) -> None:
    made = own(tmp_path, rule("P-1", "birth_date <= as_of"))
    assert made.program(date(2026, 11, 20)).hash != made.program(date(2026, 11, 21)).hash


def test_the_days_and_the_period_of_a_law_are_half_open(tmp_path: Path) -> None:
    made = own(tmp_path, change(", until = 2026-11-21", ", from = 2026-11-21") + LEAST)
    assert made.library.days("X-Y") == [date(2025, 6, 18), date(2026, 11, 21)]
    before, after = made.program(date(2026, 11, 20)), made.program(date(2026, 11, 21))
    assert before.period == (date(1900, 1, 1), date(2026, 11, 20))
    assert after.period == (date(2026, 11, 21), date(2199, 12, 31))


def test_law_check_refuses_a_gap_and_says_where(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = own(tmp_path, change(", until = 2026-01-01", ", from = 2027-01-01") + LEAST)
    assert run(["law", "check", "--library", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"{made.law}:{made.line(':least')}:32: H203 no value of parameter")
