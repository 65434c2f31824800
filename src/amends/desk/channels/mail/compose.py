"""One letter as MIME: plain text and HTML, in the direction of its language. Pure.

The look is plain on purpose: a person writes to a person. Nothing is loaded from anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.charset import QP, Charset
from email.encoders import encode_base64
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import Compat32
from email.utils import format_datetime, formataddr
from html import escape

from amends.intake.mail.automatic import LOOP_HEADER

RIGHT_TO_LEFT = frozenset({"fa"})
USUAL_COLOUR = "#0b6e5f"  # of links
MOST_REFERENCES = 20
LONGEST_WORDS = 64  # characters of an encoded word with its marks, beside the name of the header
LONGEST_LINE = 900  # long ids are not folded: servers would take the halves for two


class _OnTheLine(Compat32):
    """Headers as they go over the line. One that is short and plain needs nobody who looks where it could be folded."""

    def fold_binary(self, name: str, value: str) -> bytes:
        plain = isinstance(value, str) and value.isascii() and not {"\r", "\n"} & {*value}
        if plain and len(name) + len(value) < LONGEST_LINE - 8:
            return f"{name}: {value}\r\n".encode("ascii")
        return super().fold_binary(name, value)


_ON_THE_LINE = _OnTheLine(linesep="\r\n", max_line_length=LONGEST_LINE)
_READABLE = Charset("utf-8")
_READABLE.body_encoding = QP
_FONTS = {
    "fa": "Vazirmatn, Tahoma, 'Segoe UI', Arial, sans-serif",
    "mn": "'Segoe UI', Roboto, Arial, 'Noto Sans', sans-serif",
}
_LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]،؛؟]")


@dataclass(frozen=True, slots=True)
class Enclosure:
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    sender_name: str
    sender: str
    reply_to: str
    recipient: str
    recipient_name: str = ""
    subject: str
    text: str
    html: str = ""  # already safe; made from the text when empty
    language: str
    message_id: str
    date: datetime
    in_reply_to: str = ""
    references: Sequence[str] = ()
    automatic: bool = False
    signed: str = ""  # 'Deniz Kaya, Acme'
    link: str = ""
    link_words: str = ""
    colour: str = ""  # of links, readable on white; the house's own when empty
    house: str = ""  # whose letter it is
    site: str = ""
    privacy: str = ""
    privacy_words: str = ""
    marker: str = ""
    enclosures: Sequence[Enclosure] = ()
    left_out: str = ""  # which files did not fit, and where they are


def compose(letter: Letter) -> bytes:
    """Write the letter as it goes over the line.

    By the older half of Python's email package, which writes: the newer one parses every header that it is given, and
    takes seven times as long, while hundreds of people wait for the word that their mail came.
    """
    message: MIMEMultipart = MIMEMultipart("alternative")
    message.attach(_part(_text(letter), "plain", readable=letter.text.isascii()))
    message.attach(_part(_html(letter), "html", readable=False))
    if letter.enclosures:
        words, message = message, MIMEMultipart("mixed")
        message.attach(words)
        for enclosure in letter.enclosures:
            message.attach(_enclosed(enclosure))
    for name, value in _headers(letter):
        message[name] = value
    return message.as_bytes(policy=_ON_THE_LINE)


def _headers(letter: Letter) -> Iterator[tuple[str, str]]:
    yield "From", _address(letter.sender_name, letter.sender)
    yield "To", _address(letter.recipient_name, letter.recipient)
    yield "Reply-To", _address(letter.sender_name, letter.reply_to)
    yield "Subject", _words(_line(letter.subject))
    yield "Date", format_datetime(letter.date)
    yield "Message-ID", f"<{letter.message_id}>"
    references = _references(letter)
    if references:
        yield "In-Reply-To", f"<{letter.in_reply_to or references[-1]}>"
        yield "References", " ".join(f"<{value}>" for value in references)
    yield "Content-Language", letter.language
    if letter.automatic:
        yield "Auto-Submitted", "auto-replied" if references else "auto-generated"
        yield "X-Auto-Response-Suppress", "All"
        yield LOOP_HEADER, "1"


def _part(text: str, subtype: str, *, readable: bool) -> MIMEText:
    """A text: for people who look at it raw where it is plain ASCII, else in base64, which no server changes."""
    return MIMEText(text if readable else text.replace("\n", "\r\n"), subtype, _READABLE if readable else "utf-8")


def _enclosed(enclosure: Enclosure) -> MIMEBase:
    major, _slash, minor = enclosure.media_type.partition("/")
    known = re.fullmatch(r"[\w.+-]+/[\w.+-]+", enclosure.media_type) and major not in {"multipart", "message"}
    part = MIMEBase(major, minor) if known else MIMEBase("application", "octet-stream")
    part.set_payload(enclosure.content)
    encode_base64(part)
    name = _line(enclosure.name)
    part.add_header("Content-Disposition", "attachment", filename=name if name.isascii() else ("utf-8", "", name))
    return part


def deliverable(email: str) -> str:
    """
    The address as it is written on the line; a domain in other letters gets its ASCII form.

    :raises ValueError: if no mail can go there
    """
    local, _at, domain = email.strip().rpartition("@")
    try:
        address = f"{local}@{domain.encode('idna').decode('ascii')}"
        return Address(addr_spec=address).addr_spec
    except (MessageError, IndexError, UnicodeError) as error:
        raise ValueError(f"{email!r} is no address for mail: {error}") from error


def _address(name: str, email: str) -> str:
    name = _line(name)
    return formataddr((name, email)) if name.isascii() else f"{_words(name)} <{email}>"


def _words(text: str) -> str:
    """Words of a header: as they are, or as encoded words of a length that every server takes."""
    return text if text.isascii() else Header(text, "utf-8", maxlinelen=LONGEST_WORDS).encode()


def _line(text: str) -> str:
    """One line: a line break in a header would begin another header."""
    return " ".join(text.split())


def _references(letter: Letter) -> list[str]:
    """The first and the last ones; a long thread would grow past what servers take."""
    values = list(dict.fromkeys([*letter.references, *([letter.in_reply_to] if letter.in_reply_to else [])]))
    values = [value for value in values if value.isascii() and not re.search(r"[\s<>]", value)]
    return values if len(values) <= MOST_REFERENCES else [values[0], *values[-(MOST_REFERENCES - 1) :]]


def _foot(letter: Letter) -> list[str]:
    link = f"{letter.link_words} {letter.link}".strip() if letter.link else ""
    privacy = f"{letter.privacy_words}: {letter.privacy}" if letter.privacy else ""
    return [line for line in (letter.left_out, letter.signed, link, letter.site, privacy, letter.marker) if line]


def _text(letter: Letter) -> str:
    foot = "\n".join(_foot(letter))
    return f"{letter.text.strip()}\n\n—\n{foot}\n" if foot else f"{letter.text.strip()}\n"


def _html(letter: Letter) -> str:
    direction = "rtl" if letter.language in RIGHT_TO_LEFT else "ltr"
    side = "right" if direction == "rtl" else "left"
    fonts = _FONTS.get(letter.language, "'Segoe UI', Roboto, Helvetica, Arial, sans-serif")
    body = letter.html or _paragraphs(letter)
    words = letter.link_words.rstrip(":") or letter.link  # no address follows here
    link = _link(letter.link, words, letter)
    ways = " · ".join(
        _link(address, named, letter)
        for address, named in ((letter.site, letter.house), (letter.privacy, letter.privacy_words))
        if address
    )
    left = f'<p dir="auto" style="margin:16px 0">{escape(letter.left_out)}</p>\n' if letter.left_out else ""
    foot = "<br>".join(part for part in (escape(letter.signed), link if letter.link else "", ways) if part)
    line = f"border-top:4px solid {escape(letter.colour)};padding-top:16px;" if letter.colour else ""
    mark = f'<div dir="ltr" style="color:#9aa3a0;font-size:11px">{escape(letter.marker)}</div>' if letter.marker else ""
    return (
        f'<!doctype html>\n<html lang="{letter.language}" dir="{direction}">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"></head>\n'
        f'<body dir="{direction}" style="margin:0;padding:16px;background:#ffffff;color:#1d2624">\n'
        f'<div dir="{direction}" style="max-width:600px;font-family:{escape(fonts, quote=True)};font-size:16px;'
        f'line-height:1.6;{line}text-align:{side}">\n{body}\n{left}'
        f'<div style="margin-top:24px;padding-top:12px;border-top:1px solid #dfe5e3;color:#5d6866;font-size:14px">'
        f"{foot}{mark}</div>\n</div>\n</body>\n</html>\n"
    )


def _link(address: str, words: str, letter: Letter) -> str:
    # An address that stands bare runs by itself: among Persian words its end would come first.
    bare = ' dir="ltr"' if words == address else ""
    colour = escape(letter.colour or USUAL_COLOUR)
    return f'<a href="{escape(address)}"{bare} style="color:{colour}">{escape(words)}</a>'


def _paragraphs(letter: Letter) -> str:
    """Paragraphs and line breaks as they were written, addresses of pages as links; each takes its own direction."""
    written = [part for part in re.split(r"\n\s*\n", letter.text.strip()) if part.strip()]
    return "\n".join(f'<p dir="auto" style="margin:0 0 16px">{_linked(part, letter)}</p>' for part in written)


def _linked(text: str, letter: Letter) -> str:
    out, end = [], 0
    for match in _LINK.finditer(text):
        target = match.group()
        out += [escape(text[end : match.start()]), _link(target, target, letter)]
        end = match.end()
    out.append(escape(text[end:]))
    return "".join(out).replace("\n", "<br>\n")
