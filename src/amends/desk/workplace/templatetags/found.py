"""What a search found, marked where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django import template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from amends.desk.complaints.search import found_in
from amends.desk.web.templatetags.look import address_or_words

register = template.Library()


@register.filter
def found(text: object, query: str = "") -> SafeString:
    """Mark the words of a query in somebody's words, however they are written there."""
    words = str(text)
    spans = found_in(words, query) if query else []
    if not spans:
        return conditional_escape(words)
    return format_html_join("", "{}", ((one,) for one in _marked(words, spans)))


@register.filter
def found_apart(text: str, query: str = "") -> SafeString:
    """The same, with addresses of pages and of mail set apart (`look.addresses_apart`)."""
    parts = address_or_words(text)
    return format_html_join(
        "", "{}", ((format_html('<bdi dir="ltr">{}</bdi>', found(part, query)) if address else found(part, query),)
                   for part, address in parts)
    )  # fmt: skip


def _marked(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[SafeString | str]:
    at = 0
    for start, end in spans:
        yield text[at:start]
        yield format_html('<mark class="found">{}</mark>', text[start:end])
        at = end
    yield text[at:]
