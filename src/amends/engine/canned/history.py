"""The replies that an organisation has sent: built from an export at once, or reply by reply.

A text that went to many is kept once, with those it went to. Looking one up costs the same however many there are.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise
from math import ceil
from typing import Final, Self

from amends.engine.canned.matter import Matter, told_apart
from amends.engine.canned.prints import WORDY, Body, Piece, Print, likeness, numbers_of

FEW: Final = 3  # other customers; a text that fewer got may be chance
_NEAR: Final = 0.5  # likeness from which two texts are one
_COVERED: Final = 0.5  # of a sentence's pairs, from which it is no sentence of one's own
_FEWEST: Final = 2  # words of the customer's that are taken up: a third of them, but no fewer than this
_ENOUGH: Final = 4  # and no more than this
_ADDRESS: Final = 4  # words
_BESIDE: Final = 500  # texts under one key; variants of one form letter need no more to know each other
_LOOKED_AT: Final = 60  # texts of one look-up, and customers of one text
_REMEMBERED: Final = 20_000  # look-ups: a form letter is looked up as often as it was sent


@dataclass(slots=True, unsafe_hash=True)
class Use:
    """One time that a text was sent: to whom, and what they had written about."""

    customer: str
    matter: Matter


@dataclass(slots=True, kw_only=True, unsafe_hash=True)
class Repeats:
    """What the history says about one reply."""

    customers: int  # others, who got the same text
    apart: int  # of those whose messages could be compared, how many wrote about something else
    compared: int
    own: bool  # whether it holds a word of this person's matter, or a sentence that the others did not get
    fits: bool  # whether it takes up what the customer wrote, and most of the others did not
    start: int  # from the first repeated sentence to the end of the last
    end: int


@dataclass(slots=True)
class Sent:
    """One text, and the last of those it was sent to."""

    print: Print
    uses: list[Use] = field(default_factory=list)
    customers: set[str] = field(default_factory=set)

    @property
    def is_full(self) -> bool:
        """Whether no more is kept of what customers had written about."""
        return len(self.uses) >= _LOOKED_AT

    def add(self, use: Use) -> None:
        """Remember one more time."""
        self.customers.add(use.customer)
        if not self.is_full:
            self.uses.append(use)


@dataclass(frozen=True, slots=True, eq=False)
class _Alike:
    """Texts that are much the same, the likest first, with what holds of them whoever is written to."""

    sent: tuple[Sent, ...]
    customers: int  # all to whom one of them went
    matters: dict[str, Matter]  # of each customer one, and of no more than are looked at

    @classmethod
    def of(cls, sent: Sequence[Sent]) -> Self:
        return cls(tuple(sent), _customers(sent), _one_of_each(sent))


@dataclass(slots=True)
class History:
    """Texts by their digest, and where to look for those that are much the same."""

    texts: dict[bytes, Sent] = field(default_factory=dict)
    bands: defaultdict[int, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    _met: dict[bytes, _Alike] = field(default_factory=dict, init=False, repr=False, compare=False)

    def add(self, text: Print, use: Use) -> None:
        """Remember that a text was sent."""
        self._met.clear()
        digest = text.digest
        sent = self.texts.get(digest)
        if sent is None:
            sent = self.texts[digest] = Sent(text)
            for band in text.bands:
                if len(beside := self.bands[band]) < _BESIDE:
                    beside.append(digest)
        sent.add(use)

    def like(self, text: Print) -> Sequence[Sent]:
        """Return the texts that are much the same, the likest first."""
        return self._alike(text).sent

    def _alike(self, text: Print) -> _Alike:
        found = self._met.get(digest := text.digest)
        if found is None:
            found = _Alike.of(self._like(text))
            if len(self._met) < _REMEMBERED:
                self._met[digest] = found
        return found

    def _like(self, text: Print) -> list[Sent]:
        met = Counter(chain.from_iterable(self.bands.get(band, ()) for band in text.bands))
        found = [self.texts[digest] for digest, _ in met.most_common(_LOOKED_AT)]
        return near(text, found)

    def repeats(self, body: Body, *, to: str, asked: Matter) -> Repeats | None:
        """Return what is known of a text that goes to one customer; None where nobody else got it."""
        return None if body.print is None else _repeats(body, self._alike(body.print), to=to, asked=asked)

    def without_single(self) -> History:
        """Return the history without what only one customer got: nothing that is asked of it changes."""
        kept = History()
        for sent in self.texts.values():
            if _is_of_many([one.customers for one in self._like(sent.print)]):
                kept.texts[sent.print.digest] = sent
                for band in sent.print.bands:
                    kept.bands[band].append(sent.print.digest)
        return kept


def _is_of_many(customers: Sequence[set[str]]) -> bool:
    return max(map(len, customers), default=0) >= FEW or len(set().union(*customers)) >= FEW


def near(text: Print, found: Iterable[Sent]) -> list[Sent]:
    """Return those of some texts that are much the same as one, the likest first."""
    rated = [(likeness(text, sent.print), sent) for sent in found]
    return [sent for like, sent in sorted(rated, key=lambda pair: -pair[0]) if like >= _NEAR]


def repeats_of(body: Body, alike: Sequence[Sent], *, to: str, asked: Matter) -> Repeats | None:
    """Return what texts that are much the same say about one that goes to a customer."""
    return _repeats(body, _Alike.of(alike), to=to, asked=asked)


def _repeats(body: Body, among: _Alike, *, to: str, asked: Matter) -> Repeats | None:
    alike = among.sent
    others = among.customers - any(to in sent.customers for sent in alike)
    if not others:
        return None
    theirs = [matter for customer, matter in among.matters.items() if customer != to][:_LOOKED_AT]
    compared, apart = told_apart(asked, theirs)
    known = _known(body, alike, to=to)
    repeated = [piece for piece in body.pieces if piece.pairs and _covered(piece, known) >= _COVERED]
    return Repeats(
        customers=others,
        apart=len(apart),
        compared=compared,
        own=_has_own(body, known, asked),
        fits=_fits(body, asked, apart),
        start=min((piece.start for piece in repeated), default=0),
        end=max((piece.end for piece in repeated), default=0),
    )


def _known(body: Body, alike: Iterable[Sent], *, to: str) -> frozenset[int]:
    """Return which pairs of a text others got; mostly the likest of what they got has them all."""
    missing = body.numbers
    for sent in alike:
        if sent.customers != {to}:
            missing = missing - numbers_of(sent.print)
            if not missing:
                return body.numbers
    return body.numbers - missing


def _customers(alike: Sequence[Sent]) -> int:
    """Return how many got one of these texts; a form letter may have gone to very many."""
    largest = max((sent.customers for sent in alike), key=len, default=set())
    more: set[str] = set()
    for sent in alike:
        if sent.customers is not largest:
            more.update(sent.customers - largest)
    return len(largest) + len(more)


def _one_of_each(alike: Iterable[Sent]) -> dict[str, Matter]:
    """Return what each customer wrote about: one more than are looked at, for one of them may be written to."""
    found: dict[str, Matter] = {}
    for sent in alike:
        for use in sent.uses:
            if use.customer not in found:
                found[use.customer] = use.matter
                if len(found) > _LOOKED_AT:
                    return found
    return found


def _covered(piece: Piece, known: frozenset[int]) -> float:
    return sum(map(known.__contains__, piece.pairs)) / len(piece.pairs) if piece.pairs else 1.0


def _has_own(body: Body, known: frozenset[int], asked: Matter) -> bool:
    """Tell whether a sentence is new, or a word that was put in is the customer's own."""
    for at, piece in enumerate(body.pieces):
        if len(piece.pairs) < WORDY:
            continue
        covered = _covered(piece, known)
        if covered < _COVERED:
            return True
        if asked.isdisjoint(piece.said.numbers):
            continue
        # Who is addressed stands among the first words, and often below the customer's own message.
        for word in piece.words[_ADDRESS if at == 0 else 0 :]:
            if word.number in asked and (word.masked or (covered < 1 and not _stands_in(word.key, piece, known))):
                return True
    return False


def _stands_in(key: str, piece: Piece, known: frozenset[int]) -> bool:
    """Tell whether a word stood beside one of its neighbours in what was sent before."""
    beside = (pair for pair, both in zip(piece.pairs, pairwise(piece.keys), strict=True) if key in both)
    return any(pair in known for pair in beside)


def _fits(body: Body, asked: Matter, apart: Sequence[Matter]) -> bool:
    """Tell whether it takes up this customer's words, and happens to have gone to others who had none of them."""
    said = {number for piece in body.pieces for number in asked & piece.said.plain_numbers}
    enough = min(max(_FEWEST, ceil(len(asked) / 3)), _ENOUGH)
    if len(said) < enough:
        return False
    return sum(sum(word in matter for matter in apart) * 5 <= len(apart) for word in said) >= enough
