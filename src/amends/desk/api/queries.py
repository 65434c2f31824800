"""What the pages and the routes of this room read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from amends.desk.api.actions import KINDS
from amends.desk.api.models import Endpoint, Message, Token
from amends.desk.api.scopes import Scope
from amends.desk.complaints import search
from amends.desk.complaints.models import Complaint, Event, EventKind
from amends.desk.complaints.visible import visible
from amends.desk.customers.actions import same_email, same_phone
from amends.desk.customers.models import ContactWay, Customer
from amends.desk.people.models import Agent
from amends.desk.remedies.models import DeliveryState

MOST_FOUND: Final = 50
LOOKED_AT: Final = 200
LOGGED: Final = 50
NO_WORDS: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRow:
    """One token as administrators see it."""

    id: int
    name: str
    hint: str
    agent_name: str
    agent_left: bool
    scopes: list[str]
    per_minute: int
    made_by: str
    made_at: datetime
    expires_at: datetime | None
    ended_at: datetime | None
    seen_at: datetime | None
    holds: bool


def tokens(*, now: datetime, agent: Agent | None = None) -> list[TokenRow]:
    """List the tokens, or those that act for one person: those that hold first, the newest on top."""
    words = dict(Scope.choices)
    found = tokens_by_use(now=now)
    return [token_row(one, words=words, now=now) for one in (found if agent is None else found.filter(agent=agent))]


def tokens_by_use(*, now: datetime) -> QuerySet[Token]:
    """Tokens, those that hold first, the newest on top."""
    over = Q(ended_at__isnull=False) | Q(expires_at__isnull=False, expires_at__lte=now) | Q(agent__is_active=False)
    rows = Token.objects.select_related("agent", "made_by").annotate(is_over=over)
    return rows.order_by("is_over", "-made_at", "-pk")


def token_row(one: Token, *, words: Mapping[str, Any] = NO_WORDS, now: datetime) -> TokenRow:
    """Tell of a token, with its scopes in the reader's words where there are `words` for them."""
    return TokenRow(
        id=one.pk,
        name=one.name,
        hint=one.hint,
        agent_name=one.agent.name,
        agent_left=not one.agent.is_active,
        scopes=[str(words.get(scope, scope)) for scope in one.scopes],
        per_minute=one.per_minute,
        made_by=one.made_by.name,
        made_at=one.made_at,
        expires_at=one.expires_at,
        ended_at=one.ended_at or (one.expires_at if not one.holds(now) else None),
        seen_at=one.seen_at,
        holds=one.holds(now) and one.agent.is_active,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointRow:
    """One address with what it hears and how it is."""

    id: int
    name: str
    address: str
    secret: str
    kinds: list[str]
    is_on: bool
    waiting: int
    trouble: bool  # the last message that was tried did not arrive


def endpoints() -> list[EndpointRow]:
    """List the addresses by name."""
    words = {kind.value: str(kind.label) for kind in KINDS}
    rows = []
    for one in Endpoint.objects.order_by("name", "pk"):
        messages = Message.objects.filter(endpoint=one)
        last = messages.exclude(attempts=0).order_by("-pk").values_list("state", flat=True).first()
        rows.append(
            EndpointRow(
                id=one.pk,
                name=one.name,
                address=one.address,
                secret=one.secret,
                kinds=[words[kind] for kind in one.kinds if kind in words],
                is_on=one.is_on,
                waiting=messages.filter(state=DeliveryState.WAITING).count(),
                trouble=last is not None and last != DeliveryState.DELIVERED,
            )
        )
    return rows


def log() -> QuerySet[Message]:
    """Messages to webhooks, the newest first."""
    return Message.objects.select_related("endpoint", "event__complaint").order_by("-at", "-pk")


def about(message: Message) -> str:
    """Say what a message tells, as programs read it."""
    return f"complaint.{message.event.kind}" if message.event is not None else str(_("a trial"))


def find_customers(*, words: str = "", email: str = "", phone: str = "") -> list[Customer]:
    """Find customers by address, by number, or by words of their name; at most fifty, nobody who was erased."""
    known = Customer.objects.filter(erased_at__isnull=True)
    if email:
        known = known.filter(contact_ways__kind=ContactWay.Kind.EMAIL, contact_ways__value=same_email(email))
    if phone:
        known = known.filter(contact_ways__kind=ContactWay.Kind.PHONE, contact_ways__value=same_phone(phone))
    if not words.strip():
        return list(known.distinct().order_by("pk")[:MOST_FOUND])
    wanted = list(search.words_of([words]))
    near = search.matching(Complaint.objects.filter(visible()), words).order_by("-received_at")
    ids = list(near.values_list("customer_id", flat=True)[:LOOKED_AT])
    return [one for one in known.filter(pk__in=ids).distinct().order_by("pk") if _is_called(one, wanted)][:MOST_FOUND]


def _is_called(customer: Customer, wanted: list[str]) -> bool:
    names = list(search.words_of([customer.name]))
    return bool(wanted) and all(any(name.startswith(word) for name in names) for word in wanted)


def customer(*, pk: int) -> Customer | None:
    """Return a customer with how they are reached; nobody who was erased."""
    ways = Prefetch("contact_ways", ContactWay.objects.order_by("kind", "pk"))
    return Customer.objects.filter(pk=pk, erased_at__isnull=True).prefetch_related(ways).first()


def numbers_of(*, customer: Customer) -> list[int]:
    """Return the numbers of a customer's complaints, the newest first."""
    found = Complaint.objects.filter(visible(), customer=customer).order_by("-received_at", "-pk")
    return list(found.values_list("number", flat=True)[:MOST_FOUND])


def notes_of(*, complaint: Complaint) -> QuerySet[Event]:
    """Return what was noted for colleagues, in order."""
    noted = Event.objects.filter(complaint=complaint, kind=EventKind.NOTED)
    return noted.select_related("content", "agent").order_by("sequence")


def last_event_of(*, complaint: Complaint) -> int:
    """Return the id of the newest event of a complaint."""
    newest = Event.objects.filter(complaint=complaint).order_by("-sequence").values_list("pk", flat=True).first()
    return newest or 0


def people() -> QuerySet[Agent]:
    """Everybody who works here, by name: whom a program can hand over to."""
    return Agent.objects.filter(is_active=True).select_related("team").order_by("name", "pk")
