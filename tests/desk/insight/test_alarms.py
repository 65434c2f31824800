"""The nightly watch: what rings, what must not, and what somebody makes of it."""

from datetime import timedelta

import pytest

from amends.desk.complaints.models import Branch, Complaint, Product
from amends.desk.improvements import themes
from amends.desk.improvements.models import Cause, Theme
from amends.desk.insight import alarm_mail, alarm_words, alarms
from amends.desk.insight.models import Alarm, Way
from amends.desk.jobs.post import Outcome

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(make_agent):
    return make_agent(name="Deniz Kaya", role="quality")


@pytest.fixture
def complain(make_customer, lead, now):
    """Make a complaint so many days ago, of a theme and through a channel; rows alone, since only they are counted."""
    customer = make_customer()

    def made(days, *, theme="late", layer="process", channel="form", **places):
        kept, _made = Theme.objects.get_or_create(name=theme)
        number = Complaint.objects.count()
        rows = Complaint.objects.bulk_create(
            Complaint(
                number=number + place, key=f"{number + place}", customer=customer, owner=lead, subject="Late",
                language="en", channel=channel, received_at=now - timedelta(days=ago, minutes=place),
                last_event_at=now, **places,
            )
            for place, ago in enumerate(days, 1)
        )  # fmt: skip
        Cause.objects.bulk_create(Cause(complaint=row, layer=layer, theme=kept) for row in rows)

    return made


def test_a_theme_that_rises_rings_once_and_for_itself_alone(complain, now):
    complain(range(1, 150, 3))
    complain([3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1], theme="broken", layer="product")
    rung = alarms.watch(now=now)
    assert [(one.way, one.kind) for one in rung] == [(Way.MORE, "theme")]
    assert rung[0].name == str(Theme.objects.get(name="broken").pk)
    assert rung[0].seen >= 5
    assert alarms.complaints_of(rung[0]).count() == rung[0].seen
    assert alarms.watch(now=now) == []
    assert Alarm.objects.count() == 1


@pytest.mark.parametrize(("kind", "model"), [("product", Product), ("branch", Branch)])
def test_a_product_or_a_branch_that_rises_rings_by_its_name(complain, now, kind, model):
    entry = model.objects.create(name="Kettle", names={"fa": "کتری"})
    for place, theme in enumerate("abcdefgh"):  # so many causes that none of them rises by itself
        complain(range(1 + place, 150, 8), theme=theme, layer="process")
        complain([1 + place % 3], theme=theme, layer="process", **{kind: entry})
    [rung] = alarms.watch(now=now)
    assert (rung.way, rung.kind, rung.name) == (Way.MORE, kind, str(entry.pk))
    assert alarms.complaints_of(rung).count() == rung.seen
    assert alarm_words.told(rung, language="fa").subject == "کتری"


def test_what_rings_elsewhere_does_not_hide_a_rise_of_its_own(complain, now):
    branch = Branch.objects.create(name="Harbour")
    complain(range(1, 150, 3))
    complain([3, 3, 3, 3, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1], theme="broken", layer="product")
    for place, theme in enumerate("abcdefgh"):  # so many causes that none of them rises by itself
        complain(range(1 + place, 150, 8), theme=theme, layer="process")
        complain([1 + place % 3], theme=theme, layer="process", branch=branch)
    rung = {(one.kind, one.name) for one in alarms.watch(now=now)}
    assert {("theme", str(Theme.objects.get(name="broken").pk)), ("branch", str(branch.pk))} <= rung


def test_one_alarm_for_one_cause_also_where_something_coarser_rang_first(complain, now):
    complain(range(1, 150, 3))
    complain([3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1], theme="broken", layer="product", channel="mail")
    known = list(Cause.objects.filter(layer="product"))
    Cause.objects.filter(layer="product").delete()  # nobody knows yet why
    first = alarms.watch(now=now)
    assert [one.kind for one in first] == ["channel"]
    Alarm.objects.update(mailed_at=now)
    Cause.objects.bulk_create(known)
    assert [one.pk for one in alarms.watch(now=now)] == [first[0].pk]
    only = Alarm.objects.get()
    assert (only.kind, only.name) == ("theme", str(Theme.objects.get(name="broken").pk))
    assert only.mailed_at == now
    assert alarms.complaints_of(only).count() == only.seen
    assert alarms.watch(now=now) == []


def test_an_alarm_of_a_theme_that_was_merged_leads_to_its_complaints(complain, lead, now):
    complain(range(1, 150, 3))
    complain([3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1], theme="broken", layer="product")
    [rung] = alarms.watch(now=now)
    broken, cups = Theme.objects.get(name="broken"), Theme.objects.create(name="Cups")
    for name in ("Glasses", "Plates"):
        themes.merge(theme=Theme.objects.create(name=name), into=broken)
    assert alarms.complaints_of(rung).count() == rung.seen
    themes.merge(theme=broken, into=cups)
    assert alarms.complaints_of(rung).count() == rung.seen
    assert alarm_words.told(rung, language="en").theme == cups.pk
    assert [one.kind for one in alarms.watch(now=now)] in ([], ["theme"])  # and nothing coarser for the same rise


def test_quiet_days_ring_nothing(complain, now):
    complain(range(1, 180, 2))
    complain(range(1, 180, 5), theme="broken", layer="product")
    assert alarms.watch(now=now) == []


def test_a_channel_that_falls_silent_rings(complain, now):
    complain(range(16, 200))
    complain(range(1, 200), channel="mail", theme="broken")
    rung = alarms.watch(now=now)
    assert [(one.way, one.kind, one.name, one.seen) for one in rung] == [(Way.FEWER, "channel", "form", 0)]


def test_a_theme_that_falls_silent_is_what_everybody_works_for(complain, now):
    complain(range(15, 200))
    complain(range(1, 200), theme="broken")
    assert [one for one in alarms.watch(now=now) if one.kind == "theme"] == []


def test_three_complaints_never_ring(complain, now):
    complain(range(1, 150, 3))
    complain([1, 1, 1], theme="broken", layer="product")
    assert alarms.watch(now=now) == []


def test_a_young_desk_learns_first(complain, now):
    assert alarms.watched(now=now).days_missing == 56
    complain(range(1, 40))
    assert alarms.watch(now=now) == []
    told = alarms.watched(now=now)
    assert told.subjects == 0
    assert told.days_missing > 0


def test_what_is_watched_says_how_often_it_rings_for_nothing(complain, now):
    complain(range(1, 150))
    told = alarms.watched(now=now)
    assert (told.subjects, told.silences) == (4, 2)  # theme, layer, channel, all; channel, all
    assert told.days_between == 66


def test_heard_it_is_watched_anew(complain, lead, now):
    complain(range(1, 150, 3))
    complain([3, 3, 3, 2, 2, 2, 1, 1, 1], theme="broken", layer="product")
    alarm = alarms.watch(now=now)[0]
    with pytest.raises(alarms.UnableToHear, match="few words"):
        alarms.hear(alarm=alarm, words=" ", by=lead, now=now)
    alarms.hear(alarm=alarm, words="A bad batch; called back.", by=lead, now=now)
    with pytest.raises(alarms.UnableToHear, match="already"):
        alarms.hear(alarm=alarm, words="Me too.", by=lead, now=now)
    assert alarms.watch(now=now + timedelta(days=1)) == []


def test_those_who_answer_for_quality_get_one_letter(complain, lead, make_agent, now):
    make_agent(role="agent")
    complain(range(1, 150, 3))
    complain([3, 3, 3, 2, 2, 2, 1, 1, 1], theme="broken", layer="product")
    alarms.watch(now=now)
    sent = []

    class Letters:
        is_open = True

        def deliver(self, *, mime, sender, recipient):
            del sender
            sent.append((recipient, mime))
            return Outcome("sent")

    assert alarm_mail.tell(post=Letters(), now=now) == 1
    assert alarm_mail.tell(post=Letters(), now=now) == 0
    assert [recipient for recipient, _ in sent] == [lead.email]


@pytest.fixture
def at_the_time_of_the_fixtures(monkeypatch, now):
    monkeypatch.setattr("amends.desk.insight.alarm_views.timezone.now", lambda: now)


@pytest.mark.usefixtures("at_the_time_of_the_fixtures")
@pytest.mark.parametrize("language", ["tr", "fa", "mn", "en"])
def test_the_pages_open_in_every_language(client, complain, make_agent, now, language):
    complain(range(1, 150, 3))
    complain([3, 3, 3, 2, 2, 2, 1, 1, 1], theme="broken", layer="product")
    alarm = alarms.watch(now=now)[0]
    client.force_login(make_agent(language=language, role="lead"))
    assert client.get("/desk/insight/alarms/").status_code == 200
    page = client.get(f"/desk/insight/alarms/{alarm.pk}/").content.decode()
    assert page.count("data-counted") == alarm.seen
    client.post(f"/desk/insight/alarms/{alarm.pk}/", {"words": "A batch."})
    alarm.refresh_from_db()
    assert alarm.words == "A batch."


def test_an_agent_reads_and_does_not_settle(client, complain, make_agent, now):
    complain(range(1, 150, 3))
    complain([3, 3, 3, 2, 2, 2, 1, 1, 1], theme="broken", layer="product")
    alarm = alarms.watch(now=now)[0]
    client.force_login(make_agent())
    assert client.get(f"/desk/insight/alarms/{alarm.pk}/").status_code == 200
    assert client.post(f"/desk/insight/alarms/{alarm.pk}/", {"words": "x"}).status_code == 403
