"""The 32 rules as DuckDB SQL; three-valued, NULL is not established; codes are ENUMs.

CASE is written so that an unknown condition stays unknown: SQL's ELSE would take it.
"""

from pathlib import Path

import duckdb
import pyarrow as pa

from bench.peers.worker import read, serve

AS_OF = "DATE '2026-11-01'"
GROWN = "CAST(birth_date + INTERVAL 18 YEAR AS DATE)"
NEEDED = (
    "CASE WHEN cell_occupants = 1 THEN 600 WHEN NOT (cell_occupants = 1) "
    "THEN 400 * cell_occupants END"
)

RULES = {
    "convicted_final": "convicted AND judgment_final",
    "no_appeal": "NOT appeal_pending AND NOT collateral_pending",
    "not_citizen": "NOT sending_state_citizen",
    "citizenship_known": "citizenship_verified AND nationality <> 'US' AND "
    "(second_nationality <> 'US' OR citizenship_verified)",
    "not_stateless": "NOT stateless",
    "adult": f"{GROWN} <= {AS_OF}",
    "adult_at_offence": f"{GROWN} <= offence_date",
    "min_remaining": f"life_sentence OR release_date - {AS_OF} >= 180",
    "conviction_order": f"conviction_date >= offence_date AND conviction_date <= {AS_OF}",
    "no_death": "NOT death_sentence",
    "dual_criminality": "dual_criminality",
    "no_political": "offence_class NOT IN ('political', 'military')",
    "removal_final": f"removal_order_final AND {AS_OF} - removal_order_date >= 30",
    "no_asylum": "asylum_status NOT IN ('pending', 'granted', 'withholding')",
    "no_cat": "cat_claim IN ('none', 'denied')",
    "no_stay": f"NOT stay_in_force OR stay_expiry < {AS_OF}",
    "consent": f"consent_given AND consent_date <= {AS_OF} AND consent_language = person_language",
    "consent_fresh": f"NOT consent_given OR {AS_OF} - consent_date BETWEEN 0 AND 180",
    "counsel": "counsel_assigned",
    "notice": f"{AS_OF} - notice_served_date >= 30",
    "consular": f"{AS_OF} - consular_notified_date >= 3 OR stateless",
    "medical": f"medical_fit AND {AS_OF} - medical_exam_date BETWEEN 0 AND 30",
    "not_pregnant": "NOT (sex = 'F' AND pregnant)",
    "mental_health": "mental_health_level <= 2",
    "not_sole_carer": "NOT (sole_carer AND dependent_children > 0)",
    "space": f"cell_area_dm2 >= {NEEDED}",
    "facility_certified": f"facility IN ('F1', 'F2', 'F3') AND facility_certified_until >= {AS_OF}",
    "no_other_charges": "NOT other_charges",
    "national_link": "nationality IN ('SV', 'HN', 'GT') OR "
    "second_nationality IN ('SV', 'HN', 'GT')",
    "served_share": "life_sentence OR days_served * 100 < sentence_days * 85",
    "fee_band": "fee_per_diem_cents BETWEEN 2000 AND 12000",
    "security_match": "(offence_class = 'terror' AND security_level >= 4) OR "
    "(offence_class <> 'terror' AND security_level <= 4)",
}
ASKED = "SELECT " + ", ".join(f"({rule}) AS {name}" for name, rule in RULES.items())


def _column(name: str, column: pa.ChunkedArray) -> str:
    if not pa.types.is_dictionary(column.type):
        return name
    words = ", ".join(f"'{word}'" for word in column.chunk(0).dictionary.to_pylist())
    return f"CAST({name} AS ENUM({words})) AS {name}"


class DuckDb:
    """A table in memory, one thread; the result is an Arrow table."""

    def __init__(self) -> None:
        self.version = f"duckdb {duckdb.__version__}"
        self.base = duckdb.connect(config={"threads": 1})
        self.result: pa.Table = None

    def load(self, path: Path) -> None:
        table = read(path)
        self.base.register("arrow", table)
        columns = ", ".join(_column(name, table.column(name)) for name in table.column_names)
        made = f"CREATE OR REPLACE TABLE docket AS SELECT {columns} FROM arrow"  # noqa: S608 - ours
        self.base.execute(made)
        self.base.unregister("arrow")

    def clear(self) -> None:
        self.result = None

    def evaluate(self) -> None:
        self.result = self.base.sql(f"{ASKED} FROM docket").to_arrow_table()

    def table(self) -> pa.Table:
        return self.result


if __name__ == "__main__":
    serve(DuckDb())
