"""Every page of figures over a desk that has nothing, little, gaps or all currencies; and how much pages ask."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from amends.desk.coaching.models import Kind, Seen
from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import By, EventKind
from amends.desk.improvements import actions as improvements
from amends.desk.improvements.models import Improvement, Theme
from amends.desk.insight import kept
from amends.desk.insight.tables import TABLES
from amends.desk.people.models import Role

pytestmark = pytest.mark.django_db
PAGES = (
    "",
    "causes/",
    "times/",
    "over-time/",
    "word/",
    "satisfaction/",
    "money/",
    "lost/",
    "alarms/",
    "reports/",
    "money/own/",
)
MOST = 15


@pytest.fixture
def look(client, make_agent, monkeypatch, now):
    """`look(query)`: the words of every page, after every table and the paper were taken as well."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    client.force_login(make_agent(role=Role.LEAD))

    def every(query="span=90"):
        found = {}
        for page in PAGES:
            answer = client.get(f"/desk/insight/{page}?{query}")
            assert answer.status_code == 200, page
            text = re.sub(r"<(script|select|style|form)\b.*?</\1>", "", answer.content.decode(), flags=re.DOTALL)
            text = re.sub(r"<(\w+) [^>]*data-elsewhere.*?</\1>", "", text)
            found[page] = " ".join(re.sub(r"<[^>]+>", " ", text[text.index("<main") : text.index("</main>")]).split())
        for name in TABLES:
            for kind in ("csv", "xlsx", "parquet"):
                assert client.get(f"/desk/insight/tables/{name}.{kind}?{query}").status_code == 200, name
        assert client.get(f"/desk/insight/report.pdf?{query}").content.startswith(b"%PDF")
        return found

    return every


def rates(pages):
    """Which pages tell a per cent of what happened here."""
    return {page for page, text in pages.items() if re.search(r"\d\s?%|%\s?\d", text) and page != "money/own/"}


def test_an_empty_desk_says_what_is_missing(look):
    pages = look()
    assert rates(pages) == set()
    assert "No complaint has come in yet" in pages[""]
    assert "Nothing happened in this time" in pages["over-time/"]
    assert "No report is saved yet" in pages["reports/"]


def test_three_complaints_without_money_make_no_rate(look, make_complaint, now):
    for days in (1, 2, 3):
        one = make_complaint(at=now - timedelta(days=days))
        complaints.say_not_content(complaint=one, text="No!", heat=3, now=now - timedelta(hours=1))
        improvements.confirm(complaint=one, layer="process", theme="late", by=one.owner, now=now)
    pages = look()
    assert rates(pages) <= {"money/"}  # there a per cent is what went into a figure
    assert "not on record" in pages["money/"]
    assert "too few to say" in pages["over-time/"]


def test_half_a_year_of_silence_is_told_as_such(look, make_complaint, now):
    make_complaint(at=now - timedelta(days=200))
    make_complaint(at=now - timedelta(hours=2))
    pages = look("span=365&by=month")
    assert pages["over-time/"].count("too few to say") >= 12
    assert rates(pages) == set()


def test_silence_is_never_told_as_content(look, make_complaint, now):
    old = make_complaint(at=now - timedelta(days=200))
    complaints.append(
        complaint=old, kind=EventKind.REPLIED, by=By.AGENT, agent=old.owner, text="We found it.", language="en",
        now=now - timedelta(days=3),
    )  # fmt: skip
    text = look("span=90")[""]
    assert "Silence is no proof that people are content" in text
    assert "No customer of this time is about to leave" not in text
    assert "found nothing in the course" not in text


def test_a_cause_without_theme_and_a_customer_without_currency_break_nothing(look, make_complaint, make_customer, now):
    told = [("TRY", 100), ("GBP", 200), ("", 300), ("MNT", None), ("", None)]
    for place, (currency, value) in enumerate(told):
        spends = None if value is None else Decimal(value)
        customer = make_customer(yearly_value=spends, currency=currency)
        one = make_complaint(customer=customer, at=now - timedelta(days=place + 1))
        complaints.say_not_content(complaint=one, text="No!", heat=3, now=now)
        if place < 2:
            reply = complaints.append(
                complaint=one, kind=EventKind.REPLIED, by=By.AGENT, agent=one.owner, text="No.", now=now
            )
            Seen.objects.create(event=reply, kind=Kind.SIGNAL, name="leaving", start=0, end=3, confidence=0.9)
        if place < 3:
            improvements.confirm(complaint=one, layer="product", theme="", by=one.owner, now=now)
    pages = look()
    for sums in ("₺100", "£200", "300"):
        assert sums in pages[""]
    assert "₺600" not in pages[""]
    assert pages["lost/"].count("spent a year") == 1  # said once, however many currencies
    assert "₺100" in pages["lost/"]
    assert "£200" in pages["lost/"]
    assert "£200" in look("span=90&currency=GBP")["money/"]


def test_no_page_asks_the_database_more_than_fifteen_times(client, promised, make_agent, monkeypatch, now):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    theme = Theme.objects.get(name="late")
    for days in (5, 20, 40):
        Improvement.objects.create(
            title="Another courier", layer="process", theme=theme, owner=promised[0].owner, due_on=now.date(),
            state="in-force", in_force_on=now.date() - timedelta(days=days), made_by=promised[0].owner, made_at=now,
        )  # fmt: skip
    for place, currency in enumerate(("TRY", "GBP")):
        type(promised[place].customer).objects.filter(pk=promised[place].customer_id).update(currency=currency)
    kept.rebuild()
    promised[0].save()  # nothing changed, nothing is noted
    type(promised[0]).objects.filter(pk=promised[0].pk).update(heat=2)
    client.force_login(make_agent(role=Role.LEAD))
    asked = {}
    for page in (*(f"/desk/insight/{page}?span=90" for page in PAGES), "/desk/improvements/"):
        client.get(page)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page).status_code == 200
        asked[page] = len(queries)
    assert max(asked.values()) <= MOST, asked
