"""What an answer shows, in the words that a situation's rules use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from amends.engine import languages
from amends.engine.failings import Judgement, Moment, catalogue, get
from amends.engine.failings.signs import GOOD
from amends.engine.languages.acts import KINDS
from amends.engine.languages.phrase import parse
from amends.engine.languages.text import prepare

_PROMISED = ("call", "money", "visit", "goods", "answer", "other")
ANY_FAILING = "failing"
QUESTION = "question"


@lru_cache(maxsize=1)
def conditions() -> frozenset[str]:
    """Return every name that a rule may ask for, `said:…` apart."""
    acts = (f"does:{name}" for name, kind in KINDS.items() if kind.by != "customer")
    failings = (one.id for one in catalogue() if one.seen == "reply")
    promises = (f"promise:{kind}" for kind in _PROMISED)
    return frozenset((*GOOD, "dated-promise", *failings, *acts, *promises, ANY_FAILING, QUESTION))


def is_condition(name: str) -> bool:
    """Tell whether a rule may ask for this."""
    return name in conditions()


def shown(moment: Moment, judgement: Judgement, *, words: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """Return what an answer shows: good signs, failings, acts, kinds of dated promises, words of the situation."""
    found = {sign.name for sign in judgement.good}
    found |= {finding.failing for finding in judgement.failings}
    # A preview is shown and not counted: only a rule that asks for it by its name minds it.
    if any(get(finding.failing).status == "stable" for finding in judgement.failings):
        found.add(ANY_FAILING)
    found |= {f"does:{act.kind}" for act in moment.reply.acts if act.confidence >= 0.5}
    found |= {f"promise:{promise.kind}" for promise in moment.promises if not promise.vague}
    if moment.on_the_spot:  # who gives it now has said when
        found.add("dated-promise")
    if any(sentence.question for sentence in moment.reply.sentences):
        found.add(QUESTION)
    text, language = moment.reply.turn.text, moment.reply.language
    found |= {f"said:{name}" for name, cues in words.items() if says(text, tuple(cues), language=language)}
    return frozenset(found)


def says(text: str, cues: tuple[str, ...], *, language: str) -> bool:
    """Tell whether a text uses the words of one of these cues (written as in a language's cue file)."""
    prepared = prepare(text, language=languages.get(language))
    patterns = [_pattern(cue, language) for cue in cues]
    return any(pattern.search(sentence.text) for sentence in prepared.sentences for pattern in patterns)


@lru_cache(maxsize=4096)
def _pattern(cue: str, language: str) -> re.Pattern[str]:
    return re.compile(parse(cue, language=languages.get(language)).pattern)
