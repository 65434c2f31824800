"""The end of the report: the numbers in tables, and how to read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from amends.engine.causes import layer_name
from amends.engine.languages.wording import N_
from amends.engine.measures import Share
from amends.engine.measures.agreement import enough_for, missed, reach_of
from amends.engine.measures.share import FEWEST
from amends.engine.measures.summary import Summary
from amends.engine.report import names
from amends.engine.report.parts import Table, event_title, failing_title, theme_title
from amends.engine.report.reader import Reader

_WELL_KNOWN: Final = 0.05  # to within which a share of a sample should be known
_LINES: Final = 32  # rows that a sheet of A4 holds under its title
_HEADING: Final = 4  # rows that a table's name, heads and the gap after it take
_LEAST: Final = 3  # no table begins at the foot of a sheet with less
_LETTERS: Final = 44  # of the name of a row, before it takes a second line


def tables(summary: Summary, *, reader: Reader) -> Iterator[Table]:
    """Yield every figure of the report with its count, whole and range."""
    count, range_ = reader.say(N_("Count")), reader.say(N_("95 % range"))
    share_heads = (count, reader.say(N_("Of")), reader.say(N_("Share")), range_)
    rate_heads = (count, reader.say(N_("Replies")), reader.say(N_("Per hundred")), range_)

    def shares(title: str, rows: Sequence[tuple[str, Share]]) -> Table:
        return Table(
            title,
            share_heads,
            tuple(
                (
                    name,
                    reader.number(s.k),
                    reader.number(s.n),
                    "–" if s.too_few else reader.share(s),
                    "–" if s.too_few else reader.interval(s),
                )
                for name, s in rows
            ),
        )

    yield shares(
        reader.say(N_("At a glance")),
        [
            (reader.say(N_("Replies with nothing that makes it worse")), summary.clean),
            (reader.say(N_("Promises with a day or an hour")), summary.dated),
            (reader.say(N_("Promises kept, of those whose end is known")), summary.kept),
            (reader.say(N_("Conversations with an answer")), summary.answered),
            *(
                [(reader.say(N_("Somebody came, of those who asked for a person")), summary.asked)]
                if summary.asked.n
                else []
            ),
            (reader.say(N_("Customers content, of those who said either")), summary.content),
        ],
    )
    yield shares(
        reader.say(N_("Causes by layer")),
        [
            *((reader.say(layer_name(name)), share) for name, share in summary.layers),
            (reader.say(N_("Nothing points at a cause")), summary.unknown),
            (reader.say(N_("Confirmed by a person")), summary.confirmed),
        ],
    )
    yield shares(
        reader.say(N_("Causes by theme")),
        [(theme_title(theme, layer, reader), share) for layer, theme, share in summary.themes],
    )
    if summary.at_risk.known:
        yield Table(
            reader.say(N_("Direct loss by cause")),
            (
                reader.say(N_("Customers who may leave")),
                reader.say(N_("With a figure")),
                reader.say(N_("They spend a year")),
            ),
            tuple(
                (
                    theme_title(theme, layer, reader),
                    reader.number(value.customers),
                    reader.number(value.known),
                    " · ".join(reader.money(amount, currency) for currency, amount in value.totals) or "–",
                )
                for layer, theme, value in summary.losses
            ),
        )
    if summary.failings:
        yield Table(
            reader.say(N_("What makes it worse")),
            rate_heads,
            tuple(
                (
                    failing_title(one, reader),
                    reader.number(one.rate.k),
                    reader.number(one.rate.n),
                    reader.rate(one.rate),
                    reader.interval(one.rate),
                )
                for one in summary.failings
            ),
        )
    if summary.events:
        yield shares(
            reader.say(N_("What went wrong on the way")),
            [(event_title(one, reader), one.share) for one in summary.events],
        )
    if summary.good:
        yield Table(
            reader.say(N_("What helps")),
            rate_heads,
            tuple(
                (
                    reader.say(names.GOOD.get(name, name)),
                    reader.number(rate.k),
                    reader.number(rate.n),
                    reader.rate(rate),
                    reader.interval(rate),
                )
                for name, rate in summary.good
            ),
        )
    if summary.signals:
        yield shares(
            reader.say(N_("What customers let us know")),
            [(reader.say(names.SIGNALS.get(name, name)), share) for name, share in summary.signals],
        )


def dealt_out(found: Iterable[Table]) -> Iterator[tuple[Table, ...]]:
    """Deal tables out over sheets of A4, so that each has its number and nothing is cut; a long one goes on."""
    sheet: list[Table] = []
    room = _LINES
    for table in found:
        rows = list(table.rows)
        while rows:
            needed = _HEADING + sum(map(_lines, rows))
            # What fits on one sheet is never torn in two.
            if sheet and (needed > room if needed <= _LINES else room < _HEADING + _LEAST):
                yield tuple(sheet)
                sheet, room = [], _LINES
            fitting = _fitting(rows, room - _HEADING)
            sheet.append(replace(table, rows=tuple(rows[:fitting])))
            room -= _HEADING + sum(map(_lines, rows[:fitting]))
            rows = rows[fitting:]
    if sheet:
        yield tuple(sheet)


def _fitting(rows: Sequence[tuple[str, ...]], room: int) -> int:
    used = 0
    for at, row in enumerate(rows):
        used += _lines(row)
        if used > room:
            return max(1, at)
    return len(rows)


def _lines(row: tuple[str, ...]) -> int:
    return 1 + (len(row[0]) - 1) // _LETTERS


# Right, of so many for which a layer was named, of 120 complaints of four languages that others labelled and that hold
# no note of how they ended, as an export holds none.
_LABELLED: Final = 120
_BY_CUES: Final = (48, 96)
_BY_MODEL: Final = (77, 108)


def how_to_read(summary: Summary, *, reader: Reader, read_by: str = "") -> Iterator[str]:
    """Yield what a reader has to know, and what the export did not hold."""
    yield reader.say(
        N_(
            "Every reply was read by machine against a closed catalogue of failings. A finding is a reason to look, not"
            " a verdict, and carries nobody's name: a person is coached, a system is measured."
        )
    )
    yield reader.say(
        N_(
            "Every figure stands with its whole. The fine line over a bar, and the range in a table, is the 95 %"
            " interval: where two of them overlap, chance alone may have made the difference. Fewer than ten cases are"
            " told as they are and never as a per cent."
        )
    )
    if FEWEST <= summary.replies < enough_for(_WELL_KNOWN):
        yield reader.say(
            N_(
                "If these {replies} replies were picked from more, a share of them may lie up to {reach} percentage"
                " points off; {enough} picked by chance would know it to within {near}. What one reply in a hundred"
                " has is not seen at all among so few with a chance of {missed}."
            ),
            replies=reader.number(summary.replies),
            reach=reader.number(round(100 * reach_of(summary.replies))),
            enough=reader.number(enough_for(_WELL_KNOWN)),
            near=reader.number(100 * _WELL_KNOWN),
            missed=reader.percent(missed(0.01, summary.replies)),
        )
    yield reader.say(
        N_(
            "Causes that a machine found are a direction, not a count: let a person confirm the cause of each"
            " complaint."
        )
    )
    by_cues = read_by in {"", "cues"}
    right, named = _BY_CUES if by_cues else _BY_MODEL
    yield reader.say(
        N_(
            "Read as here, the layer that was named was right in {right} of {named} complaints that others had"
            " labelled, in four languages; in {none} more none was named."
        ),
        right=reader.number(right),
        named=reader.number(named),
        none=reader.number(_LABELLED - named),
    ) + (
        " "
        + reader.say(
            N_("Read with the learned reader too, it is right in {right} of {named}."),
            right=reader.number(_BY_MODEL[0]),
            named=reader.number(_BY_MODEL[1]),
        )
        if by_cues
        else ""
    )
    if summary.unread:
        yield reader.say(
            N_("Replies in a language that is not read, and therefore in no figure: {unread}."),
            unread=reader.number(summary.unread),
        )
    missing = [
        reader.say(what)
        for there, what in (
            (summary.kept.n, N_("whether promises were kept")),
            (summary.answered.n, N_("when things were said")),
            (any(share.k for _, share in summary.people), N_("which person answered")),
            (summary.at_risk.known, N_("what customers spend a year")),
        )
        if not there
    ]
    if missing:
        yield reader.say(N_("Not in this export, and so not in this report: {missing}."), missing="، ".join(missing)
                         if reader.rtl else ", ".join(missing))  # fmt: skip
