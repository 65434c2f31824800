"""The administrators' pages, and the documentation."""

import re
from pathlib import Path

import pytest
from django.urls import reverse

from amends.desk.api import describing
from amends.desk.api.models import Endpoint, Message, Token
from amends.desk.api.scopes import Scope
from tests.desk.api.conftest import document


@pytest.fixture
def administrator(make_agent, client):
    agent = make_agent(role="administrator", name="Mert")
    client.force_login(agent)
    return agent


def test_a_token_is_made_shown_once_used_and_ended(administrator, client, make_agent):
    other = make_agent(name="Aylin")
    given = {"name": "Shop", "agent": other.pk, "scopes": ["check", "complaints:read"], "per_minute": 60}
    page = client.post(reverse("programs:make-token"), given)
    words = re.search(r"amends_[\w-]{40,}", page.text).group()
    assert "no-store" in page.headers["Cache-Control"]
    token = Token.objects.get()
    assert (token.agent, token.made_by, token.per_minute) == (other, administrator, 60)
    assert client.get("/api/people", headers={"Authorization": f"Bearer {words}"}).status_code == 200
    listed = client.get(reverse("programs:tokens")).text
    assert words not in listed
    assert words[-4:] in listed
    client.post(reverse("programs:end-token", args=[token.pk]))
    assert client.get("/api/people", headers={"Authorization": f"Bearer {words}"}).status_code == 401
    wrong = client.post(reverse("programs:make-token"), {**given, "scopes": [], "expires_on": "2001-01-01"})
    assert wrong.status_code == 422


def test_a_webhook_is_set_up_tried_changed_and_taken_away(administrator, client):
    inside = client.post(
        reverse("programs:set-up"), {"name": "Shop", "address": "http://127.0.0.1/", "kinds": ["received"]}
    )
    assert inside.status_code == 422
    client.post(reverse("programs:set-up"), {"name": "Shop", "address": "https://shop.example/", "kinds": ["received"]})
    endpoint = Endpoint.objects.get()
    act = reverse("programs:act", args=[endpoint.pk])
    client.post(act, {"try": ""})
    Message.objects.update(state="failed", attempts=14, status=500, detail="out of order")
    page = client.get(reverse("programs:webhooks")).text
    assert "out of order" in page
    assert endpoint.secret in page
    client.post(reverse("programs:send-again", args=[Message.objects.get().pk]))
    assert Message.objects.get().state == "waiting"
    client.post(reverse("programs:change", args=[endpoint.pk]), {"kinds": ["closed", "rated"]})
    client.post(act, {"switch": ""})
    endpoint.refresh_from_db()
    assert (endpoint.kinds, endpoint.is_on) == (["rated", "closed"], False)
    client.post(act, {"away": ""})
    assert not Endpoint.objects.exists()


def test_a_person_lets_a_program_into_what_is_their_own_and_ends_it(make_agent, client):
    agent, at = make_agent(name="Aylin"), reverse("programs:mine")
    client.force_login(agent)
    assert client.post(at, {"name": "My watch", "scopes": ["complaints:write"]}).status_code == 422
    page = client.post(at, {"name": "My watch", "scopes": ["own:read"]})
    words = re.search(r"amends_[\w-]{40,}", page.text).group()
    assert client.get("/api/me", headers={"Authorization": f"Bearer {words}"}).json()["id"] == agent.pk
    token = Token.objects.get()
    assert (token.agent, token.scopes) == (agent, ["own:read"])
    assert "My watch" in client.get(at).text
    other = Token.objects.create(
        name="Other", digest="0", hint="0", agent=make_agent(), made_by=agent, made_at=token.made_at
    )
    assert client.post(reverse("programs:end-mine", args=[other.pk])).status_code == 404
    client.post(reverse("programs:end-mine", args=[token.pk]))
    assert client.get("/api/me", headers={"Authorization": f"Bearer {words}"}).status_code == 401


def test_administrators_make_no_token_for_what_is_anothers_own(administrator, client, make_agent):
    given = {"name": "Watch", "agent": make_agent(name="Aylin").pk, "scopes": ["own:read"], "per_minute": 60}
    page = client.post(reverse("programs:make-token"), given)
    assert (page.status_code, "Aylin" in page.text, Token.objects.count()) == (422, True, 0)


def test_only_administrators_come_in(make_agent, client):
    client.force_login(make_agent(role="lead"))
    for name, given in (("tokens", []), ("make-token", []), ("webhooks", []), ("set-up", []), ("end-token", [1])):
        assert client.get(reverse(f"programs:{name}", args=given)).status_code in {403, 405}
    assert client.post(reverse("programs:make-token")).status_code == 403
    assert client.post(reverse("programs:end-token", args=[1])).status_code == 403


def test_the_documentation_shows_every_route_and_loads_nothing_from_elsewhere(make_agent, client):
    make_agent()
    page = client.get(reverse("api:docs")).text
    for path, methods in document()["paths"].items():
        assert f">{path}<" in page
        for operation in methods.values():
            assert f'id="{operation["operationId"]}"' in page
    assert not re.findall(r"""(?:src|href|action)=["'](?:https?:)?//""", page)
    for scope in Scope.values:
        assert f">{scope}<" in page


def test_the_page_in_the_handbook_names_every_route_and_scope():
    text = (Path(__file__).parents[3] / "docs/api.md").read_text(encoding="utf-8")
    told = set(re.findall(r"`(GET|POST|PUT|PATCH|DELETE) (/api/[^`]+)`", text))
    routes = {(method.upper(), path) for path, methods in document()["paths"].items() for method in methods}
    assert told == routes
    assert set(re.findall(r"`(\w+:\w+|check)`", text.partition("## When something")[0])) == set(Scope.values)


def test_the_document_is_whole(make_agent, client):
    make_agent()
    whole = client.get("/api/openapi.json").json()
    assert whole["openapi"].startswith("3.1")
    assert set(whole["components"]["securitySchemes"]) == {"Bearer"}
    seen = set()
    for _path, _method, operation in describing._operations(whole):
        seen.add(operation["x-scope"])
        assert operation["summary"]
        assert operation["description"]
        assert operation["security"] == [{"Bearer": []}]
        assert {"401", "403", "422", "429", "500"} <= set(operation["responses"])
    assert seen == set(Scope.values)
    refs = set(re.findall(r'"#/components/schemas/(\w+)"', str(whole).replace("'", '"')))
    assert refs <= set(whole["components"]["schemas"])
