"""What the figures are about: a span of time, and all complaints or those of one team, product, branch and so on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Protocol

import numpy as np
from django.db.models import Q, QuerySet

from amends.desk.clocks.models import CustomerGroup
from amends.desk.complaints.models import By, Complaint, Event, EventKind
from amends.desk.insight.facts import Array, code
from amends.desk.promises.models import Promise, State
from amends.desk.third_parties.models import Wait

# By which columns of a complaint the figures are narrowed, under the names that stand in the address.
NARROWED_BY: Final = ("team", "product", "branch", "channel", "language")


class Rows(Protocol):
    """Facts, by the names of their columns."""

    def __getitem__(self, name: str, /) -> Array: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """From `since` up to but without `until`; what is empty does not narrow it."""

    since: datetime
    until: datetime
    team: int | None = None
    product: int | None = None
    branch: int | None = None
    channel: str = ""
    language: str = ""
    group: Belongs | None = field(default=None, compare=False)

    @property
    def before(self) -> Frame:
        """The same length of time just before."""
        return replace(self, since=self.since - (self.until - self.since), until=self.since)

    @property
    def is_narrow(self) -> bool:
        """Whether it is about some only, of whom there may be so few that a figure would name them."""
        return self.group is not None or any(getattr(self, name) for name in NARROWED_BY)

    def within(self, since: datetime, until: datetime) -> Frame:
        """The same of a part of the span."""
        return replace(self, since=max(self.since, since), until=min(self.until, until))

    @property
    def with_before(self) -> Frame:
        """The span together with the same length of time just before."""
        return replace(self, since=self.before.since)

    def complaints(self) -> QuerySet[Complaint]:
        """Complaints received in the span."""
        span = Q(received_at__gte=self.since, received_at__lt=self.until, merged_into=None)  # merged, they are one
        return Complaint.objects.filter(self.narrowed(""), span)

    def promises(self) -> QuerySet[Promise]:
        """Promises that were kept or broken in the span; withdrawn ones are in neither."""
        return Promise.objects.filter(
            self.narrowed("complaint__"),
            state__in=[State.KEPT, State.BROKEN],
            settled_at__gte=self.since,
            settled_at__lt=self.until,
        )

    def replies(self) -> QuerySet[Event]:
        """Replies that people sent in the span."""
        return self._events(EventKind.REPLIED).filter(by=By.AGENT)

    def asked(self) -> QuerySet[Event]:
        """The moments in the span at which customers asked for a person or a manager."""
        return self._events(EventKind.ASKED_FOR_PERSON, EventKind.ASKED_FOR_MANAGER)

    def outside(self) -> QuerySet[Wait]:
        """Waits for third parties that began in the span."""
        return Wait.objects.filter(self.narrowed("complaint__"), since__gte=self.since, since__lt=self.until)

    def narrowed(self, way: str) -> Q:
        """Say of which complaints it is; `way` leads from the row in hand to its complaint."""
        told: dict[str, Any] = {f"{way}{name}": getattr(self, name) for name in NARROWED_BY if getattr(self, name)}
        return Q(**told) if self.group is None else Q(**told) & self.group(way)

    def holds(self, rows: Rows) -> Array:
        """Say of which facts it is, within a span."""
        mine: Array = np.ones(len(rows["at"]), dtype=bool)
        for name in NARROWED_BY:
            if value := getattr(self, name):
                mine &= rows[name] == (value if isinstance(value, int) else code(value))
        return mine if self.group is None else mine & self.group.holds(rows)

    def _events(self, *kinds: str) -> QuerySet[Event]:
        return Event.objects.filter(self.narrowed("complaint__"), kind__in=kinds, at__gte=self.since, at__lt=self.until)


type Spending = tuple[Decimal, str]  # at least so much a year, in this currency; in any where it is empty


@dataclass(frozen=True, slots=True, kw_only=True)
class Belongs:
    """Of which customers a group is: those put into it, and those in no group by name whom it is the first for."""

    group: int
    spends: Spending | None
    before: tuple[Spending, ...]  # of groups that come first

    def __call__(self, way: str) -> Q:
        """Say it of rows in the database, by the way from the row in hand to its complaint."""
        customer = f"{way}customer__"
        by_name = Q(**{f"{customer}group_member__group": self.group})
        if self.spends is None:
            return by_name
        spends = Q(**{f"{customer}group_member__isnull": True}) & _spends(self.spends, customer)
        for other in self.before:
            spends &= ~_spends(other, customer)
        return by_name | spends

    def holds(self, rows: Rows) -> Array:
        """Say it of facts."""
        by_name: Array = rows["group"] == self.group
        if self.spends is None:
            return by_name
        spends = (rows["group"] == 0) & _is_spent(self.spends, rows)
        for other in self.before:
            spends &= ~_is_spent(other, rows)
        return by_name | spends


def belongs(group: CustomerGroup, *, groups: list[CustomerGroup]) -> Belongs:
    """Say of which customers a group is; it takes the groups before it to tell."""
    before = [_spending(other) for other in groups[: groups.index(group)]]
    return Belongs(group=group.pk, spends=_spending(group), before=tuple(one for one in before if one is not None))


def _spending(group: CustomerGroup) -> Spending | None:
    return None if group.spends_from is None else (group.spends_from, group.currency)


def _spends(least: Spending, customer: str) -> Q:
    enough = Q(**{f"{customer}yearly_value__gte": least[0]})
    return enough & Q(**{f"{customer}currency": least[1]}) if least[1] else enough


def _is_spent(least: Spending, rows: Rows) -> Array:
    enough: Array = rows["spends"] >= int(least[0] * 100)
    return enough & (rows["currency"] == code(least[1])) if least[1] else enough
