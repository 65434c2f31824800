from django.urls import reverse

from amends.desk.people.limits import changes, own_limits
from amends.desk.people.models import Role
from amends.engine.measures.limits import TOLD, USUAL, plain

USUAL_TOLD = {name: plain(USUAL, name) for name in TOLD}


def sign_in(client, make_agent, role):
    agent = make_agent(name="Narges", role=role)
    client.force_login(agent)
    return agent


def test_administrators_alone_may_open_it(client, make_agent):
    sign_in(client, make_agent, Role.LEAD)
    assert client.get(reverse("people:limits")).status_code == 403
    assert client.post(reverse("people:limits"), {**USUAL_TOLD, "hold": "9"}).status_code == 403
    assert own_limits() == {}


def test_every_limit_stands_on_the_page_with_what_it_is_for(client, make_agent):
    sign_in(client, make_agent, Role.ADMINISTRATOR)
    page = client.get(reverse("people:limits")).content.decode()
    for name in TOLD:
        assert f'name="{name}"' in page
        assert f'id="id_{name}_helptext"' in page
    assert "Nobody has changed a limit yet." in page
    assert reverse("people:limits") in client.get(reverse("people:everybody")).content.decode()


def test_a_persian_reader_is_shown_them_in_their_digits(client, make_agent):
    agent = sign_in(client, make_agent, Role.ADMINISTRATOR)
    agent.language = "fa"
    agent.save()
    page = client.get(reverse("people:limits")).content.decode()
    assert 'name="hold" value="۳"' in page
    assert f'name="loyal_value" value="{USUAL_TOLD["loyal_value"]}"' in page


def test_what_is_changed_is_kept_and_told(client, make_agent):
    sign_in(client, make_agent, Role.ADMINISTRATOR)
    given = {**USUAL_TOLD, "hold": "۵", "loyal_value": "TRY 150000; USD 5400"}
    page = client.post(reverse("people:limits"), given, follow=True).content.decode()
    assert "2 limits changed." in page
    assert own_limits() == {"hold": "5", "loyal_value": "TRY 150000; USD 5400"}
    assert {change.by for change in changes()} == {"Narges"}
    assert "from <bdi>3</bdi> to <bdi>5</bdi>" in page
    assert "Nothing was changed." in client.post(reverse("people:limits"), given, follow=True).content.decode()


def test_nothing_is_kept_of_what_cannot_be(client, make_agent):
    sign_in(client, make_agent, Role.ADMINISTRATOR)
    given = {**USUAL_TOLD, "hold": "500", "people": "", "loyal_value": "five", "chat": "7"}
    answer = client.post(reverse("people:limits"), given)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Write a whole number between 1 and 120." in page
    assert "Write each currency once" in page
    assert page.count('class="trouble"') == 3
    assert 'value="500"' in page
    assert own_limits() == {}
