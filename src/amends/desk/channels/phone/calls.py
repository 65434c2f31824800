"""Calls that a telephone system tells of: each is kept raw first, and stands once in the complaint that it is about.

A call belongs to the complaint that the system names, else to the newest of that customer which goes on. A customer who
rang and reached nobody wants to be called. A call of somebody without a complaint opens one if it is known what was
said; else it is set aside, where an administrator sees it: nobody can own a complaint of which nothing is known.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext as _

from amends.desk.channels.models import Arrival, ArrivalState
from amends.desk.channels.next_word import keep_next_word
from amends.desk.channels.problems import UnableToTakeIn
from amends.desk.channels.reading import Taken, language_of
from amends.desk.complaints import actions as complaints
from amends.desk.complaints.actions import Upload
from amends.desk.complaints.models import By, Channel, Complaint, Event, EventKind, Stage
from amends.desk.complaints.queries import by_number
from amends.desk.customers import actions as customers
from amends.desk.customers.models import ContactWay, Customer
from amends.desk.people.models import Agent, Language
from amends.desk.web import wording

MARK: Final = "call "  # how the identity of such an arrival begins
VERSION: Final = 1
ENOUGH_DIGITS: Final = 9  # in which a number with its country's prefix and one without are the same
TELLING: Final = 40  # characters of a transcript from which it says what it was about


def identity_of(*, system: str, call: str) -> str:
    """A call of a telephone system is one, however often it is told."""
    return f"{MARK}{system} {call}"[:255]


def to_record(told: Mapping[str, Any]) -> bytes:
    """Write down what a telephone system told of a call."""
    return json.dumps({"version": VERSION, **told}, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")


def take_in_call(*, arrival: Arrival, now: datetime) -> Taken:
    """Read a call, in the caller's transaction.

    :raises UnableToTakeIn: if the record is cut off
    """
    try:
        told = json.loads(bytes(arrival.raw).decode("utf-8", "surrogatepass"))
        at = datetime.fromisoformat(told["at"])
        number, incoming, seconds = str(told["number"]), bool(told["incoming"]), int(told["seconds"])
        by = Agent.objects.get(pk=told["by"])
        text, transcript = str(told.get("text", "")).strip(), str(told.get("transcript", "")).strip()
        files = _files(told, transcript)
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error, Agent.DoesNotExist) as error:
        raise UnableToTakeIn("cut", str(error)[:200]) from error
    customer = _customer(number)
    complaint = _complaint(told.get("complaint"), customer)
    if complaint is None:
        said = text or (transcript if len(transcript) >= TELLING else "")
        if not said or not incoming:
            return Taken(state=ArrivalState.SET_ASIDE, problem="call-of-nobody", sender=number)
        event = _open(told, said, files, by=by, now=now)
    elif incoming and not seconds and not text:
        event = complaints.ask_for(complaint=complaint, what="call", phone=number, now=now)
    else:
        words = _minutes(complaint.owner.language, at, incoming=incoming, seconds=seconds)
        event = complaints.append(
            complaint=complaint, kind=EventKind.CALLED, by=By.AGENT, agent=by, channel=Channel.PHONE,
            text="\n\n".join(filter(None, (words, text))), attachments=files,
            data={"call": arrival.identity, "seconds": seconds, "incoming": incoming, "at": at.isoformat()}, now=now,
        )  # fmt: skip
        if seconds:
            keep_next_word(complaint=complaint, by=by, called=True, now=now)
    return Taken(state=ArrivalState.TAKEN_IN, event=event, sender=number, subject=event.complaint.subject)


def _open(told: Mapping[str, Any], said: str, files: list[Upload], *, by: Agent, now: datetime) -> Event:
    chosen = str(told.get("language", ""))
    chosen = chosen if chosen in Language.values else Language.ENGLISH
    customer = customers.find_or_make(
        name=str(told.get("name", "")), language=chosen, phone=str(told["number"]), now=now
    )
    _, event = complaints.open_complaint(
        customer=customer, subject="", text=said, language=language_of(said, prior=chosen), channel=Channel.PHONE,
        attachments=files, by=by, now=now,
    )  # fmt: skip
    return event


def _complaint(number: object, customer: Customer | None) -> Complaint | None:
    """The complaint that the system names, or the newest of the customer that goes on."""
    if isinstance(number, int):
        return by_number(number=number)
    if customer is None:
        return None
    theirs = Complaint.objects.filter(customer=customer, merged_into=None).exclude(
        stage__in=[Stage.RESOLVED, Stage.CLOSED]
    )
    return theirs.select_related("owner", "customer").order_by("-received_at", "-pk").first()


def _customer(number: str) -> Customer | None:
    """Whose number it is; one that could be that of two people is nobody's."""
    value = customers.same_phone(number)
    ways = ContactWay.objects.filter(kind=ContactWay.Kind.PHONE).select_related("customer")
    if found := ways.filter(value=value).first():
        return found.customer
    end = value.lstrip("+")[-ENOUGH_DIGITS:]
    alike = (
        {way.customer_id: way.customer for way in ways.filter(value__endswith=end)[:20]}
        if len(end) == ENOUGH_DIGITS
        else {}
    )
    return next(iter(alike.values())) if len(alike) == 1 else None


def _minutes(language: str, at: datetime, *, incoming: bool, seconds: int) -> str:
    """Say in a line what kind of a call it was."""
    with translation.override(language):
        clock = wording.clock(at, language=language)
        minutes, rest = (wording.digits(part, language=language) for part in (seconds // 60, f"{seconds % 60:02}"))
        if not seconds:
            return _("We rang at %(clock)s, and nobody answered.") % {"clock": clock} if not incoming else ""
        sentence = (
            _("The customer called at %(clock)s: %(minutes)s:%(seconds)s minutes.")
            if incoming
            else _("We called at %(clock)s: %(minutes)s:%(seconds)s minutes.")
        )
        return sentence % {"clock": clock, "minutes": minutes, "seconds": rest}


def _files(told: Mapping[str, Any], transcript: str) -> list[Upload]:
    files = [
        Upload(
            name=str(one["name"]),
            media_type=str(one["media_type"]),
            body=base64.b64decode(one["content"], validate=True),
        )
        for one in told.get("files", ())
    ]
    if transcript:
        files.append(Upload(name="transcript.txt", media_type="text/plain", body=transcript.encode()))
    return files
