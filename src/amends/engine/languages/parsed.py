"""
Cue files as they were parsed when the program was built: parsing a language takes a second, reading it a tenth.

Beside a cue file may lie what `tools/parse_cues.py` made of it. It counts only while everything it was made from is
the same, letter by letter; otherwise, and where it is missing, the cue file itself is parsed as ever.
"""

from __future__ import annotations

import json
import tomllib
import unicodedata
from collections.abc import Mapping
from hashlib import sha256
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, Final, Literal

from amends.engine.languages.phrase import Phrase, Trigger, Triggers

type File = Literal["cues", "causes"]
FILES: Final[tuple[File, ...]] = ("cues", "causes")
_HERE: Final = "amends.engine.languages"
_MADE_WITH: Final = ("phrase.py", "folding.py", "silhouette.py", "parsed.py")


def read(code: str, file: File) -> tuple[Mapping[str, Any], dict[str, Phrase]]:
    """Return the tables of a cue file, and its phrases by how they are written, as far as they are parsed already."""
    source = (resources.files(f"{_HERE}.{code}") / f"{file}.toml").read_bytes()
    try:
        found = json.loads(place(code, file).read_bytes())
        if found["of"] == fingerprint(code, source):
            words = _Words()
            return found["tables"], {written: words.phrase(*parts) for written, parts in found["phrases"].items()}
    except (OSError, ValueError, KeyError, TypeError):  # never built, cut short, or of another version: not needed
        pass
    return tomllib.loads(source.decode("utf-8")), {}


def as_json(code: str, file: File, *, phrases: Mapping[str, Phrase]) -> str:
    """Return what `read` understands, for a cue file with all its phrases."""
    source = (resources.files(f"{_HERE}.{code}") / f"{file}.toml").read_bytes()
    return json.dumps(
        {
            "of": fingerprint(code, source),
            "tables": tomllib.loads(source.decode("utf-8")),
            "phrases": {written: _parts(phrase) for written, phrase in phrases.items()},
        },
        ensure_ascii=False,
    )


def place(code: str, file: File) -> Traversable:
    """Return where the parsed file of a language lies."""
    return resources.files(f"{_HERE}.{code}") / f"{file}.parsed.json"


def fingerprint(code: str, source: bytes) -> str:
    """Return what changes as soon as parsing may come to another end."""
    digest = sha256(f"{code} {unicodedata.unidata_version}\n".encode())
    digest.update(sha256(source).digest())
    languages = resources.files(_HERE)
    for made_with in (*(languages / name for name in _MADE_WITH), languages / code / "__init__.py"):
        digest.update(sha256(made_with.read_bytes()).digest())
    return digest.hexdigest()


type _Letters = tuple[list[str], list[str]]  # whole words, beginnings of words


def _parts(phrase: Phrase) -> tuple[str, str, list[_Letters]]:
    announced = (phrase.triggers, *phrase.needs) if phrase.triggers else ()
    return phrase.pattern, phrase.sample, [_letters(triggers) for triggers in announced]


def _letters(triggers: Triggers) -> _Letters:
    whole = sorted(trigger.letters for trigger in triggers if trigger.whole)
    begins = sorted(trigger.letters for trigger in triggers if not trigger.whole)
    return whole, begins


class _Words:
    """What announces the phrases of a file: many are announced by the same words, which are kept once."""

    def __init__(self) -> None:
        self._known: dict[tuple[tuple[str, ...], tuple[str, ...]], Triggers] = {}
        self._triggers: dict[tuple[str, bool], Trigger] = {}

    def phrase(self, pattern: str, sample: str, announced: list[_Letters]) -> Phrase:
        first, *others = [self._set(*letters) for letters in announced] or [Triggers()]
        return Phrase(pattern, first, sample, tuple(others))

    def _set(self, whole: list[str], begins: list[str]) -> Triggers:
        key = tuple(whole), tuple(begins)
        if (known := self._known.get(key)) is None:
            both = [*((letters, True) for letters in whole), *((letters, False) for letters in begins)]
            known = self._known[key] = Triggers(self._trigger(*one) for one in both)
        return known

    def _trigger(self, letters: str, whole: bool) -> Trigger:  # noqa: FBT001 - a key
        if (known := self._triggers.get((letters, whole))) is None:
            known = self._triggers[letters, whole] = Trigger(letters, whole=whole)
        return known
