"""A line that stays open holds neither a thread nor what its request needed."""

import asyncio

from django.core.handlers.asgi import ASGIHandler

from amends.desk.web.lines import Handler, Line


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
    asyncio.run(asyncio.wait_for(Handler()(asked or {"type": "http"}, receive, send), 5))
    return told, sent


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
