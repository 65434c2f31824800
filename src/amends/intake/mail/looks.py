"""A mail's HTML with the look that it came with, for a frame in which nothing runs and nothing is fetched.

nh3 reads it as a browser would and leaves what lays out and colours words. Pictures of the mail itself are put in;
those from elsewhere are left out, until somebody brings them along.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import nh3

from amends.intake.mail import html
from amends.intake.mail.files import files_of
from amends.intake.mail.parse import message_of
from amends.intake.mail.structure import LIMITS, Limits, read, structure_of

_TAGS: Final = html.TAGS | {
    *("address", "article", "aside", "bdi", "bdo", "caption", "col", "colgroup", "figcaption", "figure", "footer"),
    *("header", "main", "mark", "section", "small", "wbr"),
}
_ATTRIBUTES: Final = {
    "*": {"dir", "lang", "style", "title", "align", "valign", "bgcolor", "width", "height"},
    "a": {"href"},
    "img": {"src", "alt", "border"},
    "table": {"border", "cellpadding", "cellspacing"},
    "td": {"colspan", "rowspan", "nowrap"},
    "th": {"colspan", "rowspan", "nowrap"},
    "col": {"span"},
    "font": {"color", "face", "size"},
    "ol": {"start", "type"},
}
_STYLES: Final = {
    *("background", "background-color", "border", "border-collapse", "border-color", "border-radius", "border-spacing"),
    *(
        "border-style",
        "border-width",
        "border-top",
        "border-right",
        "border-bottom",
        "border-left",
        "color",
        "direction",
    ),
    *("display", "font", "font-family", "font-size", "font-style", "font-variant", "font-weight", "height"),
    *("letter-spacing", "line-height", "list-style-type", "margin", "margin-top", "margin-right", "margin-bottom"),
    *("margin-left", "max-width", "min-width", "padding", "padding-top", "padding-right", "padding-bottom"),
    *("padding-left", "table-layout", "text-align", "text-decoration", "text-indent", "text-transform", "unicode-bidi"),
    *("vertical-align", "white-space", "width", "word-break"),
}
_FETCHES: Final = re.compile(r"[^;]*(?:url|image|image-set|src)\s*\([^)]*\)[^;]*", re.IGNORECASE)
_REMOTE: Final = re.compile(r"https?://[^\s]+", re.IGNORECASE)
_LEADS: Final = re.compile(r"(?:https?|mailto|tel):", re.IGNORECASE)
_WITHIN: Final = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE)
_LARGEST_WITHIN: Final = 8 * 1024 * 1024  # bytes of all pictures of the mail itself that are drawn in the frame


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that a browser draws."""

    media_type: str
    content: bytes

    @property
    def address(self) -> str:
        return f"data:{self.media_type};base64,{base64.b64encode(self.content).decode()}"


@dataclass(frozen=True, slots=True)
class Looks:
    html: str
    remote: tuple[str, ...]  # addresses of pictures from elsewhere, each once, in the order of the letter
    left_out: int  # places of pictures from elsewhere that are empty


def looks_of(raw: bytes, *, brought: Mapping[str, Picture] | None = None, limits: Limits = LIMITS) -> Looks | None:
    """Read a raw mail's HTML; none where it has none, or one too large to be drawn.

    `brought` are pictures from elsewhere that somebody fetched, by their address.

    :raises UnableToParse: when it is empty, too big or nested without end
    """
    structure = structure_of(message_of(raw, limits=limits), limits)
    source = "\n".join(read(part) for part in structure.html if part.get_content_type() == "text/html")
    if not source.strip() or html.is_too_much(source):
        return None
    files, _left_out = files_of([*structure.files], limits, frozenset())
    within: dict[str, Picture] = {}
    room = _LARGEST_WITHIN
    for file in files:
        media = media_of(file.content)
        if file.content_id and media and len(file.content) <= room:
            within[file.content_id] = Picture(media, file.content)
            room -= len(file.content)
    return _cleaned(source, within=within, brought=brought or {})


def media_of(content: bytes) -> str:
    """Which kind of picture it is, by its first bytes; nothing where it is none that is drawn without running."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "image/webp"
    return ""


def _cleaned(source: str, *, within: Mapping[str, Picture], brought: Mapping[str, Picture]) -> Looks:
    remote: dict[str, None] = {}
    empty = 0

    def picture(value: str) -> str | None:
        nonlocal empty
        if value.casefold().startswith("cid:"):
            found = within.get(value[4:].strip("<> "))
            return found.address if found is not None else None
        if _WITHIN.fullmatch(value):
            return value
        if not _REMOTE.fullmatch(value):
            return None
        remote[value] = None
        if value in brought:
            return brought[value].address
        empty += 1
        return None

    cleaned = nh3.clean(
        source,
        tags=_TAGS,
        clean_content_tags=html.DROPPED,
        attributes=_ATTRIBUTES,
        attribute_filter=_filter(picture),
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
        link_rel=None,
        filter_style_properties=_STYLES,
        url_relative="deny",
    )
    return Looks(cleaned, tuple(remote), empty)


def _filter(picture: Callable[[str], str | None]) -> Callable[[str, str, str], str | None]:
    def kept(tag: str, name: str, value: str) -> str | None:
        if tag == "img" and name == "src":
            return picture(value)
        if name == "href":
            return value if _LEADS.match(value) else None
        if name == "style":
            return _FETCHES.sub("", value)
        return value

    return kept
