"""Every situation is whole in every language, and plays to a good and to a bad end by the engine's true judgement."""

import pytest

from amends.engine import languages
from amends.engine.drills import (
    Choice,
    Script,
    Situation,
    compare,
    languages_of,
    play,
    script_of,
    situation,
    slugs,
    weigh,
)
from amends.engine.drills.checking import bad_road, good_road, problems, roads
from amends.engine.drills.situation import ENDINGS

NOTES = [slug for slug in slugs() if situation(slug).kind == "notes"]
FIGURES = [slug for slug in slugs() if situation(slug).kind == "figures"]
# The situations that were asked for by name, each with the claims whose passage it plays.
FOUNDING = {
    "plums": {"S4.2"},
    "dry-cappuccino": {"S4.5"},
    "audio-cds": {"S4.6"},
    "tuesday-promise": {"S2.5"},
    "jackson-street": {"S2.6", "S2.9"},
    "makers-no": {"S3.4"},
    "pause": {"S1.1", "S1.6"},
    "pick-up-the-telephone": {"S1.8"},
    "for-everyone": {"S2.4"},
    "number-first": {"S0.5"},
    "walk-along": {"S0.7"},
    "plain-words": {"S0.4"},
    "own-mistake": {"S4.3"},
    "managers-door": {"S2.3"},
    "too-many-complaints": {"S1.12"},
}


@pytest.mark.parametrize("slug", slugs())
def test_it_is_whole(slug: str) -> None:
    assert problems(slug) == ()
    assert languages_of(slug) == languages.codes()
    if situation(slug).kind == "talk":
        # In the same test, so that nothing is read twice.
        for language in languages.codes():
            _plays_to_its_three_ends(situation(slug), script_of(slug, language))


def _plays_to_its_three_ends(one: Situation, script: Script) -> None:
    """Good answers leave the customer content, bad ones do not, and each end takes two to six answers."""
    assert good_road(one, script).ended == "content"
    assert bad_road(one, script).ended in {"gone", "quarrelling"}
    found = roads(one, script)
    assert set(found) == set(ENDINGS)
    for ending, said in found.items():
        assert play(one, script, said).ended == ending
        assert 2 <= len(said) <= 6


@pytest.mark.parametrize("language", languages.codes())
@pytest.mark.parametrize("slug", NOTES)
def test_good_notes_end_well_and_bad_ones_do_not(slug: str, language: str) -> None:
    one, script = situation(slug), script_of(slug, language)
    assert {compare(one, script, notes).ended for notes in script.answers["notes"].good} == {"content"}
    assert {compare(one, script, notes).ended for notes in script.answers["notes"].bad} == {"gone"}


@pytest.mark.parametrize("slug", FIGURES)
def test_measures_that_fit_end_well_and_others_do_not(slug: str) -> None:
    one = situation(slug)
    fits = [Choice(measure=each.key, because=min(each.because)) for each in one.measures if each.fits][: one.choose]
    wrong = [Choice(measure=each.key, because=min(one.figures)) for each in one.measures if not each.fits]
    assert weigh(one, fits).ended == "content"
    assert weigh(one, [*wrong[:1], *fits][: one.choose]).ended == "gone"


def test_the_founding_situations_are_here_and_there_are_enough() -> None:
    assert set(slugs()) >= set(FOUNDING)
    for slug, claims in FOUNDING.items():
        assert claims <= set(situation(slug).claims)
    assert set(situation("managers-door").ranks) >= {"manager"}
    assert (situation("too-many-complaints").kind, *situation("too-many-complaints").ranks[-1:]) == (
        "figures",
        "director",
    )
    assert len(slugs()) >= 24
