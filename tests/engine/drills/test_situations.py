"""Every situation is whole in every language, and plays to a good and to a bad end by the engine's true judgement."""

from datetime import UTC, datetime

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
from amends.engine.promises.calendar import WorkingCalendar
from amends.engine.promises.due import find_times

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
            _nobody_is_content_with_a_question_open(situation(slug), script_of(slug, language))


# Polite words that answer nothing.
NO_ANSWER = {
    "en": ("Thank you and goodbye. Have a nice day!", "I understand.", "Thank you for telling us."),
    "tr": ("Teşekkür ederiz, iyi günler dileriz!", "Anlıyorum.", "Bize yazdığınız için teşekkür ederiz."),
    "fa": ("ممنون، روز خوبی داشته باشید!", "متوجه هستم.", "ممنون که به ما گفتید."),
    "mn": ("Баярлалаа, сайхан амраарай!", "Ойлгож байна.", "Бидэнд хэлсэнд баярлалаа."),
}
# What is asked there is whether somebody feels with the customer: such words are the answer.
ASKS_FOR_A_WORD = {("please-and-thanks", "photo-came"), ("last-word", "let-go")}


def _nobody_is_content_with_a_question_open(one: Situation, script: Script) -> None:
    """Whoever has asked something and hears only kind words is not content."""
    for step, begun in _ways_to(one, script).items():
        asked = play(one, script, begun).exchanges[-1].reaction if begun else script.says["opening"]
        if not {"?", "؟"} & set(asked) or (one.slug, step) in ASKS_FOR_A_WORD:
            continue
        for words in NO_ANSWER[script.language]:
            assert play(one, script, [*begun, words]).ended != "content", (one.slug, script.language, step, words)


def _ways_to(one: Situation, script: Script) -> dict[str, list[str]]:
    """The good answers that lead to each step."""
    said: list[str] = []
    ways = {one.first: []}
    for exchange in good_road(one, script).exchanges:
        ways.setdefault(exchange.step, list(said))
        said.append(exchange.answer)
    return ways


@pytest.mark.parametrize("language", languages.codes())
def test_no_customer_repeats_a_time_that_may_not_have_been_named(language: str) -> None:
    """The last words after a talk that went well hold for every answer that leads to them: they name no hour."""
    for slug in slugs():
        if situation(slug).kind != "talk":
            continue
        script = script_of(slug, language)
        own = f"{script.says['opening']} {script.customer.is_who}"
        told = _hours(script.endings["content"].says, language)
        assert told <= _hours(own, language), (slug, told)


def _hours(text: str, language: str) -> set[str]:
    kinds = {"clock", "dayclock"}
    calendar = WorkingCalendar.office(zone=UTC)
    found = find_times(text, language=language, now=datetime(2026, 3, 4, 9, tzinfo=UTC), calendar=calendar)
    return {text[each.start : each.end].casefold() for each in found if each.kind in kinds}


def test_the_customer_reacts_to_what_was_said() -> None:
    """Three that a stranger stumbled over, in Turkish: a thing asked and not answered, a reason never given."""
    promise, words = situation("tuesday-promise"), script_of("tuesday-promise", "tr")
    first = words.answers["sorry"].good[0]
    # A call is no answer to what becomes of the lost day's pay.
    assert play(promise, words, [first, "Yarın saat 8'de sizi arayacağım."]).ended is None
    # Nobody has given a reason.
    said = play(promise, words, ["Makineniz depodan çıktı."]).exchanges[0].reaction
    assert said != words.says["no-reasons"]
    # 'borcum ne?'
    fix, words = situation("fix-first"), script_of("fix-first", "tr")
    first = words.answers["fix"].good[0]
    assert play(fix, words, [first, "Teşekkür ederim, iyi akşamlar!"]).ended is None
    assert play(fix, words, [first, "Borcunuz yok. Teşekkür ederim, iyi akşamlar!"]).ended == "content"


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
