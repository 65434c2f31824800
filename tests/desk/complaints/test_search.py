from datetime import timedelta

import pytest

from amends.desk.complaints import actions, order, queries, search
from amends.desk.complaints.models import Complaint, SearchEntry


def found(query):
    return list(search.matching(Complaint.objects.order_by("number"), query).values_list("number", flat=True))


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("İADE ISPARTA ILIK ışık", ["iade", "ISPARTA", "ısparta", "isparta", "ılık", "Işık", "isik"]),
        ("Şikâyetim çözülmedi", ["sikayet", "ŞİKAYET", "çözül", "cozulmedi", "şikayetim çöz"]),
        ("بسته‌ام هنوز نرسیده، می‌خواهم پس بگیرم", ["بسته ام", "بستهام", "نرسيده", "می خواهم", "میخواهم", "می‌خواهم"]),
        ("كتاب‌هاي من", ["کتاب‌های", "کتاب های", "کتابهای", "كتاب"]),
        ("شماره ۱۲۳۴۵", ["12345", "۱۲۳۴۵", "١٢٣٤٥"]),
        ("Өргөдөл үнэхээр ХҮНД", ["өргөдөл", "оргодол", "ӨРГӨДӨЛ", "үнэхээр", "унэхээр", "хүнд"]),
        (
            "The café's parcel, e-mail a.b@mail.example",
            ["CAFE", "parcel", "e-mail", "a.b@mail.example", "mail example"],
        ),
    ],
)
def test_spellings_of_one_word_are_alike(make_complaint, written, asked):
    complaint = make_complaint(text=written)
    make_complaint(subject="Other", text="Other")
    assert {query: found(query) for query in asked} == {query: [complaint.number] for query in asked}


def test_every_word_must_be_there(make_complaint, now):
    complaint = make_complaint(subject="Blue cup", text="Broken.")
    actions.customer_writes(complaint=complaint, text="It was for Saturday", channel="mail", now=now)
    assert found("saturday cup") == [complaint.number]
    assert found("saturday plate") == []


def test_numbers_and_names_are_found(make_complaint, make_customer):
    one = make_complaint(customer=make_customer(name="Болормаа", language="mn"))
    make_complaint()
    assert found("болор") == found(str(one.number)) == [one.number]


@pytest.mark.parametrize(
    "query", ['"', "' OR 1=1 --", "a AND b*", "NEAR(x)", "words:", "&|!()", "*", "-", "\x00", "x" * 5000, "🙂", "%"]
)
def test_no_query_is_a_program(make_complaint, query):
    make_complaint()
    assert found(query) == []


def test_an_empty_query_keeps_everything(make_complaint):
    number = make_complaint().number
    assert found("  ") == [number]


def test_a_long_message_is_kept_within_bounds(make_complaint):
    complaint = make_complaint(text=" ".join(f"word{number}" for number in range(60_000)))
    assert len(SearchEntry.objects.get(complaint=complaint).words) <= search.WORDS_LIMIT
    assert found("word77") == [complaint.number]


def test_an_entry_follows_its_complaint(make_complaint, now):
    complaint = make_complaint()
    actions.note(complaint=complaint, by=complaint.owner, text="warehouse", now=now)
    assert found("warehouse") == [complaint.number]
    SearchEntry.objects.all().delete()
    assert found("warehouse") == []
    actions.rebuild(complaint=complaint)
    assert found("warehouse parcel") == [complaint.number]


def test_the_inbox_searches_within_a_view(make_complaint, now):
    complaint = make_complaint()
    assert len(queries.inbox(agent=complaint.owner, view="mine", now=now, search="parcel")) == 1
    assert queries.inbox(agent=complaint.owner, view="hot", now=now, search="parcel") == []


def test_a_corrected_name_is_found(make_complaint):
    complaint = make_complaint()
    actions.correct_customer(customer=complaint.customer, name="Gülşen Yıldız")
    assert found("gulsen") == [complaint.number]
    assert found("ayşe") == []


def test_a_name_corrected_in_administration_is_found_too(client, make_agent, make_complaint):
    complaint = make_complaint()
    client.force_login(make_agent(role="administrator", is_superuser=True))
    given = {"name": "Gülşen\u202e Yıldız", "language": "tr", "orders": "0", "contact_ways-TOTAL_FORMS": "1"}
    way = complaint.customer.contact_ways.get()
    given |= {
        "contact_ways-INITIAL_FORMS": "1",
        "contact_ways-0-id": way.pk,
        "contact_ways-0-customer": complaint.customer_id,
        "contact_ways-0-kind": "email",
        "contact_ways-0-value": "Gulsen@Mail.example",
    }
    assert client.post(f"/administration/customers/customer/{complaint.customer_id}/change/", given).status_code == 302
    assert found("gulsen yildiz") == [complaint.number]
    way.refresh_from_db()
    assert way.value == "gulsen@mail.example"


def test_all_that_hold_rare_words_can_be_named(make_complaint, monkeypatch):
    pks = [make_complaint(text="The cup broke").pk for _one in range(3)]
    assert search.ids("cup broke", most=None) == search.ids("cup", most=1000) == pks[::-1]
    assert search.ids("cup", most=2) == pks[:0:-1]
    assert search.ids("cup plate", most=None) == []
    assert search.ids("cup #gift", most=1000) is search.ids("", most=None) is None
    monkeypatch.setattr(search, "FEW", 3)
    assert search.ids("cup", most=None) is None


@pytest.fixture(params=[1, 300])
def few(request, monkeypatch):
    monkeypatch.setattr(search, "FEW", request.param)
    monkeypatch.setattr(order, "MANY_FOUND", request.param)


@pytest.mark.usefixtures("few")
def test_a_team_finds_all_of_its_own_whether_words_are_rare_or_not(make_agent, make_team, make_complaint, now):
    team, other = make_team(), make_team()
    agent = make_agent(team=team)
    ours = [make_complaint(owner=agent, text=f"The cup broke {word}").number for word in ("once", "twice")]
    make_complaint(owner=make_agent(team=other), text="The cup broke")
    rows = queries.inbox(agent=agent, view="team", now=now, search="cup")
    assert sorted(row.number for row in rows) == ours
    assert queries.count(agent=agent, view="team", now=now, search="cup") == 2
    assert queries.count(agent=agent, view="team", now=now, search="cup twice") == 1
    assert queries.count(agent=agent, view="all", now=now, search="cup") == 3


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        ("The café's Cup", "cafe cup", ["café", "Cup"]),
        ("بسته‌ها و كتاب", "بسته کتاب", ["بسته‌ها", "كتاب"]),
        ("Өргөдөл, оргодол", "өргөд", ["Өргөдөл", "оргодол"]),
        ("a b ab", "a", ["a"]),
        ("nothing of it", "plate", []),
    ],
)
def test_words_are_marked_as_they_are_written(text, query, marked):
    assert [text[start:end] for start, end in search.found_in(text, query)] == marked


QUERIES = ("парcel parcel", "parc cup", "blue parce cups", "cup", "cu parcels", "parcel lost", "saturday", "a parcel")


@pytest.mark.parametrize("way", ["many beginnings", "by the rarest", "by the two rarest"])
def test_however_words_are_looked_up_the_same_is_found(make_complaint, monkeypatch, way):
    for number in range(6):
        cups = "Blue cups" if number % 2 else "A cup"
        make_complaint(subject=cups, text=f"The parcel{'s' * (number % 3)} came{' lost' * (number == 4)}, a {number}")
    usual = {query: search.ids(query, most=4) for query in QUERIES}
    monkeypatch.setattr(search, "_MOST_ENDINGS", 1 if way == "many beginnings" else 32)  # on SQLite
    monkeypatch.setattr(search, "_NEAR", 0)  # on PostgreSQL: all blocks count as older ones
    monkeypatch.setattr(search, "_RARE", 0 if way == "by the two rarest" else 16)
    monkeypatch.setattr(search, "_COUNTED", 1)
    assert {query: search.ids(query, most=4) for query in QUERIES} == usual
    assert [len(usual["cup"] or ()), len(usual["parcel lost"] or ()), len(usual["cu parcels"] or ())] == [4, 1, 4]


@pytest.mark.parametrize("view", ["all", "team", "mine"])
def test_a_first_page_is_how_the_whole_begins(make_agent, make_customer, make_complaint, now, view):
    agent = make_agent()
    for number in range(9):
        worth = {"yearly_value": 100 * number, "currency": "EUR"} if number % 2 else {}
        customer = make_customer(name=f"Ada {number}", **worth)
        complaint = make_complaint(customer=customer, text="The parcel is lost", owner=agent)
        if number % 3 == 0:
            Complaint.objects.filter(pk=complaint.pk).update(live=False, last_event_at=now - timedelta(hours=number))
        elif number % 3 == 1:
            Complaint.objects.filter(pk=complaint.pk).update(waiting_since=now - timedelta(minutes=7 * number), heat=1)
    asked = {"agent": agent, "view": view, "now": now, "search": "parcel"}
    whole = queries.find(**asked)
    rows = [row.number for row in queries.inbox(**asked, limit=20, hit=whole)]
    assert len(rows) == len(whole) == (9 if view == "all" else 6)
    for limit in (1, 4, 7, 20):
        first = queries.find(**asked, first=limit)
        told = queries.inbox(**asked, limit=limit, hit=first)
        assert [row.number for row in told] == rows[:limit]
        assert len(first) == len(whole)


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("Гомдол гаргая", ["gomdol", "GOMD", "gomdol gargaya"]),
        ("Хүргэлт өнөөдөр тусгаарлалтын хажууд", ["hurgelt", "khürgelt", "xvrgelt unuudur", "onoodor", "tusgaarlalt"]),
        ("Төлбөрөө буцаалгах уу, үйлчилгээ", ["tulburuu butsaalgah", "tölböröö", "uilchilgee", "buca"]),
        ("Захиалгын мөнгө, сургууль, телефон", ["zahialgiin", "zakhialg", "mungu", "mongo", "surguuli", "telefon"]),
        ("Отгонбаяр, Батсайхан, Мөнхжаргал, Оюун", ["Otgonbayar", "batsaikhan", "munkhjargal", "oyuun"]),
    ],
)
def test_mongolian_is_found_in_latin_letters(make_complaint, make_customer, written, typed):
    by_text = make_complaint(text=written)
    by_name = make_complaint(customer=make_customer(name=written), text="Тийм")
    make_complaint(text="Гомбо, the gift came")
    numbers = [by_text.number, by_name.number]
    assert {query: found(query) for query in typed} == dict.fromkeys(typed, numbers)


def test_cyrillic_is_looked_for_only_where_latin_letters_find_little(make_complaint, make_agent, now, monkeypatch):
    latin = make_complaint(text="gomdol gargaj baina").number
    cyrillic = make_complaint(text="Гомдол гаргаж байна").number
    assert found("gomdol") == [latin, cyrillic]
    assert found("gomdol gargaj baina") == [latin]
    assert found("гомдол") == [cyrillic]
    monkeypatch.setattr(search, "FEW", 1)  # so that entries of what goes on are looked into
    asked = {"agent": make_agent(), "view": "team", "now": now, "search": "gomdol"}
    assert queries.count(**asked) == 2
    monkeypatch.setattr(search, "LITTLE", 1)
    assert found("gomdol") == [latin]
    assert queries.count(**asked) == 1


def test_what_was_typed_in_latin_letters_is_marked_in_cyrillic():
    text = "Төлбөр, the tulbur"
    assert [text[start:end] for start, end in search.found_in(text, "tulbur")] == ["Төлбөр", "tulbur"]
    assert search.ways_of("the") == ("the", "тхэ", "тхе")
    assert len(search.ways_of("kekciiivuyts")) <= 13
    assert search.ways_of("ab") == ("ab",)
