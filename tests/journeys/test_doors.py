"""Mail, programs and imports: an administrator opens these doors in each language, and complaints come through them.

The form, the customer's page, the chat and the telephone have journeys of their own, in the four languages too.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.desk.channels.mailboxes.imap_server import ImapServer
from tests.journeys.conftest import Desk

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

SHORT = 120_000
PATIENCE = 300  # seconds that a worker or a command may take on a busy machine
AXE = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}


@dataclass(frozen=True)
class Trouble:
    """Who writes by mail, what a shop's program tells, and what lies in another desk."""

    name: str
    subject: str
    by_mail: str
    by_program: str
    elsewhere: str


TROUBLES = {
    "en": Trouble(
        "Edith Marlow", "The kettle hums", "My kettle has hummed since Monday and nobody rings me back.",
        "The blue bowl came with a crack.", "The tray was delivered to the neighbours, who have moved away.",
    ),
    "tr": Trouble(
        "Nermin Uslu", "Çaydanlık ötüyor", "Çaydanlığım pazartesiden beri ötüyor, kimse geri aramıyor.",
        "Mavi kâse çatlak geldi.", "Tepsi, taşınmış olan komşulara teslim edilmiş.",
    ),
    "fa": Trouble(
        "پروین سهرابی", "صدای کتری", "کتری من از دوشنبه صدا می‌دهد و هیچ‌کس زنگ نمی‌زند.",
        "کاسهٔ آبی ترک‌خورده رسید.", "سینی را به همسایه‌هایی داده‌اند که از این‌جا رفته‌اند.",
    ),
    "mn": Trouble(
        "Ж. Оюун", "Данх дуугараад байна", "Данх маань даваа гарагаас хойш дуугараад, хэн ч залгахгүй байна.",
        "Цэнхэр аяга хагархай ирлээ.", "Тавгийг нүүгээд явчихсан хөршид өгчихсөн байна.",
    ),
}  # fmt: skip


@pytest.fixture
def imap():
    server = ImapServer()
    yield server
    server.end()


def administrator(data: Path, language: str) -> str:
    """Take on an administrator who reads this language; return their name."""
    name = f"Door {language}"
    with closing(sqlite3.connect(data / "amends.sqlite3", timeout=30)) as rows, rows:
        rows.row_factory = sqlite3.Row
        found = rows.execute("SELECT * FROM people_agent WHERE is_example AND role = 'administrator' LIMIT 1")
        agent = {
            **dict(found.fetchone()), "id": None, "email": f"door-{language}@example.com", "name": name,
            "language": language, "languages": json.dumps([language]), "latin_name": "", "say": "",
        }  # fmt: skip
        marks = ", ".join("?" * len(agent))
        rows.execute(f"INSERT INTO people_agent ({', '.join(agent)}) VALUES ({marks})", list(agent.values()))
    return name


def accessible(page, where: str) -> None:
    found = Axe().run(page, options=AXE).response["violations"]
    assert [f"{where}: {one['id']}: {one['nodes'][0]['html'][:200]}" for one in found] == []


def mail_door(page, language: str, trouble: Trouble, *, desk: Desk, imap: ImapServer, pictures: Path) -> str:
    """Set a mailbox up, with a wrong password first; then mail comes through it, and its sender hears so.

    Return where the mailbox stands.
    """
    page.goto("/desk/arrivals/mailboxes/new/")
    assert page.locator("html").get_attribute("lang") == language
    for field, value in {
        "name": trouble.subject, "address": f"{language}@door.example", "password": "wrong",
        "imap_host": "127.0.0.1", "imap_port": str(imap.port),
    }.items():  # fmt: skip
        page.fill(f"main [name={field}]", value)
    page.select_option("main [name=imap_security]", "none")
    page.uncheck("main [name=sends]")
    page.locator("main form.sheet button[type=submit]").click()
    page.locator("#trial .text-red-ink").wait_for(timeout=SHORT)
    accessible(page, "a trial that went wrong")
    page.screenshot(path=pictures / f"{language}-door-mail-wrong.png", full_page=True)
    page.fill("main [name=password]", imap.password)
    page.locator("main form.sheet button[type=submit]").click()
    page.locator("#trial .notice-good").wait_for(timeout=SHORT)
    place = str(page.url)

    mail = EmailMessage()
    mail["From"], mail["To"] = f"{trouble.name} <mail-{language}@customer.example>", f"{language}@door.example"
    mail["Subject"], mail["Message-ID"] = trouble.subject, f"<{language}@customer.example>"
    mail.set_content(trouble.by_mail)
    imap.put(mail.as_bytes())
    at_the_desk(page, trouble.by_mail, desk=desk)
    until = time.monotonic() + PATIENCE
    while not (letters := desk.letterbox.to(f"mail-{language}@customer.example")) and time.monotonic() < until:
        page.wait_for_timeout(100)  # the receipt leaves by the worker
    assert letters[0]["Content-Language"] == language
    assert trouble.subject in str(letters[0]["Subject"])
    return place


def program_door(page, language: str, trouble: Trouble, *, name: str, desk: Desk, pictures: Path) -> None:
    """Make a token, and let a shop's program file a complaint with it."""
    page.goto("/desk/programs/new/")
    page.fill("main [name=name]", trouble.subject)
    page.select_option("main [name=agent]", label=name)
    for box in page.locator("main [name=scopes]").all():
        box.check(force=True)
    accessible(page, "a new token")
    page.locator("main form button[type=submit]").click()
    token = page.input_value("#token")
    page.goto("/api/docs/")
    page.locator("#problems").wait_for()
    page.screenshot(path=pictures / f"{language}-door-api.png")
    filed = {
        "name": trouble.name, "email": f"api-{language}@customer.example", "text": trouble.by_program,
        "language": language,
    }  # fmt: skip
    call = urllib.request.Request(
        f"{desk.address}/api/complaints",
        data=json.dumps(filed).encode(),
        headers={
            "Authorization": f"Bearer {token}", "Content-Type": "application/json", "Idempotency-Key": f"d-{language}",
        },
    )  # fmt: skip
    with urllib.request.urlopen(call, timeout=60) as answer:
        assert answer.status == 201
    at_the_desk(page, trouble.by_program, desk=desk)


def import_door(page, language: str, trouble: Trouble, *, desk: Desk, folder: Path) -> None:
    """Bring a complaint from a table of another desk."""
    table = folder / "table.csv"
    table.write_text(
        "id,text,by,at,customer_name,customer_email\n"
        f'7,"{trouble.elsewhere}",customer,2026-03-02T10:00:00Z,{trouble.name},old-{language}@customer.example\n',
        encoding="utf-8",
    )
    amends = Path(sys.executable).parent / "amends"
    env = {**os.environ, "AMENDS_DATA": str(desk.data)}
    env.pop("DATABASE_URL", None)
    arguments = ["import", "csv", str(table), "--source", f"door-{language}"]
    subprocess.run([amends, *arguments], env=env, check=True, timeout=PATIENCE, capture_output=True)
    at_the_desk(page, trouble.elsewhere, desk=desk)


def at_the_desk(page, words: str, *, desk: Desk) -> None:
    """Wait until these words have a complaint, and read them on its page."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with closing(sqlite3.connect(desk.data / "amends.sqlite3", timeout=30)) as rows:
            found = rows.execute(
                "SELECT c.number FROM complaints_complaint c JOIN complaints_event e ON e.complaint_id = c.id"
                " JOIN complaints_eventcontent t ON t.event_id = e.id WHERE t.text LIKE ? LIMIT 1",
                [f"{words}%"],
            ).fetchone()
        if found:
            page.goto(f"/desk/{found[0]}/")
            page.locator(".said-customer", has_text=words).first.wait_for(timeout=SHORT)
            return
        page.wait_for_timeout(100)
    pytest.fail(f"nobody heard '{words}'")


@pytest.mark.parametrize("language", list(TROUBLES))
def test_a_door_is_opened_and_complaints_come_through(language, desk, imap, new_page, pictures):
    trouble, page = TROUBLES[language], new_page(language)
    name = administrator(desk.data, language)
    page.goto("/sign-in/")
    page.locator("form[action*='/sign-in/example/'] button", has_text=name).first.click()
    page.wait_for_url("**/desk/**")
    mailbox = mail_door(page, language, trouble, desk=desk, imap=imap, pictures=pictures)
    program_door(page, language, trouble, name=name, desk=desk, pictures=pictures)
    import_door(page, language, trouble, desk=desk, folder=desk.data.parent)
    page.goto(mailbox.partition("?")[0])
    page.locator("form[action$='/use/'] button").click()  # nobody answers there any more
    page.wait_for_url("**/mailboxes/")
