"""Compare the names in a reply with the record: letters, persons, titles, streets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Final

from rapidfuzz.distance import OSA

from amends.engine.conversation import Facts
from amends.engine.languages.folding import fold, skeleton
from amends.engine.languages.silhouette import Honorific, Language

_WORD = re.compile(r"[^\W\d_]+(?:['’\-\u200c][^\W\d_]+)*|\d+")
_ENDING = re.compile(r"['’].*$")
_LONG_ENOUGH: Final = 4  # shorter words are too like other words to be called misspelt
_OPENING: Final = 4  # words from the head within which a name is an address to the customer

Misnamed = tuple[int, int, float]


@dataclass(frozen=True)
class _Word:
    """A word of the reply or the record: as written, where, as compared, and what stands before it."""

    written: str
    start: int
    end: int
    key: str
    gap: str

    @property
    def opens_sentence(self) -> bool:
        """Whether a sentence begins with it; its capital then says nothing."""
        return bool(re.search(r"[.!?؟:…\n]", self.gap))

    @property
    def joined(self) -> bool:
        """Whether it stands right beside the word before."""
        return not self.gap.strip(" .\u200c")

    @property
    def is_number(self) -> bool:
        return self.key.isdigit()

    @property
    def is_initial(self) -> bool:
        return len(self.written) == 1

    @property
    def may_be_name(self) -> bool:
        """Whether it is written as a name is, where names have capitals."""
        return not (self.is_number or self.written[0].islower() or (len(self.written) > 3 and self.written.isupper()))


@dataclass(frozen=True)
class _Called:
    """The customer as the reply calls them: a title, perhaps, and the words beside it."""

    title: Honorific | None
    names: tuple[_Word, ...]
    start: int
    end: int
    opening: bool
    doubtful: bool = False  # the words beside the title may be no name at all
    hailed: bool = False  # it stands apart, between two marks: nobody is told of, somebody is spoken to


@dataclass(frozen=True)
class _Record:
    facts: Facts
    language: Language

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(word.key for word in words_of(self.facts.customer_name, self.language))

    @cached_property
    def address(self) -> tuple[str, ...]:
        return tuple(word.key for word in words_of(self.facts.address, self.language))

    @cached_property
    def title(self) -> Honorific | None:
        known = _titles(self.language)
        return next(
            (known[word.key] for word in words_of(self.facts.honorific, self.language) if word.key in known), None
        )

    def is_name(self, key: str) -> bool:
        """Tell whether a word is one of the names, a usual short form, or one with an ending."""
        return any(self._is(key, name) for name in self.names)

    def is_wrong_half(self, called: _Called) -> bool:
        """Tell whether the one name used is not the one that this language uses beside a title."""
        used = [word for word in called.names if not word.is_initial]
        if len(self.names) < 2 or len(used) != 1 or not self.language.titled_name:
            return False
        right, wrong = self.names[-1], self.names[0]
        if self.language.titled_name == "first":
            right, wrong = wrong, right
        one_sided = called.title is not None and (called.title.gender or self.language.titled_name == "last")
        initialled = len(called.names) > len(used)
        key = used[0].key
        return bool(one_sided or initialled) and self._is_part(key, wrong) and not self._is(key, right)

    def _is(self, key: str, name: str) -> bool:
        short = self.language.short_forms.get(key, "")
        if name in {key, short} or (len(name) >= 2 and key.startswith(name)):
            return True
        called = max((len(one) for one in _vocatives(self.language) if key.endswith(one)), default=0)
        if called and len(key) - called >= 3 and name.startswith(key[:-called]):
            return True  # 'Отгоо' of Отгонбаяр
        return len(key) >= 3 and name.startswith(key) and len(name) - len(key) >= 2

    def _is_part(self, key: str, name: str) -> bool:
        return self._is(key, name) or (len(key) >= 3 and name.startswith(key))


def misnamed(reply: str, facts: Facts, *, heard: tuple[str, ...], language: Language) -> Iterator[Misnamed]:
    """Yield the stretches of a reply that name the customer differently from the record, with confidence."""
    record = _Record(facts, language)
    if not (record.names or record.address):
        return
    words = words_of(reply, language)
    yield from _misplaced(words, record)
    if not record.names or not _same_script(facts.customer_name, reply):
        return
    said = {word.key for text in heard for word in words_of(text, language)}
    seen: set[int] = set()
    calls = _calls(words, language)
    greeted = any(record.is_name(word.key) for called in calls for word in called.names)
    for called in calls:
        if any(word.start in seen for word in called.names):
            continue
        seen.update(word.start for word in called.names)
        if sure := _judge(called, record, said, alone=not greeted):
            yield called.start, called.end, sure
    yield from _misspelt([word for word in words if word.start not in seen], record, said)
    yield from _turned_round(words, record)


@lru_cache(maxsize=1024)
def words_of(text: str, language: Language) -> tuple[_Word, ...]:
    """Cut a text into words and numbers; endings after an apostrophe do not count when words are compared."""
    found: list[_Word] = []
    for match in _WORD.finditer(text):
        gap = text[found[-1].end : match.start()] if found else "\n"
        if gap.startswith(".") and found and (found[-1].is_initial or found[-1].key in language.titles):
            gap = gap.replace(".", "", 1)
        key = _key(match.group(), language)
        found.append(_Word(match.group(), match.start(), match.end(), key, gap))
    return tuple(found)


def _calls(words: Sequence[_Word], language: Language) -> list[_Called]:
    """Find how the reply calls people; a title that tells man from woman counts before one that does not."""
    titled = sorted(_titled(words, language), key=lambda called: not (called.title and called.title.gender))
    return [*titled, *_greeted(words, language), *_called_out(words, language), *_initialled(words, language)]


def _titled(words: Sequence[_Word], language: Language) -> Iterator[_Called]:
    """Find titles with the names beside them."""
    titles = _titles(language)
    for at, word in enumerate(words):
        title = titles.get(word.key)
        if title is None:
            continue
        before = _beside(words, at, -1, language)
        after = _beside(words, at, 1, language)
        names = before if title.place == "after" else after or (before if not language.has_case else [])
        if names:
            edges = sorted((*names, word), key=lambda one: one.start)
            opening = min(at, words.index(edges[0])) <= _OPENING
            # A title may also be 'sir' or 'madam': any word may stand beside it where names have no capital.
            doubtful = not language.has_case and (title.alone or names == before) and not _hails(words, edges, language)
            in_order = tuple(sorted(names, key=lambda one: one.start))
            apart = _stands_apart(words, edges)
            yield _Called(title, in_order, edges[0].start, edges[-1].end, opening, doubtful, apart)


def _only_calls(words: Sequence[_Word], at: int, title: Honorific) -> bool:
    """Tell whether a title that is for anybody ends an address at the head of a reply: 'Болд гуай,'."""
    follows = words[at + 1] if at + 1 < len(words) else None
    return at <= _OPENING and not title.gender and (follows is None or bool(re.search(r"[^\w\s]|\n", follows.gap)))


def _hails(words: Sequence[_Word], edges: Sequence[_Word], language: Language) -> bool:
    """Tell whether a title and a name stand between a greeting and a stop: «سلام خانم احمدی،»."""
    first, last = words.index(edges[0]), words.index(edges[-1])
    hailed = " ".join(word.key for word in words[:first]) in _keys_of_phrases(language.salutations, language)
    follows = words[last + 1] if last + 1 < len(words) else None
    return hailed and edges[0].joined and (follows is None or bool(re.search(r"[^\w\s\u200c]|\n", follows.gap)))


def _stands_apart(words: Sequence[_Word], edges: Sequence[_Word]) -> bool:
    """Tell whether a name stands between two marks, as in '…, Ms Johnson!' at the end."""
    first, last = words.index(edges[0]), words.index(edges[-1])
    follows = words[last + 1] if last + 1 < len(words) else None
    begins = first == 0 or bool(re.search(r"[,،.!?؟…\n]", edges[0].gap))
    return begins and (follows is None or bool(re.search(r"[,،.!?؟…\n]", follows.gap)))


@lru_cache(maxsize=16)
def _keys_of_phrases(phrases: tuple[str, ...], language: Language) -> frozenset[str]:
    return frozenset(" ".join(_key(word, language) for word in phrase.split()) for phrase in phrases)


def _beside(words: Sequence[_Word], at: int, step: int, language: Language) -> list[_Word]:
    """Return up to two name words and an initial right beside a title."""
    titles, others = _titles(language), _keys(language.not_names, language)
    found: list[_Word] = []
    place = at + step
    limit = 2 if language.has_case else 1
    while 0 <= place < len(words) and sum(not word.is_initial for word in found) < limit:
        word = words[place]
        gap = word if step > 0 else words[place + 1]
        if (
            gap.opens_sentence
            or not gap.joined
            or word.key in others
            or word.key in _keys(language.greetings, language)
        ):
            break
        if word.key not in titles:
            begins = step < 0 and word.opens_sentence and (found or words[at].written.islower())
            # The first word has a capital anyway; before a title that only calls, it is a name all the same.
            if not word.may_be_name or (begins and not _only_calls(words, at, titles[words[at].key])):
                break
            found.append(word)
        place += step
    if step < 0 and found and 0 <= place < len(words) and words[place].is_initial and found[-1].joined:
        found.append(words[place])
    return found


def _greeted(words: Sequence[_Word], language: Language) -> Iterator[_Called]:
    """Find the names that stand alone after a greeting: 'Dear Anna,'."""
    if not language.has_case:
        return
    greetings, others = (
        _keys((greeting.split()[-1] for greeting in language.greetings), language),
        _keys(language.not_names, language),
    )
    for at, word in enumerate(words[: _OPENING + 1]):
        names: list[_Word] = []
        for name in words[at + 1 : at + 3]:
            # 'Hi, Anna' greets Anna; in 'Dear Anna, Nobody …' the comma ends the name.
            between = name.gap.strip(" " if names else " ,")
            if name.opens_sentence or not name.may_be_name or between or name.is_initial:
                break
            names.append(name)
        if word.key not in greetings or not names or names[0].key in others | set(_titles(language)):
            continue
        follows = words[at + 1 + len(names)] if at + 1 + len(names) < len(words) else None
        if at == 0 or follows is None or re.search(r"[^\w\s]|\n", follows.gap):
            yield _Called(None, tuple(names), names[0].start, names[-1].end, opening=True)


def _called_out(words: Sequence[_Word], language: Language) -> Iterator[_Called]:
    """Find a name at the head that a word behind it calls out: 'Сайн байна уу, Ганбаатар аа!'."""
    if not (language.vocatives and language.has_case):
        return
    others = _keys(language.not_names, language) | _keys(language.greetings, language) | set(_titles(language))
    for at, (word, call) in enumerate(pairwise(words[: _OPENING + 2])):
        follows = words[at + 2] if at + 2 < len(words) else None
        ends = follows is None or bool(re.search(r"[^\w\s]|\n", follows.gap))
        # A first word has its capital anyway: 'Мэдээж ээ' calls nobody.
        greeted = at > 0 and (
            " ".join(one.key for one in words[:at]) in _keys_of_phrases(language.salutations, language)
        )
        names = word.may_be_name and not word.is_initial and word.key not in others
        if names and greeted and ends and call.joined and call.key in _vocatives(language):
            yield _Called(None, (word,), word.start, call.end, opening=True)


def _initialled(words: Sequence[_Word], language: Language) -> Iterator[_Called]:
    """Find a name after an initial: 'Г.Отгонбаяр'."""
    for initial, name in pairwise(words):
        dotted = name.gap in {".", ". ", ""} and initial.is_initial and initial.written.isupper()
        if language.has_case and dotted and name.may_be_name:
            yield _Called(None, (initial, name), initial.start, name.end, opening=False)


def _judge(called: _Called, record: _Record, said: set[str], *, alone: bool) -> float:
    """Say how surely the customer is called wrongly; 0 when rightly, or when somebody else may be meant."""
    names = [word for word in called.names if not word.is_initial]
    right = [word for word in names if record.is_name(word.key)]
    if not names or (not right and any(word.key in said for word in names)):
        return 0.0
    if len(right) == len(names):
        return _judge_title(called, record)
    if any(_near(word.key, record.names, head_may_differ=True) for word in names if word not in right):
        return 0.85
    in_address = any(word.key in record.address for word in names)
    # Who is called rightly elsewhere is not the one meant here: 'Dear Ms Johnson, Mr Peters has packed it'.
    stranger = alone and not called.doubtful
    if right or in_address or not stranger:
        return 0.6 if right else 0.8 if in_address else 0.0
    return 0.75 if called.opening else 0.6 if called.hailed else 0.0


def _judge_title(called: _Called, record: _Record) -> float:
    """Judge the title beside the right name, and whether it is the name that goes with a title."""
    known = record.title
    if known and known.gender and called.title and called.title.gender not in {"", known.gender}:
        return 0.85 if called.opening else 0.45
    return 0.7 if record.is_wrong_half(called) else 0.0


def _misspelt(words: Sequence[_Word], record: _Record, said: set[str]) -> Iterator[Misnamed]:
    """Find words elsewhere that are nearly one of the names."""
    if not record.language.has_case:
        return
    for word in words:
        if word.key in said or not word.may_be_name or record.is_name(word.key) or word.key in record.address:
            continue
        if _near(word.key, record.names):
            yield word.start, word.end, 0.55 if word.opens_sentence else 0.7


def _misplaced(words: Sequence[_Word], record: _Record) -> Iterator[Misnamed]:
    """Find an address that agrees with the record but for one word or number."""
    address = record.address
    done = -1
    for at, word in enumerate(words):
        # One letter is no word of an address: the ending of '9-р' stands in dates as well.
        if at <= done or word.is_number or len(word.key) < 2 or (spot := _spot(word.key, address)) is None:
            continue
        window = range(max(0, at - 3), min(len(words), at + 4))
        matched = [place for place in window if _spot(words[place].key, address) is not None]
        wrong = [place for place in window if _is_wrong_place(words, place, at, spot, record)]
        if wrong and (len(matched) >= 2 or any(words[place].is_number for place in wrong)):
            first, last = min(*matched, *wrong), max(*matched, *wrong)
            done = last
            yield words[first].start, words[last].end, 0.65
        elif wrong and any(_near(words[place].key, address, head_may_differ=True) for place in wrong):
            done = at
            yield words[min(*wrong, at)].start, words[max(*wrong, at)].end, 0.65


def _is_wrong_place(words: Sequence[_Word], place: int, at: int, spot: int, record: _Record) -> bool:
    """Tell whether a word stands where the record has another of its kind."""
    word, theirs = words[place], spot + place - at
    if place == at or not 0 <= theirs < len(record.address) or _spot(word.key, record.address) is not None:
        return False
    expected = record.address[theirs]
    low, high = sorted((place, at))
    if any(re.search(r"[.!?؟\n]", each.gap) for each in words[low + 1 : high + 1]):
        return False
    if len(word.key) <= 4 and word.key[:1] == expected[:1] and not word.is_number:
        return False  # 'Cd.' for 'Caddesi', 'St' for 'Street'
    if word.is_number or expected.isdigit():
        return word.is_number and expected.isdigit()
    return abs(place - at) == 1 and (
        word.may_be_name if record.language.has_case else _near(word.key, (expected,), head_may_differ=True)
    )


def _spot(key: str, address: tuple[str, ...]) -> int | None:
    """Return where a word stands in the address; endings may follow it."""
    for index, ours in enumerate(address):
        if key == ours or (not ours.isdigit() and len(ours) >= 3 and key.startswith(ours)):
            return index
    return None


def _turned_round(words: Sequence[_Word], record: _Record) -> Iterator[Misnamed]:
    """Find first and last name in the wrong order, side by side."""
    if len(record.names) < 2 or record.names[0] == record.names[-1]:
        return
    for one, two in pairwise(words):
        if one.key == record.names[-1] and two.key == record.names[0] and two.gap == " ":
            yield one.start, two.end, 0.6


@lru_cache(maxsize=8192)
def _key(word: str, language: Language) -> str:
    return re.sub(r"[^\w]", "", skeleton(fold(_ENDING.sub("", word), language=language).text, language=language))


def _keys(words: Iterable[str], language: Language) -> set[str]:
    return {_key(word, language) for word in words}


@lru_cache(maxsize=16)
def _vocatives(language: Language) -> frozenset[str]:
    return frozenset(_keys(language.vocatives, language))


@lru_cache(maxsize=16)
def _titles(language: Language) -> dict[str, Honorific]:
    return {_key(one.word, language): one for one in language.honorifics if " " not in one.word}


def _near(key: str, names: tuple[str, ...], *, head_may_differ: bool = False) -> bool:
    """Tell whether a word is a misspelling of a name: one slip, two in a long name; endings may follow."""
    for name in names:
        if len(name) < _LONG_ENOUGH or name.isdigit():
            continue
        if key[:1] != name[:1] and not head_may_differ:
            continue
        slips = 1 if len(name) < 7 else 2
        for length in (len(name) - 1, len(name), len(name) + 1):
            head = key[:length]
            if len(head) < length or len(key) - length > 4 or head == name:
                continue
            if OSA.distance(head, name) <= (slips if head[:1] == name[:1] else 1):
                return True
    return False


def _same_script(name: str, reply: str) -> bool:
    def scripts(text: str) -> set[int]:
        return {0 if ord(char) < 0x250 else 1 if ord(char) < 0x530 else 2 for char in text if char.isalpha()}

    return bool(scripts(name) & scripts(reply))
