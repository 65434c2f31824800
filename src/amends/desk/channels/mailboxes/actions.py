"""Writing about mailboxes: set up, opened and closed, held by one fetcher, and how they are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from amends.desk.channels.mailboxes import oauth
from amends.desk.channels.mailboxes.credentials import SECRETS, keep_secret, keep_tokens
from amends.desk.channels.mailboxes.models import Folder, FolderKind, Mailbox, SignIn, Unfetched
from amends.desk.channels.mailboxes.troubles import NEEDS_A_PERSON, Trouble
from amends.desk.channels.models import Outgoing, OutgoingState
from amends.intake.mail import fold_address

LEASE = timedelta(minutes=2)  # without a sign of life, another fetcher may take the mailbox
FIRST_REST = timedelta(seconds=15)
LONGEST_REST = timedelta(minutes=15)
REST_FOR_A_PERSON = timedelta(minutes=10)  # servers lock an account whose password is wrong again and again
LONGEST_REST_FOR_A_PERSON = timedelta(hours=1)
UNFETCHED_AGAIN = timedelta(minutes=10)
LONGEST_UNFETCHED = timedelta(hours=24)


class UnableToSaveMailbox(Exception):
    """The mailbox cannot be kept as it was given."""


@transaction.atomic
def save_mailbox(*, mailbox: Mailbox | None = None, now: datetime, **fields: Any) -> Mailbox:
    """Keep a mailbox. A secret that is left out or empty stays as it was.

    :raises UnableToSaveMailbox: if another mailbox has the address
    """
    secrets = {name: plain for name in SECRETS if (plain := str(fields.pop(name, "") or ""))}
    fields["address"] = fold_address(fields.get("address", mailbox.address if mailbox else ""))
    others = Mailbox.objects.exclude(pk=mailbox.pk) if mailbox else Mailbox.objects.all()
    if others.filter(address=fields["address"]).exists():
        raise UnableToSaveMailbox(_("There is a mailbox of this address already."))
    if mailbox is None:
        mailbox = Mailbox(take_since=fields.pop("take_since", now), changed_at=now)
    before = (mailbox.sign_in, mailbox.user, mailbox.client_id, mailbox.tenant)
    for name, value in fields.items():
        setattr(mailbox, name, value)
    if before != (mailbox.sign_in, mailbox.user, mailbox.client_id, mailbox.tenant):
        mailbox.access_token = ""
    mailbox.hook_secret = mailbox.hook_secret or token_urlsafe(24)
    if mailbox.is_usual:
        others.filter(is_usual=True).update(is_usual=False)
    elif mailbox.sends and not others.filter(sends=True, is_open=True).exists():
        mailbox.is_usual = True
    if mailbox.pk is None:
        mailbox.save()  # the seal names the row
    for name, plain in secrets.items():
        keep_secret(mailbox, name, plain)
    if mailbox.sign_in not in {SignIn.GOOGLE, SignIn.MICROSOFT}:
        mailbox.refresh_token = mailbox.access_token = ""
    mailbox.save()
    begin_afresh(mailbox=mailbox, now=now)
    return mailbox


def open_mailbox(*, mailbox: Mailbox, now: datetime) -> None:
    """Use a mailbox again."""
    mailbox.is_open = True
    mailbox.save(update_fields=["is_open"])
    begin_afresh(mailbox=mailbox, now=now)


def note_hook(*, mailbox: Mailbox, trouble: Trouble | None, now: datetime) -> None:
    """Remember how the provider's last call with mail went."""
    row = Mailbox.objects.filter(pk=mailbox.pk)
    if trouble is None:
        row.update(fetched_at=now, fetch_failures=0, fetch_problem="")
    else:
        row.update(fetch_failures=F("fetch_failures") + 1, fetch_failed_at=now, fetch_problem=str(trouble))


@transaction.atomic
def close_mailbox(*, mailbox: Mailbox, now: datetime) -> None:
    """Stop fetching from a mailbox and writing in its name; what came through it stays."""
    Mailbox.objects.filter(pk=mailbox.pk).update(is_open=False, is_usual=False, changed_at=now)
    heir = Mailbox.objects.filter(is_open=True, sends=True).order_by("pk").first()
    if heir and not Mailbox.objects.filter(is_usual=True).exists():
        Mailbox.objects.filter(pk=heir.pk).update(is_usual=True)


def keep_permission(*, mailbox: Mailbox, tokens: oauth.Tokens, now: datetime) -> None:
    """Keep what a provider gave after somebody signed in there."""
    keep_tokens(mailbox, tokens)
    begin_afresh(mailbox=mailbox, now=now)


def begin_afresh(*, mailbox: Mailbox, now: datetime) -> None:
    """Forget rests and troubles: somebody changed something, so everything is tried at once."""
    Mailbox.objects.filter(pk=mailbox.pk).update(
        changed_at=now, fetch_after=None, fetch_failures=0, send_after=None, send_failures=0
    )
    Unfetched.objects.filter(folder__mailbox=mailbox).update(again_at=now)
    Outgoing.objects.filter(mailbox=mailbox, state=OutgoingState.WAITING, attempts__gt=0).update(not_before=now)


# Holding a mailbox: one fetcher at a time, wherever it runs.


def hold(*, mailbox: Mailbox, holder: str, now: datetime) -> bool:
    """Take a mailbox that is due and that nobody holds; only one fetcher gets True."""
    free = Q(held_until__isnull=True) | Q(held_until__lte=now)
    due = Q(fetch_after__isnull=True) | Q(fetch_after__lte=now)
    mine = Mailbox.objects.filter(free, due, pk=mailbox.pk, is_open=True, receives=True)
    return bool(mine.update(held_by=holder, held_until=now + LEASE))


def still_hold(*, mailbox: Mailbox, holder: str, now: datetime) -> bool:
    """Say that the fetcher lives; False when the mailbox was closed, changed, or taken by another."""
    mine = Mailbox.objects.filter(
        pk=mailbox.pk, held_by=holder, is_open=True, receives=True, changed_at=mailbox.changed_at
    )
    return bool(mine.update(held_until=now + LEASE))


def holds(*, mailbox: Mailbox, holder: str) -> bool:
    """Whether the fetcher still holds the mailbox as it knows it."""
    return Mailbox.objects.filter(
        pk=mailbox.pk, held_by=holder, is_open=True, receives=True, changed_at=mailbox.changed_at
    ).exists()


def let_go(*, mailbox: Mailbox, holder: str, after: datetime | None = None) -> None:
    """Give the mailbox back; `after` says when it is looked into again."""
    fields: Mapping[str, Any] = {"held_until": None, "held_by": ""}
    Mailbox.objects.filter(pk=mailbox.pk, held_by=holder).update(**fields, **({"fetch_after": after} if after else {}))


def note_fetched(*, mailbox: Mailbox, waits_for_mail: bool, now: datetime, trouble: Trouble | None = None) -> None:
    """Write down that the mailbox was read to its end; `trouble` with the spam folder keeps no mail away."""
    Mailbox.objects.filter(pk=mailbox.pk).update(
        fetched_at=now,
        fetch_failures=0,
        fetch_problem=str(trouble or ""),
        fetch_after=None,
        waits_for_mail=waits_for_mail,
    )


def note_not_fetched(*, mailbox: Mailbox, trouble: Trouble, now: datetime) -> datetime:
    """Write down what stood in the way; return when it is tried again."""
    failures = Mailbox.objects.values_list("fetch_failures", flat=True).get(pk=mailbox.pk)
    person = trouble.code in NEEDS_A_PERSON
    first, longest = (REST_FOR_A_PERSON, LONGEST_REST_FOR_A_PERSON) if person else (FIRST_REST, LONGEST_REST)
    again = now + min(first * (1 << min(failures, 10)), longest)
    Mailbox.objects.filter(pk=mailbox.pk).update(
        fetch_failures=F("fetch_failures") + 1,
        fetch_failed_at=now,
        fetch_problem=str(trouble),
        fetch_after=again,
        waits_for_mail=False,
    )
    return again


# How far a folder has been read.


def folders_of(*, mailbox: Mailbox) -> list[Folder]:
    """The folders to read: the one for mail, and the one for spam where there is one."""
    wanted = [(mailbox.folder or "INBOX", FolderKind.INBOX)]
    if mailbox.spam_folder and mailbox.spam_folder != mailbox.folder:
        wanted.append((mailbox.spam_folder, FolderKind.SPAM))
    return [
        Folder.objects.update_or_create(mailbox=mailbox, name=name, defaults={"kind": kind})[0] for name, kind in wanted
    ]


def begin_folder(*, folder: Folder, uid_validity: int, uid_next: int) -> None:
    """Start a folder from its first mail: it is new, or the server numbered its mail anew."""
    folder.uid_validity, folder.last_uid, folder.old_below = uid_validity, 0, uid_next
    folder.stuck_uid = folder.stuck_times = 0
    folder.save()


def pass_over(*, folder: Folder, uid: int) -> None:
    """Remember that everything up to this mail is kept, or known not to be wanted."""
    Folder.objects.filter(pk=folder.pk, uid_validity=_validity(folder), last_uid__lt=uid).update(last_uid=uid)
    folder.last_uid = max(folder.last_uid, uid)


def note_stuck(*, folder: Folder, uid: int) -> int:
    """Count how often the line broke at this mail, or at some that were fetched with it and end with a later one."""
    folder.stuck_times = folder.stuck_times + 1 if folder.stuck_uid >= uid else 1
    folder.stuck_uid = uid
    folder.save(update_fields=["stuck_uid", "stuck_times"])
    return folder.stuck_times


def note_unfetched(*, folder: Folder, uid: int, trouble: Trouble, now: datetime) -> None:
    """Remember a mail that did not come whole, so that the others come and this one is tried again."""
    row, made = Unfetched.objects.get_or_create(
        folder=folder,
        uid_validity=_validity(folder),
        uid=uid,
        defaults={"problem": str(trouble), "again_at": now + UNFETCHED_AGAIN, "since": now, "attempts": 1},
    )
    if not made:
        row.again_at = now + min(UNFETCHED_AGAIN * (1 << min(row.attempts, 10)), LONGEST_UNFETCHED)
        row.attempts += 1
        row.problem = str(trouble)
        row.save(update_fields=["again_at", "attempts", "problem"])


def note_fetched_after_all(*, folder: Folder, uid: int) -> None:
    Unfetched.objects.filter(folder=folder, uid_validity=_validity(folder), uid=uid).delete()


def _validity(folder: Folder) -> int:
    if folder.uid_validity is None:
        raise ValueError("A folder is begun before it is read.")
    return folder.uid_validity
