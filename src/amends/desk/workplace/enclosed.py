"""Files in a draft: pasted, dropped or chosen, kept beside the words until they go out or are taken back.

A file is in a draft once: a paste that is heard twice, or said again after a broken line, changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Final

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from amends.desk.complaints.actions import Upload
from amends.desk.complaints.laying_down import forget_once_committed
from amends.desk.complaints.models import Complaint
from amends.desk.customers.words import one_line
from amends.desk.people.models import Agent
from amends.desk.workplace.models import DraftFile, LaterReply

MOST: Final = 20  # files of one draft


class UnableToEnclose(Exception):
    """There are too many files, or one of them is gone."""


@transaction.atomic
def add(*, complaint: Complaint, agent: Agent, upload: Upload, now: datetime) -> DraftFile:
    """Lay a file into somebody's draft.

    :raises UnableToEnclose: if there are too many
    """
    Complaint.objects.select_for_update().get(pk=complaint.pk)
    here = in_draft(complaint=complaint, agent=agent)
    digest = hashlib.sha256(upload.body).hexdigest()
    for row in here:
        if row.sha256 == digest:
            return row
    if len(here) >= MOST:
        raise UnableToEnclose(_("This is too much for one message. Send it in two."))
    row = DraftFile(
        complaint=complaint,
        agent=agent,
        name=one_line(upload.name, limit=255) or _("picture"),
        media_type=one_line(upload.media_type, limit=100),
        size=len(upload.body),
        sha256=digest,
        added_at=now,
    )
    row.file.save("", ContentFile(upload.body), save=True)
    return row


@transaction.atomic
def take_away(*, row: DraftFile) -> None:
    """Take a file out of a draft."""
    _forget([row])


def in_draft(*, complaint: Complaint, agent: Agent) -> list[DraftFile]:
    """Return the files of somebody's draft, in the order in which they came."""
    return list(DraftFile.objects.filter(complaint=complaint, agent=agent, later=None).order_by("pk"))


def chosen(*, complaint: Complaint, agent: Agent, kept: Collection[int]) -> list[DraftFile]:
    """Return somebody's own files that were chosen, of a draft or of a reply for later.

    :raises UnableToEnclose: if one is not there any more
    """
    if not kept:
        return []
    rows = list(DraftFile.objects.filter(complaint=complaint, agent=agent, pk__in=kept).order_by("pk"))
    if len(rows) != len(set(kept)):
        raise UnableToEnclose(_("A file that was to go along is gone. Look what is there, and send it again."))
    return rows


def take(rows: Sequence[DraftFile]) -> list[Upload]:
    """Take files out to send them, in the caller's transaction."""
    uploads = []
    for row in rows:
        with row.file.open("rb") as file:
            uploads.append(Upload(name=row.name, media_type=row.media_type, body=file.read()))
    _forget(rows)
    return uploads


def lay_by(*, rows: Sequence[DraftFile], later: LaterReply) -> None:
    """Let files wait with a reply for later."""
    DraftFile.objects.filter(pk__in=[row.pk for row in rows]).update(later=later)


def give_back(*, later: Iterable[LaterReply]) -> None:
    """Put the files of replies that do not leave into the draft again; one that is there already stays once."""
    for row in DraftFile.objects.filter(later__in=list(later)).order_by("pk"):
        same = DraftFile.objects.filter(
            complaint=row.complaint_id, agent=row.agent_id, sha256=row.sha256, later__isnull=True
        )
        if same.exists():
            _forget([row])
        else:
            DraftFile.objects.filter(pk=row.pk).update(later=None)


def erase(*, customer_id: int, complaint_ids: Collection[int], now: datetime) -> None:
    """Forget the files of drafts to somebody who is erased."""
    del customer_id, now
    _forget(list(DraftFile.objects.filter(complaint__in=complaint_ids)))


def _forget(rows: Sequence[DraftFile]) -> None:
    places = [str(row.file.name) for row in rows]
    DraftFile.objects.filter(pk__in=[row.pk for row in rows]).delete()
    forget_once_committed(places)
