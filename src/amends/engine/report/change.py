"""What changed since: two summaries side by side, with the range that chance leaves each ratio."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Final

from amends.engine.causes import layer_name
from amends.engine.failings import get
from amends.engine.languages.wording import N_
from amends.engine.measures.compared import Change, Compared
from amends.engine.report.parts import Page, Table, theme_title
from amends.engine.report.reader import Reader

_MOST: Final = 24  # lines on the sheet; all are in summary.json
_WHOLE: Final = {
    "flawed": N_("Replies in which something makes it worse"),
    "vague": N_("Promises without a time"),
    "broken": N_("Promises broken, of those whose end is known"),
    "discontent": N_("Customers not content, of those who said either"),
}
_TOLD: Final = {
    "improved": N_("fewer"),
    "worse": N_("more"),
    "no-evidence": N_("may be chance"),
    "too-few": N_("too few to tell"),
}


def change_pages(found: Compared, *, reader: Reader) -> Iterator[Page]:
    """Yield the sheet of what changed, where there is anything to hold against each other."""
    if not found.changes:
        return
    surely = [one for one in found.changes if one.verdict in {"improved", "worse"}]
    heads = tuple(
        reader.say(head) for head in (N_("Before"), N_("After"), N_("Times as often"), N_("95 % range"), N_("So it is"))
    )
    rows = tuple(_row(one, reader) for one in found.changes[:_MOST])
    yield Page(
        title=reader.say(N_("What changed")),
        tables=(Table(reader.say(N_("Before and after, each of its own whole")), heads, rows),),
        meaning=_meaning(surely, reader),
        notes=(
            reader.say(
                N_(
                    "Before: {before}. After: {after}. Causes and events count in conversations, failings in replies,"
                    " promises in promises."
                ),
                before=_side(found, reader, before=True),
                after=_side(found, reader, before=False),
            ),
            reader.say(
                N_(
                    "Of these {n} lines about {false} would seem changed by chance alone. That something changed does"
                    " not say why."
                ),
                n=reader.number(len(found.changes)),
                false=reader.number(found.by_chance, digits=0 if found.by_chance >= 10 else 1),
            ),
        ),
    )


def change_lines(found: Compared, *, reader: Reader) -> Iterator[str]:
    """Yield what changed beyond chance, a line each, for a terminal."""
    surely = [one for one in found.changes if one.verdict in {"improved", "worse"}]
    yield _meaning(surely, reader)
    for one in surely:
        name, before, after, ratio, range_, told = _row(one, reader)
        yield f"  {name}: {before} → {after} · × {ratio} ({range_}) · {told}"


def _meaning(surely: list[Change], reader: Reader) -> str:
    if not surely:
        return reader.say(N_("Nothing changed by more than chance may do."))
    fewer = sum(one.verdict == "improved" for one in surely)
    return reader.say(
        N_("Beyond chance {fewer} became rarer and {more} more frequent."),
        fewer=reader.number(fewer),
        more=reader.number(len(surely) - fewer),
    )


def _row(one: Change, reader: Reader) -> tuple[str, ...]:
    here = one.here
    low = _times(here.low, reader)
    range_ = reader.say(N_("{low} or more"), low=low) if here.high == inf else f"{low} – {_times(here.high, reader)}"
    return (
        title(one, reader),
        _of(here.before, here.of_before, reader),
        _of(here.after, here.of_after, reader),
        "–" if here.ratio == inf else _times(here.ratio, reader),
        "–" if one.verdict == "too-few" else range_,
        reader.say(_TOLD[one.verdict]),
    )


def title(one: Change, reader: Reader) -> str:
    """Name a line."""
    if one.kind in _WHOLE:
        return reader.say(_WHOLE[one.kind])
    if one.kind == "layer":
        return reader.say(layer_name(one.name))
    if one.kind == "theme":
        return theme_title(one.name, one.layer, reader)
    return reader.say(get(one.name).title)


def _of(k: int, n: float, reader: Reader) -> str:
    return reader.say(N_("{k} of {n}"), k=reader.number(k), n=reader.number(n))


def _times(value: float, reader: Reader) -> str:
    return reader.number(value, digits=0 if value >= 100 else 1 if value >= 10 else 2)


def _side(found: Compared, reader: Reader, *, before: bool) -> str:
    one = found.before if before else found.after
    count = reader.say(N_("{n} conversations"), n=reader.number(one.conversations))
    return f"{reader.period(one.first_day, one.last_day)} ({count})" if one.first_day else count
