"""A visit's pack of a year whose truth is known: each figure against that truth."""

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pypdf import PdfReader

from conftest import ROLES, SIDES, K, Telling
from duties.year import Year, subjects, year
from habeas.adapters import documents, report_page
from habeas.adapters.public_holidays import calendar
from habeas.custody.intervals import Interval, intervals
from habeas.errors import Language, SetupError
from habeas.register.events import Event
from habeas.service import agree, inquiry, report_visit
from habeas.service.hold import Held, Read, Register
from habeas.service.paper import Paper, Say
from habeas.service.visit import Asks, Visit, visit
from habeas.terms import EventKind
from habeas.transfer.state import Terms
from report_cases import HOSTILE, Page

LIBRARY = agree.library()
END = datetime(2030, 1, 1, tzinfo=UTC)
HERE = "B-1"
TERMS = Terms(
    SIDES,
    ROLES,
    consent_required=True,
    consent_binds_at_verification=True,
    notice=timedelta(hours=72),
    release_in_receiving_state=True,
)


def read(events: Sequence[Event]) -> Read:
    """Events as a register of them is read."""
    stays = list[Interval]()
    for mine in subjects(events).values():
        stays += intervals(mine, TERMS)
    held = Held(tuple(stays), len(events), {})
    found = Register(LIBRARY.agreement("NO-NL"), held, "")
    return Read(found, tuple(events), TERMS, ("NO", "NL"))


def asks(facility: str, seed: str | None = None, count: int | None = None) -> Asks:
    states = (None, None)
    as_of = "2030-01-01T00:00Z"
    return Asks("r.sqlite3", "NO-NL", facility, as_of, END, 9, states, seed, count)


def visited(events: Sequence[Event], asked: Asks) -> Visit:
    return visit(read(events), LIBRARY, calendar, asked, None)


def figures(found: Visit) -> dict[str, int]:
    """Every figure by its name and what it is of."""
    return {f"{one.name} {one.of}".strip(): int(one.value) for one in found.figures}


def paper(found: Visit, lang: Language = "en") -> Paper:
    return report_visit.pack(found, LIBRARY, Say(lang), "", "1.0")


def pages(found: Paper) -> list[str]:
    made = documents.pdf("report", found.data(), END)
    read_ = PdfReader(io.BytesIO(made))
    return [" ".join(one.extract_text().split()) for one in read_.pages]


@pytest.fixture(scope="module")
def told() -> Year:
    return year(60, 20270105)


def of_kind(told: Year, kind: EventKind) -> list[Event]:
    return [one for one in told.events if one.kind == kind]


def test_the_figures_of_a_year_are_those_that_its_maker_knows(told: Year) -> None:
    people = subjects(told.events)
    gone = {one.subject for one in of_kind(told, K.RELEASED)}
    dead = {one.subject for one in of_kind(told, K.DIED)}
    here = people.keys() - gone
    person = {one.id: str(one.subject) for one in told.events}
    late = sum(state == "overdue" and person[key[0]] in here for key, state in told.truth.items())
    ended = {str(one.body["segregation"]) for one in of_kind(told, K.SEGREGATION_ENDED)}
    apart = [one for one in of_kind(told, K.SEGREGATION_STARTED) if one.id not in ended]
    found = figures(visited(told.events, asks(HERE)))
    assert (len(dead), len(gone) > 0, late > 0) == (3, True, True)
    assert found["held"] == len(here - dead)
    assert found["deaths"] == 3
    assert found["overdue"] == late
    assert found["overdue"] == sum(
        value for name, value in found.items() if name.startswith("overdue_of")
    )
    assert found["apart_now"] == found["apart_long_now"] == len(apart)
    for kind in (K.INCIDENT_REPORTED, K.COMPLAINT_MADE, K.VISIT_BLOCKED):
        assert found[f"reports {kind}"] == len(of_kind(told, kind))
    mine = [one for one in of_kind(told, K.INQUIRY_MADE) if one.subject in here]
    assert found["inquiries"] == len(mine)


def test_nobody_whom_another_facility_holds_stands_in_a_pack(told: Year) -> None:
    """A-1 held everybody before the transfer, and holds nobody since."""
    found = visited(told.events, asks("A-1"))
    assert figures(found)["held"] == figures(found)["overdue"] == 0
    text = Page(report_page.page(paper(found).data())).words
    assert [who for who in subjects(told.events) if who in text] == []


def test_a_drawn_sample_is_of_who_is_there(told: Year) -> None:
    found = visited(told.events, asks(HERE, seed="4 8 15 16 23 42", count=5))
    there = {one["register_number"] for one in found.roll}
    drawn = [one["register_number"] for one in found.sample]
    assert len(set(drawn)) == 5
    assert set(drawn) <= there
    more = visited(told.events, asks(HERE, seed="4 8 15 16 23 42", count=7)).sample
    assert [one["register_number"] for one in more][:5] == drawn


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (asks("NOWHERE"), "H749"),
        (asks(""), "H749"),
        (asks(HERE, seed="4 8 15"), "H901"),
        (asks(HERE, count=5), "H901"),
        (asks(HERE, seed=" ", count=5), "H901"),
        (asks(HERE, seed="4 8 15", count=0), "H901"),
    ],
)
def test_a_pack_of_nobody_or_half_a_sample_is_refused(told: Year, asked: Asks, code: str) -> None:
    with pytest.raises(SetupError, match=code):
        visited(told.events, asked)


@pytest.mark.parametrize("lang", ["en", "es"])
def test_every_page_says_that_it_is_confidential(told: Year, lang: Language) -> None:
    found = paper(visited(told.events, asks(HERE)), lang)
    word = {"en": "CONFIDENTIAL: for the visiting body alone", "es": "CONFIDENCIAL: solo para"}
    printed = pages(found)
    assert len(printed) > 3
    assert [one for one in printed if word[lang] not in one] == []
    page = Page(report_page.page(found.data()))
    assert word[lang] in page.words
    assert word[lang] in page.style  # in the margin of every sheet that is printed


def test_the_rule_about_visits_comes_with_how_far_each_citation_was_read(told: Year) -> None:
    text = Page(report_page.page(paper(visited(told.events, asks(HERE))).data())).words
    assert "Optional Protocol to the Convention against Torture, 2002, art. 20(a)-(f)" in text
    assert "(read in a secondary source)" in text
    assert "(from memory, not read)" in text


def test_a_hostile_name_of_a_facility_is_text_and_one_word_of_a_call(told: Year) -> None:
    moved = [replace(one, facility=HOSTILE) if one.facility == HERE else one for one in told.events]
    found = paper(visited(moved, asks(HOSTILE)))
    page = Page(report_page.page(found.data()))
    assert "script" not in page.tags
    assert all(one.startswith("#") for one in page.value("href"))
    assert HOSTILE in page.words
    printed = "".join("".join(pages(found)).split())
    assert "".join(HOSTILE.split()) in printed
    assert set(found.name) <= set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-."
    )


def test_what_the_register_does_not_bear_out_is_shown(held: Telling) -> None:
    plain = held.event(K.INQUIRY_MADE, "A-COUNSEL:counsel")
    held.add(plain)
    truth = inquiry.answer(read(held.events).found, held.events, plain.subject or "", held.at)
    said = truth | {"inquiry": plain.id, "facility": "ELSEWHERE"}
    answer = held.event(K.INQUIRY_ANSWERED, "B:custodian")
    held.add(replace(answer, body={**answer.body, **said}))
    found = visited(held.events, asks(HERE))
    assert figures(found)["contradictions"] == 1
    assert figures(found)["unanswered"] == 0
    text = Page(report_page.page(paper(found).data())).words
    assert "ELSEWHERE" in text
