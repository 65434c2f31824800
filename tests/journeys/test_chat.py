"""The chat: a visitor and a person of ours speak with each other, through a line that breaks."""

from __future__ import annotations

import json
import sqlite3
import struct
import zlib
from contextlib import closing, contextmanager
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.usefixtures("from_one_address"), pytest.mark.browser, pytest.mark.enable_socket]

SHORT = 120_000
WIDE = 24
ALWAYS = json.dumps({str(day): [["00:00", "24:00"]] for day in range(7)})


@dataclass(frozen=True)
class Talk:
    """Who answers, and what both say."""

    who: str
    trouble: str
    answer: str
    more: str
    second: str  # of another visitor
    name: str  # of that one


TALKS = {
    "en": Talk(
        "Robin Ashby", "The kettle leaks at the lid.", "Robin here. Which kettle is it?", "The blue one.",
        "My tray came without its handles.", "Harriet Blythe",
    ),
    "tr": Talk(
        "Selin Aksoy", "Çaydanlığın kapağı su sızdırıyor.", "Ben Selin. Hangi çaydanlık?", "Mavi olan.",
        "Tepsim kulpsuz geldi.", "Nilgün Baydar",
    ),
    "fa": Talk(
        "شیرین فلاح", "درِ کتری آب می‌دهد.", "شیرین هستم. کدام کتری؟", "همان آبی.",
        "سینی من بدون دسته رسید.", "مهتاب نیک‌پی",
    ),
    "mn": Talk(
        "Б. Сарнай", "Данхны таг нь ус алдаж байна.", "Сарнай байна. Аль данх вэ?", "Цэнхэр нь.",
        "Тавагны маань бариул нь байхгүй ирлээ.", "Г. Хулан",
    ),
}  # fmt: skip


def picture() -> bytes:
    """A small picture, written as PNG."""
    rows = zlib.compress(b"".join(b"\0" + b"\x0f\x6b\x6b" * WIDE for _row in range(WIDE)))
    parts = {b"IHDR": struct.pack(">IIBBBBB", WIDE, WIDE, 8, 2, 0, 0, 0), b"IDAT": rows, b"IEND": b""}
    told = (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts.items()
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(told)


PICTURE = picture()


def hire(data, language: str, name: str) -> None:
    """Take on somebody who works at every hour, so that the journey does not depend on the hour."""
    with closing(sqlite3.connect(data / "amends.sqlite3", timeout=30)) as rows, rows:
        rows.row_factory = sqlite3.Row
        calendar = dict(rows.execute("SELECT * FROM people_calendar LIMIT 1").fetchone())
        calendar |= {"name": f"chat {language}", "week": ALWAYS, "days_off": "[]", "id": None}
        team = {
            "id": None,
            "name": f"chat {language}",
            "lead_id": None,
            "calendar_id": insert(rows, "calendar", calendar),
        }
        found = rows.execute("SELECT * FROM people_agent WHERE is_example AND role = 'agent' LIMIT 1").fetchone()
        agent = {
            **dict(found),
            "id": None,
            "email": f"chat-{language}@example.com",
            "name": name,
            "say": "",
            "latin_name": "",
            "presence": "here",
        }
        agent |= {"language": language, "languages": json.dumps([language]), "team_id": insert(rows, "team", team)}
        insert(rows, "agent", agent)


def insert(rows: sqlite3.Connection, table: str, row: dict[str, object]) -> int:
    marks = ", ".join("?" * len(row))
    done = rows.execute(f"INSERT INTO people_{table} ({', '.join(row)}) VALUES ({marks})", list(row.values()))
    return int(done.lastrowid or 0)


@contextmanager
def alone(data, name: str):
    """Let everybody else be away for a while, so that the next chat comes to the same person."""
    with closing(sqlite3.connect(data / "amends.sqlite3", timeout=30)) as rows:
        here = rows.execute("SELECT id FROM people_agent WHERE presence = 'here' AND name <> ?", [name]).fetchall()
        marks = ", ".join("?" * len(here))
        others = [one for (one,) in here]
        with rows:
            rows.execute(f"UPDATE people_agent SET presence = 'away' WHERE id IN ({marks})", others)
        try:
            yield
        finally:
            with rows:
                rows.execute(f"UPDATE people_agent SET presence = 'here' WHERE id IN ({marks})", others)


def case_of(data, text: str) -> tuple[int, str]:
    """The complaint in which this was said, and who owns it."""
    with closing(sqlite3.connect(data / "amends.sqlite3")) as rows:
        found = rows.execute(
            "SELECT c.number, a.name FROM complaints_complaint c JOIN complaints_event e ON e.complaint_id = c.id"
            " JOIN complaints_eventcontent t ON t.event_id = e.id JOIN people_agent a ON a.id = c.owner_id"
            " WHERE t.text = ? ORDER BY c.id DESC LIMIT 1",
            [text],
        ).fetchone()
        return int(found[0]), str(found[1])


@pytest.fixture
def visit(chromium, desk):
    """A page of somebody outside; of its errors only those of the line that was cut are forgiven."""
    contexts, errors = [], []

    def told(line):
        if line.type == "error" and "ERR_INTERNET_DISCONNECTED" not in line.text:
            errors.append(line.text)

    def open_page():
        context = chromium.new_context(base_url=desk.address, viewport={"width": 390, "height": 640})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(SHORT)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", told)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


@pytest.mark.parametrize("language", list(TALKS))
def test_a_visitor_and_a_person_speak(language, desk, new_page, visit, pictures):
    talk = TALKS[language]
    hire(desk.data, language, talk.who)
    visitor, agent = visit(), new_page(language)

    visitor.goto(f"/chat/?language={language}")
    visitor.locator("#write").wait_for(timeout=SHORT)
    assert visitor.locator("html").get_attribute("dir") == ("rtl" if language == "fa" else "ltr")
    visitor.fill("[name=text]", talk.trouble)
    visitor.locator("#write button").click()
    visitor.locator("#said li.you", has_text=talk.trouble).wait_for(timeout=SHORT)

    visitor.locator("#ways").wait_for(timeout=SHORT)  # the talk goes on
    number, owner = case_of(desk.data, talk.trouble)  # whoever is at work at this hour
    agent.goto("/sign-in/")
    agent.locator("form[action*='/sign-in/example/'] button", has_text=owner).first.click()
    agent.wait_for_url("**/desk/**")
    agent.goto(f"/desk/{number}/")
    agent.locator(".present-line").first.wait_for(timeout=SHORT)  # it says that the window is open
    agent.fill("form[data-composer] textarea[name=text]", talk.answer)
    agent.locator("form[data-composer] button.send").click()
    visitor.locator("#said li.person", has_text=talk.answer).wait_for(timeout=SHORT)
    writer = visitor.locator("#said li.person small").first.inner_text().partition(" · ")[0]
    expect(visitor.locator("#who")).to_contain_text(writer, timeout=SHORT)  # by name

    visitor.set_input_files("#add", [{"name": "lid.png", "mimeType": "image/png", "buffer": PICTURE}])
    visitor.locator("#files li", has_text="lid.png").wait_for(timeout=SHORT)
    visitor.screenshot(path=pictures / f"{language}-chat-file.png")
    visitor.locator("#go button").click()  # without a word
    seen = visitor.locator("#said li.you a.file img")
    seen.wait_for(timeout=SHORT)
    assert seen.evaluate("(one) => one.decode().then(() => one.naturalWidth)") == WIDE
    agent.locator(".turn-customer", has_text="lid.png").wait_for(timeout=SHORT)

    visitor.context.set_offline(True)  # the line breaks; what is written goes when it is back
    visitor.fill("[name=text]", talk.more)
    visitor.keyboard.press("Enter")
    visitor.context.set_offline(False)
    agent.locator(".turn-customer", has_text=talk.more).wait_for(timeout=SHORT)
    expect(visitor.locator("#said li", has_text=talk.more)).to_have_count(1, timeout=SHORT)
    visitor.screenshot(path=pictures / f"{language}-chat.png")
    agent.screenshot(path=pictures / f"{language}-chat-desk.png")

    # Somebody else begins a chat: it stands beside the open one, and one key leads there and back.
    other = visit()
    with alone(desk.data, owner):
        other.goto(f"/chat/?language={language}")
        other.locator("#write").wait_for(timeout=SHORT)
        other.fill("[name=name]", talk.name)
        other.fill("[name=text]", talk.second)
        other.locator("#write button").click()
        other.locator("#ways").wait_for(timeout=SHORT)
    beside = agent.locator("#asked-of-me .talks li:not([hidden])")
    beside.filter(has_text=talk.name).locator(".talk-to-unread").wait_for(timeout=SHORT)
    expect(beside).to_have_count(1, timeout=SHORT)  # the open one is not beside itself
    agent.screenshot(path=pictures / f"{language}-chat-beside.png")
    agent.locator("#talk").focus()
    agent.keyboard.press("g")
    second, _owner = case_of(desk.data, talk.second)
    agent.locator(f"#conversation[data-complaint='{second}']").wait_for(timeout=SHORT)
    agent.locator(f"#asked-of-me .talks li[data-talk='{number}']:not([hidden]) [data-waits]").wait_for(timeout=SHORT)
    agent.set_viewport_size({"width": 390, "height": 780})
    agent.locator(f"#talks-here li[data-talk='{number}'] a").wait_for(timeout=SHORT)
    agent.emulate_media(color_scheme="dark")
    agent.screenshot(path=pictures / f"{language}-chat-beside-phone.png")
    agent.locator(f"#talks-here li[data-talk='{number}'] a").click()
    agent.locator(f"#conversation[data-complaint='{number}']").wait_for(timeout=SHORT)
