from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from amends.desk.answers.blocks import MOST, WORDS, Block
from amends.desk.answers.models import Kind
from amends.desk.people.models import Language

_LONGEST = 4000  # characters of a block in one language


class Write(forms.Form):
    """Name an answer."""

    name = forms.CharField(label=_("Name"), max_length=80, widget=forms.TextInput({"class": "input", "dir": "auto"}))
    is_shared = forms.BooleanField(label=_("Everybody may use it"), required=False)


@dataclass(frozen=True, slots=True)
class Blocks:
    """The blocks of an answer as its page shows them: at least one, in order."""

    blocks: tuple[Block, ...]

    @classmethod
    def of(cls, blocks: Sequence[Block]) -> Self:
        return cls(tuple(blocks) or (Block(),))

    @classmethod
    def sent(cls, told: QueryDict) -> Self:
        """Read them as a page sends them: a list for each language, and which are on by their place."""
        texts = {code: told.getlist(f"text_{code}") for code in Language.values}
        kinds, on = told.getlist("kind"), set(told.getlist("on"))
        length = min(MOST + 1, max(map(len, texts.values()), default=0))
        return cls.of(
            [
                Block(
                    kind=kinds[place] if place < len(kinds) and kinds[place] in Kind.values else WORDS,
                    is_on=place >= len(kinds) or str(place) in on,
                    texts={
                        code: told_in[place].replace("\r\n", "\n")[:_LONGEST]
                        for code, told_in in texts.items()
                        if place < len(told_in)
                    },
                )
                for place in range(length)
            ]
        )

    def moved(self, what: str) -> Self:
        """Add one ("add"), send one up ("up-2") or take one out ("out-2")."""
        name, _dash, place = what.partition("-")
        at = int(place) if place.isascii() and place.isdecimal() else -1
        rows = list(self.blocks)
        if name == "add" and len(rows) < MOST:
            rows.append(Block())
        elif name == "up" and 0 < at < len(rows):
            rows[at - 1], rows[at] = rows[at], rows[at - 1]
        elif name == "out" and 0 <= at < len(rows):
            del rows[at]
        return self.of(rows)

    def rows(self) -> list[tuple[Block, list[tuple[str, str, str]]]]:
        """Each block with its words in each language: code, what the language calls itself, words."""
        return [
            (block, [(code, Language(code).label, block.texts.get(code, "")) for code in Language.values])
            for block in self.blocks
        ]

    @property
    def is_full(self) -> bool:
        return len(self.blocks) >= MOST
