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
    """Make a name or a subject of it: one line, without control or direction marks, shortened to a length."""
    text = storable(text).translate(_TURNING)
    text = "".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in text)
    return shortened(" ".join(text.split()), limit=limit)


def shortened(text: str, *, limit: int) -> str:
    """Cut a line to at most `limit` characters between two words, and say by '…' that it goes on.

    A single word that is longer is cut between two letters as a reader sees them: an accent, a joiner or the second
    half of a flag stays with what it belongs to.
    """
    if len(text) <= limit:
        return text
    end = limit - 1
    blank = text.rfind(" ", 0, end + 1)
    if blank >= end // 2:
        return text[:blank].rstrip(_HANGING) + "…"
    while end > 1 and _joins(text, end):
        end -= 1
    return text[:end].rstrip(_HANGING) + "…"


# What a cut line must not end on before its '…'.
_HANGING = " \u200c,;:.،؛-–—"
_JOINER = "\u200d"
_FLAGS = range(0x1F1E6, 0x1F200)
_SKINS = range(0x1F3FB, 0x1F400)


def _joins(text: str, place: int) -> bool:
    """Whether the letters before and at a place are one to a reader."""
    before, at = text[place - 1], text[place]
    if _JOINER in {before, at} or unicodedata.category(at)[0] == "M" or ord(at) in _SKINS:
        return True
    if ord(before) in _FLAGS and ord(at) in _FLAGS:
        run = 0
        while run < place and ord(text[place - 1 - run]) in _FLAGS:
            run += 1
        return run % 2 == 1
    return False


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
