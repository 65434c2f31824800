"""Who a raw mail is, before anybody reads it: mailbox, Message-ID and a digest of the content.

Servers add their own lines on the way, so only what the sender wrote counts for the digest. Real mail has the same
Message-ID with other content, and none at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256

_END_OF_HEADERS = re.compile(rb"\r?\n[ \t]*\r?\n")
_MESSAGE_ID = re.compile(rb"^message-id[ \t]*:\s*(?:<([^<>]*)>|([^\s<>]+))", re.IGNORECASE | re.MULTILINE)
_OF_THE_SENDER = re.compile(
    rb"^(?:from|sender|reply-to|to|cc|subject|date|in-reply-to|references|content-type|content-transfer-encoding)"
    rb"[ \t]*:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*",
    re.IGNORECASE | re.MULTILINE,
)
LONGEST_HEADERS = 256 * 1024


@dataclass(frozen=True, slots=True)
class Identity:
    value: str  # fits Arrival.identity
    digest: str


def identity_of(raw: bytes, *, mailbox: str) -> Identity:
    """Name a raw mail; two copies of one mail in one mailbox have one name."""
    end = _END_OF_HEADERS.search(raw[:LONGEST_HEADERS])
    head, content = (raw[: end.start()], raw[end.end() :]) if end else (raw[:LONGEST_HEADERS], raw)
    found = _MESSAGE_ID.search(head)
    message_id = re.sub(rb"\s", b"", (found[1] or found[2] or b"") if found else b"").decode("ascii", "replace")
    written = sorted(match.group().replace(b"\r\n", b"\n") for match in _OF_THE_SENDER.finditer(head))
    body = content.replace(b"\r\n", b"\n").rstrip(b"\n")
    digest = sha256(b"\n".join([message_id.encode(), *written, b"", body])).hexdigest()
    plain = "".join(letter if letter.isprintable() else "?" for letter in message_id)
    return Identity(f"mail {mailbox[:80]} {plain[:140]} {digest}", digest)
