"""Robots are told from people without a puzzle: a field nobody sees, and how long the writing took."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from django.core import signing

Doubt = Literal["", "hasty", "old", "unmarked"]

SALT = "amends.portal.form"
QUICKEST = timedelta(seconds=3)  # nobody reads the form, writes a complaint and sends it in less
OLDEST = timedelta(days=7)  # a form that was printed into a robot's list is older


def stamp(*, now: datetime) -> str:
    """Sign the moment at which a form was shown."""
    return signing.dumps(now.timestamp(), salt=SALT)


def doubt(*, stamped: str, now: datetime) -> Doubt:
    """Why a form may not be a person's: filled in too quickly, shown too long ago, or not shown by us; else nothing."""
    shown = _shown(stamped, now)
    if shown is None or shown > now:
        return "unmarked"
    if now - shown < QUICKEST:
        return "hasty"
    return "old" if now - shown > OLDEST else ""


def stamp_again(*, stamped: str, now: datetime) -> str:
    """Keep the mark of a form that is shown once more, so that who mends one field is not too quick; or make a new one.

    A robot that answers at once gains nothing by it: its mark is as young as before.
    """
    return stamped if doubt(stamped=stamped, now=now) in {"", "hasty"} else stamp(now=now)


def _shown(stamped: str, now: datetime) -> datetime | None:
    try:
        return datetime.fromtimestamp(signing.loads(stamped, salt=SALT), tz=now.tzinfo)
    except (signing.BadSignature, TypeError, ValueError, OverflowError):
        return None
