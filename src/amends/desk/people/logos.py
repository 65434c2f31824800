"""A logo that somebody hands over: a small PNG or JPEG, looked through piece by piece; only what draws it is kept."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

LARGEST: Final = 256 * 1024  # bytes
WIDEST: Final = 2000  # points, each way
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_DRAWS: Final = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB"})
_CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # samples of a point by the kind of colour
_SIZES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})  # marks of JPEG that tell how large it is
_LEFT_OUT: Final = frozenset({*range(0xE1, 0xEE), 0xEF, 0xFE})  # where cameras and programs write who and where


class UnableToTakeLogo(ValueError):
    """Why a file is no logo: 'kind', 'bytes', 'points' or 'broken'."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Logo:
    """A picture that every browser draws, without anything else in it."""

    kind: str
    body: bytes

    @property
    def digest(self) -> str:
        """What tells it from another logo, in its address."""
        return sha256(self.body).hexdigest()[:16]


def checked(body: bytes) -> Logo:
    """Look through a file and keep what draws it: no place, no author, no second file behind it.

    :raises UnableToTakeLogo: if it is no picture of a kind and size that can be a logo
    """
    if len(body) > LARGEST:
        raise UnableToTakeLogo("bytes")
    try:
        if body.startswith(_PNG):
            return Logo(kind="image/png", body=_png(body))
        if body.startswith(b"\xff\xd8\xff"):
            return Logo(kind="image/jpeg", body=_jpeg(body))
    except (struct.error, IndexError, KeyError, zlib.error) as error:
        raise UnableToTakeLogo("broken") from error
    raise UnableToTakeLogo("kind")


def _png(body: bytes) -> bytes:
    kept, drawn = [_PNG], bytearray()
    bytes_of_all = 0
    for at, (name, words) in enumerate(_chunks(body)):
        if (at == 0) != (name == b"IHDR"):
            raise UnableToTakeLogo("broken")
        if name == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", words[:10])
            _must_fit(width, height)
            bytes_of_all = height * (1 + (width * depth * _CHANNELS[colour] + 7) // 8)
        if name == b"IDAT":
            drawn += words
        if name in _DRAWS:
            kept.append(_chunk(name, words))
        if name == b"IEND":
            break
    else:
        raise UnableToTakeLogo("broken")
    # Interlaced pictures hold some bytes more, a bomb a thousand times as many.
    if not zlib.decompressobj().decompress(bytes(drawn), 2 * bytes_of_all + 1024):
        raise UnableToTakeLogo("broken")
    return b"".join(kept)


def _chunks(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(_PNG)
    while place < len(body):
        (length,) = struct.unpack_from(">I", body, place)
        name, words = body[place + 4 : place + 8], body[place + 8 : place + 8 + length]
        (told,) = struct.unpack_from(">I", body, place + 8 + length)
        if told != zlib.crc32(name + words):
            raise UnableToTakeLogo("broken")
        yield name, words
        place += length + 12


def _chunk(name: bytes, words: bytes) -> bytes:
    return struct.pack(">I", len(words)) + name + words + struct.pack(">I", zlib.crc32(name + words))


def _jpeg(body: bytes) -> bytes:
    kept, place, is_sized = [b"\xff\xd8"], 2, False
    while True:
        if body[place] != 0xFF:
            raise UnableToTakeLogo("broken")
        mark = body[place + 1]
        if mark == 0xFF:  # filling
            place += 1
            continue
        (length,) = struct.unpack_from(">H", body, place + 2)
        words = body[place + 2 : place + 2 + length]
        if len(words) < length or length < 2:
            raise UnableToTakeLogo("broken")
        if mark in _SIZES:
            height, width = struct.unpack_from(">HH", words, 3)
            _must_fit(width, height)
            is_sized = True
        if mark not in _LEFT_OUT:
            kept.append(body[place : place + 2] + words)
        place += 2 + length
        if mark == 0xDA:
            break
    end = body.rfind(b"\xff\xd9")
    if not is_sized or end < place:
        raise UnableToTakeLogo("broken")
    return b"".join([*kept, body[place : end + 2]])


def _must_fit(width: int, height: int) -> None:
    if not (0 < width <= WIDEST and 0 < height <= WIDEST):
        raise UnableToTakeLogo("points")
