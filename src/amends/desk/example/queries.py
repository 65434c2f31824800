"""Reading about the example company."""

from __future__ import annotations

from dataclasses import dataclass

from amends.desk.example.models import Told
from amends.desk.example.stories import company
from amends.desk.people.models import Agent


@dataclass(frozen=True, slots=True)
class SignIn:
    """How somebody of the example company signs in; it works on loopback only."""

    email: str
    password: str
    role: str
    language: str
    name: str


def is_laid_out() -> bool:
    """Whether this desk holds the example company."""
    return Told.objects.exists()


def sign_ins() -> list[SignIn]:
    """Return the example sign-ins that work, in the order of the company's file."""
    told = company()
    here = {agent.email: agent for agent in Agent.objects.filter(is_example=True, is_active=True)}
    return [
        SignIn(email=agent.email, password=told.password, role=agent.role, language=agent.language, name=agent.name)
        for card in told.agents.values()
        if (agent := here.get(card.email)) is not None
    ]
