"""Note-taking: hold what was written down against what was said."""

from __future__ import annotations

from dataclasses import dataclass

from amends.engine.drills.invented import invented
from amends.engine.drills.showing import says
from amends.engine.drills.situation import Ending, Script, Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What the notes hold, what they leave out, and what they have wrong."""

    noted: tuple[str, ...]
    missing: tuple[str, ...]
    wrong: tuple[str, ...]
    invented: tuple[str, ...]  # what nobody said, in the trainee's words; it is told, and decides nothing
    ended: Ending


def compare(situation: Situation, script: Script, notes: str) -> Comparison:
    """Compare notes with the facts of a complaint; content is who reads nothing wrong and enough that is right."""

    def held(words: tuple[str, ...]) -> bool:
        return says(notes, words, language=script.language)

    noted = tuple(key for key in situation.points if held(script.points[key].words))
    wrong = tuple(key for key in situation.traps if held(script.traps[key].words))
    enough = len(noted) >= situation.enough * len(situation.points)
    return Comparison(
        noted=noted,
        missing=tuple(key for key in situation.points if key not in noted),
        wrong=wrong,
        invented=invented(situation, script, notes),
        ended="content" if enough and not wrong else "gone",
    )
