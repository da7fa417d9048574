"""What of a page is not in the page's language.

Text stands in the language of its nearest element that names one. Within the page's own language
nothing may be a message of the catalogue in another language, a sentence with the small words of
another, or a day with another's month. Names, numbers and codes are of no language.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from io import BytesIO
from itertools import chain
from pathlib import Path

from babel.messages.pofile import read_po
from tools import catalogue

VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
# What is data or drawn by a script, and is no sentence of the page.
SILENT = frozenset({"script", "style", "code", "pre", "template", "svg"})
SPOKEN = ("aria-label", "alt", "title", "placeholder", "data-show", "data-hide", "data-close")
QUOTES = frozenset({"q", "blockquote"})
HOLE = re.compile(r"%\((\w+)\)[sd]|%s|\{\w+\}")
COUNTS = frozenset(
    {"n", "number", "index", "told", "all", "first", "last"}
)  # names of holes that hold a number
# Small words that the other language does not have: two of them make a sentence. Addresses and
# paths hold them too, but not between spaces.
SMALL = {
    "en": {"the", "of", "and", "is", "was", "with", "for", "by", "not", "this", "which", "from"},
    "es": {"el", "los", "las", "una", "del", "que", "con", "por", "para", "está", "sin", "sobre"},
}
MONTH = {
    "en": re.compile(r"^\d{1,2} [A-Z][a-z]+ \d{4}"),
    "es": re.compile(r"^\d{1,2} de [a-z]+ de"),
}
OTHER = {"en": "es", "es": "en"}


@dataclass(frozen=True, slots=True)
class Said:
    """One piece of text, in which language it stands, and the element that it stands in."""

    text: str
    lang: str
    within: str


@dataclass
class Page(HTMLParser):
    """Reads a page."""

    html: str
    said: list[Said] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    quotes: list[str] = field(default_factory=list)  # of a law, without a language
    open: list[tuple[str, str]] = field(default_factory=list)
    alternates: dict[str, str] = field(default_factory=dict)
    lang: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Go into an element."""
        has = {name: value or "" for name, value in attrs}
        # An empty one is named too: words in a language that nobody recorded.
        lang = has["lang"] if "lang" in has else self.open[-1][1] if self.open else ""
        if tag == "html":
            self.lang = lang
        if tag == "a" and "href" in has:
            self.links.append(has["href"])
        if tag == "link" and has.get("rel") == "alternate":
            self.alternates[has.get("hreflang", "")] = has["href"]
        if tag in QUOTES and "lang" not in has:
            self.quotes.append("line {}, column {}".format(*self.getpos()))
        self.said += [Said(has[one], lang, tag) for one in SPOKEN if has.get(one)]
        if tag not in VOID:
            self.open.append((tag, lang))

    def handle_endtag(self, tag: str) -> None:
        """Leave an element, and those that nobody closed."""
        names = [name for name, _ in self.open]
        if tag in names:
            del self.open[len(names) - 1 - names[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        """Hear what it says."""
        text = " ".join(data.split())
        if text and self.open and not SILENT & {name for name, _ in self.open}:
            self.said.append(Said(text, self.open[-1][1], self.open[-1][0]))


@dataclass(frozen=True)
class Tongues:
    """The sentences of the catalogue in both languages."""

    pairs: Mapping[str, str]  # English, Spanish
    places: tuple[str, ...] = ()  # where a text is written, in the words of whoever read it

    @classmethod
    def read(cls, path: Path, library: Path) -> "Tongues":
        """Out of a catalogue, of plurals every form; places out of the files of the law."""
        found = dict[str, str]()
        for one in catalogue.messages(read_po(BytesIO(path.read_bytes()), locale="es")):
            english = [one.id] if isinstance(one.id, str) else [one.id[0], *[one.id[1]] * 2]
            found |= dict(zip(english, catalogue.forms(one), strict=True))
        places = {
            one
            for file in library.rglob("*.toml")
            for one in _places(tomllib.loads(file.read_text()))
        }
        return cls(found, tuple(sorted(places, key=len, reverse=True)))

    @cached_property
    def foreign(self) -> Mapping[str, tuple[frozenset[str], re.Pattern[str]]]:
        """By the language of a page: what is of the other language alone, plain and with holes."""
        there = {"es": set(self.pairs), "en": set(self.pairs.values())}
        found = {}
        for lang, other in there.items():
            alone = other - there[OTHER[lang]]
            holes = [_pattern(one) for one in alone if HOLE.search(one)]
            plain = {one for one in alone if not HOLE.search(one)}
            found[lang] = (frozenset(plain), re.compile("|".join(holes) or r"(?!)"))
        return found

    def faults(self, page: Page, lang: str) -> Iterator[str]:
        """What of a page is not in its language."""
        if page.lang != lang:
            yield f"the page says that it is in {page.lang!r}"
        yield from (f"a quotation without a language at {at}" for at in page.quotes)
        for one in page.said:
            if one.lang == lang and (why := self._wrong(one, lang)):
                yield f"{why}: <{one.within}> {one.text[:120]!r}"

    def _wrong(self, one: Said, lang: str) -> str:
        plain, holes = self.foreign[lang]
        if one.text in plain or holes.fullmatch(one.text):
            return f"a message in {OTHER[lang]}"
        text = one.text
        for place in self.places:
            text = text.replace(place, "")
        words = {word.strip(".,;:()'\"") for word in text.casefold().split()}
        if len(words & SMALL[OTHER[lang]]) > 1:
            return f"a sentence in {OTHER[lang]}"
        if one.within == "time" and MONTH[OTHER[lang]].match(one.text):
            return f"a day in {OTHER[lang]}"
        return ""


def _pattern(text: str) -> str:
    found, last = "", 0
    for hole in HOLE.finditer(text):
        found += re.escape(text[last : hole.start()].replace("%%", "%"))
        found += r"[\d,. \u00a0]+" if hole[1] in COUNTS else ".+"
        last = hole.end()
    return found + re.escape(text[last:].replace("%%", "%"))


def _places(file: object) -> Iterator[str]:
    if isinstance(file, dict):
        for name, inner in file.items():
            yield from [inner] if name == "at" and isinstance(inner, str) else _places(inner)
    elif isinstance(file, list):
        yield from chain.from_iterable(map(_places, file))
