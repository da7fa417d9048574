"""What is shown with the law and decides no case: every record, id, text, source and reference."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from habeas.law import agreement, cited, records
from habeas.law.ids import Kind, entries
from habeas.law.library import Library
from habeas.law.references import reference_faults
from habeas.terms import Side

LIBRARY = Library()
EVERY = entries(LIBRARY)
SHIPPED = Path(str(LIBRARY.root))
DUTIES = (
    "regime", "force_inside", "complaints", "medical_complaints", "transport", "hospital_guard",
    "escape", "death", "offences_inside", "premises", "outer_security", "evacuation", "records",
    "habeas",
)  # fmt: skip


def ids(kind: Kind) -> list[str]:
    return [one.id for one in EVERY if one.kind is kind]


def within(thing: object) -> Iterator[cited.Strict]:
    if isinstance(thing, cited.Strict):
        yield thing
        for name in thing.__struct_fields__:
            yield from within(getattr(thing, name))
    elif isinstance(thing, tuple | dict):
        for one in thing.values() if isinstance(thing, dict) else thing:
            yield from within(one)


def changed(folder: Path, file: str, *change: str) -> Library:
    """A copy of the shipped library with one text of one file exchanged."""
    root = folder / "library"
    shutil.copytree(SHIPPED, root)
    text = (root / file).read_text()
    assert text.count(change[0]) >= 1
    (root / file).write_text(text.replace(change[0], change[1], 1))
    library = Library()
    library.root = root
    return library


def test_no_id_names_two_things() -> None:
    names = [one.id for one in EVERY]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        (Kind.DUTY, [f"D-{n}" for n in range(1, 25)]),
        (Kind.AGREEMENT_RULE, [f"A-{n}" for n in range(1, 7)]),
        (Kind.CONSEQUENCE, [f"C-{n}" for n in range(1, 16)]),
        (Kind.RECLASSED, ["NONL-2", "SEEE-4"]),
        (Kind.TREATY_PARTIES, ["OAS-A57-parties", "ETS-112-parties", "ETS-167-parties"]),
        (Kind.COMPARATOR, ["UK-RW", "US-SV-2019"]),
        (Kind.LAYER, ["statute", "treaty", "policy", "contested"]),
    ],
)
def test_the_library_holds_every_id_of_a_kind(kind: Kind, wanted: list[str]) -> None:
    assert ids(kind) == wanted


def test_the_library_holds_30_measures_of_six_standards() -> None:
    bodies = {name.rpartition("-")[0] for name in ids(Kind.MEASURE)}
    assert (len(ids(Kind.MEASURE)), bodies) == (30, {"ACA", "CPT", "ECHR", "IACHR", "ICRC", "UN"})


def test_the_register_minimum_holds_each_letter_of_icpped_and_of_the_mandela_rules() -> None:
    found = ids(Kind.REGISTER_ITEM)
    numbered = {
        "ICPPED-17-2": "abcdef", "ICPPED-17-3": "abcdefgh", "ICPPED-18-1": "abcdefg",
        "MANDELA-7": "abcdefg", "MANDELA-8": "abcdef",
    }  # fmt: skip
    letters = [f"{rule}-{letter}" for rule, held in numbered.items() for letter in held]
    whole = ["ICPPED-17-1", "ICPPED-18-who", "ICPPED-18-2", "ICPPED-20", "MANDELA-6"]
    assert sorted(found) == sorted([*letters, *whole, "MANDELA-9-10"])


def test_every_conflict_between_sources_has_an_id_and_stands_once() -> None:
    held = [one for one in EVERY if isinstance(one.thing, agreement.Conflict)]
    every = [
        conflict
        for group in (LIBRARY.agreements, LIBRARY.laws, LIBRARY.facilities)
        for _, holder in group.values()
        for conflict in holder.conflicts
    ]
    assert len(held) == len(every) + len(LIBRARY.conflicts.conflicts) == 20


def test_ten_states_have_statistics_and_no_series_is_without_a_source() -> None:
    series = LIBRARY.statistics.series
    states = {one.state for one in series.values()}
    assert states == {"BE", "CL", "DK", "EE", "NL", "NO", "SE", "SV", "US", "XK"}
    bare = [
        name
        for name, one in series.items()
        if not one.source and not all(row.source for row in one.readings)
    ]
    assert bare == []


def test_every_reading_gives_a_declared_measure() -> None:
    series = LIBRARY.statistics.series.values()
    odd = [set(row.values) - set(one.measures) for one in series for row in one.readings]
    assert set().union(*odd) == set()


def test_every_text_stands_in_both_languages() -> None:
    texts = [one for entry in EVERY for one in within(entry.thing) if type(one) is cited.Text]
    assert len(texts) > 1000
    assert [text for text in texts if not text.en.strip() or not text.es.strip()] == []


def test_every_named_source_and_instrument_is_there() -> None:
    assert reference_faults(LIBRARY) == []


def test_what_is_from_memory_says_how_sure_it_is_but_for_two_places() -> None:
    cites = [one for entry in EVERY for one in within(entry.thing) if type(one) is cited.Cite]
    unsure = {one.at for one in cites if one.checked == "memory" and one.confidence is None}
    assert unsure == {"1227 (reaches non-citizens only)", "large dormitories"}


def test_nothing_from_memory_names_a_source_as_if_it_had_been_read() -> None:
    cites = [one for entry in EVERY for one in within(entry.thing) if type(one) is cited.Cite]
    assert [one for one in cites if one.checked == "memory" and one.source] == []


@pytest.mark.parametrize("name", sorted(LIBRARY.agreements))
def test_a_responsibility_matrix_answers_for_each_duty_or_says_not_stated(name: str) -> None:
    _, deal = LIBRARY.agreements[name]
    states = {party.code for party in deal.parties if party.role in (*Side, "either")}
    duties = {one.duty: one.state for one in deal.responsibility}
    assert set(DUTIES) <= set(duties)
    assert {part for state in duties.values() for part in state.split("+")} <= {
        *states,
        "not stated",
    }


def test_a_state_is_never_named_for_a_duty_without_a_citation() -> None:
    bare = [
        (deal.id, one.duty)
        for _, deal in LIBRARY.agreements.values()
        for one in deal.responsibility
        if one.state != "not stated" and not one.cite
    ]
    assert bare == []


def test_a_duty_names_a_number_only_where_a_text_fixes_one() -> None:
    fixed = {
        name: one.by.days or one.by.hours
        for name, one in LIBRARY.duties.duties.items()
        if one.by.days or one.by.hours or one.by.months or one.by.working_days
    }
    assert fixed == {"D-6": 15, "D-9": 24, "D-19": 45}


def test_what_no_text_says_of_a_duty_is_this_files_own_choice() -> None:
    keys = {"owed_by", "owed_to", "from", "by", "evidence", "answered_by", "late"}
    duties = LIBRARY.duties.duties
    assert [name for name, one in duties.items() if not set(one.declared) <= keys] == []
    assert [name for name, one in duties.items() if "late" not in one.declared] == []


def test_the_return_margins_are_those_of_the_agreements() -> None:
    margins = {one.agreement: one.months for one in LIBRARY.duties.duties["D-15"].margins}
    flows = {
        name: deal.workflow.return_margin_months for name, (_, deal) in LIBRARY.agreements.items()
    }
    assert margins == {name: flows[name] for name in ("NO-NL", "BE-NL", "SE-EE")}


def test_facts_about_an_agreement_are_no_columns_of_a_docket() -> None:
    own = set(LIBRARY.agreement_rules.facts)
    assert own & set(LIBRARY.vocabulary.facts) == set()
    assert [name for name in ids(Kind.AGREEMENT_RULE) if name not in LIBRARY.layers.rules] == []


FAULTS = [
    ("duties.toml", '"MANDELA71"', '"MANDELA72"', "H223", "MANDELA72"),
    ("statistics.toml", '"SPACE_1920"', '"SPACE_1921"', "H223", "SPACE_1921"),
    ("standards/cpt.toml", '"CPT44"', '"CPT45"', "H223", "CPT45"),
    ("facilities/tartu.toml", '"SEEE_WINGS"', '"SEEE_WING"', "H223", "SEEE_WING"),
    ("consequences.toml", 'instrument = "abrego"', 'instrument = "abreg"', "H222", "abreg"),
    ("consequences.toml", '"US-SV-2025", "R-4"', '"US-SV-2026", "R-4"', "H229", "US-SV-2026"),
    ("duties.toml", 'duty = "D-15"', 'duty = "D-51"', "H229", "D-51"),
    ("duties.toml", "agreement = 'ETS-167' AND", "agreemnt = 'ETS-167' AND", "H101", "agreemnt"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "code", "named"), FAULTS)
def test_a_name_that_stands_for_nothing_is_told_with_file_and_line(
    tmp_path: Path, file: str, old: str, new: str, code: str, named: str
) -> None:
    library = changed(tmp_path, file, old, new)
    found = library.faults() or reference_faults(library)
    text = (tmp_path / "library" / file).read_text().splitlines()
    assert [one.code for one in found] == [code]
    assert found[0].file == f"library/{file}"
    assert named in text[found[0].line - 1]


def test_a_rule_text_of_an_agreement_rule_is_checked(tmp_path: Path) -> None:
    library = changed(
        tmp_path, "agreement-rules.toml", 'require = "monitor_access"', 'require = "monitor_acces"'
    )
    assert [one.code for one in reference_faults(library)] == ["H101"]


def test_an_agreement_rule_that_asks_a_constant_is_refused(tmp_path: Path) -> None:
    library = changed(
        tmp_path, "agreement-rules.toml", 'require = "monitor_access"', 'require = "TRUE"'
    )
    assert [one.code for one in reference_faults(library)] == ["H109"]


@pytest.mark.no_cover  # the same lines again and again
@pytest.mark.parametrize("file", [f"{part.replace('_', '-')}.toml" for part in records.PARTS])
def test_a_record_with_an_unknown_key_is_refused(tmp_path: Path, file: str) -> None:
    library = changed(tmp_path, file, 'version = "0.1.0"', 'version = "0.1.0"\nsecret = 1')
    assert [one.code for one in library.faults()] == ["H214"]


def test_no_record_names_a_person_or_a_file_outside() -> None:
    texts = "".join(path.read_text() for path in SHIPPED.glob("*.toml"))
    assert re.findall(r"facts\.yaml|law\.md", texts) == []
