"""Everybody learns: a trainee in each language, a lead who makes a drill of a moment, a director with figures."""

import tomllib
from importlib import resources

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser
TRAINEES = {"en": "Hannah Whitfield", "tr": "Deniz Kaya", "fa": "نرگس احمدی", "mn": "Б. Номин"}
DIRECTORS = {"en": "Hannah Whitfield", "tr": "Elif Şahin", "fa": "نرگس احمدی", "mn": "Д. Тэмүүжин"}
TALK = "tuesday-promise"
FIGURES = "too-many-complaints"
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


def no_barrier(page):
    # What axe calls serious or critical.
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in {"serious", "critical"}] == []


@pytest.mark.parametrize("language", list(TRAINEES))
def test_a_trainee_plays_a_talk_badly_and_then_well(new_page, pictures, language):
    page = new_page(language)
    sign_in(page, TRAINEES[language])
    script = answers(language)
    page.goto("/desk/training/")
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "fa" else "ltr")
    no_barrier(page)
    page.screenshot(path=pictures / f"training-{language}.png")
    page.goto(f"/desk/training/drills/{TALK}/")
    page.locator("main form button[type=submit]").first.click()
    for text in (script["answers"]["sorry"]["bad"][0], script["answers"]["sorry"]["good"][0]):
        page.fill("#answer", text)
        page.locator("form:has(#answer) button").click()
        page.wait_for_load_state()
    assert page.locator("mark").count() > 0
    assert script["says"]["not-me"] in page.content()
    no_barrier(page)
    page.fill("#answer", script["answers"]["amends"]["good"][0])
    page.locator("form:has(#answer) button").click()
    page.locator(".notice-good").wait_for()
    assert script["endings"]["content"]["means"] in page.locator("main").inner_text()
    page.screenshot(path=pictures / f"training-talk-{language}.png", full_page=True)


@pytest.mark.parametrize("language", list(DIRECTORS))
def test_a_lead_makes_a_drill_of_a_moment(new_page, pictures, language):
    page = new_page(language)
    sign_in(page, DIRECTORS[language])
    page.goto("/desk/training/own/")
    if not page.locator("a[href$='/own/find/']").count():
        pytest.fail("the lead finds no way to a drill of the desk's own")
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
    no_barrier(page)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/own/versions/**")
    page.check("input[name=read]")
    page.locator("main form button[type=submit]").click()
    page.locator(".notice-good").wait_for()
    page.goto("/desk/training/own/")
    assert f"A drill of ours, {language}" in page.locator("main").inner_text()
    no_barrier(page)
    page.screenshot(path=pictures / f"training-own-{language}.png")


@pytest.mark.parametrize("language", list(TRAINEES))
def test_a_director_works_through_the_figures(new_page, pictures, language):
    page = new_page(language, width=390 if language == "fa" else 1440, dark=language == "mn")
    sign_in(page, DIRECTORS[language])
    page.goto("/desk/training/")
    page.select_option("select[name=rank]", "director")
    page.locator("form[action$='/path/'] button").click()
    page.wait_for_load_state()
    assert page.locator(f"main a[href$='/drills/{FIGURES}/']").count() > 0
    script = answers(language, FIGURES)
    page.goto(f"/desk/training/drills/{FIGURES}/")
    page.locator("main form button[type=submit]").first.click()
    page.locator("main table").wait_for()
    no_barrier(page)

    def choose(**because):
        for measure, figure in because.items():
            page.check(f"input[name=measure][value={measure.replace('_', '-')}]")
            page.select_option(f"select[name=because-{measure.replace('_', '-')}]", figure)
        page.locator("form:has(input[name=measure]) button").click()
        page.locator("#end").wait_for()

    # First the cure that is none: a course for a hinge. Then what the figures say.
    choose(look_at_the_hinge="hinge", courtesy_course="complaints", fix_at_once="first-day")
    assert script["endings"]["gone"]["means"] in page.locator("main").inner_text()
    assert script["measures"]["courtesy-course"]["feedback"] in page.locator("main").inner_text()
    page.locator("form[action$='/again/'] button").click()
    page.locator("input[name=measure]").first.wait_for()
    choose(look_at_the_hinge="hinge", repair_before_asked="same-again", fix_at_once="first-day")
    assert script["endings"]["content"]["means"] in page.locator("main").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    no_barrier(page)
    page.screenshot(path=pictures / f"training-figures-{language}.png", full_page=True)


def test_a_lead_judges_the_notes_that_a_trainee_shows(new_page, pictures):
    script = answers("fa", "jackson-street")
    trainee = new_page("fa")
    sign_in(trainee, "آرش کریمی")
    trainee.goto("/desk/training/drills/jackson-street/")
    trainee.locator("main form button[type=submit]").first.click()
    trainee.fill("#notes", script["answers"]["notes"]["good"][1])
    trainee.locator("form:has(#notes) button").click()
    trainee.locator(".notice-good").wait_for()
    trainee.locator("form[action$='/show/'] button").click()
    trainee.wait_for_load_state()

    lead = new_page("fa", width=390, dark=True)
    sign_in(lead, TRAINEES["fa"])
    lead.goto("/desk/training/shown/")
    lead.locator("main li a", has_text=script["title"]).first.click()
    lead.check("input[name=would_do][value=yes]")
    lead.fill("input[name=words]", "عالی")
    lead.locator("form:has(input[name=would_do]) button").click()
    lead.locator("main .tag-content").first.wait_for()
    no_barrier(lead)
    lead.screenshot(path=pictures / "training-opinion-fa.png", full_page=True)
    trainee.reload()
    assert "عالی" in trainee.locator("main").inner_text()


def test_a_director_takes_the_paper_and_the_badge_along(new_page):
    page = new_page("mn")
    sign_in(page, DIRECTORS["mn"])
    page.goto("/desk/training/")
    page.select_option("select[name=rank]", "director")
    page.locator("form[action$='/path/'] button").click()
    page.wait_for_load_state()
    badge = page.locator("main img[src$='badge.svg']")
    badge.wait_for()
    assert badge.evaluate("img => img.decode().then(() => img.naturalWidth)") > 0
    paper = page.request.get("/desk/training/certificate.pdf")
    assert (paper.status, paper.body()[:4]) == (200, b"%PDF")


@pytest.mark.parametrize("language", list(TRAINEES))
def test_who_leads_sees_totals_and_causes(new_page, pictures, language):
    page = new_page(language, width=390, height=800, dark=True)
    sign_in(page, TRAINEES[language])
    for name in ("coverage", "effect", "shown"):
        page.goto(f"/desk/training/{name}/")
        assert page.locator("h1").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        no_barrier(page)
        page.screenshot(path=pictures / f"training-{name}-{language}.png")
