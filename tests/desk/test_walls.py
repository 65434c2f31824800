"""A closed team: what it has is nowhere for others, on every page of the desk and every address of the API.

Every address is walked over: those about one complaint say that there is none, those that list hold nothing of it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, Final

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from amends.desk.api import actions as programs
from amends.desk.api.scopes import Scope
from amends.desk.calm import actions as calm
from amends.desk.calm.models import Pause, Takeover
from amends.desk.channels.models import Outgoing, OutgoingState
from amends.desk.complaints import actions as complaints
from amends.desk.complaints import announce, links, merging, tags, visible
from amends.desk.complaints import queries as complaint_queries
from amends.desk.complaints.models import Attachment, Complaint, How
from amends.desk.notices import queries as notices
from amends.desk.notices.models import Notice
from amends.desk.people import walls
from amends.desk.people.models import Agent, OwnRole, Right, Role, Team
from amends.desk.promises import actions as promises
from amends.desk.promises import feeds
from amends.desk.promises.models import Promise
from amends.desk.remedies.models import Remedy, Request
from amends.desk.third_parties.models import Party, Wait
from amends.desk.workplace import live
from amends.desk.workplace.models import LaterReply
from tests.desk.test_permissions import MATRIX, addresses

SECRET: Final = "Zirkonium"  # stands in every word of the complaint behind the wall
NAME: Final = "Gizli Sirkecioğlu"
DAY: Final = timedelta(days=1)
NOT_PAGES: Final = frozenset({"workplace:live", "people:sign-out", "people:second-step"})


@pytest.fixture
def house(
    make_agent: Callable[..., Agent],
    make_team: Callable[..., Team],
    make_complaint: Callable[..., Complaint],
    make_customer: Callable[..., Any],
    now: datetime,
) -> SimpleNamespace:
    """A closed team with one complaint, and somebody of another team."""
    lead = make_agent(name="Lead", role=Role.LEAD)
    closed = make_team(name="Closed", lead=lead)
    lead.team = closed
    lead.save()
    closed.is_closed = True
    closed.save()
    owner = make_agent(name="Owner", team=closed)
    mate = make_agent(name="Mate", team=closed)
    outside = make_agent(name="Outside", team=make_team(name="Open"))
    customer = make_customer(name=NAME, email="gizli@mail.example")
    row = make_complaint(customer=customer, owner=owner, subject=f"{SECRET} kettle", text=f"My {SECRET}.")
    row.team = closed
    row.save()
    beside = make_complaint(customer=customer, owner=outside, subject="Plain kettle", text="Mine.")
    return SimpleNamespace(
        row=Complaint.objects.get(pk=row.pk), beside=beside, closed=closed, lead=lead, owner=owner, mate=mate,
        outside=outside, customer=customer, now=now,
    )  # fmt: skip


def again(agent: Agent) -> Agent:
    """Somebody as the next page finds them."""
    return Agent.objects.get(pk=agent.pk)


def signed_in(agent: Agent) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(agent)
    return client


def sees(agent: Agent, row: Complaint) -> bool:
    return visible.sees(again(agent), row)


class TestWhoSees:
    def test_is_everybody_where_no_team_is_closed(self, house, django_assert_num_queries):
        Team.objects.update(is_closed=False)
        outside = again(house.outside)
        with django_assert_num_queries(0):
            assert not visible.has_walls(outside)
            assert str(visible.visible_to(outside)) == "(AND: )"

    def test_is_the_team_its_lead_and_who_answers_for_the_house(self, house, make_agent):
        for who in (house.owner, house.mate, house.lead):
            assert sees(who, house.row)
        assert sees(make_agent(role=Role.QUALITY), house.row)
        assert sees(make_agent(role=Role.ADMINISTRATOR), house.row)

    def test_is_nobody_else_whoever_they_are(self, house, make_agent, make_team):
        for who in (house.outside, make_agent(role=Role.LEAD, team=make_team()), make_agent()):
            assert not sees(who, house.row)

    def test_is_who_has_the_right_by_a_role_of_ones_own(self, house, make_agent):
        role = OwnRole.objects.create(name="Auditor", base=Role.AGENT, rights=[Right.BEHIND_WALLS])
        assert sees(make_agent(own_role=role), house.row)

    def test_is_who_was_brought_in(self, house):
        complaints.bring_in(
            complaint=house.row, by=house.owner, agent=house.outside, question="Is it the fuse?", now=house.now
        )
        assert sees(house.outside, house.row)
        assert signed_in(house.outside).get(f"/desk/{house.row.number}/").status_code == 200

    def test_is_who_owns_it(self, house):
        Complaint.objects.filter(pk=house.row.pk).update(owner=house.outside)
        assert sees(house.outside, Complaint.objects.get(pk=house.row.pk))

    def test_is_who_was_asked_and_has_not_answered(self, house):
        request = Request.objects.create(
            complaint=house.row, by=house.owner, at=house.now, kind="refund", cost=5, asked=house.outside,
            asked_at=house.now,
        )  # fmt: skip
        assert sees(house.outside, house.row)
        Request.objects.filter(pk=request.pk).update(state="withdrawn", answered_at=house.now)
        assert not sees(house.outside, house.row)

    def test_costs_a_page_one_question_more_and_none_without_walls(self, house, django_assert_num_queries):
        outside = again(house.outside)
        with django_assert_num_queries(1):
            walls.shut_out(outside)
            walls.shut_out(outside)

    def test_is_decided_anew_for_who_was_fetched_otherwise(self, house):
        """Not to know whether a wall stands opens nothing."""
        assert walls.shut_out(Agent.objects.filter(pk=house.outside.pk)[0]) == {house.closed.pk}


class TestLists:
    @pytest.mark.parametrize("view", complaint_queries.VIEWS)
    def test_hold_nothing_of_it(self, house, view):
        rows = complaint_queries.inbox(agent=again(house.outside), view=view, now=house.now)
        assert house.row.number not in [row.number for row in rows]
        if view == "all":
            assert house.beside.number in [row.number for row in rows]

    def test_count_nothing_of_it(self, house, make_agent):
        nobody = make_agent()  # of no team, who sees all that is open in the lists of teams
        found = complaint_queries.views_with_counts(agent=again(nobody), now=house.now)
        assert (found["team"], found["all"]) == (1, 1)
        assert complaint_queries.count(agent=again(nobody), view="all", now=house.now) == 1

    @pytest.mark.parametrize("words", [SECRET, NAME, "kettle"])
    def test_find_nothing_of_it(self, house, words):
        for agent, count in ((house.outside, 0), (house.mate, 1)):
            rows = complaint_queries.inbox(agent=again(agent), view="all", now=house.now, search=words)
            assert [row.number for row in rows].count(house.row.number) == count

    def test_watching_it_from_before_shows_nothing(self, house):
        house.row.watches.create(agent=house.outside, since=house.now)
        rows = complaint_queries.inbox(agent=again(house.outside), view="watching", now=house.now)
        assert rows == []
        counts = complaint_queries.views_with_counts(agent=again(house.outside), now=house.now)
        assert counts["watching"] == 0

    def test_one_who_may_sees_it(self, house):
        rows = complaint_queries.inbox(agent=again(house.mate), view="team", now=house.now)
        assert [row.number for row in rows] == [house.row.number]

    def test_acts_on_several_leave_it_alone(self, house):
        answer = signed_in(house.outside).post(
            "/desk/together/watch/", {"number": [house.row.number, house.beside.number]}
        )
        assert answer.status_code < 400
        assert set(house.outside.watches.values_list("complaint", flat=True)) == {house.beside.pk}


# ── Every address ────────────────────────────────────────────────────────────


def about(name: str, path: str) -> bool:
    return bool(re.search(r"<(?:int:)?(?:number|other|pk|event)>", path))


def test_every_address_is_known_to_the_door() -> None:
    """Who adds an address says whether it is about a complaint: by its number, by a row of it, or not at all."""
    inside = frozenset[str]().union(*(names for room, names in MATRIX.items() if room not in {"open", "key"}))
    unknown = []
    for name, path in addresses().items():
        if name not in inside or not about(name, path):
            continue
        if re.search(r"<(?:int:)?number>", path) or name in visible.BEHIND or name in visible.OF_NO_COMPLAINT:
            continue
        unknown.append(name)
    assert unknown == []


def test_what_the_door_looks_up_is_there() -> None:
    for model, way in visible.BEHIND.values():
        found = apps.get_model(model)
        for part in way.split("__"):
            found = found._meta.get_field(part).related_model
        assert found is Complaint


@pytest.fixture
def behind(house: SimpleNamespace) -> dict[str, int]:
    """A row of everything that an address may be about, in the complaint behind the wall."""
    row, now, owner = house.row, house.now, house.owner
    event = row.events.get(kind="customer-wrote")
    file = Attachment.objects.create(event=event, name="a.txt", media_type="text/plain", size=2, sha256="0" * 64)
    file.file.save("a", ContentFile(b"ab"))
    promise = Promise.objects.create(
        complaint=row, owner=owner, made_in=event, words=SECRET, made_at=now, due_at=now + DAY, warn_at=now
    )
    remedy = Remedy.objects.create(complaint=row, by=owner, kind="refund", what=SECRET, cost=1, at=now)
    request = Request.objects.create(
        complaint=row, by=owner, at=now, kind="refund", what=SECRET, cost=5, asked=house.lead, asked_at=now
    )
    takeover = Takeover.objects.create(complaint=row, asked_by=owner, asked=house.mate, reason=SECRET, asked_at=now)
    pause = Pause.objects.create(complaint=row, agent=owner, since=now, until=now + timedelta(minutes=5))
    party = Party.objects.create(name="Courier", key="courier")
    wait = Wait.objects.create(complaint=row, party=party, since=now)
    letter = Outgoing.objects.create(
        event=event, complaint=row, recipient="gizli@mail.example", message_id="<1@desk.example>", mime=b"",
        state=OutgoingState.FAILED, not_before=now,
    )  # fmt: skip
    later = LaterReply.objects.create(
        complaint=row, by=owner, text=SECRET, seen=event.pk, send_at=now + DAY, made_at=now
    )
    return {
        "complaints.Attachment": file.pk,
        "complaints.Event": event.pk,
        "promises.Promise": promise.pk,
        "remedies.Remedy": remedy.pk,
        "remedies.Request": request.pk,
        "calm.Takeover": takeover.pk,
        "calm.Pause": pause.pk,
        "third_parties.Wait": wait.pk,
        "channels.Outgoing": letter.pk,
        "workplace.LaterReply": later.pk,
    }


def places(house: SimpleNamespace, behind: dict[str, int], name: str, path: str) -> str | None:
    """An address about the complaint behind the wall; nothing where no row was made for it."""
    pk = behind.get(visible.BEHIND.get(name, ("", ""))[0])
    by_number = re.search(r"<(?:int:)?number>", path)
    if not by_number and pk is None:
        return None
    told = {"number": str(house.row.number), "other": str(house.beside.number), "pk": str(pk or 1), "event": str(pk)}
    return "/" + re.sub(r"<(?:(\w+):)?(\w+)>", lambda part: told.get(part[2], "call"), path)


def every(house: SimpleNamespace, behind: dict[str, int], rooms: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for name, path in sorted(addresses().items()):
        if any(name in MATRIX[room] for room in rooms) and about(name, path):
            place = places(house, behind, name, path)
            if place is not None:
                yield name, place


pytestmark = pytest.mark.django_db
on_sqlite = pytest.mark.skipif("DATABASE_URL" in os.environ, reason="rights are of the program: seen on SQLite")


@on_sqlite
def test_every_door_to_it_says_that_there_is_none(house, behind) -> None:
    rights = OwnRole.objects.create(
        name="Nearly everything", base=Role.LEAD, rights=sorted(set(Right.values) - {Right.BEHIND_WALLS})
    )
    house.outside.role, house.outside.own_role = Role.LEAD, rights
    house.outside.save()
    client = signed_in(house.outside)
    wrong, walked = [], 0
    for name, place in every(house, behind, ("agents", "leads", "administrators")):
        for method in ("get", "post"):
            with transaction.atomic():
                answer: HttpResponse = getattr(client, method)(place)
                transaction.set_rollback(True)
            walked += 1
            if answer.status_code not in {403, 404, 405}:
                wrong.append(f"{method} {name}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)
    assert walked > 120  # that it walked at all


@on_sqlite
def test_every_list_holds_nothing_of_it(house, behind) -> None:
    house.outside.role = Role.LEAD
    house.outside.save()
    client = signed_in(house.outside)
    links.link(complaint=house.beside, other=house.row, how=How.SAME_CAUSE, by=house.owner, now=house.now)
    pages = (MATRIX["agents"] | MATRIX["leads"]) - NOT_PAGES
    figures = ("complaints", "unanswered", "replies", "people-all", "took-whole", "customers", "promises")
    told = [
        *(f"/{path}" for name, path in addresses().items() if name in pages and "<" not in path),
        *(f"/desk/{house.beside.number}/{rest}" for rest in ("", "sheet/link/", "sheet/merge/", "on-one-page/")),
        *(f"/desk/insight/behind/{figure}/" for figure in figures),
        f"/desk/palette/?q={SECRET}&number={house.row.number}",
        f"/desk/list/?view=all&q={SECRET}",
        "/desk/?view=all",
        "/desk/promises/?whose=all",
        "/desk/promises/?whose=team",
    ]
    wrong = []
    for place in told:
        answer = client.get(place)
        words = answer.content.decode(errors="replace") if not answer.streaming else ""
        if answer.status_code >= 500 or SECRET in words.replace(f"q={SECRET}", "").replace(f'value="{SECRET}"', ""):
            at = words.find(SECRET)
            wrong.append(f"{place}: {answer.status_code} {words[max(0, at - 80) : at + 40]}")
    assert not wrong, "\n".join(wrong)


@on_sqlite
def test_no_address_of_the_api_tells_of_it(house, behind, now) -> None:
    _token, secret = programs.make_token(
        name="Shop", agent=house.outside, scopes=list(Scope.values), by=house.outside, now=now
    )
    client = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {secret}"})
    wrong = []
    for name, place in every(house, behind, ("token",)):
        for method in ("get", "post", "put", "patch", "delete"):
            with transaction.atomic():
                answer = client.generic(method.upper(), place, b"{}", content_type="application/json")
                transaction.set_rollback(True)
            if answer.status_code not in {404, 405} or SECRET in answer.content.decode():
                wrong.append(f"{method} {name}: {answer.status_code} {answer.content[:200]!r}")
    for place in (
        "complaints", f"complaints?words={SECRET}", "promises", "customers?email=gizli@mail.example",
        f"customers/{house.customer.pk}", f"customers?words={NAME}",
    ):  # fmt: skip
        answer = client.get(f"/api/{place}")
        if (
            answer.status_code >= 500
            or SECRET in answer.content.decode()
            or f'"number":{house.row.number},' in (answer.content.decode().replace(" ", ""))
        ):
            wrong.append(f"{place}: {answer.content[:300]!r}")
    assert not wrong, "\n".join(wrong)


class TestLettingItOut:
    def test_needs_the_yes_of_who_answers_for_the_team(self, house):
        with pytest.raises(complaints.UnableToHandOver, match="Lead can say yes"):
            complaints.hand_over(complaint=house.row, by=house.owner, to=house.outside, reason="Shift", now=house.now)
        with pytest.raises(calm.UnableToTakeOver, match="closed to other teams"):
            calm.ask_to_take_over(complaint=house.row, by=house.owner, to=house.outside, reason="Shift", now=house.now)
        complaints.hand_over(complaint=house.row, by=house.lead, to=house.outside, reason="Shift", now=house.now)
        house.row.refresh_from_db()
        assert house.row.team == house.outside.team

    def test_stays_in_the_team_without_a_yes(self, house):
        complaints.hand_over(complaint=house.row, by=house.owner, to=house.mate, reason="Shift", now=house.now)
        assert Complaint.objects.get(pk=house.row.pk).owner == house.mate

    def test_by_the_desk_shows_it_to_its_new_owner_alone(self, house, make_agent):
        complaints.hand_over_by_desk(complaint=house.row, to=house.outside, reason="Nobody left", now=house.now)
        row = Complaint.objects.get(pk=house.row.pk)
        assert (row.owner, row.team) == (house.outside, house.closed)
        assert sees(house.outside, row)
        assert not sees(make_agent(team=house.outside.team), row)

    def test_by_merging_needs_it_too(self, house):
        with pytest.raises(merging.UnableToMerge, match="closed to other teams"):
            merging.merge(other=house.row, into=house.beside, by=house.owner, now=house.now)
        merging.merge(other=house.row, into=house.beside, by=house.lead, now=house.now)

    def test_handing_out_all_of_a_customer_is_for_who_sees_all(self, house):
        role = OwnRole.objects.create(name="Data", base=Role.AGENT, rights=[Right.DATA])
        house.outside.own_role = role
        house.outside.save()
        client = signed_in(house.outside)
        assert client.get(f"/desk/{house.beside.number}/their-data/").status_code == 403
        assert client.post(f"/desk/{house.beside.number}/their-data/archive/").status_code == 403
        Team.objects.update(is_closed=False)
        assert client.get(f"/desk/{house.beside.number}/their-data/").status_code == 200


def test_closing_a_team_is_kept_with_who_did_it(client, house, make_agent):
    admin = make_agent(role=Role.ADMINISTRATOR)
    client.force_login(admin)
    told = {"name": "Closed", "calendar": house.closed.calendar_id, "lead": house.lead.pk}
    assert client.post(f"/people/teams/{house.closed.pk}/", told).status_code == 302
    assert not Team.objects.get(pk=house.closed.pk).is_closed
    assert client.post(f"/people/teams/{house.closed.pk}/", {**told, "is_closed": "on"}).status_code == 302
    kinds = [(one.kind, one.told, one.by) for one in walls.history()]
    assert kinds == [("wall-up", "Closed", admin), ("wall-down", "Closed", admin)]
    assert b"Closed: " in client.get(f"/people/teams/{house.closed.pk}/").content
    taken = {**told, "name": "Open"}
    assert client.post(f"/people/teams/{house.closed.pk}/", taken).status_code == 200


def test_an_open_line_tells_nothing_of_it(house):
    wire = live.Wire()
    outside = live.Listener(agent=house.outside.pk, shut=walls.shut_out(again(house.outside)))
    mate = live.Listener(agent=house.mate.pk, shut=walls.shut_out(again(house.mate)))
    wire.listeners |= {outside, mate}
    event = house.row.events.latest("sequence")
    said = announce.Change(
        id=event.pk, complaint_id=house.row.pk, number=house.row.number, owner_id=house.owner.pk, kind="noted",
        at=house.now,
    )  # fmt: skip
    numbers = [house.row.number, house.beside.number]
    closed = visible.behind_walls(numbers, teams=[house.closed.pk])
    wire._tell([said], event.pk, closed)
    there = frozenset({house.outside.pk, house.mate.pk})
    wire._tell_who_moved(dict.fromkeys(numbers, there), closed)
    assert (outside.changed, outside.present) == ({}, {house.beside.number})
    assert (set(mate.changed), mate.present) == ({house.row.number}, set(numbers))
    complaints.bring_in(complaint=house.row, by=house.owner, agent=house.outside, question="The fuse?", now=house.now)
    wire._tell([said], event.pk, visible.behind_walls(numbers, teams=[house.closed.pk]))
    assert set(outside.changed) == {house.row.number}


def test_a_notice_of_it_is_told_to_nobody_outside(house):
    event = house.row.events.latest("sequence")
    Notice.objects.create(event=event, agent=house.outside, complaint=house.row, kind="customer-wrote", at=house.now)
    before = notices.count_new(agent=again(house.outside), now=house.now)
    told = notices.told(agent=again(house.outside), now=house.now)
    assert house.row.number not in [one.number for one in told]
    Team.objects.update(is_closed=False)
    assert notices.count_new(agent=again(house.outside), now=house.now) == before + 1


def test_what_somebody_has_been_through_counts_only_what_the_reader_sees(house):
    for agent, count in ((house.outside, 1), (house.mate, 2)):
        reader = again(agent)
        with visible.reading(lambda reader=reader: reader):
            pane = complaint_queries.person(complaint=house.beside, now=house.now, reader=reader)
        assert pane.been_through["complaints"] == count
        assert len(pane.earlier) == count - 1


def test_a_tag_counts_nothing_of_it(house):
    for row in (house.row, house.beside):
        tags.put_on(complaint=row, names=["courier"], by=house.lead, now=house.now)
    told = {}
    for agent in (house.outside, house.lead):
        with visible.reading(lambda agent=agent: again(agent)):
            (one,) = tags.listed()
            told[agent.name] = (one.live, one.all)
    assert told == {"Outside": (1, 1), "Lead": (2, 2)}
    assert "courier" in signed_in(house.outside).get("/desk/tags/").text


def test_a_calendar_of_the_team_shows_what_its_maker_sees_today(house):
    said = complaints.append(
        complaint=house.row, kind="replied", by="agent", agent=house.owner, text="On Friday.", now=house.now
    )
    promises.make(
        complaint=house.row, owner=house.owner, made_in=said, words=f"{SECRET} by Friday", due_at=house.now + DAY,
        whole_day=False, now=house.now,
    )  # fmt: skip
    _feed, secret = feeds.make(by=house.mate, team=house.closed, now=house.now)
    assert SECRET in feeds.read(secret=secret, now=house.now).text
    house.mate.team = house.outside.team
    house.mate.save()
    assert SECRET not in feeds.read(secret=secret, now=house.now).text
