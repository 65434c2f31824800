from datetime import timedelta
from decimal import Decimal

import pytest

from amends.desk.complaints import actions as complaints
from amends.desk.remedies import actions, fault, queries
from amends.desk.remedies.models import Fault
from amends.engine.promises.calendar import WorkingCalendar

HOUR = timedelta(hours=1)
ASKING = "Please send me your order number, a photo of the CD and the receipt."
KIND = "I am sorry about the CD. A new one leaves today."


def reply(complaint, text, at):
    complaints.append(complaint=complaint, kind="replied", by="agent", agent=complaint.owner, text=text, now=at)


def fix(complaint, at):
    actions.put_right(complaint=complaint, by=complaint.owner, kind="replacement", cost=Decimal(0), now=at)


@pytest.fixture
def english(make_complaint, house, make_customer):
    return make_complaint(owner=house["agent"], customer=make_customer(language="en"), text="The CD is blank.")


def test_it_counts_what_was_asked_before_the_fix_and_nothing_after(english, house, now):
    reply(english, ASKING, now + HOUR)
    assert queries.right_of(complaint=english).fault is None
    fault.mark(complaint=english, by=house["agent"], now=now + HOUR)
    assert fault.mark(complaint=english, by=house["agent"], now=now + HOUR) is None
    row = Fault.objects.get()
    assert (row.questions, row.replies, row.fixed_at) == (3, 1, None)
    reply(english, KIND, now + 2 * HOUR)
    fix(english, now + 3 * HOUR)
    reply(english, ASKING, now + 4 * HOUR)
    row.refresh_from_db()
    assert (row.questions, row.replies, row.fixed_at, row.same_day) == (3, 2, now + 3 * HOUR, True)


def test_it_is_taken_back_and_then_counts_nowhere(english, house, now):
    fault.mark(complaint=english, by=house["agent"], now=now)
    fault.lift(complaint=english, by=house["agent"], now=now)
    assert fault.lift(complaint=english, by=house["agent"], now=now) is None
    assert queries.right_of(complaint=english).fault is None
    assert queries.fix_first(since=now - HOUR, until=now + HOUR).cases == 0
    fault.mark(complaint=english, by=house["agent"], now=now)
    assert queries.fix_first(since=now - HOUR, until=now + HOUR).cases == 1


@pytest.mark.parametrize(
    ("language", "text", "least", "most"),
    [
        ("en", KIND, 0, 0),
        ("en", ASKING, 3, 3),
        ("tr", "CD'nin bozuk çıkmasına üzüldüm, yenisi bugün yola çıkıyor.", 0, 0),
        ("tr", "Lütfen sipariş numaranızı ve CD'nin fotoğrafını gönderin.", 2, 2),
        ("fa", "متأسفم که سی‌دی خراب بود. همین امروز یکی نو می‌فرستم.", 0, 0),
        ("fa", "لطفاً شمارهٔ سفارش و عکس سی‌دی را بفرستید.", 2, 2),
        ("mn", "CD гацаж байгаад харамсаж байна. Шинийг нь өнөөдөр явууллаа.", 0, 0),
        ("mn", "Захиалгын дугаараа болон CD-ийн зургийг илгээнэ үү.", 2, 2),
    ],
)
def test_questions_are_counted_in_four_languages(language, text, least, most):
    assert least <= fault.questions_in(text, language=language) <= most


def test_the_same_day_is_a_working_day(now):
    calendar = WorkingCalendar.office(zone=now.tzinfo)
    friday_night = now + timedelta(days=2, hours=15)
    monday = now + timedelta(days=5)
    assert fault.on_same_day(received=now, fixed=now + 11 * HOUR, calendar=calendar)
    assert not fault.on_same_day(received=now, fixed=now + 24 * HOUR, calendar=calendar)
    assert fault.on_same_day(received=friday_night, fixed=monday + 4 * HOUR, calendar=calendar)
    assert not fault.on_same_day(received=friday_night, fixed=monday + 24 * HOUR, calendar=calendar)


def test_figures_have_their_denominators(make_complaint, make_customer, house, now):
    def case(*, asks, days):
        complaint = make_complaint(owner=house["agent"], customer=make_customer(language="en"))
        fault.mark(complaint=complaint, by=house["agent"], now=now)
        if asks:
            reply(complaint, ASKING, now + HOUR)
        if days is not None:
            fix(complaint, now + timedelta(days=days, hours=2))

    case(asks=False, days=0)
    case(asks=True, days=0)
    case(asks=False, days=3)
    case(asks=True, days=None)
    make_complaint()
    told = queries.fix_first(since=now - HOUR, until=now + HOUR)
    assert (told.cases, told.fixed, told.same_day, told.questions, told.without_a_question) == (4, 3, 2, 6, 2)
    assert told.questions_per_case == 1.5
    assert queries.fix_first(since=now + HOUR, until=now + 2 * HOUR).questions_per_case is None


def test_a_rebuild_counts_the_same(english, house, now):
    fault.mark(complaint=english, by=house["agent"], now=now)
    reply(english, ASKING, now + HOUR)
    Fault.objects.update(questions=0)
    complaints.rebuild(complaint=english)
    assert Fault.objects.get().questions == 3
