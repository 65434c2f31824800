"""The coach reads a draft: the very words, in the draft's own language, for its author alone."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from amends.desk.coaching import actions, folding, queries, room
from amends.desk.coaching.models import Seen, SentAsItWas
from amends.desk.coaching.words import by_day, like
from amends.desk.complaints import actions as complaints
from amends.desk.promises import actions as promises
from amends.desk.remedies.models import Rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def complaint(make_complaint, make_customer):
    return make_complaint(customer=make_customer(name="Olivia Carter", honorific="Ms", language="en"))


def read(complaint, text, now):
    return queries.read_draft(complaint=complaint, agent=complaint.owner, text=text, now=now)


def test_nothing_is_said_of_an_empty_draft(complaint, now):
    assert read(complaint, "  \n", now) == queries.NOTHING


def test_a_wrong_name_has_the_right_one_ready(complaint, now):
    text = "Dear Ms Karter, I am so sorry."
    remark = next(one for one in read(complaint, text, now).findings if one.name == "wrong-name")
    mended = text[: remark.replace_start] + remark.replacement + text[remark.replace_end :]
    assert mended == "Dear Ms Carter, I am so sorry."
    assert remark.hurts
    assert remark.instead


@pytest.mark.parametrize(
    ("language", "record", "draft", "mended"),
    [
        ("tr", ("Şule İğdır Özgül", ""), "Sayın Ayşe Hanım, özür dilerim.", "Sayın Şule İğdır Özgül, özür dilerim."),
        ("tr", ("Şule Özgül", "Hanım"), "Sayın Ayşe Hanım, özür dilerim.", "Sayın Şule Hanım, özür dilerim."),
        ("mn", ("Дашийн Сарантуяа", ""), "Мөнх-Эрдэнэ гуай. Уучлаарай.", "Сарантуяа гуай. Уучлаарай."),
        ("fa", ("نرگس طاهری", "خانم"), "سلام خانم اکبری، متأسفم.", "سلام خانم طاهری، متأسفم."),
        ("en", ("Olivia Carter", "Ms"), "Dear Ms. Karter, I am sorry.", "Dear Ms Carter, I am sorry."),
    ],
)
def test_the_right_form_takes_the_place_of_the_whole_address(
    *, make_complaint, make_customer, now, language, record, draft, mended
):
    name, honorific = record
    customer = make_customer(name=name, honorific=honorific, language=language)
    found = read(make_complaint(customer=customer, language=language), draft, now).findings
    one = next(one for one in found if one.name == "wrong-name" and one.replacement)
    assert draft[: one.replace_start] + one.replacement + draft[one.replace_end :] == mended


@pytest.mark.parametrize(
    ("language", "draft", "cites"),
    [
        ("en", "Our policy: opened goods are not exchanged.", False),
        ("en", "Our policy: no returns while a repair runs.", True),
        ("tr", "Kurallarımız gereği ambalajı açılmış ürün değiştirilmez.", False),
        ("tr", "Kurallarımız gereği tamirdeki ürün iade alınmaz.", True),
        ("fa", "طبق مقررات ما کالای بازشده تعویض نمی‌شود.", False),
        ("fa", "طبق مقررات ما کالای در تعمیر مرجوع نمی‌شود.", True),
        ("mn", "Манай журмын дагуу задалсан барааг солихгүй.", False),
        ("mn", "Манай журмын дагуу засварт байгаа барааг буцаахгүй.", True),
    ],
)
def test_only_the_exception_of_a_rule_that_is_cited_is_offered(
    *, make_complaint, make_customer, now, language, draft, cites
):
    row = make_complaint(
        customer=make_customer(language=language), language=language, text="repair tamir تعمیر засвар", at=now
    )
    own = "Take it back against credit all the same, where the repair took longer than two weeks."
    called = "repair\ntamir\nتعمیر\nзасвар"
    Rule.objects.create(
        title="Goods in repair",
        text="…",
        purpose="…",
        room=own,
        called=called,
        owner=row.owner,
        made_at=now,
        looked_at=now,
    )
    reading = read(row, draft, now)
    around = room.room_around(reading=reading, complaint=row, agent=row.owner, text=draft, now=now)
    assert bool(around) is cites
    assert all((own in one.words) is (language == "en") for one in around)


@pytest.mark.parametrize(
    ("language", "draft"),
    [
        ("en", "You did not read the instructions, it is your own fault, as I already told you."),
        ("tr", "Kılavuzu okumamışsınız, hata sizin, size daha önce de söyledim."),
        ("fa", "دفترچه را نخوانده‌اید، تقصیر خودتان است، قبلاً هم گفتم."),
        ("mn", "Та зааврыг уншаагүй, таны буруу, би түрүүн хэлсэн шүү дээ."),
    ],
)
def test_one_stretch_of_words_has_one_card(*, make_complaint, make_customer, now, language, draft):
    row = make_complaint(customer=make_customer(language=language), language=language)
    found = read(row, draft, now).findings
    shown = folding.folded(found, language=language)
    assert len([one for one in found if not one.hint]) > 1
    assert len(shown) == 1
    assert not shown[0].hint
    assert shown[0].title != next(one.title for one in found if one.id == shown[0].id)


@pytest.mark.parametrize(
    ("language", "draft", "day"),
    [
        ("en", "We will get back to you as soon as possible.", "16 October"),
        ("tr", "En kısa sürede size döneceğiz.", "16 Ekim"),
        ("fa", "در اسرع وقت با شما تماس می‌گیریم.", "۲۴ مهر"),
        ("mn", "Бид аль болох хурдан танд хариу өгнө.", "10-р сарын 16"),
    ],
)
def test_a_vague_time_has_a_day_ready_that_can_be_kept(*, make_complaint, make_customer, now, language, draft, day):
    row = make_complaint(customer=make_customer(language=language))
    remarks = [one for one in read(row, draft, now).findings if one.name == "vague-promise" and one.replacement]
    assert remarks
    assert day in remarks[0].replacement
    assert draft[remarks[0].replace_start : remarks[0].replace_end] in draft


def test_a_day_that_is_proposed_is_no_later_than_one_promised_before(complaint, now):
    for days, day in ((9, "16 October"), (1, "15 October")):
        made_in = complaint.events.first()
        promises.make(
            complaint=complaint, owner=complaint.owner, made_in=made_in, words="the refund", whole_day=False,
            due_at=now + timedelta(days=days), now=now,
        )  # fmt: skip
        remarks = read(complaint, "We will get back to you as soon as possible.", now).findings
        assert day in next(one.replacement for one in remarks if one.name == "vague-promise")


def test_what_is_good_is_named_in_the_language_of_the_draft(complaint, now):
    assert any(one.name == "apology" for one in read(complaint, "I am very sorry for this.", now).good)


def test_places_count_the_characters_of_the_original(complaint, now):
    text = "🌧️🌧️ Dear Ms Karter, I am so sorry."
    remark = next(one for one in read(complaint, text, now).findings if one.name == "wrong-name")
    assert "Karter" in text[remark.start : remark.end]


def test_a_promise_with_a_time_is_found(complaint, now):
    found = read(complaint, "I am sorry. I will call you tomorrow at 11.", now).promises
    assert [one.words for one in found] == ["I will call you tomorrow at 11"]
    assert found[0].due_at == datetime(2026, 10, 15, 8, 0, tzinfo=UTC)  # eleven in Istanbul
    assert not found[0].whole_day


def test_a_promise_for_a_day_is_kept_until_work_ends_on_it(complaint, now):
    found = read(complaint, "I will send the refund by Friday.", now).promises
    assert found[0].whole_day
    assert found[0].due_at - now > timedelta(days=1)


def test_a_long_paste_is_read_to_its_limit(complaint, now):
    assert read(complaint, "This is a long letter. " * 5_000, now).language == "en"


def test_the_page_gets_it_as_data(client, complaint):
    client.force_login(complaint.owner)
    answer = client.post(
        reverse("coaching:read", args=[complaint.number]), {"text": "Dear Ms Karter, I will call you tomorrow at 11."}
    )
    read = json.loads(answer.content)
    assert {"language", "labels", "reader", "follows", "findings", "good", "promises"} == read.keys()
    assert read["labels"]["leave"] == "Leave it"
    assert answer["Cache-Control"] == "no-store"
    assert read["promises"][0]["due_at"].endswith("T11:00")


def test_a_card_speaks_the_language_of_the_draft_to_its_last_button(client, complaint):
    client.force_login(complaint.owner)
    address = reverse("coaching:read", args=[complaint.number])
    read = json.loads(client.post(address, {"text": "خیلی متأسفم. در اسرع وقت به شما اطلاع می‌دهیم."}).content)
    assert read["language"] == "fa"
    said = [*read["labels"].values(), *(one[part] for one in read["findings"] for part in ("title", "instead"))]
    assert not [words for words in said if re.search("[A-Za-z]", words)]


def test_strangers_and_wrong_numbers_get_nothing(client, complaint):
    address = reverse("coaching:read", args=[complaint.number])
    assert client.post(address, {"text": "x"}).status_code == 302
    client.force_login(complaint.owner)
    assert client.get(address).status_code == 405
    assert client.post(reverse("coaching:read", args=[99999]), {"text": "x"}).status_code == 404


def test_keeping_twice_keeps_once(complaint, now):
    reading = read(complaint, "I am very sorry. It is our policy.", now)
    event = complaints.note(complaint=complaint, by=complaint.owner, text="x", now=now)
    first = actions.keep_what_was_seen(event=event, judgement=reading.judgement, reader="cues")
    assert (
        actions.keep_what_was_seen(event=event, judgement=reading.judgement, reader="cues")
        == first
        == Seen.objects.count()
    )


def test_a_reason_is_cut_to_its_length_and_belongs_to_its_author(complaint, now):
    event = complaints.note(complaint=complaint, by=complaint.owner, text="x", now=now)
    actions.keep_reason(event=event, author=complaint.owner, reason="y " * 900, names=["coldness", "coldness"], now=now)
    kept = SentAsItWas.objects.get()
    assert len(kept.reason) <= actions.REASON_LIMIT
    assert kept.names == ["coldness"]


def test_a_day_stands_where_soon_stood():
    day = datetime(2026, 11, 24, tzinfo=UTC).date()
    assert by_day(day, language="en") == "by Tuesday 24 November"
    assert by_day(day, language="tr") == "en geç 24 Kasım Salı günü"
    assert by_day(day, language="fa") == "حداکثر تا سه‌شنبه ۳ آذر"
    assert by_day(day, language="mn") == "11-р сарын 24, мягмар гарагт багтаан"
    assert like("en geç", words="En kısa") == "En geç"
    assert like("by Tuesday", words="soon") == "by Tuesday"


def test_words_that_a_draft_quotes_are_neither_judged_nor_promised(complaint, now):
    said = "> Dear Ms Karter, I will call you tomorrow at 10:00."
    reading = read(complaint, f"{said}\n\nThank you for telling me.", now)
    assert not [one for one in reading.findings if one.start < len(said)]
    assert not reading.promises
    own = read(complaint, f"{said}\n\nI will call you tomorrow at 10:00.", now)
    assert [one.words for one in own.promises if one.start > len(said)]


def test_a_draft_of_nothing_but_a_quote_can_be_read(complaint, now):
    assert not read(complaint, "> Where is my parcel?\n\n", now).promises
