"""
A simulated organisation of two years: a cause grows, an alarm rings, it is cured.

Drawn by chance from a seed, so that the same seed tells the same story (the private keys of customers' pages apart). It
is written in bulk, with the columns that its timelines give, and then watched night by night as a desk would have
been, and the improvement put into force on its day: what the pages find is found by the program, not written here.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from itertools import batched
from math import exp
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from amends.desk.complaints import search, timeline
from amends.desk.complaints.actions import new_key
from amends.desk.complaints.models import (
    By,
    Channel,
    Complaint,
    Event,
    EventContent,
    EventKind,
    Numbering,
    SearchEntry,
)
from amends.desk.customers.models import Customer
from amends.desk.example import founding
from amends.desk.example.stories import HERE, company
from amends.desk.improvements import improving, planned
from amends.desk.improvements.models import Cause, Improvement, Layer, Theme
from amends.desk.insight import alarms
from amends.desk.insight.models import Alarm
from amends.desk.people.models import Agent, Role
from amends.desk.people.organisation import organisation_zone
from amends.desk.people.queries import is_empty

TWO_YEARS: Final = 730
FEWEST_DAYS: Final = 240  # below that there is no time to learn what is usual, to ring, to cure and to look
_GROWS, _CURED = 0.45, 0.72  # parts of the time after which the cause grows, and is cured
_WEEK: Final = (1.15, 1.1, 1.05, 1.05, 1.0, 0.75, 0.6)  # Monday first; about one on the average
_NIGHTS: Final = 42  # that the desk is watched after the cause grows
_AT_ONCE: Final = 500
_CUSTOMERS: Final = 160
_CONTENT: Final = 0.85


class UnableToSeed(Exception):
    """The desk has people already, or the time is too short; the message says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeded:
    """What was laid out, and what the desk found by itself."""

    complaints: int
    grew_on: date
    cured_on: date
    theme: Theme
    improvement: Improvement
    alarms: tuple[Alarm, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trouble:
    theme: str
    layer: str
    texts: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One complaint before it is written."""

    trouble: _Trouble
    language: str
    text: str
    at: datetime
    owner: Agent
    customer: Customer
    answered_at: datetime
    ended_at: datetime
    content: bool
    channel: str


def lay_out(*, seed: int, now: datetime, days: int = TWO_YEARS) -> Seeded:
    """Lay out an organisation on an empty desk, and let the desk watch it.

    :raises UnableToSeed: if somebody works here already, or for less than FEWEST_DAYS
    """
    if days < FEWEST_DAYS:
        raise UnableToSeed(_("A story needs %(days)s days at least.") % {"days": FEWEST_DAYS})
    told = tomllib.loads((HERE / "two_years.toml").read_text(encoding="utf-8"))
    dice = random.Random(seed)  # noqa: S311  # a story, no secret
    with transaction.atomic():
        if not is_empty():
            raise UnableToSeed(_("This desk has its people already. Seed another data folder."))
        agents = founding.found(company=company(), now=now - timedelta(days=days + 1))
        first = now.astimezone(organisation_zone()).date() - timedelta(days=days)
        grew, cured = (first + timedelta(days=round(days * part)) for part in (_GROWS, _CURED))
        people = _customers(told["names"], dice=dice, now=now - timedelta(days=days))
        owners = sorted((one for one in agents.values() if one.is_active), key=lambda one: one.pk)
        cases = list(
            _cases(told, dice=dice, first=first, grew=grew, cured=cured, now=now, owners=owners, people=people)
        )
        themes = _themes({case.trouble.theme for case in cases} | {told["cure"]["theme"]})
        last = Numbering.objects.values_list("last", flat=True).first() or 0
        for part in batched(enumerate(cases, start=last + 1), _AT_ONCE, strict=False):
            _write(part, themes=themes, answers=told["answers"], now=now)
        Numbering.objects.update_or_create(pk=1, defaults={"last": last + len(cases)})
        lead = next(one for one in owners if one.role == Role.QUALITY)
        improvement = _cure(told["cure"], theme=themes[told["cure"]["theme"]], by=lead, grew=grew, cured=cured)
    return Seeded(
        complaints=len(cases),
        grew_on=grew,
        cured_on=cured,
        theme=themes[told["cure"]["theme"]],
        improvement=improvement,
        alarms=_watch(grew=grew, theme=themes[told["cure"]["theme"]], by=lead, now=now),
    )


# ── By chance ────────────────────────────────────────────────────────────────


def _cases(
    told: Mapping[str, Any],
    *,
    dice: random.Random,
    first: date,
    grew: date,
    cured: date,
    now: datetime,
    owners: Sequence[Agent],
    people: Mapping[str, Sequence[Customer]],
) -> Iterator[_Case]:
    zone = organisation_zone()
    cure = told["cure"]
    usual = [(_trouble(one), float(one["a_day"])) for one in told["trouble"]]
    for place in range((now.astimezone(zone).date() - first).days):
        day = first + timedelta(days=place)
        rate = cure["before"] if day < grew else cure["grown"] if day < cured else cure["after"]
        for trouble, a_day in [*usual, (_trouble(cure), float(rate))]:
            for _one in range(_poisson(a_day * _WEEK[day.weekday()], dice)):
                language = dice.choice(sorted(people))
                at = datetime.combine(day, time(8), zone) + timedelta(minutes=dice.randrange(11 * 60))
                answered = at + timedelta(minutes=dice.randrange(20, 20 * 60))
                yield _Case(
                    trouble=trouble,
                    language=language,
                    text=dice.choice(trouble.texts[language]),
                    at=at,
                    owner=dice.choice([one for one in owners if language in one.languages] or owners),
                    customer=dice.choice(people[language]),
                    answered_at=answered,
                    ended_at=answered + timedelta(hours=dice.randrange(4, 70)),
                    content=dice.random() < _CONTENT,
                    channel=dice.choice((Channel.FORM, Channel.MAIL, Channel.MAIL, Channel.PHONE)),
                )


def _poisson(mean: float, dice: random.Random) -> int:
    """Draw a count (Knuth): exact, and quick for small means."""
    limit, count, product = exp(-mean), 0, dice.random()
    while product > limit:
        count += 1
        product *= dice.random()
    return count


def _trouble(card: Mapping[str, Any]) -> _Trouble:
    return _Trouble(theme=card["theme"], layer=card["layer"], texts=card["texts"])


def _customers(names: Mapping[str, Sequence[str]], *, dice: random.Random, now: datetime) -> dict[str, list[Customer]]:
    made = [
        Customer(
            name=dice.choice(names[language]),
            language=language,
            since=(now - timedelta(days=dice.randrange(30, 3000))).date(),
            orders=dice.randrange(1, 60),
            yearly_value=dice.randrange(20, 900) * 100 if dice.random() < 0.7 else None,
            currency="TRY",
            created_at=now,
        )
        for language in sorted(names)
        for _one in range(_CUSTOMERS // len(names))
    ]
    kept: dict[str, list[Customer]] = {}
    for one in Customer.objects.bulk_create(made):
        kept.setdefault(one.language, []).append(one)
    return kept


# ── Written in bulk ──────────────────────────────────────────────────────────


def _themes(names: set[str]) -> dict[str, Theme]:
    themes = {name: Theme.objects.get_or_create(name=name)[0] for name in sorted(names)}
    planned.look_at_new()
    return themes


def _write(
    part: Sequence[tuple[int, _Case]], *, themes: Mapping[str, Theme], answers: Mapping[str, str], now: datetime
) -> None:
    stories = [_story(case, answers=answers, now=now) for _number, case in part]
    made = Complaint.objects.bulk_create(
        _complaint(number, case, story) for (number, case), story in zip(part, stories, strict=True)
    )
    envelopes = Event.objects.bulk_create(
        Event(
            complaint=complaint,
            sequence=one.place,
            kind=one.kind,
            at=one.at,
            by=one.by,
            agent_id=one.agent,
            channel=case.channel if one.kind in {EventKind.RECEIVED, EventKind.CUSTOMER_WROTE} else "",
            language=case.language if one.text or one.kind == EventKind.RECEIVED else "",
        )
        for complaint, (_number, case), story in zip(made, part, stories, strict=True)
        for one in story
    )
    happened = [one for story in stories for one in story]
    EventContent.objects.bulk_create(
        EventContent(event=event, text=one.text, data=dict(one.data))
        for event, one in zip(envelopes, happened, strict=True)
    )
    Cause.objects.bulk_create(
        Cause(
            complaint=complaint,
            layer=Layer(case.trouble.layer),
            theme=themes[case.trouble.theme],
            words=case.text,
            confidence=0.8,
            proposed_layer=Layer(case.trouble.layer),
            confirmed_by=case.owner if case.ended_at < now else None,
            confirmed_at=case.ended_at if case.ended_at < now else None,
        )
        for complaint, (_number, case) in zip(made, part, strict=True)
    )
    SearchEntry.objects.bulk_create(
        SearchEntry(
            complaint=complaint,
            words=" ".join(
                search.words_of(
                    [str(complaint.number), case.customer.name, complaint.subject, *(one.text for one in story)]
                )
            ),
        )
        for complaint, (_number, case), story in zip(made, part, stories, strict=True)
    )


def _story(case: _Case, *, answers: Mapping[str, str], now: datetime) -> list[timeline.Happened]:
    trouble = case.trouble
    told: list[tuple[str, datetime, str, int | None, str, dict[str, Any]]] = [
        (EventKind.RECEIVED, case.at, By.CUSTOMER, None, "", {}),
        (EventKind.OWNER_TAKEN, case.at, By.SYSTEM, case.owner.pk, "", {}),
        (EventKind.CUSTOMER_WROTE, case.at, By.CUSTOMER, None, case.text, {"heat": 0}),
        (EventKind.REPLIED, case.answered_at, By.AGENT, case.owner.pk, answers[case.language], {}),
        (
            EventKind.CAUSE_CONFIRMED, case.ended_at, By.AGENT, case.owner.pk, "",
            {"layer": trouble.layer, "theme": trouble.theme, "proposed": trouble.layer},
        ),
    ]  # fmt: skip
    if case.content:
        told.append((EventKind.CONTENT, case.ended_at, By.CUSTOMER, None, "", {}))
    told.append((EventKind.CLOSED, case.ended_at, By.AGENT, case.owner.pk, "", {}))
    past = [one for one in told if one[1] < now]
    return [
        timeline.Happened(kind=kind, at=at, by=by, agent=agent, text=text, data=data, place=place)
        for place, (kind, at, by, agent, text, data) in enumerate(past, start=1)
    ]


def _complaint(number: int, case: _Case, story: Sequence[timeline.Happened]) -> Complaint:
    columns = asdict(timeline.derive(story).columns)
    return Complaint(
        number=number,
        key=new_key(),
        customer=case.customer,
        subject=case.text[:80],
        language=case.language,
        channel=case.channel,
        **{"owner_id": case.owner.pk, "team_id": case.owner.team_id, "received_at": case.at, **columns},
    )


# ── What the desk makes of it ────────────────────────────────────────────────


def _cure(card: Mapping[str, Any], *, theme: Theme, by: Agent, grew: date, cured: date) -> Improvement:
    zone = organisation_zone()
    written = datetime.combine(grew + timedelta(days=40), time(10), zone)
    one = improving.write(
        title=card["title"], why=card["why"], layer=card["layer"], theme=theme, owner=by, due_on=cured, fewer=60,
        by=by, now=written,
    )  # fmt: skip
    one = improving.begin(improvement=one, by=by, now=written + timedelta(days=3))
    return improving.put_into_force(improvement=one, since=cured, by=by, now=datetime.combine(cured, time(9), zone))


def _watch(*, grew: date, theme: Theme, by: Agent, now: datetime) -> tuple[Alarm, ...]:
    """Let the desk watch the nights after the cause grew until it rings, and the last one; what rang is heard."""
    zone = organisation_zone()
    rung: list[Alarm] = []
    for night in range(1, _NIGHTS):
        at = datetime.combine(grew + timedelta(days=night), time(3), zone)
        for alarm in alarms.watch(now=at):
            rung.append(alarm)
            alarms.hear(alarm=alarm, words=_("Seen to; work on it began."), by=by, now=at + timedelta(hours=6))
        if any(alarm.kind == "theme" and alarm.name == str(theme.pk) for alarm in rung):
            break
    return (*rung, *alarms.watch(now=now))
