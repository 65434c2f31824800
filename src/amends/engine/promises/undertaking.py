"""Find the promises in a text: the clauses in which the speaker's side undertakes something, or says when it will happen.

A clause is a promise when it speaks of what will be done *and* of a time ahead; without a time only when it plainly
puts the customer off ('we will get back to you', 'soon'). What asks the customer for something, tells of the past, states
a rule or opening hours, or is a question, is none. The words of all this are in `grammar/`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from amends.engine.promises.calendar import WorkingCalendar
from amends.engine.promises.due import Time, due_of, times_in
from amends.engine.promises.grammar import Grammar, grammar_of, read
from amends.engine.promises.tokens import Token, tokens_of

Kind = Literal["call", "money", "visit", "goods", "answer", "other"]

_ENDS = frozenset(".!?؟…;؛\n")
_CUTS = frozenset(',،:()-–—"')
_MAKES = frozenset({"will", "announced", "coming", "let", "doing", "set", "does", "noun", "serve"})
_HEADS = frozenset({"will", "announced", "coming", "let", "doing", "does", "past", "wont", "none", "ask"})
_LEANS = 2.5  # how many times its own length a dated deed may grow by the undated one before it
_PLAINLY = frozenset({"will", "announced", "coming"})


@dataclass(frozen=True, slots=True)
class Promise:
    """What was undertaken. `due` is a day, or a moment when an hour was told, or None when it hangs on something else.

    `vague` means that no time was told at all, or one that is none: 'soon'.
    """

    words: str
    start: int
    end: int
    due: date | datetime | None
    vague: bool
    kind: Kind


@dataclass(frozen=True, slots=True)
class _Clause:
    """A stretch of tokens with what was found in it."""

    first: int
    last: int
    cues: frozenset[str]
    times: tuple[Time, ...]
    joined: bool = False  # by a word like 'and', not by a mark
    opens: bool = False  # only sets a condition
    first_cue: str = ""  # with which kind of word it begins, where it begins with one
    head: str = ""  # where the verb comes last: what its last verb does
    asks: bool = False

    @property
    def senses(self) -> frozenset[str]:
        return frozenset(each.sense for each in self.times)


def find_promises(text: str, *, language: str, now: datetime, calendar: WorkingCalendar) -> tuple[Promise, ...]:
    """Find the promises in a text, in order; none in a language that has no grammar here."""
    grammar = grammar_of(language)
    if grammar is None:
        return ()
    tokens = tokens_of(text, language=grammar.language)
    times = times_in(tokens, grammar=grammar, now=now, calendar=calendar)
    found = []
    for sentence in _sentences(tokens, times):
        clauses = _merged(_clauses(tokens, times, sentence, grammar), grammar)
        for clause in clauses:
            if _is_promise(clause):
                found.append((clause, _promise(text, tokens, clause, grammar, now, calendar)))
    # What is undertaken without a word of time beside a promise that has one is counted as part of that.
    timed = any(clause.times for clause, _ in found)
    return tuple(promise for clause, promise in found if clause.times or not timed)


def _promise(
    text: str, tokens: Sequence[Token], clause: _Clause, grammar: Grammar, now: datetime, calendar: WorkingCalendar
) -> Promise:
    clause = _tight(tokens, clause, grammar)
    start, end = tokens[clause.first].start, tokens[clause.last - 1].end
    due = due_of(clause.times, now=now, calendar=calendar)
    vague = due is None and "open" not in clause.senses
    words = text[start:end]
    return Promise(words, start, end, due, vague, _kind(tokens[clause.first : clause.last], grammar))


def _kind(tokens: Sequence[Token], grammar: Grammar) -> Kind:
    for kind, form in grammar.kinds:
        if any(form.fullmatch(token.key) for token in tokens):
            return kind  # type: ignore[return-value]
    return "other"


def _is_promise(clause: _Clause) -> bool:
    cues, senses, head = clause.cues, clause.senses, clause.head
    if (clause.opens and not head) or ("rule" in cues and not cues & {"will", "announced"}):
        return False
    if clause.asks:
        return False
    if "ask" in cues and not cues & {"will", "announced"}:
        return False
    if "ahead" in senses:
        if "other" in senses or (all(each.kind == "part" for each in clause.times) and not cues & _PLAINLY):
            return False
        if "past" in senses and not cues & _PLAINLY:
            return False
        if head in {"past", "wont", "none", "ask"} and "set" not in cues:
            return False
        if not head and ("wont" in cues or "past" in cues) and not cues & (_PLAINLY | {"set", "let", "doing"}):
            return False
        return bool(cues & _MAKES) and not (not head and "none" in cues and not cues & _PLAINLY)
    if head in {"wont", "past", "none"} or (not head and "wont" in cues) or "past" in senses:
        return False
    if "vague" in senses:
        return bool(cues & (_PLAINLY | {"doing", "follow", "does"}))
    if "open" in senses:
        return bool(cues & (_PLAINLY | {"doing", "let"}))
    if "announced" in cues:
        return True
    return bool(cues & (_PLAINLY | {"doing"} if head else {"will"})) and "follow" in cues


def _sentences(tokens: Sequence[Token], times: Sequence[Time]) -> list[tuple[int, int, bool]]:
    """Token ranges of sentences, and whether each asks; a mark within a time ('5 p.m.') ends none."""
    within = {index for each in times for index in range(each.first, each.last)}
    found = []
    start = 0
    for index, token in enumerate(tokens):
        if token.key in _ENDS and index not in within:
            if index > start:
                found.append((start, index, token.key in "?؟"))
            start = index + 1
    if start < len(tokens):
        found.append((start, len(tokens), False))
    return found


def _clauses(
    tokens: Sequence[Token], times: Sequence[Time], sentence: tuple[int, int, bool], grammar: Grammar
) -> list[_Clause]:
    start, end, asks = sentence
    within = {index for each in times for index in range(each.first + 1, each.last)}
    begins_time = {each.first: each for each in times}
    clauses: list[_Clause] = []
    at, joined, opens = start, False, _opens(tokens, start, end, grammar)

    def close(until: int, *, condition: bool = False) -> None:
        nonlocal at
        if until > at:
            own = tuple(each for each in times if at <= each.first < until)
            acts = list(grammar.acts.kinds(read(tokens[at:until], grammar.acts, grammar)))
            kinds = [kind for kind, _ in acts]
            first_cue = acts[0][0] if acts and acts[0][1][0].first == 0 else ""
            if grammar.follow and any(grammar.follow.fullmatch(token.key) for token in tokens[at:until]):
                kinds.insert(0, "follow")
            head = next((kind for kind in reversed(kinds) if kind in _HEADS), "") if grammar.verb_last else ""
            if (opens or condition) and not grammar.closes:
                head = ""
            own = _with_bare(own, frozenset(kinds), head)
            clauses.append(
                _Clause(
                    at,
                    until,
                    frozenset(kinds),
                    own,
                    joined=joined,
                    opens=opens or condition,
                    head=head,
                    first_cue=first_cue,
                )
            )

    index = start
    while index < end:
        token = tokens[index]
        if index in within:
            index += 1
            continue
        if token.key in _CUTS and not _hyphen(tokens, index):
            close(index)
            at, joined = index + 1, False
            opens = _opens(tokens, at, end, grammar)
        elif index not in begins_time and index > at and any(form.fullmatch(token.key) for form in grammar.closes):
            close(index + 1, condition=True)
            at, joined = index + 1, False
            opens = False
        elif index not in begins_time and (size := _phrase(tokens, index, end, grammar.splits)):
            close(index)
            at, joined = index + size, True
            opens = _opens(tokens, at, end, grammar)
            index += size - 1
        elif index > at and _opens(tokens, index, end, grammar):
            close(index)
            at, joined, opens = index, False, True
        index += 1
    close(end)
    if clauses:
        last = clauses[-1]
        question = asks or any(token.key in grammar.asks for token in tokens[last.first : last.last])
        clauses[-1] = replace(last, asks=question)
    return clauses


def _hyphen(tokens: Sequence[Token], index: int) -> bool:
    """Whether a dash stands within a word or number."""
    if tokens[index].key != "-" or not 0 < index < len(tokens) - 1:
        return False
    return tokens[index - 1].end == tokens[index].start and tokens[index].end == tokens[index + 1].start


def _phrase(tokens: Sequence[Token], index: int, end: int, phrases: frozenset[str]) -> int:
    """How many tokens from here make one of the phrases."""
    for size in (3, 2, 1):
        if index + size <= end and " ".join(token.key for token in tokens[index : index + size]) in phrases:
            return size
    return 0


def _opens(tokens: Sequence[Token], index: int, end: int, grammar: Grammar) -> bool:
    return bool(_phrase(tokens, index, end, grammar.opens))


def _with_bare(times: tuple[Time, ...], cues: frozenset[str], head: str) -> tuple[Time, ...]:
    """A bare length of time ('two days') is one ahead where the clause tells of what will be done."""
    if any(each.sense == "ahead" for each in times):
        return tuple(each for each in times if each.sense != "bare")
    ahead = head in _PLAINLY | {"doing"} or (not head and bool(cues & _PLAINLY))
    return tuple(replace(each, sense="ahead") if ahead and each.sense == "bare" else each for each in times)


def _merged(clauses: list[_Clause], grammar: Grammar) -> list[_Clause]:
    """Give a stretch that has a time but no deed of its own to the clause that it belongs to."""
    merged: list[_Clause] = []
    pending: _Clause | None = None
    for clause in clauses:
        this = clause
        if pending is not None:
            if _does(this) and not this.opens:
                this = _join(pending, this)
            else:
                merged.append(pending)
            pending = None
        if this.times and not _does(this) and not this.opens:
            before = merged[-1] if merged else None
            if before is not None and _does(before) and not before.opens and "ahead" not in before.senses:
                merged[-1] = _join(before, this)
            else:
                pending = this
            continue
        if merged and _elliptical(merged[-1], this):
            merged[-1] = _join(merged[-1], this)
            continue
        merged.append(this)
    if pending is not None:
        before = merged[-1] if merged else None
        if before is not None and _does(before) and not before.opens:
            merged[-1] = _join(before, pending)
        else:
            merged.append(pending)
    return merged


def _does(clause: _Clause) -> bool:
    return bool(clause.cues & {"will", "announced", "coming", "let", "doing", "set", "does", "ask", "past"})


def _elliptical(before: _Clause, this: _Clause) -> bool:
    """'We will check [and call you by five]': the second deed leans on the first one's 'will'."""
    if not this.joined or before.opens or this.opens:
        return False
    if this.first_cue in {"verb", "follow", "serve", "will", "announced", "does"} and not this.head:
        return bool(before.cues & {"will", "announced", "let", "doing", "does", "set"})
    if before.times or not before.cues & {"will", "announced", "let", "doing", "coming"}:
        return False
    if before.head in {"past", "ask", "none", "wont"}:
        return False
    if not this.times:
        return "follow" in before.cues and "follow" in this.cues
    return "ahead" in this.senses and this.last - before.first <= _LEANS * (this.last - this.first)


def _join(one: _Clause, two: _Clause) -> _Clause:
    return _Clause(
        min(one.first, two.first),
        max(one.last, two.last),
        one.cues | two.cues,
        one.times + two.times,
        joined=one.joined,
        asks=two.asks,
        head=two.head or one.head,
    )


def _tight(tokens: Sequence[Token], clause: _Clause, grammar: Grammar) -> _Clause:
    """Leave out marks at the edges, and what stands before the one who undertakes."""
    first, last = clause.first, clause.last
    while last - first > 1 and not tokens[first].is_word:
        first += 1
    while last - first > 1 and not tokens[last - 1].is_word:
        last -= 1
    limit = min((each.first for each in clause.times), default=last)
    starts = [index for index in range(first, min(limit, last)) if tokens[index].key in grammar.subjects]
    if starts and last - first > 10:
        first = starts[-1]
    return replace(clause, first=first, last=last)
