"""The whole app in Spanish and for everybody: each view, as each office, and in a browser.

A walk from the home page of a treaty transfer's demonstration and of a lease's, as somebody of each
office. The drill `pages` goes to every page, in both states.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from drills.crawl import Visit
from playwright.sync_api import Browser

from drills import crawl, pages, sites
from web.browser import needed

AGREEMENTS = ("OAS-A57", "SE-EE")
# Views that no link leads to, by what they are instead of a page to read.
NO_PAGE = {
    "account_logout": "left out of the walk: it would end it",
    "account_reauthenticate": "asked for by an act that needs it",
}


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Visit]]:
    """Every page that the walk met, with what it was served from still up."""
    now = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 - what is served lives now
    with sites.serving(tmp_path_factory.mktemp("served"), AGREEMENTS, 1, now) as found:
        yield [visit for site in found for visit in crawl.visits(site)]


def test_no_page_in_spanish_says_anything_in_english_unmarked(walked: list[Visit]) -> None:
    said = pages.tongues()
    assert [why for one in walked for why in crawl.faults(one, said)] == []


def test_every_office_meets_its_pages(walked: list[Visit]) -> None:
    offices = {one.person.partition(".")[0] for one in walked}
    assert len(offices) == 11, "ten offices, and nobody"


@needed
def test_no_view_breaks_a_rule_of_accessibility_in_either_language(
    chromium: Browser, walked: list[Visit]
) -> None:
    reader = pages.Reader(chromium, pages.tongues())
    found = crawl.once(walked)
    assert [
        why for one in found for lang in pages.LANGUAGES for why in reader.faults(one, lang)
    ] == []
