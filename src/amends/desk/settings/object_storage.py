"""Files in an object store, read and written in the thread that asks.

What boto3 offers for files does it with threads of its own, and waits for them without an end: over a line that was cut
at the wrong moment somebody waited for ever, with a transaction open. Here each question has the limits of the line.
"""

from __future__ import annotations

import shutil
from contextlib import closing
from tempfile import SpooledTemporaryFile
from typing import Any

from botocore.exceptions import ClientError
from storages.backends.s3 import S3File, S3Storage
from storages.utils import clean_name

_GONE = 404


class StoredFile(S3File):  # type: ignore[misc]  # untyped library
    """A file that is read whole when it is first asked."""

    _file: Any

    def _get_file(self) -> Any:
        if self._file is None:
            kept = SpooledTemporaryFile(max_size=self._storage.max_memory_size)  # noqa: SIM115 - closed with this one
            with closing(self.obj.get()["Body"]) as body:
                shutil.copyfileobj(body, kept)
            kept.seek(0)
            self._file = kept
        self._closed = False
        return self._file

    def _set_file(self, value: Any) -> None:
        self._file = value

    file = property(_get_file, _set_file)


class ObjectStorage(S3Storage):  # type: ignore[misc]
    """A folder of a bucket."""

    def _open(self, name: str, mode: str = "rb") -> StoredFile:
        place = self._normalize_name(clean_name(name))
        try:
            return StoredFile(place, mode, self)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == _GONE:
                raise FileNotFoundError(f"There is no file {name}.") from error
            raise

    def _save(self, name: str, content: Any) -> str:
        cleaned = str(clean_name(name))
        place = self._normalize_name(cleaned)
        content.seek(0)
        self.bucket.Object(place).put(Body=content.read(), **self._get_write_parameters(place, content))
        return cleaned
