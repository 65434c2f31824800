"""A small desk whose figures one can count on one's fingers."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from amends.desk.coaching.models import Kind, Seen
from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import By, EventKind
from amends.desk.improvements import actions as improvements
from amends.desk.insight.frame import Frame
from amends.desk.promises import actions as promises


@pytest.fixture
def frame(now):
    return Frame(since=now - timedelta(days=90), until=now + timedelta(minutes=1))


@pytest.fixture
def desk(make_agent, make_customer, make_complaint, now):
    """Twelve complaints: two by employees, three by customers, six by the organisation, one by a third party."""
    agents = [make_agent(name=name) for name in ("Deniz Kaya", "Sara Rahimi", "Bat Bold")]
    layers = ["employee"] * 2 + ["customer"] * 3 + ["process"] * 4 + ["product", "message"] + ["third-party"]
    made = []
    for place, layer in enumerate(layers):
        owner = agents[place % 3]
        customer = make_customer(name=f"Customer {place}", yearly_value=Decimal(1000), currency="TRY")
        at = now - timedelta(days=10, hours=place)
        complaint = make_complaint(customer=customer, owner=owner, at=at, language="en")
        reply = complaints.append(
            complaint=complaint,
            kind=EventKind.REPLIED,
            by=By.AGENT,
            agent=owner,
            text=f"Our policy does not allow it. Deniz Kaya, {owner.name}",
            language="en",
            now=at + timedelta(hours=2),
        )
        if place < 5:
            Seen.objects.create(event=reply, kind=Kind.FAILING, name="rule-book", start=0, end=29, confidence=0.9)
        if place < 2:
            Seen.objects.create(event=reply, kind=Kind.SIGNAL, name="leaving", start=0, end=3, confidence=0.9)
        theme = "late" if layer == "process" else ""
        improvements.confirm(complaint=complaint, layer=layer, theme=theme, by=owner, now=at + timedelta(hours=3))
        made.append(complaint)
    return made


@pytest.fixture
def promised(desk, now):
    """Twelve promises, nine of them kept."""
    for place, complaint in enumerate(desk):
        event = complaint.events.get(kind=EventKind.REPLIED)
        promise = promises.make(
            complaint=complaint,
            owner=complaint.owner,
            made_in=event,
            words="by Tuesday",
            due_at=now - timedelta(days=2),
            whole_day=False,
            now=event.at,
        )
        if place < 9:
            promises.keep(promise=promise, by=complaint.owner, now=now - timedelta(days=3))
    promises.break_due(now=now - timedelta(days=1))
    return desk
