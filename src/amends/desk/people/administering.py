"""Founding the organisation, letting people in and out, teams and working calendars."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from amends.desk.people import actions, own_roles, second_factor
from amends.desk.people.models import USUAL_AT_ONCE, Agent, Calendar, DoorEvent, Organisation, Role, Team

# The weekend is data: these are only places to begin from, and an administrator changes every hour later.
WEEKS: Final[Mapping[str, tuple[int, ...]]] = {
    "mon-fri": (0, 1, 2, 3, 4),
    "mon-sat": (0, 1, 2, 3, 4, 5),
    "sat-wed": (5, 6, 0, 1, 2),
    "sat-thu": (5, 6, 0, 1, 2, 3),
    "sun-thu": (6, 0, 1, 2, 3),
    "every-day": (0, 1, 2, 3, 4, 5, 6),
}
WEEK_NAMES = {
    "mon-fri": gettext_lazy("Monday to Friday"),
    "mon-sat": gettext_lazy("Monday to Saturday"),
    "sat-wed": gettext_lazy("Saturday to Wednesday"),
    "sat-thu": gettext_lazy("Saturday to Thursday"),
    "sun-thu": gettext_lazy("Sunday to Thursday"),
    "every-day": gettext_lazy("every day"),
}
USUAL = {  # time zone, week, money and country that most organisations of a language begin with; English has no usual
    "tr": ("Europe/Istanbul", "mon-fri", "TRY", "TR"),
    "fa": ("Asia/Tehran", "sat-wed", "IRR", "IR"),
    "mn": ("Asia/Ulaanbaatar", "mon-fri", "MNT", "MN"),
    "en": ("UTC", "mon-fri", "", ""),
}


class UnableToFound(Exception):
    """The desk has its first administrator already."""


class UnableToLetIn(Exception):
    """Somebody cannot be let in; the message says why."""


class UnableToLetOut(Exception):
    """Somebody cannot leave now; the message says what to do first."""


class UnableToAddHolidays(Exception):
    """Nobody knows the public holidays of this country."""


class UnableToChange(Exception):
    """The change would leave the desk without an administrator."""


@transaction.atomic
def found(
    *,
    organisation: str,
    language: str,
    time_zone: str,
    week: str,
    opens: str,
    closes: str,
    currency: str,
    country: str = "",
    name: str,
    email: str,
    password: str,
    now: datetime,
) -> Agent:
    """Make the organisation and its first administrator, with a team and the calendar in which it works.

    The public holidays of the country are days off, this year's and the next one's.

    :raises UnableToFound: if somebody was quicker, or the desk has people already
    """
    try:
        # The unique place and names let one through of two who come at the same moment.
        with transaction.atomic():
            agent = actions.make_first_administrator(
                name=name, email=email, password=password, language=language, now=now
            )
            calendar = agent.team.calendar if agent.team else Calendar(name=organisation)
            calendar.time_zone = agent.time_zone = time_zone
            calendar.week = {str(day): [[opens, closes]] for day in sorted(WEEKS[week])}
            calendar.country = country
            calendar.save()
            keep_holidays(calendar=calendar, now=now)
            agent.goodwill_currency = currency
            agent.save(update_fields=["time_zone", "goodwill_currency"])
            Organisation.objects.create(
                id=1, name=organisation, language=language, calendar=calendar, currency=currency, founded_at=now
            )
    except actions.UnableToStart as trouble:
        raise UnableToFound(str(trouble)) from trouble
    except IntegrityError as trouble:
        raise UnableToFound(_("This desk has its people already. Please sign in.")) from trouble
    return agent


@transaction.atomic
def let_in(
    *,
    name: str,
    email: str,
    role: str,
    team: Team | None,
    languages: Iterable[str],
    language: str,
    goodwill_limit: Decimal,
    goodwill_currency: str = "",
    latin_name: str = "",
    at_once: int = USUAL_AT_ONCE,
    now: datetime,
) -> Agent:
    """Let somebody in, without a password: they choose it themselves at a link.

    :raises UnableToLetIn: if the address is in use
    """
    if Agent.objects.filter(email=email).exists():
        raise UnableToLetIn(_("Somebody signs in with this address already. Look for them in the list."))
    fixed, own = own_roles.read(role)
    agent = Agent.objects.create_user(
        email=email,
        name=name,
        role=fixed,
        own_role=own,
        team=team,
        languages=list(languages),
        language=language,
        time_zone=team.calendar.time_zone if team else _zone_of_the_house(),
        goodwill_limit=goodwill_limit,
        goodwill_currency=goodwill_currency,
        latin_name=latin_name,
        at_once=at_once,
        joined_at=now,
    )
    second_factor.reckon(agents=[agent])
    return agent


def _zone_of_the_house() -> str:
    """The time zone of the first calendar: who has no team yet still works at the same place as the others."""
    return Calendar.objects.order_by("pk").values_list("time_zone", flat=True).first() or "UTC"


@transaction.atomic
def correct(
    *,
    agent: Agent,
    name: str,
    role: str,
    team: Team | None,
    languages: Iterable[str],
    goodwill_limit: Decimal,
    goodwill_currency: str = "",
    latin_name: str = "",
    at_once: int | None = None,
) -> None:
    """Correct what is known about a person.

    :raises UnableToChange: if nobody would be left to administer the desk
    """
    if role != Role.ADMINISTRATOR and _is_last_administrator(agent):
        raise UnableToChange(_("This is the only administrator. Make another one first."))
    agent.role, agent.own_role = own_roles.read(role)
    agent.name, agent.team, agent.goodwill_limit = name, team, goodwill_limit
    agent.goodwill_currency, agent.languages, agent.latin_name = goodwill_currency, list(languages), latin_name
    agent.at_once = agent.at_once if at_once is None else at_once
    written = ("name", "latin_name", "role", "own_role", "team", "goodwill_limit", "goodwill_currency", "languages")
    agent.save(update_fields=[*written, "at_once"])
    second_factor.reckon(agents=[agent])


@transaction.atomic
def let_out(*, agent: Agent, by: Agent, now: datetime) -> None:
    """Close the door behind somebody; what they said and did stays in the timelines.

    :raises UnableToLetOut: for oneself, for the only administrator, and while customers still count on this person
    """
    if agent.pk == by.pk:
        raise UnableToLetOut(_("You cannot let yourself out. Ask another administrator."))
    if _is_last_administrator(agent):
        raise UnableToLetOut(_("This is the only administrator. Make another one first."))
    try:
        actions.leave(agent=agent, now=now)
    except actions.UnableToLeave as trouble:
        raise UnableToLetOut(str(trouble)) from trouble


@transaction.atomic
def cap_all(*, on: bool, by: Agent, now: datetime) -> None:
    """Ask for every new complaint who has room, or for chats alone; who changed it is kept."""
    if Organisation.objects.exclude(caps_all=on).update(caps_all=on):
        kind = DoorEvent.Kind.CAP_ON if on else DoorEvent.Kind.CAP_OFF
        DoorEvent.objects.create(kind=kind, by=by, at=now)


def capping() -> tuple[bool, list[DoorEvent]]:
    """Whether that is asked, and who changed it, the newest first."""
    kinds = (DoorEvent.Kind.CAP_ON, DoorEvent.Kind.CAP_OFF)
    rows = DoorEvent.objects.filter(kind__in=kinds).select_related("by").order_by("-at", "-pk")[:20]
    return Organisation.objects.filter(caps_all=True).exists(), list(rows)


def let_back_in(*, agent: Agent) -> None:
    """Open the door again."""
    agent.is_active = True
    agent.save(update_fields=["is_active"])


def _is_last_administrator(agent: Agent) -> bool:
    return (
        agent.role == Role.ADMINISTRATOR
        and agent.is_active
        and not Agent.objects.select_for_update()
        .filter(role=Role.ADMINISTRATOR, is_active=True)
        .exclude(pk=agent.pk)
        .exists()
    )


@transaction.atomic
def add_holidays(*, calendar: Calendar, country: str, year: int) -> int:
    """Add the public holidays of a country and year as days off; return how many were new.

    From then on those of each next year come by themselves.

    :raises UnableToAddHolidays: if they are not known
    """
    if country not in countries():
        raise UnableToAddHolidays(_("The public holidays of “%(country)s” are not known here.") % {"country": country})
    calendar.holidays_until = max(year, calendar.holidays_until if calendar.country == country else 0)
    calendar.country = country
    added = _add(calendar, country=country, year=year)
    calendar.save(update_fields=["days_off", "country", "holidays_until"])
    return added


@transaction.atomic
def keep_holidays(*, calendar: Calendar, now: datetime) -> int:
    """Add the public holidays that follow, up to the end of next year; return how many were new.

    What somebody took out of a year that was added before stays out.
    """
    next_year = now.astimezone(ZoneInfo(calendar.time_zone)).year + 1
    if not calendar.country or calendar.holidays_until >= next_year:
        return 0
    first = max(calendar.holidays_until + 1, next_year - 1)
    added = sum(_add(calendar, country=calendar.country, year=year) for year in range(first, next_year + 1))
    calendar.holidays_until = next_year
    calendar.save(update_fields=["days_off", "holidays_until"])
    return added


def keep_all_holidays(*, now: datetime) -> int:
    """Add to every calendar the public holidays that follow; return how many days were new."""
    with_country = Calendar.objects.exclude(country="").order_by("pk")
    return sum(keep_holidays(calendar=calendar, now=now) for calendar in with_country)


def leave_holidays(*, calendar: Calendar) -> None:
    """Add no public holidays from now on; those that were added stay days off."""
    calendar.country, calendar.holidays_until = "", 0
    calendar.save(update_fields=["country", "holidays_until"])


def _add(calendar: Calendar, *, country: str, year: int) -> int:
    known = set(calendar.days_off)
    new = {day.isoformat() for day in public_holidays(country=country, year=year)} - known
    calendar.days_off = sorted(known | new)
    return len(new)


def public_holidays(*, country: str, year: int) -> list[date]:
    import holidays  # a third of a second, which hardly any page needs

    return sorted(holidays.country_holidays(country, years=year))


def countries() -> list[str]:
    """Every country whose public holidays are known, by its two letters."""
    from holidays.registry import EntityLoader  # its codes alone: else every country is read in, which takes 20 MB

    return sorted(code for code in EntityLoader.get_country_codes() if len(code) == 2 and code != "UK")


def save_calendar(
    *,
    calendar: Calendar,
    name: str,
    time_zone: str,
    week: Mapping[str, list[list[str]]],
    days_off: Iterable[str],
) -> None:
    """Keep working hours and days off; promises that are due already keep their time."""
    calendar.name, calendar.time_zone = name, time_zone
    calendar.week, calendar.days_off = dict(week), sorted(days_off)
    calendar.save()
