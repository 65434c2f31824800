"""The pages of this room, and the sheets beside a case."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from amends.desk.promises.models import Promise
from amends.desk.remedies import actions, asking, rules
from amends.desk.remedies.models import Allowance, Fault, Hook, Remedy, Request, Rule

HTMX = {"HX-Request": "true"}


def page(answer):
    return answer.content.decode()


@pytest.fixture
def open_case(complaint, client, house):
    client.force_login(house["agent"])
    return complaint


def put_right(client, complaint, **given):
    told = {"kind": "refund", "cost": "20", "currency": "EUR", "when": "now", "carrier": "us", "rule": "", **given}
    return client.post(reverse("workplace:put-right", args=[complaint.number]), told, headers=HTMX)


def test_what_is_to_be_done_today_goes_on_to_a_word_for_the_customer(client, open_case):
    answer = put_right(client, open_case, kind="replacement", what="Yeni çaydanlık", when="today")
    assert answer.status_code == 200
    remedy = Remedy.objects.get()
    assert (remedy.state, remedy.promise.due_at > timezone.now()) == ("to-do", True)
    assert "Yeni çaydanlık" in page(answer)
    word = {"text": "Ayşe Hanım, yenisi bugün yola çıkıyor."}
    address = reverse("workplace:tell", args=[open_case.number, remedy.pk])
    assert client.post(address, word, headers=HTMX).status_code == 204
    assert open_case.events.filter(kind="replied").count() == 1
    assert Promise.objects.filter(remedies=remedy).count() == 1


def test_above_the_limit_the_next_sheet_keeps_the_customer(client, open_case, house):
    answer = put_right(client, open_case, cost="300", reason="it is our fault")
    request = Request.objects.get()
    assert (request.asked, answer.status_code) == (house["lead"], 200)
    assert "Leyla" in page(answer)
    due = re.search(r'name="due_at"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="due_at"', page(answer))
    told = {"text": "Size bugün yazacağım.", "due_at": next(filter(None, due.groups()))}
    address = reverse("workplace:hold", args=[open_case.number, request.pk])
    assert client.post(address, told, headers=HTMX).status_code == 204
    promise = Promise.objects.get(made_in__kind="replied")
    assert promise.due_at > timezone.now()
    assert not Remedy.objects.exists()


def test_taking_back_is_for_who_asked(client, open_case, house, plan):
    request = asking.ask(complaint=open_case, by=house["agent"], plan=plan(), now=timezone.now())
    address = reverse("workplace:request-back", args=[open_case.number, request.pk])
    client.force_login(house["lead"])
    assert client.post(address, headers=HTMX).status_code == 409
    client.force_login(house["agent"])
    assert client.post(address, headers=HTMX).status_code == 204
    request.refresh_from_db()
    assert request.state == "withdrawn"


def test_a_lead_answers_on_the_page(client, open_case, house, plan):
    request = asking.ask(complaint=open_case, by=house["agent"], plan=plan(), now=timezone.now())
    client.force_login(house["lead"])
    assert "the whole price" in page(client.get(reverse("remedies:requests")))
    client.post(reverse("remedies:answer", args=[request.pk]), {"answer": "yes"})
    assert Remedy.objects.get().agreed_by == house["lead"]
    assert "has said yes already" in page(
        client.post(reverse("remedies:answer", args=[request.pk]), {"answer": "no", "words": "no"}, follow=True)
    )


def test_the_list_is_ticked_off_by_those_who_do_it(client, open_case, house, make_team):
    store = make_team(name="Store")
    put_right(client, open_case, what="A new lid", when="open", carrier=f"team:{store.pk}")
    remedy = Remedy.objects.get()
    assert "A new lid" not in page(client.get(reverse("remedies:to-do")))
    house["lead"].team = store
    house["lead"].save()
    client.force_login(house["lead"])
    assert "A new lid" in page(client.get(reverse("remedies:to-do")))
    answer = client.post(reverse("remedies:finish", args=[remedy.pk]))
    assert answer.url == reverse("remedies:to-do")
    remedy.refresh_from_db()
    assert remedy.settled_by == house["lead"]
    case = page(client.get(reverse("workplace:beside", args=[open_case.number])))
    assert "The customer does not know yet" in case


def test_our_fault_is_marked_beside_the_case(client, open_case):
    address = reverse("workplace:our-fault", args=[open_case.number])
    client.post(address, headers=HTMX)
    assert Fault.objects.get().lifted_at is None
    assert "fix first, ask later" in page(client.get(reverse("workplace:beside", args=[open_case.number])))
    client.post(f"{address}?lift", headers=HTMX)
    assert Fault.objects.get().lifted_at is not None


def test_rules_are_read_by_all_and_changed_by_leads(client, open_case, house):
    new = reverse("remedies:new-rule")
    told = {"title": "Thirty days", "text": "…", "purpose": "the season", "room": "credit", "owner": house["lead"].pk}
    assert client.get(new).status_code == 403
    assert client.post(new, told).status_code == 403
    client.force_login(house["lead"])
    assert client.post(new, told | {"purpose": ""}).status_code == 422
    assert client.post(new, told).status_code == 302
    rule = Rule.objects.get()
    for days in range(3):
        actions.put_right(
            complaint=open_case,
            by=house["lead"],
            kind="gift",
            rule=rule,
            reason="ill",
            now=timezone.now() + timedelta(seconds=days + 1),
        )
    listed = page(client.get(reverse("remedies:rules")))
    assert "bent often: look at it" in listed
    client.force_login(house["agent"])
    assert "Thirty days" in page(client.get(reverse("remedies:rules")))
    assert client.get(reverse("remedies:rule", args=[rule.pk])).status_code == 200
    assert client.post(reverse("remedies:settle-rule", args=[rule.pk]), {"why": "x"}).status_code == 403
    client.post(reverse("workplace:because", args=[open_case.number]), {"rule": rule.pk}, headers=HTMX)
    assert rule.troubles.get().complaint == open_case


def test_a_rule_that_is_bent_often_asks_to_be_looked_at(client, open_case, house):
    now = timezone.now()
    rule = rules.write(
        title="Thirty days", text="…", purpose="…", owner=house["lead"], by=house["lead"], now=now - timedelta(days=9)
    )
    for _ in range(3):
        actions.put_right(
            complaint=open_case, by=house["lead"], kind="gift", rule=rule, reason="ill", now=now - timedelta(days=1)
        )
    client.force_login(house["lead"])
    address = reverse("remedies:rule", args=[rule.pk])
    asks = page(client.get(address))
    assert "This rule is bent often." in asks
    improvement = f"{reverse('improving:new')}?layer=process&amp;rule={rule.pk}"
    assert improvement in asks
    assert rule.title in page(client.get(improvement.replace("&amp;", "&")))
    client.post(reverse("remedies:settle-rule", args=[rule.pk]), {"why": "Only this season."})
    told = page(client.get(address))
    assert "This rule is bent often." not in told
    assert "Only this season." in told
    assert rule.title in page(client.get(reverse("workplace:put-right", args=[open_case.number])))


def test_room_is_given_by_administrators(client, house):
    address = reverse("remedies:goodwill")
    client.force_login(house["lead"])
    assert client.get(address).status_code == 403
    client.force_login(house["manager"])
    given = {"form": "allowance", "whose": "agent", "currency": "eur", "per_case": "۱۲٫۵", "per_period": "100"}
    assert client.post(address, given).status_code == 302
    row = Allowance.objects.get()
    assert (row.role, row.currency, row.per_case, row.per_period) == ("agent", "EUR", Decimal("12.5"), 100)
    assert "€12.5" in page(client.get(address))
    ground = {"form": "ground", "period_days": 7, "answer_minutes": 30, "bent_often": 2, "bent_days": 60}
    assert client.post(address, ground).status_code == 302
    assert client.post(address, ground | {"answer_minutes": 1}).status_code == 422
    client.post(address, {"form": "away", "pk": row.pk})
    assert not Allowance.objects.exists()


def test_webhooks_are_kept_by_administrators(client, house, open_case):
    address = reverse("remedies:hooks")
    assert client.get(address).status_code == 403
    client.force_login(house["manager"])
    inside = client.post(address, {"name": "Store", "address": "http://10.0.0.1/"})
    assert "inside your own network" in page(inside)
    assert client.post(address, {"name": "Store", "address": "https://store.example/in"}).status_code == 302
    hook = Hook.objects.get()
    actions.put_right(complaint=open_case, by=house["manager"], kind="gift", now=timezone.now())
    told = page(client.get(address))
    assert "remedy.done" in told
    assert hook.secret in told
    client.post(reverse("remedies:switch-hook", args=[hook.pk]))
    hook.refresh_from_db()
    assert not hook.is_on
