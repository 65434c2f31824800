"""Taking five in four languages; a manager who is rung, and a call that the customer chooses."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

# Whose screens; the quarrel as it is typed in, and a calm answer that keeps the time.
AGENTS = {
    "en": (
        "Hannah Whitfield",
        "You have lied to me twice, you crooks! Where is my money?",
        "I am sorry, Mrs Moore. The money went back to your card this morning. I have the receipt here for you.",
    ),
    "tr": (
        "Deniz Kaya",
        "Beni iki kere kandırdınız, hepiniz hırsızsınız! Param nerede?",
        "Özür dilerim Aylin Hanım. Paranız bu sabah kartınıza iade edildi, dekontu buraya ekliyorum.",
    ),
    "fa": (
        "آرش کریمی",
        "دو بار به من دروغ گفتید، دزدها! پول من کجاست؟",
        "عذر می‌خواهم خانم مرادی. پولتان امروز صبح به کارتتان برگشت و رسیدش پیش من است.",
    ),
    "mn": (
        "Б. Номин",
        "Намайг хоёр удаа хуурлаа, луйварчид! Мөнгө минь хаана байна?",
        "Уучлаарай. Таны мөнгийг өнөө өглөө карт руу тань буцаасан, баримт нь надад байна.",
    ),
}
NAMES = {"en": "Grace Moore", "tr": "Aylin Moralı", "fa": "شیرین مرادی", "mn": "Б. Сараа"}


def sign_in(page, name: str) -> None:
    page.goto("/sign-in/")
    page.locator("form[action*='/sign-in/example/']", has_text=name).locator("button").click()
    page.wait_for_url("**/desk/**")


def complaint_by_telephone(page, language: str) -> str:
    """Type in an angry complaint; it is the reader's own. Return its number."""
    _name, words, _answer = AGENTS[language]
    page.goto("/desk/new/")
    page.fill("[name=name]", NAMES[language])
    page.fill("[name=email]", f"angry-{language}@mail.example")
    page.select_option("[name=language]", language)
    page.fill("[name=text]", words)
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(re.compile(r"/desk/\d+/"))
    return re.search(r"/desk/(\d+)/", page.url)[1]


@pytest.mark.parametrize("language", AGENTS)
def test_take_five(new_page, desk, pictures, language):
    name, _words, answer = AGENTS[language]
    page = new_page(language)
    sign_in(page, name)
    number = complaint_by_telephone(page, language)

    # The heat is marked in blocks and in a word, and an insult brings sentences that draw a line calmly.
    assert page.locator(".heat-mark-3").inner_text().strip()
    page.locator(".cool-boundaries summary").click()
    sentence = page.locator(".cool-sentences button").first
    said = sentence.inner_text()
    sentence.click()
    field = page.locator("form[data-composer] textarea[name=text]")
    expect(field).to_have_value(said)
    page.locator(".heat-course li").first.wait_for()
    page.screenshot(path=pictures / f"cool-head-{language}.png")

    # The letter names the time that was chosen, and another one as soon as that is chosen.
    page.locator(".composer-foot [hx-get$='/sheet/take-five/']").click()
    letter = page.locator("dialog #id_message")
    before = letter.input_value()
    times = page.locator("dialog .choices .choice")
    if times.count() > 1:  # in the last ten minutes of somebody's day the next morning alone is left
        times.first.click()  # the second one is chosen, and may be the last
        expect(letter).not_to_have_value(before)
    told = letter.input_value()
    page.screenshot(path=pictures / f"take-five-{language}.png")
    page.locator("dialog button[type=submit]").click()

    # The rest of the inbox is gone, nothing counts, and the promise stands.
    page.locator(".rest").wait_for()
    page.wait_for_load_state()
    expect(page.locator(".rest-buttons button")).to_have_count(2)
    assert not page.locator("#list").count()
    assert page.locator(".said-agent .words").last.inner_text() == told
    expect(page.locator("form[data-composer] textarea[name=text]")).to_have_value(re.compile(re.escape(said)))
    page.screenshot(path=pictures / f"resting-{language}.png")
    page.goto("/desk/")
    assert page.locator(".rest").count() == 1
    assert not page.locator("a.row").count()

    # Back by nothing but their own wish; the answer in time keeps what was promised.
    page.goto(f"/desk/{number}/")
    page.locator(".rest-buttons form button").click()
    page.locator("#list").wait_for(state="attached")
    page.wait_for_load_state()  # a reply is held and sent by the scripts
    field = page.locator("form[data-composer] textarea[name=text]")
    field.fill(answer)
    page.locator("form[data-composer] button.send").click()
    page.goto(f"/desk/{number}/")  # leaving sends at once
    page.locator(".event-good", has=page.locator("use[href*='circle-check']")).first.wait_for()


def test_a_manager_is_rung_and_a_call_is_chosen(new_page, desk, pictures):
    customer, agent = new_page("en"), new_page("en")
    customer.goto("/complain/")
    customer.fill("[name=text]", "You crooks have charged me twice, and nobody answers. I am furious!!")
    customer.fill("[name=name]", "Grace Moore")
    customer.fill("[name=email]", "grace-moore@mail.example")
    customer.wait_for_timeout(3_500)  # nobody writes a complaint faster; robots do
    customer.click("main form button[type=submit]")
    customer.wait_for_url("**/c/*/**")
    page_of_customer = customer.url.split("?")[0]
    number = re.search(r"\d+", customer.title())[0]

    # A manager is asked for on the customer's page, and rung: now, or as soon as somebody's day begins.
    customer.locator("form[action$='/ask/manager/'] button").click()
    customer.locator("#asked .notice-soon").first.wait_for()
    sign_in_as_owner(agent, customer, number)
    agent.locator(".cool-line-soon use[href*='bell-ring']").first.wait_for(state="attached")

    # Times for a call are offered in a letter that the agent looks at, and the customer chooses one.
    agent.evaluate("number => htmx.ajax('GET', `/desk/${number}/offer-call/`, {target: '#sheet'})", number)
    agent.locator("dialog #id_message").wait_for()
    expect(agent.locator("dialog .say-first li")).to_have_count(4)
    agent.screenshot(path=pictures / "offer-call.png")
    agent.locator("dialog button[type=submit]").click()
    agent.locator(".cool-choices button").first.wait_for()
    customer.goto(page_of_customer)
    times = customer.locator("form[action$='/call/'] button[name=slot]")
    assert 1 <= times.count() <= 3
    customer.screenshot(path=pictures / "choose-a-time.png")
    times.first.click()
    customer.locator(".notice-good use[href*='phone']").first.wait_for(state="attached")

    # The whole story stands on one page, with what to say first.
    agent.goto(f"/desk/{number}/on-one-page/")
    assert agent.locator(".say-first li").count() == 4
    assert "furious" in agent.locator(".one-page-story").inner_text()
    agent.screenshot(path=pictures / "on-one-page.png", full_page=True)


def sign_in_as_owner(page, customer, number: str) -> None:
    """Sign in as the person whom the customer's page names."""
    page.goto("/sign-in/")
    names = page.locator("form[action*='/sign-in/example/'] .font-semibold")
    said = customer.locator("main > p").first.inner_text()
    index = next(i for i, name in enumerate(names.all_inner_texts()) if name.strip() in said)
    page.locator("form[action*='/sign-in/example/'] button").nth(index).click()
    page.wait_for_url("**/desk/**")
    page.goto(f"/desk/{number}/")
    page.locator("form[data-composer]").wait_for()
