"""A line to a server that breaks, slows down or is dead, as it is told."""

from __future__ import annotations

import random
import socket
import socketserver
import threading
import time
from contextlib import suppress
from typing import Any, Final

MOODS: Final = ("well", "well", "slow", "cut", "dead")
_PIECE: Final = 4096  # bytes that are passed on at once
_SLOW: Final = 0.003  # seconds for each piece
_LONGEST: Final = 20_000  # bytes after which a line is cut at the latest


class Wire(socketserver.ThreadingTCPServer):
    """Passes on to a server of this machine what comes in; `mood` is looked at when a line is opened.

    Beside MOODS there is 'silent': after some bytes nothing comes any more, and nobody hangs up.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, host: str, port: int, *, chance: random.Random, at: int = 0) -> None:
        """Listen on a port of loopback: one that is free, unless it is named."""
        super().__init__(("127.0.0.1", at), _Passing)
        self.target, self.chance, self.mood, self.piece = (host, port), chance, "well", _PIECE
        self.met = set[str]()  # the moods that somebody felt
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A line that broke is what this is for."""

    def end(self) -> None:
        self.shutdown()
        self.server_close()


class _Passing(socketserver.BaseRequestHandler):
    server: Wire

    def handle(self) -> None:
        mood = self.server.mood
        if mood == "dead":
            self.server.met.add(mood)
            return
        left = self.server.chance.randrange(_LONGEST) if mood in {"cut", "silent"} else None
        rest = _SLOW if mood == "slow" else 0.0
        with socket.create_connection(self.server.target) as far:
            up = threading.Thread(target=_pass_on, args=(self.request, far, None, rest), daemon=True)
            up.start()
            is_felt = _pass_on(far, self.request, left, rest, at_once=self.server.piece)
            if is_felt:
                self.server.met.add(mood)
            if mood == "silent":  # the line stays, and nothing comes on it any more
                up.join(60)
            for end in (far, self.request):  # both hear of it at once
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            up.join(5)


def _pass_on(
    here: socket.socket, there: socket.socket, left: int | None, rest: float, *, at_once: int = _PIECE
) -> bool:
    """Pass on what comes until the line ends, or until so many bytes have gone; return whether it was cut or slow."""
    is_felt = False
    with suppress(OSError):
        while piece := here.recv(at_once):
            if rest:
                time.sleep(rest)
                is_felt = True
            if left is not None and len(piece) >= left:
                there.sendall(piece[:left])
                return True
            there.sendall(piece)
            left = None if left is None else left - len(piece)
    with suppress(OSError):  # also when the one end was killed with something unread: the other hears of it
        there.shutdown(socket.SHUT_WR)
    return is_felt
