"""A mail larger than the desk takes: its words are heard, its files are asked for once more, politely."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from amends.desk.channels import acknowledgement, outbox
from amends.desk.channels.mail.compose import deliverable
from amends.desk.channels.models import Arrival, Mailbox
from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import By, Complaint, EventKind
from amends.desk.customers.queries import greeting_name
from amends.desk.people.face import spoken
from amends.desk.people.organisation import organisation_name
from amends.desk.web import wording
from amends.intake.mail import ParsedMail


def note_too_large(*, complaint: Complaint, arrival: Arrival, now: datetime) -> None:
    """Say on the timeline where the rest of the mail lies."""
    where = arrival.mailbox.address if arrival.mailbox else ""
    with translation.override(complaint.owner.language):
        text = _(
            "This mail is larger than the desk takes (%(size)s). Its files are not here; "
            "the whole of it lies in the mailbox %(mailbox)s."
        ) % {"size": _size(arrival.full_size or arrival.size), "mailbox": where}
    complaints.append(complaint=complaint, kind=EventKind.NOTED, by=By.SYSTEM, text=text, now=now)


def answer_too_large(
    *, complaint: Complaint, recipient: str, mail: ParsedMail, mailbox: Mailbox | None, now: datetime
) -> None:
    """Tell the sender that their words arrived and their files did not, and where files can go."""
    if not mail.automatic.answer or acknowledgement.came_back(recipient):
        return
    try:
        deliverable(recipient)
    except ValueError:
        return
    at = acknowledgement.goes_out(complaint=complaint, recipient=recipient, now=now)
    if at is None:
        return
    language = spoken(complaint.language)
    with translation.override(language):
        text = _(
            "Hello {customer},\n\n"
            "your e-mail was so large that our mailbox could not take in its files. We have read your words, "
            "and they stand in your complaint {number}.\n\n"
            "Please add the files on your own page, each up to {limit}, or send them in smaller e-mails:\n{link}\n\n"
            "{organisation}"
        ).format(
            customer=greeting_name(customer=complaint.customer, reader_language=language),
            number=wording.digits(complaint.number, language=language),
            limit=_size(settings.ATTACHMENT_LIMIT),
            link=f"{settings.ADDRESS}{reverse('portal:follow', args=[complaint.key])}",
            organisation=organisation_name(),
        )
    event = acknowledgement.say_automatically(complaint=complaint, text=text, now=now, language=language)
    outbox.send(
        event=event,
        complaint=complaint,
        recipient=recipient,
        subject=f"Re: {mail.subject}" if mail.subject else "",
        text=text,
        in_reply_to=mail.message_id,
        automatic=True,
        mailbox=mailbox,
        not_before=at,
        now=now,
    )


def _size(size: int) -> str:
    return wording.file_size(size, language=(get_language() or "en")[:2])
