"""Which parts of a mail are the message, and which are files: the body structure of RFC 8621 (JMAP), section 4.1.4.

The library's most lenient policy reads the parts: the newer one raises on headers that real mail has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.message import Message

from amends.intake.mail import charset, clean, headers

MEDIA = ("image", "audio", "video")
_NO_SEMICOLON = re.compile(r"\s*(text/(?:plain|html))[\s,]+(?=[\w-]+\s*=)", re.IGNORECASE)
_EXPLAINS_MIME = re.compile(r"multi-?part|\bMIME\b", re.IGNORECASE)


class UnableToParse(Exception):
    """The mail is kept, and a person has to look at it. `code` is 'empty', 'too-big', 'nested' or 'parts'."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    mail: int = 60 * 1024 * 1024
    file: int = 25 * 1024 * 1024
    files: int = 100
    boundaries: int = 64
    parts: int = 500


LIMITS = Limits()


@dataclass(slots=True)
class Structure:
    text: list[Message] = field(default_factory=list)
    html: list[Message] = field(default_factory=list)
    files: list[Message] = field(default_factory=list)
    preamble: str = ""  # words where none should be, of a mail whose parts are broken


def walk(message: Message, limits: Limits) -> list[Message]:
    parts: list[Message] = []
    waiting = [message]
    while waiting:
        part = waiting.pop(0)
        _mend_type(part)
        parts.append(part)
        if len(parts) > limits.parts:
            raise UnableToParse("parts", str(limits.parts))
        if _is_multipart(part):
            waiting = [child for child in part.get_payload() if isinstance(child, Message)] + waiting
    return parts


def _mend_type(part: Message) -> None:
    """'text/plain charset=x', without its semicolon, would be a kind that nobody knows, and the words a file."""
    written = headers.raw_value(part, "content-type")
    if (found := _NO_SEMICOLON.match(written)) is not None and "content-type" in part:
        part.replace_header("content-type", f"{found[1]}; {written[found.end() :]}")


def _is_multipart(part: Message) -> bool:
    return part.is_multipart() and part.get_content_maintype() == "multipart"


def structure_of(message: Message, limits: Limits) -> Structure:
    found = Structure()
    stray = [part.preamble for part in walk(message, limits) if isinstance(part.preamble, str)]
    found.preamble = clean.body(
        headers.bare("\n".join(text for text in stray if not _EXPLAINS_MIME.search(text)))
    ).strip()
    _collect([message], "mixed", found.html, found.text, found, in_alternative=False)
    # Pictures among the words are files to us as well.
    for part in (*found.text, *found.html):
        if part.get_content_maintype() in MEDIA and not any(part is known for known in found.files):
            found.files.append(part)
    return found


def _collect(  # noqa: C901, PLR0912 - the questions of the RFC in its own order
    parts: Iterable[Message],
    kind: str,
    html_body: list[Message] | None,
    text_body: list[Message] | None,
    found: Structure,
    *,
    in_alternative: bool,
) -> None:
    """RFC 8621, section 4.1.4, in its own order of questions."""
    text_length = len(text_body) if text_body is not None else -1
    html_length = len(html_body) if html_body is not None else -1
    for place, part in enumerate(parts):
        media, major = part.get_content_type(), part.get_content_maintype()
        if _is_multipart(part):
            subtype = part.get_content_subtype()
            children = [child for child in part.get_payload() if isinstance(child, Message)]
            _collect(
                children,
                subtype,
                html_body,
                text_body,
                found,
                in_alternative=in_alternative or subtype == "alternative",
            )
            continue
        broken = major == "multipart" and not part.is_multipart()  # says that it has parts, and has none
        is_text = (media in {"text/plain", "text/html"} or broken) and not part.is_multipart()
        shown = (
            disposition(part) != "attachment"
            and (is_text or major in MEDIA)
            and (place == 0 or (kind != "related" and (major in MEDIA or not name_of(part))))
        )
        if not shown:
            found.files.append(part)
            continue
        if kind == "alternative" and not broken:
            target = {"text/plain": text_body, "text/html": html_body}.get(media, found.files)
            if target is not None:
                target.append(part)
            continue
        if in_alternative:
            if media == "text/plain":
                html_body = None
            if media == "text/html":
                text_body = None
        if text_body is not None:
            text_body.append(part)
        if html_body is not None:
            html_body.append(part)
        if (text_body is None or html_body is None) and major in MEDIA:
            found.files.append(part)
    if kind == "alternative" and text_body is not None and html_body is not None:
        if text_length == len(text_body) and html_length != len(html_body):
            text_body += html_body[html_length:]
        if html_length == len(html_body) and text_length != len(text_body):
            html_body += text_body[text_length:]


def disposition(part: Message) -> str:
    return headers.raw_value(part, "content-disposition").split(";")[0].strip().strip("\"'").casefold()


def name_of(part: Message) -> str:
    """The file's name by any of the ways in which senders give it."""
    for source in ("filename", "name"):
        header = "content-disposition" if source == "filename" else "content-type"
        try:
            value = part.get_param(source, header=header)
        except (ValueError, TypeError, IndexError, LookupError):
            value = None
        if isinstance(value, tuple):  # RFC 2231: charset, language, percent-encoded bytes read as Latin-1
            label, _, text = value
            value = charset.decode((text or "").encode("latin-1", "replace"), label or "")
        if value:
            return clean.file_name(headers.readable(str(value)))
    return ""


_TRANSFER = re.compile(r"quoted-printable|base64|x-uuencode|uuencode|uue|7bit|8bit|binary", re.IGNORECASE)


def decoded(part: Message) -> bytes:
    written = headers.raw_value(part, "content-transfer-encoding")
    known = _TRANSFER.search(written)
    if (
        known and known.group() != part["content-transfer-encoding"]
    ):  # blanks, a semicolon, quotes: the library would take the code for the text
        part.replace_header("content-transfer-encoding", known.group())
    payload = part.get_payload(decode=True)
    if isinstance(payload, bytes):
        return payload
    return str(part.get_payload() or "").encode("utf-8", "surrogateescape")


def read(part: Message) -> str:
    try:
        label = part.get_param("charset") or ""
    except (ValueError, TypeError, IndexError, LookupError):
        label = ""
    name = label[2] if isinstance(label, tuple) else label
    return clean.body(charset.decode(decoded(part), str(name or "")))
