"""The bench docket: 46 drawn facts and 32 rules that load an engine. The rules are not law.

The order of the draws is part of the contract (design/screening.md, annex A): one generator, each
fact's values and then its validity. So the same n, seed and share give the same bytes everywhere.
Days count from AS_OF.
"""

import sys
from datetime import date
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import pyarrow as pa
from msgspec import structs

from habeas.law import agreement, cited

AS_OF = date(2026, 11, 1)
BATCH = 1 << 17  # rows of one record batch

CODES = {
    "country": ("SV", "HN", "GT", "MX", "VE", "US", "CO", "NI", "EC", "CL", "PH", "RW"),
    "sex": ("F", "M", "X"),
    "offence_class": (
        *("violent", "drug", "property", "fraud", "terror", "immigration"),
        *("political", "military"),
    ),
    "asylum_status": ("none", "pending", "granted", "denied", "withholding"),
    "cat_claim": ("none", "pending", "granted", "denied"),
    "language": ("en", "es", "ht", "pt", "quc"),
    "facility": ("F1", "F2", "F3", "F4", "F5"),
}


class Drawn(NamedTuple):
    """How one fact is drawn, and so what a value of it may be."""

    type: Literal["bool", "code", "date", "int"]
    min: int = 0  # date: days from AS_OF
    max: int = 0  # inclusive
    codes: str = ""  # a list of CODES, drawn uniformly
    true: float = 0.0  # probability


def _bool(true: float) -> Drawn:
    return Drawn("bool", true=true)


def _code(codes: str) -> Drawn:
    return Drawn("code", max=len(CODES[codes]) - 1, codes=codes)


def _date(first: int, after: int) -> Drawn:
    return Drawn("date", first, after - 1)


def _int(least: int, most: int) -> Drawn:
    return Drawn("int", least, most)


FACTS = {
    "nationality": _code("country"),
    "second_nationality": _code("country"),
    "sending_state_citizen": _bool(0.02),
    "citizenship_verified": _bool(0.9),
    "stateless": _bool(0.01),
    "birth_date": _date(-21900, -5840),
    "offence_date": _date(-3650, -400),
    "sex": _code("sex"),
    "pregnant": _bool(0.05),
    "convicted": _bool(0.97),
    "conviction_date": _date(-3000, -60),
    "judgment_final": _bool(0.9),
    "appeal_pending": _bool(0.1),
    "collateral_pending": _bool(0.05),
    "sentence_days": _int(300, 8999),
    "days_served": _int(30, 5999),
    "release_date": _date(-30, 3000),
    "life_sentence": _bool(0.05),
    "death_sentence": _bool(0.005),
    "offence_class": _code("offence_class"),
    "dual_criminality": _bool(0.95),
    "removal_order_final": _bool(0.85),
    "removal_order_date": _date(-700, 0),
    "asylum_status": _code("asylum_status"),
    "cat_claim": _code("cat_claim"),
    "stay_in_force": _bool(0.1),
    "stay_expiry": _date(-90, 200),
    "consent_given": _bool(0.6),
    "consent_date": _date(-300, 5),
    "consent_language": _code("language"),
    "person_language": _code("language"),
    "counsel_assigned": _bool(0.9),
    "notice_served_date": _date(-120, -5),
    "consular_notified_date": _date(-60, 0),
    "medical_exam_date": _date(-60, 0),
    "medical_fit": _bool(0.93),
    "mental_health_level": _int(0, 4),
    "dependent_children": _int(0, 3),
    "sole_carer": _bool(0.05),
    "facility": _code("facility"),
    "cell_area_dm2": _int(500, 8999),
    "cell_occupants": _int(1, 19),
    "facility_certified_until": _date(-60, 700),
    "other_charges": _bool(0.1),
    "fee_per_diem_cents": _int(1000, 12999),
    "security_level": _int(1, 5),
}

RULES = {
    "convicted_final": "convicted AND judgment_final",
    "no_appeal": "NOT appeal_pending AND NOT collateral_pending",
    "not_citizen": "NOT sending_state_citizen",
    "citizenship_known": "citizenship_verified AND nationality <> 'US' AND "
    "(second_nationality <> 'US' OR citizenship_verified)",
    "not_stateless": "NOT stateless",
    "adult": "ADD_YEARS(birth_date, 18) <= as_of",
    "adult_at_offence": "ADD_YEARS(birth_date, 18) <= offence_date",
    "min_remaining": "life_sentence OR DAYS_BETWEEN(as_of, release_date) >= 180",
    "conviction_order": "conviction_date >= offence_date AND conviction_date <= as_of",
    "no_death": "NOT death_sentence",
    "dual_criminality": "dual_criminality",
    "no_political": "offence_class NOT IN ('political', 'military')",
    "removal_final": "removal_order_final AND DAYS_BETWEEN(removal_order_date, as_of) >= 30",
    "no_asylum": "asylum_status NOT IN ('pending', 'granted', 'withholding')",
    "no_cat": "cat_claim IN ('none', 'denied')",
    "no_stay": "NOT stay_in_force OR stay_expiry < as_of",
    "consent": "consent_given AND consent_date <= as_of AND consent_language = person_language",
    "consent_fresh": "NOT consent_given OR DAYS_BETWEEN(consent_date, as_of) BETWEEN 0 AND 180",
    "counsel": "counsel_assigned",
    "notice": "DAYS_BETWEEN(notice_served_date, as_of) >= 30",
    "consular": "DAYS_BETWEEN(consular_notified_date, as_of) >= 3 OR stateless",
    "medical": "medical_fit AND DAYS_BETWEEN(medical_exam_date, as_of) BETWEEN 0 AND 30",
    "not_pregnant": "NOT (sex = 'F' AND pregnant)",
    "mental_health": "mental_health_level <= 2",
    "not_sole_carer": "NOT (sole_carer AND dependent_children > 0)",
    "space": "cell_area_dm2 >= CASE WHEN cell_occupants = 1 THEN 600 ELSE 400 * cell_occupants END",
    "facility_certified": "facility IN ('F1', 'F2', 'F3') AND facility_certified_until >= as_of",
    "no_other_charges": "NOT other_charges",
    "national_link": "nationality IN ('SV', 'HN', 'GT') OR "
    "second_nationality IN ('SV', 'HN', 'GT')",
    "served_share": "life_sentence OR days_served * 100 < sentence_days * 85",
    "fee_band": "fee_per_diem_cents BETWEEN 2000 AND 12000",
    "security_match": "(offence_class = 'terror' AND security_level >= 4) OR "
    "(offence_class <> 'terror' AND security_level <= 4)",
}


def vocabulary() -> agreement.Vocabulary:
    """The facts as our law files declare them; int bounds only, a date's stand in FACTS."""

    def declared(name: str, fact: Drawn) -> agreement.Fact:
        text = cited.Text(name, name)
        bounds = (fact.min, fact.max) if fact.type == "int" else (None, None)
        made = agreement.Fact("int", text, text, text, fact.codes or None, *bounds)
        return structs.replace(made, type=fact.type)

    return agreement.Vocabulary(
        format="habeas-facts/1",
        version="bench",
        codes=CODES,
        facts={name: declared(name, fact) for name, fact in FACTS.items()},
        meta=agreement.Meta(("bench",), cited.Text("none", "ninguno")),
    )


def _values(draw: np.random.Generator, fact: Drawn, n: int) -> np.ndarray:
    if fact.type == "bool":
        return draw.random(n) < fact.true
    return draw.integers(fact.min, fact.max + 1, n)


def _bits(values: np.ndarray) -> pa.Buffer:
    return pa.py_buffer(np.packbits(values, bitorder="little"))


def _array(fact: Drawn, values: np.ndarray, valid: np.ndarray) -> pa.Array:
    """One column of one batch; what stands in a null slot is the fact's min."""
    n, nulls = len(values), len(values) - int(valid.sum())
    held = np.where(valid, values, fact.min)
    bits = _bits(valid)
    match fact.type:
        case "bool":
            return pa.Array.from_buffers(pa.bool_(), n, [bits, _bits(held)], nulls)
        case "date":
            days = (np.datetime64(AS_OF, "D").astype(np.int64) + held).astype(np.int32)
            return pa.Array.from_buffers(pa.date32(), n, [bits, pa.py_buffer(days)], nulls)
        case "int":
            whole = pa.py_buffer(held.astype(np.int32))
            return pa.Array.from_buffers(pa.int32(), n, [bits, whole], nulls)
        case "code":
            whole = pa.py_buffer(held.astype(np.int8))
            places = pa.Array.from_buffers(pa.int8(), n, [bits, whole], nulls)
            return pa.DictionaryArray.from_arrays(places, pa.array(CODES[fact.codes], pa.utf8()))


def docket(n: int, seed: int = 7, null: float = 0.10) -> list[pa.RecordBatch]:
    """n cases of the 46 facts, in batches of 2^17 rows."""
    draw = np.random.default_rng(seed)
    columns: dict[str, list[pa.Array]] = {}
    for name, fact in FACTS.items():
        values = _values(draw, fact, n)
        valid = draw.random(n) >= null
        columns[name] = [
            _array(fact, values[at : at + BATCH], valid[at : at + BATCH])
            for at in range(0, n, BATCH)
        ]
    return [
        pa.RecordBatch.from_arrays([parts[k] for parts in columns.values()], list(columns))
        for k in range(-(-n // BATCH))
    ]


def write(batches: list[pa.RecordBatch], path: Path) -> None:
    """The batches as one Arrow IPC file, uncompressed, so that it can be memory-mapped."""
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, batches[0].schema) as out:
        for batch in batches:
            out.write_batch(batch)


def case_bytes() -> float:
    """Bytes of one case in all columns: values and a validity bit each."""
    width: dict[str, float] = {"bool": 1 / 8, "code": 1, "date": 4, "int": 4}
    return sum(width[fact.type] + 1 / 8 for fact in FACTS.values())


if __name__ == "__main__":
    write(docket(int(sys.argv[2])), Path(sys.argv[1]))
