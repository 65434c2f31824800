"""A morning at the list: views, several at once and back, keys of any layout, what is new, in each language."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

SHORT = 120_000  # milliseconds that a page may take on a busy machine
AXE = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
PEOPLE = {"en": "Hannah Whitfield", "tr": "Deniz Kaya", "fa": "نرگس احمدی", "mn": "Б. Номин"}
# The letter that stands where X stands on the keyboard of the language.
ON_X = {"en": "x", "tr": "x", "fa": "ط", "mn": "ч"}
# The page is the same in every language but for its words and its direction: it is measured once in each direction.
MEASURED = ("en", "fa")


def accessible(page, where: str) -> None:
    if page.locator("html").get_attribute("lang") not in MEASURED:
        return
    found = Axe().run(page, options=AXE).response["violations"]
    told = [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]
    assert not told, f"{where}: {told}"


def sign_in(page, language: str) -> None:
    page.goto("/sign-in/")
    page.locator("form[action*='/sign-in/example/']", has_text=PEOPLE[language]).locator("button").click()
    page.wait_for_url("**/desk/**", timeout=SHORT)


def key(page, code: str, letter: str, *, row: int) -> None:
    """
    Press a key on a row that writes another letter than its name says, as on a Persian or a Cyrillic keyboard.

    The row has the focus in the same moment: a list that draws itself again in between takes it away.
    """
    page.locator("#list .row").nth(row).wait_for(timeout=SHORT)
    page.evaluate(
        "([code, key, row]) => { document.querySelectorAll('#list .row')[row].focus(); document.activeElement"
        ".dispatchEvent(new KeyboardEvent('keydown', {code, key, bubbles: true, cancelable: true})) }",
        [code, letter, row],
    )


def choose_and_take_back(page, language: str) -> None:
    for place in range(2):
        key(page, "KeyX", ON_X[language], row=place)
    expect(page.locator("#list [data-choose]:checked")).to_have_count(2, timeout=SHORT)
    expect(page.locator("#together")).to_be_visible(timeout=SHORT)
    accessible(page, "two chosen")
    page.keyboard.press("KeyM")
    page.locator(".toast-action").wait_for(timeout=SHORT)
    expect(page.locator("#list [data-choose]:checked")).to_have_count(0, timeout=SHORT)
    page.keyboard.press("KeyZ")
    page.locator(".toast-action").wait_for(state="detached", timeout=SHORT)
    page.locator(".toast-line").first.wait_for(timeout=SHORT)


def keep_a_view(page, name: str, pictures, language: str) -> None:
    page.keyboard.press("KeyF")
    page.locator("dialog[open] [name=name]").wait_for(timeout=SHORT)
    accessible(page, "narrowing")
    page.select_option("dialog[open] [name=view]", "all")
    page.select_option("dialog[open] [name=language]", language)
    page.fill("dialog[open] [name=name]", name)
    page.screenshot(path=pictures / f"{language}-inbox-narrow.png")
    page.locator("dialog[open] footer button.btn-primary").click()
    page.wait_for_url("**/desk/?saved=*", timeout=SHORT)
    expect(page.locator(".list-view")).to_contain_text(name, timeout=SHORT)
    page.locator("#list .row").first.wait_for(timeout=SHORT)
    assert set(page.locator("#list .row-tag [lang]").evaluate_all("all => all.map(one => one.lang)")) == {language}


@pytest.mark.parametrize("language", list(PEOPLE))
def test_a_morning_at_the_list(language, desk, new_page, pictures):
    page = new_page(language)
    sign_in(page, language)
    assert page.locator("html").get_attribute("lang") == language
    page.goto("/desk/?view=all")
    page.locator("#list .row").first.wait_for(timeout=SHORT)
    accessible(page, "the list")

    page.keyboard.press("KeyV")
    page.locator("#views:popover-open").wait_for(timeout=SHORT)
    expect(page.locator("#way-count-all")).not_to_be_empty(timeout=SHORT)
    expect(page.locator("#views [aria-current=page]")).to_be_focused(timeout=SHORT)
    page.screenshot(path=pictures / f"{language}-inbox-views.png")
    accessible(page, "the views")
    page.keyboard.press("Escape")

    choose_and_take_back(page, language)

    # A colleague writes a note: the list draws itself again, and what was chosen stays chosen.
    key(page, "KeyX", ON_X[language], row=0)
    expect(page.locator("#list [data-choose]:checked")).to_have_count(1, timeout=SHORT)
    number = page.locator("#list .row").first.get_attribute("data-number")
    with page.expect_response(re.compile("/desk/list/"), timeout=SHORT):
        token = page.locator("meta[name=csrf]").get_attribute("content")
        headers = {"X-CSRFToken": token, "Referer": desk.address}
        page.request.post(f"/desk/{number}/note/", form={"text": "…"}, headers=headers, timeout=SHORT)
    expect(page.locator("#list [data-choose]:checked")).to_have_count(1, timeout=SHORT)
    page.keyboard.press("Escape")

    page.keyboard.press("Shift+Slash")
    page.locator("#keys:popover-open").wait_for(timeout=SHORT)
    page.screenshot(path=pictures / f"{language}-inbox-keys.png")
    accessible(page, "the keys")
    page.locator("[data-single-keys]").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("KeyV")
    assert page.locator("#views:popover-open").count() == 0
    page.evaluate("localStorage.clear()")

    page.keyboard.press("Control+KeyK")
    page.locator("#palette-found [role=option]").first.wait_for(timeout=SHORT)
    accessible(page, "the palette")
    page.keyboard.press("Escape")

    keep_a_view(page, {"en": "Mine own", "tr": "Benim", "fa": "نمای من", "mn": "Миний"}[language], pictures, language)
    page.screenshot(path=pictures / f"{language}-inbox-saved.png")


@pytest.mark.parametrize("language", ["fa"])
def test_several_are_chosen_on_a_phone(language, desk, new_page, pictures):
    page = new_page(language, width=390, height=844, dark=language == "fa")
    sign_in(page, language)
    page.goto("/desk/?view=all")
    page.locator("[data-choosing-button]").click()
    page.locator("#list .row-choose").nth(0).click()
    page.locator("#list .row-choose").nth(1).click()
    expect(page.locator("#together")).to_be_visible(timeout=SHORT)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    accessible(page, "choosing on a phone")
    page.screenshot(path=pictures / f"{language}-inbox-phone.png")
    page.locator("[data-together=close]").click()
    page.locator("dialog[open] [name=reason]").wait_for(timeout=SHORT)
    accessible(page, "closing on a phone")
    page.keyboard.press("Escape")
    page.locator(".list-view").click()
    page.locator("#views:popover-open").wait_for(timeout=SHORT)
    page.screenshot(path=pictures / f"{language}-inbox-phone-views.png")
    accessible(page, "the views on a phone")
    written_on_a_phone(page, pictures / f"{language}-inbox-phone-open.png")


def written_on_a_phone(page, picture):
    """On a small phone the words have the room, and a button that is touched while one writes stays where it is."""
    page.set_viewport_size({"width": 390, "height": 664})
    page.goto("/desk/?view=all")
    page.locator("#list .row").first.click()
    field = page.locator("form[data-composer] [data-part=field]")
    expect(field).to_be_in_viewport(timeout=SHORT)
    page.screenshot(path=picture)
    assert page.locator("#talk").evaluate("talk => talk.clientHeight") > 150
    field.click()
    place = page.locator("[data-answers]").bounding_box()
    page.mouse.click(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    page.locator("dialog[open]").wait_for(timeout=SHORT)


@pytest.mark.parametrize("language", sorted(PEOPLE))
def test_the_name_of_a_list_is_whole_beside_all_its_buttons(language, desk, new_page):
    page = new_page(language)
    page.goto("/sign-in/")
    page.locator("form[action*='/sign-in/example/']", has_text="Elif Şahin").locator("button").click()
    page.wait_for_url("**/desk/**", timeout=SHORT)
    page.goto("/me/")
    page.select_option("select[name=language]", language)
    page.locator("form:has(select[name=language]) button[type=submit]").click()
    page.wait_for_load_state()
    page.goto("/desk/?view=team")
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator(".list-head .btn-square:visible")).to_have_count(4)
    assert page.locator(".list-view > span").first.evaluate("one => one.scrollWidth <= one.clientWidth")
    assert page.locator("#search").evaluate("""one => {
        const ruler = document.createElement("canvas").getContext("2d");
        ruler.font = getComputedStyle(one).font;
        return ruler.measureText(one.placeholder).width <= one.clientWidth;
    }""")


def test_what_may_be_ticked_shows_its_box(desk, new_page):
    page = new_page("en")
    sign_in(page, "en")
    page.goto("/desk/?view=all&q=1055")
    page.locator("#list .row").first.click()
    page.locator("#conversation").wait_for(timeout=SHORT)
    page.goto(page.url.partition("?")[0] + "sheet/split/")
    boxes = page.locator("dialog .choice input[type=checkbox]")
    assert boxes.count() >= 2
    for box in boxes.all():
        assert box.evaluate("one => getComputedStyle(one).opacity") == "1"
