"""What this room empties when a person is erased: raw arrivals and copies of letters; that they came and went stays."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet

from amends.desk.channels import archiving
from amends.desk.channels.chat.actions import name_of_words
from amends.desk.channels.form.page import name_of_page
from amends.desk.channels.imports.record import MARK
from amends.desk.channels.models import Arrival, Brought, Chat, MessageId, Outgoing, OutgoingState
from amends.desk.complaints.models import Channel
from amends.desk.customers.models import ContactWay


def erase_raw(*, customer_id: int, complaint_ids: Collection[int], now: datetime) -> None:
    """Empty what the customer sent and what was sent to them, parked and set-aside mail of their addresses too."""
    theirs = of_them(customer_id=customer_id, complaint_ids=complaint_ids)
    archiving.let_go_of(arrivals=theirs, besides=complaint_ids, now=now)
    theirs.update(raw=b"", sender="", subject="", problem="")
    letters = Outgoing.objects.filter(complaint__in=complaint_ids)
    letters.filter(state=OutgoingState.WAITING).update(state=OutgoingState.TAKEN_BACK)  # nobody is written to any more
    letters.update(mime=b"", recipient="", problem="")
    MessageId.objects.filter(complaint__in=complaint_ids, ours=False).delete()
    Chat.objects.filter(complaint__in=complaint_ids).delete()  # its words are the timeline's; the key opens nothing


def of_them(*, customer_id: int, complaint_ids: Collection[int]) -> QuerySet[Arrival]:
    """Return what came from a customer, what nobody has read and what was set aside too."""
    addresses = ContactWay.objects.filter(customer=customer_id, kind=ContactWay.Kind.EMAIL).values("value")
    told = Arrival.objects.filter(event__complaint__in=complaint_ids)
    theirs = Q(event__complaint__in=complaint_ids) | Q(sender__in=addresses)
    theirs |= Q(digest__in=list(told.exclude(digest="").values_list("digest", flat=True)))  # one mail, two mailboxes
    for source, case in Brought.objects.filter(complaint__in=complaint_ids).values_list("source", "case"):
        theirs |= Q(identity__startswith=f"{MARK}{source} {case} ")
    for chat in Chat.objects.filter(complaint__in=complaint_ids).values_list("pk", flat=True):
        theirs |= Q(channel=Channel.CHAT, identity__startswith=name_of_words(chat))  # a parked file has no event yet
    for complaint in complaint_ids:  # nor has a file of their page
        theirs |= Q(channel=Channel.PORTAL, identity__startswith=name_of_page(complaint))
    return Arrival.objects.filter(theirs)
