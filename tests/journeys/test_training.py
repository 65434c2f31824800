"""Everybody learns: in each language a trainee plays, a lead makes a drill of a moment, a director weighs figures.

One journey for each language, so that a person signs in once: each step is small, the way to it is not.
"""

import tomllib
from importlib import resources

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
TRAINEES = {"en": "Hannah Whitfield", "tr": "Deniz Kaya", "fa": "آرش کریمی", "mn": "Б. Номин"}
LEADS = {"en": "Hannah Whitfield", "tr": "Elif Şahin", "fa": "نرگس احمدی", "mn": "Д. Тэмүүжин"}
# Wide and narrow, light and dark, in either direction. axe, which takes its time, looks at each page in one of them.
LOOKS = {
    "en": {},
    "tr": {"width": 390, "height": 800},
    "fa": {"dark": True},
    "mn": {"width": 390, "height": 800, "dark": True},
}
AXE = {
    "tr": {"home", "talk", "own-make", "own", "figures"},
    "fa": {"talk", "figures-end", "opinion", "coverage", "effect", "shown"},
}
TALK = "tuesday-promise"
FIGURES = "too-many-complaints"
NOTES = "jackson-street"
GOOD = {
    "en": (
        "I am very sorry about this. I will see to it myself and send it tomorrow before noon.",
        "I am sorry for the trouble. You will have your answer on Friday, I will call you myself.",
    ),
    "tr": (
        "Bu yaşattıklarımız için çok özür dilerim. Bizzat ilgileneceğim, yarın öğleden önce teslim edeceğiz.",
        "Sizi beklettiğimiz için çok özür dilerim. Cuma günü saat 10'da sizi arayacağım.",
    ),
    "fa": (
        "واقعاً عذر می‌خواهم. خودم پیگیری می‌کنم و فردا قبل از ظهر تحویل می‌دهیم.",
        "بابت این اتفاق خیلی عذر می‌خواهیم. جمعه ساعت ۱۰ خودم به شما زنگ می‌زنم.",
    ),
    "mn": (
        "Үүнд маш их уучлал гуйж байна. Би өөрөө хариуцаж, маргааш үдээс өмнө хүргэж өгнө.",
        "Таныг хүлээлгэсэнд үнэхээр уучлаарай. Баасан гарагийн 10 цагт би тан руу утасдана.",
    ),
}


def sign_in(page, name):
    page.goto("/sign-in/")
    page.locator("form[action*='/sign-in/example/']", has_text=name).locator("button").click()
    page.wait_for_url("**/desk/**")


def answers(language, slug=TALK):
    place = resources.files("amends.engine.drills") / "situations" / slug / f"{language}.toml"
    return tomllib.loads(place.read_text(encoding="utf-8"))


def looked_at(page, language, pictures, name):
    """A page runs in its direction, is no wider than its window, and axe finds nothing serious or critical."""
    page.wait_for_load_state()  # what was waited for may stand before the rest of its page
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "fa" else "ltr")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    if name in AXE.get(language, ()):
        found = Axe().run(page).response["violations"]
        assert [one["id"] for one in found if one["impact"] in {"serious", "critical"}] == []
    page.screenshot(path=pictures / f"training-{name}-{language}.png")


@pytest.mark.parametrize("language", list(TRAINEES))
def test_everybody_learns(new_page, pictures, language):
    def looks(page, name):
        looked_at(page, language, pictures, name)

    trainee = new_page(language, **LOOKS[language])
    sign_in(trainee, TRAINEES[language])
    plays_a_talk_badly_and_then_well(trainee, language, looks)
    if language == "fa":
        shows_notes(trainee, language)

    lead = trainee
    if LEADS[language] != TRAINEES[language]:
        lead = new_page(language, **LOOKS[language])
        sign_in(lead, LEADS[language])
    makes_a_drill_of_a_moment(lead, language, looks)
    works_through_the_figures(lead, language, looks)
    if language == "mn":
        takes_the_paper_and_the_badge_along(lead)
    if language == "fa":
        judges_the_notes(lead, trainee, language, looks)
    for name in ("coverage", "effect", "shown"):
        lead.goto(f"/desk/training/{name}/")
        assert lead.locator("h1").count() == 1
        looks(lead, name)


def plays_a_talk_badly_and_then_well(page, language, looks):
    script = answers(language)
    page.goto("/desk/training/")
    looks(page, "home")
    page.goto(f"/desk/training/drills/{TALK}/")
    page.locator("main form button[type=submit]").first.click()
    said = script["answers"]["sorry"]
    for text, reaction in ((said["bad"][0], "not-me"), (said["good"][0], "day-named")):
        page.fill("#answer", text)
        page.locator("form:has(#answer) button").click()
        page.locator("main").get_by_text(script["says"][reaction]).wait_for()
    expect(page.locator("mark")).not_to_have_count(0)
    page.fill("#answer", script["answers"]["amends"]["good"][0])
    page.locator("form:has(#answer) button").click()
    page.locator(".notice-good").wait_for()
    expect(page.locator("main")).to_contain_text(script["endings"]["content"]["means"])
    looks(page, "talk")


def makes_a_drill_of_a_moment(page, language, looks):
    page.goto("/desk/training/own/")
    page.locator("a[href$='/own/find/']").wait_for()
    page.goto("/desk/training/own/find/?by=vague-promise")
    row = page.locator("main li[lang]").first
    spoken = row.get_attribute("lang")
    row.locator("a").click()
    page.fill("#id_title", f"A drill of ours, {language}")
    page.fill("#id_scene", "Wednesday.")
    for place, text in enumerate(GOOD[spoken], 1):
        page.fill(f"#id_good_{place}", text)
    # The person's part: what was covered is struck out.
    for field in ("before", "opening", "bad"):
        words = page.input_value(f"#id_{field}")
        page.fill(f"#id_{field}", words.replace("•••", ""))
    looks(page, "own-make")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/own/versions/**")
    page.check("input[name=read]")
    page.locator("main form button[type=submit]").click()
    page.locator(".notice-good").wait_for()
    page.goto("/desk/training/own/")
    assert f"A drill of ours, {language}" in page.locator("main").inner_text()
    looks(page, "own")


def works_through_the_figures(page, language, looks):
    page.goto("/desk/training/")
    page.select_option("select[name=rank]", "director")
    page.locator("form[action$='/path/'] button").click()
    page.locator(f"main a[href$='/drills/{FIGURES}/']").first.wait_for(state="attached")
    script = answers(language, FIGURES)
    page.goto(f"/desk/training/drills/{FIGURES}/")
    page.locator("main form button[type=submit]").first.click()
    page.locator("main table").wait_for()

    def choose(**because):
        for measure, figure in because.items():
            page.check(f"input[name=measure][value={measure.replace('_', '-')}]")
            page.select_option(f"select[name=because-{measure.replace('_', '-')}]", figure)
        page.locator("form:has(input[name=measure]) button").click()
        page.locator("#end").wait_for()
        page.wait_for_load_state()

    # First the cure that is none: a course for a hinge. Then what the figures say.
    choose(look_at_the_hinge="hinge", courtesy_course="complaints", fix_at_once="first-day")
    told = page.locator("main").inner_text()
    assert script["endings"]["gone"]["means"] in told
    assert script["measures"]["courtesy-course"]["feedback"] in told
    page.locator("form[action$='/again/'] button").click()
    page.locator("input[name=measure]").first.wait_for()
    looks(page, "figures")
    choose(look_at_the_hinge="hinge", repair_before_asked="same-again", fix_at_once="first-day")
    expect(page.locator("main")).to_contain_text(script["endings"]["content"]["means"])
    looks(page, "figures-end")


def takes_the_paper_and_the_badge_along(page):
    page.goto("/desk/training/")
    badge = page.locator("main img[src$='badge.svg']")
    badge.wait_for()
    assert badge.evaluate("img => img.decode().then(() => img.naturalWidth)") > 0
    paper = page.request.get("/desk/training/certificate.pdf", timeout=120_000)
    assert (paper.status, paper.body()[:4]) == (200, b"%PDF")


def shows_notes(page, language):
    script = answers(language, NOTES)
    page.goto(f"/desk/training/drills/{NOTES}/")
    page.locator("main form button[type=submit]").first.click()
    page.fill("#notes", script["answers"]["notes"]["good"][1])
    page.locator("form:has(#notes) button").click()
    page.locator(".notice-good").wait_for()
    page.locator("form[action$='/show/'] button").click()
    page.locator("form[action$='/show/'] button:not([name=shown])").wait_for()


def judges_the_notes(page, trainee, language, looks):
    page.goto("/desk/training/shown/")
    page.locator("main li a", has_text=answers(language, NOTES)["title"]).first.click()
    page.check("input[name=would_do-0][value=yes]")
    page.fill("input[name=words-0]", "عالی")
    page.locator("form:has(input[name=would_do-0]) button").click()
    page.locator("main .tag-content").first.wait_for()
    looks(page, "opinion")
    trainee.reload()
    assert "عالی" in trainee.locator("main").inner_text()
