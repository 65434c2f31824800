"""The report on paper, and reports that are saved: made once, sent once, stopped."""

from __future__ import annotations

import email
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from amends.desk.complaints.models import Complaint
from amends.desk.improvements import improving
from amends.desk.improvements.models import Cause, Theme
from amends.desk.insight import bar as bars
from amends.desk.insight import saved
from amends.desk.insight.models import Look, OnTheWay, ReportLetter, ReportRun, SavedReport
from amends.desk.insight.report import PAGES, report
from amends.desk.jobs.post import Outcome
from amends.desk.people.models import Organisation, Role

pytestmark = pytest.mark.django_db
ISTANBUL = ZoneInfo("Europe/Istanbul")


class Box:
    """A mail server that says what it is told to say."""

    def __init__(self, *kinds: str) -> None:
        self.is_open = True
        self.kinds = list(kinds)
        self.taken: list[tuple[str, bytes]] = []

    def deliver(self, *, mime: bytes, sender: str, recipient: str) -> Outcome:
        del sender
        kind = self.kinds.pop(0) if self.kinds else "sent"
        if kind in {"sent", "unknown"}:
            self.taken.append((recipient, mime))
        return Outcome(kind)  # type: ignore[arg-type]


@pytest.fixture
def organisation(make_team, now):
    """Open from nine to six, Monday to Friday, in Istanbul."""
    return Organisation.objects.create(
        id=1, name="Karvan", language="tr", calendar=make_team().calendar, founded_at=now, currency="TRY"
    )


@pytest.fixture
def save(make_agent, organisation, now):
    def make(**told):
        quality = make_agent(role=Role.QUALITY)
        return saved.save(
            **{
                "name": "For the board", "pages": list(PAGES), "span": "last-month", "by": "week", "narrowed": {},
                "currency": "", "language": "en", "rhythm": "monthly", "recipients": [quality.pk], "made_by": quality,
                "now": now, **told,
            }
        )  # fmt: skip

    return make


@pytest.mark.usefixtures("promised", "organisation")
def test_every_sheet_is_set_in_every_language_and_names_nobody(now):
    for language in ("tr", "fa", "mn", "en"):
        with translation.override(language):
            bar = bars.read({"span": "90"}, language=language, now=now, zone=ISTANBUL)
            made = report(bar=bar, now=now)
            assert len(made.sheets) == len(PAGES) - 1  # there is no improvement
            told = repr(made)
            for name in ("Deniz", "Kaya", "Sara", "Rahimi"):
                assert name not in told
            if language == "fa":
                assert "<a " not in told
            if language == "en":
                assert "Direct loss by cause" in told
            assert made.as_pdf(language=language).startswith(b"%PDF")
            only = report(bar=bar, only=["causes"], title="=x #pagebreak()", now=now)
            assert [sheet.title for sheet in only.sheets] == [str(PAGES["causes"])]
            assert only.as_pdf(language=language).startswith(b"%PDF")


@pytest.mark.usefixtures("organisation")
def test_what_nobody_has_looked_at_is_not_called_clean(promised, now):
    def course():
        with translation.override("en"):
            bar = bars.read({"span": "90"}, language="en", now=now, zone=ISTANBUL)
            return report(bar=bar, only=["course"], now=now).sheets[0]

    assert course().meaning == "Complaints not looked at yet: 12 of 12."
    OnTheWay.objects.create(complaint=promised[0], name="on-hold")
    assert "Complaints not looked at yet: 12 of 12." in course().notes
    Look.objects.bulk_create(Look(complaint=complaint, at=now) for complaint in promised)
    assert len(course().notes) == 1
    OnTheWay.objects.all().delete()
    assert course().meaning == "The engine found nothing in the course of these complaints."


def test_paper_of_nothing_says_that_nothing_happened(organisation, now):
    bar = bars.read({"span": "last-week"}, language="en", now=now, zone=ISTANBUL)
    made = report(bar=bar, now=now)
    assert made.sheets == made.tables == []
    assert made.as_pdf(language="en").startswith(b"%PDF")


@pytest.mark.usefixtures("organisation")
def test_what_an_improvement_brought_stands_with_its_weeks(make_agent, make_customer, now):
    owner = make_agent(name="Deniz Kaya", role=Role.QUALITY)
    late, rude = (Theme.objects.create(name=name) for name in ("late", "rudeness"))
    days = [(late, ago) for ago in range(101, 300, 2)] + [(rude, ago) for ago in range(1, 300, 3)] + [(late, 50)]
    customer = make_customer()
    rows = Complaint.objects.bulk_create(
        Complaint(
            number=number, key=f"{number}", customer=customer, owner=owner,
            subject="Late", language="en", channel="form", received_at=now - timedelta(days=ago), last_event_at=now,
        )
        for number, (_, ago) in enumerate(days, 1)
    )  # fmt: skip
    Cause.objects.bulk_create(
        Cause(complaint=row, layer="process", theme=theme) for row, (theme, _) in zip(rows, days, strict=True)
    )
    for title, since in (("Tell the day", 100), ("Tell the hour", 1)):
        told = {"title": title, "layer": "process", "owner": owner, "theme": late, "by": owner, "now": now}
        one = improving.write(due_on=now.date(), **told)
        improving.put_into_force(improvement=one, since=(now - timedelta(days=since)).date(), by=owner, now=now)
    with translation.override("en"):
        bar = bars.read({"span": "90"}, language="en", now=now, zone=ISTANBUL)
        made = report(bar=bar, only=["improvements"], now=now)
    [sheet] = made.sheets
    assert "In force and seen to help: 1 of 2." in sheet.meaning
    [weeks] = [picture for picture in sheet.pictures if picture.title]  # of a day in force nothing is drawn
    assert "Tell the day" in weeks.title
    assert weeks.note.startswith("Did it help? It helps: ")
    assert "% fewer complaints a day, from " in weeks.note
    assert made.as_pdf(language="en").startswith(b"%PDF")


def test_a_saved_report_is_due_when_work_begins_after_its_month(save):
    at = datetime(2026, 10, 14, 6, tzinfo=UTC)
    assert save(now=at).next_at == datetime(2026, 11, 2, 9, tzinfo=ISTANBUL)  # the first is a Sunday
    assert save(now=at, rhythm="weekly").next_at == datetime(2026, 10, 19, 9, tzinfo=ISTANBUL)
    assert save(now=at, language="fa").next_at == datetime(2026, 10, 23, 9, tzinfo=ISTANBUL)  # 1 Aban, a Friday here
    assert save(now=at, rhythm="").next_at is None


def test_it_is_made_once_and_sent_once_however_often_the_worker_looks(save, make_agent, desk):
    gone, example = make_agent(is_active=False), make_agent(is_example=True)
    two = [make_agent(email="board@desk.example"), make_agent(email="lead@desk.example")]
    one = save(recipients=[agent.pk for agent in (*two, example)])
    one.recipients.add(gone)
    due = one.next_at
    assert saved.make_due(now=due - timedelta(minutes=1)) == 0
    night = datetime(due.year, due.month, due.day, 23, tzinfo=ISTANBUL)
    assert saved.make_due(now=night) == 0  # found late, it waits for the next morning
    morning = night + timedelta(hours=11)
    assert [saved.make_due(now=morning), saved.make_due(now=morning)] == [1, 0]
    one.refresh_from_db()
    assert one.next_at > morning
    run = ReportRun.objects.get()
    assert (run.due_at, bytes(run.pdf)[:4], run.letters.count()) == (due, b"%PDF", 2)
    box = Box("later", "sent", "sent")
    assert saved.send_waiting(post=box, now=morning) == 1
    assert saved.send_waiting(post=box, now=morning) == 0  # the other one rests first
    assert saved.send_waiting(post=box, now=morning + timedelta(hours=1)) == 1
    assert saved.send_waiting(post=box, now=morning + timedelta(days=1)) == 0
    assert sorted(to for to, _ in box.taken) == ["board@desk.example", "lead@desk.example"]
    letter = email.message_from_bytes(box.taken[0][1], policy=email.policy.default)
    [paper] = list(letter.iter_attachments())
    assert paper.get_content_type() == "application/pdf"
    assert paper.get_content() == bytes(run.pdf)
    assert "For the board" in letter["Subject"]


def test_what_may_have_been_taken_is_not_sent_again_and_patience_ends(save, desk, now):
    one = save()
    saved.run_now(saved=one, by=one.made_by, now=now)
    saved.run_now(saved=one, by=one.made_by, now=now + timedelta(seconds=9))
    assert saved.make_due(now=now) == 1
    assert saved.send_waiting(post=Box("unknown"), now=now) == 0
    assert ReportLetter.objects.get().state == ReportLetter.State.UNKNOWN
    assert saved.send_waiting(post=Box(), now=now + timedelta(days=9)) == 0
    ReportLetter.objects.update(state=ReportLetter.State.WAITING, tries=saved.PATIENCE.attempts - 1)
    saved.send_waiting(post=Box("later"), now=now + timedelta(days=9))
    assert ReportLetter.objects.get().state == ReportLetter.State.REFUSED


def test_what_cannot_be_made_says_so_and_is_tried_again_but_not_for_ever(save, now, monkeypatch):
    one = save()
    saved.run_now(saved=one, by=one.made_by, now=now)
    monkeypatch.setattr(saved, "paper", lambda **_: 1 / 0)
    assert [saved.make_due(now=now) for _ in range(saved.MOST_TRIES + 2)] == [0] * (saved.MOST_TRIES + 2)
    run = ReportRun.objects.get()
    assert (run.tries, run.problem) == (saved.MOST_TRIES, "ZeroDivisionError: division by zero")


def test_what_was_stopped_goes_out_no_more_until_it_goes_on(save, now):
    one = save()
    saved.run_now(saved=one, by=one.made_by, now=now)
    saved.make_due(now=now)
    saved.stop(saved=one, now=now)
    assert saved.send_waiting(post=Box(), now=now) == 0
    assert saved.make_due(now=now + timedelta(days=60)) == 0
    one.refresh_from_db()
    with pytest.raises(saved.UnableToSave):
        saved.run_now(saved=one, by=one.made_by, now=now)
    saved.go_on(saved=one, now=now)
    one.refresh_from_db()
    assert (one.stopped_at, one.next_at > now) == (None, True)


@pytest.mark.parametrize(
    "wrong", [{"name": " \x00 "}, {"span": "ever"}, {"language": "xx"}, {"rhythm": "hourly"}, {"recipients": []}]
)
def test_what_is_not_whole_is_not_saved(save, wrong):
    with pytest.raises(saved.UnableToSave):
        save(**wrong)
    assert not SavedReport.objects.exists()


@pytest.mark.usefixtures("desk", "organisation")
def test_the_page_saves_runs_stops_and_hands_out_the_paper(client, make_agent, monkeypatch, now):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    lead = make_agent(role=Role.LEAD)
    client.force_login(lead)
    told = {
        "name": "Şikâyetler", "pages": ["causes", "money", "agents"], "span": "last-week", "tongue": "tr",
        "rhythm": "weekly", "to": [lead.pk, "x"], "channel": "form", "team": "999",
    }  # fmt: skip
    assert client.post("/desk/insight/reports/", told).status_code == 302
    one = SavedReport.objects.get()
    assert (one.pages, one.narrowed, list(one.recipients.all())) == (["causes", "money"], {"channel": "form"}, [lead])
    for what in ("run", "stop", "go-on", "dance"):
        assert client.post(f"/desk/insight/reports/{one.pk}/", {"what": what}).status_code == 302
    saved.make_due(now=now)
    page = client.get("/desk/insight/reports/").content.decode()
    assert "Şikâyetler" in page
    run = ReportRun.objects.get()
    assert client.get(f"/desk/insight/reports/papers/{run.pk}.pdf").content.startswith(b"%PDF")
    assert client.get("/desk/insight/report.pdf?span=30&channel=form&pages=causes").content.startswith(b"%PDF")
    assert client.post("/desk/insight/reports/", {**told, "name": ""}).status_code == 200
    client.force_login(make_agent())
    assert client.get("/desk/insight/reports/").status_code == 403
    assert client.get("/desk/insight/report.pdf").status_code == 200
