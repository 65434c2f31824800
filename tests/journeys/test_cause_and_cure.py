"""A manager's way: from what hurts to its cause, an improvement against it, before and after, and the report."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]


def test_from_what_hurts_to_what_was_done_and_whether_it_helped(new_page, pictures):
    page = new_page("en")
    page.goto("/sign-in/")
    page.locator("form[action*='/sign-in/example/'] button", has_text="Hannah").first.click()
    page.wait_for_url("**/desk/**")
    page.goto("/desk/insight/?span=365")
    assert "%" in page.locator("main").inner_text()

    # Behind a number stand its complaints.
    number = page.locator("main table a[data-tells='count'][href*='/behind/theme-']").first
    told = int(number.inner_text())
    number.click()
    page.wait_for_url("**/behind/**")
    assert page.locator("[data-counted]").count() == told
    page.go_back()

    # Its cause becomes work that somebody owns.
    page.locator("main a[href*='/improvements/'][href*='layer=']").first.click()
    page.fill("[name=title]", "Say on the first side what is not in the box")
    today = datetime.now(tz=UTC).date()
    page.fill("[name=due_on]", f"{today + timedelta(days=14)}")
    page.fill("[name=fewer]", "40")
    page.locator("main form button[type=submit]").last.click()
    page.locator("button[name=act][value=force]").wait_for()
    page.fill("[name=since]", f"{today - timedelta(days=3)}")
    page.locator("button[name=act][value=force]").click()
    main = page.locator("main")
    main.get_by_text("nothing is told before that").wait_for()  # three days: it says so, and no rate
    assert main.locator("td [href*='here-before'], td[data-told]").count() > 0
    page.screenshot(path=pictures / "cause-and-cure.png", full_page=True)

    # And it stands on the board, and in the report on paper.
    page.goto("/desk/improvements/")
    page.get_by_text("Say on the first side what is not in the box").first.wait_for()
    paper = page.request.get("/desk/insight/report.pdf?span=365")
    assert paper.ok
    assert paper.body().startswith(b"%PDF")
