"""A language model on loopback that answers as it was told to: well, slowly, wrongly and not at all."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def words(told):
    """Return the body in which a model says something: words as they are, anything else as JSON."""
    content = told if isinstance(told, str) else json.dumps(told)
    return json.dumps({"choices": [{"message": {"content": content}}]})


@contextmanager
def running_model(told: str) -> Iterator[ThreadingHTTPServer]:
    """Serve one.

    `asked` of it holds what came, `answers` what is answered next: a status with a body (or, for 302, an address),
    "silence", or "drip" for a body that never ends; the last stays. `gone` ends silence and drips.
    """
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Model)
    server.daemon_threads = True
    server.asked, server.answers, server.gone = [], [(200, told)], threading.Event()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.gone.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Model(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        server = self.server
        server.asked.append({**body, "path": self.path, "authorization": self.headers.get("Authorization", "")})
        answer = server.answers.pop(0) if len(server.answers) > 1 else server.answers[0]
        if answer == "silence":
            server.gone.wait(5)
            return
        if answer == "drip":
            self._drip(server)
            return
        status, told = answer
        self.send_response(status)
        if status == 302:
            self.send_header("Location", told)
        self.end_headers()
        self.wfile.write(told.encode())

    def _drip(self, server) -> None:
        self.send_response(200)
        self.end_headers()
        while not server.gone.wait(0.02):
            try:
                self.wfile.write(b" ")
                self.wfile.flush()
            except OSError:
                return

    def log_message(self, *_args) -> None:
        return
