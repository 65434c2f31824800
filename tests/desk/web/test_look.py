"""Template tags: names set apart, times with the exact one on hover, icons."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def show(text, **context):
    context = {"reader": SimpleNamespace(now=NOW), **context}
    return Template("{% load look %}" + text).render(Context(context))


@pytest.fixture(autouse=True)
def _in_utc():
    with translation.override("en"), timezone.override("UTC"):
        yield


def test_a_name_cannot_turn_its_surroundings_or_bring_markup():
    assert show("{{ name|bidi }}", name="<b>Eve\u202e</b>") == "<bdi>&lt;b&gt;Eve&lt;/b&gt;</bdi>"
    assert show('<p title="{{ name|bidi_plain }}">', name='"\u2067x') == '<p title="&quot;x">'


def test_a_moment_carries_its_exact_time():
    html = show("{% moment at %}", at=datetime(2026, 11, 22, 9, 0, tzinfo=UTC))
    assert html == (
        '<time datetime="2026-11-22T09:00:00+00:00" title="Sunday 22 November 2026, 09:00">3 hours ago</time>'
    )


def test_a_due_time_is_in_the_readers_zone():
    with timezone.override("Europe/Istanbul"):
        assert ">today 17:00<" in show("{% due at %}", at=datetime(2026, 11, 22, 14, 0, tzinfo=UTC))
    assert ">today<" in show("{% due at True %}", at=datetime(2026, 11, 22, 14, 0, tzinfo=UTC))


def test_nothing_is_said_of_no_time():
    assert (
        show("{% moment at %}{% due at %}{% clock at %}{{ at|reader_date }}{{ at|exact }}{{ at|span }}", at=None) == ""
    )


def test_persian_readers_have_their_digits():
    with translation.override("fa"):
        assert show("{{ 4127|digits }} {{ share|percent }}", share=0.45) == "۴۱۲۷ ۴۵٪"


def test_an_icon_is_silent_and_turns_where_reading_turns():
    html = show('{% icon "reply" turns=True %}')
    assert 'aria-hidden="true"' in html
    assert "#reply" in html
    assert "icon-turns" in html


def test_languages_are_named_in_themselves_and_know_their_direction():
    assert show("{{ 'fa'|own_name }} {{ 'fa'|direction }} {{ 'mn'|direction }}") == "فارسی rtl ltr"
