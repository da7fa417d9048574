"""The 32 rules as Polars expressions; three-valued, null is not established.

Two forms with equal results. As written: what the rule says, in Polars' own date functions.
By hand (`python -m bench.peers.polars_peer by_hand`): day arithmetic folded into constants and
ADD_YEARS by a table of days, as an author would after profiling.
"""

import sys
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pyarrow as pa
from polars import col

from bench.peers.worker import read, serve

AS_OF = date(2026, 11, 1)
LINK = ["SV", "HN", "GT"]
FIRST, SPAN = date(1900, 1, 1), 60_000  # the table's days: births are in 1966 to 2010
TERROR = col("offence_class") == "terror"


def day(days: int) -> date:
    return AS_OF + timedelta(days=days)


def since(name: str) -> pl.Expr:
    """Whole days from the fact to AS_OF."""
    return pl.lit(AS_OF).cast(pl.Int32) - col(name).cast(pl.Int32)


# A case whose occupants are not known falls in neither branch: Polars' otherwise() would take it.
NEEDED = (
    pl.when(col("cell_occupants") == 1)
    .then(600)
    .when(col("cell_occupants") != 1)
    .then(400 * col("cell_occupants"))
)

RULES = {
    "convicted_final": col("convicted") & col("judgment_final"),
    "no_appeal": ~col("appeal_pending") & ~col("collateral_pending"),
    "not_citizen": ~col("sending_state_citizen"),
    "citizenship_known": col("citizenship_verified")
    & (col("nationality") != "US")
    & ((col("second_nationality") != "US") | col("citizenship_verified")),
    "not_stateless": ~col("stateless"),
    "adult": col("birth_date").dt.offset_by("18y") <= AS_OF,
    "adult_at_offence": col("birth_date").dt.offset_by("18y") <= col("offence_date"),
    "min_remaining": col("life_sentence") | (-since("release_date") >= 180),
    "conviction_order": (col("conviction_date") >= col("offence_date"))
    & (col("conviction_date") <= AS_OF),
    "no_death": ~col("death_sentence"),
    "dual_criminality": col("dual_criminality"),
    "no_political": ~col("offence_class").is_in(["political", "military"]),
    "removal_final": col("removal_order_final") & (since("removal_order_date") >= 30),
    "no_asylum": ~col("asylum_status").is_in(["pending", "granted", "withholding"]),
    "no_cat": col("cat_claim").is_in(["none", "denied"]),
    "no_stay": ~col("stay_in_force") | (col("stay_expiry") < AS_OF),
    "consent": col("consent_given")
    & (col("consent_date") <= AS_OF)
    & (col("consent_language") == col("person_language")),
    "consent_fresh": ~col("consent_given") | since("consent_date").is_between(0, 180),
    "counsel": col("counsel_assigned"),
    "notice": since("notice_served_date") >= 30,
    "consular": (since("consular_notified_date") >= 3) | col("stateless"),
    "medical": col("medical_fit") & since("medical_exam_date").is_between(0, 30),
    "not_pregnant": ~((col("sex") == "F") & col("pregnant")),
    "mental_health": col("mental_health_level") <= 2,
    "not_sole_carer": ~(col("sole_carer") & (col("dependent_children") > 0)),
    "space": col("cell_area_dm2") >= NEEDED,
    "facility_certified": col("facility").is_in(["F1", "F2", "F3"])
    & (col("facility_certified_until") >= AS_OF),
    "no_other_charges": ~col("other_charges"),
    "national_link": col("nationality").is_in(LINK) | col("second_nationality").is_in(LINK),
    "served_share": col("life_sentence") | (col("days_served") * 100 < col("sentence_days") * 85),
    "fee_band": col("fee_per_diem_cents").is_between(2000, 12000),
    "security_match": (TERROR & (col("security_level") >= 4))
    | (~TERROR & (col("security_level") <= 4)),
}


def by_hand() -> dict[str, pl.Expr]:
    """The same rules, folded by a person."""
    days = pl.Series([FIRST + timedelta(days=n) for n in range(SPAN)]).dt.offset_by("18y")
    start = (FIRST - date(1970, 1, 1)).days
    grown = pl.lit(days).gather(col("birth_date").to_physical() - start)
    return RULES | {
        "adult": col("birth_date") <= date(2008, 11, 1),
        "adult_at_offence": grown <= col("offence_date"),
        "min_remaining": col("life_sentence") | (col("release_date") >= day(180)),
        "removal_final": col("removal_order_final") & (col("removal_order_date") <= day(-30)),
        "consent_fresh": ~col("consent_given") | col("consent_date").is_between(day(-180), AS_OF),
        "notice": col("notice_served_date") <= day(-30),
        "consular": (col("consular_notified_date") <= day(-3)) | col("stateless"),
        "medical": col("medical_fit") & col("medical_exam_date").is_between(day(-30), AS_OF),
    }


class Polars:
    """A data frame of one chunk, codes as Enum; lazy, so that common parts are computed once."""

    def __init__(self, rules: dict[str, pl.Expr]) -> None:
        self.version = f"polars {pl.__version__}"
        self.asked = [rule.alias(name) for name, rule in rules.items()]
        self.docket = self.result = pl.DataFrame()

    def load(self, path: Path) -> None:
        table = read(path)
        codes = {
            field.name: table.column(field.name).chunk(0).dictionary.to_pylist()
            for field in table.schema
            if pa.types.is_dictionary(field.type)
        }
        frame = pl.DataFrame(table)
        self.docket = frame.with_columns(
            col(name).cast(pl.String).cast(pl.Enum(words)) for name, words in codes.items()
        ).rechunk()

    def clear(self) -> None:
        self.result = pl.DataFrame()

    def evaluate(self) -> None:
        self.result = self.docket.lazy().select(self.asked).collect()

    def table(self) -> pa.Table:
        return self.result.to_arrow()


if __name__ == "__main__":
    serve(Polars(by_hand() if "by_hand" in sys.argv[1:] else RULES))
