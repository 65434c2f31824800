"""Strangers' text made safe to keep: what a database cannot hold, what would turn a line around, what would run."""

from __future__ import annotations

import unicodedata

import nh3

# fmt: off
TAGS = frozenset({
    "a", "abbr", "b", "bdi", "bdo", "blockquote", "br", "caption", "cite", "code", "col", "colgroup", "dd", "del",
    "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img",
    "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "table",
    "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul", "var", "wbr",
})
# fmt: on
ATTRIBUTES = {
    "*": {"dir", "lang", "title"},
    "a": {"href"},
    "img": {"alt", "height", "src", "width"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
# Marks that embed, override or isolate a direction: a name must not turn the line in which it stands.
_TURNING = dict.fromkeys([0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def storable(text: str) -> str:
    """Drop what PostgreSQL cannot hold: NUL characters and halves of surrogate pairs."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def one_line(text: str, *, limit: int) -> str:
    """Make a name or a subject of it: one line, without control or direction marks, cut to a length."""
    text = storable(text).translate(_TURNING)
    text = "".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in text)
    return " ".join(text.split())[:limit].rstrip()


def safe_html(html: str) -> str:
    """Sanitise HTML: no script, no style, no form, and no picture from elsewhere."""
    if not html:
        return ""
    return nh3.clean(
        storable(html),
        tags=set(TAGS),
        attributes=ATTRIBUTES,
        attribute_filter=_keep,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel="noopener noreferrer nofollow",
    )


def _keep(tag: str, attribute: str, value: str) -> str | None:
    if tag == "img" and attribute == "src" and not value.startswith("cid:"):
        return None
    return value
