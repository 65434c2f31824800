"""From one moment of one's own desk to a situation: the tables that a guided page fills."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Any, Final
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from amends.desk.web.wording import digits_of_reader
from amends.engine.drills import BadSituationError, play
from amends.engine.drills.checking import bad_road, follow
from amends.engine.drills.play import Exchange
from amends.engine.drills.reading import script_of, situation_of
from amends.engine.drills.situation import ENDINGS, Situation
from amends.engine.failings import catalogue, get
from amends.engine.findings import Finding
from amends.engine.languages.wording import say

FORMAT: Final = "amends-drill/1"
COLLECTION: Final = "amends-drills/1"
STEP: Final = "answer"
GOODBYE: Final = "goodbye"  # it is put right, and one needless word can still spoil it
# What an answer has to show where this was missing; anything kind that moves on, elsewhere.
_CURES: Final[Mapping[str, Mapping[str, list[str]]]] = {
    "vague-promise": {"all": ["dated-promise"]},
    "broken-promise": {"all": ["dated-promise"], "any": ["apology", "acknowledgement"]},
    "excuse": {"any": ["apology", "acknowledgement"]},
    "coldness": {"any": ["apology", "acknowledgement"]},
    "brush-off": {"any": ["ownership", "callback-offer", "dated-promise", "remedy"]},
    "run-around": {"any": ["does:help-along", "does:answer", "remedy", "ownership", "dated-promise"]},
    "dead-end": {"any": ["remedy", "does:offer", "dated-promise", "callback-offer"]},
    "heat": {"any": ["calm-boundary", "acknowledgement", "apology"]},
}
_SPOILS: Final = (
    *("last-word", "parading", "blaming", "denial", "arguing", "condescension", "heat", "rule-book", "brush-off"),
    *("does:parade", "does:dig", "does:customer-fault"),
)
_HURTING: Final = ("arguing", "blaming", "condescension", "heat")  # minded even while they are only previews
_USUAL_CURE: Final = {
    "any": [
        *("acknowledgement", "apology", "remedy", "dated-promise", "ownership", "callback-offer"),
        *("does:offer", "does:answer"),
    ]
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the guided page asks for."""

    language: str
    failing: str
    title: str
    scene: str
    task: str
    learn: str
    name: str
    is_who: str
    before: tuple[tuple[str, str], ...]  # (customer or agent, words), the oldest first
    opening: str
    good: tuple[str, ...]
    bad: str
    ranks: tuple[str, ...]
    heat: int = 2
    reactions: Mapping[str, str] = field(default_factory=dict)  # better, worse, unsure

    @property
    def every_word(self) -> str:
        """Everything in it that somebody will read."""
        said = (words for _by, words in self.before)
        told = (self.title, self.scene, self.task, self.learn, self.name, self.is_who, self.opening, self.bad)
        return "\n".join((*told, *said, *self.good, *self.reactions.values()))


@lru_cache(maxsize=1)
def first_words() -> dict[str, dict[str, str]]:
    """Return what a drill begins with in each language."""
    source = resources.files("amends.desk.academy") / "own_words.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


def tables(plan: Plan) -> tuple[dict[str, Any], dict[str, Any]]:
    """Lay a plan out in the format of situations: the structure, and the words.

    What the coach only tries out (a preview) is minded by the customer where it is practised or hurts, but never
    against the author: what is found in a good answer is no reason to be cross.
    """
    of_a_reply = {failing.id for failing in catalogue() if failing.seen == "reply"}
    minded = [name for name in dict.fromkeys((*_HURTING, plan.failing)) if name in of_a_reply]
    situation, script = _laid_out(plan, minded=minded)
    try:
        one = situation_of(situation, slug="own")
        words = script_of(script, language=plan.language, of=one)
    except BadSituationError:
        return situation, script  # `troubles` says what is wrong
    seen = {name for answer in plan.good for name in play(one, words, [answer]).exchanges[0].shown}
    return _laid_out(plan, minded=[name for name in minded if name not in seen or not _is_preview(name)])


def _is_preview(name: str) -> bool:
    return get(name).status == "preview"


def _laid_out(plan: Plan, *, minded: Sequence[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    usual = first_words()[plan.language]
    says = {name: plan.reactions.get(name) or usual[name] for name in ("better", "worse", "unsure")}
    situation = {
        "kind": "talk",
        "claims": ["S2.1"],
        "ranks": list(plan.ranks),
        "failings": [plan.failing] if plan.failing else [],
        "minutes": 3,
        "weekday": 3,
        "hour": "10:00",
        "heat": plan.heat,
        "trust": 3,
        "turns": 4,
        "first": STEP,
        "history": [
            {"by": by, "says": f"before-{at}", "hours_ago": len(plan.before) - at + 1}
            for at, (by, _words) in enumerate(plan.before, 1)
        ],
        "steps": {
            STEP: {
                "rules": [
                    {"any": ["failing", *minded], "says": "worse", "heat": 2, "trust": -1, "go": STEP},
                    {**_CURES.get(plan.failing, _USUAL_CURE), "says": "better", "heat": -1, "go": GOODBYE},
                    {"says": "unsure", "heat": 1, "trust": -1, "go": STEP},
                ]
            },
            GOODBYE: {
                "rules": [
                    {"any": [*_SPOILS], "says": "spoiled", "heat": 1, "trust": -2, "go": GOODBYE},
                    {"end": "content"},
                ]
            },
        },
    }
    script = {
        "title": plan.title,
        "scene": plan.scene,
        "task": plan.task,
        "learn": plan.learn,
        "customer": {"name": plan.name, "is_who": plan.is_who},
        "says": {
            "opening": plan.opening,
            **says,
            "spoiled": usual["spoiled"],
            **{f"before-{at}": words for at, (_by, words) in enumerate(plan.before, 1)},
        },
        "answers": {
            STEP: {"good": list(plan.good), "half": [usual["half"]], "bad": [plan.bad]},
            GOODBYE: {"good": [usual["goodbye"], usual["goodbye_too"]], "bad": [usual["spoils"]]},
        },
        "endings": {name: {"says": usual[f"{name}_says"], "means": usual[f"{name}_means"]} for name in ENDINGS},
    }
    return situation, script


def plan_of(situation: Mapping[str, Any], script: Mapping[str, Any], *, language: str) -> Plan | None:
    """Read a plan back out of its tables; None for a drill that was written by hand and has more to it."""
    if list(situation.get("steps", {})) not in ([STEP], [STEP, GOODBYE]):
        return None
    says, answers = script["says"], script["answers"][STEP]
    return Plan(
        language=language,
        failing=next(iter(situation.get("failings", [])), ""),
        title=script["title"],
        scene=script["scene"],
        task=script["task"],
        learn=script["learn"],
        name=script["customer"]["name"],
        is_who=script["customer"]["is_who"],
        before=tuple((one["by"], says[one["says"]]) for one in situation.get("history", [])),
        opening=says["opening"],
        good=tuple(answers["good"]),
        bad=answers["bad"][0],
        ranks=tuple(situation["ranks"]),
        heat=situation["heat"],
        reactions={
            # Drills that were made before there was a goodbye ended with these words.
            "better": says.get("better", script["endings"]["content"]["says"]),
            "worse": says.get("worse", ""),
            "unsure": says.get("unsure", ""),
        },
    )


def troubles(situation: Mapping[str, Any], script: Mapping[str, Any], *, language: str) -> list[str]:
    """Play a drill to its ends and say in plain words what does not work yet."""
    try:
        one = situation_of(situation, slug="own")
        words = script_of(script, language=language, of=one)
    except BadSituationError as error:
        return [str(error)]
    if one.kind != "talk":
        return []
    found = []
    answers = words.answers[one.first]
    for number, answer in enumerate(answers.good, 1):
        tried = play(one, words, [answer])
        found += [_stumbles(number, finding) for finding in _in_the_way(one, tried.exchanges[0])]
        if tried.step == one.first or follow(one, words, [answer]).ended != "content":
            found.append(
                _("Good answer {number} does not make the customer content. Say more in it, or say it plainer.").format(
                    number=digits_of_reader(number)
                )
            )
    good, bad = (play(one, words, [answer]) for answer in (answers.good[0], answers.bad[0]))
    moves_on = bad.step != one.first and (bad.step, bad.ended) == (good.step, good.ended)
    if moves_on or bad_road(one, words).ended == "content":
        found.append(_("The bad answer makes the customer content. Choose another one."))
    return found


def _in_the_way(one: Situation, exchange: Exchange) -> tuple[Finding, ...]:
    """Return what keeps an answer from being a good one: a preview does only where the rule that held asks for it."""
    asked = one.steps[exchange.step][exchange.rule].any
    found = {(each.failing, each.words): each for each in exchange.judgement.failings}
    return tuple(each for each in found.values() if not _is_preview(each.failing) or each.failing in asked)


def _stumbles(number: int, finding: Finding) -> str:
    failing, spoken = get(finding.failing), (get_language() or "en")[:2]
    return _("In good answer {number} the coach finds “{failing}” in “{words}”. {instead}").format(
        number=digits_of_reader(number),
        failing=say(failing.title, spoken),
        words=finding.words,
        instead=say(failing.instead, spoken),
    )


def as_file(
    situation: Mapping[str, Any],
    script: Mapping[str, Any],
    *,
    language: str,
    version: int,
    identity: UUID | None = None,
) -> dict[str, Any]:
    """Lay a drill out as the file that other desks take in; `identity` is the drill's, the same in each version."""
    return {
        "format": FORMAT,
        **({"id": str(identity)} if identity is not None else {}),
        "language": language,
        "version": version,
        "situation": dict(situation),
        "script": dict(script),
    }
