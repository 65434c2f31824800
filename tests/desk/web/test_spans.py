"""Places in a text, as the composer counts them: run by the Node.js that builds the front end."""

import pytest

SCRIPT = """
const { toUnits, toPoints, moved } = load("spans");
console.log(JSON.stringify({
  emoji: toUnits("🌧️ Karter 🌧️", [{ start: 3, end: 9 }]).map((s) => "🌧️ Karter 🌧️".slice(s.start, s.end)),
  persian: toUnits("سلام، به‌زودی", [{ start: 6, end: 13 }]).map((s) => "سلام، به‌زودی".slice(s.start, s.end)),
  beyond: toUnits("ab", [{ start: 1, end: 99 }]),
  points: toPoints("🌧️🌧️ x", "🌧️🌧️ ".length),
  after: moved("Dear Ms Karter, soon.", "My dear Ms Karter, soon.", [{ start: 8, end: 14 }]),
  before: moved("Karter, soon.", "Karter, very soon.", [{ start: 0, end: 6 }]),
  touched: moved("Karter, soon.", "Karer, soon.", [{ start: 0, end: 6 }, { start: 8, end: 12 }]),
}));
"""


@pytest.fixture(scope="module")
def spans(in_node):
    return in_node(SCRIPT)


def test_code_points_become_the_browsers_units(spans):
    assert spans["emoji"] == ["Karter"]
    assert spans["persian"] == ["به‌زودی"]
    assert spans["beyond"] == [{"start": 1, "end": 2}]


def test_and_back(spans):
    assert spans["points"] == 5


def test_underlines_move_along_while_somebody_types(spans):
    assert spans["after"] == [{"start": 11, "end": 17}]
    assert spans["before"] == [{"start": 0, "end": 6}]


def test_an_underline_goes_when_its_words_are_touched(spans):
    assert spans["touched"] == [{"start": 7, "end": 11}]
