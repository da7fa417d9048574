"""The pages of facilities, rolls, money and law in a real browser: no violation, no fault."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext

from habeas.terms import Office
from habeas.web.desk import drawings
from installed import browser, listening, served
from web.browser import DESK, PHONE, needed, violations

OFFICER, LARGEST = Office.RECEIVING_OFFICER, 150_000
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PAGES = (
    (Office.RECEIVING_OFFICER, "facilities/"),
    (Office.RECEIVING_OFFICER, "facilities/TARTU/"),
    (Office.RECEIVING_OFFICER, "facilities/TARTU/?as_of=x"),
    (Office.RECEIVING_OFFICER, "facilities/TARTU/cells/E-01/"),
    (Office.RECEIVING_OFFICER, "roll/"),
    (Office.FINANCE, "money/"),
    (Office.FINANCE, "money/statements/2026-10/"),
    (Office.FINANCE, "money/statements/2026-10/note/"),
    (Office.FINANCE, "money/claims/"),
    (Office.FINANCE, "money/disputes/"),
    (Office.COUNSEL, "agreement/"),
    (Office.COUNSEL, "library/"),
    (Office.COUNSEL, "library/SEEE-1/"),
    (Office.COUNSEL, "library/all/who-may/"),
    (None, "help/"),
    (None, "help/H603/"),
    (None, "accessibility/"),
    (None, "privacy/"),
    (None, "licences/"),
    (None, "about/"),
)
pytestmark = needed


@pytest.fixture(scope="module")
def address(
    tmp_path_factory: pytest.TempPathFactory, _made: Path, chromium: Browser
) -> Iterator[str]:
    """The address at which Estonia's installation is served, its charts drawn."""
    del chromium  # while it lives Django may be asked from its thread
    with served(tmp_path_factory, "SE-EE", "EE", NOW):
        drawings.draw()
        with listening() as found:
            yield found


def _as(chromium: Browser, address: str, office: Office | None, *, policy: bool) -> BrowserContext:
    """A context in which somebody is signed in; without the policy only for axe, which it stops."""
    context = chromium.new_context(
        viewport={"width": DESK[0], "height": DESK[1]}, bypass_csp=not policy
    )
    held = browser(office).cookies.get(settings.SESSION_COOKIE_NAME)
    if held is not None:
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": held.value, "url": address}
        context.add_cookies([cookie])  # type: ignore[list-item]
    return context


@pytest.mark.no_cover  # other tests ask for each page
@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("office", dict.fromkeys(office for office, _page in PAGES))
def test_no_page_has_a_violation_and_each_fits_a_phone_and_the_wire(
    address: str, chromium: Browser, office: Office | None, lang: str
) -> None:
    context, wrong = _as(chromium, address, office, policy=False), list[tuple[str, object]]()
    shown = context.new_page()
    for page in [page for one, page in PAGES if one is office]:
        answer = shown.goto(f"{address}/{lang}/{page}")
        assert answer is not None
        wrong += [(page, "too large")] if len(answer.body()) >= LARGEST else []
        # `test_every_page` asks of every view in Spanish.
        wrong += [(page, one) for one in violations(shown)] if lang == "en" else []
        shown.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        wide = shown.evaluate("document.documentElement.scrollWidth")
        wrong += [(page, f"{wide} wide")] if wide > PHONE[0] else []
        shown.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    context.close()
    assert wrong == []


def test_a_page_with_a_chart_breaks_no_policy(address: str, chromium: Browser) -> None:
    context, faults = _as(chromium, address, OFFICER, policy=True), list[str]()
    shown = context.new_page()
    shown.on("console", lambda one: faults.append(one.text) if one.type == "error" else None)
    shown.on("pageerror", lambda error: faults.append(str(error)))
    shown.goto(f"{address}/en/facilities/TARTU/")
    assert shown.locator(".hab-chart svg").count() >= 1
    context.close()
    assert faults == []
