"""The little language of cues means what its description says."""

import re

import pytest

from amends.engine.languages import get
from amends.engine.languages.folding import ZWNJ, fold
from amends.engine.languages.phrase import parse


def _finds(cue: str, text: str, code: str = "en") -> str:
    language = get(code)
    phrase = parse(cue, language=language, sets={"we": ("(i|we)",)})
    match = re.search(phrase.pattern, fold(text, language=language).text)
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
