"""Fetching: mails of a folder are kept raw and committed, then the folder's mark moves on, then they are read.

A few at a time, so that a mail that came with many others waits for none of them longer than a moment; small ones come
in one answer of the server, for each question is a way there and back. Whatever stops in between, the mail is fetched
once more and its identity (mailbox, Message-ID, digest) says that it is known. Nothing on the server is deleted or
moved.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import batched
from typing import Any

from django.conf import settings
from django.db import OperationalError
from imapclient import SEEN, IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from amends.desk.channels import actions as arrivals
from amends.desk.channels.mail.identity import identity_of
from amends.desk.channels.mailboxes import actions
from amends.desk.channels.mailboxes.models import AfterTaking, Folder, FolderKind, Mailbox, Unfetched
from amends.desk.channels.mailboxes.troubles import Trouble, UnableToUseMailbox, trouble_of
from amends.desk.channels.models import Arrival

logger = logging.getLogger("amends.channels")

Clock = Callable[[], datetime]

AT_ONCE = 100  # mails whose sizes are asked for in one breath
BEGINNING = 512 * 1024  # bytes that are kept of a mail too large for the desk
MOST_STUCK = 3
TOGETHER = arrivals.TOGETHER  # mails that are kept and read in one breath
MOST_IN_HAND = 8 * 1024 * 1024  # bytes of them
MOST_IN_ONE_ANSWER = 256 * 1024  # bytes of mails that are asked for in one breath: a moment on a slow line too
LONGEST_IN_HAND = timedelta(seconds=1)  # and how long the first of them may wait for the others


class LetGoError(Exception):
    """The mailbox is another fetcher's now, or was closed or changed."""


@dataclass(frozen=True, slots=True)
class Round:
    """One reading of a mailbox."""

    mailbox: Mailbox
    line: IMAPClient
    clock: Clock
    still_ours: Callable[[], bool] = lambda: True

    def read(self) -> Trouble | None:
        """Fetch what is new in all folders. Return what is wrong with the spam folder: it keeps no other mail away."""
        trouble = None
        for folder in actions.folders_of(mailbox=self.mailbox):
            try:
                self.read_folder(folder)
            except UnableToUseMailbox as error:
                if folder.kind != FolderKind.SPAM:
                    raise
                trouble = error.trouble
        return trouble

    def read_folder(self, folder: Folder) -> int:
        """Fetch what is new in one folder; return how many mails were kept."""
        marks = self.mailbox.after_taking == AfterTaking.SEEN
        told = self._select(folder, readonly=not marks)
        validity, following = int(told[b"UIDVALIDITY"]), int(told.get(b"UIDNEXT") or 0)
        if folder.uid_validity != validity:
            actions.begin_folder(folder=folder, uid_validity=validity, uid_next=following or self._highest() + 1)
        kept = 0
        for some in batched(self._new_uids(folder), AT_ONCE, strict=False):
            kept += self._take(folder, some)
        if following:
            actions.pass_over(folder=folder, uid=following - 1)  # the last numbers may be of mail that is gone
        kept += self._take_again(folder)
        return kept

    def _select(self, folder: Folder, *, readonly: bool) -> dict[bytes, object]:
        try:
            return dict(self.line.select_folder(folder.name, readonly=readonly))
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:
            names = ", ".join(str(name) for _flags, _mark, name in self.line.list_folders())
            raise UnableToUseMailbox("folder", f"{folder.name} → {names}") from error

    def _highest(self) -> int:
        return max(self.line.search("ALL"), default=0)

    def _new_uids(self, folder: Folder) -> list[int]:
        """The mails after the mark, oldest first; at the beginning only those that can be new enough."""
        if folder.last_uid == 0 and folder.old_below > 1:
            day = (self.mailbox.take_since - timedelta(days=1)).date()  # servers count days in their own zone
            found = {*self.line.search(["SINCE", day]), *self.line.search(["UID", f"{folder.old_below}:*"])}
        else:
            found = {*self.line.search(["UID", f"{folder.last_uid + 1}:*"])}
        # '*' is the last mail even when it lies before the mark.
        return sorted(uid for uid in found if uid > folder.last_uid)

    def _take(self, folder: Folder, uids: Iterable[int]) -> int:
        uids = list(uids)
        told = self.line.fetch(uids, ["RFC822.SIZE", "INTERNALDATE"])
        # The others are gone meanwhile, or from before the desk came.
        sizes = {
            uid: int(told[uid].get(b"RFC822.SIZE") or 0)
            for uid in uids
            if uid in told and not self._is_old(folder, uid, told[uid].get(b"INTERNALDATE"))
        }
        hand = Hand(self, folder)
        for some in _in_answers(uids, sizes, alone_until=folder.stuck_uid):
            come = self._fetch_together(hand, [uid for uid in some if uid in sizes])
            for uid in some:
                if uid not in sizes:
                    hand.take(uid, None)
                    continue
                hand.make_room(sizes[uid])
                hand.take(uid, come.pop(uid, None) or self._fetch_or_note(hand, uid, size=sizes[uid]))
        hand.put_down()
        return hand.kept

    def _is_old(self, folder: Folder, uid: int, came: datetime | None) -> bool:
        if uid >= folder.old_below or came is None:
            return False
        came = came.astimezone(UTC) if came.tzinfo else came.replace(tzinfo=UTC)
        return came < self.mailbox.take_since

    def _go_on(self, hand: Hand) -> None:
        """Stop before the server is asked for more where the mailbox is another's meanwhile.

        What has come is kept in any case: on a line so slow that a lease runs out over one answer, two processes would
        else take the mailbox from one another for ever, and nothing would come in.

        :raises LetGoError: if it is
        """
        if not self.still_ours():
            hand.put_down()
            raise LetGoError

    def _fetch_together(self, hand: Hand, uids: list[int]) -> dict[int, arrivals.Mail]:
        """Fetch small mails in one answer; whatever does not come by it is to be asked for by itself."""
        if len(uids) < 2:
            return {}
        folder = hand.folder
        self._go_on(hand)
        try:
            told = self.line.fetch(uids, ["BODY.PEEK[]"])
        except (IMAPClientAbortError, OSError, EOFError):
            actions.note_stuck(folder=folder, uid=uids[-1])  # at which of them will be seen: up to here one by one
            hand.put_down()
            raise
        except IMAPClientError as error:
            logger.warning("mailbox %s: %s mails were not fetched together: %s", self.mailbox.pk, len(uids), error)
            return {}
        return {uid: self._mail(folder, raw) for uid in uids if (raw := _body(told.get(uid, {})))}

    def _fetch_or_note(self, hand: Hand, uid: int, *, size: int) -> arrivals.Mail | None:
        """Fetch one mail; what does not come is noted and tried again later, and a line that breaks at it counted."""
        folder = hand.folder
        self._go_on(hand)
        try:
            return self._fetch(folder, uid, size=size)
        except (IMAPClientAbortError, OSError, EOFError) as error:
            hand.put_down()
            if actions.note_stuck(folder=folder, uid=uid) >= MOST_STUCK:  # the others go on without it
                actions.note_unfetched(folder=folder, uid=uid, trouble=trouble_of(error), now=self.clock())
                actions.pass_over(folder=folder, uid=uid)
            raise
        except (IMAPClientError, UnableToUseMailbox) as error:
            logger.warning("mailbox %s: mail %s was not fetched: %s", self.mailbox.pk, uid, error)
            actions.note_unfetched(folder=folder, uid=uid, trouble=trouble_of(error), now=self.clock())
            return None

    def _fetch(self, folder: Folder, uid: int, *, size: int) -> arrivals.Mail:
        """Fetch one mail; of one that is too large, its beginning."""
        large = size > settings.MAIL_LIMIT
        part = f"BODY.PEEK[]<0.{BEGINNING}>" if large else "BODY.PEEK[]"
        raw = _body(self.line.fetch([uid], [part]).get(uid, {}))
        if not raw:
            raise UnableToUseMailbox("whole")
        return self._mail(folder, raw, full_size=size if large else None)

    def _mail(self, folder: Folder, raw: bytes, *, full_size: int | None = None) -> arrivals.Mail:
        return arrivals.Mail(
            raw=raw,
            identity=identity_of(raw, mailbox=f"box-{self.mailbox.pk}"),
            mailbox=self.mailbox,
            from_spam=folder.kind == FolderKind.SPAM,
            full_size=full_size,
        )

    def read_and_mark(self, folder: Folder, uids: Sequence[int], kept: Sequence[Arrival]) -> None:
        """Read what was kept, and mark it on the server where the mailbox wants that."""
        try:
            arrivals.take_in_all(arrivals=kept, now=self.clock())
        except OperationalError as error:  # they are kept, and the worker reads them in a minute
            logger.warning("%s arrivals wait, from %s on: %s", len(kept), kept[0].pk, error)
        if self.mailbox.after_taking == AfterTaking.SEEN and folder.kind == FolderKind.INBOX:
            self.line.add_flags(uids, [SEEN], silent=True)

    def _take_again(self, folder: Folder) -> int:
        """Try once more what did not come whole."""
        due = Unfetched.objects.filter(
            folder=folder, uid_validity=folder.uid_validity, again_at__lte=self.clock()
        ).values_list("uid", flat=True)
        kept = 0
        for uid in sorted(due):
            if not self.still_ours():
                raise LetGoError
            about = self.line.fetch([uid], ["RFC822.SIZE"]).get(uid)
            if about is None:  # somebody took it away on the server: there is nothing to fetch any more
                actions.note_fetched_after_all(folder=folder, uid=uid)
                continue
            # The next attempt is written down first: this mail may break the line.
            actions.note_unfetched(folder=folder, uid=uid, trouble=Trouble("broken"), now=self.clock())
            try:
                mail = self._fetch(folder, uid, size=int(about.get(b"RFC822.SIZE") or 0))
            except (IMAPClientAbortError, OSError, EOFError):
                raise
            except (IMAPClientError, UnableToUseMailbox) as error:
                logger.warning("mailbox %s: mail %s was not fetched: %s", self.mailbox.pk, uid, error)
                continue
            arrival = arrivals.keep_mails(mails=[mail], now=self.clock())
            actions.note_fetched_after_all(folder=folder, uid=uid)
            self.read_and_mark(folder, [uid], arrival)
            kept += 1
        return kept


def _in_answers(uids: Sequence[int], sizes: Mapping[int, int], *, alone_until: int) -> Iterator[list[int]]:
    """Part mails into those that are fetched in one answer of the server.

    What is large comes by itself, and so does every mail up to one at which the line broke.
    """
    some: list[int] = []
    heavy = 0
    for uid in uids:
        size = sizes.get(uid, 0)
        alone = uid <= alone_until or size > min(MOST_IN_ONE_ANSWER, settings.MAIL_LIMIT)
        if some and (alone or len(some) == TOGETHER or heavy + size > MOST_IN_ONE_ANSWER):
            yield some
            some, heavy = [], 0
        if alone:
            yield [uid]
        else:
            some.append(uid)
            heavy += size
    if some:
        yield some


def _body(told: Mapping[bytes, Any]) -> bytes:
    """Find the mail in what a server says of it; nothing where it did not come."""
    found = next((value for name, value in told.items() if name.startswith(b"BODY[]")), None)
    return found if isinstance(found, bytes) else b""


class Hand:
    """The mails in hand, with their numbers in the folder: fetched, and not yet kept."""

    def __init__(self, round_: Round, folder: Folder) -> None:
        self.folder = folder
        self.kept = 0
        self._round = round_
        self._held: list[tuple[int, arrivals.Mail | None]] = []
        self._since: datetime | None = None

    def make_room(self, size: int) -> None:
        """Put down what is in hand where the next mail is so large that the others would wait for it."""
        if self._bytes() + size > MOST_IN_HAND:
            self.put_down()

    def take(self, uid: int, mail: arrivals.Mail | None) -> None:
        """Take a mail into the hand, or the number of one that is not to be kept."""
        self._held.append((uid, mail))
        now = self._round.clock()
        self._since = self._since or now
        if len(self._held) >= TOGETHER or now - self._since >= LONGEST_IN_HAND:
            self.put_down()

    def put_down(self) -> None:
        """Keep what is in hand, then move the mark, then read it."""
        held, self._held, self._since = self._held, [], None
        if not held:
            return
        mails = [(uid, mail) for uid, mail in held if mail is not None]
        kept = arrivals.keep_mails(mails=[mail for _uid, mail in mails], now=self._round.clock()) if mails else []
        actions.pass_over(folder=self.folder, uid=held[-1][0])
        if mails:
            self._round.read_and_mark(self.folder, [uid for uid, _mail in mails], kept)
        self.kept += len(mails)

    def _bytes(self) -> int:
        return sum(len(mail.raw) for _uid, mail in self._held if mail is not None)
