"""What axe finds in a page that a browser has open."""

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

CHROMIUM = "/usr/bin/chromium"
# WCAG 2.2, levels A and AA, and the best practices.
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page) -> list[str]:
    """What breaks a rule: which, and where it first is; the page was opened with `bypass_csp`."""
    # Asked for nothing else, it describes nothing else: half the time.
    asked = {"runOnly": STANDARDS, "resultTypes": ["violations"], "iframes": False}
    found = Axe().run(page, options=asked)
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:200]} {_why(one['nodes'][0])}"
        for one in found.response["violations"]
    ]


def _why(node: dict[str, str]) -> str:
    return re.sub(r"\s+", " ", node.get("failureSummary", ""))
