"""What is kept by day tells at every moment what the tables tell, whatever happened in between."""

from __future__ import annotations

import random
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest
from django.db import connection

from amends.desk.clocks.models import CustomerGroup, GroupMember
from amends.desk.coaching.models import Kind, Seen
from amends.desk.complaints import actions as complaints
from amends.desk.complaints.merging import merge, take_apart
from amends.desk.complaints.models import By, Complaint, EventKind, Product, Stage
from amends.desk.improvements import actions as improvements
from amends.desk.improvements import effect
from amends.desk.improvements.models import Improvement, Theme
from amends.desk.insight import alarms, kept, lasting, queries, surprises, touching, waits, word
from amends.desk.insight.facts import COMPLAINTS, KINDS, read, within
from amends.desk.insight.frame import Frame, belongs
from amends.desk.insight.models import Days, KeptDay, Look, OnTheWay, Touched
from amends.desk.promises import actions as promises
from amends.desk.promises.models import Promise, State
from amends.desk.remedies.models import Fault, Remedy
from amends.desk.third_parties.models import Outcome, Party, Wait
from amends.engine.measures import FEWEST_FOR_MEDIAN, median_interval, survival, told_median

LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)
LATER = datetime(2027, 1, 1, tzinfo=UTC)


class History:
    """Anything that may happen to complaints, in any order."""

    def __init__(self, *, seed, now, make_agent, make_team, make_customer, make_complaint):
        self.chance = random.Random(seed)
        self.at = now - timedelta(days=40)
        self.make_complaint = make_complaint
        teams = [make_team(), make_team()]
        self.agents = [make_agent(name=f"Agent {place}", team=teams[place % 2]) for place in range(4)]
        self.customers = [
            make_customer(name=f"Customer {place}", yearly_value=Decimal(100 * place) or None, currency=currency)
            for place, currency in enumerate(["TRY", "TRY", "EUR", "", "MNT"])
        ]
        self.products = [Product.objects.create(name=name) for name in ("Kettle", "Lamp")]
        self.party = Party.objects.create(name="Courier")
        self.group = CustomerGroup.objects.create(name="Best", spends_from=200, currency="TRY")
        self.done = set()
        for _ in range(8):
            self.arrives()

    def step(self):
        self.at += timedelta(minutes=self.chance.choice([1, 40, 600, 2000]))
        acts = [
            self.arrives, self.arrives, self.arrives, self.reply, self.reply, self.ask, self.promise, self.settle,
            self.cause, self.cause, self.merge, self.apart, self.content, self.not_content, self.rate, self.place,
            self.remedy, self.fault, self.outside, self.look, self.worth, self.member, self.rebuild, self.hand_over,
        ]  # fmt: skip
        act = self.chance.choice(acts)
        try:
            act()
            self.done.add(act.__name__)
        except (Complaint.DoesNotExist, Promise.DoesNotExist):
            pass
        except Exception as trouble:  # what may not be done now is not done
            if not type(trouble).__name__.startswith(("UnableTo", "OfSomebodyElse")):
                raise

    def one(self, **which):
        found = list(Complaint.objects.filter(**which).order_by("pk"))
        if not found:
            raise Complaint.DoesNotExist
        return self.chance.choice(found)

    def arrives(self):
        self.make_complaint(
            customer=self.chance.choice(self.customers),
            owner=self.chance.choice(self.agents),
            at=self.at - timedelta(days=self.chance.choice([0, 0, 0, 300])),
            channel=self.chance.choice(["mail", "form", "chat"]),
        )

    def reply(self):
        complaint, agent = self.one(), self.chance.choice(self.agents)
        event = complaints.append(
            complaint=complaint, kind=EventKind.REPLIED, by=By.AGENT, agent=agent, text="Here.", now=self.at
        )
        for name in self.chance.sample(["rule-book", "thanks-sorry", "blame"], self.chance.randrange(3)):
            kind = self.chance.choice([Kind.FAILING, Kind.FAILING, Kind.GOOD, Kind.SIGNAL])
            Seen.objects.create(event=event, kind=kind, name=name, start=0, end=3, confidence=0.9)
        if self.chance.random() < 0.2:
            Seen.objects.create(event=event, kind=Kind.SIGNAL, name="leaving", start=0, end=3, confidence=0.9)

    def ask(self):
        complaints.ask_for(complaint=self.one(), what=self.chance.choice(["person", "manager"]), now=self.at)

    def promise(self):
        complaint = self.one(stage=Stage.RECEIVED)
        promises.make(
            complaint=complaint, owner=complaint.owner, made_in=complaint.events.first(), words="by Tuesday",
            due_at=self.at + timedelta(days=1), whole_day=False, now=self.at,
        )  # fmt: skip

    def settle(self):
        if self.chance.random() < 0.5:
            promises.break_due(now=self.at)
        else:
            promise = Promise.objects.filter(state=State.OPEN).first()
            if promise is not None:
                promises.keep(promise=promise, by=promise.owner, now=self.at)

    def cause(self):
        layer = self.chance.choice(["employee", "product", "process", "third-party"])
        theme = self.chance.choice(["late", "broken-or-faulty", "Gift cards run out", ""])
        improvements.confirm(complaint=self.one(), layer=layer, theme=theme, by=self.agents[0], now=self.at)

    def merge(self):
        merge(other=self.one(), into=self.one(), by=self.agents[0], now=self.at, same_person=True)

    def apart(self):
        found = self.one(merged_into__isnull=False).merged_into.events.filter(kind=EventKind.MERGED).last()
        take_apart(event=found, by=self.agents[0], now=self.at)

    def content(self):
        complaints.say_content(complaint=self.one(), by_customer=True, now=self.at)

    def not_content(self):
        complaints.say_not_content(complaint=self.one(), text="No!", heat=3, now=self.at)

    def rate(self):
        complaints.rate(complaint=self.one(), outcome=self.chance.randint(1, 5), handling=3, now=self.at)

    def place(self):
        complaint = self.one()
        complaint.product = self.chance.choice([*self.products, None])
        complaint.save(update_fields=["product"])

    def remedy(self):
        complaint = self.one()
        complaints.append(
            complaint=complaint, kind=EventKind.REMEDY, by=By.AGENT, agent=complaint.owner, text="", now=self.at
        )
        Remedy.objects.create(
            complaint=complaint, kind="gift", what="Flowers", cost=Decimal("12.50"), currency="TRY",
            state="done", by=complaint.owner, at=self.at,
        )  # fmt: skip

    def fault(self):
        Fault.objects.update_or_create(
            complaint=self.one(),
            defaults={"by": self.agents[0], "at": self.at, "lifted_at": self.chance.choice([None, self.at])},
        )

    def outside(self):
        wait = Wait.objects.filter(ended_at=None).first()
        if wait is None or self.chance.random() < 0.5:
            Wait.objects.get_or_create(complaint=self.one(), since=self.at, defaults={"party": self.party})
        else:
            wait.ended_at, wait.outcome = self.at, self.chance.choice(list(Outcome))
            wait.save()

    def look(self):
        complaint = self.one()
        Look.objects.update_or_create(complaint=complaint, defaults={"at": self.at})
        OnTheWay.objects.filter(complaint=complaint).delete()
        OnTheWay.objects.create(complaint=complaint, name=self.chance.choice(["on-hold", "told-again"]))

    def worth(self):
        customer = self.chance.choice(self.customers)
        customer.yearly_value = Decimal(self.chance.randrange(900))
        customer.save()

    def member(self):
        customer = self.chance.choice(self.customers)
        if not GroupMember.objects.filter(customer=customer).delete()[0]:
            GroupMember.objects.create(customer=customer, group=self.group)

    def rebuild(self):
        complaints.rebuild(complaint=self.one())

    def hand_over(self):
        complaint = self.one()
        complaints.hand_over(
            complaint=complaint, by=complaint.owner, to=self.chance.choice(self.agents), reason="Knows it", now=self.at
        )


def as_rows(columns, kind):
    names = [column.name for column in kind.columns]
    return sorted(zip(*(columns[name].tolist() for name in names), strict=True))


def is_the_same(*, since=LONG_AGO, until=LATER):
    """Hold every kind against what the tables say, and return how many rows there were."""
    facts, rows = kept.Facts(), 0
    for kind in KINDS.values():
        told = as_rows(facts.table(kind, since, until), kind)
        assert told == as_rows(read(kind, within(kind, since, until)), kind), kind.name
        rows += len(told)
    return rows


@pytest.fixture
def live(now, make_agent, make_team, make_customer, make_complaint):
    """`live(seed)` begins a history."""
    made = {"make_agent": make_agent, "make_team": make_team, "make_customer": make_customer}
    return lambda seed: History(seed=seed, now=now, make_complaint=make_complaint, **made)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_histories_are_told_as_the_tables_tell_them(seed, now, live):
    history = live(seed)
    kept.rebuild()
    for place in range(90):
        history.step()
        if place % 9 == 0:
            is_the_same()
        if place % 20 == 10:
            kept.fold()
            assert not Touched.objects.exists()
            is_the_same()
            before = set(KeptDay.objects.values_list("kind", "day", "version"))
            assert kept.fold() == 0  # again is nothing more
            assert set(KeptDay.objects.values_list("kind", "day", "version")) == before
    middle = now - timedelta(days=20, hours=7, minutes=13)
    assert is_the_same() > 30
    assert len(history.done) > 12
    is_the_same(since=middle - timedelta(days=5), until=middle)

    # And what the pages make of them, narrowed or not, is one and the same whether the days are kept or not.
    frames = [
        Frame(since=middle - timedelta(days=300), until=LATER),
        Frame(since=middle, until=now, channel="mail"),
        Frame(since=middle, until=LATER, team=history.agents[0].team_id),
        Frame(since=middle, until=LATER, group=belongs(history.group, groups=[history.group])),
    ]
    Remedy.objects.bulk_create(
        Remedy(complaint=one, what="", cost=Decimal("7.30"), currency="EUR", state="done", by=one.owner, at=now)
        for one in Complaint.objects.filter(cause__isnull=False)
    )
    by_days = [counted(frame, now=now) for frame in frames]
    beside = cured(history, now=now)
    assert sum(sum(counts) for counts in beside[2].values()) > 30
    assert sum(one.before + one.after for found in beside[0] for one in found.spent) > 0
    kept.rebuild()
    assert [counted(frame, now=now) for frame in frames] == by_days
    assert cured(history, now=now) == beside
    Days.objects.all().delete()
    assert [counted(frame, now=now) for frame in frames] == by_days
    assert cured(history, now=now) == beside
    # The tables asked in their own words, as the doors do.
    for frame, told in zip(frames, by_days, strict=True):
        assert told["figures"].causes.complaints == frame.complaints().count()
        assert told["figures"].promises.share.n == frame.promises().count()
        assert told["figures"].writing.replies == frame.replies().count()
        assert sum(one.count for one in told["surprises"]) == surprises.planned(frame).count()
        assert told["again"][0].k == surprises.again(frame).count()


def counted(frame, *, now):
    facts = kept.Facts()
    return {
        "figures": queries.figures(frame=frame, parts=(), now=now, facts=facts),
        "surprises": surprises.surprises(frame=frame, facts=facts),
        "again": surprises.repeated(frame=frame, facts=facts),
        "promises": word.promises(frame=frame, facts=facts),
        "parties": word.parties(frame=frame, facts=facts),
        "doors": word.by_channel(frame=frame, facts=facts),
        "asked": word.by_whom(frame=frame, facts=facts),
        "lasting": [asdict(lasting.lasting(name, frame=frame, facts=facts)) for name in lasting.KINDS],
    }


def cured(history, *, now):
    """What is said of improvements, and the counts that are watched: both count from what is kept as well."""
    late = Theme.objects.get_or_create(name="late")[0].pk
    told = [{"layer": "process", "theme_id": late}, {"layer": "product"}, {"layer": "process"}]
    on = (history.at - timedelta(days=25)).date()
    improvements = [Improvement(pk=-place, in_force_on=on, **one) for place, one in enumerate(told, 1)]
    return (
        [effect.effect(improvement=one, now=history.at) for one in improvements],
        effect.told_of(improvements=improvements, now=history.at),
        alarms._series(alarms._days(now)),
    )


def test_a_page_asks_for_kept_days_and_not_for_their_rows(db, make_complaint, now, django_assert_num_queries):
    for place in range(3):
        make_complaint(at=now - timedelta(days=place))
    kept.rebuild()
    frame = Frame(since=now - timedelta(days=90), until=now + timedelta(hours=1))
    with django_assert_num_queries(3):  # whether there are any and what was touched, which there are, and themselves
        assert len(kept.Facts().of(COMPLAINTS, frame)) == 3
    with django_assert_num_queries(1):  # a second time they are at hand
        assert len(kept.Facts().of(COMPLAINTS, frame)) == 3


def test_days_of_another_shape_are_made_anew(db, make_complaint, now):
    make_complaint(at=now)
    kept.rebuild()
    Days.objects.update(shape="of before")
    assert len(kept.Facts().table(COMPLAINTS, LONG_AGO, LATER)) == 1  # the tables say it
    kept.fold()
    assert Days.objects.get().shape == kept.SHAPE


def test_the_triggers_stand_in_the_database_and_can_be_made_again(db):
    touching.lay_out()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'insight_touch%'")
        else:
            cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'insight_touch%'")
        assert cursor.fetchone()[0] == 3 * 10 + 1 + 2 + 3  # one table is only changed, one is only changed or emptied


def test_many_waits_are_reckoned_as_few_are():
    chance = random.Random(7)
    for many in (0, 1, 5, 6, 40, 900):
        cases = [(float(chance.randrange(50)), chance.random() < 0.7) for _ in range(many)]
        found = waits.Waits(
            ids=np.arange(many),
            seconds=np.array([int(length) for length, _ in cases], dtype=np.int64),
            came=np.array([came for _, came in cases], dtype=bool),
        )
        left = waits.left(found)
        steps = survival(cases)
        assert [(step.at, step.at_risk, step.events) for step in left.steps()] == [
            (step.at, step.at_risk, step.events) for step in steps
        ]
        assert [step.share for step in left.steps()] == pytest.approx([step.share for step in steps])
        assert [step.error for step in left.steps()] == pytest.approx([step.error for step in steps])
        told = told_median(cases)
        assert (left.median() if many >= FEWEST_FOR_MEDIAN else None) == told
        assert left.between() == median_interval(cases)
        assert waits.median(found) == (None if told is None else timedelta(seconds=told))
