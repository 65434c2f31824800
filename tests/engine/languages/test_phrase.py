"""The little language of cues means what its description says."""

import re

import pytest

from amends.engine.languages import get
from amends.engine.languages.announced import Announced
from amends.engine.languages.folding import ZWNJ, fold, skeleton
from amends.engine.languages.phrase import parse


def _finds(cue: str, text: str, code: str = "en") -> str:
    language = get(code)
    phrase = parse(cue, language=language, sets={"we": ("(i|we)",)})
    folded = fold(text, language=language).text
    match = re.search(phrase.pattern, folded)
    if match:
        assert Announced([phrase]).by(re.findall(r"\w+", skeleton(folded, language=language))) == [0]
    return match.group() if match else ""


@pytest.mark.parametrize(
    ("cue", "text", "found"),
    [
        ("we are sorry", "Well, WE ARE  sorry.", "we are  sorry"),
        ("we are sorry", "we are, sorry to say", "we are, sorry"),
        ("sorry", "sorryful", ""),
        ("(very|so) sorry", "so sorry", "so sorry"),
        ("[really] appreciate", "I appreciate it", "appreciate"),
        ("[really] appreciate", "I really appreciate it", "really appreciate"),
        ("parcel[s]", "two parcels", "parcels"),
        ("apologi(s|z)e", "we apologize", "apologize"),
        ("refund~", "refunded", "refunded"),
        ("~able", "not refundable", "refundable"),
        ("send <2> photo", "send us the photo", "send us the photo"),
        ("send <2> photo", "send us all of the photo", ""),
        ("send <2> photo", "send photo", "send photo"),
        ("# days", "in 14 days", "14 days"),
        ("{we} refund", "I refund", "i refund"),
        ("^ your", "It is your fault", ""),
        ("^ your", "Your fault", "your"),
        ("bye $", "ok bye", "bye"),
        ("bye $", "bye you", ""),
        ("don't", "dont", "dont"),
        ("don't", "don’t", "don't"),
        ("follow-up", "follow up", "follow up"),
        ("follow-up", "followup", "followup"),
    ],
)
def test_cue_matches(cue: str, text: str, found: str) -> None:
    assert _finds(cue, text) == found


@pytest.mark.parametrize(
    ("code", "cue", "text", "matches"),
    [
        ("tr", "üzgünüz", "UZGUNUZ", True),
        ("tr", "oldu", "öldü", False),  # a plain letter in a cue is no dotted one
        ("tr", "getir~", "getireceğiz", True),
        ("tr", "Salı~", "Salı'ya", True),
        ("tr", "sık", "sik", True),
        ("mn", "үйлчилгээ~", "уйлчилгээгээ", True),
        ("mn", "~гүй", "ирээгүй", True),
        ("fa", f"می{ZWNJ}خواهم", "می خواهم", True),
        ("fa", f"می{ZWNJ}خواهم", "میخواهم", True),
        ("fa", f"می{ZWNJ}خواهم", f"نمی{ZWNJ}خواهم", False),
        ("fa", "کتاب~", f"كتاب{ZWNJ}ها", True),
        ("fa", "آمد", "امد", True),
    ],
)
def test_cue_matches_what_people_type(code: str, cue: str, text: str, matches: bool) -> None:
    assert bool(_finds(cue, text, code)) is matches


@pytest.mark.parametrize(
    ("sentence", "announced"),
    [
        ("we shall send you the money", [0, 1]),
        ("we shall send you the goods", []),
        ("the money is here", []),
        ("sending the cash", [0]),
        ("we mail the money", [1]),
    ],
)
def test_cue_is_looked_for_only_where_all_its_words_are(sentence: str, announced: list[int]) -> None:
    language = get("en")
    phrases = [parse(cue, language=language) for cue in ("send~ <3> (money|cash)", "we <1> [mail] <3> money")]
    assert Announced(phrases).by(sentence.split()) == announced


@pytest.mark.parametrize(
    ("cue", "sentence", "looked_for"),
    [
        ("(repair|mend)~ <2> # days", "it was mended in 3 days", True),
        ("(repair|mend)~ <2> # days", "it was sent in 3 days", False),
        ("(repair|mend)~ <2> # days", "it was mended in three days", False),
        ("(repair|call off)~", "they repairing", True),
        ("(repair|call off)~", "they called it offside", True),
        ("(repair|call off)~", "they calmed down", False),
        ("#:#", "at 12 30", True),
        ("#:#", "at noon", False),
        ("(~less|care)", "heartless", True),  # what may begin with anything is always looked for
    ],
)
def test_cue_that_begins_in_several_ways_is_looked_for_by_their_beginnings(
    cue: str, sentence: str, looked_for: bool
) -> None:
    phrase = parse(cue, language=get("en"))
    assert bool(Announced([phrase]).by(sentence.split())) == looked_for
