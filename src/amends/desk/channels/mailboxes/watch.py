"""Watching mailboxes: one thread for each that this process holds, so that a slow server keeps nobody else waiting.

The periodic work of the jobs room begins the threads (`tasks.watch_mailboxes`); a lease in the mailbox's row sees to it
that of many workers one fetches. Where the server can (IDLE), the line stays open and mail is here at once; elsewhere
the mailbox is looked into every minute. So it is where there are more mailboxes than lines: they take turns.
"""

from __future__ import annotations

import atexit
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import close_old_connections, connection
from django.db.models import F
from django.utils import timezone
from imapclient import IMAPClient

from amends.desk.channels.mailboxes import actions, lines
from amends.desk.channels.mailboxes.fetching import LetGoError, Round
from amends.desk.channels.mailboxes.models import Mailbox
from amends.desk.channels.mailboxes.troubles import trouble_of
from amends.desk.jobs.worker import new_worker_id

logger = logging.getLogger("amends.channels")

EVERY = timedelta(minutes=1)  # between two looks where the server does not tell
LONGEST_IDLE = timedelta(minutes=4)  # then the spam folder too is looked into, and a silent line noticed
SLICE = 5.0  # seconds of waiting between two signs of life
MOST = 60  # lines of one process

RENEW_EVERY = timedelta(seconds=20)
ASK_EVERY = timedelta(seconds=2)


@dataclass(slots=True)
class Hold:
    """A fetcher's hold on a mailbox, renewed while it works; it asks the database now and then, not for every mail."""

    mailbox: Mailbox
    holder: str
    clock: Callable[[], datetime]
    stopping: threading.Event
    renewed_at: datetime
    asked_at: datetime

    def lasts(self) -> bool:
        now = self.clock()
        if self.stopping.is_set():
            return False
        if now - self.renewed_at >= RENEW_EVERY:
            self.renewed_at = self.asked_at = now
            return actions.still_hold(mailbox=self.mailbox, holder=self.holder, now=now)
        if now - self.asked_at >= ASK_EVERY:
            self.asked_at = now
            return actions.holds(mailbox=self.mailbox, holder=self.holder)
        return True


class Watch:
    """The fetchers of one process."""

    def __init__(self, *, clock: Callable[[], datetime] = timezone.now, slice_: float = SLICE) -> None:
        self.clock = clock
        self.slice = slice_
        self.holder = ""
        self.stopping = threading.Event()
        self.crowded = False  # more mailboxes than lines: none waits on its line for news
        self._threads: dict[int, threading.Thread] = {}

    def look_around(self, *, now: datetime) -> int:
        """Begin a fetcher for every mailbox that is due and free; return how many were begun."""
        self.holder = self.holder or new_worker_id()
        self._threads = {pk: thread for pk, thread in self._threads.items() if thread.is_alive()}
        begun = 0
        boxes = list(
            Mailbox.objects.filter(is_open=True, receives=True).order_by(F("fetched_at").asc(nulls_first=True), "pk")
        )
        self.crowded = sum(not self._is_anothers(mailbox, now) for mailbox in boxes) > MOST
        for mailbox in boxes:
            if mailbox.pk in self._threads or len(self._threads) >= MOST or self.stopping.is_set():
                continue
            if actions.hold(mailbox=mailbox, holder=self.holder, now=now):
                thread = threading.Thread(
                    target=self._run, args=(mailbox.pk,), name=f"mailbox-{mailbox.pk}", daemon=True
                )
                self._threads[mailbox.pk] = thread
                thread.start()
                begun += 1
        return begun

    def _is_anothers(self, mailbox: Mailbox, now: datetime) -> bool:
        held = mailbox.held_until is not None and mailbox.held_until > now
        return held and mailbox.held_by != self.holder

    def stop(self, *, patience: float = 5.0) -> None:
        """Let every mailbox go, so that another process may take it at once."""
        self.stopping.set()
        for thread in self._threads.values():
            thread.join(patience)

    def _run(self, pk: int) -> None:
        close_old_connections()
        try:
            mailbox = Mailbox.objects.get(pk=pk)
            self.attend(mailbox)
        except Mailbox.DoesNotExist:
            return
        except Exception:  # the lease runs out by itself, and the next look around begins again
            logger.exception("mailbox %s: the fetcher stopped", pk)
        finally:
            connection.close()

    def attend(self, mailbox: Mailbox) -> None:
        """Fetch, and wait for more as long as the server tells; write down how it went, and let go."""
        now = self.clock()
        hold = Hold(mailbox, self.holder, self.clock, self.stopping, now, now)
        after: datetime | None = None
        try:
            with lines.imap(mailbox, now=now) as line:
                while self._fetch(mailbox, line, hold):
                    self._wait(mailbox, line, hold)
            after = self.clock() + EVERY
        except LetGoError:  # stopped, closed, or changed: whoever takes it next begins at once
            logger.info("mailbox %s: let go", mailbox.pk)
        except lines.TROUBLES as error:
            trouble = trouble_of(error)
            logger.warning("mailbox %s: %s", mailbox.pk, trouble)
            after = actions.note_not_fetched(mailbox=mailbox, trouble=trouble, now=self.clock())
        finally:
            actions.let_go(mailbox=mailbox, holder=self.holder, after=after)

    def _fetch(self, mailbox: Mailbox, line: IMAPClient, hold: Hold) -> bool:
        """Read all folders; return whether to wait on this line for the server to tell when more comes."""
        trouble = Round(mailbox, line, self.clock, hold.lasts).read()
        tells = bool(line.has_capability("IDLE")) and not self.crowded
        actions.note_fetched(mailbox=mailbox, waits_for_mail=tells, trouble=trouble, now=self.clock())
        return tells

    def _wait(self, mailbox: Mailbox, line: IMAPClient, hold: Hold) -> None:
        """Wait in the folder until mail comes or it is time to look anyway."""
        told = line.select_folder(mailbox.folder or "INBOX", readonly=True)
        folder = mailbox.folders.get(name=mailbox.folder or "INBOX")
        if int(told.get(b"UIDNEXT") or 0) > folder.last_uid + 1:
            return  # something came between the last look and now
        until = self.clock() + LONGEST_IDLE
        line.idle()
        try:
            while self.clock() < until and not self.crowded:
                began = time.monotonic()
                said = line.idle_check(timeout=self.slice)
                if _speaks_of_mail(said):
                    break
                if not said and time.monotonic() - began < self.slice / 2:
                    break  # silent and yet not waiting: the line is dead
                if not hold.lasts():
                    raise LetGoError
        finally:
            line.idle_done()  # raises when the line is dead


def _speaks_of_mail(said: list[tuple[object, ...]]) -> bool:
    return any(len(one) > 1 and one[1] in {b"EXISTS", b"RECENT"} for one in said) or any(
        one and one[0] == b"BYE" for one in said
    )


_watch: Watch | None = None


def of_this_process() -> Watch:
    """The one watch of this process; it stops when the process ends in good order."""
    global _watch  # noqa: PLW0603 - one per process, begun by the first periodic run
    if _watch is None:
        _watch = Watch()
        atexit.register(_watch.stop)
    return _watch
