"""What an address is asked by: the parts of its path, its filters, the key of an act."""

from datetime import date
from typing import Annotated, Literal

from ninja import HeaderEx, P, PathEx, QueryEx, Schema
from pydantic import Field

from habeas.terms import DutyState, Side
from habeas.web.api import schemas as s

PAGE, MOST, LATEST = 25, 100, 40  # rows of a page; letters of an instant
INDEX, PAGES = 2**53, 10**6
WORDS, NAMES = r"^[a-z_ ]{0,32}$", r"^[\w.\-]{0,64}$"
CASE_FORM = r"^[\w.:/\-]{1,64}$"
Subject = PathEx[str, P(pattern=s.SUBJECT_FORM, example=s.SUBJECT)]
Index = PathEx[int, P(ge=0, lt=INDEX, example=4711)]
Number = PathEx[int, P(ge=1, lt=INDEX, example=1)]
Draft = PathEx[str, P(pattern=s.ULID_FORM, example=s.ULID)]
Case = PathEx[str, P(pattern=CASE_FORM, example="SEEE-T-00001")]
Name = PathEx[str, P(pattern=s.NAME_FORM, example="TARTU")]
Key = HeaderEx[
    str,
    P(
        alias="Idempotency-Key",
        pattern=s.ULID_FORM,
        example=s.ULID,
        description="A ULID that you draw for this act; send the same one to try again.",
    ),
]
AsOf = QueryEx[
    str,
    P(max_length=LATEST, example="2026-11-21", description="A day, or an instant with offset."),
]
Known = QueryEx[
    int | None,
    P(alias="known", ge=0, lt=INDEX, example=4711, description="Entries that count."),
]
Start = QueryEx[int, P(ge=0, lt=INDEX, example=0, description="The first index asked for.")]


First = QueryEx[date, P(alias="from", example="2026-10-01")]
After = QueryEx[date, P(alias="to", example="2026-11-01")]


class Paged(Schema):
    """Which page of a list."""

    page: Annotated[int, Field(description="Which page, from 1.", ge=1, le=PAGES, examples=[1])] = 1
    limit: Annotated[int, Field(description="Rows of a page.", ge=1, le=MOST, examples=[PAGE])] = (
        PAGE
    )


class OfPersons(Paged):
    """Which persons."""

    stage: Annotated[
        str, Field(description="How far the case has come.", pattern=WORDS, examples=["notified"])
    ] = ""
    facility: Annotated[
        str, Field(description="Where the person is.", pattern=NAMES, examples=["TARTU"])
    ] = ""
    next_deed: Annotated[
        str, Field(description="What the case waits for.", pattern=WORDS, examples=["authorise"])
    ] = ""


class OfCases(Paged):
    """Which cases."""

    outcome: Annotated[
        str,
        Field(description="Of the last screening.", pattern=WORDS, examples=["not_established"]),
    ] = ""


class OfLines(Paged):
    """Which lines of manifests."""

    manifest: Annotated[
        str,
        Field(description="The name of the list.", pattern=NAMES, examples=["flight-2026-11-21"]),
    ] = ""


class OfDuties(Paged):
    """Which duties."""

    state: Annotated[
        DutyState | Literal["", "due"],
        Field(
            description="How one stands; `due`: overdue, or due within 7 days.",
            examples=["overdue"],
        ),
    ] = ""
    duty: Annotated[
        str, Field(description="The duty, by its id.", pattern=NAMES, examples=["D-2"])
    ] = ""
    side: Annotated[
        Side | Literal["", "nobody"],
        Field(
            description="Which state owes it; `nobody`: no state held the person.",
            examples=["receiving"],
        ),
    ] = ""
