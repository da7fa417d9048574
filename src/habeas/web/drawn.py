"""What every page has, or holds dozens of, drawn by Jinja: frame, components, forms.

Jinja compiles its templates; half of a page's time went into these while Django walked through
them. They lie in `jinja2`, apart from the pages, and are included as any other template is:
`{% include "components/table.html" %}`. They escape what they are given, and see the page's
context. Django has its own widgets in Jinja too.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import jinja2
from django import forms
from django.template import Context, Origin, TemplateDoesNotExist
from django.templatetags.static import static
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext
from markupsafe import Markup

from habeas import units
from habeas.terms import Finding, Outcome
from habeas.web import components, told

FOLDERS = (Path(__file__).parent / "jinja2", Path(forms.__file__).parent / "jinja2")


class Drawn:
    """A template of Jinja that the engine of pages takes for one of its own."""

    def __init__(self, name: str, drawn: jinja2.Template) -> None:
        self.name = name
        self.origin = Origin(str(drawn.filename), name)
        self._drawn = drawn

    def render(self, context: Context) -> SafeString:
        """The HTML of it, out of what the page has at this place."""
        return SafeString(self._drawn.render(context.flatten()))


class Loader:
    """What the engine asks first for a template (its `Loader`); knows those of Jinja alone."""

    def __init__(self, _engine: object) -> None:
        """As the engine makes a loader; what it is handed is not needed."""

    def reset(self) -> None:
        """Nothing to forget: a template does not change while pages are served."""

    def get_template(self, template_name: str, **_skip: object) -> Drawn:
        """A template of Jinja by its name.

        Raises:
            TemplateDoesNotExist: when there is none of this name: another loader is asked then.
        """
        if template_name not in _KNOWN:
            raise TemplateDoesNotExist(template_name, tried=[])
        return Drawn(template_name, _JINJA.get_template(template_name))


def shown(value: object) -> str:
    """A value of a component, written in its one way.

    Raises:
        TypeError: for a kind of value that has none, so that none is ever shown by chance.
    """
    for kind, write in _WAYS:
        if isinstance(value, kind):
            return write(value)
    raise TypeError(f"no way to show a {type(value).__name__}")


def finding(value: Finding) -> str:
    """A finding by word, shape and colour."""
    return _tag(components.FINDINGS[value])


def outcome(value: Outcome) -> str:
    """An outcome by word, shape and colour."""
    return _tag(components.OUTCOMES[value])


def html(name: str, context: Mapping[str, object]) -> SafeString:
    """A template of Jinja by its name, without white space around it.

    Raises:
        TemplateNotFound: when there is none of this name.
    """
    # Cutting the white space off makes a plain text of what the engine has already escaped.
    return SafeString(_JINJA.get_template(name).render(context).strip())


def _translated(words: str) -> Markup:
    return Markup(gettext(words))  # noqa: S704 - the catalogue's own words; what is set in is not


def _heat_rows(heat: components.Heat) -> list[tuple[str, Markup]]:
    """The rows of a heat map; a cell that looks as it did before is not drawn anew."""
    language, between = get_language(), Markup()
    return [
        (name, between.join(_heat_cell(language, one) for one in cells))
        for name, cells in heat.rows
    ]


@lru_cache(maxsize=32_768)
def _heat_cell(_language: str | None, cell: components.HeatCell | None) -> Markup:
    return Markup(html("components/heat_cell.html", {"cell": cell}))  # noqa: S704 - the engine's


def _a_person(people: int) -> str:
    said = ngettext(
        "square metres a person, %(n)s person", "square metres a person, %(n)s people", people
    )
    return said % {"n": people}


def _tag(tag: object) -> str:
    return html("components/tag.html", {"tag": tag})


def _money(value: object) -> str:
    assert isinstance(value, components.Money)  # noqa: S101 - by the table below
    return told.money(value.minor, value.currency, value.exponent)


def _local(value: object) -> str:
    assert isinstance(value, components.Local)  # noqa: S101 - by the table below
    return told.local_instant(value.at, value.zone)


# The order matters: an instant is also a day, and a word of a term also text.
_WAYS: tuple[tuple[type | tuple[type, ...], Callable[..., str]], ...] = (
    (type(None), lambda _: told.day(None)),
    (Finding, finding),
    (Outcome, outcome),
    (components.Tag, _tag),
    (components.Link, lambda value: html("components/link.html", {"link": value})),
    (components.Quote, lambda value: html("components/quote.html", {"quote": value})),
    (components.Local, _local),
    (components.Money, _money),
    (components.Digest, lambda value: format_html('<code class="hab-hash">{}</code>', value.hex)),
    (datetime, told.instant),
    (date, told.day),
    ((int, Decimal), lambda value: told.number(str(value))),
    ((str, Promise), conditional_escape),
)
_JINJA = jinja2.Environment(
    loader=jinja2.FileSystemLoader(FOLDERS),
    autoescape=True,
    auto_reload=False,
    cache_size=-1,
    undefined=jinja2.ChainableUndefined,  # what a page does not say is left out, as Django does
)
_JINJA.globals["_"] = _translated
_JINJA.filters.update(  # not globals: a page's own words, such as its instant, would hide them
    {
        "a_person": _a_person,
        "heat_rows": _heat_rows,
        "instant": told.instant,
        "local_instant": told.local_instant,
        "m2_plain": units.square_metres,
        "number": told.number,
        "shown": shown,
        "static": static,
        "url": lambda name, *given: reverse(name, args=given),
    }
)
_KNOWN = frozenset(_JINJA.list_templates())
