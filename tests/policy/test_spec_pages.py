"""The pages of the register's formats: examples of real bytes first, then rules, codes that exist.

Values that are not in the vectors are worked out here anew, without the project's own code.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from habeas import terms
from habeas.adapters import mirror_files
from habeas.register import admin, signing
from habeas.register.policy import read_policy
from habeas.service.mirror import Mirror

ROOT = Path(__file__).parents[2]
PAGES = ("event", "receipt", "checkpoint", "witness", "roll", "bundle", "feed")
HEX = re.compile(r"(?<![\w+/.-])[0-9a-f]{8,}(?![\w+/])")
BASE64 = re.compile(r"(?<![\w+/.-])[A-Za-z0-9+/]{24,}={0,2}(?![\w=.-])")
WITNESS, TIME = "witness.court.sv.example/w1", 1772482000
Vectors = dict[str, Any]  # Any: what JSON holds
SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@pytest.fixture(scope="module")
def example() -> Vectors:
    text = (ROOT / "tests/vectors/register-example.json").read_text("utf-8")
    found: Vectors = json.loads(text)
    return found


def page(name: str) -> str:
    return (ROOT / f"docs/spec/{name}.md").read_text("utf-8")


def blocks(text: str) -> list[str]:
    return re.findall(r"^```\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def shown(name: str) -> str:
    """What a page shows as an example: the worked example, and every block of the page."""
    text = page(name)
    start = text.index("\n## Worked example")
    end = text.find("\n## ", start + 1)
    return "\n".join([text[start:end], *blocks(text)])


def bare(block: str) -> str:
    """The hexadecimal digits of a block, without the remarks beside them."""
    return re.sub(r"\s", "", re.sub(r"(?<=\S) {3,}.*$", "", block, flags=re.MULTILINE))


def scalars(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from scalars(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from scalars(inner)
    else:
        yield str(value)


def head(length: int) -> bytes:
    """The head of a byte string in CBOR; none of the vectors is shorter than 24 bytes."""
    return bytes([0x58, length]) if length < 1 << 8 else b"\x59" + length.to_bytes(2, "big")


def content(example: Vectors) -> bytes:
    salt, block = (example[part] for part in ("commitment", "sigblock"))
    parts = [bytes.fromhex(salt["salt_hex"]), example["body"]["utf8"].encode()]
    parts.append(bytes.fromhex(block["hex"]))
    return b"\x84\x01" + b"".join(head(len(part)) + part for part in parts)


def batched_content(example: Vectors) -> bytes:
    batch = example["batch_manifest"]
    parts = [
        bytes.fromhex(batch["event_1"]["salt_hex"]),
        batch["bodies_utf8"][1].encode(),
        bytes.fromhex(batch["event_1"]["batchblock_hex"]),
        b"".join(map(bytes.fromhex, batch["paths_hex"][1])),
        bytes.fromhex(batch["signature_hex"]),
    ]
    return b"\x86\x02" + b"".join(head(len(part)) + part for part in parts)


def printed_token(token: bytes) -> str:
    number = int.from_bytes(token, "big")
    values = [number >> 5 * place & 31 for place in range(25, -1, -1)]
    values += [number % 1021 >> 5, number % 1021 & 31]
    text = "".join(SYMBOLS[value] for value in values)
    return "-".join(text[start : start + 4] for start in range(0, 28, 4))


def cosigned_message(example: Vectors) -> bytes:
    origin, size, root = example["checkpoint"]["body_utf8"].split("\n")[:3]
    return b"".join(
        [
            b"subtree/v1\n\x00",
            bytes([len(WITNESS)]) + WITNESS.encode(),
            TIME.to_bytes(8, "big"),
            bytes([len(origin)]) + origin.encode(),
            bytes(8),
            int(size).to_bytes(8, "big"),
            base64.b64decode(root),
        ]
    )


def publication(example: Vectors, start: int, end: int) -> str:
    """Leaves [start, end) of the log of the vectors, as whoever mirrors it gets them."""
    note, tree = example["checkpoint"]["note_utf8"], example["tree"]
    proof = tree["consistency_2_to_3_hex"] if end == 2 else []
    told = {
        "v": 1,
        "origin": note.split("\n")[0],
        "checkpoint": note,
        "from": start,
        "to": end,
        "entries": [base64_of(one) for one in tree["entries_hex"][start:end]],
        "proof": [base64_of(one) for one in proof],
    }
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def base64_of(digits: str) -> str:
    return base64.b64encode(bytes.fromhex(digits)).decode()


def known(example: Vectors) -> str:
    """Every value that a page may show."""
    entries = [bytes.fromhex(one) for one in example["tree"]["entries_hex"]]
    texts = [
        b"habeas/batch/v1\n".hex(),
        b"habeas/batch-ref/v1\n".hex(),
        b"habeas/content/v1\n".hex(),
        cosigned_message(example).hex(),
        publication(example, 0, 2),
        content(example).hex(),
        len(content(example)).to_bytes(4, "big").hex(),
        (0).to_bytes(4, "big").hex(),
        (32).to_bytes(4, "big").hex(),
        hashlib.sha256(example["checkpoint"]["body_utf8"].split("\n")[0].encode()).hexdigest(),
        *(base64.b64encode(entry).decode() for entry in entries),
        *(
            b"".join(map(bytes.fromhex, block)).hex()
            for block in example["batch_manifest"]["paths_hex"]
        ),
    ]
    return "\n".join([*scalars(example), *texts])


@pytest.mark.parametrize("name", PAGES)
def test_every_value_that_a_page_shows_is_of_the_vectors(name: str, example: Vectors) -> None:
    text, facts = shown(name), known(example)
    values = HEX.findall(text)
    values += [one for one in BASE64.findall(text) if len(one) % 4 == 0 and one not in values]
    assert values
    assert [one for one in values if one not in facts] == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_shows_its_example_before_its_first_rule(name: str) -> None:
    text = page(name)
    sections = re.findall(r"^## (.*)$", text, re.MULTILINE)
    rule = re.search(r"\bMUST\b|^1\. ", text, re.MULTILINE)
    assert sections[0] == "Worked example"
    assert rule is not None
    assert text.index(f"\n## {sections[1]}") < rule.start()


@pytest.mark.parametrize("name", PAGES)
def test_every_code_that_a_page_names_is_explained(name: str) -> None:
    rows = re.findall(r"^\| (H\d{3}) \|", (ROOT / "docs/errors.md").read_text(), re.MULTILINE)
    assert sorted(set(re.findall(r"\bH\d{3}\b", page(name))) - set(rows)) == []


@pytest.mark.parametrize("name", PAGES)
def test_the_lines_of_a_page_fit(name: str) -> None:
    text = re.sub(r"^```\n.*?^```", "", page(name), flags=re.DOTALL | re.MULTILINE)
    assert [line for line in text.split("\n") if len(line) > 120 and line[:1] != "|"] == []


def test_every_link_of_a_page_leads_to_a_page() -> None:
    named = {one for name in PAGES for one in re.findall(r"`([a-z-]+\.md)`", page(name))}
    assert [one for one in named if not (ROOT / "docs/spec" / one).is_file()] == []


def test_every_page_stands_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert [name for name in PAGES if f"docs/spec/{name}.md" not in readme] == []


def test_the_table_of_administrative_kinds_is_the_one_that_the_log_holds() -> None:
    rows = re.findall(
        r"^\| `([a-z._]+)` \| (root|`[a-z_]+`) \| (.*) \|$", page("event"), re.MULTILINE
    )
    stated = {
        kind: (role.strip("`"), tuple(re.findall("`([a-z_]+)`", keys))) for kind, role, keys in rows
    }
    held = {
        str(kind): (str(form.role or "root"), form.carries) for kind, form in admin.FORMS.items()
    }
    assert stated == held


def test_the_kinds_that_may_be_batched_are_named() -> None:
    sentence = re.search(r"Only (.*?) MAY be batched", page("event"), re.DOTALL)
    assert sentence is not None
    assert set(re.findall("`(.*?)`", sentence[1])) == set(map(str, signing.BATCHED))


def test_every_fault_of_the_verifier_stands_in_the_table_of_its_page() -> None:
    source = (ROOT / "src/habeas/register/verify.py").read_text()
    table = re.findall(r"^\| (H\d.*?) \|", page("bundle"), re.MULTILINE)
    listed = {code for row in table for code in re.findall(r"H\d{3}", row)}
    receipts = {"H541", "H542", "H548"}
    assert set(re.findall(r'"(H\d{3})"', source)) - receipts - listed == set()


def test_every_word_of_the_roll_is_explained() -> None:
    status = getattr(terms, "RollStatus", None)
    rows = set(re.findall(r"^\| `([a-z_]+)` \|", page("roll"), re.MULTILINE))
    assert {"held", "ask"} <= rows
    assert {str(word) for word in status or ()} <= rows


def test_the_printed_array_is_that_of_the_vectors(example: Vectors) -> None:
    block = next(one for one in blocks(page("receipt")) if one.startswith("8a "))
    whole = example["receipt_cbor"]["hex"]
    told = (example["body"]["utf8"], example["checkpoint"]["body_utf8"].split("\n")[0])
    for part in (*(text.encode().hex() for text in told), example["sigblock"]["hex"]):
        assert part in whole
        whole = whole.replace(part, "")
    assert bare(block) == whole
    assert f"{len(example['receipt_cbor']['hex']) // 2:,} bytes" in page("receipt")


def test_the_message_of_ml_dsa_is_shown_whole(example: Vectors) -> None:
    block = next(one for one in blocks(page("checkpoint")) if one.startswith("73756274"))
    assert bare(block) == cosigned_message(example).hex()
    assert f"{len(cosigned_message(example))} bytes" in page("checkpoint")


def test_the_publications_of_the_feed_are_shown_whole_and_can_be_taken_in(
    example: Vectors, tmp_path: Path
) -> None:
    text, policy = page("feed"), read_policy(example["policy_utf8"])
    with mirror_files.opened(tmp_path / "register.sqlite3") as shelf:
        mirror = Mirror(shelf, policy, None, lambda: datetime.fromtimestamp(TIME, UTC))
        for size, start in ((2, 0), (3, 2)):
            shown = publication(example, start, size)
            assert shown in [one.removesuffix("\n") for one in blocks(text)]
            assert f"{len(shown.encode()):,} bytes" in text
            assert mirror.take(shown).size == size
        assert mirror.note() == example["checkpoint"]["note_utf8"]
        entry = bytes.fromhex(example["commitment"]["entry_hex"])
        assert mirror.index(entry) == 1


def test_every_state_of_settlement_stands_on_the_page() -> None:
    rows = re.findall(r"^\| `([a-z_]+)` \|", page("feed"), re.MULTILINE)
    assert set(map(str, terms.Settlement)) <= set(rows)


def test_notes_policy_and_messages_are_those_of_the_vectors(example: Vectors) -> None:
    row, court = example["checkpoint"], example["checkpoint"]["witnesses"][0]
    found = {name: blocks(page(name)) for name in ("checkpoint", "witness")}
    expected = {
        "checkpoint": [row["note_utf8"], example["policy_utf8"], court["signed_message_utf8"]],
        "witness": [example["add_checkpoint_request_old_0"], court["line"]],
    }
    assert [one for name, rows in expected.items() for one in rows if one not in found[name]] == []


def test_the_content_of_the_register_is_worked_out_from_its_page(example: Vectors) -> None:
    row, plain = example["sealed_content"], content(example)
    text = page("bundle")
    extracted = hmac.digest(bytes(32), bytes.fromhex(row["person_key_hex"]), "sha256")
    info = b"habeas/content-key/v1\n" + example["event"]["id"].encode() + b"\x01"
    assert hmac.digest(extracted, info, "sha256").hex() == row["content_key_hex"]
    assert hashlib.sha256(plain).hexdigest() == row["plaintext_cbor_sha256_hex"]
    assert f"{len(plain)} bytes" in text
    assert f"{len(batched_content(example))} bytes" in text
    assert f"{len(plain):08x}" in text


def test_the_roll_shows_its_rows_and_its_token(example: Vectors) -> None:
    row, text = example["roll"], page("roll")
    lines = next(one for one in blocks(text) if one.startswith("30075344")).split("\n")[:-1]
    assert [line.replace(" ", "") for line in lines] == row["rows_sorted_hex"]
    assert f"`{printed_token(bytes.fromhex(row['tokens'][0]['token_hex']))}`" in text
