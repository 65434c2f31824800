"""What stands under 'mine': my promises, my figures, and as many as the badge says."""

from datetime import timedelta

import pytest

from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import By, EventKind
from amends.desk.promises import actions as promises
from amends.desk.promises.queries import board, due_today, figures

pytestmark = pytest.mark.django_db


@pytest.fixture
def promise(make_complaint, now):
    """`promise(owner=…, due=…, kept=…)`, made two days ago."""

    def make(*, owner, due, kept=False):
        at = now - timedelta(days=2)
        complaint = make_complaint(owner=owner, at=at)
        reply = complaints.append(
            complaint=complaint, kind=EventKind.REPLIED, by=By.AGENT, agent=owner, text="By then.", now=at
        )
        made = promises.make(
            complaint=complaint, owner=owner, made_in=reply, words="by then", due_at=due, whole_day=False, now=at
        )
        if kept:
            promises.keep(promise=made, by=owner, now=now - timedelta(hours=1))
        return made

    return make


@pytest.fixture
def two(make_agent, promise, now):
    """One with a promise today, one tomorrow, one kept and one broken; another with two broken ones."""
    me, other = make_agent(), make_agent()
    promise(owner=me, due=now + timedelta(hours=3))
    promise(owner=me, due=now + timedelta(days=1))
    promise(owner=me, due=now + timedelta(hours=4), kept=True)
    promise(owner=me, due=now - timedelta(hours=5))
    for _ in range(2):
        promise(owner=other, due=now - timedelta(hours=5))
    promises.break_due(now=now)
    return me, other


def test_the_badge_counts_what_is_broken_or_due_today_under_mine(two, now):
    for agent, expected in zip(two, (2, 2), strict=True):
        page = board(agent=agent, now=now)
        assert due_today(agent=agent, now=now) == expected
        assert len(page.broken) + sum(len(hour.cards) for hour in page.today) == expected


def test_my_figures_are_mine(two, now):
    me, other = two
    since = now - timedelta(days=90)
    mine = figures(since=since, until=now + timedelta(minutes=1), agent=me)
    assert (mine.kept, mine.settled) == (1, 2)
    theirs = figures(since=since, until=now + timedelta(minutes=1), agent=other)
    assert (theirs.kept, theirs.settled) == (0, 2)
    assert figures(since=since, until=now + timedelta(minutes=1)).settled == 4


def test_the_page_tells_the_same(two, now, client, monkeypatch):
    monkeypatch.setattr("amends.desk.promises.views.timezone.now", lambda: now + timedelta(minutes=1))
    client.force_login(two[0])
    page = client.get("/desk/promises/")
    assert (page.context["kept"], page.context["settled"]) == (1, 2)
    assert page.context["rate"] is None  # never a rate of two
    assert b"%" not in page.content[page.content.index(b'class="rate"') : page.content.index(b"</header>")]
    badge = client.get("/desk/counts/").content.decode()
    assert 'id="count-due" hx-swap-oob="true">2</span>' in badge
