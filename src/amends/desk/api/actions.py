"""Making and ending tokens, keeping answers, and naming the addresses that hear what happens."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Case, F, Max, Q, Value, When
from django.utils.translation import gettext as _

from amends.desk.api.models import USUAL_LIMIT, Answer, Endpoint, Message, Token
from amends.desk.api.scopes import PERSONAL, Scope
from amends.desk.complaints.models import Event, EventKind
from amends.desk.customers.words import one_line
from amends.desk.people.models import Agent
from amends.desk.remedies.hooks import new_secret
from amends.desk.remedies.line import refusal
from amends.desk.remedies.models import DeliveryState

PREFIX: Final = "amends_"
MOST_A_MINUTE: Final = 6000
ANSWERS_KEPT: Final = timedelta(days=7)
MESSAGES_KEPT: Final = timedelta(days=30)

# What an address can hear of: what happens to people, not how the desk keeps house.
KINDS: Final = (
    EventKind.RECEIVED,
    EventKind.CUSTOMER_WROTE,
    EventKind.REPLIED,
    EventKind.CALLED,
    EventKind.NOTED,
    EventKind.HANDED_OVER,
    EventKind.WAITING_ON_THIRD_PARTY,
    EventKind.PROMISE_MADE,
    EventKind.PROMISE_KEPT,
    EventKind.PROMISE_BROKEN,
    EventKind.PROMISE_MOVED,
    EventKind.PROMISE_WITHDRAWN,
    EventKind.REMEDY_PLANNED,
    EventKind.REMEDY,
    EventKind.REMEDY_DROPPED,
    EventKind.ASKED_FOR_PERSON,
    EventKind.ASKED_FOR_MANAGER,
    EventKind.ASKED_FOR_CALL,
    EventKind.CONTENT,
    EventKind.NOT_CONTENT,
    EventKind.RATED,
    EventKind.CAUSE_CONFIRMED,
    EventKind.CLOSED,
    EventKind.REOPENED,
    EventKind.ERASED,
)


class UnableToMakeToken(Exception):
    """A token needs a name, a person who works here, and something that it may do."""


class UnableToTell(Exception):
    """The address cannot be used; the message says why."""


# ── Tokens ───────────────────────────────────────────────────────────────────


def make_token(
    *,
    name: str,
    agent: Agent,
    scopes: Sequence[str],
    by: Agent,
    now: datetime,
    per_minute: int = USUAL_LIMIT,
    expires_at: datetime | None = None,
) -> tuple[Token, str]:
    """Make a token and return it with its words, which are kept nowhere and can be shown only now.

    :raises UnableToMakeToken: if something is missing, it would have ended already, or it opens what is another's own
    """
    name = one_line(name, limit=100)
    if not name:
        raise UnableToMakeToken(_("Give it a name by which you will know which program has it."))
    if not agent.is_active:
        raise UnableToMakeToken(_("%(name)s does not work here any more. Choose somebody else.") % {"name": agent.name})
    chosen = [scope.value for scope in Scope if scope.value in scopes]
    if not chosen or len(chosen) != len(set(scopes)):
        raise UnableToMakeToken(_("Choose at least one thing that it may do."))
    if by.pk != agent.pk and PERSONAL & set(chosen):
        raise UnableToMakeToken(
            _("What is a person's own is opened by nobody for them. Only %(name)s can make this token.")
            % {"name": agent.name}
        )
    if not 1 <= per_minute <= MOST_A_MINUTE:
        raise UnableToMakeToken(_("Choose a limit from 1 to %(most)s calls a minute.") % {"most": MOST_A_MINUTE})
    if expires_at is not None and expires_at <= now:
        raise UnableToMakeToken(_("The day on which it ends has passed already."))
    words = PREFIX + secrets.token_urlsafe(32)
    token = Token.objects.create(
        name=name,
        digest=digest_of(words),
        hint=words[-4:],
        agent=agent,
        scopes=chosen,
        per_minute=per_minute,
        made_by=by,
        made_at=now,
        expires_at=expires_at,
    )
    return token, words


def end_token(*, token: Token, by: Agent, now: datetime) -> None:
    """End a token: it opens nothing from this moment on. Ending it twice changes nothing."""
    Token.objects.filter(pk=token.pk, ended_at__isnull=True).update(ended_at=now, ended_by=by)


def digest_of(words: str) -> str:
    """The digest under which a token is looked up: it is random and long, so that nobody finds it by trying."""
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()


def count_call(*, token: Token, now: datetime) -> int:
    """Count a call of the minute that is running, in one statement; return how many seconds to wait, mostly none."""
    minute = now.replace(second=0, microsecond=0)
    another = Q(minute_at__isnull=True) | ~Q(minute_at=minute)
    counted = Token.objects.filter(another | Q(minute_calls__lt=F("per_minute")), pk=token.pk).update(
        minute_calls=Case(When(minute_at=minute, then=F("minute_calls") + 1), default=Value(1)),
        minute_at=minute,
        seen_at=now,
    )
    return 0 if counted else max(1, 60 - now.second)


# ── Answers that were given ──────────────────────────────────────────────────


def keep_answer(*, token: Token, key: str, asked: str, status: int, body: Any, now: datetime) -> Answer:
    """Keep what a call with a key was answered; where somebody was quicker, theirs stands."""
    try:
        with transaction.atomic():
            return Answer.objects.create(token=token, key=key, asked=asked, status=status, body=body, at=now)
    except IntegrityError:
        return Answer.objects.get(token=token, key=key)


def forget_old(*, now: datetime) -> int:
    """Forget answers and messages that nobody asks for any more; return how many."""
    old, _each = Answer.objects.filter(at__lt=now - ANSWERS_KEPT).delete()
    told = Message.objects.exclude(state=DeliveryState.WAITING).filter(at__lt=now - MESSAGES_KEPT)
    gone, _each = told.delete()
    return old + gone


# ── Addresses that hear what happens ─────────────────────────────────────────


def set_up(*, name: str, address: str, kinds: Sequence[str], by: Agent, now: datetime) -> Endpoint:
    """Begin to tell an address of what happens from now on.

    :raises UnableToTell: if we may not write there, or it would hear of nothing
    """
    name, chosen = one_line(name, limit=100), _kinds(kinds)
    if not name:
        raise UnableToTell(_("Give it a name by which you will know what listens there."))
    if why := refusal(address):
        raise UnableToTell(why)
    newest = Event.objects.aggregate(newest=Max("pk"))["newest"] or 0
    return Endpoint.objects.create(
        name=name, address=address, kinds=chosen, secret=new_secret(), after_event=newest, made_by=by, made_at=now
    )


def choose_kinds(*, endpoint: Endpoint, kinds: Sequence[str]) -> None:
    """Say anew of what an address hears.

    :raises UnableToTell: if it would hear of nothing
    """
    Endpoint.objects.filter(pk=endpoint.pk).update(kinds=_kinds(kinds))


def switch(*, endpoint: Endpoint, on: bool) -> None:
    """Tell an address no more, or again: what happened in between is not told, what waited goes out."""
    newest = Event.objects.aggregate(newest=Max("pk"))["newest"] or 0
    Endpoint.objects.filter(pk=endpoint.pk, is_on=not on).update(is_on=on, **({"after_event": newest} if on else {}))


def take_away(*, endpoint: Endpoint) -> None:
    """Forget an address, and its log."""
    Endpoint.objects.filter(pk=endpoint.pk).delete()


def try_out(*, endpoint: Endpoint, now: datetime) -> Message:
    """Write a message that is about nothing, to see whether it arrives."""
    return Message.objects.create(endpoint=endpoint, identity=new_identity(), at=now, next_at=now)


def send_again(*, message: Message, now: datetime) -> None:
    """Send a message once more, whether it arrived or not; it keeps its identity."""
    Message.objects.filter(pk=message.pk).update(state=DeliveryState.WAITING, attempts=0, next_at=now)


def new_identity() -> str:
    """Name a message: the other side drops by it what it had already."""
    return f"msg_{uuid.uuid4().hex}"


def _kinds(kinds: Sequence[str]) -> list[str]:
    chosen = [kind.value for kind in KINDS if kind.value in kinds]
    if not chosen:
        raise UnableToTell(_("Choose at least one thing that it hears of."))
    return chosen
