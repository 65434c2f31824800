"""How the two readings of a draft become one list in the composer: run by the Node.js that builds the front end."""

import pytest

SCRIPT = """
const { afterCues, afterFull, doubts, joinedDrafts } = load("readings");
const one = (id, start, end, more = {}) => ({ id, name: id.split("-")[0], start, end, hint: false, ...more });
const ids = (findings) => findings.map((finding) => finding.id);

const cues = [one("vague", 20, 40), one("cold", 0, 10)];
const first = afterCues([], cues, new Set());
const full = [one("cold", 0, 10, { hint: true }), one("excuse", 50, 90)];
const second = afterFull(full, undefined);
const doubted = doubts(new Set(), first, full);
const third = afterCues(second, [...cues, one("blame", 95, 99)], doubted);
console.log(JSON.stringify({
  first: ids(first),
  second: ids(second),
  doubted: [...doubted],
  third: third.map((finding) => [finding.id, finding.hint]),
  overlapping: ids(afterCues(second, [one("excuse-2", 60, 70), one("jargon", 60, 70)], doubted)),
  busy: ids(afterFull(full, first.find((finding) => finding.id === "vague"))),
  stays: ids(afterFull(full, first.find((finding) => finding.id === "cold"))),
  believed: [...doubts(doubted, third, [one("vague", 20, 40)])],
  untouched: ids(cues),
  joined: [["", "", "A."], ["", "B.", "A."], ["A.", "A. More.", "A.\\n\\nB."], ["A.", "", "A.\\n\\nB."],
    ["x", "B.", "A. B."]]
    .map(([before, own, others]) => joinedDrafts(before, own, others)),
}));
"""


@pytest.fixture(scope="module")
def readings(in_node):
    return in_node(SCRIPT)


def test_cues_are_shown_at_once_in_the_order_of_the_text(readings):
    assert readings["first"] == ["cold", "vague"]
    assert readings["untouched"] == ["vague", "cold"]


def test_the_full_reading_takes_their_place(readings):
    assert readings["second"] == ["excuse", "cold"]  # which is a hint now


def test_what_it_did_not_confirm_stays_away_while_cues_read_on(readings):
    assert readings["doubted"] == ["vague"]
    assert readings["third"] == [["excuse", False], ["blame", False], ["cold", True]]


def test_one_failing_is_not_told_twice_of_the_same_words(readings):
    assert readings["overlapping"] == ["excuse", "jargon", "cold"]


def test_a_card_in_use_is_not_taken_away(readings):
    assert readings["busy"] == ["vague", "excuse", "cold"]
    assert readings["stays"] == ["excuse", "cold"]


def test_what_it_says_after_all_is_doubted_no_more(readings):
    assert "vague" not in readings["believed"]
    assert "blame" in readings["believed"]


def test_drafts_of_two_windows_are_joined_without_a_word_lost_or_said_twice(readings):
    assert readings["joined"] == ["A.", "A.\n\nB.", "A. More.\n\nB.", "B.", "A. B."]
