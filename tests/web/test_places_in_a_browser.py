"""The pages of facilities, rolls, money and law in a real browser: no violation, no fault."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser

from habeas.terms import Office
from habeas.web.desk import drawings
from installed import browser, listening, served
from web.browser import DESK, PHONE, STANDARDS, needed

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
    with served(tmp_path_factory.mktemp("se-ee"), "SE-EE", "EE", NOW):
        drawings.draw()
        with listening() as found:
            yield found


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize(("office", "page"), PAGES)
def test_a_page_has_no_violation_no_fault_and_fits_a_phone(
    address: str, chromium: Browser, office: Office | None, page: str, lang: str
) -> None:
    client, faults = browser(office), list[str]()
    held = client.cookies.get(settings.SESSION_COOKIE_NAME)
    for size, bypass in ((PHONE, False), (DESK, True)):
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, bypass_csp=bypass
        )
        if held is not None:
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": held.value, "url": address}
            context.add_cookies([cookie])  # type: ignore[list-item]
        shown = context.new_page()
        shown.on("console", lambda one: faults.append(one.text) if one.type == "error" else None)
        shown.on("pageerror", lambda error: faults.append(str(error)))
        answer = shown.goto(f"{address}/{lang}/{page}")
        assert answer is not None
        assert len(answer.body()) < 150_000
        if bypass:
            options = {"runOnly": {"type": "tag", "values": STANDARDS}}
            found = Axe().run(shown, options=options).response["violations"]
            assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
        else:
            assert shown.evaluate("document.documentElement.scrollWidth") <= size[0]
        context.close()
    assert [one for one in faults if "422" not in one] == []
