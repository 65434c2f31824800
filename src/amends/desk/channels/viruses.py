"""Asking a virus scanner (ClamAV's clamd) what it thinks of what came, where one runs: `AMENDS_CLAMAV`.

Off by default. What it finds is parked and shown, never dropped. A scanner that is silent holds up nobody: files are
handed out inert in any case, and the mail is kept.
"""

from __future__ import annotations

import base64
import json
import logging
import re
import socket
import struct
from collections.abc import Iterator
from typing import Final

from django.conf import settings

from amends.desk.channels.models import Arrival
from amends.desk.complaints.models import Channel

TIMEOUT: Final = 20.0  # seconds
CHUNK: Final = 64 * 1024
_FOUND: Final = re.compile(r"stream: (.+) FOUND")
_HOST: Final = re.compile(r"(?:\[(?P<six>[^\]]+)\]|(?P<host>[^:/]+)):(?P<port>\d+)")

logger = logging.getLogger("amends.channels")


class ScannerSilentError(Exception):
    """Nobody answered, or not in the scanner's words."""


def found_in(arrival: Arrival) -> str:
    """The name of what the scanner found in an arrival; empty where it found nothing, is off, or is silent."""
    if not settings.CLAMAV:
        return ""
    try:
        for part in _parts(arrival):
            if name := scan(part, where=settings.CLAMAV):
                return name
    except ScannerSilentError as error:
        logger.warning("the virus scanner did not look at arrival %s: %s", arrival.pk, error)
    return ""


def scan(content: bytes, *, where: str) -> str:
    """Have clamd look at bytes (its INSTREAM); return what it found, or nothing.

    :param where: a path of a socket, or host:port
    :raises ScannerSilentError: if it does not answer, or will not look at so much
    """
    try:
        with _line(where) as line:
            line.sendall(b"zINSTREAM\0")
            for begin in range(0, len(content), CHUNK):
                chunk = content[begin : begin + CHUNK]
                line.sendall(struct.pack(">I", len(chunk)) + chunk)
            line.sendall(struct.pack(">I", 0))
            answer = _heard(line)
    except OSError as error:
        raise ScannerSilentError(str(error) or type(error).__name__) from error
    if (found := _FOUND.fullmatch(answer)) is not None:
        return found[1]
    if answer != "stream: OK":
        raise ScannerSilentError(answer[:200] or "it closed the line")
    return ""


def _parts(arrival: Arrival) -> Iterator[bytes]:
    """What there is to look at: a whole mail, which it takes apart itself, or the files of a form."""
    if arrival.channel == Channel.MAIL:
        yield bytes(arrival.raw)
        return
    try:
        record = json.loads(bytes(arrival.raw).decode("utf-8", "surrogatepass"))
        for file in record.get("files") or ():
            yield base64.b64decode(file["content"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return  # whoever reads it says what is wrong with it


def _line(where: str) -> socket.socket:
    found = _HOST.fullmatch(where)
    if found is not None:
        return socket.create_connection((found["six"] or found["host"], int(found["port"])), timeout=TIMEOUT)
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(TIMEOUT)
    try:
        line.connect(where)
    except OSError:
        line.close()
        raise
    return line


def _heard(line: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < 4096 and (more := line.recv(4096)):
        said += more
    return said.rstrip(b"\0\n").decode("utf-8", "replace")
