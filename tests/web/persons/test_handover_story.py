"""Two officers of two states hand somebody over: each in their own installation, over loopback."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser

import served
from habeas.adapters import installation_files
from habeas.cli import serve
from served import State
from sites import PDF, Officer
from web.browser import needed

pytestmark = needed
SENDS, RECEIVES = "sending-officer.us-bop", "receiving-officer.sv-dgcp"
SIGNED = "by US-BOP as the releasing side; SV-DGCP as the receiving side"
PASSWORD = re.compile(r"password (\S+)")


@dataclass(frozen=True, slots=True)
class Place:
    """One installation as an officer finds it."""

    state: State
    address: str
    password: str


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, Place]]:
    """Both installations of OAS-A57 as `habeas serve` runs them, their couriers included."""
    made = served.made(tmp_path_factory.mktemp("states"), "OAS-A57", tmp_path_factory)
    found = [serve.Served(one, installation_files.read(one)) for one in made]
    with serve.running(found, 2) as told:
        words = PASSWORD.findall(told)
        us, sv = (
            Place(State(one.folder, one.found.address), one.found.address, word)
            for one, word in zip(found, words, strict=True)
        )
        yield us, sv


def _ready(officer: Officer) -> tuple[str, str]:
    """Register number and manifest of somebody who waits to depart and may.

    Of the first two a fact has lapsed, and a court has stayed the transfer.
    """
    officer.go("/en/transfers/today/")
    row = officer.page.locator("table").first.locator("tbody tr").nth(2)
    found = row.locator("a").all_inner_texts()
    return found[0], found[1]


def _says(officer: Officer, path: str, words: str) -> bool:
    return officer.go(path) == 200 and words in officer.said


def test_two_officers_of_two_states_hand_somebody_over(
    chromium: Browser, both: tuple[Place, Place]
) -> None:
    us, sv = both
    giver = Officer(chromium, us, SENDS)  # type: ignore[arg-type]
    taker = Officer(chromium, sv, RECEIVES)  # type: ignore[arg-type]
    subject, manifest = _ready(giver)
    person, sheet = f"/en/person/{subject}/", f"/en/transfers/{manifest}/"
    acts = f"/en/acts/{subject}"
    giver.records(f"{acts}/depart/", escort="two officers of each state", fit=PDF)
    assert _says(giver, sheet, "Departures from the sending state are frozen")
    their_key = served.key_of(sv.state, RECEIVES)
    waits = giver.does(
        f"{acts}/hand_over/", condition="Well, nothing noted.", second=f"SV-DGCP:{their_key}"
    )
    assert "It waits for the signature of SV-DGCP" in waits
    assert _says(giver, "/en/exchange/", "Waiting")
    served.until(lambda: _says(taker, "/en/exchange/", subject), "the draft")
    taker.go("/en/drafts/")
    taker.page.locator("main a[href*='/drafts/']").first.click()
    assert subject in taker.said
    assert "Well, nothing noted." in taker.said
    taker.press("Sign")
    assert re.search(r"Recorded as entry [\d,]+", taker.said)
    held = "SV, the receiving state"
    assert _says(taker, person, held)
    served.until(lambda: _says(giver, person, held), "the handover")
    for one in (giver, taker):
        assert _says(one, f"{person}timeline/", SIGNED)
        assert _says(one, sheet, "Arrived")
        assert "frozen" not in one.said
        assert one.faults == []
        one.page.context.close()
