"""The full reading follows the cues in the composer without a jump. Its answers are made up here: no model is asked."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

DRAFT = "I am sorry. We will get back to you as soon as possible."
VAGUE = "We will get back to you as soon as possible"
SORRY = "I am sorry"
PATIENCE = 120_000  # milliseconds that a busy machine may take


def finding(words: str, *, name: str, title: str) -> dict[str, object]:
    start = DRAFT.index(words)
    place = {"start": start, "end": start + len(words)}
    same = {"replace_start": start, "replace_end": start, "replacement": "", "hint": False}
    return {"id": name, "name": name, "title": title, "words": words, "hurts": "So.", "instead": "So.", **place, **same}


def said(*findings: dict[str, object], reader: str) -> dict[str, object]:
    return {
        "language": "en",
        "labels": {},
        "reader": reader,
        "follows": reader == "cues",
        "findings": findings,
        "good": [],
        "promises": [],
    }


CUES = said(finding(VAGUE, name="vague", title="Vague promise"), reader="cues")


class Coach:
    """Answers the composer; the full reading waits until it is let go."""

    def __init__(self, page) -> None:
        self.full = said(reader="learned")
        self.cues = CUES
        self.asked = 0
        self._waiting = []
        page.route("**/coach/read/**", self._answer)

    def _answer(self, route) -> None:
        body = route.request.post_data or ""
        if "full=1" not in body:
            route.fulfill(json=self.cues)
        elif "%E2%80%A6" in body:  # the conversation is read before the first word
            route.fulfill(json=said(reader="learned"))
        else:
            self.asked += 1
            self._waiting.append(route)

    def wait(self, page) -> None:
        """Wait until the full reading is asked for."""
        until = time.monotonic() + PATIENCE / 1_000
        while not self._waiting and time.monotonic() < until:
            page.wait_for_timeout(25)
        assert self._waiting, "no full reading was asked for"

    def go_on(self, page) -> None:
        """Let the full reading come, which must have been asked for."""
        self.wait(page)
        self._waiting.pop(0).fulfill(json=self.full)
        page.wait_for_timeout(100)


@pytest.fixture
def page(new_page):
    page = new_page("en")
    page.goto("/sign-in/")
    page.locator("form[action*='/sign-in/example/']", has_text="Hannah").locator("button").click()
    page.wait_for_url("**/desk/**")
    page.goto("/desk/?view=mine")
    return page


@pytest.fixture
def coach(page):
    coach = Coach(page)
    page.route("**/draft/", lambda route: route.fulfill(status=204))  # kept, it would greet the next test
    page.goto(page.locator("a.row").first.get_attribute("href"))
    yield coach
    page.locator("textarea[name=text]").fill("")  # nothing is left to be kept when the page closes
    page.unroute_all(behavior="ignoreErrors")


def write(page, text: str = DRAFT) -> None:
    page.locator("textarea[name=text]").fill(text)
    page.locator(".coach-card").wait_for()


def type_on(page, text: str) -> None:
    """Add to the draft in one go: a machine that is slow between two letters would be asked about both."""
    page.locator("textarea[name=text]").press("End")
    page.keyboard.insert_text(text)


def height(page) -> int:
    return page.locator("[data-part=coach]").evaluate("coach => coach.offsetHeight")


def test_a_card_that_stays_is_not_drawn_again(page, coach):
    coach.full = said(
        finding(SORRY, name="cold", title="Cold"),
        finding(VAGUE, name="vague", title="Vague promise"),
        reader="learned",
    )
    write(page)
    card = page.locator(".coach-card").element_handle()
    before = height(page)
    coach.go_on(page)
    expect(page.locator("[data-slot=place]")).to_have_text("2 / 2", timeout=PATIENCE)
    assert page.locator(".coach-card").evaluate("(now, card) => now === card", card)
    assert height(page) == before
    assert page.evaluate("document.activeElement.name") == "text"


def test_a_card_that_goes_leaves_its_room_until_somebody_types_on(page, coach):
    write(page)
    before = height(page)
    coach.go_on(page)
    page.locator(".coach-settled").wait_for(timeout=PATIENCE)
    assert height(page) == before
    expect(page.locator("[data-part=backdrop] mark")).to_have_count(0, timeout=PATIENCE)
    type_on(page, " Yes.")
    page.locator("[data-part=coach]").wait_for(state="hidden")  # cues see it again, and are not believed
    coach.go_on(page)
    assert coach.asked == 2


def test_a_card_under_a_hand_is_not_taken_away(page, coach):
    write(page)
    page.locator("[data-part=coach] [data-act=leave]").focus()
    coach.go_on(page)
    assert page.locator("[data-slot=title]").inner_text() == "Vague promise"
    assert page.evaluate("document.activeElement.dataset.act") == "leave"


def test_an_answer_to_words_that_changed_is_dropped(page, coach):
    coach.full = said(finding(SORRY, name="cold", title="Cold"), reader="learned")
    write(page)
    coach.wait(page)
    type_on(page, " I")
    coach.go_on(page)
    assert page.locator("[data-slot=title]").inner_text() == "Vague promise"
    coach.go_on(page)
    expect(page.locator("[data-slot=title]")).to_have_text("Cold", timeout=PATIENCE)


def test_without_the_model_nothing_is_asked_and_a_line_says_so(page, coach):
    coach.cues = {**CUES, "follows": False}
    write(page)
    line = page.locator("[data-part=alone]")
    expect(line).to_be_visible(timeout=PATIENCE)
    expect(line).to_have_text("read by cues alone", timeout=PATIENCE)
    page.wait_for_timeout(300)
    assert coach.asked == 0
