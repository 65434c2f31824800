"""
A real desk for the journeys: `amends serve` with the example company, a real SMTP server, a real Chromium.

What comes by itself (an answer, a worker's deed, a line that tells) is waited for with `expect`, never looked at once.
A route is laid before its page is opened: what an open page asks for in the next moment may still go past a new one.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

# Without the furniture of a window pages are drawn at half the work; the whole browser does as well.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
PATIENCE = 600  # seconds until the desk must answer, on a slow machine that does other things too
# htmx reports a request that ended because the page was left or a newer one took its place; neither is a fault.
QUIET = ("htmx:after", "htmx:sendAbort")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Letterbox:
    """Keeps what the SMTP server was given."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  the name is aiosmtpd's
        letter = message_from_bytes(envelope.content, policy=policy.default)
        self.letters.append(letter)
        return "250 kept"

    def to(self, address: str) -> list[EmailMessage]:
        return [letter for letter in self.letters if address in str(letter["To"])]


@dataclass(frozen=True)
class Desk:
    address: str
    letterbox: Letterbox
    data: Path
    log: Path


@pytest.fixture(scope="session")
def company(tmp_path_factory) -> Path:
    """A data folder with the example company in it, laid out once for all processes of a run; copy it, never use it."""
    run = tmp_path_factory.getbasetemp()
    run = run.parent if "PYTEST_XDIST_WORKER" in os.environ else run
    data = run / "company"
    with (run / "company.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not data.exists():
            with _serving(run / "laid-out", "--no-worker") as (_address, _log):
                pass
            # No journey looks at what the learned reader says of old replies, and reading them takes minutes.
            with closing(sqlite3.connect(run / "laid-out" / "amends.sqlite3")) as rows, rows:
                rows.execute("DELETE FROM django_tasks_database_dbtaskresult WHERE task_path LIKE '%read_fully'")
            (run / "laid-out").rename(data)
    return data


class _Shop(BaseHTTPRequestHandler):
    """A site of the organisation's own, as strict as a site can be: whatever a test lays in `page`."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", self.server.policy)
        self.end_headers()
        self.wfile.write(self.server.page.encode())

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def shop() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Shop) as server:
        server.page, server.policy = "", "default-src 'none'"
        server.address = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="session")
def desk(company, shop, tmp_path_factory) -> Iterator[Desk]:
    from aiosmtpd.controller import Controller

    letterbox = Letterbox()
    smtp = Controller(letterbox, hostname="127.0.0.1", port=free_port())
    smtp.start()
    data = tmp_path_factory.mktemp("desk") / "data"
    shutil.copytree(company, data)
    try:
        post = f"smtp://127.0.0.1:{smtp.port}"
        with _serving(data, AMENDS_SMTP=post, AMENDS_CHAT_SITES=shop.address) as (address, log):
            yield Desk(address, letterbox, data, log)
    finally:
        smtp.stop()


@pytest.fixture
def from_one_address(desk):
    """All visitors of a journey come from one address: what others of them began there is forgotten."""
    with closing(sqlite3.connect(desk.data / "amends.sqlite3", timeout=30)) as rows, rows:
        rows.execute("DELETE FROM channels_formuse")


@pytest.fixture(scope="session")
def serving():
    """How to run a desk of one's own: `with _serving(data, "--empty") as (address, log)`."""
    return _serving


@contextmanager
def _serving(data: Path, *options: str, **settings: str) -> Iterator[tuple[str, Path]]:
    """Run `amends serve` on a data folder until the end; give its address and what it writes."""
    port = free_port()
    env = {**os.environ, "AMENDS_DATA": str(data), "PORT": str(port), **settings}
    env.pop("DATABASE_URL", None)
    data.parent.mkdir(parents=True, exist_ok=True)
    log = data.parent / "serve.log"
    amends = Path(sys.executable).parent / "amends"
    with log.open("wb") as output:
        process = subprocess.Popen([amends, "serve", *options], env=env, stdout=output, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_it_answers(address, process, log)
        yield address, log
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_it_answers(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{address}/complain", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            process.poll()
            time.sleep(0.2)
    pytest.fail(f"the desk did not answer:\n{log.read_text(encoding='utf-8', errors='replace')[-4000:]}")


@pytest.fixture(scope="session")
def chromium():
    if CHROMIUM is None:
        if os.environ.get("AMENDS_NO_SKIPS") == "1":
            pytest.fail("No Chromium found, and skips are forbidden here (Debian: apt-get install chromium)")
        pytest.skip("no Chromium found (Debian: apt-get install chromium)")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=120_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS, timeout=180_000)
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium, desk):
    """Open pages of readers of one language; every error in the browser's console fails the test."""
    contexts, errors = [], []

    def open_page(language: str, *, width: int = 1440, height: int = 900, dark: bool = False):
        context = chromium.new_context(
            base_url=desk.address,
            locale={"tr": "tr-TR", "fa": "fa-IR", "mn": "mn-MN", "en": "en-GB"}[language],
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            service_workers="block",  # they outlive a page and would see its requests first
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(120_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "console",
            lambda line: errors.append(line.text) if line.type == "error" and not line.text.startswith(QUIET) else None,
        )
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture(scope="session")
def pictures() -> Path:
    """Where screenshots go, to be looked at."""
    place = Path(os.environ.get("AMENDS_SCREENSHOTS", "screenshots"))
    place.mkdir(parents=True, exist_ok=True)
    return place


# One who speaks it, of the example company.
AGENTS = {"en": "Hannah", "tr": "Deniz", "fa": "نرگس", "mn": "Номин"}


@pytest.fixture
def type_in():
    """Sign in as somebody and take a complaint down on the telephone; return its number."""

    def take_down(page, *, name: str, language: str, trouble: str) -> int:
        page.goto("/sign-in/")
        page.locator("form[action*='/sign-in/example/'] button", has_text=AGENTS[language]).first.click()
        page.wait_for_url("**/desk/**")
        page.goto("/desk/new/")
        page.fill("[name=name]", name)
        page.fill("[name=phone]", f"+90 555 {secrets.randbelow(10**7):07d}")  # a customer of their own
        page.select_option("[name=language]", language)
        page.fill("[name=text]", trouble)
        page.locator("main form button[type=submit]").last.click()
        composer = page.locator("form[data-composer]")
        composer.wait_for()
        page.wait_for_load_state()  # its buttons do nothing before the scripts have run
        return int(composer.get_attribute("data-composer"))

    return take_down
