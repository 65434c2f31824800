"""Laying files down where they stay, in the data folder or in an object store, and forgetting them.

A full disk or a store that does not answer is no fault of a letter: whoever takes one in lets it wait.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

# What speaks to a store is installed only where there is one.
_SPEAKS_TO_STORES: Final = ("boto3", "botocore", "s3transfer", "urllib3")


class FilesOutOfReachError(Exception):
    """Where files are kept cannot be written now; later it may."""


def lay_down(place: str, body: bytes) -> str:
    """Keep a file unless it is there; return where it lies.

    :raises FilesOutOfReachError: if it cannot be kept now
    """
    try:
        return place if default_storage.exists(place) else str(default_storage.save(place, ContentFile(body)))
    except Exception as error:
        of_a_store = type(error).__module__.partition(".")[0] in _SPEAKS_TO_STORES
        if not of_a_store and not isinstance(error, OSError):
            raise
        raise FilesOutOfReachError(f"{type(error).__name__}: {error}") from error


def forget_once_committed(places: Iterable[str]) -> None:
    """Delete files when the transaction that forgot them is in; if it is not, they stay."""
    gone = tuple(places)

    def delete() -> None:
        for place in gone:
            default_storage.delete(place)

    transaction.on_commit(delete)
