"""What the agent's screens show beyond what other rooms tell already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from amends.desk.channels import queries as channels
from amends.desk.channels.models import Outgoing
from amends.desk.channels.problems import describe
from amends.desk.complaints import links, tags, whole
from amends.desk.complaints import queries as complaints
from amends.desk.complaints.mentions import MENTION
from amends.desk.complaints.models import Complaint, Stage
from amends.desk.complaints.queries import NO_FILTERS, Circle, Filters, Hit, Item, PersonPane, Promised, Row
from amends.desk.complaints.search import folded
from amends.desk.people.models import Agent
from amends.desk.people.queries import colleagues
from amends.desk.web import questions
from amends.desk.web.questions import Blank
from amends.desk.workplace import later, saved_views
from amends.desk.workplace.models import LaterReply

PAGE = 25  # two screens and more; what follows comes when somebody scrolls there
MOST_AT_ONCE = 400  # rows that are drawn again in one go, for a reader who went far down
FOUND = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How far a reply has come on its way."""

    id: int
    state: str
    label: str
    problem: str
    without_post: bool = False  # it waits because no outgoing mail is set up


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One thing on the timeline, with the day it opens and the state of its delivery."""

    item: Item
    new_day: bool
    delivery: Delivery | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Focus:
    """One complaint, as the middle and the person pane show it."""

    complaint: Complaint
    said: Sequence[Said]
    person: PersonPane
    promise_state: str  # "broken", "soon", "open" or nothing
    is_open: bool
    mine: bool
    can_close: bool
    owed: Sequence[Promised]  # promises of a complaint whose customer is content already, still open
    ahead: tuple[Promised, ...]  # what else is promised here, after the next one
    without_post: bool  # a letter to this customer waits because no outgoing mail is set up
    later: Sequence[LaterReply]  # replies that wait for their time
    is_aside: bool
    draft: str  # what the reader has written and not sent
    tags: Sequence[tags.Word]
    links: Sequence[links.Linked]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One line of the palette; `sheet` opens beside the page, otherwise it is an address."""

    word: str
    icon: str
    href: str = ""
    sheet: str = ""
    click: str = ""
    key: str = ""  # the place on the keyboard of the same act
    aside: str = ""


def rows_at_once(shown: int) -> int:
    """How many rows are drawn for a reader who saw so many of them."""
    return min(max(PAGE, shown), MOST_AT_ONCE)


def page_of_rows(
    *,
    agent: Agent,
    view: str,
    now: datetime,
    search: str = "",
    filters: Filters = NO_FILTERS,
    after: str = "",
    open_number: int = 0,
    place: int = -1,
    shown: int = 0,
    around: Circle | None = None,
    best: bool = False,
    hit: Hit | None = None,
) -> tuple[list[Row], bool, int]:
    """List a page of complaints, say whether there are more, and how many the list holds.

    The row that is open keeps its place, even when it has just left the view. A list that is drawn again has as many
    rows as were `shown`, so that nobody is thrown back to its first page.
    """
    size = rows_at_once(shown)
    around = around or complaints.circle(agent=agent)
    found, held = complaints.page(
        agent=agent,
        view=view,
        now=now,
        search=search,
        filters=filters,
        limit=size + 1,
        after=after or None,
        around=around,
        best=best,
        hit=hit,
    )
    rows, more = found[:size], len(found) > size
    if open_number and place >= 0 and not after:
        rows = _with_open_row(rows, agent=agent, number=open_number, place=place, now=now, around=around)
    return rows, more, held


def _with_open_row(
    rows: list[Row], *, agent: Agent, number: int, place: int, now: datetime, around: Circle
) -> list[Row]:
    open_row = next((row for row in rows if row.number == number), None)
    if open_row is None:
        open_row = complaints.one(agent=agent, number=number, now=now, around=around)
    if open_row is None:
        return rows
    others = [row for row in rows if row.number != number]
    return [*others[:place], replace(open_row, unread=False), *others[place:]]


def focus(*, complaint: Complaint, reader: Agent, now: datetime) -> Focus:
    """Gather one complaint for its reader."""
    events = whole.events(complaint)
    items = complaints.conversation(complaint=complaint, reader=reader, events=events)
    around = complaints.beside(complaint=complaint, reader=reader)
    pane = complaints.person(complaint=complaint, now=now, reader=reader, events=events, around=around)
    delivered = deliveries(complaint=complaint)
    promised = open_promises(pane, complaint=complaint)
    return Focus(
        complaint=complaint,
        said=_said(items, delivered, ZoneInfo(reader.time_zone)),
        person=pane,
        promise_state=_promise_state(complaint, now),
        is_open=complaint.stage in {Stage.RECEIVED, Stage.ANSWERED},
        mine=complaint.owner_id == reader.pk,
        can_close=complaint.stage in {Stage.ANSWERED, Stage.RESOLVED}
        and complaint.waiting_since is None
        and complaint.promise_due_at is None,
        owed=promised if complaint.stage == Stage.RESOLVED else (),
        ahead=promised[1:],
        without_post=any(delivery.without_post for delivery in delivered.values()),
        later=later.waiting_on(complaint=complaint),
        draft=around.draft,
        tags=around.tags,
        links=around.links,
        is_aside=complaint.snoozed_until is not None and complaint.snoozed_until > now,
    )


def open_promises(pane: PersonPane, *, complaint: Complaint) -> tuple[Promised, ...]:
    """The open promises of this complaint, of all that the person was promised."""
    return tuple(one for one in pane.open_promises if one.number == complaint.number)


def deliveries(*, complaint: Complaint) -> dict[int, Delivery]:
    """Tell for each message that goes out how far it has come."""
    rows: list[Outgoing] = questions.ask("outgoing", _going_out, complaint=complaint.pk)
    return {
        row.event_id: Delivery(
            id=row.pk,
            state=row.state,
            label=row.get_state_display(),
            problem=describe(row.problem),
            without_post=channels.is_without_post(row),
        )
        for row in rows
    }


def _going_out() -> QuerySet[Outgoing]:
    here = Outgoing.objects.filter(complaint=Blank("complaint", BigIntegerField()))
    return here.select_related("mailbox").defer("mime").order_by("pk")


def _said(items: Sequence[Item], delivered: dict[int, Delivery], zone: ZoneInfo) -> list[Said]:
    said: list[Said] = []
    day = None
    for item in items:
        if item.kind in QUIET or (item.kind == "warned" and item.data.get("about") == MENTION):
            continue
        today = item.at.astimezone(zone).date()
        said.append(Said(item=item, new_day=today != day, delivery=delivered.get(item.id)))
        day = today
    return said


# Said by what stands beside them: the arrival by the first message, a promise by its chip in the message. So is a
# mention, by the mark in the note.
QUIET = frozenset({"received", "promise-made", "erased-content"})


def _promise_state(complaint: Complaint, now: datetime) -> str:
    if complaint.broken_since is not None:
        return "broken"
    if complaint.promise_due_at is None:
        return ""
    return "soon" if complaint.promise_due_at - now < timedelta(hours=4) else "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetFacts:
    """What the side sheets offer."""

    colleagues: Sequence[Agent]
    promises: Sequence[Promised] = ()  # still open in this complaint
    broken: Sequence[Promised] = ()  # in this complaint, made good since or not


def sheet_facts(*, reader: Agent, complaint: Complaint, now: datetime) -> SheetFacts:
    """Gather whom to ask, and what is still promised."""
    pane = complaints.person(complaint=complaint, now=now, reader=reader)
    return SheetFacts(
        colleagues=colleagues(of=reader),
        promises=open_promises(pane, complaint=complaint),
        broken=pane.broken_promises,
    )


def newest_event() -> int:
    """The identity of the last event, so that a page can tell whether it has seen everything."""
    from amends.desk.complaints.models import Event

    for (pk,) in questions.ask("newest event", lambda: Event.objects.order_by("-pk").values_list("pk")[:1]):
        return int(pk)
    return 0


def choices(*, agent: Agent, words: str, number: int) -> list[Choice]:
    """Find the actions and views that the words name; those on the open complaint first."""
    wanted = folded(words).split()
    every = [*(_on_complaint(number) if number else []), *_in_the_list(), *_anywhere(), *_saved(agent)]
    return [one for one in every if all(word in folded(one.word) for word in wanted)]


def _on_complaint(number: int) -> list[Choice]:
    def sheet(name: str) -> str:
        return reverse("workplace:sheet", args=[number, name])

    return [
        Choice(word=_("Reply"), icon="reply", click="reply", aside="R"),
        Choice(word=_("Write a note"), icon="sticky-note", click="note", aside="N"),
        Choice(word=_("Put right"), icon="gift", sheet=sheet("put-right")),
        Choice(word=_("Bring in an expert"), icon="user-round-plus", sheet=sheet("bring-in")),
        Choice(word=_("Hand over"), icon="arrow-right-left", sheet=sheet("hand-over"), aside="A"),
        Choice(word=_("Record a call"), icon="phone", sheet=sheet("call")),
        Choice(word=_("Put aside until later"), icon="alarm-clock", sheet=sheet("snooze"), aside="S"),
        Choice(word=_("Tag"), icon="tag", sheet=sheet("tag"), aside="T"),
        Choice(word=_("Link with another complaint"), icon="link", sheet=sheet("link")),
        Choice(word=_("Merge with another complaint"), icon="git-merge", sheet=sheet("merge")),
        Choice(word=_("This person is here twice"), icon="users-round", sheet=sheet("one-person")),
        Choice(word=_("Make two out of it"), icon="split", sheet=sheet("split")),
        Choice(word=_("Take five"), icon="coffee", sheet=sheet("take-five")),
        Choice(word=_("Offer a call"), icon="phone-outgoing", sheet=reverse("workplace:offer-call", args=[number])),
        Choice(word=_("The story on one page"), icon="file-text", href=reverse("workplace:one-page", args=[number])),
        Choice(word=_("Wait for a third party"), icon="arrow-left-right", sheet=sheet("third-party")),
        Choice(word=_("The customer is content"), icon="smile", sheet=sheet("content")),
        Choice(word=_("Close"), icon="circle-check", sheet=sheet("close")),
    ]


def _in_the_list() -> list[Choice]:
    """What is done to the chosen complaints, or to the one in hand."""
    return [
        Choice(word=_("Next chat that waits"), icon="message-circle", key="KeyG", aside="G"),
        Choice(word=_("Mark as read"), icon="mail-open", key="KeyM", aside="M"),
        Choice(word=_("Watch"), icon="eye", key="KeyW", aside="W"),
        Choice(word=_("Choose several"), icon="list-checks", key="KeyX", aside="X"),
        Choice(word=_("Narrow this list, or keep it as a view"), icon="list-filter", key="KeyF", aside="F"),
        Choice(word=_("Take back what you just did"), icon="undo-2", key="KeyZ", aside="Z"),
    ]


def _saved(agent: Agent) -> list[Choice]:
    inbox = reverse("workplace:inbox")
    return [
        Choice(word=saved.name, icon="bookmark", href=f"{inbox}?saved={saved.id}", aside=saved.by_name)
        for saved in saved_views.seen_by(agent=agent)
    ]


def view_words() -> dict[str, tuple[str, str]]:
    """The title and the icon of every view."""
    return {
        "now": (_("Needs me now"), "inbox"),
        "mine": (_("My complaints"), "user-round"),
        "snoozed": (pgettext("view", "Put aside"), "alarm-clock"),
        "unread": (_("Unread"), "mail"),
        "watching": (_("Watching"), "eye"),
        "team": (_("My team's complaints"), "users-round"),
        "ours": (_("Waiting for us"), "reply"),
        "waiting": (_("Waiting for the customer"), "hourglass"),
        "third": (_("Waiting for a third party"), "arrow-left-right"),
        "today": (_("Promised today"), "calendar-clock"),
        "overdue": (_("Overdue"), "heart-crack"),
        "due": (_("Promises due"), "calendar-clock"),
        "hot": (_("Hot complaints"), "flame"),
        "all": (_("All complaints"), "library"),
    }


def _anywhere() -> list[Choice]:
    inbox = reverse("workplace:inbox")
    return [
        *(Choice(word=word, icon=icon, href=f"{inbox}?view={view}") for view, (word, icon) in view_words().items()),
        Choice(word=_("Promises"), icon="calendar-clock", href=reverse("promises:board")),
        Choice(word=_("Tags"), icon="tag", href=reverse("workplace:tags")),
        Choice(word=_("What I carry"), icon="heart-handshake", href=reverse("workplace:load")),
        Choice(
            word=_("Hand over for somebody who leaves or is away"),
            icon="arrow-right-left",
            href=reverse("workplace:hand-over-people"),
        ),
        Choice(word=_("New complaint after a call or a visit"), icon="phone-incoming", href=reverse("workplace:new")),
    ]


def found(*, agent: Agent, words: str, now: datetime) -> list[Row]:
    """Find complaints for the palette."""
    if not words.strip():
        return []
    return complaints.inbox(agent=agent, view="all", now=now, search=words, limit=FOUND)
