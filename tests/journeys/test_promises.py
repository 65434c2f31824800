"""The Tuesday promise: promised for Tuesday, kept before it, or broken by itself and made good with a whole apology."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

SHORT = 120_000
TUESDAY = 1


@dataclass(frozen=True)
class Story:
    """What is said in one language."""

    name: str
    trouble: str
    promise: str
    sorry: str  # the four steps in order


STORIES = {
    "en": Story(
        name="Eleanor Whitlow",
        trouble="The lamp that I collected yesterday does not switch on.",
        promise="Dear Ms Whitlow, thank you for calling. I will bring the new lamp to you by Tuesday at 17:00.",
        sorry=(
            "Dear Ms Whitlow, I am sorry. I promised you the lamp for Tuesday and broke my word. "
            "I will bring it to you tomorrow at 12:00 myself, and I will refund the delivery."
        ),
    ),
    "tr": Story(
        name="Feride Tanyeli",
        trouble="Dün teslim aldığım lamba yanmıyor.",
        promise=(
            "Feride Hanım, aradığınız için teşekkür ederim. "
            "Yeni lambayı salı günü saat 17:00'ye kadar size getireceğim."
        ),
        sorry=(
            "Feride Hanım, özür dilerim. Lamba için size salı gününe söz vermiştim ve sözümü tutmadım. "
            "Yarın saat 12:00'de lambayı size kendim getireceğim, kargo ücretini de iade ediyorum."
        ),
    ),
    "fa": Story(
        name="نسرین صبوری",
        trouble="چراغی که دیروز تحویل گرفتم روشن نمی‌شود.",
        promise="خانم صبوری، از تماس شما سپاسگزارم. چراغ نو را تا سه‌شنبه ساعت ۱۷ برایتان می‌آورم.",
        sorry=(
            "خانم صبوری، عذر می‌خواهم. برای سه‌شنبه به شما قول چراغ داده بودم و به قولم عمل نکردم. "
            "فردا ساعت ۱۲ خودم چراغ را برایتان می‌آورم و هزینهٔ ارسال را هم به شما برمی‌گردانم."
        ),
    ),
    "mn": Story(
        name="Д. Цэрэнханд",
        trouble="Өчигдөр авсан гэрэл маань асахгүй байна.",
        promise="Цэрэнханд гуай, залгасанд баярлалаа. Шинэ гэрлийг мягмар гарагийн 17 цаг гэхэд танд хүргэж өгнө.",
        sorry=(
            "Цэрэнханд гуай, уучлаарай. Би танд гэрлийг мягмар гарагт хүргэнэ гэж амлаад үгэндээ хүрсэнгүй. "
            "Маргааш 12 цагт би өөрөө танд хүргэж өгнө, хүргэлтийн мөнгийг тань буцааж өгнө."
        ),
    ),
}


def send(page, number: int, text: str) -> None:
    """Send a reply with its promise, past what the coach would still say; leaving the page sends it at once."""
    page.locator("form[data-composer] textarea[name=text]").fill(text)
    page.locator("[data-part=chips] .chip").first.wait_for(timeout=SHORT)
    page.locator("form[data-composer] button.send").click()
    reason = page.locator("[data-part=reason]")
    if reason.is_visible():
        reason.locator("[data-act=as-it-is]").first.click()
    page.goto(f"/desk/{number}/")
    page.locator("[hx-post$='/keep/']").first.wait_for(timeout=SHORT)


def let_time_pass(desk, number: int) -> None:
    """Let the promise of a complaint fall due in this moment: nobody waits until Tuesday in a test."""
    due = datetime.now(UTC)
    with closing(sqlite3.connect(desk.data / "amends.sqlite3", timeout=30)) as rows, rows:
        moved = rows.execute(
            "UPDATE promises_promise SET due_at = ? WHERE state = 'open' AND complaint_id ="
            " (SELECT id FROM complaints_complaint WHERE number = ?)",
            (f"{due:%Y-%m-%d %H:%M:%S.%f}", number),
        ).rowcount
    assert moved >= 1


@pytest.mark.parametrize("language", list(STORIES))
def test_promised_for_tuesday(language, desk, new_page, type_in, pictures):
    story = STORIES[language]
    page = new_page(language)
    number = type_in(page, name=story.name, language=language, trouble=story.trouble)
    composer = page.locator("form[data-composer] textarea[name=text]")
    composer.fill(story.promise)
    chip = page.locator("[data-part=chips] .chip input").first
    chip.wait_for(state="attached", timeout=SHORT)
    due = datetime.fromisoformat(chip.input_value())
    assert (due.weekday(), due.hour) == (TUESDAY, 17)
    send(page, number, story.promise)

    # Kept: done before its time, and everybody sees it.
    page.locator("[hx-post$='/keep/']").first.click()
    page.locator(".event-good").first.wait_for(timeout=SHORT)
    page.screenshot(path=pictures / f"{language}-tuesday-kept.png")
    send(page, number, story.promise)

    # Broken: it breaks by itself, and the page that is open hears of it.
    let_time_pass(desk, number)
    page.locator(".next-bar-broken").wait_for(timeout=SHORT)
    composer.fill(story.sorry)
    composer.press("End")  # the four steps are read while it is typed
    page.locator(".next-bar-broken ol li.text-green-ink").nth(3).wait_for(timeout=SHORT)
    page.screenshot(path=pictures / f"{language}-tuesday-broken.png")
    page.goto("/desk/promises/")  # it opens on the reader's own
    page.locator(f".broken-row a[href*='/desk/{number}/']").first.wait_for(timeout=SHORT)
    page.goto(f"/desk/{number}/")
    send(page, number, story.sorry)
    page.locator(".next-bar-broken").wait_for(state="detached", timeout=SHORT)
