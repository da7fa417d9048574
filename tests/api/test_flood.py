"""A flood of anonymous requests at a real server: kept out, and a court is heard meanwhile."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

import served
from api.test_acting import new_key
from habeas.adapters import letterbox_files
from habeas.cli import serve
from habeas.register import locator
from habeas.service.asking import Take
from served import State

MOST, THREADS = 2_000, 4
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
UNDER = ("SE-EE", "SE", "EE")
WORKERS, AN_HOUR = 2, 10  # processes that serve, each of which counts for itself


@contextmanager
def flood(state: State, found: Counter[int]) -> Iterator[None]:
    """Well-formed tokens that nobody issued, as fast as one client sends them."""
    turns, lock = iter(range(MOST)), threading.Lock()

    def send() -> None:
        while (number := next(turns, None)) is not None:
            words = locator.printed(number.to_bytes(16, "big"))
            sent = urlencode({"token": words}).encode()
            status = state.ask("POST", "/en/ask/", body=sent, headers=FORM).status
            with lock:
                found[status] += 1

    threads = [threading.Thread(target=send) for _ in range(THREADS)]
    for one in threads:
        one.start()
    yield
    for one in threads:
        one.join()


def inquired(state: State, court: str, subject: str) -> tuple[int, object]:
    """A court's inquiry by its access token: where somebody is, and by what right."""
    stated = {"at": served.now().isoformat(), "asked": "Where, and by what right?"}
    path = f"/api/v1/persons/{subject}/deeds/make_inquiry"
    answer = state.post(path, court, stated, new_key())
    return answer.status, answer.json().get("index")


def test_a_court_is_heard_while_a_stranger_floods(sending: State) -> None:
    answers = sending.folder / letterbox_files.ANSWERS
    served.until(answers.exists, "what the courier lets be taken at its start")
    before = received(sending)
    court = sending.somebody("court", "SE-COURT")
    people = sending.get("/api/v1/persons?limit=5", sending.somebody("sending_officer")).json()
    subjects = [row["subject"] for row in people["items"]]
    found = Counter[int]()
    with flood(sending, found):
        made = [inquired(sending, court, one) for one in subjects]
        during = sum(found.values())
    assert [status for status, _ in made] == [200] * len(subjects)
    assert len({index for _, index in made}) == len(subjects) == 5
    assert 0 < during < MOST, "the court asked while the flood ran"
    assert found.keys() == {200, 429}
    assert sum(found.values()) == MOST
    assert found[200] <= 2 * WORKERS * AN_HOUR  # an hour may end in between
    assert received(sending) - before == found[200]
    with served.gateway(sending) as caller:
        caller.ask(Take(*UNDER))
        again = caller.ask(Take(*UNDER))
    assert again == {"taken": 0, "left": 0}
    log = (sending.folder / serve.LOG).read_text()
    assert [one for one in (locator.printed(bytes(16)), "127.0.0.1") if one in log] == []


def received(state: State) -> int:
    return sum(letterbox_files.received(state.folder / "register.sqlite3").values())
