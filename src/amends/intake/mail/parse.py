"""One raw mail into plain values.

The structure is read with the library's most lenient policy: the newer one raises on headers that real mail has. Which
parts are the message and which are files follows the body structure of RFC 8621 (JMAP), section 4.1.4.
"""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import dataclass, field
from datetime import datetime
from email.message import Message
from email.utils import parseaddr

from amends.intake.mail import clean, headers, html, quotes
from amends.intake.mail.automatic import Automatic, recognise
from amends.intake.mail.files import File, files_of
from amends.intake.mail.headers import Address
from amends.intake.mail.structure import LIMITS, Limits, Structure, UnableToParse, read, structure_of, walk

_BOUNDARY = re.compile(rb"boundary\s*=", re.IGNORECASE)
_LONGEST_TEXT = 200_000  # characters of a message that a person can have meant to be read


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwarded:
    """A mail that somebody forwards in the words of their own."""

    sender: Address
    subject: str
    beside: str  # what the one who forwards it wrote before it
    text: str
    quoted: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedMail:
    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    sender: Address
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    delivered_to: tuple[Address, ...]
    subject: str
    date: datetime | None
    text: str  # what the sender wrote now
    quoted: str  # the rest of it
    whole: str  # both, as they came
    html: str  # sanitised; empty when the mail has none that is safe and small enough
    files: tuple[File, ...]
    left_out: tuple[str, ...]  # names of files that are too big; they are in the raw mail
    remote_images: int
    automatic: Automatic
    forwarded: Forwarded | None
    defects: tuple[str, ...] = field(default=())


def parse(raw: bytes, *, limits: Limits = LIMITS) -> ParsedMail:
    """Read a raw mail.

    :raises UnableToParse: when it is empty, too big or nested without end
    """
    try:
        return _parse(raw, limits)
    except RecursionError as error:  # mails in mails, hundreds deep
        raise UnableToParse("nested") from error


def _parse(raw: bytes, limits: Limits) -> ParsedMail:
    message = message_of(raw, limits=limits)
    subject = headers.text(message, "subject")
    structure = structure_of(message, limits)
    forward = bool(quotes.has_forward_subject(subject))
    text, shown, picture = _text(structure, forward=forward)
    parted = quotes.cut(text, subject=subject)
    files, left_out = files_of([*structure.files], limits, picture.content_ids if picture else frozenset())
    sender = _sender(message)
    return ParsedMail(
        message_id=next(iter(headers.message_ids(message, "message-id")), ""),
        in_reply_to=headers.message_ids(message, "in-reply-to"),
        references=headers.message_ids(message, "references"),
        sender=sender,
        reply_to=headers.addresses(message, "reply-to"),
        to=headers.addresses(message, "to"),
        cc=headers.addresses(message, "cc"),
        delivered_to=headers.addresses(message, "delivered-to", "x-original-to", "envelope-to", "x-envelope-to"),
        subject=subject,
        date=headers.date(message),
        text=parted.text,
        quoted=parted.quoted,
        whole=text,
        html=shown,
        files=files,
        left_out=left_out,
        remote_images=picture.remote_images if picture else 0,
        automatic=recognise(message, sender=sender.key),
        forwarded=_forwarded(parted.forward),
        defects=tuple(sorted({type(defect).__name__ for part in walk(message, limits) for defect in part.defects})),
    )


def message_of(raw: bytes, *, limits: Limits = LIMITS) -> Message:
    """Read a raw mail's parts.

    :raises UnableToParse: when it is empty, too big or nested without end
    """
    if not raw.strip():
        raise UnableToParse("empty")
    if len(raw) > limits.mail:
        raise UnableToParse("too-big", str(len(raw)))
    if len(_BOUNDARY.findall(raw)) > limits.boundaries:
        raise UnableToParse("nested")
    if raw.startswith((b"From ", b">From ")):  # the line that mailbox files put before a mail
        raw = raw.split(b"\n", 1)[-1]
    return email.message_from_bytes(raw, policy=email.policy.compat32)


def _sender(message: Message) -> Address:
    return next(iter(headers.addresses(message, "from") or headers.addresses(message, "sender")), Address("", ""))


def _forwarded(forward: quotes.Forward | None) -> Forwarded | None:
    if forward is None:
        return None
    shown = forward.sender.replace("[mailto:", "<").replace("<mailto:", "<").replace("]", ">")
    name, address = parseaddr(clean.line(shown), strict=False)
    if "@" not in address:
        return None
    within = quotes.cut(forward.within, subject=forward.subject)
    return Forwarded(
        sender=Address(name.strip("\"' "), address),
        subject=clean.line(forward.subject),
        beside=forward.beside,
        text=within.text,
        quoted=within.quoted,
    )


def _text(structure: Structure, *, forward: bool) -> tuple[str, str, html.Clean | None]:
    """The text to read, the HTML to show, and what else the HTML told."""
    plain = [part for part in structure.text if part.get_content_type() != "text/html" and _is_words(part)]
    rich = [part for part in structure.html if part.get_content_type() == "text/html"]
    cleaned = html.clean("\n".join(read(part) for part in rich), forwarded=forward) if rich else None
    text = "\n\n".join(_unflowed(part) for part in plain).strip("\n")
    from_html = [part for part in structure.text if part.get_content_type() == "text/html"]
    if cleaned and (not text.strip() or from_html):
        text = cleaned.text if not text.strip() or not from_html else f"{text}\n\n{cleaned.text}"
    if not text.strip():
        text = structure.preamble
    return text[:_LONGEST_TEXT], cleaned.html if cleaned else "", cleaned


def _is_words(part: Message) -> bool:
    return part.get_content_maintype() in {"text", "multipart"}


def _unflowed(part: Message) -> str:
    """Join the lines that format=flowed parted for transport only (RFC 3676)."""
    text = read(part)
    try:
        flowed = str(part.get_param("format") or "").casefold() == "flowed"
        delete = str(part.get_param("delsp") or "").casefold() == "yes"
    except (ValueError, TypeError, IndexError, LookupError):
        return text
    if not flowed:
        return text
    out: list[str] = []
    joins = False
    for line in text.split("\n"):
        mark = re.match(r">*", line).group()  # type: ignore[union-attr]
        rest = line[len(mark) :].removeprefix(" ")
        if joins and out and re.match(r">*", out[-1]).group() == mark:  # type: ignore[union-attr]
            out[-1] += rest
        else:
            out.append(f"{mark} {rest}" if mark else rest)
        joins = line.endswith(" ") and rest != "-- "
        if joins and delete:
            out[-1] = out[-1][:-1]
    return "\n".join(out)
