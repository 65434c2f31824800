"""How many questions the pages of the workplace ask the database: at most fifteen each, whatever the case holds.

All that a request asks is counted, the look-ups of the session and of who is signed in among it, on a case that has
everything: messages, files, a companion, promises, notes, links, tags, fields, a wait for a third party, a colleague
who is asked to take it over, a customer with earlier complaints.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from typing import Final

import pytest
from django.core.signals import request_finished
from django.db import close_old_connections, connection
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver
from django.utils import timezone

from amends.desk.answers import actions as answers
from amends.desk.answers.blocks import Block
from amends.desk.calm import actions as calm
from amends.desk.complaints import actions as complaints
from amends.desk.complaints import fields, links, merging, splitting, tags
from amends.desk.complaints.models import How, Watch
from amends.desk.complaints.queries import VIEWS, Filters
from amends.desk.improvements import actions as causes
from amends.desk.promises import actions as promises
from amends.desk.remedies import actions as remedies
from amends.desk.third_parties import actions as third_parties
from amends.desk.workplace import later, queries, saved_views, screens
from amends.desk.workplace.actions import Undertaken
from amends.desk.workplace.models import Presence

pytestmark = pytest.mark.django_db
MOST: Final = 15
HOUR: Final = timedelta(hours=1)
HTMX: Final = {"HX-Request": "true"}

ROOMS: Final = frozenset({"workplace", "answers"})
# Shown beside the conversation by other rooms.
BESIDE: Final = frozenset({
    "clocks:pane", "coaching:course", "notices:told", "promises:board", "third_parties:page",
    "improvements:cause",
})  # fmt: skip


ENDLESS: Final = frozenset({"workplace:live"})  # an open line; its looks are counted in test_live.py


@pytest.fixture
def now():
    return timezone.now() - timedelta(minutes=1)


@pytest.fixture
def boss(make_agent, make_team):
    """An administrator who leads a team, so that no page is closed to them."""
    agent = make_agent(name="Can Demir", language="en", role="administrator", goodwill_limit=100)
    agent.team = make_team(lead=agent)
    agent.save()
    return agent


@pytest.fixture
def enrich(boss, make_agent, make_customer, make_complaint, now):
    """`enrich(complaint)`: let everything happen to a complaint that can."""

    def one(case):
        expert, at = make_agent(team=boss.team), now - 30 * HOUR
        file = complaints.Upload(name="crushed.png", media_type="image/png", body=b"\x89PNG\r\n\x1a\n0")
        for turn in range(3):
            complaints.customer_writes(
                complaint=case, text="Hata sizin. Rezalet! Sipariş 123456 nerede?", channel="mail", heat=2,
                attachments=[file], now=at + turn * HOUR,
            )  # fmt: skip
            told = complaints.append(
                complaint=case, kind="replied", by="agent", agent=expert if turn == 1 else boss,
                text="Yarın arayacağım.", channel="mail", now=at + (turn + 0.5) * HOUR,
            )  # fmt: skip
            made = promises.make(
                complaint=case, owner=boss, made_in=told, words="Yarın arayacağım",
                due_at=now + (turn + 1) * HOUR, whole_day=False, now=at + (turn + 0.5) * HOUR,
            )  # fmt: skip
            if turn == 2:
                promises.keep(promise=made, by=boss, now=at + 3 * HOUR)
        complaints.note(complaint=case, by=expert, text="The courier lost it.", now=at + 4 * HOUR)
        for _place in range(2):
            complaints.bring_in(
                complaint=case, by=boss, agent=make_agent(team=boss.team), question="Why?", now=at + 4 * HOUR
            )
            other = make_complaint(customer=make_customer(name="Bat"), owner=expert, at=at)
            links.link(complaint=case, other=other, how=How.SAME_CAUSE, by=boss, now=at + 5 * HOUR)
        tags.put_on(complaint=case, names=["courier", "lost"], by=boss, now=at + 5 * HOUR)
        field = fields.keep(field=None, name=f"Parcel {case.number}", names={}, kind="text")
        fields.fill_in(complaint=case, values={field.pk: ["TR-1"]}, by=boss, now=at + 5 * HOUR)
        third_parties.wait(complaint=case, by=boss, who="Aras", until=now + 60 * HOUR, promise=None, now=at + 6 * HOUR)
        merged = make_complaint(customer=case.customer, owner=expert, at=at)
        merging.merge(other=merged, into=case, by=boss, now=at + 7 * HOUR)
        part = complaints.customer_writes(complaint=case, text="And the bill?", channel="mail", now=at + 8 * HOUR)
        splitting.split(complaint=case, events=[part.pk], subject="Bill", by=boss, now=at + 9 * HOUR)
        remedies.put_right(complaint=case, by=boss, kind="gift", what="Flowers", now=now)
        calm.ask_to_take_over(complaint=case, by=boss, to=expert, reason="I go on holiday.", now=now)
        later.keep(
            complaint=case, by=boss, text="Yarın yazacağım.", send_at=now + 30 * HOUR, seen=queries.newest_event(),
            undertaken=[Undertaken(words="Yarın", start=0, end=5, due_at=now + 40 * HOUR)], now=now,
        )  # fmt: skip
        complaints.save_draft(complaint=case, agent=boss, text="Sayın", now=now)
        Presence.objects.create(complaint=case, agent=expert, page=f"{case.number}", since=now, seen_at=now)
        Watch.objects.get_or_create(complaint=case, agent=boss, defaults={"since": now})
        causes.propose(complaint=case, now=now)
        return case

    return one


@pytest.fixture
def case(boss, enrich, make_complaint, make_customer, now):
    """A complaint that has everything, of a customer who has complained before."""
    customer = make_customer(phone="+905551112233", yearly_value=900, currency="TRY", orders=4)
    for before in range(3):
        enrich(make_complaint(customer=customer, owner=boss, at=now - timedelta(days=40 - before)))
    thanks = [Block(texts={"tr": "Teşekkürler."})]
    answers.save(answer=None, by=boss, name="Thanks", is_shared=True, blocks=thanks, now=now)
    saved_views.save(agent=boss, name="Courier", view="team", filters=Filters(heat=1), sharing="private", now=now)
    return enrich(make_complaint(customer=customer, owner=boss, at=now - timedelta(days=2), wish="A new one."))


def close(answer):
    """Close an answer that sends a file, and not the line to the database with it, in the middle of a test."""
    request_finished.disconnect(close_old_connections)
    answer.close()
    request_finished.connect(close_old_connections)


def addresses(case):
    """Every address of these rooms that one can look at, about this case."""
    known = {"number": str(case.number), "pk": "1", "other": "1001"}
    found = {
        f"view {view}": f"/desk/?view={view}" for view in VIEWS
    } | {
        f"search in {view}": f"/desk/list/?view={view}&q=kargo&whole=1" for view in VIEWS
    } | {
        f"sheet {name}": f"/desk/{case.number}/sheet/{name}/" for name in screens.SHEETS
    } | {
        "words in the palette": f"/desk/palette/?q=a&number={case.number}",
        "counts of the menu": "/desk/counts/?menu=1",
        "a conversation of a saved view": f"/desk/{case.number}/?saved=1",
    }  # fmt: skip

    def walk(patterns, space, before):
        for one in patterns:
            place = before + str(one.pattern)
            if hasattr(one, "url_patterns"):
                walk(one.url_patterns, one.namespace or space, place)
            elif (name := f"{space}:{one.name}") not in ENDLESS and (space in ROOMS or name in BESIDE):
                found[f"{name} {place}"] = "/" + re.sub(r"<\w+:(\w+)>", lambda part: known.get(part[1], "call"), place)

    walk(get_resolver().url_patterns, "", "")
    return found


def test_no_page_of_the_workplace_asks_more_than_fifteen(client, boss, case):
    client.force_login(boss)
    client.get("/desk/list/?view=all&q=a")  # whatever a process learns of its database once
    much, answers_ = {}, Counter()
    for name, path in addresses(case).items():
        for kind, headers in (("page", {}), ("part", HTMX)):
            with CaptureQueriesContext(connection) as seen:
                answer = client.get(path, headers=headers)
            close(answer)
            answers_[answer.status_code] += 1
            if len(seen) > MOST:
                much[f"{name} as a {kind}"] = len(seen)
    assert not much
    assert answers_[200] > 130, answers_  # most of them show something
