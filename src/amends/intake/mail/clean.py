"""Take out of text what a database cannot hold and a reader must not be deceived by."""

from __future__ import annotations

import re
import unicodedata

# Marks that turn the direction of what follows: a file 'photo\u202egpj.exe' reads as 'photoexe.jpg'.
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ufeff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SPACES = re.compile(r"\s+")
_NO_FILE_NAME = re.compile(r'[\\/:*?"<>|]')


def body(text: str) -> str:
    """A message: lines kept, control characters and lone surrogates gone; marks of direction belong to the writer."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", _SURROGATE.sub("\ufffd", text))


def line(text: str, *, longest: int = 300) -> str:
    """A name or a subject: one line, no marks that turn its direction; ZWNJ stays, Persian needs it."""
    text = _SPACES.sub(" ", _DIRECTION.sub("", body(text).replace("\n", " "))).strip()
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def file_name(text: str, *, longest: int = 200) -> str:
    """A file's name without folders and tricks; its ending survives shortening."""
    name = _NO_FILE_NAME.sub("_", unicodedata.normalize("NFC", line(text, longest=10_000))).strip(". ")
    if len(name) <= longest:
        return name
    stem, dot, ending = name.rpartition(".")
    return name[:longest] if not dot or len(ending) > 20 else f"{stem[: longest - len(ending) - 1]}.{ending}"
