"""A family's answer: out of a downloaded public roll, where nobody is asked, or a sealed one.

A server that is asked finds a sealed answer or draws a dummy, and knows neither what the answer
says nor, by anything that it sends, whether there was one.
"""

import base64
from dataclasses import dataclass
from datetime import date

from habeas.errors import RegisterError
from habeas.register import locator, public_roll
from habeas.register.keys import Trust
from habeas.register.locator import read_token
from habeas.register.public_roll import Absent, Placed, Statement, Verified
from habeas.register.waiting import Answers

LIMITS = (
    "A roll shows what the authority signed that night, not that it is true: it cannot see into a "
    "cell. It does not show what happened since, nor whether a later issue corrects it."
)
IF_ABSENT = (
    "A token counts from the night after it was handed out; after release, return or death a row "
    "stays a stated number of days; a revoked token reads 'ask' for at least 30 days. If none of "
    "this explains it, the absence is a finding: keep both files and show them to counsel, the "
    "court or a monitor."
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one token finds in one roll."""

    file: Verified
    said: Statement | None  # None: there is no row under the token
    row: Placed | None  # the token's own row; None where there is none
    below: Placed | None  # without a row: its neighbours; None at an edge of the file
    above: Placed | None


def check_roll(data: bytes, header_text: str, trust: Trust) -> Verified:
    """Check a whole roll without any token: order, root, event, proof and signatures.

    Raises:
        RegisterError: H582 to H584.
    """
    return public_roll.verified(data, header_text, trust)


def find_in_roll(data: bytes, header_text: str, trust: Trust, token: str) -> Answer:
    """What the roll says to the bearer of a token, after the whole file has been checked.

    Args:
        data: the .bin file.
        header_text: the .json file beside it.
        trust: keys and policy from outside the log.
        token: as printed.

    Raises:
        RegisterError: H587 for a mistyped token, H582 to H584 for the roll, H585 for a row that
            was altered.
    """
    secret = read_token(token)
    file = check_roll(data, header_text, trust)
    roll = file.roll
    found = public_roll.find(roll, secret)
    if isinstance(found, Absent):
        wanted = public_roll.label(secret, roll.day, roll.issue)
        public_roll.check_absence(found, wanted, roll.size, roll.root)
        return Answer(file, None, None, found.below, found.above)
    public_roll.check_inclusion(found.at, roll.size, roll.root)
    return Answer(file, found.said, found.at, None, None)


def file_document(file: Verified) -> dict[str, object]:
    """What is known of a checked roll, as plain data."""
    roll, verdict = file.roll, file.verdict
    return {
        **public_roll.commitment(roll),
        "stepped": roll.size == public_roll.stepped(roll.size - 1),
        "event_index": verdict.index,
        "checkpoint_size": verdict.size,
        "witnessed": file.witnessed,
        "demonstration": verdict.demonstration,
        "limits": LIMITS,
    }


def document(answer: Answer) -> dict[str, object]:
    """The answer as plain data; the token stands nowhere in it."""
    said = answer.said
    found: dict[str, object] = {**file_document(answer.file), "found": said is not None}
    if said is None:
        return found | {
            "below": _proof(answer.below),
            "above": _proof(answer.above),
            "if_absent": IF_ABSENT,
        }
    return found | {
        "status": said.status.value,
        "custody_number": said.seq,
        "facility": said.facility,
        "court": said.court,
        "row": _proof(answer.row),
    }


def _proof(at: Placed | None) -> dict[str, object] | None:
    if at is None:
        return None
    return {
        "index": at.index,
        "row": base64.b64encode(at.row).decode(),
        "proof": [base64.b64encode(part).decode() for part in at.proof],
    }


def sealed(held: Answers | None, key: bytes, day: date, secret: bytes) -> tuple[date, bytes]:
    """What a server sends to whoever asks by a lookup key: the day, and 560 bytes.

    Args:
        held: the answers that were sealed; None before the first.
        key: what came, of any length.
        day: today, where nothing was sealed yet.
        secret: draws dummies, where nothing was sealed yet.
    """
    found = Answers(day, secret, {}) if held is None else held
    return found.day, locator.answer(found.stored, key, found.secret, found.day)


def question(token: str) -> bytes:
    """What the bearer of a token sends; it opens nothing.

    Raises:
        RegisterError: H587, for a mistyped token.
    """
    return locator.lookup_key(locator.read_token(token))


def opened(token: str, day: date, answer: bytes) -> dict[str, object] | None:
    """What a sealed answer says to the bearer of a token, as plain data; None for a dummy.

    Raises:
        RegisterError: H587 for a mistyped token, H585 for an answer that opens and says nothing.
    """
    secret = locator.read_token(token)
    try:
        said, told = locator.open_answer(secret, day, answer)
    except RegisterError as error:
        if error.code != "H588":
            raise
        return None
    return {
        "date": day.isoformat(),
        "status": said.status.value,
        "custody_number": said.seq,
        "facility": said.facility,
        "court": said.court,
        "inquiry": None if told is None else dict(told),
    }
