"""Bytes into text when the label is missing, unknown or wrong.

Nothing here ever fails: the last resort shows a mark for what cannot be read, and the raw mail is kept.

Our four languages come in single-byte alphabets that any other single-byte label decodes without an error, into
nonsense: Turkish in windows-1254 labelled Latin-1 shows 'ÐÜÞÝ' for 'ĞÜŞİ'. Such readings are compared letter by letter.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from itertools import pairwise

# What senders write, and the wider alphabet that really holds it.
_ALIASES = {
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso8859-9": "cp1254",
    "latin5": "cp1254",
    "x-mac-turkish": "mac_turkish",
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "iso-2022-jp": "iso2022_jp_ext",
    "iso-2022-jp-ms": "iso2022_jp_ext",
    "iso-8859-8-i": "iso8859_8",
    "iso-8859-8-e": "iso8859_8",
    "iso-8859-6-i": "iso8859_6",
    "windows-874": "cp874",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "windows-1251": "cp1251",
    "utf8": "utf-8",
    "utf-8mb4": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
}
# Labels that say no more than that the sender did not choose one.
_CARELESS = frozenset({"", "utf-8", "ascii", "cp1252"})
_OURS = ("cp1254", "cp1252", "cp1251", "koi8_r", "cp1256")
_TURKISH = frozenset("ğışçöüİŞĞÇÖÜâîû")
_PERSIAN = frozenset("ابپتثجچحخدذرزژسشصضطظعغفقکكگلمنوهيیىئءأؤإآةً،؛؟")
_MARKS = frozenset("“”‘’«»–—…•€£§©®°№،؛؟\u00a0\u200c\u200d\u200e\u200f")
_COMMON_PERSIAN = frozenset("اینيرهومدتبلسشکك")
_ICELANDIC = frozenset("áíóúæÁÍÓÚÆ")
_CYRILLIC = frozenset("абвгдеёжзийклмнопрстуфхцчшщъыьэюя")
_CYRILLIC_ANY = _CYRILLIC | {letter.upper() for letter in _CYRILLIC} | frozenset("єїЄЇіІ")
_WORD = re.compile(r"[^\W\d_]+")
_MARK_IN_LATIN = re.compile("[A-Za-zÀ-ɏ][\u200c-\u200f]|[\u200c-\u200f][A-Za-zÀ-ɏ]")
_OF_PROGRAMS = frozenset({"unicode-escape", "unicode_escape", "raw-unicode-escape", "raw_unicode_escape", "punycode"})
_ESCAPES = (b"\x1b$", b"\x1b(")


def codec(label: str) -> str:
    """The name of a codec for what a sender wrote as charset; empty when there is none."""
    name = label.strip().strip("\"'").split(";")[0].strip().casefold()
    name = _ALIASES.get(name, name)
    if not name.isascii():
        return ""
    try:
        found = codecs.lookup(name)
        b"a\x80".decode(found.name, errors="replace")  # base64 and idna are codecs too, but not of texts like ours
    except (LookupError, ValueError, TypeError):
        return ""
    return "" if found.name in _OF_PROGRAMS else _ALIASES.get(found.name, found.name)


def decode(data: bytes, label: str = "") -> str:
    """Read bytes as text, trusting the label no further than the bytes bear it out."""
    named = codec(label)
    if data.isascii() and not _is_stateful(data, named):
        return data.decode("ascii")
    for mark, with_mark in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark) and (mark == codecs.BOM_UTF8 or b"\0" in data):  # its blanks have a zero in them
            return data.decode(with_mark, errors="replace")
    if named and _is_stateful(data, named):
        return data.decode(named, errors="replace")
    text = _strictly(data, "utf-8")
    if text is None and named == "utf-8" and _is_mostly_utf8(data):
        text = data.decode("utf-8", errors="replace")
    if text is None and named not in _CARELESS:
        text = _strictly(data, named)
        text = _mongolian(text) if text is not None and named == "cp1251" else text
    return _best(data, named) if text is None else text


def _is_stateful(data: bytes, named: str) -> bool:
    if named in {"utf-7", "hz"} or named.startswith(("utf-16", "utf_16", "utf-32", "utf_32")):
        return True
    return named.startswith("iso2022") and any(mark in data for mark in _ESCAPES)


def _strictly(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except (UnicodeError, LookupError):
        return None


def _is_mostly_utf8(data: bytes) -> bool:
    """Whether a text that says UTF-8 is only damaged here and there, for instance cut in the middle of a letter."""
    text = data.decode("utf-8", errors="replace")
    lost = text.count("\ufffd")
    read = sum(1 for letter in text if letter > "\x7f") - lost
    return lost <= max(2, read // 4)


def _best(data: bytes, named: str) -> str:
    """The most plausible single-byte reading; the sender's own label wins a tie."""
    names = [*([named] if named and named not in {"utf-8", "ascii"} else []), *_OURS]
    sample = data[:20_000]
    readings = [
        (_plausibility(sample.decode(name, errors="replace")), -place, name) for place, name in enumerate(names)
    ]
    _, _, name = max(readings)
    text = data.decode(name, errors="replace")
    return _mongolian(text) if name in {"cp1251", "koi8_r"} else text


def _plausibility(text: str) -> float:
    """How much this looks like somebody's writing: letters that belong together, few marks within words."""
    score = 0.0
    for letter in text:
        if letter <= "\x7f":
            continue
        if letter == "\ufffd" or unicodedata.category(letter) == "Cc":
            score -= 3
        elif not letter.isalpha() and letter not in _MARKS:
            score -= 0.5
    score -= 2 * len(_MARK_IN_LATIN.findall(text))
    if not _ICELANDIC.isdisjoint(text):  # where Turkish has its own letters, Icelandic has ð, þ and ý
        score -= 2 * sum(1 for letter in text if letter in "ğışĞİŞ")
    for match in _WORD.finditer(text):
        word = match.group()
        if not word.isascii():
            score += _word(word)
    return score


def _word(word: str) -> float:
    foreign = [letter for letter in word if letter > "\x7f"]
    if "\u0400" <= foreign[0] <= "\u04ff":
        whole = len(foreign) == len(word)
        swapped = sum(1 for a, b in pairwise(word) if a.islower() and b.isupper())
        fitting = sum(1 for letter in foreign if letter in _CYRILLIC)
        return (fitting - 0.3 * sum(1 for letter in foreign if letter not in _CYRILLIC_ANY)) * (
            1 if whole else -1
        ) - 2 * swapped
    if "\u0600" <= foreign[0] <= "\u06ff":
        whole = all("\u0600" <= letter <= "\u06ff" for letter in word)
        return sum(
            (1.0 if letter in _COMMON_PERSIAN else 0.4) if letter in _PERSIAN else -1.0 for letter in foreign
        ) * (1 if whole else -1)
    # Latin: accents stand between plain letters, and few of them.
    if len(foreign) > 3 and len(foreign) > len(word) * 0.6:
        return -1.0 * len(foreign)
    return sum(1.0 if letter in _TURKISH else (-0.4 if letter in "ðþýÐÞÝ" else 0.8) for letter in foreign)


def _mongolian(text: str) -> str:
    """Give Mongolian its ө and ү back.

    The Windows alphabet for Cyrillic has neither; Mongolian fonts drew them in the place of the Ukrainian є and ї.
    Ukrainian itself cannot do without і, which Mongolian never has.
    """
    if any(letter in text for letter in "іІ") or not any(letter in text for letter in "єїЄЇ"):
        return text
    return text.translate(str.maketrans("єїЄЇ", "өүӨҮ"))
