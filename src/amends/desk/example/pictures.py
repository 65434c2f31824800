"""Small pictures that customers attach: something round on a table, with a crack in it. Drawn, never photographed."""

from __future__ import annotations

import struct
import zlib
from hashlib import sha256
from typing import Final

WIDTH: Final = 320
HEIGHT: Final = 240
RADIUS: Final = 78
type Colour = tuple[int, int, int]


def picture(name: str) -> bytes:
    """Draw the picture of a name as a PNG; the same name gives the same picture."""
    seed = sha256(name.encode()).digest()
    table: Colour = (200 + seed[0] % 40, 186 + seed[1] % 40, 160 + seed[2] % 40)
    thing: Colour = (60 + seed[3] % 140, 70 + seed[4] % 120, 80 + seed[5] % 120)
    rows = b"".join(b"\x00" + bytes(_row(y, table=table, thing=thing, lean=seed[6] % 5 - 2)) for y in range(HEIGHT))
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (_chunk(b"IHDR", head), _chunk(b"IDAT", zlib.compress(rows, 9)), _chunk(b"IEND", b""))
    )


def _row(y: int, *, table: Colour, thing: Colour, lean: int) -> bytearray:
    row = bytearray()
    for x in range(WIDTH):
        across, down = x - WIDTH // 2, y - HEIGHT // 2
        crack = abs(across - lean * down // 4 - (down // 12 % 2 * 14 - 7)) < 3
        inside = across * across + down * down < RADIUS * RADIUS
        row += bytes(table if crack or not inside else thing)
    return row


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
