"""Light marks: what they become, what stays as it is, and where the words stand in what was typed."""

import random
import re

import pytest

from amends.desk.web.marks import Marked, for_mail, inert

REL = 'target="_blank" rel="noopener noreferrer nofollow"'


@pytest.mark.parametrize(
    ("typed", "plain", "html"),
    [
        ("We are **sorry**.", "We are sorry.", '<p dir="auto">We are <strong>sorry</strong>.</p>'),
        (
            "Look [here](https://a.example/b?c=1).",
            "Look here (https://a.example/b?c=1).",
            f'<p dir="auto">Look <a href="https://a.example/b?c=1" {REL}>here</a>.</p>',
        ),
        (
            "- one\n- two\nand on",
            "- one\n- two\nand on",
            '<ul dir="auto"><li dir="auto">one</li><li dir="auto">two</li></ul><p dir="auto">and on</p>',
        ),
        (
            "1. one\n3. three",
            "1. one\n3. three",
            '<ol dir="auto"><li dir="auto" value="1">one</li><li dir="auto" value="3">three</li></ol>',
        ),
        (
            "> yours\nmine",
            "> yours\nmine",
            '<blockquote dir="auto"><p dir="auto">yours</p></blockquote><p dir="auto">mine</p>',
        ),
        (
            "**یک** و [دو](https://a.example)",
            "یک و دو (https://a.example)",
            f'<p dir="auto"><strong>یک</strong> و <a href="https://a.example" {REL}>دو</a></p>',
        ),
        (
            "**a**\nhttps://b.example.",
            "a\nhttps://b.example.",
            f'<p dir="auto"><strong>a</strong><br><a href="https://b.example" {REL}>https://b.example</a>.</p>',
        ),
        (
            "<img src=x onerror=y> **b** & c",
            "<img src=x onerror=y> b & c",
            '<p dir="auto">&lt;img src=x onerror=y&gt; <strong>b</strong> &amp; c</p>',
        ),
        (
            "[x](javascript:y) [z](below) **b**",
            "[x](javascript:y) [z](below) b",
            '<p dir="auto">[x](javascript:y) [z](below) <strong>b</strong></p>',
        ),
    ],
)
def test_what_marks_become(typed, plain, html):
    marked = Marked(typed)
    assert (marked.plain, marked.html) == (plain, html)


@pytest.mark.parametrize(
    "typed",
    [
        "", "2*3*4 = 24", "*so*", "__so__ and _so_", "** so **", "**so", "# 5 is yours", "---\nAda", "    four blanks",
        "`a`", "<b>so</b>", "a &amp; b", "C:\\*new*", "https://a.example/_b_*c*", "-5 degrees", "1.5 kg", "![a](b)",
    ],
)  # fmt: skip
def test_what_is_no_mark_stays_as_it_was_typed(typed):
    marked = Marked(typed)
    assert (marked.plain, marked.html, marked.has_marks) == (typed, "", False)


@pytest.mark.parametrize(
    ("words", "there"),
    [
        ("We", "We"),
        ("sorry", "sorry"),
        ("are sorry", "are **sorry**"),
        ("sorry. It", "**sorry**. It"),
        ("Friday", "Friday"),
        ("comes", "comes"),
    ],
)
def test_places_are_those_of_what_was_typed(words, there):
    marked = Marked("We are **sorry**. It comes **on Friday**, [see](https://a.example/x).")
    start = marked.plain.index(words)
    first, last = marked.as_typed(start, start + len(words))
    assert marked.typed[first:last] == there


def test_the_end_of_the_words_is_the_end_of_what_was_typed():
    marked = Marked("**a** b **c**")
    assert marked.as_typed(0, len(marked.plain)) == (2, 11)
    assert marked.as_typed(len(marked.plain), len(marked.plain)) == (13, 13)


def test_a_line_of_dashes_takes_no_marks_away():
    assert "<strong>b</strong>" in Marked(f"{'-' * 60}\n**b**").html


def test_a_letter_has_its_look_in_itself():
    html = for_mail(Marked("> q\n\n[x](https://a.example/?style=<p>)").html)
    assert '<blockquote style="' in html
    assert '<a style="color:#0b6e5f" href="https://a.example/' in html
    assert "<script" not in inert("<script>x</script><p onclick=y>z</p>")


@pytest.mark.parametrize("typed", ["[**" * 1_000, "> " * 500 + "so", "- " * 500 + "so"])
def test_a_text_of_nothing_but_signs_stays_as_it_is(typed):
    assert (Marked(typed).plain, Marked(typed).has_marks) == (typed, False)


def test_no_word_is_lost_however_signs_meet():
    chance = random.Random(50)
    pieces = [
        "**",
        "[",
        "](https://a.example/",
        ")",
        "\n",
        "\n\n",
        "> ",
        "- ",
        "7. ",
        "  ",
        " ",
        "*",
        "_",
        "!",
        "`",
        "<b>",
    ]
    for _ in range(300):
        typed = "".join(f"{chance.choice(pieces)}{chance.choice(['', f'w{place}'])}" for place in range(12))
        marked = Marked(typed)
        words = re.findall(r"w\d+", typed)
        assert re.findall(r"w\d+", marked.plain) == words
        assert set(re.findall(r"w\d+", marked.html or typed)) == set(words)
        assert all(typed[place] == letter or letter == " " for letter, place in marked._letters)
