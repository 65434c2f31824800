"""A note's words, with the names of who is mentioned in them as marks."""

from __future__ import annotations

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from amends.desk.complaints.queries import Item
from amends.desk.web.templatetags.look import addresses_apart

register = template.Library()


@register.filter
def with_mentions(item: Item, reader: int | None) -> SafeString:
    """Set the names in a note apart, the reader's own more than others."""
    pieces: list[SafeString] = []
    at = 0
    for one in item.data.get("mentions", ()):
        start, end = one["start"], one["end"]
        if start < at or item.text[start : start + 1] != "@":
            continue  # the words are not the ones in which it stood
        pieces.append(addresses_apart(item.text[at:start]))
        css = "mention mention-me" if one["agent"] == reader else "mention"
        pieces.append(format_html('<bdi class="{}">{}</bdi>', css, item.text[start:end]))
        at = end
    pieces.append(addresses_apart(item.text[at:]))
    return format_html_join("", "{}", ((piece,) for piece in pieces))
