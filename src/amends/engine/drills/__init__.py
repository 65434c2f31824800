"""Drills: a customer with a trouble and a temper, an answer in free words, and what the customer makes of it.

A situation is data (`situations/README.md`). What the customer says next follows from what the engine finds in the
answer, by the situation's own rules.
"""

from amends.engine.drills.catalogue import languages_of, script_of, situation, situations, slugs
from amends.engine.drills.figures import Choice, Weighing, weigh
from amends.engine.drills.notes import Comparison, compare
from amends.engine.drills.play import Exchange, Play, play
from amends.engine.drills.situation import RANKS, BadSituationError, Script, Situation

__all__ = [
    "RANKS",
    "BadSituationError",
    "Choice",
    "Comparison",
    "Exchange",
    "Play",
    "Script",
    "Situation",
    "Weighing",
    "compare",
    "languages_of",
    "play",
    "script_of",
    "situation",
    "situations",
    "slugs",
    "weigh",
]
