"""Pages of acts as a browser without scripts sends them, and what was read of a person."""

import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from habeas.service import asking
from habeas.terms import Office, Role
from habeas.web import wiring

PDF = b"%PDF-1.7\nsynthetic\n%%EOF\n"
OFFICER, SECOND = ("US-BOP", Office.SENDING_OFFICER), ("US-DOJ-OIA", Office.SENDING_OFFICER)
STRANGER = ("QM-STRANGER", Office.SENDING_OFFICER)


def paper(data: bytes = PDF, name: str = "a.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, "application/pdf")


def hidden(page: bytes) -> dict[str, str]:
    """Every hidden field of a page but the token of the form."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.decode())
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def text(page: bytes) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.decode()))


def checked(browser: Client, path: str, **given: object) -> dict[str, str]:
    """Answer a question; returns what the page of the check sends on."""
    first = hidden(browser.get(path).content)
    answer = browser.post(path, {**first, "step": "check", **given})
    assert answer.status_code == 200, text(answer.content)
    return hidden(answer.content)


def read_of(subject: str) -> list[str]:
    """What was read of a person, as the log of reads has it."""
    asker = asking.Asker("US-AUDIT", Role.REGISTRAR)
    with wiring.gateway() as caller:
        found = caller.ask(asking.Reads(subject, asker, "test"))
    return [str(one["what"]) for one in found["reads"]]
