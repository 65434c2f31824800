"""A desk on loopback that speaks the interfaces of others: pages, keys, 'too many', a line that breaks.

What it answers are the documents of fixtures/, taken apart again as those interfaces hand them out.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

HERE = Path(__file__).parent / "fixtures"


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines()]


@dataclass
class Desk:
    """What stands at each path: a document, or bytes; a list of pages is handed out by `page`."""

    opens: Mapping[str, str]
    documents: dict[str, Any] = field(default_factory=dict)
    paged: dict[str, list[Any]] = field(default_factory=dict)
    links: bool = False  # pages that are named in a header
    busy: int = 0  # so many times 'too many' before the first answer
    breaks: int = 0  # so many answers that break off in the middle
    asked: list[str] = field(default_factory=list)
    base: str = ""

    def answer(self, path: str, asked: Mapping[str, str]) -> tuple[Any, dict[str, str]]:
        if path in self.paged:
            page, pages = int(asked.get("page", "1")), self.paged[path]
            headers = {}
            if self.links and page < len(pages):
                headers["Link"] = f'<{self.base}{path}?page={page + 1}>; rel="next"'
            return (pages[page - 1] if page <= len(pages) else []), headers
        return self.documents.get(path), {}


@contextmanager
def speaking(desk: Desk) -> Iterator[Desk]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            desk.asked.append(self.path)
            if any(self.headers.get(name) != value for name, value in desk.opens.items()):
                self._say(401, b"{}", {})
                return
            if desk.busy:
                desk.busy -= 1
                self._say(429, b"{}", {"Retry-After": "7"})
                return
            found, headers = desk.answer(parts.path, {key: value[0] for key, value in parse_qs(parts.query).items()})
            if found is None:
                self._say(404, b"{}", {})
                return
            body = found if isinstance(found, bytes) else json.dumps(found).encode()
            if desk.breaks:
                desk.breaks -= 1
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[: len(body) // 2])
                self.close_connection = True
                return
            self._say(200, body, headers)

        def _say(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    desk.base = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield desk
    finally:
        server.shutdown()
        server.server_close()


def zammad() -> Desk:
    told = rows("zammad.jsonl")
    desk = Desk(opens={"Authorization": "Token token=k"})
    desk.paged["/api/v1/tickets"] = [[told[0]["ticket"]], [told[1]["ticket"], told[2]["ticket"]]]
    for one in told:
        number = one["ticket"]["id"]
        desk.documents[f"/api/v1/ticket_articles/by_ticket/{number}"] = one["articles"]
        desk.documents |= {f"/api/v1/users/{user['id']}": user for user in one["users"]}
    desk.documents["/api/v1/tags"] = {"tags": told[0]["tags"]}
    desk.documents["/api/v1/ticket_attachment/3/5/123"] = base64.b64decode(told[0]["files"]["123"])
    return desk


def zendesk() -> Desk:
    told = rows("zendesk.jsonl")
    key = base64.b64encode(b"me@acme.example/token:k").decode()
    desk = Desk(opens={"Authorization": f"Basic {key}"})
    users = [user for one in told for user in one["users"]]
    for ticket in told:
        for comment in ticket["comments"]:
            for each in comment["attachments"]:
                each["content_url"] = "/attachments/rasid.pdf"

    def answer(path: str, asked: Mapping[str, str]) -> tuple[Any, dict[str, str]]:
        if path == "/api/v2/incremental/tickets/cursor.json":
            second = "cursor" in asked
            return {
                "tickets": [told[int(second)]["ticket"]],
                "users": users,
                "after_cursor": "MTU4",
                "after_url": f"{desk.base}{path}?cursor=MTU4",
                "end_of_stream": second,
            }, {}
        if path == "/api/v2/tickets/2/comments.json":
            first = "page[after]" not in asked
            return {
                "comments": told[0]["comments"][:2] if first else told[0]["comments"][2:],
                "users": users,
                "meta": {"has_more": first, "after_cursor": "x"},
                "links": {"next": f"{desk.base}{path}?page[after]=x" if first else None},
            }, {}
        return (b"%PDF-1.7" if path == "/attachments/rasid.pdf" else None), {}

    desk.answer = answer  # type: ignore[method-assign]
    return desk


def freshdesk() -> Desk:
    """Lists tell neither of spam nor of the archive; what lies there is asked for by number, and who wrote apart."""
    told = rows("freshdesk.jsonl")
    key = base64.b64encode(b"k:X").decode()
    desk = Desk(opens={"Authorization": f"Basic {key}"}, links=True)
    for one in told:
        for each in one["ticket"]["attachments"]:
            each["attachment_url"] = "/data/attachment.txt"
    desk.paged["/api/v2/tickets"] = [
        [one["ticket"]] for one in told if not one["ticket"]["spam"] and not one["ticket"].get("archived")
    ]
    desk.paged["/api/v2/agents"] = [told[0]["agents"]]
    for one in told:
        ticket, talk = dict(one["ticket"]), one["conversations"]
        path = f"/api/v2/tickets/{ticket['id']}"
        if ticket.get("archived"):
            path = f"/api/v2/tickets/archived/{ticket['id']}"
            desk.documents[f"/api/v2/contacts/{ticket['requester_id']}"] = ticket.pop("requester")
        desk.documents[path] = ticket
        desk.paged[f"{path}/conversations"] = [talk[:2], talk[2:]] if talk[2:] else [talk]
    desk.documents["/data/attachment.txt"] = b"invoice"
    return desk


def chatwoot() -> Desk:
    (told,) = rows("chatwoot.jsonl")
    desk = Desk(opens={"api_access_token": "k"})
    home = "/api/v1/accounts/1"
    for message in told["messages"]:
        for each in message.get("attachments", ()):
            each["data_url"] = "/blobs/statement.pdf"

    def answer(path: str, asked: Mapping[str, str]) -> tuple[Any, dict[str, str]]:
        if path == f"{home}/conversations":
            payload = [told["conversation"]] if asked["page"] == "1" else []
            return {"data": {"meta": {"all_count": 1}, "payload": payload}}, {}
        if path == f"{home}/conversations/12/messages":
            before = int(asked.get("before", "1000"))
            return {"meta": {}, "payload": [one for one in told["messages"] if one["id"] < before][-3:]}, {}
        if path == f"{home}/agents":
            return told["agents"], {}
        return (b"%PDF-1.4" if path == "/blobs/statement.pdf" else None), {}

    desk.answer = answer  # type: ignore[method-assign]
    return desk


def freescout() -> Desk:
    told = rows("freescout.jsonl")
    desk = Desk(opens={"X-FreeScout-API-Key": "k"})
    for thread in (thread for one in told for thread in one["_embedded"]["threads"]):
        for each in thread["_embedded"]["attachments"]:
            each["fileUrl"] = "/storage/receipt.txt"
    for one in told:
        desk.documents[f"/api/conversations/{one['id']}"] = {k: v for k, v in one.items() if k != "files"}

    def answer(path: str, asked: Mapping[str, str]) -> tuple[Any, dict[str, str]]:
        if path != "/api/conversations":
            return desk.documents.get(path), {}
        # Without a status it tells the active ones only; a page holds one, so that there are more.
        wanted = [one for one in told if one["status"] == asked.get("status", "active")]
        page = int(asked["page"])
        listed = [
            {**{key: value for key, value in one.items() if key != "files"}, "_embedded": {"threads": []}}
            for one in wanted[page - 1 : page]
        ]
        return {
            "_embedded": {"conversations": listed},
            "page": {"size": 1, "totalElements": len(wanted), "totalPages": len(wanted), "number": page},
        }, {}

    desk.answer = answer  # type: ignore[method-assign]
    desk.documents["/storage/receipt.txt"] = b"receipt"
    return desk


SPEAKERS = {
    "zammad": zammad,
    "zendesk": zendesk,
    "freshdesk": freshdesk,
    "chatwoot": chatwoot,
    "freescout": freescout,
}
