"""The whole app in Spanish and for everybody: each view, as each office, and in a browser.

A walk from the home page of a treaty transfer's demonstration and of a lease's, as somebody of each
office. The drill `pages` goes to every page, in both states.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

import pytest
from drills.crawl import Visit
from drills.spoken import Page
from playwright.sync_api import Browser

from drills import crawl, pages, sites
from laid import laid
from web.browser import needed

AGREEMENTS = ("OAS-A57", "SE-EE")
# Views that the walk does not show, by why; every other must be reached and read.
UNSEEN = {
    "a file to download": {
        "agreement_sql", "dispute_chain", "duty_calendar", "facility_occupancy",
        "person_receipt_json", "person_receipt_pdf", "person_record", "projection_file",
        "statement_file",
        "statement_persons",
    },
    "sent by a form": {
        "accounts_deactivate", "accounts_elsewhere", "accounts_reactivate", "accounts_reset",
        "demo_switch",
        "exchange_take", "exchange_write", "webhook_disable", "webhook_enable", "webhook_renew",
        "webhook_replay",
    },
    "of a session or factor that nobody here has": {
        "account_logout", "account_reauthenticate", "mfa_authenticate", "mfa_deactivate_totp",
        "mfa_edit_webauthn", "mfa_login_webauthn", "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn", "mfa_remove_webauthn", "mfa_view_recovery_codes",
    },
    "of something that the demonstration does not hold": {
        "accounts_revoke", "dispute", "dispute_open", "document", "done", "draft",
        "person_section", "projection", "webhook",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Visit]]:
    """Every page that the walk met, with what it was served from still up."""
    now = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 - what is served lives now
    folder, make = tmp_path_factory.mktemp("served"), partial(laid, tmp_path_factory)
    with sites.serving(folder, AGREEMENTS, 1, now, make) as found:
        yield [visit for site in found for visit in crawl.visits(site)]


@pytest.mark.no_cover  # other tests ask for each page
def test_no_page_in_spanish_says_anything_in_english_unmarked(walked: list[Visit]) -> None:
    said = pages.tongues()
    assert [why for one in walked for why in crawl.faults(one, said)] == []


def test_every_office_meets_its_pages_and_every_view_is_met(walked: list[Visit]) -> None:
    offices = {one.person.partition(".")[0] for one in walked}
    assert len(offices) == 11, "ten offices, and nobody"
    unseen = set(crawl.names()) - {one.kind.view for one in crawl.once(walked)}
    assert unseen - set[str]().union(*UNSEEN.values()) == set()


def test_a_page_that_says_something_in_english_is_found() -> None:
    said = pages.tongues()
    page = (
        '<html lang="es"><p>Held</p><p>3 days</p><p lang="en">Held</p><q>x</q><time>14 November'
        ' 2026</time><p>The order of the court</p><img alt="Find"><code>Held</code></html>'
    )
    assert [one.partition(": ")[0] for one in said.faults(Page(page), "es")] == [
        "a quotation without a language at line 1, column 61",
        "a message in en",
        "a message in en",
        "a day in en",
        "a sentence in en",
        "a message in en",
    ]
    assert list(said.faults(Page('<html lang="es"><p>Detenida</p></html>'), "es")) == []
    assert list(said.faults(Page('<html lang="en"><p>Detenida</p></html>'), "en")) != []


@pytest.mark.no_cover  # other tests ask for each page
@needed
def test_no_view_breaks_a_rule_of_accessibility_nor_speaks_the_other_language(
    chromium: Browser, walked: list[Visit]
) -> None:
    reader, found = pages.Reader(chromium, pages.tongues()), list[str]()
    for one in crawl.once(walked):
        found += reader.faults(one, "es")
        found += reader.words(one, "en")  # axe reads the English page too in the drill
    assert found == []
