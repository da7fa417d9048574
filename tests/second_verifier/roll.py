"""The public roll: a night's rows, their header, presence and absence (roll.md)."""

import hmac
import json
import re
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from second_verifier.policy import Trust
from second_verifier.receipt import Part, check_receipt, read_object
from second_verifier.spelling import base64_text, canonical, unbase64, unjson
from second_verifier.tree import inclusion_root, leaf_hash, root_of
from second_verifier.verdict import BrokenError, Verdict, need

WIDE, LABEL = 96, 16
MOST_ROWS = 2_097_152
LONGEST_HEADER = 262_144
WORDS = {"held", "in_transfer", "hospital", "returned", "released", "died", "disputed", "ask"}
PLACE = {"held": "f", "hospital": "f", "disputed": "c", "ask": "c"}
ID = r"[!#-\[\]-~]{1,24}"
SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True, slots=True)
class Header:
    """What `<day>.<issue>.json` says; `event` is the receipt of the commitment."""

    date: str
    issue: int
    rows: int
    root: bytes
    event: object


def read_header(data: bytes) -> Header:
    need(len(data) <= LONGEST_HEADER, "H583", "a header is too long")
    found = unjson(data, "H583")
    fields: dict[str, object] = found if isinstance(found, dict) else {}
    keys = {"date", "issue", "rows", "root", "event"}
    need(fields.keys() == keys, "H583", "a header's keys")
    spelled = json.dumps(fields, indent=1, sort_keys=True) + "\n"
    need(spelled.encode() == data, "H583", "a header in another spelling")
    day, issue, rows = fields["date"], fields["issue"], fields["rows"]
    need(isinstance(day, str) and good_day(day), "H583", "a header's date")
    good = type(issue) is int and type(rows) is int and 1 <= issue <= 99
    need(good, "H583", "a header's issue or number of rows")
    root = unbase64(fields["root"], "H583", 32)
    return Header(str(day), int(str(issue)), int(str(rows)), root, fields["event"])


def good_day(text: str) -> bool:
    try:
        return bool(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) and date.fromisoformat(text))
    except ValueError:
        return False


def read_rows(data: bytes) -> list[bytes]:
    need(data and len(data) % WIDE == 0, "H582", "a roll is rows of 96 bytes")
    need(len(data) <= WIDE * MOST_ROWS, "H582", "a roll of too many rows")
    rows = [data[at : at + WIDE] for at in range(0, len(data), WIDE)]
    labels = [row[:LABEL] for row in rows]
    ascends = all(a < b for a, b in pairwise(labels))
    need(ascends, "H582", "labels do not ascend")
    return rows


def check_roll(data: bytes, head: bytes, trust: Trust) -> Verdict:
    """The verdict on a night's roll with its header."""
    try:
        header = read_header(head)
        parts = read_object(header.event)
        rows = read_rows(data)
        same = header.rows == len(rows) and header.root == roll_root(rows)
        need(same, "H584", "the header's number or root is not that of the rows")
        shown = shown_under(parts, trust, header)
    except BrokenError as error:
        return Verdict((error,))
    return Verdict((), shown, len(rows))


def shown_under(parts: tuple[Part, tuple[Part, ...]], trust: Trust, header: Header) -> bool:
    try:
        shown = check_receipt(parts, trust)
    except BrokenError as error:
        raise BrokenError("H584", f"the event's receipt: {error}") from error
    need(shown.event.kind == "roll.published", "H584", "the event is another")
    said = {"date": header.date, "issue": header.issue, "rows": header.rows}
    exact = {**said, "root": base64_text(header.root)}
    need(canonical(dict(shown.event.body)) == canonical(exact), "H584", "the event's body")
    return shown.witnessed


def roll_root(rows: list[bytes]) -> bytes:
    return root_of(leaf_hash(row) for row in rows)


def info(day: str, issue: int) -> bytes:
    return (day if issue == 1 else f"{day}#{issue}").encode()


def label_of(token: bytes, day: str, issue: int) -> bytes:
    return hmac.digest(token, b"habeas/roll/v1\n" + info(day, issue), "sha256")[:LABEL]


def open_row(token: bytes, row: bytes, day: str, issue: int) -> dict[str, object]:
    """The status in a row of this token's."""
    key = hmac.digest(token, b"habeas/roll-key/v1\n" + info(day, issue), "sha256")
    try:
        text = AESGCM(key).decrypt(bytes(12), row[LABEL:], row[:LABEL])
    except InvalidTag as error:
        raise BrokenError("H585", "the row does not open") from error
    return read_status(text)


def read_status(text: bytes) -> dict[str, object]:
    found = unjson(text.rstrip(b" "), "H585")
    status: dict[str, object] = found if isinstance(found, dict) else {}
    need(canonical(status).ljust(64) == text, "H585", "a status in another spelling")
    word, seq = status.get("s"), status.get("seq")
    need(word in WORDS and type(seq) is int and 0 <= seq < 10**9, "H585", "a status")
    place = PLACE.get(str(word))
    need(status.keys() == {"s", "seq", *([place] if place else [])}, "H585", "a status's keys")
    need(place is None or re.fullmatch(ID, str(status[place])), "H585", "a status's id")
    return status


def present(row: bytes, index: int, size: int, proof: list[bytes], root: bytes) -> bool:
    return inclusion_root(index, size, leaf_hash(row), proof) == root


def absent(
    label: bytes, found: list[tuple[int, bytes, list[bytes]]], size: int, root: bytes
) -> bool:
    """Whether rows, each as (index, row, proof), prove that no row has this label."""
    if not all(present(row, index, size, proof, root) for index, row, proof in found):
        return False
    places = [(index, row[:LABEL]) for index, row, _ in found]
    if len(places) == 1:
        index, other = places[0]
        return (index == 0 and label < other) or (index == size - 1 and label > other)
    if len(places) != 2:
        return False
    (low, before), (high, after) = places
    return high == low + 1 and before < label < after


def token_of(paper: str) -> bytes:
    """The token that stands on paper."""
    text = re.sub("[ -]", "", paper.strip()).upper().translate(str.maketrans("OIL", "011"))
    good = len(text) == 28 and all(sign in SYMBOLS for sign in text)
    need(good, "H587", "this is no token")
    number = [0, 0]
    for place, part in enumerate((text[:26], text[26:])):
        for sign in part:
            number[place] = number[place] * 32 + SYMBOLS.index(sign)
    need(number[0] < 1 << 128 and number[0] % 1021 == number[1], "H587", "a token's check")
    return number[0].to_bytes(16)
