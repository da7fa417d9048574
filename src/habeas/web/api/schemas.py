"""The forms of what goes in and out; every field has an example.

A field that is not known is refused: nothing is set by a name that somebody guessed.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

from habeas.service.deed_fields import SOME_DIGEST, SOME_INSTANT

SUBJECT = "p_4k7m2n9qrs8tvw1x3yz5abcdef"
ULID = "01JDG4Z7Q3V9X8W2Y1N5K6M7RS"
SUBJECT_FORM, ULID_FORM = r"^p_[0-9a-hjkmnp-tv-z]{26}$", r"^[0-7][0-9A-HJKMNP-TV-Z]{25}$"
KEY_FORM, NAME_FORM, WORD_FORM = r"^[0-9a-f]{16}$", r"^[A-Za-z0-9._-]{1,64}$", r"^[a-z_ ]{1,32}$"
AT = "2026-11-21T08:00:00Z"
Document = dict[str, Any]  # Any: as the command's --json has it


def said(example: object, about: str, **more: Any) -> Any:  # noqa: ANN401 - pydantic's own
    """A field with its example and a sentence."""
    return Field(examples=[example], description=about, **more)


Subject = Annotated[str, said(SUBJECT, "A register number.", pattern=SUBJECT_FORM)]
Ulid = Annotated[str, said(ULID, "The id of an event.", pattern=ULID_FORM)]
Key = Annotated[str, said("0f1e2d3c4b5a6978", "The id of an enrolled key.", pattern=KEY_FORM)]
Name = Annotated[str, said("SE-KVV", "A name.", pattern=NAME_FORM)]
Index = Annotated[int, said(4711, "An index in the register.", ge=0, lt=2**53)]


class Given(Schema):
    """Whatever comes in."""

    model_config = ConfigDict(extra="forbid")


class Basis(Schema):
    """Of what an answer was computed, and by what."""

    version: str = said("0.1.0", "Of habeas.")
    agreement: str = said("SE-EE", "Under which everything here stands.")
    demonstration: bool = said(example=True, about="Nobody here is a real person.")
    rules_hash: str = said(SOME_DIGEST, "Of the rules in force today.")
    register_size: int = said(4711, "Entries of the register that the answer knows.")
    checkpoint: str = said(
        "log.example/se-ee\n4711\nq8s0QbR0uYd1Yc9r8m0mU0u3Vq0u8m0mU0u3Vq0u8m0=",
        "The latest checkpoint: origin, size, root. Empty before the first.",
    )


class Answer(Schema):
    """Whatever goes out."""

    basis: Basis


class Listed(Answer):
    """A list, or a page of one."""

    count: int = said(1, "How many there are on all pages.")


class Field_(Schema):  # noqa: N801 - Field is pydantic's
    """One field of a request that is wrong."""

    field: str = said("body.line", "Where it stands.")
    what: str = said("it is missing", "What is wrong.")
    fix: str = said("State it.", "What to do.")


class Problem(Schema):
    """A failure: RFC 9457."""

    type: str = said("/help/H603/", "What it means, in full.")
    title: str = said("Conflict", "In general.")
    status: int = said(409, "As the answer itself has it.")
    detail: str = said(
        "H603 no authorisation by both states. Have both states authorise it.",
        "What is wrong and what to do.",
    )
    code: str = said("H603", "Of docs/errors.md; stable.")
    fix: str = said("Have both states authorise it.", "What to do.")
    where: str = said("event 01JDG4Z7Q3V9X8W2Y1N5K6M7RS", "A place; empty where there is none.")
    fields: list[Field_] = said([], "The fields that are wrong, where a form is.", default=[])


class Row(Schema):
    """A case of the docket, as it was screened last."""

    case: str = said("SEEE-T-000001", "Its id.")
    docket: str = said(SOME_DIGEST, "The docket's hash.")
    subject: str = said(SUBJECT, "Who is on the register for it; empty: nobody yet.")
    outcome: str = said("not_established", "eligible, barred or not_established.")
    not_met: list[str] = said(["B-CON-1"], "Rules that are not met.")
    not_established: list[str] = said(["B-MED-1"], "Rules that are not established.")
    missing: list[str] = said(["fit_to_travel"], "Facts that may decide it.")
    fresh_until: datetime | None = said(AT, "When a fact lapses; null: none does.")
    screened_at: datetime = said(AT, "Of what instant the outcome is.")


class Docket(Listed):
    """A page of the docket."""

    items: list[Row]


class Case(Answer):
    """A case as it stands now: outcome, reasons, what is missing, hashes."""

    row: Row
    decision: Document = said(
        {"case": "SEEE-T-000001", "outcome": "not established"},
        "The reasoned decision, as the letter about it has it, in one language.",
    )


class Custody(Schema):
    """Who is held, where and since when."""

    custody: str = said("held", "not_opened, held, in_transit, absent, escaped, released or died.")
    custodian: str = said("sending", "Of which state; empty: of none.")
    facility: str = said("SE-PRISON-1", "Where; empty: not recorded.")
    cell: str = said("A-01", "In which cell; empty: not recorded.")
    status: str = said("held", "Of the present interval.")
    since: datetime | None = said(AT, "Start of the present interval; null: there is none.")


class Course(Schema):
    """How far a person's case has come."""

    case: str = said("SEEE-T-000001", "Of the docket; empty: the register names none.")
    stage: str = said("notified", "The stage.")
    consent: str = said("given", "How consent stands.")
    stays: int = said(0, "Stays in force.")
    objections: int = said(0, "Objections without an answer.")
    outcome: str = said("eligible", "Of the last screening; empty: never screened.")
    not_met: list[str] = said([], "Rules that were not met.")
    not_established: list[str] = said([], "Rules that were not established.")
    fresh_until: datetime | None = said(AT, "Until when the screening holds.")
    earliest: datetime | None = said(AT, "Earliest lawful departure; null: not set.")
    next_deed: str = said("authorise", "What the case waits for; empty: nothing.")
    next_from: datetime | None = said(AT, "From when it may be done.")
    due: datetime | None = said(AT, "By when; null: nothing says.")
    manifest: str = said("flight-2026-11-21", "The last manifest; empty: none.")
    line: int | None = said(1, "The line on it.")


class PersonRow(Schema):
    """A person, as far as the asker may see."""

    subject: str = said(SUBJECT, "The register number.")
    held: Custody
    course: Course | None = said(None, "Null: the asker may not see the case.")
    release_on: datetime | None = said(AT, "From when nothing is a basis to hold; null: not shown.")
    events: int | None = said(7, "How many stand in the register; null: not shown.")
    latest_index: int | None = said(4711, "The last of them; null: not shown.")


class Persons(Listed):
    """A page of the persons whom the asker may see."""

    items: list[PersonRow]


class Person(Answer):
    """One person."""

    person: PersonRow


class Event(Schema):
    """An event as the asker may read it: the whole of it, or its header."""

    index: int = said(4711, "Its place in the register.")
    entry: str = said("AAECAwQ=", "Hash of the entry, base64.")
    body: str | None = said("{...}", "The signed bytes, as text; null: not shown.", default=None)
    header: Document | None = said(
        {"id": ULID, "type": "case.notified"}, "Where the body is not shown.", default=None
    )


class Events(Answer):
    """Events of one person from an index on."""

    items: list[Event]
    next: int | None = said(4712, "From where to ask on; null: that was all.")


class OneEvent(Answer):
    """One event."""

    event: Event


class Receipt(Answer):
    """The proof of one event."""

    receipt: str = said("{...}", "The receipt file's text.")


class Clocks(Answer):
    """Both sentence clocks of a person at an instant."""

    as_of: datetime = said(AT, "The instant.")
    known: int | None = said(4711, "Entries of the register that count; null: all.")
    clocks: Document = said({"register_number": SUBJECT}, "As `habeas clocks person --json`.")


class Interval(Schema):
    """A custody interval; `end` is null while it lasts."""

    facility: str = said("TARTU", "Where; empty: on the way.")
    cell: str = said("A-01", "Empty: none is recorded.")
    custodian: str = said("receiving", "Whose custody.")
    status: str = said("held", "How.")
    start: datetime = said(AT, "The first instant.")
    end: datetime | None = said(None, "The first instant after it.")
    custody_period: int = said(1, "Which period of continuous custody.")
    reason_out: str = said("", "The kind of event that ended it.")
    event_in: int = said(4711, "The event that began it.")
    event_out: int = said(-1, "The event that ended it; -1: none.")


class Intervals(Answer):
    """The custody intervals of one person."""

    known: int | None = said(4711, "Entries of the register that count; null: all.")
    items: list[Interval]


class Count(Schema):
    """How many are on the roll in one place."""

    custodian: str = said("receiving", "Whose custody.")
    facility: str = said("TARTU", "Where.")
    status: str = said("held", "How.")
    persons: int = said(12, "How many.")


class Roll(Answer):
    """How many are held at an instant."""

    as_of: datetime = said(AT, "The instant.")
    total: int = said(12, "All of them.")
    items: list[Count]


class Line(Schema):
    """One person on one manifest."""

    manifest: str = said("flight-2026-11-21", "Its name.")
    line: int = said(1, "The line.")
    subject: str = said(SUBJECT, "Who.")
    route: str = said("SE-PRISON-1 to TARTU", "From where to where.")
    listed: datetime | None = said(AT, "When put on it; null: not so far.")
    boarded: datetime | None = said(AT, "When departed; null: not so far.")
    arrived: datetime | None = said(AT, "When handed over; null: not so far.")
    refused: datetime | None = said(None, "When reception was refused; null: it was not.")
    arrived_line: int | None = said(1, "Under which line; null: not so far.")


class Lines(Listed):
    """Lines of manifests of the persons whom the asker may see."""

    items: list[Line]


class Owed(Schema):
    """A duty that arose from an event, as it stands now."""

    state: str = said("overdue", "running, overdue, met, met late or no number fixed.")
    duty: str = said("D-2", "Its id in the library.")
    step: str = said("", "The part of it; empty where it has none.")
    subject: str = said(SUBJECT, "Of whom.")
    owed_by: str = said("receiving", "Which state; empty: none held the person.")
    kind: str = said("custody.died", "The event from which it arose.")
    event: str = said(ULID, "Its id: what an answer names.")
    index: int = said(4711, "Its place in the register.")
    since: datetime = said(AT, "When it arose.")
    due: datetime | None = said(AT, "The last second in which it is kept; null: no number.")
    limit: str = said("policy", "Who fixes the number: text, agreement, policy or nobody.")
    answered: datetime | None = said(None, "When it was answered; null: it is not.")
    answer_index: int | None = said(None, "By which entry.")
    days_late: int | None = said(3, "By how many whole days; null: it is not late.")


class Duties(Listed):
    """A page of the duties of the persons whose events the asker may see."""

    items: list[Owed]


class Facility(Answer):
    """A facility at an instant, cell by cell, against each standard."""

    as_of: datetime = said(AT, "The instant.")
    facility: Document = said({"day": "2026-11-21", "rows": []}, "As `habeas space density`.")


class Statement(Answer):
    """What is owed for a period."""

    statement: Document = said({"agreement": "SE-EE"}, "As `habeas fees statement --json`.")


class Agreement(Answer):
    """The agreement's terms, rules and citations."""

    agreement: Document = said({"id": "SE-EE"}, "As `habeas law show --json`.")


class Read(Schema):
    """Somebody read of a person."""

    time: str = said(AT, "When.")
    what: str = said("person", "What.")
    purpose: str = said("page person", "What for, as stated.")
    reader: Document | None = said({"authority": "SE-KVV"}, "Who; null: no known office.")


class Reads(Answer):
    """Who read of a person."""

    items: list[Read]


class Signer(Schema):
    """Somebody who signs, or has signed."""

    authority: str = said("SE-KVV", "The authority.")
    role: str = said("transferring", "The role.")
    key: str = said("0f1e2d3c4b5a6978", "The key.")


class Draft(Schema):
    """An act that is not recorded yet."""

    draft: str = said(ULID, "Its id.")
    kind: str = said("transfer.authorised", "The event that it will be.")
    subject: str = said(SUBJECT, "About whom.")
    at: str = said(AT, "The instant that it states.")
    body: Document = said({"decisions": ["decision-1"]}, "What it states.")
    facility: str | None = said(None, "Where; null: it names none.")
    signed: list[Signer]
    waits_for: list[Signer]
    since: str = said(AT, "When it was drafted.")
    state: str = said("waiting", "waiting or void.")
    why: str = said("", "Why it is void.", default="")


class Drafts(Answer):
    """The drafts that concern the asker."""

    items: list[Draft]


class Officer(Given):
    """Who must sign too."""

    authority: Name
    key: Key


class Done(Answer):
    """What became of an act: an index, or a draft that waits for others."""

    id: str = said(ULID, "The event's id: the Idempotency-Key.")
    index: int | None = said(4712, "Its place in the register; null: it waits.")
    waits_for: list[str] = said([], "Authorities whose signature is wanted.")


class Opened(Answer):
    """What became of opening a case."""

    subject: str = said(SUBJECT, "The register number that was drawn.")
    opened: int = said(4711, "Index of the custody record.")
    proposed: int = said(4712, "Index of the proposal.")


class Reason(Given):
    """Why."""

    reason: Annotated[str, said("Drafted twice.", "Why.", min_length=1, max_length=500)]


class Opening(Given):
    """What is stated to open a case of the docket."""

    case: Annotated[
        str, said("SEEE-T-000001", "The case of the docket.", pattern=r"^[\w.:/\-]{1,64}$")
    ]
    at: datetime = said(SOME_INSTANT, "When custody began.")
    order: Annotated[str, said(SOME_DIGEST, "The commitment order.", pattern="^[0-9a-f]{64}$")]
    ordered_by: Name
    facility: Name


class Subscribed(Schema):
    """An address that is told."""

    id: int = said(1, "Its number.")
    name: str = said("case system", "What it is called.")
    address: str = said("https://cases.example/hooks", "Where.")
    upto: int = said(4711, "Size of the register of which it was, or will be, told.")
    failures: int = said(0, "Messages in a row that were given up.")
    disabled_at: datetime | None = said(None, "Since when it is told nothing; null: it is.")
    disabled_why: str = said("", "by_hand or failures; empty while it is told.")


class Subscriptions(Answer):
    """Every address."""

    items: list[Subscribed]


class Subscribing(Given):
    """A new address."""

    name: Annotated[str, said("case system", "What to call it.", min_length=1, max_length=80)]
    address: Annotated[str, said("https://cases.example/hooks", "Where.", max_length=500)]


class Secret(Answer):
    """A new address, and its secret, which is shown this one time."""

    subscription: Subscribed
    secret: str = said("whsec_bm90IGEgc2VjcmV0IG9mIGFueWJvZHkgYXQgYWxsLi4=", "To verify by.")


class Delivery(Schema):
    """One message to one address."""

    message: str = said("9f86d081884c7d659a2feaa0c55ad015", "Its id.")
    first: int = said(4700, "The first index that it names.")
    last: int = said(4711, "The last.")
    state: Literal["PENDING", "IN_PROGRESS", "SUCCESSFUL", "RETRY", "FAILED"] = said(
        "SUCCESSFUL", "How it stands."
    )
    tries: int = said(1, "How often it was tried.")
    due: datetime = said(AT, "When it is tried next, or was last due.")
    done_at: datetime | None = said(AT, "When it ended; null: not yet.")
    status: int | None = said(204, "What was answered last; null: nothing.")
    reason: str = said("", "Why it failed last.")


class Deliveries(Listed):
    """A page of the messages to one address, latest first."""

    items: list[Delivery]


class Replay(Given):
    """From where to tell an address anew."""

    index: Index


class Replayed(Answer):
    """What becomes of it."""

    messages: int = said(1, "Messages made now; more follow as these are heard.")


class Evidence(Answer):
    """A document that was kept."""

    digest: str = said(SOME_DIGEST, "Its SHA-256: what an event names.")
