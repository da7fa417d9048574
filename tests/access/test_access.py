"""Who may do what: default deny, the forbidden cells by name, and every cell in a golden file.

`HABEAS_GOLDEN=write` writes tests/golden/access.txt anew; then read the difference.
"""

import os
import shutil
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.access import Asker, Permission, Table, before_opening, may, suffices, table
from habeas.law.library import Library
from habeas.law.records import AccessRow
from habeas.law.references import reference_faults
from habeas.terms import ABOUT_NO_PERSON, Deed, Finding, Office, Relation, Side

ROWS: Mapping[str, AccessRow] = Library().access.rows
TABLE: Table = table(ROWS)
GOLDEN = Path(__file__).parents[1] / "golden" / "access.txt"
SIDES: tuple[Side | None, ...] = (Side.SENDING, Side.RECEIVING, None)
NOBODY = frozenset[Relation]()
ALL = frozenset(Relation)
ABOUT = frozenset(Deed) - ABOUT_NO_PERSON
SEEING = {deed for deed in ABOUT if deed.value.startswith("see_")}

askers = st.builds(Asker, st.just("A"), st.sampled_from(SIDES), st.sampled_from(Office))
deeds = st.sampled_from(Deed)
relations = st.frozensets(st.sampled_from(Relation))


def asked(
    office: Office, side: Side | None, deed: Deed, *related: Relation, table: Table = TABLE
) -> Finding:
    return may(Asker("A", side, office), deed, frozenset(related), table).finding


def allowed(office: Office, side: Side | None, *related: Relation) -> set[Deed]:
    return {deed for deed in Deed if asked(office, side, deed, *related) is Finding.MET}


# Forbidden, by name


@pytest.mark.parametrize("side", SIDES)
def test_an_administrator_sees_no_person_in_any_relation(side: Side | None) -> None:
    assert allowed(Office.ADMINISTRATOR, side, *Relation) & ABOUT == set()


@pytest.mark.parametrize("office", [Office.FINANCE, Office.AUDITOR])
@pytest.mark.parametrize("side", SIDES)
def test_finance_and_auditors_see_no_record_and_no_event_in_any_relation(
    office: Office, side: Side | None
) -> None:
    assert allowed(office, side, *Relation) & ABOUT == set()


def test_a_receiving_officer_sees_nobody_before_the_person_is_put_forward() -> None:
    assert allowed(Office.RECEIVING_OFFICER, Side.RECEIVING) & ABOUT == set()
    assert allowed(Office.RECEIVING_OFFICER, Side.RECEIVING, Relation.RECEIVER) >= SEEING


@pytest.mark.parametrize("office", Office)
def test_a_stranger_is_given_nothing_not_even_the_docket(office: Office) -> None:
    assert allowed(office, None) == set()


@pytest.mark.parametrize("office", sorted(set(Office) - {Office.CONSULATE}))
def test_an_office_of_a_third_state_is_given_nothing_in_any_relation(office: Office) -> None:
    assert allowed(office, None, *Relation) == set()


def test_an_office_of_the_other_state_is_given_nothing_about_a_person() -> None:
    assert allowed(Office.SENDING_OFFICER, Side.RECEIVING, *Relation) & ABOUT == set()
    assert allowed(Office.RECEIVING_OFFICER, Side.SENDING, *Relation) & ABOUT == set()


def test_a_consulate_sees_a_national_by_consent_alone_and_no_event() -> None:
    assert allowed(Office.CONSULATE, Side.RECEIVING) & ABOUT == set()
    assert allowed(Office.CONSULATE, None, Relation.CONSULATE) == {Deed.SEE_PERSON}


def test_no_relation_of_the_family_or_the_person_opens_an_office() -> None:
    for office in Office:
        assert allowed(office, Side.SENDING, Relation.PERSON, Relation.FAMILY) & ABOUT == set()


def test_nobody_but_the_custodian_writes_what_happens_in_custody() -> None:
    written = {
        Deed.PLACE, Deed.MOVE, Deed.START_ABSENCE, Deed.END_ABSENCE, Deed.COUNT, Deed.RELEASE,
        Deed.RECORD_ESCAPE, Deed.RECORD_RECAPTURE, Deed.RECORD_DEATH, Deed.DEPART,
        Deed.REFUSE_RECEPTION, Deed.START_SEGREGATION, Deed.END_SEGREGATION, Deed.ANSWER_INQUIRY,
    }  # fmt: skip
    for office in Office:
        others = allowed(office, Side.SENDING, *(ALL - {Relation.CUSTODIAN}))
        assert others & written == set()


def test_the_sending_state_does_not_accept_and_the_receiving_state_does_not_authorise() -> None:
    sending = allowed(Office.SENDING_OFFICER, Side.SENDING, *Relation)
    receiving = allowed(Office.RECEIVING_OFFICER, Side.RECEIVING, *Relation)
    assert sending & {Deed.ACCEPT, Deed.REFUSE} == set()
    assert receiving & {Deed.PROPOSE, Deed.SCREEN, Deed.NOTIFY, Deed.AUTHORISE} == set()


def test_counsel_and_monitors_decide_nothing() -> None:
    given_ = allowed(Office.COUNSEL, Side.SENDING, *Relation) | allowed(
        Office.MONITOR, Side.SENDING, *Relation
    )
    assert given_ & ABOUT <= SEEING | {
        Deed.OBJECT, Deed.WITHDRAW_CONSENT, Deed.REPORT, Deed.CORRECT, Deed.MAKE_COMPLAINT,
        Deed.REPORT_INCIDENT, Deed.RECORD_VISIT, Deed.RECORD_BLOCKED_VISIT, Deed.RECORD_FINDING,
        Deed.MAKE_INQUIRY,
    }  # fmt: skip


@pytest.mark.parametrize("side", SIDES)
def test_a_case_that_is_not_opened_is_seen_by_the_sending_states_officers_alone(
    side: Side | None,
) -> None:
    seeing = [
        office
        for office in Office
        if before_opening(Asker("A", side, office), Deed.SEE_CASE, TABLE).finding is Finding.MET
    ]
    assert seeing == ([Office.SENDING_OFFICER] if side is Side.SENDING else [])


# Given


@pytest.mark.parametrize("side", [Side.SENDING, Side.RECEIVING])
def test_a_court_of_either_state_orders_a_stay_without_having_the_case(side: Side) -> None:
    assert allowed(Office.COURT, side, Relation.JURISDICTION) & ABOUT == {Deed.ORDER_STAY}


def test_a_court_that_has_the_case_sees_and_rules() -> None:
    ruled = allowed(Office.COURT, Side.SENDING, Relation.COURT_SEISED)
    assert SEEING | {Deed.LIFT_STAY, Deed.VERIFY_CONSENT, Deed.CORRECT} <= ruled


def test_a_return_is_signed_by_the_receiving_states_officers_and_taken_by_the_sendings() -> None:
    holder = allowed(Office.RECEIVING_OFFICER, Side.RECEIVING, Relation.CUSTODIAN)
    assert {Deed.DEPART, Deed.HAND_OVER} <= holder
    assert Deed.HAND_OVER in allowed(Office.SENDING_OFFICER, Side.SENDING, Relation.SENDER)
    assert Deed.DEPART not in allowed(Office.SENDING_OFFICER, Side.SENDING, Relation.SENDER)


def test_every_deed_can_be_done_by_somebody() -> None:
    done = {
        deed for office in Office for side in SIDES for deed in allowed(office, side, *Relation)
    }
    assert done == set(Deed)


def test_every_answer_rests_on_rows_of_the_table() -> None:
    asker = Asker("A", Side.SENDING, Office.SENDING_OFFICER)
    both = frozenset({Relation.CUSTODIAN, Relation.SENDER})
    rows = ("MAY-LEAVE", "MAY-TAKE-BACK")
    assert may(asker, Deed.HAND_OVER, both, TABLE) == Permission(Finding.MET, rows)
    assert may(asker, Deed.HAND_OVER, NOBODY, TABLE) == Permission(Finding.NOT_MET, ())


def test_what_suffices_is_what_may_says() -> None:
    assert suffices(Office.SENDING_OFFICER, Deed.SEE_PERSON, TABLE) == {Relation.SENDER}
    assert suffices(Office.FINANCE, Deed.SEE_PERSON, TABLE) == NOBODY


# Properties


@given(askers, deeds)
def test_no_relation_gives_nothing_but_what_is_about_no_person(asker: Asker, deed: Deed) -> None:
    if may(asker, deed, NOBODY, TABLE).finding is Finding.MET:
        assert deed in ABOUT_NO_PERSON


@given(askers, deeds)
def test_an_unknown_relation_is_never_a_yes_and_never_a_no_where_some_relation_is_one(
    asker: Asker, deed: Deed
) -> None:
    found = may(asker, deed, None, TABLE)
    known = {may(asker, deed, frozenset({one}), TABLE).finding for one in Relation}
    some = Finding.MET in known
    assert found.finding is (Finding.NOT_ESTABLISHED if some else Finding.NOT_MET)
    assert bool(found.rows) is some


@given(askers, deeds, relations, st.sampled_from(sorted(ROWS)))
def test_a_row_taken_out_never_adds_a_yes(
    asker: Asker, deed: Deed, related: frozenset[Relation], gone: str
) -> None:
    fewer = table({name: row for name, row in ROWS.items() if name != gone})
    before, after = may(asker, deed, related, TABLE), may(asker, deed, related, fewer)
    assert set(after.rows) == set(before.rows) - {gone}
    assert after.finding is Finding.NOT_MET or before.finding is Finding.MET


@given(askers, deeds, relations, relations)
def test_more_relations_never_lose_a_yes(
    asker: Asker, deed: Deed, few: frozenset[Relation], more: frozenset[Relation]
) -> None:
    assert set(may(asker, deed, few, TABLE).rows) <= set(may(asker, deed, few | more, TABLE).rows)


@given(askers, deeds, relations)
def test_a_yes_rests_on_one_relation_alone(
    asker: Asker, deed: Deed, related: frozenset[Relation]
) -> None:
    one_by_one = {row for one in related for row in may(asker, deed, frozenset({one}), TABLE).rows}
    found = set(may(asker, deed, related, TABLE).rows)
    assert found == one_by_one | set(may(asker, deed, NOBODY, TABLE).rows)


@given(askers, deeds, relations)
def test_an_empty_table_grants_nothing(
    asker: Asker, deed: Deed, related: frozenset[Relation]
) -> None:
    assert may(asker, deed, related, table({})) == Permission(Finding.NOT_MET, ())


def test_a_table_that_forgets_its_relations_lets_no_stranger_at_anything() -> None:
    row = ROWS["MAY-AUDIT"]
    loose = AccessRow(
        deeds=row.deeds, offices=row.offices, side="any", standing="policy", text=row.text
    )
    found = table({"X": loose})
    assert asked(Office.AUDITOR, Side.SENDING, Deed.SEE_READS, table=found) is Finding.MET
    assert asked(Office.AUDITOR, None, Deed.SEE_READS, *Relation, table=found) is Finding.NOT_MET


def test_a_table_that_forgets_its_relations_lets_nobody_at_a_person() -> None:
    row = ROWS["MAY-SEE-SENDING"]
    loose = AccessRow(
        deeds=row.deeds, offices=row.offices, side="any", standing="policy", text=row.text
    )
    assert asked(
        Office.SENDING_OFFICER, Side.SENDING, Deed.SEE_PERSON, *Relation, table=table({"X": loose})
    ) is Finding.NOT_MET  # fmt: skip


# Every cell


def cells() -> list[str]:
    """Each office of each side and each deed: what is granted by no relation and by each one."""
    lines = []
    for office in Office:
        for side in SIDES:
            for deed in Deed:
                asker = Asker("A", side, office)
                plain = may(asker, deed, NOBODY, TABLE)
                ways = [("none", plain)] + [
                    (one.value, may(asker, deed, frozenset({one}), TABLE)) for one in Relation
                ]
                said = [f"{way}: {' '.join(found.rows)}" for way, found in ways if found.rows]
                if plain.rows:
                    said = said[:1]  # whatever the relation
                told = "; ".join(said) or "-"
                lines.append(f"{office:18}{side or 'neither':10}{deed:21}{told}")
    return lines


@pytest.mark.no_cover  # the same lines again and again
def test_the_matrix_of_every_office_side_relation_and_deed_is_the_golden_one() -> None:
    text = "\n".join(cells()) + "\n"
    if os.environ.get("HABEAS_GOLDEN") == "write":
        GOLDEN.write_text(text)
    assert text == GOLDEN.read_text()


@pytest.mark.no_cover  # the same lines again and again
def test_no_two_relations_together_grant_what_neither_grants() -> None:
    for office in Office:
        for side in SIDES:
            for pair in combinations(Relation, 2):
                each = allowed(office, side, pair[0]) | allowed(office, side, pair[1])
                assert allowed(office, side, *pair) == each


# The file


def test_what_is_not_policy_cites_and_what_is_cites_nothing() -> None:
    odd = [name for name, row in ROWS.items() if (row.standing == "policy") == bool(row.cite)]
    assert odd == []


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('"order_stay"', '"order_a_stay"', "H214"),
        ('offices = ["administrator"]', 'offices = ["press"]', "H214"),
        ('relations = ["mandate"]', 'relations = ["friend"]', "H214"),
        ('side = "sending"', 'side = "both"', "H214"),
        ('relations = ["consulate"]\n', "", "H801"),
        (
            'deeds = ["manage_users"',
            'relations = ["custodian"]\ndeeds = ["manage_users"',
            "H802",
        ),
        ('offices = ["administrator"]', "offices = []", "H803"),
        ('standing = "policy"', 'standing = "treaty"', "H201"),
        ('source = ["OPCAT20_TEXT"]', 'source = ["OPCAT99"]', "H223"),
        ('instrument = "vccr"', 'instrument = "vclt"', "H222"),
    ],
)
def test_a_row_that_names_nothing_or_lets_strangers_in_is_told_with_its_line(
    changed_library: Library, old: str, new: str, code: str
) -> None:
    path = Path(str(changed_library.root)) / "access.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    faults = changed_library.faults() or reference_faults(changed_library)
    assert [fault.code for fault in faults] == [code]
    assert (faults[0].file, faults[0].line > 1) == ("library/access.toml", True)


@pytest.fixture
def changed_library(tmp_path: Path) -> Library:
    """A copy of the shipped library, to be changed."""
    library = Library()
    shutil.copytree(Path(str(library.root)), tmp_path / "library")
    library.root = tmp_path / "library"
    return library
