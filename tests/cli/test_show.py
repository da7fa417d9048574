"""`habeas law show`: anything of the library, in both languages and every form."""

import json
import re
from pathlib import Path

import pytest

from habeas.cli.main import run
from habeas.law.ids import Kind, entries
from habeas.law.library import Library
from habeas.law.pages import page
from habeas.law.reader import LANGUAGES, Lang, Reader
from habeas.law.words import Code, Notice, Page, Paragraph, Point, Points, Table, escaped, markdown

LIBRARY = Library()
EVERY = entries(LIBRARY)
READERS = {lang: Reader(LIBRARY, lang) for lang in LANGUAGES}
HASH = re.compile(r"[0-9a-f]{64}")
MANY = 100
GOLDEN = Path(__file__).parent / "golden"
NOBODY = {"en": "No lawyer has reviewed this library.", "es": "Ningún jurista ha revisado esta"}


def built(name: str, lang: Lang = "en") -> Page:
    entry = next(one for one in EVERY if one.id == name)
    return page(entry, READERS[lang])


def told(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert run(["law", "show", *words]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return out


@pytest.mark.no_cover  # the same lines again and again
@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_page_of_every_id_says_that_nobody_reviewed_it(kind: Kind, lang: Lang) -> None:
    found = [one for one in EVERY if one.kind is kind]
    some = found if len(found) < MANY else found[:: 1 + 3 * (lang == "es")]  # sources are hundreds
    pages = [page(one, READERS[lang]) for one in some]
    assert pages
    for one in pages:
        text = markdown(one)
        assert text.startswith(f"# {escaped(one.id)}\n")
        assert NOBODY[lang] in text
        assert ("traducción nuestra, no revisada" in text) is (lang == "es")
        assert "{'" not in text


@pytest.mark.parametrize("kind", Kind)
def test_the_terminal_lays_out_one_of_each_kind(
    capsys: pytest.CaptureFixture[str], kind: Kind
) -> None:
    name = next(one.id for one in EVERY if one.kind is kind)
    for lang in LANGUAGES:
        out = told(capsys, name, "--lang", lang)
        assert out.startswith(name)
        assert max(map(len, out.splitlines())) <= 100


@pytest.mark.parametrize("kind", Kind)
def test_json_gives_the_thing_as_the_library_has_it(
    capsys: pytest.CaptureFixture[str], kind: Kind
) -> None:
    entry = next(one for one in EVERY if one.kind is kind)
    found = json.loads(told(capsys, entry.id, "--json"))
    assert list(found) == ["found", "habeas", "id", "review"]
    assert (found["id"], found["found"][0]["kind"]) == (entry.id, kind.value)
    assert (found["found"][0]["file"], found["found"][0]["hash"]) == (
        entry.file.name, entry.file.hash)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "lang"), [("D-15", "en"), ("A-4", "es"), ("sv-deaths", "en"), ("B-CONV-1", "en")]
)
def test_markdown_is_as_it_was(capsys: pytest.CaptureFixture[str], name: str, lang: str) -> None:
    found = told(capsys, name, "--lang", lang, "--markdown")
    assert HASH.sub("0", found) == (GOLDEN / f"{name}.{lang}.md").read_text()


def test_every_conflict_stands_beside_each_thing_that_it_concerns() -> None:
    conflicts = [one for one in EVERY if one.kind is Kind.CONFLICT]
    beside = [
        (one.id, name)
        for one in conflicts
        for name in [*getattr(one.thing, "concerns", ()), one.holder]
        if name != "conflicts" and f"({one.id})" not in markdown_plain(name)
    ]
    assert beside == []


def markdown_plain(name: str) -> str:
    return markdown(built(name)).replace("\\", "")


def test_what_is_not_checked_is_told_as_not_checked() -> None:
    points = [
        point
        for block in built("B-CIT-1").blocks
        if isinstance(block, Points)
        for point in block.points
        if "NOT CHECKED" in " ".join(point.lines)
    ]
    assert [point.name[:7] for point in points] == ["Afroyim", "Vance v", "Title 8"]
    assert points[0].lines == ("NOT CHECKED: from memory; confidence high",)
    assert points[2].lines == ("NOT CHECKED: from memory; confidence not stated",)


def test_a_citation_shows_place_how_far_it_was_read_and_the_address() -> None:
    points = [
        one for block in built("A-3").blocks if isinstance(block, Points) for one in block.points
    ]
    cited = next(one for one in points if one.text == "2378d(a)")
    assert cited == Point(
        "Title 22 of the United States Code (Foreign Relations and Intercourse)",
        "2378d(a)",
        (
            "read in the source",
            "USC22_2378d: repository legalize-dev/legalize-us, us/USC-T22-S2378d.md",
        ),
    )


def test_a_rule_stands_as_it_is_written_with_the_facts_that_it_asks() -> None:
    found = built("T-6").blocks
    rule = next(
        one for _, law in LIBRARY.laws.values() for n, one in law.rules.items() if n == "T-6"
    )
    assert [block.text for block in found if isinstance(block, Code)] == [
        rule.applies,
        rule.require,
    ]
    text = markdown_plain("T-6")
    for fact in ("months_remaining", "pathway", "sentence_type"):
        assert f"**{fact}**" in text


def test_what_is_open_is_told_as_open() -> None:
    found = [block.text for block in built("B-CONV-1").blocks if isinstance(block, Notice)]
    assert found[0].startswith("Denmark's Return Act s. 1 a(4)")


def test_a_weak_carrier_is_told() -> None:
    assert "weak carrier" in markdown(built("CAT_EST"))


def test_an_agreement_shows_who_answers_for_what() -> None:
    tables = [block for block in built("NO-NL").blocks if isinstance(block, Table)]
    states = {row[0]: row[1] for row in tables[0].rows}
    assert (states["death"], states["regime"], states["habeas"]) == ("NL", "NO", "not stated")


def test_every_word_of_a_page_is_spanish_on_a_spanish_page() -> None:
    english = {one.en for key, one in LIBRARY.words.words.items() if one.en != one.es}
    headed = {
        row.name for entry in EVERY if entry.kind is Kind.AGREEMENT
        for block in page(entry, READERS["es"]).blocks if isinstance(block, Points)
        for row in block.points
    }  # fmt: skip
    assert headed & english == set()


def test_every_topic_has_a_spanish_word() -> None:
    topics = {one.topic for _, deal in LIBRARY.agreements.values() for one in deal.terms} | {
        one.duty for _, deal in LIBRARY.agreements.values() for one in deal.responsibility
    }
    assert topics - set(LIBRARY.words.topics) == set()


def test_markdown_shows_signs_as_they_are_written() -> None:
    shown = markdown(Page("a_b", "k", (Paragraph("- 1 * <b> | [x]"), Paragraph("3. x http://a_b"))))
    assert shown == "# a\\_b\n\n*k*\n\n\\- 1 \\* \\<b\\> \\| \\[x\\]\n\n\\3. x <http://a_b>\n"


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("SE-EF", "Did you mean 'SE-EE'?"),
        ("D-99", "Did you mean 'D-9'?"),
        ("xyzzy", "Use a name that is declared."),
    ],
)
def test_an_unknown_id_is_told_with_the_nearest(
    capsys: pytest.CaptureFixture[str], name: str, fix: str
) -> None:
    assert run(["law", "show", name]) == 2
    out, err = capsys.readouterr()
    assert (out, err) == ("", f"H219 nothing called '{name}' in the library. {fix}\n")


def test_an_unknown_language_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["law", "show", "B-CIT-1", "--lang", "fr"]) == 2
    assert capsys.readouterr().err == "H903 no language 'fr'. Use one of en, es.\n"


def test_an_id_in_small_letters_is_another_id(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["law", "show", "se-ee"]) == 2
    assert capsys.readouterr().err.startswith("H219 nothing called 'se-ee' in the library. ")
