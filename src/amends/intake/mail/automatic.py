"""Mail that no person wrote now: automatic answers, returned mail, bulk mail, our own mail come back.

A header that Exchange puts on ordinary mail (X-Auto-Response-Suppress), an empty return path and a mailing list's marks
prove nothing by themselves: they only keep us from answering automatically.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message
from typing import Literal

from amends.intake.mail import headers

Kind = Literal["", "auto-reply", "bounce", "bulk", "loop"]
LOOP_HEADER = "X-Amends-Loop"

_AUTO_REPLY_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Mail-Autoreply", "X-Auto-Reply")
_HINTS = ("List-Id", "List-Unsubscribe", "X-Loop", "X-Auto-Response-Suppress", "Feedback-ID")
_BULK = {"bulk", "junk"}
_AUTO_PRECEDENCE = {"auto_reply", "auto-reply"}
_POSTMASTER = re.compile(r"^(?:mailer-daemon|postmaster|mailerdaemon|mail-daemon)@", re.IGNORECASE)
_STATUS = re.compile(r"^Status:\s*(\d\.\d{1,3}\.\d{1,3})", re.IGNORECASE | re.MULTILINE)
_FINAL = re.compile(
    r"^(?:Final|Original)-Recipient:\s*(?:[\w.-]+\s*;)?\s*<?([^\s<>;]+@[^\s<>;]+?)>?\s*$", re.IGNORECASE | re.MULTILINE
)
_ID = re.compile(r"^Message-ID:\s*<([^<>\s]+)>", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Automatic:
    kind: Kind = ""
    why: str = ""
    answer: bool = True  # whether an acknowledgement may go out
    status: str = ""  # of a returned mail: '5.1.1'
    recipients: tuple[str, ...] = ()
    originals: tuple[str, ...] = ()  # Message-IDs of what came back


def recognise(message: Message, *, sender: str) -> Automatic:
    """Say what kind of mail this is by its headers and structure."""
    if headers.raw_value(message, LOOP_HEADER):
        return Automatic("loop", LOOP_HEADER, answer=False)
    submitted = headers.raw_value(message, "Auto-Submitted").split(";")[0].strip().casefold()
    null_path = any(value.strip() == "<>" for value in headers.raw_values(message, "Return-Path"))
    if why := _comes_back(message, sender, hinted=null_path or submitted not in {"", "no"}):
        return _returned(message, why)
    if why := _answers_by_itself(message, submitted):
        return Automatic("auto-reply", why, answer=False)
    precedence = {headers.raw_value(message, name).casefold() for name in ("Precedence", "X-Precedence")}
    if precedence & _BULK:
        return Automatic("bulk", "Precedence", answer=False)
    hinted = null_path or "list" in precedence or any(headers.raw_value(message, name) for name in _HINTS)
    return Automatic(answer=not hinted)


def _comes_back(message: Message, sender: str, *, hinted: bool) -> str:
    """By what sign this is a mail that could not be delivered; empty when it is none."""
    receipt = "disposition-notification" in headers.raw_value(message, "content-type").casefold()
    if message.get_content_type() == "multipart/report" and not receipt:
        return "multipart/report"
    if any(part.get_content_type() == "message/delivery-status" for part in message.walk()):
        return "message/delivery-status"
    if headers.raw_value(message, "X-Failed-Recipients"):
        return "X-Failed-Recipients"
    return "From" if hinted and _POSTMASTER.match(sender) else ""


def _answers_by_itself(message: Message, submitted: str) -> str:
    if submitted not in {"", "no"}:
        return f"Auto-Submitted: {submitted[:60]}"
    if message.get_content_type() == "multipart/report":
        return "disposition-notification"
    for name in _AUTO_REPLY_HEADERS:
        if headers.raw_value(message, name).casefold() not in {"", "no"}:
            return name
    for name in ("Precedence", "X-Precedence"):
        if headers.raw_value(message, name).casefold() in _AUTO_PRECEDENCE:
            return name
    return ""


def _returned(message: Message, why: str) -> Automatic:
    text = "\n".join(_plain_parts(message))[:200_000]
    status = _STATUS.search(text)
    recipients = tuple(dict.fromkeys(_FINAL.findall(text)))[:20]
    own = headers.message_ids(message, "message-id")
    cited = [
        *_ID.findall(text),
        *headers.message_ids(message, "in-reply-to"),
        *headers.message_ids(message, "references"),
    ]
    for part in message.walk():
        if part is not message and part.get_content_type() not in {"message/rfc822", "message/delivery-status"}:
            cited += headers.message_ids(part, "message-id")
    return Automatic(
        "bounce",
        why,
        answer=False,
        status=status[1] if status else "",
        recipients=recipients,
        originals=tuple(one for one in dict.fromkeys(cited) if one not in own),
    )


def _plain_parts(message: Message) -> list[str]:
    texts: list[str] = []
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status" and part.is_multipart():
            blocks = [block for block in part.get_payload() if isinstance(block, Message)]
            texts += ["\n".join(f"{name}: {value}" for name, value in block.raw_items()) for block in blocks]
        elif not part.is_multipart() and part.get_content_maintype() in {"text", "message"}:
            payload = part.get_payload(decode=True)
            texts.append(payload[:100_000].decode("utf-8", "replace") if isinstance(payload, bytes) else "")
    return texts
