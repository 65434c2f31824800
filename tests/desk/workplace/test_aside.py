"""Putting aside as pages offer it: at which times, what is said before it passes a promise or a time limit."""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from amends.desk.clocks.models import Clock
from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import Complaint
from amends.desk.promises import actions as promises
from amends.desk.workplace import aside
from amends.engine.promises.calendar import WorkingCalendar

HTMX = {"HX-Request": "true"}
TEHRAN = ZoneInfo("Asia/Tehran")


def somebody(*, zone=UTC, weekdays=range(5), week=None):
    calendar = WorkingCalendar.office(zone=zone, weekdays=weekdays)
    if week is not None:
        calendar = WorkingCalendar.of(zone=zone, week=week)
    return SimpleNamespace(calendar=lambda: calendar)


@pytest.mark.parametrize(
    ("now", "agent", "words"),
    [
        # Monday morning, evening and Friday; a Thursday in Tehran, where the week begins on Saturday; no hours at all.
        ("2026-11-23T09:10", somebody(), ["Later today 12:30", "Tomorrow 09:00", "Monday 09:00"]),
        ("2026-11-23T16:10", somebody(), ["Later today 17:30", "Tomorrow 09:00", "Monday 09:00"]),
        ("2026-11-23T17:10", somebody(), ["Tomorrow 09:00", "Monday 09:00"]),
        ("2026-11-27T09:00", somebody(), ["Later today 12:00", "Monday 09:00"]),
        ("2026-11-26T09:00", somebody(zone=TEHRAN, weekdays=(5, 6, 0, 1, 2)), ["Saturday 09:00"]),
        ("2026-11-23T09:00", somebody(week={}), ["Tomorrow 09:00", "Monday 09:00"]),
    ],
)
def test_what_is_offered_goes_by_the_calendar_of_the_agent(now, agent, words):
    zone = agent.calendar().zone
    with translation.override("en"):
        found = aside.offered(agent=agent, now=datetime.fromisoformat(now).replace(tzinfo=zone))
    assert [f"{one.word} {one.at:%H:%M}" for one in found] == words
    assert all(one.at.tzinfo == zone for one in found)


def test_days_are_written_in_the_calendar_of_the_reader():
    with translation.override("fa"):
        form = aside.Until(agent=somebody(zone=TEHRAN), now=datetime(2026, 11, 22, 9, tzinfo=TEHRAN))
    assert [words for _, words in form.fields["day"].choices][:3] == [
        "امروز · یکشنبه ۱ آذر", "فردا · دوشنبه ۲ آذر", "سه‌شنبه ۳ آذر",
    ]  # fmt: skip


def address(name, *arguments):
    return reverse(f"workplace:{name}", args=arguments)


def said(answer):
    return json.loads(answer["HX-Trigger"])["said"]


@pytest.mark.django_db
def test_the_sheet_puts_aside_and_the_line_takes_back(desk, agent, make_complaint):
    now = timezone.now()
    row = make_complaint(owner=agent, at=now)
    Clock.objects.all().delete()
    sheet = desk.get(address("snooze", row.number), headers=HTMX).content.decode()
    assert 'name="when" value="' in sheet
    # Enter in the field for the hour presses the first button that sends, which must not be the first offer.
    assert "name=" not in sheet.split('<div class="sheet-body">')[1].split('<button type="submit"')[1].split(">")[0]
    assert desk.post(address("snooze", row.number), {"when": "soon"}, headers=HTMX).status_code == 422
    when = sheet.split('name="when" value="')[1].split('"')[0]
    answer = desk.post(address("snooze", row.number), {"when": when}, headers=HTMX)
    assert answer.status_code == 204
    row.refresh_from_db()
    assert row.snoozed_until == datetime.fromisoformat(when)
    assert "put aside until" in desk.get(address("inbox"), {"view": "snoozed"}).content.decode()
    assert "Bring it back now" in desk.get(address("now", row.number)).content.decode()
    desk.post(said(answer)["undo"], {"line": said(answer)["line"]}, headers=HTMX)
    row.refresh_from_db()
    assert row.snoozed_until is None
    assert desk.post(address("bring-back", row.number), headers=HTMX).status_code == 409


@pytest.mark.django_db
@pytest.mark.parametrize("sheet", ["snooze", "hand-over"])
def test_a_sheet_that_can_lead_nowhere_says_so_and_has_no_button(desk, agent, make_agent, make_complaint, sheet):
    mine = make_complaint(owner=agent, at=timezone.now())
    another = make_complaint(owner=make_agent(name="Deniz"), at=timezone.now())
    assert 'type="submit"' in desk.get(address(sheet, mine.number), headers=HTMX).content.decode()
    told = desk.get(address(sheet, another.number), headers=HTMX).content.decode()
    assert "Deniz" in told
    assert 'type="submit"' not in told


@pytest.mark.django_db
def test_a_promise_or_a_limit_is_not_passed_without_saying_so(desk, agent, make_complaint):
    now = timezone.now()
    row = make_complaint(owner=agent, at=now)
    event = complaints.append(complaint=row, kind="replied", by="agent", agent=agent, text="Soon.", now=now)
    promises.make(
        complaint=row, owner=agent, made_in=event, words="in an hour", due_at=now + timedelta(hours=1),
        whole_day=False, now=now,
    )  # fmt: skip
    Clock.objects.all().delete()
    Clock.objects.create(complaint=row, what="legal", code="a-law", started_at=now, due_at=now + timedelta(hours=2))
    given = {"day": (timezone.localtime(now) + timedelta(days=1)).date().isoformat(), "hour": "09:00"}
    answer = desk.post(address("snooze", row.number), given, headers=HTMX)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "in an hour" in page
    assert page.count("<li>") == 2
    assert Complaint.objects.get(pk=row.pk).snoozed_until is None
    # Several at once pass nothing over: what has something due before is left, and told.
    other = make_complaint(owner=agent, at=now)
    Clock.objects.filter(complaint=other).delete()
    answer = desk.post(address("together", "snooze"), {**given, "number": [row.number, other.number]}, headers=HTMX)
    assert said(answer)["words"] == "1 put aside until later."
    assert "Something falls due before then." in answer.content.decode()
    when = page.split('name="when" value="')[1].split('"')[0]
    desk.post(address("snooze", row.number), {"when": when, "knows": "1"}, headers=HTMX)
    assert set(Complaint.objects.values_list("snoozed_until", flat=True)) == {datetime.fromisoformat(when)}
    assert "knowing what falls due before" in desk.get(address("now", row.number)).content.decode()
