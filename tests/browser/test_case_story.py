"""One person from docket to release, in the browser, by the officers of both states in turn."""

import json
import re
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, sync_playwright

import sites
from habeas.web import clock
from sites import PDF, Officer, Site

ZONE = "Europe/Tallinn"
CHROMIUM = "/usr/bin/chromium"
NOTICE_OVER = 80  # hours after the notice: its 72 are over, and certificates have lapsed


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


def _eligible(site: Site) -> str:
    """A case of today's docket that may go on and that nobody has opened."""
    with sqlite3.connect(site.folder / "web.sqlite3") as db:
        query = (
            "SELECT \"case\" FROM readmodels_docketcase WHERE outcome = 'eligible' AND subject = ''"
        )
        return str(db.execute(query).fetchone()[0])


def _opens(officer: Officer, case: str) -> str:
    """Open a case and propose it; returns the register number."""
    officer.go(f"/en/docket/?q={case}")
    with officer.page.expect_navigation():
        officer.page.get_by_role("link", name=case, exact=True).click()
    with officer.page.expect_navigation():
        officer.page.get_by_role("button", name="Open the custody record").click()
    officer.fill({"order": PDF, "where": "SE-PRISON-1"})
    officer.press("Check the answers")
    officer.press("Confirm and sign")
    found = re.search(r"p_[0-9a-z]{26}", officer.said)
    assert found is not None, officer.said
    with officer.page.expect_navigation():
        officer.page.get_by_role("link", name="Propose the transfer").click()
    officer.press("Check the answers")
    officer.press("Confirm and sign")
    assert "Recorded as entry" in officer.said
    return found.group()


def _cells(site: Site, case: str) -> dict[str, str]:
    with sqlite3.connect(site.folder / "web.sqlite3") as db:
        query = 'SELECT cells FROM readmodels_docketcase WHERE "case" = ?'
        return dict(json.loads(db.execute(query, (case,)).fetchone()[0]))


def _renews(officer: Officer, subject: str, cells: dict[str, str]) -> int:
    """Record every certificate that has lapsed anew, with the same answer; returns how many."""
    path = f"/en/acts/{subject}/record_evidence/"
    officer.go(path)
    lacking = officer.page.locator("optgroup").first.locator("option").all()
    lapsed = [str(one.get_attribute("value")) for one in lacking]
    at = later_now(officer.site) - timedelta(hours=1)
    for fact in lapsed:
        officer.records(
            f"{path}?fact={fact}", value=cells[fact], document=PDF,
            established_on_day=at.day, established_on_month=at.month, established_on_year=at.year,
            established_at=f"{at:%H:%M}",
        )  # fmt: skip
    return len(lapsed)


def later_now(site: Site) -> datetime:
    """The installation's instant on the clocks of the agreement."""
    return (clock.now() + timedelta(hours=site.hours)).astimezone(ZoneInfo(ZONE))


def _reads_first_draft(officer: Officer) -> None:
    with officer.page.expect_navigation():
        officer.page.locator("main table").first.get_by_role("link").first.click()


def _signed_by_both(
    first: Officer, second: Officer, path: str, waits: str, **given: object
) -> None:
    """An act of two: drafted and signed by the first, read and signed by the second."""
    first.go(path)
    given["second"] = first.second(waits)
    said = first.does(path, **given)
    assert "It waits for the signature of" in said
    second.go("/en/")
    assert "1 draft waits for your signature" in second.said
    _reads_first_draft(second)
    second.press("Sign")
    assert "Recorded as entry" in second.said


def test_one_person_from_docket_to_release(
    tmp_path_factory: pytest.TempPathFactory, chromium: Browser
) -> None:
    with sites.both(tmp_path_factory, "SE-EE") as (home, abroad):
        case = _eligible(home)
        officer = Officer(chromium, home, "sending-officer.se-kvv")
        subject = _opens(officer, case)
        act = f"/en/acts/{subject}"
        officer.records(f"{act}/screen/")
        officer.records(f"{act}/notify/", language="sv", served_on="person and counsel", proof=PDF)
        _too_early(officer, act)
        _again(home, abroad, NOTICE_OVER)
        _decided(chromium, home, abroad, (case, subject))
        _departed(chromium, home, subject)
        _handed_over(chromium, home, abroad, subject)
        record = _back_and_free(chromium, home, abroad, subject)
    assert "Released" in record


def _too_early(officer: Officer, act: str) -> None:
    """Nobody departs or is authorised before the notice is over."""
    officer.go(f"{act}/authorise/")
    said = officer.does(f"{act}/authorise/", second=officer.second("sending-officer.se-kvv.2"))
    assert "H606" in said
    said = officer.does(f"{act}/depart/", manifest="mf-1", line=1, escort="both", fit=PDF)
    assert "H609" in said


def _again(home: Site, abroad: Site, hours: float) -> None:
    """The same installations some days later."""
    for one in (home, abroad):
        one.stop()
        one.start(hours)


def _decided(browser: Browser, home: Site, abroad: Site, who: tuple[str, str]) -> None:
    """Screened on fresh certificates; authorised by two, accepted by two, put on a manifest."""
    case, subject = who
    act = f"/en/acts/{subject}"
    first = Officer(browser, home, "sending-officer.se-kvv")
    second = Officer(browser, home, "sending-officer.se-kvv.2")
    first.go(f"{act}/authorise/")
    stale = first.does(f"{act}/authorise/", second=first.second("sending-officer.se-kvv.2"))
    assert "H605" in stale
    assert _renews(first, subject, _cells(home, case)) > 1
    first.records(f"{act}/screen/")
    _signed_by_both(first, second, f"{act}/authorise/", "sending-officer.se-kvv.2")
    sites.post(home, abroad)
    third = Officer(browser, abroad, "receiving-officer.ee-vangla")
    fourth = Officer(browser, abroad, "receiving-officer.ee-vangla.2")
    assert third.go(f"{act}/accept/") == 200
    place = third.page.locator("[name=place] option").first.get_attribute("value")
    _signed_by_both(
        third, fourth, f"{act}/accept/", "receiving-officer.ee-vangla.2", where="TARTU", place=place
    )
    sites.post(home, abroad)
    first.records(f"{act}/schedule/", manifest="mf-story", line=1)


def _departed(browser: Browser, home: Site, subject: str) -> None:
    """Under a court's stay nobody departs; once it is lifted, the person does."""
    act = f"/en/acts/{subject}"
    officer = Officer(browser, home, "sending-officer.se-kvv")
    court = Officer(browser, home, "court.se-court")
    court.records(f"{act}/order_stay/", scope="case", order=PDF)
    said = officer.does(f"{act}/depart/", escort="escort of both states", fit=PDF)
    assert "H603" in said
    assert "Wait until the court lifts it" in said
    assert officer.page.locator("[name=escort]").input_value() == "escort of both states"
    court.go(f"{act}/lift_stay/")
    court.page.locator("[name=order]").check()
    court.press("Check the answers")
    court.press("Confirm and sign")
    assert "Recorded as entry" in court.said
    officer.records(f"{act}/depart/", escort="escort of both states", fit=PDF)


def _handed_over(browser: Browser, home: Site, abroad: Site, subject: str) -> None:
    """Drafted in one state, signed in the other's own installation; then a cell."""
    act = f"/en/acts/{subject}"
    giver = Officer(browser, home, "sending-officer.se-kvv")
    giver.go(f"{act}/hand_over/")
    second = str(giver.page.locator("[name=second] option").nth(1).get_attribute("value"))
    said = giver.does(f"{act}/hand_over/", condition="well", target="TARTU", second=second)
    assert "It waits for the signature of EE-VANGLA" in said
    sites.post(home, abroad)
    _signed_abroad(browser, abroad, "receiving-officer.ee-vangla")
    sites.post(home, abroad)
    keeper = Officer(browser, abroad, "facility-officer.ee-vangla")
    cell = keeper.go(f"{act}/place/") and keeper.page.locator("[name=cell] option").first
    assert cell
    keeper.records(f"{act}/place/", cell=str(cell.get_attribute("value")))


def _signed_abroad(browser: Browser, site: Site, *names: str) -> None:
    """Whichever of two officers a draft waits for signs it."""
    for name in (*names, *(f"{one}.2" for one in names)):
        officer = Officer(browser, site, name)
        if "waits for your signature" in officer.said:
            _reads_first_draft(officer)
            officer.press("Sign")
            assert "Recorded as entry" in officer.said
            return
    raise AssertionError("the draft did not arrive")


def _back_and_free(browser: Browser, home: Site, abroad: Site, subject: str) -> str:
    """Not released on the other state's soil: brought back, and released at home.

    Returns what the person's record says then.
    """
    act = f"/en/acts/{subject}"
    keeper = Officer(browser, abroad, "facility-officer.ee-vangla")
    said = keeper.does(f"{act}/release/", place="the gate", ground=PDF)
    assert "H614" in said
    giver = Officer(browser, abroad, "receiving-officer.ee-vangla")
    giver.records(f"{act}/depart/", manifest="mf-back", line=1, escort="both", fit=PDF)
    giver.go(f"{act}/hand_over/")
    second = giver.page.locator("[name=second] option").nth(1).get_attribute("value")
    giver.does(f"{act}/hand_over/", condition="well", target="SE-PRISON-1", second=second)
    sites.post(home, abroad)
    _signed_abroad(browser, home, "sending-officer.se-kvv")
    free = Officer(browser, home, "facility-officer.se-kvv")
    free.records(f"{act}/release/", place="the gate", ground=PDF)
    last = Officer(browser, home, "sending-officer.se-kvv")
    assert last.go(f"/en/person/{subject}/") == 200
    assert not last.faults
    return str(last.page.locator("body").inner_text())
