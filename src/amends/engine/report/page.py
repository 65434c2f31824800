"""The report as one page of HTML that needs nothing else: style, pictures and letters are inside."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from datetime import date
from html import escape
from importlib import resources
from typing import Final, Literal

from amends.engine.languages.wording import N_
from amends.engine.measures.compared import Compared
from amends.engine.measures.summary import Summary
from amends.engine.report.pages import pages
from amends.engine.report.parts import Lesson, Page, Table
from amends.engine.report.reader import Reader

ReadBy = Literal["best", "cues", "learned", ""]
_READ_BY: Final[Mapping[str, str]] = {
    "best": N_("Read by cues and the learned reader together, as the coach and the insight pages read."),
    "cues": N_(
        "Read by cues alone: fast, and surer of plain words than of what stands between the lines. The coach and the"
        " insight pages read with the learned reader too; their rates are others and not to be set beside these."
    ),
    "learned": N_("Read by the learned reader alone, without cues: made to compare, not to act upon."),
}


def render(
    summary: Summary,
    *,
    language: str,
    made_on: date,
    source: str = "",
    read_by: ReadBy = "",
    fonts: Mapping[str, bytes] | None = None,
    compared: Compared | None = None,
) -> str:
    """Return the report in a language, right to left where it runs so.

    :param source: what was audited, as the reader knows it
    :param read_by: which reader judged, so that nobody compares its rates with another's
    :param compared: the same figures of an earlier time, held against these
    :param fonts: WOFF2 letters by family; the machine's own are used for what is not there
    """
    reader = Reader(language)
    found = list(pages(summary, reader=reader, compared=compared, read_by=read_by))
    title = reader.say(N_("How complaints were handled"))
    sheets = [_cover(summary, reader, title=title, made_on=made_on, source=source, read_by=read_by)]
    sheets += [_sheet(page, reader, at=at, of=len(found) + 1, title=title) for at, page in enumerate(found, start=2)]
    style = resources.files("amends.engine.report").joinpath("page.css").read_text(encoding="utf-8")
    return (
        f'<!doctype html>\n<html lang="{escape(language)}" dir="{reader.direction}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(title)}</title>\n<style>\n{_faces(fonts or {})}{style}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(sheets)
        + "\n</main>\n</body>\n</html>\n"
    )


def _cover(summary: Summary, reader: Reader, *, title: str, made_on: date, source: str, read_by: ReadBy) -> str:
    period = reader.period(summary.first_day, summary.last_day) if summary.first_day else ""
    told = [
        (summary.clean, N_("of replies have nothing that makes it worse")),
        (summary.dated, N_("of promises name a day or an hour")),
    ]
    big = [
        *((reader.share(part), reader.say(words)) for part, words in told if part.n),
        (
            reader.minutes(summary.median_wait) if summary.median_wait is not None else reader.say(N_("not known")),
            reader.say(N_("until half of the customers had a first answer")),
        ),
    ]
    counts = [
        (reader.number(summary.conversations), reader.say(N_("conversations"))),
        (reader.number(summary.messages), reader.say(N_("messages from customers"))),
        (reader.number(summary.replies), reader.say(N_("replies read"))),
    ]
    made = reader.say(N_("Made on {day}"), day=reader.day(made_on.isoformat()))
    return (
        '<section class="sheet cover">\n'
        f'<p class="mark">Amends</p>\n<h1>{escape(title)}</h1>\n'
        f'<p class="period">{escape(period)}</p>\n'
        + (f'<p class="source"><bdi>{escape(source)}</bdi></p>\n' if source else "")
        + '<dl class="big">'
        + "".join(f"<div><dd>{escape(figure)}</dd><dt>{escape(what)}</dt></div>" for figure, what in big)
        + '</dl>\n<dl class="counts">'
        + "".join(f"<div><dd>{escape(figure)}</dd><dt>{escape(what)}</dt></div>" for figure, what in counts)
        + '</dl>\n<div class="made">'
        + (f"<p>{escape(reader.say(_READ_BY[read_by]))}</p>" if read_by else "")
        + f"<p>{escape(made)}</p></div>\n</section>"
    )


def _sheet(page: Page, reader: Reader, *, at: int, of: int, title: str) -> str:
    parts = [f"<h2>{escape(page.title)}</h2>"]
    if page.picture:
        parts.append(f"<figure>{page.picture}</figure>")
    if page.meaning:
        parts.append(f'<p class="meaning">{escape(page.meaning)}</p>')
    parts += [_lesson(lesson, reader) for lesson in page.lessons]
    parts += [_table(table) for table in page.tables]
    parts += [f'<p class="paragraph">{escape(text)}</p>' for text in page.paragraphs]
    if page.notes:
        parts.append('<div class="notes">' + "".join(f"<p>{escape(note)}</p>" for note in page.notes) + "</div>")
    place = reader.say(N_("{page} of {pages}"), page=reader.number(at), pages=reader.number(of))
    flows = " flows" if page.tables else ""
    return (
        f'<section class="sheet{flows}">\n'
        + "\n".join(parts)
        + f"\n<footer><span>{escape(title)}</span><span>{escape(place)}</span></footer>\n</section>"
    )


def _lesson(lesson: Lesson, reader: Reader) -> str:
    quotes = "".join(
        f'<blockquote lang="{escape(quote.language)}" dir="auto">{escape(quote.words)}</blockquote>'
        for quote in lesson.quotes
    )
    instead = reader.say(N_("Instead:"))
    return (
        f'<article class="lesson"><h3>{escape(lesson.title)}</h3>{quotes}<p>{escape(lesson.hurts)}</p>'
        f'<p class="instead"><b>{escape(instead)}</b> {escape(lesson.instead)}</p></article>'
    )


def _table(table: Table) -> str:
    heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in table.heads)
    rows = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>' + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:]) + "</tr>"
        for row in table.rows
    )
    return (
        f"<table><caption>{escape(table.title)}</caption><thead><tr><td></td>{heads}</tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def _faces(fonts: Mapping[str, bytes]) -> str:
    return "".join(
        f'@font-face {{ font-family: "{name.partition("|")[0]}"; font-weight: 200 900; font-display: block; '
        f'src: url("data:font/woff2;base64,{b64encode(letters).decode()}") format("woff2");'
        + (f" unicode-range: {name.partition('|')[2]};" if "|" in name else "")
        + " }\n"
        for name, letters in fonts.items()
    )
