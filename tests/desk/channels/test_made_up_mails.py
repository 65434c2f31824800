"""Mails as nobody should write them go through the whole desk: each is kept as it came, and none is an accident."""

from __future__ import annotations

import os
from itertools import batched

import pytest
from hypothesis import HealthCheck, given, settings

from amends.desk.channels import actions
from amends.desk.channels.mail.identity import identity_of
from amends.desk.channels.models import Arrival, ArrivalState
from tests.intake.mail import made_up

MANY = int(os.environ.get("AMENDS_MADE_UP_MAILS", "60"))  # `make soak` takes in more


@pytest.fixture
def mails() -> list[bytes]:
    found: list[bytes] = []

    @settings(max_examples=MANY, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(made_up.mail())
    def gather(raw: bytes) -> None:
        found.append(raw)

    gather()
    return found


def test_every_one_is_kept_as_it_came_and_read_or_shown_to_a_person(db, make_agent, mails, client, now):
    make_agent(role="administrator")
    client.force_login(make_agent(role="administrator"))
    known = {identity_of(raw, mailbox="desk").value: raw for raw in mails}
    letters = [actions.Mail(raw=raw, identity=identity_of(raw, mailbox="desk")) for raw in mails]
    for some in batched(letters, actions.TOGETHER, strict=False):  # as a mailbox hands them over
        actions.take_in_all(arrivals=actions.keep_mails(mails=some, now=now), now=now)

    kept = {arrival.identity: arrival for arrival in Arrival.objects.all()}
    assert kept.keys() == known.keys()
    for identity, arrival in kept.items():
        raw = bytes(arrival.raw)
        assert identity_of(raw, mailbox="desk").value == identity
        assert arrival.state != ArrivalState.WAITING, raw
        assert not arrival.problem.startswith("unexpected"), (arrival.problem, raw)
    assert client.get("/desk/arrivals/").status_code == 200
