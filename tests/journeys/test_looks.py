"""Looks, measured on every page that a newcomer reaches: nothing shifts, a first load is small, axe is silent."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = [pytest.mark.browser, pytest.mark.unproved, pytest.mark.enable_socket]

AXE = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
FIRST_LOAD = 300 * 1024  # bytes over the line, compressed
SHIFT = 0.05  # half of what people notice; a letter of another script that comes late moves its line a little
COUNT_SHIFTS = """
    window.shifted = 0;
    new PerformanceObserver(list => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
    }).observe({type: 'layout-shift', buffered: true});
"""
FOR_STRANGERS = ("/complain/", "/c/", "/sign-in/", "/forgotten/")
FOR_AGENTS = ("/desk/", "/desk/?view=mine", "/desk/promises/", "/desk/insight/", "/me/")
FOR_ADMINISTRATORS = ("/people/", "/people/new/", "/desk/arrivals/", "/desk/work/", "/administration/")


class Reader:
    """One person with their browser, who opens pages and keeps what was wrong with them."""

    def __init__(self, page) -> None:
        self.page, self.troubles = page, []
        page.add_init_script(COUNT_SHIFTS)
        self.line = page.context.new_cdp_session(page)
        self.line.send("Network.enable")
        self.line.send("Network.setCacheDisabled", {"cacheDisabled": True})
        self.line.on("Network.loadingFinished", self._count)
        self.bytes = 0

    def _count(self, event) -> None:
        self.bytes += event["encodedDataLength"]

    def look(self, path: str) -> None:
        self.bytes = 0
        self.page.goto(path)
        self.page.wait_for_load_state("load")
        self.page.evaluate("document.fonts.ready.then(() => new Promise(done => setTimeout(done, 250)))")
        shifted = self.page.evaluate("window.shifted")
        wide = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        found = Axe().run(self.page, options=AXE).response["violations"]
        self._note(path, [f"axe {one['id']}: {one['nodes'][0]['html'][:120]}" for one in found])
        self._note(path, [f"{self.bytes} bytes"] if self.bytes > FIRST_LOAD else [])
        # Django's own administration settles its tables after they are drawn.
        own = not path.startswith("/administration/")
        self._note(path, [f"shifts by {shifted:.3f}"] if own and shifted > SHIFT else [])
        self._note(path, [f"{wide} pixels too wide"] if own and wide > 0 else [])

    def _note(self, path: str, troubles: list[str]) -> None:
        self.troubles += [f"{path} {trouble}" for trouble in troubles]

    def sign_in(self, name: str) -> None:
        self.page.goto("/sign-in/")
        form = self.page.locator("form[action*='/sign-in/example/']").filter(has_text=name)
        form.locator("button").click()
        self.page.wait_for_url("**/desk/**")


# who reads: language, width, in the dark, name of the example sign-in, what they may open
READERS = [
    ("mn", 390, True, "Тэмүүжин", FOR_ADMINISTRATORS),
    ("fa", 1440, False, "نرگس", FOR_AGENTS),
    ("tr", 1440, True, "Elif", FOR_AGENTS),
    ("en", 390, False, "Hannah", FOR_AGENTS),
]


@pytest.mark.parametrize("who", READERS, ids=[row[0] for row in READERS])
def test_pages_hold_still_are_small_and_can_be_read_by_everybody(who, new_page):
    language, width, dark, name, pages = who
    reader = Reader(new_page(language, width=width, height=900, dark=dark))
    if pages == FOR_ADMINISTRATORS:
        for path in FOR_STRANGERS:
            reader.look(path)
    reader.sign_in(name)
    for path in pages:
        reader.look(path)
    if pages == FOR_AGENTS:
        reader.page.goto("/desk/?view=all")
        reader.look(reader.page.locator("a.row").first.get_attribute("href"))
    assert reader.troubles == []


def test_a_customers_page_holds_still_in_both_lights(desk, new_page):
    """The page that a link opens: a customer of the example company reads it, in the light and in the dark."""
    agent = new_page("en")
    Reader(agent).sign_in("Hannah")
    agent.goto("/desk/?view=all")
    key = ""
    for row in [row.get_attribute("href") for row in agent.locator("a.row").all()[:12]]:
        agent.goto(row)
        links = agent.locator(".turn-agent .words", has_text="/c/")
        if links.count():
            key = links.first.inner_text().partition("/c/")[2].split("/")[0]
            break
    assert key, "no receipt with a link"
    for language, width, dark in (("fa", 390, False), ("en", 1440, True)):
        reader = Reader(new_page(language, width=width, dark=dark))
        reader.look(f"/c/{key}/")
        assert reader.troubles == []
