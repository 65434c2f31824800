"""The shelf of drills: those that come with Amends, and the organisation's own, in one form."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from amends.desk.academy.models import OwnVersion
from amends.engine import drills as engine
from amends.engine.drills import BadSituationError, Choice, Script, Situation, compare, play, weigh
from amends.engine.drills.reading import script_of as read_script
from amends.engine.drills.reading import situation_of

OWN = "own-"

logger = logging.getLogger("amends.academy")


class UnableToFind(Exception):
    """There is no such drill, or no such version of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """A situation with its words in every language that it has."""

    situation: Situation
    scripts: Mapping[str, Script]
    is_own: bool = False

    @property
    def slug(self) -> str:
        return self.situation.slug

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self.scripts)

    def script(self, language: str) -> Script:
        """Return its words in a language, or in the first one that it has."""
        return self.scripts.get(language) or next(iter(self.scripts.values()))


def verdicts(drill: Drill, *, language: str, said: Sequence[str]) -> tuple[bool, ...]:
    """Say of each answer, of the notes, or of each chosen measure whether it would do: the engine's opinion."""
    situation, script = drill.situation, drill.script(language)
    if situation.kind == "talk":
        return tuple(not one.judgement.failings for one in play(situation, script, said).exchanges)
    if situation.kind == "notes":
        return tuple(compare(situation, script, notes).ended == "content" for notes in said)
    return tuple(one.fits and one.reason_fits for one in weigh(situation, chosen(said)).choices)


def chosen(said: Sequence[str]) -> list[Choice]:
    """Read the choices of a figures drill as they are kept: 'measure figure'."""
    pairs = (one.partition(" ") for one in said)
    return [Choice(measure=measure, because=because) for measure, _space, because in pairs]


def shelf() -> list[Drill]:
    """Return every drill that may be practised; the organisation's own come last."""
    newest: dict[int, OwnVersion] = {}
    own = OwnVersion.objects.filter(checked_at__isnull=False, drill__put_aside_at__isnull=True)
    for version in own.order_by("drill", "number"):
        newest[version.drill_id] = version
    return [*(_given(one) for one in engine.situations()), *_readable(newest.values())]


def _readable(versions: Iterable[OwnVersion]) -> Iterator[Drill]:
    """Leave out, and say so in the log, what an older format wrote: one drill must not close the others' shelf."""
    for version in versions:
        try:
            yield read_own(version)
        except BadSituationError as error:
            logger.warning("own drill %s cannot be read any more: %s", version.drill_id, error)


def find(slug: str, *, version: int | None = None) -> Drill:
    """Return one drill, also one that was put aside: old attempts are read with it.

    :raises UnableToFind: if there is none
    """
    if slug.startswith(OWN):
        versions = OwnVersion.objects.filter(drill=_own_id(slug), checked_at__isnull=False).order_by("-number")
        found = versions.filter(number=version).first() if version is not None else versions.first()
        if found is None:
            raise UnableToFind(slug)
        try:
            return read_own(found)
        except BadSituationError as error:
            raise UnableToFind(slug) from error
    try:
        return _given(engine.situation(slug))
    except KeyError as error:
        raise UnableToFind(slug) from error


def read_own(version: OwnVersion) -> Drill:
    """Read a version as the engine reads a situation's files."""
    situation = situation_of(version.situation | {"version": version.number}, slug=slug_of(version.drill_id))
    script = read_script(version.script, language=version.language, of=situation)
    return Drill(situation=situation, scripts={version.language: script}, is_own=True)


def slug_of(drill_id: int) -> str:
    return f"{OWN}{drill_id}"


def is_still_made(slug: str) -> bool:
    """Whether a drill of this name may be begun."""
    if not slug.startswith(OWN):
        return slug in engine.slugs()
    own = OwnVersion.objects.filter(drill=_own_id(slug), checked_at__isnull=False, drill__put_aside_at__isnull=True)
    return own.exists()


def _own_id(slug: str) -> int:
    number = slug.removeprefix(OWN)
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        raise UnableToFind(slug)
    return int(number)


def _given(one: Situation) -> Drill:
    # English first: it is what a reader without a language of ours falls back to.
    codes = sorted(engine.languages_of(one.slug), key=lambda code: code != "en")
    return Drill(situation=one, scripts={code: engine.script_of(one.slug, code) for code in codes})
