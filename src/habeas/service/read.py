"""Read the library: one thing by its id as pages, as Markdown or as data."""

from datetime import date

import msgspec

from habeas.errors import Fault, SetupError
from habeas.law.agreement import Agreement, Conflict, Law, Vocabulary
from habeas.law.cited import Strict
from habeas.law.ids import Entry, Kind, entries, named
from habeas.law.library import Library
from habeas.law.pages import page
from habeas.law.reader import LANGUAGES, Lang, Reader
from habeas.law.records import Facility, Standard
from habeas.law.words import (
    Block,
    Code,
    Heading,
    Notice,
    Page,
    Paragraph,
    Point,
    Points,
    Rows,
    Table,
    markdown,
)
from habeas.service import NOT_REVIEWED

__all__ = [
    "Block", "Code", "Heading", "Notice", "Page", "Paragraph", "Point", "Points", "Rows", "Table",
    "document", "known", "language", "markdown", "pages", "schema",
]  # fmt: skip


def language(name: str) -> Lang:
    """A language of the library.

    Raises:
        SetupError: H903 for another.
    """
    for known in LANGUAGES:
        if known == name:
            return known
    raise SetupError(Fault("H903", f"no language '{name}'", f"Use one of {', '.join(LANGUAGES)}."))


def pages(library: Library, name: str, lang: Lang, day: date | None = None) -> list[Page]:
    """The things of an id for reading, with what is in force on a day.

    Raises:
        LawError: H219, when the library holds nothing of that id.
    """
    reader = Reader(library, lang, day)
    return [page(entry, reader) for entry in named(library, name)]


def known(library: Library) -> dict[str, list[str]]:
    """Every id that can be asked for, by kind, in the library's order."""
    found: dict[str, list[str]] = {}
    for one in entries(library):
        ids = found.setdefault(one.kind.value, [])
        if one.id not in ids:
            ids.append(one.id)
    return found


def document(library: Library, name: str) -> dict[str, object]:
    """The things of an id as the library has them, in both languages.

    Raises:
        LawError: H219, when the library holds nothing of that id.
    """
    return {
        "id": name,
        "found": [_entry(library, one) for one in named(library, name)],
        "review": NOT_REVIEWED,
    }


SHAPES: dict[str, type[Strict]] = {
    "agreement": Agreement,
    "law": Law,
    "facts": Vocabulary,
    "standard": Standard,
    "facility": Facility,
}


def schema(kind: str) -> dict[str, object]:
    """The JSON Schema of a kind of file; what only the checker knows is not in it.

    Raises:
        SetupError: H903 for another kind.
    """
    if kind not in SHAPES:
        fix = f"Use one of {', '.join(SHAPES)}."
        raise SetupError(Fault("H903", f"no schema '{kind}'", fix))
    found: dict[str, object] = msgspec.json.schema(SHAPES[kind])
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found}


def _entry(library: Library, entry: Entry) -> dict[str, object]:
    found: dict[str, object] = {
        "kind": entry.kind.value,
        "file": entry.file.name,
        "hash": entry.file.hash,
        "thing": msgspec.to_builtins(entry.thing),
        "conflicts": [
            msgspec.to_builtins(one.thing)
            for one in entries(library)
            if isinstance(one.thing, Conflict) and entry.id in (one.holder, *one.thing.concerns)
        ],
    }
    if entry.kind in (Kind.RULE, Kind.AGREEMENT_RULE):
        found["layer"] = library.layers.rules.get(entry.id, "policy")
    return found
