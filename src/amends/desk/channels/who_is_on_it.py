"""The word to a customer whose complaint somebody else looks after now.

It goes out by itself once a hand-over cannot be taken back any more, so that of several in a few minutes one is told,
and one that came to nothing is not. Who has heard the new owner speak meanwhile knows it from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from amends.desk.channels import acknowledgement, outbox
from amends.desk.channels.chat.standing import going_on
from amends.desk.channels.models import Chat
from amends.desk.complaints import actions as complaints
from amends.desk.complaints import whole
from amends.desk.complaints.actions import OPEN, UNDO_WITHIN
from amends.desk.complaints.models import By, Channel, Complaint, Event, EventKind
from amends.desk.complaints.story import zone_told
from amends.desk.customers.models import ContactWay
from amends.desk.customers.queries import email_of, greeting_name
from amends.desk.jobs.groups import Patience, in_groups
from amends.desk.promises.models import Promise, State
from amends.desk.web import wording

STILL_NEWS: Final = timedelta(days=1)  # where the worker stood still for longer, the page has told them
HAND_OVER: Final = "hand-over"  # what such a word is about, in the data of its event
_SPOKEN: Final = (EventKind.REPLIED, EventKind.CALLED)

_patience = Patience()


def tell_all(*, now: datetime) -> int:
    """Tell customers who is on it now, each once; return how many were told.

    No letter goes to who has no address or was erased, to where the last one came back for good, or about what has
    ended; they have their page. Whose chat goes on reads it there.

    :raises PartlyFailed: once all the others are told, if there are complaints with which it did not work
    """
    moved = _moved(now).exclude(complaint__in=_patience.left_alone(now=now))
    ids = list(moved.order_by("complaint_id").values_list("complaint_id", flat=True).distinct())
    told = in_groups(ids, lambda group: _tell_some(group, now), key=int, patience=_patience, now=now)
    _patience.tell(now=now)
    return told


def _moved(now: datetime) -> QuerySet[Event, Any]:
    """Hand-overs of which somebody who can be reached may not have heard yet."""
    later = Event.objects.filter(complaint=OuterRef("complaint"), sequence__gt=OuterRef("sequence"))
    theirs = OuterRef("complaint__customer")
    ways = ContactWay.objects.filter(customer=theirs, kind=ContactWay.Kind.EMAIL)
    windows = Chat.objects.filter(going_on(now=now), complaint=OuterRef("complaint"))
    return Event.objects.filter(
        Exists(ways) | Exists(windows),
        ~Exists(later.filter(kind__in=_SPOKEN, agent=OuterRef("complaint__owner"))),
        ~Exists(later.filter(kind=EventKind.ACKNOWLEDGED, content__data__about=HAND_OVER)),
        kind=EventKind.HANDED_OVER,
        at__gt=now - STILL_NEWS,
        at__lt=now - UNDO_WITHIN,
        complaint__stage__in=OPEN,
        complaint__merged_into=None,
        complaint__customer__erased_at=None,
    )


def _tell_some(ids: Sequence[int], now: datetime) -> int:
    house = outbox.our_house()
    return sum(_tell(one, house=house, now=now) for one in complaints.lock_each(ids).values())


def _tell(complaint: Complaint, *, house: outbox.House, now: datetime) -> bool:
    if complaint.stage not in OPEN or complaint.merged_into_id is not None:
        return False
    story = whole.holding(complaints.timeline_of(complaint))
    since = _unheard_of_since(story)
    if since is None or since >= now - UNDO_WITHIN:
        return False
    language = house.look.spoken(complaint.language)
    zone = zone_told(story) or ZoneInfo(str(complaint.owner.calendar().zone))
    with translation.override(language):
        stands = _what_stands(complaint, zone=zone, language=language, now=now)
        if outbox.chats_now(complaint, now):
            _say_in_chat(complaint, stands=stands, language=language, now=now)
            return True
        text = _letter(complaint, stands=stands, language=language, organisation=house.name)
    address = email_of(customer=complaint.customer)
    if not address or acknowledgement.came_back(address):
        return False
    try:
        with transaction.atomic():
            event = acknowledgement.say_automatically(
                complaint=complaint, text=text, told={"about": HAND_OVER}, language=language, now=now
            )
            outbox.send(
                event=event,
                complaint=complaint,
                recipient=address,
                subject=complaint.subject,
                text=text,
                automatic=True,
                has_files=False,
                house=house,
                now=now,
            )
    except outbox.UnableToSend:
        return False  # no mail can go there; their page says it
    return True


def _unheard_of_since(story: Iterable[Event]) -> datetime | None:
    """Since when somebody is on it of whom the customer has not heard; None where they have."""
    owner: int | None = None
    known: int | None = None
    since: datetime | None = None
    for event in story:
        if event.kind == EventKind.OWNER_TAKEN:
            owner = known = event.agent_id
        elif event.kind == EventKind.HANDED_OVER:
            known = known or event.content.data.get("from")
            owner, since = int(event.content.data["to"]), event.at
        elif _says_so(event) or (event.kind in _SPOKEN and event.agent_id == owner):
            known = owner
    return None if owner == known else since


def _says_so(event: Event) -> bool:
    return event.kind == EventKind.ACKNOWLEDGED and bool(event.content.data.get("about") == HAND_OVER)


def _say_in_chat(complaint: Complaint, *, stands: str, language: str, now: datetime) -> None:
    words = _("{owner} is with you now and has all that you wrote; you need not say it again.").format(
        owner=complaint.owner.name_for(language)
    )
    complaints.append(
        complaint=complaint,
        kind=EventKind.ACKNOWLEDGED,
        by=By.SYSTEM,
        text=f"{words} {stands}".strip(),
        channel=Channel.CHAT,
        language=language,
        data={"automatic": True, "about": HAND_OVER},
        now=now,
    )


def _letter(complaint: Complaint, *, stands: str, language: str, organisation: str) -> str:
    said = _(
        "Hello {customer},\n\n"
        "{owner} looks after your complaint {number} now, and stays with you until it is put right. "
        "They have all that you wrote and all that was done so far; you need not say it again."
    ).format(
        customer=greeting_name(customer=complaint.customer, reader_language=language),
        owner=complaint.owner.name_for(language),
        number=wording.digits(complaint.number, language=language),
    )
    way = _(
        "Simply answer this e-mail, or write on your own page, where you can also ask for a call or for a manager:\n"
        "{link}\n\n{organisation}"
    ).format(
        link=f"{settings.ADDRESS}{reverse('portal:follow', args=[complaint.key])}",
        organisation=organisation,
    )
    return "\n\n".join(filter(None, (said, stands, way)))


def _what_stands(complaint: Complaint, *, zone: ZoneInfo, language: str, now: datetime) -> str:
    """Say by when the next of what was promised is due; nothing where nothing is promised."""
    open_ = Promise.objects.filter(complaint=complaint, state=State.OPEN, due_at__gt=now)
    promise = open_.select_related("made_in__agent__team__calendar").order_by("due_at", "pk").first()
    if promise is None:
        return ""
    if promise.whole_day:  # a day that was named stays that day
        whose = promise.made_in.agent or complaint.owner
        day = promise.due_at.astimezone(ZoneInfo(str(whose.calendar().zone)))
        by_when = wording.weekday_and_day(day, language=language)
    else:
        exact = wording.exact(promise.due_at.astimezone(zone), language=language)
        by_when = f"{exact} ({wording.zone_time(zone, language=language)})"
    return _("What was promised to you still stands, by {time}.").format(time=by_when)
