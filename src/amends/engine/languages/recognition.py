"""Recognise the language of one message, short and mixed ones too."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from lingua import Language as Lingua
from lingua import LanguageDetector, LanguageDetectorBuilder

from amends.engine import languages
from amends.engine.languages.folding import fold

# Neighbours that would otherwise be taken for one of ours: to be told apart, not to be read.
_NEIGHBOURS: Final = ("ru", "kk", "az", "ar", "ur", "de", "fr", "es")
_SURE: Final = 0.6
_ENOUGH: Final = 600  # characters that tell a language
_NOISE = re.compile(r"https?://\S+|\S+@\S+|[@#]\w+|\d+")
_WORD = re.compile(r"[^\W\d_]+")
_SCRIPTS = re.compile(r"[\u0041-\u024f\u0400-\u052f\u0600-\u06ff\u0750-\u077f\u1e00-\u1eff\ufb50-\ufdff\ufe70-\ufefc]")
_PERSIAN_ONLY: Final = frozenset("پچژگ")
_MONGOLIAN_ONLY: Final = frozenset("өүӨҮ")


def recognise(text: str, *, prior: str = "") -> str:
    """Return the code of the language a message is written in, '' when it is none of ours.

    `prior` is what the conversation speaks; it decides for a message too short to tell ('ok', '👍', '5'), and is
    returned for one without words. Mongolian and Persian in Latin letters are 'mn-Latn' and 'fa-Latn'.
    """
    seen = _look(text[:_ENOUGH])
    if not seen.words:
        return prior
    if seen.foreign or seen.spelt:
        return seen.spelt
    best, confidence = seen.ranked[0]
    short = seen.words <= 3
    if prior and short and confidence < 0.9 and seen.share(prior) > 0.05:
        return prior
    if short and confidence < _SURE:
        if prior and _same_script(prior, latin=seen.latin):
            return prior
        ours = (code for code, _ in seen.ranked if languages.is_known(code))
        return next((code for code in ours if _same_script(code, latin=seen.latin)), "")
    return best_known(best if seen.latin else _by_letters(text, best))


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the words of a message show, whatever was said before it."""

    words: int
    foreign: bool = False  # in a script that none of our languages and neighbours is written in
    latin: bool = False
    spelt: str = ""
    ranked: tuple[tuple[str, float], ...] = ()

    def share(self, code: str) -> float:
        return next((confidence for known, confidence in self.ranked if known == code), 0.0)


@lru_cache(maxsize=4096)
def _look(text: str) -> _Seen:
    words = _WORD.findall(_NOISE.sub(" ", text))
    letters = "".join(words)
    if not words:
        return _Seen(0)
    if len(_SCRIPTS.findall(letters)) * 2 < len(letters):
        return _Seen(len(words), foreign=True)
    latin = sum(char < "\u0250" for char in letters) * 2 > len(letters)
    spelt = _spelt_in_latin(words) if latin else ""
    ranked = () if spelt else tuple(_rank(" ".join(words)))
    return _Seen(len(words), latin=latin, spelt=spelt, ranked=ranked)


def best_known(code: str) -> str:
    """Return a code when there is a folder for it, '' otherwise."""
    return code if languages.is_known(code) else ""


def _by_letters(text: str, best: str) -> str:
    letters = set(text)
    if best in {"ru", "kk"} and letters & _MONGOLIAN_ONLY and not letters & set("әғқңұһіӘҒҚҢҰҺІ"):
        return "mn"
    if best in {"ar", "ur"} and letters & _PERSIAN_ONLY and not letters & set("ٹڈڑےںھہ"):
        return "fa"
    return best


def _spelt_in_latin(words: list[str]) -> str:
    """Find a language that does not usually wear Latin letters by the words that give it away."""
    plain = fold(" ".join(words)).text.split()
    best, most = "", 0.0
    for code in languages.codes():
        telling = _telling(code)
        known = [word for word in plain if word in telling]
        share = len(known) / max(1, len(plain))
        enough = len({word for word in known if len(word) > 3}) >= 1 and len(set(known)) >= (2 if len(plain) > 2 else 1)
        if enough and share >= 0.3 and share > most:
            best, most = f"{code}-Latn", share
    return best


@lru_cache(maxsize=16)
def _telling(code: str) -> frozenset[str]:
    return frozenset(languages.get(code).latin_words)


def _same_script(code: str, *, latin: bool) -> bool:
    return latin == (code in {"en", "tr"} or code.endswith("-Latn"))


def _rank(text: str) -> list[tuple[str, float]]:
    values = _detector().compute_language_confidence_values(text)
    return [(value.language.iso_code_639_1.name.lower(), value.value) for value in values]


@lru_cache(maxsize=1)
def _detector() -> LanguageDetector:
    wanted = {*languages.codes(), *_NEIGHBOURS}
    chosen = [language for language in Lingua.all() if language.iso_code_639_1.name.lower() in wanted]
    return LanguageDetectorBuilder.from_languages(*chosen).build()
