"""Pictures take the page's colours, mirror for right to left, and never run what stands in them."""

import re

import pytest

from amends.desk.insight import pictures

SEGMENTS = [
    pictures.Segment(group="employee", share=0.2, figure="20%"),
    pictures.Segment(group="customer", share=0.3, figure="30%"),
    pictures.Segment(group="organisation", share=0.5, figure="50%"),
]


def bars(words="Late", **more):
    return [pictures.Bar(words=words, value=4, figure="4", **more)]


def first_text(svg):
    return re.search(r'<text text-anchor="(\w+)" transform="translate\(([\d.]+)', svg).groups()


def test_words_of_strangers_stay_words():
    svg = pictures.rows(bars=bars('<script>alert(1)</script> & "x"'), language="en").wide
    assert "<script" not in svg
    assert "&lt;script&gt;" in svg


@pytest.mark.parametrize("kind", ["shares", "rows", "pillars"])
def test_colours_are_those_of_the_page(kind):
    picture = {
        "shares": lambda: pictures.shares(segments=SEGMENTS, here="here", elsewhere="elsewhere", language="en"),
        "rows": lambda: pictures.rows(bars=bars(), language="en"),
        "pillars": lambda: pictures.pillars(
            columns=[pictures.Pillar(words="1 Nov", good=3, bad=1)], language="en", digits=str
        ),
    }[kind]()
    for svg in (picture.wide, picture.narrow):
        assert not re.search(r'(?:fill|stroke)="#', svg)
        assert "font-family" not in svg
        assert 'aria-hidden="true"' in svg


def test_begin_at_the_side_where_reading_begins():
    assert first_text(pictures.rows(bars=bars(), language="tr").wide) == ("start", "0")
    assert first_text(pictures.rows(bars=bars(), language="fa").wide) == ("end", "640")


def test_are_made_for_wide_and_narrow_pages():
    picture = pictures.rows(bars=bars(), language="mn")
    assert 'viewBox="0 0 640 46"' in picture.wide
    assert 'viewBox="0 0 300 46"' in picture.narrow


def test_the_same_picture_is_drawn_once():
    pictures.rows(bars=bars("Once"), language="en")
    before = pictures._svg.cache_info().misses
    pictures.rows(bars=bars("Once"), language="en")
    assert pictures._svg.cache_info().misses == before


def test_intervals_and_money_have_their_place():
    svg = pictures.rows(bars=bars(low=2, high=7), language="en").wide
    assert svg.count("<path") > pictures.rows(bars=bars(), language="en").wide.count("<path")
    both = pictures.rows(bars=bars(money=100, money_figure="100 ₺"), heads=("complaints", "a year"), language="en").wide
    assert "100 ₺" in both
