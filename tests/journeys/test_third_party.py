"""The third party's no: we wait and say so, they refuse, and the customer hears our answer with what we can do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

SHORT = 120_000
RUNS = re.compile(".:.")  # a clock of the sheet is empty until its script has run


@dataclass(frozen=True)
class Outside:
    """Who complains of what, who it is outside, and what they said."""

    name: str
    trouble: str
    who: str
    said: str


OUTSIDE = {
    "en": Outside(
        name="Eleanor Whitlow",
        trouble="The lamp that I collected yesterday does not switch on.",
        who="Halden Lamps (maker)",
        said="They say that the switch was forced. No guarantee.",
    ),
    "tr": Outside(
        name="Feride Tanyeli",
        trouble="Dün teslim aldığım lamba yanmıyor.",
        who="Halden Aydınlatma (üretici)",
        said="Düğme zorlanmış diyorlar, garanti yok.",
    ),
    "fa": Outside(
        name="نسرین صبوری",
        trouble="چراغی که دیروز تحویل گرفتم روشن نمی‌شود.",
        who="هالدن (سازنده)",
        said="می‌گویند کلید با فشار شکسته و ضمانت ندارد.",
    ),
    "mn": Outside(
        name="Д. Цэрэнханд",
        trouble="Өчигдөр авсан гэрэл маань асахгүй байна.",
        who="Халден (үйлдвэрлэгч)",
        said="Товчлуурыг хүчилсэн гэж байна. Баталгаа хамаарахгүй.",
    ),
}


def submit(page) -> None:
    page.locator("dialog[open] footer button.btn-primary").click()
    page.locator("dialog[open]").wait_for(state="detached", timeout=SHORT)


@pytest.mark.parametrize("language", list(OUTSIDE))
def test_their_no_is_our_answer(language, new_page, type_in, pictures):
    them, page = OUTSIDE[language], new_page(language)
    number = type_in(page, name=them.name, language=language, trouble=them.trouble)

    page.locator("[popovertarget=talk-menu]").click()
    page.locator(f"#talk-menu [hx-get='/desk/{number}/sheet/third-party/']").click()
    page.fill("dialog[open] [name=who]", them.who)
    expect(page.locator("dialog[open] [name=until]")).not_to_have_value("", timeout=SHORT)  # a time is proposed
    page.screenshot(path=pictures / f"{language}-third-party-sheet.png")
    submit(page)
    page.locator("#outside", has_text=them.who).wait_for(timeout=SHORT)
    page.locator(".turn-agent", has_text=them.who).first.wait_for(timeout=SHORT)  # the customer was told
    page.locator("[hx-post$='/keep/']").first.wait_for(timeout=SHORT)  # and promised the next word
    page.screenshot(path=pictures / f"{language}-third-party-waiting.png")

    page.locator("#outside [hx-get$='/word/']").click()
    expect(page.locator("dialog[open] [name=text]")).to_have_value(re.compile(re.escape(them.who)), timeout=SHORT)
    submit(page)
    page.locator(".event-good").first.wait_for(timeout=SHORT)  # the first word was kept, the next one is promised
    expect(page.locator("[hx-post$='/keep/']")).to_have_count(1, timeout=SHORT)

    page.goto("/desk/third-parties/")
    page.locator("table", has_text=them.who).first.wait_for(timeout=SHORT)
    page.screenshot(path=pictures / f"{language}-third-parties.png", full_page=True)

    page.goto(f"/desk/{number}/")
    page.locator("#outside [hx-get$='/answered/']").click()
    page.locator("dialog[open] [name=answer][value=no]").check(force=True)
    page.fill("dialog[open] [name=said]", them.said)
    submit(page)
    starters = page.locator("#outside .starter")
    starters.first.wait_for(timeout=SHORT)
    starters.nth(0).click()
    starters.nth(2).click()
    written = page.locator("form[data-composer] textarea[name=text]")
    expect(written).to_have_value(re.compile(re.escape(them.who)), timeout=SHORT)
    expect(written).to_have_value(re.compile(r"^[^\n]*\n[^\n]*$"), timeout=SHORT)
    page.screenshot(path=pictures / f"{language}-third-party-no.png")
    tell_by_telephone(page, number, them, picture=pictures / f"{language}-call.png")


def seconds(line) -> int:
    """What a clock of the sheet shows: '1:05', in any digits."""
    total = 0
    for part in line.inner_text().split(":"):
        total = total * 60 + int(part)
    return total


class Clocks:
    """The browser's clock and the desk's, as the sheet of a call tells it, moved on together: nobody waits."""

    def __init__(self, page) -> None:
        self.page, self.on = page, 0
        page.clock.install()
        # Before a page is opened: one that is open already may for a moment send what it asks for past a new route.
        page.route("**/sheet/call/", self._tell)

    def move_on(self, *, seconds: int) -> None:
        self.page.clock.fast_forward(seconds * 1_000)
        self.on += seconds

    def _tell(self, asked) -> None:
        answer = asked.fetch(timeout=SHORT)

        def later(found: re.Match) -> str:
            moment = datetime.fromisoformat(found[1]) + timedelta(seconds=self.on)
            return f'data-now="{moment.isoformat()}"'

        words, times = re.subn(r'data-now="([^"]+)"', later, answer.text())
        assert times == 1, "the sheet tells the time of the desk"
        asked.fulfill(response=answer, body=words)


def tell_by_telephone(page, number: int, them: Outside, *, picture) -> None:
    """Write a call down while it happens."""
    clocks = Clocks(page)
    page.goto(f"/desk/{number}/")
    calls = page.locator("#timeline .event-line", has=page.locator("use[href$='#phone']"))
    page.locator("#timeline").wait_for(timeout=SHORT)
    before = calls.count()
    page.keyboard.press("c")
    sheet = page.locator("dialog[open]")
    lasts, held = sheet.locator("[data-spoken]"), sheet.locator("[data-held]")
    expect(lasts).to_have_text(RUNS, timeout=SHORT)
    assert seconds(lasts) < 60
    clocks.move_on(seconds=65)
    sheet.locator("[data-call-act=hold]").click()
    assert seconds(lasts) >= 65
    expect(sheet.locator("[data-held-long]")).to_be_hidden()
    clocks.move_on(seconds=200)
    expect(sheet.locator("[data-held-long]")).to_be_visible(timeout=SHORT)  # longer than the desk allows
    page.screenshot(path=picture)
    sheet.locator("[data-call-act=back]").click()
    waited = seconds(held)
    assert waited >= 200
    clocks.move_on(seconds=30)

    page.keyboard.press("Escape")  # closed to read the complaint, it goes on
    sheet.wait_for(state="detached", timeout=SHORT)
    clocks.move_on(seconds=60)
    page.keyboard.press("c")
    expect(lasts).to_have_text(RUNS, timeout=SHORT)
    assert seconds(lasts) >= 355
    assert seconds(held) == waited
    sheet.locator("[data-call-act=over]").click()
    stood = seconds(lasts)
    assert stood >= 355
    clocks.move_on(seconds=600)
    assert seconds(lasts) == stood
    minutes = int(page.input_value("dialog[open] [name=length]"))
    assert minutes == -(-stood // 60)
    page.fill("dialog[open] [name=minutes]", them.said)
    submit(page)
    expect(calls).to_have_count(before + 1, timeout=SHORT)
    told = {int(number) for number in re.findall(r"\d+", calls.last.inner_text())}
    assert {minutes, (waited + 30) // 60} <= told
