"""Promises that come again, told in advance, made by who left, made good again, counted and shared."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import Event
from amends.desk.complaints.queries import person
from amends.desk.people import actions as people
from amends.desk.promises import actions, feeds, queries
from amends.desk.promises.icalendar import Entry, calendar
from amends.desk.promises.models import Promise
from amends.desk.workplace import ledger

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def make_promise(make_complaint, now):
    def make(*, complaint=None, due_at=None, words="salıya kadar", at=None, **fields):
        at = at or now
        complaint = complaint or make_complaint(at=at)
        event = complaints.append(
            complaint=complaint, kind="replied", by="agent", agent=complaint.owner, text=words, now=at
        )
        return actions.make(
            complaint=complaint, owner=complaint.owner, made_in=event, words=words, due_at=due_at or now + 5 * HOUR,
            whole_day=False, now=at, **fields,
        )  # fmt: skip

    return make


def told():
    events = Event.objects.filter(kind="warned").order_by("pk")
    return [(event.content.data["to"], event.content.data["about"]) for event in events]


class TestComingAgain:
    def test_is_read_from_the_words(self, make_promise, now):
        assert make_promise(words="Sizi her cuma arayacağım").every == "week"
        assert make_promise(words="Sizi cuma günü arayacağım").every == ""

    def test_a_kept_one_is_open_for_its_next_time(self, make_promise, now):
        friday = now + 2 * DAY
        promise = make_promise(words="Sizi her cuma arayacağım", due_at=friday)
        actions.keep(promise=promise, by=promise.owner, now=friday - HOUR)
        again = Promise.objects.get(state="open")
        assert (again.due_at, again.series_id, again.every) == (friday + 7 * DAY, promise.pk, "week")
        actions.keep(promise=again, by=promise.owner, now=friday + 6 * DAY)
        third = Promise.objects.get(state="open")
        assert (third.due_at, third.series_id) == (friday + 14 * DAY, promise.pk)

    def test_moving_one_of_them_does_not_move_the_row(self, make_promise, now):
        friday = now + 2 * DAY
        promise = make_promise(words="Sizi her cuma arayacağım", due_at=friday)
        actions.move(promise=promise, by=promise.owner, due_at=friday + 3 * DAY, yes="phone", now=now)
        promise.refresh_from_db()
        actions.keep(promise=promise, by=promise.owner, now=friday + 2 * DAY)
        assert Promise.objects.get(state="open").due_at == friday + 7 * DAY

    def test_the_case_says_that_it_comes_again_and_the_sheet_what_moves(self, client, make_promise, now):
        promise = make_promise(every="week", due_at=now + 2 * DAY)
        pane = person(complaint=promise.complaint, now=now, reader=promise.owner)
        assert [one.every for one in pane.open_promises] == ["week"]
        client.force_login(promise.owner)
        number = promise.complaint.number
        assert "every week" in client.get(reverse("workplace:complaint", args=[number])).text
        assert "only this one time moves" in client.get(reverse("workplace:move", args=[promise.pk])).text

    def test_a_broken_one_too_and_what_was_slept_through_is_left_out(self, make_promise, now):
        promise = make_promise(every="day")
        actions.break_due(now=now + 3 * DAY)
        assert Promise.objects.filter(state="broken").count() == 1
        assert Promise.objects.get(state="open").due_at == promise.due_at + 3 * DAY

    def test_withdrawing_ends_the_row(self, make_promise, now):
        promise = make_promise(every="week")
        actions.withdraw(promise=promise, by=promise.owner, yes="phone", now=now)
        assert not Promise.objects.filter(state="open").exists()

    def test_content_ends_the_row(self, make_promise, now):
        promise = make_promise(every="week")
        complaints.say_content(complaint=promise.complaint, by_customer=True, now=now)
        actions.keep(promise=promise, by=promise.owner, now=now + HOUR)
        assert not Promise.objects.filter(state="open").exists()


class TestTheCustomersYes:
    @pytest.mark.parametrize("yes", ["", "carrier pigeon"])
    def test_nothing_moves_or_ends_without(self, make_promise, now, yes):
        promise = make_promise()
        with pytest.raises(actions.UnableToPromise):
            actions.move(promise=promise, by=promise.owner, due_at=now + DAY, yes=yes, now=now)
        with pytest.raises(actions.UnableToPromise):
            actions.withdraw(promise=promise, by=promise.owner, yes=yes, now=now)
        promise.refresh_from_db()
        assert (promise.state, promise.moved) == ("open", 0)

    def test_is_kept_with_how_it_came(self, make_promise, now):
        promise = make_promise()
        assert actions.move(promise=promise, by=promise.owner, due_at=now + DAY, yes="mail", now=now).channel == "mail"


class TestWarnings:
    def test_the_owner_first_then_the_lead(self, make_agent, make_team, make_complaint, make_promise, now):
        lead = make_agent(role="lead")
        owner = make_agent(team=make_team(lead=lead))
        make_promise(complaint=make_complaint(owner=owner))
        for minutes in range(150, 300, 10):
            actions.break_due(now=now + timedelta(minutes=minutes))
        assert told() == [(owner.pk, "promise-due"), (lead.pk, "promise-due")]

    def test_a_break_at_night_is_told_in_the_morning(self, make_promise, now):
        promise = make_promise(due_at=now + 14 * HOUR)  # eleven at night in Istanbul
        actions.break_due(now=now + 9 * HOUR - timedelta(minutes=30))
        assert [about for _, about in told()] == ["promise-due"]
        for hours in (14, 15, 20):
            actions.break_due(now=now + hours * HOUR)
        promise.refresh_from_db()
        assert (promise.state, promise.told_at) == ("broken", None)
        actions.break_due(now=now + DAY)
        actions.break_due(now=now + DAY + HOUR)
        assert [about for _, about in told()] == ["promise-due", "promise-broken"]

    def test_follow_the_hours_of_a_new_owner(self, make_agent, make_promise, now):
        promise = make_promise(due_at=now + DAY)
        before = promise.warn_at
        far = make_agent(time_zone="America/New_York")
        complaints.hand_over(complaint=promise.complaint, by=promise.owner, to=far, reason="awake then", now=now)
        promise.refresh_from_db()
        assert promise.warn_at != before
        assert far.calendar().is_open(promise.warn_at)


class TestNotice:
    def test_is_counted_and_the_promise_stays_open(self, make_promise, now):
        promise = make_promise(due_at=now + DAY)
        ledger.tell_in_advance(
            promise=promise, by=promise.owner, text="Üzgünüm, yetişmeyecek.", due_at=now + 3 * DAY, now=now + HOUR
        )
        promise.refresh_from_db()
        assert (promise.state, promise.notice_at) == ("open", now + HOUR)
        assert Promise.objects.get(due_at=now + 3 * DAY).state == "open"
        actions.break_due(now=now + DAY)
        figures = queries.figures(since=now, until=now + 2 * DAY)
        assert (figures.broken, figures.told_in_advance, figures.notice) == (1, 1, DAY - HOUR)

    def test_needs_a_word_to_the_customer_and_comes_once(self, make_promise, now):
        promise = make_promise(due_at=now + DAY)
        note = complaints.note(complaint=promise.complaint, by=promise.owner, text="late", now=now)
        with pytest.raises(actions.UnableToPromise):
            actions.give_notice(promise=promise, by=promise.owner, told_in=note, now=now)
        actions.give_notice(promise=promise, by=promise.owner, told_in=promise.made_in, now=now)
        with pytest.raises(actions.UnableToPromise):
            actions.give_notice(promise=promise, by=promise.owner, told_in=promise.made_in, now=now)
        with pytest.raises(actions.UnableToSettle):
            actions.give_notice(promise=promise, by=promise.owner, told_in=promise.made_in, now=now + 2 * DAY)


class TestWhoLeft:
    def test_their_promises_are_kept_by_who_owns_the_complaint_now(self, make_promise, make_agent, now):
        promise, heir = make_promise(), make_agent()
        leaver = promise.owner
        complaints.hand_over_all(agent=leaver, by=heir, reason="left", to={promise.complaint.number: heir}, now=now)
        leaver.is_active = False
        leaver.save()
        (card,) = queries.inherited(agent=heir)
        assert (card.maker_name, card.maker_left, card.owner_id) == (leaver.name, True, heir.pk)
        actions.break_due(now=now + 4 * HOUR)
        assert told() == [(heir.pk, "promise-due")]

    def test_nobody_leaves_with_a_promise_in_a_complaint_that_has_ended(self, make_promise, make_agent, now):
        promise, heir = make_promise(), make_agent()
        complaints.say_content(complaint=promise.complaint, by_customer=True, now=now)
        with pytest.raises(people.UnableToLeave):
            people.leave(agent=promise.owner, now=now)
        assert complaints.hand_over_all(agent=promise.owner, by=heir, reason="left", now=now) == 1
        people.leave(agent=promise.owner, now=now)
        assert [card.id for card in queries.inherited(agent=heir)] == [promise.pk]
        assert promise.complaint.stage == "resolved"


class TestFigures:
    def test_have_their_denominators_by_team_and_channel(
        self, make_promise, make_complaint, make_agent, make_team, now
    ):
        east, west = make_team(name="East"), make_team(name="West")
        of = {team: make_agent(team=team) for team in (east, west)}
        for team, channel, kept in ((east, "mail", True), (east, "form", False), (west, "mail", True)):
            promise = make_promise(complaint=make_complaint(owner=of[team], channel=channel))
            if kept:
                actions.keep(promise=promise, by=promise.owner, now=now + HOUR)
        actions.break_due(now=now + 6 * HOUR)
        figures = queries.figures(since=now, until=now + DAY)
        assert [(row.name, row.kept, row.settled) for row in figures.by_team] == [("East", 1, 2), ("West", 1, 1)]
        assert [(row.name, row.kept, row.settled) for row in figures.by_channel] == [
            ("e-mail", 2, 2),
            ("web form", 0, 1),
        ]
        assert all(row.share.too_few for row in figures.by_team)
        ours = queries.figures(since=now, until=now + DAY, team=west)
        assert (ours.kept, ours.settled) == (1, 1)


class TestMakingAmends:
    @pytest.mark.parametrize(
        ("text", "taken"),
        [
            ("", (False, False, False, False)),
            ("I am sorry that I did not call. I refund the postage today and I will call you tomorrow at 10:00.",
             (True, True, True, True)),
            ("The courier was late because of the snow. I am sorry.", (False, False, False, False)),
            ("Hello Mr Smith, I am sorry.", (True, True, False, False)),
        ],
    )  # fmt: skip
    def test_is_checked_step_by_step(self, make_complaint, make_customer, now, text, taken):
        complaint = make_complaint(customer=make_customer(language="en"))
        steps = queries.apology(complaint=complaint, text=text, now=now)
        assert (steps.sorry_first, steps.no_excuse, steps.remedy, steps.new_time is not None) == taken

    @pytest.mark.parametrize("language", ["en", "tr", "fa", "mn"])
    def test_is_drawn_while_one_writes(self, client, make_agent, make_complaint, language):
        agent = make_agent(language=language)
        client.force_login(agent)
        complaint = make_complaint(owner=agent)
        response = client.post(reverse("workplace:sorry", args=[complaint.number]), {"text": "Çok üzgünüm."})
        assert response.content.decode().count("<li") == 4


class TestSheets:
    @pytest.fixture
    def promise(self, client, make_agent, make_complaint, make_promise):
        agent = make_agent()
        client.force_login(agent)
        moment = timezone.now()
        return make_promise(complaint=make_complaint(owner=agent, at=moment), due_at=moment + 2 * DAY, at=moment)

    def test_withdraw_asks_how_they_agreed(self, client, promise):
        address = reverse("workplace:withdraw", args=[promise.pk])
        assert client.get(address).status_code == 200
        assert client.post(address, {"yes": ""}).status_code == 422
        client.post(address, {"yes": "phone"})
        promise.refresh_from_db()
        assert promise.state == "withdrawn"

    def test_a_promise_is_written_down_by_hand(self, client, promise):
        address = reverse("workplace:promise", args=[promise.complaint.number])
        due = (timezone.now() + 3 * DAY).strftime("%Y-%m-%dT%H:%M")
        assert client.get(address).status_code == 200
        client.post(address, {"words": "I bring it myself", "due_at": due, "every": "week", "told_in": "visit"})
        written = Promise.objects.get(words="I bring it myself")
        assert (written.every, written.made_in.channel) == ("week", "visit")

    def test_late_is_told_now(self, client, promise):
        address = reverse("workplace:notice", args=[promise.pk])
        assert "özür" in client.get(address).content.decode() or client.get(address).status_code == 200
        due = (timezone.now() + 5 * DAY).strftime("%Y-%m-%dT%H:%M")
        client.post(address, {"text": "Üzgünüm, yetişmeyecek.", "due_at": due})
        promise.refresh_from_db()
        assert promise.notice_at is not None

    @pytest.mark.parametrize("whose", ["", "team", "all"])
    def test_the_board_is_mine_my_teams_or_everybodys(self, client, promise, make_team, whose):
        promise.owner.team = make_team()
        promise.owner.save()
        assert client.get(reverse("promises:board"), {"whose": whose}).status_code == 200


class TestFeeds:
    def test_are_read_at_a_secret_address_until_revoked(self, client, make_promise, now):
        promise = make_promise(due_at=timezone.now() + DAY, words="Sizi, her; cuma arayacağım " + "ğ" * 60)
        feed, secret = feeds.make(by=promise.owner, now=now)
        address = reverse("promise-feed", args=[secret])
        response = client.get(address)
        body = response.content.decode()
        assert response["Content-Type"].startswith("text/calendar")
        assert f"UID:promise-{promise.pk}@amends" in body
        assert "Sizi\\, her\\; cuma" in body
        assert promise.complaint.customer.name not in body
        assert all(len(line.encode()) <= 75 for line in body.split("\r\n"))
        assert secret not in feed.digest
        assert client.get(reverse("promise-feed", args=[secret + "x"])).status_code == 404
        feeds.revoke(feed=feed, by=promise.owner, now=now)
        assert client.get(address).status_code == 404

    def test_of_a_team_are_for_its_people(self, make_agent, make_team, make_complaint, make_promise, now):
        team = make_team()
        member, stranger = make_agent(team=team), make_agent()
        make_promise(complaint=make_complaint(owner=member), due_at=timezone.now() + DAY)
        with pytest.raises(feeds.UnableToShare):
            feeds.make(by=stranger, team=team, now=now)
        feed, secret = feeds.make(by=member, team=team, now=now)
        found = feeds.read(secret=secret, now=timezone.now())
        assert found is not None
        assert f"SUMMARY:{member.name}" in found.text
        with pytest.raises(feeds.UnableToShare):
            feeds.revoke(feed=feed, by=stranger, now=now)

    def test_close_when_their_owner_leaves(self, make_agent, now):
        agent = make_agent()
        _, secret = feeds.make(by=agent, now=now)
        agent.is_active = False
        agent.save()
        assert feeds.read(secret=secret, now=now) is None

    def test_have_a_page(self, client, make_agent, make_team):
        agent = make_agent(team=make_team())
        client.force_login(agent)
        page = client.post(reverse("promises:feeds"), {"of": "team"}).content.decode()
        assert ".ics" in page
        assert ".ics" not in client.get(reverse("promises:feeds")).content.decode()
        client.post(reverse("promises:revoke", args=[agent.team.feeds.get().pk]))
        assert agent.team.feeds.get().revoked_at is not None

    def test_are_written_as_the_standard_says(self):
        at = datetime(2026, 10, 14, 12, tzinfo=UTC)
        plain = Entry(uid="a", title="one\ntwo", due=at, day=None, link="http://x/", changed=2)
        whole = Entry(uid="b", title="b", due=at, day=at.date(), link="http://x/", changed=0)
        lines = calendar([plain, whole], name="n", alarm="soon", now=at).split("\r\n")
        assert lines[0] == "BEGIN:VCALENDAR"
        assert lines[-2:] == ["END:VCALENDAR", ""]
        for line in ("DTEND:20261014T120000Z", "SUMMARY:one\\ntwo", "DTSTART;VALUE=DATE:20261014", "SEQUENCE:2"):
            assert line in lines
