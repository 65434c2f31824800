"""The chat's button and the form in pages of an organisation's own site, whose policy allows the desk alone."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from functools import partial

import pytest
from playwright.sync_api import expect

from tests.journeys.test_chat import ALWAYS, insert

pytestmark = [pytest.mark.usefixtures("from_one_address"), pytest.mark.browser, pytest.mark.enable_socket]

SHORT = 120_000
FORGIVEN = ("409 (Conflict)", "ERR_FAILED")  # what the test itself does in the place of the desk
PAGE = """<!doctype html><html lang="{language}" dir="{direction}"><meta charset="utf-8"><title>Shop</title>
<h1>Shop</h1>{inside}</html>"""
CHAT = '<script src="{desk}/chat/widget.js" defer data-language="{language}"></script>'
FORM = '<iframe title="form" src="{desk}/complain/?language={language}" width="360" height="500"></iframe>'
BUTTONS = {"en": "Write to us", "tr": "Bize yazın", "fa": "به ما بنویسید", "mn": "Бидэнд бичээрэй"}
HEADINGS = {
    "en": "What went wrong?",
    "tr": "Ne ters gitti?",
    "fa": "چه مشکلی پیش آمد؟",
    "mn": "Ямар асуудал гарсан бэ?",
}
TROUBLES = {"en": "The lid leaks.", "tr": "Kapak sızdırıyor.", "fa": "درش آب می‌دهد.", "mn": "Таг нь алдаж байна."}


@pytest.fixture
def at_all_hours(desk):
    """Somebody works at every hour, and takes more talks than these."""
    email = "on-a-site@example.com"
    with closing(sqlite3.connect(desk.data / "amends.sqlite3", timeout=30)) as rows, rows:
        if rows.execute("SELECT 1 FROM people_agent WHERE email = ?", [email]).fetchone():
            return
        rows.row_factory = sqlite3.Row
        calendar = dict(rows.execute("SELECT * FROM people_calendar LIMIT 1").fetchone())
        calendar |= {"id": None, "name": "on a site", "week": ALWAYS, "days_off": "[]"}
        team = {"id": None, "name": "on a site", "lead_id": None, "calendar_id": insert(rows, "calendar", calendar)}
        agent = dict(rows.execute("SELECT * FROM people_agent WHERE is_example AND role = 'agent' LIMIT 1").fetchone())
        agent |= {"id": None, "email": email, "name": "Ilse", "say": "", "latin_name": "", "presence": "here"}
        agent |= {"languages": json.dumps(list(BUTTONS)), "at_once": 50, "team_id": insert(rows, "team", team)}
        insert(rows, "agent", agent)


@pytest.fixture
def visitor(chromium, desk, shop):
    """A page of the site, and all that its browser asked for; whatever the browser had to refuse fails the test."""
    context = chromium.new_context(viewport={"width": 1000, "height": 760})
    page, errors, asked = context.new_page(), [], []

    def told(line):
        if line.type == "error" and not any(one in line.text for one in FORGIVEN):
            errors.append(line.text)

    page.set_default_timeout(SHORT)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", told)
    page.on("request", lambda request: asked.append(request.url))
    yield page
    context.close()
    assert errors == []
    assert [url for url in asked if not url.startswith((desk.address, shop.address))] == []


@pytest.mark.parametrize("language", list(BUTTONS))
@pytest.mark.usefixtures("at_all_hours")
def test_a_visitor_of_the_site_writes_in_its_window(language, desk, shop, visitor, pictures):
    right_to_left = language == "fa"
    shop.policy = f"default-src 'none'; script-src {desk.address}; frame-src {desk.address}"
    told = {"language": language, "desk": desk.address}
    page = partial(PAGE.format, language=language, direction="rtl" if right_to_left else "ltr")
    shop.page = page(inside=CHAT.format(**told))
    # Before the page is opened: one that is open already may for a moment send what it asks for past a new route.
    visitor.route("**/say/?*", lambda route: route.fulfill(status=409, json={"says": "A person looks at it first."}))
    if language == "en":  # the first words go again by themselves after a broken line
        visitor.route("**/begin/?*", lambda route: route.abort(), times=1)
    visitor.goto(shop.address)
    button = visitor.get_by_role("button", name=BUTTONS[language])
    button.wait_for()
    box = button.bounding_box()
    assert (box["x"] < 500) is right_to_left  # at the end of the line of reading
    button.click()
    expect(button).to_have_attribute("aria-expanded", "true", timeout=SHORT)
    window = visitor.frame_locator("iframe[src*='/chat/']")
    window.locator("#write").wait_for()
    assert window.locator("html").get_attribute("dir") == ("rtl" if right_to_left else "ltr")
    window.locator("[name=text]").fill(TROUBLES[language])
    window.locator("#write button").click()
    window.locator("#said li.you", has_text=TROUBLES[language]).wait_for()
    window.locator("#ways").wait_for()
    visitor.screenshot(path=pictures / f"{language}-on-a-site.png")
    if language == "en":  # what is kept and not taken in yet is said beneath its words
        window.locator("[name=text]").fill("And the handle.")
        window.locator("[name=text]").press("Enter")
        window.locator("#said li.you", has_text="A person looks at it first.").wait_for()
    window.locator("#end").click()
    button.click()
    expect(button).to_have_attribute("aria-expanded", "false", timeout=SHORT)
    expect(visitor.locator("iframe[src*='/chat/']")).to_be_hidden(timeout=SHORT)
    assert visitor.context.cookies() == []

    shop.page = page(inside=FORM.format(**told))
    visitor.goto(shop.address)
    form = visitor.frame_locator("iframe[title=form]")
    form.locator("h1", has_text=HEADINGS[language]).wait_for()
    expect(form.locator("form[method=post][target=_top]")).to_have_count(
        1, timeout=SHORT
    )  # what it leads to is no page in a frame
