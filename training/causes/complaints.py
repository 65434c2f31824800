"""The complaints that the layer head learns from: read, checked, counted. The notation is told in README.md.

complaints.py      what is wrong, with file and line, and how many there are; ends with 1 when anything is wrong
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from amends.engine.causes.layers import LAYERS, THEMES, Layer

HERE = Path(__file__).resolve().parent
_LINE = re.compile(
    r"(?P<same>& )?(?P<theme>[a-z-]+)(?P<optional>(?: \?[a-z-]+)*): (?P<text>.+?)(?: \|\| (?P<note>.+))?"
)


class BadComplaintError(ValueError):
    """A line that cannot be read: file, line and what to do."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One complaint with its labels; complaints of one `scene` tell of the same event."""

    language: str
    scene: str
    text: str
    note: str
    layer: Layer
    theme: str
    optional: frozenset[str]


def read_complaints(folder: Path = HERE) -> Iterator[Labelled]:
    """Yield the complaints of a folder in the order of its files.

    :raises BadComplaintError: at the first line that cannot be read
    """
    for path in sorted(folder.glob("*.txt")):
        yield from read_file(path)


def read_file(path: Path) -> Iterator[Labelled]:
    """Yield the complaints of one file; its name is its language."""
    seen: set[str] = set()
    scene = ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            scene, one = _read(_once(line, seen), path.stem, scene, f"{path.stem}-{number}")
        except BadComplaintError as wrong:
            raise BadComplaintError(f"{path}:{number}: {wrong}: {line[:60]!r}") from None
        yield one


def _once(line: str, seen: set[str]) -> str:
    if line in seen:
        raise BadComplaintError("this line stands here twice")
    seen.add(line)
    return line


def _read(line: str, language: str, last: str, fresh: str) -> tuple[str, Labelled]:
    found = _LINE.fullmatch(line.strip())
    if found is None:
        raise BadComplaintError("a complaint is 'theme ?layer: words || note'")
    if found["theme"] not in THEMES:
        raise BadComplaintError(f"no such theme: {found['theme']}")
    if found["same"] and not last:
        raise BadComplaintError("'&' needs a complaint above it")
    layer = THEMES[found["theme"]][0]
    optional = frozenset(word.lstrip("?") for word in found["optional"].split())
    if unknown := optional - set(LAYERS):
        raise BadComplaintError(f"no such layer: {', '.join(sorted(unknown))}")
    if layer in optional:
        raise BadComplaintError(f"{layer} is the layer of {found['theme']} already")
    scene = last if found["same"] else fresh
    note = (found["note"] or "").strip()
    return scene, Labelled(language, scene, found["text"].strip(), note, layer, found["theme"], optional)


def main(folder: Path = HERE) -> int:
    """Read every file and say how many complaints it holds."""
    wrong = 0
    for path in sorted(folder.glob("*.txt")):
        try:
            found = list(read_file(path))
        except BadComplaintError as error:
            print(error)
            wrong = 1
            continue
        layers = Counter(one.layer for one in found)
        noted = sum(bool(one.note) for one in found)
        counted = ", ".join(f"{layer} {layers[layer]}" for layer in LAYERS)
        print(f"{path.name}: {len(found)}, {noted} of them with a note; {counted}")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
