"""What the figures are about: a span of time, and all teams or one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import QuerySet

from amends.desk.complaints.models import By, Complaint, Event, EventKind
from amends.desk.people.models import Team
from amends.desk.promises.models import Promise, State

PERIODS = (30, 90, 365)
BUCKETS = {30: 6, 90: 13, 365: 12}  # how many columns a trend has: five days, a week, about a month


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """From `since` up to but without `until`."""

    since: datetime
    until: datetime
    team: int | None = None

    @property
    def before(self) -> Frame:
        """The same length of time just before."""
        return replace(self, since=self.since - (self.until - self.since), until=self.since)

    def complaints(self) -> QuerySet[Complaint]:
        """Complaints received in the span."""
        return self._of_team(Complaint.objects.filter(received_at__gte=self.since, received_at__lt=self.until))

    def promises(self) -> QuerySet[Promise]:
        """Promises that were kept or broken in the span; withdrawn ones are in neither."""
        settled = Promise.objects.filter(
            state__in=[State.KEPT, State.BROKEN], settled_at__gte=self.since, settled_at__lt=self.until
        )
        return settled.filter(complaint__team=self.team) if self.team else settled

    def replies(self) -> QuerySet[Event]:
        """Replies that people sent in the span."""
        return self._events(EventKind.REPLIED).filter(by=By.AGENT)

    def asked(self) -> QuerySet[Event]:
        """The moments in the span at which customers asked for a person or a manager."""
        return self._events(EventKind.ASKED_FOR_PERSON, EventKind.ASKED_FOR_MANAGER)

    def _events(self, *kinds: str) -> QuerySet[Event]:
        events = Event.objects.filter(kind__in=kinds, at__gte=self.since, at__lt=self.until)
        return events.filter(complaint__team=self.team) if self.team else events

    def _of_team(self, complaints: QuerySet[Complaint]) -> QuerySet[Complaint]:
        return complaints.filter(team=self.team) if self.team else complaints


def frame(*, days: int, team: int | None, now: datetime) -> Frame:
    """The span of the last days, up to now."""
    return Frame(since=now - timedelta(days=days), until=now, team=team)


def teams() -> list[tuple[int, str]]:
    return list(Team.objects.order_by("name").values_list("pk", "name"))
