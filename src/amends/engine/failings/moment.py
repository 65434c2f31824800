"""The moment a failing looks at: one reply in the conversation so far, and the timeline beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC
from functools import cached_property

from amends.engine.canned import Repeats
from amends.engine.conversation import Conversation, Facts
from amends.engine.failings.house_words import HouseWords
from amends.engine.findings import Evidence
from amends.engine.languages.acts import Act
from amends.engine.languages.reading import Reading, TurnReading
from amends.engine.languages.sentences import Sentence
from amends.engine.promises.calendar import WorkingCalendar
from amends.engine.promises.undertaking import Promise, done_on_the_spot, find_promises

MATTERS = 0.5  # an act below this is too doubtful to excuse or to accuse by itself

_OPEN = (
    *("promise-missed", "anger", "insult", "leaving", "wants-person"),
    *("asks-refund", "asks-replacement", "asks-repair", "asks-cancel", "asks-when", "asks-why", "asks-how"),
)

_NO_TROUBLE = ("content", "thanks", "greeting", "goodbye", "gave-data", "apology")
_ANY_OFFICE = WorkingCalendar.office(zone=UTC, weekdays=range(5))


@dataclass(eq=False)
class Moment:
    """One turn of a reading, with what came before. Later turns are not seen."""

    reading: Reading
    at: int
    repeats: Repeats | None = field(default=None, kw_only=True)  # what was sent before, where that is known
    house: HouseWords = field(default=HouseWords(), kw_only=True)  # the organisation's own list of jargon

    @property
    def conversation(self) -> Conversation:
        """The conversation as a record."""
        return self.reading.conversation

    @property
    def facts(self) -> Facts:
        """What is known about the customer."""
        return self.conversation.facts

    @cached_property
    def reply(self) -> TurnReading:
        """The turn under judgement."""
        return self.reading.turns[self.at]

    @cached_property
    def before(self) -> tuple[TurnReading, ...]:
        """The turns before it, automatic ones left out."""
        return tuple(turn for turn in self.reading.turns[: self.at] if not turn.turn.automatic)

    @cached_property
    def customer(self) -> tuple[TurnReading, ...]:
        """What the customer said so far."""
        return tuple(turn for turn in self.before if turn.by == "customer")

    @cached_property
    def agent(self) -> tuple[TurnReading, ...]:
        """What the organisation's people said so far."""
        return tuple(turn for turn in self.before if turn.by == "agent")

    @cached_property
    def asked(self) -> tuple[TurnReading, ...]:
        """The customer's turns since the organisation last spoke: what this reply answers."""
        waiting: list[TurnReading] = []
        for turn in reversed(self.before):
            if turn.by == "agent":
                break
            if turn.by == "customer":
                waiting.append(turn)
        return tuple(reversed(waiting))

    @cached_property
    def promises(self) -> tuple[Promise, ...]:
        """What the reply undertakes; when it falls due is counted elsewhere, with the team's own calendar."""
        return self._undertaken(find_promises)

    def is_dated(self, *, within: Sentence | None = None) -> bool:
        """Tell whether the reply, or one sentence of it, says when something will be done."""
        return any(
            not promise.vague and (within is None or within.start <= promise.start < within.end)
            for promise in self.promises
        )

    @cached_property
    def on_the_spot(self) -> tuple[tuple[int, int], ...]:
        """Where the reply does something here and now: neither a promise nor a vague one."""
        return self._undertaken(done_on_the_spot)

    def _undertaken[Found](self, find: Callable[..., Found]) -> Found:
        """Have the reply read for what it undertakes."""
        now = self.conversation.as_of
        return find(
            self.reply.text.original,
            language=self.reply.language,
            now=now if now.tzinfo else now.replace(tzinfo=UTC),
            calendar=_ANY_OFFICE,
            folded=self.reply.text.folded,
        )

    def is_done_now(self, *, within: Sentence) -> bool:
        """Tell whether a sentence says that something is done here and now."""
        return any(within.start <= start < within.end for start, _end in self.on_the_spot)

    @cached_property
    def stays(self) -> bool:
        """Whether whoever writes the reply stays in charge of the outcome."""
        return self.says("ownership", "callback") or self.is_dated()

    @cached_property
    def troubled(self) -> float:
        """How sure it is that the customer has stated a trouble, in [0, 1]."""
        if self.said_by_customer("trouble", "promise-missed", "anger"):
            return 1.0
        # Who writes to a complaint desk in statements, and not only to ask, greet or thank, has one.
        tells = any(
            not sentence.question and not turn.has(*_NO_TROUBLE, within=sentence)
            for turn in self.customer
            for sentence in turn.sentences
        )
        return 0.85 if tells else 0.0

    @cached_property
    def closed(self) -> bool:
        """Whether the customer is done: content, thankful or leaving, with nothing open."""
        if not self.asked:
            return False
        last = self.asked[-1]
        if any(sentence.question for sentence in last.sentences) or last.has(*_OPEN, at_least=MATTERS):
            return False
        troubled = last.has("trouble", at_least=MATTERS)
        thankful = last.has("thanks", at_least=MATTERS) and last.has("content", at_least=MATTERS)
        if not self.agent and troubled and not thankful:
            return False
        # 'The broken one is replaced, thanks, bye' still names its trouble.
        return last.has("content", "goodbye", at_least=MATTERS) or (
            last.has("thanks", at_least=MATTERS) and not troubled
        )

    def said_by_customer(self, *kinds: str) -> bool:
        """Tell whether the customer has performed one of these acts at any time so far."""
        return any(turn.has(*kinds, at_least=MATTERS) for turn in self.customer)

    def just_said(self, *kinds: str) -> bool:
        """Tell whether what this reply answers performs one of these acts."""
        return any(turn.has(*kinds, at_least=MATTERS) for turn in self.asked)

    def said_by_agent(self, *kinds: str) -> bool:
        """Tell whether the organisation has performed one of these acts before this reply."""
        return any(turn.has(*kinds, at_least=MATTERS) for turn in self.agent)

    def says(self, *kinds: str, within: Sentence | None = None) -> bool:
        """Tell whether this reply performs one of these acts."""
        return self.reply.has(*kinds, within=within, at_least=MATTERS)

    def sentences_with(self, *kinds: str, at_least: float = 0.0) -> Iterator[tuple[Sentence, tuple[Act, ...]]]:
        """Yield the sentences of this reply that perform one of these acts, each with those acts."""
        if not (met := self.reply.of(*kinds, at_least=at_least)):
            return
        for sentence in self.reply.sentences:
            start, end = sentence.start, sentence.end
            if acts := tuple([act for act in met if start <= act.start < end]):
                yield sentence, acts

    def evidence(self, sentence: Sentence, confidence: float, *, acts: tuple[Act, ...] = ()) -> Evidence:
        """Point at a sentence of this reply; `acts` are what shows the failing, where it may be said outright."""
        return self.point(sentence.start, sentence.end, confidence, plain=any(act.plain for act in acts))

    def point(self, start: int, end: int, confidence: float, *, plain: bool = False) -> Evidence:
        """Point at a stretch of this reply."""
        return Evidence(
            turn=self.at,
            start=start,
            end=end,
            confidence=max(0.0, min(1.0, confidence)),
            words=self.reply.words(start, end),
            plain=plain,
        )


def surest(acts: tuple[Act, ...]) -> float:
    """Return the confidence of the surest act."""
    return max((act.confidence for act in acts), default=0.0)
