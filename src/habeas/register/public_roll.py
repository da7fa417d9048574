r"""The nightly public roll, format roll/v1: nobody can be taken off the register unseen.

    info     YYYY-MM-DD for issue 1, YYYY-MM-DD#n for issue n
    label    HMAC-SHA-256(T, "habeas/roll/v1\n" || info)[:16]
    key      HMAC-SHA-256(T, "habeas/roll-key/v1\n" || info)
    row      label || AES-256-GCM(key, nonce of 12 zero bytes, status, aad = label)    96 bytes
    status   {"c":court,"f":facility,"s":word,"seq":n}, right-filled with spaces to 64 bytes
    leaf     SHA-256(0x00 || row)

Each person has one row under a secret T0 that the register holds, and one under each token T that
somebody was given. The file is public and is downloaded whole: nobody learns who is looked for.
Labels change every night, so that rows of two nights cannot be joined without the token.

Rules:

1. Rows ascend strictly by label. Absence is proved by the two neighbouring rows, at the edges by
   the first or last one. A roll without rows is refused: it would prove that nobody is held.
2. Dummy rows, 96 bytes of chance, fill the file to a step (256, 512, 1,024, then multiples of
   1,024) that is larger than the number of rows: the size tells no true count, only its step.
3. The zero nonce is safe only because a key encrypts once. A roll of one day and issue is therefore
   built once; a file that exists is never built again, and a correction is a new issue.
4. `s` comes from the closed list `terms.RollStatus`. held and hospital name the facility, disputed
   and ask name a court, the others neither. Ids are capped so that every status fits.
5. A `roll.published` event commits to date, issue, number of rows and root. Its opening and proof
   stand in the header beside the rows, so that each download carries a checkpoint of the log.
6. Arithmetic, over rows under T0 that are not terminal:
   today = yesterday + receptions - releases - deaths - returns. A difference is a finding.

What it does not show: that a row is true. A roll cannot see into a cell; it makes a lie signed,
dated and attributable. It does not show that a later issue exists, nor, between two steps that
differ, that the number did not cross the step that night. Whoever has a token, or T0, can read that
row in every roll ever downloaded.

Source: docs/spec/roll.md.
"""

import base64
import hmac
import json
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from habeas.errors import Fault, RegisterError
from habeas.register import merkle, receipt
from habeas.register.events import Body
from habeas.register.keys import Trust
from habeas.register.receipt import Receipt
from habeas.register.verify import Verdict, receipt_verdict
from habeas.terms import TERMINAL, EventKind, RollStatus

LABEL, STATUS, ROW = 16, 64, 96
SECRET = frozenset({16, 32})  # bytes of a token; of a secret that the register holds
STEPS = (256, 512, 1024)
ID_CAP, SEQ_DIGITS = 24, 9  # with the longest word they fill 62 of the 64 bytes
MOST_ROWS, MOST_ISSUES = 1 << 21, 99
HEADER_CAP = 256 * 1024
_NONCE = bytes(12)
_ID = rf"[!#-\[\]-~]{{1,{ID_CAP}}}"  # printable ASCII without space, quote and backslash
_IS_ID = re.compile(_ID)
_STATUS = re.compile(
    rf'\{{(?:"c":"({_ID})",)?(?:"f":"({_ID})",)?"s":"([a-z_]+)",'
    rf'"seq":(0|[1-9][0-9]{{0,{SEQ_DIGITS - 1}}})\}} *'
)
_WORDS = {word.value: word for word in RollStatus}
_NAMES: Mapping[RollStatus, str] = {
    RollStatus.HELD: "facility",
    RollStatus.HOSPITAL: "facility",
    RollStatus.DISPUTED: "court",
    RollStatus.ASK: "court",
}


def _fault(code: str, what: str, fix: str) -> RegisterError:
    return RegisterError(Fault(code, what, fix))


def _file(what: str) -> RegisterError:
    return _fault("H582", what, "Download the roll again; if it stays so, show it to a monitor.")


def _row(what: str) -> RegisterError:
    return _fault("H585", what, "Keep the file: it is evidence. Ask the court or a monitor.")


@dataclass(frozen=True, slots=True)
class Statement:
    """What one row says of one person."""

    status: RollStatus
    seq: int  # of the latest custody event
    facility: str | None = None  # where held or in hospital; None with every other word
    court: str | None = None  # whom to ask; None with every other word


def check_id(kind: str, text: str) -> None:
    """Check that a facility's or court's id fits a row; the error names the kind, never the id.

    Raises:
        RegisterError: H580.
    """
    if not _IS_ID.fullmatch(text):
        what = f"the {kind} id of a row has {len(text)} characters or one that a row cannot hold"
        fix = f"Use 1 to {ID_CAP} ASCII characters without space, quote or backslash."
        raise _fault("H580", what, fix)


def plaintext(said: Statement) -> bytes:
    """The 64 bytes of a status, in their one spelling.

    Raises:
        RegisterError: H580, for an id that does not fit, or a field that the word does not take.
    """
    wanted = _NAMES.get(said.status)
    given = [name for name in ("court", "facility") if getattr(said, name) is not None]
    if given != ([wanted] if wanted else []) or not 0 <= said.seq < 10**SEQ_DIGITS:
        what = f"a row that says '{said.status}' names {wanted or 'neither facility nor court'}"
        fix = f"Give it that, and a custody number below 10^{SEQ_DIGITS}."
        raise _fault("H580", what, fix)
    head = ""
    if said.court is not None:
        check_id("court", said.court)
        head = f'"c":"{said.court}",'
    elif said.facility is not None:
        check_id("facility", said.facility)
        head = f'"f":"{said.facility}",'
    return f'{{{head}"s":"{said.status.value}","seq":{said.seq}}}'.ljust(STATUS).encode()


def read_plaintext(data: bytes) -> Statement:
    """A statement out of its 64 bytes.

    Raises:
        RegisterError: H585.
    """
    found = _STATUS.fullmatch(data.decode("ascii", "replace"))
    word = _WORDS.get(found[3]) if found and len(data) == STATUS else None
    if found is None or word is None:
        raise _row("the row opens, but holds no status of the closed list")
    said = Statement(word, int(found[4]), found[2], found[1])
    try:
        plaintext(said)
    except RegisterError as error:
        raise _row("the row opens, but its word and its fields do not belong together") from error
    return said


def _infos(day: date, issue: int) -> tuple[bytes, bytes]:
    if not 1 <= issue <= MOST_ISSUES:
        what = f"a roll has issues 1 to {MOST_ISSUES}, not {issue}"
        raise _fault("H581", what, "Number the issues of a day from 1.")
    info = day.isoformat() + ("" if issue == 1 else f"#{issue}")
    return f"habeas/roll/v1\n{info}".encode(), f"habeas/roll-key/v1\n{info}".encode()


def label(secret: bytes, day: date, issue: int) -> bytes:
    """The 16 bytes under which a token's row stands in the roll of a day."""
    return hmac.digest(secret, _infos(day, issue)[0], "sha256")[:LABEL]


def stepped(count: int) -> int:
    """The size of a file for so many rows: the next step above, so that a dummy is always there."""
    for step in STEPS:
        if count < step:
            return step
    return (count // STEPS[-1] + 1) * STEPS[-1]


@dataclass(frozen=True, slots=True)
class PublicRoll:
    """The rows of one day and issue, sorted, with their tree."""

    day: date  # in the installation's declared time zone
    issue: int  # from 1
    data: bytes  # rows of 96 bytes
    tree: merkle.Tree

    @property
    def size(self) -> int:
        """Number of rows, dummies among them."""
        return self.tree.size

    @property
    def root(self) -> bytes:
        """The root over all rows."""
        return self.tree.root()

    def row(self, index: int) -> bytes:
        """The 96 bytes of one row."""
        return self.data[index * ROW : (index + 1) * ROW]

    def label(self, index: int) -> bytes:
        """The first 16 bytes of one row."""
        return self.data[index * ROW : index * ROW + LABEL]


def _roll(day: date, issue: int, rows: list[bytes]) -> PublicRoll:
    tree = merkle.Tree([merkle.leaf_hash(row) for row in rows])
    return PublicRoll(day, issue, b"".join(rows), tree)


def build(
    day: date,
    issue: int,
    statements: Mapping[bytes, Statement],
    size: int,
    chance: Callable[[int], bytes],
) -> PublicRoll:
    """The roll of a day. Call it once for a day and issue, and never again: see rule 3.

    Args:
        day: in the installation's declared time zone.
        issue: 1, or the next number for a correction.
        statements: what is said under each token and each secret that the register holds.
        size: rows of the file, `stepped` of the number of statements.
        chance: so many random bytes, for the dummy rows.

    Raises:
        RegisterError: H580 for a status that does not fit, H581 for a roll that cannot be built.
    """
    labels, keys = _infos(day, issue)
    fill = size - len(statements)
    if fill < 0 or not 1 <= size <= MOST_ROWS or any(len(one) not in SECRET for one in statements):
        what = f"{len(statements)} rows do not go into a roll of {size}, or a secret is malformed"
        raise _fault("H581", what, "Use secrets of 16 or 32 bytes and the size that `stepped` has.")
    rows = []
    for secret, said in statements.items():
        name = hmac.digest(secret, labels, "sha256")[:LABEL]
        key = hmac.digest(secret, keys, "sha256")
        rows.append(name + AESGCM(key).encrypt(_NONCE, plaintext(said), name))
    drawn = chance(fill * ROW)
    rows += [drawn[n * ROW : (n + 1) * ROW] for n in range(fill)]
    rows.sort()
    if len(drawn) != fill * ROW or any(a[:LABEL] >= b[:LABEL] for a, b in pairwise(rows)):
        what = "two rows of the roll have one label, or the chance bytes are too few"
        raise _fault("H581", what, "Draw fresh chance bytes.")
    return _roll(day, issue, rows)


@dataclass(frozen=True, slots=True)
class Header:
    """What stands beside the rows."""

    day: date
    issue: int
    rows: int
    root: bytes
    event: Receipt  # of the `roll.published` event; the salt stands in its proof


def commitment(roll: PublicRoll) -> Body:
    """The body of the `roll.published` event, and the first half of the header."""
    root = base64.b64encode(roll.root).decode()
    return {"date": roll.day.isoformat(), "issue": roll.issue, "rows": roll.size, "root": root}


def write_header(found: Header) -> str:
    """The header's text: JSON in its one spelling."""
    return _spelled(
        found.day.isoformat(), found.issue, found.rows, found.root, receipt.write(found.event)
    )


def _spelled(day: str, issue: int, rows: int, root: bytes, event: str) -> str:
    document = {
        "date": day,
        "event": json.loads(event),
        "issue": issue,
        "root": base64.b64encode(root).decode(),
        "rows": rows,
    }
    return json.dumps(document, indent=1, sort_keys=True) + "\n"


def read_header(text: str) -> Header:
    """A header out of its text, which must be in its one spelling.

    Raises:
        RegisterError: H583 for the header, H541 and H521 for the receipt in it.
    """
    what = "the header is not one of format roll/v1, or not in its one spelling"
    wrong = _fault("H583", what, "Download the .json again beside its .bin.")
    if len(text) > HEADER_CAP:
        raise wrong
    try:
        found = json.loads(text)
        day, issue, rows = date.fromisoformat(found["date"]), found["issue"], found["rows"]
        root, event = base64.b64decode(found["root"], validate=True), json.dumps(found["event"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise wrong from error
    if type(issue) is not int or type(rows) is not int or len(root) != merkle.HASH:
        raise wrong
    header = Header(day, issue, rows, root, receipt.read(event))
    if write_header(header) != text:
        raise wrong
    return header


def read(data: bytes, day: date, issue: int) -> PublicRoll:
    """A roll out of its file, sorted and whole; its root is counted, not believed.

    Raises:
        RegisterError: H581 for the issue, H582.
    """
    _infos(day, issue)
    size, rest = divmod(len(data), ROW)
    if rest or not 1 <= size <= MOST_ROWS:
        raise _file(f"the roll has {len(data)} bytes: not 1 to {MOST_ROWS} rows of {ROW}")
    rows = [data[n * ROW : (n + 1) * ROW] for n in range(size)]
    for index, (one, other) in enumerate(pairwise(rows), 1):
        if one[:LABEL] >= other[:LABEL]:
            raise _file(f"row {index} of the roll does not come after row {index - 1}")
    return _roll(day, issue, rows)


@dataclass(frozen=True, slots=True)
class Verified:
    """A roll that an event of the log commits to, and what that event's receipt proved."""

    roll: PublicRoll
    verdict: Verdict

    @property
    def witnessed(self) -> bool:
        """Whether the checkpoint over the roll's event has its quorum of witnesses."""
        return self.verdict.text == "VALID"


def verified(data: bytes, header_text: str, trust: Trust) -> Verified:
    """Check a whole roll against its header, its event, the log's checkpoint and the trust file.

    Raises:
        RegisterError: H582 the rows, H583 (H521, H541) the header, H584 where rows, header and
            event do not agree or the event does not verify.
    """
    header = read_header(header_text)
    roll = read(data, header.day, header.issue)
    fix = "Do not rely on it; keep both files as evidence and ask for the roll again."
    if (roll.size, roll.root) != (header.rows, header.root):
        raise _fault("H584", "the rows do not lead to the root in the header", fix)
    verdict = receipt_verdict(receipt.write(header.event), trust)
    event = verdict.event
    if event is None:
        raise _fault("H584", f"the event that commits to the roll is {verdict.text}", fix)
    if event.kind != EventKind.ROLL_PUBLISHED or event.body != commitment(roll):
        raise _fault("H584", "the event in the header does not commit to this roll", fix)
    return Verified(roll, verdict)


@dataclass(frozen=True, slots=True)
class Placed:
    """One row with the proof of its place."""

    index: int
    row: bytes
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A token's row."""

    said: Statement
    at: Placed


@dataclass(frozen=True, slots=True)
class Absent:
    """No row under the token: the neighbours between which it would stand."""

    below: Placed | None  # None: it would be the first row
    above: Placed | None  # None: it would be the last row


def opened(row: bytes, secret: bytes, day: date, issue: int) -> Statement:
    """What a row says to the bearer of its secret.

    Raises:
        RegisterError: H585, when it is not a row under this secret.
    """
    key = hmac.digest(secret, _infos(day, issue)[1], "sha256")
    try:
        text = AESGCM(key).decrypt(_NONCE, row[LABEL:], row[:LABEL])
    except (InvalidTag, ValueError) as error:
        raise _row("a row has the token's label, but does not open: it was altered") from error
    return read_plaintext(text)


def _place(roll: PublicRoll, secret: bytes) -> tuple[int, bool]:
    wanted = label(secret, roll.day, roll.issue)
    index = bisect_left(range(roll.size), wanted, key=roll.label)
    return index, index < roll.size and roll.label(index) == wanted


def _placed(roll: PublicRoll, index: int) -> Placed | None:
    if not 0 <= index < roll.size:
        return None
    return Placed(index, roll.row(index), tuple(roll.tree.inclusion(index)))


def find(roll: PublicRoll, secret: bytes) -> Found | Absent:
    """The row under a token, or the proof that there is none.

    Raises:
        RegisterError: H585, for a row with the token's label that does not open.
    """
    index, there = _place(roll, secret)
    at = _placed(roll, index)
    if at is None or not there:
        return Absent(_placed(roll, index - 1), at)
    return Found(opened(at.row, secret, roll.day, roll.issue), at)


def check_inclusion(at: Placed, size: int, root: bytes) -> None:
    """Check one row without the file; size and root are those of the signed event.

    Raises:
        RegisterError: H586.
    """
    leaf = merkle.leaf_hash(at.row)
    if len(at.row) != ROW or not merkle.included(leaf, at.index, size, at.proof, root):
        raise _unproved(f"row {at.index} is not in the roll of {size} rows")


def check_absence(found: Absent, wanted: bytes, size: int, root: bytes) -> None:
    """Check without the file that no row stands under a label; size and root as signed.

    Raises:
        RegisterError: H586.
    """
    for at in (found.below, found.above):
        if at is not None:
            check_inclusion(at, size, root)
    low = -1 if found.below is None else found.below.index
    high = size if found.above is None else found.above.index
    under = found.below is None or found.below.row[:LABEL] < wanted
    over = found.above is None or wanted < found.above.row[:LABEL]
    if size < 1 or high != low + 1 or not under or not over:
        raise _unproved("the neighbouring rows do not enclose the place of the label")


def _unproved(what: str) -> RegisterError:
    return _fault("H586", what, "Do not rely on the proof; check the whole file.")


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows under the secrets that the register holds, one a person."""

    by_status: Mapping[RollStatus, int]
    missing: tuple[str, ...] = ()  # persons whose secret has no row, by register number

    @property
    def standing(self) -> int:
        """Rows that are not terminal."""
        return sum(count for word, count in self.by_status.items() if word not in TERMINAL)


def counts(roll: PublicRoll, secrets: Iterable[tuple[str, bytes]]) -> Counts:
    """The persons of a roll, by what their row says.

    Args:
        roll: of any day.
        secrets: register number and held secret of each person, for whoever audits.

    Raises:
        RegisterError: H585, for a row that does not open.
    """
    found, missing = dict.fromkeys(RollStatus, 0), list[str]()
    for subject, secret in secrets:
        index, there = _place(roll, secret)
        if there:
            found[opened(roll.row(index), secret, roll.day, roll.issue).status] += 1
        else:
            missing.append(subject)
    return Counts(found, tuple(missing))


@dataclass(frozen=True, slots=True)
class Flows:
    """What happened between two rolls, by the register's events."""

    receptions: int = 0  # persons who came onto the roll
    releases: int = 0
    deaths: int = 0
    returns: int = 0


def arithmetic(yesterday: Counts, today: Counts, flows: Flows) -> int:
    """Persons too many (above 0) or too few (below 0) in today's roll; 0 where it adds up."""
    left = flows.releases + flows.deaths + flows.returns
    return today.standing - (yesterday.standing + flows.receptions - left)
