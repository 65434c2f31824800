"""The blocks of a saved answer: what is said one after the other, each switched on or off as the case wants. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

MOST: Final = 12
BETWEEN: Final = "\n\n"
WORDS: Final = "words"  # the kind of what says no more than that


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block, in the languages in which it is written."""

    texts: Mapping[str, str] = field(default_factory=dict)
    kind: str = WORDS
    is_on: bool = True  # whether it stands in the reply unless somebody leaves it out


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A block in one language."""

    place: int
    kind: str
    is_on: bool
    text: str


def parts_in(language: str, blocks: Sequence[Block]) -> list[Part]:
    """The blocks that say something in a language, in their order."""
    return [
        Part(place=place, kind=block.kind, is_on=block.is_on, text=text)
        for place, block in enumerate(blocks)
        if (text := block.texts.get(language, "").strip())
    ]


def whole(parts: Iterable[Part]) -> str:
    """What stands there unless somebody chooses otherwise; all of it where nothing is on."""
    parts = list(parts)
    return BETWEEN.join(part.text for part in ([one for one in parts if one.is_on] or parts))


def kept(parts: Iterable[Part]) -> list[dict[str, Any]]:
    """Blocks as they are kept beside the whole."""
    return [{"place": one.place, "kind": one.kind, "is_on": one.is_on, "text": one.text} for one in parts]


def read(text: str, told: Sequence[Mapping[str, Any]] | None) -> list[Part]:
    """Read what is kept; words that were written whole, or changed since by a version without blocks, are one."""
    parts = [Part(place=one["place"], kind=one["kind"], is_on=one["is_on"], text=one["text"]) for one in told or ()]
    return parts if parts and whole(parts) == text else [Part(place=0, kind=WORDS, is_on=True, text=text)]


def together(languages: Mapping[str, Sequence[Part]]) -> list[Block]:
    """The blocks of an answer from those of its languages."""
    rows: dict[int, tuple[str, bool, dict[str, str]]] = {}
    for language, parts in languages.items():
        for part in parts:
            rows.setdefault(part.place, (part.kind, part.is_on, {}))[2][language] = part.text
    return [Block(kind=kind, is_on=is_on, texts=texts) for _place, (kind, is_on, texts) in sorted(rows.items())]
