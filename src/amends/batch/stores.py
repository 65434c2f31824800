"""Folders of an object store that speaks S3, written as `s3://bucket/prefix?endpoint=https://…&region=…&style=path`.

Keys never stand in an address: they come from the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY) or from the
machine's own role. An address is refused before anything is sent when its endpoint could carry those keys to where
they do not belong.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from pathlib import Path, PurePosixPath
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

SCHEME: Final = "s3://"
_PIECE: Final = 1024 * 1024
_ASKED: Final = {"endpoint", "region", "style"}
# Addresses that hand out a machine's own keys, or lead nowhere a store could stand.
_KEYS_ARE_THERE: Final = ("169.254.0.0/16", "fe80::/10", "fd00:ec2::/32", "0.0.0.0/8", "::/128")
_NEVER: Final = tuple(ip_network(one) for one in _KEYS_ARE_THERE)
_NEVER_NAMED: Final = {"metadata.google.internal", "metadata"}


class UnableToName(ValueError):
    """An address that is no address of a store, or one that keys must not be sent to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """One folder of a bucket, and where its server is; no endpoint means Amazon's own."""

    bucket: str
    prefix: str = ""  # without slashes at its ends
    endpoint: str = ""
    region: str = ""
    by_path: bool = False  # the bucket stands in the path and not in the host's name

    @classmethod
    def from_url(cls, url: str) -> Store:
        """Read an address.

        :raises UnableToName: saying what is wrong with it
        """
        parts = urlsplit(url)
        asked = dict(parse_qsl(parts.query, keep_blank_values=True))
        if parts.scheme != "s3" or not parts.hostname:
            raise UnableToName(f"{_bare(url)}: write s3://bucket/prefix?endpoint=https://…&region=…")
        if parts.username is not None or parts.password is not None:
            raise UnableToName("no key stands in an address: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
        if unknown := sorted(asked.keys() - _ASKED):
            raise UnableToName(f"{_bare(url)}: {unknown[0]} is not known; there are {', '.join(sorted(_ASKED))}")
        prefix = parts.path.strip("/")
        if ".." in PurePosixPath(prefix).parts or "\\" in prefix or "//" in prefix:
            raise UnableToName(f"{_bare(url)}: the path goes up, or has empty steps")
        usual = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or ""
        endpoint = _endpoint(asked.get("endpoint") or usual)
        return cls(
            bucket=parts.netloc,
            prefix=prefix,
            endpoint=endpoint,
            region=asked.get("region") or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "",
            by_path=asked.get("style", "path" if endpoint else "") == "path",
        )

    @property
    def is_readable_on_the_way(self) -> bool:
        """Whether what is kept crosses a network without encryption."""
        host = urlsplit(self.endpoint).hostname or ""
        return self.endpoint.startswith("http://") and host not in {"localhost", "127.0.0.1", "::1"}

    def __str__(self) -> str:
        return SCHEME + "/".join(filter(None, (self.bucket, self.prefix)))

    def files(self) -> Any:
        """Open the bucket as pyarrow's file system; every path in it begins with the bucket's name."""
        from pyarrow import fs

        where = urlsplit(self.endpoint)
        told: dict[str, Any] = {"connect_timeout": 10, "request_timeout": 60}
        if self.endpoint:
            told |= {"endpoint_override": where.netloc, "scheme": where.scheme}
        if self.region or self.endpoint:
            told |= {"region": self.region or "us-east-1"}
        return fs.S3FileSystem(**told, force_virtual_addressing=bool(self.endpoint) and not self.by_path)

    def path(self, *parts: str) -> str:
        """The name of something in this folder, as `files` takes it."""
        return "/".join(filter(None, (self.bucket, self.prefix, *parts)))

    def names(self) -> list[str]:
        """Return what lies in this folder and below it, by its name from here.

        :raises OSError: when the store does not answer, or says no; so do the others
        """
        from pyarrow import fs

        told = self.files().get_file_info(fs.FileSelector(self.path(), recursive=True, allow_not_found=True))
        start = len(self.path()) + 1
        return sorted(one.path[start:] for one in told if one.type == fs.FileType.File)

    def has(self, name: str) -> bool:
        """Whether something of this name lies here."""
        from pyarrow import fs

        return bool(self.files().get_file_info(self.path(name)).type == fs.FileType.File)

    def read(self, name: str) -> bytes:
        """Return all of it."""
        with self.files().open_input_stream(self.path(name)) as file:
            found: bytes = file.read()
        return found

    def fetch(self, name: str, to: Path) -> None:
        """Copy it into a file of this machine."""
        with self.files().open_input_stream(self.path(name)) as file, to.open("wb") as copy:
            shutil.copyfileobj(file, copy, _PIECE)

    def put(self, file: Path, name: str) -> None:
        """Copy a file of this machine into the store, where it appears when it is whole."""
        with file.open("rb") as held, self.files().open_output_stream(self.path(name)) as copy:
            shutil.copyfileobj(held, copy, _PIECE)

    def remove(self, name: str) -> None:
        """Take it away; what is not there is no error."""
        if self.has(name):
            self.files().delete_file(self.path(name))


def is_store(told: object) -> bool:
    """Whether something is the address of a store and not a path on this machine."""
    return str(told).startswith(SCHEME)


def _endpoint(told: str) -> str:
    if not told:
        return ""
    parts = urlsplit(told)
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme not in {"http", "https"} or not host:
        raise UnableToName(f"the endpoint {_bare(told)}: write https://host or https://host:port")
    if parts.username is not None or parts.query or parts.fragment or parts.path.strip("/"):
        raise UnableToName(f"the endpoint {_bare(told)}: it is a host and a port, and nothing else")
    if host in _NEVER_NAMED or _is_never(host):
        raise UnableToName(f"the endpoint {_bare(told)}: keys are not sent there")
    return f"{parts.scheme}://{parts.netloc}"


def _is_never(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return any(address in network for network in _NEVER if network.version == address.version)


def _bare(url: str) -> str:
    """An address as it may stand in a message: whatever a key could hide in is left out."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
