"""Filters and tags of the pages; `told` says how each thing is written."""

from datetime import date, datetime
from decimal import Decimal

from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString

from habeas.errors import Fault
from habeas.web import drawn, told

register = template.Library()
register.simple_tag(drawn.shown)
register.simple_tag(drawn.finding)
register.simple_tag(drawn.outcome)


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
