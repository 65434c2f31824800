"""Reading a draft while it is written: what its author, and nobody else, is told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext, ngettext

from amends.desk.coaching import readers as who_reads
from amends.desk.coaching import sent_before
from amends.desk.coaching.jargon import house_words
from amends.desk.coaching.models import ReadBy
from amends.desk.coaching.words import GOOD_SIGNS, by_day, like
from amends.desk.complaints.as_conversation import HAPPENED, SPOKEN, as_conversation
from amends.desk.complaints.models import Complaint, Event
from amends.desk.customers.queries import address_form
from amends.desk.people.models import Agent
from amends.desk.promises.queries import open_for
from amends.engine.canned import FEW, Repeats, Reply, reply_at
from amends.engine.conversation import Conversation, Turn
from amends.engine.failings import HouseWords, Judgement, get, judge_turn
from amends.engine.failings.house_words import Found
from amends.engine.findings import Finding
from amends.engine.languages import is_known
from amends.engine.languages.figures import number
from amends.engine.languages.folding import fold
from amends.engine.languages.reading import LEARNED, USUAL_READERS, Reader, Reading, TurnReading, read, without_quotes
from amends.engine.languages.second import SECOND
from amends.engine.languages.sentences import only_calls
from amends.engine.languages.silhouette import Language
from amends.engine.languages.wording import say
from amends.engine.promises.calendar import WorkingCalendar
from amends.engine.promises.undertaking import find_promises

DRAFT_LIMIT = 20_000  # characters that are read; nobody writes more, a paste may hold more
WORDS_SHOWN = 160
END_OF_WORK = time(18, 0)  # on a day that is free in the calendar
END_OF_DAY = time(23, 59)
_BEFORE = re.compile(r"(\w+\.?)[ \u200c]+$")  # the word right before a place, with its dot
_AFTER = re.compile(r"[ \u200c]+(\w+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One finding on the draft, ready to be shown; `hint` when it is below its threshold."""

    id: str
    name: str
    start: int
    end: int
    words: str
    title: str
    hurts: str
    instead: str
    replacement: str
    replace_start: int
    replace_end: int
    confidence: float
    hint: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Praise:
    """A good sign of the draft."""

    name: str
    title: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Undertaking:
    """A promise found in the draft, with the time that it gives."""

    words: str
    start: int
    end: int
    due_at: datetime
    whole_day: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftReading:
    """What the coach says about a draft; places count the characters (code points) of the text."""

    language: str
    findings: tuple[Remark, ...]
    good: tuple[Praise, ...]
    promises: tuple[Undertaking, ...]
    judgement: Judgement | None
    reader: str = ""


NOTHING = DraftReading(language="", findings=(), good=(), promises=(), judgement=None)


def read_draft(
    *, complaint: Complaint, agent: Agent, text: str, now: datetime, readers: Sequence[Reader] = USUAL_READERS
) -> DraftReading:
    """Read a draft as the last turn of its conversation, in the draft's own language."""
    text = text[:DRAFT_LIMIT]
    if not text.strip():
        return NOTHING
    judged = _judged(complaint=complaint, agent=agent, text=text, now=now, readers=readers)
    reading, judgement, repeats = judged.reading, judged.judgement, judged.repeats
    turn = reading.turns[judgement.turn]
    language = judgement.language if is_known(judgement.language) else complaint.language
    calendar = agent.calendar()
    with translation.override(language):
        good = tuple(
            Praise(name=sign.name, title=str(GOOD_SIGNS.get(sign.name, sign.name)), start=sign.start, end=sign.end)
            for sign in judgement.good
        )
    remarks = [
        *(_remark(one, turn=turn, complaint=complaint, calendar=calendar, hint=False) for one in judgement.failings),
        *(_remark(one, turn=turn, complaint=complaint, calendar=calendar, hint=True) for one in judgement.hints),
    ]
    own = {(one.start, one.end): one for one in judged.house.found(turn)}
    remarks = [_said_plainly(one, own.get((one.start, one.end)), language=language) for one in remarks]
    if repeats is not None and repeats.apart >= FEW:
        remarks = [_with_count(one, repeats.customers, language=language) for one in remarks]
    return DraftReading(
        language=language,
        findings=tuple(sorted(remarks, key=lambda one: (one.hint, one.start, one.end))),
        good=good,
        promises=tuple(
            _undertakings(without_quotes(text), language=language, now=reading.conversation.as_of, calendar=calendar)
        ),
        judgement=judgement,
        reader=_reader(reading),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """A draft, read behind its conversation and judged."""

    reading: Reading
    reply: Reply
    repeats: Repeats | None
    house: HouseWords
    judgement: Judgement


def _judged(
    *,
    complaint: Complaint,
    agent: Agent,
    text: str,
    now: datetime,
    readers: Sequence[Reader],
    events: Sequence[Event] | None = None,
) -> _Judged:
    told = as_conversation(complaint=complaint, now=now, events=events)
    reading = read(with_draft(told, text=text, agent=agent), language=complaint.language, readers=readers)
    reply = reply_at(reading, len(reading.turns) - 1)
    repeats = sent_before.repeats_of_reply(reply=reply, complaint=complaint)
    house = house_words()
    judgement = judge_turn(reading, turn=reply.turn, repeats=repeats, house=house)
    if reading.learned:
        who_reads.full.remember(complaint_id=complaint.pk, text=text)
    return _Judged(reading=reading, reply=reply, repeats=repeats, house=house, judgement=judgement)


@dataclass(frozen=True, slots=True, kw_only=True)
class AtSending:
    """What is kept of a reply as it leaves."""

    language: str = ""
    judgement: Judgement | None = None
    reader: str = ""
    reply: Reply | None = None


def read_at_sending(
    *, complaint: Complaint, agent: Agent, text: str, now: datetime, events: Sequence[Event] | None = None
) -> AtSending:
    """Read what is about to be sent without letting its author wait: fully where that was done while it was written.

    `events` are all that happened in the complaint, with words and authors, where they are read already.
    """
    text = text[:DRAFT_LIMIT]
    if not text.strip():
        return AtSending()
    known = who_reads.full.of_draft(complaint_id=complaint.pk, text=text)
    judged = _judged(
        complaint=complaint, agent=agent, text=text, now=now, readers=known or USUAL_READERS, events=events
    )
    language = judged.judgement.language
    return AtSending(
        language=language if is_known(language) else complaint.language,
        judgement=judged.judgement,
        reader=_reader(judged.reading),
        reply=judged.reply,
    )


def judge_sent(*, event: Event, readers: Sequence[Reader]) -> tuple[Judgement, str]:
    """Judge a reply as it was when it was sent, whatever came after it; tell also which reader that was."""
    complaint, talk = event.complaint, _as_sent(event)
    reading = read(talk, language=complaint.language, readers=readers)
    reply = reply_at(reading, len(reading.turns) - 1)
    repeats = sent_before.repeats_of_reply(reply=reply, complaint=complaint, before=event.at)
    return judge_turn(reading, turn=reply.turn, repeats=repeats, house=house_words()), _reader(reading)


def _as_sent(event: Event) -> Conversation:
    complaint = event.complaint
    talk = as_conversation(complaint=complaint, now=event.at)
    before = complaint.events.filter(sequence__lt=event.sequence)
    spoken = before.filter(kind__in=SPOKEN).values_list("content__text", flat=True)
    talk = replace(
        talk,
        turns=talk.turns[: sum(bool(text.strip()) for text in spoken)],
        events=talk.events[: before.filter(kind__in=HAPPENED).count()],
    )
    agent = event.agent or complaint.owner
    return with_draft(talk, text=event.content.text[:DRAFT_LIMIT], agent=agent)


def reply_of(event: Event) -> Reply:
    """Return a reply that was sent as the history keeps it."""
    reading = read(_as_sent(event), language=event.complaint.language, readers=())
    return reply_at(reading, len(reading.turns) - 1)


def _reader(reading: Reading) -> str:
    if SECOND in reading.readers:
        return ReadBy.SECOND
    return ReadBy.LEARNED if reading.learned else ReadBy.CUES


def with_draft(conversation: Conversation, *, text: str, agent: Agent) -> Conversation:
    """Add a text that is not said yet as the conversation's last turn."""
    draft = Turn(by="agent", text=text, at=conversation.as_of, party=f"agent:{agent.pk}", channel="portal")
    return replace(conversation, turns=(*conversation.turns, draft))


def _remark(
    finding: Finding, *, turn: TurnReading, complaint: Complaint, calendar: WorkingCalendar, hint: bool
) -> Remark:
    start, end, words = _replacement(finding, turn=turn, complaint=complaint, calendar=calendar)
    return Remark(
        id=finding.id,
        name=finding.failing,
        start=finding.start,
        end=finding.end,
        words=finding.words if len(finding.words) <= WORDS_SHOWN else finding.words[:WORDS_SHOWN].rstrip() + "…",
        title=say(get(finding.failing).title, finding.language),
        hurts=finding.hurts,
        instead=finding.instead,
        replacement=words,
        replace_start=start,
        replace_end=end,
        confidence=finding.confidence,
        hint=hint,
    )


def _said_plainly(remark: Remark, found: Found | None, *, language: str) -> Remark:
    """Offer the plain word of the organisation's own list; put in by itself only where the word has no ending."""
    if remark.name != "jargon" or found is None or not found.instead:
        return remark
    with translation.override(language):
        told = gettext("In plain words: %(words)s.") % {"words": found.instead}
    words = like(found.instead, words=remark.words) if found.bare else ""
    return replace(remark, instead=told, replacement=words, replace_start=remark.start, replace_end=remark.end)


def _with_count(remark: Remark, customers: int, *, language: str) -> Remark:
    """Say of a text that went to many how many that were."""
    if remark.name != "canned":
        return remark
    with translation.override(language):
        told = ngettext(
            "This text went to %(count)s other customer.", "This text went to %(count)s other customers.", customers
        ) % {"count": number(customers, language=language)}
    return replace(remark, hurts=f"{told} {remark.hurts}")


def _replacement(
    finding: Finding, *, turn: TurnReading, complaint: Complaint, calendar: WorkingCalendar
) -> tuple[int, int, str]:
    """Say which words could simply be put in the place of which; none where only a person can tell."""
    if finding.failing == "wrong-name":
        said = turn.words(finding.start, finding.end)
        if _is_whole_sentence(finding.start, finding.end, turn) and not only_calls(said, language=turn.text.language):
            return finding.start, finding.end, ""  # it points at the sentence, not at the name that is wrong
        right = address_form(customer=complaint.customer, reader_language=finding.language)
        return *_whole_address(finding, turn, right), right
    if finding.failing == "vague-promise" and turn.turn.at is not None:
        vague = [
            act
            for act in turn.of("vague-time")
            if finding.start <= act.start < finding.end
            and not (act.reader == LEARNED and _is_whole_sentence(act.start, act.end, turn))
        ]
        if len(vague) == 1:
            words = turn.words(vague[0].start, vague[0].end)
            day = _no_later_than_promised(_a_day_to_keep(turn.turn.at, calendar), complaint, turn.turn.at, calendar)
            return vague[0].start, vague[0].end, like(by_day(day.date(), language=finding.language), words=words)
    return finding.start, finding.end, ""


def _is_whole_sentence(start: int, end: int, turn: TurnReading) -> bool:
    return any((one.start, one.end) == (start, end) for one in turn.sentences)


def _whole_address(finding: Finding, turn: TurnReading, right: str) -> tuple[int, int]:
    """Where the address begins and ends: with the titles beside the wrong name, for the right form brings its own."""
    text, language = turn.turn.text, turn.text.language
    titles = {one.word: one.place for one in language.honorifics}
    start, end = finding.start, finding.end
    brings = _plain_word(right.split(maxsplit=1)[0], language) in titles
    while (
        (before := _BEFORE.search(text[:start])) and titles.get(_plain_word(before[1], language)) == "before" and brings
    ):
        start = before.start(1)
    while (after := _AFTER.match(text[end:])) and titles.get(_plain_word(after[1], language)) == "after":
        end += after.end(1)
    return start, end


def _plain_word(word: str, language: Language) -> str:
    return fold(word.strip("."), language=language).text


def _a_day_to_keep(now: datetime, calendar: WorkingCalendar) -> datetime:
    """Propose the second working day from now: soon enough to please, late enough to keep."""
    worked = {day for day, spans in calendar.week if spans}
    day, left = now, 2
    for _ in range(30):
        day += timedelta(days=1)
        if day.date() not in calendar.days_off and day.weekday() in worked:
            left -= 1
            if not left:
                break
    return day


def _no_later_than_promised(day: datetime, complaint: Complaint, now: datetime, calendar: WorkingCalendar) -> datetime:
    """Who was promised something for an earlier day already is not put off beyond it."""
    first = next((one.due_at for one in open_for(complaint=complaint) if one.due_at > now), None)
    return day if first is None else min(day, first.astimezone(calendar.zone))


def _undertakings(text: str, *, language: str, now: datetime, calendar: WorkingCalendar) -> Iterator[Undertaking]:
    for promise in find_promises(text, language=language, now=now, calendar=calendar):
        if promise.due is None:
            continue
        whole_day = not isinstance(promise.due, datetime)
        due_at = promise.due if isinstance(promise.due, datetime) else _end_of(promise.due, calendar)
        if due_at > now:
            yield Undertaking(
                words=promise.words, start=promise.start, end=promise.end, due_at=due_at, whole_day=whole_day
            )


def _end_of(day: date, calendar: WorkingCalendar) -> datetime:
    """A promise for a day is kept until work ends on it."""
    spans = dict(calendar.week).get(day.weekday(), ())
    closes = max((span.closes for span in spans), default=END_OF_WORK)
    return datetime.combine(day, min(closes, END_OF_DAY), calendar.zone)


def in_time_of(agent: Agent, moment: datetime) -> str:
    """A moment as a date-and-time field has it, in the agent's own time."""
    return moment.astimezone(ZoneInfo(agent.time_zone)).strftime("%Y-%m-%dT%H:%M")
