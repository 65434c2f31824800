"""Writing about complaints. `append` is the only writer of the timeline.

Each action is one transaction: it locks the complaint, appends its events, and derives the columns from all of them.
Who wants to know what is new reads committed events (announce.py).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from types import MappingProxyType
from typing import Any, Required, TypedDict, Unpack

from django.db import connection, transaction
from django.db.models import BigIntegerField, Q, QuerySet
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from amends.desk.complaints import (
    archived,
    erasure,
    following,
    heard_names,
    one_moment,
    relief,
    search,
    timeline,
    whole,
)
from amends.desk.complaints.attention import held_at_once
from amends.desk.complaints.heat import heat_of, signals_in
from amends.desk.complaints.laying_down import forget_once_committed, lay_down
from amends.desk.complaints.models import (
    Attachment,
    Branch,
    By,
    Channel,
    Companion,
    Complaint,
    Draft,
    Event,
    EventContent,
    EventKind,
    Field,
    FieldValue,
    Link,
    Numbering,
    Product,
    ReadMark,
    SearchEntry,
    Stage,
    Tagging,
    attachment_path,
)
from amends.desk.complaints.one_moment import Page, in_transaction
from amends.desk.complaints.rows import update_all
from amends.desk.complaints.visible import may_carry_out, needs_yes
from amends.desk.customers import actions as customers
from amends.desk.customers.models import Customer
from amends.desk.customers.words import one_line, safe_html, storable
from amends.desk.people.models import Agent, Language
from amends.desk.people.queries import choose_owner
from amends.desk.web import questions, wording
from amends.desk.web.questions import Among, Blank
from amends.engine import languages
from amends.engine.languages.sentences import beyond_salutation

FIRST_NUMBER = 1001
TITLE_FROM = 2_000  # characters of the first words in which a title is looked for
OPEN = (Stage.RECEIVED, Stage.ANSWERED)
COLUMNS = timeline.Columns.__slots__
ROW = tuple(field.attname for field in Complaint._meta.concrete_fields)  # noqa: SLF001 - Django documents it
UNDOABLE = frozenset({
    EventKind.HANDED_OVER, EventKind.PAUSED, EventKind.CLOSED, EventKind.SNOOZED, EventKind.WOKEN, EventKind.TAGGED,
    EventKind.UNTAGGED,
})  # fmt: skip
UNDO_WITHIN = timedelta(minutes=10)
# Ids, times and grades: what stays of an event's data when the person in it is erased.
# fmt: off
KEPT_ON_ERASURE = frozenset({
    "promise", "due", "whole_day", "made_in", "from", "to", "agent", "heat", "outcome", "handling", "until",
    "automatic", "rule", "channel", "event", "remedy", "kind", "cost", "currency", "is_exception", "agreed_by",
    "on", "request", "bends", "carrier", "goes_up",
    "about", "layer", "theme",
    "signals", "at_once", "clock", "notice", "at", "team", "party", "answer", "product", "branch",
    "past", "tags", "other", "number", "how", "carried", "moved", "mine", "said_in",
})
# fmt: on


class UnableToWrite(Exception):
    """There is nothing to write, or the complaint cannot take it."""


class UnableToHandOver(Exception):
    """The hand-over lacks a reason or somebody to take it."""


class UnableToBringIn(Exception):
    """The companion cannot be brought in."""


class UnableToPause(Exception):
    """The pause lacks a time to come back."""


class UnableToRate(Exception):
    """A rating is from 1 to 5."""


class UnableToClose(Exception):
    """Somebody still waits for something."""


class UnableToUndo(Exception):
    """It is too late, or not theirs, to be taken back."""


class UnableToErase(Exception):
    """The customer was erased before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that came or goes with a message."""

    name: str
    media_type: str
    body: bytes
    content_id: str = ""


class Said(TypedDict, total=False):
    """What an event holds beside its time.

    `data` holds what the kind needs: {"promise", "words", "due", "whole_day"} of a promise, {"from", "to", "reason"}
    of a hand-over, {"heat"} of the customer's words, {"automatic"} of a message that no person wrote.
    """

    kind: Required[str]
    by: Required[str]
    agent: Agent | None
    text: str
    html: str
    quoted: str
    data: Mapping[str, Any]
    channel: str
    language: str
    attachments: Sequence[Upload]


def new_key() -> str:
    """Make the private key of a customer's page."""
    return secrets.token_urlsafe(24)


@in_transaction
def open_complaint(
    *,
    customer: Customer,
    subject: str,
    text: str,
    language: str,
    channel: str,
    now: datetime,
    html: str = "",
    quoted: str = "",
    wish: str = "",
    heat: int | None = None,
    owner: Agent | None = None,
    attachments: Sequence[Upload] = (),
    by: Agent | None = None,
    data: Mapping[str, Any] | None = None,
    key: Callable[[], str] = new_key,
    number: Callable[[], int] | None = None,
    is_first: bool = False,
) -> tuple[Complaint, Event]:
    """Open a complaint with the customer's first words, and give it an owner in the same moment.

    The owner is the person whom the customer knows, else who heard it (`by`), else whom the rotation chooses
    (`people.queries.choose_owner`). How hot the words are is read from them unless it is given. `number` gives a number
    that was taken before (`side_by_side`). It `is_first` where the customer's record has just been made. Returns the
    complaint and the event of the customer's words.
    """
    language = language if language in Language.values else customer.language
    felt = mood(text, language, heat, now)
    title = title_of(subject=subject, text=text, language=language)
    known = None if is_first else known_person(customer)
    if owner is None:
        owner = choose_owner(language=language, known_to=known or by, now=now)
        if by is not None and by.is_active and owner != known:
            owner = by
    complaint = Complaint.objects.create(
        number=(number or next_number)(),  # after all reading: whoever opens one waits for this from here on
        key=key(),
        customer=customer,
        owner=owner,
        team=owner.team,
        subject=title,
        language=language,
        channel=Channel(channel),
        wish=storable(wish).strip(),
        received_at=now,
        last_event_at=now,
    )
    first: list[Said] = [
        {"kind": EventKind.RECEIVED, "by": By.CUSTOMER, "channel": channel, "language": language},
        {"kind": EventKind.OWNER_TAKEN, "by": By.SYSTEM, "agent": owner},
        {
            "kind": EventKind.CUSTOMER_WROTE,
            "by": By.CUSTOMER,
            "agent": by,
            "text": text,
            "html": html,
            "quoted": quoted,
            "data": {**felt, **(data or {})},
            "channel": channel,
            "language": language,
            "attachments": attachments,
        },
    ]
    with in_one_moment() as pages:
        pages[complaint.pk] = Page(complaint=complaint, story=[], row={}, is_new=True, is_first=is_first)
        (events,) = _append_here([(complaint, first)], now=now)
    return complaint, events[2]


@contextmanager
def in_one_moment() -> Iterator[one_moment.Pages]:
    """Write what follows from timelines once for all that happens inside, at the end; one in another joins it.

    All of it is in the caller's transaction, and fails as a whole.
    """
    if (pages := one_moment.pages()) is not None:
        yield pages
        return
    with one_moment.opened() as pages:
        yield pages
    _follow(list(pages.values()))


def take_in_hand(complaint: Complaint) -> list[Event]:
    """Lock a complaint, and read all that happened in it with words and authors; once in a moment."""
    _lock(complaint)
    if (page := one_moment.page_of(complaint.pk)) is not None and page.events is not None:
        return page.events
    events = timeline_of(complaint)
    if page is None:
        page = _take(complaint, [happened(event) for event in events])
    page.events = events
    return events


def timeline_of(complaint: Complaint) -> list[Event]:
    """Read all that happened in a complaint with words and authors, as it stands just now; nothing is locked."""
    events: list[Event] = questions.ask("timeline", _timeline, complaint=complaint.pk)
    return events


def _timeline() -> QuerySet[Event]:
    return whole.in_order(Event.objects.filter(complaint=Blank("complaint", BigIntegerField())))


@in_transaction
def append(*, complaint: Complaint, now: datetime, **said: Unpack[Said]) -> Event:
    """Append one event to the timeline and bring the complaint's columns up to it.

    The complaint handed in is brought up to date too.
    """
    return append_all(complaint=complaint, said=[said], now=now)[0]


@in_transaction
def append_all(*, complaint: Complaint, said: Sequence[Said], now: datetime, is_locked: bool = False) -> list[Event]:
    """Append what happened in one moment, in order, and bring the complaint's columns up to all of it at once.

    What happens to a complaint that was merged into another one happens there: the one in hand becomes that one. Who
    has just locked the complaint and read it in this transaction says so, and it is not read again.
    """
    if not is_locked or complaint.merged_into_id is not None:
        _lock(complaint)
    return _append_here([(complaint, said)], now=now)[0]


@transaction.atomic(savepoint=False)
def append_to_each(*, told: Sequence[tuple[Complaint, Sequence[Said]]], now: datetime) -> list[list[Event]]:
    """Append what happened to several complaints in one moment, in few questions of the database.

    They are locked (`lock_each`), and each is named once.
    """
    if any(complaint.merged_into_id is not None for complaint, _said in told):
        return [append_all(complaint=complaint, said=said, now=now, is_locked=True) for complaint, said in told]
    return _append_here(told, now=now)


def lock_each(complaint_ids: Collection[int]) -> dict[int, Complaint]:
    """Lock some complaints at once. One that somebody else holds just now is left out, so that nobody waits."""
    rows = Complaint.objects.select_for_update(skip_locked=True).filter(pk__in=complaint_ids)
    return {row.pk: row for row in rows.order_by("pk")}


def append_here(*, complaint: Complaint, now: datetime, **said: Unpack[Said]) -> Event:
    """Append one event to just this timeline, though the complaint goes on in another one; it is locked."""
    return _append_here([(complaint, [said])], now=now)[0][0]


def _append_here(told: Sequence[tuple[Complaint, Sequence[Said]]], *, now: datetime) -> list[list[Event]]:
    with in_one_moment():
        pages = _in_hand([complaint for complaint, _said in told])
        _follow([page for page in pages.values() if page.at not in {None, now}])  # a moment has one time
        to_write = []
        for complaint, said in told:
            story = pages[complaint.pk].story
            for place, one in enumerate(said, start=story[-1].place + 1 if story else 1):
                held = held_at_once(complaint=complaint, kind=one["kind"], agent=one.get("agent"), now=now)
                one["data"] = {**held, **(one.get("data") or {})}
                to_write.append((complaint, place, one))
        written = iter(write_events(to_write, now=now))
        events = [list(islice(written, len(said))) for _complaint, said in told]
        for (complaint, said), its in zip(told, events, strict=True):
            _turn_page(pages[complaint.pk], complaint, said, its, now=now)
    return events


def _in_hand(complaints: Sequence[Complaint]) -> dict[int, Page]:
    """Take locked complaints in hand, each with its story: those that are not yet are read at once."""
    known = {complaint.pk: one_moment.page_of(complaint.pk) for complaint in complaints}
    stories = _stories(fresh) if (fresh := [pk for pk, page in known.items() if page is None]) else {}
    return {complaint.pk: known[complaint.pk] or _take(complaint, stories[complaint.pk]) for complaint in complaints}


def _take(complaint: Complaint, story: Sequence[timeline.Happened]) -> Page:
    """Take a locked complaint in hand, with its story and its columns as they stand."""
    if (pages := one_moment.pages()) is None:
        raise RuntimeError("Outside of `in_one_moment` nothing is in hand.")
    page = Page(
        complaint=complaint,
        story=whole.with_merged(story),
        row={name: getattr(complaint, name) for name in COLUMNS},
    )
    if any(event.kind in timeline.BRINGING_IN for event in story):
        page.companions = timeline.derive(page.story).companions
    pages[complaint.pk] = page
    return page


def _turn_page(
    page: Page, complaint: Complaint, said: Sequence[Said], events: Sequence[Event], *, now: datetime
) -> None:
    """Add what was said to a story, and bring the complaint in hand up to it; its row follows at the end."""
    page.at = now
    page.story += [happened(event) for event in events]
    if any(event.kind == EventKind.MERGED for event in events):
        page.story = whole.with_merged(page.story)
    if page.events is not None:
        page.events += events
    for one, event in zip(said, events, strict=True):
        agent = one.get("agent")
        if agent is not None and one["by"] == By.AGENT:
            page.authors.add(agent.pk)
        if one.get("text"):
            page.said.append(event.content.text)
    derived = timeline.derive(page.story)
    page.moved = page.moved or derived.companions != page.companions
    page.companions = derived.companions
    for row in (page.complaint, complaint):
        _set_columns(row, derived.columns)


def _set_columns(complaint: Complaint, columns: timeline.Columns) -> None:
    for name in COLUMNS:
        value = getattr(columns, name)
        if name != "owner_id" or value is not None:  # a new complaint's first events come before its owner's
            setattr(complaint, name, value)


def _follow(pages: Sequence[Page]) -> None:
    """Write what follows from the stories of some complaints: rows, marks, entries, and what other rooms count."""
    pages = [page for page in pages if page.at is not None]
    for page in pages:
        complaint = page.complaint
        if page.authors and not page.is_new:
            ReadMark.objects.filter(complaint=complaint, agent__in=page.authors).update(at=page.at)
        if page.is_new:
            search.add_new(complaint=complaint, texts=page.said, is_first=page.is_first)
        elif page.said:
            search.add(complaint_id=complaint.pk, texts=page.said)
        if page.moved:
            _stand_beside(complaint, page.story, page.companions)
    changed = [(page.complaint, names) for page in pages if (names := _changed(page))]
    columns = sorted({name for _complaint, names in changed for name in names})
    update_all([complaint for complaint, _names in changed], fields=columns)
    told = [(page.complaint, timeline.standing(page.story)) for page in pages]
    for page in pages:
        page.row = {name: getattr(page.complaint, name) for name in COLUMNS}
        page.said, page.authors, page.at, page.is_new, page.moved = [], set(), None, False, False
    following.follow(told)


def _changed(page: Page) -> list[str]:
    """The columns in which a row is not what follows from its story; all of a new one."""
    return [name for name in COLUMNS if name not in page.row or getattr(page.complaint, name) != page.row[name]]


@in_transaction
def customer_writes(
    *,
    complaint: Complaint,
    text: str,
    channel: str,
    now: datetime,
    html: str = "",
    quoted: str = "",
    language: str = "",
    heat: int | None = None,
    attachments: Sequence[Upload] = (),
    by: Agent | None = None,
    data: Mapping[str, Any] | None = None,
) -> Event:
    """Take in further words of the customer; a complaint that had ended opens again. `by` typed them in."""
    with in_one_moment():
        _lock(complaint)
        event = append(
            complaint=complaint,
            kind=EventKind.CUSTOMER_WROTE,
            by=By.CUSTOMER,
            agent=by,
            now=now,
            text=text,
            html=html,
            quoted=quoted,
            data={**mood(text, language or complaint.language, heat, now), **(data or {})},
            channel=channel,
            language=language,
            attachments=attachments,
        )
        _reopen_if_ended(complaint, now=now)
    return event


def note(*, complaint: Complaint, by: Agent, text: str, data: Mapping[str, Any] | None = None, now: datetime) -> Event:
    """Write a note for colleagues; the customer never sees it. One that names some of them: `mentions.note`.

    :raises UnableToWrite: if it is empty
    """
    if not text.strip():
        raise UnableToWrite(_("The note is empty."))
    return append(complaint=complaint, kind=EventKind.NOTED, by=By.AGENT, agent=by, text=text, data=data or {}, now=now)


@transaction.atomic
def hand_over(*, complaint: Complaint, by: Agent, to: Agent, reason: str, let_go: bool = False, now: datetime) -> Event:
    """Change the owner; counted, and a third person raises a flag.

    What a closed team has goes to another one only with a yes: of who hands it over, or given before (`let_go`).

    :raises UnableToHandOver: if there is no reason, nobody who could take it, or no yes
    """
    _lock(complaint)
    if not reason.strip():
        raise UnableToHandOver(_("A hand-over needs a reason. To ask an expert, bring them in and stay the owner."))
    if not to.is_active:
        raise UnableToHandOver(_("%(name)s does not work here any more. Choose somebody else.") % {"name": to.name})
    if to.pk == complaint.owner_id:
        raise UnableToHandOver(_("%(name)s owns this complaint already.") % {"name": to.name})
    if not let_go and not may_carry_out(by, complaint, to=to.team_id):
        raise UnableToHandOver(needs_yes(complaint))
    return _hand_over(complaint, by=By.AGENT, agent=by, to=to, reason=reason.strip(), now=now)


@transaction.atomic
def hand_over_all(*, agent: Agent, by: Agent, reason: str, to: Mapping[int, Agent] | None = None, now: datetime) -> int:
    """Give every open complaint of somebody who leaves or is away to others; return how many.

    `to` names the new owner of a complaint by its number; the others go to whom the rotation chooses.
    """
    handings = relief.plan(agent=agent, to=to or {}, now=now)
    for handing in handings:
        hand_over(complaint=handing.complaint, by=by, to=handing.to, reason=reason, now=now)
    return len(handings)


@transaction.atomic
def bring_in(
    *,
    complaint: Complaint,
    by: Agent,
    agent: Agent,
    question: str,
    data: Mapping[str, Any] = MappingProxyType({}),
    now: datetime,
) -> Event:
    """Bring an expert in beside the owner, with a question; the owner stays. One that names others: `mentions.ask`.

    :raises UnableToBringIn: if it is the owner, or somebody who left, or nothing is asked
    """
    _lock(complaint)
    if agent.pk == complaint.owner_id:
        raise UnableToBringIn(_("%(name)s owns this complaint already.") % {"name": agent.name})
    if not agent.is_active:
        raise UnableToBringIn(_("%(name)s does not work here any more. Choose somebody else.") % {"name": agent.name})
    if not question.strip():
        raise UnableToBringIn(_("Write what you would like to know."))
    return append(
        complaint=complaint,
        kind=EventKind.COMPANION,
        by=By.AGENT,
        agent=by,
        text=question,
        data={**data, "agent": agent.pk},
        now=now,
    )


def pause(*, complaint: Complaint, by: Agent, until: datetime, now: datetime) -> Event:
    """Take five: mark the pause and when the agent comes back.

    :raises UnableToPause: if the time has passed already
    """
    if until <= now:
        raise UnableToPause(_("Choose a time to come back that is still ahead."))
    return append(
        complaint=complaint,
        kind=EventKind.PAUSED,
        by=By.AGENT,
        agent=by,
        data={"until": until.isoformat()},
        now=now,
    )


def wait_on_third_party(
    *,
    complaint: Complaint,
    by: Agent,
    who: str,
    until: datetime | None = None,
    party: int | None = None,
    promise: int | None = None,
    now: datetime,
) -> Event:
    """Mark that the next move is somebody's outside, and by when the customer hears from us again.

    :raises UnableToPause: if nobody is named, or the time has passed already
    """
    if not who.strip():
        raise UnableToPause(_("Write whom we are waiting for."))
    if until is not None and until <= now:
        raise UnableToPause(_("Choose a time for the next word to the customer that is still ahead."))
    return append(
        complaint=complaint,
        kind=EventKind.WAITING_ON_THIRD_PARTY,
        by=By.AGENT,
        agent=by,
        data={
            "who": one_line(who, limit=200),
            "until": until.isoformat() if until else "",
            **({} if party is None else {"party": party}),
            **({} if promise is None else {"promise": promise}),
        },
        now=now,
    )


def say_content(*, complaint: Complaint, by_customer: bool, agent: Agent | None = None, now: datetime) -> Event:
    """Record that the customer is content: said on their page, or told to the agent who records it."""
    if by_customer:
        return append(complaint=complaint, kind=EventKind.CONTENT, by=By.CUSTOMER, now=now)
    return append(complaint=complaint, kind=EventKind.CONTENT, by=By.AGENT, agent=agent, now=now)


@in_transaction
def say_not_content(*, complaint: Complaint, text: str, now: datetime, heat: int | None = None) -> Event:
    """Record that the customer is not content, with their words; a complaint that had ended opens again."""
    event = append(
        complaint=complaint,
        kind=EventKind.NOT_CONTENT,
        by=By.CUSTOMER,
        text=text,
        data=mood(text, complaint.language, heat, now),
        channel=Channel.PORTAL,
        language=complaint.language,
        now=now,
    )
    _reopen_if_ended(complaint, now=now)
    return event


def rate(*, complaint: Complaint, outcome: int, handling: int, now: datetime) -> Event:
    """Record the customer's two answers: on the outcome, and on how it was handled.

    :raises UnableToRate: if one is not from 1 to 5
    """
    if not (1 <= outcome <= 5 and 1 <= handling <= 5):
        raise UnableToRate(_("Please choose from one to five."))
    return append(
        complaint=complaint,
        kind=EventKind.RATED,
        by=By.CUSTOMER,
        data={"outcome": outcome, "handling": handling},
        now=now,
    )


ASKED = {
    "person": EventKind.ASKED_FOR_PERSON,
    "manager": EventKind.ASKED_FOR_MANAGER,
    "call": EventKind.ASKED_FOR_CALL,
}


@in_transaction
def ask_for(*, complaint: Complaint, what: str, now: datetime, phone: str = "", whom: Agent | None = None) -> Event:
    """Record that the customer asks for a person, `whom` they may name, a manager or a call.

    :raises UnableToWrite: if it is none of the three
    """
    if what not in ASKED:
        raise UnableToWrite(_("Ask for a person, a manager or a call."))
    event = append(
        complaint=complaint,
        kind=ASKED[what],
        by=By.CUSTOMER,
        data={
            **({"phone": one_line(phone, limit=40)} if phone else {}),
            **({"agent": whom.pk} if whom is not None else {}),
        },
        channel=Channel.PORTAL,
        now=now,
    )
    _reopen_if_ended(complaint, now=now)
    return event


@transaction.atomic
def place(
    *, complaint: Complaint, product: Product | None, branch: Branch | None, by: Agent, now: datetime
) -> Event | None:
    """Say which product and which branch a complaint is about; nothing is an answer too.

    Returns nothing, and writes nothing, where it was said so before.
    """
    _lock(complaint)
    said = [one for one in (product, branch) if one is not None]
    product_id, branch_id = (one.pk if one is not None else None for one in (product, branch))
    if (complaint.product_id, complaint.branch_id) == (product_id, branch_id):
        return None
    return append(
        complaint=complaint,
        kind=EventKind.PLACED,
        by=By.AGENT,
        agent=by,
        data={
            "product": product_id,
            "branch": branch_id,
            "what": " · ".join(one.name for one in said),
            "called": {code: " · ".join(one.called(code) for one in said) for code in Language.values},
        },
        now=now,
    )


@transaction.atomic
def close(*, complaint: Complaint, by: Agent, now: datetime, reason: str = "") -> Event:
    """Close a complaint with which nobody has to do any more.

    :raises UnableToClose: if the customer waits for an answer, or a promise is open
    """
    _lock(complaint)
    if complaint.stage == Stage.CLOSED:
        raise UnableToClose(_("This complaint is closed already."))
    if complaint.stage == Stage.RECEIVED or complaint.waiting_since is not None:
        raise UnableToClose(_("The customer waits for an answer. Answer first, then close."))
    if open_promises := len(timeline.derive(whole.with_merged(_stories([complaint.pk])[complaint.pk])).promises):
        words = ngettext(
            "A promise is still open. Keep it, or withdraw it with the customer's yes.",
            "%(count)d promises are still open. Keep them, or withdraw them with the customer's yes.",
            open_promises,
        )
        raise UnableToClose(wording.digits_of_reader(words % {"count": open_promises}))
    if missing := _not_filled_in(complaint):
        names = wording.listed_for_reader([wording.apart(name) for name in missing])
        raise UnableToClose(_("Fill in first: %(names)s.") % {"names": names})
    data = {"reason": one_line(reason, limit=300)} if reason.strip() else {}
    return append(complaint=complaint, kind=EventKind.CLOSED, by=By.AGENT, agent=by, data=data, now=now)


@transaction.atomic
def undo(*, event: Event, by: Agent, now: datetime) -> Event:
    """Take back what one has just done: a hand-over, a pause or closing. Both stay on the timeline, and count no more.

    :raises UnableToUndo: if it is not theirs, too long ago, taken back before, or others have gone on from there
    """
    complaint = event.complaint
    lock_itself(complaint)
    if complaint.merged_into_id is not None:
        raise UnableToUndo(_("Somebody has gone on from there, so it cannot be taken back any more."))
    later = list(complaint.events.filter(sequence__gt=event.sequence).select_related("content"))
    if event.kind not in UNDOABLE or event.agent_id != by.pk:
        raise UnableToUndo(_("Only who did it can take it back."))
    if any(one.kind == EventKind.UNDONE and _is_about(one, event) for one in later):
        raise UnableToUndo(_("This was taken back already."))
    if now - event.at > UNDO_WITHIN:
        raise UnableToUndo(_("This was too long ago to be taken back. Do the opposite instead."))
    gone_on = {EventKind.HANDED_OVER, EventKind.REOPENED, EventKind.CLOSED, EventKind.MERGED, EventKind.ERASED}
    if any(one.kind in gone_on or (one.by == By.AGENT and one.agent_id != by.pk) for one in later):
        raise UnableToUndo(_("Somebody has gone on from there, so it cannot be taken back any more."))
    data = dict(event.content.data)
    if event.kind == EventKind.HANDED_OVER and not Agent.objects.get(pk=data["from"]).is_active:
        raise UnableToUndo(_("Who owned it before does not work here any more."))
    undone = append(
        complaint=complaint,
        kind=EventKind.UNDONE,
        by=By.AGENT,
        agent=by,
        data={"kind": event.kind, "at": event.at.isoformat()},
        now=now,
    )
    if "team" in data:
        complaint.team_id = data["team"]
        complaint.save(update_fields=["team"])
    return undone


def _is_about(undone: Event, event: Event) -> bool:
    data = undone.content.data
    return bool(data["kind"] == event.kind and datetime.fromisoformat(data["at"]) == event.at)


def save_draft(*, complaint: Complaint, agent: Agent, text: str, now: datetime) -> None:
    """Keep what the agent has written so far; an empty text throws it away."""
    if not text.strip():
        Draft.objects.filter(complaint=complaint, agent=agent).delete()
        return
    Draft.objects.update_or_create(complaint=complaint, agent=agent, defaults={"text": storable(text), "saved_at": now})


@transaction.atomic
def save_draft_over(*, complaint: Complaint, agent: Agent, text: str, over: str, now: datetime) -> str:
    """Keep what the agent has written over what their window knows of; return other words that are kept there.

    A second window, or a reply that was to leave later and was stopped, may have put words there of which this one
    knows nothing: they are never written over.
    """
    rows = Draft.objects.select_for_update().filter(complaint=complaint, agent=agent)
    kept = rows.values_list("text", flat=True).first() or ""
    if kept.strip() and _as_one(kept) not in {_as_one(over), _as_one(text)}:
        return kept
    save_draft(complaint=complaint, agent=agent, text=text, now=now)
    return ""


def _as_one(words: str) -> str:
    """Write words as every browser would, so that only what was really written otherwise differs."""
    return storable(words).replace("\r\n", "\n").strip()


def mark_read(*, complaint: Complaint, agent: Agent, now: datetime) -> None:
    """Remember that the agent has seen the complaint up to now."""
    if not ReadMark.objects.filter(complaint=complaint, agent=agent).update(at=now):
        mark = ReadMark(complaint=complaint, agent=agent, at=now)
        ReadMark.objects.bulk_create(
            [mark], update_conflicts=True, unique_fields=["complaint", "agent"], update_fields=["at"]
        )


@transaction.atomic
def correct_customer(*, customer: Customer, **fields: Any) -> Customer:
    """Correct the record of a customer, and let their complaints be found under the new name.

    :raises UnableToCorrect: if a field cannot be corrected, or a value does not fit
    """
    customer = customers.correct(customer=customer, **fields)
    index_again(customer=customer)
    return customer


def index_again(*, customer: Customer) -> None:
    """Write the search entries of a customer's complaints anew, and how their name sounds."""
    heard_names.hear_again(customer)
    for complaint in Complaint.objects.filter(customer=customer).select_related("customer"):
        search.index(complaint)


@transaction.atomic
def rebuild(*, complaint: Complaint) -> list[str]:
    """Derive the columns from the events once more; return the names of those that were different."""
    lock_itself(complaint)
    before = Complaint.objects.values().get(pk=complaint.pk)
    Tagging.objects.filter(complaint=complaint).delete()
    Link.objects.filter(complaint=complaint).delete()
    _derive(complaint)
    search.index(complaint)
    after = Complaint.objects.values().get(pk=complaint.pk)
    return [name for name, value in before.items() if value != dict(after)[name]]


@transaction.atomic
def erase(*, customer: Customer, by: Agent, now: datetime) -> int:
    """Empty what names the customer or was written; the order of events stays. Return how many complaints.

    :raises UnableToErase: if it was done before
    """
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    if customer.erased_at is not None:
        raise UnableToErase(_("This customer was erased before."))
    theirs = list(Complaint.objects.filter(customer=customer).values_list("pk", flat=True))
    theirs += [pk for parts in whole.merged_into(theirs).values() for pk in parts]
    complaints = list(Complaint.objects.select_for_update().filter(pk__in=theirs).order_by("pk"))
    ids = [complaint.pk for complaint in complaints]
    # What is archived need not be read for it: it may even be out of reach.
    for content in EventContent.objects.filter(event__complaint__in=ids).defer("text", "html", "quoted"):
        content.text = content.html = content.quoted = ""
        content.data = {
            name: value
            for name, value in content.data.items()
            if name in KEPT_ON_ERASURE
            and not (isinstance(value, str) and "@" in value)  # 'from' is an address at times
        }
        content.save(update_fields=["text", "html", "quoted", "data"])
    _erase_files(ids)
    Draft.objects.filter(complaint__in=ids).delete()
    SearchEntry.objects.filter(complaint__in=ids).delete()
    for eraser in erasure.erasers():
        for pk in customers.records_of(customer=customer):
            eraser(customer_id=pk, complaint_ids=ids, now=now)
    archived.forget(complaint_ids=ids)
    customers.empty(customer=customer, now=now)
    for complaint in complaints:
        complaint.subject = complaint.wish = ""
        complaint.key = new_key()  # the link that the customer held opens nothing any more
        complaint.save(update_fields=["subject", "wish", "key"])
        append_here(complaint=complaint, kind=EventKind.ERASED, by=By.AGENT, agent=by, now=now)
    return len(complaints)


# What the actions share.


def _lock(complaint: Complaint) -> None:
    """Lock the complaint, and bring the row in hand up to date; one that was merged becomes the one it is part of."""
    lock_itself(complaint)
    while complaint.merged_into_id is not None:
        complaint.pk = complaint.merged_into_id
        lock_itself(complaint)


def lock_itself(complaint: Complaint) -> None:
    """Lock just this complaint, and bring the row in hand up to date."""
    page = one_moment.page_of(complaint.pk)
    if page is not None and page.complaint is complaint:
        return  # it is locked, and as it will be written
    rows = questions.ask("locked complaint", _locked, pk=complaint.pk)
    if not rows:
        raise Complaint.DoesNotExist
    for name, value in zip(ROW, rows[0], strict=True):
        setattr(complaint, name, value)
    if page is not None:
        for name in COLUMNS:
            setattr(complaint, name, getattr(page.complaint, name))


def _locked() -> QuerySet[Complaint, Any]:
    return Complaint.objects.select_for_update().filter(pk=Blank("pk", BigIntegerField())).values_list(*ROW)


def next_number(*, many: int = 1) -> int:
    """Take the next number, or the first of so many in a row; nobody else gets them."""
    while True:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE complaints_numbering SET last = last + %s WHERE id = 1 RETURNING last", [many])
            if (row := cursor.fetchone()) is not None:
                return int(row[0]) - many + 1
        Numbering.objects.get_or_create(pk=1, defaults={"last": FIRST_NUMBER - 1})


def title_of(*, subject: str, text: str, language: str) -> str:
    """What a complaint is called: its subject, else how its words begin."""
    return (
        one_line(subject, limit=300)
        or one_line(beyond_salutation(text[:TITLE_FROM], language=languages.get(language)), limit=80)
        or _("Without a subject")
    )


def known_person(customer: Customer) -> Agent | None:
    """Whom the customer knows: the owner of the complaint that they wrote about last."""
    latest = (
        customer.complaints.filter(merged_into=None)
        .select_related("owner__team")
        .order_by("-last_event_at", "-pk")
        .first()
    )
    return latest.owner if latest is not None else None


def _hand_over(complaint: Complaint, *, by: str, agent: Agent | None, to: Agent, reason: str, now: datetime) -> Event:
    changes_team = to.team_id is not None and to.team_id != complaint.team_id
    if changes_team and by == By.SYSTEM and complaint.team is not None and complaint.team.is_closed:
        changes_team = False  # nobody said yes: whoever owns it now sees it, and their team does not
    event = append(
        complaint=complaint,
        kind=EventKind.HANDED_OVER,
        by=by,
        agent=agent,
        data={
            "from": complaint.owner_id,
            "to": to.pk,
            "reason": one_line(reason, limit=300),
            **({"team": complaint.team_id} if changes_team else {}),  # for who takes it back
        },
        now=now,
    )
    if changes_team:
        complaint.team = to.team
        complaint.save(update_fields=["team"])
    return event


def hand_over_by_desk(*, complaint: Complaint, to: Agent, reason: str, now: datetime) -> Event:
    """Give a complaint whose owner has left another one; it is locked."""
    return _hand_over(complaint, by=By.SYSTEM, agent=None, to=to, reason=reason, now=now)


def _not_filled_in(complaint: Complaint) -> list[str]:
    """Name the fields that have to be filled in before closing, and are not."""
    asked = Field.objects.filter(Q(team=None) | Q(team=complaint.team_id), needed_to_close=True, retired_at=None)
    said: dict[int, set[str]] = {}
    for pk, text in FieldValue.objects.filter(complaint=complaint, field__in=asked).values_list("field", "text"):
        said.setdefault(pk, set()).add(text)
    language = (get_language() or "en").split("-")[0]
    return [field.called(language) for field in asked if not _is_filled_in(field, said.get(field.pk, set()))]


def _is_filled_in(field: Field, said: set[str]) -> bool:
    """Whether a field says something, and a checklist everything."""
    if field.kind != Field.Kind.CHECKLIST:
        return bool(said)
    return all(choice["key"] in said for choice in field.choices if not choice.get("retired"))


def mood(text: str, language: str, heat: int | None, now: datetime) -> dict[str, Any]:
    """Read what the customer lets us know, and how they feel unless the caller knows."""
    signals = signals_in(text=text, language=language, now=now)
    heat = heat_of(signals) if heat is None else heat
    return {**({"heat": heat} if heat else {}), **({"signals": signals} if signals else {})}


def _reopen_if_ended(complaint: Complaint, *, now: datetime) -> None:
    """Open a resolved or closed complaint again; when its owner has left meanwhile, it gets another one."""
    if complaint.stage in OPEN:
        return
    append(complaint=complaint, kind=EventKind.REOPENED, by=By.SYSTEM, now=now)
    owner = Agent.objects.get(pk=complaint.owner_id)
    if not owner.is_active:
        to = choose_owner(language=complaint.language, team=complaint.team, now=now)
        reason = _("%(name)s does not work here any more.") % {"name": owner.name}
        hand_over_by_desk(complaint=complaint, to=to, reason=reason, now=now)


def write_first(complaint: Complaint, told: Sequence[tuple[datetime, Said]]) -> list[Event]:
    """Write the first events of a new complaint, each at its own moment, and derive its columns."""
    events = [_write(complaint, place, now=at, **said) for place, (at, said) in enumerate(told, start=1)]
    _derive(complaint)
    search.index(complaint)
    return events


def _write(complaint: Complaint, sequence: int, *, now: datetime, **said: Unpack[Said]) -> Event:
    """Add the envelope, its content and its files; the complaint is locked or new."""
    return write_events([(complaint, sequence, said)], now=now)[0]


def write_events(told: Sequence[tuple[Complaint, int, Said]], *, now: datetime) -> list[Event]:
    """Add the envelopes of one moment, their contents and their files, in few questions of the database.

    Each has its place on the timeline of its complaint, which is locked or new; columns are the caller's.
    """
    events = Event.objects.bulk_create(
        Event(
            complaint=complaint,
            sequence=sequence,
            kind=EventKind(one["kind"]),
            at=now,
            by=By(one["by"]),
            agent=one.get("agent"),
            channel=one.get("channel", ""),
            language=one.get("language", ""),
        )
        for complaint, sequence, one in told
    )
    EventContent.objects.bulk_create(
        EventContent(
            event=event,
            text=storable(one.get("text", "")),
            html=safe_html(one.get("html", "")),
            quoted=storable(one.get("quoted", "")),
            data=_storable_data(one.get("data", {})),
        )
        for event, (_complaint, _place, one) in zip(events, told, strict=True)
    )
    for event, (_complaint, _place, one) in zip(events, told, strict=True):
        for upload in one.get("attachments", ()):
            _keep_file(event, upload)
    return events


def _storable_data(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, Mapping):
        return {str(name): _storable_data(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_storable_data(part) for part in value]
    return value


def _keep_file(event: Event, upload: Upload) -> None:
    attachment = Attachment(
        event=event,
        name=one_line(upload.name, limit=255) or _("file"),
        media_type=one_line(upload.media_type, limit=100),
        size=len(upload.body),
        sha256=hashlib.sha256(upload.body).hexdigest(),
        content_id=one_line(upload.content_id, limit=255),
    )
    place = attachment_path(attachment, upload.name)
    attachment.file.name = lay_down(place, upload.body)
    attachment.save()


def _erase_files(complaint_ids: list[int]) -> None:
    """Forget the files of the complaints; a file that another complaint holds too stays for that one."""
    attachments = Attachment.objects.filter(event__complaint__in=complaint_ids)
    places = set(attachments.values_list("file", flat=True))
    attachments.delete()
    places -= set(Attachment.objects.filter(file__in=places).values_list("file", flat=True))
    forget_once_committed(places)


def _stories(complaint_ids: Sequence[int]) -> dict[int, list[timeline.Happened]]:
    """Read what happened in some complaints, in order."""
    told: dict[int, list[timeline.Happened]] = {pk: [] for pk in complaint_ids}
    for complaint, row, place, kind, at, by, agent, text, data in questions.ask("stories", _told, ids=complaint_ids):
        told[complaint].append(
            timeline.Happened(
                kind=kind, at=at, by=by, agent=agent, text=text or "", data=data or {}, place=place, row=row
            )
        )
    return told


def _told() -> QuerySet[Event, Any]:
    rows = Event.objects.filter(Among("complaint_id", "ids")).order_by("complaint", "sequence")
    return rows.values_list(
        "complaint_id", "pk", "sequence", "kind", "at", "by", "agent_id", "content__text", "content__data"
    )


def happened(event: Event) -> timeline.Happened:
    """An event as the counting reads it."""
    content = event.content
    return timeline.Happened(
        kind=event.kind,
        at=event.at,
        by=event.by,
        agent=event.agent_id,
        text=content.text,
        data=content.data,
        place=event.sequence,
        row=event.pk,
    )


def _derive(complaint: Complaint) -> None:
    """Write every column that the events decide."""
    story = whole.with_merged(_stories([complaint.pk])[complaint.pk])
    derived = timeline.derive(story)
    _set_columns(complaint, derived.columns)
    _stand_beside(complaint, story, derived.companions)
    update_all([complaint], fields=COLUMNS)
    following.follow([(complaint, timeline.standing(story))])


def _stand_beside(
    complaint: Complaint, story: Sequence[timeline.Happened], companions: Sequence[timeline.Beside]
) -> None:
    if any(event.kind == EventKind.UNDONE for event in story):  # who came along with a merged one goes with it again
        beside_it = [one.agent for one in companions]
        Companion.objects.filter(complaint=complaint).exclude(agent__in=beside_it).delete()
    for beside in companions:
        Companion.objects.update_or_create(
            complaint=complaint,
            agent_id=beside.agent,
            defaults={"since": beside.since, "answered_at": beside.answered_at},
        )
