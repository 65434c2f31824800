"""The page of what hurts: for everybody who works here, in four languages, with no list of people."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from amends.desk.complaints import actions as complaints
from amends.desk.improvements import actions as improvements
from amends.desk.people.models import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_the_time_of_the_fixtures")]
HURTS = "/desk/insight/"


@pytest.fixture
def see(client, make_agent):
    """`see(path, language=…, role=…)` as somebody of the desk."""

    def page(path=HURTS, *, language="en", role=Role.AGENT):
        client.force_login(make_agent(language=language, role=role))
        return client.get(path)

    return page


@pytest.fixture
def at_the_time_of_the_fixtures(monkeypatch, now):
    monkeypatch.setattr("amends.desk.insight.views.timezone.now", lambda: now)


def test_strangers_sign_in_first(client, make_agent):
    make_agent()
    assert client.get(HURTS).status_code == 302
    assert client.get(reverse("insight:behind", args=["complaints"])).status_code == 302


@pytest.mark.parametrize("role", Role.values)
def test_everybody_of_the_desk_sees_the_totals(see, promised, role):
    page = see(role=role)
    assert page.status_code == 200
    assert page.context["figures"].causes.complaints == 12


@pytest.mark.parametrize("language", ["tr", "fa", "mn", "en"])
def test_the_page_speaks_every_language(see, promised, language):
    page = see(language=language)
    text = page.content.decode()
    assert f'<html lang="{language}" dir="{"rtl" if language == "fa" else "ltr"}"' in text
    assert not re.search(r"%\(\w+\)s|\{\w+\}|\{\{|\{%", text)
    assert text.count("<svg direction") + text.count('direction="ltr"') >= 6
    if language == "fa":
        shown = re.sub(r"<[^>]+>", " ", unescape(text[text.index("<main") : text.index("</main>")]))
        assert not re.search(r"[0-9]", shown)


@pytest.mark.parametrize("language", ["tr", "fa", "mn", "en"])
def test_every_door_of_the_page_opens(see, promised, client, language):
    page = see(language=language).content.decode()
    doors = sorted(set(re.findall(r'href="(/desk/insight/behind/[^"]+)"', page)))
    assert len(doors) > 12
    for door in doors:
        answer = client.get(door.replace("&amp;", "&"))
        assert answer.status_code == 200
        assert answer.context["behind"].title


def test_nobody_who_works_here_is_named(see, promised, client):
    page = see().content.decode()
    for door in set(re.findall(r'href="(/desk/insight/behind/[^"]+)"', page)):
        page += client.get(door.replace("&amp;", "&")).content.decode()
    for name in ("Deniz", "Kaya", "Sara", "Rahimi", "Bold"):
        assert not re.search(rf"\b{name}\b", page)  # a word: the form's random key may hold any letters


@pytest.mark.parametrize(
    "query",
    ["days=30", "days=365", "days=7", "team=99", "team=x", "days=30&team=1", "team=²", "currency=TRY", "currency=%00"],
)
def test_any_choice_is_answered(see, promised, query):
    assert see(f"{HURTS}?{query}").status_code == 200


@pytest.mark.parametrize("query", ["page=2", "page=0", "page=x", "page=99999999999999999999"])
def test_any_page_is_answered(see, promised, query):
    assert see(reverse("insight:behind", args=["complaints"]) + f"?{query}").status_code == 200


def test_a_door_that_was_not_made_says_so(see, promised):
    assert see(reverse("insight:behind", args=["agents-by-failings"])).status_code == 404


def test_too_few_are_never_a_per_cent(see, make_complaint, now):
    complaint = make_complaint(at=now - timedelta(hours=1))
    improvements.confirm(complaint=complaint, layer="process", theme="late", by=complaint.owner, now=now)
    page = see()
    assert b"too few for a per cent" in page.content
    assert page.context["page"].shares is None


def test_an_empty_desk_says_what_is_missing_and_what_to_do(see):
    page = see().content
    assert b"No complaint has come in yet" in page
    assert reverse("workplace:new").encode() in page[page.index(b"<main") :]


def test_a_quiet_time_offers_a_longer_one(see, make_complaint, now):
    make_complaint(at=now - timedelta(days=80))
    assert b"Nothing happened in this time" in see(f"{HURTS}?days=30").content


def test_one_complaint_is_counted_and_makes_no_rate(see, make_complaint, now):
    complaint = make_complaint(at=now - timedelta(hours=3))
    complaints.say_not_content(complaint=complaint, text="No!", heat=3, now=now - timedelta(hours=1))
    improvements.confirm(complaint=complaint, layer="process", theme="late", by=complaint.owner, now=now)
    text = see().content.decode()
    main = re.sub(r"<[^>]+>", " ", re.sub(r"<(\w+) [^>]*data-elsewhere.*?</\1>", "", text[text.index("<main") :]))
    assert "%" not in main
    assert "rates follow when there are ten" in main
    assert "too few to say" in main
    assert "A share is told from ten confirmed causes on" in main
    # no figure of money: it says so, and where it is entered
    assert "1 customer may leave, and what they spend is not on record" in " ".join(main.split())
    assert "where an administrator enters it" in main
    assert "No promise fell due in this time" in main


def test_money_is_told_also_where_a_customer_has_no_figure(see, make_complaint, make_customer, now):
    for value in (1000, None):
        customer = make_customer(yearly_value=value, currency="TRY")
        complaint = make_complaint(customer=customer, at=now - timedelta(hours=3))
        complaints.say_not_content(complaint=complaint, text="No!", heat=3, now=now - timedelta(hours=1))
    page = see(reverse("insight:money")).content.decode()
    assert "1 customer who may leave has no figure on record" in re.sub(r"<[^>]+>", "", page)
    assert "₺1,000" in page
    assert page.count('class="notice"') < 5  # what is missing, once each


@pytest.fixture
def spread(promised):
    """A few complaints with a product, a branch, another channel, another language, a group of customers."""
    from amends.desk.clocks.models import CustomerGroup, GroupMember
    from amends.desk.complaints.models import Branch, Product

    kettle, shop = Product.objects.create(name="Kettle"), Branch.objects.create(name="Kadıköy")
    rich = CustomerGroup.objects.create(name="Rich", position=1, spends_from=5000, currency="TRY")
    others = CustomerGroup.objects.create(name="Others", position=2, spends_from=10)
    GroupMember.objects.create(group=rich, customer=promised[11].customer)
    for place, complaint in enumerate(promised):
        if place < 7:
            complaints.place(
                complaint=complaint, product=kettle, branch=shop if place < 5 else None, by=complaint.owner,
                now=complaint.last_event_at,
            )  # fmt: skip
        if place in {9, 10}:
            type(complaint).objects.filter(pk=complaint.pk).update(channel="mail", language="mn")
            type(complaint.customer).objects.filter(pk=complaint.customer_id).update(yearly_value=9000)
    return {"product": kettle.pk, "branch": shop.pk, "rich": rich.pk, "others": others.pk}


def test_one_bar_narrows_every_figure_and_every_door(see, spread, client):
    told = {
        f"product={spread['product']}": 7,
        f"product={spread['product']}&branch={spread['branch']}": 5,
        "channel=mail": 2,
        "language=mn&channel=mail": 2,
        f"group={spread['rich']}": 3,  # one by name, two by what they spend
        f"group={spread['others']}": 9,  # and those are nobody else's
        "product=99999&channel=pigeon": 12,  # what is none narrows nothing
    }
    assert {query: see(f"{HURTS}?{query}").context["figures"].causes.complaints for query in told} == told
    page = see(f"{HURTS}?branch={spread['branch']}").content.decode()
    doors = {door.replace("&amp;", "&") for door in re.findall(r'href="(/desk/insight/behind/[^"]+)"', page)}
    assert all(f"branch={spread['branch']}" in door for door in doors)
    [everything] = [door for door in doors if "/behind/complaints/" in door]
    assert client.get(everything).context["behind"].total == 5


def test_what_is_narrowed_to_a_few_authors_names_nobody(see, spread):
    few = see(f"{HURTS}?channel=mail").context["figures"].writing
    assert (few.replies, few.is_hidden) == (2, True)
    assert not see().context["figures"].writing.is_hidden
