"""Two factors: set up, asked for at the door, demanded by role, lost and taken away."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from amends.desk.people import second_factor, sign_in
from amends.desk.people.models import Agent, DoorEvent, Role, SignedIn
from tests.desk.conftest import PASSWORD

pytestmark = pytest.mark.django_db
SET_UP, STEP, MINE = (reverse(f"people:{name}") for name in ("set-up-factor", "second-step", "factor"))
DESK = reverse("people:reader")


@pytest.fixture
def agent(make_agent):
    return make_agent(email="deniz@desk.example", name="Deniz K.")


@pytest.fixture
def administrator(make_agent):
    return make_agent(name="Ada", role=Role.ADMINISTRATOR)


def enter(agent, client=None):
    client = client or Client()
    answer = client.post(reverse("people:sign-in"), {"username": agent.email, "password": PASSWORD})
    return client, answer


def is_in(client):
    return client.get(DESK).status_code == 200


class TestSettingUp:
    def test_binds_an_app_and_shows_the_codes_once(self, agent):
        home, other = enter(agent)[0], enter(agent)[0]
        page = home.get(SET_UP)
        secret = home.session["factor-being-set-up"]
        assert secret.replace(" ", "") in page.content.decode().replace(" ", "")
        assert b"data:image/svg+xml;base64," in page.content
        assert b"not the code" in home.post(SET_UP, {"code": "000000"}).content
        code = second_factor.code_at(secret=secret, now=timezone.now())
        assert home.post(SET_UP, {"code": f"{code[:3]} {code[3:]}"}).url == MINE
        assert home.get(MINE).content.count(b"<li>") >= 10
        again = home.get(MINE)
        assert b"Your recovery codes" not in again.content
        assert b"10 recovery codes are left" in again.content
        assert (is_in(home), is_in(other)) == (True, False)  # whoever else was in came with one factor
        kept = Authenticator.objects.get(type="totp").data
        assert secret not in str(kept)
        assert [one.kind for one in second_factor.history(about=agent)] == ["set-up"]
        assert home.get(SET_UP).url == MINE  # a second one would take the first one's place

    def test_asks_for_the_password_at_a_desk_that_was_left_open(self, agent):
        client, _answer = enter(agent)
        SignedIn.objects.update(since=timezone.now() - timedelta(hours=1))
        client.get(SET_UP)
        code = second_factor.code_at(secret=client.session["factor-being-set-up"], now=timezone.now())
        client.post(SET_UP, {"code": code})
        client.post(SET_UP, {"code": code, "password": "wrong"})
        assert not second_factor.is_set_up(agent=agent)
        client.post(SET_UP, {"code": code, "password": PASSWORD})
        assert second_factor.is_set_up(agent=agent)

    def test_takes_digits_of_persian_keys(self, agent, now):
        secret = second_factor.begin()
        code = second_factor.code_at(secret=secret, now=now).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
        assert len(second_factor.set_up(agent=agent, secret=secret, code=code, now=now)) == 10


@pytest.fixture
def secret(agent):
    """The secret of an agent who has a second factor since an hour."""
    secret, then = second_factor.begin(), timezone.now() - timedelta(hours=1)
    code = second_factor.code_at(secret=secret, now=then)
    agent.codes = second_factor.set_up(agent=agent, secret=secret, code=code, now=then)
    return secret


class TestACode:
    def test_opens_once_and_a_little_late(self, agent, secret):
        now = timezone.now()
        code = second_factor.code_at(secret=secret, now=now)
        assert not second_factor.is_right(agent=agent, code=code, now=now + timedelta(minutes=2))
        assert second_factor.is_right(agent=agent, code=code, now=now + timedelta(seconds=29))
        assert not second_factor.is_right(agent=agent, code=code, now=now)
        assert not second_factor.is_right(agent=agent, code="", now=now)

    def test_of_recovery_opens_once(self, agent, secret):
        code, now = agent.codes[3], timezone.now()
        assert second_factor.is_right(agent=agent, code=f"{code[:4]} {code[4:]}", now=now)
        assert not second_factor.is_right(agent=agent, code=code, now=now)
        assert second_factor.standing(agent=agent).codes_left == 9
        fresh = second_factor.new_codes(agent=agent, now=now)
        assert not second_factor.is_right(agent=agent, code=agent.codes[0], now=now)
        assert second_factor.is_right(agent=agent, code=fresh[0], now=now)

    def test_is_sealed_with_the_key_of_the_desk(self, agent, secret, settings):
        now, old = timezone.now(), settings.SECRET_KEY
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [old]
        assert second_factor.is_right(agent=agent, code=second_factor.code_at(secret=secret, now=now), now=now)


class TestTheDoor:
    def test_asks_for_the_code_after_the_password(self, agent, secret):
        client, answer = enter(agent)
        assert answer.url == STEP
        assert not is_in(client)
        assert b"does not fit" in client.post(STEP, {"code": "123"}).content
        now = timezone.now()
        answer = client.post(STEP, {"code": second_factor.code_at(secret=secret, now=now)})
        assert answer.url == reverse("workplace:inbox")
        assert is_in(client)
        assert SignedIn.objects.filter(agent=agent).count() == 1

    def test_goes_on_where_the_reader_was_going(self, agent, secret):
        client = Client()
        given = {"username": agent.email, "password": PASSWORD, "next": "/desk/4127/"}
        assert client.post(reverse("people:sign-in"), given).url == STEP
        assert client.post(STEP, {"code": agent.codes[0]}).url == "/desk/4127/"

    def test_is_not_passed_without_the_password(self, client, agent, secret):
        assert client.get(STEP).url == reverse("people:sign-in")
        assert client.post(STEP, {"code": agent.codes[0]}).url == reverse("people:sign-in")

    def test_tires_of_guessing_wherever_it_comes_from(self, agent, secret):
        client, _answer = enter(agent)
        for number in range(10):
            client.post(STEP, {"code": "000000"}, REMOTE_ADDR=f"203.0.113.{number}")
        answer = client.post(STEP, {"code": agent.codes[0]}, REMOTE_ADDR="198.51.100.7")
        assert b"Too many attempts" in answer.content
        assert not is_in(client)

    def test_is_not_passed_by_a_new_password(self, agent, secret):
        client = Client()
        path = sign_in.new_password_link(agent=agent).removeprefix("http://127.0.0.1:8000")
        form = client.get(path, follow=True).redirect_chain[-1][0]
        answer = client.post(form, {"new_password1": "seven ripe plums", "new_password2": "seven ripe plums"})
        assert answer.url == STEP
        assert not is_in(client)

    def test_of_the_plain_administration_is_the_same(self, client, administrator):
        answer = client.get(reverse("admin:index"), follow=True)
        assert answer.redirect_chain[-1][0].startswith(reverse("people:sign-in"))
        given = {"username": administrator.email, "password": PASSWORD}
        client.post("/administration/login/", given)
        assert not is_in(client)

    def test_is_turned_back_to_one_factor_only_with_a_code(self, agent, secret):
        client, _answer = enter(agent)
        client.post(STEP, {"code": agent.codes[0]})
        client.post(MINE, {"do": "off", "code": "000000"})
        assert second_factor.is_set_up(agent=agent)
        client.post(MINE, {"do": "codes", "code": agent.codes[1]})
        new = client.session["recovery-codes"]
        assert b"Your recovery codes" in client.get(MINE).content
        client.post(MINE, {"do": "off", "code": new[0]})
        assert not second_factor.is_set_up(agent=agent)
        assert not Authenticator.objects.exists()


class TestADemand:
    def test_leads_whoever_has_one_factor_to_the_other(self, make_agent, administrator):
        lead, agent = make_agent(role=Role.LEAD), make_agent()
        at_work, other = enter(lead)[0], enter(agent)[0]
        boss = enter(administrator)[0]
        assert boss.post(reverse("people:factor-demands"), {"roles": ["lead"]}).status_code == 302
        assert at_work.get(DESK).url == SET_UP
        assert at_work.post(reverse("people:presence"), {"presence": "away"}).url == SET_UP
        assert at_work.get("/desk/", headers={"HX-Request": "true"})["HX-Redirect"] == SET_UP
        assert is_in(other)
        at_work.get(SET_UP)
        code = second_factor.code_at(secret=at_work.session["factor-being-set-up"], now=timezone.now())
        at_work.post(SET_UP, {"code": code})
        assert is_in(at_work)
        assert b"cannot be turned off here" in at_work.get(MINE).content
        with pytest.raises(second_factor.UnableToTurnOff):
            second_factor.turn_off(agent=lead, now=timezone.now())
        said = boss.get(reverse("people:factor-demands")).content.decode()
        assert "lead</bdi>: two factors demanded" in said

    def test_follows_the_role(self, make_agent, administrator, now):
        agent = make_agent()
        second_factor.demand(roles=["lead", "administrator"], by=administrator, now=now)
        assert set(Agent.objects.filter(owes_factor=True)) == {administrator}
        boss = Client()
        boss.force_login(administrator)
        session = boss.session
        session["two-factors"] = administrator.pk  # as the sign-in of the organisation says of who showed two there
        session.save()
        person = {"name": agent.name, "role": "lead", "languages": ["en"], "goodwill_limit": "0"}
        assert boss.post(reverse("people:person", args=[agent.pk]), person).status_code == 302
        agent.refresh_from_db()
        assert agent.owes_factor
        second_factor.demand(roles=[], by=administrator, now=now)
        assert not Agent.objects.filter(owes_factor=True).exists()
        assert DoorEvent.objects.filter(kind="not-demanded").count() == 2

    def test_is_gone_with_a_reset_that_is_kept(self, agent, secret, administrator, now):
        second_factor.demand(roles=["agent"], by=administrator, now=now)
        client, _answer = enter(agent)
        client.post(STEP, {"code": agent.codes[0]})
        boss = enter(administrator)[0]
        place = reverse("people:person", args=[agent.pk])
        assert b"Take the second factor away" in boss.get(place).content
        boss.post(reverse("people:reset-factor", args=[agent.pk]))
        assert not is_in(client)
        last = second_factor.history(about=agent)[0]
        assert (last.kind, last.by) == ("reset", administrator)
        client, answer = enter(agent)
        assert answer.url == reverse("workplace:inbox")
        assert client.get(answer.url).url == SET_UP


class TestSessionsOfOthers:
    def test_are_ended_by_an_administrator(self, agent, administrator):
        home, work, boss = enter(agent)[0], enter(agent)[0], enter(administrator)[0]
        place = reverse("people:end-sessions", args=[agent.pk])
        boss.post(place, {"end": SignedIn.objects.filter(agent=administrator).get().pk})  # not of this person
        assert is_in(boss)
        boss.post(place, {"end": SignedIn.objects.filter(agent=agent).first().pk})
        assert sorted([is_in(home), is_in(work)]) == [False, True]
        boss.post(place, {"end": "all"})
        assert not is_in(home)
        assert not is_in(work)
        assert [one.by for one in second_factor.history(about=agent)] == [administrator, administrator]

    def test_end_with_leaving(self, agent, administrator):
        client, boss = enter(agent)[0], enter(administrator)[0]
        boss.post(reverse("people:let-out", args=[agent.pk]))
        assert not is_in(client)
        assert not SignedIn.objects.filter(agent=agent).exists()
        boss.post(reverse("people:let-out", args=[agent.pk]))  # let back in
        assert not is_in(client)


@pytest.mark.parametrize("language", ["tr", "fa", "mn", "en"])
def test_the_pages_open_in_every_language(agent, secret, administrator, make_agent, language):
    administrator.language = agent.language = language
    administrator.save()
    agent.save()
    client, _answer = enter(agent, Client(headers={"Accept-Language": language}))
    boss = enter(administrator)[0]
    pages = [client.get(STEP), boss.get(reverse("people:factor-demands")), boss.get(SET_UP)]
    pages.append(boss.get(reverse("people:person", args=[agent.pk])))
    client.post(STEP, {"code": agent.codes[0]})
    pages.append(client.get(MINE))
    for page in pages:
        assert page.status_code == 200
        assert f'lang="{language}"' in page.content.decode()
