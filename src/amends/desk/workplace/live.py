"""Live updates by server-sent events, in any number of web processes: the pages of the desk and the chat's windows.

Each process looks ten times a second for what was committed, and for who is at which complaint, however many pages
listen, and tells them what changed. A window hears of its own complaint only, and at once; a page of the desk hears of
everything, at once when a customer of its reader speaks and of the rest once a second, so that a busy desk does not
wake five hundred pages ten times a second. Nothing is kept between processes: a page that lost its line says up to
which event it has heard, to whichever process answers, and is told what it missed. A stream ends by itself after some
minutes; the browser opens the next one.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from asgiref.sync import sync_to_async
from django.contrib.auth import aget_user
from django.db import Error, close_old_connections
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from amends.desk.channels.chat import queries as chats
from amends.desk.complaints import announce
from amends.desk.complaints.announce import Change
from amends.desk.complaints.models import EventKind
from amends.desk.complaints.visible import Closed, behind_walls
from amends.desk.notices.addressed import KINDS as ADDRESSED
from amends.desk.notices.queries import whom
from amends.desk.people.models import Agent
from amends.desk.people.walls import shut_out
from amends.desk.web.bell import Bell
from amends.desk.web.lines import Line
from amends.desk.workplace import present

EVERY = 0.1  # seconds between two looks
GATHER = 1.0  # seconds between two words about what has time
# What an owner hears at once: their customer speaks. What they do themselves they see in the answer to doing it.
AT_ONCE = frozenset({EventKind.CUSTOMER_WROTE, EventKind.NOT_CONTENT})
# It may have been in the lists of others before: they hear of it although it is theirs no more.
MOVES = frozenset({
    EventKind.HANDED_OVER, EventKind.MERGED, EventKind.MERGED_INTO, EventKind.SPLIT, EventKind.SPLIT_FROM,
    EventKind.UNDONE,
})  # fmt: skip
CALM = 4.0  # seconds at least between two drawings of a list for the sake of complaints that are not the reader's
A_PAGE = 1 / 3  # and for each page of this process so much more: together they take a fifth of a core for it
AGAIN = 5.0  # seconds until the next look when the database did not answer
BREATH = 15.0  # seconds after which a silent stream says that it is still there
LASTS = 300.0  # seconds

NO_WALLS: Final[Mapping[int, Closed]] = MappingProxyType({})
NOBODY: Final[Mapping[int, int]] = MappingProxyType({})
UNWATCHED: Final[Mapping[int, frozenset[int]]] = MappingProxyType({})

logger = logging.getLogger(__name__)
# One thread of its own, so that looking never takes more than one connection to the database.
_eyes = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live")


def _begin() -> announce.Mark:
    close_old_connections()
    return announce.start()


def _look(mark: announce.Mark) -> tuple[announce.Mark, list[Change]]:
    close_old_connections()
    return announce.since(mark)


def _missed(last: int) -> list[Change] | None:
    close_old_connections()
    return announce.missed(last, now=timezone.now())


def _who_is_where() -> present.Places:
    close_old_connections()
    return present.places(now=timezone.now())


def _who_chats() -> chats.Standings:
    close_old_connections()
    return chats.standings(now=timezone.now())


def _closed(numbers: Collection[int], teams: Collection[int]) -> dict[int, Closed]:
    close_old_connections()
    return behind_walls(numbers, teams=teams)


def _whom(events: Collection[int]) -> dict[int, int]:
    close_old_connections()
    return whom(events=events)


def _watchers(complaints: Collection[int]) -> dict[int, frozenset[int]]:
    close_old_connections()
    return announce.watchers(complaints)


def _shut_out(agent: Agent) -> frozenset[int]:
    close_old_connections()
    return shut_out(agent)


@dataclass(slots=True, eq=False)
class Listener:
    """One page, and what it is still to be told: however slowly it reads, each complaint is there once."""

    agent: int = 0  # whose page it is
    number: int = 0  # the one complaint of which a customer's window hears; it hears of nothing else
    changed: dict[int, int] = field(default_factory=dict)  # number -> owner
    teams: set[int] = field(default_factory=set)  # whose they are
    moved: bool = False  # one of them may have been somebody else's before
    last: int = 0
    everything: bool = False  # more than can be told: draw all anew
    present: frozenset[int] = frozenset()  # numbers at which others came, left, or began to write
    woken: Bell = field(default_factory=Bell)
    shut: frozenset[int] = frozenset()  # teams whose complaints its reader does not see

    def hears(self, number: int, closed: Mapping[int, Closed]) -> bool:
        """Whether it is told of a complaint; what is behind a wall is told to whoever was let in."""
        wall = closed.get(number) if self.shut else None
        return wall is None or wall.team not in self.shut or self.agent in wall.people

    def tell(
        self,
        changes: list[Change] | None,
        last: int,
        *,
        watchers: Mapping[int, frozenset[int]] = UNWATCHED,
        later: bool = False,
    ) -> None:
        """Note what changed, and wake the line unless that has time; what its reader watches is as their own."""
        if changes is None:
            self.everything = True
        else:
            for change in changes:
                theirs = self.agent in watchers.get(change.complaint_id, ())
                self.changed[change.number] = self.agent if theirs else change.owner_id
            self.teams.update(change.team_id for change in changes if change.team_id is not None)
            self.moved = self.moved or any(change.kind in MOVES for change in changes)
        self.last = max(self.last, last)
        if not later:
            self.woken.set()

    def tell_who_moved(self, numbers: Iterable[int], *, later: bool = False) -> None:
        self.present = self.present.union(numbers)
        if not later:
            self.woken.set()

    def wake(self) -> None:
        """Wake the line if there is something to tell."""
        if self.changed or self.everything or self.present:
            self.woken.set()

    def take(self, *, calm: float = CALM) -> str:
        """Write what is to be told as events, and forget it.

        :param calm: for how long a page may leave what is not about it
        """
        self.woken.clear()
        moved = json.dumps({"numbers": sorted(self.present)}) if self.present else ""
        self.present = frozenset()
        return self._changes(calm) + (f"event: present\ndata: {moved}\n\n" if moved else "")

    def _changes(self, calm: float) -> str:
        if not self.changed and not self.everything:
            return ""
        told = {
            "numbers": list(self.changed),
            "owners": sorted(set(self.changed.values())),
            "teams": sorted(self.teams),
            **({"moved": True} if self.moved else {}),
            **({"everything": True} if self.everything else {}),
            **({"calm": round(calm)} if calm > CALM else {}),
        }
        self.changed.clear()
        self.teams.clear()
        self.moved = self.everything = False
        return f"id: {self.last}\nevent: changed\ndata: {json.dumps(told)}\n\n"


class Wire:
    """Whoever listens in this process, and the one who looks for all of them."""

    def __init__(self) -> None:
        self.listeners: set[Listener] = set()
        self.pages = 0  # of them
        self.windows: defaultdict[int, set[Listener]] = defaultdict(set)  # those of one complaint only, by its number
        self.gathered_at = 0.0
        self.looking: asyncio.Task[None] | None = None
        self.mark: announce.Mark | None = None
        self.began = asyncio.Event()
        self.places: present.Places = {}
        self.chats: chats.Standings = {}

    async def join(
        self, *, last: int = 0, agent: int = 0, number: int = 0, shut: frozenset[int] = frozenset()
    ) -> Listener:
        """Begin to listen, with what happened since event `last`; the first one wakes the look-out.

        With a `number` it is a customer's window, which hears of that complaint only.
        """
        listener = Listener(agent=agent, number=number, shut=shut)
        self.listeners.add(listener)
        if number:
            self.windows[number].add(listener)
        else:
            self.pages += 1
        if self.looking is None or self.looking.done():
            # The task is there before anything is waited for, so that many who come at once wake one look-out.
            self.began = asyncio.Event()
            self.looking = asyncio.get_running_loop().create_task(self._look_out())
        await self.began.wait()
        if last:
            listener.last = last
            if (changes := await _apart(_missed, last)) != []:
                newest = max((change.id for change in changes or ()), default=self.last)
                closed = await self._behind_walls(change.number for change in changes or ())
                heard = changes and [change for change in changes if listener.hears(change.number, closed)]
                told = {change.complaint_id for change in heard or ()}
                watched = await _apart(_watchers, told) if told else UNWATCHED
                listener.tell(heard, newest, watchers=watched)
        listener.last = max(listener.last, self.last)
        return listener

    @property
    def calm(self) -> float:
        """For how long a page may leave what is not about its reader: the longer, the more pages there are."""
        return max(CALM, self.pages * A_PAGE)

    @property
    def last(self) -> int:
        return self.mark.last if self.mark is not None else 0

    def leave(self, listener: Listener) -> None:
        """Listen no more; with the last one the look-out sleeps."""
        if listener not in self.listeners:
            return
        self.listeners.remove(listener)
        if not listener.number:
            self.pages -= 1
        else:
            self.windows[listener.number].discard(listener)
            if not self.windows[listener.number]:
                del self.windows[listener.number]
        if not self.listeners and self.looking is not None:
            self.looking.cancel()
            self.looking = None

    async def _look_out(self) -> None:
        self.mark = None
        while True:
            try:
                await self.look()
                self.began.set()
                await asyncio.sleep(EVERY)
            except Error:
                # The lines stay open: what happens meanwhile is seen by the first look that succeeds.
                logger.warning("The desk could not look for what is new; it looks again.", exc_info=True)
                await asyncio.sleep(AGAIN)

    async def look(self) -> None:
        """Look once, and tell everybody what is new."""
        if self.mark is None:
            self.mark = await _apart(_begin)
            return
        self.mark, changes = await _apart(_look, self.mark)
        if changes:
            closed = await self._behind_walls(change.number for change in changes)
            meant = [change.id for change in changes if change.kind in ADDRESSED]
            whom = await _apart(_whom, meant) if meant else NOBODY
            # A window hears of its own alone: where no page listens nobody watches.
            watched = await _apart(_watchers, {one.complaint_id for one in changes}) if self.pages else UNWATCHED
            self._tell(changes, self.mark.last, closed, whom, watched)
        gathers = time.monotonic() - self.gathered_at >= GATHER
        if gathers or self.windows:  # only a window has to know at once who writes
            before, self.places = self.places, await _apart(_who_is_where)
            if watched := present.watched(before, self.places):
                self._tell_who_moved(watched, await self._behind_walls(watched))
        if gathers:
            self.gathered_at = time.monotonic()
            stood, self.chats = self.chats, await _apart(_who_chats)
            numbers = chats.moved(stood, self.chats)
            self._tell_pages_who_moved(numbers, await self._behind_walls(numbers))
            for listener in self.listeners:
                listener.wake()

    async def _behind_walls(self, numbers: Iterable[int]) -> Mapping[int, Closed]:
        """Which of these are behind a wall for anybody who listens; a desk without walls asks nothing."""
        teams = frozenset[int]().union(*(listener.shut for listener in self.listeners))
        told = set(numbers) if teams else set()
        return await _apart(_closed, told, teams) if told else {}

    def _tell(
        self,
        changes: list[Change],
        last: int,
        closed: Mapping[int, Closed] = NO_WALLS,
        meant: Mapping[int, int] = NOBODY,
        watchers: Mapping[int, frozenset[int]] = UNWATCHED,
    ) -> None:
        """Tell pages and windows what changed.

        :param meant: for whom some of it is, by the event: they hear at once, and as of a complaint of their own
        :param watchers: who watches them, by the complaint: they hear with the others, and as of one of their own
        """
        owners = {change.owner_id for change in changes if change.kind in AT_ONCE}.union(meant.values())
        for listener in self.listeners:
            if listener.number:
                continue
            heard = [one for one in changes if listener.hears(one.number, closed)] if listener.shut else changes
            if heard:
                mine = {one.number: listener.agent for one in heard if meant.get(one.id) == listener.agent}
                listener.tell(heard, last, watchers=watchers, later=listener.agent not in owners)
                listener.changed |= mine
        for change in changes:
            for window in self.windows.get(change.number, ()):
                window.tell([change], last)

    def _tell_pages_who_moved(self, numbers: Collection[int], closed: Mapping[int, Closed] = NO_WALLS) -> None:
        if numbers:
            for listener in self.listeners:
                if not listener.number:
                    heard = [one for one in numbers if listener.hears(one, closed)] if listener.shut else numbers
                    listener.tell_who_moved(heard, later=True)

    def _tell_who_moved(self, watched: Mapping[int, frozenset[int]], closed: Mapping[int, Closed] = NO_WALLS) -> None:
        """Tell windows, and the pages of those who are where somebody else came, left or began to write."""
        if anybody := frozenset[int]().union(*watched.values()):
            for listener in self.listeners:
                if listener.agent in anybody and not listener.number:
                    there = [number for number, agents in watched.items() if listener.agent in agents]
                    listener.tell_who_moved((one for one in there if listener.hears(one, closed)), later=True)
        for number in watched:
            for window in self.windows.get(number, ()):
                window.tell_who_moved([number])


async def _apart[**P, T](look: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
    return await sync_to_async(look, thread_sensitive=False, executor=_eyes)(*given, **named)


wire = Wire()


async def stream(request: HttpRequest) -> HttpResponse:
    """Keep a line open to one page."""
    user = await aget_user(request)
    if not user.is_authenticated:
        return HttpResponse(status=403)
    last = request.headers.get("Last-Event-ID") or request.GET.get("after", "")
    heard = int(last[:18]) if last.isascii() and last.isdecimal() else 0
    return Line(words(wire, last=heard, agent=user.pk, shut=await _apart(_shut_out, user)))


async def words(
    line: Wire,
    *,
    last: int = 0,
    agent: int = 0,
    shut: frozenset[int] = frozenset(),
    lasts: float = LASTS,
    breath: float = BREATH,
) -> AsyncGenerator[str]:
    """Say what changed, in the form of server-sent events, to a page of `agent`."""
    listener = await line.join(last=last, agent=agent, shut=shut)
    ends = asyncio.get_running_loop().time() + lasts
    try:
        # Where this line begins, so that even one that breaks before the first change is taken up again from there.
        yield f"retry: 1000\nid: {listener.last}\nevent: here\ndata: {listener.last}\n\n"
        while (left := ends - asyncio.get_running_loop().time()) > 0:
            rang = await listener.woken.rings_within(min(breath, left))
            yield listener.take(calm=line.calm) if rang else ": here\n\n"
    finally:
        line.leave(listener)
