"""Calls that Schemathesis makes up from the desk's own document: every answer is one that the document knows."""

import uuid

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings

from amends.desk.api import actions
from amends.desk.api.scopes import Scope
from tests.desk.api.conftest import document

MANY = 2  # calls of each route, in which the document is kept to and in which it is not

pytestmark = [pytest.mark.scale("schemathesis"), pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _the_tests_own_connection():
    """The application closes what is old around each request; what is open here is the test's."""
    around = (request_started, request_finished)
    for signal in around:
        signal.disconnect(close_old_connections)
    yield
    for signal in around:
        signal.connect(close_old_connections)


@pytest.fixture
def token(make_agent, make_complaint, now):
    """A program that may do everything, in a desk with one complaint."""
    agent = make_agent(role="administrator")
    make_complaint(owner=agent)
    _token, words = actions.make_token(
        name="Shop", agent=agent, scopes=tuple(Scope.values), by=agent, per_minute=6_000, now=now
    )
    return words


def test_every_answer_to_a_call_that_was_made_up_is_in_the_document(token):
    import schemathesis
    from schemathesis import GenerationMode
    from schemathesis.specs.openapi import checks

    schema = schemathesis.openapi.from_dict(document())
    schema.app = get_wsgi_application()
    held = [
        schemathesis.checks.not_a_server_error,
        checks.status_code_conformance,
        checks.content_type_conformance,
        checks.response_schema_conformance,
        checks.response_headers_conformance,
    ]
    called, operations, troubles = 0, 0, []
    for found in schema.get_all_operations():
        operation = found.ok()
        operations += 1
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

            @settings(
                max_examples=MANY, database=None, derandomize=True, deadline=None, phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )  # fmt: skip
            @given(case=operation.as_strategy(generation_mode=mode))
            def call(case):
                nonlocal called
                called += 1
                headers = {
                    "Authorization": f"Bearer {token}",
                    "Idempotency-Key": uuid.uuid4().hex,
                    "Accept-Encoding": "identity",
                }
                case.call_and_validate(headers=headers, checks=held)

            try:
                call()
            except (Exception, BaseExceptionGroup) as error:  # noqa: BLE001 - all of them are told at once
                troubles.append(f"{operation.label}: {type(error).__name__}: {error}")
    assert not troubles, "\n\n".join(troubles)
    assert called > 2 * operations
