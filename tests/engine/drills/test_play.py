"""What the customer says next follows from what the engine finds in the answer."""

from dataclasses import replace

import pytest

from amends.engine.drills import play, script_of, situation

SITUATION, ENGLISH = situation("tuesday-promise"), script_of("tuesday-promise", "en")
SORRY = "I am very sorry that you waited for nothing, Ms Clarke."
DENIED = "That is not our fault. It was the courier's mistake."


def test_it_begins_with_what_was_said_before() -> None:
    begun = play(SITUATION, ENGLISH, [])
    assert [turn.by for turn in begun.history] == ["agent"]
    assert begun.opening == ENGLISH.says["opening"]
    assert (begun.step, begun.heat, begun.trust, begun.ended) == ("sorry", 2, 3, None)


def test_a_word_of_sorrow_leads_on_to_the_question_when() -> None:
    played = play(SITUATION, ENGLISH, [SORRY])
    assert played.step == "day"
    assert played.exchanges[0].reaction == ENGLISH.says["and-when"]
    assert "apology" in played.exchanges[0].shown


def test_a_second_denial_ends_in_a_quarrel_and_nothing_is_heard_after_it() -> None:
    played = play(SITUATION, ENGLISH, [DENIED, DENIED, SORRY])
    assert played.ended == "quarrelling"
    assert len(played.exchanges) == 2
    assert played.exchanges[-1].reaction == ENGLISH.endings["quarrelling"].says


def test_nobody_leaves_over_a_single_answer() -> None:
    stormy = replace(SITUATION, heat=4, trust=1)
    first = play(stormy, ENGLISH, [DENIED])
    assert (first.ended, first.heat, first.trust) == (None, 4, 1)
    assert play(stormy, ENGLISH, [DENIED, DENIED]).ended == "quarrelling"


def test_findings_speak_in_the_language_of_the_screen() -> None:
    [exchange] = play(SITUATION, ENGLISH, [DENIED], wording="tr").exchanges
    [english] = play(SITUATION, ENGLISH, [DENIED], wording="en").exchanges
    assert exchange.judgement.failings[0].instead != english.judgement.failings[0].instead


@pytest.mark.parametrize("language", ["en", "fa", "mn", "tr"])
def test_the_same_good_answers_end_well_in_every_language(language: str) -> None:
    script = script_of("tuesday-promise", language)
    played = play(SITUATION, script, [script.answers["sorry"].good[1], script.answers["amends"].good[1]])
    assert played.ended == "content"
