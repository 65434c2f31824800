"""Make the pictures of README and guides from a desk with example data, in the four languages of the guides.

    screenshots.py [--at http://127.0.0.1:8000]

Without an address it lays out an example desk of its own in a folder that is gone afterwards. The journeys make the
same pictures of their own desk and throw them away (tests/journeys/test_guides.py), so that the script goes on working.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from postgres import free_port

PLACE: Final = Path(__file__).resolve().parents[1] / "docs/pictures"
BROWSERS: Final = ("chromium-headless-shell", "chromium", "google-chrome")
KINDS: Final = ("desk", "insight", "complain")
# language -> who signs in, a draft on which the coach has a word, how a browser names the language, and how a list does
SHOWN: Final = {
    "en": (
        "Hannah Whitfield",
        "I am sorry about this. We will get back to you as soon as possible.",
        "en-GB",
        "English",
    ),
    "tr": ("Deniz Kaya", "Çok üzgünüm. En kısa sürede size dönüş yapacağız.", "tr-TR", "Türkçe"),
    "fa": ("نرگس احمدی", "خیلی متأسفم. در اسرع وقت به شما اطلاع می‌دهیم.", "fa-IR", "فارسی"),
    "mn": ("Б. Номин", "Үнэхээр харамсаж байна. Удахгүй эргэж холбогдоно.", "mn-MN", "Монгол"),
}
LONGEST_START: Final = 600  # seconds until the example is laid out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--at", help="a desk with example data that runs already")
    asked = parser.parse_args()
    from playwright.sync_api import sync_playwright

    chromium = next(filter(None, map(shutil.which, BROWSERS)), None)
    if chromium is None:
        raise SystemExit("No Chromium found (Debian: apt-get install chromium).")
    with _desk(asked.at) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        for picture in take(browser, address, PLACE):
            print(picture.relative_to(PLACE.parents[1]))
        browser.close()


def take(browser: Any, address: str, place: Path) -> Iterator[Path]:
    """Make every picture, one after the other; yield each when it lies there."""
    place.mkdir(parents=True, exist_ok=True)
    for language, (name, draft, locale, spoken) in SHOWN.items():
        context = browser.new_context(
            base_url=address, viewport={"width": 1440, "height": 900}, locale=locale, reduced_motion="reduce"
        )
        page = context.new_page()
        page.set_default_timeout(120_000)
        page.route("**/draft/", lambda route: route.fulfill(status=204))  # no letter stays half written
        page.goto("/complain/")
        yield _taken(page, place / named("complain", language))
        page.goto("/sign-in/")
        page.locator("form[action*='/sign-in/example/']", has_text=name).locator("button").click()
        page.wait_for_url("**/desk/**")
        page.goto("/desk/?view=mine")
        page.goto(page.locator("a.row", has_text=spoken).first.get_attribute("href") or "/desk/")
        page.locator("form[data-composer] textarea[name=text]").fill(draft)
        page.locator(".coach-card").first.wait_for()
        yield _taken(page, place / named("desk", language))
        page.goto("/desk/insight/")
        page.locator("main svg").first.wait_for()
        yield _taken(page, place / named("insight", language))
        context.close()


def named(kind: str, language: str) -> str:
    return f"{kind}.png" if language == "en" else f"{kind}-{language}.png"


def _taken(page: Any, path: Path) -> Path:
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(200)  # what was loaded is drawn
    page.screenshot(path=path)
    return path


@contextmanager
def _desk(at: str | None) -> Iterator[str]:
    if at is not None:
        yield at.rstrip("/")
        return
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="amends-pictures-") as data:
        serve = [str(Path(sys.executable).with_name("amends")), "serve", "--no-worker"]
        env = {**os.environ, "AMENDS_DATA": data, "PORT": str(port)}
        env.pop("DATABASE_URL", None)
        process = subprocess.Popen(serve, env=env)
        try:
            _wait_for(address, process)
            yield address
        finally:
            process.terminate()
            process.wait()


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + LONGEST_START
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/complain/", timeout=60):  # noqa: S310 - our own desk
                return
        except OSError:
            time.sleep(0.5)
    raise SystemExit("The desk did not start.")


if __name__ == "__main__":
    main()
