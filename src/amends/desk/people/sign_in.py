"""Signing in and getting a new password, safe against guessing without any service beside the database."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from amends.desk.people.models import Agent, SignInAttempt
from amends.desk.web.wording import digits_of_reader

log = logging.getLogger("amends.people.sign-in")  # people by their numbers, never what was typed

WINDOW = timedelta(minutes=15)
KEPT = timedelta(hours=1)

# A stranger who guesses must not lock the owner of the address out, so the tight limit counts address and place
# together; the wide ones stop a guesser with many places, and one place that tries many addresses.
FOR_ONE_PERSON_FROM_ONE_PLACE = 5
FROM_ONE_PLACE = 30
FOR_ONE_PERSON = 50


class UnableToSignIn(Exception):
    """Too many attempts; the message says when to try again."""


@transaction.atomic
def knock(*, email: str, source: str | None, now: datetime, for_one_person: int = FOR_ONE_PERSON) -> None:
    """Count an attempt before the password is looked at, so that attempts made at once count too.

    :raises UnableToSignIn: when there were too many within a quarter of an hour
    """
    digest = _digest(email)
    SignInAttempt.objects.filter(at__lt=now - KEPT).delete()
    recent = SignInAttempt.objects.filter(at__gt=now - WINDOW)
    here = recent.filter(source=source)
    full = [
        attempts.order_by("-at")
        for attempts, limit in (
            (here.filter(digest=digest), FOR_ONE_PERSON_FROM_ONE_PLACE),
            (here, FROM_ONE_PLACE),
            (recent.filter(digest=digest), for_one_person),
        )
        if attempts.count() >= limit
    ]
    if not full:
        SignInAttempt.objects.create(digest=digest, source=source, at=now)
        return
    log.warning("Sign-in: too many tries from %s", source)
    last = max(attempts.values_list("at", flat=True)[0] for attempts in full)
    minutes = max(1, -(-(last + WINDOW - now) // timedelta(minutes=1)))
    raise UnableToSignIn(
        ngettext(
            "Too many attempts. Try again in %(minutes)s minute, or ask for a new password.",
            "Too many attempts. Try again in %(minutes)s minutes, or ask for a new password.",
            minutes,
        )
        % {"minutes": digits_of_reader(minutes)}
    )


def forget_attempts(*, email: str, source: str | None) -> None:
    """Start counting anew for somebody who has just signed in."""
    SignInAttempt.objects.filter(digest=_digest(email), source=source).delete()


def look_at_password(password: str, *, agent: Agent, source: str | None, now: datetime) -> None:
    """Ask somebody who is signed in for their password again, so that nobody acts at a desk that was left open.

    :raises UnableToSignIn: if the password is wrong, or was tried too often
    """
    knock(email=agent.email, source=source, now=now)
    if not agent.check_password(password):
        raise UnableToSignIn(_("This is not your password now. Write it once more."))
    forget_attempts(email=agent.email, source=source)


def _digest(email: str) -> str:
    return sha256(email.encode()).hexdigest()


def new_password_link(*, agent: Agent) -> str:
    """Return the address at which this person chooses a password, once, within three days.

    It is built from the desk's own address and never from a request, whose host anybody may write.
    """
    where = reverse(
        "people:new-password",
        kwargs={
            "uidb64": urlsafe_base64_encode(force_bytes(agent.pk)),
            "token": default_token_generator.make_token(agent),
        },
    )
    return f"{settings.ADDRESS}{where}"


def sends_mail() -> bool:
    """Whether this desk has a mail server, so that a link can go by mail."""
    return bool(settings.SMTP)
