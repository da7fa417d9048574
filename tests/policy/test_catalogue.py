"""The Spanish of the pages is whole: every message, every form, every placeholder and tag.

The messages are found here by Babel's reader, and by xgettext in the tool that writes the
catalogue: two readings of the same sources that must agree. No test needs xgettext.
"""

import re
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize
from tools import catalogue

WEB, ROOT = catalogue.WEB, Path(__file__).parents[2]
FILE = WEB / catalogue.FOLDER / catalogue.SOURCE
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
HOLES = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}")
TAGS = re.compile(r"<(/?)(\w+)[^>]*>")
END = re.compile(r"[.:…]?$")
# What a page must not call people, and forms that nobody can read aloud.
BANNED = re.compile(
    r"\b(recluso|reclusa|reo|presos?|presas?|internos?|internas?|delincuentes?|criminal(?:es)?"
    r"|ilegal(?:es)?|extranjeros?|huésped|funcionarios?)\b|\w@s?\b|/as?\b|\(as?\)",
    re.IGNORECASE,
)
Key = tuple[str | None, str | tuple[str, ...]]


def committed() -> Catalog:
    return read_po(BytesIO(FILE.read_bytes()), locale="es", abort_invalid=True)


def key(context: str | None, text: str | Iterable[str]) -> Key:
    return context or None, text if isinstance(text, str) else tuple(text)


def read(path: Path) -> Iterator[Key]:
    """The messages of a module or of a template."""
    source = path.read_text()
    if path.suffix != ".py":
        # Within brackets no indentation counts; what is no message is a row of names.
        source = f"(\n{templatize(source)}\n)"
    for _, found, _, context in extract("python", BytesIO(source.encode()), KEYWORDS):
        if found and found != ("", ""):
            yield key(context, found)


def in_the_sources() -> set[Key]:
    templates = [WEB / "jinja2", WEB / "templates"]
    files = [*WEB.rglob("*.py"), *(path for one in templates for path in one.rglob("*.html"))]
    return {one for path in files for one in read(path)}


def messages(found: Catalog) -> list[Message]:
    return list(catalogue.messages(found))


def singulars(one: Message) -> list[str]:
    """The English that each Spanish form stands for."""
    return [one.id] if isinstance(one.id, str) else [one.id[0], *[one.id[1]] * 2]


def faults(found: Catalog) -> list[str]:
    """What is wrong with the translations of a catalogue."""
    told = [f"obsolete: {one}" for one in found.obsolete]
    for one in messages(found):
        told += [f"fuzzy: {one.id}"] if one.fuzzy else []
        english, spanish = singulars(one), catalogue.forms(one)
        if len(english) != len(spanish):
            told.append(f"{len(spanish)} forms: {one.id}")
        pairs = zip(english, spanish, strict=False)
        told += [f"{why}: {text!r}" for there, text in pairs for why in wrong(there, text)]
    return told


def wrong(english: str, spanish: str) -> Iterator[str]:
    """What is wrong with one sentence."""
    if not spanish.strip():
        yield f"untranslated {english!r}"
        return
    if sorted(HOLES.findall(english)) != sorted(HOLES.findall(spanish)):
        yield "placeholders"
    if sorted(TAGS.findall(english)) != sorted(TAGS.findall(spanish)) or not closed(spanish):
        yield "tags"
    if last(english) != last(spanish) or english.endswith("?") != spanish.endswith("?"):
        yield "end of the sentence"
    if spanish.count("?") != spanish.count("¿") or spanish.count("«") != spanish.count("»"):
        yield "marks in pairs"
    if BANNED.search(spanish):
        yield "a word that judges, or a form that cannot be spoken"


def last(text: str) -> str:
    found = END.search(text)
    return found.group() if found else ""


def closed(text: str) -> bool:
    open_ = list[str]()
    for ending, name in TAGS.findall(text):
        if not ending:
            open_.append(name)
        elif not open_ or open_.pop() != name:
            return False
    return not open_


def test_the_catalogue_holds_the_messages_of_the_sources_and_no_other() -> None:
    there = {key(one.context, one.id) for one in messages(committed())}
    wanted = in_the_sources()
    assert (wanted - there, there - wanted) == (set(), set()), "run tools/catalogue.py"


def test_every_message_is_translated_whole() -> None:
    assert faults(committed()) == []


def test_spanish_has_three_plural_forms() -> None:
    found = committed()
    assert found.num_plurals == 3
    assert catalogue.PLURALS.rstrip(";") == found.plural_forms.rstrip(";")
    assert any(len(catalogue.forms(one)) == 3 for one in messages(found))


def test_what_is_served_is_what_was_translated() -> None:
    compiled = FILE.with_name(catalogue.COMPILED)
    assert compiled.read_bytes() == catalogue.compiled(committed()), "run tools/catalogue.py"


def test_the_file_is_as_the_tool_writes_it() -> None:
    found = committed()
    assert FILE.read_bytes() == catalogue.text(catalogue.filled(found, found))


@pytest.mark.parametrize(
    ("english", "spanish", "why"),
    [
        ("Held", "", "untranslated 'Held'"),
        ("%(n)s days", "%(m)s días", "placeholders"),
        ("100%% of %s", "100% de %s", "placeholders"),
        ("{day}, {time}", "{day}", "placeholders"),
        ("<b>Held</b>", "<b>Detenida<b>", "tags"),
        ("<b>a</b> <i>b</i>", "<b>a <i>b</b></i>", "tags"),
        ("Nothing.", "Nada", "end of the sentence"),
        ("Why?", "Por qué?", "marks in pairs"),
        ("The person", "El reo", "a word that judges, or a form that cannot be spoken"),
        ("Released", "Liberado/a", "a word that judges, or a form that cannot be spoken"),
    ],
)
def test_a_broken_translation_is_found(english: str, spanish: str, why: str) -> None:
    assert list(wrong(english, spanish)) == [why]


def test_a_fuzzy_an_obsolete_and_a_form_too_few_are_found() -> None:
    text = catalogue.text(catalogue.filled(committed(), committed())).decode()
    text = text.replace(" && n % 1000000", "").replace("nplurals=3", "nplurals=2")
    text += '\n#, fuzzy\nmsgid "Fuzzy"\nmsgstr "Borroso"\n\n#~ msgid "Old"\n#~ msgstr "Viejo"\n'
    text += '\nmsgid "a"\nmsgid_plural "b"\nmsgstr[0] "a"\nmsgstr[1] "b"\n'
    told = faults(read_po(BytesIO(text.encode()), locale="es"))
    assert {"fuzzy: Fuzzy", "obsolete: Old", "2 forms: ('a', 'b')"} <= set(told)


def test_a_template_and_a_module_are_read_alike(tmp_path: Path) -> None:
    template, module = tmp_path / "page.html", tmp_path / "page.py"
    template.write_text(
        '{% load i18n %}<p>{% translate "One" %} {{ _("Two")|upper }}</p>\n  <div>\n'
        " {% blocktranslate count n=x trimmed %}a\n b{% plural %}{{ n }} c{% endblocktranslate %}\n"
        '{% translate "Three" context "of three" as told %}</div>{# no #}'
    )
    module.write_text(
        'one = _("One") + gettext("Two")\ntwo = ngettext_lazy("a b", "%(n)s c", n)\n'
        'three = pgettext("of three", "Three")\n'
    )
    wanted = {(None, "One"), (None, "Two"), (None, ("a b", "%(n)s c")), ("of three", "Three")}
    assert set(read(template)) == wanted == set(read(module))


def glossary() -> dict[str, set[str]]:
    """The Spanish of each term, by the term in plain lower case; deeds are verbs, and no labels."""
    found, pages = dict[str, set[str]](), (ROOT / "docs/glossary.md").read_text().split("\n## ")
    text = "".join(page for page in pages if not page.startswith("Deed\n"))
    rows = re.findall(r"^\| (?!value|term)([^|]+) \| ([^|]+) \|", text, re.MULTILINE)
    for terms, spanish in rows:
        several = terms.split(", ") if terms.count(",") == spanish.count(",") else [terms]
        for term, word in zip(several, spanish.split(", "), strict=False):
            found.setdefault(term.strip("`").replace("_", " "), set()).add(stem(word))
    return found


def stem(text: str) -> str:
    """Without the ending of gender and number."""
    return re.sub(r"[oa]s?\b", "", text.casefold())


# A word of the pages that is no term there, though it is written like one.
NO_TERM = {
    "Credit": "money owed back, not days",
    "Departed": "an entry of a timeline, not a stage",
    "Disputed": "a line of a claim, not a row of the roll",
    "Open": "differences that nobody has resolved",
    "Refused": "of reception, not of consent",
    "Settled": "a line of a claim that was paid, not an event between two logs",
    "Token": "of the interface, not of a family",
}


def test_a_term_of_the_glossary_is_translated_as_the_glossary_says() -> None:
    terms = glossary()
    assert len(terms) > 200
    other = {
        one.id: one.string
        for one in messages(committed())
        if isinstance(one.id, str)
        and isinstance(one.string, str)
        and one.id not in NO_TERM
        and (known := terms.get(one.id.casefold()))
        and not any(each.startswith(stem(one.string)) for each in known)
    }
    assert other == {}
