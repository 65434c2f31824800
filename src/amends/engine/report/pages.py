"""What the report says: one idea a page, a picture, one sentence of meaning, the whole it is of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from amends.engine.failings import get
from amends.engine.languages.wording import N_
from amends.engine.measures import FEWEST_FOR_MEDIAN, Share
from amends.engine.measures.compared import Compared
from amends.engine.measures.summary import FailingFigure, Summary
from amends.engine.report import names, pictures
from amends.engine.report.change import change_pages
from amends.engine.report.numbers import dealt_out, how_to_read, tables
from amends.engine.report.parts import (
    Lesson,
    Page,
    Quote,
    event_title,
    failing_title,
    short_name,
    theme_title,
    theme_words,
)
from amends.engine.report.pictures import COLOURS, GREEN, RED, TEAL, Bar, Part
from amends.engine.report.reader import Reader

_ROWS: Final = 12  # bars on a page
_QUOTED: Final = 4  # failings shown in our own words


def pages(summary: Summary, *, reader: Reader, compared: Compared | None = None, read_by: str = "") -> Iterator[Page]:
    """Yield the pages for which there is something to say, the numbers and how to read them at the end."""
    if compared is not None:
        yield from change_pages(compared, reader=reader)
    yield from _about_causes(summary, reader)
    if summary.dated.n:
        yield _promises(summary, reader)
    if summary.answered.n:
        yield _waiting(summary, reader)
    if summary.replies and summary.failings:
        yield from _about_replies(summary, reader)
    if summary.events:
        yield _on_the_way(summary, reader)
    if summary.good and summary.replies:
        yield _good(summary, reader)
    if summary.signals:
        yield _signals(summary, reader)
    if any(share.k for _, share in summary.people):
        yield _people(summary, reader)
    if summary.at_risk.known:
        yield _money(summary, reader)
    yield from (
        Page(title=reader.say(N_("The numbers")), tables=one) for one in dealt_out(tables(summary, reader=reader))
    )
    yield Page(
        title=reader.say(N_("How to read this report")),
        paragraphs=tuple(how_to_read(summary, reader=reader, read_by=read_by)),
    )


def _nothing(reader: Reader) -> Page:
    return Page(
        title=reader.say(N_("Nothing to judge")),
        meaning=reader.say(N_("No conversation could be read, so there is no figure to tell.")),
        notes=(
            reader.say(
                N_(
                    "Look whether the export has conversations in it, with who spoke and what was said. Columns with"
                    " other names are told with --map, and who is an agent with --agent."
                )
            ),
        ),
    )


def _about_causes(summary: Summary, reader: Reader) -> Iterator[Page]:
    if not summary.conversations:
        yield _nothing(reader)
    if summary.third_party.n:  # conversations with a cause
        yield _where_from(summary, reader)
        yield _what_hurts(summary, reader)
    if summary.planned:
        yield _as_planned(summary, reader)


def _about_replies(summary: Summary, reader: Reader) -> Iterator[Page]:
    counted = [one for one in summary.failings if one.rate.k]
    if not counted:
        return
    yield _failings(summary, counted, reader)
    if lessons := [_lesson(one, reader) for one in counted if one.examples][:_QUOTED]:
        yield Page(
            title=reader.say(N_("In our own words")),
            lessons=tuple(lessons),
            notes=(reader.say(N_("Words of replies as they were sent, without the names of those who wrote them.")),),
        )


def _where_from(summary: Summary, reader: Reader) -> Page:
    groups = dict(summary.groups)

    def parts(values: dict[str, float], shown: dict[str, str]) -> list[Part]:
        return [
            Part(label=f"{reader.say(short_name(name))}\n{shown[name]}", value=value, colour=COLOURS[name])
            for name, value in values.items()
        ]

    here = {name: share.value or 0.0 for name, share in groups.items()}
    research = {"employee": 0.20, "customer": 0.25, "organisation": 0.55}
    expected = {
        "employee": reader.percent(0.2),
        "customer": f"{reader.number(20)} – {reader.percent(0.3)}",
        "organisation": f"{reader.number(50)} – {reader.percent(0.6)}",
    }
    return Page(
        title=reader.say(N_("Where dissatisfaction comes from")),
        picture=pictures.whole_bars(
            [
                (
                    reader.say(N_("In these conversations")),
                    parts(here, {k: reader.share(v) for k, v in groups.items()}),
                ),
                (reader.say(N_("What research found elsewhere")), parts(research, expected)),
            ],
            rtl=reader.rtl,
        ),
        meaning=reader.say(
            N_(
                "Product, process and message are behind {organisation} of the complaints whose cause shows, customers'"
                " own expectation or use behind {customer}, employees behind {employee}."
            ),
            **{name: reader.share(share) for name, share in groups.items()},
        ),
        notes=(
            reader.say(
                N_(
                    "Of {n} conversations with a visible cause, {third} come from third parties: the shares above leave"
                    " them out, the table at the end counts them in. In {unknown} conversations nothing points at a"
                    " cause."
                ),
                n=reader.number(summary.third_party.n),
                third=reader.number(summary.third_party.k),
                unknown=reader.number(summary.unknown.k),
            ),
            _who_found(summary, reader),
        ),
    )


def _who_found(summary: Summary, reader: Reader) -> str:
    if not summary.confirmed.k:
        return reader.say(N_("Causes are proposed by machine from what was said; a person has not confirmed them."))
    return reader.say(
        N_("A person has confirmed {k} of these {n} causes; the others are proposed by machine from what was said."),
        **reader.counts(summary.confirmed),
    )


def _bars_of_themes(themes: Sequence[tuple[str, str, Share]], reader: Reader) -> list[Bar]:
    return [
        Bar(
            label=theme_title(theme, layer, reader),
            value=share.value or 0.0,
            low=share.low,
            high=share.high,
            shown=f"{reader.number(share.k)} ({reader.share(share)})" if not share.too_few else reader.fraction(share),
            colour=COLOURS[layer],
        )
        for layer, theme, share in themes
    ]


def _what_hurts(summary: Summary, reader: Reader) -> Page:
    top = summary.themes[:_ROWS]
    rows = _bars_of_themes(top, reader)
    first = top[0]
    meaning = reader.say(
        N_("“{theme}” comes first: {share} of the complaints whose cause shows."),
        theme=theme_words(first[1], first[0], reader),
        share=reader.share(first[2]),
    )
    if first[2].too_few:
        meaning = reader.say(
            N_("Only {n} conversations show a cause: too few to say which hurts most."), n=reader.number(first[2].n)
        )
    elif len(top) > 1 and top[1][2].high > first[2].low:
        meaning = reader.say(
            N_("“{first}” and “{second}” hurt most; they are too close to tell which comes first."),
            first=theme_words(first[1], first[0], reader),
            second=theme_words(top[1][1], top[1][0], reader),
        )
    return Page(
        title=reader.say(N_("What hurts most")),
        picture=pictures.bars(rows, rtl=reader.rtl),
        meaning=meaning,
        notes=(
            reader.say(N_("Of {n} conversations with a visible cause."), n=reader.number(first[2].n)),
            _range_note(reader),
        ),
    )


def _as_planned(summary: Summary, reader: Reader) -> Page:
    rows = _bars_of_themes(summary.planned[:_ROWS], reader)
    whole = summary.planned[0][2].n
    return Page(
        title=reader.say(N_("Delivered as planned, and unhappy")),
        picture=pictures.bars(rows, rtl=reader.rtl),
        meaning=reader.say(
            N_(
                "In {k} of {n} complaints about product, process or message all went as planned: the plan itself hurts."
            ),
            k=reader.number(sum(share.k for *_names, share in summary.planned)),
            n=reader.number(whole),
        ),
        notes=(
            reader.say(
                N_(
                    "Left out: what came broken, late or not as ordered, connections that failed, and conversations in"
                    " which a promise was broken."
                )
            ),
            _range_note(reader),
        ),
    )


def _promises(summary: Summary, reader: Reader) -> Page:
    dated, kept = summary.dated, summary.kept
    vague = dated.n - dated.k
    rows: list[tuple[str, Sequence[Part]]] = [
        (
            reader.say(N_("Promises made")),
            [
                Part(label=f"{reader.say(N_('With a time'))}\n{reader.number(dated.k)}", value=dated.k, colour=TEAL),
                Part(
                    label=f"{reader.say(N_('With none'))}\n{reader.number(vague)}",
                    value=vague,
                    colour=pictures.AMBER,
                    dark=False,
                ),
            ],
        )
    ]
    if kept.n:
        broken = kept.n - kept.k
        rows.append(
            (
                reader.say(N_("Promises whose end is known")),
                [
                    Part(label=f"{reader.say(N_('Kept'))}\n{reader.number(kept.k)}", value=kept.k, colour=GREEN),
                    Part(label=f"{reader.say(N_('Broken'))}\n{reader.number(broken)}", value=broken, colour=RED),
                ],
            )
        )
    return Page(
        title=reader.say(N_("Promises")),
        picture=pictures.whole_bars(rows, rtl=reader.rtl),
        meaning=reader.say(
            N_(
                "{k} of {n} promises in our replies name a day or an hour. The others leave the customer waiting"
                " without an end."
            ),
            **reader.counts(dated),
        ),
        notes=(
            reader.say(
                N_(
                    "{k} of {n} promises whose end is on record were kept. The record also holds those of receipts and"
                    " calls, which stand in no reply."
                ),
                **reader.counts(kept),
            )
            if kept.n
            else reader.say(N_("Whether promises were kept is not in this export.")),
        ),
    )


def _waiting(summary: Summary, reader: Reader) -> Page:
    longest = max((step.at for step in summary.waits), default=60.0)
    ladder = (1, 10, 60, 6 * 60, 24 * 60, 7 * 24 * 60, 30 * 24 * 60)
    shown = [at for at in ladder if at < longest] or [1]
    shown.append(next((at for at in ladder if at >= longest), ladder[-1]))
    picture = pictures.waiting_curve(
        [(step.at, step.share) for step in summary.waits],
        ticks=[(float(at), reader.minutes(at)) for at in sorted(set(shown))],
        levels=[(level, reader.percent(level)) for level in (0.0, 0.25, 0.5, 0.75, 1.0)],
        median=(summary.median_wait, reader.minutes(summary.median_wait)) if summary.median_wait else None,
        rtl=reader.rtl,
    )
    meaning = (
        reader.say(
            N_("Half of the customers had an answer from a person within {median}."),
            median=reader.minutes(summary.median_wait),
        )
        if summary.median_wait is not None
        else reader.say(N_("Fewer than half of the customers had an answer from a person."))
        if summary.answered.n >= FEWEST_FOR_MEDIAN
        else reader.say(N_("There are too few conversations with known times to tell how long half of them waited."))
    )
    return Page(
        title=reader.say(N_("How long people wait for a first answer")),
        picture=picture,
        meaning=meaning,
        notes=(
            reader.say(N_("The curve shows how many are still waiting as time passes.")),
            reader.say(
                N_("{k} of {n} conversations with known times were answered; the others count as still waiting."),
                **reader.counts(summary.answered),
            ),
        ),
    )


def _failings(summary: Summary, counted: Sequence[FailingFigure], reader: Reader) -> Page:
    rows = [
        Bar(
            label=failing_title(one, reader),
            value=one.rate.value or 0.0,
            low=one.rate.low,
            high=one.rate.high,
            shown=reader.rate(one.rate),
            colour=pictures.AMBER,
            pale=one.preview,
        )
        for one in counted[:_ROWS]
    ]
    stable = [one for one in counted if not one.preview]
    flawed = Share(summary.clean.n - summary.clean.k, summary.clean.n, 1 - summary.clean.high, 1 - summary.clean.low)
    meaning = reader.say(N_("In {k} of {n} replies something makes it worse."), **reader.counts(flawed))
    if stable:
        most = stable[0].rate
        meaning += " " + reader.say(
            N_("Most often: “{name}”, in {k} of {n} replies.")
            if most.too_few
            else N_("Most often: “{name}”, in {rate} of a hundred replies."),
            name=reader.say(get(stable[0].name).title),
            rate=reader.rate(most),
            **reader.counts(most),
        )
    notes = [_of_replies(summary, reader)]
    if any(one.preview for one in counted[:_ROWS]):
        notes.append(reader.say(N_("Pale bars are still on trial: they are shown and not counted.")))
    return Page(
        title=reader.say(N_("What makes it worse")),
        picture=pictures.bars(rows, rtl=reader.rtl),
        meaning=meaning,
        notes=(*notes, _range_note(reader)),
    )


def _on_the_way(summary: Summary, reader: Reader) -> Page:
    rows = [
        Bar(
            label=event_title(one, reader),
            value=one.share.value or 0.0,
            low=one.share.low,
            high=one.share.high,
            shown=reader.fraction(one.share)
            if one.share.too_few
            else f"{reader.number(one.share.k)} ({reader.share(one.share)})",
            colour=pictures.AMBER,
            pale=one.preview,
        )
        for one in summary.events[:_ROWS]
    ]
    first = summary.events[0]
    return Page(
        title=reader.say(N_("What went wrong on the way")),
        picture=pictures.bars(rows, rtl=reader.rtl),
        meaning=reader.say(
            N_("Most often: “{name}”, in {k} of {n} conversations."),
            name=reader.say(get(first.name).title),
            **reader.counts(first.share),
        ),
        notes=(
            reader.say(
                N_(
                    "Seen in the course of events and in no single reply: waiting, sending around, promises, the same"
                    " trouble again."
                )
            ),
            _range_note(reader),
        ),
    )


def _lesson(one: FailingFigure, reader: Reader) -> Lesson:
    failing = get(one.name)
    return Lesson(
        title=failing_title(one, reader),
        hurts=reader.say(failing.hurts),
        instead=reader.say(failing.instead),
        quotes=tuple(Quote(example.words.strip(" .,;:-"), example.language) for example in one.examples[:2]),
    )


def _good(summary: Summary, reader: Reader) -> Page:
    rows = [
        Bar(
            label=reader.say(names.GOOD.get(name, name)),
            value=rate.value or 0.0,
            low=rate.low,
            high=rate.high,
            shown=reader.rate(rate),
            colour=GREEN,
        )
        for name, rate in summary.good[:_ROWS]
    ]
    first, rate = summary.good[0]
    return Page(
        title=reader.say(N_("What helps")),
        picture=pictures.bars(rows, rtl=reader.rtl),
        meaning=reader.say(
            N_("What is done well most often: “{name}”, in {k} of {n} replies.")
            if rate.too_few
            else N_("What is done well most often: “{name}”, in {rate} of a hundred replies."),
            name=reader.say(names.GOOD.get(first, first)),
            rate=reader.rate(rate),
            **reader.counts(rate),
        ),
        notes=(_of_replies(summary, reader), _range_note(reader)),
    )


def _signals(summary: Summary, reader: Reader) -> Page:
    rows = [
        Bar(
            label=reader.say(names.SIGNALS.get(name, name)),
            value=share.value or 0.0,
            low=share.low,
            high=share.high,
            shown=f"{reader.number(share.k)} ({reader.share(share)})" if not share.too_few else reader.fraction(share),
            colour=GREEN if name in ("content", "thanks") else COLOURS["employee"],
        )
        for name, share in summary.signals
    ]
    shares = dict(summary.signals)
    leaving = shares.get("leaving")
    return Page(
        title=reader.say(N_("What customers let us know")),
        picture=pictures.bars(rows, rtl=reader.rtl),
        meaning=reader.say(N_("In {k} of {n} conversations the customer speaks of leaving."), **reader.counts(leaving))
        if leaving
        else reader.say(N_("Nobody speaks of leaving.")),
        notes=(
            reader.say(
                N_("Of {n} conversations, by the customer's own words."), n=reader.number(summary.conversations)
            ),
            _range_note(reader),
        ),
    )


def _people(summary: Summary, reader: Reader) -> Page:
    titles = {1: N_("One person"), 2: N_("Two people"), 3: N_("Three or more")}
    third = dict(summary.people)[3]
    return Page(
        title=reader.say(N_("How many people a customer meets")),
        picture=pictures.bars(
            [
                Bar(
                    label=reader.say(titles[number]),
                    value=share.value or 0.0,
                    low=share.low,
                    high=share.high,
                    shown=f"{reader.number(share.k)} ({reader.share(share)})"
                    if not share.too_few
                    else reader.fraction(share),
                    colour=pictures.AMBER if number == 3 else TEAL,
                )
                for number, share in summary.people
            ],
            rtl=reader.rtl,
        ),
        meaning=reader.say(
            N_(
                "In {k} of {n} conversations the customer met a third person. Who hears a complaint first should see it"
                " to the end."
            ),
            **reader.counts(third),
        ),
    )


def _money(summary: Summary, reader: Reader) -> Page:
    risk = summary.at_risk
    amounts = " + ".join(reader.money(amount, currency) for currency, amount in risk.totals)
    return Page(
        title=reader.say(N_("Money at risk")),
        meaning=reader.say(N_("Customers who may leave spend {money} a year with us."), money=amounts),
        notes=(
            reader.say(
                N_("The sum of what each of them spends a year, each counted once; known for {known} of {all}."),
                known=reader.number(risk.known),
                all=reader.number(risk.customers),
            ),
            reader.say(
                N_(
                    "Who may leave: customers who said that they go elsewhere, who last said 'I am not content', or"
                    " whose complaint is open and angry."
                )
            ),
            reader.say(N_("It is the most that can leave with them and no forecast. Word of mouth is not in it.")),
        ),
    )


def _of_replies(summary: Summary, reader: Reader) -> str:
    n = reader.number(summary.replies)
    if summary.clean.too_few:
        return reader.say(N_("Counted in {n} replies: too few for a rate."), n=n)
    return reader.say(N_("Times in a hundred replies, of {n} replies."), n=n)


def _range_note(reader: Reader) -> str:
    return reader.say(N_("The fine line over each bar is the range that chance leaves (95 %)."))
