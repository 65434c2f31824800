"""What a search found is shown where it stands, also deep in a long letter."""

from datetime import timedelta

import pytest

from amends.desk.complaints import actions, queries
from amends.desk.complaints.search import found_in
from amends.desk.complaints.where_found import AROUND, BEFORE, with_words_found
from amends.desk.people.models import Agent

LONG = {
    "en": ("I waited at home the whole week. " * 40, "Only then the courier left a note at the Café Linden.", "cafe"),
    "tr": ("Bütün hafta evde bekledim. " * 40, "Sonunda kurye ISPARTA şubesine bırakmış.", "ısparta"),
    "fa": ("تمام هفته در خانه منتظر ماندم. " * 40, "آخر پیک كتاب‌هاي من را به همسایه داد.", "کتابهای"),
    "mn": ("Долоо хоног гэртээ хүлээлээ. " * 40, "Тэгээд өргөдөл бичихээс өөр аргагүй болов.", "оргодол"),
}


def rows(words, *, now):
    reader = Agent.objects.first()
    return with_words_found(queries.inbox(agent=reader, view="all", now=now, search=words), words)


@pytest.mark.parametrize("language", LONG)
def test_words_deep_in_a_letter_are_shown_with_what_stands_around(make_complaint, now, language):
    before, there, words = LONG[language]
    complaint = make_complaint(text=f"{before}{there} {before}", language=language, subject="-")
    actions.customer_writes(complaint=complaint, text="?", channel="mail", now=now + timedelta(minutes=1))
    (row,) = rows(words, now=now + timedelta(minutes=2))
    ((start, _end),) = found_in(row.preview, words)
    assert start <= BEFORE + 2
    assert len(row.preview) <= BEFORE + AROUND + 4
    assert row.preview[:2] + row.preview[-2:] == "…  …"
    assert row.preview.strip("… ") in f"{before}{there} {before}"


def test_a_row_that_shows_the_words_stays_as_it_is(make_complaint, now):
    make_complaint(subject="The blue cup", text="It broke. " * 60 + "My cup!")
    (row,) = queries.inbox(agent=Agent.objects.first(), view="all", now=now, search="cup")
    assert with_words_found([row], "cup") == [row]


def test_a_letter_with_all_the_words_is_shown_before_a_newer_one_with_some(make_complaint, now):
    complaint = make_complaint(subject="-", text="x " * 200 + "the plate of my grandmother")
    for minute, text in enumerate(("A plate is missing", "Hello?"), start=1):
        actions.customer_writes(complaint=complaint, text=text, channel="mail", now=now + timedelta(minutes=minute))
    (row,) = rows("plate grandmother", now=now + timedelta(hours=1))
    assert "the plate of my grandmother" in row.preview


def test_what_stands_in_no_letter_changes_no_row(make_complaint, make_customer, now):
    complaint = make_complaint(customer=make_customer(name="Болормаа", language="mn"), text="Hello")
    assert [row.preview for row in rows("болор", now=now)] == ["Hello"]
    assert [row.preview for row in rows(str(complaint.number), now=now)] == ["Hello"]
    assert [row.preview for row in rows("#tag", now=now)] == []


def test_one_question_for_the_rows_of_a_page(make_complaint, now, django_assert_num_queries):
    for number in range(5):
        complaint = make_complaint(subject="-", text=f"{'x ' * 200} spoon {number}")
        actions.customer_writes(complaint=complaint, text="?", channel="mail", now=now)
    found = queries.inbox(agent=Agent.objects.first(), view="all", now=now, search="spoon")
    with django_assert_num_queries(1):
        assert all("spoon" in row.preview for row in with_words_found(found, "spoon"))
    with django_assert_num_queries(0):
        with_words_found(found, "ayşe")
