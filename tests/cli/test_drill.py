"""`amends drill` plays, lists and checks."""

import pytest
from click.testing import CliRunner
from django.utils import translation

from amends.cli import main
from amends.engine.drills.checking import good_road

WELL, BADLY, WRONG = 0, 1, 2


def run(*arguments: str, said: str = "") -> tuple[int, str]:
    result = CliRunner().invoke(main, ["drill", *arguments], input=said)
    return result.exit_code, result.output


def test_good_answers_end_well() -> None:
    code, shown = run(
        "tuesday-promise",
        said="I am very sorry that we kept you waiting. I will have it delivered tomorrow before noon.\n"
        "I will refund the £35 today.\n",
    )
    assert code == WELL
    assert "The customer is content" in shown


@pytest.mark.parametrize("language", ["en", "fa", "mn", "tr"])
def test_each_kind_is_played_in_each_language(language: str) -> None:
    from amends.engine.drills import script_of, situation

    talk = script_of("plums", language)
    road = good_road(situation("plums"), talk)
    said = "".join(f"{one.answer}\n" for one in road.exchanges)
    code, shown = run("plums", "--language", language, said=said)
    assert code == WELL
    assert talk.says["opening"] in shown
    assert talk.endings["content"].means in shown

    notes = script_of("jackson-street", language)
    written = " ".join(notes.answers["notes"].good[0].split())
    code, shown = run("jackson-street", "--language", language, said=f"{written}\n")
    assert code == WELL
    assert notes.endings["content"].says in shown

    figures, one = script_of("too-many-complaints", language), situation("too-many-complaints")
    keys, rows = [each.key for each in one.measures], list(one.figures)
    fits = [each for each in one.measures if each.fits][: one.choose]
    pairs = " ".join(f"{chr(97 + keys.index(each.key))}{rows.index(min(each.because)) + 1}" for each in fits)
    code, shown = run("too-many-complaints", "--language", language, said=f"{pairs}\n")
    assert code == WELL
    assert figures.endings["content"].says in shown


@pytest.mark.parametrize("language", ["fa", "mn", "tr"])
def test_what_is_said_around_a_drill_is_in_its_language(language: str) -> None:
    from amends.engine.drills import script_of
    from amends.engine.languages.wording import say

    script = script_of("tuesday-promise", language)
    code, shown = run("tuesday-promise", "--language", language, said=f"{script.answers['sorry'].bad[0]}\n" * 2 + "\n")
    assert code == BADLY
    assert say("It ended in a quarrel", language) in shown
    assert script.answers["sorry"].good[1] in shown  # several good answers, since it went badly
    assert not {"quarrel", "apology", "notes", "minutes"} & set(shown.split())
    _, listed = run("--list", "--language", language)
    assert say("new at the desk", language) in listed
    assert "agent" not in listed.replace("-agent", "")


def test_a_choice_that_names_nothing_is_asked_for_again_and_may_be_in_ones_own_letters() -> None:
    _, shown = run("too-many-complaints", "--language", "fa", said="z9\nا۱ ب۱ پ۱\n")
    assert shown.count("> ") == 2


def test_notes_may_take_several_lines() -> None:
    from amends.engine.drills import script_of

    notes = script_of("jackson-street", "en").answers["notes"].good[0].splitlines()
    assert run("jackson-street", said="\n".join(one for one in notes if one.strip()) + "\n\n")[0] == WELL


def test_good_signs_have_one_name_here_and_at_the_desk() -> None:
    from amends.desk.coaching import words as desk
    from amends.engine.drills import words

    with translation.override("en"):
        assert {name: str(label) for name, label in desk.GOOD_SIGNS.items()} == words.GOOD_SIGNS


def test_who_stops_answering_has_not_ended_well() -> None:
    assert run("tuesday-promise", said="Hello.\n")[0] == BADLY


@pytest.mark.parametrize("language", ["en", "fa", "mn", "tr"])
def test_the_list_names_each_drill_in_its_language(language: str) -> None:
    code, shown = run("--list", "--language", language)
    assert code == WELL
    assert "tuesday-promise" in shown


def test_a_drill_is_checked() -> None:
    assert run("--check", "tuesday-promise") == (WELL, "tuesday-promise: good in en, fa, mn, tr\n")


@pytest.mark.parametrize("arguments", [("nothing-like-it",), ("--check", "nothing-like-it"), ("--language", "xx")])
def test_what_is_not_there_is_said(arguments: tuple[str, ...]) -> None:
    assert run(*arguments)[0] == WRONG


@pytest.mark.parametrize("language", ["en", "fa", "mn", "tr"])
@pytest.mark.parametrize("slug", ["plums", "jackson-street", "too-many-complaints"])
def test_who_stops_it_is_told_in_their_language(slug: str, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def stops(_prompt: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("builtins.input", stops)
    code, shown = run(slug, "--language", language)
    assert code == 130
    assert "Aborted" not in shown
