"""`python -m bench.first_page`: how soon the first page of a person can be used, in a real browser.

Each reading is a browser without anything kept, signed in, that opens one page of a demonstration
served over loopback. A page can be used when its scripts have run.
"""

import statistics
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, Cookie, Page, sync_playwright

from bench.screening import machine
from drills import axe, sites

AGREEMENT, OFFICE, REPEATS = "SE-EE", "sending_officer", 7
PAGES = ("/en/", "/en/docket/", "/en/facilities/TARTU/", "/en/transfers/", "/en/agreement/")
TOLD = """() => {
  const page = performance.getEntriesByType("navigation")[0];
  const parts = performance.getEntriesByType("resource");
  const painted = performance.getEntriesByName("first-contentful-paint")[0];
  const sent = [page, ...parts].filter((one) => one.initiatorType !== "img");
  return [painted ? painted.startTime : 0, page.loadEventEnd,
          sent.reduce((sum, one) => sum + one.transferSize, 0)];
}"""


def cookies(browser: Browser, site: sites.Site) -> list[Cookie]:
    """Signed in with the form, as a person does it."""
    page = browser.new_page()
    page.goto(f"{site.address}/en/accounts/login/")
    page.fill("[name=login]", site.people[OFFICE][0])
    page.fill("[name=password]", site.password)
    page.click("form[method=post] button[type=submit]")
    page.wait_for_selector("text=Sign out")
    return page.context.cookies()


def read(browser: Browser, address: str, kept: list[Cookie]) -> tuple[float, float, float]:
    """Milliseconds until something is painted and until all is loaded; bytes that came."""
    context = browser.new_context()
    context.add_cookies(kept)  # type: ignore[arg-type]  # what the same library gave
    page: Page = context.new_page()
    page.goto(address)
    page.wait_for_selector("body.js-enabled")
    page.wait_for_load_state("load")
    painted, loaded, sent = page.evaluate(TOLD)
    context.close()
    return painted, loaded, sent


def table(browser: Browser, site: sites.Site) -> Iterator[str]:
    """A line a page, medians of some readings in turn."""
    kept = cookies(browser, site)
    found = {one: list[tuple[float, float, float]]() for one in PAGES}
    for _ in range(REPEATS):
        for one in PAGES:
            found[one].append(read(browser, site.address + one, kept))
    yield "| page | first painted, ms | loaded, ms | slowest, ms | kB without images |"
    yield "|---" * 5 + "|"
    for one, readings in found.items():
        painted, loaded, sent = (statistics.median(part) for part in zip(*readings, strict=True))
        slowest = max(part[1] for part in readings)
        yield f"| `{one}` | {painted:.0f} | {loaded:.0f} | {slowest:.0f} | {sent / 1e3:.0f} |"


def main() -> None:
    """Print the table."""
    now = datetime.now(UTC).replace(microsecond=0)
    with (
        tempfile.TemporaryDirectory() as name,
        sites.serving(Path(name), (AGREEMENT,), 1, now) as found,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=axe.CHROMIUM, args=["--no-sandbox"])
        print(f"{machine()}\n")
        for line in table(browser, found[0]):
            print(line)


if __name__ == "__main__":
    main()
