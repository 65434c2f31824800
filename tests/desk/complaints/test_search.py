import pytest

from amends.desk.complaints import actions, queries, search
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


def test_rare_words_are_looked_up_and_common_ones_looked_for(make_complaint, monkeypatch):
    numbers = [make_complaint(text="The cup broke").number for _one in range(3)]
    for few in (1, 300):
        monkeypatch.setattr(search, "FEW", few)
        held = Complaint.objects.filter(search.held("cup broke"))
        assert sorted(held.values_list("number", flat=True)) == numbers
        assert not Complaint.objects.filter(search.held("cup plate")).exists()


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
