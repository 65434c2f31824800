"""Every situation is whole in every language, and plays to a good and to a bad end by the engine's true judgement."""

import pytest

from amends.engine import languages
from amends.engine.drills import languages_of, script_of, situation, slugs
from amends.engine.drills.checking import bad_road, good_road, problems

TALKS = [slug for slug in slugs() if situation(slug).kind == "talk"]


@pytest.mark.parametrize("slug", slugs())
def test_it_is_whole(slug: str) -> None:
    assert problems(slug) == ()
    assert languages_of(slug) == languages.codes()


@pytest.mark.parametrize("language", languages.codes())
@pytest.mark.parametrize("slug", TALKS)
def test_good_answers_leave_the_customer_content_and_bad_ones_do_not(slug: str, language: str) -> None:
    one, script = situation(slug), script_of(slug, language)
    assert good_road(one, script).ended == "content"
    assert bad_road(one, script).ended in {"gone", "quarrelling"}
