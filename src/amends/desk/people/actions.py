"""Writing about the people of the desk."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from amends.desk.people import queries, sessions
from amends.desk.people.models import Agent, Calendar, Language, Presence, Team

THEMES = ("system", "light", "dark")


class UnableToStart(Exception):
    """The desk has people already, or what was given for the first of them does not do."""


class UnableToLeave(Exception):
    """Somebody still owns complaints."""


@transaction.atomic
def make_first_administrator(*, name: str, email: str, password: str, language: str, now: datetime) -> Agent:
    """Make the first administrator of an empty desk, with a team and office hours to begin with.

    :raises UnableToStart: if somebody was first, or the password is too weak
    """
    if not queries.is_empty():
        raise UnableToStart(_("This desk has its people already. Please sign in."))
    if not name.strip() or not email.strip():
        raise UnableToStart(_("Please give your name and your e-mail address."))
    try:
        validate_password(password, Agent(name=name, email=email))
    except ValidationError as error:
        raise UnableToStart(" ".join(error.messages)) from error
    with translation.override(language):
        # The unique names also keep two people who are first in the same second from both being first.
        calendar = Calendar.objects.create(
            name=_("Office hours"), week={str(day): [["09:00", "18:00"]] for day in range(5)}
        )
        team = Team.objects.create(name=_("Desk"), calendar=calendar)
    agent = Agent.objects.create_superuser(
        email=email.strip(),
        name=name.strip(),
        password=password,
        language=Language(language),
        languages=[language],
        team=team,
        joined_at=now,
    )
    team.lead = agent
    team.save(update_fields=["lead"])
    return agent


def set_presence(*, agent: Agent, presence: str, now: datetime) -> None:
    """Say whether the agent is here, taking five, or away."""
    del now
    agent.presence = Presence(presence)
    agent.save(update_fields=["presence"])


def set_reader(*, agent: Agent, language: str | None = None, theme: str | None = None) -> None:
    """Keep in which language and light the agent reads the screens; what is unknown is left as it was."""
    if language in Language.values:
        agent.language = Language(language)
    if theme in THEMES:
        agent.theme = str(theme)
    agent.save(update_fields=["language", "theme"])


@transaction.atomic
def leave(*, agent: Agent, now: datetime) -> None:
    """Let somebody go: they sign in no more, are signed out wherever they are, and get no complaints.

    Their open complaints are handed over first, by `complaints.actions.hand_over_all`.

    :raises UnableToLeave: if they still own a complaint that is open, or in which a promise is
    """
    del now
    agent = Agent.objects.select_for_update().get(pk=agent.pk)
    if agent.owned.filter(live=True).exists():
        raise UnableToLeave(_("%(name)s still owns complaints. Hand them over first.") % {"name": agent.name})
    agent.is_active = False
    agent.presence = Presence.AWAY
    agent.save(update_fields=["is_active", "presence"])
    sessions.end(agent=agent)
