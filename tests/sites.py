"""Both states' installations of a demonstration, served, and a browser before them."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep

import pytest
from playwright.sync_api import Browser, Page

import later
from habeas.adapters import gateway_socket, installation_files
from habeas.service.asking import Caller, Outgoing, Receive
from habeas.web import clock
from laid import laid

ROOT = Path(__file__).parent
WAIT_S = 60.0
ROUNDS = 3  # of messages: told, answered, and the answer heard
LOGIN = "/en/accounts/login/"
PDF = b"%PDF-1.7\nsynthetic\n%%EOF\n"


def free_port() -> int:
    """A port that nobody listens on."""
    with closing(socket.create_server(("127.0.0.1", 0))) as found:
        return int(found.getsockname()[1])


def _until(ready: object, what: str) -> None:
    end = monotonic() + WAIT_S
    while not ready():  # type: ignore[operator]
        assert monotonic() < end, f"{what} did not come up"
        sleep(0.05)


@dataclass
class Site:
    """One installation, and how its people sign in."""

    folder: Path
    hours: float = 0
    password: str = ""
    children: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.found = installation_files.read(self.folder)
        self.register = self.folder / self.found.register

    @property
    def address(self) -> str:
        return self.found.address

    @property
    def port(self) -> int:
        return int(self.address.rsplit(":", 1)[1])

    def environment(self) -> dict[str, str]:
        return os.environ | {
            "HABEAS_INSTALLATION": str(self.folder),
            "DJANGO_SETTINGS_MODULE": "habeas.web.settings",
            "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)]),
            later.HOURS: str(self.hours),
        }

    def _child(self, *words: str) -> None:
        call, told = [sys.executable, *words], self.environment()
        with self.folder.joinpath("test.log").open("ab") as log:
            child = subprocess.Popen(call, env=told, stdout=log, stderr=log)  # noqa: S603
        self.children.append(child)

    def run(self, what: str) -> str:
        """One step of the web that ends; returns what it said."""
        call = [sys.executable, str(ROOT / "later.py"), what]
        done = subprocess.run(call, env=self.environment(), capture_output=True, check=False)  # noqa: S603
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    def start(self, hours: float = 0) -> None:
        """Serve it, with its clock moved."""
        self.hours = hours
        officers, found = self.folder / "officers", self.found
        self._child(
            str(ROOT / "later.py"), "gateway", str(self.register),
            "--log-key", str(self.folder / found.log_key),
            "--registrar-key", str(officers / found.registrar), "--officers", str(officers),
        )  # fmt: skip
        _until(lambda: _answers(self.register), "the gateway")
        said = re.search(r"password (\S+)", self.run("prepare"))
        assert said is not None
        self.password = said.group(1)
        self._child(
            "-m", "granian", "--interface", "wsgi", "--workers", "1", "--host", "127.0.0.1",
            "--port", str(self.port), "--blocking-threads", "4", "later_wsgi:application",
        )  # fmt: skip
        _until(lambda: _listens(self.port), "the web")

    def stop(self) -> None:
        """End what was started, the web before the gateway."""
        for child in reversed(self.children):
            child.terminate()
            child.wait(WAIT_S)
        self.children = []

    @contextmanager
    def caller(self) -> Iterator[Caller]:
        """A line to its gateway."""
        line = gateway_socket.connected(self.register)
        assert line is not None
        with closing(line):
            yield Caller(line.ask)


def _answers(register: Path) -> bool:
    line = gateway_socket.connected(register)
    if line is not None:
        line.close()
    return line is not None


def _listens(port: int) -> bool:
    with closing(socket.socket()) as peer:
        return peer.connect_ex(("127.0.0.1", port)) == 0


def post(*both: Site) -> None:
    """Let each tell the other, and hear what became of it; then their tables follow.

    A draft that waits is told with every message, so that silence is no sign of an end.
    """
    for _round in range(ROUNDS):
        for one, other in (both, both[::-1]):
            with one.caller() as here, other.caller() as there:
                found = here.ask(Outgoing())
                if "message" in found:
                    there.ask(Receive(str(found["message"])))
    for one in both:
        one.run("follow")


@contextmanager
def both(factory: pytest.TempPathFactory, agreement: str) -> Iterator[tuple[Site, Site]]:
    """The sending and the receiving state's installation, served; nothing of them goes on after."""
    at = clock.now()
    ports = (free_port(), free_port())
    made = laid(factory, factory.mktemp("sites"), agreement, at, ports)
    sites = [Site(one) for one in made]
    with ExitStack() as stack:
        for one in sites:
            stack.callback(one.stop)
            one.start()
        yield sites[0], sites[1]


class Officer:
    """Somebody signed in before a browser of their own."""

    def __init__(self, browser: Browser, site: Site, name: str) -> None:
        self.site = site
        self.page: Page = browser.new_context(locale="en").new_page()
        self.faults = list[str]()
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", lambda said: self._said(said.type, said.text))
        self.go(LOGIN)
        self.page.locator("[name=login]").fill(name)
        self.page.locator("[name=password]").fill(site.password)
        self.page.locator("main button[type=submit]").first.click()
        assert self.page.url.endswith("/en/"), self.page.url

    def _said(self, kind: str, text: str) -> None:
        if kind == "error" and "status of 4" not in text:  # a refusal is a status, and no fault
            self.faults.append(text)

    def go(self, path: str) -> int:
        """Open a page; returns its status."""
        answer = self.page.goto(self.site.address + path)
        assert answer is not None
        return answer.status

    @property
    def said(self) -> str:
        """The text of the page."""
        return self.page.locator("main").inner_text()

    def fill(self, given: Mapping[str, object]) -> None:
        """Answer the fields of a form by name: a path is a document, True a choice."""
        for name, value in given.items():
            found = self.page.locator(f"[name={name}]")
            kind = found.first.evaluate("one => one.type || one.tagName.toLowerCase()")
            if kind == "file":
                paper = {"name": "paper.pdf", "mimeType": "application/pdf", "buffer": value}
                found.set_input_files(paper)  # type: ignore[arg-type]
            elif kind == "radio":
                self.page.locator(f"[name={name}][value='{value}']").check()
            elif kind == "select-one":
                found.select_option(str(value))
            else:
                found.fill(str(value))

    def press(self, name: str) -> None:
        """Press a button that sends its form, and wait for the page that answers."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name, exact=True).click()

    def asks(self, path: str, **given: object) -> None:
        """Answer a question, as far as the page on which the answers are checked."""
        assert self.go(path) == 200, path
        self.fill(given)
        if self.page.get_by_role("button", name="Check the answers").count():
            self.press("Check the answers")
        assert "Check:" in self.page.title(), self.said

    def does(self, path: str, **given: object) -> str:
        """Do an act to the end; returns what the page says of it."""
        self.asks(path, **given)
        self.press("Confirm and sign")
        return self.said

    def records(self, path: str, **given: object) -> int:
        """Record an act; returns its index in the register."""
        said = self.does(path, **given)
        found = re.search(r"Recorded as entry ([\d,]+)", said)
        assert found is not None, said
        return int(found.group(1).replace(",", ""))

    def second(self, name: str) -> str:
        """The choice of the second officer by the name under which they sign in."""
        choices = self.page.locator("[name=second] option").all()
        return next(str(one.get_attribute("value")) for one in choices if name in one.inner_text())
