"""Who comes in, how often, and what they are told when they do not."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation

from amends.desk.api import actions
from amends.desk.api.models import Token
from amends.desk.api.problems import PROBLEMS


def code(response):
    body = response.json()
    assert body["status"] == response.status_code
    assert body["title"]
    assert body["detail"]
    assert body["type"].endswith(f"/api/docs/#{body['code']}")
    return body["code"]


class TestTokens:
    def test_only_a_digest_is_kept_and_who_has_the_words_comes_in(self, make_agent, make_program, now):
        agent = make_agent()
        program = make_program(agent=agent)
        token = Token.objects.get()
        assert program.words.startswith("amends_")
        assert program.words not in str(vars(token))
        assert token.hint == program.words[-4:]
        assert program("GET", "people").json()["people"][0]["name"] == agent.name
        token.refresh_from_db()
        assert token.seen_at is not None

    def test_what_opens_nothing_says_why_in_the_readers_language(self, make_agent, make_program, now):
        program = make_program()
        right = program.words
        program.words = ""
        assert code(program("GET", "complaints")) == "no-token"
        program.words = right[:-1] + "x"
        nobody = program("GET", "complaints", language="tr")
        assert code(nobody) == "unknown-token"
        assert nobody.headers["WWW-Authenticate"].startswith("Bearer")
        assert nobody.headers["Content-Language"] == "tr"
        program.words = right
        token = Token.objects.get()
        actions.end_token(token=token, by=token.made_by, now=now)
        assert code(program("GET", "complaints")) == "token-ended"
        Token.objects.update(ended_at=None, expires_at=timezone.now() - timedelta(seconds=1))
        assert code(program("GET", "complaints")) == "token-ended"
        Token.objects.update(expires_at=None)
        agent = Token.objects.get().agent
        agent.is_active = False
        agent.save()
        assert code(program("GET", "complaints")) == "person-left"
        agent.is_active = agent.is_example = True
        agent.save()
        assert program("GET", "complaints").status_code == 200
        assert code(program("GET", "complaints", **{"X-Forwarded-For": "198.51.100.7"})) == "only-on-loopback"

    def test_a_scope_that_is_missing_is_named(self, make_program):
        told = make_program(scopes=["check"])("GET", "complaints")
        assert code(told) == "scope-missing"
        assert told.json()["scope"] == "complaints:read"

    def test_what_a_token_needs(self, make_agent, now):
        agent, by = make_agent(), make_agent(role="administrator")
        whole = {"name": "Shop", "agent": agent, "scopes": ["check"], "by": by, "now": now}
        gone = make_agent(is_active=False)
        for wrong in (
            {"name": " "},
            {"agent": gone},
            {"scopes": []},
            {"scopes": ["everything"]},
            {"per_minute": 0},
            {"expires_at": now},
        ):
            with pytest.raises(actions.UnableToMakeToken):
                actions.make_token(**{**whole, **wrong})
        assert not Token.objects.exists()


class TestLimits:
    def test_after_so_many_calls_one_waits_for_the_next_minute(self, make_program):
        program = make_program(per_minute=2)
        answers = [program("GET", "people") for _ in range(4)]
        codes = [one.status_code for one in answers]
        if codes != [200, 200, 429, 429]:  # a minute began in between
            answers = [program("GET", "people") for _ in range(4)]
        told = answers[-1]
        assert code(told) == "too-many"
        assert told.json()["limit"] == 2
        assert 1 <= int(told.headers["Retry-After"]) <= 60

    def test_each_minute_and_each_token_counts_for_itself(self, make_program, now):
        make_program(per_minute=2)
        make_program(per_minute=2)
        first, second = Token.objects.order_by("pk")
        at = now.replace(second=45)
        waits = [actions.count_call(token=first, now=at) for _ in range(3)]
        assert waits == [0, 0, 15]
        assert actions.count_call(token=second, now=at) == 0
        assert actions.count_call(token=first, now=at + timedelta(seconds=15)) == 0


class TestProblems:
    def test_whatever_goes_wrong_is_a_problem_document(self, make_program, settings, monkeypatch):
        program = make_program()
        assert code(program("GET", "nothing/here", documented=False)) == "not-found"
        assert code(program("GET", "", documented=False)) == "not-found"
        wrong = program("DELETE", "complaints", documented=False)
        assert code(wrong) == "wrong-method"
        assert set(wrong.headers["Allow"].split(", ")) >= {"GET", "POST"}
        assert code(program("GET", "complaints/999")) == "not-found"
        assert program("GET", "complaints/99999999999999999999").status_code == 422
        assert code(program("POST", "check", raw='{"reply": ')) == "bad-json"
        assert code(program("POST", "check", raw=b'{"reply": "\xff"}')) == "bad-json"
        told = program("POST", "complaints/1/promises", {"words": "", "due_at": "soon", "evry": 1}).json()
        assert {one["place"] for one in told["errors"]} == {"words", "due_at", "evry"}
        assert all(one["detail"] for one in told["errors"])
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
        assert code(program("POST", "check", {"reply": "x" * 200})) == "too-large"

        def breaks(**_named):
            raise RuntimeError("the shelf fell over")

        monkeypatch.setattr("amends.desk.api.queries.people", breaks)
        broken = program("GET", "people")
        assert code(broken) == "unexpected"
        assert "shelf" not in broken.text

    def test_without_a_language_the_person_of_the_token_is_answered_in_theirs(self, make_agent, make_program):
        program = make_program(agent=make_agent(language="fa"), scopes=["check"])
        told = program("GET", "complaints", language="")
        assert told.headers["Content-Language"] == "fa"

    def test_every_problem_has_words(self):
        for status, title, advice in PROBLEMS.values():
            assert 400 <= status < 600
            with translation.override("en"):
                assert str(title).endswith(".")
                assert str(advice).endswith(".")


def test_a_session_of_the_desk_opens_nothing_here(make_agent):
    client = Client()
    client.force_login(make_agent())
    assert client.get("/api/complaints").status_code == 401
