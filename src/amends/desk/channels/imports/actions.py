"""Bringing complaints from another desk: what is here already, what would come, and bringing it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from amends.desk.channels import actions as channels
from amends.desk.channels.imports import people
from amends.desk.channels.imports.models import Brought
from amends.desk.channels.imports.record import Record
from amends.desk.channels.imports.writing import FROM
from amends.desk.channels.models import Arrival, ArrivalState
from amends.desk.channels.problems import describe
from amends.desk.complaints.models import Channel, EventContent
from amends.desk.customers.actions import same_email, same_phone
from amends.desk.customers.models import ContactWay
from amends.intake.desks import DESKS, Bundle, Case, LeftOut


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where complaints come from, and who of there is whom here."""

    desk: str
    source: str
    people: Mapping[str, str] = field(default_factory=dict)

    def record(self, bundle: Bundle) -> Record:
        return Record(
            desk=self.desk,
            source=self.source,
            case=bundle.case[:150],
            stamp=bundle.stamp,
            where=bundle.where,
            people=self.people,
            body=bundle.body,
        )


def is_known(*, source: str, case: str, stamp: str) -> bool:
    """Whether a complaint of another desk is here as it is there now."""
    return Brought.objects.filter(source=source, case=case[:150], stamp=stamp[:100]).exists()


def bring(*, bundle: Bundle, home: Home, now: datetime) -> Arrival:
    """Keep a complaint of another desk raw, and write it into the timeline; twice is once.

    Not to be called within a transaction.
    """
    record = home.record(bundle)
    arrival = channels.keep_raw(channel=Channel.MAIL, identity=record.identity(), raw=record.to_raw(), now=now)
    if arrival.state in {ArrivalState.WAITING, ArrivalState.PARKED}:
        channels.take_in(arrival=arrival, now=now)
        arrival.refresh_from_db()
    return arrival


@dataclass(slots=True)
class Plan:
    """What would come, counted."""

    home: Home
    new: int = 0
    more: int = 0  # known, with something new in them
    same: int = 0
    messages: Counter[str] = field(default_factory=Counter)
    files: int = 0
    file_bytes: int = 0
    states: Counter[tuple[str, str]] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    unreadable: list[str] = field(default_factory=list)
    agents: dict[str, str] = field(default_factory=dict)  # as they are called there -> here, or empty
    _addresses: set[str] = field(default_factory=set)
    known_customers: int = 0
    new_customers: int = 0
    nameless: int = 0  # customers without any address

    def count(self, bundle: Bundle) -> None:
        """Count one complaint as it would be taken in."""
        try:
            case = DESKS[self.home.desk].case(bundle.body)
        except LeftOut as left:
            self.left_out[str(left)] += 1
            return
        except (ValueError, KeyError, TypeError) as error:
            self.unreadable.append(f"{bundle.where or bundle.case}: {error}")
            return
        here = self._here(bundle)
        fresh = [one for one in case.messages if f"{self.home.source} {one.id}"[:300] not in here]
        if not here:
            self.new += 1
            self._customer(case)
        elif fresh:
            self.more += 1
        else:
            self.same += 1
        self.states[case.their_state, case.state] += 1
        self.messages.update(one.kind for one in fresh)
        for paper in (paper for one in fresh for paper in one.papers):
            self.files += 1
            self.file_bytes += len(paper.content or b"")
        for person in (case.owner, *(one.by for one in case.messages if one.kind in {"reply", "note", "call"})):
            if person is not None and (said := person.email or person.name):
                found = people.find(person, people=self.home.people)
                self.agents[said] = found.name if found is not None else ""

    def _here(self, bundle: Bundle) -> set[str]:
        known = Brought.objects.filter(source=self.home.source, case=bundle.case[:150]).first()
        if known is None or known.complaint_id is None:
            return set()
        told = EventContent.objects.filter(event__complaint=known.complaint_id).values_list("data", flat=True)
        return {str(data[FROM]) for data in told if data and FROM in data}

    def _customer(self, case: Case) -> None:
        ways = [same_email(case.customer.email), same_phone(case.customer.phone)]
        ways = [way for way in ways if way]
        if not ways:
            self.nameless += 1
        elif not self._addresses.isdisjoint(ways) or ContactWay.objects.filter(value__in=ways).exists():
            self.known_customers += not set(ways) <= self._addresses
        else:
            self.new_customers += 1
        self._addresses.update(ways)


def what_became(arrival: Arrival) -> str:
    """Say in one line what a complaint became here."""
    if arrival.state == ArrivalState.TAKEN_IN and arrival.event is not None:
        return f"complaint {arrival.event.complaint.number}"
    return describe(arrival.problem)
