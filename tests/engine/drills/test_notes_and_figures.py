"""Notes held against what was said, and measures against figures."""

from typing import Any

import pytest

from amends.engine.drills import BadSituationError, Choice, compare, situation, weigh
from amends.engine.drills import script_of as catalogued
from amends.engine.drills.checking import problems_of
from amends.engine.drills.reading import script_of, situation_of

ENDING = {"says": "Well.", "means": "So it goes."}
COMMON = {"claims": ["S2.9"], "ranks": ["agent"], "minutes": 3, "weekday": 3, "hour": "09:40"}
TOLD = {
    "title": "A call",
    "scene": "A call.",
    "task": "Listen.",
    "learn": "Listen.",
    "customer": {"name": "J", "is_who": "J."},
}
NOTES = {"kind": "notes", "points": ["name", "day", "wish"], "traps": ["swapped"], "enough": 0.6} | COMMON
NOTES_EN = TOLD | {
    "complaint": "Johnson is my name, of Jackson Street. It came on Tuesday, broken. I want my money back.",
    "points": {
        "name": {"fact": "Johnson", "words": ["johnson"]},
        "day": {"fact": "Tuesday", "words": ["tuesday"]},
        "wish": {"fact": "money back", "words": ["money back", "refund~"]},
    },
    "traps": {"swapped": {"fact": "swapped", "words": ["jackson of johnson"]}},
    "answers": {
        "notes": {"good": ["Johnson, broken Tuesday, refund", "Johnson wants refund"], "bad": ["Jackson of Johnson St"]}
    },
    "endings": {"content": ENDING, "gone": ENDING},
}
FIGURES = {
    "kind": "figures",
    "columns": ["before", "now"],
    "choose": 1,
    "figures": [{"key": "hinge", "values": [4, 40]}, {"key": "rude", "values": [3, 3]}],
    "measures": [{"key": "mend", "fits": True, "because": ["hinge"]}, {"key": "train", "fits": False}],
} | COMMON
FIGURES_EN = TOLD | {
    "columns": {"before": "Before", "now": "Now"},
    "figures": {"hinge": "Broken hinges", "rude": "Rude words"},
    "measures": {
        "mend": {"text": "Mend the hinge.", "feedback": "Ten times as many."},
        "train": {"text": "Train everybody.", "feedback": "Nothing rose there."},
    },
    "endings": {"content": ENDING, "gone": ENDING},
}


def read(situation: dict[str, Any], script: dict[str, Any]) -> Any:
    one = situation_of(situation, slug="x")
    return one, script_of(script, language="en", of=one)


def test_notes_hold_miss_and_mistake() -> None:
    one, script = read(NOTES, NOTES_EN)
    held = compare(one, script, "Mrs Jackson of Johnson Street, refund")
    assert (held.noted, held.missing, held.wrong, held.ended) == (("name", "wish"), ("day",), ("swapped",), "gone")
    assert compare(one, script, "Johnson: refunded?").ended == "content"


def test_whole_notes_are_good() -> None:
    assert problems_of(*read(NOTES, NOTES_EN)) == ()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"complaint": "Johnson called."}, "points.day: its words do not stand in the complaint"),
        ({"complaint": NOTES_EN["complaint"] + " Not Jackson of Johnson Street!"}, "traps.swapped: its words stand"),
        ({"answers": {"notes": {"good": ["Johnson", "Johnson wants refund"], "bad": ["Jackson of Johnson"]}}}, "good"),
    ],
)
def test_what_is_wrong_with_notes_is_said(changes: dict[str, Any], why: str) -> None:
    assert any(why in each for each in problems_of(*read(NOTES, NOTES_EN | changes)))


def test_a_cue_that_cannot_be_read_is_refused() -> None:
    broken = {"points": {**NOTES_EN["points"], "day": {"fact": "Tuesday", "words": ["(tuesday"]}}}
    with pytest.raises(BadSituationError, match="day: "):
        read(NOTES, NOTES_EN | broken)


@pytest.mark.parametrize(
    ("choices", "ended"),
    [
        ([Choice(measure="mend", because="hinge")], "content"),
        ([Choice(measure="mend", because="rude")], "gone"),
        ([Choice(measure="train", because="rude")], "gone"),
        ([], "gone"),
    ],
)
def test_a_measure_fits_for_its_reason(choices: list[Choice], ended: str) -> None:
    one, _script = read(FIGURES, FIGURES_EN)
    assert weigh(one, choices).ended == ended


def test_what_was_left_lying_is_named() -> None:
    one, _script = read(FIGURES, FIGURES_EN)
    assert weigh(one, [Choice(measure="train", because="rude")]).left_out == ("mend",)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"measures": [{"key": "mend", "fits": True}]}, "one must not"),
        ({"measures": [{"key": "mend", "fits": True}, {"key": "train", "fits": False}]}, "needs a because"),
        ({"columns": ["now"]}, "as many values as there are columns"),
    ],
)
def test_broken_figures_are_refused(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(BadSituationError, match=why):
        situation_of(FIGURES | changes, slug="x")


@pytest.mark.parametrize(
    ("language", "notes"),
    [
        ("en", "Mrs Jackson of Johnson Street"),
        ("en", "Mrs Jackson, Johnson Street"),
        ("en", "Patricia Jackson, 17 Johnson St"),
        ("fa", "خانم کرمانی، خیابان کریمی"),
        ("fa", "خانم کرمانی از خیابان کریمی"),
        ("mn", "Батсүхийн Дорж"),
        ("mn", "Батсүх овогтой Дорж, Хэрлэн сум"),
        ("tr", "Yıldırım Hanım, Yıldız Sokak"),
        ("tr", "Nurhan Yıldırım, Yıldız Sokak"),
    ],
)
def test_a_swapped_name_is_written_down_wrongly(language: str, notes: str) -> None:
    held = compare(situation("jackson-street"), catalogued("jackson-street", language), notes)
    assert "name-swapped" in held.wrong
    assert "name" not in held.noted


@pytest.mark.parametrize(
    ("language", "notes", "wrong_name"),
    [
        ("en", "Mrs Johnson of Jackson Street", "name is wrong"),
        ("en", "Mrs Johnson (Patricia), Jackson Street", "name is wrong"),
        ("fa", "خانم کریمی، خیابان کرمانی", "اسمم هم باز غلط"),
        ("fa", "کریمی از خیابان کرمانی", "اسمم هم باز غلط"),
        ("mn", "Доржийн Батсүх, Хэрлэн сум", "Нэр минь"),
        ("tr", "Yıldız Hanım (Nurhan), Yıldırım Sokak", "Adım da yine yanlış"),
    ],
)
def test_the_right_name_is_not_called_wrong(language: str, notes: str, wrong_name: str) -> None:
    script = catalogued("jackson-street", language)
    held = compare(situation("jackson-street"), script, notes)
    assert "name" in held.noted
    assert held.wrong == ()
    assert wrong_name not in script.endings[held.ended].says


class TestWhatNobodySaid:
    """Numbers, days and names of the notes that do not occur in the talk."""

    @pytest.mark.parametrize(
        ("language", "notes", "invented"),
        [
            (
                "en",
                "Mrs Barker, room 214, two nights. Paid 480 pounds. Told Mr Hughes on Tuesday.",
                ("480", "Hughes", "Tuesday"),
            ),
            (
                "en",
                "1. Barker, room 214\n2. lift till 3:00, Friday and Saturday\n3. Quiet room for tonight, mother is 90.",
                (),
            ),
            ("tr", "Karaca, oda 214, 480 lira ödemiş. Salı günü Orhan Bey'e söylemiş.", ("480", "Salı", "Orhan")),
            (
                "tr",
                "Nevin Hanım, 214. Cuma ve cumartesi uyumamışlar, gece 03.00'e kadar ses. Annesi doksan yaşında.",
                (),
            ),
        ],
    )
    def test_is_shown(self, language: str, notes: str, invented: tuple[str, ...]) -> None:
        one, script = situation("hotel-night"), catalogued("hotel-night", language)
        assert compare(one, script, notes).invented == invented

    @pytest.mark.parametrize(
        ("language", "said", "word"),
        [
            ("fa", "۴۸۰ هزار تومان داده. سه‌شنبه به آقای پورداوود گفته.", "پورداوود"),
            ("mn", "480 төгрөг төлсөн. Мягмар гарагт Ганхуягт хэлсэн.", "Ганхуягт"),
        ],
    )
    def test_is_shown_in_every_script(self, language: str, said: str, word: str) -> None:
        one, script = situation("hotel-night"), catalogued("hotel-night", language)
        found = compare(one, script, script.answers["notes"].good[0] + "\n" + said).invented
        assert len(found) == 3
        assert word in found

    @pytest.mark.parametrize("slug", ["hotel-night", "jackson-street"])
    @pytest.mark.parametrize("language", ["en", "fa", "mn", "tr"])
    def test_is_not_seen_in_good_notes_nor_in_the_complaint_itself(self, slug: str, language: str) -> None:
        one, script = situation(slug), catalogued(slug, language)
        for notes in (*script.answers["notes"].good, script.complaint):
            assert compare(one, script, notes).invented == ()
