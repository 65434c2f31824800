"""Passkeys: added, asked for after the password, counted as a second factor, and taken away.

A key is played by a program: it has a pair of keys of its own and signs as the standard says, so that everything
behind the browser is the desk's own code.
"""

import hashlib
import json
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

from amends.desk.people import passkeys, second_factor
from amends.desk.people.models import Role, SignedIn
from tests.desk.conftest import PASSWORD

pytestmark = pytest.mark.django_db
ORIGIN = "https://desk.example"
ADD, STEP, MINE = (reverse(f"people:{name}") for name in ("passkey", "second-step", "factor"))
DESK = reverse("people:reader")


@pytest.fixture(autouse=True)
def _at_an_address(settings):
    settings.ADDRESS = ORIGIN
    settings.ALLOWED_HOSTS = ["*"]


class Key:
    """A key that counts how often it was used."""

    def __init__(self, name=b"key-1"):
        self.id, self.secret, self.count = name, ec.generate_private_key(ec.SECP256R1()), 0

    def _client(self, kind, options, origin):
        said = {"type": kind, "challenge": options["publicKey"]["challenge"], "origin": origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _data(self, desk, attested=None):
        flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | (AuthenticatorData.FLAG.AT if attested else 0)
        digest = hashlib.sha256(desk.encode()).digest()
        return AuthenticatorData.create(digest, flags, self.count, attested or b"")

    def _answer(self, **response):
        plain = {name: websafe_encode(value) for name, value in response.items()}
        return json.dumps({
            "id": websafe_encode(self.id), "rawId": websafe_encode(self.id), "type": "public-key", "response": plain,
            "clientExtensionResults": {},
        })  # fmt: skip

    def made(self, options, origin=ORIGIN, desk="desk.example"):
        public = ES256.from_cryptography_key(self.secret.public_key())
        data = self._data(desk, AttestedCredentialData.create(b"\0" * 16, self.id, public))
        kept = AttestationObject.create("none", data, {})
        return self._answer(
            clientDataJSON=self._client("webauthn.create", options, origin), attestationObject=bytes(kept)
        )

    def signed(self, options, origin=ORIGIN, desk="desk.example"):
        self.count += 1
        data, client = self._data(desk), self._client("webauthn.get", options, origin)
        signature = self.secret.sign(bytes(data) + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=bytes(data), signature=signature)


@pytest.fixture
def agent(make_agent):
    return make_agent(email="deniz@desk.example", name="Deniz K.")


def enter(agent):
    client = Client()
    return client, client.post(reverse("people:sign-in"), {"username": agent.email, "password": PASSWORD})


def is_in(client):
    return client.get(DESK).status_code == 200


def options_of(page):
    return page.context["options"]


def add(client, key, name="my telephone"):
    return client.post(ADD, {"name": name, "answer": key.made(options_of(client.get(ADD)))})


class TestAdding:
    def test_binds_a_key_and_shows_recovery_codes_once(self, agent):
        home, other = enter(agent)[0], enter(agent)[0]
        page = home.get(ADD)
        assert b'id="passkey-options"' in page.content
        assert b"door.js" in page.content
        assert add(home, Key()).url == MINE
        mine = home.get(MINE).content
        assert b"Your recovery codes" in mine
        assert b"my telephone" in mine
        assert b"not used yet" in mine
        assert b"Your recovery codes" not in home.get(MINE).content
        assert (is_in(home), is_in(other)) == (True, False)  # whoever else was in came with one factor
        assert [(one.kind, one.told) for one in second_factor.history(about=agent)] == [("key-added", "my telephone")]

    def test_of_a_second_one_leaves_the_codes_alone(self, agent):
        home, _answer = enter(agent)
        add(home, Key())
        home.get(MINE)
        assert add(home, Key(b"key-2"), name="").url == MINE
        assert b"Your recovery codes" not in home.get(MINE).content
        assert [one.name for one in passkeys.listed(agent=agent)] == ["my telephone", "Passkey"]

    @pytest.mark.parametrize(
        "wrong", [{"origin": "https://desk.example.evil.example"}, {"desk": "evil.example"}], ids=["origin", "desk"]
    )
    def test_refuses_what_another_page_asked_for(self, agent, wrong):
        home, _answer = enter(agent)
        answer = Key().made(options_of(home.get(ADD)), **wrong)
        assert b"does not fit" in home.post(ADD, {"answer": answer}).content
        assert not Authenticator.objects.exists()

    @pytest.mark.parametrize("answer", ["", "{", "[]", "{}", '{"response": {}}', "null", "x" * 30_000])
    def test_refuses_what_no_key_says(self, agent, answer):
        home, _answer = enter(agent)
        home.get(ADD)
        assert home.post(ADD, {"answer": answer}).status_code == 200
        assert not Authenticator.objects.exists()

    def test_refuses_an_answer_twice_and_a_key_twice(self, agent):
        home, _answer = enter(agent)
        key = Key()
        answer = key.made(options_of(home.get(ADD)))
        home.post(ADD, {"answer": answer})
        home.get(ADD)
        assert b"does not fit" in home.post(ADD, {"answer": answer}).content
        assert b"set up already" in add(home, key).content
        assert len(passkeys.listed(agent=agent)) == 1

    def test_asks_for_the_password_at_a_desk_that_was_left_open(self, agent):
        home, _answer = enter(agent)
        SignedIn.objects.update(since=timezone.now() - timedelta(hours=3))
        told = {"name": "a", "answer": Key().made(options_of(home.get(ADD)))}
        assert home.post(ADD, told).status_code == 200
        told["answer"] = Key().made(options_of(home.get(ADD)))
        assert b"not your password" in home.post(ADD, {**told, "password": "wrong-one"}).content
        told["answer"] = Key().made(options_of(home.get(ADD)))
        assert home.post(ADD, {**told, "password": PASSWORD}).url == MINE

    @pytest.mark.parametrize("address", ["http://127.0.0.1:8000", "https://10.0.0.7", "http://desk.example"])
    def test_is_not_offered_where_no_browser_does_it(self, agent, settings, address):
        settings.ADDRESS = address
        home, _answer = enter(agent)
        assert ADD.encode() not in home.get(MINE).content
        page = home.get(ADD, follow=True)  # a link that somebody kept says why, instead of ending at no page
        assert page.redirect_chain[-1][0] == MINE
        assert b"must be a name and begin with https://" in page.content


class TestSigningIn:
    @pytest.fixture
    def key(self, agent):
        key = Key()
        add(enter(agent)[0], key)
        return key

    def test_asks_for_the_key_after_the_password(self, agent, key):
        client, answer = enter(agent)
        assert answer.url == STEP
        assert not is_in(client)
        page = client.get(STEP)
        assert b"And now your passkey" in page.content
        assert client.post(STEP, {"answer": key.signed(options_of(page))}).status_code == 302
        assert is_in(client)
        assert passkeys.listed(agent=agent)[0].used_at is not None

    @pytest.mark.parametrize(
        "wrong", [{"origin": "https://evil.example"}, {"desk": "evil.example"}], ids=["origin", "desk"]
    )
    def test_refuses_what_was_signed_for_another_page(self, agent, key, wrong):
        client, _answer = enter(agent)
        page = client.post(STEP, {"answer": key.signed(options_of(client.get(STEP)), **wrong)})
        assert b"did not open the desk" in page.content
        assert not is_in(client)

    def test_refuses_a_key_of_somebody_else_and_one_never_seen(self, agent, key, make_agent):
        other, theirs = make_agent(), Key(b"theirs")
        add(enter(other)[0], theirs)
        client, _answer = enter(agent)
        for stranger in (theirs, Key(b"never"), Key(key.id)):
            client.post(STEP, {"answer": stranger.signed(options_of(client.get(STEP)))})
            assert not is_in(client)

    def test_refuses_an_answer_twice_and_a_key_that_counts_backwards(self, agent, key):
        client, _answer = enter(agent)
        answer = key.signed(options_of(client.get(STEP)))
        client.post(STEP, {"answer": answer})
        assert is_in(client)
        again, _answer = enter(agent)
        again.get(STEP)
        again.post(STEP, {"answer": answer})
        assert not is_in(again)
        key.count = 0  # a copy that was made before
        again.post(STEP, {"answer": key.signed(options_of(again.get(STEP)))})
        assert not is_in(again)

    def test_takes_a_recovery_code_instead(self, agent, key):
        codes = second_factor.new_codes(agent=agent, now=timezone.now())
        client, _answer = enter(agent)
        client.post(STEP, {"code": codes[0]})
        assert is_in(client)

    def test_counts_who_tries_again_and_again(self, agent, key):
        client, _answer = enter(agent)
        for _ in range(12):
            client.post(STEP, {"answer": "{}"})
        page = client.get(STEP)
        answer = client.post(STEP, {"answer": key.signed(options_of(page))}, follow=True)
        assert b"Too many attempts" in answer.content
        assert not is_in(client)


class TestDemands:
    def test_are_met_by_a_key(self, agent, make_agent):
        home, _answer = enter(agent)
        second_factor.demand(roles=[Role.AGENT], by=make_agent(role=Role.ADMINISTRATOR), now=timezone.now())
        assert home.get(DESK).url == reverse("people:set-up-factor")
        assert b"A passkey instead" in home.get(reverse("people:set-up-factor")).content
        add(home, Key())
        assert is_in(home)
        agent.refresh_from_db()
        assert not agent.owes_factor

    def test_keep_somebody_from_taking_their_only_factor_away(self, agent, make_agent):
        home, _answer = enter(agent)
        add(home, Key())
        second_factor.demand(roles=[Role.AGENT], by=make_agent(role=Role.ADMINISTRATOR), now=timezone.now())
        pk = passkeys.listed(agent=agent)[0].id
        page = home.post(reverse("people:drop-key", args=[pk]), follow=True)
        assert b"your only one" in page.content
        add(home, Key(b"key-2"))
        home.post(reverse("people:drop-key", args=[pk]))
        assert len(passkeys.listed(agent=agent)) == 1


class TestTakingAway:
    def test_by_oneself_opens_the_desk_by_the_password_alone(self, agent):
        home, _answer = enter(agent)
        add(home, Key())
        page = home.post(reverse("people:drop-key", args=[passkeys.listed(agent=agent)[0].id]), follow=True)
        assert b"opens nothing any more" in page.content
        assert not Authenticator.objects.filter(user=agent).exists()  # codes that stand in for nothing are gone too
        assert is_in(enter(agent)[0])

    def test_asks_to_sign_in_anew_at_a_desk_that_was_left_open(self, agent):
        home, _answer = enter(agent)
        add(home, Key())
        SignedIn.objects.update(since=timezone.now() - timedelta(hours=3))
        home.post(reverse("people:drop-key", args=[passkeys.listed(agent=agent)[0].id]))
        assert passkeys.listed(agent=agent)

    def test_of_anothers_key_is_for_administrators_and_kept(self, agent, make_agent, client):
        add(enter(agent)[0], Key())
        pk = passkeys.listed(agent=agent)[0].id
        colleague, _answer = enter(make_agent())
        colleague.post(reverse("people:drop-key", args=[pk]))
        assert passkeys.listed(agent=agent)
        admin = make_agent(role=Role.ADMINISTRATOR)
        client.force_login(admin)
        place = reverse("people:take-key", args=[agent.pk])
        assert b"my telephone" in client.get(reverse("people:person", args=[agent.pk])).content
        assert b"opens nothing any more" in client.post(place, {"key": pk}, follow=True).content
        assert b"gone already" in client.post(place, {"key": pk}, follow=True).content
        taken = second_factor.history(about=agent)[0]
        assert (taken.kind, taken.told, taken.by) == ("key-taken", "my telephone", admin)
