"""A person's pages, manifests, search and the exchange in a real browser."""

from collections.abc import Iterator
from itertools import product

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext

import desks
from desks import Desk
from habeas.terms import Office
from habeas.web.readmodels.models import Line, Person
from web.browser import DESK, PHONE, needed, violations

pytestmark = needed
PROBED = (("en", DESK), ("es", PHONE))  # each language and each size once: a probe takes a second
LIMIT = 150_000  # bytes of a page's own document
PAGES = (
    "person/{past}/", "person/{past}/timeline/", "person/{past}/sentence/",
    "person/{past}/documents/", "person/{past}/receipt/{index}/", "transfers/",
    "transfers/{manifest}/", "transfers/{manifest}/list/", "transfers/today/",
    "search/?q=OAS-P-000", "exchange/",
)  # fmt: skip


@pytest.fixture(scope="module")
def site(desk: Desk) -> Iterator[str]:
    """The address at which the pages are served over real connections."""
    with desks.serving(desk.found.address):
        yield desk.found.address


def _context(
    chromium: Browser,
    desk: Desk,
    size: tuple[int, int],
    *,
    bypass_csp: bool = False,
    java_script_enabled: bool = True,
) -> BrowserContext:
    """A browser in which an officer of the sending state is signed in."""
    client = desk.client("US-BOP", Office.SENDING_OFFICER)
    name = settings.SESSION_COOKIE_NAME
    context = chromium.new_context(
        viewport={"width": size[0], "height": size[1]},
        bypass_csp=bypass_csp,
        java_script_enabled=java_script_enabled,
    )
    value = client.cookies[name].value
    context.add_cookies([{"name": name, "value": value, "domain": "localhost", "path": "/"}])
    return context


def _addresses(site: str, language: str) -> list[str]:
    past = Person.objects.filter(custodian="receiving", release_on__isnull=False)[0]
    said = {
        "past": past.subject,
        "index": past.latest_index,
        "manifest": Line.objects.filter(boarded=None)[0].manifest,
    }
    return [f"{site}/{language}/{page.format(**said)}" for page in PAGES]


@pytest.mark.parametrize(("language", "size"), list(product(("en", "es"), (DESK, PHONE))))
def test_every_page_is_accessible_keeps_its_policy_and_fits(
    chromium: Browser, desk: Desk, site: str, language: str, size: tuple[int, int]
) -> None:
    plain, probed = (
        _context(chromium, desk, size),
        _context(chromium, desk, size, bypass_csp=True),
    )
    page, probe, faults = plain.new_page(), probed.new_page(), list[str]()
    page.on("console", lambda said: faults.append(said.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    for address in _addresses(site, language):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        assert len(answer.body()) < LIMIT, address
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], address
        assert page.locator("h1").count() == 1, address
        if (language, size) in PROBED:
            probe.goto(address)
            assert violations(probe) == [], address
    assert faults == []
    plain.close()
    probed.close()


def test_without_script_every_tab_is_a_link_and_every_word_is_there(
    chromium: Browser, desk: Desk, site: str
) -> None:
    context = _context(chromium, desk, DESK, java_script_enabled=False)
    page = context.new_page()
    page.goto(_addresses(site, "en")[0])
    page.get_by_role("link", name="Timeline").click()
    assert page.url.endswith("/timeline/")
    page.locator("summary").first.click()
    assert page.locator("details[open] dl").count() == 1
    page.locator(".hab-timeline__link a").first.click()
    assert page.locator("h1").inner_text() == "Receipt of one event in a custody register"
    context.close()


def test_on_paper_the_record_has_no_way_on_and_what_events_say_is_open(
    chromium: Browser, desk: Desk, site: str
) -> None:
    context = _context(chromium, desk, DESK)
    page = context.new_page()
    page.goto(_addresses(site, "en")[1])
    page.emulate_media(media="print")
    assert not page.locator(".moj-sub-navigation").is_visible()
    assert not page.locator("input[name=q]").is_visible()
    assert page.locator("details .govuk-summary-list").first.is_visible()
    context.close()
