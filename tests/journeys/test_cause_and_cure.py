"""A manager's way: from what hurts to its cause, an improvement against it, before and after, and the report."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]


# Who leads people, and reads in this language.
LEADS = {"en": "Hannah", "tr": "Elif", "fa": "نرگس", "mn": "Тэмүүжин"}
TITLES = {
    "en": "Say on the first side what is not in the box",
    "tr": "Kutuda olmayanı ilk yüzünde söylemek",
    "fa": "روی جعبه بنویسیم چه چیزی در آن نیست",
    "mn": "Хайрцагт юу байхгүйг нүүрэн дээр нь бичих",
}


@pytest.mark.parametrize("language", LEADS)
def test_from_what_hurts_to_what_was_done_and_whether_it_helped(new_page, pictures, language):
    page = new_page(language)
    page.goto("/sign-in/")
    page.locator("form[action*='/sign-in/example/'] button", has_text=LEADS[language]).first.click()
    page.wait_for_url("**/desk/**")
    page.goto("/desk/insight/?span=365")
    assert page.locator("html").get_attribute("lang") == language
    assert {"%", "٪"} & set(page.locator("main").inner_text())

    # Behind a number stand its complaints.
    number = page.locator("main table a[data-tells='count'][href*='/behind/theme-']").first
    told = int(number.inner_text())
    number.click()
    page.wait_for_url("**/behind/**")
    expect(page.locator("[data-counted]")).to_have_count(told)
    page.go_back()

    # Its cause becomes work that somebody owns.
    page.locator("main a[href*='/improvements/'][href*='layer=']").first.click()
    page.fill("[name=title]", TITLES[language])
    today = datetime.now(tz=UTC).date()
    page.fill("[name=due_on]", f"{today + timedelta(days=14)}")
    page.fill("[name=fewer]", "40")
    page.locator("main form button[type=submit]").last.click()
    page.locator("button[name=act][value=force]").wait_for()
    page.fill("[name=since]", f"{today - timedelta(days=3)}")
    page.locator("button[name=act][value=force]").click()
    main = page.locator("main")
    main.locator("section[aria-labelledby=effect] p span[data-told]").wait_for()  # three days: days to go, no rate
    page.wait_for_load_state()
    if language == "en":
        assert main.get_by_text("nothing is told before that").is_visible()
    assert main.locator("td [href*='here-before'], td[data-told]").count() > 0
    assert main.locator("[data-reckoned]").count() == 0
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0  # no language is too long for the page
    page.screenshot(path=pictures / f"cause-and-cure-{language}.png", full_page=True)

    # And it stands on the board, and in the report on paper.
    page.goto("/desk/improvements/")
    page.get_by_text(TITLES[language]).first.wait_for()
    paper = page.request.get("/desk/insight/report.pdf?span=365", timeout=120_000)
    assert paper.ok
    assert paper.body().startswith(b"%PDF")
