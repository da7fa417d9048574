"""The browser of the page tests: the system's Chromium, one a test file; none is ever downloaded.

`chromium` is the browser; `open_page(address, ...)` gives a page that collects what the console
says under the page's own policy; `violations(page)` runs axe in a page that was opened with
`bypass_csp=True`, which no other check may use.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from drills.axe import CHROMIUM, violations
from playwright.sync_api import Browser, Page, sync_playwright

__all__ = ["CHROMIUM", "violations"]
ROOT = Path(__file__).parents[2]
DESK, PHONE = (1280, 900), (390, 844)
START_S = 60.0  # a guard, not a measure

# In CI a missing browser fails: it then does not start.
needed = pytest.mark.skipif(
    not shutil.which(CHROMIUM) and not os.environ.get("HABEAS_NO_SKIPS"),
    reason="no Chromium here (apt-get install chromium): pages are not tested in a browser",
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A page, and what went wrong in it: console errors, exceptions, requests that failed."""

    page: Page
    faults: list[str] = field(default_factory=list)


Open = Callable[..., Opened]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser; starting it costs a second, so the tests of a file share it.

    While it lives a loop runs in this thread, in which Django would refuse to ask its database.
    """
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Open]:
    """Opens an address in a context of its own: size, language of the clock, with or without
    script."""
    with contextlib.ExitStack() as stack:

        def _open(
            address: str,
            size: tuple[int, int] = DESK,
            *,
            script: bool = True,
            bypass_csp: bool = False,
            zone: str = "America/Chicago",
        ) -> Opened:
            context = chromium.new_context(
                viewport={"width": size[0], "height": size[1]},
                java_script_enabled=script,
                bypass_csp=bypass_csp,
                timezone_id=zone,
            )
            stack.callback(context.close)
            opened = Opened(context.new_page())
            _listen(opened)
            opened.page.goto(address, wait_until="networkidle")
            return opened

        yield _open


def _listen(opened: Opened) -> None:
    page, faults = opened.page, opened.faults
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("requestfailed", lambda request: faults.append(f"failed: {request.url}"))


@contextlib.contextmanager
def serving(settings: str, application: str) -> Iterator[str]:
    """The address of a granian that serves these settings; stopped by its own process id."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    wsgi = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port)]
    paths = os.pathsep.join(str(ROOT / name) for name in ("src", ".", "tests"))
    process = subprocess.Popen(  # noqa: S603  # our own interpreter, no shell
        [*wsgi, "--host", "127.0.0.1", "--no-log", application],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": settings, "PYTHONPATH": paths},
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )
    try:
        _await(process, port)
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait(timeout=START_S)


def _await(process: "subprocess.Popen[bytes]", port: int) -> None:
    """Wait until the port answers; a server that stopped is an error."""
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        assert process.poll() is None, "the server stopped"
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise TimeoutError("the server did not start")
