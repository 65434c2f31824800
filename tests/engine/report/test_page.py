import re
from datetime import date
from functools import lru_cache
from html.parser import HTMLParser

import pytest

from amends.engine.measures.figures import Figures
from amends.engine.measures.summary import Example, Summary, Tally
from amends.engine.report.page import render

MADE_ON = date(2026, 11, 21)


def summary(**more: object) -> Summary:
    tally = Tally()
    for at in range(12):
        figures = Figures(
            conversation=str(at),
            language="en",
            opened="2026-03-02",
            messages=1,
            replies=2,
            flawed=1,
            failings={"vague-promise": 1},
            previews={"coldness": 1},
            good={"apology": 1},
            signals=("anger",),
            vague=1,
            dated=1,
            kept=1,
            layer=("employee", "customer", "product", "third-party")[at % 4],
            theme=("slip", "misuse", "defect", "courier")[at % 4],
            people=1 + at % 3,
            waited=10.0 * at,
            answered=at > 2,
            risks=("leaving",),
            yearly_value="100",
            currency="TRY",
            **more,  # type: ignore[arg-type]
        )
        tally.add(figures, [("vague-promise", Example(str(at), 1, f"<b>soon</b> {at}", "en", 0.9))])
    return tally.summary()


class Outline(HTMLParser):
    """What a browser would make of it: open tags, sections, what is loaded from elsewhere."""

    VOID = frozenset({"meta", "br", "img", "link", "input", "hr", "path", "rect"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.sections = 0
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            self.open.append(tag)
        self.sections += tag == "section"
        self.loaded += [
            f"{tag} {key}" for key, value in attrs if key in ("src", "href") and not (value or "").startswith("#")
        ]

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag


@lru_cache
def page_in(language: str) -> str:
    letters = {"Amends Sans|U+0000-00FF": b"x"}
    return render(summary(), language=language, made_on=MADE_ON, source="export.csv", fonts=letters)


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("fa", "rtl"), ("mn", "ltr"), ("tr", "ltr")])
def test_a_page_needs_nothing_from_elsewhere(language: str, direction: str) -> None:
    page = page_in(language)
    outline = Outline()
    outline.feed(page)
    assert (outline.open, outline.loaded, outline.sections) == ([], [], 13)
    assert f'<html lang="{language}" dir="{direction}">' in page
    assert "http://" not in page.replace("http://www.w3.org/", "")
    assert "<script" not in page


def test_words_of_a_reply_are_text_and_never_markup() -> None:
    page = page_in("en")
    assert "&lt;b&gt;soon&lt;/b&gt;" in page
    assert "<b>soon" not in page


def test_what_one_picture_cuts_cuts_no_other() -> None:
    page = page_in("en")
    made = re.findall(r'<clipPath id="([^"]+)"', page)
    assert len(made) == len(set(made)) > 1


def test_nothing_at_all_still_makes_a_report() -> None:
    page = render(Tally().summary(), language="en", made_on=MADE_ON)
    assert "Not in this export, and so not in this report" in page
    assert "<figure>" not in page


def test_one_case_is_no_per_cent() -> None:
    tally = Tally()
    tally.add(
        Figures(conversation="1", replies=1, layer="process", theme="waiting", dated=1, waited=0.0, answered=True)
    )
    page = render(tally.summary(), language="en", made_on=MADE_ON)
    assert "1 of 1" in page
    assert "100%" not in re.sub(r"<svg.*?</svg>|<style>.*?</style>", "", page, flags=re.DOTALL)
