"""What a file says of persons beyond the named columns is not read; who they are never leaves."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from habeas.adapters.importers.placement_schemas import SCHEMAS, PlacementSchema
from habeas.docket.denied import denied
from habeas.errors import SetupError
from placement_cases import NEVER, ROW, Import

KINDS = [
    "birth_year",
    "birth_date",
    "country_of_birth",
    "BirthCountry",
    "nationality",
    "citizenship_country",
    "religion",
    "ethnicity",
    "ethnic",
    "race",
    "gender",
    "sex",
    "conviction",
    "most_serious_conviction",
    "msc_charge",
    "msc_sentence_days",
    "aggravated_felon",
    "case_threat_level",
    "suspected_gang_yes_no",
    "known_terrorist_yes_no",
    "fingerprint_id",
    "biomet_id",
    "marital_status",
    "age",
    "alien_file_number",
    "surname",
    "First_Name",
    "health_flag",
    "Dates of Birth",
    "DOBDate",
    "MSCCharges",
    "charges",
    "AGES",
    "age2",
    "R\u00e1ce",
    "\u00c9thnicity",
    "\uff22irth year",
    "firstname",
    "LASTNAME",
    "filenumber",
    "name",
    "Nombre",
    "fecha_nacimiento",
    "Nacionalidad",
    "g\u00e9nero",
    "edad",
    "pandilla",
    "delitos",
]


def test_the_deny_list_knows_every_kind_of_column_about_a_person() -> None:
    assert denied(KINDS) == KINDS


def test_what_a_placement_needs_is_not_denied() -> None:
    names = [name for one in SCHEMAS.values() for found in one.columns.values() for name in found]
    assert (
        denied(
            [
                *names,
                "agency",
                "stage",
                "discharge_reason",
                "facility_name",
                "ciudad",
                "propiedad",
                "percentage",
                "exchanges",
                "language_free".replace("language", "x"),
            ]
        )
        == []
    )


def test_no_schema_can_name_a_denied_column() -> None:
    with pytest.raises(SetupError, match="H460"):
        PlacementSchema("own", "nobody", {"person": ("id",), "born": ("birth_year",)})


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_nothing_of_a_denied_column_is_in_any_output(
    tmp_path: Path, import_file: Import, form: str
) -> None:
    rows = [ROW | NEVER, ROW | NEVER | {"detention_book_in_date_and_time": "1/1/20"}]
    path = tmp_path / f"in.{form}"
    if form == "csv":
        path.write_text(
            "\n".join(",".join(row) for row in [list(rows[0]), *(r.values() for r in rows)])
        )
    else:
        pq.write_table(pa.Table.from_pylist(rows), path)
    found = import_file(path)
    assert found.told["columns_never_read"] == list(NEVER)
    assert (found.told["accepted"], found.told["quarantined"]) == (1, 1)
    assert "QX" not in found.written()
    assert b"QX" not in (tmp_path / "out.parquet").read_bytes()


def test_a_denied_column_that_cannot_be_read_does_no_harm(
    tmp_path: Path, import_file: Import
) -> None:
    table = pa.Table.from_pylist([dict(ROW)]).append_column("birth_year", pa.array([{"a": [1.5]}]))
    path = tmp_path / "in.parquet"
    pq.write_table(table, path)
    assert import_file(path).told["accepted"] == 1


def test_no_identifier_and_no_salt_is_in_any_output(tmp_path: Path, import_rows: Import) -> None:
    salt = tmp_path / "own-salt"
    salt.write_bytes(b"SALTSALTSALTSALT" * 2)
    found = import_rows([{}, {}, {"start": "x"}, {"end": "2010-01-01"}], "--salt", str(salt))
    parquet = (tmp_path / "out.parquet").read_bytes()
    assert "person-a" not in found.written()
    assert b"person-a" not in parquet
    assert b"SALTSALT" not in parquet
    assert "SALTSALT" not in found.written()
    assert [
        one.name for one in tmp_path.iterdir() if "spool" in one.name or "part" in one.name
    ] == []


def test_two_runs_under_one_salt_agree_and_under_another_do_not(
    tmp_path: Path, import_rows: Import
) -> None:
    salts = [tmp_path / name for name in ("one", "other")]
    for salt in salts:
        salt.write_bytes(salt.name.encode() * 12)
    first, again, other = (
        [(row["subject"], row["stay"]) for row in import_rows([{}], "--salt", str(salt)).rows]
        for salt in (salts[0], salts[0], salts[1])
    )
    assert first == again
    assert {*first[0]}.isdisjoint({*other[0]})


def test_the_key_of_a_stay_is_not_that_of_a_person(import_rows: Import) -> None:
    (row,) = import_rows([{"stayid": "person-a"}]).rows
    assert row["stay"] != row["subject"]


@pytest.mark.parametrize("size", [0, 15, 65])
def test_a_salt_is_neither_short_nor_long(tmp_path: Path, import_rows: Import, size: int) -> None:
    salt = tmp_path / "own-salt"
    salt.write_bytes(bytes(size))
    found = import_rows([{}], "--salt", str(salt))
    assert (found.status, "H471" in found.notes) == (2, True)
