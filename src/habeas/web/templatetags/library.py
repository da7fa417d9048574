"""Texts of the library in a page: an id that has a page of its own, and an address, are links."""

import re

from django import template
from django.urls import reverse
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from habeas.web.desk import agreements

register = template.Library()
WORD = re.compile(r"https?://[^\s<>\"']+|[A-Za-z0-9][A-Za-z0-9_.\-]*[A-Za-z0-9]")
LEAST = 3  # letters of an id that is no ordinary word
OPENS = (".", ",", ";", ")")


@register.filter
def named(text: str, way: str = "library") -> SafeString:
    """A text with links to the things of the library that it names, by the way of that name."""
    parts, last = list[SafeString](), 0
    for found in WORD.finditer(text):
        link = _link(found[0], way)
        if link is not None:
            parts += [conditional_escape(text[last : found.start()]), link]
            last = found.end()
    parts.append(conditional_escape(text[last:]))
    return format_html_join("", "{}", ((one,) for one in parts))


def _link(word: str, way: str) -> SafeString | None:
    if word.startswith("http"):
        address = word.rstrip("".join(OPENS))
        rest = word[len(address) :]
        return format_html(
            '<a class="govuk-link" href="{0}" rel="noreferrer">{0}</a>{1}', address, rest
        )
    marked = any(letter.isupper() or letter in "-_0123456789" for letter in word)
    if len(word) < LEAST or not marked or word not in agreements.ids():
        return None
    return format_html('<a class="govuk-link" href="{}">{}</a>', reverse(way, args=[word]), word)


@register.filter
def ticked(text: str) -> SafeString:
    """A text in which what stands between backticks is code."""
    parts = text.split("`")
    forms = ("{}", "<code>{}</code>")
    shown = (format_html(forms[place % 2], part) for place, part in enumerate(parts))
    return format_html_join("", "{}", ((one,) for one in shown))
