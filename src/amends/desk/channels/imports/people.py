"""Who of another desk is whom here: by address, by the list that came along, or kept as somebody who has left."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from amends.desk.customers.actions import same_email
from amends.desk.customers.words import one_line
from amends.desk.people.models import Agent
from amends.intake.desks import Person

ELSEWHERE = "elsewhere.invalid"  # no letter goes there (RFC 2606)


def address_of(person: Person, *, people: Mapping[str, str]) -> str:
    """The address here of somebody there; empty where nothing names them."""
    for key in (same_email(person.email), person.name.strip()):
        if key and key in people:
            return same_email(people[key])
    return same_email(person.email)


def find(person: Person, *, people: Mapping[str, str]) -> Agent | None:
    """The colleague who is meant, whether they still work here or not."""
    address = address_of(person, people=people) or _made_up(person)
    return Agent.objects.filter(email__iexact=address).first() if address else None


def find_or_keep(person: Person, *, people: Mapping[str, str], desk: str) -> Agent:
    """The colleague who is meant; one who is not known is kept by name, as somebody who has left and cannot sign in."""
    found = find(person, people=people)
    if found is not None:
        return found
    person = person if person.email or person.name.strip() else Person(name=desk)
    address = address_of(person, people=people) or _made_up(person)
    name = one_line(person.name, limit=150) or one_line(address.partition("@")[0], limit=150)
    known = Agent.objects.filter(email__iexact=address).first()
    return known or Agent.objects.create_user(email=address[:254], name=name, is_active=False)


def _made_up(person: Person) -> str:
    name = person.name.strip()
    return f"{sha256(name.encode()).hexdigest()[:20]}@{ELSEWHERE}" if name else ""
