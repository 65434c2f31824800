"""Recognise the language of one message, short and mixed ones too."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from lingua import Language as Lingua
from lingua import LanguageDetector, LanguageDetectorBuilder

from amends.engine import languages
from amends.engine.languages.folding import fold

# Neighbours that would otherwise be taken for one of ours: to be told apart, not to be read.
_NEIGHBOURS: Final = ("ru", "kk", "az", "ar", "ur", "de", "fr", "es")
_SURE: Final = 0.6
_NOISE = re.compile(r"https?://\S+|\S+@\S+|[@#]\w+|\d+")
_WORD = re.compile(r"[^\W\d_]+")
_PERSIAN_ONLY: Final = frozenset("پچژگ")
_MONGOLIAN_ONLY: Final = frozenset("өүӨҮ")


@lru_cache(maxsize=4096)
def recognise(text: str, *, prior: str = "") -> str:
    """Return the code of the language a message is written in, '' when it is none of ours.

    `prior` is what the conversation speaks; it decides for a message too short to tell ('ok', '👍', '5'), and is
    returned for one without words. Mongolian and Persian in Latin letters are 'mn-Latn' and 'fa-Latn'.
    """
    words = _WORD.findall(_NOISE.sub(" ", text))
    letters = sum(map(len, words))
    if not letters:
        return prior
    latin = sum(char.isascii() or char < "\u0250" for word in words for char in word) * 2 > letters
    if latin and (spoken := _spelt_in_latin(words)):
        return spoken
    ranked = _rank(" ".join(words))
    best, confidence = ranked[0]
    if prior and len(words) <= 3 and _sure_of(ranked, prior) > 0.05 and confidence < 0.9:
        return prior
    if confidence < _SURE and len(words) <= 3:
        if prior and _same_script(prior, latin=latin):
            return prior
        return next((code for code, _ in ranked if languages.is_known(code) and _same_script(code, latin=latin)), "")
    if not latin:
        best = _by_letters(text, best)
    return best_known(best)


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
    plain = [fold(word).text for word in words]
    best, most = "", 0.0
    for code in languages.codes():
        telling = languages.get(code).latin_words
        known = [word for word in plain if word in telling]
        share = len(known) / len(plain)
        enough = len({word for word in known if len(word) > 3}) >= 1 and len(set(known)) >= (2 if len(plain) > 2 else 1)
        if enough and share >= 0.3 and share > most:
            best, most = f"{code}-Latn", share
    return best


def _same_script(code: str, *, latin: bool) -> bool:
    return latin == (code in {"en", "tr"} or code.endswith("-Latn"))


def _sure_of(ranked: list[tuple[str, float]], code: str) -> float:
    return next((confidence for known, confidence in ranked if known == code), 0.0)


def _rank(text: str) -> list[tuple[str, float]]:
    values = _detector().compute_language_confidence_values(text)
    return [(value.language.iso_code_639_1.name.lower(), value.value) for value in values]


@lru_cache(maxsize=1)
def _detector() -> LanguageDetector:
    wanted = {*languages.codes(), *_NEIGHBOURS}
    chosen = [language for language in Lingua.all() if language.iso_code_639_1.name.lower() in wanted]
    return LanguageDetectorBuilder.from_languages(*chosen).build()
