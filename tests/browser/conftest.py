"""A headless Chromium, the verifier page in it, and its verdicts on many texts at once."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

from chromium import CHROMIUM, DRIVER
from habeas.service import receipts
from receipt_cases import case

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--lang=en",
)
HANG = 300  # seconds for a script of many hundred verdicts: a guard, not a measure
EACH = """
const [texts, trust, size, done] = arguments;
const kept = size ? { size: BigInt(size), root: new Uint8Array(32) } : null;
(async () => {
  const found = [];
  for (const text of texts) found.push((await habeasVerify(text, trust, kept)).text);
  done(found);
})().catch(error => done([String(error)]));
"""
Judge = Callable[..., list[str]]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """A headless Chromium with a profile of its own; nothing is downloaded."""
    options = Options()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    found = Chrome(options=options, service=Service(executable_path=DRIVER))
    found.set_script_timeout(HANG)
    yield found
    found.quit()


@pytest.fixture
def opened(browser: Chrome, tmp_path: Path) -> Callable[[str], Chrome]:
    """Opens a page from a file, with nothing kept from before."""

    def _opened(page: str) -> Chrome:
        path = tmp_path / "verifier.html"
        path.write_text(page, "utf-8")
        browser.get(path.as_uri())
        browser.execute_script("localStorage.clear()")
        browser.get(path.as_uri())
        return browser

    return _opened


@pytest.fixture
def judge(opened: Callable[[str], Chrome]) -> Judge:
    """The page's verdicts on many texts within one load."""
    page = opened(receipts.verifier(case().trust, None))

    def _judge(texts: Sequence[str], kept: int = 0, trust: str = "") -> list[str]:
        """Verdicts; `kept` is the size of a kept checkpoint whose root is all zeros."""
        given = (list(texts), trust or case().trust.text, kept)
        found: list[str] = page.execute_async_script(EACH, *given)
        return found

    return _judge
