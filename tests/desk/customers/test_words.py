"""Strangers' lines are shortened where a reader would cut them."""

import pytest

from amends.desk.customers.words import one_line, shortened


@pytest.mark.parametrize(
    ("line", "limit", "short"),
    [
        ("Short enough", 12, "Short enough"),
        ("It came broken, and nobody answers", 20, "It came broken, and…"),
        ("It came broken, and nobody answers", 18, "It came broken…"),
        ("پارسل من هنوز نرسیده است", 20, "پارسل من هنوز…"),
        ("Ирсэн аяга хагархай байлаа", 20, "Ирсэн аяга хагархай…"),
        ("x" * 30, 10, "xxxxxxxxx…"),
    ],
)
def test_a_line_is_cut_between_words_and_says_so(line, limit, short):
    assert shortened(line, limit=limit) == short
    assert len(shortened(line, limit=limit)) <= limit


@pytest.mark.parametrize("letter", ["e\u0301", "🇲🇳", "👍🏽", "👨\u200d👩\u200d👧"])
def test_what_is_one_letter_to_a_reader_is_never_cut(letter):
    for limit in range(8, 20):
        kept = shortened(letter * 12, limit=limit).removesuffix("…")
        assert kept == letter * (len(kept) // len(letter))


def test_a_subject_that_was_too_long_ends_in_an_ellipsis():
    assert one_line("one two\nthree four", limit=12) == "one two…"
