"""habeas duties: what must be done by whom by when, and whether it was."""

import json as json_text
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from habeas.adapters import public_holidays, tables, text_files
from habeas.adapters.mail import Letter, send, server
from habeas.cli import clock, output, registers
from habeas.cli.act import act
from habeas.cli.main import loaded
from habeas.service import NOT_REVIEWED, agree, duties, duty_rows
from habeas.service.duties import Standing
from habeas.terms import DutyState

SHOWN = 20
MINUTE = len("2026-11-14T15:02")
HEADS = ("state", "duty", "register number", "owed by", "from", "due (UTC)", "days late")


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
    all: bool = False,  # noqa: A002 - the option's name
    ics: Path | None = None,
    out: Path | None = None,
    json: bool = False,
) -> int:
    """What must be done by whom by when; late ones first. Exit status 1 while anything is late.

    Args:
        register: the register's file.
        agreement: the agreement whose deadlines, zone and states count.
        as_of: YYYY-MM-DD (its last second in UTC) or an instant with offset; now where absent.
        size: only the register's first leaves, as it was known then; all where absent.
        facility: only whom it holds at that instant, and who had died there.
        sending: the sending state, where the agreement has several.
        receiving: the receiving state, where the agreement has several.
        all: what is met too.
        ics: write what is due or overdue to this iCalendar file.
        out: write the rows to this CSV, Parquet or Arrow file.
        json: print one JSON document.
    """
    _told, instant = clock.instant(as_of)
    read = registers.read(register, agreement, (sending, receiving), size)
    library = agree.library()
    stands = duties.standing(read, library, public_holidays.calendar, instant).of(facility)
    rows = [duties.row(one, instant) for one in duties.listed(stands, every=all)]
    if out is not None:
        tables.write(out, list(duties.LISTED), rows)
        output.note(f"{len(rows):,} rows: {out}")
    if ics is not None:
        _feed(ics, stands)
    if json:
        told = duties.document(stands, read, library, every=all, facility=facility)
        output.document(told)
    elif out is None:
        _shown(stands, rows)
    if visits := duties.blocked(read, instant, facility):
        output.note(f"{len(visits):,} visits were blocked, the last on {visits[0]['at']}: --json")
    output.note(NOT_REVIEWED)
    if read.found.held.unreadable:
        return output.DOES_NOT_HOLD
    return output.DOES_NOT_HOLD if stands.late() else output.DONE


def _shown(stands: Standing, rows: Sequence[dict[str, str]]) -> None:
    sums = [
        (duty, *(str(counts.get(state.value, 0)) for state in duties.ORDER))
        for duty, counts in stands.counts().items()
    ]
    heads = ("duty", *(state.value for state in duties.ORDER))
    title = f"Duties under {stands.found.deal.id}, as of {stands.at.isoformat()}"
    console = output.console()
    console.print(output.table(title, heads, sums, right=heads[1:]))
    cells = [
        (
            one["state"],
            f"{one['duty']} {one['step']}".strip(),
            one["register_number"],
            one["owed_by"],
            one["from"],
            one["due"][:MINUTE].replace("T", " "),
            one["days_late"],
        )
        for one in rows[:SHOWN]
    ]
    if cells:
        console.print(output.table("Late ones first", HEADS, cells, right=("days late",)))
    if len(rows) > SHOWN:
        output.note(f"{len(rows) - SHOWN:,} more: --out FILE, or --json")
    if any(one["limit"] == "policy" for one in rows):
        output.note("limit 'policy': proposed by the library; no text or agreement fixes a number")


def _feed(path: Path, stands: Standing) -> None:
    feed = loaded("habeas.adapters.calendar_feed:feed")  # an extra, and needed here alone
    entries = duties.deadlines(stands)
    path.write_bytes(feed(entries, f"habeas {stands.found.deal.id}"))
    output.note(f"{len(entries):,} deadlines: {path}")


def answer(
    register: Path,
    subject: str,
    /,
    *,
    duty: str,
    agreement: str,
    by: str,
    step: str | None = None,
    event: str | None = None,
    document: str | None = None,
    at: str | None = None,
    facility: str | None = None,
    sending: str | None = None,
    receiving: str | None = None,
    id_: Annotated[str | None, Parameter(name="--id")] = None,
    json: bool = False,
) -> int:
    """Record that a duty was done, through a gateway: `habeas act ... duty.met`.

    Args:
        register: the register's file; a gateway serves it.
        subject: the person's register number.
        duty: its id, such as D-2.
        agreement: the agreement whose terms hold.
        by: who acts, as AUTHORITY/ROLE/KEY; the key lies at the gateway.
        step: the part of it that was done, where the duty has parts.
        event: the id of the event from which the duty arose; the earliest open one where absent.
        document: SHA-256 of what shows it.
        at: when it was done, as an instant with offset; now where absent.
        facility: where.
        sending: the sending state, where the agreement has several.
        receiving: the receiving state, where the agreement has several.
        id_: the id of the act, to send the same again; drawn where absent.
        json: print one JSON document.
    """
    duties.step(agree.library(), duty, step or "")
    said = {"duty": duty, "step": step, "event": event, "document": document}
    return act(
        register,
        "duty.met",
        subject,
        agreement=agreement,
        by=by,
        at=at,
        body=[f"{name}={json_text.dumps(value)}" for name, value in said.items() if value],
        facility=facility,
        sending=sending,
        receiving=receiving,
        id_=id_,
        json=json,
    )


def mail(
    register: Path,
    /,
    *,
    agreement: str,
    to: list[str],
    sender: str,
    smtp: str,
    user: str = "",
    days: int = 7,
    as_of: str | None = None,
    sending: str | None = None,
    receiving: str | None = None,
) -> int:
    """Send what is overdue and what falls due soon; no register number is in the message.

    Args:
        register: the register's file.
        agreement: the agreement whose deadlines, zone and states count.
        to: an address; once for each.
        sender: the address that it comes from.
        smtp: the mail server as host:port; TLS except on this machine.
        user: who signs in there; the password is in HABEAS_SMTP_PASSWORD.
        days: how soon is soon.
        as_of: YYYY-MM-DD (its last second in UTC) or an instant with offset; now where absent.
        sending: the sending state, where the agreement has several.
        receiving: the receiving state, where the agreement has several.
    """
    _told, instant = clock.instant(as_of)
    read = registers.read(register, agreement, (sending, receiving))
    stands = duties.standing(read, agree.library(), public_holidays.calendar, instant)
    subject = f"habeas {agreement}: duties as of {instant.date().isoformat()}"
    text = duties.told(stands, days=days)
    letter = Letter(sender, to, subject, text, instant.timestamp())
    send(letter, server(smtp, user))
    output.note(f"sent to {len(to):,} at {smtp}")
    return output.DOES_NOT_HOLD if stands.late() else output.DONE


def check(
    file: Path,
    /,
    *,
    columns: str,
    duty: str | None = None,
    hours: int | None = None,
    days: int | None = None,
    working_days: int | None = None,
    state: str | None = None,
    where: str | None = None,
    zone: str = "UTC",
    as_of: str | None = None,
    json: bool = False,
) -> int:
    """A file of starts and answers against a limit. Exit status 1 where any was or is late.

    Args:
        file: CSV with a header.
        columns: start=COLUMN,answer=COLUMN; an empty answer is none yet.
        duty: take the limit from the text of this duty of the library.
        hours: else: so many hours.
        days: else: so many civil days.
        working_days: else: so many working days of --state.
        state: whose public holidays count, ISO 3166-1 alpha-2.
        where: COLUMN=VALUE: only these rows.
        zone: in which days and instants without an offset lie.
        as_of: YYYY-MM-DD (its last second in UTC) or an instant with offset; now where absent.
        json: print one JSON document.
    """
    told, instant = clock.instant(as_of)
    by = duty_rows.limit(agree.library(), duty, (hours, days, working_days))
    clocked = duty_rows.clocked(zone, state, public_holidays.calendar)
    names, rows = text_files.rows(file)
    kept, asked = duty_rows.narrowed(names, rows, columns, where)
    found = duty_rows.of_rows(kept, asked, by, clocked)
    counts = duty_rows.counted(found, instant)
    for line, fault in found.refused[:SHOWN]:
        output.note(f"{fault.code} {fault.what}. {fault.fix} (line {line})")
    if json:
        output.document(
            {
                "file": file.name,
                "as_of": told,
                "limit": duty_rows.told_limit(by),
                "zone": zone,
                "calendar": clocked.calendar,
                "counts": counts,
                "review": NOT_REVIEWED,
            }
        )
    else:
        title = f"{file.name}: {duty_rows.told_limit(by)}, as of {told}"
        cells = [(name, f"{count:,}") for name, count in counts.items()]
        output.console().print(output.table(title, ("rows", "count"), cells, right=("count",)))
    late = counts[DutyState.OVERDUE.value] + counts[DutyState.MET_LATE.value]
    return output.DOES_NOT_HOLD if late or found.refused else output.DONE
