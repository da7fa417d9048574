"""habeas inquiry: where is this person, by what right, and who has not answered."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from habeas.adapters import letterbox_files, public_holidays
from habeas.cli import clock, output, registers
from habeas.cli.act import act, ask, reader_of
from habeas.errors import Fault, SetupError
from habeas.service import NOT_REVIEWED, agree, asking, duties, inquiry
from habeas.terms import DutyState

INQUIRY = "D-16"
HEADS = ("state", "register number", "asked", "due (UTC)", "answered", "days late")
WRONG = ("register number", "entry", "signed by", "what", "says", "register says")
REQUESTS = ("reference", "day", "stands", "who asks", "to be told", "what")
OUTCOMES, LONGEST, REFERENCE = ("granted", "refused"), 500, 19
MINUTE = len("2026-11-14T15:02")


def make(
    register: Path,
    subject: str,
    /,
    *,
    agreement: str,
    by: str,
    at: str | None = None,
    sending: str | None = None,
    receiving: str | None = None,
    id_: Annotated[str | None, Parameter(name="--id")] = None,
    json: bool = False,
) -> int:
    """Ask where a person is held and by what right, through a gateway: an `inquiry.made`.

    Args:
        register: the register's file; a gateway serves it.
        subject: the person's register number.
        agreement: the agreement whose terms hold.
        by: who asks, as AUTHORITY/ROLE/KEY; the key lies at the gateway.
        at: when, as an instant with offset; now where absent.
        sending: the sending state, where the agreement has several.
        receiving: the receiving state, where the agreement has several.
        id_: the id of the act, to send the same again; drawn where absent.
        json: print one JSON document.
    """
    return act(
        register,
        "inquiry.made",
        subject,
        agreement=agreement,
        by=by,
        at=at,
        sending=sending,
        receiving=receiving,
        id_=id_,
        json=json,
    )


def answer(
    register: Path,
    subject: str,
    /,
    *,
    agreement: str,
    inquiry_: str | None = None,
    as_of: str | None = None,
    sending: str | None = None,
    receiving: str | None = None,
) -> int:
    """What the register says of a person, as the body of an `inquiry.answered` to be signed.

    Args:
        register: the register's file.
        subject: the register number.
        agreement: the agreement whose workflow orders the events.
        inquiry_: the id of the `inquiry.made` that it answers.
        as_of: YYYY-MM-DD (its last second in UTC) or an instant with offset; now where absent.
        sending: the sending state, where the agreement has several.
        receiving: the receiving state, where the agreement has several.
    """
    _told, instant = clock.instant(as_of)
    read = registers.read(register, agreement, (sending, receiving))
    body = inquiry.answer(read.found, read.events, subject, instant)
    output.document({"inquiry": inquiry_, **body} if inquiry_ else body)
    output.note(f"Sign it: habeas act {register} inquiry.answered {subject} --body-file FILE ...")
    output.note(NOT_REVIEWED)
    return output.DONE


def listing(
    register: Path,
    /,
    *,
    agreement: str,
    as_of: str | None = None,
    size: int | None = None,
    facility: str | None = None,
    sending: str | None = None,
    receiving: str | None = None,
    json: bool = False,
) -> int:
    """Every inquiry and how it stands, and answers that the register does not bear out.

    Exit status 1 where one is overdue, or an answer or a visit contradicts the register.

    Args:
        register: the register's file.
        agreement: the agreement whose deadlines hold.
        as_of: YYYY-MM-DD (its last second in UTC) or an instant with offset; now where absent.
        size: only the register's first leaves, as it was known then; all where absent.
        facility: only whom it holds at that instant, and who had died there.
        sending: the sending state, where the agreement has several.
        receiving: the receiving state, where the agreement has several.
        json: print one JSON document.
    """
    told, instant = clock.instant(as_of)
    read = registers.read(register, agreement, (sending, receiving), size)
    every = duties.standing(read, agree.library(), public_holidays.calendar, instant)
    stands = every.only(INQUIRY).of(facility)
    rows = [duties.row(one, instant) for one in stands.rows()]
    wrong = [one.row() for one in inquiry.known(read, instant, facility)]
    counts = stands.counts().get(INQUIRY, {})
    sums = inquiry.sums(counts, letterbox_files.received(register), instant)
    if json:
        output.document(
            {
                **read.found.basis(),
                "as_of": told,
                "counts": counts,
                "sums": sums,
                "rows": rows,
                "contradictions": wrong,
                "review": NOT_REVIEWED,
            }
        )
    else:
        _shown(told, rows, wrong)
        output.note(_in_one_line(sums))
    return output.DOES_NOT_HOLD if wrong or counts.get(DutyState.OVERDUE.value) else output.DONE


def _shown(told: str, rows: list[dict[str, str]], wrong: list[dict[str, str]]) -> None:
    cells = [
        (
            one["state"],
            one["register_number"],
            one["since"][:MINUTE].replace("T", " "),
            one["due"][:MINUTE].replace("T", " "),
            one["answered"][:MINUTE].replace("T", " "),
            one["days_late"],
        )
        for one in rows
    ]
    title = f"Inquiries as of {told}: {len(rows):,}"
    output.console().print(output.table(title, HEADS, cells, right=("days late",)))
    if wrong:
        against = [
            (one["register_number"], one["index"], one["signed_by"], one["what"], one["says"],
             one["register_says"])
            for one in wrong
        ]  # fmt: skip
        output.console().print(output.table("What the register does not bear out", WRONG, against))
    output.note(NOT_REVIEWED)


def _in_one_line(sums: Mapping[str, int]) -> str:
    parts = ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in sums.items())
    return f"Inquiries: {parts}."


def take(
    register: Path,
    /,
    *,
    agreement: str,
    sending: str | None = None,
    receiving: str | None = None,
    json: bool = False,
) -> int:
    """Take what strangers have asked, now; the courier of a served installation does so hourly.

    Args:
        register: the register's file; a gateway serves it.
        agreement: the agreement whose workflow orders the events.
        sending: the sending state, where the agreement has several.
        receiving: the receiving state, where the agreement has several.
        json: print one JSON document.
    """
    found = ask(register, asking.Take(agreement, sending, receiving))
    if json:
        output.document(found)
    else:
        output.lines([f"taken {found['taken']:,}, left {found['left']:,}"])
    return output.DONE


def requests(
    register: Path,
    /,
    *,
    agreement: str,
    reader: str,
    purpose: str,
    sending: str | None = None,
    receiving: str | None = None,
    json: bool = False,
) -> int:
    """List requests without a token: for a court, or the sending state's officers who transfer.

    Args:
        register: the register's file; a gateway serves it.
        agreement: the agreement whose terms hold.
        reader: who asks, as AUTHORITY/ROLE or AUTHORITY/ROLE/KEY; recorded.
        purpose: what for; recorded too.
        sending: the sending state, where the agreement has several.
        receiving: the receiving state, where the agreement has several.
        json: print one JSON document.
    """
    who = reader_of(reader)
    found = ask(register, asking.Requests(agreement, sending, receiving, who, purpose))
    rows = found["requests"]
    if json:
        output.document({"requests": rows, "review": NOT_REVIEWED})
        return output.DONE
    cells = [
        (one["reference"], one["day"], one.get("outcome", "waits"), one.get("who", ""),
         one.get("how", ""), one.get("text", one.get("reason", "")))
        for one in rows
    ]  # fmt: skip
    output.console().print(output.table(f"Requests: {len(rows):,}", REQUESTS, cells))
    output.note(NOT_REVIEWED)
    return output.DONE


def decide(
    register: Path,
    reference: str,
    outcome: str,
    /,
    *,
    reason: str,
    agreement: str,
    reader: str,
    purpose: str,
    sending: str | None = None,
    receiving: str | None = None,
    json: bool = False,
) -> int:
    """Grant or refuse a request without a token; what it asked is then gone.

    A granted one is put to whoever holds the person by `habeas inquiry make`. How whoever asked is
    to be told is printed now, for the last time.

    Args:
        register: the register's file; a gateway serves it.
        reference: the request's.
        outcome: granted or refused.
        reason: why; whoever asked is told.
        agreement: the agreement whose terms hold.
        reader: who decides, as AUTHORITY/ROLE or AUTHORITY/ROLE/KEY; recorded.
        purpose: what for; recorded too.
        sending: the sending state, where the agreement has several.
        receiving: the receiving state, where the agreement has several.
        json: print one JSON document.
    """
    if outcome not in OUTCOMES or not 0 < len(reason) <= LONGEST or len(reference) != REFERENCE:
        what = "a decision names a reference, granted or refused, and a reason of up to 500 letters"
        raise SetupError(Fault("H901", what, "Take the reference from 'habeas inquiry requests'."))
    who, under = reader_of(reader), (agreement, sending, receiving)
    word: Literal["granted", "refused"] = "granted" if outcome == "granted" else "refused"
    found = ask(register, asking.Decide(reference.upper(), word, reason, *under, who, purpose))
    if json:
        output.document(found)
    else:
        output.lines([f"{found['outcome']}. Tell {found['who']}: {found['how']}"])
    return output.DONE
