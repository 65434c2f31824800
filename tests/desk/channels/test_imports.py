"""Complaints of other desks on the timeline: at their times, once, and nobody is written to."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from amends.desk.api import deliver
from amends.desk.api.models import Endpoint, Message
from amends.desk.channels import actions as channels
from amends.desk.channels.imports import actions
from amends.desk.channels.models import Arrival, ArrivalState, Brought, MessageId, Outgoing
from amends.desk.complaints import actions as complaints
from amends.desk.complaints import merging
from amends.desk.complaints.models import Attachment, Complaint, Event, EventKind, Stage
from amends.desk.customers.models import Customer
from amends.desk.people.models import Agent
from amends.intake.desks import DESKS, Bundle
from amends.intake.desks.bundle import Reading

FIXTURES = Path(__file__).parents[2] / "intake" / "desks" / "fixtures"
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def deniz():
    return Agent.objects.create_user(email="deniz@desk.example", name="Deniz Kaya", languages=["tr", "en"])


def bundles(kind: str, name: str = "") -> list[Bundle]:
    from zoneinfo import ZoneInfo

    found = DESKS[kind].files(FIXTURES / (name or f"{kind}.jsonl"), Reading(zone=ZoneInfo("UTC")))
    return [one for one in found if isinstance(one, Bundle)]


def bring(kind: str, *, people: dict[str, str] | None = None, name: str = "") -> list[Arrival]:
    home = actions.Home(desk=kind, source=f"{kind} old.example", people=people or {})
    return [actions.bring(bundle=one, home=home, now=NOW) for one in bundles(kind, name)]


def story(complaint: Complaint) -> list[tuple[str, str, str]]:
    rows = complaint.events.select_related("content", "agent").order_by("sequence")
    return [(row.kind, f"{row.at:%m-%d %H:%M}", row.agent.name if row.agent else "") for row in rows]


def test_a_ticket_with_its_whole_history(deniz, settings):
    home = {"chris@chrispresso.example": "deniz@desk.example"}
    first, second, third = bring("zammad", people=home)
    assert [first.state, second.state, third.state] == [
        ArrivalState.TAKEN_IN, ArrivalState.TAKEN_IN, ArrivalState.SET_ASIDE,
    ]  # fmt: skip
    order = Complaint.objects.get(subject="Order 787556")
    assert story(order) == [
        ("received", "02-24 14:44", ""),
        ("owner-taken", "02-24 14:44", "Deniz Kaya"),
        ("customer-wrote", "02-24 14:44", ""),
        ("noted", "02-25 08:00", "Jacob Smith"),
        ("replied", "02-26 12:44", "Deniz Kaya"),
        ("customer-wrote", "02-27 08:30", ""),
        ("closed", "02-27 09:00", "Deniz Kaya"),
        ("tagged", "02-27 09:00", "Deniz Kaya"),
        ("tagged", "02-27 09:00", "Deniz Kaya"),
    ]
    assert (order.stage, order.closed_at, order.owner) == (Stage.CLOSED, datetime(2021, 2, 27, 9, tzinfo=UTC), deniz)
    assert complaints.rebuild(complaint=order) == []
    # Who is not here is kept by name, has left, and signs in nowhere.
    jacob = Agent.objects.get(email="jacob@chrispresso.example")
    assert (jacob.is_active, jacob.has_usable_password()) == (False, False)
    # What goes on has somebody who works here.
    parcel = Complaint.objects.get(subject="Kargom gelmedi")
    assert (parcel.owner, parcel.stage, parcel.language, parcel.channel) == (deniz, Stage.RECEIVED, "tr", "phone")
    kettle = Attachment.objects.get()
    assert (kettle.name, kettle.event.complaint) == ("kettle.png", order)
    with kettle.file.open() as file:
        assert file.read().startswith(b"\x89PNG")
    # The other desk's own words are kept as they came; answers to its mails find the complaint; nobody is written to.
    assert json.loads(bytes(first.raw))["body"]["ticket"]["number"] == "71003"
    assert MessageId.objects.get(value="order-787556@mail.example").complaint == order
    assert not Outgoing.objects.exists()


def test_twice_is_once_and_what_is_new_there_is_added(deniz):
    bring("zammad")
    before = Counter(Event.objects.values_list("kind", flat=True))
    bring("zammad")
    assert Counter(Event.objects.values_list("kind", flat=True)) == before
    assert (Complaint.objects.count(), Brought.objects.count(), Arrival.objects.count()) == (2, 3, 3)
    # One more word there, and the end of it.
    one = bundles("zammad")[1]
    body = json.loads(one.raw())
    body["ticket"] |= {"state": "closed", "close_at": "2021-03-05T10:00:00.000Z", "updated_at": "2021-03-05T10:00:00Z"}
    body["articles"].append(
        {**body["articles"][0], "id": 99, "sender": "Agent", "type": "email", "origin_by_id": None,
         "created_at": "2021-03-04T09:00:00.000Z", "body": "Kargonuz yarın gelecek."}
    )  # fmt: skip
    home = actions.Home(desk="zammad", source="zammad old.example")
    later = Bundle(case=one.case, stamp="2021-03-05T10:00:00Z", body=body)
    arrival = actions.bring(bundle=later, home=home, now=NOW)
    assert arrival.state == ArrivalState.TAKEN_IN
    parcel = Complaint.objects.get(subject="Kargom gelmedi")
    assert [row[:2] for row in story(parcel)][-2:] == [("replied", "03-04 09:00"), ("closed", "03-05 10:00")]
    assert actions.is_known(source=home.source, case=one.case, stamp="2021-03-05T10:00:00Z")
    assert not actions.is_known(source=home.source, case=one.case, stamp=one.stamp)


def test_what_was_done_here_meanwhile_is_not_ended_from_there(deniz):
    home = actions.Home(desk="csv", source="csv shop")
    laces = bundles("csv", "table.csv")[1]
    actions.bring(bundle=laces, home=home, now=NOW)
    complaint = Complaint.objects.get()
    complaints.note(complaint=complaint, by=deniz, text="I look for them.", now=NOW)
    rows = [{**row, "state": "closed"} for row in laces.body["rows"]]
    again = Bundle(case=laces.case, stamp="other", body={**laces.body, "rows": rows})
    actions.bring(bundle=again, home=home, now=NOW)
    complaint.refresh_from_db()
    assert complaint.stage == Stage.RECEIVED


def test_what_went_up_in_another_one_here_goes_on_there_and_once(deniz, make_complaint):
    home = actions.Home(desk="csv", source="csv shop")
    laces = bundles("csv", "table.csv")[1]
    actions.bring(bundle=laces, home=home, now=NOW)
    brought = Complaint.objects.get()
    stays = make_complaint(customer=brought.customer, owner=deniz, at=NOW)
    merging.merge(other=brought, into=stays, by=deniz, now=NOW)
    row = laces.body["rows"][0]
    more = [{**row, "message_id": name, "text": f"More: {name}."} for name in ("b", "c")]
    for count in (1, 2):
        body = {**laces.body, "rows": [*laces.body["rows"], *more[:count]]}
        actions.bring(bundle=Bundle(case=laces.case, stamp=str(count), body=body), home=home, now=NOW)
    said = Event.objects.filter(content__text__startswith="More: ").order_by("pk")
    assert [(one.complaint, one.content.text) for one in said] == [(stays, "More: b."), (stays, "More: c.")]


def test_what_was_promised_there_and_is_still_to_come_is_owed_here_once(deniz):
    home = actions.Home(desk="csv", source="csv shop")
    laces = bundles("csv", "table.csv")[1]
    asked = laces.body["rows"][0]
    answers = [
        {**asked, "by": "agent", "message_id": place, "at": f"2026-02-27 {hour}:00", "text": text}
        for place, hour, text in (
            ("b", "09", "I will call you on 5 March 2026."),
            ("c", "10", "I will write on 1 March 2026."),
        )
    ]
    for stamp in ("one", "two"):
        body = {**laces.body, "rows": [asked, *answers]}
        actions.bring(bundle=Bundle(case=laces.case, stamp=stamp, body=body), home=home, now=NOW)
    complaint = Complaint.objects.get()
    (promise,) = complaint.promises.all()
    assert (promise.owner, promise.state, f"{promise.due_at:%Y-%m-%d}") == (complaint.owner, "open", "2026-03-05")
    assert promise.made_in.content.text == "I will call you on 5 March 2026."
    assert complaints.rebuild(complaint=complaint) == []


def test_customers_are_one_by_their_address_across_desks(deniz):
    bring("zammad")
    kargo = DESKS["mbox"].files(FIXTURES / "mails.mbox", Reading(zone=UTC, ours=frozenset({"deniz@desk.example"})))  # type: ignore[arg-type]
    (thread,) = kargo
    assert isinstance(thread, Bundle)
    actions.bring(bundle=thread, home=actions.Home(desk="mbox", source="mbox mails"), now=NOW)
    ayse = Customer.objects.get(name="Ayşe Yılmaz")
    assert ayse.complaints.count() == 2


def test_every_desk_comes_along_and_its_columns_are_what_its_events_say(deniz):
    for kind in ("zendesk", "freshdesk", "chatwoot", "freescout"):
        bring(kind)
    bring("osticket", name="osticket.sql")
    assert Complaint.objects.count() == 7
    for complaint in Complaint.objects.all():
        assert complaints.rebuild(complaint=complaint) == []
        noted = complaint.events.filter(kind=EventKind.NOTED).count()
        assert noted == (0 if complaint.subject == "Хэмжээ" else 1)
        assert (complaint.stage == Stage.CLOSED) == (complaint.subject != "Late parcel")
        times = list(complaint.events.order_by("sequence").values_list("at", flat=True))
        assert times == sorted(times)
    chat = Complaint.objects.get(channel="chat")
    assert chat.events.filter(kind=EventKind.ACKNOWLEDGED).count() == 2
    assert set(Complaint.objects.values_list("language", flat=True)) == {"fa", "mn", "en", "tr"}


def test_nobody_hears_by_webhook_of_what_is_long_past(deniz):
    kinds = ["received", "customer-wrote", "replied", "noted"]
    Endpoint.objects.create(address="https://shop.example/hook", kinds=kinds, made_by=deniz, made_at=NOW)
    bring("zammad")
    order = Complaint.objects.get(subject="Order 787556")
    note = complaints.note(complaint=order, by=deniz, text="Asked the depot.", now=NOW)
    assert deliver.listen(now=NOW) == 1
    assert Message.objects.get().event == note


def test_half_a_record_is_parked_and_can_be_tried_again(deniz):
    one = bundles("zammad")[0]
    broken = json.loads(one.raw())
    del broken["ticket"]["created_at"]
    home = actions.Home(desk="zammad", source="zammad old.example")
    arrival = actions.bring(bundle=Bundle(case="3", stamp="s", body=broken), home=home, now=NOW)
    assert (arrival.state, arrival.problem) == (ArrivalState.PARKED, "cut: 'created_at' is missing")
    assert channels.retry(arrival=arrival, now=NOW) is None
    assert actions.bring(bundle=one, home=home, now=NOW).state == ArrivalState.TAKEN_IN


def test_who_was_erased_here_does_not_come_back(deniz):
    bring("zendesk")
    customer = Customer.objects.get()
    complaints.erase(customer=customer, by=deniz, now=NOW)
    assert not any(bytes(raw) for raw in Arrival.objects.filter(state="taken-in").values_list("raw", flat=True))
    one = bundles("zendesk")[0]
    changed = Bundle(case=one.case, stamp="later", body={**one.body, "more": 1})
    home = actions.Home(desk="zendesk", source="zendesk old.example")
    arrival = actions.bring(bundle=changed, home=home, now=NOW)
    assert (arrival.state, arrival.problem) == (ArrivalState.SET_ASIDE, "erased-here")
    assert Customer.objects.count() == 1


def test_the_plan_counts_what_would_come_and_changes_nothing(deniz):
    plan = actions.Plan(home=actions.Home(desk="zammad", source="zammad old.example"))
    for one in bundles("zammad"):
        plan.count(one)
    assert (plan.new, plan.more, plan.same, plan.new_customers, plan.files) == (2, 0, 0, 2, 1)
    assert plan.messages == {"customer": 3, "reply": 1, "note": 1, "automatic": 1}
    assert plan.states == {("closed", "closed"): 1, ("open", "open"): 1}
    assert plan.agents == {"chris@chrispresso.example": "", "jacob@chrispresso.example": ""}
    assert list(plan.left_out.values()) == [1]
    assert not Arrival.objects.exists()
    bring("zammad")
    again = actions.Plan(home=plan.home)
    for one in bundles("zammad"):
        again.count(one)
    assert (again.new, again.same, sum(again.messages.values())) == (0, 2, 0)
    assert again.agents == {
        "chris@chrispresso.example": "Christopher Miller",
        "jacob@chrispresso.example": "Jacob Smith",
    }


def test_identities_fit_their_column(deniz):
    long = Bundle(case="x" * 400, stamp="s" * 400, body=bundles("csv", "table.csv")[0].body)
    arrival = actions.bring(bundle=long, home=actions.Home(desk="csv", source="csv " + "y" * 90), now=NOW)
    assert arrival.state == ArrivalState.TAKEN_IN
    assert re.fullmatch(r"import .{1,293}", arrival.identity)
