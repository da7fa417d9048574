"""The library of law and the pages for everybody: who may, what they say, no fee where none is."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client

from habeas.adapters import error_pages
from habeas.service import agree, proved, read
from habeas.terms import Office
from habeas.web.desk import agreements
from installed import browser, command, served

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LAW = (
    "agreement/", "agreement/rules.sql", "library/", "library/MAY-VISIT/",
    "library/all/who-may/", "library/all/shown-to/", "library/all/conflicts/",
    "library/all/facts/", "library/all/standards/",
)  # fmt: skip
OPEN = ("help/", "help/H603/", "accessibility/", "privacy/", "licences/", "about/")
pytestmark = pytest.mark.usefixtures("folder")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, _made: Path) -> Iterator[Path]:
    with served(tmp_path_factory, "OAS-A57", "SV", NOW) as own:
        yield own


@pytest.fixture
def counsel() -> Client:
    return browser(Office.COUNSEL)


@pytest.mark.parametrize("office", [Office.COUNSEL, Office.FINANCE, Office.ADMINISTRATOR])
@pytest.mark.parametrize("page", LAW)
def test_everybody_who_works_for_one_of_the_states_reads_the_law(office: Office, page: str) -> None:
    assert browser(office).get(f"/en/{page}").status_code == 200


@pytest.mark.parametrize("page", LAW)
def test_a_stranger_and_nobody_do_not(page: str) -> None:
    assert browser(Office.SENDING_OFFICER, "QM-STRANGER").get(f"/en/{page}").status_code == 404
    assert browser(None).get(f"/en/{page}").status_code in (302, 404)


@pytest.mark.parametrize("page", OPEN)
@pytest.mark.parametrize("lang", ["en", "es"])
def test_standing_pages_are_for_everybody(lang: str, page: str) -> None:
    assert browser(None).get(f"/{lang}/{page}").status_code == 200


@pytest.mark.parametrize("name", ["NOTHING", "..", "library.toml", "may-visit"])
def test_what_the_library_does_not_hold_is_not_there(counsel: Client, name: str) -> None:
    assert counsel.get(f"/en/library/{name}/").status_code == 404
    assert counsel.get(f"/en/library/all/{name}/").status_code == 404


def test_every_thing_of_the_library_has_a_page(counsel: Client) -> None:
    for kind, found in read.known(agree.library()).items():
        assert counsel.get(f"/es/library/{found[0]}/").status_code == 200, kind
        assert kind in agreements.HEADINGS


def test_a_page_says_what_the_command_says(counsel: Client) -> None:
    told = command("law", "show", "SEEE-1")
    assert counsel.get("/en/library/SEEE-1/?format=json").json() == {
        key: value for key, value in told.items() if key != "habeas"
    }
    page = counsel.get("/es/library/SEEE-1/").content.decode()
    assert told["found"][0]["thing"]["text"]["es"] in page.replace("&#x27;", "'")


def test_a_guarantee_is_called_proved_only_where_the_proof_is_on_file(counsel: Client) -> None:
    law = agree.library()
    found = proved.recorded(law, "OAS-A57")
    assert [one.proved for one in found] == [True] * len(found)
    page = counsel.get("/en/agreement/").content.decode()
    assert page.count("Proved, on file") == len(found)
    assert found[0].claim in page


def test_without_its_proof_a_guarantee_is_not_called_proved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    law = agree.library()
    monkeypatch.setitem(vars(law), "proofs", {})
    assert [one.proved for one in proved.recorded(law, "OAS-A57")] == [False]


def test_no_fee_is_owed_under_this_agreement(folder: Path) -> None:
    finance = browser(Office.FINANCE)
    page = finance.get("/en/money/")
    assert page.status_code == 200
    assert "No fee is owed" in page.content.decode()
    for path in ("statements/2026-10/", "claims/", "disputes/", "statements/2026-10/json"):
        assert finance.get(f"/en/money/{path}").status_code == 404
    assert not (folder / "claims").exists()


def test_every_code_has_a_help_page_and_others_have_none() -> None:
    client = browser(None)
    for code, (what, _fix) in list(error_pages.pages().items())[::40]:
        page = client.get(f"/en/help/{code}/").content.decode()
        assert what.split("`")[0][:20].split("'")[0].split("<")[0] in page
    assert client.get("/en/help/H000/").status_code == 404
    assert client.get("/es/help/h603/").status_code == 200


def test_security_txt_names_a_way_and_an_end() -> None:
    answer = browser(None).get("/.well-known/security.txt")
    fields = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert datetime.fromisoformat(fields["Expires"]) > datetime.now(UTC)  # noqa: TID251
    assert fields["Contact"].endswith("/en/about/")


def test_an_address_in_a_text_is_a_link_and_no_markup(counsel: Client) -> None:
    page = counsel.get("/en/library/MAY-SEE-MONITOR/").content.decode()
    assert 'rel="noreferrer">https://' in page
    assert agreements.ids() >= {"MAY-VISIT", "OAS-A57"}


WHO = [
    (Office.COUNSEL, ""),
    (Office.FACILITY_OFFICER, ""),
    (Office.ADMINISTRATOR, ""),
    (Office.SENDING_OFFICER, "QM-STRANGER"),
]


@pytest.mark.no_cover  # the same lines again and again
@pytest.mark.parametrize(("office", "authority"), WHO)
def test_no_link_of_these_pages_leads_to_what_is_not_there(office: Office, authority: str) -> None:
    who = browser(office, authority) if authority else browser(office)
    links = set[str]()
    for page in ("/en/", *(f"/en/{one}" for one in ("agreement/", *OPEN))):
        answer = who.get(page)
        if answer.status_code == 200:
            links |= set(re.findall(r'href="(/en/[^"#?]*)', answer.content.decode()))
    dead = [
        link
        for link in sorted(links - {"/en/accounts/logout/"})
        if who.get(link).status_code == 404
    ]
    assert links
    assert dead == []
