"""The people of the example company, their calendars and their customers."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password

from amends.desk.answers import actions as answers
from amends.desk.answers.blocks import Block
from amends.desk.clocks import actions as clocks
from amends.desk.customers import actions as customers
from amends.desk.customers.models import Customer
from amends.desk.example import placing
from amends.desk.example.stories import AgentCard, CalendarCard, Company, CustomerCard
from amends.desk.people import administering
from amends.desk.people.models import Agent, Calendar, Language, Organisation, Role, Team
from amends.desk.remedies import rules

A_YEAR = timedelta(days=365)


def found(*, company: Company, now: datetime) -> dict[str, Agent]:
    """Make the organisation, its teams and everybody who works there."""
    calendars = {key: _calendar(card, now) for key, card in company.calendars.items()}
    teams = {key: Team.objects.create(name=card.name, calendar=calendars[key]) for key, card in company.teams.items()}
    # One digest for all: each costs a tenth of a second and more, and the word is printed at the start anyway.
    password = make_password(company.password)
    agents = {
        key: _agent(card, team=teams[card.team], password=password, now=now) for key, card in company.agents.items()
    }
    for key, team in teams.items():
        team.lead = agents[company.teams[key].lead]
        team.save(update_fields=["lead"])
    Organisation.objects.create(
        id=1,
        name=company.name,
        language="en",
        calendar=next(iter(calendars.values())),
        currency=company.currency,
        founded_at=now,
    )
    administrator = next(agent for agent in agents.values() if agent.role == Role.ADMINISTRATOR)
    for law in company.laws:
        clocks.set_law(code=law.code, is_on=True, language=law.language, channel=law.channel, by=administrator, now=now)
    write_rules(company=company, agents=agents, now=now)
    write_answers(by=administrator, now=now)
    placing.lay_out()
    return agents


def write_answers(*, by: Agent, now: datetime) -> None:
    """Write the saved answers that everybody uses, long ago."""
    told = tomllib.loads((Path(__file__).parent / "answers.toml").read_text(encoding="utf-8"))
    for card in told["answer"]:
        blocks = [
            Block(
                kind=block["kind"],
                is_on=block.get("is_on", True),
                texts={code: block[code] for code in Language.values},
            )
            for block in card["block"]
        ]
        answers.save(answer=None, by=by, name=card["name"], is_shared=True, blocks=blocks, now=now - A_YEAR)


def write_rules(*, company: Company, agents: Mapping[str, Agent], now: datetime) -> None:
    """Write down the rules that give way in the stories, long ago."""
    for card in company.rules.values():
        owner = agents[card.owner]
        rules.write(
            title=card.title,
            text=card.text,
            purpose=card.purpose,
            room=card.room,
            called=card.called,
            owner=owner,
            by=owner,
            now=now - A_YEAR,
        )


def _calendar(card: CalendarCard, now: datetime) -> Calendar:
    calendar = Calendar.objects.create(name=card.name, time_zone=card.time_zone, week=dict(card.week))
    keep_holidays(calendar=calendar, card=card, now=now)
    return calendar


def keep_holidays(*, calendar: Calendar, card: CalendarCard, now: datetime) -> None:
    """Add the public holidays of the years around a moment."""
    for year in (now.year - 1, now.year, now.year + 1):
        administering.add_holidays(calendar=calendar, country=card.holidays, year=year)


def _agent(card: AgentCard, *, team: Team, password: str, now: datetime) -> Agent:
    agent = administering.let_in(
        name=card.name,
        email=card.email,
        role=card.role,
        team=team,
        languages=card.languages,
        language=card.language,
        goodwill_limit=card.goodwill_limit,
        goodwill_currency=card.goodwill_currency,
        latin_name=card.latin_name,
        now=now,
    )
    agent.password = password
    agent.say = card.say
    agent.time_zone = card.time_zone
    agent.is_example = True
    agent.is_superuser = card.role == Role.ADMINISTRATOR
    agent.joined_at = datetime.combine(card.joined, time(9), ZoneInfo(card.time_zone))
    agent.save()
    return agent


def welcome(*, cards: Mapping[str, CustomerCard]) -> dict[str, Customer]:
    """Make the customers as the record has them."""
    return {key: _customer(card) for key, card in cards.items()}


def _customer(card: CustomerCard) -> Customer:
    customer = customers.find_or_make(
        name=card.name,
        language=card.language,
        email=card.email,
        phone=card.phone,
        now=datetime.combine(card.since, time(9), UTC),
    )
    return customers.correct(
        customer=customer,
        honorific=card.honorific,
        say=card.say,
        address=card.address,
        since=card.since,
        orders=card.orders,
        yearly_value=card.yearly_value,
        currency=card.currency,
        note=card.note,
    )
