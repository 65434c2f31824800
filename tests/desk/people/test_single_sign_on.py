"""The sign-in of the organisation, against a provider that listens on loopback: good answers and bad ones."""

import logging
import time

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from amends.desk.people import second_factor
from amends.desk.people.models import Agent, Role
from tests.desk.people.provider import CLIENT, CODE, KEYS, SECRET, Provider

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]
THERE, BACK, SIGN_IN = (reverse(f"people:{name}") for name in ("go-there", "came-back", "sign-in"))
INBOX, ME = reverse("workplace:inbox"), reverse("people:reader")
MAIL = {"email": "Deniz@desk.example", "email_verified": True, "name": "Deniz K."}


@pytest.fixture(scope="module")
def server():
    provider = Provider()
    yield provider
    provider.close()


@pytest.fixture
def provider(server, settings):
    server.said, server.info, server.asked = dict(MAIL), {"sub": "7"}, []
    server.key, server.algorithm, server.config, server.status = KEYS[0], "RS256", {}, 200
    settings.OIDC_ISSUER, settings.OIDC_CLIENT, settings.OIDC_SECRET = server.issuer, CLIENT, SECRET
    settings.OIDC_NAME, settings.OIDC_DOMAINS, settings.OIDC_LETS_IN = "Plum ID", [], False
    return server


@pytest.fixture
def agent(make_agent):
    return make_agent(email="deniz@desk.example", name="Deniz K.")


def go(provider, client=None, after="", **back):
    """There and back again; what comes of it."""
    client = client or Client()
    asked = provider.visit(client.get(THERE, {"next": after} if after else {}).url)
    assert asked["redirect_uri"] == f"http://127.0.0.1:8000{BACK}"
    return client.get(BACK, {"state": asked["state"], "code": CODE, **back})


def is_in(client):
    return client.get(ME).status_code == 200


class TestGoodAnswers:
    def test_let_in_whoever_was_invited(self, provider, agent, client, caplog):
        assert b"Plum ID" in client.get(SIGN_IN).content
        with caplog.at_level(logging.DEBUG):
            answer = go(provider, client, after="/desk/4127/")
        assert answer.url == "/desk/4127/"
        assert is_in(client)
        assert client.session.get_expiry_age() > 24 * 3600
        bound = SocialAccount.objects.get()
        assert (bound.user, bound.uid, bound.extra_data) == (agent, "7", {})
        assert [one.kind for one in second_factor.history(about=agent)] == ["bound"]
        assert SECRET not in caplog.text
        assert "/info" not in [path for path, _body, _key in provider.asked]  # the token had said all

    def test_know_them_again_by_their_number(self, provider, agent):
        go(provider)
        provider.said = {"email": "deniz@elsewhere.example", "email_verified": False}
        client = Client()
        assert go(provider, client, after="https://evil.example/").url == INBOX
        assert is_in(client)

    def test_may_leave_the_address_to_the_user_info(self, provider, agent, client):
        provider.said, provider.info = {}, {"sub": "7", **MAIL, "email_verified": "true"}
        assert go(provider, client).url == INBOX
        assert provider.asked[-1][2] == "Bearer opens-the-info"

    def test_ask_for_the_second_factor_unless_two_were_shown_there(self, provider, agent, client):
        secret, now = second_factor.begin(), timezone.now()
        code = second_factor.code_at(secret=secret, now=now)
        second_factor.set_up(agent=agent, secret=secret, code=code, now=now)
        assert go(provider, client).url == reverse("people:second-step")
        assert not is_in(client)
        provider.said |= {"amr": ["pwd", "mfa"]}
        assert go(provider, client).url == INBOX
        assert is_in(client)

    def test_meet_what_a_role_demands(self, provider, agent, make_agent, now):
        second_factor.demand(roles=["agent"], by=make_agent(role=Role.ADMINISTRATOR), now=now)
        client = Client()
        go(provider, client)
        assert client.get(ME).url == reverse("people:set-up-factor")
        provider.said |= {"amr": ["mfa"]}
        client = Client()
        go(provider, client)
        assert is_in(client)

    def test_let_in_the_unknown_only_where_it_was_said(self, provider, settings, client, make_agent):
        make_agent()
        settings.OIDC_LETS_IN = True
        assert b"let you in" in go(provider).content  # of every domain there is: nobody meant that
        settings.OIDC_DOMAINS = ["desk.example"]
        assert go(provider, client).url == INBOX
        new = Agent.objects.get(email="deniz@desk.example")
        assert (new.name, new.email, new.role, new.team) == ("Deniz K.", "deniz@desk.example", Role.AGENT, None)
        assert not new.has_usable_password()


WRONG = {
    "another nonce": {"nonce": "of-another-visit"},
    "no nonce": {"nonce": None},
    "for another desk": {"aud": "another-desk"},
    "for several, of another": {"aud": [CLIENT, "another-desk"], "azp": "another-desk"},
    "for several, of nobody": {"aud": [CLIENT, "another-desk"]},
    "of another issuer": {"iss": "https://evil.example"},
    "run out": {"exp": int(time.time()) - 3600},
    "without an end": {"exp": None},
    "nobody": {"sub": None},
}


class TestBadAnswers:
    @pytest.mark.parametrize("claims", WRONG.values(), ids=WRONG.keys())
    def test_of_a_token_let_nobody_in(self, provider, agent, client, claims):
        provider.said |= claims
        self.turned_away(go(provider, client), client, "come back whole")

    def turned_away(self, answer, client, words):
        assert answer.status_code == 403
        assert words in answer.content.decode()
        assert not is_in(client)
        assert not SocialAccount.objects.exists()

    def test_signed_by_another_key(self, provider, agent, client):
        provider.key = KEYS[1]
        self.turned_away(go(provider, client), client, "come back whole")

    def test_signed_with_the_secret_that_both_know(self, provider, agent, client):
        provider.key, provider.algorithm = SECRET * 2, "HS256"
        self.turned_away(go(provider, client), client, "come back whole")

    def test_not_signed_at_all(self, provider, agent, client):
        provider.key, provider.algorithm = None, "none"
        self.turned_away(go(provider, client), client, "come back whole")

    def test_about_somebody_else(self, provider, agent, client):
        provider.said, provider.info = {}, {**MAIL, "sub": "8"}
        self.turned_away(go(provider, client), client, "come back whole")

    @pytest.mark.parametrize("verified", [False, None, "false"])
    def test_with_an_address_that_is_not_verified(self, provider, agent, client, verified):
        provider.said["email_verified"] = verified
        self.turned_away(go(provider, client), client, "not verified yet")

    def test_of_an_issuer_that_calls_itself_otherwise(self, provider, agent, client):
        provider.config = {"issuer": "https://evil.example"}
        self.turned_away(client.get(THERE), client, "come back whole")

    def test_without_the_places_to_go_to(self, provider, agent, client):
        for place in (None, "http://id.plums.example/authorize"):
            provider.config = {"authorization_endpoint": place}
            self.turned_away(client.get(THERE), client, "come back whole")

    def test_with_a_code_that_is_not_theirs_and_no_word_of_it_in_the_log(self, provider, agent, client, caplog):
        answer = go(provider, client, code="guessed")
        self.turned_away(answer, client, "come back whole")
        assert "OAuth2Error" in caplog.text
        assert CODE not in caplog.text

    def test_with_a_state_that_was_never_sent_or_used_already(self, provider, agent, client):
        self.turned_away(go(provider, client, state="guessed"), client, "come back whole")
        asked = provider.visit(client.get(THERE).url)
        self.turned_away(Client().get(BACK, {"state": asked["state"], "code": CODE}), client, "come back whole")

    def test_that_it_was_broken_off(self, provider, agent, client, caplog):
        asked = provider.visit(client.get(THERE).url)
        answer = client.get(BACK, {"state": asked["state"], "error": "access_denied"})
        self.turned_away(answer, client, "broken off")
        assert "over the provider failed" not in caplog.text


class TestWhoIsNotLetIn:
    @pytest.mark.parametrize("change", [{"email": "nobody@desk.example"}, {"is_active": False}])
    def test_is_told_no_more_than_a_stranger(self, provider, agent, client, change):
        Agent.objects.update(**change)
        assert b"Nobody at this desk has your address" in go(provider, client).content
        assert not SocialAccount.objects.exists()

    def test_nor_whoever_was_let_out_after_coming_in_before(self, provider, agent):
        go(provider)
        Agent.objects.update(is_active=False)
        assert b"Nobody at this desk" in go(provider).content

    def test_nor_people_of_other_domains(self, provider, agent, client, settings):
        settings.OIDC_DOMAINS = ["plums.example"]
        assert b"Nobody at this desk" in go(provider, client).content
        settings.OIDC_DOMAINS = []
        go(provider)
        settings.OIDC_DOMAINS = ["plums.example"]
        assert b"Nobody at this desk" in go(provider, client).content

    def test_nor_another_person_who_got_the_address(self, provider, agent):
        go(provider)
        provider.said |= {"sub": "8"}
        assert b"Somebody else has come in" in go(provider).content


class TestWithoutSettings:
    @pytest.mark.parametrize("issuer", ["", "http://id.plums.example"])
    def test_nothing_is_offered(self, client, make_agent, settings, issuer):
        make_agent()
        settings.OIDC_ISSUER, settings.OIDC_CLIENT = issuer, CLIENT
        assert client.get(THERE).status_code == 404
        assert client.get(BACK).status_code == 404
        assert THERE.encode() not in client.get(SIGN_IN).content


@pytest.mark.parametrize("language", ["tr", "fa", "mn", "en"])
def test_who_is_turned_away_reads_it_in_their_language(provider, make_agent, language):
    make_agent()
    page = go(provider, Client(headers={"Accept-Language": language}))
    assert f'lang="{language}"' in page.content.decode()
