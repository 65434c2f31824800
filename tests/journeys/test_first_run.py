"""An empty desk: one page makes its first administrator, in any language, and says what to do where it is wrong."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe

from amends.desk.people import second_factor

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
        page.set_default_timeout(120_000)
        return page

    yield open_page
    for context in contexts:
        context.close()


def accessible(page) -> None:
    page.wait_for_load_state()  # what was waited for may stand before the rest of its page
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
    two_factors(page, open_page("fa", width=390), pictures)


def two_factors(boss, page, pictures) -> None:
    """The administrator asks leads for two factors; a lead chooses a password and is led to the second one at once."""
    boss.goto("/people/two-factors/")
    boss.check("[name=roles][value=lead]")
    boss.click("main form button[type=submit]")
    boss.locator(".notice-good").wait_for()
    boss.goto("/people/new/")
    for field, value in {"name": "Narges Ahmadi", "email": "narges@gobi.example"}.items():
        boss.fill(f"[name={field}]", value)
    boss.select_option("[name=role]", "lead")
    boss.select_option("[name=language]", "fa")
    boss.click("main form button[type=submit]")
    link = boss.input_value("#link")

    page.goto(link)
    page.fill("[name=new_password1]", "هفت آلوی رسیده")
    page.fill("[name=new_password2]", "هفت آلوی رسیده")
    page.click("main form button[type=submit]")
    page.wait_for_url("**/me/second-factor/new/")
    page.goto("/desk/")
    assert page.url.endswith("/me/second-factor/new/")
    page.locator("summary").click()
    secret = page.inner_text("#secret").replace(" ", "")
    accessible(page)
    page.screenshot(path=pictures / "fa-second-factor.png", full_page=True)
    page.fill("[name=code]", second_factor.code_at(secret=secret, now=datetime.now(UTC)))
    page.click("form.form-stack button[type=submit]")
    page.locator("#codes").wait_for()
    accessible(page)
    page.screenshot(path=pictures / "fa-recovery-codes.png", full_page=True)
    spare = page.locator("ul[dir=ltr] li").first.inner_text()
    page.context.clear_cookies()
    page.goto("/sign-in/")
    page.fill("[name=username]", "narges@gobi.example")
    page.fill("[name=password]", "هفت آلوی رسیده")
    page.click("form.form-stack button[type=submit]")
    page.wait_for_url("**/sign-in/code/")
    page.fill("[name=code]", spare)
    page.click("form.form-stack button[type=submit]")
    page.wait_for_url("**/desk/")
