"""Every page that links lead to, as everybody of two demonstrations: Spanish, and what axe finds.

Nobody is left out: both states of a treaty transfer and of a lease, every officer and guest, and
somebody of no state. Each page is read as it was sent; a page of each kind and each office is then
opened in a browser, in both languages.
"""

import os
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import django
from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import Page as Tab
from tools import catalogue

from drills import axe, crawl, sites
from drills.crawl import Visit
from drills.rig import Result, ended
from drills.spoken import Page, Tongues

RUNS = 20_000  # pages at most
AGREEMENTS, LANGUAGES = ("OAS-A57", "SE-EE"), ("es", "en")


def tongues() -> Tongues:
    """The sentences of the committed catalogue."""
    path = catalogue.WEB / catalogue.FOLDER / catalogue.SOURCE
    return Tongues.read(path, catalogue.WEB.parent / "library")


def _path(visit: Visit, lang: str) -> str:
    return visit.path.replace("/es/", f"/{lang}/", 1)


def _placed(visit: Visit, lang: str, found: Iterable[str]) -> Iterator[str]:
    """What was found, with the page and who was before it."""
    who = visit.person or "nobody"
    yield from (f"{_path(visit, lang)} as {who}, in the browser: {why}" for why in found)


class Reader:
    """One browser that opens pages as whoever reached them."""

    def __init__(self, browser: Browser, tongues: Tongues) -> None:
        self.browser, self.tongues = browser, tongues
        self._open = dict[tuple[str, str], Tab]()

    def faults(self, visit: Visit, lang: str) -> Iterator[str]:
        """What is wrong with a page after its scripts have run: words, and what axe finds."""
        yield from self.words(visit, lang)
        yield from _placed(visit, lang, axe.violations(self._tab(visit)))

    def words(self, visit: Visit, lang: str) -> Iterator[str]:
        """What is wrong with the words of a page after its scripts have run; it stays open."""
        tab = self._tab(visit)
        tab.goto(visit.site.address + _path(visit, lang))
        tab.wait_for_selector("body.js-enabled")
        yield from _placed(visit, lang, self.tongues.faults(Page(tab.content()), lang))

    def _tab(self, visit: Visit) -> Tab:
        name = (visit.site.address, visit.person)
        if name not in self._open:
            context = self.browser.new_context(bypass_csp=True)
            context.add_cookies(
                [
                    {"name": one, "value": what, "url": visit.site.address}
                    for one, what in visit.cookies.items()
                ]
            )
            self._open[name] = context.new_page()
        return self._open[name]


def run(count: int, store: str) -> Result:
    """Read so many pages, and open one of each kind and office."""
    del store
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "habeas.web.settings")
    django.setup()
    now = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 - what is served lives now
    with (
        tempfile.TemporaryDirectory() as name,
        sites.serving(Path(name), AGREEMENTS, 2, now) as found,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=axe.CHROMIUM, args=["--no-sandbox"])
        return read(found, browser, count)


def read(found: Iterable[sites.Site], browser: Browser, count: int) -> Result:
    """Go through served installations with everybody."""
    said, reader = tongues(), Reader(browser, tongues())
    broken, figures, opened = list[str](), Counter[str](), set[tuple[str, str, crawl.Kind]]()
    for site in found:
        for visit in islice(crawl.visits(site, every=True), count):
            figures["pages"] += 1
            broken += crawl.faults(visit, said)
            name = (site.address, visit.person.partition(".")[0], visit.kind)
            if name not in opened and visit.status == crawl.OK:
                opened.add(name)
                for lang in LANGUAGES:
                    broken += reader.faults(visit, lang)
            if ended():
                break
    figures |= {"views": len({kind.view for _, _, kind in opened}), "in a browser": len(opened)}
    return Result("pages", figures["pages"], tuple(dict.fromkeys(broken)), dict(figures))
