"""What an agent does with the words in the composer: take a change back, and write a note beside a reply."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

VAGUE = "Dear Ms Ashdown, we will get back to you as soon as possible."
FIELD = "form[data-composer] [data-part=field]"


@pytest.fixture
def page(new_page, type_in):
    page = new_page("en")
    type_in(page, name="Margaret Ashdown", language="en", trouble="The lid of the jar arrived cracked.")
    return page


def refuse(page, address: str, words: str) -> None:
    """Answer as the desk does when it refuses; on the wire, the browser's console would tell of it."""
    page.evaluate(
        """([address, words]) => {
            const before = window.fetch;
            window.fetch = (to, ...more) =>
                String(to).endsWith(address)
                    ? Promise.resolve(new Response(words, { status: 409 }))
                    : before(to, ...more);
        }""",
        [address, words],
    )


def test_undo_takes_back_what_the_coach_put_in_and_redo_puts_it_in_again(page):
    field = page.locator(FIELD)
    field.click()
    page.keyboard.type(VAGUE)
    page.locator("[data-act=use]").click()
    better = field.input_value()
    assert "as soon as possible" not in better
    page.keyboard.press("Control+KeyZ")
    expect(field).to_have_value(VAGUE)
    page.keyboard.press("Control+Shift+KeyZ")
    expect(field).to_have_value(better)


def test_a_note_beside_a_reply_is_none_of_its_words(page):
    field = page.locator(FIELD)
    field.click()
    page.keyboard.type("Dear Ms Ashdown, I am sorry.")
    page.locator("form [data-mode-button=note]").click()
    expect(field).to_have_value("")
    # A note leaves at once, and takes no file along.
    expect(page.locator(".send-note")).to_be_hidden()
    expect(page.locator("label:has([data-part=files])")).to_be_hidden()
    page.keyboard.type("She sounded tired.")
    page.locator("form [data-mode-button=reply]").click()
    expect(field).to_have_value("Dear Ms Ashdown, I am sorry.")
    page.locator("form [data-mode-button=note]").click()
    expect(field).to_have_value("She sounded tired.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".turn-note")).to_contain_text("She sounded tired.")
    expect(field).to_have_value("Dear Ms Ashdown, I am sorry.")


def test_a_note_that_did_not_arrive_comes_back_as_a_note(page):
    refuse(page, "/note/", "Not just now.")
    field = page.locator(FIELD)
    page.locator("form [data-mode-button=note]").click()
    page.keyboard.type("Between us: she is right.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast-line")).to_contain_text("Not just now.")
    expect(page.locator("form[data-composer]")).to_have_attribute("data-mode", "note")
    expect(field).to_have_value("Between us: she is right.")


def test_what_was_begun_meanwhile_stays_behind_a_reply_that_is_taken_back(page):
    field = page.locator(FIELD)
    field.click()
    page.keyboard.type("Thank you for the picture.")
    page.keyboard.press("Control+Enter")
    expect(field).to_have_value("")
    page.keyboard.type("One more thing.")
    page.locator(".toast-action").click()
    expect(field).to_have_value("Thank you for the picture.\n\nOne more thing.")


def test_a_file_that_is_refused_does_not_keep_the_reply_from_leaving(page):
    refuse(page, "/draft/files/", "It is too large.")
    page.set_input_files("[data-part=files]", {"name": "film.mov", "mimeType": "video/quicktime", "buffer": b"x"})
    expect(page.locator("[data-part=file-names]")).to_have_text("It is too large.")
    assert page.locator("[data-part=files]").evaluate("field => field.files.length") == 0


def test_a_draft_of_another_window_is_not_written_over(page):
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.locator(FIELD)).to_be_editable()
    other.wait_for_load_state()
    page.locator(FIELD).click()
    page.keyboard.type("Dear Ms Ashdown, here is all that I found.")
    expect(page.locator("[data-part=saved]")).to_have_text("draft saved")
    other.locator(FIELD).click()
    other.keyboard.type("I call you.")
    expect(other.locator(FIELD)).to_have_value("Dear Ms Ashdown, here is all that I found.\n\nI call you.")
    expect(other.locator("[data-part=saved]")).to_have_text("joined with your other draft")


def test_a_reply_for_later_that_is_stopped_comes_back_into_the_open_composer(page, desk):
    page.locator(FIELD).click()
    page.keyboard.type("Dear Ms Ashdown, I am sorry.")
    page.locator("form[data-composer] button[title='Send it later']").click()
    page.locator("dialog[open] footer button.btn-primary").click()
    expect(page.locator(".turn-later")).to_be_visible()
    expect(page.locator(FIELD)).to_have_value("")
    # As when it is stopped at its time: what waited waits no more, and its words are a draft.
    taken = page.locator(".turn-later button").get_attribute("hx-post")
    headers = {"X-CSRFToken": page.locator("meta[name=csrf]").get_attribute("content"), "Referer": desk.address}
    page.request.post(taken, headers=headers)
    number = page.locator("form[data-composer]").get_attribute("data-composer")
    page.request.post(f"/desk/{number}/note/", form={"text": "…"}, headers=headers)
    expect(page.locator(FIELD)).to_have_value("Dear Ms Ashdown, I am sorry.")
