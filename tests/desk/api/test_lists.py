"""Lists of the API come in pages where a page is asked for, and whole where none is."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.http import Http404

from amends.desk.answers.actions import save as save_answer
from amends.desk.answers.blocks import Block
from amends.desk.api.models import Endpoint, Message
from amends.desk.api.pages import ListIn, page
from amends.desk.api.problems import Problem
from amends.desk.api.routes.setting_up import PRODUCTS
from amends.desk.complaints.models import Product, Tag
from amends.desk.people.models import OwnRole, Team


def walked(program, path, key, *, limit=2):
    """Every row of a list, page by page, and how long the pages were."""
    rows, lengths, after = [], [], ""
    while after is not None:
        told = program("GET", f"{path}?limit={limit}" + (f"&after={after}" if after else "")).json()
        rows += told[key]
        lengths.append(len(told[key]))
        after = told["next"]
    return rows, lengths


@pytest.fixture
def boss(make_agent):
    return make_agent(name="Meral Aslan", role="administrator")


@pytest.fixture
def program(make_program, boss):
    return make_program(agent=boss)


@pytest.fixture
def laid_out(now, boss, make_team):
    """Five of each thing, two of which bear one name."""
    names = ["Aa", "Bb", "Bb", "Çç", "Ee"]
    for place, name in enumerate(names):
        past = now if place % 2 else None
        make_team(name=f"{name}{place}")
        Product.objects.create(name=f"{name}{place}", retired_at=past)
        Tag.objects.create(name=f"{name}{place}", key=f"{name}{place}", made_at=now)
        OwnRole.objects.create(name=f"{name}{place}", base="agent", rights=[])
        save_answer(answer=None, by=boss, name=name, is_shared=True, blocks=[Block(texts={"en": "Hi."})], now=now)


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("setup/teams", "teams"),
        ("setup/products", "products"),
        ("setup/tags", "tags"),
        ("setup/roles", "roles"),
        ("setup/answers", "answers"),
        ("setup/people", "people"),
        ("setup/tokens", "tokens"),
        ("people", "people"),
    ],
)
def test_the_pages_of_a_list_are_the_list(program, laid_out, make_agent, make_program, path, key):  # noqa: PLR0917
    for number in range(4):
        make_program(agent=make_agent(name="Bb" if number % 2 else f"Aa{number}"))
    whole = program("GET", path).json()
    assert whole["next"] is None
    rows, lengths = walked(program, path, key)
    assert [row["id"] for row in rows] == [row["id"] for row in whole[key]]
    assert len(lengths) > 2
    assert set(lengths[:-1]) == {2}


def test_what_goes_meanwhile_leaves_no_gap_and_nothing_comes_twice(program, laid_out):
    whole = [row["id"] for row in program("GET", "setup/teams").json()["teams"]]
    first = program("GET", "setup/teams?limit=2").json()
    Team.objects.filter(pk=first["teams"][-1]["id"]).delete()
    rest = program("GET", f"setup/teams?after={first['next']}").json()
    assert [row["id"] for row in (*first["teams"], *rest["teams"])] == whole


def test_the_log_of_webhooks_goes_on_where_its_newest_end(program, boss, now):
    endpoint = Endpoint.objects.create(name="Shop", address="https://shop.example/hook", made_by=boss, made_at=now)
    for number in range(5):
        Message.objects.create(endpoint=endpoint, identity=str(number), at=now + timedelta(seconds=number), next_at=now)
    rows, lengths = walked(program, "setup/webhooks/log", "messages")
    assert [row["id"] for row in rows] == list(Message.objects.order_by("-pk").values_list("pk", flat=True))
    assert lengths == [2, 2, 1]


@pytest.mark.parametrize("after", ["x", "WyJhIiwxXQ", "gAAA:1:é", "9" * 4000])
def test_what_is_no_next_of_this_list_is_refused_with_its_place(program, after):
    told = program("GET", f"setup/teams?after={after}").json()
    assert told["errors"][0] == {"place": "after", "code": "cursor", "detail": told["errors"][0]["detail"]}


def test_the_next_of_another_list_is_refused(laid_out):
    _rows, after = page(Product.objects.order_by("name", "pk"), ListIn(limit=1))
    with pytest.raises(Problem):
        page(Team.objects.order_by("name", "pk"), ListIn(after=after))


def test_one_thing_is_asked_for_alone(laid_out, boss, django_assert_num_queries):
    wanted = Product.objects.order_by("pk").last()
    with django_assert_num_queries(1) as asked:
        assert PRODUCTS.find(SimpleNamespace(agent=boss), wanted.pk) == wanted
    assert "LIMIT 1" in asked[0]["sql"]
    with pytest.raises(Http404):
        PRODUCTS.find(SimpleNamespace(agent=boss), wanted.pk + 1)
