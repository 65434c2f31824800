"""A program with a token; whatever it is answered is held against the desk's own document."""

import copy
import json
import re
from functools import cache

import pytest
from django.test import Client
from django.utils import translation
from jsonschema import Draft202012Validator

from amends.desk.api import actions
from amends.desk.api.problems import CONTENT_TYPE
from amends.desk.api.scopes import PERSONAL, Scope

ALL = tuple(Scope.values)


@cache
def document():
    """The document, made strict: an answer may hold nothing that is not in it."""
    from amends.desk.api.describing import document as make

    with translation.override("en"):
        whole = copy.deepcopy(make())
    for shape in whole["components"]["schemas"].values():
        if "properties" in shape:
            shape["additionalProperties"] = False
    return whole


def operation_of(method, path):
    """The operation that takes a call, or nothing."""
    for template, methods in document()["paths"].items():
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, path.partition("?")[0]) and method.lower() in methods:
            return methods[method.lower()]
    return None


def hold_against_the_document(method, path, response):
    operation = operation_of(method, path)
    assert operation is not None, f"{method} {path} is not in the document"
    answer = operation["responses"].get(str(response.status_code))
    assert answer is not None, f"{method} {path} answers {response.status_code}, which is not in the document"
    ((media, content),) = answer["content"].items()
    assert response.headers["Content-Type"].partition(";")[0] == media
    schema = {**content["schema"], "components": document()["components"]}
    Draft202012Validator(schema).validate(response.json())


class Program:
    """Calls the API as a program does, with a token and nothing else."""

    def __init__(self, words):
        self.words = words
        self.client = Client(enforce_csrf_checks=True, raise_request_exception=False)

    def __call__(self, method, path, body=None, *, key="", language="en", documented=True, raw=None, **headers):
        headers |= {"Authorization": f"Bearer {self.words}"} if self.words else {}
        headers |= {"Idempotency-Key": key} if key else {}
        headers |= {"Accept-Language": language} if language else {}
        data = raw if raw is not None else ("" if body is None else json.dumps(body))
        response = self.client.generic(method, f"/api/{path}", data, content_type="application/json", headers=headers)
        if documented:
            hold_against_the_document(method, f"/api/{path}", response)
        elif response.status_code >= 400:
            assert response.headers["Content-Type"] == CONTENT_TYPE
        return response


@pytest.fixture
def make_program(make_agent, now):
    """`make_program(agent=…, scopes=…, **fields)`; may do everything unless told otherwise."""

    def make(*, agent=None, scopes=ALL, **fields):
        agent = agent or make_agent()
        by = agent if PERSONAL & set(scopes) else make_agent(role="administrator")
        _token, words = actions.make_token(name="Shop", agent=agent, scopes=scopes, by=by, now=now, **fields)
        return Program(words)

    return make


@pytest.fixture
def complaint(make_complaint):
    """A complaint; a file that needs another one says so."""
    return make_complaint()


@pytest.fixture
def program(make_program, complaint):
    """A program that acts for the owner of the complaint."""
    return make_program(agent=complaint.owner)


@pytest.fixture
def closed_team(make_agent, make_team):
    """A team behind a wall."""
    team = make_team(name="Closed", lead=make_agent(role="lead"))
    team.is_closed = True
    team.save()
    return team


@pytest.fixture(autouse=True)
def cues_alone(monkeypatch):
    """The learned reader takes seconds to load, and judges in tests of its own."""
    from amends.desk.coaching import readers

    monkeypatch.setattr(readers.full, "get", lambda: None)
