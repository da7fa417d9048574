"""The 32 rules as OpenFisca-core variables over numpy arrays. Two-valued.

OpenFisca has no unknown: a fact that is not given takes its variable's default (no, the first code,
0, 1970-01-01), so its answers can be compared with three-valued ones only on fully known cases.
Argument `by_hand`: the eighteenth birthday by a table of days, not by numpy's months, which take
two thirds of the time. `python -m bench.peers.openfisca_peer counter_example` asks it the case in
which a fact not given becomes a yes.
"""

import sys
from collections.abc import Callable
from datetime import date
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pyarrow as pa
from openfisca_core import entities, indexed_enums, periods, taxbenefitsystems, variables
from openfisca_core.simulation_builder import SimulationBuilder

from bench.peers.worker import read, serve

PERIOD = "2026-11"
AS_OF = np.datetime64("2026-11-01", "D")
EPOCH = date(1970, 1, 1)
PERSON = entities.build_entity("person", "persons", "A person", is_person=True)

Ask = Callable[[str], np.ndarray]


def among(values: indexed_enums.EnumArray, *words: str) -> np.ndarray:
    """Codes in a list, by index."""
    found: np.ndarray = values == values.possible_values[words[0]]
    for word in words[1:]:
        found = found | (values == values.possible_values[word])
    return found


def since(values: np.ndarray) -> np.ndarray:
    """Whole days from the fact to AS_OF."""
    return (AS_OF - values).astype(np.int64)


def grown(births: np.ndarray) -> np.ndarray:
    """The eighteenth birthday, rounded down to 28 February where the year has no 29th."""
    month = births.astype("datetime64[M]")
    target = month + 18 * 12
    last = (target + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
    whole: np.ndarray = np.minimum(target.astype("datetime64[D]") + (births - month), last)
    return whole


FIRST = np.datetime64("1900-01-01", "D")
TABLE = grown(np.arange(FIRST, np.datetime64("2064-01-01", "D")))


def looked_up(births: np.ndarray) -> np.ndarray:
    """The same, from the table: births are in 1966 to 2010."""
    return TABLE[(births - FIRST).astype(np.int64)]


RULES: dict[str, Callable[[Ask], np.ndarray]] = {
    "convicted_final": lambda f: f("convicted") & f("judgment_final"),
    "no_appeal": lambda f: ~f("appeal_pending") & ~f("collateral_pending"),
    "not_citizen": lambda f: ~f("sending_state_citizen"),
    "citizenship_known": lambda f: (
        f("citizenship_verified")
        & ~among(f("nationality"), "US")
        & (~among(f("second_nationality"), "US") | f("citizenship_verified"))
    ),
    "not_stateless": lambda f: ~f("stateless"),
    "adult": lambda f: f("eighteenth_birthday") <= AS_OF,
    "adult_at_offence": lambda f: f("eighteenth_birthday") <= f("offence_date"),
    "min_remaining": lambda f: f("life_sentence") | (-since(f("release_date")) >= 180),
    "conviction_order": lambda f: (
        (f("conviction_date") >= f("offence_date")) & (f("conviction_date") <= AS_OF)
    ),
    "no_death": lambda f: ~f("death_sentence"),
    # Every name is one variable to OpenFisca: the fact has taken this rule's.
    "dual_criminality_holds": lambda f: f("dual_criminality"),
    "no_political": lambda f: ~among(f("offence_class"), "political", "military"),
    "removal_final": lambda f: f("removal_order_final") & (since(f("removal_order_date")) >= 30),
    "no_asylum": lambda f: ~among(f("asylum_status"), "pending", "granted", "withholding"),
    "no_cat": lambda f: among(f("cat_claim"), "none", "denied"),
    "no_stay": lambda f: ~f("stay_in_force") | (f("stay_expiry") < AS_OF),
    "consent": lambda f: (
        f("consent_given")
        & (f("consent_date") <= AS_OF)
        & (f("consent_language").view(np.ndarray) == f("person_language").view(np.ndarray))
    ),
    "consent_fresh": lambda f: (
        ~f("consent_given") | ((since(f("consent_date")) >= 0) & (since(f("consent_date")) <= 180))
    ),
    "counsel": lambda f: f("counsel_assigned"),
    "notice": lambda f: since(f("notice_served_date")) >= 30,
    "consular": lambda f: (since(f("consular_notified_date")) >= 3) | f("stateless"),
    "medical": lambda f: (
        f("medical_fit")
        & (since(f("medical_exam_date")) >= 0)
        & (since(f("medical_exam_date")) <= 30)
    ),
    "not_pregnant": lambda f: ~(among(f("sex"), "F") & f("pregnant")),
    "mental_health": lambda f: f("mental_health_level") <= 2,
    "not_sole_carer": lambda f: ~(f("sole_carer") & (f("dependent_children") > 0)),
    "space": lambda f: (
        f("cell_area_dm2") >= np.where(f("cell_occupants") == 1, 600, 400 * f("cell_occupants"))
    ),
    "facility_certified": lambda f: (
        among(f("facility"), "F1", "F2", "F3") & (f("facility_certified_until") >= AS_OF)
    ),
    "no_other_charges": lambda f: ~f("other_charges"),
    "national_link": lambda f: (
        among(f("nationality"), "SV", "HN", "GT") | among(f("second_nationality"), "SV", "HN", "GT")
    ),
    "served_share": lambda f: (
        f("life_sentence") | (f("days_served") * 100 < f("sentence_days") * 85)
    ),
    "fee_band": lambda f: (f("fee_per_diem_cents") >= 2000) & (f("fee_per_diem_cents") <= 12000),
    "security_match": lambda f: (
        (among(f("offence_class"), "terror") & (f("security_level") >= 4))
        | (~among(f("offence_class"), "terror") & (f("security_level") <= 4))
    ),
}
BIRTHDAY = "eighteenth_birthday"


def _variable(name: str, **more: object) -> type:
    held = {"entity": PERSON, "definition_period": periods.MONTH, "label": name}
    return type(name, (variables.Variable,), held | more)


def _computed(name: str, kind: type, rule: Callable[[Ask], np.ndarray]) -> type:
    def formula(person: Callable[[str, object], np.ndarray], period: object) -> np.ndarray:
        return rule(lambda fact: person(fact, period))

    return _variable(name, value_type=kind, formula=formula)


def _input(field: pa.Field, column: pa.ChunkedArray) -> type:
    kind = field.type
    if pa.types.is_dictionary(kind):
        words = column.chunk(0).dictionary.to_pylist()
        names = indexed_enums.Enum(field.name, {word: word for word in words})
        return _variable(
            field.name,
            value_type=indexed_enums.Enum,
            possible_values=names,
            default_value=names[words[0]],
        )
    if pa.types.is_date(kind):
        return _variable(field.name, value_type=date, default_value=EPOCH)
    return _variable(field.name, value_type=bool if pa.types.is_boolean(kind) else int)


def _values(column: pa.ChunkedArray) -> np.ndarray:
    """A column as OpenFisca holds it: a null is the default, as if the fact had not been given."""
    whole = column.combine_chunks()
    values: np.ndarray
    if pa.types.is_dictionary(whole.type):
        values = whole.indices.fill_null(0).to_numpy().astype(np.int16)
    elif pa.types.is_date(whole.type):
        values = whole.fill_null(EPOCH).cast(pa.int32()).to_numpy().astype("datetime64[D]")
    else:
        missing = False if pa.types.is_boolean(whole.type) else 0
        values = whole.fill_null(missing).to_numpy(zero_copy_only=False)
    return values


class OpenFisca:
    """One simulation whose inputs stay set; the rules' arrays are dropped before each run."""

    def __init__(self, birthday: Callable[[np.ndarray], np.ndarray]) -> None:
        self.birthday = birthday
        self.version = f"openfisca-core {version('openfisca-core')}"
        self.system = taxbenefitsystems.TaxBenefitSystem([PERSON])
        self.period = periods.period(PERIOD)
        self.simulation = SimulationBuilder().build_default_simulation(self.system, 1)
        self.result: dict[str, np.ndarray] = {}

    def load(self, path: Path) -> None:
        table = read(path)
        for field in table.schema:
            self.system.add_variable(_input(field, table.column(field.name)))
        for name, rule in RULES.items():
            self.system.add_variable(_computed(name, bool, rule))
        turned = _computed(BIRTHDAY, date, lambda f: self.birthday(f("birth_date")))
        self.system.add_variable(turned)
        self.simulation = SimulationBuilder().build_default_simulation(self.system, len(table))
        for name in table.column_names:
            self.simulation.set_input(name, self.period, _values(table.column(name)))

    def clear(self) -> None:
        self.result = {}
        for name in (*RULES, BIRTHDAY):
            self.simulation.delete_arrays(name, self.period)

    def evaluate(self) -> None:
        self.result = {name: self.simulation.calculate(name, self.period) for name in RULES}

    def table(self) -> pa.Table:
        names = [name.removesuffix("_holds") for name in self.result]
        return pa.table([pa.array(column) for column in self.result.values()], names)


def counter_example() -> bool:
    """What OpenFisca answers to `convicted AND NOT is_sending_national`, the latter not given."""
    system = taxbenefitsystems.TaxBenefitSystem([PERSON])
    system.add_variables(
        _variable("convicted", value_type=bool),
        _variable("is_sending_national", value_type=bool),
        _computed("may_go_on", bool, lambda f: f("convicted") & ~f("is_sending_national")),
    )
    given = {"persons": {"A": {"convicted": {PERIOD: True}}}}
    asked = SimulationBuilder().build_from_entities(system, given)
    return bool(asked.calculate("may_go_on", PERIOD)[0])


if __name__ == "__main__":
    if "counter_example" in sys.argv[1:]:
        print(counter_example())
    else:
        serve(OpenFisca(looked_up if "by_hand" in sys.argv[1:] else grown))
