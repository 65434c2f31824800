"""What a search found is marked where it stands, and words that their reader does not speak are told."""

import re

import pytest

from amends.desk.complaints import actions
from amends.desk.complaints.search import found_in
from amends.desk.workplace.templatetags.found import found, found_apart

MARKED = [
    ("Kargo kayboldu, KARGOMUZ nerede?", "kargo", ["Kargo", "KARGOMUZ"]),
    ("İade istiyorum, ıade olmadı", "iade", ["İade", "ıade"]),
    ("Özür bekliyorum", "ozur", ["Özür"]),
    ("بسته‌ی من نرسید و مي‌خواهم بدانم", "میخواهم", ["مي‌خواهم"]),
    ("کتاب ها خیس شد", "کتابها", ["کتاب ها"]),
    ("شمارهٔ ۱۲۳۴۵ را فرستادم", "12345", ["۱۲۳۴۵"]),
    ("Өнөөдөр ирсэнгүй, онoодор", "онөөдөр", ["Өнөөдөр"]),
    ("My parcel did not come", "par come", ["parcel", "come"]),
    ("a cat and a dog", "a", ["a", "a"]),  # a single letter is a word, not a beginning
    ("nothing here", "#courier", []),
]


@pytest.mark.parametrize(("text", "query", "words"), MARKED)
def test_a_query_is_found_however_it_is_written(text, query, words):
    assert [text[start:end] for start, end in found_in(text, query)] == words


def test_marks_are_laid_into_words_that_stay_harmless():
    assert found("<b>Kargo</b> & kutu", "kargo") == (
        '&lt;b&gt;<mark class="found">Kargo</mark>&lt;/b&gt; &amp; kutu'
    )  # fmt: skip
    assert found("Kargo", "") == "Kargo"
    assert found_apart("see https://a.example/kargo now", "kargo") == (
        'see <bdi dir="ltr">https://a.example/<mark class="found">kargo</mark></bdi> now'
    )


@pytest.mark.django_db
class TestOnThePages:
    def test_rows_and_the_conversation_are_marked(self, client, make_agent, make_complaint):
        agent = make_agent()
        client.force_login(agent)
        complaint = make_complaint(owner=agent, text="My parcel did not come.")
        rows = client.get("/desk/list/?view=all&q=parcel", headers={"HX-Request": "true"}).text
        assert '<mark class="found">Parcel</mark>' in rows
        assert '<mark class="found">parcel</mark>' in client.get(f"/desk/{complaint.number}/?view=all&q=parcel").text
        assert "<mark" not in client.get(f"/desk/{complaint.number}/").text

    @pytest.mark.parametrize(("languages", "told"), [(["en"], True), (["en", "fa"], False)])
    def test_words_in_a_language_that_the_reader_does_not_speak(
        self, client, make_agent, make_complaint, languages, told
    ):
        agent = make_agent(language="en", languages=languages)
        client.force_login(agent)
        complaint = make_complaint(owner=agent, language="fa", text="بسته من نرسیده است و هیچ‌کس جواب نمی‌دهد.")
        page = client.get(f"/desk/{complaint.number}/").text
        assert ("Written in a language that you do not speak: Persian" in page) == told

    def test_a_country_with_several_times_is_told_as_a_span(self, client, make_customer, make_complaint):
        complaint = make_complaint(customer=make_customer(phone="+6281234567890"))
        client.force_login(complaint.owner)
        page = client.get(f"/desk/{complaint.number}/").text
        assert re.search(r"between <time[^>]+Jakarta.+</time> and <time[^>]+Jayapura.+</time> there", page)

    def test_what_their_own_browser_said_goes_first(self, client, make_customer, make_complaint):
        complaint = make_complaint(customer=make_customer(phone="+989121234567"))
        told = {"automatic": True, "zone": "Europe/Berlin", "theirs": True}
        actions.append(
            complaint=complaint, kind="acknowledged", by="system", text="…", data=told, now=complaint.received_at
        )  # fmt: skip
        client.force_login(complaint.owner)
        page = client.get(f"/desk/{complaint.number}/").text
        assert 'data-clock-of="Europe/Berlin"' in page
        assert "Tehran" not in page

    @pytest.mark.parametrize(
        ("phone", "says"), [("+989121234567", "Tehran time"), ("", "their local time is not known")]
    )
    def test_the_hour_where_they_live(self, client, make_customer, make_complaint, phone, says):
        complaint = make_complaint(customer=make_customer(phone=phone))
        client.force_login(complaint.owner)
        page = client.get(f"/desk/{complaint.number}/").text
        assert says in page
        assert ('data-clock-of="Asia/Tehran"' in page) == bool(phone)
