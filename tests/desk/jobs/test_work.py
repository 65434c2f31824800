"""Background work: tried again, coming back, taken over from the dead."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.tasks import task
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from amends.desk.jobs import actions, names, periods, queries
from amends.desk.jobs.groups import PartlyFailed
from amends.desk.jobs.models import Period
from amends.desk.jobs.models import Worker as WorkerRow
from amends.desk.jobs.periods import Periodic
from amends.desk.jobs.policy import Retries, retries
from amends.desk.jobs.worker import AT_LAST, IDLE, LATER, Worker

done: list[object] = []


@task
def write_down(what):
    done.append(what)
    return what


@task
def stumble(what):
    done.append(what)
    raise ValueError(f"cannot do {what}")


@task(priority=-10)
def write_down_later(what):
    done.append(what)


@retries(attempts=1)
@task
def only_once():
    raise ValueError("no")


class Clock:
    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now

    def go_on(self, **span):
        self.now += timedelta(**span)
        return self.now


@pytest.fixture(autouse=True)
def _empty_table(monkeypatch):
    done.clear()
    monkeypatch.setattr(periods, "_table", {})
    monkeypatch.setattr(periods, "autodiscover_modules", lambda _name: None)


@pytest.fixture
def clock(now):
    return Clock(now)


@pytest.fixture
def worker(db, clock):
    worker = Worker(worker_id="one", clock=clock)
    worker.begin()
    return worker


def the_task():
    return DBTaskResult.objects.get()


class TestTasks:
    def test_a_task_runs_once(self, worker):
        write_down.enqueue("a word")
        assert worker.turn()
        assert not worker.turn()
        assert done == ["a word"]
        assert (the_task().status, the_task().return_value) == ("SUCCESSFUL", "a word")

    def test_a_failing_task_is_tried_again_later_and_later(self, worker, clock):
        stumble.enqueue("it")
        waits = []
        for _ in range(5):
            assert worker.turn()
            assert the_task().status == "READY"
            assert not worker.turn()
            waits.append(the_task().run_after - clock.now)
            clock.now = the_task().run_after
        assert waits == [timedelta(seconds=15 * 2**n) for n in range(5)]
        assert worker.turn()
        assert the_task().status == "FAILED"
        assert "cannot do it" in the_task().traceback
        assert len(done) == 6

    def test_a_task_may_have_no_patience(self, worker):
        only_once.enqueue()
        worker.turn()
        assert the_task().status == "FAILED"

    def test_a_task_that_is_no_longer_known_fails_for_good(self, worker):
        write_down.enqueue("x")
        DBTaskResult.objects.update(task_path="amends.gone.away")
        worker.turn()
        assert the_task().status == "FAILED"

    def test_a_failed_task_gets_all_its_patience_again(self, worker, clock):
        only_once.enqueue()
        worker.turn()
        actions.retry(task_id=str(the_task().pk), now=clock.now)
        assert (the_task().status, the_task().worker_ids) == ("READY", [])
        with pytest.raises(actions.UnableToRetry):
            actions.retry(task_id=str(the_task().pk), now=clock.now)

    def test_old_records_are_forgotten_and_failed_ones_later(self, worker, clock):
        write_down.enqueue("x")
        worker.turn()
        only_once.enqueue()
        worker.turn()
        now = DBTaskResult.objects.latest("finished_at").finished_at
        assert actions.forget_old(now=now + timedelta(days=3)) == 1
        assert actions.forget_old(now=now + timedelta(days=61)) == 1

    @pytest.mark.parametrize(("attempt", "wait"), [(1, 15), (2, 30), (3, 60), (5, 240), (6, None)])
    def test_patience_doubles_and_ends(self, attempt, wait):
        assert Retries().wait(attempt=attempt) == (None if wait is None else timedelta(seconds=wait))

    def test_waiting_has_an_end(self):
        assert Retries(attempts=99).wait(attempt=90) == timedelta(hours=1)


class TestDeadWorkers:
    def claim(self, clock):
        write_down.enqueue("x")
        actions.beat(worker_id="dead", host="h", pid=1, now=clock.now)
        return actions.claim_task(worker_id="dead", now=clock.now)

    def test_the_work_of_a_dead_worker_is_done_by_another(self, worker, clock):
        self.claim(clock)
        clock.go_on(seconds=60)
        assert not worker.turn()
        clock.go_on(seconds=60)
        assert worker.turn()
        assert done == ["x"]
        assert the_task().worker_ids == ["dead", "one"]

    def test_a_living_worker_keeps_its_long_work(self, worker, clock):
        self.claim(clock)
        clock.go_on(minutes=30)
        actions.beat(worker_id="dead", host="h", pid=1, now=clock.now)
        assert actions.recover_lost(now=clock.now) == 0

    def test_work_that_kills_its_workers_fails_in_the_end(self, worker, clock):
        row = self.claim(clock)
        row.worker_ids = ["a", "b", "c", "d", "e", "dead"]
        row.save()
        actions.recover_lost(now=clock.go_on(minutes=5))
        assert the_task().status == "FAILED"
        assert "WorkerLostError" in the_task().exception_class_path

    def test_two_workers_never_take_one_task(self, worker, clock):
        write_down.enqueue("x")
        assert actions.claim_task(worker_id="one", now=clock.now) is not None
        assert actions.claim_task(worker_id="two", now=clock.now) is None


@pytest.fixture
def ticking(worker, clock):
    runs = []

    def tick(*, now):
        runs.append(now)

    period = Periodic("tick", timedelta(seconds=5), tick)
    periods._table["tick"] = period
    actions.enter_period(name="tick", now=clock.now)
    return runs, period


class TestPeriods:
    def test_it_comes_back_after_its_time(self, ticking, worker, clock):
        runs, _ = ticking
        for seconds in (0, 4, 1, 3):
            clock.go_on(seconds=seconds)
            worker.turn()
        assert len(runs) == 2

    def test_one_run_is_one_workers(self, ticking, clock):
        _, period = ticking
        taken = [actions.claim_period(period=period, worker_id=name, now=clock.now) for name in ("one", "two")]
        assert taken == [True, False]

    def test_a_run_is_never_beside_another_of_its_name(self, ticking, clock):
        _, period = ticking
        actions.claim_period(period=period, worker_id="one", now=clock.now)
        assert not actions.claim_period(period=period, worker_id="two", now=clock.go_on(minutes=5))
        assert actions.claim_period(period=period, worker_id="two", now=clock.go_on(minutes=11))

    def test_after_a_long_silence_it_runs_once(self, ticking, worker, clock):
        runs, _ = ticking
        clock.go_on(hours=8)
        worker.turn()
        worker.turn()
        assert len(runs) == 1

    def test_a_look_at_rest_writes_nothing_however_much_work_comes_back(self, db, clock, django_assert_max_num_queries):
        for number in range(9):
            periods._table[f"tick-{number}"] = Periodic(f"tick-{number}", timedelta(minutes=1), lambda *, now: now)
        worker = Worker(worker_id="at rest", clock=clock)
        worker.begin()
        worker.turn()
        clock.go_on(seconds=5)
        with django_assert_max_num_queries(2) as asked:
            worker.turn()
        assert all(query["sql"].startswith("SELECT") for query in asked.captured_queries)

    def test_a_failure_is_written_down_and_it_rests_longer(self, worker, clock):
        period = Periodic("bad", timedelta(seconds=5), _fail)
        periods._table["bad"] = period
        actions.enter_period(name="bad", now=clock.now)
        rests = []
        for _ in range(9):
            clock.now = Period.objects.get().next_at
            worker.turn()
            rests.append(Period.objects.get().next_at - clock.now)
        assert rests[:3] == [timedelta(seconds=seconds) for seconds in (10, 20, 40)]
        assert rests[-1] == timedelta(minutes=10)
        assert "ZeroDivisionError" in Period.objects.get().problem

    def test_what_failed_in_part_is_written_down_and_the_rest_comes_back_in_time(self, worker, clock):
        def partly(*, now):
            try:
                _fail(now=now)
            except ZeroDivisionError as error:
                raise PartlyFailed("1 left alone for a while") from error

        periods._table["partly"] = Periodic("partly", timedelta(seconds=5), partly)
        actions.enter_period(name="partly", now=clock.now)
        for failures in (1, 2, 3):
            worker.turn()
            row = Period.objects.get()
            assert (row.next_at - clock.now, row.failures, row.claimed_at) == (timedelta(seconds=5), failures, None)
            clock.now = row.next_at
        assert "ZeroDivisionError" in row.problem
        assert "left alone" in row.problem
        assert queries.troubles(now=clock.now) >= 1

    def test_success_ends_the_trouble(self, ticking, worker, clock):
        Period.objects.update(failures=3, problem="x")
        worker.turn()
        assert (Period.objects.get().failures, Period.objects.get().problem) == (0, "")

    def test_the_desk_has_its_periods(self, monkeypatch):
        monkeypatch.undo()
        names = set(periods.table())
        assert {
            "amends.desk.channels.tasks.deliver_outbox",
            "amends.desk.channels.tasks.take_in_what_waits",
            "amends.desk.promises.tasks.break_due_promises",
            "amends.desk.jobs.tasks.forget_old_work",
        } <= names


def _fail(*, now):
    return 1 / 0


class TestPage:
    @pytest.fixture
    def administrator(self, client, make_agent):
        client.force_login(make_agent(role="administrator"))

    def test_it_is_for_administrators(self, client, make_agent):
        assert client.get(reverse("jobs:work")).status_code == 302
        client.force_login(make_agent())
        assert client.get(reverse("jobs:work")).status_code == 403

    def test_failed_work_is_seen_and_tried_again(self, client, administrator, worker):
        only_once.enqueue()
        worker.turn()
        assert "ValueError: no" in client.get(reverse("jobs:work")).content.decode()
        client.post(reverse("jobs:retry", args=[the_task().pk]))
        assert the_task().status == "READY"

    def test_a_desk_without_a_worker_is_told(self, client, administrator, db, now):
        assert "Nobody works in the background" in client.get(reverse("jobs:work")).content.decode()
        assert queries.troubles(now=now) == 1
        actions.beat(worker_id="one", host="h", pid=1, now=now)
        assert queries.troubles(now=now) == 0

    def test_periodic_work_can_be_run_at_once(self, client, administrator, ticking, now):
        Period.objects.update(next_at=now + timedelta(days=9999))
        client.post(reverse("jobs:run-soon", args=["tick"]))
        assert Period.objects.get().next_at < now + timedelta(days=9999)


@pytest.mark.django_db(transaction=True)
def test_a_worker_runs_until_it_is_told_to_stop(clock):
    worker = Worker(worker_id="one", clock=clock)

    def stop(*, now):
        worker.stopping.set()

    periods._table["stop"] = Periodic("stop", timedelta(seconds=5), stop)
    worker.run()
    assert not WorkerRow.objects.exists()
    assert Period.objects.get().finished_at == clock.now


@pytest.mark.django_db(transaction=True)
def test_what_the_clock_says_is_not_held_up_by_long_work(clock, monkeypatch):
    worker, struck = Worker(worker_id="one", clock=clock), threading.Event()

    def long(*, now):
        assert struck.wait(30), "the other lane did not run meanwhile"
        worker.stopping.set()

    def strike(*, now):
        struck.set()

    periods._table["long"] = Periodic("long", timedelta(seconds=5), long)
    periods._table["strike"] = Periodic("strike", timedelta(seconds=5), strike, periods.CLOCK)
    # The tests' database is one connection's: what the lanes ask of it is answered without it.
    monkeypatch.setattr(actions, "due_periods", lambda *, among, **_: list(among))
    monkeypatch.setattr(actions, "claim_period", lambda **_: True)
    monkeypatch.setattr(actions, "finish_period", lambda **_: None)
    failed = []
    monkeypatch.setattr(actions, "fail_period", lambda **told: failed.append(told))
    worker.run()
    assert failed == []


def test_work_is_called_by_its_name_and_by_its_path_where_it_has_none(monkeypatch):
    monkeypatch.setattr(names, "_names", {})
    names.called("Write something down")(write_down)
    assert names.name_of(write_down.module_path) == "Write something down"
    assert names.name_of("gone.and.forgotten") == "gone.and.forgotten"


@pytest.mark.django_db
@pytest.mark.parametrize(("took", "owes"), [(0.1, 0.2), (0.0, 0.0), (30.0, 1.0)])
def test_after_work_that_nobody_waits_for_it_rests(now, took, owes):
    moments = iter([0.0, took] * 2)
    worker = Worker(worker_id="one", clock=Clock(now), processor=lambda: next(moments))
    worker.begin()
    write_down_later.enqueue("later")
    assert worker.turn()
    assert worker.owes == owes
    write_down.enqueue("at once")
    assert worker.turn()
    assert worker.owes == 0
    assert done == ["later", "at once"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("gives_way", [True, False])
def test_it_rests_only_where_it_gives_way(now, monkeypatch, gives_way):
    moments = iter([0.0, 0.1])
    worker = Worker(worker_id="one", clock=Clock(now), processor=lambda: next(moments), leisure=lambda: True)
    rests = []

    def rest(seconds):
        rests.append(seconds)
        worker.stopping.set()

    monkeypatch.setattr(worker.stopping, "wait", rest)
    monkeypatch.setattr(worker, "_beat", lambda: None)
    monkeypatch.setattr("amends.desk.jobs.worker._give_way", lambda: None)
    write_down_later.enqueue("later")
    DBTaskResult.objects.update(enqueued_at=now - LATER)
    worker.run(gives_way=gives_way)
    assert rests[0] == (0.2 if gives_way else IDLE)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ago", "at_leisure", "begins"),
    [
        (LATER - timedelta(seconds=1), True, False),  # it does not begin beside what brought it about
        (LATER, True, True),
        (LATER, False, False),
        (AT_LAST - timedelta(seconds=1), False, False),
        (AT_LAST, False, True),
    ],
)
def test_work_that_nobody_waits_for_waits_for_leisure_but_not_for_ever(now, ago, at_leisure, begins):
    worker = Worker(worker_id="one", clock=Clock(now), leisure=lambda: at_leisure)
    worker.begin()
    write_down_later.enqueue("later")
    DBTaskResult.objects.update(enqueued_at=now - ago)
    assert worker.turn(gives_way=True) == begins
    assert done == ["later"] * begins


@pytest.mark.django_db
def test_work_that_somebody_waits_for_waits_for_no_leisure(now):
    worker = Worker(worker_id="one", clock=Clock(now), leisure=lambda: False)
    worker.begin()
    write_down_later.enqueue("later")
    write_down.enqueue("at once")
    DBTaskResult.objects.update(enqueued_at=now)
    assert worker.turn(gives_way=True)
    assert not worker.turn(gives_way=True)
    assert done == ["at once"]
    assert worker.turn()  # one that gives nobody way takes it
    assert done == ["at once", "later"]
