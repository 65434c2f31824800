"""Robots are told from people without a puzzle: a field nobody sees, and how long the writing took."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core import signing

SALT = "amends.portal.form"
QUICKEST = timedelta(seconds=3)  # nobody reads the form, writes a complaint and sends it in less
OLDEST = timedelta(days=7)  # a form that was printed into a robot's list is older


def stamp(*, now: datetime) -> str:
    """Sign the moment at which a form was shown."""
    return signing.dumps(now.timestamp(), salt=SALT)


def looks_written_by_a_person(*, stamped: str, now: datetime) -> bool:
    """Whether the form was shown by us, and long enough ago, and not too long."""
    try:
        shown = datetime.fromtimestamp(signing.loads(stamped, salt=SALT), tz=now.tzinfo)
    except (signing.BadSignature, TypeError, ValueError, OverflowError):
        return False
    return QUICKEST <= now - shown <= OLDEST
