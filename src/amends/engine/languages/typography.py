"""Find what is done with capitals and exclamation marks: the same in every language that has them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from amends.engine.conversation import By
from amends.engine.languages.acts import Act
from amends.engine.languages.text import Text

_ROW = re.compile(r"[!！]{3,}|(?:[!?！？؟]){4,}")
_WORD = re.compile(r"[^\W_]+(?:[-/&][^\W_]+)*")
_ACRONYM: Final = range(2, 6)


class Typography:
    """Reads shouting (capitals, rows of exclamation marks) and acronyms."""

    name = "typography"

    def read(self, text: Text, *, by: By) -> Iterable[Act]:  # noqa: ARG002  # one face for all readers
        """Yield shouting and acronyms."""
        original = text.original
        for row in _ROW.finditer(original):
            yield Act(start=row.start(), end=row.end(), kind="shouting", confidence=0.7, reader=self.name)
        if not any(map(str.isupper, original)):
            return
        shouted = any(map(str.islower, original))
        for sentence in text.sentences:
            yield from self._capitals(original, sentence.sentence.start, sentence.sentence.end, mixed=shouted)

    def _capitals(self, original: str, start: int, end: int, *, mixed: bool) -> Iterator[Act]:
        behind = original[start + 1 : end]
        if behind.islower() and behind[0].islower():
            return  # no capital but the first
        run: list[re.Match[str]] = []
        for word in _WORD.finditer(original, start, end):
            if word.group().isupper() and len(word.group()) >= 2 and not any(map(str.isdigit, word.group())):
                run.append(word)
            elif run:
                yield from self._judge(run, mixed=mixed)
                run = []
        yield from self._judge(run, mixed=mixed)

    def _judge(self, run: list[re.Match[str]], *, mixed: bool) -> Iterator[Act]:
        if not run:
            return
        letters = sum(len(word.group()) for word in run)
        if (len(run) >= 2 and letters >= 7) or (len(run) == 1 and letters >= 6 and mixed):
            sure = 0.75 if len(run) >= 3 else 0.6 if len(run) == 2 else 0.35
            yield Act(start=run[0].start(), end=run[-1].end(), kind="shouting", confidence=sure, reader=self.name)
            return
        for word in run:
            if len(word.group()) in _ACRONYM:
                yield Act(start=word.start(), end=word.end(), kind="acronym", confidence=0.6, reader=self.name)
