"""The style guide in a real browser: policy, accessibility, both sizes, no script, paper."""

import gzip
from itertools import product
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Browser, Page

from web.browser import DESK, PHONE, Open, needed, violations

pytestmark = needed
LANGUAGES = ("en", "es")
SIZES = (DESK, PHONE)
ALL = list(product(LANGUAGES, SIZES))
STATIC = Path(__file__).parents[3] / "src/habeas/web/static"
LIMIT = 150_000  # bytes of a page with all that it asks for


def send(page: Page) -> None:
    page.locator("main form[enctype] button[type=submit]").first.click()
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize(("language", "size"), ALL)
def test_nothing_on_the_page_breaks_its_own_policy(
    site: str, open_page: Open, language: str, size: tuple[int, int]
) -> None:
    opened = open_page(f"{site}/{language}/guide/", size)
    assert opened.faults == []
    assert opened.page.locator("body.govuk-frontend-supported").count() == 1
    assert opened.page.locator("[data-module=moj-sortable-table] th button").count() == 4
    assert opened.page.locator("[data-hab-filter-button] button").count() == 1


@pytest.mark.parametrize(("language", "size"), ALL)
def test_the_page_and_its_faults_are_accessible(
    site: str, open_page: Open, language: str, size: tuple[int, int]
) -> None:
    page = open_page(f"{site}/{language}/guide/", size, bypass_csp=True).page
    assert violations(page) == []
    send(page)
    assert page.locator(".govuk-error-summary").count() == 1
    assert violations(page) == []


def test_axe_finds_what_is_wrong(chromium: Browser) -> None:
    page = chromium.new_page()
    page.set_content("<html><body><input><p style='color:#aaa'>faint</p></body></html>")
    rules = {one.split(":")[0] for one in violations(page)}
    assert {"html-has-lang", "document-title", "label", "color-contrast"} <= rules
    page.close()


def test_a_message_is_not_squeezed_into_the_column_of_a_mark(site: str, open_page: Open) -> None:
    """The design system keeps a narrow column for a mark, which a message has not."""
    page = open_page(f"{site}/en/guide/", DESK).page
    html = render_to_string("components/message.html", {"message": "Done " * 40, "kind": "success"})
    put = "(e, html) => { e.insertAdjacentHTML('afterbegin', html); return e.firstElementChild; }"
    message = page.locator("main").evaluate_handle(put, html)
    assert message.evaluate("e => e.firstElementChild.offsetWidth / e.offsetWidth") > 0.7


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_wider_than_a_phone(site: str, open_page: Open, language: str) -> None:
    page = open_page(f"{site}/{language}/guide/", PHONE).page
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
    scrolled = page.locator(".hab-scroll")
    assert scrolled.evaluate("e => e.scrollWidth > e.clientWidth && e.tabIndex === 0")


@pytest.mark.parametrize("width", [390, 700, 1000, 1100, 1225, 1300])
def test_no_text_touches_the_edge_of_the_screen(site: str, open_page: Open, width: int) -> None:
    page = open_page(f"{site}/en/guide/", (width, 800)).page
    left, right = page.evaluate(
        "(() => { const box = document.querySelector('main').getBoundingClientRect();"
        " return [box.left, document.documentElement.clientWidth - box.right] })()"
    )
    assert min(left, right) >= 15


def test_a_wide_table_becomes_cards_on_a_phone(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/en/guide/", PHONE).page
    row = page.locator("[data-module=moj-sortable-table] tbody tr").first
    assert row.evaluate("e => getComputedStyle(e).display") == "block"
    assert "Result" in row.inner_text()
    assert row.locator("th[scope=row]").count() == 1


def test_without_script_everything_can_be_read_and_sent(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/en/guide/", script=False).page
    assert page.locator(".govuk-tabs__panel").nth(1).is_visible()
    assert page.get_by_role("button", name="Apply filters").is_visible()
    assert page.get_by_role("link", name="Sign out").is_visible()
    assert not page.get_by_text("are sortable").is_visible()
    send(page)
    assert page.locator(".govuk-error-summary").is_visible()


def test_a_fault_is_announced_named_and_leads_to_its_field(site: str, open_page: Open) -> None:
    opened = open_page(f"{site}/en/guide/")
    page = opened.page
    page.get_by_label("How many people").fill("three")
    send(page)
    assert page.title().startswith("Error: Style guide")
    assert page.evaluate("document.activeElement.className") == "govuk-error-summary"
    assert page.get_by_label("How many people").input_value() == "three"
    for name in (
        "Choose an answer: Does the person consent?",
        "Enter a day, a month and a year: Day of service",
    ):
        page.get_by_role("link", name=name).click()
        assert page.evaluate("document.activeElement.tagName") == "INPUT"
    described = page.get_by_label("How many people").get_attribute("aria-describedby") or ""
    assert "Enter a whole number" in page.locator(f"#{described}").inner_text()


def test_a_table_is_sorted_by_number_and_says_so(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/es/guide/").page
    table = page.locator("[data-module=moj-sortable-table]")
    table.locator("th button").nth(3).click()
    cells = table.locator("tbody tr td:last-child .hab-table__value")
    assert cells.all_inner_texts() == ["3.5", "12", "110"]
    assert table.locator("thead th").nth(3).get_attribute("aria-sort") == "ascending"


def test_the_whole_way_can_be_walked_by_keyboard(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/en/guide/").page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className").startswith("govuk-skip-link")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main-content"


def test_the_language_is_changed_on_the_same_page(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/en/guide/").page
    page.get_by_role("link", name="Español").click()
    assert page.url == f"{site}/es/guide/"
    assert page.locator("html").get_attribute("lang") == "es"


def test_a_page_with_all_it_asks_for_is_small(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/en/guide/").page
    asked = page.evaluate("performance.getEntriesByType('resource').map(e => e.name)")
    files = [STATIC / one.partition("/static/")[2] for one in asked if "/static/" in one]
    assert {"habeas.css", "habeas.js", "moj-frontend.min.js"} <= {path.name for path in files}
    packed = sum(len(gzip.compress(path.read_bytes(), 9)) for path in files)
    assert packed + len(page.content().encode()) <= LIMIT


def test_paper_shows_no_way_to_click(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/en/guide/").page
    page.emulate_media(media="print")
    hidden = (
        ".hab-navigation",
        ".hab-search",
        ".govuk-pagination",
        ".hab-filter",
        ".govuk-button-group",
    )
    assert [one for one in hidden if page.locator(one).first.is_visible()] == []
    assert page.locator(".hab-footer").is_visible()
    assert page.locator(".govuk-tabs__panel").nth(1).is_visible()
