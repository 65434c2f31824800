"""Looks, measured on every page that a newcomer reaches: nothing shifts, a first load is small, axe is silent."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

AXE = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
FIRST_LOAD = 300 * 1024  # bytes over the line, compressed
SHIFT = 0.05  # half of what people notice; a letter of another script that comes late moves its line a little
IN_PARTS = 0.1  # what people notice, where parts of a page come by themselves: who asks for a manager, whose limits run
COUNT_SHIFTS = """
    window.shifted = 0;
    new PerformanceObserver(list => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
    }).observe({type: 'layout-shift', buffered: true});
"""
FOR_STRANGERS = ("/complain/", "/c/", "/sign-in/", "/forgotten/")
FOR_AGENTS = ("/desk/", "/desk/promises/", "/desk/insight/", "/desk/training/", "/me/")
FOR_ADMINISTRATORS = ("/people/", "/people/new/", "/desk/arrivals/", "/desk/work/", "/administration/")
# Pages of tables and long words: on a phone they fit, or their table alone is moved sideways.
ON_A_PHONE = (
    *("/desk/load/", "/desk/load/team/", "/desk/rota/", "/desk/third-parties/", "/desk/time-limits/"),
    *("/desk/remedies/", "/desk/remedies/rules/", "/desk/remedies/goodwill/", "/desk/arrivals/mailboxes/new/"),
    *("/desk/training/own/", "/people/limits/", "/people/calendars/new/", "/desk/promises/feeds/"),
)


class Reader:
    """One person with their browser, who opens pages and keeps what was wrong with them."""

    def __init__(self, page) -> None:
        self.page, self.troubles, self.bytes = page, [], 0
        page.add_init_script(COUNT_SHIFTS)
        self.line = page.context.new_cdp_session(page)
        self.line.send("Network.enable")
        self.line.on("Network.loadingFinished", self._count)

    def _count(self, event) -> None:
        self.bytes += event["encodedDataLength"]

    def look(self, path: str, *, may_shift: float = SHIFT) -> None:
        """Open a page as for the first time: how heavy it is, whether it holds still, whether everybody can read it."""
        self.line.send("Network.setCacheDisabled", {"cacheDisabled": True})
        self.bytes = 0
        self.page.goto(path)
        self.page.evaluate("document.fonts.ready.then(() => new Promise(done => setTimeout(done, 100)))")
        shifted = self.page.evaluate("window.shifted")
        found = Axe().run(self.page, options=AXE).response["violations"]
        self._note(path, [f"axe {one['id']}: {one['nodes'][0]['html'][:120]}" for one in found])
        self._note(path, [f"{self.bytes} bytes"] if self.bytes > FIRST_LOAD else [])
        # Django's own administration settles its tables after they are drawn.
        own = not path.startswith("/administration/")
        self._note(path, [f"shifts by {shifted:.3f}"] if own and shifted > may_shift else [])
        if own:
            self._fits(path)

    def glance(self, path: str) -> None:
        """Open a page only to see that it fits."""
        self.line.send("Network.setCacheDisabled", {"cacheDisabled": False})
        answer = self.page.goto(path, wait_until="domcontentloaded")
        self._note(path, [f"answers {answer.status}"] if answer.status != 200 else [])
        self._fits(path)

    def _fits(self, path: str) -> None:
        wide = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        self._note(path, [f"{wide} pixels too wide"] if wide > 0 else [])

    def _note(self, path: str, troubles: list[str]) -> None:
        self.troubles += [f"{path} {trouble}" for trouble in troubles]

    def sign_in(self, name: str) -> None:
        self.page.goto("/sign-in/")
        form = self.page.locator("form[action*='/sign-in/example/']").filter(has_text=name)
        form.locator("button").click()
        self.page.wait_for_url("**/desk/**")


def test_what_strangers_and_administrators_open_on_a_phone_in_the_dark(new_page):
    reader = Reader(new_page("mn", width=390, height=900, dark=True))
    for path in FOR_STRANGERS:
        reader.look(path)
    reader.sign_in("Тэмүүжин")
    for path in FOR_ADMINISTRATORS:
        reader.look(path)
    for path in (*ON_A_PHONE, *FOR_AGENTS):
        reader.glance(path)
    reader.page.goto("/desk/?view=all")
    reader.page.locator("a.row").first.wait_for()
    rows = [row.get_attribute("href") for row in reader.page.locator("a.row").all()[:3]]
    for path in rows:
        reader.glance(path)
    assert reader.troubles == []


def test_what_agents_open_from_right_to_left(new_page):
    reader = Reader(new_page("fa", width=1440, height=900))
    reader.sign_in("نرگس")
    for path in FOR_AGENTS:
        reader.look(path)
    reader.page.goto("/desk/?view=all")
    reader.look(reader.page.locator("a.row").first.get_attribute("href"), may_shift=IN_PARTS)
    assert reader.troubles == []


def test_a_customers_page_holds_still_in_both_lights(desk, new_page):
    """The page that a link opens: a customer of the example company reads it, in the light and in the dark."""
    with closing(sqlite3.connect(f"file:{desk.data / 'amends.sqlite3'}?mode=ro", uri=True)) as rows:
        (key,) = rows.execute(
            "SELECT key FROM complaints_complaint WHERE language = 'fa' ORDER BY number LIMIT 1"
        ).fetchone()
    for language, width, dark in (("fa", 390, False), ("en", 1440, True)):
        reader = Reader(new_page(language, width=width, dark=dark))
        reader.look(f"/c/{key}/")
        assert reader.troubles == []
