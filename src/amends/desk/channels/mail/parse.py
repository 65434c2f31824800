"""Raw mail into plain values, within the desk's limits; the reading itself is pure and lives in `intake`."""

from __future__ import annotations

from django.conf import settings

from amends.desk.channels.problems import UnableToTakeIn
from amends.intake import mail
from amends.intake.mail import Limits, ParsedMail, UnableToParse


def parse(raw: bytes) -> ParsedMail:
    """Read a raw mail.

    :raises UnableToTakeIn: when a person has to look at it
    """
    try:
        return mail.parse(raw, limits=Limits(mail=settings.MAIL_LIMIT, file=settings.ATTACHMENT_LIMIT))
    except UnableToParse as error:
        raise UnableToTakeIn(error.code, error.detail) from error
