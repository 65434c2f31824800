"""Whatever happens to a complaint, in whatever order, some things stay true."""

from datetime import timedelta

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amends.desk.complaints import actions, aside, merging, splitting, tags
from amends.desk.complaints.models import Complaint
from amends.desk.people import actions as people
from amends.desk.people.models import Agent
from amends.desk.people.queries import UnableToChooseOwner
from amends.desk.promises import actions as promises
from amends.desk.promises.models import Promise, State
from amends.desk.remedies import actions as remedies

UNABLE = (
    actions.UnableToWrite,
    actions.UnableToHandOver,
    actions.UnableToBringIn,
    actions.UnableToClose,
    promises.UnableToSettle,
    people.UnableToLeave,
    UnableToChooseOwner,
    aside.UnableToPutAside,
    tags.UnableToTag,
    merging.UnableToMerge,
    merging.UnableToTakeApart,
    splitting.UnableToSplit,
    splitting.UnableToPutBack,
)
AGENTS = st.integers(0, 2)
STEP = st.one_of(
    st.tuples(st.sampled_from(["write", "not content"]), st.integers(0, 3)),
    st.tuples(st.sampled_from(["reply", "note", "call", "bring in", "hand over", "leave", "return"]), AGENTS),
    st.tuples(st.sampled_from(["promise", "move"]), st.integers(1, 30)),
    st.tuples(st.sampled_from(["merge", "apart", "split", "put back"]), st.just(0)),
    st.tuples(
        st.sampled_from(
            ["keep", "withdraw", "clock", "content", "close", "ask", "pause", "third", "remedy", "aside", "back", "tag"]
        ),
        st.just(0),
    ),
)


def take(step, complaint, staff, now):  # noqa: C901, PLR0912
    """Do one thing as the rooms above would; `staff` are the agents as they are now."""
    name, number = step
    owner = Agent.objects.get(pk=complaint.owner_id)
    somebody = staff[number % 3]
    said = {"complaint": complaint, "by": "agent", "text": "…", "now": now}
    promise = Promise.objects.filter(complaint=complaint).order_by("-pk").first()
    due_at = now + timedelta(hours=number)
    match name:
        case "write":
            actions.customer_writes(complaint=complaint, text="well?", channel="mail", heat=number, now=now)
        case "not content":
            actions.say_not_content(complaint=complaint, text="no", heat=number, now=now)
        case "reply":
            actions.append(kind="replied", agent=somebody, **said)
        case "call":
            actions.append(kind="called", agent=somebody, **said)
        case "note":
            actions.note(complaint=complaint, by=somebody, text="hm", now=now)
        case "bring in":
            actions.bring_in(complaint=complaint, by=owner, agent=somebody, question="why?", now=now)
        case "hand over":
            actions.hand_over(complaint=complaint, by=owner, to=somebody, reason="because", now=now)
        case "leave":
            actions.hand_over_all(agent=somebody, by=owner, reason="left", now=now)
            people.leave(agent=somebody, now=now)
        case "return":
            Agent.objects.filter(pk=somebody.pk).update(is_active=True, presence="here")
        case "promise":
            event = actions.append(kind="replied", agent=owner, **said)
            promises.make(
                complaint=complaint, owner=owner, made_in=event, words="soon", due_at=due_at, whole_day=False, now=now
            )
        case "move" if promise:
            promises.move(promise=promise, by=owner, due_at=due_at, yes="mail", now=now)
        case "keep" if promise:
            promises.keep(promise=promise, by=owner, now=now)
        case "withdraw" if promise:
            promises.withdraw(promise=promise, by=owner, yes="mail", now=now)
        case "clock":
            promises.break_due(now=now)
        case "content":
            actions.say_content(complaint=complaint, by_customer=True, now=now)
        case "close":
            actions.close(complaint=complaint, by=owner, now=now)
        case "ask":
            actions.ask_for(complaint=complaint, what="manager", now=now)
        case "pause":
            actions.pause(complaint=complaint, by=owner, until=now + timedelta(minutes=5), now=now)
        case "third":
            actions.wait_on_third_party(complaint=complaint, by=owner, who="courier", now=now)
        case "aside":
            until = now + timedelta(hours=3)
            aside.put_aside(complaint=complaint, by=owner, until=until, passes=True, now=now)
        case "back":
            aside.bring_back(complaint=complaint, by=owner, now=now)
        case "tag":
            tags.put_on(complaint=complaint, names=["late"], by=owner, now=now)
        case "merge":
            other = Complaint.objects.filter(merged_into=None).exclude(pk=complaint.pk).order_by("pk").first()
            merging.merge(other=complaint, into=other or complaint, by=owner, now=now)
        case "apart" if merged := complaint.events.filter(kind="merged").last():
            merging.take_apart(event=merged, by=owner, now=now)
        case "split":
            words = complaint.events.filter(kind="customer-wrote").values_list("pk", flat=True)[:1]
            splitting.split(complaint=complaint, events=words, by=owner, now=now)
        case "put back" if split := complaint.events.filter(kind="split").last():
            splitting.put_back(event=split, by=owner, now=now)
        case "remedy":
            remedies.put_right(complaint=complaint, by=owner, kind="gift", now=now)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(history=st.lists(st.tuples(STEP, st.integers(1, 600)), max_size=16))
def test_any_history(make_agent, make_customer, now, history):
    with transaction.atomic():
        check(history, make_agent, make_customer, now)
        transaction.set_rollback(True)


def check(history, make_agent, make_customer, now):
    staff = [make_agent() for _ in range(3)]
    customer = make_customer()
    for number in range(2):
        actions.open_complaint(
            customer=customer, subject="s", text="t", language="tr", channel="form", owner=staff[number], now=now
        )
    moment = now
    for step, minutes in history:
        moment += timedelta(minutes=minutes)
        for agent in staff:
            agent.refresh_from_db()
        going_on = list(Complaint.objects.filter(merged_into=None).order_by("pk"))
        complaint = going_on[minutes % len(going_on)]
        try:
            with transaction.atomic():
                take(step, complaint, staff, moment)
        except UNABLE:
            pass
        for one in Complaint.objects.select_related("owner"):
            what_stays_true(one)


def what_stays_true(complaint):
    assert complaint.owner is not None
    is_open = complaint.stage in {"received", "answered"}
    assert complaint.owner.is_active or not is_open
    places = list(complaint.events.order_by("sequence").values_list("sequence", flat=True))
    assert places == list(range(1, len(places) + 1))
    moments = list(complaint.events.order_by("sequence").values_list("at", flat=True))
    assert moments == sorted(moments)
    assert actions.rebuild(complaint=complaint) == []
    if complaint.merged_into_id is not None:
        assert (complaint.live, complaint.promise_due_at, complaint.waiting_since) == (False, None, None)
        return
    ledger = Promise.objects.filter(complaint=complaint)
    due = ledger.filter(state=State.OPEN).order_by("due_at").values_list("due_at", flat=True).first()
    assert complaint.promise_due_at == due
    assert complaint.broken_promises == ledger.filter(state=State.BROKEN).count()
    assert (complaint.waiting_since is None) or is_open
    assert 0 <= complaint.heat <= 3
    assert 1 <= complaint.people <= 3
