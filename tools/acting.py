"""How people act on the desk, for the load tests: their rhythm, agents with their pages, customers, and all of them.

Where the rhythm comes from stands in docs/benchmarks.md. Who acts when is drawn from a seed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import sys
import tempfile
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent))
import bench_desk
import drawing
from browsing import Answer, Browser, Record
from postgres import running_postgres

ASSETS: Final = Path(__file__).resolve().parents[1] / "src/amends/desk/web/assets"
AT_ONCE: Final = 40  # lines of news that are opened at the same time
STAMP: Final = re.compile(r'name="(stamp|once)" value="([^"]*)"')
NUMBER: Final = re.compile(r'data-number="(\d+)"')
NAME: Final = re.compile(r"(?im)^etag: *(\S+)")
UP_TO: Final = re.compile(r"(?im)^amends-newest: *(\d+)")
AT_FIRST: Final = re.compile(r'data-newest="(\d+)"')

# ── The rhythm: seconds, and shares of one ───────────────────────────────────

AN_HOUR: Final = 8.0  # complaints that an agent answers, chats not counted
READING: Final = 45.0  # a conversation, before the first word of an answer
ANOTHER_VIEW: Final = 0.3  # of complaints: another view is opened before
SEARCHED: Final = 0.25
ONLY_READ: Final = 0.5  # beside each that is answered one is opened and left
NOTED: Final = 0.2
A_KEY: Final = 0.238  # between two keys, in the mean
SPREAD: Final = 0.5  # of the logarithm
A_WORD: Final = (0.12, 1.5)  # how often somebody looks for the next word, and how long
A_SENTENCE: Final = 2.5  # between two of them
OWN_VIEWS: Final = ("now", "mine")
HELD: Final = 10.0  # a reply can be taken back
TO_A_CHAT: Final = 20.0  # until somebody turns to the chat in which something was said

# Of a hundred customers. As many complain as agents answer.
CUSTOMERS: Final = {"complains": 13, "chats": 4, "writes again": 8, "looks": 75}
LOOKS_AGAIN: Final = 0.3
SHORTEST: Final = 4.0  # nobody writes a complaint faster than three seconds
WRITING: Final = 45.0
A_CHATS_WORDS: Final = 4
BETWEEN_THEM: Final = 60.0

TROUBLE: Final = {
    "tr": "{n} numaralı siparişim iki haftadır gelmedi, kimse geri aramıyor.",
    "fa": "سفارش {n} من دو هفته است نرسیده و کسی تماس نمی‌گیرد.",
    "mn": "{n} дугаартай захиалга минь хоёр долоо хоног ирсэнгүй, хэн ч залгахгүй байна.",
    "en": "My order {n} has not come for two weeks and nobody calls back.",
}
CHATTED: Final = {
    "tr": "Merhaba, {n} numaralı siparişim nerede kaldı?",
    "fa": "سلام، سفارش {n} من کجا مانده است؟",
    "mn": "Сайн байна уу, {n} дугаартай захиалга минь хаана явна вэ?",
    "en": "Hello, where has my order {n} got to?",
}
MORE: Final = {
    "tr": " Kargo firması paketi perşembeden beri yanlış depoda tutmuş, bunu daha önce fark etmeliydik."
    " Kargo ücretini iade ediyoruz.",
    "fa": " شرکت حمل آن را از پنجشنبه در انبار اشتباهی نگه داشته بود و باید زودتر متوجه می‌شدیم. هزینهٔ ارسال برمی‌گردد.",
    "mn": " Тээврийн компани үүнийг пүрэв гарагаас хойш буруу агуулахад байлгасан, бид эрт анзаарах ёстой байсан."
    " Хүргэлтийн төлбөрийг буцаана.",
    "en": " The carrier had it at the wrong depot since Thursday, which we should have seen earlier."
    " The delivery fee goes back to you.",
}
WORDS: Final = {"tr": "sipariş", "fa": "سفارش", "mn": "захиалга", "en": "order"}
# What the page of a conversation asks for once it is there, as a browser was seen to.
BESIDE: Final = (
    "/desk/{n}/present/", "/desk/{n}/outside/", "/desk/{n}/cool-head/", "/desk/{n}/beside/", "/desk/{n}/heat/",
    "/desk/{n}/draft/files/", "/desk/time-limits/of/{n}/", "/desk/coach/course/{n}/", "/desk/causes/{n}/",
)  # fmt: skip


@cache
def of_page(file: str, name: str) -> float:
    """How many seconds a script of the desk's pages waits, by the name of its constant."""
    found = re.search(rf"^const {name} = ([\d_]+);", (ASSETS / file).read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise SystemExit(f"{name} is no longer in {file}")
    return int(found[1].replace("_", "")) / 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Pauses:
    """After how much silence the composer asks, and how far apart."""

    read: float = field(default_factory=lambda: of_page("coach.ts", "READ_AFTER"))
    reads: float = field(default_factory=lambda: of_page("coach.ts", "READ_EVERY"))
    rest: float = field(default_factory=lambda: of_page("coach.ts", "READ_AT_REST"))
    fully: float = field(default_factory=lambda: of_page("coach.ts", "READ_FULLY_AFTER"))
    save: float = field(default_factory=lambda: of_page("coach.ts", "SAVE_AFTER"))
    saves: float = field(default_factory=lambda: of_page("coach.ts", "SAVE_EVERY"))


def keys(text: str, dice: random.Random) -> list[float]:
    """When each letter of a text is typed, in seconds from the first."""
    at, found = 0.0, []
    for letter in text:
        found.append(at)
        at += dice.lognormvariate(0.0, SPREAD) * A_KEY / 1.1331  # the mean of that lognormal at a spread of one half
        if letter in ".!?؟":
            at += dice.expovariate(1 / A_SENTENCE)
        elif letter == " " and dice.random() < A_WORD[0]:
            at += dice.expovariate(1 / A_WORD[1])
    return found


def asked_while_typing(times: list[float], pauses: Pauses) -> Iterator[tuple[float, str, int]]:
    """What the composer asks while somebody types: when, 'read', 'fully' or 'save', and how many letters there are."""
    last = {"read": -pauses.reads, "save": -pauses.saves}
    for n, at in enumerate(times, start=1):
        until = times[n] if n < len(times) else float("inf")
        read = at + min(pauses.rest, max(pauses.read, last["read"] + pauses.reads - at))
        if read < until:
            last["read"] = read
            yield read, "read", n
            if read + pauses.fully < until:
                yield read + pauses.fully, "fully", n
        save = max(at + pauses.save, last["save"] + pauses.saves)
        if save < until:
            last["save"] = save
            yield save, "save", n


def asked_for(*, agents: int, customers: int, pauses: Pauses) -> dict[str, float]:
    """How often in a second the rhythm asks, if everything is answered at once: by who asks, and for what."""
    dice = random.Random(1)  # noqa: S311 - who types how

    def typed(*, more: bool) -> float:
        """How often a page asks while an answer is typed and sent, and drawn in its list and its timeline."""
        texts = [bench_desk.REPLY[one].format(n=100_000) + MORE[one] * more for one in MORE for _again in range(25)]
        asked = sum(sum(1 for _one in asked_while_typing(keys(text, dice), pauses)) for text in texts)
        return 2 + asked / len(texts) + 1 + 1 + 2

    opened = 1 + len(BESIDE) + 2
    answers, a_second = agents * AN_HOUR / 3600, customers / 600 / 100
    each_page = 1.5 * max(drawing.calm(), agents / 2 / 3)  # seconds, in two processes
    spoken = (CUSTOMERS["complains"] + CUSTOMERS["writes again"] + CUSTOMERS["chats"] * A_CHATS_WORDS) * a_second
    each = {"complains": 3.0, "writes again": 3.0, "looks": 1 + LOOKS_AGAIN, "chats": 4 + 3 * A_CHATS_WORDS}
    return {
        "agents who answer": answers
        * (2 * ANOTHER_VIEW + SEARCHED + (1 + ONLY_READ) * opened + typed(more=True) + NOTED),
        "agents who chat": CUSTOMERS["chats"] * a_second * A_CHATS_WORDS * (opened + typed(more=False)),
        "pages that are open": agents / of_page("present.ts", "EVERY") + agents / each_page + spoken,
        "customers": a_second * sum(share * each[kind] for kind, share in CUSTOMERS.items()),
    }


# ── Who acts ─────────────────────────────────────────────────────────────────


class Agent:
    """Somebody at work, with the page that is open before them."""

    def __init__(self, browser: Browser, dice: random.Random, pauses: Pauses, *, me: int, team: int | None) -> None:
        """Sit down; nothing is asked yet."""
        self.browser, self.dice, self.pauses, self.me, self.team = browser, dice, pauses, me, team
        self.page = f"{dice.getrandbits(64):x}"
        self.view, self.rows, self.open = "now", list[str](), ""
        self.heard: deque[str] = deque()  # my chats in which something was said
        self.news = asyncio.Event()
        clock = asyncio.get_running_loop()
        self.pace = drawing.Pace(self.draw, lambda: self.view in OWN_VIEWS, clock, dice)
        self.up_to, self.shown, self.length = 0, "", 0  # the event up to which all is drawn, and what is
        self.is_drawing = self.draws_again = self.has_left = False
        self.asks = {"read": _OneAtATime(self), "save": _OneAtATime(self)}
        self.reads_fully: asyncio.Task[Any] | None = None
        self.beside: set[asyncio.Task[Any]] = set()  # what the page asks by itself

    async def work(self, gate: asyncio.Semaphore, *, burst: bool) -> None:
        """Answer complaints until somebody ends it."""
        each = 3600 / AN_HOUR
        await asyncio.sleep(self.dice.uniform(0, 60))
        await self.look("now")
        for kept in (self.browser.listen("/desk/live/", gate, self.hear), self.say_here()):
            self.do(kept)
        if not burst:
            await self.rest(self.dice.uniform(0, each))
        while True:
            begins = time.monotonic()
            await self.handle(burst=burst)
            if not burst:
                await self.rest(begins + each * self.dice.uniform(0.5, 1.5) - time.monotonic())

    async def rest(self, seconds: float) -> None:
        """Do what lies outside the desk, or nothing; but look when somebody speaks who chats with me."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self.news.wait()
            self.news.clear()
            while self.heard:
                await asyncio.sleep(self.dice.expovariate(1 / TO_A_CHAT))
                await self.chat()

    async def handle(self, *, burst: bool) -> None:
        if self.dice.random() < ANOTHER_VIEW:
            await self.look(self.dice.choice(("mine", "team", "all")))
        if self.dice.random() < SEARCHED:
            words = WORDS[self.browser.language]
            await self.browser.ask("search", f"/desk/list/?{urlencode({'view': 'all', 'q': words})}", htmx=True)
        if self.dice.random() < ONLY_READ and self.rows:
            await self.read(self.dice.choice(self.rows))
            await self.pause(self.dice.expovariate(1 / 10), burst=burst)
        number = self.dice.choice(self.rows) if self.rows else ""
        if not number:
            await self.look("all")
            return
        await self.read(number)
        await self.pause(self.dice.expovariate(1 / READING), burst=burst)
        language = self.browser.language
        words = bench_desk.REPLY[language].format(n=self.dice.randrange(10**6)) + MORE[language]
        await self.answer(number, words, burst=burst)
        if self.dice.random() < NOTED:
            await self.browser.ask("note", f"/desk/{number}/note/", {"text": WORDS[language]}, htmx=True)

    async def chat(self) -> None:
        """Answer in the chat in which something was said first."""
        number = self.heard.popleft()
        await self.read(number)
        words = bench_desk.REPLY[self.browser.language].format(n=self.dice.randrange(10**6))
        await self.answer(number, words, burst=False)

    def spoken_to(self, number: str) -> None:
        """Be spoken to in a chat: it is seen as soon as they look."""
        if number not in self.heard:
            self.heard.append(number)
        self.news.set()

    async def pause(self, seconds: float, *, burst: bool) -> None:
        await asyncio.sleep(0 if burst else seconds)

    async def look(self, view: str) -> None:
        """Open a view, with what its page asks for."""
        self.view = view
        page = await self.browser.ask("list", f"/desk/?view={view}")
        self.take(page)
        self.up_to, self.shown = max(self.up_to, int(found[1]) if (found := AT_FIRST.search(page.body)) else 0), ""
        await self.browser.ask("counts", "/desk/counts/?menu=&around=1", htmx=True)

    def take(self, page: Answer) -> None:
        """See the rows that came."""
        rows = NUMBER.findall(page.body)
        self.rows, self.length = rows[:30] or self.rows, len(rows)

    async def read(self, number: str) -> Answer:
        """Open a conversation, with what stands beside it."""
        page = await self.browser.ask("conversation", f"/desk/{number}/", htmx=True)
        self.open = number
        await asyncio.gather(
            *(self.browser.ask("beside a conversation", one.format(n=number), htmx=True) for one in BESIDE),
            self.browser.ask("coach, at once", f"/desk/coach/read/{number}/", {"text": "…"}),
            self.here(number),
        )
        return page

    async def here(self, number: str, *, writes: bool = False) -> None:
        told = {"page": self.page, "writing": "1" if writes else ""}
        await self.browser.ask("here", f"/desk/{number}/here/", told)

    async def say_here(self) -> None:
        every = of_page("present.ts", "EVERY")
        while True:
            await asyncio.sleep(every)
            if self.open:
                await self.here(self.open)

    async def answer(self, number: str, text: str, *, burst: bool) -> None:
        """Type an answer, while the page asks what it asks, and send it."""
        read, draft = f"/desk/coach/read/{number}/", f"/desk/{number}/draft/"
        self.do(self.browser.ask("coach, in full", read, {"text": "…", "full": "1"}))
        self.do(self.here(number, writes=True))
        begins, read_fully = time.monotonic(), 0
        asked = sorted(asked_while_typing(keys(text, self.dice), self.pauses))
        for at, what, letters in asked[-3:] if burst else asked:
            await self.pause(begins + at - time.monotonic(), burst=burst)
            so_far = text[:letters]
            if self.reads_fully is not None and letters > read_fully:
                self.reads_fully.cancel()  # with the first letter that is typed on, as the page does
            if what == "save":
                self.asks["save"].ask("draft", draft, {"text": so_far})
            elif what == "read":
                self.asks["read"].ask("coach, at once", read, {"text": so_far})
            else:
                told = {"text": so_far, "full": "1"}
                self.reads_fully, read_fully = self.do(self.browser.ask("coach, in full", read, told)), letters
        await self.pause(HELD, burst=burst)
        self.asks["read"].stop()  # nobody wants to hear of it any more
        if self.reads_fully is not None:
            self.reads_fully.cancel()
        key = f"{self.dice.random()}"
        await self.browser.ask("reply", f"/desk/{number}/reply/", {"text": text, "key": key}, htmx=True)
        self.draw()

    def hear(self, told: dict[str, Any]) -> None:
        """Hear of news, as the page does: what is mine is drawn at once, the rest after a while."""
        numbers = [str(one) for one in told.get("numbers", ())]
        if "owners" not in told:  # who is where
            if self.open in numbers:
                self.do(self.browser.ask("beside a conversation", f"/desk/{self.open}/present/", htmx=True))
            return
        if self.open in numbers:
            self.do(self.browser.ask("conversation anew", f"/desk/{self.open}/now/", htmx=True))
        self.pace.hear(self.near(told, numbers), max(drawing.calm(), float(told.get("calm", 0))))

    def near(self, told: dict[str, Any], numbers: list[str]) -> str:
        """Say how much news are this page's, as `live.ts` does."""
        if told.get("everything"):
            return "seen"
        if told["last"] <= self.up_to:
            return "again"
        if self.me in told["owners"]:
            return "mine"
        if not {*self.rows, self.open}.isdisjoint(numbers):
            return "seen"
        holds_all = self.view == "all" or self.team is None
        return "near" if holds_all or told.get("moved") or self.team in told["teams"] else "far"

    def draw(self, whole: bool = True) -> None:  # noqa: FBT001, FBT002 - as `Pace` calls it
        """Draw the list anew and what stands around it, or that alone; one at a time, and what comes meanwhile once."""
        if not whole:
            self.do(self.draw_counts())
        elif self.is_drawing:
            self.draws_again = True
        else:
            self.is_drawing = True
            self.do(self.draw_list())

    async def draw_counts(self) -> None:
        self.pace.ask(whole=False)
        await self.browser.ask("counts", "/desk/counts/?around=1", htmx=True)
        self.pace.has_answer()

    async def draw_list(self) -> None:
        self.pace.ask(whole=True)
        asked = {"view": self.view, "around": "1", "shown": str(self.length)}
        page = await self.browser.ask("list anew", f"/desk/list/?{urlencode(asked)}", htmx=True, unless=self.shown)
        if page.status == 200:
            self.take(page)
        if page.status:
            found, name = UP_TO.search(page.headers), NAME.search(page.headers)
            self.up_to = max(self.up_to, int(found[1]) if found else 0)
            self.shown = name[1] if name else ""
        self.is_drawing = False
        self.pace.has_answer()
        if self.draws_again:
            self.draws_again = False
            self.draw()

    def do(self, what: Coroutine[Any, Any, Any]) -> asyncio.Task[Any] | None:
        """Have the page do something by itself."""
        if self.has_left:
            what.close()
            return None
        task = asyncio.get_running_loop().create_task(what)
        self.beside.add(task)
        task.add_done_callback(self.beside.discard)
        return task

    async def leave(self) -> None:
        """Close the page: nothing of it asks any more."""
        self.has_left = True
        beside = list(self.beside)
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)


class _OneAtATime:
    """Asks for one thing at a time, and for the newest afterwards, as the composer does (`one_at_a_time.ts`)."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._going: asyncio.Task[Any] | None = None
        self._next: tuple[str, str, dict[str, str]] | None = None

    def ask(self, act: str, path: str, told: dict[str, str]) -> None:
        """Ask now, or after the answer to what was asked before."""
        self._next = act, path, told
        if self._going is None or self._going.done():
            self._going = self._agent.do(self._ask())

    def stop(self) -> None:
        """Want no answer any more."""
        self._next = None
        if self._going is not None:
            self._going.cancel()

    async def _ask(self) -> None:
        while self._next is not None:
            (act, path, told), self._next = self._next, None
            await self._agent.browser.ask(act, path, told)


@dataclass(slots=True)
class Customer:
    """Somebody whose trouble it is."""

    browser: Browser
    dice: random.Random
    n: int
    key: str  # of a complaint that was there before
    gate: asyncio.Semaphore
    spoke: Callable[[str], Awaitable[None]]

    async def act(self, kind: str, *, begins_in: float) -> None:
        """Do what somebody of that kind does."""
        await asyncio.sleep(begins_in)
        acts: dict[str, Callable[[], Awaitable[None]]] = {
            "complains": self.complain, "chats": self.chat, "writes again": self.write_again, "looks": self.look,
        }  # fmt: skip
        await acts[kind]()

    async def complain(self) -> None:
        form = await self.browser.ask("form", "/complain/")
        told = {
            "text": TROUBLE[self.browser.language].format(n=self.n),
            "name": f"Customer {self.n}",
            "email": f"load-{self.n}@customer.example",
            **dict(STAMP.findall(form.body)),
        }
        await self.write()
        sent = await self.browser.ask("complaint", "/complain/", told)
        if found := re.search(r"(?im)^location: *(/c/[^/?\r]+/)", sent.headers):
            await self.browser.ask("own page", found[1])

    async def look(self) -> None:
        await self.browser.ask("own page", f"/c/{self.key}/")
        if self.dice.random() < LOOKS_AGAIN:
            await asyncio.sleep(self.dice.expovariate(1 / 120))
            await self.browser.ask("own page", f"/c/{self.key}/")

    async def write_again(self) -> None:
        await self.browser.ask("own page", f"/c/{self.key}/")
        await self.write()
        words = TROUBLE[self.browser.language].format(n=self.n)
        await self.browser.ask("written again", f"/c/{self.key}/write/", {"write-text": words})
        await self.browser.ask("own page", f"/c/{self.key}/")

    async def write(self) -> None:
        await asyncio.sleep(SHORTEST + self.dice.expovariate(1 / WRITING))

    async def chat(self) -> None:
        browser, language = self.browser, self.browser.language
        await browser.ask("chat's window", f"/chat/?language={language}")
        there = await browser.ask("chat's standing", f"/chat/standing/?language={language}")
        await self.write()
        words = CHATTED[language].format(n=self.n)
        told = {"text": words, "once": f"load {self.n} {self.dice.random()}", "name": f"Customer {self.n}"}
        if '"open": true' not in there.body:
            await browser.ask("left in the chat", f"/chat/leave/?language={language}", told, as_json=True)
            return
        begun = await browser.ask("chat begun", f"/chat/begin/?language={language}", told, as_json=True)
        if begun.status != 200:
            return
        key = json.loads(begun.body)["key"]
        await self.spoke(key)
        at = f"/chat/{key}"
        seen = 0

        def hear(said: dict[str, Any]) -> None:
            nonlocal seen
            places = [one["seq"] for one in said.get("said", ()) if one["who"] != "you"]
            if places and max(places) > seen:
                seen = max(places)
                read = {"typing": "false", "read": str(seen)}
                reading.append(loop.create_task(browser.ask("chat heard", f"{at}/here/", read, as_json=True)))

        loop, reading = asyncio.get_running_loop(), list[asyncio.Task[Answer]]()
        events = f"{at}/events/?after=0&language={language}&zone=Europe/Istanbul"
        line = loop.create_task(browser.listen(events, self.gate, hear))
        try:
            for word in range(A_CHATS_WORDS - 1):
                await asyncio.sleep(self.dice.expovariate(1 / BETWEEN_THEM))
                await browser.ask("chat heard", f"{at}/here/", {"typing": "true", "read": str(seen)}, as_json=True)
                await asyncio.sleep(SHORTEST)
                told = {"text": TROUBLE[language].format(n=self.n + word), "client": f"{self.n} {word}"}
                await browser.ask("chat said", f"{at}/say/?language={language}", told, as_json=True)
                await self.spoke(key)
            await asyncio.sleep(self.dice.expovariate(1 / BETWEEN_THEM))
            await browser.ask("chat ended", f"{at}/end/?language={language}", {}, as_json=True)
        finally:
            line.cancel()


# ── All of them ──────────────────────────────────────────────────────────────


def lay_out(stack: ExitStack, home: Path, asked: argparse.Namespace, **env: str) -> tuple[Path, Company]:
    """Lay out a desk on a PostgreSQL of its own until the stack ends, or take the one that was kept.

    :return: its folder, and who works there
    """
    folder = asked.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="amends-load-")))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)  # the database server is another user
    url = stack.enter_context(running_postgres(home, folder=folder / "postgresql"))
    os.environ |= {
        "AMENDS_DATA": str(folder / "data"), "DJANGO_SETTINGS_MODULE": "amends.desk.settings",
        "PORT": str(asked.port), "DATABASE_URL": url, "AMENDS_PROXIES": "127.0.0.0/8",
    } | env  # fmt: skip
    bench_desk.seeded(folder / "data", asked.complaints)
    return folder, people(asked.agents)


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Who works here, and pages that customers have."""

    agents: list[tuple[int, str, str, int | None]]  # key, cookie, language, team
    keys: list[str]
    whose: Callable[[str], tuple[str, int]]  # the number of a chat, and its owner


def people(agents: int) -> Company:
    """Let so many people work in the teams that are there."""
    import django

    django.setup()
    from crowd import signed_in
    from django.conf import settings
    from django.db import connections
    from django.utils import timezone

    from amends.desk.channels.models import Chat
    from amends.desk.complaints.models import Complaint
    from amends.desk.people.models import Agent as Row

    first = {row.team_id: row for row in Row.objects.filter(team__isnull=False).order_by("-pk")}
    like = list(first.values())
    Row.objects.bulk_create((
        Row(
            email=f"load-{n}@karvan.example", name=f"Agent {n}", team=one.team, languages=one.languages,
            language=one.language, time_zone=one.time_zone, joined_at=timezone.now(),
        )
        for n in range(agents) for one in (like[n % len(like)],)
    ), ignore_conflicts=True)  # fmt: skip
    there = list(Row.objects.filter(email__startswith="load-").order_by("pk")[:agents])
    sessions = signed_in(there)
    token = f"{settings.CSRF_COOKIE_NAME}={bench_desk.TOKEN}"
    keys = list(Complaint.objects.filter(live=True).order_by("-pk").values_list("key", flat=True)[:5000])
    connections.close_all()

    def whose(key: str) -> tuple[str, int]:
        number, owner = Chat.objects.values_list("complaint__number", "complaint__owner_id").get(key=key)
        return str(number), owner

    return Company(
        agents=[(row.pk, f"{sessions[row.pk]}; {token}", row.language, row.team_id) for row in there],
        keys=keys,
        whose=whose,
    )


class Crowd:
    """Everybody who acts."""

    def __init__(self, record: Record, company: Company, *, port: int, seed: int, burst: bool = False) -> None:
        """Call them together."""
        self.record, self.company, self.port, self.seed, self.burst = record, company, port, seed, burst
        self.agents: dict[int, Agent] = {}
        self.chats: dict[str, tuple[str, int]] = {}  # the number of each by its key, and whose it is
        self.gate = asyncio.Semaphore(AT_ONCE)

    async def act(self, *, customers: int, minutes: float, look: Callable[[], None], every: float = 60) -> None:
        """Have them act for so long, and end it then; so many customers come in ten minutes.

        :param look: is called every so many seconds
        """
        dice, seconds = self._dice("all"), 60 * minutes
        pauses, loop = Pauses(), asyncio.get_running_loop()
        tasks = [
            loop.create_task(self.agent(n, pauses).work(self.gate, burst=self.burst))
            for n in range(len(self.company.agents))
        ]
        kinds, shares = list(CUSTOMERS), list(CUSTOMERS.values())
        for n in range(round(customers * minutes / 10)):
            [kind] = dice.choices(kinds, shares)
            tasks.append(loop.create_task(self.customer(n).act(kind, begins_in=dice.uniform(0, seconds))))
        ends = time.monotonic() + seconds
        look()
        while (left := ends - time.monotonic()) > 0:
            await asyncio.sleep(min(every, left))
            look()
            for task in tasks:
                if task.done() and not task.cancelled() and (trouble := task.exception()) is not None:
                    raise trouble
        self.record.is_over = True
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, *(agent.leave() for agent in self.agents.values()), return_exceptions=True)

    def agent(self, n: int, pauses: Pauses) -> Agent:
        """Somebody who works here."""
        pk, cookie, language, team = self.company.agents[n]
        browser = Browser(self.record, port=self.port, address=_address(n), cookie=cookie, language=language)
        self.agents[pk] = Agent(browser, self._dice(f"a {n}"), pauses, me=pk, team=team)
        return self.agents[pk]

    def customer(self, n: int) -> Customer:
        """Somebody who comes."""
        language = list(TROUBLE)[n % 4]
        browser = Browser(
            self.record, port=self.port, address=_address(1_000_000 + n), cookie=f"django_language={language}",
            language=language,
        )  # fmt: skip
        keys = self.company.keys
        return Customer(browser, self._dice(f"c {n}"), n, keys[n % len(keys)], self.gate, self.spoke)

    async def spoke(self, key: str) -> None:
        """Somebody said something in a chat: whose it is looks soon."""
        if key not in self.chats:
            self.chats[key] = await asyncio.to_thread(self.company.whose, key)
        number, owner = self.chats[key]
        if owner in self.agents:
            self.agents[owner].spoken_to(number)

    def _dice(self, whose: str) -> random.Random:
        return random.Random(f"{self.seed} {whose}")  # noqa: S311 - who acts when


def _address(n: int) -> str:
    return f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}"
