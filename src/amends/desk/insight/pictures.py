"""
Pictures for pages and paper: specifications of Vega-Lite, drawn as SVG on the server.

An SVG stands inside the page and takes the page's letters and colours (variables of the design system), so the same
drawing serves the light and the dark theme. The numbers stand in words beneath it, so screen readers pass it over.
Places are given from the side where reading begins; for whoever reads from right to left the whole is mirrored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import Any, Literal

import vl_convert
from django.utils.safestring import SafeString, mark_safe

# Two sizes of each, made for a wide page or for half of one, and for a telephone: squeezed, a picture is unreadable.
WIDE, HALF, NARROW = 640, 460, 300

INK, SOFT, PAPER = "var(--color-base-content)", "var(--soft)", "var(--color-base-100)"
TEAL, BLUE, STONE = "var(--color-primary)", "var(--color-info)", "var(--color-secondary)"
GREEN, RED, LINE = "var(--color-success)", "var(--color-error)", "var(--color-base-300)"
GROUPS = {
    "employee": (BLUE, "var(--color-info-content)"),
    "customer": (STONE, "var(--color-secondary-content)"),
    "organisation": (TEAL, "var(--color-primary-content)"),
}
RIGHT_TO_LEFT = {"fa"}
type Scales = Mapping[str, Mapping[str, Any]]
type Layer = dict[str, Any]
Align = Literal["start", "middle", "end"]
MIRRORED = {"start": "right", "middle": "center", "end": "left"}
STRAIGHT = {"start": "left", "middle": "center", "end": "right"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A rectangle from (x, y) to (x2, y2), in pixels."""

    x: float
    x2: float
    y: float
    y2: float
    fill: str
    opacity: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    x: float
    y: float
    text: str
    align: Align = "start"
    colour: str = INK
    size: int = 14
    weight: int = 400


@dataclass(slots=True)
class Drawing:
    """What stands on one picture."""

    height: float
    blocks: list[Block] = field(default_factory=list)
    words: list[Words] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One drawing in two sizes."""

    wide: SafeString
    narrow: SafeString


# ── The kinds of pictures ────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    group: str
    share: float
    figure: str


def shares(*, segments: Sequence[Segment], here: str, elsewhere: str, language: str) -> Picture:
    """One bar of ours above one of what others found, in which the zone between two groups is a band."""

    def draw(width: int) -> Drawing:
        drawing = Drawing(height=126)
        drawing.words += [Words(x=0, y=12, text=here, colour=SOFT), Words(x=0, y=84, text=elsewhere, colour=SOFT)]
        edge = 0.0
        for segment in segments:
            fill, on_fill = GROUPS[segment.group]
            start, edge = edge, edge + segment.share
            gap = 1.5 if edge < 0.999 else 0
            drawing.blocks.append(Block(x=start * width, x2=edge * width - gap, y=24, y2=62, fill=fill))
            if segment.share * width >= 44:
                middle = (start + edge) / 2 * width
                drawing.words.append(
                    Words(x=middle, y=43, text=segment.figure, align="middle", colour=on_fill, size=16, weight=600)
                )
        # 20 / 20–30 / 50–60: the border of customer and organisation lies between 40 and 50 per cent.
        for start, end, group, opacity in (
            (0.0, 0.2, "employee", 0.55),
            (0.2, 0.4, "customer", 0.55),
            (0.4, 0.5, "customer", 0.28),
            (0.4, 0.5, "organisation", 0.28),
            (0.5, 1.0, "organisation", 0.55),
        ):
            fill, _ = GROUPS[group]
            drawing.blocks.append(Block(x=start * width, x2=end * width, y=96, y2=110, fill=fill, opacity=opacity))
        return drawing

    return _both(draw, language=language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One row: its words stand above it, its figure after it; `low` and `high` are its interval."""

    words: str
    value: float
    figure: str
    low: float | None = None
    high: float | None = None
    money: float = 0
    money_figure: str = ""


ROW = 46
LABEL = 78  # pixels that a date below a column needs


def rows(
    *,
    bars: Sequence[Bar],
    language: str,
    colour: str = TEAL,
    heads: tuple[str, str] | None = None,
    wide: int = WIDE,
) -> Picture:
    """Bars under each other; with two heads, each row has a second bar, of money, on an axis of its own."""
    largest = max((bar.high or bar.value for bar in bars), default=0) or 1
    richest = max((bar.money for bar in bars), default=0) or 1

    def draw(width: int) -> Drawing:
        top = 26 if heads else 0
        drawing = Drawing(height=top + ROW * len(bars))
        room = width * (0.52 if heads else 1) - 96  # after the longest bar its figure
        second = width * 0.56
        if heads:
            drawing.words += [
                Words(x=0, y=10, text=heads[0], colour=SOFT),
                Words(x=second, y=10, text=heads[1], colour=SOFT),
            ]
        for place, bar in enumerate(bars):
            y = top + place * ROW
            middle = y + 33
            end = bar.value / largest * room
            drawing.words.append(Words(x=0, y=y + 13, text=bar.words))
            if end:
                drawing.blocks.append(Block(x=0, x2=end, y=y + 25, y2=y + 41, fill=colour))
            reach = end
            if bar.low is not None and bar.high is not None:
                reach = bar.high / largest * room
                start = bar.low / largest * room
                drawing.blocks.append(Block(x=start, x2=reach, y=middle - 1, y2=middle + 1, fill=INK, opacity=0.55))
            drawing.words.append(Words(x=reach + 7, y=middle, text=bar.figure, weight=600))
            if heads:
                length = bar.money / richest * (width - second - 110)
                if length:
                    drawing.blocks.append(
                        Block(x=second, x2=second + length, y=y + 25, y2=y + 41, fill=STONE, opacity=0.75)
                    )
                drawing.words.append(Words(x=second + length + 7, y=middle, text=bar.money_figure, weight=600))
        return drawing

    return _both(draw, language=language, wide=wide)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pillar:
    """One column of a trend: what was kept stands below, what was broken above it."""

    words: str
    good: int
    bad: int


def pillars(*, columns: Sequence[Pillar], language: str, digits: Callable[[int], str], wide: int = WIDE) -> Picture:
    """Counts over time; counts and no rates, since a column holds few."""
    tallest = max((column.good + column.bad for column in columns), default=0) or 1

    def draw(width: int) -> Drawing:
        drawing = Drawing(height=150)
        step = width / max(1, len(columns))
        every = -(-LABEL // int(step or 1))
        for place, column in enumerate(columns):
            x, x2 = place * step + step * 0.14, (place + 1) * step - step * 0.14
            foot = 116.0
            for count, fill in ((column.good, TEAL), (column.bad, RED)):
                if count:
                    head = foot - count / tallest * 90
                    drawing.blocks.append(Block(x=x, x2=x2, y=head, y2=foot - (1 if fill == RED else 0), fill=fill))
                    foot = head
            if column.good + column.bad:
                total = digits(column.good + column.bad)
                drawing.words.append(Words(x=(x + x2) / 2, y=foot - 9, text=total, align="middle", size=13))
            if place % every == 0:
                drawing.words.append(Words(x=x, y=133, text=column.words, colour=SOFT, size=13))
        drawing.blocks.append(Block(x=0, x2=width, y=116, y2=117, fill=LINE))
        return drawing

    return _both(draw, language=language, wide=wide)


# ── Drawing ──────────────────────────────────────────────────────────────────


def _both(draw: Callable[[int], Drawing], *, language: str, wide: int = WIDE) -> Picture:
    return Picture(
        wide=_drawn(draw(wide), width=wide, language=language),
        narrow=_drawn(draw(NARROW), width=NARROW, language=language),
    )


def warm() -> None:
    """Draw something small: the library is loaded with it, and the first page of these need not wait."""
    _svg(2, (Block(x=0, x2=1, y=0, y2=1, fill=INK),), (Words(x=0, y=1, text="·"),), 2, False)  # noqa: FBT003


def _drawn(drawing: Drawing, *, width: int, language: str) -> SafeString:
    return _svg(drawing.height, tuple(drawing.blocks), tuple(drawing.words), width, language in RIGHT_TO_LEFT)


@lru_cache(maxsize=256)
def _svg(height: float, blocks: tuple[Block, ...], words: tuple[Words, ...], width: int, mirrored: bool) -> SafeString:  # noqa: FBT001
    """Draw once what has the same parts."""
    scales: Scales = {
        "x": {"domain": [0, width], "reverse": mirrored, "nice": False, "zero": False},
        "y": {"domain": [height, 0], "nice": False, "zero": False},
    }
    svg = vl_convert.vegalite_to_svg(
        {
            "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
            "layer": [_blocks(blocks, scales), *_words(words, scales, mirrored=mirrored)],
            "width": width,
            "height": height,
            "padding": 0,
            "background": "transparent",
            "config": {"aria": False, "view": {"stroke": None}, "axis": {"disable": True}},
        }
    )
    # The page sets the letters and the size; directions are settled above, so the picture itself reads one way.
    svg = re.sub(r' font-family="[^"]*"', "", svg)
    svg = re.sub(r'width="[\d.]+" height="[\d.]+"', 'direction="ltr" aria-hidden="true"', svg, count=1)
    return mark_safe(svg)  # noqa: S308 - drawn by ourselves from escaped data, see test_pictures


# Specifications are written out as they are: a library that builds them takes longer than the drawing.


def _blocks(blocks: Iterable[Block], scales: Scales) -> Layer:
    return {
        "data": {
            "values": [
                {"x": one.x, "x2": one.x2, "y": one.y, "y2": one.y2, "fill": one.fill, "opacity": one.opacity}
                for one in blocks
            ]
        },
        "mark": {"type": "rect"},
        "encoding": {
            "x": {"field": "x", "type": "quantitative", "scale": scales["x"]},
            "x2": {"field": "x2"},
            "y": {"field": "y", "type": "quantitative", "scale": scales["y"]},
            "y2": {"field": "y2"},
            "fill": {"field": "fill", "type": "nominal", "scale": None, "legend": None},
            "opacity": {"field": "opacity", "type": "quantitative", "scale": None, "legend": None},
        },
    }


def _words(words: Iterable[Words], scales: Scales, *, mirrored: bool) -> Iterator[Layer]:
    looks = attrgetter("align", "size", "weight")
    for (align, size, weight), group in groupby(sorted(words, key=looks), key=looks):
        # An isolate lets a line of another script stand in a right-to-left one as it should.
        around = ("\u2067", "\u2069") if mirrored else ("", "")
        side = (MIRRORED if mirrored else STRAIGHT)[align]
        yield {
            "data": {
                "values": [{"x": one.x, "y": one.y, "text": one.text.join(around), "fill": one.colour} for one in group]
            },
            "mark": {
                "type": "text",
                "align": side,
                "baseline": "middle",
                "fontSize": size,
                "fontWeight": weight,
                "limit": 0,
            },
            "encoding": {
                "x": {"field": "x", "type": "quantitative", "scale": scales["x"]},
                "y": {"field": "y", "type": "quantitative", "scale": scales["y"]},
                "text": {"field": "text", "type": "nominal"},
                "color": {"field": "fill", "type": "nominal", "scale": None, "legend": None},
            },
        }
