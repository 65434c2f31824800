"""Somebody's browser as the load tests have it, and the record of what it asked: how long it took, what went wrong."""

from __future__ import annotations

import asyncio
import json
import re
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent))
import bench_desk

CONNECTIONS: Final = 6  # of one browser to one server
PATIENCE: Final = 60.0


@dataclass(slots=True)
class Record:
    """How long each kind of act took, and what went wrong."""

    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: Counter[str] = field(default_factory=Counter)
    said: dict[str, str] = field(default_factory=dict)  # the first words of an answer that went wrong
    is_over: bool = False

    def told(self) -> dict[str, dict[str, float]]:
        return {
            act: {
                "acts": len(times),
                "p50_ms": 1000 * statistics.median(times),
                "p95_ms": 1000 * sorted(times)[min(len(times) - 1, int(len(times) * 0.95))],
            }
            for act, times in sorted(self.took.items())
        }

    def lines(self) -> list[str]:
        """Say the same to a person, act by act."""
        return [
            f"{act:22}{figures['acts']:7.0f}  p50 {figures['p50_ms']:7.0f} ms   p95 {figures['p95_ms']:7.0f} ms"
            for act, figures in self.told().items()
        ]

    def troubles(self) -> list[str]:
        """Say what went wrong, with the words that came instead of an answer."""
        return [
            f"wrong: {dict(self.wrong) or 'nothing'}",
            *(f"  {what}: {words[:200]}" for what, words in self.said.items()),
        ]

    @property
    def asked(self) -> int:
        """How often the desk answered."""
        return sum(map(len, self.took.values()))


@dataclass(slots=True)
class Answer:
    status: int
    headers: str
    body: str


class Browser:
    """Somebody's browser: cookies, an address of its own, a new connection for each page."""

    def __init__(self, record: Record, *, port: int, address: str, cookie: str = "", language: str) -> None:
        """Act on the desk."""
        self.record, self.port, self.address = record, port, address
        self.cookie, self.language = cookie, language
        self._free = asyncio.Semaphore(CONNECTIONS)

    async def ask(
        self,
        act: str,
        path: str,
        told: dict[str, str] | None = None,
        *,
        htmx: bool = False,
        as_json: bool = False,
        unless: str = "",
    ) -> Answer:
        """Ask for a page or send a form, and note how long it took; what is not answered well is counted.

        :param unless: the name of an answer that is there already (`ETag`)
        """
        async with self._free:
            begins = time.perf_counter()
            try:
                async with asyncio.timeout(PATIENCE):
                    answer = await self._ask(path, told, htmx=htmx, as_json=as_json, unless=unless)
            except (OSError, TimeoutError, asyncio.IncompleteReadError) as trouble:
                self.wrong(f"{act}: {type(trouble).__name__}", "")
                return Answer(0, "", "")
        if not self.record.is_over:
            self.record.took[act].append(time.perf_counter() - begins)
        if answer.status not in ({200, 304} if unless else {200} if told is None else {200, 204, 302}):
            self.wrong(f"{act}: {answer.status}", answer.body)
        return answer

    def wrong(self, what: str, body: str) -> None:
        """Note that something went wrong."""
        if not self.record.is_over:
            self.record.wrong[what] += 1
            words = " ".join(re.sub(r"<(style|script).*?</\1>|<[^>]+>", " ", body, flags=re.DOTALL).split())
            self.record.said.setdefault(what, words[:600])

    async def _ask(self, path: str, told: dict[str, str] | None, *, htmx: bool, as_json: bool, unless: str) -> Answer:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=2**22)
        try:
            writer.write(self.call(path, told, htmx=htmx, as_json=as_json, unless=unless))
            whole = await reader.read()
        finally:
            writer.close()
        head, _, body = whole.partition(b"\r\n\r\n")
        if not head:
            raise asyncio.IncompleteReadError(head, None)
        return Answer(int(head.split(b" ", 2)[1]), head.decode("latin-1"), body.decode(errors="replace"))

    def call(
        self,
        path: str,
        told: dict[str, str] | None = None,
        *,
        htmx: bool = False,
        as_json: bool = False,
        unless: str = "",
    ) -> bytes:
        """Write a request."""
        body = "" if told is None else json.dumps(told) if as_json else urlencode(told)
        kind = "application/json" if as_json else "application/x-www-form-urlencoded"
        lines = [
            f"{'GET' if told is None else 'POST'} {path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            f"Accept-Language: {self.language}",
            f"X-Forwarded-For: {self.address}",
            f"Cookie: {self.cookie}",
            f"X-CSRFToken: {bench_desk.TOKEN}",
            "Connection: close",
            *(["HX-Request: true"] if htmx else []),
            *([f"If-None-Match: {unless}"] if unless else []),
            *([f"Content-Type: {kind}", f"Content-Length: {len(body.encode())}"] if told is not None else []),
        ]
        return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()

    async def listen(self, path: str, gate: asyncio.Semaphore, hear: Callable[[dict[str, Any]], None]) -> None:
        """Keep a line open and tell what is said on it; when it ends, open the next one, as a browser does."""
        while True:
            async with gate:
                try:
                    reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=2**22)
                    writer.write(self.call(path).replace(b"Connection: close\r\n", b""))
                    opened = b" 200 " in await reader.readline()
                except OSError:
                    opened = False
                if not opened:
                    self.wrong("line of news", "")
                    await asyncio.sleep(1)
                    continue
            try:
                last = 0
                while line := await reader.readline():
                    if line.startswith(b"id: "):
                        last = int(line[4:]) if line[4:].strip().isdigit() else last
                    elif line.startswith(b"data: {"):
                        hear(json.loads(line[6:]) | {"last": last})
            except (OSError, asyncio.IncompleteReadError):
                self.wrong("line of news", "")
            finally:
                writer.close()
