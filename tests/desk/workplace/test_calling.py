"""A call or a visit that is written down while it happens: each side's words, its length, and the times on hold."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from amends.desk.coaching.course import course_of
from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import Stage
from amends.desk.complaints.story import conversation
from amends.desk.promises.models import Promise
from amends.desk.reaching import actions as reaching
from amends.desk.web import wording
from amends.desk.workplace import actions

HTMX = {"HX-Request": "true"}
MINUTE = timedelta(minutes=1)


@pytest.fixture
def complaint(make_complaint, make_agent, make_customer, now):
    owner = make_agent(name="Can Demir", language="en")
    return make_complaint(owner=owner, customer=make_customer(name="Olivia Carter", language="en"), at=now)


def line(complaint, event, *, reader=True):
    items = conversation(complaint=complaint, reader=complaint.owner if reader else None)
    return next(item for item in items if item.id == event.pk).sentence


def log(complaint, now, **told):
    return actions.log_call(complaint=complaint, by=complaint.owner, **{"minutes": "", "now": now} | told)


@pytest.mark.django_db
class TestWhatIsKept:
    def test_their_words_are_a_message_of_theirs_and_stand_before_ours(self, complaint, now):
        event = log(complaint, now, said="It is broken again!", minutes="A new one comes on Friday.")
        *_, said, called = complaint.events.order_by("sequence")
        assert (said.kind, said.by, said.agent, said.channel) == (
            "customer-wrote",
            "customer",
            complaint.owner,
            "phone",
        )
        assert (said.content.text, "heat" in said.content.data) == ("It is broken again!", True)
        assert (called, called.content.text) == (event, "A new one comes on Friday.")
        assert called.content.data["said_in"] == said.pk
        complaint.refresh_from_db()
        assert complaint.waiting_since is None  # they were answered in the same call
        assert complaint.stage == Stage.ANSWERED

    def test_length_and_holds_are_told_on_the_timeline(self, complaint, now):
        told = {"minutes": "Spoke.", "seconds": 720, "holds": [60, 125]}
        event = log(complaint, now, spoken_with="Mr Carter", **told)
        assert line(complaint, event) == "Can Demir spoke with Mr Carter, 12 min, 3 min on hold, in 2 parts"
        assert line(complaint, event, reader=False) == "Can Demir spoke with somebody about your complaint"
        once = log(complaint, now, spoken_with=" olivia  carter ", **told | {"holds": [70]})
        assert "with" not in once.content.data
        assert line(complaint, once) == "Can Demir spoke with the customer, 12 min, 1 min on hold"

    @pytest.mark.parametrize(
        ("language", "words"),
        [("en", "40 s|90 min"), ("tr", "40 sn.|90 dk."), ("fa", "۴۰ ثانیه|۹۰ دقیقه"), ("mn", "40 сек|90 мин")],
    )
    def test_lengths_are_in_the_readers_words(self, language, words):
        told = [wording.in_minutes(seconds, language=language) for seconds in (40, 5_400)]
        assert [one.replace("\u00a0", " ") for one in told] == words.split("|")

    def test_visit_has_no_hold(self, complaint, now):
        event = log(complaint, now, said="Look at it.", channel="visit", seconds=5_400)
        assert event.channel == "visit"
        assert line(complaint, event) == "Can Demir met the customer, 90 min"
        with pytest.raises(actions.UnableToLogCall, match="hold"):
            log(complaint, now, said="Look.", channel="visit", holds=[5])

    def test_old_call_reads_as_it_did(self, complaint, now):
        event = log(complaint, now, minutes="Spoke.")
        assert event.content.data.keys() <= {"at_once"}
        assert line(complaint, event) == "Can Demir spoke with the customer"

    @pytest.mark.parametrize(
        "told",
        [
            {"minutes": " ", "said": " "},
            {"minutes": "x", "seconds": 60, "holds": [61]},
            {"minutes": "x", "seconds": 86_401},
            {"minutes": "x", "channel": "mail"},
        ],
    )
    def test_what_cannot_be_is_refused(self, complaint, now, told):
        before = complaint.events.count()
        with pytest.raises(actions.UnableToLogCall):
            log(complaint, now, **told)
        assert complaint.events.count() == before

    def test_words_on_a_closed_complaint_open_it_again(self, make_complaint, now):
        row = make_complaint(at=now)
        log(row, now, minutes="Sent.")
        row.refresh_from_db()
        complaints.close(complaint=row, by=row.owner, now=now)
        log(row, now + MINUTE, said="It still does not work.", minutes="I look at it today.")
        row.refresh_from_db()
        assert row.stage != Stage.CLOSED


@pytest.mark.django_db
class TestWhatIsFound:
    def on_hold(self, complaint, now):
        return [one for one in course_of(complaint=complaint, language="en", now=now) if one.name == "on-hold"]

    def test_hold_past_the_limit_is_found(self, complaint, now):
        log(complaint, now + MINUTE, minutes="Spoke.", seconds=600, holds=[30, 181])
        (found,) = self.on_hold(complaint, now + 2 * MINUTE)
        assert found.at == now + MINUTE

    def test_holds_within_it_are_not(self, complaint, now):
        log(complaint, now + MINUTE, minutes="Spoke.", seconds=900, holds=[180, 180])
        assert not self.on_hold(complaint, now + 2 * MINUTE)

    def test_wish_for_a_manager_in_their_words_rings_one(self, complaint, now):
        log(complaint, now, said="I want to speak to a manager.", minutes="I look into it.")
        reaching.look_around(now=now)
        assert complaint.events.filter(kind="asked-for-manager").count() == 1


@pytest.mark.django_db
class TestTheSheet:
    @pytest.fixture
    def desk(self, client, complaint):
        client.force_login(complaint.owner)
        return client

    def sheet(self, complaint, name="call"):
        return reverse("workplace:sheet", args=[complaint.number, name])

    def test_begins_now_with_the_customer_and_offers_names(self, desk, complaint, now):
        log(complaint, now, minutes="Spoke.", spoken_with="Mr Carter")
        answer = desk.get(self.sheet(complaint), headers=HTMX)
        page = answer.content.decode()
        assert answer.context["form"]["spoken_with"].value() == "Olivia Carter"
        assert '<option value="Mr Carter">' in page
        assert 'data-hold-limit="180"' in page
        began = datetime.fromisoformat(answer.context["form"]["began"].value())
        assert abs(timezone.now() - began) < MINUTE

    def test_is_written_down_whole(self, desk, complaint):
        due = timezone.localtime() + timedelta(days=2)
        given = {
            "way": "phone", "began": "x", "holds": "65,120,,x", "length": "12", "spoken_with": "Mr Carter",
            "said": "It broke.", "minutes": "I am sorry.", "promised": "a new one", "due_at": f"{due:%Y-%m-%dT%H:%M}",
        }  # fmt: skip
        answer = desk.post(reverse("workplace:call", args=[complaint.number]), given, headers=HTMX)
        assert answer.status_code == 204
        data = complaint.events.get(kind="called").content.data
        assert (data["seconds"], data["holds"], data["with"]) == (720, [65, 120], "Mr Carter")
        assert Promise.objects.get(made_in__kind="called").words == "a new one"

    def test_length_is_in_the_readers_digits(self, desk, complaint):
        complaint.owner.language = "fa"
        complaint.owner.save()
        given = {"way": "phone", "length": "۱۲", "said": "It broke.", "promised": "a new one"}
        answer = desk.post(reverse("workplace:call", args=[complaint.number]), given, headers=HTMX)
        assert answer.status_code == 422  # a promise needs a time; what was typed stays
        assert answer.context["form"].errors.keys() == {"due_at"}
        assert 'type="text" name="length" value="۱۲"' in answer.content.decode()

    def test_keeps_its_beginning_where_something_is_wrong(self, desk, complaint):
        given = {"way": "phone", "began": "2026-03-02T09:00:00+00:00", "holds": "200", "length": "1", "said": "Hm."}
        answer = desk.post(reverse("workplace:call", args=[complaint.number]), given, headers=HTMX)
        assert answer.status_code == 422
        assert given["began"] in answer.content.decode()
        assert "longer on hold than it lasted" in answer.content.decode()

    def test_visit_forgets_what_was_counted_as_hold(self, desk, complaint):
        given = {"way": "visit", "holds": "200", "said": "Here it is."}
        assert desk.post(reverse("workplace:call", args=[complaint.number]), given, headers=HTMX).status_code == 204
        event = complaint.events.get(kind="called")
        assert (event.channel, "holds" in event.content.data) == ("visit", False)
