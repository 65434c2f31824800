"""Make the pictures of README and guides from a desk with example data: `make run` in one window, this in another."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

ADDRESS = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
PLACE = Path(__file__).resolve().parents[1] / "docs/pictures"
# language -> who signs in, and a draft on which the coach has a word
SHOWN = {
    "en": ("Hannah Whitfield", "I am sorry about this. We will get back to you as soon as possible."),
    "tr": ("Deniz Kaya", "Çok üzgünüm. En kısa sürede size dönüş yapacağız."),
    "fa": ("نرگس احمدی", "خیلی متأسفم. در اسرع وقت به شما اطلاع می‌دهیم."),
    "mn": ("Б. Номин", "Үнэхээр харамсаж байна. Удахгүй эргэж холбогдоно."),
}


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("No Chromium found (Debian: apt-get install chromium).")
    PLACE.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        for language, (name, draft) in SHOWN.items():
            page = browser.new_context(base_url=ADDRESS, viewport={"width": 1440, "height": 900}).new_page()
            page.goto("/sign-in/")
            page.locator("form[action*='/sign-in/example/']", has_text=name).locator("button").click()
            page.wait_for_url("**/desk/**")
            page.goto("/desk/?view=mine")
            page.goto(page.locator("a.row").first.get_attribute("href") or "/desk/")
            field = page.locator("form[data-composer] textarea[name=text]")
            field.fill(draft)
            page.locator(".coach-card").first.wait_for()
            page.wait_for_timeout(800)
            page.screenshot(path=PLACE / ("desk.png" if language == "en" else f"desk-{language}.png"))
            field.fill("")
            page.wait_for_timeout(800)
            page.goto("/desk/insight/")
            page.locator("main svg").first.wait_for()
            page.screenshot(path=PLACE / ("insight.png" if language == "en" else f"insight-{language}.png"))
        browser.close()


if __name__ == "__main__":
    main()
