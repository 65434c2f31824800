"""The files that come with a mail: named or nameless, in line or beside, mails within the mail."""

from __future__ import annotations

import binascii
import email.policy
import quopri
import re
from dataclasses import dataclass
from email.errors import MessageError
from email.generator import BytesGenerator
from email.message import Message
from email.parser import BytesHeaderParser
from io import BytesIO

from amends.intake.mail import clean, headers, tnef
from amends.intake.mail.structure import MEDIA, Limits, decoded, disposition, name_of

MAILS = ("message/rfc822", "message/global")
LONGEST_HEAD = 64 * 1024  # of a mail within, in which its subject is looked for


@dataclass(frozen=True, slots=True)
class File:
    name: str
    media_type: str
    content: bytes
    content_id: str = ""
    inline: bool = False


def files_of(parts: list[Message], limits: Limits, shown: frozenset[str]) -> tuple[tuple[File, ...], tuple[str, ...]]:
    files: list[File] = []
    left_out: list[str] = []
    for number, part in enumerate(parts, start=1):
        media = clean.line(part.get_content_type(), longest=100)
        content = _content(part)
        name = name_of(part) or _made_up_name(content, media, number)
        packed = tnef.unpack(content) if media in tnef.MEDIA_TYPES or name.casefold() == "winmail.dat" else []
        for one in packed:
            if len(one.content) > limits.file or len(files) >= limits.files:
                left_out.append(one.name)
            else:
                files.append(File(one.name, one.media_type, one.content, one.content_id, one.content_id in shown))
        if packed:
            continue  # the wrapping itself stays in the raw mail
        if len(content) > limits.file or len(files) >= limits.files:
            left_out.append(name)
            continue
        content_id = next(iter(headers.message_ids(part, "content-id")), "") or headers.text(part, "content-id")
        inline = content_id in shown or (disposition(part) == "inline" and part.get_content_maintype() in MEDIA)
        files.append(File(name, media, content, content_id.strip("<> ")[:255], inline))
    return tuple(files), tuple(left_out)


def _content(part: Message) -> bytes:
    if not part.is_multipart():
        return decoded(part)
    inner = part.get_payload()
    nested = inner[0] if isinstance(inner, list) and inner else None
    whole = nested if isinstance(nested, Message) and part.get_content_maintype() == "message" else part
    out = BytesIO()
    try:
        _Lenient(out, mangle_from_=False, policy=email.policy.compat32.clone(max_line_length=None)).flatten(whole)
    except (UnicodeError, LookupError, ValueError, TypeError, AttributeError, MessageError):
        return _plainly(whole)
    return _uncoded(part, out.getvalue()) if whole is nested else out.getvalue()


class _Lenient(BytesGenerator):
    """Writes what the library could not tell as letters, too: in broken parts it leaves more than ASCII."""

    def write(self, s: str) -> None:
        self._fp.write(s.encode("utf-8", "surrogateescape"))  # type: ignore[attr-defined]


def _plainly(message: Message) -> bytes:
    """Headers and words one after the other, of a mail that the library reads and cannot write."""
    lines: list[str] = []
    for part in message.walk():
        lines += (f"{name}: {value}" for name, value in part.raw_items())
        payload = part.get_payload()
        lines += ["", payload if isinstance(payload, str) else ""]
    return "\r\n".join(lines).encode("utf-8", "replace")


def _uncoded(part: Message, content: bytes) -> bytes:
    """A mail within a mail may stand in no code, and some programs write it in one: the library leaves it as it is."""
    code = headers.raw_value(part, "content-transfer-encoding").strip().casefold()
    try:
        match code:
            case "base64":
                plain = binascii.a2b_base64(content)
            case "quoted-printable":
                plain = quopri.decodestring(content)
            case _:
                return content
    except ValueError:
        return content
    return plain if _BEGINS_A_MAIL.match(plain) else content


_BEGINS_A_MAIL = re.compile(rb"[\r\n]*[A-Za-z][A-Za-z0-9-]*[ \t]*:")


_ENDINGS = {
    "message/rfc822": "eml",
    "message/global": "eml",
    "message/delivery-status": "txt",
    "text/plain": "txt",
    "text/html": "html",
    "text/calendar": "ics",
    "text/rfc822-headers": "txt",
    "application/pdf": "pdf",
    "application/ms-tnef": "dat",
    "image/jpeg": "jpg",
}


def _made_up_name(content: bytes, media: str, number: int) -> str:
    if media in MAILS:
        within = BytesHeaderParser().parsebytes(content[:LONGEST_HEAD].lstrip(b"\r\n"))
        subject = clean.file_name(headers.text(within, "subject", longest=80))
        if subject:
            return f"{subject}.eml"
    major, _, minor = media.partition("/")
    ending = _ENDINGS.get(media) or (minor if major in MEDIA and re.fullmatch(r"[a-z\d]{3,4}", minor) else "bin")
    return f"{number}.{ending}"
