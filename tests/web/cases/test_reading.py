"""Home, docket and case: who sees them, and what stands on them."""

import csv
import io
import re

import pytest
from django.test import Client

from act_pages import OFFICER, read_of, text
from desks import Desk, proved
from habeas.terms import Office
from habeas.web.readmodels.models import DocketCase, Person

SEES_DOCKET = {
    ("US-DOJ-OIA", Office.SENDING_OFFICER),
    ("US-BOP", Office.SENDING_OFFICER),
    ("US-COURT", Office.COURT),
    ("US-COUNSEL", Office.COUNSEL),
    ("US-MONITOR", Office.MONITOR),
    ("SV-DGCP", Office.RECEIVING_OFFICER),
    ("SV-MJSP", Office.RECEIVING_OFFICER),
    ("SV-COURT", Office.COURT),
}


@pytest.fixture
def officer(desk: Desk) -> Client:
    return proved(desk.client(*OFFICER))


def waiting(outcome: str = "barred") -> str:
    """A case that nobody has opened."""
    return str(DocketCase.objects.filter(subject="", outcome=outcome).values_list("case")[0][0])


def on_register(stage: str = "notified") -> Person:
    found = Person.objects.filter(stage=stage).exclude(case="").first()
    assert found is not None
    return found


def test_nobody_is_sent_to_sign_in(desk: Desk) -> None:
    del desk
    answer = Client(headers={"host": "localhost"}).get("/en/")
    assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (
        302,
        "/en/accounts/login/",
    )


def test_each_office_finds_its_own_docket_or_nothing(desk: Desk) -> None:
    found = {who for who in desk.people if desk.client(*who).get("/en/docket/").status_code == 200}
    refused = {
        who for who in desk.people if desk.client(*who).get("/en/docket/").status_code == 404
    }
    assert found == SEES_DOCKET
    assert found | refused == set(desk.people)


def test_a_case_that_nobody_opened_is_its_senders_alone(desk: Desk) -> None:
    case = waiting()
    seen = {
        who for who in desk.people if desk.client(*who).get(f"/en/cases/{case}/").status_code == 200
    }
    assert seen == {
        who
        for who in desk.people
        if who[0] in {"US-BOP", "US-DOJ-OIA"} and who[1] is Office.SENDING_OFFICER
    }


def test_a_case_before_authorisation_is_not_the_receiving_states(desk: Desk) -> None:
    case = on_register().case
    for who in (
        ("SV-DGCP", Office.RECEIVING_OFFICER),
        ("QM-STRANGER", Office.SENDING_OFFICER),
        ("US-FINANCE", Office.FINANCE),
    ):
        assert desk.client(*who).get(f"/en/cases/{case}/").status_code == 404


def test_a_case_that_is_not_there_looks_like_one_that_is_not_shown(officer: Client) -> None:
    assert officer.get("/en/cases/OAS-T-99999/").status_code == 404


def test_the_home_page_counts_what_needs_an_officer_today(officer: Client) -> None:
    said = text(officer.get("/en/").content)
    assert "What needs you today" in said
    assert "Screen the case" in said
    assert "What came last" in said


def test_the_strangers_home_page_says_that_nothing_waits(desk: Desk) -> None:
    said = text(desk.client("QM-STRANGER", Office.SENDING_OFFICER).get("/en/").content)
    assert "Nothing waits for you today." in said
    assert "p_" not in said


def test_a_case_says_what_is_missing_who_establishes_it_and_by_what(officer: Client) -> None:
    page = officer.get(f"/en/cases/{waiting('not_established')}/").content
    said = text(page)
    assert "Not established" in said
    assert "Established by" in said
    assert "Document" in said
    assert b"hab-tag__shape" in page  # never by colour alone


def test_a_case_on_the_register_shows_each_step_with_its_entry(officer: Client) -> None:
    said = text(officer.get(f"/en/cases/{on_register().case}/").content)
    assert "How far the case has come" in said
    assert re.search(r"The transfer is proposed Register entry \d+ Done", said), said
    assert "A court verifies the person" in said


def test_the_docket_filters_by_outcome_and_by_a_missing_fact(officer: Client) -> None:
    barred = DocketCase.objects.filter(outcome="barred").count()
    assert f"{barred} cases" in text(officer.get("/en/docket/?outcome=barred").content)
    rows = officer.get("/en/docket/?missing=fit_to_travel&format=json").json()["rows"]
    assert rows
    assert all("fit_to_travel" in row["missing"] for row in rows)


def test_a_filter_that_is_no_choice_is_left_out(officer: Client) -> None:
    every = DocketCase.objects.count()
    assert f"{every} cases" in text(officer.get("/en/docket/?outcome=<script>&page=zero").content)


def test_pages_of_the_docket_hold_25_rows(officer: Client) -> None:
    page = officer.get("/en/docket/?page=2").content.decode()
    assert page.count('href="/en/cases/') == 25


def test_no_cell_of_the_exported_docket_is_a_formula(officer: Client) -> None:
    bad = ("=1+1", "+1", "-1", "@x", "\tx")
    DocketCase.objects.filter(case=waiting("barred")).update(missing=["=HYPERLINK(1)"], file="@sum")
    text_ = officer.get("/en/docket/?format=csv").content.decode()
    cells = [cell for row in csv.reader(io.StringIO(text_)) for cell in row]
    assert any(cell.startswith("'=HYPERLINK") for cell in cells)
    assert not [cell for cell in cells if cell.startswith(tuple(one[0] for one in bad))]


def test_every_row_that_is_shown_was_recorded_as_read(officer: Client) -> None:
    shown = DocketCase.objects.exclude(subject="").order_by("case").first()
    assert shown is not None
    officer.get(f"/en/docket/?q={shown.case}")
    assert "docket list" in read_of(shown.subject)
