"""One letter as MIME: plain text and HTML, in the direction of its language. Pure.

The look is plain on purpose: a person writes to a person. Nothing is loaded from anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

from amends.intake.mail.automatic import LOOP_HEADER

RIGHT_TO_LEFT = frozenset({"fa"})
MOST_REFERENCES = 20
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
    marker: str = ""
    enclosures: Sequence[Enclosure] = ()


def compose(letter: Letter) -> EmailMessage:
    """Write the letter as it goes out."""
    message = EmailMessage(policy=SMTP)
    message["From"] = _address(letter.sender_name, letter.sender)
    message["To"] = _address(letter.recipient_name, letter.recipient)
    message["Reply-To"] = _address(letter.sender_name, letter.reply_to)
    message["Subject"] = _line(letter.subject)
    message["Date"] = format_datetime(letter.date)
    message["Message-ID"] = f"<{letter.message_id}>"
    references = _references(letter)
    if references:
        message["In-Reply-To"] = f"<{letter.in_reply_to or references[-1]}>"
        message["References"] = " ".join(f"<{value}>" for value in references)
    message["Content-Language"] = letter.language
    if letter.automatic:
        message["Auto-Submitted"] = "auto-replied" if references else "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
        message[LOOP_HEADER] = "1"
    message.set_content(_text(letter), cte="quoted-printable" if letter.text.isascii() else "base64")
    message.add_alternative(_html(letter), subtype="html", cte="base64")
    for enclosure in letter.enclosures:
        major, _slash, minor = enclosure.media_type.partition("/")
        known = re.fullmatch(r"[\w.+-]+/[\w.+-]+", enclosure.media_type) and major not in {"multipart", "message"}
        message.add_attachment(
            enclosure.content,
            maintype=major if known else "application",
            subtype=minor if known else "octet-stream",
            filename=enclosure.name,
        )
    return message


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


def to_bytes(message: EmailMessage) -> bytes:
    """The letter as it goes over the line; long ids are not folded, which would turn them into encoded words."""
    return message.as_bytes(policy=SMTP.clone(max_line_length=900))


def _address(name: str, email: str) -> Address:
    return Address(display_name=_line(name), addr_spec=email)


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
    return [line for line in (letter.signed, link, letter.marker) if line]


def _text(letter: Letter) -> str:
    foot = "\n".join(_foot(letter))
    return f"{letter.text.strip()}\n\n—\n{foot}\n" if foot else f"{letter.text.strip()}\n"


def _html(letter: Letter) -> str:
    direction = "rtl" if letter.language in RIGHT_TO_LEFT else "ltr"
    side = "right" if direction == "rtl" else "left"
    fonts = _FONTS.get(letter.language, "'Segoe UI', Roboto, Helvetica, Arial, sans-serif")
    body = letter.html or _paragraphs(letter.text)
    words = letter.link_words.rstrip(":") or letter.link  # no address follows here
    link = f'<a href="{escape(letter.link)}" style="color:#0b6e5f">{escape(words)}</a>'
    foot = "<br>".join(part for part in (escape(letter.signed), link if letter.link else "") if part)
    mark = f'<div dir="ltr" style="color:#9aa3a0;font-size:11px">{escape(letter.marker)}</div>' if letter.marker else ""
    return (
        f'<!doctype html>\n<html lang="{letter.language}" dir="{direction}">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"></head>\n'
        f'<body dir="{direction}" style="margin:0;padding:16px;background:#ffffff;color:#1d2624">\n'
        f'<div dir="{direction}" style="max-width:600px;font-family:{escape(fonts, quote=True)};font-size:16px;'
        f'line-height:1.6;text-align:{side}">\n{body}\n'
        f'<div style="margin-top:24px;padding-top:12px;border-top:1px solid #dfe5e3;color:#5d6866;font-size:14px">'
        f"{foot}{mark}</div>\n</div>\n</body>\n</html>\n"
    )


def _paragraphs(text: str) -> str:
    """Paragraphs and line breaks as they were written, addresses of pages as links; each takes its own direction."""
    written = [part for part in re.split(r"\n\s*\n", text.strip()) if part.strip()]
    return "\n".join(f'<p dir="auto" style="margin:0 0 16px">{_linked(part)}</p>' for part in written)


def _linked(text: str) -> str:
    out, end = [], 0
    for match in _LINK.finditer(text):
        target = escape(match.group())
        out += [escape(text[end : match.start()]), f'<a href="{target}" style="color:#0b6e5f">{target}</a>']
        end = match.end()
    out.append(escape(text[end:]))
    return "".join(out).replace("\n", "<br>\n")
