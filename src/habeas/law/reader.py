"""What every page needs: a language, citations with sources, and what stands beside a thing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from habeas.law import agreement, cited, records
from habeas.law.ids import Entry, Kind, entries
from habeas.law.library import Library
from habeas.law.words import Block, Notice, Paragraph, Point, Points, Rows, part

Lang = Literal["en", "es"]
LANGUAGES: tuple[Lang, ...] = ("en", "es")
Cites = tuple[cited.Cite, ...]


@dataclass(frozen=True)
class Reader:
    """Who reads: in which language, out of which library."""

    library: Library
    lang: Lang
    day: date | None = None  # whose law is marked as in force; None: none is

    def said(self, text: cited.Text | None) -> str:
        """The text in the reader's language; nothing where there is none."""
        if text is None:
            return ""
        return text.en if self.lang == "en" else text.es

    def word(self, key: str) -> str:
        """A word of the pages."""
        return self.said(self.library.words.words[key])

    def topic(self, key: str) -> str:
        """A topic, duty or unit of a file as words; one that is not known, as it is."""
        plain = key.removeprefix("terms.").replace(".", ": ").replace("_", " ")
        return plain if self.lang == "en" else self.library.words.topics.get(key, plain)

    def count(self, number: int, unit: str) -> str:
        """A number of hours, days or months."""
        return f"{number} {self.word(unit if number != 1 else f'{unit}.1')}"

    def line(self, key: str, what: str) -> str:
        """`Name: what`, for a point."""
        return f"{self.word(key)}: {what}"

    @cached_property
    def entries(self) -> list[Entry]:
        """Everything that has an id."""
        return entries(self.library)

    @cached_property
    def citing(self) -> dict[str, list[Entry]]:
        """What names each source, by the source's key."""
        found: dict[str, list[Entry]] = {}
        for one in self.entries:
            for key in named_sources(one.thing):
                found.setdefault(key, []).append(one)
        return found

    @cached_property
    def instruments(self) -> dict[str, dict[str, agreement.Instrument]]:
        """What each file that cites declares, by the file's id or name."""
        library = self.library
        holders: dict[str, tuple[agreement.Instrument, ...]] = {}
        for _, deal in library.agreements.values():
            holders[deal.id] = deal.instruments
        for _, law in library.laws.values():
            holders[law.id] = law.instruments
        for _, standard in library.standards.values():
            holders[standard.id] = standard.instruments
        for _, facility in library.facilities.values():
            holders[facility.id] = facility.instruments
        holders["agreement-rules"] = library.agreement_rules.instruments
        holders["duties"] = library.duties.instruments
        holders["register-minimum"] = library.register_minimum.instruments
        holders["disclosure"] = library.disclosure.instruments
        holders["access"] = library.access.instruments
        holders["consequences"] = library.consequences.instruments
        holders["definitions"] = library.definitions.instruments
        holders["treaty-parties"] = library.treaty_parties.instruments
        return {name: {one.id: one for one in held} for name, held in holders.items()}

    def instrument(self, holder: str, name: str) -> str:
        """An instrument's title, as the file declares it."""
        found = self.instruments.get(holder, {}).get(name)
        return self.said(found.title) if found else name

    def checked(self, cite: cited.Cite | records.TreatyParty) -> str:
        """How far anyone has checked it, in words."""
        how = self.word(f"checked.{cite.checked}")
        if cite.confidence is None and cite.checked != "memory":
            return how
        return f"{how}; {self.word(f'confidence.{cite.confidence}')}"

    def addresses(self, key: str) -> tuple[str, ...]:
        """Where a source is found; weak carriers and cut addresses say so."""
        source = self.library.sources.get(key)
        if source is None:
            return ()
        found = list(source.urls)
        if source.repository:
            at = f", {source.path}" if source.path else ""
            found.insert(0, f"{self.word('repository')} {source.repository}{at}")
        marks = [self.word("weak")] * source.weak
        marks += [self.word("shortened")] * source.address_shortened
        return (*found, *([] if found else [self.word("no_address")]), *marks)

    def sources(self, keys: Iterable[str]) -> list[Block]:
        """The sources of a page, each with its addresses."""
        points = tuple(Point(key, lines=self.addresses(key)) for key in sorted(set(keys)))
        return part(self.word("sources"), Points(points))

    def cites(self, cites: Cites, holder: str) -> Block:
        """Citations in full: instrument, place, how checked, and the source's address."""
        if not cites:
            return Paragraph(self.word("no_cite"))
        return Points(
            tuple(
                Point(
                    self.instrument(holder, cite.instrument),
                    cite.at,
                    (self.checked(cite), *self._read(cite.source)),
                )
                for cite in cites
            )
        )

    def _read(self, keys: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(f"{key}: {one}" for key in keys for one in self.addresses(key))

    def where(self, cites: Cites) -> str:
        """Citations in one line; the addresses stand at the end of the page."""
        if not cites:
            return self.word("no_cite")
        told = [f"{one.instrument}, {one.at} ({self._short(one)})" for one in cites]
        return "; ".join(told)

    def _short(self, cite: cited.Cite) -> str:
        return ": ".join([self.checked(cite), *([", ".join(cite.source)] if cite.source else [])])

    def conflicts(self, name: str, own: tuple[agreement.Conflict, ...] = ()) -> list[Block]:
        """The sources that disagree on a thing: its own file's, and all that concern it."""
        found = [one.thing for one in self.entries if one.kind is Kind.CONFLICT]
        beside = [
            one for one in found if isinstance(one, agreement.Conflict) and name in one.concerns
        ]
        every = [*own, *(one for one in beside if one not in own)]
        return part(
            self.word("conflicts"),
            Points(tuple(self._conflict(one) for one in every)),
        )

    def _conflict(self, one: agreement.Conflict) -> Point:
        name = f" ({one.id})" if one.id else ""
        read = [self.line("sources", ", ".join(one.source))] if one.source else []
        return Point(self.said(one.question) + name, self.said(one.positions), tuple(read))

    def see(self, name: str) -> list[Block]:
        """What rulings and treaties mean for a thing, where a record says that it concerns it."""
        points: list[Point] = []
        for one in self.entries:
            match one.thing:
                case records.Consequence() if name in one.thing.concerns:
                    points.append(Point(one.id, self.said(one.thing.text)))
                case records.Treaty() if name in one.thing.concerns:
                    points.append(Point(one.id, self.word("kind.treaty parties")))
                case records.Reclassed() if name in (one.thing.duty, one.thing.agreement):
                    points.append(Point(one.id, self.said(one.thing.now)))
                case _:
                    pass
        return part(self.word("see"), Points(tuple(points)))

    def foot(self, entry: Entry) -> list[Block]:
        """Which file it is, what was read for it, and that nobody has reviewed it."""
        rows = [(self.word("file"), entry.file.name), ("SHA-256", entry.file.hash)]
        review: list[Block] = []
        if entry.meta is not None:
            rows.insert(0, (self.word("read"), self.said(entry.meta.source_texts)))
        if entry.meta is not None and entry.meta.reviewed_by:
            day = f", {entry.meta.reviewed_on}" if entry.meta.reviewed_on else ""
            rows.append((self.word("reviewed"), entry.meta.reviewed_by + day))
        else:
            review.append(Notice(self.said(self.library.words.notices["not_reviewed"])))
        if self.lang == "es":
            review.append(Notice(self.said(self.library.words.notices["translation"])))
        return [*part(self.word("file"), Rows(tuple(rows))), *review]


def named_sources(thing: object) -> frozenset[str]:
    """Every source key that a thing names, however deep."""
    found: set[str] = set()
    if isinstance(thing, cited.Strict):
        for name in thing.__struct_fields__:
            value = getattr(thing, name)
            found |= set(value) if name == "source" else named_sources(value)
    elif isinstance(thing, tuple):
        found = found.union(*map(named_sources, thing))
    elif isinstance(thing, dict):
        found = found.union(*map(named_sources, thing.values()))
    return frozenset(found)
