"""The files within a winmail.dat, in which Outlook packs what it attaches (TNEF, MS-OXTNEF).

Hostile bytes are expected: every length is checked against what is there, and what is cut off is left out.
"""

from __future__ import annotations

import codecs
import mimetypes
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from amends.intake.mail import clean

MEDIA_TYPES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_SIGNATURE = b"\x78\x9f\x3e\x22"
_CODE_PAGE, _NEW_FILE, _TITLE, _DATA, _PROPERTIES = 0x00069007, 0x00069002, 0x00018010, 0x0006800F, 0x00069005
_LONG_NAME, _SHORT_NAME, _MEDIA, _CONTENT_ID = 0x3707, 0x3704, 0x370E, 0x3712
_FIXED = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0xA: 4, 0xB: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_TEXT, _UNICODE = 0x1E, 0x1F
_COUNTED = frozenset({_TEXT, _UNICODE, 0xD, 0x102})
_MOST_PROPERTIES = 1000
# Only the types that Python itself knows: what a machine adds would make two machines read one mail differently.
_KNOWN_TYPES = mimetypes.MimeTypes(filenames=())


@dataclass(slots=True)
class Packed:
    """One file as it lay within."""

    name: str = ""
    media_type: str = ""
    content_id: str = ""
    content: bytes = b""


def unpack(data: bytes) -> list[Packed]:
    """Return the files within, as far as they can be read; none where this is no TNEF."""
    if not data.startswith(_SIGNATURE):
        return []
    found: list[Packed] = []
    encoding = "cp1252"
    for attribute, value in _attributes(data):
        if attribute == _CODE_PAGE and len(value) >= 4:
            encoding = _encoding(struct.unpack_from("<I", value)[0])
        elif attribute == _NEW_FILE:
            found.append(Packed())
        elif not found:
            continue
        elif attribute == _TITLE:
            found[-1].name = found[-1].name or value.rstrip(b"\0").decode(encoding, "replace")
        elif attribute == _DATA:
            found[-1].content = value
        elif attribute == _PROPERTIES:
            _describe(found[-1], value, encoding)
    files = [file for file in found if file.content]
    for number, file in enumerate(files, start=1):
        file.name = clean.file_name(file.name) or f"{number}.bin"
        guessed, _ = _KNOWN_TYPES.guess_type(file.name)
        file.media_type = clean.line(file.media_type, longest=100) or guessed or "application/octet-stream"
    return files


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    place = 6  # behind the signature and a key that says nothing
    while place + 9 <= len(data):
        attribute, length = struct.unpack_from("<II", data, place + 1)
        place += 9
        if place + length > len(data):
            return
        yield attribute, data[place : place + length]
        place += length + 2  # and a checksum


def _describe(file: Packed, data: bytes, encoding: str) -> None:
    try:
        told = dict(_properties(data, encoding))
    except struct.error:  # cut off
        return
    file.name = told.get(_LONG_NAME) or file.name or told.get(_SHORT_NAME, "")
    file.media_type = told.get(_MEDIA, "")
    file.content_id = told.get(_CONTENT_ID, "").strip("<> ")[:255]


def _properties(data: bytes, encoding: str) -> Iterator[tuple[int, str]]:
    """Yield the properties that are text; the others are stepped over."""
    (count,) = struct.unpack_from("<I", data)
    place = 4
    for _ in range(min(count, _MOST_PROPERTIES)):
        kind, name = struct.unpack_from("<HH", data, place)
        place += 4
        if name >= 0x8000:  # a property with a name of its own instead of a number
            (named_by_words,) = struct.unpack_from("<I", data, place + 16)
            place += 24
            if named_by_words:
                place += _padded(struct.unpack_from("<I", data, place - 4)[0])
        single = kind & 0x0FFF
        many = 1
        if kind & 0x1000 or single in _COUNTED:
            (many,) = struct.unpack_from("<I", data, place)
            place += 4
        if single not in _COUNTED:
            if single not in _FIXED:
                return
            place += _FIXED[single] * many
            continue
        for _ in range(many):
            (length,) = struct.unpack_from("<I", data, place)
            value = data[place + 4 : place + 4 + length]
            place += 4 + _padded(length)
            if single in {_TEXT, _UNICODE}:
                yield name, value.decode("utf-16-le" if single == _UNICODE else encoding, "replace").rstrip("\0")


def _padded(length: int) -> int:
    return length + -length % 4


def _encoding(page: int) -> str:
    try:
        return codecs.lookup("utf-8" if page == 65001 else f"cp{page}").name
    except LookupError:
        return "cp1252"
