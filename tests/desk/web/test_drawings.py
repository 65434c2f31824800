"""Pictures take the page's colours, mirror for right to left, and never run what stands in them."""

import re

import pytest

from amends.desk.web import drawings as pictures

SEGMENTS = [
    pictures.Segment(group="employee", share=0.2, figure="20%"),
    pictures.Segment(group="customer", share=0.3, figure="30%"),
    pictures.Segment(group="organisation", share=0.5, figure="50%"),
]


def bars(words="Late", **more):
    return [pictures.Bar(words=words, value=4, figure="4", **more)]


def first_text(svg):
    return re.search(r'<text x="([\d.]+)" y="[\d.]+" text-anchor="(\w+)"', svg).groups()


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
    assert first_text(pictures.rows(bars=bars(), language="tr").wide) == ("0", "start")
    assert first_text(pictures.rows(bars=bars(), language="fa").wide) == ("640", "end")


def test_are_made_for_wide_and_narrow_pages():
    picture = pictures.rows(bars=bars(), language="mn")
    assert 'viewBox="0 0 640 46"' in picture.wide
    assert 'viewBox="0 0 300 46"' in picture.narrow


def test_a_figure_in_a_picture_opens_like_the_one_beneath_it():
    door = pictures.Door(href="/behind/?days=90&until=1", tells="count")
    svg = pictures.rows(bars=bars(door=door), language="en").wide
    assert svg.count('<a href="/behind/?days=90&amp;until=1" tabindex="-1"') == 2  # the bar, and its figure
    assert svg.count('data-tells="count"') == 1


def test_intervals_and_money_have_their_place():
    svg = pictures.rows(bars=bars(low=2, high=7), language="en").wide
    assert svg.count("<rect") > pictures.rows(bars=bars(), language="en").wide.count("<rect")
    both = pictures.rows(bars=bars(money=100, money_figure="100 ₺"), heads=("complaints", "a year"), language="en").wide
    assert "100 ₺" in both


def test_a_long_head_of_the_second_bars_begins_further_out_where_it_is_narrow():
    head = "their customers spend in a year"
    picture = pictures.rows(bars=bars(money=100, money_figure="100 ₺"), heads=("complaints", head), language="en")
    wide, narrow = (
        float(re.search(rf'<text x="([\d.]+)"[^>]*>{head}<', svg)[1]) for svg in (picture.wide, picture.narrow)
    )
    assert len("complaints") * pictures.SMALL_LETTER < narrow < 100 < wide
