"""A departure that may not be is refused by page, API and command with one code and sentence."""

import json
import subprocess
import sys
from datetime import timedelta
from secrets import token_bytes

import pytest
from django.db.models import QuerySet

from act_pages import OFFICER, checked, paper, text
from desks import Desk, proved
from habeas.service import transfer
from habeas.web.accounts import tokens
from habeas.web.clock import now
from habeas.web.readmodels.models import Person

ESCORT, DIGEST = "escort of both states", "ab" * 32


def held() -> QuerySet[Person]:
    return Person.objects.filter(custody="held", custodian="sending")


def unauthorised() -> Person | None:
    return held().filter(stage="notified", stays=0, objections=0).first()


def stayed() -> Person | None:
    return held().filter(stage="scheduled", stays=1).first()


def lapsed() -> Person | None:
    return held().filter(stage="scheduled", stays=0, fresh_until__lte=now()).first()


def by_page(desk: Desk, one: Person, line: str) -> str:
    browser, path = proved(desk.client(*OFFICER)), f"/en/acts/{one.subject}/depart/"
    sent = checked(
        browser, path, manifest=one.manifest or "mf-1", line=line, escort=ESCORT, fit=paper()
    )
    answer = browser.post(path, {**sent, "step": "confirm"})
    assert answer.status_code == 409
    return text(answer.content)


def by_api(desk: Desk, one: Person, line: str) -> tuple[str, str]:
    user = desk.people[OFFICER]
    _, words = tokens.make(user, "one refusal", None, now() + timedelta(days=1), now())
    body = {
        "at": now().isoformat(), "facility": one.facility, "manifest": one.manifest or "mf-1",
        "line": int(line), "escort": ESCORT, "fit_to_travel": DIGEST,
    }  # fmt: skip
    answer = desk.client(*OFFICER).post(
        f"/api/v1/persons/{one.subject}/deeds/depart", json.dumps(body), "application/json",
        headers={
            "authorization": f"Bearer {words}",
            "idempotency-key": transfer.ulid(now(), token_bytes(10)),
        },
    )  # fmt: skip
    assert answer.status_code == 409, answer.content
    told = answer.json()
    return told["code"], told["detail"]


def by_command(desk: Desk, one: Person, line: str) -> str:
    key = desk.people[OFFICER].key
    found = desk.found
    done = subprocess.run(  # noqa: S603 - our own
        [
            sys.executable, "-m", "habeas", "act", str(desk.folder / found.register),
            "custody.departed", one.subject, "--agreement", found.agreement,
            "--sending", found.sending, "--receiving", found.receiving,
            "--by", f"{OFFICER[0]}/custodian/{key}", "--at", now().isoformat(),
            "--facility", one.facility, "--body", f'manifest="{one.manifest or "mf-1"}"',
            "--body", f"line={line}", "--body", f'escort="{ESCORT}"',
            "--body", f'fit_to_travel="{DIGEST}"',
        ],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    return " ".join(done.stderr.split())


@pytest.mark.parametrize(
    ("who", "code"), [(unauthorised, "H609"), (stayed, "H603"), (lapsed, "H605")]
)
def test_page_api_and_command_refuse_a_departure_alike(desk: Desk, who: object, code: str) -> None:
    assert callable(who)
    one = who()
    assert one is not None
    line = str(one.line or 1)
    told, sentence = by_api(desk, one, line)
    assert told == code
    page, command = by_page(desk, one, line), by_command(desk, one, line)
    for said in (page, command):
        assert code in said
        assert sentence in said
