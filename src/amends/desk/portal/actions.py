"""What a customer does on their page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from amends.desk.channels import acknowledgement, outbox
from amends.desk.channels.form import page
from amends.desk.channels.next_word import release_next_word
from amends.desk.complaints import actions as complaints
from amends.desk.complaints.actions import Upload
from amends.desk.complaints.models import Channel, Complaint, EventKind, Stage
from amends.desk.customers.words import storable
from amends.desk.people.face import spoken
from amends.desk.reaching import actions as reaching
from amends.desk.web import wording

ONE_LINK_IN = timedelta(minutes=10)
MOST_LINKS = 5
PRESSED_TWICE = timedelta(minutes=5)


class NotYetReadError(Exception):
    """What the customer sent is kept, and stands on no page before a person, or a worker, has read it."""


def write(
    *, complaint: Complaint, text: str, files: Iterable[UploadedFile[Any]], now: datetime, once: str = ""
) -> None:
    """Add the customer's words and files, kept raw first; a complaint that had ended opens again.

    The same words twice in a few minutes are one message, pressed twice, and so are words and files of one form, which
    `once` names: then nothing is added. Not to be called within a transaction.

    :raises NotYetReadError: if they are kept and could not be read
    """
    uploads = [
        Upload(name=file.name or _("file"), media_type=file.content_type or "", body=file.read()) for file in files
    ]
    if not uploads and _said_just_now(complaint, text, now=now):
        return
    if page.add(complaint=complaint, text=text, files=uploads, once=once or uuid4().hex, now=now) is None:
        raise NotYetReadError


def said_first(*, complaint: Complaint, text: str) -> bool:
    """Whether these are the words with which the complaint came."""
    first = (
        complaint.events.filter(kind=EventKind.CUSTOMER_WROTE).select_related("content").order_by("sequence").first()
    )
    return first is not None and _same(first.content.text, text)


def _said_just_now(complaint: Complaint, text: str, *, now: datetime) -> bool:
    last = complaint.events.select_related("content").order_by("-sequence").first()
    return (
        last is not None
        and last.kind == EventKind.CUSTOMER_WROTE
        and now - last.at < PRESSED_TWICE
        and _same(last.content.text, text)
    )


def _same(one: str, other: str) -> bool:
    return storable(one).split() == storable(other).split()


@transaction.atomic
def ask(*, complaint: Complaint, what: str, phone: str, now: datetime) -> None:
    """Ask for a person, a manager or a call; the same wish twice in a row is one."""
    kind = complaints.ASKED[what]
    kinds = {kind, EventKind.REPLIED, EventKind.CALLED}
    latest = complaint.events.filter(kind__in=kinds).order_by("-sequence").values_list("kind", flat=True).first()
    if latest != kind or phone:
        event = complaints.ask_for(complaint=complaint, what=what, phone=phone, now=now)
        reaching.ring_for(event=event, now=now)  # rings for whoever asks for a manager


@transaction.atomic
def content(*, complaint: Complaint, now: datetime) -> None:
    """Say that the customer is content; saying it twice is saying it once."""
    Complaint.objects.select_for_update().get(pk=complaint.pk)
    complaint.refresh_from_db(fields=["stage"])
    if complaint.stage != Stage.RESOLVED:
        complaints.say_content(complaint=complaint, by_customer=True, now=now)
        release_next_word(complaint=complaint, yes=Channel.PORTAL, now=now)


def not_content(*, complaint: Complaint, text: str, now: datetime) -> None:
    """Say that the customer is not content, with what is missing."""
    complaints.say_not_content(complaint=complaint, text=text, now=now)


def rate(*, complaint: Complaint, outcome: int, handling: int, now: datetime) -> None:
    """Keep the answers to the two questions."""
    complaints.rate(complaint=complaint, outcome=outcome, handling=handling, now=now)


def send_links(*, email: str, now: datetime) -> int:
    """Mail the private links of the open complaints of an address; return how many.

    The address is the one that the customer gave us, so that a stranger who types it gets nothing to read; and a
    stranger who types it often sends one mail in ten minutes.
    """
    found = (
        Complaint.objects.filter(customer__contact_ways__kind="email", customer__contact_ways__value__iexact=email)
        .filter(merged_into=None)  # the link of the one that stays shows both
        .exclude(events__kind=EventKind.ACKNOWLEDGED, events__at__gt=now - ONE_LINK_IN)
        .select_related("customer", "owner")
        .order_by("-last_event_at")[:MOST_LINKS]
    )
    return sum(_send_link(complaint=complaint, email=email, now=now) for complaint in found)


@transaction.atomic
def _send_link(*, complaint: Complaint, email: str, now: datetime) -> int:
    language = spoken(complaint.language)
    number = wording.digits(complaint.number, language=language)
    with translation.override(language):
        link = f"{settings.ADDRESS}{reverse('portal:follow', args=[complaint.key])}"
        text = _(
            "You asked for the link to your complaint {number}.\n\nHere it is:\n{link}\n\n"
            "{name} is on it. Whoever has this link can read along, so keep it to yourself."
        ).format(number=number, link=link, name=complaint.owner.name_for(language))
        event = acknowledgement.say_automatically(complaint=complaint, text=text, now=now, language=language)
        outbox.send(
            event=event,
            complaint=complaint,
            recipient=email,
            subject=_("Your complaint {number}").format(number=number),
            text=text,
            now=now,
        )
    return 1
