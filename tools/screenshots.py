"""Take the pictures of the main pages that docs/web.md shows, out of a fresh demonstration.

    PYTHONPATH=src python tools/screenshots.py

Needs the system's Chromium and the test requirements. The people are synthetic; the pictures change
from day to day, as the demonstration does.
"""

import re
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from habeas.adapters import installation_files
from habeas.cli import installations, serve

PLACE = Path(__file__).parents[1] / "docs/screenshots"
PORTS = (8431, 8432)
DESK, PHONE, TALLEST = 1280, 390, 1500
# name of the picture, who looks, language, width, address or a link's address that holds it
PICTURES = (
    ("home", "sending-officer.se-kvv", "en", DESK, ""),
    ("duties", "monitor.se-monitor", "en", DESK, "duties/"),
    ("docket", "sending-officer.se-kvv", "en", DESK, "docket/"),
    ("case", "sending-officer.se-kvv", "en", DESK, "docket/ > /cases/SEEE-T-00005/"),
    ("person", "sending-officer.se-kvv", "en", DESK, " > /person/"),
    ("act", "sending-officer.se-kvv", "en", DESK, " > /depart/"),
    ("transfers", "sending-officer.se-kvv", "en", DESK, "transfers/"),
    ("facility", "sending-officer.se-kvv", "en", DESK, "facilities/TARTU/"),
    ("money", "finance.se-finance", "en", DESK, "money/"),
    ("agreement", "counsel.se-counsel", "en", DESK, "agreement/"),
    ("inicio", "sending-officer.se-kvv", "es", DESK, ""),
    ("persona-telefono", "court.se-court", "es", PHONE, " > /person/"),
)


def main() -> None:
    """Serve a demonstration, look at it, and stop it."""
    with tempfile.TemporaryDirectory() as name:
        now = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 - a picture is of a day
        folders = installations.make(Path(name), "SE-EE", now, 7, PORTS)
        served = [serve.Served(one, installation_files.read(one)) for one in folders]
        with serve.running(served, 4) as told, sync_playwright() as playwright:
            found = re.search(rf"localhost:{PORTS[0]}: all sign in with the password (\S+)", told)
            assert found is not None
            browser = playwright.chromium.launch(
                executable_path="/usr/bin/chromium", args=["--no-sandbox"]
            )
            for picture in PICTURES:
                _take(browser, found.group(1), *picture)


def _take(  # noqa: PLR0913, PLR0917 - a row of the table
    browser: Browser, password: str, name: str, user: str, lang: str, width: int, where: str
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900})
    page, root = context.new_page(), f"http://localhost:{PORTS[0]}/{lang}/"
    page.goto(f"{root}accounts/login/")
    page.fill("[name=login]", user)
    page.fill("[name=password]", password)
    page.click("main button[type=submit]")
    page.wait_for_load_state()
    first, _, link = where.partition(" > ")
    page.goto(root + first)
    if link:
        page.locator(f'a[href*="{link}"]').first.click()
        page.wait_for_load_state()
    _keep(page, name, width)
    context.close()


def _keep(page: Page, name: str, width: int) -> None:
    tall = min(TALLEST, page.evaluate("document.documentElement.scrollHeight"))
    PLACE.mkdir(exist_ok=True)
    box = {"x": 0, "y": 0, "width": width, "height": tall}
    page.screenshot(path=PLACE / f"{name}.png", clip=box, full_page=True)
    print(f"{name}: {page.title()}")


if __name__ == "__main__":
    main()
