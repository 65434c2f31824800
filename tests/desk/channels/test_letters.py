"""Pictures from elsewhere in a letter: fetched by the desk when a reader asks, never from inside, and nothing else."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network

import pytest

from amends.desk.channels import letters
from amends.desk.remedies.line import Fetched, UnableToReach, fetch

GIF = b"GIF89a......"
A, B = "https://pictures.example/a.gif", "https://pictures.example/b.gif"


def answering(**told):
    asked = []

    def line(address):
        asked.append(address)
        found = told.get(address.rpartition("/")[2].partition(".")[0])
        if found is None:
            raise UnableToReach(address)
        return found

    return line, asked


def test_pictures_are_brought_and_other_things_are_not():
    line, _asked = answering(
        a=Fetched(status=200, content=GIF), b=Fetched(status=200, content=b"<html>"), c=Fetched(status=404, content=GIF)
    )
    found = letters.bring([A, B, "https://x.example/c.gif", "https://x.example/none.gif"], line=line)
    assert {address: one.media_type for address, one in found.items()} == {A: "image/gif"}


def test_it_follows_where_a_picture_went_and_not_for_ever():
    line, asked = answering(a=Fetched(status=302, content=b"", moved_to="/b.gif"), b=Fetched(status=200, content=GIF))
    assert list(letters.bring([A], line=line)) == [A]
    assert asked == [A, B]
    line, asked = answering(a=Fetched(status=302, content=b"", moved_to="a.gif"))
    assert letters.bring([A], line=line) == {}
    assert len(asked) == 4


def test_no_more_is_brought_than_has_room(monkeypatch):
    monkeypatch.setattr(letters, "ALL", len(GIF))
    line, _asked = answering(a=Fetched(status=200, content=GIF), b=Fetched(status=200, content=GIF))
    assert list(letters.bring([A, B], line=line)) == [A]
    monkeypatch.setattr(letters, "MOST", 0)
    assert letters.bring([A], line=line) == {}


def test_who_does_not_answer_in_time_is_left_out():
    held = threading.Event()

    def line(_address):
        held.wait(5)
        return Fetched(status=200, content=GIF)

    assert letters.bring([A], line=line, patience=0) == {}
    held.set()


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost/a.gif",
        "http://10.0.0.7/a.gif",
        "http://[::1]/a.gif",
        "http://169.254.169.254/latest",
        "http://me:secret@pictures.example/a.gif",
        "http://pictures.example:8080/a.gif",
        "ftp://pictures.example/a.gif",
        "https://inside.example/a.gif",  # a name that leads inside
    ],
)
def test_nothing_is_fetched_from_inside(address, settings):
    settings.HOOKS_INSIDE = ["10.0.0.0/8", "127.0.0.0/8"]  # what hooks may reach, strangers' letters may not
    with pytest.raises(UnableToReach):
        fetch(address, {}, longest=10, look=lambda _host, _port: ["127.0.0.1"])


@pytest.mark.enable_socket
def test_a_picture_comes_over_http_up_to_its_length():
    class Shop(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(GIF)

        def log_message(self, *_args):
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Shop) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        port = server.server_address[1]
        asked = {
            "look": lambda _host, _port: ["127.0.0.1"],
            "allowed": [ip_network("127.0.0.0/8")],
            "doors": [port],
        }
        address = f"http://shop.example:{port}/a.gif"
        assert fetch(address, {}, longest=len(GIF), **asked).content == GIF
        with pytest.raises(UnableToReach):
            fetch(address, {}, longest=len(GIF) - 1, **asked)
        server.shutdown()
        thread.join(5)
