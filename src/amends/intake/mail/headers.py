"""Headers of broken mail.

The library's own reading of addresses and dates raises on what real senders write, and loses bytes that are not ASCII;
here a header is taken as it stands and read as far as it can be.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import quoprimime
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from amends.intake.mail import charset, clean

LONGEST = 64_000  # characters of one header that are read
MOST_ADDRESSES = 200
MOST_REFERENCES = 100

_ENCODED = re.compile(r"=\?([^?\s*]+)(?:\*[^?\s]*)?\?([bBqQ])\?(.*?)\?=", re.DOTALL)
_BETWEEN_ENCODED = re.compile(r"(=\?[^?\s]+\?[bBqQ]\?[^?]*\?=)\s+(?==\?[^?\s]+\?[bBqQ]\?[^?]*\?=)")
_MESSAGE_ID = re.compile(r"<\s*([^<>]+?)\s*>")
_PLAIN_ADDRESS = re.compile(r"[^\s<>()\",;:@\[\]]+@[^\s<>()\",;:@\[\]]+")


@dataclass(frozen=True, slots=True)
class Address:
    name: str
    email: str  # as the sender wrote it; compare by `same`

    @property
    def key(self) -> str:
        """The address for comparing: the desk treats letter case as meaningless, as mail servers do."""
        return fold_address(self.email)


def fold_address(email: str) -> str:
    """Fold an address for comparing; addresses are no words of a language, dotted i's rules do not apply."""
    return email.strip().replace("İ", "i").casefold()


def raw_values(message: Message, name: str) -> list[str]:
    """All values of a header with every byte that is not ASCII kept as a surrogate."""
    wanted = name.casefold()
    return [
        re.sub(r"\r?\n[ \t]*|\r", " ", str(value)[:LONGEST])
        for key, value in message.raw_items()
        if key.strip().casefold() == wanted
    ]


def raw_value(message: Message, name: str) -> str:
    return next((value.strip() for value in raw_values(message, name) if value.strip()), "")


def readable(value: str) -> str:
    """Read encoded words and bare bytes of any charset."""
    value = _BETWEEN_ENCODED.sub(r"\1", value)
    out: list[str] = []
    end = 0
    pending: tuple[str, bytes] | None = None  # neighbours of one charset may share a letter between them
    for match in _ENCODED.finditer(value):
        data = _word_bytes(match[2], match[3])
        if match.start() > end or (pending and pending[0] != match[1].casefold()):
            out += _flush(pending)
            pending = None
        out.append(bare(value[end : match.start()]))
        pending = (match[1].casefold(), (pending[1] if pending else b"") + data)
        end = match.end()
    out += _flush(pending)
    out.append(bare(value[end:]))
    return "".join(out)


def _flush(pending: tuple[str, bytes] | None) -> list[str]:
    return [charset.decode(pending[1], pending[0])] if pending else []


def _word_bytes(kind: str, payload: str) -> bytes:
    raw = payload.encode("ascii", "surrogateescape") if _is_bytes(payload) else payload.encode("utf-8", "replace")
    if kind in "qQ":
        text = raw.decode("latin-1").replace("_", " ")
        return quoprimime.header_decode(text).encode("latin-1", "replace")
    try:
        return binascii.a2b_base64(raw + b"=" * (-len(raw) % 4))
    except binascii.Error:
        return raw


def _is_bytes(text: str) -> bool:
    return all(letter < "\x80" or "\udc80" <= letter <= "\udcff" for letter in text)


def bare(text: str) -> str:
    """Read bytes that stand in a header without any code."""
    if text.isascii():
        return text
    if _is_bytes(text):
        return charset.decode(text.encode("ascii", "surrogateescape"))
    return text.encode("utf-8", "replace").decode("utf-8")


def text(message: Message, name: str, *, longest: int = 300) -> str:
    return clean.line(readable(raw_value(message, name)), longest=longest)


def addresses(message: Message, *names: str) -> tuple[Address, ...]:
    """Everybody in these headers; what is no address is left out."""
    found: dict[str, Address] = {}
    for name in names:
        for value in raw_values(message, name):
            for address in _addresses(value):
                found.setdefault(address.key, address)
                if len(found) >= MOST_ADDRESSES:
                    return tuple(found.values())
    return tuple(found.values())


def _addresses(value: str) -> Iterator[Address]:
    value = value.replace("\x00", "")
    pairs = [(name, email) for name, email in getaddresses([value], strict=False) if "@" in email]
    if not pairs:  # 'mikel@@example.com', brackets left open: take what looks like an address
        plain = readable(value)
        for match in list(_PLAIN_ADDRESS.finditer(re.sub("@+", "@", plain)))[:MOST_ADDRESSES]:
            before = plain.split("<")[0].strip(" \"'") if "<" in plain else ""
            yield Address(clean.line(before, longest=200), match.group()[:254])
        return
    for name, email in pairs:
        plain = clean.line(readable(email), longest=1000).strip("<>'\" ").replace(" ", "")
        found = _PLAIN_ADDRESS.search(plain)
        if found and len(found.group()) <= 254:
            yield Address(clean.line(readable(name).strip("\"' "), longest=200), found.group())


def message_ids(message: Message, name: str) -> tuple[str, ...]:
    """Ids as written between angle brackets, without them; blanks inside are a folding accident."""
    value = readable(" ".join(raw_values(message, name)))
    found = [re.sub(r"\s+", "", match) for match in _MESSAGE_ID.findall(value)]
    if not found:
        found = [word.strip("<>,;") for word in value.split() if "@" in word]
    kept = list(dict.fromkeys(clean.line(one, longest=255) for one in found if one))
    if len(kept) > MOST_REFERENCES:
        kept = [kept[0], *kept[-(MOST_REFERENCES - 1) :]]
    return tuple(kept)


def date(message: Message) -> datetime | None:
    try:
        value = parsedate_to_datetime(readable(raw_value(message, "date")))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    try:
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
