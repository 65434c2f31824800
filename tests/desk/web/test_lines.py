"""A line that stays open holds neither a thread nor what its request needed."""

import asyncio
import io

from django.core.handlers.asgi import ASGIHandler
from django.http import HttpResponse

from amends.desk.web.files import SentFile
from amends.desk.web.lines import Handler, Line, Lines
from amends.desk.web.threads import Threads


def hold(monkeypatch, said, receive, asked=None):
    """Serve one request that turns out to be a line; tell what was sent when, and whether it was still a request."""
    told, sent = [], []

    async def handle(self, scope, receive, send):
        await self.send_response(Line(said()), send)
        told.append(f"over, {len(sent)} sent")

    async def send(message):
        sent.append(message)

    monkeypatch.setattr(Handler, "load_middleware", lambda *_given, **_named: None)
    monkeypatch.setattr(ASGIHandler, "handle", handle)
    asyncio.run(asyncio.wait_for(Handler()(asked or {"type": "http"}, after_the_request(receive), send), 60))
    return told, sent


def after_the_request(receive):
    """Hear the request, which has no body, and then what is heard after it."""
    whole = [{"type": "http.request"}]

    async def heard():
        return whole.pop() if whole else await receive()

    return heard


async def stays():
    await asyncio.sleep(60)


def test_it_begins_when_its_request_is_over(monkeypatch):
    async def said():
        yield "data: one\n\n"
        yield "data: two\n\n"

    told, sent = hold(monkeypatch, said, stays)
    assert told == ["over, 0 sent"]
    assert [message.get("body", b"") for message in sent] == [b"", b"data: one\n\n", b"data: two\n\n", b""]
    assert (b"Content-Encoding", b"identity") in sent[0]["headers"]


def test_it_ends_when_nobody_listens_any_more(monkeypatch):
    left = []

    async def said():
        try:
            yield "data: one\n\n"
            await asyncio.sleep(60)
        finally:
            left.append(True)

    async def leaves():
        await asyncio.sleep(0.01)
        return {"type": "http.disconnect"}

    _, sent = hold(monkeypatch, said, leaves)
    assert len(sent) == 2
    assert left == [True]


def test_who_leaves_while_it_ends_stops_nothing_else(monkeypatch):
    async def said():
        yield "data: one\n\n"

    async def leaves():
        await asyncio.sleep(0)
        return {"type": "http.disconnect"}

    for _ in range(3):
        hold(monkeypatch, said, leaves)


def test_all_say_a_last_word_and_end_when_the_process_stops():
    """Those who listened come back, and not all of them in the same moment."""

    async def every():
        lines, told, left = Lines(), [[], [], []], []

        async def said(n):
            try:
                yield f"data: {n}\n\n"
                await asyncio.sleep(60)
            finally:
                left.append(n)

        async def hold(n):
            async def send(message):
                told[n].append(message)

            await lines.hold(said(n), stays, send)

        open_ones = [asyncio.ensure_future(hold(n)) for n in (0, 1)]
        await asyncio.sleep(0)
        lines.end()
        await asyncio.gather(*open_ones)
        await hold(2)  # it was being opened
        return told, left

    told, left = asyncio.run(asyncio.wait_for(every(), 60))
    first, last = zip(*([message["body"] for message in one] for one in told), strict=True)
    assert first == (b"data: 0\n\n", b"data: 1\n\n", b"data: 2\n\n")
    assert sorted(last) == [b"retry: 1000\n\n", b"retry: 1100\n\n", b"retry: 1200\n\n"]
    assert [[message.get("more_body", False) for message in one] for one in told] == [[True, False]] * 3
    assert sorted(left) == [0, 1, 2]


def test_it_ends_when_the_process_stops_while_a_thread_worked_for_it():
    """What waits for a thread is not broken off, and forgets that it was to be."""

    async def every():
        lines, told = Lines(), []

        async def said():
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                yield "data: one\n\n"
            await asyncio.sleep(60)

        async def send(message):
            told.append(message["body"])

        line = asyncio.ensure_future(lines.hold(said(), stays, send))
        await asyncio.sleep(0)
        lines.end()
        await line
        return told

    assert asyncio.run(asyncio.wait_for(every(), 60)) == [b"data: one\n\n", b"retry: 1000\n\n"]


def test_what_opened_it_is_not_held(monkeypatch):
    asked = {"type": "http", "headers": [(b"cookie", b"long")]}

    async def said():
        yield str(asked)

    _, sent = hold(monkeypatch, said, stays, asked)
    assert sent[1]["body"] == b"{}"


def test_it_forgets_its_request():
    closed = []
    line = Line(())
    line._resource_closers.append(lambda: closed.append(True))
    line.let_go()
    line.let_go()
    assert closed == [True]


def test_a_page_that_is_whole_goes_out_when_its_request_is_over(monkeypatch):
    """A slow line holds neither a thread nor a connection."""
    told = []

    async def handle(self, scope, receive, send):
        await self.send_response(HttpResponse("words"), send)
        told.append("over")

    async def send(message):
        told.append(message.get("body", message["type"]))

    monkeypatch.setattr(Handler, "load_middleware", lambda *_given, **_named: None)
    monkeypatch.setattr(ASGIHandler, "handle", handle)
    asyncio.run(Handler()({"type": "http"}, after_the_request(stays), send))
    assert told == ["over", "http.response.start", b"words"]


def test_while_a_file_goes_out_the_next_request_is_at_work(monkeypatch):
    sent = []

    async def handle(self, scope, receive, send):
        assert self._threads._turns.locked()
        await self.send_response(SentFile(io.BytesIO(b"photograph"), filename="lamp.jpg"), send)

    async def every():
        handler = Handler()
        handler._threads = Threads(at_once=1)

        async def send(message):
            assert not handler._threads._turns.locked()
            sent.append(message.get("body", b""))

        await handler({"type": "http"}, after_the_request(stays), send)

    monkeypatch.setattr(Handler, "load_middleware", lambda *_given, **_named: None)
    monkeypatch.setattr(ASGIHandler, "handle", handle)
    asyncio.run(asyncio.wait_for(every(), 120))
    assert b"".join(sent) == b"photograph"


def test_who_sends_slowly_keeps_nobody_waiting(monkeypatch):
    """A form that is still on its way takes no turn."""
    told = []

    async def handle(self, scope, receive, send):
        told.append((await self.read_body(receive)).read())

    async def sends_slowly(parts=(b"a", b"b")):
        for part in parts:
            await asyncio.sleep(0)
            yield {"type": "http.request", "body": part, "more_body": part != parts[-1]}

    async def every():
        handler = Handler()
        handler._threads = Threads(at_once=1)
        hold_on = asyncio.Event()
        parts = sends_slowly()

        async def slowly():
            await hold_on.wait()
            return await anext(parts)

        slow = asyncio.ensure_future(handler({"type": "http"}, slowly, None))
        await asyncio.sleep(0)
        await handler({"type": "http"}, after_the_request(stays), None)
        hold_on.set()
        await slow

    monkeypatch.setattr(Handler, "load_middleware", lambda *_given, **_named: None)
    monkeypatch.setattr(ASGIHandler, "handle", handle)
    asyncio.run(asyncio.wait_for(every(), 120))
    assert told == [b"", b"ab"]
