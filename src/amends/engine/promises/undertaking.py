"""Find the promises in a text: where the speaker's side undertakes something, or says when it will happen.

A clause is a promise when it speaks of what will be done *and* of a time ahead; without a time only when it puts the
customer off ('we will get back to you', 'soon'). What asks the customer for something, tells of the past, states a rule
or opening hours, or is a question, is none. The words of all this are in `grammar/`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from amends.engine.languages.folding import Folded
from amends.engine.promises.calendar import WorkingCalendar
from amends.engine.promises.clauses import PLAINLY, Clause, clauses_in
from amends.engine.promises.due import due_of
from amends.engine.promises.grammar import Grammar, grammar_of
from amends.engine.promises.months import Months
from amends.engine.promises.pieces import Piece, Said, pieces_of
from amends.engine.promises.recurring import Every, every_in, first_day
from amends.engine.promises.times import Time, local, reckoned
from amends.engine.promises.tokens import Token

_MAKES = PLAINLY | {"let", "doing", "set", "put", "does", "noun", "serve"}
_LENGTHS = frozenset({"span", "bare"})
_HANGING = frozenset({"then", "thence"})  # on the promise before
_SOOTHES = 3  # words
_LONG = 10  # tokens; a longer clause is cut down to begin with the one who undertakes


@dataclass(slots=True, unsafe_hash=True)
class Promise:
    """What was undertaken.

    `due` is a day, a moment when an hour was told, or None when it hangs on something else ('the same day').
    `vague` means that no time was told at all, or one that is none: 'soon'.
    `kind` is what it is about: call, money, visit, goods, answer or other.
    `every` says how often it comes again; `due` is the first time.
    `appointed`: both a day and an hour of it were told.
    """

    words: str
    start: int
    end: int
    due: date | datetime | None
    vague: bool
    kind: str
    every: Every | None = None
    appointed: bool = False


def find_promises(
    text: str, *, language: str, now: datetime, calendar: WorkingCalendar, folded: Folded | None = None
) -> tuple[Promise, ...]:
    """Find the promises in a text, in order; none in a language that has no grammar here.

    :param now: when it was said; a moment without a zone is meant in the calendar's
    :param folded: the text folded in its language, where the caller has it
    """
    grammar = grammar_of(language)
    return () if grammar is None else _found(Said(text, folded), grammar, now, calendar)


@lru_cache(maxsize=4096)
def _clauses(piece: Piece, grammar: Grammar, times: tuple[Time, ...]) -> tuple[Clause, ...]:
    return clauses_in(piece.tokens, times=times, grammar=grammar, deeds=piece.deeds)


@lru_cache(maxsize=8192)
def _made(piece: Piece, grammar: Grammar, times: tuple[Time, ...]) -> tuple[Clause, ...]:
    """The clauses that undertake something."""
    if not times and not piece.puts_off:
        return ()
    text, tokens = piece.text, piece.tokens
    return tuple(
        each
        for each in _clauses(piece, grammar, times)
        if is_promise(each)
        or _comes_again(each, words=text[tokens[each.first].start : tokens[each.last - 1].end], to=grammar)
    )


def _times(piece: Piece, grammar: Grammar, now: datetime, calendar: WorkingCalendar) -> tuple[Time, ...]:
    # Only what tells a time is cut into words for it.
    return reckoned(piece.tokens, piece.told, grammar=grammar, now=now, calendar=calendar) if piece.told else ()


@lru_cache(maxsize=32)
def _found(said: Said, grammar: Grammar, now: datetime, calendar: WorkingCalendar) -> tuple[Promise, ...]:
    # A reply is read for what it undertakes by its failings and by the ledger, often in the same calendar.
    made = [
        (begin, piece, each)
        for begin, piece in pieces_of(said, grammar)
        if piece.told or piece.puts_off
        for each in _made(piece, grammar, _times(piece, grammar, now, calendar))
    ]
    if any(each.times for _, _, each in made):
        # What is undertaken without a word of time beside a promise that has one is counted as part of that.
        made = [one for one in made if one[2].times]
    if any("ahead" in each.senses for _, _, each in made):
        # So is 'Soon, promise!'
        made = [one for one in made if not _only_soothes(one[2], one[1].tokens)]
    found: list[Promise] = []
    here = local(now, calendar=calendar)
    for begin, piece, clause in made:
        tokens = piece.tokens
        first, last = _tight(tokens, clause, grammar)
        start, end = tokens[first].start, tokens[last - 1].end
        words = piece.text[start:end]
        due = due_of(clause.times, now=now, calendar=calendar)
        if due is None and (hangs := next((each.kind for each in clause.times if each.kind in _HANGING), "")):
            before = found[-1].due if found else None
            if before is None:
                continue
            due = before.date() if hangs == "thence" and isinstance(before, datetime) else before
        every = every_in(words, language=grammar.code) if "other" in clause.senses else None
        if every is not None:
            due = _first_of(every, due, now=here, months=grammar.months)
        elif isinstance(due, datetime) and due < here:  # 'at 9:40 this morning'
            continue
        vague = due is None and "open" not in clause.senses
        kind = _kind(tokens[first:last], grammar)
        appointed = isinstance(due, datetime) and bool(clause.days) and any(each.clock for each in clause.times)
        found.append(Promise(words, begin + start, begin + end, due, vague, kind, every, appointed))
    return tuple(found)


def done_on_the_spot(
    text: str, *, language: str, now: datetime, calendar: WorkingCalendar, folded: Folded | None = None
) -> tuple[tuple[int, int], ...]:
    """Find where something is done here and now: 'I will give you a fresh kilo now'.

    It is no promise, for nothing is left that could be kept or broken, and no vague one either: the customer knows
    when. Looking at it, asking about it and passing it on ('I am checking it right now') is nothing done yet.
    """
    grammar = grammar_of(language)
    if grammar is None:
        return ()
    found = []
    for begin, piece in pieces_of(Said(text, folded), grammar):
        if any(kind == "now" for kind, _ in piece.told):
            tokens = piece.tokens
            times = reckoned(tokens, piece.told, grammar=grammar, now=now, calendar=calendar)
            found += [
                (begin + tokens[each.first].start, begin + tokens[each.last - 1].end)
                for each in _clauses(piece, grammar, times)
                if _does_now(each, tokens[each.first : each.last], grammar)
            ]
    return tuple(found)


def _does_now(clause: Clause, tokens: Sequence[Token], grammar: Grammar) -> bool:
    """Whether a clause tells of a deed that is done as it is told."""
    cues = clause.cues
    if not any(each.kind == "now" for each in clause.times) or clause.senses & {"ahead", "vague", "open", "past"}:
        return False
    denied = clause.head in {"past", "put"} or (not clause.head and "past" in cues)
    if denied or clause.asks or clause.opens or cues & {"rule", "ask", "none", "wont", "noword"}:
        return False
    if any(grammar.looks.fullmatch(token.key) for token in tokens):
        return False
    if "follow" in cues and _kind(tokens, grammar) != "call":  # 'we get back to you now' is not back yet
        return False
    return bool(cues & (PLAINLY | {"let", "doing", "atonce"}))


def _first_of(every: Every, due: date | datetime | None, *, now: datetime, months: Months) -> date | datetime:
    """When what comes again is due first: 'every Friday at ten' at ten on the coming Friday."""
    passed = isinstance(due, datetime) and due < now
    if due is not None and every.weekday is None and not passed:
        return due
    first = first_day(every, today=now.date(), months=months)
    return datetime.combine(first, due.timetz()) if isinstance(due, datetime) else first


def is_promise(clause: Clause) -> bool:
    """Tell whether a clause undertakes something."""
    cues, senses = clause.cues, clause.senses
    plainly = bool(cues & PLAINLY)
    said_plainly = bool(cues & {"will", "announced"})
    # 'Lütfen merak etmeyin yarın arıyorum': who pleads and then does is the one who undertakes.
    pleads = "ask" in cues and not (said_plainly or clause.head == "doing")
    if clause.asks or clause.opens or pleads or "noword" in cues or ("rule" in cues and not said_plainly):
        return False
    if "ahead" in senses:
        return _lies_ahead(clause, plainly=plainly)
    denied = clause.head in {"wont", "past", "none"} or (not clause.head and "wont" in cues)
    if denied or senses & {"past", "now"} or "none" in cues:
        return False
    return _without_a_day(clause, plainly=plainly)


def _comes_again(clause: Clause, *, words: str, to: Grammar) -> bool:
    """Whether a clause undertakes something again and again: 'I call you every Friday'; hours of opening do not."""
    cues = clause.cues
    if "other" not in clause.senses or clause.asks or clause.opens or cues & {"rule", "ask", "none", "noword"}:
        return False
    if clause.head in {"past", "wont", "none", "ask", "put"} or (not clause.head and cues & {"wont", "past"}):
        return False
    undertakes = bool(cues & PLAINLY) or ("follow" in cues and bool(cues & {"doing", "does"}))
    return undertakes and every_in(words, language=to.language.code) is not None


def _lies_ahead(clause: Clause, *, plainly: bool) -> bool:
    """Whether a clause with a time ahead says that something will be done by then."""
    cues, senses = clause.cues, clause.senses
    habit = "other" in senses and not cues & {"will", "announced"}
    habit = habit or ("past" in senses and not plainly)
    habit = habit or (
        "plural" in cues and clause.head == "does" and all(each.kind in _LENGTHS for each in clause.times)
    )
    arranged = "set" in cues or (clause.until and clause.head == "past")
    arranged = arranged or ("put" in cues and any(each.later or each.soon for each in clause.times))
    # 'in the morning', of any day
    only_a_part = all(each.kind == "part" for each in clause.times) and not (plainly or "doing" in cues)
    if habit or only_a_part:
        return False
    if clause.head:
        denied = clause.head in {"past", "put", "none", "ask", "yours"} and not arranged
        denied = denied or clause.head == "wont"
        denied = denied or (clause.head == "let" and "none" in cues)  # 'we hope to see you on Friday'
    else:
        denied = bool(cues & {"wont", "none"}) and not plainly
        denied = denied or ("past" in cues and not (plainly or arranged or cues & {"let", "doing"}))
    makes = cues & _MAKES - {"put"} or arranged
    return bool(makes) and not denied


def _without_a_day(clause: Clause, *, plainly: bool) -> bool:
    """Whether a clause puts the customer off, or hangs its deed on something that has no date yet."""
    cues = clause.cues
    if "vague" in clause.senses:
        return plainly or bool(cues & {"doing", "follow", "does"})
    if "open" in clause.senses:
        return plainly or bool(cues & {"doing", "let"})
    if "follow" in cues:
        return plainly or "doing" in cues if clause.head else "will" in cues
    return "announced" in cues


def _only_soothes(clause: Clause, tokens: Sequence[Token]) -> bool:
    """Whether it is a vague time with a mark and a word or two behind it, and no deed."""
    words = [token.is_word for token in tokens[clause.first : clause.last]]
    return clause.senses == {"vague"} and sum(words) <= _SOOTHES and not all(words)


def _tight(tokens: Sequence[Token], clause: Clause, grammar: Grammar) -> tuple[int, int]:
    """Leave out marks at the edges, and what stands before the one who undertakes."""
    first, last = clause.first, clause.last
    while last - first > 1 and not tokens[first].is_word:
        first += 1
    while last - first > 1 and not tokens[last - 1].is_word:
        last -= 1
    limit = min((each.first for each in clause.times), default=last)
    limit = last if clause.begins == "ask" else limit  # 'please wait until noon I will have it by then'
    starts = [index for index in range(first, min(limit, last)) if tokens[index].key in grammar.subjects]
    return (starts[-1], last) if starts and (last - first > _LONG or "ask" in clause.cues) else (first, last)


def _kind(tokens: Sequence[Token], grammar: Grammar) -> str:
    """What it is about, by the first kind that has a word in it."""
    rank = min((_kind_of(token.key, grammar) for token in tokens), default=len(grammar.kinds))
    return grammar.kinds[rank][0] if rank < len(grammar.kinds) else "other"


@lru_cache(maxsize=16384)
def _kind_of(word: str, grammar: Grammar) -> int:
    return next((rank for rank, (_, form) in enumerate(grammar.kinds) if form.fullmatch(word)), len(grammar.kinds))
