"""Somebody who sits at the desk."""

import pytest


@pytest.fixture
def agent(make_agent, make_team):
    return make_agent(name="Can Demir", language="en", team=make_team())


@pytest.fixture
def desk(client, agent):
    client.force_login(agent)
    return client
