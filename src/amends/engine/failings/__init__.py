"""The catalogue of what can go wrong, and its judgement. No file here holds a word of any language."""

from amends.engine.failings.catalogue import catalogue, examples, get
from amends.engine.failings.failing import Examples, Failing
from amends.engine.failings.house_words import HouseWords, Term
from amends.engine.failings.judgement import Judgement, judge, judge_events, judge_turn
from amends.engine.failings.limits import Limits
from amends.engine.failings.moment import Moment
from amends.engine.failings.signs import Sign

__all__ = [
    "Examples",
    "Failing",
    "HouseWords",
    "Judgement",
    "Limits",
    "Moment",
    "Sign",
    "Term",
    "catalogue",
    "examples",
    "get",
    "judge",
    "judge_events",
    "judge_turn",
]
