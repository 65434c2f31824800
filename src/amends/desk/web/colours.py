"""One colour of an organisation, made into those that its pages need: readable in the light and in the dark."""

from __future__ import annotations

import colorsys
import re
from dataclasses import dataclass
from typing import Final

ENOUGH: Final = 4.5  # contrast of words, as WCAG's AA wants it; tests/desk/web/test_contrast.py holds the house to it
_WRITTEN: Final = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)
_STEP: Final = 0.01
type _Rgb = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shades:
    """What stands in the place of the house's teal in one theme."""

    primary: str  # links, buttons, names
    on_primary: str  # words on a button
    wash: str  # the ground of what was said by us


@dataclass(frozen=True, slots=True, kw_only=True)
class _Theme:
    grounds: tuple[str, ...]  # on which words of the colour stand
    words: tuple[str, ...]  # which stand on the wash
    on: str  # words on a button
    washed: float  # how much of the colour is in the wash, at most
    darkens: bool


_LIGHT: Final = _Theme(
    grounds=("#ffffff", "#fffefc", "#f6f4f0", "#eeebe5"),
    words=("#27241f", "#5f5951", "#b3261e", "#835000"),
    on="#ffffff",
    washed=0.13,
    darkens=True,
)
_DARK: Final = _Theme(
    grounds=("#211f1c", "#191816", "#131210", "#1b2022"),
    words=("#ece8e1", "#b3aba0", "#ff8f82", "#efb560"),
    on="#131210",
    washed=0.24,
    darkens=False,
)


class UnableToReadColour(ValueError):
    """Something that is no colour as pages write it, like #0f5f63."""


def plain(written: str) -> str:
    """Return a colour as six letters after '#'.

    :raises UnableToReadColour: if it is none
    """
    found = _WRITTEN.fullmatch(written.strip())
    if found is None:
        raise UnableToReadColour(written)
    letters = found[1].lower()
    return "#" + (letters if len(letters) == 6 else "".join(one * 2 for one in letters))


def for_light(colour: str) -> Shades:
    """Return the colour for light pages: darkened until it can be read on all of their grounds."""
    return _shades(colour, _LIGHT)


def for_dark(colour: str) -> Shades:
    """Return the colour for dark pages: lightened until it can be read on all of their grounds."""
    return _shades(colour, _DARK)


def contrast(one: str, other: str) -> float:
    """Return how far two colours are apart, from 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _shades(colour: str, theme: _Theme) -> Shades:
    hue, light, full = colorsys.rgb_to_hls(*_rgb(plain(colour)))
    while True:
        primary = _hex(colorsys.hls_to_rgb(hue, light, full))
        wash = _wash(primary, theme)
        if _is_read(primary, wash, theme):
            return Shades(primary=primary, on_primary=theme.on, wash=wash)
        light += -_STEP if theme.darkens else _STEP
        light = min(1.0, max(0.0, light))


def _is_read(primary: str, wash: str, theme: _Theme) -> bool:
    """Whether words of the colour can be read on every ground, and words on it; black and white always can."""
    return all(contrast(primary, ground) >= ENOUGH for ground in (*theme.grounds, wash, theme.on))


def _wash(primary: str, theme: _Theme) -> str:
    """A breath of the colour on the ground, as strong as the words on it allow."""
    ground, ink, part = _rgb(theme.grounds[1] if theme.darkens else theme.grounds[0]), _rgb(primary), theme.washed
    while part > 0:
        r, g, b = (below + (above - below) * part for below, above in zip(ground, ink, strict=True))
        if all(contrast(_hex((r, g, b)), word) >= ENOUGH for word in theme.words):
            return _hex((r, g, b))
        part -= _STEP
    return _hex(ground)


def _rgb(colour: str) -> _Rgb:
    r, g, b = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return r, g, b


def _hex(rgb: _Rgb) -> str:
    return "#" + "".join(f"{round(one * 255):02x}" for one in rgb)


def _luminance(colour: str) -> float:
    r, g, b = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in _rgb(colour))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
