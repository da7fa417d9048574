"""The API against its own description: whatever somebody sends, it answers as it says it does.

Somebody's number is now and then that of a person of whom they may be told nothing, and of whom the
register holds words that stand nowhere else: none of them may come back.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_bytes
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

import served
from habeas.service import transfer
from served import State

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)
DOCUMENT = served.ROOT / "docs" / "openapi.json"
NOBODY = "p_" + "0" * 26


@dataclass
class Planted:
    """Who is on the register, whom each asker sees, and the words that stand in each record."""

    state: State
    everybody: set[str]
    words: dict[str, str]  # by person: a digest that stands in one event of theirs
    seen: dict[str, set[str]] = field(default_factory=dict[str, set[str]])  # by asker

    def hidden(self, who: str) -> list[str]:
        """The persons of whom somebody may be told nothing."""
        return sorted(self.everybody - self.seen[who])


def listed(state: State, who: str) -> set[str]:
    """Everybody whom somebody sees."""
    found, page = set[str](), 1
    while True:
        reply = state.get(f"/api/v1/persons?limit=100&page={page}", who)
        if reply.status != 200:
            return found
        found |= {one["subject"] for one in reply.json()["items"]}
        if 'rel="next"' not in reply.headers["link"]:
            return found
        page += 1


def planted(state: State, askers: Sequence[str], count: int = 12) -> Planted:
    """Words of their own in the records of some persons, and whom each asker sees."""
    officer = state.somebody("sending_officer", "SE-KVV")
    everybody, words = listed(state, officer), dict[str, str]()
    open_cases = {
        one["subject"]
        for one in state.get("/api/v1/persons?limit=100", officer).json()["items"]
        if one["course"]["stage"] in {"eligible", "notified", "authorised", "scheduled"}
    }
    for subject in sorted(open_cases)[:count]:
        word = sha256(f"canary {subject}".encode()).hexdigest()
        stated = {"at": served.now().isoformat(), "document": word}
        key = transfer.ulid(served.now(), token_bytes(10))
        path = f"/api/v1/persons/{subject}/deeds/give_opinion"
        reply = state.post(path, officer, stated, key)
        assert reply.status == 200, reply.body
        words[subject] = word
    found = Planted(state, everybody, words)
    found.seen = {who: listed(state, who) for who in askers}
    return found


def operations() -> Iterator[Any]:  # Any: schemathesis's own
    """Every operation of the description, by its name."""
    schema = schemathesis.openapi.from_dict(json.loads(DOCUMENT.read_text(encoding="utf-8")))
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        yield found.ok()


def conforms(operation: Any, plant: Planted, who: str, examples: int) -> int:  # noqa: ANN401
    """Try one operation as somebody; returns how many requests were sent."""
    sent = 0
    hidden = plant.hidden(who)
    chosen = st.sampled_from([*hidden[:20], *sorted(plant.seen[who])[:20], NOBODY])

    @settings(
        max_examples=examples, deadline=None, database=None, derandomize=True,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(), subject=chosen, real=st.booleans())
    def tried(case: Case[Any], subject: str, real: bool) -> None:  # noqa: FBT001 - drawn
        nonlocal sent
        if real and "subject" in (case.path_parameters or {}):
            case.path_parameters["subject"] = subject
        headers = {"Authorization": f"Bearer {plant.state.tokens[who]}"}
        answer = case.call(base_url=plant.state.address, headers=headers)
        sent += 1
        case.validate_response(answer, checks=list(CHECKS))
        tells_nothing(answer.content, plant, who, subject if real else "")

    tried()
    return sent


def tells_nothing(data: bytes, plant: Planted, who: str, asked: str) -> None:
    """Hold that an answer holds nothing of whom its reader may not see."""
    text = data.decode(errors="replace")
    for subject in plant.hidden(who):
        word = plant.words.get(subject)
        assert word is None or word not in text, f"{who} was told of {subject}"
        assert subject == asked or subject not in text, f"{who} was told that {subject} is there"
