"""Bring the Spanish catalogue up to the messages in the sources, and compile it.

For maintainers: GNU xgettext finds the messages, through Django's makemessages; users get the
compiled catalogue from the repository. Nothing is guessed: what has no translation yet stays empty
and is told, what the sources no longer hold goes, and no entry is ever fuzzy.

    python tools/catalogue.py              find, fill, compile
    python tools/catalogue.py --compile    compile alone: needs no xgettext
"""

import os
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import django
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.core.management import call_command
from django.core.management.commands import makemessages
from django.test.utils import override_settings

WEB = Path(__file__).parents[1] / "src/habeas/web"
FOLDER = Path("locale/es/LC_MESSAGES")
SOURCE, COMPILED = "django.po", "django.mo"
WIDTH = 100
# CLDR: one; many, for whole millions ("1 000 000 de personas"); other.
PLURALS = "nplurals=3; plural=n == 1 ? 0 : n != 0 && n % 1000000 == 0 ? 1 : 2;"
HEADERS = (
    ("Language", "es"),
    ("MIME-Version", "1.0"),
    ("Content-Type", "text/plain; charset=utf-8"),
    ("Content-Transfer-Encoding", "8bit"),
    ("Plural-Forms", f"{PLURALS}\n"),
)
HEADER = """\
# Spanish of the pages. The words are those of docs/glossary.md; the translation is unreviewed.
# Written by tools/catalogue.py: only the translations are edited by hand.
#"""


class _Written(Catalog):
    """A catalogue whose header tells no day, machine or person: same messages, same bytes."""

    mime_headers = property(lambda _self: list(HEADERS), Catalog._set_mime_headers)  # noqa: SLF001


class _Found(makemessages.Command):
    """Only finds: no file of a language is written by it."""

    def write_po_file(self, potfile: str, locale: str) -> None:
        """Leave the languages alone."""


def found(web: Path = WEB) -> Catalog:
    """Every message in the modules and templates of the web, untranslated."""
    here, pot = Path.cwd(), web / "locale/django.pot"
    os.chdir(web)
    try:
        with override_settings(LOCALE_PATHS=[web / "locale"]):
            ignored = ["static/*", "locale/*"]
            call_command(
                _Found(),
                locale=["es"],
                keep_pot=True,
                no_location=True,
                verbosity=0,
                ignore_patterns=ignored,
            )
        blank = b"nplurals=INTEGER; plural=EXPRESSION;"  # xgettext leaves the forms to translators
        return read_po(BytesIO(pot.read_bytes().replace(blank, PLURALS.encode())))
    finally:
        os.chdir(here)
        pot.unlink(missing_ok=True)


def stored(path: Path) -> Catalog:
    """A committed catalogue; an empty one where there is none yet."""
    return read_po(BytesIO(path.read_bytes()), locale="es") if path.exists() else Catalog("es")


def filled(wanted: Catalog, known: Catalog) -> Catalog:
    """Exactly the wanted messages, with the translations that are known of just these."""
    made = empty()
    for one in messages(wanted):
        old = known.get(one.id, one.context)
        text = old.string if old is not None and not old.fuzzy else ""
        plural = len(one.id) if not isinstance(one.id, str) else 0
        blank = ("",) * made.num_plurals if plural else ""
        flags = one.flags & {"python-format"}
        kept = text if isinstance(text, str) == isinstance(blank, str) and text else blank
        notes = one.auto_comments
        made.add(one.id, kept, flags=flags, auto_comments=notes, context=one.context)
    return made


def empty() -> "_Written":
    """A catalogue without a message."""
    made = _Written("es", header_comment=HEADER, fuzzy=False)
    made.mime_headers = HEADERS  # Babel alone knows two plural forms of Spanish
    return made


def messages(catalogue: Catalog) -> Iterator[Message]:
    """Its messages, without the header."""
    return (one for one in catalogue if one.id)


def untranslated(catalogue: Catalog) -> list[Message]:
    """The messages of which a form at least is empty."""
    return [one for one in messages(catalogue) if not all(forms(one))]


def forms(one: Message) -> tuple[str, ...]:
    """The translation of a message: one text, or one for each plural form."""
    found = one.string
    return (found,) if isinstance(found, str) else tuple(str(each) for each in found or ("",))


def text(catalogue: Catalog) -> bytes:
    """A catalogue as its file holds it: sorted, without lines of sources, so diffs are small."""
    out = BytesIO()
    write_po(out, catalogue, width=WIDTH, no_location=True, sort_output=True, ignore_obsolete=True)
    return out.getvalue()


def compiled(catalogue: Catalog) -> bytes:
    """A catalogue as it is read when pages are served."""
    out = BytesIO()
    write_mo(out, filled(catalogue, catalogue))
    return out.getvalue()


def main() -> int:
    """Write both files; status 1 where something has no translation."""
    path = WEB / FOLDER / SOURCE
    known = stored(path)
    if "--compile" not in sys.argv:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "habeas.web.settings")
        django.setup()
        path.parent.mkdir(parents=True, exist_ok=True)
        known = filled(found(), known)
        path.write_bytes(text(known))
    path.with_name(COMPILED).write_bytes(compiled(known))
    missing = untranslated(known)
    for one in missing:
        print(f"untranslated: {one.id!r}")
    print(f"{len(known)} messages, {len(missing)} untranslated")
    return int(bool(missing))


if __name__ == "__main__":
    sys.exit(main())
