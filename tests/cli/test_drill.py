"""`amends drill` plays, lists and checks."""

import pytest
from click.testing import CliRunner

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
    assert "[content]" in shown


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
