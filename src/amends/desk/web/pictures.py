"""Which files are seen where they stand: pictures that every browser draws without running anything."""

from __future__ import annotations

from typing import Final

# An SVG can carry a program, so it stays a file.
PICTURES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
LARGEST: Final = 8 * 1024 * 1024  # bytes; a larger one is opened by itself


def is_seen(*, media_type: str, size: int) -> bool:
    return media_type in PICTURES and size <= LARGEST
