"""Roles of one's own: a fixed role whose work they do, and rights beside it, which every room asks for."""

import pytest
from django.urls import reverse

from amends.desk.people import administering, own_roles, second_factor
from amends.desk.people.models import OwnRole, Right, Role

pytestmark = pytest.mark.django_db
# What each right opens.
OPENS = {
    Right.LIMITS: "people:limits",
    Right.FIELDS: "workplace:own-fields",
    Right.ARRIVALS: "channels:arrivals",
    Right.MAILBOXES: "channels:mailboxes",
    Right.SECOND_READER: "coaching:second-reader",
    Right.JARGON: "coaching:jargon",
}
CLOSED = (
    "people:everybody",
    "people:roles",
    "people:factor-demands",
    "people:let-in",
    "programs:tokens",
    "admin:index",
)


@pytest.fixture
def administrator(make_agent):
    return make_agent(name="Ada", role=Role.ADMINISTRATOR)


@pytest.fixture
def make_role(administrator, now):
    def make(name="Data officer", base=Role.AGENT, rights=()):
        return own_roles.keep(row=OwnRole(), name=name, base=base, rights=rights, by=administrator, now=now)

    return make


def test_each_right_opens_its_room_and_no_other(client, make_agent, make_role, make_complaint):
    person, number = make_agent(), make_complaint().number
    places = {right: reverse(name) for right, name in OPENS.items()}
    places[Right.DATA] = reverse("workplace:their-data", args=[number])
    acts = {
        Right.TAGS: reverse("workplace:change-tag", args=[1, "rename"]),
        Right.TIME_LIMITS: reverse("clocks:add-rule"),
    }
    assert {*places, *acts} == set(Right) - {Right.BEHIND_WALLS}  # opens no page: tests/desk/test_walls.py
    client.force_login(person)

    def is_open(right):
        answer = client.get(places[right]) if right in places else client.post(acts[right])
        return answer.status_code != 403

    rights = [*places, *acts]
    assert not any(is_open(right) for right in rights)
    for right, other in zip(rights, rights[1:] + rights[:1], strict=True):
        person.own_role = make_role(name=f"With {right}", rights=[right])
        person.save()
        assert (is_open(right), is_open(other)) == (True, False)
    person.own_role = make_role(rights=list(Right))
    person.save()
    assert all(client.get(reverse(name)).status_code in {302, 403} for name in CLOSED)
    for page in ("workplace:inbox", "workplace:tags", "clocks:limits"):
        assert client.get(reverse(page)).status_code == 200


def test_is_made_given_changed_and_removed_in_the_browser(client, make_agent, administrator):
    client.force_login(administrator)
    person, home = make_agent(), reverse("people:roles")
    assert client.post(home, {"name": "Data officer", "base": "lead", "rights": ["data", "tags"]}).url == home
    row = OwnRole.objects.get()
    assert b"Another role has this name" in client.post(home, {"name": "data officer", "base": "agent"}).content
    assert b"Choose one" in client.post(home, {"name": "Chief", "base": "administrator"}).content
    given = {"name": person.name, "role": f"own-{row.pk}", "languages": ["en"], "goodwill_limit": "0"}
    place = reverse("people:person", args=[person.pk])
    client.post(place, given)
    person.refresh_from_db()
    assert (person.role, person.role_name, person.leads_people) == (Role.LEAD, "Data officer", True)
    assert f'value="own-{row.pk}" selected'.encode() in client.get(place).content
    assert b"Data officer" in client.get(reverse("people:everybody")).content
    where = reverse("people:own-role", args=[row.pk])
    assert b"Somebody has this role" in client.post(where, {"remove": "1"}).content
    client.post(where, {"name": "Data officer", "base": "quality", "rights": ["data"]})
    person.refresh_from_db()
    assert person.role == Role.QUALITY
    client.post(place, {**given, "role": "agent"})
    client.post(where, {"remove": "1"})
    assert not OwnRole.objects.exists()
    said = client.get(home).content.decode()
    assert "Data officer (lead · hand out and erase the data of a customer · rename, merge and retire tags)" in said
    assert [one.kind for one in own_roles.history()] == ["removed", "changed", "made"]


def test_owes_what_its_base_owes(make_agent, make_role, administrator, now):
    second_factor.demand(roles=["lead"], by=administrator, now=now)
    row, person = make_role(), make_agent()
    administering.correct(
        agent=person, name="Sara", role=f"own-{row.pk}", team=None, languages=["fa"], goodwill_limit=0
    )
    assert not person.owes_factor
    own_roles.keep(row=row, name="Data officer", base="lead", rights=[], by=administrator, now=now)
    person.refresh_from_db()
    assert (person.role, person.owes_factor) == ("lead", True)


@pytest.mark.parametrize("language", ["tr", "fa", "mn", "en"])
def test_the_page_opens_in_every_language(client, make_role, administrator, language):
    row = make_role(rights=["data"])
    administrator.language = language
    administrator.save()
    client.force_login(administrator)
    for page in (client.get(reverse("people:roles")), client.get(reverse("people:own-role", args=[row.pk]))):
        assert page.status_code == 200
        assert f'lang="{language}"' in page.content.decode()
