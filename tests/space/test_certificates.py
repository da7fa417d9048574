"""Certificates: who may approve one, when it holds, and what no file may leave unsaid."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facility_files import certificate, facility, text
from habeas.cli.main import run
from habeas.errors import FeeError
from habeas.service import measure
from habeas.space.certified import as_known, boundaries, cells, names, signed_operational
from habeas.space.checks import faults

DAY = date(2027, 6, 1)
LATER = {"requested_on": "2027-01-01", "approved_on": "2027-02-01", "effective_from": "2027-03-01"}
ONE = {"cells": '["A-01"]'}
GONE = {"cells": ""}


def codes(*certificates: str, more: str = "") -> list[str]:
    return [one.code for one in faults(facility(*certificates, more=more))]


def floors(*certificates: str, day: date = DAY) -> dict[str, int | None]:
    return {cell.name: cell.floor_cm2 for cell in cells(facility(*certificates), day)}


def test_what_is_certified_holds_from_its_effective_day_on_not_from_its_approval() -> None:
    before, after = (floors(certificate("C1"), day=day) for day in (date(2026, 12, 31), DAY))
    assert (set(before), set(after)) == ({"B-1", "B-2"}, {"A-01", "A-02", "A-03", "B-1", "B-2"})


def test_a_later_certificate_takes_the_place_of_the_earlier_from_its_day_on() -> None:
    later = certificate("C2", ONE | {"floor_cm2": "90000"}, **LATER)
    found = [
        floors(certificate("C1"), later, day=day)["A-01"]
        for day in (date(2027, 2, 28), date(2027, 3, 1))
    ]
    assert found == [100_000, 90_000]
    assert floors(certificate("C1"), later)["A-02"] == 100_000


@pytest.mark.parametrize(
    "by",
    [
        '"governor-7"',
        '"GOVERNOR-7"',
        '" governor -7"',
        '"governor\\u20117"',  # a hyphen that does not break
        '"gover\\u200Bnor-7"',  # a space of no width
        '"\\uFF27overnor-7"',  # a letter of full width
        '"g\\u00F3vernor-7"',  # an accent
        '"go\\u0301vernor-7"',
    ],
)
def test_whoever_asks_for_a_certificate_cannot_approve_it(by: str) -> None:
    own = certificate("C1", approved_by=by)
    assert codes(own) == ["H733"]
    assert set(floors(own)) == {"B-1", "B-2"}


@pytest.mark.parametrize("status", ["pending", "rejected", "withdrawn"])
def test_what_is_not_approved_never_counts(status: str) -> None:
    asked = certificate("C1", status=f'"{status}"', approved_by="", approved_on="")
    assert (codes(asked), set(floors(asked))) == ([], {"B-1", "B-2"})


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ({"approved_by": ""}, "H733"),
        ({"approved_by": '" "'}, "H733"),
        ({"approved_on": ""}, "H733"),
        ({"approved_on": "2026-11-30"}, "H733"),
        ({"requested_by": '" "'}, "H733"),
        ({"status": '"pending"'}, "H733"),
        ({"status": '"rejected"'}, "H733"),
        ({"reason": '" "'}, "H735"),
        ({"effective_until": "2027-01-01"}, "H736"),
        ({"effective_until": "2027-07-01"}, "H737"),
        ({"withdraws": '["A-99"]'}, "H737"),
        ({"withdraws": '["B-1", "B-1"]'}, "H738"),
    ],
)
def test_a_request_that_lacks_what_it_needs_is_told(keys: dict[str, str], code: str) -> None:
    assert codes(certificate("C1", **keys))[:1] == [code]


def test_the_signed_operational_capacity_is_at_most_the_maximum_of_the_cells() -> None:
    whole = certificate("C0", {"module": '"B"', "cells": '["B-1", "B-2"]'})
    assert codes(whole, certificate("C1", signed_operational="10")) == []
    assert codes(whole, certificate("C1", signed_operational="11")) == ["H734"]


@pytest.mark.parametrize(
    ("run", "code"),
    [
        ({"working": "3"}, "H734"),
        ({"cna": "3"}, "H734"),
        ({"maximum": "0"}, "H734"),
        ({"sanitary_cm2": "90000"}, "H738"),
        ({"floor_cm2": "0"}, "H738"),
        ({"module": '"C"'}, "H738"),
        ({"cells": '["A-01", "A-01..A-02"]'}, "H738"),
        ({"cells": '["A-9..A-10"]'}, "H738"),
        ({"cells": '["A 1"]'}, "H738"),
        ({"cells": '["A-02..A-01"]'}, "H738"),
        ({"cells": '["A-000001..A-999999"]'}, "H738"),
    ],
)
def test_cells_that_do_not_fit_are_told(run: dict[str, str], code: str) -> None:
    assert code in codes(certificate("C1", run))


def test_a_cell_waits_on_one_request_at_a_time() -> None:
    asked = {"status": '"pending"', "approved_by": "", "approved_on": ""}
    two = certificate("C2", ONE, **asked), certificate("C3", ONE, **asked)
    assert codes(certificate("C1"), *two) == ["H735"]
    assert codes(certificate("C1"), certificate("C2", ONE, **asked)) == []


def test_effective_periods_of_one_cell_do_not_overlap() -> None:
    ends = {"effective_until": "2027-03-02"}
    assert codes(certificate("C1", ONE, **ends), certificate("C2", ONE, **LATER)) == ["H736"]
    assert codes(certificate("C1", ONE), certificate("C2", ONE)) == ["H736"]
    meets = {"effective_until": "2027-03-01"}
    assert codes(certificate("C1", ONE, **meets), certificate("C2", ONE, **LATER)) == []


def test_no_cell_is_lost_between_certificates_in_silence() -> None:
    ends = certificate("C1", effective_until="2027-03-01")
    some = certificate("C2", {"cells": '["A-01..A-02"]'}, **LATER)
    (fault,) = faults(facility(ends, some))
    assert (fault.code, "A-03" in fault.what) == ("H737", True)
    told = certificate("C2", {"cells": '["A-01..A-02"]'}, **LATER, withdraws='["A-03"]')
    assert codes(ends, told) == []


def test_a_withdrawn_cell_is_gone_from_its_day_on() -> None:
    gone = certificate("C2", GONE, **LATER, withdraws='["A-03"]')
    found = [
        "A-03" in floors(certificate("C1"), gone, day=day)
        for day in (date(2027, 2, 28), date(2027, 3, 1))
    ]
    assert found == [True, False]


def test_a_certificate_is_seen_as_it_was_known_on_a_day() -> None:
    held = facility(certificate("C1"), certificate("C2", ONE | {"floor_cm2": "90000"}, **LATER))
    early = {cell.name: cell.floor_cm2 for cell in cells(as_known(held, date(2027, 1, 31)), DAY)}
    assert early["A-01"] == 100_000
    first = [len(cells(as_known(held, date(2026, 12, day)), DAY)) for day in (19, 20)]
    assert first == [2, 5]


def test_the_signed_operational_capacity_is_the_latest_stated() -> None:
    held = facility(
        certificate("C1", signed_operational="6"),
        certificate("C2", ONE, **LATER, signed_operational="5"),
    )
    found = [signed_operational(held, day) for day in (date(2026, 1, 1), date(2027, 1, 1), DAY)]
    assert found == [None, (6, "C1"), (5, "C2")]


def test_a_signed_capacity_that_another_took_the_place_of_does_not_come_back() -> None:
    later = LATER | {"effective_until": "2027-05-01", "signed_operational": "4"}
    file = facility(
        certificate("C1", signed_operational="6"), certificate("C2", {"cells": '["A-04"]'}, **later)
    )
    days = (date(2027, 2, 1), date(2027, 4, 1), date(2027, 5, 1))
    assert [signed_operational(file, day) for day in days] == [(6, "C1"), (4, "C2"), None]


def test_all_faults_of_a_file_come_in_one_run_with_their_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.toml"
    held = text(
        certificate("C1", approved_by='"governor-7"'),
        certificate("C2", {"maximum": "0"}, **LATER, reason='""'),
    )
    path.write_text(held)
    assert run(["space", "check", str(path)]) == 2
    told = [line.split()[:2] for line in capsys.readouterr().err.splitlines()]
    lines = held.splitlines()
    wanted = [
        (lines.index('approved_by = "governor-7"'), "H733"),
        (lines.index('id = "C2"') - 1, "H735"),
        *[(max(n for n, one in enumerate(lines) if one == "[[certificates.cells]]"), "H734")] * 3,
    ]
    assert sorted(told) == sorted([f"{path}:{n + 1}:", code] for n, code in wanted)


def test_a_file_that_is_no_facility_is_told_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.toml"
    path.write_text(text(certificate("C1", status='"signed"')))
    assert run(["space", "check", str(path)]) == 2
    assert "H214" in capsys.readouterr().err


def test_a_faulty_file_measures_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.toml"
    path.write_text(text(certificate("C1", approved_by='"governor-7"')))
    assert run(["space", "density", str(path), "--persons", "3"]) == 2
    assert run(["space", "capacity", str(path)]) == 2
    assert capsys.readouterr().err.count("H733") == 2


def test_a_good_file_has_no_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.toml"
    path.write_text(text(certificate("C1")))
    assert run(["space", "check", str(path), "--json"]) == 0
    assert '"faults": []' in capsys.readouterr().out


def test_a_facility_whose_approval_does_not_hold_is_refused_as_a_whole() -> None:
    with pytest.raises(FeeError) as error:
        measure.of_text(text(certificate("C1", approved_by='"governor-7"')), "x.toml")
    assert error.value.code == "H733"


def test_a_folder_of_your_own_may_hold_facilities(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "facilities").mkdir()
    path, own = tmp_path / "facilities" / "x.toml", ["--library", str(tmp_path)]
    path.write_text(text(certificate("C1")))
    assert run(["space", "capacity", "X-1", "--at", "2027-06-01", *own]) == 0
    assert run(["law", "check", *own]) == 0
    path.write_text(text(certificate("C1", approved_by='"governor-7"')))
    capsys.readouterr()
    assert run(["space", "capacity", "X-1", "--at", "2027-06-01", *own]) == 2
    assert run(["law", "check", *own]) == 2
    line = text(certificate("C1")).splitlines().index('approved_by = "inspectorate-2"') + 1
    assert capsys.readouterr().err.count(f"facilities/x.toml:{line}: H733") == 2


def test_a_range_is_written_out_and_a_name_stays() -> None:
    assert names(["S-08..S-10", "E1"]) == ["S-08", "S-09", "S-10", "E1"]


@given(
    starts=st.lists(st.integers(0, 400), min_size=1, max_size=6, unique=True),
    day=st.integers(-10, 420),
)
def test_a_view_is_the_latest_certificate_effective_by_the_day(starts: list[int], day: int) -> None:
    base = date(2027, 1, 1)
    told = [
        certificate(
            f"C{place}",
            ONE | {"floor_cm2": str(50_000 + place)},
            effective_from=(base + timedelta(days=start)).isoformat(),
        )
        for place, start in enumerate(starts)
    ]
    held = facility(*told)
    seen = {cell.name: cell.certificate for cell in cells(held, base + timedelta(days=day))}
    due = [(start, f"C{place}") for place, start in enumerate(starts) if start <= day]
    assert seen.get("A-01", "") == (max(due)[1] if due else "")
    assert boundaries(held) == sorted(base + timedelta(days=start) for start in starts)
