"""What a Mongolian word that is typed in Latin letters may be in Cyrillic ones, a handful of readings.

Who types so writes by ear: ө and ү as o, u or v, х as h, kh, k or x, ы as y or i. One writer keeps to one way within a
word, so each letter is read in one way throughout it, and a word has few readings.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import product
from typing import Final

MOST: Final = 12  # readings of one word
_FEWEST: Final = 3  # letters
# By letters of a word, or several that stand for one: the likelier reading first.
_READ: Final[dict[str, tuple[str, ...]]] = {
    "shch": ("щ",),
    "kh": ("х",),
    "ts": ("ц", "тс"),
    "ch": ("ч",),
    "sh": ("ш",),
    "zh": ("ж",),
    "ya": ("я",),
    "yu": ("ю",),
    "yo": ("ё",),
    "ye": ("е",),
    "ii": ("ий", "ы"),
    "uu": ("үү", "өө"),
    "u": ("ү", "ө"),
    "i$": ("и", "ь"),
    "i": ("и", "ы"),
    "e": ("э", "е"),
    "k": ("к", "х"),
    "v": ("в", "ү"),
    "y": ("ы", "й"),
    "c": ("ц", "с"),
    **{latin: (cyrillic,) for latin, cyrillic in zip("abdfghjlmnopqrstwxz", "абдфгхжлмнөпкрствхз", strict=True)},
}
_UNIT: Final = re.compile("|".join([*(unit for unit in _READ if len(unit) > 1 and unit != "i$"), r"i$", "[a-z]"]))
_LATIN: Final = re.compile("[a-z]+")
# The same choice in both.
_AS: Final = {"uu": "u"}


@lru_cache(maxsize=1024)
def readings(word: str) -> tuple[str, ...]:
    """Read a folded word of Latin letters; no reading of one in other letters, or of a very short one.

    Of у and ү, о and ө, one stands for both, as in what is folded for searching.
    """
    if len(word) < _FEWEST or not _LATIN.fullmatch(word):
        return ()
    units = [_unit(found) for found in _UNIT.finditer(word)]
    open_ = [unit for unit in dict.fromkeys(_AS.get(unit, unit) for unit in units) if len(_READ[unit]) > 1]
    found: dict[str, None] = {}
    for chosen in product(*(range(len(_READ[unit])) for unit in open_)):
        way = dict(zip(open_, chosen, strict=True))
        found["".join(_READ[unit][way.get(_AS.get(unit, unit), 0)] for unit in units)] = None
        if len(found) == MOST:
            break
    return tuple(found)


def _unit(found: re.Match[str]) -> str:
    return "i$" if found[0] == "i" and found.end() == len(found.string) else found[0]
