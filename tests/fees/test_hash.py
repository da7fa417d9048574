"""The hash of a statement, by its page in docs/spec and another writer of canonical JSON."""

import hashlib
import json
from typing import Any

import pytest
import rfc8785

from habeas.cli.main import run

HEAD = [
    "agreement", "agreement_version", "standing", "from", "to", "currency", "exponent", "rounding",
    "convention", "zone", "tzdata", "state", "provisional_because", "price_level", "basis",
    "person_days", "settlement",
]  # fmt: skip


def digest(value: Any) -> bytes:  # noqa: ANN401 - JSON
    return hashlib.sha256(rfc8785.dumps(value)).digest()


@pytest.mark.parametrize(
    "words",
    [
        ["SE-EE", "--persons", "317"],
        ["BE-NL", "--places", "600", "--round-trips", "3"],
        ["NO-NL", "--index", "2026-09-10=1.0305"],
        ["NO-NL", "--places", "243"],
    ],
)
def test_another_writer_finds_the_same_hash(
    capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    call = ["fees", "statement", "--month", "2026-09", "--json", "--agreement", *words]
    assert run(call) == 0
    found = json.loads(capsys.readouterr().out)
    whole = hashlib.sha256(digest({key: found[key] for key in HEAD}))
    for line in found["lines"]:
        told = line.pop("hash")
        assert digest(line).hex() == told
        whole.update(digest(line))
    assert whole.hexdigest() == found["hash"]


def test_the_same_call_gives_the_same_bytes(capsys: pytest.CaptureFixture[str]) -> None:
    call = ["fees", "statement", "--month", "2026-09", "--json", "--agreement", "SE-EE"]
    said = []
    for _ in range(2):
        assert run(call) == 0
        said.append(capsys.readouterr().out)
    assert said[0] == said[1]
