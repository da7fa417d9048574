"""Public tables about facilities, placements and prison populations, as tables of columns.

The reports of the Bureau of Justice Statistics have two header lines in the place of one, notes in
their labels, a lone "%" in a column of its own and four signs for what is missing; three of five
hold bytes of Windows-1252.
"""

from collections.abc import Sequence

from habeas.docket.odd_cells import Column, Form, Missing
from habeas.docket.odd_tables import TableSchema

ICE = "US Immigration and Customs Enforcement"
BJS = "US Bureau of Justice Statistics"
AS_NEEDED = {"AS NEEDED": Missing("unknown", "as needed")}
SIGNS = {
    ":": Missing("unknown", "not calculated"),
    "~": Missing("not_applicable", "not applicable"),
    "/": Missing("unknown", "not reported"),
    "\N{HORIZONTAL ELLIPSIS}": Missing("unknown", "not available"),
    "--": Missing("unknown", "less than 0.05"),
}


def _texts(*names: str) -> list[Column]:
    return [Column(name=name, source=name) for name in names]


def _numbers(names: Sequence[str], unit: str) -> list[Column]:
    return [Column(name=name, source=name, kind="whole", unit=unit) for name in names]


def _decimals(names: Sequence[str], unit: str) -> list[Column]:
    return [Column(name=name, source=name, kind="decimal", unit=unit) for name in names]


def _days(*names: str, form: Form = "iso") -> list[Column]:
    return [Column(name=name, source=name, kind="day", form=form) for name in names]


CAPACITY = Column(
    name="capacity", source="capacity", kind="whole", unit="places", missing=AS_NEEDED
)
FACILITIES_2015 = TableSchema(
    name="facilities-2015",
    publisher=ICE,
    rows_are="facilities",
    columns=[
        *_texts("facility", "name", "city", "state", "type", "type_detailed", "sex", "levels"),
        CAPACITY,
        *_numbers(["population_2015_12"], "persons"),
        *_texts("operator", "owner", "per_diem_text", "over_under_72h"),
        *_texts("inspection_type", "inspection_standard"),
        Column(
            name="inspection_rating",
            source="inspection_rating",
            missing={"Pending": Missing("unknown", "pending")},
        ),
        *_days("contract_start", "contract_end", "inspection_date"),
        *_decimals([f"adp_fy{year}" for year in range(10, 17)], "persons"),
    ],
)
MONTHS_2017 = [
    "november_2016", "december_2016", "january_2017", "february_2017", "march_2017",
    "april_2017", "may_2017", "june_2017", "july_2017", "august_2017", "september_2017",
    "october_2017", "november_2017",
]  # fmt: skip
FACILITIES_2017 = TableSchema(
    name="facilities-2017",
    publisher=ICE,
    rows_are="facilities",
    columns=[
        *_texts("facility", "name", "city", "state", "aor", "type", "type_detailed"),
        *_numbers(["fy17_total_mandays", "fy18_total_mandays"], "person-days"),
        *_numbers(["fy17_calendar_days_in_use"], "days"),
        *_numbers(["fy17_max_pop_count", "population_count"], "persons"),
        *_numbers(["guaranteed_minimum"], "places"),
        Column(
            name="authorization_status",
            source="authorization_status",
            missing={"NOT INSPECTED": Missing("unknown", "not inspected")},
        ),
        CAPACITY,
        *_days("date_of_first_use", "date_of_last_use"),
        *_decimals([f"fy{year:02}_adp" for year in range(9, 19)], "persons"),
        *_decimals(MONTHS_2017, "persons"),
    ],
)
FACILITY_NAMES = TableSchema(
    name="facility-names",
    publisher="Deportation Data Project",
    rows_are="facilities",
    columns=_texts("facility", "name"),
)
SRMS_2017 = TableSchema(
    name="srms-2017-2023",
    publisher=ICE,
    columns=[
        *_texts("row", "facility_name", "field_office", "report_type", "reason_class"),
        *_texts("requested_by", "compliant", "counsel_of_record", "counsel_notified"),
        *_days("placed", "released"),
        Column(name="reported", source="reported", kind="instant"),
        *_numbers(["days_reported"], "days"),
    ],
)
SRMS_POGO = TableSchema(
    name="srms-2016-2018",
    publisher=ICE,
    columns=[
        *_texts("row", "facility", "facility_name", "report_type", "class", "compliant"),
        *_days("placed", "released", form="mdy"),
        *_numbers(["days_reported"], "days"),
    ],
)
NWDC_LOG = TableSchema(
    name="nwdc-2015-2020",
    publisher="GEO Group, by the UW Center for Human Rights",
    columns=[
        *_texts("row", "initial", "disciplinary"),
        *_days("in_date", "out_date", form="mdy"),
        *_numbers(["days_reported"], "days"),
    ],
)
MONTH = Column(name="date", source="date", kind="month")
POPULATIONS = TableSchema(
    name="prison-populations",
    publisher="the state named",
    rows_are="jurisdictions",
    columns=[
        MONTH,
        *_texts("state", "data_or_inferred"),
        *_decimals(["population"], "persons"),
    ],
)
FLOWS = TableSchema(
    name="prison-flows",
    publisher="the state named",
    rows_are="jurisdictions",
    columns=[MONTH, *_texts("state"), *_decimals(["admissions", "releases"], "persons")],
)


def _figure(name: str, at: int, kind: str = "whole", unit: str = "persons") -> Column:
    percent = unit == "%"
    return Column(
        name=name,
        source=at,
        kind="decimal" if percent or kind == "decimal" else "whole",
        unit=unit,
        unit_at=at + 1 if percent else None,
        missing=SIGNS,
    )


def _report(name: str, last: int, columns: Sequence[Column]) -> TableSchema:
    label = Column(name="jurisdiction", source=[1, 0], kind="label")
    return TableSchema(
        name=name,
        publisher=BJS,
        encoding="cp1252",
        header=(11, last),
        rows_are="jurisdictions",
        report=True,
        columns=[label, *columns],
    )


BJS_T08 = _report(
    "bjs-p19t08",
    12,
    [
        _figure("admissions_2018", 2), _figure("admissions_2019", 3),
        _figure("admissions_change", 4, unit="%"), _figure("new_commitments_2019", 6),
        _figure("violations_2019", 7), _figure("releases_2018", 9), _figure("releases_2019", 10),
        _figure("releases_change", 11, unit="%"), _figure("unconditional_2019", 13),
        _figure("conditional_2019", 14),
    ],
)  # fmt: skip
BJS_T11 = _report(
    "bjs-p19t11",
    12,
    [
        _figure("prisoners", 2), _figure("prisoners_m", 3), _figure("prisoners_f", 4),
        _figure("share", 5, unit="%"), _figure("sentenced", 8), _figure("sentenced_m", 9),
        _figure("sentenced_f", 10), _figure("sentenced_share", 11, unit="%"),
    ],
)  # fmt: skip
BJS_T17 = _report(
    "bjs-p19t17",
    12,
    [
        _figure("rated", 2, unit="places"), _figure("operational", 3, unit="places"),
        _figure("design", 4, unit="places"), _figure("custody", 5),
        _figure("share_of_lowest", 6, unit="%"), _figure("share_of_highest", 8, unit="%"),
    ],
)  # fmt: skip
BJS_T18 = _report(
    "bjs-p19t18",
    12,
    [
        _figure("private_2018", 2), _figure("private_2019", 3),
        _figure("private_change", 4, unit="%"), _figure("private_share", 6, unit="%"),
        _figure("jails_2018", 9), _figure("jails_2019", 10),
        _figure("jails_change", 11, unit="%"), _figure("jails_share", 13, unit="%"),
    ],
)  # fmt: skip
BJS_AT01 = TableSchema(
    name="bjs-p19at01",
    publisher=BJS,
    encoding="cp1252",
    header=(11, 11),
    rows_are="jurisdictions",
    report=True,
    columns=[
        Column(name="year", source=0, kind="label"),
        _figure("rate_all", 1, unit="a 100,000 residents"),
        _figure("rate_adults", 2, unit="a 100,000 adults"),
    ],
)
TABLES = {
    table.name: table
    for table in (
        FACILITIES_2015, FACILITIES_2017, FACILITY_NAMES, SRMS_2017, SRMS_POGO, NWDC_LOG,
        POPULATIONS, FLOWS, BJS_T08, BJS_T11, BJS_T17, BJS_T18, BJS_AT01,
    )
}  # fmt: skip
