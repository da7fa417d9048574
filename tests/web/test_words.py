"""Every controlled word that a page tells has a label, in both languages."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from enum import StrEnum

import pytest
from django.utils.functional import Promise
from django.utils.translation import override

from habeas import terms, web
from habeas.errors import Fault
from habeas.terms import (
    Custody,
    Deed,
    Ending,
    EventKind,
    Finding,
    Office,
    Outcome,
    Role,
    SentenceAct,
    Side,
    Stage,
    Status,
)
from habeas.web import told, words
from habeas.web.components import Tag
from habeas.web.desk import person_words

# Tables that are of some members alone, on purpose.
PARTIAL = {
    "deed_words.DEEDS": "those that record an event",
    "deed_words.STEPS": "the way of a case, not every event",
    "place_words.WENT": "how somebody leaves a facility",
}
TOLD = (Custody, Deed, Ending, Finding, Office, Outcome, Role, SentenceAct, Side, Stage, Status)


def tables() -> Iterator[tuple[str, type[StrEnum], Mapping[object, object]]]:
    """Every table of words in the web that is kept by the members of one term."""
    for found in pkgutil.walk_packages(web.__path__, "habeas.web."):
        if "migrations" in found.name or found.name.endswith(("wsgi", "settings", "courier")):
            continue
        for name, table in vars(importlib.import_module(found.name)).items():
            if isinstance(table, Mapping) and table and says(table):
                for term in kept_by(table):
                    yield f"{found.name.rpartition('.')[2]}.{name}", term, table


def says(table: Mapping[object, object]) -> bool:
    return all(isinstance(one, (Promise, Tag)) for one in table.values())


def kept_by(table: Mapping[object, object]) -> set[type[StrEnum]]:
    kinds = {type(one) for one in table if isinstance(one, StrEnum)}
    return {one for one in kinds if one.__module__ == terms.__name__}


def test_no_table_of_words_lacks_a_member() -> None:
    every = list(tables())
    partial = {id(table) for name, _, table in every if name in PARTIAL}
    lacking = {
        (name, term.__name__): sorted(set(term) - set(table))
        for name, term, table in every
        if id(table) not in partial and set(term) - set(table)
    }
    assert lacking == {}


@pytest.mark.parametrize("term", TOLD)
def test_a_term_that_pages_tell_has_a_whole_table(term: type[StrEnum]) -> None:
    assert any(set(term) <= set(table) for _, kind, table in tables() if kind is term)


def test_every_kind_of_event_is_told_in_words_of_both_languages() -> None:
    for one in EventKind:
        told_ = {}
        for lang in ("en", "es"):
            with override(lang):
                told_[lang] = person_words.event(one)
        assert told_["en"] != told_["es"], one
        assert "." not in told_["en"] + told_["es"], one


def test_no_label_is_the_same_in_spanish_but_those_that_are_spanish_words() -> None:
    same = set()
    for _, _, table in tables():
        for one in table.values():
            text = one.text if isinstance(one, Tag) else one
            with override("es"):
                spanish = str(text)
            with override("en"):
                same |= {spanish} if str(text) == spanish else set()
    assert {one for one in same if one and one[0].isupper() and " " in one} == set()


def test_deeds_are_told_one_after_the_other_and_an_unknown_one_as_it_is_written() -> None:
    with override("es"):
        assert str(words.deeds([Deed.SEE_CASE, "see_moon"])) == "Ver un caso; see_moon"
        assert words.deeds([]) == ""


def test_a_value_of_a_closed_list_is_told_in_words_and_any_other_as_it_was_written() -> None:
    with override("es"):
        assert person_words.value("outcome", "eligible") == "Admisible"
        assert person_words.value("kind", "hospital") == "Hospital"
        assert person_words.value("reason", "eligible") == "eligible"


FAULT = Fault("H912", "nothing <here>", "Check it.")
PAIR = Fault("H603", "a stay", "Wait.", spanish=("una suspensión", "Espere."))


def test_a_refusal_without_spanish_is_marked_as_english_on_a_page_in_spanish() -> None:
    with override("es"):
        assert told.refusal(FAULT) == (
            '<span lang="en">H912 nothing &lt;here&gt;. Check it.</span>'
        )
        assert told.refusal(PAIR) == "H603 una suspensión. Espere."
    with override("en"):
        assert told.refusal(FAULT) == "H912 nothing &lt;here&gt;. Check it."
        assert told.refusal(PAIR) == "H603 a stay. Wait."
