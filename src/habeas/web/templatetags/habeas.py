"""Filters and tags of the pages; `told` says how each thing is written."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal

from django import template
from django.forms import BoundField
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from habeas import units
from habeas.errors import Fault
from habeas.terms import Finding, Outcome
from habeas.web import components, told

register = template.Library()
HEAT_CELL = (
    '<td class="hab-heat__cell hab-heat__cell--{}"><a href="{}">'
    '<span class="govuk-visually-hidden">{} </span>{}'
    '<span class="govuk-visually-hidden"> {}</span></a></td>'
)


@register.filter
def instant(at: datetime | None) -> SafeString:
    """See `told.instant`."""
    return told.instant(at)


@register.filter
def local_instant(at: datetime | None, zone: str) -> SafeString:
    """See `told.local_instant`."""
    return told.local_instant(at, zone)


@register.filter
def day(on: date | None) -> SafeString:
    """See `told.day`."""
    return told.day(on)


@register.filter
def money(minor: int | None, currency: str) -> str:
    """See `told.money`; `"JPY:0"` names a currency whose minor unit is not a hundredth."""
    code, _, exponent = currency.partition(":")
    return told.money(minor, code, int(exponent or 2))


@register.filter
def refusal(one: Fault) -> SafeString:
    """See `told.refusal`."""
    return told.refusal(one)


@register.filter
def number(value: int | Decimal | str | None) -> str:
    """See `told.number`."""
    return told.number(None if value is None else str(value))


@register.filter
def m2(cm2: int | None) -> str:
    """See `told.m2`."""
    return told.m2(cm2)


@register.filter
def m2_plain(cm2: int) -> str:
    """An area in square metres where the page says the unit elsewhere: `3.42`."""
    return units.square_metres(cm2)


@register.simple_tag
def heat_cells(cells: Sequence[components.HeatCell | None]) -> SafeString:
    """A row of a heat map: a page has hundreds of cells, too many for the template engine."""
    name, empty = gettext("Cell %(name)s:"), gettext("empty")
    areas = {people: _area_of(people) for people in {one.people for one in cells if one}}
    rows = (
        (
            one.band,
            one.href,
            name % {"name": one.name},
            empty if one.cm2 is None else m2_plain(one.cm2),
            "" if one.cm2 is None else areas[one.people],
        )
        for one in cells
        if one is not None
    )
    none = SafeString('<td class="hab-heat__none"></td>' * sum(one is None for one in cells))
    return format_html("{}{}", format_html_join("", HEAT_CELL, rows), none)


def _area_of(people: int) -> str:
    said = ngettext(
        "square metres a person, %(n)s person", "square metres a person, %(n)s people", people
    )
    return said % {"n": people}


@register.filter
def group_kind(widget: dict[str, object]) -> str:
    """Which component a group of choices is: radios or checkboxes."""
    return "radios" if str(widget["template_name"]).endswith("radio.html") else "checkboxes"


@register.simple_tag
def shown(value: object) -> str:
    """A value of a component, written in its one way.

    Raises:
        TypeError: for a kind of value that has none, so that none is ever shown by chance.
    """
    for kind, write in _WAYS:
        if isinstance(value, kind):
            return write(value)
    raise TypeError(f"no way to show a {type(value).__name__}")


@register.simple_tag
def finding(value: Finding) -> str:
    """A finding by word, shape and colour."""
    return _tag(components.FINDINGS[value])


@register.simple_tag
def outcome(value: Outcome) -> str:
    """An outcome by word, shape and colour."""
    return _tag(components.OUTCOMES[value])


@register.filter
def field_anchor(field: BoundField) -> str:
    """The id of the element that a link in the error summary leads to: the first to be typed in."""
    if not field.use_fieldset:
        return field.id_for_label or field.auto_id
    boxes = field.subwidgets
    if not boxes:  # a field that offers no choice
        return field.auto_id
    first = boxes[0].data
    inner = first.get("subwidgets") or [first]
    return str(inner[0]["attrs"].get("id") or field.auto_id)


def _tag(tag: object) -> str:
    return _rendered("tag", tag=tag)


def _rendered(name: str, **context: object) -> SafeString:
    # Cutting the white space off makes a plain text of what the engine has already escaped.
    return SafeString(render_to_string(f"components/{name}.html", context).strip())


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
    (components.Link, lambda value: _rendered("link", link=value)),
    (components.Quote, lambda value: _rendered("quote", quote=value)),
    (components.Local, _local),
    (components.Money, _money),
    (components.Digest, lambda value: format_html('<code class="hab-hash">{}</code>', value.hex)),
    (datetime, told.instant),
    (date, told.day),
    ((int, Decimal), lambda value: told.number(str(value))),
    ((str, Promise), conditional_escape),
)
