"""An empty desk: one page makes its first administrator, in any language, and says what to do where it is wrong."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

AXE = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
LOCALES = {"tr": "tr-TR", "fa": "fa-IR", "mn": "mn-MN", "en": "en-GB"}
MONEY = {"tr": "TRY", "fa": "IRR", "mn": "MNT", "en": ""}


@pytest.fixture(scope="module")
def empty_desk(serving, tmp_path_factory):
    with serving(tmp_path_factory.mktemp("empty") / "data", "--empty", "--no-worker") as (address, _log):
        yield address


@pytest.fixture
def open_page(chromium, empty_desk):
    contexts = []

    def open_page(language, *, width=1440, dark=False):
        context = chromium.new_context(
            base_url=empty_desk,
            locale=LOCALES[language],
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        return page

    yield open_page
    for context in contexts:
        context.close()


def accessible(page) -> None:
    assert [one["id"] for one in Axe().run(page, options=AXE).response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_desk_is_founded(open_page, pictures):
    """One test, in order: the page opens only once."""
    for number, language in enumerate(LOCALES):
        page = open_page(language, width=390 if number % 2 else 1440, dark=number > 1)
        page.goto("/complain/")
        assert page.url.endswith("/first-run/")
        assert page.locator("html").get_attribute("lang") == language
        assert page.input_value("[name=currency]") == MONEY[language]
        page.fill("[name=password]", "abc")
        page.fill("[name=email]", "a@")
        page.click("main form button[type=submit]")
        page.locator(".trouble").first.wait_for()
        accessible(page)
        assert page.locator(".trouble").count() == (5 if language == "en" else 4)
        page.screenshot(path=pictures / f"{language}-first-run.png", full_page=True)

    page = open_page("mn")
    page.goto("/first-run/")
    for field, value in {
        "organisation": "Говийн дэлгүүр",
        "name": "Б. Болд",
        "email": "bold@gobi.example",
        "password": "долоон богд уул",
    }.items():
        page.fill(f"[name={field}]", value)
    page.click("main form button[type=submit]")
    page.wait_for_url("**/people/**")
    page.goto("/people/new/")
    assert page.input_value("[name=goodwill_currency]") == "MNT"
    page.goto("/first-run/")
    assert not page.url.endswith("/first-run/")
