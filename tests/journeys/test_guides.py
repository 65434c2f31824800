"""The guides by role speak of the screens as they are: every name that one sets in bold or italics stands there.

The pictures of the guides are made here as well, from the same desk, and thrown away.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import screenshots

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

GUIDES = Path(__file__).resolve().parents[2] / "docs/guides"
LANGUAGES = ("en", "tr", "fa", "mn")
READERS = {
    "agent": "can@karvan.example",
    "lead": "elif@karvan.example",
    "manager": "hannah@karvan.example",
    "administrator": "temuujin@karvan.example",
    "owner": "temuujin@karvan.example",
}
# Where each name stands that a guide names, by its English. {case}: a complaint with a promise of the reader's own;
# {asked}: one whose customer asks for a manager; {key}: that customer's page; {joined}: one that another was merged
# with, that another was made out of, and whose customer was here twice.
CASE = "/desk/{case}/"
JOINED = "/desk/{joined}/"
WHERE = {
    "agent": {
        "Now": "/desk/",
        "Promises": "/desk/",
        "Kept": CASE,
        "It will be late": CASE,
        "Put right": CASE,
        "Send": CASE,
        "They are content": CASE,
        "Call": CASE,
        "Hold": CASE + "sheet/call/",
        "Send it later": CASE,
        "Take five": CASE,
        "The story on one page": CASE,
        "What I carry": "/desk/",
        "Saved answers": CASE,
        "Pin": CASE,
        "Merge with another complaint": CASE,
        "Take it out again": JOINED,
        "Make two out of it": CASE,
        "Put it back": JOINED,
        "This person is here twice": CASE,
        "Take apart": JOINED + "beside/",
        "Bring in": CASE,
        "Wait for a third party": CASE,
        "Note": CASE,
    },
    "lead": {
        "Team": "/desk/",
        "Hot": "/desk/",
        "Overdue": "/desk/",
        "Notices": "/desk/",
        "Promises": "/desk/promises/",
        "my team's": "/desk/promises/",
        "To be put right": "/desk/",
        "Asked": "/desk/",
        "Yes": "/desk/remedies/requests/",
        "No": "/desk/remedies/requests/",
        "I am coming": "/desk/{asked}/cool-head/",
        "What I carry": "/desk/",
        "Hand over for somebody": "/desk/",
        "Training": "/desk/training/",
        "Who is trained": "/desk/training/",
        "Rules": "/desk/",
    },
    "manager": {
        "Insight": "/desk/insight/",
        "Causes and surprises": "/desk/insight/",
        "Money at risk": "/desk/insight/",
        "Money": "/desk/insight/",
        "Lost customers": "/desk/insight/",
        "Improve this": "/desk/insight/causes/",
        "Alarms": "/desk/insight/",
        "Report as PDF": "/desk/insight/",
        "Have it sent regularly": "/desk/insight/",
        "A manager": "/c/{key}/",
        "I am coming": "/desk/{asked}/cool-head/",
        "Asked": "/desk/insight/",
    },
    "administrator": {
        "Mailboxes": "/people/",
        "People": "/people/",
        "How people sign in": "/people/",
        "Roles of your own": "/people/",
        "Room to decide": "/people/",
        "Time limits": "/people/",
        "Hand over for somebody": "/people/",
        "Arrivals": "/people/",
        "maybe sent": "/desk/arrivals/",
        "Background work": "/people/",
        "What is kept about this person": CASE,
    },
    "owner": {
        "People": "/people/",
        "agent": "/people/",
        "administrator": "/people/",
        "Mailboxes": "/people/",
        "New": "/people/",
        "Team": "/people/",
        "Bring in": CASE,
        "Hand over for somebody": "/people/",
        "Insight": "/people/",
        "Improve this": "/desk/insight/causes/",
    },
}
NAMES = """() => [
    ...[...document.querySelectorAll(
        'a, button, summary, h1, h2, h3, h4, label, legend, th, td, dt, option, span, [role=tab]')]
        .map(one => one.textContent),
    ...[...document.querySelectorAll('[aria-label], [title]')]
        .flatMap(one => [one.getAttribute('aria-label'), one.getAttribute('title')]),
].filter(Boolean)"""
_MARKED = re.compile(r"(\*\*|\*)([^*]+)\1")
_ITEM = re.compile(r"- |\d\. ")
_UNSEEN = re.compile("[\u2066-\u2069\u200e\u200f]")  # they keep names apart in lines of two directions


@dataclass(frozen=True)
class Example:
    """A desk with the example that nobody else uses."""

    address: str
    data: Path

    def ask(self, words: str, *values: object) -> list[tuple]:
        with closing(sqlite3.connect(self.data / "amends.sqlite3", timeout=60)) as rows, rows:
            return rows.execute(words, values).fetchall()


@pytest.fixture(scope="module")
def example(company, serving, tmp_path_factory):
    data = tmp_path_factory.mktemp("guides") / "data"
    shutil.copytree(company, data)
    with serving(data, "--no-worker") as (address, _log):
        yield Example(address, data)


def marked(guide: str, language: str) -> list[list[str]]:
    """Return what a guide sets in bold or italics, item by item."""
    lines = (GUIDES / language / f"{guide}.md").read_text(encoding="utf-8").splitlines()
    return [[words for _, words in _MARKED.findall(line)] for line in lines if _ITEM.match(line)]


def stands(words: str, names: Iterable[str]) -> bool:
    """Tell whether words are a name of something on a page, or much of one: 'Now 3', 'Send · 10 seconds'."""
    found = re.compile(rf"(?<!\w){re.escape(words)}(?!\w)", re.IGNORECASE)
    return any(found.search(name) and len(name) <= 3 * len(words) + 30 for name in names)


def test_what_is_not_there_is_not_found() -> None:
    assert stands("Now", ["Now 3"])
    assert not stands("Now", ["Nowhere", "It is said that this page shows now what nobody has ever seen"])
    assert not stands("Kept", ["keep"])


def test_every_name_in_a_guide_stands_where_the_guide_says(example, chromium) -> None:
    (asked, key), *_ = example.ask("SELECT number, key FROM complaints_complaint WHERE live ORDER BY number LIMIT 1")
    example.ask("UPDATE channels_outgoing SET state = 'maybe-sent' WHERE id = (SELECT max(id) FROM channels_outgoing)")
    contexts = {}
    for email in set(READERS.values()):
        contexts[email] = chromium.new_context(base_url=example.address, java_script_enabled=False)
        contexts[email].set_default_timeout(120_000)
        sign_in(contexts[email], example, email)
    customer = chromium.new_context(base_url=example.address, java_script_enabled=False)
    customer.set_default_timeout(120_000)
    asks = customer.new_page()
    asks.goto(f"/c/{key}/")
    asks.locator("form[action$='/ask/manager/'] button").click()
    asks.locator("#asked .notice-soon").first.wait_for()
    example.ask(
        "UPDATE reaching_ring SET manager_id = (SELECT id FROM people_agent WHERE email = ?)", READERS["manager"]
    )

    joined = join_and_part(contexts[READERS["agent"]], example, READERS["agent"])

    lacking = []
    for language in LANGUAGES:
        example.ask("UPDATE people_agent SET language = ?", language)
        customer.add_cookies([{"name": "django_language", "value": language, "url": example.address}])
        read: dict[tuple[str, str], list[str]] = {}
        for guide, email in READERS.items():
            (case,), *_ = example.ask(
                "SELECT c.number FROM complaints_complaint c JOIN promises_promise p ON p.complaint_id = c.id"
                " JOIN people_agent a ON a.id = p.owner_id WHERE p.state = 'open' AND a.email = ? AND c.owner_id = a.id"
                " ORDER BY c.number",
                email,
            )
            for english, names in zip(marked(guide, "en"), marked(guide, language), strict=True):
                unknown = set(english) - WHERE[guide].keys()
                assert not unknown, f"{guide}.md: where on a screen does this stand? {unknown}"
                assert len(english) == len(names), (guide, language, english, names)
                paths = {WHERE[guide][one].format(case=case, asked=asked, key=key, joined=joined) for one in english}
                for path in paths:
                    if (email, path) not in read:
                        context = customer if path.startswith("/c/") else contexts[email]
                        read[email, path] = names_on(context, path, language)
                seen = [one for path in paths for one in read[email, path]]
                lacking += [
                    f"{language}/{guide}.md: {one} on {sorted(paths)}" for one in names if not stands(one, seen)
                ]
    for context in (*contexts.values(), customer):
        context.close()
    assert not lacking, "\n".join(lacking)


def test_nothing_is_kept_of_names_that_no_guide_says() -> None:
    for guide, names in WHERE.items():
        assert set(names) == {one for item in marked(guide, "en") for one in item}, guide


def test_every_picture_of_the_guides_can_be_made(example, chromium, tmp_path) -> None:
    for email, language in {"hannah": "en", "deniz": "tr", "narges": "fa", "nomin": "mn"}.items():
        example.ask("UPDATE people_agent SET language = ? WHERE email = ?", language, f"{email}@karvan.example")
    made = list(screenshots.take(chromium, example.address, tmp_path))
    assert {one.name for one in made} == {
        screenshots.named(kind, language) for kind in screenshots.KINDS for language in LANGUAGES
    }
    for picture in made:
        assert picture.stat().st_size > 20_000, f"{picture.name} shows next to nothing"


def sign_in(context, example: Example, email: str) -> None:
    (pk,), *_ = example.ask("SELECT id FROM people_agent WHERE email = ?", email)
    page = context.new_page()
    page.goto("/sign-in/")
    page.locator(f"form[action$='/sign-in/example/{pk}/'] button").click()
    page.wait_for_url("**/desk/**")
    page.close()


def join_and_part(context, example: Example, email: str) -> int:
    """Merge a complaint with another, make two out of it, make one of two records; return its number."""
    owned = (
        " FROM complaints_complaint c JOIN people_agent a ON a.id = c.owner_id"
        " JOIN complaints_event e ON e.complaint_id = c.id AND e.kind = 'customer-wrote'"
        " WHERE c.live AND a.email = ?"
    )
    (number, customer, last), *_ = example.ask(
        f"SELECT c.number, c.customer_id, max(e.id) {owned} GROUP BY c.id HAVING count(*) > 1 ORDER BY c.number", email
    )
    (other,), (of_same_person,), *_ = example.ask(
        f"SELECT max(c.number) {owned} AND c.customer_id <> ? GROUP BY c.customer_id ORDER BY 1 DESC", email, customer
    )
    page = context.new_page()
    page.goto(f"/desk/{number}/")
    headers = {
        "X-CSRFToken": page.locator("meta[name=csrf]").get_attribute("content"),
        "Referer": example.address + "/",
    }

    def act(path: str, **told: str) -> None:
        answer = page.request.post(f"/desk/{number}/{path}/", form=told, headers=headers)
        assert answer.ok, (path, answer.status, answer.text()[:2000])

    act("sheet/split", event=str(last))
    act("sheet/merge", number=str(other), stays="this", same_person="on")
    act("sheet/one-person", number=str(of_same_person), sure="on")
    page.close()
    return number


def names_on(context, path: str, language: str) -> list[str]:
    """Open a page without drawing it, and return what its parts are called."""
    page = context.new_page()
    page.route("**/*", lambda route: route.continue_() if is_page(route.request) else route.abort())
    answer = page.goto(path, wait_until="domcontentloaded")
    assert answer.status == 200, f"{path}: {answer.status}"
    names = page.evaluate(NAMES)
    whole = page.locator("html[lang]")
    assert not whole.count() or whole.get_attribute("lang") == language, path
    page.close()
    return [re.sub(r"\s+", " ", _UNSEEN.sub("", name)).strip() for name in names]


def is_page(request) -> bool:
    return request.resource_type == "document" and urlsplit(request.url).hostname == "127.0.0.1"
