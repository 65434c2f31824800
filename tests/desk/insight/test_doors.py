"""No number of the page stands without a door, and behind each door is exactly what the number tells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from html.parser import HTMLParser

import pytest

from amends.desk.coaching.models import Kind, Seen
from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import By, EventKind, Product
from amends.desk.customers.models import BuyingRhythm
from amends.desk.improvements import actions as improvements
from amends.desk.improvements.models import Improvement, Theme
from amends.desk.insight import behind, kept
from amends.desk.insight.models import Look, OnTheWay
from amends.desk.promises.models import Promise
from amends.desk.remedies import rules
from amends.desk.remedies.models import Remedy, Rule
from amends.desk.third_parties.models import Party, Wait
from amends.desk.web import wording

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_the_time_of_the_fixtures")]

# What carries no list: a day, what others found, a choice, and what is drawn for nobody.
APART = {"time", "option", "script", "style"}
ALONE = {"br", "input", "img", "use", "rect", "link", "meta"}


@dataclass
class Number:
    """A text with digits, and the door that it stands in."""

    text: str = ""
    href: str = ""
    tells: str = ""


class Walk(HTMLParser):
    """Every text of the main part of a page that holds a digit; what stands in one door is one."""

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[tuple[str, dict[str, str | None], Number | None]] = []
        self.found: list[Number] = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        door = Number(href=given.get("href") or "", tells=given.get("data-tells") or "") if tag == "a" else None
        if tag not in ALONE:
            self.stack.append((tag, given, door))

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        if tag in ALONE:
            return
        opened, _attrs, door = self.stack.pop()
        assert opened == tag, f"<{opened}> is closed by </{tag}>"
        if door is not None and re.search(r"\d", door.text):
            self.found.append(door)

    def handle_data(self, data):
        if not any(tag == "main" for tag, *_ in self.stack):
            return
        if any(tag in APART or "data-elsewhere" in attrs or "data-day" in attrs for tag, attrs, _ in self.stack):
            return
        door = next((door for *_, door in reversed(self.stack) if door is not None), None)
        if door is not None:
            door.text += data
        elif re.search(r"\d", data):
            self.found.append(Number(text=data))


def numbers(page: str) -> list[Number]:
    walk = Walk()
    walk.feed(page)
    return walk.found


@pytest.fixture
def at_the_time_of_the_fixtures(monkeypatch, now):
    monkeypatch.setattr("amends.desk.insight.views.timezone.now", lambda: now)


@pytest.fixture
def full(promised, now):
    """A desk on which every figure of the page has something to tell."""
    for place, complaint in enumerate(promised):
        reply = complaint.events.get(kind=EventKind.REPLIED)
        Seen.objects.create(event=reply, kind=Kind.GOOD, name="apology", start=0, end=4, confidence=0.9)
        if place < 7:
            at = now - timedelta(hours=9 + place)
            complaints.ask_for(complaint=complaint, what="person", now=at)
            if place:
                complaints.append(
                    complaint=complaint, kind=EventKind.REPLIED, by=By.AGENT, agent=complaint.owner, text="Here.",
                    now=at + timedelta(minutes=25 * place),
                )  # fmt: skip
        if place < 3:
            OnTheWay.objects.create(complaint=complaint, name="on-hold")
        if place % 2:
            Look.objects.create(complaint=complaint, at=now)
        if place in {5, 6, 8}:
            Remedy.objects.create(
                complaint=complaint, kind="refund", what="Half back", cost=Decimal(40 + place), currency="TRY",
                by=complaint.owner, at=now, state="dropped" if place == 8 else "done",
            )  # fmt: skip
    for place, (value, currency) in {2: (None, ""), 3: (Decimal(1580), "GBP"), 4: (Decimal(77), "")}.items():
        customer = promised[place].customer
        customer.yearly_value, customer.currency = value, currency
        customer.save()
        complaints.say_not_content(complaint=promised[place], text="No!", heat=3, now=now)
    cause = promised[11].cause
    cause.confirmed_at = cause.confirmed_by = None
    cause.save()
    return promised


@pytest.fixture
def see(client, make_agent):
    def page(path="/desk/insight/", *, language="en"):
        client.force_login(make_agent(language=language))
        return client.get(path)

    return page


@pytest.mark.parametrize(("language", "query"), [("en", ""), ("tr", "?days=30"), ("fa", "?days=365"), ("mn", "")])
def test_every_number_has_a_door(see, full, language, query):
    found = numbers(see(f"/desk/insight/{query}", language=language).content.decode())
    assert len(found) > 90
    assert [one.text for one in found if "/behind/" not in one.href or not one.tells] == []


def test_behind_every_door_is_what_its_number_tells(see, full, client):
    found = numbers(see().content.decode())
    told = {tells for one in found for tells in one.tells.split()}
    assert told == {"count", "share", "rate", "money", "median", "low", "high", "from", "to"}
    assert wrong_doors(client, found) == []


def wrong_doors(client, found):
    """The numbers that are not what is behind them."""
    wrong = []
    opened = {}
    for one in found:
        if one.href not in opened:
            opened[one.href] = list(walk_through(client, one.href))
        first, rows = opened[one.href][0], sum(number for _, number in opened[one.href])
        expected = [tell(kind, first[0], rows) for kind in one.tells.split()]
        if one.tells == "between":
            assert one.text == first[0].between
        elif (shown := re.findall(r"[^\s()–]*\d[^\s()–]*(?:\s(?:h|min|d)\b)?", one.text)) != expected:
            wrong.append((one, shown, expected))
    return wrong


def walk_through(client, href) -> Iterator[tuple[object, int]]:
    """Each page of a list, and how many rows it shows."""
    page = client.get(href)
    assert page.status_code == 200, href
    text = page.content.decode()
    yield (page.context["behind"], text.count("data-counted"))
    if page.context["behind"].next_page:
        yield from walk_through(client, re.search(r'href="(\?[^"]+page=\d+)"', text)[1].replace("&amp;", "&"))


def tell(kind, behind, rows):
    """What a number has to be, by the list that is behind it."""
    assert rows == behind.total
    return {
        "count": lambda: wording.number(rows, language="en"),
        "share": lambda: wording.percent(rows / behind.of, language="en"),
        "low": lambda: wording.percent(behind.share.low, language="en"),
        "high": lambda: wording.percent(behind.share.high, language="en"),
        "rate": lambda: wording.number(round(100 * rows / behind.of), language="en"),
        "from": lambda: wording.number(round(100 * behind.share.low), language="en"),
        "to": lambda: wording.number(round(100 * behind.share.high), language="en"),
        "money": lambda: wording.money(behind.amount, currency=behind.currency, language="en"),
        "median": lambda: wording.span(behind.median, language="en"),
        "between": lambda: behind.between,
        "points": lambda: wording.number(behind.points, language="en"),
        "each": lambda: wording.number(round(behind.points / rows, 1), language="en"),
    }[kind]()


@pytest.fixture
def told(full, make_complaint, now):
    """What the pages beside the first one tell of: products, the same mistake again, an improvement, third parties."""
    kettle = Product.objects.create(name="Kettle")
    for complaint in full[:4]:
        complaints.place(complaint=complaint, product=kettle, branch=None, by=complaint.owner, now=now)
    mail = {"channel": "mail", "language": "mn"}
    for place in (5, 6):  # processes that are late: once more for the same customers
        again = make_complaint(
            customer=full[place].customer, owner=full[place].owner, at=now - timedelta(days=4), **mail
        )
        improvements.confirm(complaint=again, layer="process", theme="late", by=again.owner, now=now)
    for place, theme in ((7, "rules"), (8, "rules"), (9, ""), (10, "advertising")):
        layer = "message" if place == 10 else "product" if place == 9 else "process"
        improvements.confirm(complaint=full[place], layer=layer, theme=theme, by=full[place].owner, now=now)
    post = Party.objects.create(name="Yurtiçi", key="yurtici")
    for place, complaint in enumerate(full[:9]):
        at = now - timedelta(days=5, hours=place)
        ended = None if place < 2 else at + timedelta(hours=10 * place)
        outcome = "" if ended is None else "no" if place == 4 else "ended" if place == 5 else "yes"
        Wait.objects.create(complaint=complaint, party=post, since=at, ended_at=ended, outcome=outcome)
    complaints.ask_for(complaint=full[0], what="manager", now=now - timedelta(hours=3))
    by = full[0].owner
    rule = rules.write(title="No refunds", text="None.", purpose="Margins.", owner=by, by=by, now=now)
    for complaint in full[2:6]:  # three of them say that they are not content
        rules.say_trouble(complaint=complaint, rule=rule, by=by, now=now)
    Remedy.objects.create(
        complaint=full[0], kind="apology", what="Sorry", rule=rule, is_exception=True, reason="Ill.", by=by, at=now,
        state="done",
    )  # fmt: skip
    for place in range(11):
        complaints.rate(complaint=full[place], outcome=5 - place % 5, handling=5 if place < 8 else 2, now=now)
    Promise.objects.filter(pk=Promise.objects.filter(state="broken").first().pk).update(notice_at=now)
    Improvement.objects.create(
        title="Another courier", layer="process", theme=Theme.objects.get(name="late"), owner=full[0].owner,
        due_on=now.date(), state="in-force", in_force_on=now.date() - timedelta(days=20), made_by=full[0].owner,
        made_at=now,
    )  # fmt: skip
    return full


def test_the_days_tell_the_lists_that_the_tables_tell(told, frame, now):
    late = f"{Theme.objects.get(name='late').pk}-process"  # what comes late is never as planned
    for place, complaint in enumerate(told[:3]):
        gone = now.date() - timedelta(days=10 - 15 * (place == 0))
        BuyingRhythm.objects.create(
            customer=complaint.customer,
            last_on=now.date() - timedelta(days=60),
            usual_days=7,
            gone_from=gone,
            is_own=True,
        )
    BuyingRhythm.objects.filter(customer=told[0].customer).update(last_on=now.date())  # purchases are known up to today
    figures = [
        "complaints", "unanswered", "risk", "unconfirmed", "unseen", "planned", "unplanned", "named", "again",
        "risk-leaving", "risk-hot", "cause-all", "cause-organisation", "cause-employee", "people-1", "people-all",
        "unsaid-product", "planned-process", "added-2", "course-on-hold", "leavers", "leavers-known", "money-try",
        "money-gbp", "repeats", "promises-kept", "promises-broken", "promises-settled", "promises-told", "lost-any",
        "lost-said", "lost-silent",
        "lost-both", "lost-watched", "lostspend-try", f"cured-{Improvement.objects.get().pk}", "replies",
        *(f"bad-{hurt}{late}" for hurt in ("", "again-")),
        *(f"{kind}-{late}" for kind in ("theme", "again", "planned", "hit", "spend", "remedies")),
        "leave-0-employee", "goes-0-employee", "leave-0-customer",
        *(f"{kind}rule-{Rule.objects.get().pk}" for kind in ("leave", "goes")),
        f"promises-in-{int(frame.since.timestamp())}-{int(now.timestamp())}",
        *{f"{kind}-{name}" for kind, name in Seen.objects.exclude(kind=Kind.SIGNAL).values_list("kind", "name")},
    ]  # fmt: skip

    def lists():
        found = {name: behind.behind(figure=name, frame=frame, language="en", currency="TRY") for name in figures}
        return {
            name: replace(
                one,
                customers=tuple(sorted(one.customers, key=lambda row: row.id)),
                replies=tuple(sorted(one.replies, key=lambda row: (row.at, row.text))),
                complaints=tuple(sorted(one.complaints, key=lambda row: (row.number, row.quote, row.cost or 0))),
            )
            for name, one in found.items()
        }

    by_tables = lists()
    kept.rebuild()
    assert lists() == by_tables
    empty = {name for name, one in by_tables.items() if not one.total}
    assert empty <= {"risk-hot", f"planned-{late}", f"remedies-{late}", "lost-both"}
    assert len([name for name in figures if name.startswith(("failing-", "good-"))]) > 1
    worth = [row.value for row in behind.behind(figure="leavers-known", frame=frame, language="en").customers]
    assert len(worth) > 2


PAGES = ["causes", "times", "word", "over-time", "satisfaction", "lost"]


def test_no_number_of_the_other_pages_is_without_its_door(see, told, client):
    orders = ["causes/?order=money", "causes/?order=bad"]
    for page in [*(f"{page}/" for page in PAGES), *orders]:  # to lay it out takes longer than to look at all of them
        found = numbers(see(f"/desk/insight/{page}", language="fa").content.decode())
        assert [one.text for one in found if "/behind/" not in one.href or not one.tells] == [], page
        found = numbers(see(f"/desk/insight/{page}").content.decode())
        assert [one.text for one in found if "/behind/" not in one.href or not one.tells] == [], page
        assert len(found) > (2 if page == "lost/" else 6), page
        assert wrong_doors(client, found) == [], page


def test_what_causes_and_rules_may_cost_opens_on_its_customers(see, told, client):
    text = see("/desk/insight/money/").content.decode()
    begins = text.index('aria-labelledby="losses"')
    begins = text.rindex("<section", 0, begins)
    found = numbers(f"<main>{text[begins : text.index('</section>', begins)]}</section></main>")
    figures = {one.href.split("/behind/")[1].partition("-")[0] for one in found}
    assert {"leave", "goes", "leaverule", "goesrule"} <= figures
    assert wrong_doors(client, found) == []
    file = client.get("/desk/insight/tables/losses.csv?currency=TRY").content.decode()
    assert "No refunds" in file


@pytest.mark.parametrize("page", PAGES)
def test_the_other_pages_speak_every_language_and_say_what_is_missing(see, client, page, make_complaint, now):
    path = f"/desk/insight/{page}/"
    for language in ("en", "tr", "fa", "mn"):
        assert see(path, language=language).status_code == 200  # with nothing yet
    complaint = make_complaint(at=now - timedelta(days=2))
    improvements.confirm(complaint=complaint, layer="process", theme="rules", by=complaint.owner, now=now)
    text = see(path).content.decode()
    main = re.sub(r"<[^>]+>", " ", text[text.index("<main") : text.index("</main>")])
    assert "%" not in main  # no rate of one
    assert not re.search(r"%\(\w+\)s|\{\w+\}|\{\{|\{%", text)
