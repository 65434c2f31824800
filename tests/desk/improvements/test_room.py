"""The room of improvements in the browser's eyes: the board, one of them, and a door behind every count."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest

from amends.desk.improvements import improving
from amends.desk.improvements.models import Cause, Improvement, Theme
from amends.desk.remedies import rules
from amends.desk.remedies.models import Remedy

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_the_time_of_the_fixtures(monkeypatch, now):
    monkeypatch.setattr("amends.desk.improvements.room_views.timezone.now", lambda: now)


@pytest.fixture
def lead(make_agent):
    return make_agent(name="Deniz Kaya", role="quality")


def one(client, improvement, reader):
    client.force_login(reader)
    return client.get(f"/desk/improvements/{improvement.pk}/").content.decode()


@pytest.fixture
def cured(lead, make_complaint, make_customer, now):
    """Thirty complaints before, four after, and as many others; some cost money, some have no cause."""
    late, broken = (Theme.objects.create(name=name) for name in ("late", "broken"))
    customer = make_customer()
    for ago in [*range(121, 271, 5), 20, 50, 80, 110]:
        one = make_complaint(customer=customer, owner=lead, at=now - timedelta(days=ago))
        Cause.objects.create(complaint=one, layer="process", theme=late)
        if ago % 10 == 0 or ago == 121:
            Remedy.objects.create(
                complaint=one, kind="refund", cost=Decimal(ago), currency="TRY", by=lead, at=one.received_at
            )
    for ago in range(10, 270, 10):
        one = make_complaint(customer=customer, owner=lead, at=now - timedelta(days=ago, hours=1))
        Cause.objects.create(complaint=one, layer="product", theme=broken)
    for ago in (15, 200):
        make_complaint(customer=customer, owner=lead, at=now - timedelta(days=ago))
    one = improving.write(
        title="Tell the day", layer="process", theme=late, owner=lead, due_on=now.date(), by=lead, now=now, fewer=40,
        why="Nobody knows when it comes.", saves=Decimal(9000), currency="TRY",
    )  # fmt: skip
    return improving.put_into_force(improvement=one, since=(now - timedelta(days=120)).date(), by=lead, now=now)


def test_behind_every_count_is_what_it_tells(client, cured, lead):
    client.force_login(lead)
    page = client.get(f"/desk/improvements/{cured.pk}/").content.decode()
    doors = re.findall(r'data-tells="(\w+)" href="(/desk/improvements/[^"]+)">([^<]+)<', page)
    assert {tells for tells, *_ in doors} == {"count", "money"}
    assert len(doors) >= 10
    for tells, href, words in doors:
        text = client.get(href).content.decode()
        told = f"<strong>{words}</strong>" if tells == "money" else words
        assert told in text, href
        if tells == "count":
            assert text.count("data-counted") == min(50, int(words)), href
    weeks = set(re.findall(r'href="(/desk/improvements/\d+/behind/week-[^"]+)"', page))
    assert sum(client.get(href).content.decode().count("data-counted") for href in weeks) >= 30


def test_no_number_stands_alone(client, cured, lead):
    """What is reckoned or told says so; everything else opens."""
    client.force_login(lead)
    page = client.get(f"/desk/improvements/{cured.pk}/").content.decode()
    section = re.search(r'<section class="sheet p-5" aria-labelledby="effect">.*?</section>', page, re.DOTALL)[0]
    for pattern in (r"<svg.*?</svg>", r"<a [^>]*>.*?</a>", r"<(\w+)[^>]* data-(?:told|reckoned)[^>]*>.*?</\1>"):
        section = re.sub(pattern, "", section, flags=re.DOTALL)
    assert re.findall(r">[^<]*\d[^<]*<", section) == []


def test_the_exceptions_to_its_rule_stand_beside_it(client, cured, lead, make_complaint, now):
    assert "The rule it is about" not in one(client, cured, lead)
    rule = rules.write(title="No refunds", text="None.", purpose="Margins.", owner=lead, by=lead, now=now)
    Improvement.objects.filter(pk=cured.pk).update(rule=rule)
    for ago in (200, 150, 140, 30):
        Remedy.objects.create(
            complaint=make_complaint(at=now - timedelta(days=ago)), kind="refund", rule=rule, is_exception=True,
            reason="Ill.", by=lead, at=now - timedelta(days=ago),
        )  # fmt: skip
    said = " ".join(re.sub(r"<[^>]+>", " ", one(client, cured, lead)).split())
    assert "No refunds · 3 exceptions before it came into force, 1 since" in said


def test_board_and_page_speak_every_language(client, cured, make_agent):
    for language in ("tr", "fa", "mn", "en"):
        client.force_login(make_agent(language=language, role="lead"))
        for path in ("", "?as=list", "new/", f"{cured.pk}/", f"{cured.pk}/change/", f"{cured.pk}/behind/here-before/"):
            assert client.get(f"/desk/improvements/{path}").status_code == 200, (language, path)


def test_an_empty_desk_says_where_to_begin(client, lead):
    client.force_login(lead)
    assert "/desk/insight/" in client.get("/desk/improvements/").content.decode()


def test_it_is_written_down_from_a_cause(client, lead, now):
    theme = Theme.objects.create(name="late")
    client.force_login(lead)
    begun = client.get(f"/desk/improvements/new/?layer=process&theme={theme.pk}").content.decode()
    assert re.search(rf'<option value="{theme.pk}" selected', begun)
    told = {"title": "Tell the day", "layer": "process", "theme": theme.pk, "owner": lead.pk, "due_on": "2026-12-01"}
    answer = client.post("/desk/improvements/new/", told)
    one = Improvement.objects.get()
    assert answer.url == f"/desk/improvements/{one.pk}/"
    assert (one.theme, one.made_at) == (theme, now)
    for step in ({"act": "begin"}, {"act": "force", "since": "2026-10-01"}, {"act": "note", "words": "Fine."}):
        assert client.post(f"{answer.url}act/", step).status_code == 302
    one.refresh_from_db()
    assert one.state == "in-force"


def test_an_agent_reads_and_whose_it_is_may_act(client, cured, make_agent):
    agent = make_agent()
    client.force_login(agent)
    assert client.get(f"/desk/improvements/{cured.pk}/").status_code == 200
    assert client.post(f"/desk/improvements/{cured.pk}/act/", {"act": "note", "words": "x"}).status_code == 403
    assert client.get("/desk/improvements/new/").status_code == 403
    Improvement.objects.update(owner=agent)
    assert client.post(f"/desk/improvements/{cured.pk}/act/", {"act": "note", "words": "x"}).status_code == 302


def test_no_figure_no_list(client, cured, lead):
    client.force_login(lead)
    for figure in ("here-never", "week-9999", "week-x", "spent", "../1"):
        assert client.get(f"/desk/improvements/{cured.pk}/behind/{figure}/").status_code == 404, figure
