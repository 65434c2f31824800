"""The training scenes: read, checked, counted. The notation is told in README.md.

scenes.py check [FOLDER…]      what is wrong, with file and line; ends with 1 when anything is
scenes.py count [FOLDER…]      how often each act and failing stands there
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from amends.engine.conversation import By, Conversation, Facts, Turn
from amends.engine.failings.catalogue import catalogue
from amends.engine.languages.acts import BY_TYPOGRAPHY, KINDS, LEARNED_ONLY

HERE = Path(__file__).resolve().parent
HELD_BACK = "held-back"
TUNING_SITTINGS = ("first", "second", "fifth", "sixth", "seventh", "eighth")  # the encoder learns from these
NOW = datetime(2026, 3, 4, 10, tzinfo=UTC)  # when every scene is played
LANGUAGES = frozenset({"en", "fa", "mn", "tr"})
_LINE = re.compile(r"^(?P<by>[CAR]) (?P<said>.+?)\s*\{(?P<acts>[a-z\- ]*)\}(?P<marks>(?:\s+[!?][a-z-]+)*)\s*$")
_MARK = re.compile(r"([!?])([a-z-]+)")
_CHANNELS = frozenset({"mail", "chat", "form", "phone"})
_FACTS = frozenset({"name", "honorific", "address"})


class BadSceneError(ValueError):
    """A line that cannot be read: file, line and what to do."""


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence with its labels."""

    by: Literal["customer", "agent"]
    text: str
    acts: frozenset[str]
    failings: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()


@dataclass(slots=True)
class Reply:
    """One reply to a scene: its sentences, and the failings that no sentence shows."""

    sentences: list[Said] = field(default_factory=list)
    omissions: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()

    @property
    def failings(self) -> frozenset[str]:
        """All failings that a fair judge would mark."""
        return self.omissions.union(*(said.failings for said in self.sentences))

    @property
    def perhaps(self) -> frozenset[str]:
        """Failings on which fair judges could differ."""
        return self.optional.union(*(said.optional for said in self.sentences)) - self.failings


@dataclass(slots=True)
class Scene:
    """One scene: what was said before, and one or several replies to it."""

    name: str
    language: str
    sitting: str
    channel: str
    facts: dict[str, str]
    before: list[Said] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)


def read_scenes(folder: Path = HERE) -> Iterator[Scene]:
    """Yield the scenes of a folder in the order of its files.

    :raises BadSceneError: at the first line that cannot be read
    """
    for path in scene_files(folder):
        yield from read_file(path)


def scene_files(folder: Path = HERE) -> list[Path]:
    """Return the files of scenes below a folder; other training text, of causes for one, stands beside them."""
    return [path for path in sorted(folder.rglob("*.txt")) if path.relative_to(HERE).parts[0] in LANGUAGES]


def read_file(path: Path) -> Iterator[Scene]:
    """Yield the scenes of one file."""
    language, sitting = path.relative_to(HERE).parts[:2]
    scene: Scene | None = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            if not line.strip() or line.startswith("#"):
                continue
            if line.startswith("=="):
                if scene:
                    yield scene
                scene = _head(line, language, sitting)
            else:
                _continue(scene, line)
        except BadSceneError as wrong:
            raise BadSceneError(f"{path}:{number}: {wrong}: {line[:80]!r}") from None
    if scene:
        yield scene


def _continue(scene: Scene | None, line: str) -> None:
    if scene is None:
        raise BadSceneError("a scene begins with '== name | channel'")
    if line.startswith("--"):
        marks = _marks(line[2:])
        scene.replies.append(Reply(omissions=marks["!"], optional=marks["?"]))
    else:
        _add(scene, line)


def _head(line: str, language: str, sitting: str) -> Scene:
    name, *rest = (part.strip() for part in line[2:].split("|"))
    channel = rest[0] if rest else ""
    if not name or channel not in _CHANNELS:
        raise BadSceneError(f"a scene is '== name | {'/'.join(sorted(_CHANNELS))} | name: … | honorific: …'")
    facts = dict(part.split(":", 1) for part in rest[1:] if ":" in part)
    facts = {key.strip(): value.strip() for key, value in facts.items()}
    if unknown := set(facts) - _FACTS:
        raise BadSceneError(f"no such fact: {', '.join(sorted(unknown))}")
    return Scene(name, language, sitting, channel, facts)


def _marks(text: str) -> dict[str, frozenset[str]]:
    """Read '!coldness ?denial'; a name without a sign counts as '!'."""
    marks: dict[str, set[str]] = {"!": set(), "?": set()}
    known = {failing.id for failing in catalogue() if failing.seen == "reply"}
    for word in text.split():
        sign, name = (word[0], word[1:]) if word[0] in "!?" else ("!", word)
        if name not in known:
            raise BadSceneError(f"no such failing of a reply: {name}")
        marks[sign].add(name)
    return {sign: frozenset(names) for sign, names in marks.items()}


def _add(scene: Scene, line: str) -> None:
    match = _LINE.match(line)
    if match is None:
        raise BadSceneError("a sentence is 'C|A|R words {acts} !failing'")
    by: Literal["customer", "agent"] = "customer" if match["by"] == "C" else "agent"
    acts = frozenset(match["acts"].split())
    for act in acts:
        if act not in KINDS or act in BY_TYPOGRAPHY | LEARNED_ONLY:
            raise BadSceneError(f"no such act: {act}")
        if KINDS[act].by not in (by, "both"):
            raise BadSceneError(f"{act} is no act of the {by}")
    marks = _marks(match["marks"])
    said = Said(by, match["said"], acts, marks["!"], marks["?"])
    if match["by"] == "R":
        if not scene.replies:
            raise BadSceneError("a reply begins with '--'")
        scene.replies[-1].sentences.append(said)
    else:
        if scene.replies:
            raise BadSceneError("what was said before stands above the replies")
        if said.failings or said.optional:
            raise BadSceneError("only a sentence of a reply is judged")
        scene.before.append(said)


def talk_of(scene: Scene, reply: Reply) -> Conversation:
    """Make a conversation of a scene and one reply to it."""
    turns: list[tuple[By, list[str]]] = []
    for said in scene.before:
        if not turns or turns[-1][0] != said.by:
            turns.append((said.by, []))
        turns[-1][1].append(said.text)
    turns.append(("agent", [said.text for said in reply.sentences]))
    facts = {key if key != "name" else "customer_name": value for key, value in scene.facts.items()}
    return Conversation(
        id=scene.name,
        turns=tuple(Turn(by=by, text=" ".join(said), language=scene.language) for by, said in turns),
        as_of=NOW,
        facts=Facts(**facts),
    )


def _check(folders: list[Path]) -> int:
    wrong = 0
    for folder in folders:
        for path in scene_files(folder):
            try:
                for scene in read_file(path):
                    if not scene.replies or not all(reply.sentences for reply in scene.replies):
                        print(f"{path}: scene {scene.name!r} has no reply, or an empty one")
                        wrong += 1
            except BadSceneError as error:
                print(error)
                wrong += 1
    return min(wrong, 1)


def _count(folders: list[Path]) -> int:
    acts, failings = Counter[str](), Counter[str]()
    sentences = replies = clean = 0
    for folder in folders:
        for scene in read_scenes(folder):
            said = scene.before + [one for reply in scene.replies for one in reply.sentences]
            sentences += len(said)
            acts.update(f"{act} ({one.by[0]})" for one in said for act in one.acts)
            for reply in scene.replies:
                replies += 1
                clean += not reply.failings and not reply.perhaps
                failings.update(reply.failings)
    print(f"{sentences} sentences, {replies} replies, {clean} of them clean")
    for title, counted in (("failings", failings), ("acts", acts)):
        print(f"\n{title}: " + ", ".join(f"{name} {count}" for name, count in counted.most_common()))
    return 0


if __name__ == "__main__":
    named = [Path(one).resolve() for one in sys.argv[2:]] or [HERE]
    sys.exit({"check": _check, "count": _count}[sys.argv[1]](named))
