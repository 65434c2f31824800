"""The public form: kept raw, then read. The page itself, and telling robots by their haste, is the portal's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db.models import CharField, QuerySet
from django.utils.translation import gettext as _

from amends.desk.channels import actions as channels
from amends.desk.channels.comings import may_come
from amends.desk.channels.form.record import to_record
from amends.desk.channels.models import Arrival
from amends.desk.complaints.actions import Upload
from amends.desk.complaints.models import Channel, Complaint
from amends.desk.web import questions
from amends.desk.web.questions import Blank

FIELDS = ("name", "email", "phone", "subject", "text", "wish", "language", "zone")
MOST_IN_AN_HOUR = 30  # from one address: a family or an office behind one line may complain, a robot sends hundreds


class UnableToTakeForm(Exception):
    """The form did not become a complaint; the message tells the customer what to do."""


def take_in_form(
    *, data: Mapping[str, str], files: Iterable[UploadedFile[Any]], now: datetime, address: str = ""
) -> Complaint:
    """Take in a form: fields of FIELDS, and `token`, the form's own random key, so that sending twice is sending once.

    `address` is where it came from, for counting only. Not to be called within a transaction.

    :raises UnableToTakeForm: if it was kept but could not be read, or too many came from there
    """
    fields = {name: str(data.get(name, "")) for name in FIELDS}
    kept = [Upload(name=file.name or "file", media_type=file.content_type or "", body=_whole(file)) for file in files]
    record = to_record(fields=fields, files=kept)
    identity = _identity(str(data.get("token", ""))) or f"form {sha256(record).hexdigest()}"
    if not questions.ask("arrival of a name", _of_name, identity=identity):
        _refuse_floods(address, now=now)
    arrival = channels.keep_raw(channel=Channel.FORM, identity=identity, raw=record, now=now)
    event = channels.take_in_or_leave(arrival=arrival, now=now)
    if event is None:
        raise UnableToTakeForm(
            _(
                "We have kept what you wrote, and a person will look at it, but it has no number yet. "
                "If you do not hear from us within a day, please write to %(address)s."
            )
            % {"address": settings.MAIL_FROM}
        )
    return event.complaint


def taken_before(*, token: str) -> Complaint | None:
    """The complaint that the form of this key opened before, if it did."""
    identity = _identity(token)
    if not identity:
        return None
    if not questions.ask("arrival of a name", _of_name, identity=identity):
        return None
    arrival = Arrival.objects.filter(identity=identity).select_related("event__complaint__customer").first()
    return arrival.event.complaint if arrival is not None and arrival.event is not None else None


def _of_name() -> QuerySet[Arrival, Any]:
    return Arrival.objects.filter(identity=Blank("identity", CharField())).values_list("pk")


def _identity(token: str) -> str:
    return f"form {token[:100]}" if token else ""


def _whole(file: UploadedFile[Any]) -> bytes:
    file.seek(0)
    return bytes(file.read())


def _refuse_floods(address: str, *, now: datetime) -> None:
    if not may_come(door="form", address=address, most=MOST_IN_AN_HOUR, now=now):
        raise UnableToTakeForm(
            _("Very many complaints came from your connection. Please try again in an hour, or write to %(address)s.")
            % {"address": settings.MAIL_FROM}
        )
