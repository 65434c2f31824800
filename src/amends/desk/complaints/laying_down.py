"""Laying files down where they stay, in the data folder or in an object store, and forgetting them.

A full disk or a store that does not answer is no fault of a letter: whoever takes one in lets it wait. Nor may it keep
what somebody has a right to see gone: a worker tries again until a file is forgotten.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from functools import partial
from traceback import walk_tb
from typing import Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.tasks import TaskResultStatus

# What speaks to a store is installed only where there is one.
_SPEAKS_TO_STORES: Final = ("boto3", "botocore", "s3transfer", "urllib3")

logger = logging.getLogger("amends.complaints")


class FilesOutOfReachError(Exception):
    """Where files are kept cannot be reached now; later it may."""


def lay_down(place: str, body: bytes) -> str:
    """Keep a file unless it is there; return where it lies.

    One that is there may be somebody's who is just being erased: then it is laid down again.
    :raises FilesOutOfReachError: if it cannot be kept now
    """
    try:
        if not default_storage.exists(place):
            return str(default_storage.save(place, ContentFile(body)))
    except Exception as error:
        if not is_out_of_reach(error):
            raise
        raise FilesOutOfReachError(f"{type(error).__name__}: {error}") from error
    transaction.on_commit(partial(_see_that_it_stayed, place, body), robust=True)
    return place


def is_out_of_reach(error: Exception) -> bool:
    """Whether an error says that files cannot be reached now: of the disk, of a store or of the line to it.

    An answer that is cut in the middle of a day makes what reads it raise whatever it likes.
    """
    came_by = [frame.f_globals.get("__name__", "") for frame, _line in walk_tb(error.__traceback__)]
    modules = {name.partition(".")[0] for name in (type(error).__module__, *came_by)}
    return isinstance(error, OSError) or not modules.isdisjoint(_SPEAKS_TO_STORES)


def _see_that_it_stayed(place: str, body: bytes) -> None:
    if not default_storage.exists(place):
        default_storage.save(place, ContentFile(body))


def forget_once_committed(places: Iterable[str]) -> None:
    """Delete files when the transaction that forgot them is in; if it is not, they stay.

    It is written down as work in the same transaction: so a file goes also where this process dies before it has
    deleted it, or cannot reach the store.
    """
    from amends.desk.complaints.tasks import forget_files

    if gone := sorted(set(places)):
        work = forget_files.enqueue(gone)
        transaction.on_commit(partial(_forget_now, gone, work.id))


def _forget_now(gone: Collection[str], work: str) -> None:
    from django_tasks_db.models import DBTaskResult

    try:
        forget(gone)
    except Exception as error:
        if not is_out_of_reach(error):
            raise
        logger.warning("%s files cannot be deleted now; a worker tries again: %s", len(gone), type(error).__name__)
    else:
        DBTaskResult.objects.filter(pk=work, status=TaskResultStatus.READY).delete()


def forget(places: Collection[str]) -> None:
    """Delete files, but what somebody else has sent too meanwhile."""
    from amends.desk.complaints.models import Attachment

    named = set(Attachment.objects.filter(file__in=places).values_list("file", flat=True))
    for place in places:
        if place not in named:
            default_storage.delete(place)
