"""A text cut into clauses: what is done in each, and of what times it speaks.

The kinds of deed (`[acts.patterns]` in a grammar) are:
`will`, `coming`   it will be done
`announced`        it will be done, said as an office says it: 'will be reviewed'
`doing`            we do it, we are doing it
`atonce`           we are doing it, with a word that makes it part of this very talk: nothing is left to be kept
`does`             it arrives, it happens
`let`              let me, I can
`set`, `put`       it is arranged, it is ready; it was put down for a later day
`wait`, `may`      give me until noon; you may: neither makes or bars a promise
`noun`, `serve`    a delivery, a refund
`verb`             a bare verb, which leans on another's 'will'
`bare`             a deed under way, without who does it: 'posting it tomorrow' where it opens a clause
`follow`           the customer hears from us
`ask`              the customer is to do it, or may
`rule`             it is so in general
`past`, `wont`     it was done, it will not be
`noword`           somebody said so, or it is expressly not promised
`plural`           things of a kind: with a length of time it tells how long such things take
`none`             thanks, sorry, not, looking into it
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from itertools import pairwise

from amends.engine.promises.grammar import Grammar, Item
from amends.engine.promises.reading import kinds_within, read, tags_of
from amends.engine.promises.times import Time
from amends.engine.promises.tokens import Token

PLAINLY = frozenset({"will", "announced", "coming"})
PUTS_OFF = frozenset({"announced", "follow"})  # without one of these nothing is undertaken that names no time

_VERBS = PLAINLY | {"let", "doing", "does", "past", "wont", "none", "ask", "put", "yours"}
_DEEDS = PLAINLY | {"let", "doing", "does", "set", "ask", "past", "put"}
_OURS = PLAINLY | {"let", "doing"}
_BARS = frozenset({"past", "ask", "none", "wont"})
_LEANING = frozenset({"verb", "follow", "serve", "will", "announced", "does"})
_UNDOING = frozenset({"past", "none", "wont"})
_ENDS = frozenset(".!?؟…;؛\n")
_ASKING = frozenset("?؟")
_CUTS = frozenset(',،:()–—"-')
_ASIDE = 4  # words in brackets
_ASKS_LATE = 3  # tokens at the end of a clause among which a word that asks stands
_LEANS = 2.5  # how many times its own length a dated deed may grow by the undated one before it
_BARE = frozenset({"verb", "follow", "serve", "noun"})
_NEAR = 2  # tokens: 'then on Wednesday', 'and to ring you'


@dataclass(slots=True, unsafe_hash=True)
class Clause:
    """A stretch of tokens with what was found in it."""

    first: int
    last: int
    cues: frozenset[str] = frozenset()
    times: tuple[Time, ...] = ()
    head: str = ""  # where the verb comes last: what the last verb does
    begins: str = ""  # with which kind of word it begins, where it begins with one
    leads: str = ""  # the same, past the times it begins with and one word: 'on Wednesday also ring you'
    goes_on: bool = False  # ends with a verb that leans on the next: 'gönderip', 'явуулж'
    joined: bool = False  # to the clause before it by a word like 'and'
    until: bool = False  # 'by then', which turns even a past into what will have been done
    opens: bool = False  # only sets a condition
    asks: bool = False

    @property
    def senses(self) -> frozenset[str]:
        return frozenset(each.sense for each in self.times)

    @property
    def does(self) -> bool:
        """Whether it has a verb of its own."""
        return bool(self.cues & _DEEDS) and "wait" not in self.cues

    @property
    def days(self) -> frozenset[date]:
        """The days and moments ahead of which it speaks by name."""
        ahead = [each for each in self.times if each.sense == "ahead"]
        return frozenset(told for each in ahead if (told := each.moment or each.day) is not None)


@dataclass(frozen=True, slots=True, eq=False)
class Deeds:
    """Tokens read as deeds: what each is, its class as a letter, and where it begins."""

    items: Sequence[Item]
    tags: str
    places: Sequence[int]


def deeds_in(tokens: Sequence[Token], *, grammar: Grammar) -> Deeds:
    """Read tokens as deeds; that depends on no time and no calendar."""
    items = read(tokens, tape=grammar.acts, grammar=grammar)
    return Deeds(items, tags_of(items, tape=grammar.acts), [item.first for item in items])


def clauses_in(
    tokens: Sequence[Token], *, times: Sequence[Time], grammar: Grammar, deeds: Deeds | None = None
) -> tuple[Clause, ...]:
    """Cut tokens into clauses; what has a time but no deed belongs to a neighbour.

    :param deeds: the tokens read as deeds, where the caller has them
    """
    deeds = deeds or deeds_in(tokens, grammar=grammar)
    begins = frozenset(each.first for each in times)
    inside = frozenset(index for each in times for index in range(each.first + 1, each.last))
    found: list[Clause] = []
    for start, end, asks in _sentences(tokens, begins | inside):
        cutter = _Cutter(tokens, times, grammar, deeds, begins, inside, start, end)
        found += _merged(cutter.cut(asks=asks))
    return tuple(found)


def _sentences(tokens: Sequence[Token], within: frozenset[int]) -> Iterator[tuple[int, int, bool]]:
    """Yield the token ranges of sentences, and whether each asks; a mark within a time ('5 p.m.') ends none."""
    start = 0
    for index, token in enumerate(tokens):
        if token.key in _ENDS and index not in within:
            if index > start:
                yield start, index, token.key in _ASKING
            start = index + 1
    if start < len(tokens):
        yield start, len(tokens), False


@dataclass(slots=True)
class _Cutter:
    """Cuts one sentence at its marks, its joining words and its conditions."""

    tokens: Sequence[Token]
    times: Sequence[Time]
    grammar: Grammar
    deeds: Deeds  # of all tokens
    begins: frozenset[int]  # tokens with which a time begins
    inside: frozenset[int]  # and those within one
    start: int
    end: int
    found: list[Clause] = field(default_factory=list)

    def cut(self, *, asks: bool) -> list[Clause]:
        begins, inside = self.begins, self.inside
        at, joined = self.start, False
        opens = self._phrase(at, self.grammar.opens) > 0
        index, tokens, grammar = at, self.tokens, self.grammar
        while index < self.end:
            if not _may_cut(tokens[index].key, grammar) or index in inside:
                index += 1
                continue
            if after := self._aside(index):
                index = after
                continue
            if self.tokens[index].key in _CUTS and not self._hyphen(index):
                self._close(at, index, joined=joined, opens=opens)
                at, joined, opens = index + 1, False, self._phrase(index + 1, self.grammar.opens) > 0
            elif index not in begins and self._conditional(index):
                self._close(at, index + 1, joined=joined, opens=True)
                at, joined, opens = index + 1, False, False
            elif index not in begins and not self._reports(at, index) and (size := self._phrase(index, grammar.splits)):
                self._close(at, index, joined=joined, opens=opens)
                at, joined, opens = index + size, True, self._phrase(index + size, self.grammar.opens) > 0
                index += size - 1
            elif opens and index > at + 1 and self._phrase(index, grammar.resumes):
                self._close(at, index, joined=joined, opens=True)
                at, joined, opens = index, False, False
            elif index > at and index not in begins and self._phrase(index, self.grammar.opens):
                self._close(at, index, joined=joined, opens=opens)
                at, joined, opens = index, False, True
            index += 1
        self._close(at, self.end, joined=joined, opens=opens)
        if self.found:
            last = self.found[-1]
            asks = asks or self._questions(last)
            self.found[-1] = replace(last, asks=asks)
        return self.found

    def _close(self, first: int, last: int, *, joined: bool, opens: bool) -> None:
        if last <= first:
            return
        grammar, words = self.grammar, self.tokens[first:last]
        acts = list(self._acts(first, last))
        if opens and grammar.verb_last and not grammar.closes and (end := _first_verb(acts)) and end < last:
            # 'اگر موافقید امروز می‌آیم': no mark says where the condition ends; its verb does.
            self._close(first, end, joined=joined, opens=True)
            self._close(end, last, joined=False, opens=False)
            return
        if grammar.verb_last and not opens and (end := self._runs_on(acts, first, last)):
            self._close(first, end, joined=joined, opens=False)
            self._close(end, last, joined=False, opens=False)
            return
        cues = [kind for kind, _ in acts]
        if cues and cues[0] == "bare" and acts[0][1][0].first - first < _NEAR and not opens:
            cues.append("doing")
        # The verb of a condition promises nothing.
        heads = grammar.verb_last and not opens
        head = next((kind for kind in reversed(cues) if kind in _VERBS), "") if heads else ""
        if grammar.follow and any(follows(token.key, grammar) for token in words):
            cues.append("follow")
        if _VERBS.intersection(cues) and self._in_quotation(first, last):
            cues.append("noword")
        told = [each for each in self.times if first <= each.first < last and not self._only_begins(each, first)]
        times = _with_bare(told, frozenset(cues), head)
        self.found.append(
            Clause(
                first,
                last,
                frozenset(cues),
                times,
                head,
                begins=cues[0] if acts and acts[0][1][0].first == first else "",
                leads=_leads(acts, times, first),
                goes_on=grammar.verb_last and _goes_on(words[-1].key, grammar),
                joined=joined,
                until=bool(grammar.until) and any(self._until(each) for each in times if each.sense == "ahead"),
                opens=opens,
            )
        )

    def _acts(self, first: int, last: int) -> Iterator[tuple[str, Sequence[Item]]]:
        """What is done from one token to just before another."""
        deeds = self.deeds
        begin, end = bisect_left(deeds.places, first), bisect_left(deeds.places, last)
        return kinds_within(deeds.items, deeds.tags, begin, end, tape=self.grammar.acts)

    def _runs_on(self, acts: Sequence[tuple[str, Sequence[Item]]], first: int, last: int) -> int:
        """Where a dated deed ends and the next begins with a day of its own and no mark between; 0 when none does.

        'Pazartesi göndereceğim sonra çarşamba arayacağım', 'Pazartesi gönderip çarşamba arayacağım'.
        """
        days = [each for each in self.times if first <= each.first < last and each.sense == "ahead" and each.day]
        if len(days) < 2:
            return 0
        ends = [found[-1].last for kind, found in acts if kind in _OURS]
        for before, after in pairwise(days):
            if not any(end > after.last for end in ends):
                continue
            for end in range(after.first, max(before.last, after.first - _NEAR - 1), -1):
                if end in ends or _goes_on(self.tokens[end - 1].key, self.grammar):
                    return end
        return 0

    def _only_begins(self, told: Time, first: int) -> bool:
        """'Now, we will get back to you' tells of no time where the verb does not come last."""
        alone = told.kind == "now" and told.first == first and told.last == first + 1
        return alone and not self.grammar.verb_last

    def _questions(self, clause: Clause) -> bool:
        """Whether a word makes a clause a question: it opens or ends it; further in it asks of a part only."""
        keys = [token.key for token in self.tokens[clause.first : clause.last]]
        late = len(keys) - _ASKS_LATE
        asking = [place for place, key in enumerate(keys) if key in self.grammar.asks and (not place or place >= late)]
        return any(not self._quoted(clause.first + place, clause) for place in asking)

    def _quoted(self, index: int, clause: Clause) -> bool:
        """Whether what is asked is only told: 'yattı mı diye soracağım', 'ببینم خوبه'."""
        if not self.grammar.quotes:
            return False
        if index > clause.first and self.tokens[index - 1].key in self.grammar.quotes:
            return True
        if index + 1 >= clause.last or self.tokens[index + 1].key not in self.grammar.quotes:
            return False
        return any(kind in _OURS for kind, _ in self._acts(index + 2, clause.last))

    def _in_quotation(self, first: int, last: int) -> bool:
        """Whether a clause fills a quotation, or what a mark leaves of one: somebody else's words."""
        if last >= self.end or sum(token.key == '"' for token in self.tokens[self.start : first]) % 2 == 0:
            return False
        return any(token.key == '"' for token in self.tokens[last : self.end])

    def _reports(self, first: int, index: int) -> bool:
        """Whether a word only leads on from what somebody said to what was said: 'گفتید [که] جمعه می‌آید'."""
        if self.tokens[index].key not in self.grammar.reports:
            return False
        return any(kind == "noword" and found[-1].last == index for kind, found in self._acts(first, index))

    def _aside(self, index: int) -> int:
        """Where a clause whose verb is to come goes on after a few words in brackets behind a time.

        'saat 18:00 (İstanbul saatiyle) arayacağım'.
        """
        if self.tokens[index].key != "(" or not self.grammar.verb_last:
            return 0
        if not any(each.last == index for each in self.times):
            return 0
        ends = range(index + 2, min(index + 2 + _ASIDE, self.end))
        closes = next((end for end in ends if self.tokens[end].key == ")"), 0)
        if not closes or any(index < each.first < closes for each in self.times) or [*self._acts(index, closes)]:
            return 0
        return closes + 1

    def _hyphen(self, index: int) -> bool:
        """Whether a dash stands within a word or number."""
        if self.tokens[index].key != "-" or not 0 < index < len(self.tokens) - 1:
            return False
        before, this, after = self.tokens[index - 1 : index + 2]
        return before.end == this.start and this.end == after.start

    def _until(self, told: Time) -> bool:
        near = self.tokens[max(told.first - 1, self.start) : told.last + 1]
        return any(token.key in self.grammar.until for token in near)

    def _conditional(self, index: int) -> bool:
        return bool(self.grammar.closes) and _sets_condition(self.tokens[index].key, self.grammar)

    def _phrase(self, index: int, phrases: frozenset[str]) -> int:
        """How many tokens from here make one of the phrases."""
        if index >= self.end or self.tokens[index].key not in self.grammar.phrase_heads:
            return 0
        for size in (3, 2, 1):
            if index + size > self.end:
                continue
            if " ".join([token.key for token in self.tokens[index : index + size]]) in phrases:
                return size
        return 0


@lru_cache(maxsize=16384)
def _may_cut(word: str, grammar: Grammar) -> bool:
    return word in _CUTS or word in grammar.phrase_heads or _sets_condition(word, grammar)


@lru_cache(maxsize=16384)
def _sets_condition(word: str, grammar: Grammar) -> bool:
    return any(form.fullmatch(word) for form in grammar.closes)


@lru_cache(maxsize=16384)
def _goes_on(word: str, grammar: Grammar) -> bool:
    """Whether a verb leans on the next; looking at it is only the way to the deed that follows."""
    if grammar.converb is None or grammar.looks.fullmatch(word):
        return False
    return grammar.converb.fullmatch(word) is not None


def _leads(acts: Sequence[tuple[str, Sequence[Item]]], times: Sequence[Time], first: int) -> str:
    """What a clause does first, past the times with which it begins and at most one other word."""
    at = first
    for each in times:
        if each.first - at < _NEAR:
            at = each.last
    return next((kind for kind, found in acts if at <= found[0].first < at + _NEAR or found[0].first == first), "")


@lru_cache(maxsize=16384)
def follows(word: str, grammar: Grammar) -> bool:
    """Whether a word says that the customer hears from us."""
    return grammar.follow is not None and grammar.follow.fullmatch(word) is not None


def _first_verb(acts: Sequence[tuple[str, Sequence[Item]]]) -> int:
    """Where the first of several verbs ends; 0 when there are not several."""
    verbs = [found for kind, found in acts if kind in _VERBS]
    return verbs[0][-1].last if len(verbs) > 1 else 0


def _with_bare(times: Sequence[Time], cues: frozenset[str], head: str) -> tuple[Time, ...]:
    """A bare length of time ('two days') lies ahead where the clause tells of what will be done."""
    if any(each.sense == "ahead" for each in times):
        return tuple(each for each in times if each.sense != "bare")
    surely = {"will", "announced", "doing"}
    ahead = "wait" in cues or head in surely or (not head and bool(cues & surely))
    return tuple(replace(each, sense="ahead") if ahead and each.sense == "bare" else each for each in times)


def _merged(clauses: Sequence[Clause]) -> list[Clause]:
    """Give a stretch that has a time but no deed of its own to the clause that it belongs to."""
    merged: list[Clause] = []
    waiting: Clause | None = None
    for clause in _hung(_with_names(clauses)):
        this = clause
        if waiting is not None:
            if _goes_on_into(waiting, this):
                merged.append(replace(waiting, cues=waiting.cues | this.cues & _OURS, head=this.head))
            elif (this.does or this.times) and not this.opens:
                this = _join(waiting, this)
            else:
                merged.append(waiting)
            waiting = None
        before = merged[-1] if merged else None
        if before is not None and _undertaken_too(before, this):
            merged.append(replace(this, cues=this.cues | before.cues & (_OURS | {"does"})))
        elif before is not None and _belongs_to(before, this):
            merged[-1] = _join(before, this)
        elif this.times and not this.does and not this.opens:
            waiting = this
        else:
            merged.append(this)
    if waiting is not None:
        before = merged[-1] if merged else None
        alone = "ahead" in before.senses and waiting.cues & _UNDOING if before is not None else False
        if before is not None and before.does and not before.opens and not alone:
            merged[-1] = _join(before, waiting)
        else:
            merged.append(waiting)
    return merged


def _with_names(clauses: Iterable[Clause]) -> Iterator[Clause]:
    """Give a time the few words between marks that only name who does it: 'on Friday at three, our Mr Hale, …'."""
    before: Clause | None = None
    for clause in clauses:
        empty = not (clause.cues or clause.times or clause.opens or clause.joined or clause.asks)
        short = clause.last - clause.first <= _ASIDE
        if empty and short and before is not None and before.times and not (before.does or before.opens):
            before = _join(before, clause)
            continue
        if before is not None:
            yield before
        before = clause
    if before is not None:
        yield before


def _belongs_to(before: Clause, this: Clause) -> bool:
    """Whether a clause is part of the one before it: its time, or a deed that leans on it."""
    if this.times and not this.does and not this.opens:
        return before.does and not before.opens and "ahead" not in before.senses
    return _leans_on(before, this)


def _hung(clauses: Iterable[Clause]) -> Iterator[Clause]:
    """Give a deed the time of the condition or the plea before it, where only that has one.

    'When it arrives on Monday, …', 'give me until four and …'.
    """
    before: Clause | None = None
    for clause in clauses:
        ours = not clause.opens and bool(clause.cues & (PLAINLY | {"doing"}))
        sets = before is not None and (before.opens or "wait" in before.cues) and "ahead" in before.senses
        if ours and before and sets and "ahead" not in clause.senses:
            yield replace(clause, first=before.first, times=before.times + clause.times)
        else:
            yield clause
        before = clause


def _apart(before: Clause, this: Clause) -> bool:
    """Whether each of two clauses names a day of its own, so that each can be kept or broken by itself."""
    told = bool(before.days) or any(each.clock is not None for each in before.times)
    return told and bool(this.days - before.days) and not (before.opens or this.opens or this.asks)


def _goes_on_into(before: Clause, this: Clause) -> bool:
    """'Pazartesi gönderip [çarşamba arayacağız]': the first deed takes its person and tense from the second.

    What is done today on the way to a later deed is told as a part of that one.
    """
    later = any(each.later for each in before.times)
    return before.goes_on and later and this.head in _OURS and _apart(before, this)


def _undertaken_too(before: Clause, this: Clause) -> bool:
    """'We will post it on Monday [and ring you on Wednesday]': the second deed is promised as much as the first."""
    if before.head or this.head or not _apart(before, this):
        return False
    if before.cues & {"wont", "rule", "ask"} or not before.cues & (_OURS | {"does", "set"}):
        return False
    if this.joined:
        own = this.leads in _LEANING and this.cues & (PLAINLY | {"does"})
        return bool(own) or (this.leads in _BARE and bool(before.cues & (_OURS | {"does"})))
    return this.begins == "follow" and bool(before.cues & _OURS)


def _leans_on(before: Clause, this: Clause) -> bool:
    """'We will check [and call you by five]': the second deed leans on the first one's 'will'."""
    if not this.joined or before.opens or this.opens:
        return False
    if this.begins in _LEANING and not this.head:
        undone = before.times and this.cues & _UNDOING
        return not undone and bool(before.cues & (_OURS | {"does", "set"}))
    if before.head in _BARS or this.head in _BARS or not before.cues & _OURS:
        return False
    if before.times:
        ours = bool(this.cues & _OURS) and not this.times
        return ours and "ahead" in before.senses and this.last - this.first <= before.last - before.first
    if not this.times:
        return "follow" in before.cues and "follow" in this.cues
    return "ahead" in this.senses and this.last - before.first <= _LEANS * (this.last - this.first)


def _join(one: Clause, two: Clause) -> Clause:
    return Clause(
        one.first,
        two.last,
        two.cues if "wait" in one.cues else one.cues | two.cues,
        one.times + two.times,
        two.head or one.head,
        one.begins,
        one.leads,
        two.goes_on,
        joined=one.joined,
        until=one.until or two.until,
        asks=two.asks,
    )
