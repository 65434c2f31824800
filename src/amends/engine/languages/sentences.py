"""Cut a text into sentences, by the marks and abbreviations of its language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from amends.engine.languages.folding import fold
from amends.engine.languages.silhouette import PLAIN, Language

_END = re.compile(r"[.!?؟…。]+[\"'”’»)\]]*|\n+|(?<=\s)[-*•·]\s")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S*[^\s.!?؟…,;:)\]]|(?<!\S)\S{1,64}@\S{1,255}\.\w+")
_LAST_WORD = re.compile(r"[\w.]+$")
_NEXT = re.compile(r"\S")
_COMMA = re.compile(r"[,،，;؛:–—]")
_WORD = re.compile(r"[\w'’.]+")
_LONGEST_HEAD = 7  # words
_LONGEST_CALL = 4
_ENDLESS = 2_000  # characters
_WRAPPED = 60  # a line this long that goes on in small letters was broken by a mail program


@dataclass(slots=True, unsafe_hash=True)
class Sentence:
    """One sentence: `text[start:end]`, its closing mark left out."""

    start: int
    end: int
    question: bool = False
    exclaimed: bool = False
    salutation: bool = False  # taken off the sentence after it


def sentences(text: str, *, language: Language = PLAIN) -> tuple[Sentence, ...]:
    """Cut a text into sentences; never within an abbreviation, an initial, a number, a time or an address."""
    found: list[Sentence] = []
    start = 0
    addresses = _addresses(text)
    for mark in _END.finditer(text):
        at = mark.start()
        if addresses and any(first <= at < last for first, last in addresses):
            continue
        if at < start or not _ends(text, mark, start, language):
            continue
        _add(found, text, (start, at), mark.group(), language)
        start = mark.end()
    _add(found, text, (start, len(text)), "", language)
    whole = (*_apart(found[0], text, language), *found[1:]) if found else ()
    if max((one.end - one.start for one in whole), default=0) <= _ENDLESS:
        return whole
    return tuple(piece for one in whole for piece in _pieces(one, text))


def _addresses(text: str) -> list[tuple[int, int]]:
    """Where mail addresses and places in the net stand: seldom anywhere, and looking for them is slow."""
    if "@" not in text and "://" not in text and "www." not in text:
        return []
    return [each.span() for each in _ADDRESS.finditer(text)]


def beyond_salutation(text: str, *, language: Language = PLAIN) -> str:
    """Return what a text says after its greeting; all of it where it only greets."""
    for sentence in sentences(text, language=language):
        if not (sentence.salutation or _only_greets(text[sentence.start : sentence.end], language)):
            return text[sentence.start :]
    return text


def _only_greets(piece: str, language: Language) -> bool:
    """Tell a head from a sentence that opens with one: 'Hello.' and 'Dear Ms Shaw,' from 'Hello my parcel is lost'."""
    head = piece.rstrip()
    if head != head.rstrip(",،") and _greets(head, language, goes_on=False):
        return True
    return " ".join(_WORD.findall(fold(head, language=language).text)) in language.salutations


def only_calls(piece: str, *, language: Language) -> bool:
    """Tell whether a sentence does no more than call somebody: 'Ms Shaw!', 'Болд гуай'."""
    folded = fold(piece, language=language).text
    return len(_WORD.findall(folded)) <= _LONGEST_CALL and _greets(piece, language, goes_on=True)


def _pieces(one: Sentence, text: str) -> Iterator[Sentence]:
    """Cut what no one would call a sentence, at a space where there is one: reading it whole takes for ever."""
    start = one.start
    while one.end - start > _ENDLESS:
        space = text.rfind(" ", start + _ENDLESS // 2, start + _ENDLESS)
        stop = space if space > 0 else start + _ENDLESS
        yield replace(one, start=start, end=stop)
        start = stop + (space > 0)
    yield replace(one, start=start) if start > one.start else one


def _apart(first: Sentence, text: str, language: Language) -> tuple[Sentence, ...]:
    """Take a salutation off the sentence that it opens: 'Hello Ms Shaw, it is not our fault' says two things."""
    at = first.start
    for comma in _COMMA.finditer(text, first.start, first.end):
        if not _greets(text[at : comma.start()], language, goes_on=at > first.start):
            break
        at = comma.end()
    rest = text[at : first.end]
    # 'Hello, Anna Shaw' greets to its end.
    if at == first.start or len(_WORD.findall(rest)) < (2 if rest.lstrip()[:1].islower() else 3):
        return (first,)
    start = first.end - len(rest.lstrip())
    head = text[first.start : at].rstrip()[:-1].rstrip()
    opening = Sentence(first.start, first.start + len(head), salutation=True)
    return opening, Sentence(start, first.end, first.question, first.exclaimed)


@lru_cache(maxsize=4096)
def _greets(piece: str, language: Language, *, goes_on: bool) -> bool:
    """Tell whether a stretch before a comma only greets or addresses: 'Good morning', 'Ayşe Hanım', 'Dear Ms Shaw'."""
    folded = fold(piece, language=language).text
    words = _WORD.findall(folded)
    if not words or len(words) > _LONGEST_HEAD:
        return False
    plain = " ".join(words)
    if any(plain == one or plain.startswith(f"{one} ") or plain.endswith(f" {one}") for one in language.salutations):
        return len(words) > 1 or words[0] not in language.needs_name
    # A bare 'madam,' stays where it is: it may be meant to talk down.
    return (goes_on or len(words) > 1) and any(
        plain.startswith(f"{one.word} ") if one.place == "before" else plain.endswith(f" {one.word}")
        for one in language.honorifics
    )


def _ends(text: str, mark: re.Match[str], start: int, language: Language) -> bool:
    sign, after = mark.group(), text[mark.end() : mark.end() + 1]
    if "\n" in sign:
        line = text.rfind("\n", 0, mark.start()) + 1
        wrapped = mark.start() - line >= _WRAPPED and after.islower()
        return not (len(sign) == 1 and wrapped)
    if not sign.startswith("."):
        return True
    if after and not after.isspace():
        return _typed_in_haste(text, mark)
    return len(sign) > 1 or not _abbreviates(text, mark, start, language)


def _typed_in_haste(text: str, mark: re.Match[str]) -> bool:
    """Tell 'sorry.We' from 3.500, example.com and 14.30'da."""
    before, after = text[mark.start() - 1 : mark.start()], text[mark.end()]
    if before.isdigit() or not after.isalpha() or (after.islower() and after.upper() != after):
        return False
    return before.isalpha() and len(mark.group()) == 1 and "." not in text[mark.end() : mark.end() + 3]


def _abbreviates(text: str, mark: re.Match[str], start: int, language: Language) -> bool:
    """Tell whether a point belongs to an abbreviation, an initial or an ordinal number."""
    said = text[start : mark.start()]
    word = _LAST_WORD.search(said, said.rfind(" ") + 1)
    if word is None:
        return False
    kind = _shortened(word.group(), language)
    if kind in {"", "always"}:
        return kind == "always"
    after = _NEXT.search(text, mark.end())
    follows = after.group() if after is not None else ""
    return follows.islower() if kind == "number" else bool(follows) and not follows.isupper()


@lru_cache(maxsize=16384)
def _shortened(word: str, language: Language) -> str:
    """What a word with a point behind it is: `word` and `number` go on unless what follows begins anew."""
    last = fold(word, language=language).text
    if last in language.abbreviations:
        return "word"
    if last in language.titles or (len(last) == 1 and last.isalpha() and word.isupper()):
        return "always"
    return "number" if last.isdigit() and len(last) <= 2 else ""


def _add(found: list[Sentence], text: str, span: tuple[int, int], sign: str, language: Language) -> None:
    start, end = span
    said = text[start:end].lstrip()
    start = end - len(said)
    said = said.rstrip()
    end = start + len(said)
    if not (said[:1].isalnum() or any(char.isalnum() or ord(char) > 0x2600 for char in said)):
        return
    question = "?" in sign or "؟" in sign or _asks(said, language)
    found.append(Sentence(start, end, question, "!" in sign))


def _asks(sentence: str, language: Language) -> bool:
    if not (language.question_endings or language.question_suffixes):
        return False
    # The last word tells, but for nothing but signs at the end, and letters that only the whole sentence explains.
    told = _asks_with(sentence.rsplit(None, 1)[-1], language) if "I" not in sentence else None
    return bool(_ends_asking(sentence, language)) if told is None else told


@lru_cache(maxsize=16384)
def _asks_with(word: str, language: Language) -> bool | None:
    return _ends_asking(word, language)


def _ends_asking(piece: str, language: Language) -> bool | None:
    words = fold(piece, language=language).text.split()
    if not words:
        return None
    last = words[-1].strip(".,;:!\"')")
    return last in language.question_endings or last.endswith(language.question_suffixes or ("\0",))
