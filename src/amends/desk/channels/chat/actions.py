"""Writing about chats: beginning one, saying something once, being heard, going on by mail, ending.

Every word is kept raw before it is read, under the name that the window gave it: a window that lost its line says it
again, and it stands on the timeline once. What a colleague answers goes by mail as well, unless the window has shown
it within a few minutes: whoever closes it loses nothing.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils import translation
from django.utils.translation import gettext as _

from amends.desk.channels import acknowledgement, outbox
from amends.desk.channels.chat.models import Chat
from amends.desk.channels.chat.standing import standing, with_room
from amends.desk.channels.comings import may_come
from amends.desk.channels.form.record import read_files, write_files
from amends.desk.channels.models import Arrival, ArrivalState, Outgoing, OutgoingState
from amends.desk.channels.problems import UnableToTakeIn
from amends.desk.channels.reading import Taken, language_of
from amends.desk.complaints import actions as complaints
from amends.desk.complaints.actions import Upload
from amends.desk.complaints.models import By, Channel, Complaint, Event, EventKind
from amends.desk.customers import actions as customers
from amends.desk.customers.models import ContactWay, Customer
from amends.desk.customers.queries import greeting_name
from amends.desk.people.face import spoken
from amends.desk.people.models import Agent, Language
from amends.desk.people.organisation import organisation_name
from amends.desk.people.queries import choose_owner

VERSION: Final = 1
LONGEST: Final = 4_000  # characters of one message
MOST_IN_A_MINUTE: Final = 20  # messages of one window
A_WHILE: Final = timedelta(minutes=10)  # in which a window may send twice what one mail may hold
MOST_CHATS_IN_AN_HOUR: Final = 10  # from one address
WRITES_FOR: Final = timedelta(seconds=8)  # after a key
HELD: Final = "held-for-chat"
FULL: Final = "nobody-free"  # several began at the same moment, and there were not places enough
CLIENT: Final = "client"  # in the data of an event: the window's own name of a message


class UnableToChat(Exception):
    """Nobody is there, it is too much, or there is nothing to say; the message tells the visitor what to do."""

    def __init__(self, message: str, *, code: str = "not-now") -> None:
        super().__init__(message)
        self.code = code


def begin(
    *, text: str, once: str, language: str, now: datetime, name: str = "", email: str = "", address: str = ""
) -> Chat:
    """Open a complaint with a visitor's first words, and a line to whoever answers; the same `once` is one chat.

    Not to be called within a transaction.

    :raises UnableToChat: if nobody is there, nothing is said, or too many came from this address
    """
    text = _words(text)
    identity = f"chat begun {once[:100]}"
    known = Arrival.objects.filter(identity=identity).first()
    if known is None or known.problem == FULL:
        agent = standing(language=language, now=now).agent
        if agent is None:
            raise UnableToChat(_nobody(), code="nobody")
        _refuse_floods(address, now=now)
        Arrival.objects.filter(identity=identity, problem=FULL).update(state=ArrivalState.WAITING, problem="")
        told = {
            "begin": secrets.token_urlsafe(24), "owner": agent.pk, "text": text, "name": name, "email": email,
            "language": language, CLIENT: once,
        }  # fmt: skip
    else:
        told = {}
    event = _bring(identity, told, now=now)
    return Chat.objects.select_related("complaint__owner").get(complaint=event.complaint)


def _nobody() -> str:
    return _("Nobody is free just now. Leave us a message instead.")


def say(*, chat: Chat, text: str, client: str, now: datetime, files: Sequence[Upload] = ()) -> Event:
    """Say something in a chat, with files or without; the same `client` is one message, however often it is said.

    Files may come without words. Not to be called within a transaction.

    :raises UnableToChat: if nothing is said, or far more than a person could say
    """
    text = _words(text) if text.strip() or not files else ""
    identity = f"{name_of_words(chat.pk)}{client[:100]}"
    if not Arrival.objects.filter(identity=identity).exists():
        _slow_down(chat, files, now=now)
    told: dict[str, Any] = {"chat": chat.pk, "text": text, CLIENT: client}
    return _bring(identity, told | ({"files": write_files(files)} if files else {}), now=now)


def name_of_words(chat: int) -> str:
    """How the names of all arrivals of one window begin."""
    return f"chat {chat} "


def _slow_down(chat: Chat, files: Sequence[Upload], *, now: datetime) -> None:
    sent = Arrival.objects.filter(channel=Channel.CHAT, identity__startswith=name_of_words(chat.pk))
    if sent.filter(received_at__gt=now - timedelta(minutes=1)).count() >= MOST_IN_A_MINUTE:
        raise UnableToChat(_("One moment: these are more messages than a person can read."), code="too-quick")
    if not files:
        return
    size = sent.filter(received_at__gt=now - A_WHILE).aggregate(size=Sum("size"))["size"] or 0
    if size + sum(len(file.body) for file in files) > 2 * settings.MAIL_LIMIT:
        raise UnableToChat(
            _("These are very many files at once. The rest goes by itself in some minutes, if this window stays open."),
            code="too-quick",
        )


def take_in_chat(*, arrival: Arrival, now: datetime, anyway: bool = False) -> Taken:
    """Read what was said, in the caller's transaction.

    Who began at the same moment as another one, and found no place, is set aside: their window asks them to leave a
    message. Somebody who takes it in `anyway` gives it an owner all the same.

    :raises UnableToTakeIn: if the record is cut off
    """
    try:
        told = json.loads(bytes(arrival.raw).decode("utf-8", "surrogatepass"))
        text = str(told["text"])
        event = _begin(told, text, now=now, anyway=anyway) if "begin" in told else _say(told, text, now=now)
    except (ValueError, KeyError, TypeError, Agent.DoesNotExist, Chat.DoesNotExist) as error:
        raise UnableToTakeIn("cut", str(error)[:200]) from error
    if event is None:
        return Taken(state=ArrivalState.SET_ASIDE, problem=FULL)
    return Taken(state=ArrivalState.TAKEN_IN, event=event, subject=event.complaint.subject)


def _begin(told: Mapping[str, Any], text: str, *, now: datetime, anyway: bool) -> Event | None:
    chosen = str(told["language"])
    chosen = chosen if chosen in Language.values else Language.ENGLISH
    owner = with_room(agent=Agent.objects.get(pk=told["owner"]), language=chosen, now=now)
    if owner is None:
        if not anyway:
            return None
        owner = choose_owner(language=chosen, now=now)
    with translation.override(chosen):
        nobody = _("Visitor")
    customer = customers.find_or_make(
        name=str(told["name"]).strip() or ("" if told["email"] else nobody),
        language=chosen,
        email=str(told["email"]),
        now=now,
    )
    complaint, event = complaints.open_complaint(
        customer=customer,
        subject="",
        text=text,
        language=language_of(text, prior=chosen),
        channel=Channel.CHAT,
        owner=owner,
        data={CLIENT: str(told[CLIENT])[:100]},
        now=now,
    )
    Chat.objects.create(key=str(told["begin"]), complaint=complaint, opened_at=now, heard_at=now)
    return event


def _say(told: Mapping[str, Any], text: str, *, now: datetime) -> Event:
    chat = Chat.objects.select_related("complaint").get(pk=told["chat"])
    Chat.objects.filter(pk=chat.pk).update(heard_at=now, typing_until=None, ended_at=None)
    return complaints.customer_writes(
        complaint=chat.complaint,
        text=text,
        channel=Channel.CHAT,
        language=language_of(text, prior=chat.complaint.language),
        attachments=read_files(told.get("files", ())),
        data={CLIENT: str(told[CLIENT])[:100]},
        now=now,
    )


@transaction.atomic
def hear(*, chat: Chat, now: datetime, typing: bool = False, read_up_to: int = 0) -> None:
    """Note that the window is there, whether its customer writes, and how far they have read.

    What was read in the window does not go by mail as well.
    """
    fields: dict[str, Any] = {"heard_at": now, "typing_until": now + WRITES_FOR if typing else None}
    if read_up_to > chat.read_up_to:
        fields["read_up_to"] = read_up_to
        Outgoing.objects.filter(
            complaint=chat.complaint_id,
            state=OutgoingState.WAITING,
            problem=HELD,
            event__sequence__lte=read_up_to,
        ).delete()
    Chat.objects.filter(pk=chat.pk).update(**fields)


def hear_all(*, heard: Collection[int], now: datetime) -> None:
    """Note of many chats at once that their windows are there, for they listen."""
    Chat.objects.filter(pk__in=heard, ended_at=None).update(heard_at=now)


@transaction.atomic
def go_on_by_mail(*, chat: Chat, email: str, now: datetime) -> None:
    """Send what was said so far to an address, from where it goes on by mail; the chat ends.

    Whose address is known is that customer from then on, as if they had given it before their first word. A record
    of theirs that tells more than this chat stays one of its own: whether they are one, a person knows.

    :raises UnableToChat: if no mail can go there, or the address belongs to somebody else here
    """
    complaint = Complaint.objects.select_related("customer", "owner").get(pk=chat.complaint_id)
    value = customers.same_email(email)
    known = ContactWay.objects.select_related("customer").filter(kind=ContactWay.Kind.EMAIL, value=value).first()
    ways = complaint.customer.contact_ways.filter(kind=ContactWay.Kind.EMAIL)
    if known is None and ways.exists():  # one window does not write to one address after another
        raise UnableToChat(_("We have an address of yours already. Ask the person you speak with to change it."))
    if known is not None and known.customer_id != complaint.customer_id and _is_of_this_chat_alone(complaint):
        complaint = _given_to(complaint, known.customer, address=value, now=now)
    if known is not None and known.customer_id != complaint.customer_id:
        raise UnableToChat(_("This address belongs to another record of ours. Tell us another one, or go on here."))
    language = spoken(complaint.language)
    with translation.override(language):
        text = _transcript(complaint)
        event = acknowledgement.say_automatically(complaint=complaint, text=text, now=now, language=language)
        try:
            outbox.send(
                event=event,
                complaint=complaint,
                recipient=value,
                subject=complaint.subject,
                text=text,
                automatic=True,
                now=now,
            )
        except outbox.UnableToSend as error:
            raise UnableToChat(str(error)) from error
    if known is None:
        ContactWay.objects.create(customer=complaint.customer, kind=ContactWay.Kind.EMAIL, value=value)
    end(chat=chat, now=now)


def _is_of_this_chat_alone(complaint: Complaint) -> bool:
    others = Complaint.objects.filter(customer=complaint.customer_id).exclude(pk=complaint.pk)
    return not others.exists() and not complaint.customer.contact_ways.exists()


def _given_to(complaint: Complaint, customer: Customer, *, address: str, now: datetime) -> Complaint:
    with translation.override(complaint.owner.language):
        text = _(
            "In the chat they gave the address %(address)s, which is this customer's. Nobody has checked whether it is "
            "theirs; the letter with what was said went there."
        ) % {"address": address}
    complaints.append(complaint=complaint, kind=EventKind.NOTED, by=By.SYSTEM, text=text, now=now)
    Complaint.objects.filter(pk=complaint.pk).update(customer=customer)
    complaint = Complaint.objects.select_related("customer", "owner").get(pk=complaint.pk)
    complaints.rebuild(complaint=complaint)  # their group may have other time limits
    return complaint


def end(*, chat: Chat, now: datetime) -> None:
    """End a chat; the complaint goes on as it stands. Saying something opens the line again."""
    Chat.objects.filter(pk=chat.pk, ended_at=None).update(ended_at=now, typing_until=None)


def _transcript(complaint: Complaint) -> str:
    """What was said so far, in the customer's language."""
    said = complaint.events.filter(kind__in=[EventKind.CUSTOMER_WROTE, EventKind.REPLIED]).order_by("sequence")
    said = said.select_related("content", "agent").prefetch_related("attachments")
    you = greeting_name(customer=complaint.customer, reader_language=complaint.language)
    lines = [
        f"{you if event.by == By.CUSTOMER or event.agent is None else event.agent.name_for(complaint.language)}:\n"
        f"{_with_files(event)}"
        for event in said
    ]
    return _("We go on by e-mail. Simply answer this letter; {owner} stays with you. This is what was said:").format(
        owner=complaint.owner.name_for(complaint.language)
    ) + "\n\n{said}\n\n{organisation}".format(said="\n\n".join(lines), organisation=organisation_name())


def _with_files(event: Event) -> str:
    names = (f"[{file.name}]" for file in event.attachments.all())
    return "\n".join(filter(None, (event.content.text, *names)))


def _words(text: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise UnableToChat(_("Write what happened."), code="empty")
    if len(text) > LONGEST:
        raise UnableToChat(_("This is too long for one message. Send it in two."), code="too-long")
    return text


def _bring(identity: str, told: Mapping[str, Any], *, now: datetime) -> Event:
    from amends.desk.channels import actions as channels  # it reads chats through this file

    raw = json.dumps({"version": VERSION, **told}, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")
    arrival = channels.keep_raw(channel=Channel.CHAT, identity=identity, raw=raw, now=now)
    event = channels.take_in(arrival=arrival, now=now)
    if event is None and arrival.problem == FULL:
        raise UnableToChat(_nobody(), code="nobody")
    if event is None:
        kept = (
            _("We have kept your file. It is not in the talk yet: a person looks at it first.")
            if told.get("files")
            else _("We have kept what you wrote, and a person will look at it.")
        )
        raise UnableToChat(kept, code="parked")
    return event


def _refuse_floods(address: str, *, now: datetime) -> None:
    if not may_come(door="chat", address=address, most=MOST_CHATS_IN_AN_HOUR, now=now):
        raise UnableToChat(_("Very many chats came from your connection. Please try again in an hour."), code="flood")
