"""Own ids of facilities and the dated codes of the sources: nothing joins by name."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.adapters.importers import alias_file
from habeas.docket.facilities import Alias, Aliases, candidates, naming
from habeas.errors import DocketError
from placement_cases import Import

TABLE = """facility,code,name,from,until,source
north-1,AAA,A HALL,,2020-06-01,list of 2015
north-2,AAA,A HALL,2020-06-01,,list of 2021
south-1,BBB,A HALL,,,list of 2015
"""


def test_a_code_means_another_facility_later(tmp_path: Path, import_rows: Import) -> None:
    table = tmp_path / "aliases.csv"
    table.write_text(TABLE)
    rows = [
        {"start": "2020-05-31 23:59:59", "end": "2020-07-01"},
        {"start": "2020-06-01", "end": "2020-07-01"},
        {"code": "BBB"},
        {"code": "CCC", "detention_facility": "A HALL"},
        {"code": "CCC", "person": "x"},
    ]
    found = import_rows(rows, "--aliases", str(table))
    assert [row["facility"] for row in found.rows] == ["north-1", "north-2", "south-1", None, None]
    assert found.told["unmatched_codes"] == {"CCC": 2}
    assert found.told["totals_exclude"]["facility_unmatched"] == 2
    assert [row["facility_code"] for row in found.rows][3:] == ["CCC", "CCC"]


def test_a_code_beside_several_names_is_told(import_rows: Import) -> None:
    found = import_rows([{}, {"person": "b", "detention_facility": "A HALL (OLD)"}])
    assert found.told["codes_with_several_names"] == {"AAA": ["A HALL", "A HALL (OLD)"]}


def test_a_toml_table_says_the_same(tmp_path: Path) -> None:
    path = tmp_path / "aliases.toml"
    path.write_text(
        '[[alias]]\nfacility = "north-1"\ncode = "AAA"\nuntil = 2020-06-01\n'
        '[[alias]]\nfacility = "north-2"\ncode = "AAA"\nfrom = "2020-06-01"\n'
    )
    found = alias_file.read(path)
    assert [found.facility("AAA", date(2020, month, 1)) for month in (5, 6)] == [
        "north-1", "north-2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "facility,code\nnorth-1,AAA\nsouth-1,AAA\n"),
        ("a.csv", "facility,code,from,until\nnorth-1,AAA,2020-01-02,2020-01-02\n"),
        ("a.csv", "facility,code\n,AAA\n"),
        ("a.csv", "facility,code,from\nnorth-1,AAA,1/2/20\n"),
        ("a.csv", "facility,code,colour\nnorth-1,AAA,red\n"),
        ("a.csv", "facility,code\nnorth-1\n"),
        ("a.csv", 'facility,code\n"north-1\n'),
        ("a.toml", "facility = 1"),
        ("a.toml", "=="),
        ("a.csv", "facility,code\nn\udcff,AAA\n"),
    ],
)
def test_a_table_that_is_none_is_refused(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(DocketError, match="H472"):
        alias_file.read(path)


def test_r9_names_are_compared_and_never_join() -> None:
    one = {"A": "HALL", "B": "HOUSE", "C": "HALL"}
    found = naming(one, {"A": "HALL", "B": "HOUSE (ST)"})
    assert (found.both, found.renamed, found.shared) == (2, ("B",), ("HALL",))
    assert candidates("HALL", one) == ["A", "C"]
    aliases = Aliases([Alias("n", "A", "HALL")])
    assert aliases.unmatched({"A": 3, "HALL": 4}, date(2020, 1, 1)) == {"HALL": 4}


DAYS = st.none() | st.dates(date(2019, 1, 1), date(2019, 1, 9))
ALIAS = st.builds(Alias, st.sampled_from("xyz"), st.sampled_from("AB"), st.just(""), DAYS, DAYS)


def _refusable(rows: list[Alias]) -> bool:
    days = [date(2018, 1, 1), *(date(2019, 1, n) for n in range(1, 12)), date(2030, 1, 1)]
    meant = (
        {row.facility for row in rows if row.code == code and row.holds(day)}
        for code in "AB"
        for day in days
    )
    of_no_day = any(row.first and row.after and row.after <= row.first for row in rows)
    return of_no_day or any(len(one) > 1 for one in meant)


@given(st.lists(ALIAS, max_size=5), st.dates(date(2018, 12, 30), date(2019, 1, 12)))
def test_a_code_never_means_two_facilities_on_one_day(rows: list[Alias], day: date) -> None:
    meant = [{row.facility for row in rows if row.code == code and row.holds(day)} for code in "AB"]
    try:
        found = Aliases(rows)
    except DocketError:
        assert _refusable(rows)
        return
    assert not _refusable(rows)
    assert [found.facility(code, day) for code in "AB"] == [next(iter(one), None) for one in meant]
    assert all(len(one) <= 1 for one in meant)
