"""Letters that carry programs and traps: on no page of the desk does anything of them run, fetch or lead away."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.journeys.conftest import Desk

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

RUN = "window.top.ran=1;document.title='ran';alert(1)"
TRAPS = {
    "a script": f"<script>{RUN}</script><script src='https://thief.example/x.js'></script>",
    "an event": f'<img src="x" onerror="{RUN}"><p onmouseover="{RUN}" style="position:fixed;inset:0">over all</p>',
    "a link": f'<a href="javascript:{RUN}">open</a><a href="&#106;ava&#9;script:{RUN}">this</a>',
    "a drawing": f'<svg onload="{RUN}"><script>{RUN}</script><a xlink:href="javascript:{RUN}">x</a></svg>',
    "a style": "<style>body{background:url(https://thief.example/b)}@import 'https://thief.example/c';</style>"
    f"<p style=\"width:expression({RUN});background:url('https://thief.example/s')\">styled</p>",
    "wrong nesting": "<math><mtext><table><mglyph><style><!--</style>"
    f'<img title="--&gt;&lt;img src=1 onerror={RUN}&gt;">',
    "another frame": f"<iframe srcdoc=\"<script>{RUN}</script>\"></iframe><base href='https://thief.example/'>"
    "<meta http-equiv=refresh content='0;url=https://thief.example/'><form action='https://thief.example/'><button>go</form>"
    "<link rel=stylesheet href='https://thief.example/l.css'><object data='https://thief.example/o'></object>",
}
# What leaves the rest of a letter whole stands in one, so that few pages are opened.
WHOLE = ("a script", "an event", "a link", "a drawing", "a style")
LETTERS = {
    "many": "".join(TRAPS[each] for each in WHOLE),
    **{each: trap for each, trap in TRAPS.items() if each not in WHOLE},
}
QUIET = "Still no word of my parcel."


def take_in(desk: Desk, folder: Path) -> list[tuple[int, int, str]]:
    """Take the letters in; return of each its complaint, its event and the key of the customer's page."""
    names = []
    for place, (what, trap) in enumerate(LETTERS.items()):
        mail = EmailMessage()
        mail["From"] = f'"<b onclick={RUN.partition(";")[0]}>Trap</b>" <trap-{place}@customer.example>'
        mail["To"], mail["Message-ID"] = "desk@acme.example", f"<trap-{place}@customer.example>"
        mail["Subject"] = f"{what} <script>{RUN}</script>"
        mail.set_content(f"{QUIET}\n{trap}\n")
        mail.add_alternative(f"<html><body><p>{QUIET}</p>{trap}</body></html>", subtype="html")
        mail.add_attachment(
            f"<script>{RUN}</script>".encode(), "text", "html", filename="<img src=x onerror=alert(1)>.html"
        )
        names.append(folder / f"{place}.eml")
        names[-1].write_bytes(mail.as_bytes())
    amends = Path(sys.executable).parent / "amends"
    env = {**os.environ, "AMENDS_DATA": str(desk.data)}
    env.pop("DATABASE_URL", None)
    subprocess.run([amends, "take-in", *names], env=env, check=True, timeout=300, capture_output=True)
    with closing(sqlite3.connect(desk.data / "amends.sqlite3", timeout=30)) as rows:
        return rows.execute(
            "SELECT c.number, e.id, c.key FROM channels_arrival a JOIN complaints_event e ON a.event_id = e.id"
            " JOIN complaints_complaint c ON e.complaint_id = c.id WHERE a.sender LIKE 'trap-%'"
        ).fetchall()


def test_nothing_of_a_hostile_letter_runs_or_leads_away(desk, new_page, tmp_path):
    letters = take_in(desk, tmp_path)
    with closing(sqlite3.connect(desk.data / "amends.sqlite3", timeout=30)) as rows:
        chosen = "SELECT name FROM people_agent WHERE is_example AND role = 'administrator' ORDER BY id LIMIT 1"
        name = rows.execute(chosen).fetchone()[0]
    assert len(letters) == len(LETTERS)
    page = new_page("en")
    asked, opened = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: (opened.append(dialog.message), dialog.dismiss()))
    page.goto("/sign-in/")
    page.locator("form[action*='/sign-in/example/'] button", has_text=name).first.click()
    page.wait_for_url("**/desk/**")

    def look(path: str) -> None:
        """Open a page and let it settle; `new_page` fails on whatever the browser had to refuse."""
        page.goto(path, wait_until="load")
        page.mouse.move(300, 300)
        assert page.evaluate("[window.top.ran, document.title === 'ran']") == [None, False], path
        assert page.locator("[onerror], [onload], [onclick], [onmouseover], a[href^='javascript' i]").count() == 0, path

    for number, event, key in letters:
        look(f"/desk/{number}/")
        assert page.locator(".said-customer", has_text=QUIET).count(), number
        look(f"/desk/{number}/letter/{event}/")
        inside = page.frame_locator("iframe[sandbox='']")
        inside.get_by_text(QUIET).first.wait_for()
        assert inside.locator("script, iframe, form, object, base, link, meta[http-equiv=refresh], svg").count() == 0
        look(f"/desk/{number}/raw/{event}/")
        assert page.evaluate("document.contentType") == "text/plain"
        look(f"/c/{key}/")
    for path in ("/desk/?q=parcel", f"/desk/?q=<script>{RUN}</script>", "/desk/notices/", "/desk/arrivals/"):
        look(path)
    assert opened == []
    assert [url for url in asked if not url.startswith((desk.address, "data:"))] == []
