"""
Pictures for pages and paper, drawn as SVG on the server: rectangles and words, written out by ourselves.

An SVG stands inside the page and takes the page's letters and colours (variables of the design system), so the same
drawing serves the light and the dark theme. The numbers stand in words beneath it, so screen readers and the keyboard
pass it over; a hand on a mouse or a screen opens what is behind a figure in the picture too.
Places are given from the side where reading begins; for whoever reads from right to left the whole is mirrored.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

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
Align = Literal["start", "middle", "end"]
MIRRORED: dict[Align, Align] = {"start": "end", "middle": "middle", "end": "start"}
# What a number is that has no list behind it: what others found, or a day.
Apart = Literal["", "elsewhere", "day"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where a figure leads, and what it tells: 'count', 'share', 'rate', 'money'."""

    href: str
    tells: str = "count"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A rectangle from (x, y) to (x2, y2), in pixels."""

    x: float
    x2: float
    y: float
    y2: float
    fill: str
    opacity: float = 1.0
    door: Door | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    x: float
    y: float
    text: str
    align: Align = "start"
    colour: str = INK
    size: int = 14
    weight: int = 400
    door: Door | None = None
    apart: Apart = ""


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
    door: Door | None = None


def shares(*, segments: Sequence[Segment], here: str, elsewhere: str, language: str) -> Picture:
    """One bar of ours above one of what others found, in which the zone between two groups is a band."""

    def draw(width: int) -> Drawing:
        drawing = Drawing(height=126)
        drawing.words += [
            Words(x=0, y=12, text=here, colour=SOFT),
            Words(x=0, y=84, text=elsewhere, colour=SOFT, apart="elsewhere"),
        ]
        edge = 0.0
        for segment in segments:
            fill, on_fill = GROUPS[segment.group]
            start, edge = edge, edge + segment.share
            gap = 1.5 if edge < 0.999 else 0
            drawing.blocks.append(
                Block(x=start * width, x2=edge * width - gap, y=24, y2=62, fill=fill, door=segment.door)
            )
            if segment.share * width >= 44:
                middle = (start + edge) / 2 * width
                drawing.words.append(
                    Words(
                        x=middle,
                        y=43,
                        text=segment.figure,
                        align="middle",
                        colour=on_fill,
                        size=16,
                        weight=600,
                        door=segment.door,
                    )
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
    door: Door | None = None
    money: float = 0
    money_figure: str = ""
    money_door: Door | None = None


ROW = 46
LETTER = 7.5  # how wide a letter of a small word is, or a little less
SMALL_LETTER = 6.6  # of a head
LABEL = 78  # pixels that a date below a column needs


def rows(
    *,
    bars: Sequence[Bar],
    language: str,
    colour: str = TEAL,
    heads: Sequence[str] = (),
    wide: int = WIDE,
) -> Picture:
    """Bars under each other; the head says what they count. With two, each row has a second bar, of money."""
    largest = max((bar.high or bar.value for bar in bars), default=0) or 1
    richest = max((bar.money for bar in bars), default=0) or 1

    def draw(width: int) -> Drawing:
        top = 26 if heads else 0
        drawing = Drawing(height=top + ROW * len(bars))
        has_money = len(heads) > 1
        room = width * (0.52 if has_money else 1) - (60 if has_money else 96)  # after the longest bar its figure
        second = width * 0.56
        for at, head in zip((0, second), heads, strict=False):
            x = max(0, min(at, width - SMALL_LETTER * len(head)))  # a long head of the second bars begins further out
            drawing.words.append(Words(x=x, y=10, text=head, colour=SOFT, size=13))
        for place, bar in enumerate(bars):
            y = top + place * ROW
            middle = y + 33
            end = bar.value / largest * room
            drawing.words.append(Words(x=0, y=y + 13, text=bar.words))
            if end:
                drawing.blocks.append(Block(x=0, x2=end, y=y + 25, y2=y + 41, fill=colour, door=bar.door))
            reach = end
            if bar.low is not None and bar.high is not None:
                reach = bar.high / largest * room
                start = bar.low / largest * room
                drawing.blocks.append(Block(x=start, x2=reach, y=middle - 1, y2=middle + 1, fill=INK, opacity=0.55))
            drawing.words.append(Words(x=reach + 7, y=middle, text=bar.figure, weight=600, door=bar.door))
            if has_money:
                length = bar.money / richest * (width - second - 110)
                door = bar.money_door
                if length:
                    drawing.blocks.append(
                        Block(x=second, x2=second + length, y=y + 25, y2=y + 41, fill=STONE, opacity=0.75, door=door)
                    )
                place_of_money = second + (length + 7 if length else 0)
                drawing.words.append(Words(x=place_of_money, y=middle, text=bar.money_figure, weight=600, door=door))
        return drawing

    return _both(draw, language=language, wide=wide)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pillar:
    """One column of a trend: what was kept stands below, what was broken above it."""

    words: str
    good: int
    bad: int
    door: Door | None = None
    limit: float | None = None  # a fine line: as much as chance alone leaves


ROOM_FOR_DIGITS = 15  # pixels of a column: on a finer one its number would stand on its neighbour's


def pillars(
    *,
    columns: Sequence[Pillar],
    language: str,
    digits: Callable[[int], str],
    wide: int = WIDE,
    second: str = RED,
) -> Picture:
    """Counts over time; counts and no rates, since a column holds few. `second` is the colour of what stands above."""
    tallest = max((max(column.good + column.bad, column.limit or 0) for column in columns), default=0) or 1

    def draw(width: int) -> Drawing:
        drawing = Drawing(height=150)
        step = width / max(1, len(columns))
        every = -(-LABEL // max(1, int(step)))
        for place, column in enumerate(columns):
            x, x2 = place * step + step * 0.14, (place + 1) * step - step * 0.14
            foot = 116.0
            for count, fill in ((column.good, TEAL), (column.bad, second)):
                if count:
                    head = foot - count / tallest * 90
                    drawing.blocks.append(
                        Block(x=x, x2=x2, y=head, y2=foot - (1 if fill == second else 0), fill=fill, door=column.door)
                    )
                    foot = head
            if column.limit is not None:
                line = 116 - column.limit / tallest * 90
                drawing.blocks.append(Block(x=place * step, x2=(place + 1) * step, y=line, y2=line + 1.5, fill=STONE))
            if column.good + column.bad and step >= ROOM_FOR_DIGITS:
                total = digits(column.good + column.bad)
                drawing.words.append(
                    Words(x=(x + x2) / 2, y=foot - 9, text=total, align="middle", size=13, door=column.door)
                )
            if place % every == 0 and width - x >= LABEL * 0.8:
                # A long name of a month that would run over the edge ends there.
                fits = width - x >= len(column.words) * LETTER
                drawing.words.append(
                    Words(
                        x=x if fits else width,
                        y=133,
                        text=column.words,
                        align="start" if fits else "end",
                        colour=SOFT,
                        size=13,
                        apart="day",
                    )
                )
        drawing.blocks.append(Block(x=0, x2=width, y=116, y2=117, fill=LINE))
        return drawing

    return _both(draw, language=language, wide=wide)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tread:
    """One step of a curve: from this place on so many are left, with the range that chance leaves; all from 0 to 1."""

    at: float
    left: float
    low: float
    high: float


def curve(
    *,
    treads: Sequence[Tread],
    reach: float,
    ticks: Sequence[tuple[float, str]],
    marks: Sequence[tuple[float, str]],
    language: str,
    colour: str = TEAL,
    wide: int = HALF,
) -> Picture:
    """A curve that falls in steps from all to none, with its range as a band.

    `reach` is where it ends, in the units of the places; `ticks` are words below, `marks` words beside lines across.
    """

    def draw(width: int) -> Drawing:
        foot, top, start = 130.0, 14.0, 0.0
        drawing = Drawing(height=160)

        def x(at: float) -> float:
            return start + min(1.0, at / reach if reach else 0.0) * (width - start)

        def y(share: float) -> float:
            return foot - share * (foot - top)

        for share, words in marks:
            drawing.blocks.append(Block(x=0, x2=width, y=y(share), y2=y(share) + 1, fill=LINE))
            drawing.words.append(Words(x=width, y=y(share) - 8, text=words, align="end", colour=SOFT, size=13))
        ends = [tread.at for tread in treads[1:]] + [reach]
        for tread, end in zip(treads, ends, strict=True):
            if tread.high > tread.low:
                drawing.blocks.append(
                    Block(x=x(tread.at), x2=x(end), y=y(tread.high), y2=y(tread.low), fill=colour, opacity=0.18)
                )
        before = 1.0
        for tread, end in zip(treads, ends, strict=True):
            drawing.blocks += [
                Block(x=x(tread.at), x2=x(end), y=y(tread.left) - 1, y2=y(tread.left) + 1, fill=colour),
                Block(x=x(tread.at) - 1, x2=x(tread.at) + 1, y=y(before), y2=y(tread.left), fill=colour),
            ]
            before = tread.left
        drawing.blocks.append(Block(x=0, x2=width, y=foot, y2=foot + 1, fill=LINE))
        for place, (at, words) in enumerate(ticks):
            align: Align = "start" if not place else "end" if at >= reach else "middle"
            drawing.words.append(
                Words(x=x(at), y=foot + 16, text=words, align=align, colour=SOFT, size=13, apart="day")
            )
        return drawing

    return _both(draw, language=language, wide=wide)


# ── Drawing ──────────────────────────────────────────────────────────────────


def _both(draw: Callable[[int], Drawing], *, language: str, wide: int = WIDE) -> Picture:
    return Picture(
        wide=_drawn(draw(wide), width=wide, language=language),
        narrow=_drawn(draw(NARROW), width=NARROW, language=language),
    )


def _drawn(drawing: Drawing, *, width: int, language: str) -> SafeString:
    mirrored = language in RIGHT_TO_LEFT
    return format_html(
        # The page sets the letters and the size; directions are settled here, so the picture itself reads one way.
        '<svg direction="ltr" aria-hidden="true" viewBox="0 0 {} {}">{}{}</svg>',
        width,
        _plain(drawing.height),
        format_html_join("", "{}", ((_block(one, width=width, mirrored=mirrored),) for one in drawing.blocks)),
        format_html_join("", "{}", ((_words(one, width=width, mirrored=mirrored),) for one in drawing.words)),
    )


def _block(block: Block, *, width: int, mirrored: bool) -> SafeString:
    start, end = (width - block.x2, width - block.x) if mirrored else (block.x, block.x2)
    opacity = format_html(' opacity="{}"', _plain(block.opacity)) if block.opacity < 1 else ""
    drawn = format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" fill="{}"{}/>',
        *map(_plain, (start, block.y, max(0.0, end - start), max(0.0, block.y2 - block.y))),
        block.fill,
        opacity,
    )
    # The words beside it tell what it is, so the rectangle only opens.
    return _opens(drawn, block.door, tells="")


def _words(words: Words, *, width: int, mirrored: bool) -> SafeString:
    text = words.text
    if mirrored:
        # An isolate lets a line of another script stand in a right-to-left one as it should.
        text = f"\u2067{text}\u2069"
    drawn = format_html(
        '<text x="{}" y="{}" text-anchor="{}" dominant-baseline="central" font-size="{}" font-weight="{}" fill="{}"{}>'
        "{}</text>",
        _plain(width - words.x if mirrored else words.x),
        _plain(words.y),
        MIRRORED[words.align] if mirrored else words.align,
        words.size,
        words.weight,
        words.colour,
        format_html(" data-{}", words.apart) if words.apart else "",
        text,
    )
    return _opens(drawn, words.door, tells=words.door.tells if words.door else "")


def _opens(drawn: SafeString, door: Door | None, *, tells: str) -> SafeString:
    if door is None:
        return drawn
    told = format_html(' data-tells="{}"', tells) if tells else ""
    return format_html('<a href="{}" tabindex="-1"{}>{}</a>', door.href, told, drawn)


def _plain(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
