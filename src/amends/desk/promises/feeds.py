"""Calendar feeds at secret addresses: made, shown once, revoked, read."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from amends.desk.complaints.visible import visible_to
from amends.desk.people.models import Agent, Team
from amends.desk.promises.icalendar import Entry, calendar
from amends.desk.promises.models import Feed, Promise, State

BACK = timedelta(days=14)
MOST = 500


class UnableToShare(Exception):
    """The feed is of somebody else, or of a team that one is not in."""


def new_token() -> str:
    return secrets.token_urlsafe(32)


def make(
    *, by: Agent, team: Team | None = None, now: datetime, token: Callable[[], str] = new_token
) -> tuple[Feed, str]:
    """Make a feed of one's own promises, or of one's team's; return it with the secret part of its address.

    :raises UnableToShare: for a team that one neither belongs to nor administers
    """
    if team is not None and team.pk != by.team_id and not by.is_staff:
        raise UnableToShare(_("You can share the promises of your own team only."))
    secret = token()
    feed = Feed.objects.create(
        digest=_digest(secret), agent=None if team is not None else by, team=team, made_by=by, made_at=now
    )
    return feed, secret


def revoke(*, feed: Feed, by: Agent, now: datetime) -> None:
    """Close an address for ever.

    :raises UnableToShare: if it is somebody else's
    """
    if not may_revoke(feed=feed, by=by):
        raise UnableToShare(_("This feed is somebody else's."))
    Feed.objects.filter(pk=feed.pk, revoked_at=None).update(revoked_at=now)


def may_revoke(*, feed: Feed, by: Agent) -> bool:
    return by.is_staff or by.pk in {feed.agent_id, feed.made_by_id}


def of(*, agent: Agent) -> list[Feed]:
    """The feeds that somebody may see: their own, their team's, and every one for an administrator."""
    feeds = Feed.objects.filter(revoked_at=None).select_related("agent", "team", "made_by").order_by("made_at")
    return list(feeds if agent.is_staff else feeds.filter(Q(agent=agent) | Q(team=agent.team_id, team__isnull=False)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A feed, written."""

    text: str
    language: str


def read(*, secret: str, now: datetime) -> Read | None:
    """Write the feed of an address; None for one that was never given or is revoked, or whose owner has left."""
    feed = (
        Feed.objects.filter(digest=_digest(secret), revoked_at=None, made_by__is_active=True)
        .select_related("agent", "team__calendar", "made_by")
        .first()
    )
    if feed is None or (feed.agent is not None and not feed.agent.is_active):
        return None
    Feed.objects.filter(pk=feed.pk).update(read_at=now)
    # Whoever holds the address reads what its maker sees today: who left a closed team shares nothing of it any more.
    promises = Promise.objects.filter(Q(state=State.OPEN) | Q(state=State.BROKEN, settled_at__gt=now - BACK))
    promises = promises.filter(visible_to(feed.made_by, "complaint__"))
    if feed.agent is not None:
        promises, zone = promises.filter(complaint__owner=feed.agent), ZoneInfo(feed.agent.time_zone)
    else:
        assert feed.team is not None  # noqa: S101 - the table says so
        promises, zone = promises.filter(complaint__team=feed.team), ZoneInfo(feed.team.calendar.time_zone)
    language = feed.made_by.language
    with translation.override(language):
        name = _("Promises of %(name)s") % {"name": feed.agent.name if feed.agent is not None else str(feed.team)}
        entries = [
            _entry(promise, zone, of_a_team=feed.agent is None)
            for promise in promises.select_related("complaint__owner").order_by("due_at", "pk")[:MOST]
        ]
        return Read(text=calendar(entries, name=name, alarm=_("A promise falls due"), now=now), language=language)


def _entry(promise: Promise, zone: ZoneInfo, *, of_a_team: bool) -> Entry:
    number = promise.complaint.number
    title = f"#{number} {promise.words}"
    if promise.state == State.BROKEN:
        title = _("Broken: %(promise)s") % {"promise": title}
    if of_a_team:
        title = f"{promise.complaint.owner.name}: {title}"
    return Entry(
        uid=f"promise-{promise.pk}@amends",
        title=title,
        due=promise.due_at,
        day=promise.due_at.astimezone(zone).date() if promise.whole_day else None,
        link=f"{settings.ADDRESS}{reverse('workplace:complaint', args=[number])}",
        changed=promise.moved,
    )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
