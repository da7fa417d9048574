"""Pages of the whole application, with hashed file names, as an installation serves them."""

import re

import pytest
from django.template.loader import render_to_string

from web.browser import DESK, PHONE, Open, needed, violations


@needed
@pytest.mark.parametrize("language", ["en", "es"])
def test_the_sign_in_page_is_accessible_and_keeps_the_policy(
    served: str, open_page: Open, language: str
) -> None:
    for size in (DESK, PHONE):
        opened = open_page(f"{served}/{language}/accounts/login/", size)
        assert opened.faults == []
        assert opened.page.locator("body.govuk-frontend-supported").count() == 1
        assert opened.page.evaluate("document.documentElement.scrollWidth") == size[0]
    page = open_page(f"{served}/{language}/accounts/login/", PHONE, bypass_csp=True).page
    assert violations(page) == []


@needed
def test_files_of_a_page_carry_their_hash(served: str, open_page: Open) -> None:
    page = open_page(f"{served}/en/accounts/login/").page
    asked = page.evaluate("performance.getEntriesByType('resource').map(e => e.name)")
    files = [one for one in asked if "/static/" in one and "/habeas/habeas." in one]
    assert files
    assert [one for one in files if not re.search(r"\.[0-9a-f]{12}\.(css|js)$", one)] == []


@needed
def test_what_does_not_exist_is_a_page_of_ours(served: str, open_page: Open) -> None:
    page = open_page(f"{served}/en/nothing-here/", bypass_csp=True).page
    assert page.locator("h1").inner_text() == "Page not found"
    assert violations(page) == []


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500", "429"])
def test_an_error_page_needs_nothing_but_itself(name: str) -> None:
    html = render_to_string(f"{name}.html")
    assert html.count("<h1") == 1
    assert html.count("<main") == 1
