"""Pictures of a report: Vega-Lite specifications turned into SVG. Every label comes in, in the reader's words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final, Literal

import altair as alt
import vl_convert

WIDTH: Final = 660
INK, SOFT, LINE, PAPER = "#27241f", "#5c564e", "#d8d3ca", "#fffefc"
TEAL, AMBER, RED, GREEN, GREY = "#0f5f63", "#e8a33d", "#b3261e", "#2a6a3e", "#b9b2a6"
FONT: Final = "Amends Sans, Amends Persian, ui-sans-serif, system-ui, sans-serif"

COLOURS: Final = {
    "employee": "#b08a3e",
    "customer": "#7d8f5b",
    "organisation": TEAL,
    "product": "#0f5f63",
    "process": "#3f8f8b",
    "message": "#8fbab3",
    "third-party": GREY,
}
Side = Literal["left", "right"]
_ROW: Final = 50
_FRAME: Final = r'<svg viewBox="\1" direction="ltr" role="presentation" aria-hidden="true">'
_CLIP: Final = re.compile(r"\bclip(?=\d)")
_HEAD: Final = re.compile(r"^<svg[^>]*?viewBox=\"([^\"]+)\"[^>]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar: what it is called, how long it is, the range that chance leaves, and what stands at its end."""

    label: str
    value: float
    low: float
    high: float
    shown: str
    colour: str = TEAL
    pale: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a whole bar."""

    label: str
    value: float
    colour: str
    dark: bool = True  # does light text stand on it


def bars(rows: Sequence[Bar], *, rtl: bool) -> str:
    """Draw a bar for each row, its name above it, its range as a fine line, its figure at the end."""
    data = [
        {
            "row": f"{at:02}",
            "label": _whole(bar.label, rtl=rtl),
            "value": bar.value,
            "low": bar.low,
            "high": max(bar.high, bar.value),
            "shown": _whole(bar.shown, rtl=rtl),
            "colour": bar.colour,
            "opacity": 0.45 if bar.pale else 1.0,
        }
        for at, bar in enumerate(rows)
    ]
    most = max((max(bar.high, bar.value) for bar in rows), default=1.0) or 1.0
    scale = alt.Scale(domain=[0, most * 1.16], reverse=rtl, nice=False)
    near: Side = "right" if rtl else "left"
    base = alt.Chart(alt.InlineData(values=data)).encode(y=alt.Y("row:O", axis=None, sort=None))
    x = alt.X("value:Q", scale=scale, axis=None)
    body = base.mark_bar(height=11, yOffset=12, cornerRadiusEnd=3).encode(
        x=x,
        color=alt.Color("colour:N", scale=None),
        opacity=alt.Opacity("opacity:Q", scale=None),
    )
    whisker = base.mark_rule(yOffset=12, color=INK, strokeWidth=1.2, opacity=0.55).encode(
        x=alt.X("low:Q", scale=scale, axis=None), x2="high:Q"
    )
    names = base.mark_text(align=near, dy=-8, fontSize=14, color=INK, baseline="middle").encode(
        x=alt.value(WIDTH if rtl else 0), text="label:N"
    )
    figures = base.mark_text(
        align=near, dx=-8 if rtl else 8, dy=12, fontSize=14, fontWeight=600, color=INK, baseline="middle"
    ).encode(x=alt.X("high:Q", scale=scale, axis=None), text="shown:N")
    return _svg(alt.layer(body, whisker, names, figures).properties(width=WIDTH, height=_ROW * max(len(rows), 1)))


def whole_bars(rows: Sequence[tuple[str, Sequence[Part]]], *, rtl: bool) -> str:
    """Draw a whole bar for each row, cut into its parts, each with its name and figure inside."""
    data = []
    for at, (title, parts) in enumerate(rows):
        total = sum(part.value for part in parts) or 1.0
        begins = 0.0
        for part in parts:
            ends = begins + part.value / total
            data.append(
                {
                    "row": f"{at:02}",
                    "title": _whole(title, rtl=rtl),
                    "from": begins,
                    "to": ends,
                    "middle": (begins + ends) / 2,
                    "lines": _lines(part, ends - begins, rtl=rtl),
                    "colour": part.colour,
                    "text": PAPER if part.dark else INK,
                }
            )
            begins = ends
    scale = alt.Scale(domain=[0, 1], reverse=rtl, nice=False)
    base = alt.Chart(alt.InlineData(values=data)).encode(y=alt.Y("row:O", axis=None, sort=None))
    body = base.mark_bar(height=84, yOffset=16, stroke=PAPER, strokeWidth=2).encode(
        x=alt.X("from:Q", scale=scale, axis=None), x2="to:Q", color=alt.Color("colour:N", scale=None)
    )
    inside = base.mark_text(fontSize=14, fontWeight=600, lineHeight=20, dy=6, baseline="middle").encode(
        x=alt.X("middle:Q", scale=scale, axis=None), text="lines:N", color=alt.Color("text:N", scale=None)
    )
    titles = base.mark_text(
        align="right" if rtl else "left", dy=-40, fontSize=15, color=SOFT, baseline="middle"
    ).encode(x=alt.value(WIDTH if rtl else 0), text="title:N")
    return _svg(alt.layer(body, inside, titles).properties(width=WIDTH, height=150 * len(rows)))


def waiting_curve(
    steps: Sequence[tuple[float, float]],
    *,
    ticks: Sequence[tuple[float, str]],
    levels: Sequence[tuple[float, str]],
    median: tuple[float, str] | None,
    rtl: bool,
) -> str:
    """Draw the share of customers still waiting as time passes; `ticks` and `levels` are places with their words."""
    first, last = ticks[0][0], ticks[-1][0]
    shown = sorted({max(at, first): left for at, left in steps if at <= last}.items())
    points = [] if shown and shown[0][0] == first else [{"at": first, "left": 1.0}]
    points += [{"at": at, "left": left} for at, left in shown]
    points.append({"at": last, "left": shown[-1][1] if shown else 1.0})
    scale = alt.Scale(type="log", domain=[first, last], reverse=rtl, nice=False)
    x = alt.X("at:Q", scale=scale, axis=_axis(ticks, grid=False, rtl=rtl))
    y = alt.Y("left:Q", stack=None, scale=alt.Scale(domain=[0, 1]), axis=_axis(levels, grid=True, rtl=rtl))
    area = alt.Chart(alt.InlineData(values=points)).mark_area(
        interpolate="step-after", color=TEAL, opacity=0.16, line={"color": TEAL, "strokeWidth": 2.5}
    )
    layers: list[Any] = [area.encode(x=x, y=y)]
    if median and first <= median[0] <= last:
        mark = alt.Chart(alt.InlineData(values=[{"at": median[0], "left": 0.5, "label": _whole(median[1], rtl=rtl)}]))
        layers += [
            mark.mark_rule(color=INK, strokeDash=[4, 4]).encode(x=x),
            mark.mark_point(color=INK, fill=PAPER, size=90, strokeWidth=2, opacity=1).encode(x=x, y=y),
            mark.mark_text(
                align="right" if rtl else "left", dx=-12 if rtl else 12, dy=-12, fontSize=15, fontWeight=600, color=INK
            ).encode(x=x, y=y, text="label:N"),
        ]
    return _svg(alt.layer(*layers).properties(width=WIDTH - 60, height=330))


def _lines(part: Part, width: float, *, rtl: bool) -> list[str]:
    """Return what fits into a part: its name and figure, its figure alone, or nothing."""
    lines = part.label.split("\n")
    room = width * WIDTH / 8.5  # letters of the size that stands there
    if max(map(len, lines)) <= room:
        return [_whole(line, rtl=rtl) for line in lines]
    return [_whole(lines[-1], rtl=rtl)] if len(lines[-1]) <= room else []


def _axis(places: Sequence[tuple[float, str]], *, grid: bool, rtl: bool) -> alt.Axis:
    words = "".join(
        f"abs(datum.value - {at}) < {at / 1000 + 1e-6} ? '{_quoted(label, rtl=rtl)}' : " for at, label in places
    )
    given: dict[str, Any] = {"orient": "right"} if rtl and grid else {}
    return alt.Axis(
        values=[at for at, _ in places], labelExpr=words + "''", title=None, grid=grid, gridColor=LINE, domain=not grid,
        domainColor=LINE, ticks=False, labelColor=SOFT, labelFontSize=13, labelPadding=8, **given,
    )  # fmt: skip


def _svg(chart: Any) -> str:  # a layered or a single chart
    spec = chart.configure(font=FONT, background="transparent", padding=0).configure_view(stroke=None).to_dict()
    svg: str = vl_convert.vegalite_to_svg(spec)
    # Several pictures stand on one page: what one calls 'clip1' must not cut another.
    svg = _CLIP.sub(f"clip-{blake2b(svg.encode(), digest_size=4).hexdigest()}-", svg)
    # The picture takes the width of its page, and the sentence under it speaks for it. Left and right are placed
    # already: a page that runs from right to left must not turn its anchors round.
    return _HEAD.sub(_FRAME, svg, count=1)


def _whole(text: str, *, rtl: bool) -> str:
    """Keep a label running as its reader reads, whatever stands beside it."""
    return f"{'\u2067' if rtl else '\u2066'}{text}\u2069" if text else ""


def _quoted(text: str, *, rtl: bool) -> str:
    return _whole(text, rtl=rtl).replace("\\", "\\\\").replace("'", "\\'")
